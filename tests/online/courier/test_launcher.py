"""What `setup --launcher` lays down, and that a double click reaches the program."""

import os
import shlex
import subprocess
from configparser import RawConfigParser
from pathlib import Path

import pytest

from app.courier.cli import main
from app.courier.launcher import ENTRY_NAME

DESK = "http://127.0.0.1:8471"


def set_up(pouch: Path, *arguments: str | Path) -> int:
    given = ("--desk", DESK, "--account", "mezquite", *arguments)
    return main(["setup", str(pouch), *map(str, given)])


def pretend(programs: Path, *names: str) -> Path:
    """A folder of programs that only write down how they are called; the log."""
    programs.mkdir(parents=True)
    log = programs / "called"
    for name in names:
        (programs / name).write_text(f'#!/bin/sh\nprintf "{name}\\n%s\\n" "$*" > {log}\n')
        (programs / name).chmod(0o700)
    for name in ("sh", "printf"):
        (programs / name).symlink_to(f"/bin/{name}")
    return log


def double_click(entry: Path, programs: Path, home: Path) -> None:
    """Do what the desktop entry says, where nothing else is on the path.

    Source: Desktop Entry Specification 1.5, "Exec"; GLib reads it as a shell does.
    """
    said = RawConfigParser()
    said.read(entry, encoding="utf-8")
    subprocess.run(
        shlex.split(said["Desktop Entry"]["Exec"]),
        executable=programs / "sh",
        env={"PATH": str(programs), "HOME": str(home), "LC_ALL": "C.UTF-8"},
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=True,
    )


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    assert set_up(tmp_path / "bolsa", "--launcher") == 0
    return tmp_path / "bolsa" / ENTRY_NAME


def test_a_double_click_opens_the_window(entry, tmp_path):
    log = pretend(tmp_path / "programs", "buzon-courier", "zenity")
    double_click(entry, tmp_path / "programs", tmp_path)
    assert log.read_text() == "buzon-courier\nwindow\n"


def test_without_zenity_a_double_click_opens_a_terminal(entry, tmp_path):
    log = pretend(tmp_path / "programs", "buzon-courier", "x-terminal-emulator")
    double_click(entry, tmp_path / "programs", tmp_path)
    assert log.read_text() == "x-terminal-emulator\n-e buzon-courier window\n"


def test_on_tails_the_program_is_found_where_it_persists(entry, tmp_path):
    pretend(tmp_path / "programs", "zenity")
    log = pretend(tmp_path / "Persistent" / "buzon" / "bin", "buzon-courier")
    double_click(entry, tmp_path / "programs", tmp_path)
    assert log.read_text() == "buzon-courier\nwindow\n"


def test_a_computer_without_the_program_says_so(entry, tmp_path):
    log = pretend(tmp_path / "programs", "zenity")
    double_click(entry, tmp_path / "programs", tmp_path)
    assert "Falta el programa" in log.read_text()


def test_the_launcher_may_lie_on_the_computer_and_names_neither_desk_nor_account(tmp_path):
    assert set_up(tmp_path / "bolsa", "--launcher-in", tmp_path) == 0
    laid = (tmp_path / ENTRY_NAME).read_text(encoding="utf-8")
    assert DESK not in laid
    assert "mezquite" not in laid
    assert os.access(tmp_path / ENTRY_NAME, os.X_OK)


def test_a_link_in_place_of_the_launcher_is_replaced_not_followed(tmp_path):
    pouch, victim = tmp_path / "bolsa", tmp_path / "victim"
    victim.write_text("keep me")
    set_up(pouch)
    (pouch / ENTRY_NAME).symlink_to(victim)
    assert set_up(pouch, "--launcher") == 0
    assert victim.read_text() == "keep me"


def test_a_disk_that_starts_no_program_is_told(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(Path, "chmod", lambda *_: None)  # as on FAT
    assert set_up(tmp_path / "bolsa", "--launcher") == 1
    assert "--launcher-in" in capsys.readouterr().out


def test_a_folder_that_takes_no_launcher_is_refused(tmp_path, capsys):
    assert set_up(tmp_path / "bolsa", "--launcher-in", tmp_path / "nowhere") == 1
    assert "[file-unwritable]" in capsys.readouterr().err
