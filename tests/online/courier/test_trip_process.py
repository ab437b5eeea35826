"""A trip as a process of its own: ended from outside at any moment, and what it leaves."""

import hashlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx
import pytest

from app.courier.cli import main
from crypto.cell import MESSAGE_CELL_BYTES
from tests.online.courier.conftest import directory_of
from tests.online.courier.hostile_desk import HostileDesk
from tests.online.courier.loopback import CODE, NEXT_CODE, PASSPHRASE, serving
from tests.online.organisation import Organisation

PROGRAM = Path(sys.executable).with_name("buzon-courier")
CELLS = 12
PATIENCE_SECONDS = 60

Answer = Callable[[httpx.Request], httpx.Response | None]


@pytest.fixture
def desk() -> HostileDesk:
    """A desk that was published today and holds CELLS message cells."""
    desk = HostileDesk(directory=directory_of(Organisation(datetime.now(UTC).date())))
    for _ in range(CELLS):
        desk.add(secrets.token_bytes(MESSAGE_CELL_BYTES))
    return desk


@pytest.fixture
def origin(desk: HostileDesk) -> Iterator[str]:
    with serving(desk) as origin:
        yield origin


@pytest.fixture
def stick(origin: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    path = tmp_path / "stick"
    assert main(["setup", str(path), "--desk", origin, "--account", "mezquite"]) == 0
    capsys.readouterr()
    return path


@pytest.fixture
def surroundings(tmp_path: Path) -> Path:
    """Home and folder for temporary files of the courier's computer, with its secrets."""
    for name in ("home", "tmp", "secrets"):
        (tmp_path / name).mkdir()
    (tmp_path / "secrets" / "passphrase").write_text(f"{PASSPHRASE}\n", encoding="utf-8")
    (tmp_path / "secrets" / "code").write_text(f"{CODE}\n", encoding="ascii")
    return tmp_path


def start(stick: Path, surroundings: Path, *arguments: str) -> "subprocess.Popen[str]":
    given = surroundings / "secrets"
    secrets_given = ("--passphrase-file", given / "passphrase", "--code-file", given / "code")
    return subprocess.Popen(
        [str(each) for each in (PROGRAM, "trip", stick, *arguments, *secrets_given)],
        env={
            "HOME": str(surroundings / "home"),
            "TMPDIR": str(surroundings / "tmp"),
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
        },
        cwd=surroundings / "home",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def found_in(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b""
        for path in folder.rglob("*")
    }


def wait_after(desk: HostileDesk, cells: int, before: Answer) -> None:
    """Let *cells* come quickly, and hold back every one after them; else as *before*."""
    taken = 0

    def answer(request: httpx.Request) -> httpx.Response | None:
        nonlocal taken
        if "/cells/" in request.url.path:
            taken += 1
            if taken > cells:
                time.sleep(PATIENCE_SECONDS / 2)
        return before(request)

    desk.answer = answer


def wait_until(true: Callable[[], bool]) -> None:
    latest = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < latest
        time.sleep(0.02)


def holds(stick: Path, count: int) -> bool:
    return len(cells_on(stick)) == count


def was_asked_for(desk: HostileDesk, cells: int) -> bool:
    return sum("/cells/" in request for request in desk.requests) == cells


def cells_on(stick: Path) -> list[Path]:
    folder = stick / "cells"
    return [] if not folder.is_dir() else [p for p in folder.iterdir() if len(p.name) == 64]


def test_a_trip_leaves_nothing_on_the_computer_and_no_secret_on_the_stick(
    desk, stick, surroundings
):
    (surroundings / "home" / "mine.txt").write_text("mine")
    before = [found_in(surroundings / name) for name in ("home", "tmp", "secrets")]
    courier = start(stick, surroundings, "--json")
    told, _ = courier.communicate(timeout=PATIENCE_SECONDS)
    assert courier.returncode == 0
    assert json.loads(told)["new"] == CELLS
    assert [found_in(surroundings / name) for name in ("home", "tmp", "secrets")] == before
    assert [login["code"] for login in desk.logins] == [CODE]
    on_the_stick = b"".join(found_in(stick).values())
    assert PASSPHRASE.encode() not in on_the_stick
    assert b"t0ken" not in on_the_stick
    assert {path.name for path in stick.iterdir()} == {
        "POUCH", "courier.toml", "directory.json", "rosters.json", "listing.json", "cells", "have", "out",
    }  # fmt: skip


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_trip_that_is_ended_says_that_nothing_was_lost(desk, origin, stick, surroundings, number):
    wait_after(desk, 5, desk.answer)
    courier = start(stick, surroundings)
    wait_until(partial(was_asked_for, desk, 6))
    courier.send_signal(number)
    _, told = courier.communicate(timeout=PATIENCE_SECONDS / 4)
    assert courier.returncode == 1
    assert "No se perdió nada" in told
    assert "partes de archivos): 5." in told
    assert "Traceback" not in told
    assert [path for path in stick.rglob(".*") if path.is_file()] == []


def test_a_trip_that_is_killed_again_and_again_ends_with_every_cell(desk, stick, surroundings):
    checking = desk.answer
    for wanted, code in ((4, CODE), (8, NEXT_CODE)):
        wait_after(desk, 4, checking)
        (surroundings / "secrets" / "code").write_text(code)
        courier = start(stick, surroundings)
        wait_until(partial(holds, stick, wanted))
        courier.kill()
        courier.communicate(timeout=PATIENCE_SECONDS)
    desk.answer = lambda _: None
    courier = start(stick, surroundings, "--json")
    told, _ = courier.communicate(timeout=PATIENCE_SECONDS)
    report = json.loads(told)
    assert (report["new"], report["had"], report["whole"]) == (CELLS - 8, 8, True)
    assert all(hashlib.sha256(p.read_bytes()).hexdigest() == p.name for p in cells_on(stick))


def test_the_desk_is_named_before_anything_is_asked(stick, origin, surroundings):
    (surroundings / "secrets" / "passphrase").unlink()
    courier = start(stick, surroundings)
    _, told = courier.communicate(timeout=PATIENCE_SECONDS)
    assert courier.returncode == 1
    assert origin in told
    assert "[file-unreadable]" in told
    assert told.index(origin) < told.index("[file-unreadable]")


def test_a_code_that_was_used_is_refused_in_plain_words(desk, stick, surroundings):
    for expected in (0, 1):
        courier = start(stick, surroundings)
        told = "".join(courier.communicate(timeout=PATIENCE_SECONDS))
        assert courier.returncode == expected
    assert "[login-refused]" in told
    assert "El viaje no empezó" in told


def test_help_speaks_the_language_that_is_asked_for() -> None:
    for language, word in (("es", "Ejemplos"), ("en", "Examples")):
        told = subprocess.run(
            [PROGRAM, "trip", "--language", language, "--help"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert word in told
