"""Restore: a data folder made from the stream that app/backup.py wrote.

Only app/cli_backup.py and tests depend on this module.

Where this file and app/backup-v1.md disagree, this file is wrong.
"""

import os
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, Engine, insert, select

from app.backup import ABOUT, FORMAT, MANIFEST, OWN_WORDS, SHELVES, TABLES, TRUST, step_of
from app.db import open_database, reading, writing
from app.errors import BackupUnreadableError, FolderError, ServerBusyError, SettingsError
from app.folder import half_made, rebuild_site
from app.making import Progress
from app.models import DAY_CHARACTERS, DIGEST_BYTES, FREE, Account
from app.settings import FILE_NAME, Settings, load_settings
from app.shelf import Shelf
from app.tables import take_tables
from crypto import strictjson
from crypto.errors import BuzonError
from crypto.strictjson import DocumentMalformedError
from crypto.trust import Trust, open_trust

MAX_ABOUT_BYTES = 4 * 1024
MAX_SETTINGS_BYTES = 64 * 1024
MAX_WORDS_BYTES = 16 * 1024
MAX_TABLES_BYTES = 1024 * 1024 * 1024
MAX_MANIFEST_BYTES = 64 * 1024 * 1024  # 120 bytes for each 4 MiB of a box
MAX_SLOTS = 2**31
SLOT_BYTES = 4


@dataclass(slots=True)
class Restored:
    """What was made."""

    day: date  # of the backup, UTC
    trust: Trust
    untrusted_accounts: list[str] = field(default_factory=list)  # of the desk
    cells: int = 0
    damaged: int = 0  # cells that were broken when the backup was made, and are left out


@dataclass(slots=True)
class _Members:
    """The members of the archive, in order; each must be the one that is asked for."""

    tar: tarfile.TarFile
    read: list[dict[str, strictjson.JSONValue]] = field(default_factory=list)

    def next(self, name: str, most: int) -> bytes:
        """The content of the next member.  Raises BackupUnreadableError."""
        entry = self.tar.next()
        if entry is None or entry.name != name or not entry.isreg() or entry.size > most:
            raise BackupUnreadableError(f"{name} is missing or too long")
        file = self.tar.extractfile(entry)
        content = file.read() if file is not None else b""
        if len(content) != entry.size:
            raise BackupUnreadableError(f"{name} is cut off")
        digest = sha256(content).hexdigest()
        self.read.append({"name": name, "bytes": len(content), "sha256": digest})
        return content

    def check_manifest(self) -> None:
        """What was read is all that there is.  Raises BackupUnreadableError."""
        read: strictjson.JSONValue = list(self.read)
        (members,) = strictjson.members(
            strictjson.parse(self.next(MANIFEST, MAX_MANIFEST_BYTES), MAX_MANIFEST_BYTES), "members"
        )
        if members != read or self.tar.next() is not None:
            raise BackupUnreadableError("other members than the manifest says")


@contextmanager
def restoring(
    source: IO[bytes], folder: Path, progress: Progress = lambda _done, _all: None
) -> Iterator[Restored]:
    """Make *folder*, new or empty, out of what *source* holds.

    The folder is in its place when the block ends well, so that in it the caller can learn
    whether *source* was whole.

    Raises:
        BackupUnreadableError: *source* is no backup, or damaged.
        FolderError: *folder* holds something, or the disk has too little room, or fails.
        SiteSourceError
        Nothing is left then.
    """
    try:
        with tarfile.open(fileobj=source, mode="r|") as tar:
            members = _Members(tar)
            day, counts = _about(members.next(ABOUT, MAX_ABOUT_BYTES))
            size = sum(SHELVES[name].size * count for name, count in counts.items())
            with half_made(folder, size) as empty:
                trust = _make_files(members, empty)
                settings = _settings(empty.folder)
                restored = Restored(day, trust)
                _make_database(settings, members, counts, restored, progress)
                members.check_manifest()
                _check_integrity(settings.database_file)
                rebuild_site(settings)
                yield restored
    except (tarfile.TarError, EOFError, DocumentMalformedError) as error:
        raise BackupUnreadableError(type(error).__name__) from None


def _about(content: bytes) -> tuple[date, dict[str, int]]:
    about_format, day, slots = strictjson.members(
        strictjson.parse(content, MAX_ABOUT_BYTES), "format", "day", "slots"
    )
    if about_format != FORMAT:
        raise BackupUnreadableError("of another version")
    counts = strictjson.members(slots, *SHELVES)
    return strictjson.day(day), {
        name: strictjson.integer(count, 1, MAX_SLOTS)
        for name, count in zip(SHELVES, counts, strict=True)
    }


