"""The vault's encrypted database: SQLite whose every page is ciphered and authenticated.

The only module that knows apsw; its errors end here.  Table groups stand beside it.

Where this file and crypto/spec/keyfile-v1.md, "Vault", disagree, this file is wrong.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from crypto.airgap import durable
from crypto.airgap.durable import FileUnwritableError
from crypto.airgap.vault.schema import MIGRATIONS
from crypto.errors import BuzonError

Value = None | int | str | bytes
Row = tuple[Any, ...]

_PAGE_BYTES = 16_384  # message cells are blobs of 64 KiB: fewer overflow pages
_CACHE_KIB = 16 * 1024
_TABLES = (
    "SELECT name FROM pragma_table_list WHERE schema = 'main'"
    " AND type IN ('table', 'virtual') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
)


class VaultDamagedError(BuzonError):
    """The database is not one that this vault's key opens, or its pages were changed."""

    code = "vault-damaged"


class VaultBusyError(BuzonError):
    """Another program has the vault open."""

    code = "vault-busy"


class VaultNewerError(BuzonError):
    """A newer version of this program has written the vault."""

    code = "vault-newer"


class Database:
    """One connection, held for itself alone while it is open."""

    def __init__(self, path: Path, key: bytes) -> None:
        """Open the database at *path*, or make it, and bring it to the present schema.

        Args:
            path: the file; made with mode 0600 by whoever makes the vault.
            key: 32 bytes, used as they are.

        Raises:
            VaultBusyError, VaultDamagedError, VaultNewerError, FileUnwritableError
        """
        self._depth = 0
        with _refusing():
            self._connection = apsw.Connection(str(path))
            try:
                self._prepare(key)
            except BaseException:
                self._connection.close()
                raise

    def _prepare(self, key: bytes) -> None:
        connection = self._connection
        connection.pragma("cipher", "chacha20")
        connection.pragma("key", f"raw:{key.hex()}")
        connection.pragma("page_size", _PAGE_BYTES)
        connection.pragma("locking_mode", "exclusive")
        connection.pragma("journal_mode", "wal")
        connection.pragma("synchronous", "full")
        connection.pragma("secure_delete", "on")
        connection.pragma("temp_store", "memory")
        connection.pragma("cache_size", -_CACHE_KIB)
        connection.pragma("foreign_keys", "on")
        version = connection.pragma("user_version")
        if version > len(MIGRATIONS):
            raise VaultNewerError(f"schema {version}")
        for number, script in enumerate(MIGRATIONS[version:], version + 1):
            with self.transaction():
                connection.execute(script)
                connection.pragma("user_version", number)

    def close(self) -> None:
        """Write everything to the database itself and let go of it."""
        with _refusing():
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing, durable when the outermost one ends."""
        with _refusing(), self._connection:
            yield

    def execute(self, statement: str, *values: Value) -> None:
        """Run one statement for its effect."""
        with _refusing():
            self._connection.execute(statement, values)

    def insert(self, statement: str, *values: Value) -> int:
        """Run one INSERT; return the new row's number."""
        with _refusing():
            self._connection.execute(statement, values)
            return self._connection.last_insert_rowid()

    def execute_many(self, statement: str, rows: list[tuple[Value, ...]]) -> None:
        """Run one statement for each of *rows*."""
        with _refusing():
            self._connection.executemany(statement, rows)

    def changes(self) -> int:
        """How many rows the last statement changed."""
        return self._connection.changes()

    def rows(self, query: str, *values: Value) -> list[Row]:
        """Every row of the answer."""
        with _refusing():
            return list(self._connection.execute(query, values))

    def each(self, query: str, *values: Value) -> Iterator[Row]:
        """The rows of an answer too large for memory, one by one."""
        with _refusing():
            yield from self._connection.execute(query, values)

    def row(self, query: str, *values: Value) -> Row | None:
        """The first row of the answer, if there is one."""
        with _refusing():
            return next(iter(self._connection.execute(query, values)), None)

    def number(self, query: str, *values: Value) -> int:
        """The one number that the answer consists of; 0 for NULL."""
        found = self.row(query, *values)
        return int(found[0] or 0) if found else 0

    def copy_to(self, path: Path, key: bytes, without: tuple[str, str] | None = None) -> None:
        """Write what is here into a new database at *path*, and flush it.

        It is copied row by row, so that no page of the copy ever held what was deleted
        or is left out.

        Args:
            path: nothing lies there; made with mode 0600.
            key: 32 bytes, of the copy.
            without: a table and a column of it that is NULL in the copy.

        Raises:
            FileExistsRefusedError, FileUnwritableError
        """
        durable.write_new(path, b"")
        # Made by the same migrations, it has the same columns in the same order.
        Database(path, key).close()
        with _refusing():
            self._connection.execute("ATTACH ? AS copy KEY ?", (str(path), f"raw:{key.hex()}"))
            try:
                self._connection.execute("PRAGMA copy.journal_mode = off")
                with self.transaction():
                    self._connection.execute("PRAGMA defer_foreign_keys = on")
                    left_out = [
                        column
                        for (table,) in self.rows(_TABLES)
                        for column in self._copy_table(table, without)
                    ]
                    if left_out != ([] if without is None else [without]):
                        raise ValueError("no such column")
            finally:
                self._connection.execute("DETACH copy")
        durable.flush_file(path)

    def _copy_table(self, table: str, without: tuple[str, str] | None) -> list[tuple[str, str]]:
        """Copy one table; return the columns that were left out."""
        columns = [name for (name,) in self.rows("SELECT name FROM pragma_table_info(?)", table)]
        left_out = [(table, name) for name in columns if (table, name) == without]
        taken = ["NULL" if (table, name) in left_out else f'"{name}"' for name in columns]
        self.execute(
            f'INSERT INTO copy."{table}" SELECT {", ".join(taken)} FROM main."{table}"'  # noqa: S608 -- names of our own schema
        )
        return left_out

    def truncate_log(self) -> None:
        """Leave no old page in the write-ahead log: what was deleted is gone."""
        with _refusing():
            # As a name with an argument in it apsw would quote it, and nothing would happen.
            self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn apsw's errors into ours."""
    try:
        yield
    except (apsw.BusyError, apsw.LockedError):
        raise VaultBusyError("held by another program") from None
    except (apsw.FullError, apsw.IOError, apsw.ReadOnlyError, apsw.CantOpenError):
        raise FileUnwritableError("vault.db") from None
    except apsw.Error:
        raise VaultDamagedError("the database does not open or does not read") from None
