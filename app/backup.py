"""Backup: everything that the server holds, written as one stream while it serves.

Only app/cli_backup.py and tests depend on this module.

Where this file and app/backup-v1.md disagree, this file is wrong.
"""

import io
import json
import sqlite3
import tarfile
import time
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from typing import IO, cast

from sqlalchemy import Connection, Engine, func, select

from app.db import PAGE_BYTES, reading
from app.errors import BackupError, FolderError
from app.making import Progress
from app.settings import FILE_NAME, Settings
from app.shelf import MESSAGES, PARTS, REPLIES, Shelf
from app.site.words import LANGUAGES

FORMAT = "buzon-backup/v1"
ABOUT, TRUST, TABLES, MANIFEST = "about.json", "trust.json", "tables.db", "manifest.json"
OWN_WORDS = tuple(f"organisation/{language}.txt" for language in LANGUAGES)
SHELVES = {"message": MESSAGES, "part": PARTS, "reply": REPLIES}
STEP_BYTES = 4 * 1024 * 1024  # read at once; nobody empties the log meanwhile


def step_of(shelf: Shelf) -> int:
    """How many slots one member holds."""
    return max(1, STEP_BYTES // shelf.size)


class _Pipe:
    """As much of a file as `tarfile` needs to write to a pipe.

    Its own way, mode "w|", writes once more when it is thrown away after a failure.
    """

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._written = 0

    def write(self, content: bytes) -> int:
        """Write all of it."""
        self._out.write(content)
        self._written += len(content)
        return len(content)

    def tell(self) -> int:
        """Bytes written."""
        return self._written


class _Archive:
    """The members written so far."""

    def __init__(self, out: IO[bytes]) -> None:
        pipe = cast("IO[bytes]", _Pipe(out))
        self._tar = tarfile.TarFile(fileobj=pipe, mode="w", format=tarfile.USTAR_FORMAT)
        self._members: list[dict[str, object]] = []

    def add(self, name: str, content: bytes) -> None:
        """Write one member."""
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode, entry.mtime = len(content), 0o600, 0
        self._tar.addfile(entry, io.BytesIO(content))
        digest = sha256(content).hexdigest()
        self._members.append({"name": name, "bytes": len(content), "sha256": digest})

    def end(self) -> None:
        """Write the manifest, and the end of the archive."""
        self.add(MANIFEST, json.dumps({"members": self._members}).encode())
        self._tar.close()


def write_backup(
    engine: Engine,
    settings: Settings,
    out: IO[bytes],
    today: date,
    progress: Progress = lambda _done, _all: None,
    rest: Callable[[float], None] = time.sleep,
) -> None:
    """Write everything to *out*: every cell acknowledged before, none in part.

    *rest* is called with seconds, after each step: whoever empties the write-ahead log gets
    as long as the reading took.

    Raises:
        BackupError: the database is not the one in the data folder.
        FolderError: a file in the data folder cannot be read.
        ServerBusyError: the database does not answer.
        OSError: of *out*.
    """
    if settings.database:
        raise BackupError("the database is not in the data folder: use its own program")
    archive = _Archive(out)
    with reading(engine) as connection:
        counts = {name: _count(connection, shelf) for name, shelf in SHELVES.items()}
        tables = _tables(connection)
    about = {"format": FORMAT, "day": today.isoformat(), "slots": counts}
    archive.add(ABOUT, json.dumps(about).encode())
    archive.add(FILE_NAME, _file(settings, FILE_NAME))
    archive.add(TRUST, _file(settings, TRUST))
    for name in OWN_WORDS:
        archive.add(name, _file(settings, name))
    archive.add(TABLES, tables)
    done, size = 0, sum(SHELVES[name].size * count for name, count in counts.items())
    for name, shelf in SHELVES.items():
        for first in range(0, counts[name], step_of(shelf)):
            started = time.monotonic()
            slots = _slots(engine, shelf, first)
            rest(time.monotonic() - started)
            archive.add(f"{name}/{first:08}", slots)
            done += step_of(shelf) * shelf.size
            progress(min(done, size), size)
    archive.end()


def _count(connection: Connection, shelf: Shelf) -> int:
    return connection.execute(select(func.count()).select_from(shelf.slots)).scalar_one()


def _slots(engine: Engine, shelf: Shelf, first: int) -> bytes:
    """The slots from *first* on that one member holds."""
    slots, held = shelf.slots.c, shelf.held.c
    wanted = (
        select(slots.slot, slots.day, slots.digest, held.cell)
        .join_from(shelf.slots, shelf.held, slots.slot == held.slot)
        .where(slots.slot >= first, slots.slot < first + step_of(shelf))
        .order_by(slots.slot)
    )
    with reading(engine) as connection:
        return b"".join(
            piece
            for slot, day, digest, cell in connection.execute(wanted)
            for piece in (slot.to_bytes(4), day.encode("ascii"), digest, cell)
        )


def _tables(connection: Connection) -> bytes:
    """A database with every table, and what is in those that hold no slots."""
    slots = {str(table) for shelf in SHELVES.values() for table in (shelf.slots, shelf.held)}
    with sqlite3.connect(":memory:") as memory:
        memory.execute(f"PRAGMA page_size={PAGE_BYTES}")
        made = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type DESC"
        for kind, name, sql in connection.exec_driver_sql(made).all():
            memory.execute(sql)
            if kind == "table" and name not in slots:
                found = connection.exec_driver_sql(f'SELECT * FROM "{name}"')  # noqa: S608
                rows = [tuple(row) for row in found]
                if rows:
                    marks = ", ".join("?" * len(rows[0]))
                    memory.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)  # noqa: S608
        memory.commit()
        whole = memory.serialize()
    memory.close()
    return whole


def _file(settings: Settings, name: str) -> bytes:
    try:
        return (settings.folder / name).read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise FolderError(f"{error.strerror}: {name}") from None
