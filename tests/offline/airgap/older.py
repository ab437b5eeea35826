"""A vault as an earlier version of the program wrote it, for tests of what came after."""

from __future__ import annotations

import pytest

from crypto.airgap import keyfile
from crypto.airgap.vault import database as vault_database
from crypto.airgap.vault.database import Database
from crypto.airgap.vault.schema import MIGRATIONS
from crypto.airgap.vault.vault import _database_key
from tests.offline.airgap.world import PASSPHRASE, World

EARLIER = range(1, len(MIGRATIONS))
"""Every version of the schema but the present one."""

# What earlier versions called otherwise: a table's columns as they are called now, and where.
RENAMED = {"identity": ("identities", {"one": "number"})}


def older(world: World, name: str, version: int = 1) -> None:
    """Put in the place of a vault's database one as that *version* of the schema was."""
    path = world.vault_path(name)
    key = _database_key(keyfile.open_file(path / "vault.key", "vault", PASSPHRASE))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vault_database, "MIGRATIONS", MIGRATIONS[:version])
        old = Database(path / "old.db", key)
    new = Database(path / "vault.db", key)
    old.execute("PRAGMA foreign_keys = off")
    with old.transaction():
        for table in tables_of(old):
            columns = columns_of(old, table)
            source, renamed = RENAMED.get(table, (table, {}))
            wanted = ", ".join(renamed.get(column, column) for column in columns)
            rows = new.rows(f"SELECT {wanted} FROM {source}")
            places = ", ".join("?" * len(columns))
            old.execute_many(f"INSERT INTO {table} VALUES ({places})", rows)
    assert old.number("PRAGMA user_version") == version
    old.close()
    new.close()
    (path / "old.db").replace(path / "vault.db")


def tables_of(database: Database) -> list[str]:
    """The tables that the schema makes."""
    return [
        name for (name,) in database.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")
    ]


def columns_of(database: Database, table: str) -> list[str]:
    """The columns of *table*, in their order."""
    return [row[1] for row in database.rows(f"PRAGMA table_info({table})")]
