"""Where backups lie on a stick.

    vault-backup/<key id>/parts/<2 hex>/<hex>      part cells, sealed
    vault-backup/<key id>/database/<number>-<piece>  copies of the database, in pieces
    vault-backup/<key id>/manifests/<number>        one for each backup, written last

Everything found there is hostile input.

Where this file and crypto/spec/backup-v1.md section 3 disagree, this file is wrong.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from crypto.airgap.backup.errors import (
    BackupDamagedError,
    BackupMissingError,
    BackupOtherError,
    BackupStickError,
    said_of_backups,
)
from crypto.airgap.backup.keys import WriteKeys
from crypto.airgap.backup.manifest import MAX_BYTES, MAX_NUMBER
from crypto.airgap.backup.parts import PARTS_NAME, Parts
from crypto.stick import Folder, PouchError, PouchMissingError

FOLDER_NAME = "vault-backup"
PIECE_BYTES = 4 * 1024 * 1024

_DATABASE_NAME = "database"
_MANIFESTS_NAME = "manifests"
_NUMBER = re.compile("[0-9]{8}")


@dataclass(frozen=True, slots=True)
class Shelf:
    """The backups of one key on one stick."""

    parts: Parts
    database: Folder
    manifests: Folder

    @classmethod
    @contextmanager
    def made(cls, stick: Path, keys: WriteKeys) -> "Iterator[Shelf]":
        """The shelf of *keys* on *stick*, a folder that exists; made when it is missing.

        Raises:
            BackupMissingError: *stick* is no folder, or something else lies in the way.
            BackupFullError, BackupStickError
        """
        with ExitStack() as opened:
            with said_of_backups():
                folder = opened.enter_context(Folder.open(stick))
                for name in (FOLDER_NAME, keys.id.hex()):
                    folder = opened.enter_context(folder.made(name))
                parts, database, manifests = (
                    opened.enter_context(folder.made(name))
                    for name in (PARTS_NAME, _DATABASE_NAME, _MANIFESTS_NAME)
                )
            yield cls(Parts(parts, keys), database, manifests)

    @classmethod
    @contextmanager
    def opened(cls, stick: Path, keys: WriteKeys) -> "Iterator[Shelf]":
        """The shelf of *keys* on *stick*, as it is.

        Raises:
            BackupMissingError: the stick holds no backup.
            BackupOtherError: it holds backups of other keys only.
            BackupDamagedError: the shelf lacks a folder.
        """
        with ExitStack() as opened:
            with said_of_backups():
                folder = opened.enter_context(Folder.open(stick))
                folder = opened.enter_context(folder.inner(FOLDER_NAME))
                if not folder.names():
                    raise BackupMissingError("an empty folder")
            try:
                folder = opened.enter_context(folder.inner(keys.id.hex()))
            except PouchMissingError:
                raise BackupOtherError("backups of another key") from None
            try:
                parts, database, manifests = (
                    opened.enter_context(folder.inner(name))
                    for name in (PARTS_NAME, _DATABASE_NAME, _MANIFESTS_NAME)
                )
            except PouchMissingError:
                raise BackupDamagedError("a folder is missing") from None
            yield cls(Parts(parts, keys), database, manifests)

    # ------------------------------------------------------------- manifests

    def numbers(self) -> list[int]:
        """The numbers of the backups that are here, ascending.

        Raises:
            BackupStickError
        """
        with said_of_backups():
            names = self.manifests.names()
        return sorted(int(name) for name in names if _NUMBER.fullmatch(name))

    def read_manifest(self, number: int) -> bytes:
        """The manifest of backup *number*, from the stick itself.

        Raises:
            BackupDamagedError
        """
        return _read(self.manifests, _manifest_name(number), MAX_BYTES)

    def check_there(self, number: int) -> None:
        """Refuse when not even the manifest of backup *number*, which was read, is given any more.

        Raises:
            BackupStickError: the stick was pulled out, or broke.
        """
        try:
            self.read_manifest(number)
        except BackupDamagedError:
            raise BackupStickError("gone") from None

    def write_manifest(self, number: int, sealed: bytes) -> None:
        """Finish backup *number*: read back, it is the one that counts.

        Raises:
            BackupFullError, BackupStickError
        """
        _write_proven(self.manifests, _manifest_name(number), sealed)

    # ------------------------------------------------------------- the database

    def write_piece(self, number: int, place: int, piece: bytes) -> bytes:
        """Write one piece of the copy of the database, read it back; return its SHA-256.

        Raises:
            BackupFullError, BackupStickError
        """
        _write_proven(self.database, _piece_name(number, place), piece)
        return sha256(piece).digest()

    def read_pieces(self, number: int, digests: Iterable[bytes]) -> Iterator[bytes]:
        """The pieces of the copy of the database, each compared with its SHA-256.

        Raises:
            BackupDamagedError
        """
        for place, digest in enumerate(digests):
            piece = _read(self.database, _piece_name(number, place), PIECE_BYTES)
            if sha256(piece).digest() != digest:
                raise BackupDamagedError(f"piece {place}")
            yield piece

    def keep_only(self, numbers: Iterable[int]) -> None:
        """Remove every other backup, and what killed runs left of some.

        What does not let itself be removed, such as a folder of that name, is left.

        Raises:
            BackupStickError
        """
        kept = {f"{number:08}" for number in numbers}
        with said_of_backups():
            for folder in (self.manifests, self.database):
                folder.remove_remainders()
                for name in folder.names():
                    if _NUMBER.fullmatch(name[:8]) and name[:8] not in kept:
                        with suppress(PouchError):
                            folder.remove(name)


def next_number(shelf: Shelf, last: int) -> int:
    """What the next backup is numbered, when the vault's *last* one is known.

    What a stranger wrote on the stick does not use the numbers up.
    """
    here = [number for number in shelf.numbers() if number <= MAX_NUMBER // 2]
    return max(last, *here, 0) + 1


def _manifest_name(number: int) -> str:
    return f"{number:08}"


def _piece_name(number: int, place: int) -> str:
    return f"{number:08}-{place:05}"


def _read(folder: Folder, name: str, limit: int) -> bytes:
    try:
        folder.forget_cached(name)
        return folder.read_whole(name, limit)
    except PouchError:
        raise BackupDamagedError(name) from None


def _write_proven(folder: Folder, name: str, content: bytes) -> None:
    with said_of_backups():
        folder.write(name, content)
    try:
        same = _read(folder, name, len(content)) == content
    except BackupDamagedError:
        same = False
    if not same:
        with suppress(PouchError):
            folder.remove(name)
        raise BackupStickError("not what was written")
