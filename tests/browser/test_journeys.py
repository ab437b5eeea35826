"""A witness tells, adds files, comes back, reads and answers, in real browsers.

The browsers' part is in tests/browser/journeys/*.mjs; here what they sent is opened with
the lawyers' keys and searched for what must never leave a browser unsealed.

For whoever works on a page: pictures of every state are in tests/browser/screenshots after
a run; JOURNEYS="name|name" makes only these, KEEP=1 keeps what was sent, SCREENSHOTS=1 takes
the pictures in every browser.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from app.headers import FIXED
from app.site.build import SiteSettings, build_site
from crypto import signing
from crypto.airgap.unseal import OpenedMessage
from crypto.cell import CellSizeError, parse_message_cell
from crypto.message import parse_answers
from crypto.part import parse_part_cell
from crypto.phrase import Phrase, PhraseChecksumError
from tests.browser.organisation import Organisation, batches, joined, now
from tests.browser.server import make_server, serving

RUNNER = "tests/browser/journeys/run.mjs"
SECONDS = 600
AT_ONCE = 2  # browsers
SENTENCE = "Se llevaron a Ximena cerca del río; iban en una camioneta blanca."
FILE_NAME = "la casa de Ximena <b>.jpeg"
PHOTO = bytes.fromhex("ffd8ffe000104a464946") + os.urandom(90_000) + bytes.fromhex("ffd9")
RECORDING = os.urandom(3_300_000)

# Where there is no JIT a file of two segments takes minutes; there two parts stand for it.
# (Bytes of the long file, its parts as padded, cells between two breaks of the connection.)
LONG = {
    "chromium": (65 * 1_048_536, 72, 30),
    "firefox": (1_500_000, 2, 1),
    "firefox-safer": (1_500_000, 2, 1),
}
REPLY = "Gracias por contarnos.\n¿Recuerda el color de la <b>camioneta</b>? 👁 \u0645\u0631\u062d\u0628\u0627"

pytestmark = pytest.mark.browser


@dataclass
class Journeyed:
    """What happened in one browser."""

    name: str
    organisation: Organisation
    folder: Path
    origin: str
    phrases: dict[str, Phrase]
    outcomes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def evidence(self, journey: str) -> Any:
        """What the journey brought back."""
        outcome = self.outcomes[journey]
        assert outcome["failure"] is None, outcome["failure"]
        return outcome["evidence"]

    def requests(self, journey: str) -> list[dict[str, Any]]:
        """Every request of the journey, in order."""
        self.evidence(journey)
        listed: list[dict[str, Any]] = json.loads((self.folder / journey / "seen.json").read_text())
        for one in listed:
            body = one["body"]
            one["content"] = (self.folder / journey / body).read_bytes() if body else b""
        return listed

    def sent(self, journey: str) -> tuple[list[tuple[OpenedMessage, set[str]]], dict[bytes, bytes]]:
        """The opened messages with their readers, in order, and the part cells by digest."""
        messages, parts = [], {}
        for request in self.requests(journey):
            if request["method"] != "PUT" or request["status"] != 204:
                continue
            cell = request["content"]
            assert request["path"] == f"/cells/{sha256(cell).hexdigest()}"
            try:
                parse_message_cell(cell)
            except CellSizeError:
                parse_part_cell(cell)
                parts[sha256(cell).digest()] = cell
            else:
                messages.append(self.organisation.open(cell))
        return messages, parts

    @cached_property
    def everything(self) -> bytes:
        """All bytes of all requests that journeys kept."""
        pieces = []
        for path in sorted(self.folder.glob("*/seen.json")):
            for request in self.requests(path.parent.name):
                pieces += [request["path"].encode(), "\n".join(request["headers"]).encode()]
                pieces.append(request["content"])
        return b"\n".join(pieces)


@pytest.fixture(scope="module")
def vector_site(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built with the trust of the directory vectors."""
    vectors = json.loads((checkout / "tests/vectors/directory.json").read_text("utf-8"))
    folder = tmp_path_factory.mktemp("vector-site") / "site"
    build_site(vectors["envelopes"]["trust-1"].encode(), folder, settings=SiteSettings())
    return folder


@pytest.fixture(scope="module")
def travels(
    request: pytest.FixtureRequest,
    checkout: Path,
    vector_site: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, Future[Journeyed]]]:
    """All journeys in each browser that a test asks for, two browsers at a time."""
    asked = [getattr(item, "callspec", None) for item in request.session.items]
    names = dict.fromkeys(
        one.params["journeyed"] for one in asked if one is not None and "journeyed" in one.params
    )
    folders = {name: tmp_path_factory.mktemp(name) for name in names}
    (checkout / "tests/browser/screenshots").mkdir(exist_ok=True)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {
            name: pool.submit(travel, name, checkout, vector_site, folder)
            for name, folder in folders.items()
        }
    if not os.environ.get("KEEP"):
        for folder in folders.values():
            shutil.rmtree(folder, ignore_errors=True)


