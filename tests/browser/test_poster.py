"""The poster is one page of A4, however long a name and an address are."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from crypto.airgap import ceremony
from crypto.airgap.poster import poster

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("letter", "origin"), [("W", "w" * 112), ("i", "buzon.example")])
def test_a_poster_is_one_page(tmp_path: Path, letter: str, origin: str) -> None:
    name = " ".join([letter * 15] * 5)
    trust = ceremony.draft_trust(name, [bytes([n]) * 32 for n in range(3)], 2, None, 2)
    page, printed = tmp_path / "poster.html", tmp_path / "poster.pdf"
    page.write_text(poster(trust, f"http://{origin}"), "utf-8")
    chromium = shutil.which("chromium")
    assert chromium is not None, "chromium is missing: make setup"
    subprocess.run(
        [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
         f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={printed}", page.as_uri()],
        capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    assert re.findall(rb"/Count (\d+)", printed.read_bytes()) == [b"1"]
