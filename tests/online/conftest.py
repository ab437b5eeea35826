"""Fixtures of the server's tests: a made box, and both programs on it."""

import dataclasses
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from app import create_desk, create_intake, stop
from app.accounts import Accounts
from app.db import open_database
from app.folder import make_folder
from app.making import Plan
from app.publishing import publish_folder
from app.second_factor import secret_text
from app.settings import Settings
from tests.online.organisation import Organisation

TODAY = date(2026, 3, 18)
NOON = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)
ACCOUNT = "mezquite"
PASSPHRASE = "cuatro palabras que nadie sabe"
SECRET = bytes(range(20))  # of the account's second factor
PLAN = Plan(messages=24, parts=3, replies=64)


# Argon2id as the desk uses it takes longer than most tests.
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session", autouse=True)
def quick_passphrases() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Accounts.__init__, "__defaults__", (QUICK,))
        yield


def copied(made: Path, folder: Path) -> Settings:
    """A box of one's own; the site, which nobody writes, is shared."""
    folder.mkdir()
    for entry in made.iterdir():
        if entry.name == "site":
            (folder / entry.name).symlink_to(entry.resolve())
        elif entry.is_dir():
            shutil.copytree(entry, folder / entry.name)
        else:
            shutil.copy(entry, folder)
    return Settings(folder=folder)


class Clock:
    """A clock that goes when it is told."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture(scope="session")
def organisation() -> Organisation:
    return Organisation(TODAY)


@pytest.fixture(scope="session")
def made_empty(tmp_path_factory: pytest.TempPathFactory, organisation: Organisation) -> Path:
    """A data folder with an account and nothing published, to be copied."""
    folder = tmp_path_factory.mktemp("made") / "data"
    make_folder(folder, organisation.trust_envelope, PLAN)
    engine = open_database(Settings(folder=folder))
    Accounts(engine).add(ACCOUNT, PASSPHRASE)
    Accounts(engine).enrol(ACCOUNT, SECRET)
    engine.dispose()
    return folder


@pytest.fixture(scope="session")
def made_published(
    tmp_path_factory: pytest.TempPathFactory, made_empty: Path, organisation: Organisation
) -> Path:
    """The same, with the organisation published."""
    folder = tmp_path_factory.mktemp("published")
    settings = copied(made_empty, folder / "data")
    engine = open_database(settings)
    publication = organisation.publication(folder / "publication")
    publish_folder(engine, publication, organisation.trust, NOON)
    engine.dispose()
    return settings.folder


@pytest.fixture
def empty_settings(made_empty: Path, tmp_path: Path) -> Settings:
    """A box of its own where nothing is published."""
    return copied(made_empty, tmp_path / "data")


@pytest.fixture
def settings(made_published: Path, tmp_path: Path) -> Settings:
    """A box of its own where the organisation is published."""
    return copied(made_published, tmp_path / "data")


Maker = Callable[..., FlaskClient]


@pytest.fixture
def serve(clock: Clock) -> Iterator[Callable[..., FlaskClient]]:
    """Make a program, with settings changed, and a client of it."""
    programs: list[Flask] = []

    def make(program: Callable[..., Flask], settings: Settings, **changed: object) -> FlaskClient:
        made = program(dataclasses.replace(settings, **changed), clock)  # type: ignore[arg-type]
        programs.append(made)
        return made.test_client()

    yield make
    for made in programs:
        stop(made)


@pytest.fixture
def intake(serve: Maker, settings: Settings) -> FlaskClient:
    return serve(create_intake, settings)


@pytest.fixture
def desk(serve: Maker, settings: Settings) -> FlaskClient:
    return serve(create_desk, settings)


def code_at(now: datetime, secret: bytes = SECRET) -> str:
    """What the account's telephone shows *now*."""
    return pyotp.TOTP(secret_text(secret)).at(now)


def login(now: datetime, **changed: object) -> dict[str, object]:
    """The body that opens a session, with members changed."""
    return {"account": ACCOUNT, "passphrase": PASSPHRASE, "code": code_at(now), **changed}


def opened(desk: FlaskClient, now: datetime = NOON) -> dict[str, str]:
    """The header of a session that is opened at *now*."""
    answer = desk.post("/session", json=login(now))
    return {"Authorization": f"Bearer {answer.json['token']}"}  # type: ignore[index]


@pytest.fixture
def token(desk: FlaskClient) -> dict[str, str]:
    """The header of a living session."""
    return opened(desk)
