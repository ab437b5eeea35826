"""The real server, as an operator starts it, with what a journey finds in it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from pathlib import Path

from app.box import Box, Deposit
from app.db import open_database
from app.settings import load_settings
from app.shelf import REPLIES
from crypto.reply import split_batch
from tests.browser.organisation import Organisation

PROGRAM = Path(sys.executable).with_name("buzon-server")
LOOPBACK = ("--intake", "127.0.0.1:0", "--desk", "127.0.0.1:0")
SECONDS = 120


def command(*arguments: str | Path) -> None:
    """Run `buzon-server`; fail with what it says."""
    outcome = subprocess.run(
        [PROGRAM, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def make_server(
    folder: Path, organisation: Organisation, size: str, handed_in: Sequence[bytes], today: date
) -> Path:
    """Make a data folder with everything published and the batches of replies in the box."""
    data, publication, trust = folder / "data", folder / "publication", folder / "trust.json"
    trust.write_bytes(organisation.trust_envelope)
    organisation.publish_to(publication)
    command("init", "--data", data, "--size", size, "--trust", trust)
    command("publish", "--data", data, publication)
    engine = open_database(load_settings(data))
    box = Box(engine, {REPLIES: 0})
    for batch in handed_in:
        cells = [(sha256(cell).digest(), cell) for cell in split_batch(batch, 16)]
        deposit = Deposit(REPLIES, cells)
        box.store([deposit], today)
        assert deposit.refusal is None
    box.close()
    engine.dispose()
    return data


@contextmanager
def serving(data: Path) -> Iterator[int]:
    """The port of the intake, for as long as it is needed."""
    server = subprocess.Popen(
        [str(PROGRAM), "serve", "--data", str(data), "--json", *LOOPBACK],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        told = json.loads(server.stdout.readline())
        yield int(told["intake"].rsplit(":", 1)[1])
    finally:
        server.terminate()
        server.wait(timeout=60)
        if server.stdout is not None:
            server.stdout.close()