# The slowest first.
@pytest.fixture(scope="module", params=["firefox-safer", "firefox", "chromium"])
def journeyed(request: pytest.FixtureRequest, travels: dict[str, Future[Journeyed]]) -> Journeyed:
    """What happened in one browser."""
    return travels[request.param].result()


def travel(name: str, checkout: Path, vector_site: Path, folder: Path) -> Journeyed:
    """Make all journeys once in the browser called *name*."""
    port = free_port()
    organisation = Organisation([f"http://127.0.0.1:{port}"], now(), lawyers=4)
    names = ("none", "one", "thirty", "revoked", "unknown")
    phrases = {name: Phrase.generate(os.urandom) for name in names}
    one, thirty = [REPLY], [f"Respuesta {number}. " + "ñ" * number for number in range(30)]
    cells = [
        *organisation.replies(phrases["one"], one),
        *organisation.replies(phrases["thirty"], thirty),
        *organisation.replies(phrases["revoked"], ["Venga sola."], organisation.revoked),
    ]
    size, _, between = LONG[name]
    write_files(folder, size)
    # Room for the 72 parts of the long file.
    data = make_server(folder, organisation, "256MiB", batches(cells, 3), now().date())
    config: dict[str, Any] = {
        "browser": name,
        "port": port,
        "vectorSite": str(vector_site),
        "headers": dict(FIXED),
        "folder": str(folder),
        "screenshots": str(checkout / "tests/browser/screenshots"),
        "shots": name == "chromium" or "SCREENSHOTS" in os.environ,
        "checkout": str(checkout),
        "sentence": SENTENCE,
        "fileName": FILE_NAME,
        "between": between,
        "phrases": {name: phrase.words() for name, phrase in phrases.items()},
        "mistaken": mistaken(phrases["one"]),
        "replies": [*one, *thirty],
        "outcomes": str(folder / "outcomes.json"),
        "only": os.environ.get("JOURNEYS", "").split("|") if "JOURNEYS" in os.environ else None,
    }
    with serving(data) as config["intake"]:
        (folder / "config.json").write_text(json.dumps(config), "utf-8")
        run(checkout, folder / "config.json")
    outcomes = json.loads((folder / "outcomes.json").read_text("utf-8"))
    return Journeyed(name, organisation, folder, organisation.roster.origins[0], phrases, outcomes)


