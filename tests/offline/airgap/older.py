"""A vault as an earlier version of the program wrote it, for tests of what came after."""

from __future__ import annotations

import pytest

from crypto.airgap import keyfile
from crypto.airgap.vault import database as vault_database
from crypto.airgap.vault.database import Database
from crypto.airgap.vault.schema import MIGRATIONS
from crypto.airgap.vault.vault import _database_key
from tests.offline.airgap.world import PASSPHRASE, World

RENAMED = {"identity": "identities"}  # what earlier versions called otherwise
RENAMED_COLUMNS = {("identity", "one"): "number"}


def older(world: World, name: str, version: int = 1) -> None:
    """Put in the place of a vault's database one as *version* of it was, from 1 on."""
    path = world.vault_path(name)
    key = _database_key(keyfile.open_file(path / "vault.key", "vault", PASSPHRASE))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vault_database, "MIGRATIONS", MIGRATIONS[:version])
        old = Database(path / "old.db", key)
    new = Database(path / "vault.db", key)
    old.execute("PRAGMA foreign_keys = off")
    tables = old.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")
    with old.transaction():
        for (table,) in tables:
            columns = [row[1] for row in old.rows(f"PRAGMA table_info({table})")]
            wanted = ", ".join(RENAMED_COLUMNS.get((table, column), column) for column in columns)
            rows = new.rows(f"SELECT {wanted} FROM {RENAMED.get(table, table)}")
            places = ", ".join("?" * len(columns))
            old.execute_many(f"INSERT INTO {table} VALUES ({places})", rows)
    assert old.number("PRAGMA user_version") == version
    old.close()
    new.close()
    (path / "old.db").replace(path / "vault.db")
