"""The witness's browser: what it waits for, and how much passes over the network.

Three browsers: Firefox ESR, of which Tor Browser is made; the same without WebAssembly and
JIT, as at Tor Browser's level "Safer"; and Chromium with a page six times slower, for a
cheap phone.  (Chromium slows the thread of the page only.  It suits what is computed there;
moving megabytes to and from the threads of AES and SHA-256 becomes slower than on phones.)

Bytes are counted on the wire, in both directions, between the browser and the real intake
with a directory of sixteen lawyers and five weeks signed ahead.  What counts is the browser
with most of them.
"""

import base64
import gzip
import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from crypto.directory import weeks_to_send
from crypto.part import PART_PLAINTEXT_BYTES
from crypto.phrase import Phrase
from tests.bench.table import Row
from tests.browser.organisation import Organisation, batches, now
from tests.browser.server import make_server, serving

CHECKOUT = Path(__file__).resolve().parents[2]
SLOWDOWN = 6
BROWSERS = (
    ("Firefox ESR", "firefox", 1),
    ("Firefox ESR, safer", "firefox-safer", 1),
    (f"Chromium, {SLOWDOWN} times slower", "chromium", SLOWDOWN),
)
LAWYERS = 16
WEEKS = 5
ROUNDS = 3
FILE_PARTS = 16
SECONDS = 180  # for one browser, on a machine that does other things too

# From Tuesday to Saturday, and within a day of a change of week: weekly keys of how many weeks.
DAYS = (("Tuesday to Saturday", 1), ("Sunday, Monday", 2))
TELLING = ("tell",)
# She comes by the first page both times.
JOURNEY = ("first", "tell", "sent", "first", "read", "board")


def measure() -> list[Row]:
    """All rows of this part."""
    told = {}
    with tempfile.TemporaryDirectory(prefix="buzon-bench-") as name:
        folder = Path(name)
        port = _free_port()
        organisation = Organisation([f"http://127.0.0.1:{port}"], now(), LAWYERS, WEEKS)
        phrase = Phrase.generate(os.urandom)
        board = batches(organisation.replies(phrase, ["Gracias por contarnos."]), 1)
        data = make_server(folder, organisation, "64MiB", board, now().date())
        (folder / "video.mp4").write_bytes(os.urandom(FILE_PARTS * PART_PLAINTEXT_BYTES))
        config = {
            "given": {
                "directory": base64.b64encode(organisation.directory()).decode(),
                "trust": base64.b64encode(organisation.trust.to_payload()).decode(),
                "origin": organisation.roster.origins[0],
            },
            "file": str(folder / "video.mp4"),
            "rounds": ROUNDS,
            "port": port,
            "phrase": phrase.words(),
            "sentence": "Se llevaron a una persona cerca del río.",
        }
        with serving(data) as intake:
            for title, browser, slowdown in BROWSERS:
                chosen = {"browser": browser, "slowdown": slowdown, "intake": intake}
                told[title] = _run(folder / f"{browser}.json", {**config, **chosen})
    rows = [row for title, browser in told.items() for row in _waits(title, browser["waits"])]
    return [*rows, *_transfers(told.values(), organisation)]


def _waits(title: str, rounds: list[Any]) -> Iterator[Row]:
    seconds = {
        name: median(one[name] for one in rounds) for name in ("verifying", "sealing", "reading")
    }
    rates = {
        name: median(rate for one in rounds for rate in one[name]) for name in ("parts", "plain")
    }
    yield Row(f"{title}: verifying a directory of {LAWYERS}", "s", seconds["verifying"])
    yield Row(f"{title}: sealing a message", "s", seconds["sealing"], goal="<= 1 s")
    yield Row(
        f"{title}: sealing parts", "MiB/s", rates["parts"], rates["plain"], "AES-GCM alone",
        ">= 80 MiB/s",
    )  # fmt: skip
    yield Row(f"{title}: reading a board of 1,280 replies", "s", seconds["reading"])


def _transfers(browsers: Collection[Any], organisation: Organisation) -> Iterator[Row]:
    yield _transfer("first page", browsers, ("first",), 0, "<= 30 kB")
    today = len(weeks_to_send(now()))
    for days, weeks in DAYS:
        # What this day's directory is smaller or larger than today's.
        more = _packed(organisation, weeks) - _packed(organisation, today)
        yield _transfer(f"tell page, {days}", browsers, TELLING, more, "<= 120 kB")
        yield _transfer(f"text and answer, {days}", browsers, JOURNEY, 2 * more, "<= 400 kB")


def _transfer(
    title: str, browsers: Collection[Any], stages: Collection[str], more: int, goal: str
) -> Row:
    def most(*pieces: str) -> float:
        sums: list[int] = [
            sum(one[stage][piece] for stage in stages for piece in pieces) for one in browsers
        ]
        return (max(sums) + more) / 1000

    return Row(title, "kB", most("bodies", "heads"), most("bodies"), "without headers", goal)


def _packed(organisation: Organisation, weeks: int) -> int:
    """Bytes of the directory as it travels."""
    return len(gzip.compress(organisation.directory(weeks), mtime=0))


def _run(path: Path, config: dict[str, Any]) -> Any:
    """What one browser told; ended gently, the runner closes it."""
    node = shutil.which("node")
    if node is None:
        raise SystemExit("node is missing: make setup")
    path.write_text(json.dumps(config), "utf-8")
    command = [node, "tests/bench/browser.mjs", str(path)]
    runner = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
    try:
        output, _ = runner.communicate(timeout=SECONDS)
    finally:
        if runner.poll() is None:
            runner.terminate()
            runner.wait(30)
    if runner.returncode:
        raise SystemExit(f"{config['browser']}: exit code {runner.returncode}")
    return json.loads(output)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