def free_port() -> int:
    """A port on loopback that nobody listens on just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def mistaken(phrase: Phrase) -> str:
    """The words of *phrase* with two exchanged, such that the checksum sees it."""
    words = phrase.words().split()
    for place in range(1, len(words)):
        typed = [words[place], *words[1:place], words[0], *words[place + 1 :]]
        try:
            Phrase.from_words(" ".join(typed))
        except PhraseChecksumError:
            return " ".join(typed)
    raise AssertionError("no exchange is seen")


def write_files(folder: Path, long: int) -> None:
    """What the journeys choose from."""
    (folder / FILE_NAME).write_bytes(PHOTO)
    (folder / "foto.jpg").write_bytes(RECORDING)
    (folder / "vacio.txt").write_bytes(b"")
    with (folder / "largo.bin").open("wb") as file:
        file.seek(long - 1)
        file.write(b"!")


def run(checkout: Path, config: Path) -> None:
    """Run the journeys; ended gently, the runner closes its browser."""
    node = shutil.which("node")
    assert node is not None, "node is missing: make setup"
    runner = subprocess.Popen(
        [node, RUNNER, config],
        cwd=checkout,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        output, _ = runner.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        runner.terminate()
        output, _ = runner.communicate(timeout=30)
    assert runner.returncode == 0, output


def journey_names(checkout: Path) -> list[str]:
    """The journeys as their modules name them."""
    names = []
    for module in ("telling", "reading", "leaving", "refusing"):
        source = (checkout / f"tests/browser/journeys/{module}.mjs").read_text("utf-8")
        names += [
            line.split('"')[1] for line in source.splitlines() if line.startswith('  async "')
        ]
    return names


@pytest.mark.parametrize("name", journey_names(Path(__file__).resolve().parents[2]))
def test_journey(journeyed: Journeyed, name: str) -> None:
    journeyed.evidence(name)


def test_a_lawyer_of_the_chosen_team_and_no_other_opens_the_text(journeyed: Journeyed) -> None:
    evidence = journeyed.evidence("tell a text to one team")
    (message,) = journeyed.sent("tell a text to one team")[0]
    opened, readers = message
    team = {
        m.lawyer.pseudonym
        for m in journeyed.organisation.members
        if m.lawyer.pseudonym in evidence["team"]
    }
    assert readers == team
    assert 0 < len(readers) < len(journeyed.organisation.members)
    assert opened.message.kind == "account"
    assert opened.message.answers == {"narrative": SENTENCE}
    assert opened.message.consent == {}


@pytest.mark.parametrize("journey", ["tell a text to one team", "tell in English"])
def test_the_phrase_that_is_shown_is_the_threads(journeyed: Journeyed, journey: str) -> None:
    phrase = Phrase.from_words(journeyed.evidence(journey)["phrase"])
    ((opened, _),) = journeyed.sent(journey)[0]
    assert signing.public_key_from_seed(phrase.thread_seed) == opened.thread_key
    assert phrase.tag_key == opened.message.tag_key


def test_everybody_reads_what_nobody_was_chosen_for(journeyed: Journeyed) -> None:
    ((_, readers),) = journeyed.sent("tell in English")[0]
    assert readers == {member.lawyer.pseudonym for member in journeyed.organisation.members}


def test_an_account_longer_than_a_message_arrives_whole(journeyed: Journeyed) -> None:
    journey = "tell an account longer than a message"
    ((opened, _),), parts = journeyed.sent(journey)
    (manifest,) = opened.message.files
    assert manifest.role == "account"
    told = parse_answers(joined([manifest], parts))["narrative"]
    assert isinstance(told, str)
    assert len(told) == journeyed.evidence(journey)["characters"]
    assert told.startswith(SENTENCE)


def test_files_come_out_as_they_went_in(journeyed: Journeyed) -> None:
    messages, parts = journeyed.sent("add several files")
    files = {
        manifest.untrusted_name: joined([manifest], parts)
        for opened, _ in messages
        for manifest in opened.message.files
    }
    assert files == {FILE_NAME: PHOTO, "foto.jpg": RECORDING}
    assert len({opened.thread_key for opened, _ in messages}) == 1
    assert [opened.message.kind for opened, _ in messages] == ["account", "files", "files"]


def test_a_long_file_survives_broken_connections(journeyed: Journeyed) -> None:
    size, count, _ = LONG[journeyed.name]
    messages, parts = journeyed.sent("a long file, the connection breaking twice")
    manifests = [manifest for opened, _ in messages for manifest in opened.message.files]
    segments = [0, 1] if journeyed.name == "chromium" else [0]
    assert [manifest.segment for manifest in manifests] == segments
    assert len(parts) == count
    content = joined(manifests, parts)
    assert len(content) == size
    assert content[-1:] == b"!"
    assert not any(content[:-1])


def test_an_answer_lands_in_the_same_thread_and_says_what_was_read(journeyed: Journeyed) -> None:
    ((opened, _),) = journeyed.sent("answer a reply")[0]
    phrase = journeyed.phrases["one"]
    assert opened.thread_key == signing.public_key_from_seed(phrase.thread_seed)
    assert opened.message.kind == "follow-up"
    assert opened.message.answers == {"narrative": SENTENCE}
    assert opened.message.read == {journeyed.organisation.members[0].lawyer.id: 1}


FEWEST_BYTES = 6


def forms(secret: str) -> list[bytes]:
    """The ways in which a text is likely to slip out."""
    plain = secret.encode()
    escaped = json.dumps(secret)[1:-1].encode()
    bases = [base64.b64encode(plain[start:])[:-4] for start in range(3)]
    found = [plain, escaped, secret.encode("utf-16-le"), plain.hex().encode(), *bases]
    # Four bytes stand somewhere in a hundred megabytes of cells by chance.
    return [form for form in found if len(form) >= FEWEST_BYTES]


@pytest.mark.parametrize("secret", [SENTENCE, FILE_NAME, "Ximena", "foto.jpg", "narrative"])
def test_no_request_holds_what_was_told(journeyed: Journeyed, secret: str) -> None:
    for form in forms(secret):
        assert form not in journeyed.everything, form


def test_no_request_holds_a_phrase(journeyed: Journeyed) -> None:
    phrases = [*journeyed.phrases.values()]
    phrases += [
        Phrase.from_words(journeyed.evidence(journey)["phrase"])
        for journey in ("tell a text to one team", "tell in English")
    ]
    for phrase in phrases:
        for language in ("es", "en"):
            words = phrase.words(language)
            assert words.encode() not in journeyed.everything
            assert (
                words.split()[0].encode() + b" " + words.split()[1].encode()
                not in journeyed.everything
            )
        assert phrase.entropy not in journeyed.everything
        assert phrase.entropy.hex().encode() not in journeyed.everything


def test_no_request_sends_a_cookie_or_says_where_it_came_from(journeyed: Journeyed) -> None:
    for path in journeyed.folder.glob("*/seen.json"):
        for request in journeyed.requests(path.parent.name):
            names = [name.lower() for name in request["headers"][::2]]
            sent = dict(zip(names, request["headers"][1::2], strict=True))
            assert not sent.keys() & {"cookie", "referer", "authorization"}
            assert sent.get("origin", "null") in {"null", journeyed.origin}
            assert "?" not in request["path"]
