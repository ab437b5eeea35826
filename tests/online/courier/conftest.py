"""Fixtures of the courier's tests: a desk in memory and an empty folder."""

from pathlib import Path

import pytest

from app.courier.progress import Progress
from tests.online.courier.hostile_desk import HostileDesk


@pytest.fixture
def hostile_desk() -> HostileDesk:
    return HostileDesk()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pouch = tmp_path / "pouch"
    pouch.mkdir()
    return pouch


@pytest.fixture
def progress() -> Progress:
    return Progress(None, "es", lambda: 0.0)
