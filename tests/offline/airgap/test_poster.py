"""The poster: a page that stands alone, whose code and words are those of the trust."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import segno
from nacl.utils import random

from crypto.airgap import ceremony
from crypto.airgap.poster import poster
from crypto.fingerprint import fingerprint_words
from crypto.trust import Trust
from tests.offline.airgap.test_programs import Person, done, refused
from tests.offline.airgap.world import ORIGIN, World

ONION = "http://" + "abcdefghijklmnopqrstuvwxyz234567" * 2 + ".onion"
DOTS = 6  # to a module of the picture


def trust(organisation: str = "Casa") -> Trust:
    return ceremony.draft_trust(organisation, [random(32) for _ in range(3)], 2, None, 2)


def drawn(page: str) -> list[list[bool]]:
    """The picture of the code, module by module, with the white around it."""
    (size,) = re.findall(r'viewBox="0 0 (\d+) \d+"', page)
    rows = [[False] * int(size) for _ in range(int(size))]
    for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", page):
        rows[int(y)][int(x)] = True
    return rows


@pytest.mark.parametrize("origin", [ORIGIN, ONION, "https://buzon.example:8443"])
def test_a_camera_reads_the_address_off_the_poster(tmp_path, origin):
    rows = drawn(poster(trust(), origin))
    dots = [[0 if black else 255 for black in row for _ in range(DOTS)] for row in rows]
    lines = b"".join(bytes(row) for row in dots for _ in range(DOTS))
    picture = tmp_path / "code.pgm"
    picture.write_bytes(b"P5 %d %d 255\n" % (len(dots[0]), DOTS * len(dots)) + lines)
    read = subprocess.run(
        ["zbarimg", "--quiet", "--raw", picture],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert read.stdout.strip() == origin


def test_the_code_is_as_the_standard_wants_it_with_white_around():
    rows = drawn(poster(trust(), ONION))
    inner = [row[4:-4] for row in rows[4:-4]]
    assert inner == [list(map(bool, row)) for row in segno.make_qr(ONION, error="q").matrix]
    assert not any(map(any, rows[:4] + rows[-4:]))
    assert not any(any(row[:4] + row[-4:]) for row in rows)


def test_the_words_stand_in_their_order_in_both_languages_and_the_address_whole():
    made = trust("Casa del Mezquite")
    page = poster(made, ONION)
    shown = re.findall(r'<ol class="words"[^>]*>(.*?)</ol>', page)
    assert [" ".join(re.findall("<li>(.*?)</li>", listed)) for listed in shown] == [
        fingerprint_words(made.payload_hash, "es"),
        fingerprint_words(made.payload_hash, "en"),
    ]
    assert f">{ONION}</p>" in page
    assert page.count("Casa del Mezquite") == 4


def test_a_name_is_text_and_nothing_is_fetched():
    page = poster(trust("<script>a</script> & {b} “c”"), ONION)
    assert "<script" not in page
    assert "&lt;script&gt;a&lt;/script&gt; &amp; {b} “c”" in page
    assert not re.search(r"src=|href=|url\(|@import", page)
    assert "default-src 'none'" in page


def test_only_an_address_of_the_roster_comes_onto_the_poster(world: World, tmp_path: Path):
    director = Person(tmp_path / "ana")
    (director.home / "trust.json").write_bytes(world.trust_file)
    (director.home / "roster.json").write_bytes(world.signed(world.roster).to_json())
    make = ["trust", "poster", "trust.json", "--out", "cartel.html"]
    listed = ["--roster", "roster.json"]
    refused(director.ceremony(*make, *listed, "--origin", "http://copia.example"), "origin-unknown")
    assert director.ceremony(*make, *listed, "--origin", f"{ORIGIN}/").returncode == 2
    assert not (director.home / "cartel.html").exists()
    told = done(director.ceremony(*make, *listed, "--origin", ORIGIN))
    assert fingerprint_words(world.trust.payload_hash) in told
    assert "Atención" not in told
    assert (director.home / "cartel.html").read_text("utf-8") == poster(world.trust, ORIGIN)
    refused(director.ceremony(*make, *listed, "--origin", ORIGIN), "file-exists")
    assert "Atención" in done(
        director.ceremony(*make[:-1], "otro.html", "--origin", "http://otro.example")
    )
