"""The data folder, when something fails in the middle."""

import os
from pathlib import Path

import pytest
from sqlalchemy import Connection

from app import cli, folder, publishing
from app.db import open_database, reading
from app.errors import FolderError
from app.folder import make_folder, rebuild_site
from app.making import Plan
from app.publishing import publish_folder
from app.settings import Settings
from crypto.tongue import REFUSED
from tests.online.conftest import NOON


@pytest.fixture
def own(tmp_path, organisation) -> Settings:
    made = tmp_path / "data"
    make_folder(made, organisation.trust_envelope, Plan(1, 1, 1))
    return Settings(folder=made)


def test_a_site_that_cannot_be_put_in_place_leaves_the_old_one(own, monkeypatch):
    before = sorted(path.name for path in own.site.iterdir())
    rename = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if self.name == ".site.new":
            raise OSError(5, "broken", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(FolderError):
        rebuild_site(own)
    assert sorted(path.name for path in own.site.iterdir()) == before
    assert sorted(path.name for path in own.folder.iterdir() if path.name[0] == ".") == []


def test_a_site_that_was_put_aside_when_the_power_failed_comes_back(own, monkeypatch):
    own.site.rename(own.folder / ".site.old")

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "no room", "x")

    monkeypatch.setattr(folder, "build_site", fail)
    with pytest.raises(FolderError):
        rebuild_site(own)
    assert (own.site / "index.html").is_file()


@pytest.fixture
def synced(monkeypatch) -> list[Path]:
    """What the program waited for to be on disk, under the name that it had then."""
    synced: list[Path] = []
    fsync = os.fsync

    def note(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    return synced


def test_everything_that_init_makes_is_on_disk_when_it_says_so(tmp_path, organisation, synced):
    data = tmp_path / "data"
    make_folder(data, organisation.trust_envelope, Plan(1, 1, 1))
    making = tmp_path / ".data.being-made"
    made = {making / path.relative_to(data) for path in data.rglob("*")}
    assert {making / "buzon.db", making / "site" / "index.html"} <= made
    assert {*made, making, tmp_path} <= {*synced}


def test_a_site_is_on_disk_before_it_takes_the_place_of_another(own, synced):
    rebuild_site(own)
    new = own.folder / ".site.new"
    made = {new / path.relative_to(own.site) for path in own.site.rglob("*")}
    assert {*made, new, own.folder} <= {*synced}


def test_publishing_is_compared_with_what_it_replaces(own, organisation, tmp_path, monkeypatch):
    """Nobody else can publish between the comparison and the change."""
    engine = open_database(own)
    publication = organisation.publication(tmp_path / "publication")
    seen: list[object] = []

    def while_comparing(connection: Connection) -> None:
        seen.append(connection.get_execution_options().get("writes"))

    monkeypatch.setattr(publishing, "held_in", while_comparing)
    publish_folder(engine, publication, organisation.trust, NOON)
    engine.dispose()
    assert seen == [True]


def test_a_passphrase_that_is_no_text_is_refused_in_words(own, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("app.tripwire.install", lambda: None)
    file = tmp_path / "passphrase"
    file.write_bytes(b"contrase\xf1a de una ceiba\n")
    arguments = ["account", "add", "ceiba", "--data", str(own.folder), "--passphrase-file"]
    assert cli.main([*arguments, str(file)]) == REFUSED
    assert "[passphrase-not-text]" in capsys.readouterr().err


def test_receipts_keys_accounts_and_acts_have_no_numbers(own):
    engine = open_database(own)
    with reading(engine) as connection:
        tables = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master").all()
    engine.dispose()
    without = {name for name, sql in tables if sql and sql.rstrip().endswith("WITHOUT ROWID")}
    assert without == {"weekly_key", "receipt", "account", "act"}
