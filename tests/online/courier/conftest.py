"""Fixtures of the courier's tests: a desk in memory and an empty folder."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.courier.progress import Progress
from crypto.directory import build_directory
from tests.online.courier.hostile_desk import HostileDesk
from tests.online.organisation import Organisation, signed


@pytest.fixture(autouse=True)
def _ring(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the process of the tests the other ring is loaded, and is to stay so."""
    monkeypatch.setattr("app.tripwire.install", lambda: None)


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
    return Progress(None, lambda: 0.0)


@pytest.fixture
def organisation() -> Organisation:
    return Organisation(datetime(2026, 3, 4, tzinfo=UTC).date())


@pytest.fixture
def published_desk(organisation: Organisation) -> HostileDesk:
    """A desk with a directory that can be read."""
    return HostileDesk(directory=directory_of(organisation))


def directory_of(organisation: Organisation) -> bytes:
    """What the desk hands out on the organisation's day."""
    noon = datetime.combine(organisation.today, datetime.min.time(), UTC).replace(hour=12)
    return build_directory(
        signed(organisation.roster, organisation.directors),
        signed(organisation.freshness, organisation.directors),
        organisation.weekly_keys(),
        noon,
    )
