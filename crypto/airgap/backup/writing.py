"""Writing a backup: part cells that the stick lacks, a copy of the database, the manifest.

The manifest comes last, so a killed run leaves the backup before it whole.  Nothing is
believed that was not read back from the stick.

Where this file and crypto/spec/backup-v1.md section 5 disagree, this file is wrong.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from crypto.airgap import durable
from crypto.airgap.backup.errors import BackupDamagedError, BackupStickError
from crypto.airgap.backup.manifest import Manifest
from crypto.airgap.backup.shelf import PIECE_BYTES, Shelf, next_number
from crypto.airgap.durable import FileUnreadableError, FileUnwritableError, read_regular
from crypto.airgap.vault.identity import Owner
from crypto.airgap.vault.vault import Vault
from crypto.airgap.vault.weekly_keys import SEED_COLUMN
from crypto.part import PART_CELL_BYTES
from crypto.shuffle import RandomBytes

BACKUPS_KEPT = 2  # on each stick: the newest, and the one before

_COPY_NAME = ".backup.db"
_KEY_BYTES = 32

Progress = Callable[[int, int], None]
"""Called with how many pieces are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a backup holds."""

    number: int
    cells: int
    new_parts: int  # part cells that this stick lacked
    brought_back: int  # part cells that the vault's disk had lost, and this stick had
    lacking: tuple[bytes, ...]  # part cells that neither the vault's disk nor the stick gives


def write_backup(
    vault: Vault,
    owner: Owner,
    stick: Path,
    now: datetime,
    random_bytes: RandomBytes,
    progress: Progress = lambda _done, _all: None,
) -> Written:
    """Write the next backup of *vault* to *stick*.

    Raises:
        BackupKeyMissingError, BackupMissingError, BackupFullError, BackupStickError,
        FileUnwritableError: no room beside the vault for a copy of its database.
    """
    key = vault.backups.require_key()
    with Shelf.made(stick, key.write) as shelf:
        shelf.keep_only(shelf.numbers())
        number = next_number(shelf, vault.notes.number("backup-number") or 0)
        # The copy shall know its own number.
        vault.notes.write("backup-number", number)
        with _copied(vault, random_bytes(_KEY_BYTES)) as (copy, database_key, entries):
            digests = vault.cells.held_parts()
            pieces = -(-copy.stat().st_size // PIECE_BYTES)
            work = len(digests) + pieces
            parts = _keep_parts(vault, shelf, digests, work, progress)
            written = []
            for place, piece in enumerate(_pieces_of(copy)):
                written.append(shelf.write_piece(number, place, piece))
                progress(len(digests) + place + 1, work)
        manifest = Manifest(number, now.date(), entries, database_key, tuple(written))
        sealed = manifest.seal(key.write)
        shelf.write_manifest(number, sealed)
        with vault.transaction():
            cells = vault.backups.believe(parts.held)
            vault.record(owner.signer, now, "backup", [sha256(sealed).digest()], f"number {number}")
        earlier = [one for one in shelf.numbers() if one < number]
        shelf.keep_only([*earlier[-(BACKUPS_KEPT - 1) :], number])
    return Written(number, cells, parts.new, parts.brought_back, tuple(parts.lacking))


@contextmanager
def _copied(vault: Vault, key: bytes) -> Iterator[tuple[Path, bytes, int]]:
    """A copy of the database without private weekly keys, beside it, for as long as a block runs."""
    copy = vault.folder / _COPY_NAME
    durable.remove_beginning_with(vault.folder, _COPY_NAME)
    try:
        vault.database.copy_to(copy, key, without=SEED_COLUMN)
        yield copy, key, vault.custody_entries()
    finally:
        durable.remove_beginning_with(vault.folder, _COPY_NAME)


def _pieces_of(copy: Path) -> Iterator[bytes]:
    try:
        with copy.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                yield piece
    except OSError:
        raise FileUnwritableError(copy.name) from None


@dataclass(slots=True)
class _Parts:
    """What became of the part cells."""

    held: list[bytes] = field(default_factory=list)  # the stick gives them
    lacking: list[bytes] = field(default_factory=list)  # nobody gives them
    new: int = 0
    brought_back: int = 0


def _keep_parts(
    vault: Vault, shelf: Shelf, digests: list[bytes], work: int, progress: Progress
) -> _Parts:
    """Let stick and disk each have every part cell that one of them has."""
    parts = _Parts()
    for done, digest in enumerate(digests, 1):
        on_disk = _whole_part(vault, digest)
        try:
            on_stick = shelf.parts.read(digest)
        except BackupDamagedError:
            if on_disk is not None:
                shelf.parts.write(digest, on_disk)
                _prove(shelf, digest)
                parts.new += 1
        else:
            if on_disk is None:
                durable.replace(vault.parts / digest.hex(), on_stick)
                on_disk = on_stick
                parts.brought_back += 1
        (parts.lacking if on_disk is None else parts.held).append(digest)
        progress(done, work)
    return parts


def _prove(shelf: Shelf, digest: bytes) -> None:
    try:
        shelf.parts.read(digest)
    except BackupDamagedError:
        raise BackupStickError("not what was written") from None


def _whole_part(vault: Vault, digest: bytes) -> bytes | None:
    try:
        cell = read_regular(vault.parts / digest.hex(), PART_CELL_BYTES)
    except FileUnreadableError:
        return None
    return cell if sha256(cell).digest() == digest else None
