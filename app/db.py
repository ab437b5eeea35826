"""The one database: how it is opened, and how little its files tell.

Only `app` and `migrations` depend on this module.

SQLite: write-ahead log with full sync, so that a commit is on disk; `secure_delete`, so
that what is deleted is zeroed; no checkpoint by itself, because app/writer.py truncates
the log as soon as the box is idle.
"""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from app.errors import ServerBusyError
from app.settings import Settings

PAGE_BYTES = 8192  # measured: the fastest for cells of both sizes
WAIT_SECONDS = 20  # for another process that writes
INSTRUCTIONS = 10_000  # of SQLite between two looks at the clock
AGAIN_SECONDS = 0.02  # between two tries to empty the log

_PRAGMAS = (
    f"PRAGMA page_size={PAGE_BYTES}",  # of a file that is yet to be written
    "PRAGMA secure_delete=ON",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA wal_autocheckpoint=0",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA mmap_size=0",
    "PRAGMA cache_size=-2000",  # KiB, for each connection
)


_PRAGMAS_OF_MAKING = (
    f"PRAGMA page_size={PAGE_BYTES}",
    "PRAGMA journal_mode=OFF",
    "PRAGMA synchronous=OFF",
)


def open_database(settings: Settings, *, making: bool = False) -> Engine:
    """The engine for the database that *settings* name; nothing is opened yet.

    *making*: a new file is filled, and thrown away when that is interrupted.
    """
    if not settings.url.startswith("sqlite"):
        return create_engine(settings.url, hide_parameters=True)
    engine = create_engine(
        settings.url,
        hide_parameters=True,  # an error's text must hold no cell
        connect_args={"timeout": WAIT_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_to_make if making else _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # BEGIN is ours
    for pragma in _PRAGMAS:
        connection.execute(pragma).close()


def _prepare_to_make(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    for pragma in _PRAGMAS_OF_MAKING:
        connection.execute(pragma).close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(source: Engine | Connection) -> Iterator[Connection]:
    """A transaction that sees one state of the database.

    Raises:
        ServerBusyError: the database does not answer.
    """
    try:
        with _transaction(source, writes=False) as connection:
            yield connection
    except SQLAlchemyError:
        raise ServerBusyError("reading failed") from None


@contextmanager
def writing(source: Engine | Connection) -> Iterator[Connection]:
    """A transaction that nobody else writes beside; durable when the block is left.

    Raises:
        ServerBusyError: another process keeps writing, or the disk refuses; nothing of
            the transaction was stored.
    """
    try:
        with _transaction(source, writes=True) as connection:
            yield connection
    except SQLAlchemyError:
        raise ServerBusyError("writing failed") from None


@contextmanager
def _transaction(source: Engine | Connection, *, writes: bool) -> Iterator[Connection]:
    if isinstance(source, Connection):
        if source.get_execution_options().get("writes", False) != writes:
            source.execution_options(writes=writes)
        with source.begin():
            yield source
    else:
        with source.execution_options(writes=writes).begin() as connection:
            yield connection


@contextmanager
def writing_traceless(engine: Engine, today: date | None) -> Iterator[Connection]:
    """As `writing`; after it the write-ahead log is emptied, if nobody reads.

    Raises:
        ServerBusyError: nothing of the transaction was stored.
    """
    try:
        with engine.connect() as connection:
            with writing(connection):
                yield connection
            truncate_log(connection, today)
    except SQLAlchemyError:
        raise ServerBusyError("writing failed") from None


def truncate_log(connection: Connection, today: date | None = None, patience: float = 0.0) -> None:
    """Move what the write-ahead log holds into its place, and empty the log.

    Outside of a transaction.  When somebody reads at this moment, and for *patience*
    seconds, nothing happens; the next call does it.  Nobody writes meanwhile, so that who
    begins to read meanwhile is not in the way.  With *today* (UTC) the files say no more
    than that something was written that day.
    """
    if connection.dialect.name != "sqlite":
        return
    with suppress(sqlite3.Error, SQLAlchemyError):
        driver = connection.connection.cursor()
        try:
            driver.execute(f"PRAGMA busy_timeout={round(patience * 1000)}")
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            driver.execute(f"PRAGMA busy_timeout={WAIT_SECONDS * 1000}")
            driver.close()
    if today is not None:
        _blur_times(connection.engine, today)


def quick_check(engine: Engine, seconds: float) -> bool | None:
    """Whether the database's pages and rows fit together; None when *seconds* did not suffice.

    Raises:
        ServerBusyError: the database does not answer.
    """
    end = time.monotonic() + seconds
    try:
        with engine.connect() as connection:
            if connection.dialect.name != "sqlite":
                return None
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            driver.set_progress_handler(lambda: time.monotonic() > end, INSTRUCTIONS)
            try:
                return driver.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)]
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                    return None
                raise ServerBusyError("the check failed") from None
            except sqlite3.DatabaseError:
                return False
            finally:
                driver.set_progress_handler(None, 0)
    except SQLAlchemyError:
        raise ServerBusyError("opening failed") from None


def empty_log(engine: Engine, today: date, patience: float) -> bool:
    """Empty the write-ahead log, trying again while somebody reads, for *patience* seconds.

    Whether it is empty.  Raises ServerBusyError when the database cannot be opened.
    """
    end = time.monotonic() + patience
    log = log_file(engine)
    try:
        with engine.connect() as connection:
            while True:
                truncate_log(connection, today)
                if log is None or not log.exists() or log.stat().st_size == 0:
                    return True
                if time.monotonic() > end:
                    return False
                time.sleep(AGAIN_SECONDS)
    except (SQLAlchemyError, OSError):
        raise ServerBusyError("opening failed") from None


def move_log(connection: Connection) -> None:
    """Move what the write-ahead log holds into its place, as far as nobody is in the way.

    Outside of a transaction; others may read and write meanwhile.  The log stays as long
    as it was.  Source: https://sqlite.org/c3ref/wal_checkpoint_v2.html, PASSIVE.
    """
    if connection.dialect.name != "sqlite":
        return
    with suppress(sqlite3.Error, SQLAlchemyError):
        driver = connection.connection.cursor()
        try:
            driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        finally:
            driver.close()


def _blur_times(engine: Engine, today: date) -> None:
    """Let the files of an emptied log say that they were written at midnight."""
    log = log_file(engine)
    if log is None or engine.url.database is None:
        return
    midnight = int(datetime(today.year, today.month, today.day, tzinfo=UTC).timestamp())
    with suppress(OSError):
        if not log.exists() or log.stat().st_size == 0:
            for path in (engine.url.database, log):
                os.utime(path, (midnight, midnight))


def log_file(engine: Engine) -> Path | None:
    """Where SQLite keeps its write-ahead log; None for other databases."""
    if engine.dialect.name != "sqlite" or engine.url.database is None:
        return None
    return Path(f"{engine.url.database}-wal")