def _make_files(members: _Members, settings: Settings) -> Trust:
    """Write settings, trust and the organisation's own words."""
    (settings.folder / FILE_NAME).write_bytes(members.next(FILE_NAME, MAX_SETTINGS_BYTES))
    envelope = members.next(TRUST, Trust.max_envelope_bytes())
    try:
        trust = open_trust(envelope)
    except BuzonError as error:
        raise BackupUnreadableError(f"{TRUST}: {error.code}") from None
    settings.trust.write_bytes(envelope)
    settings.organisation.mkdir()
    for name in OWN_WORDS:
        words = members.next(name, MAX_WORDS_BYTES)
        if words:
            (settings.folder / name).write_bytes(words)
    return trust


def _settings(folder: Path) -> Settings:
    """The operator's settings, as they are restored."""
    try:
        settings = load_settings(folder)
    except SettingsError as error:
        raise BackupUnreadableError(f"{FILE_NAME}: {error}") from None
    if settings.database:
        raise BackupUnreadableError(f"{FILE_NAME} names another database")
    return settings


def _make_database(
    settings: Settings,
    members: _Members,
    counts: dict[str, int],
    restored: Restored,
    progress: Progress,
) -> None:
    engine = open_database(settings, making=True)
    try:
        take_tables(engine, members.next(TABLES, MAX_TABLES_BYTES))
        with reading(engine) as connection:
            restored.untrusted_accounts = sorted(map(str, connection.scalars(select(Account.name))))
        _fill(engine, members, counts, restored, progress)
    except (FolderError, ServerBusyError) as error:
        # The tables are not those of a server, or the disk is full.
        raise BackupUnreadableError(str(error)) from None
    finally:
        engine.dispose()


def _fill(
    engine: Engine,
    members: _Members,
    counts: dict[str, int],
    restored: Restored,
    progress: Progress,
) -> None:
    done, size = 0, sum(SHELVES[name].size * count for name, count in counts.items())
    for name, shelf in SHELVES.items():
        seen: set[bytes] = set()
        for first in range(0, counts[name], step_of(shelf)):
            numbers = range(first, min(first + step_of(shelf), counts[name]))
            row_bytes = SLOT_BYTES + DAY_CHARACTERS + DIGEST_BYTES + shelf.size
            content = members.next(f"{name}/{first:08}", len(numbers) * row_bytes)
            if len(content) != len(numbers) * row_bytes:
                raise BackupUnreadableError("too few slots")
            with writing(engine) as connection:
                for place, number in enumerate(numbers):
                    row = memoryview(content)[place * row_bytes : (place + 1) * row_bytes]
                    _put(connection, shelf, number, row, seen, restored)
            done += len(numbers) * shelf.size
            progress(done, size)


def _put(
    connection: Connection,
    shelf: Shelf,
    number: int,
    row: memoryview,
    seen: set[bytes],
    restored: Restored,
) -> None:
    """Make one slot; free, when what it held is broken or is there already."""
    if int.from_bytes(row[:SLOT_BYTES]) != number:
        raise BackupUnreadableError("slots out of order")
    rest = row[SLOT_BYTES:]
    day = bytes(rest[:DAY_CHARACTERS]).decode("ascii", "replace")
    try:
        written = date.fromisoformat(day).isoformat()
    except ValueError:
        written = ""
    if written != day:
        raise BackupUnreadableError("a day that is none")
    digest = bytes(rest[DAY_CHARACTERS : DAY_CHARACTERS + DIGEST_BYTES])
    cell = bytes(rest[DAY_CHARACTERS + DIGEST_BYTES :])
    if day != FREE:
        whole = sha256(cell).digest() == digest
        restored.damaged += not whole
        if whole and digest not in seen:
            seen.add(digest)
            restored.cells += 1
        else:
            day, digest, cell = FREE, os.urandom(DIGEST_BYTES), os.urandom(shelf.size)
    connection.execute(
        insert(shelf.slots).values(slot=number, day=day, digest=digest)  # type: ignore[arg-type]
    )
    connection.execute(insert(shelf.held).values(slot=number, cell=cell))  # type: ignore[arg-type]


def _check_integrity(database: Path) -> None:
    try:
        with closing(sqlite3.connect(database)) as made:
            said = made.execute("PRAGMA integrity_check(1)").fetchall()
    except sqlite3.Error:
        said = []
    if said != [("ok",)]:
        raise BackupUnreadableError("the tables are damaged")
