"""A trip in windows: the real zenity on a screen in memory, typed at by xdotool."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from app.courier.cli import main
from app.courier.progress import Pace
from app.courier.window import Window
from crypto.cell import MESSAGE_CELL_BYTES
from crypto.sentences import sentence
from tests.online.courier.conftest import directory_of
from tests.online.courier.hostile_desk import HostileDesk
from tests.online.courier.loopback import CODE, NEXT_CODE, PASSPHRASE, serving
from tests.online.courier.screen import PATIENCE_SECONDS, Screen, screen
from tests.online.organisation import Organisation

PROGRAM = Path(sys.executable).with_name("buzon-courier")
CELLS = 8
FORM, PROGRESS, END = "Buzón: entrar", "Buzón: viaje", "Buzón: fin del viaje"


@pytest.fixture(scope="module")
def display() -> Iterator[Screen]:
    with screen() as display:
        yield display


@pytest.fixture
def desk() -> HostileDesk:
    desk = HostileDesk(directory=directory_of(Organisation(datetime.now(UTC).date())))
    for _ in range(CELLS):
        desk.add(secrets.token_bytes(MESSAGE_CELL_BYTES))
    return desk


@pytest.fixture
def stick(desk: HostileDesk, tmp_path: Path) -> Iterator[Path]:
    """A pouch whose desk is there."""
    with serving(desk) as origin:
        path = tmp_path / "stick"
        assert main(["setup", str(path), "--desk", origin, "--account", "mezquite"]) == 0
        yield path


@pytest.fixture
def courier(display: Screen, stick: Path, tmp_path: Path) -> "Iterator[subprocess.Popen[bytes]]":
    """The program, just started."""
    home = tmp_path / "home"
    home.mkdir()
    courier = subprocess.Popen(
        [PROGRAM, "window", stick],
        env=display.environment(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        yield courier
    finally:
        for pid in windows(courier):
            os.kill(pid, signal.SIGKILL)
        courier.kill()  # which does nothing to one that has ended
        courier.communicate(timeout=PATIENCE_SECONDS)


def windows(courier: "subprocess.Popen[bytes]") -> list[int]:
    """The zenities that *courier* started and that live."""
    try:
        children = Path(f"/proc/{courier.pid}/task/{courier.pid}/children").read_text()
    except OSError:
        return []
    return [int(pid) for pid in children.split()]


def command_lines(courier: "subprocess.Popen[bytes]") -> str:
    """What anybody on the computer sees of the program and its windows."""
    return "\n".join(
        Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b"\n").decode()
        for pid in (courier.pid, *windows(courier))
    )


def log_in(display: Screen, courier: "subprocess.Popen[bytes]", passphrase: str, code: str) -> None:
    """Fill the form, press its button, and see it go: the next one looks the same."""
    display.wait_for(FORM)
    form = windows(courier)[-1]
    display.type(passphrase)
    display.press("Tab")
    display.type(code)
    display.press("Tab", "Tab", "Return")
    latest = time.monotonic() + PATIENCE_SECONDS
    while form in windows(courier):
        assert time.monotonic() < latest
        time.sleep(0.02)


def ended(display: Screen, courier: "subprocess.Popen[bytes]") -> str:
    """What the last window says; closes it."""
    display.wait_for(END)
    said = command_lines(courier)
    display.press("Return")
    courier.wait(PATIENCE_SECONDS)
    return said


def test_a_trip_is_made_with_a_passphrase_that_no_command_line_shows(desk, stick, display, courier):
    log_in(display, courier, PASSPHRASE, CODE)
    seen = command_lines(courier)
    said = ended(display, courier)
    assert courier.returncode == 0
    assert desk.logins == [{"account": "mezquite", "passphrase": PASSPHRASE, "code": CODE}]
    assert f"partes de archivos): {CELLS}." in said
    assert len(list((stick / "cells").iterdir())) == CELLS
    assert PASSPHRASE not in seen + said
    assert CODE not in seen + said
    # What the desktop keeps of a window that was open tells nothing of the trip.
    kept = b"".join(
        path.read_bytes() for path in (stick.parent / "home").rglob("*") if path.is_file()
    )
    assert [
        each for each in (PASSPHRASE, CODE, "mezquite", "127.0.0.1") if each.encode() in kept
    ] == []


def test_the_form_shows_where_the_passphrase_goes(display, courier, stick):
    display.wait_for(FORM)
    desk = (stick / "courier.toml").read_text().split('"')[1]
    assert f"Escritorio: {desk}" in command_lines(courier)


def test_a_form_without_a_code_is_not_sent(desk, display, courier):
    log_in(display, courier, PASSPHRASE, "")
    log_in(display, courier, PASSPHRASE, CODE)
    ended(display, courier)
    assert len(desk.logins) == 1


def test_who_is_refused_reads_why_and_types_again(desk, display, courier):
    log_in(display, courier, "otra", CODE)
    log_in(display, courier, PASSPHRASE, f"{CODE[:3]} {CODE[3:]}")
    ended(display, courier)
    assert courier.returncode == 0
    assert [login["passphrase"] for login in desk.logins] == ["otra", PASSPHRASE]


def test_a_session_that_ends_asks_for_the_next_code_in_the_same_trip(desk, display, courier):
    serving_answer, over = desk.answer, iter([False, False, True])
    desk.answer = lambda request: (
        httpx.Response(401, json={"code": "session-needed"})
        if "/cells/" in request.url.path and next(over, False)
        else serving_answer(request)
    )
    log_in(display, courier, PASSPHRASE, CODE)
    while len(desk.requests) < 5:
        time.sleep(0.02)
    display.wait_for(FORM)
    assert "La sesión se acabó" in command_lines(courier)
    log_in(display, courier, PASSPHRASE, NEXT_CODE)
    assert f"partes de archivos): {CELLS}." in ended(display, courier)
    assert [login["code"] for login in desk.logins] == [CODE, NEXT_CODE]


def test_stop_ends_the_trip_even_while_the_server_is_silent(desk, stick, display, courier):
    serving_answer = desk.answer

    def silent(request: httpx.Request) -> httpx.Response | None:
        if "/cells/" in request.url.path:
            time.sleep(PATIENCE_SECONDS / 2)
        answer: httpx.Response | None = serving_answer(request)
        return answer

    desk.answer = silent
    log_in(display, courier, PASSPHRASE, CODE)
    display.wait_for(PROGRESS)
    display.press("space")
    said = ended(display, courier)
    assert courier.returncode == 1
    assert "No se perdió nada" in said
    assert [path for path in stick.rglob(".*") if path.is_file()] == []


def test_cancelling_the_form_sends_nothing(desk, display, courier):
    display.wait_for(FORM)
    display.press("Escape")
    assert "El viaje no empezó" in ended(display, courier)
    assert (courier.returncode, desk.requests) == (1, [])


def test_a_refusal_is_a_plain_window(stick, display, courier, desk):
    display.wait_for(FORM)
    with_another_form = subprocess.Popen(
        [PROGRAM, "window", stick],
        env=display.environment(stick.parent / "home"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert sentence("pouch-busy", "es") in ended(display, with_another_form)
    assert with_another_form.returncode == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_system_that_shuts_down_waits_for_no_window(display, courier, number):
    display.wait_for(FORM)
    courier.send_signal(number)
    courier.wait(PATIENCE_SECONDS / 4)
    assert courier.returncode == 1
    assert windows(courier) == []


def test_names_on_the_stick_are_shown_and_not_obeyed(desk, stick, display, courier):
    receipts = stick / "out" / "receipts"
    receipts.mkdir(parents=True)
    (receipts / "<b>\\n&amp;\u202e").write_bytes(b"x")
    log_in(display, courier, PASSPHRASE, CODE)
    said = ended(display, courier)
    assert "--no-markup" in said
    assert "<b>\\\\n&amp;" in said
    assert "\u202e" not in said
    assert courier.returncode == 1


def test_a_line_that_is_broken_gives_the_progress_no_order(tmp_path):
    # A desk so slow that 150 hours are left: that number begins the second line.
    pace = Pace("parts", 12_345, 1_234_567, 2**20, 2**20 * 5_401, seconds=100.0)
    heard = tmp_path / "heard"
    heard.touch()
    program = tmp_path / "zenity"
    program.write_text(f"#!/bin/sh\nexec cat >'{heard}'\n")
    program.chmod(0o700)
    window = Window(program, "es", lambda: None)
    window.show(pace)
    latest = time.monotonic() + PATIENCE_SECONDS
    while not heard.read_bytes().endswith(b"min\n"):
        assert time.monotonic() < latest
        time.sleep(0.02)
    window.close()
    percent, label = heard.read_text().splitlines()
    assert (percent, label[:2]) == ("0", "# ")
    assert "\\n150 h 0 min" in label


def test_without_a_screen_the_trip_is_made_at_the_terminal(stick, tmp_path):
    told = subprocess.run(
        [PROGRAM, "window", stick],
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1
    assert "Escritorio: " in told.stderr
    assert "[passphrase-empty]" in told.stderr
