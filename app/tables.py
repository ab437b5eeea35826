"""Tables: what a backup holds beside its slots, taken row by row into tables made here.

Only app/restore.py depends on this module.  Of whoever made the backup come values and
nothing else: a condition of hers would be a program, and an index, or rows that are
numbered, would tell in which order something came.
"""

import sqlite3
from contextlib import closing

from sqlalchemy import Connection, Engine

from app.backup import SHELVES, TABLES
from app.db import writing
from app.errors import BackupUnreadableError
from app.making import VERSION_TABLE, migrate, revisions

ROWS = 1000  # taken at once

_MADE = "SELECT type, name FROM sqlite_master WHERE sql IS NOT NULL"
_COLUMNS = "SELECT name, hidden FROM pragma_table_xinfo(?) ORDER BY cid"


def take_tables(engine: Engine, content: bytes) -> None:
    """Make every table in a new database, and put in the rows of *content*, a SQLite database.

    Raises:
        BackupUnreadableError: *content* is none, or holds other tables than a server's.
        ServerBusyError: the disk refuses, or a row does not fit.
    """
    try:
        with closing(sqlite3.connect(":memory:")) as tables:
            tables.deserialize(content)
            tables.execute("PRAGMA trusted_schema=OFF")
            migrate(engine, _version(tables))
            with writing(engine) as connection:
                _take(tables, connection)
    except sqlite3.Error:
        raise BackupUnreadableError(TABLES) from None
    migrate(engine)


def _version(tables: sqlite3.Connection) -> str:
    found = tables.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchall()  # noqa: S608
    for revision in revisions():
        if found == [(revision,)]:
            return revision
    raise BackupUnreadableError(f"{TABLES} is of a version that this program does not know")


def _take(tables: sqlite3.Connection, connection: Connection) -> None:
    made = set(map(tuple, connection.exec_driver_sql(_MADE)))
    if set(tables.execute(_MADE)) != made:
        raise BackupUnreadableError(f"{TABLES} holds other tables")
    left_out = {str(table) for shelf in SHELVES.values() for table in (shelf.slots, shelf.held)}
    for name in {name for kind, name in made if kind == "table"} - left_out - {VERSION_TABLE}:
        columns = list(map(tuple, connection.exec_driver_sql(_COLUMNS, (name,))))
        if tables.execute(_COLUMNS, (name,)).fetchall() != columns:
            raise BackupUnreadableError(f"{name} has other columns")
        names, marks = ", ".join(f'"{each}"' for each, _ in columns), ", ".join("?" * len(columns))
        rows = tables.execute(f'SELECT {names} FROM "{name}"')  # noqa: S608 - our own names
        while some := rows.fetchmany(ROWS):
            connection.exec_driver_sql(
                f'INSERT INTO "{name}" ({names}) VALUES ({marks})',  # noqa: S608
                some,
            )
