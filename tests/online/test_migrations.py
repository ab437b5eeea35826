"""Migrations: a database of any earlier version becomes one of this, and loses nothing."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

import migrations
from app import cli
from app.accounts import Accounts
from app.acts import CELLS, Acts
from app.box import Box, Deposit, Store
from app.db import open_database, writing
from app.errors import SecondFactorNeededError
from app.making import Plan, check_migrated, make_box, migrate
from app.models import Base
from app.published import held
from app.publishing import publish_folder
from app.receipts import keep_receipt, knows_receipt
from app.settings import Settings
from app.shelf import MESSAGES, PARTS
from crypto.weeks import week_of
from tests.online import cells
from tests.online.conftest import NOON, QUICK, SECRET, TODAY, code_at

PASSPHRASE = "cuatro palabras que nadie sabe"


def config() -> Config:
    made = Config()
    made.set_main_option("script_location", str(Path(migrations.__file__).parent))
    return made


REVISIONS = [
    each.revision for each in reversed(list(ScriptDirectory.from_config(config()).walk_revisions()))
]


def upgrade(engine: Engine, revision: str) -> None:
    chosen = config()
    with writing(engine) as connection:
        chosen.attributes["connection"] = connection
        command.upgrade(chosen, revision)


def add_account(engine: Engine) -> None:
    """An account as the tables of that revision have it."""
    hashed = QUICK.hash(PASSPHRASE)
    with writing(engine) as connection:
        columns = connection.exec_driver_sql("SELECT name FROM pragma_table_info('account')")
        values: dict[str, object] = {"name": "mezquite", "passphrase": hashed}
        for column in columns.scalars():
            values.setdefault(column, 0 if column == "step" else b"")
        names, gaps = ", ".join(values), ", ".join("?" * len(values))
        connection.exec_driver_sql(
            f"INSERT INTO account ({names}) VALUES ({gaps})", tuple(values.values())
        )


def test_the_revisions_are_the_files_of_the_folder():
    files = (Path(migrations.__file__).parent / "versions").glob("[0-9]*.py")
    assert sorted(path.name[:4] for path in files) == REVISIONS
    assert len(REVISIONS) >= 2


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_database_of_every_revision_is_brought_up_with_all_that_it_holds(
    tmp_path, organisation, revision
):
    engine = open_database(Settings(folder=tmp_path))
    upgrade(engine, revision)
    make_box(engine, Plan(messages=4, parts=1, replies=16))
    message, part = cells.message(week_of(TODAY)), cells.part()
    box = Box(engine, {MESSAGES: 0, PARTS: 0})
    for shelf, cell in ((MESSAGES, message), (PARTS, part)):
        box.store([Deposit(shelf, [(sha256(cell).digest(), cell)])], TODAY)
    box.close()
    publish_folder(
        engine, organisation.publication(tmp_path / "publication"), organisation.trust, NOON
    )
    receipt = organisation.receipt("ceiba", [sha256(message).digest()])
    keep_receipt(engine, receipt)
    add_account(engine)
    before = held(engine)
    engine.dispose()

    engine = open_database(Settings(folder=tmp_path))
    migrate(engine)

    store = Store(engine)
    assert [store.cell(sha256(cell).digest()) for cell in (message, part)] == [message, part]
    assert held(engine) == before
    assert knows_receipt(engine, receipt.payload_hash)
    accounts = Accounts(engine, QUICK)
    with pytest.raises(SecondFactorNeededError) as needed:
        accounts.check("mezquite", PASSPHRASE, "", NOON)
    _, codes = accounts.confirm(needed.value.epoch, SECRET, code_at(NOON), NOON)
    accounts.check_epoch(accounts.check("mezquite", PASSPHRASE, codes[0], NOON))
    acts = Acts(engine, lambda: datetime(2026, 3, 18, tzinfo=UTC))
    with acts.noting(CELLS):
        pass
    acts.write()
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    migrate(engine)
    engine.dispose()


@pytest.mark.parametrize("revision", ["none", *REVISIONS[:-1], "9999"])
def test_no_server_starts_on_tables_of_another_version(settings, monkeypatch, capsys, revision):
    monkeypatch.setattr("app.tripwire.install", lambda: None)
    engine = open_database(settings)
    with writing(engine) as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
        if revision != "none":
            connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (revision,))
    engine.dispose()
    assert cli.main(["serve", "--data", str(settings.folder)]) == cli.REFUSED
    assert "[database-old]" in capsys.readouterr().err


def test_tables_of_this_version_are_taken(settings):
    engine = open_database(settings)
    check_migrated(engine)
    engine.dispose()


def test_accounts_that_are_brought_up_have_epochs_of_their_own(tmp_path):
    engine = open_database(Settings(folder=tmp_path))
    upgrade(engine, "0001")
    with writing(engine) as connection:
        for number in range(5):
            connection.exec_driver_sql(
                "INSERT INTO account VALUES (?, ?)", (f"account-{number}", "hash")
            )
    migrate(engine)
    with engine.connect() as connection:
        epochs = connection.exec_driver_sql("SELECT epoch FROM account").scalars().all()
    engine.dispose()
    assert len(set(epochs)) == 5
    assert {len(epoch) for epoch in epochs} == {16}
