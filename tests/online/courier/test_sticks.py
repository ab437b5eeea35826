"""Which pouch a double click takes."""

from pathlib import Path

import pytest

from app.courier.cli import main
from app.courier.sticks import StickAbsentError, SticksSeveralError, plugged_in
from crypto.pouch import MARK


def pouch(path: Path) -> Path:
    path.mkdir(parents=True)
    (path / "POUCH").write_bytes(MARK)
    return path


@pytest.mark.parametrize("place", ["STICK", "STICK/bolsa", "a stick ñ/b"])
def test_the_pouch_that_is_plugged_in_is_found(tmp_path, place):
    (tmp_path / "other disk" / "photographs").mkdir(parents=True)
    wanted = pouch(tmp_path / place)
    assert plugged_in([tmp_path / "nowhere", tmp_path]) == wanted


@pytest.mark.parametrize("place", ["STICK/deep/down", "."])
def test_a_pouch_elsewhere_is_not(tmp_path, place):
    pouch(tmp_path / "media" / place)
    with pytest.raises(StickAbsentError):
        plugged_in([tmp_path / "media"])


def test_a_link_to_a_pouch_is_not_followed(tmp_path):
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "STICK").symlink_to(pouch(tmp_path / "pouch"))
    with pytest.raises(StickAbsentError):
        plugged_in([tmp_path / "media"])


def test_between_two_pouches_the_person_chooses(tmp_path):
    pouch(tmp_path / "one")
    pouch(tmp_path / "two" / "bolsa")
    with pytest.raises(SticksSeveralError):
        plugged_in([tmp_path])


def test_a_window_without_a_stick_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr("app.courier.sticks.places", lambda: [tmp_path])
    assert main(["window"]) == 1
    assert "[stick-absent]" in capsys.readouterr().err
