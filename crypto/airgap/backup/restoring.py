"""Restoring: a vault made again, in a new folder, from a stick and a threshold of shares.

    .restoring      marks the folder: what lies in it is ours, and a run goes on where
                    the one before was killed
    .restored.db    the copy of the database, under the backup's key
    parts/          each part cell compared with its SHA-256
    vault.db, vault.key   last

Where this file and crypto/spec/backup-v1.md section 6 disagree, this file is wrong.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from crypto.airgap import durable, key_ageing
from crypto.airgap.backup.errors import BackupDamagedError, BackupMissingError
from crypto.airgap.backup.keys import BackupKeys
from crypto.airgap.backup.manifest import Manifest
from crypto.airgap.backup.shelf import Shelf
from crypto.airgap.custody import CustodyBrokenError
from crypto.airgap.durable import FileExistsRefusedError, FileUnreadableError, read_regular
from crypto.airgap.keyfile import Cost
from crypto.airgap.vault.cells import MESSAGE, PART
from crypto.airgap.vault.database import Database, VaultDamagedError
from crypto.airgap.vault.vault import KEY_NAME, PARTS_NAME, Vault
from crypto.part import PART_CELL_BYTES
from crypto.weeks import first_day

_MARK_NAME = ".restoring"
_COPY_NAME = ".restored.db"

Progress = Callable[[int, int], None]
"""Called with how many pieces are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back."""

    cells: int  # message and part cells
    missing: tuple[bytes, ...]  # part cells that the stick does not give
    custody_whole: bool
    keys_lost: int  # of weeks to come, which colleagues must open meanwhile
    keys_made: dict[str, int]  # under the identity that speaks and each that waits, by pseudonym
    replies_standing: int  # some of them withdrawn, it may be, since the backup
    signed_through: date | None  # the last day for which directors signed a lost key


def choose(shelf: Shelf, keys: BackupKeys, number: int | None) -> tuple[Manifest, bytes]:
    """The newest backup on *shelf*, or that of *number*, with the SHA-256 of its manifest.

    Raises:
        BackupMissingError: there is none of that number, or none at all.
        BackupDamagedError
    """
    numbers = shelf.numbers()
    if not numbers or (number is not None and number not in numbers):
        raise BackupMissingError("no such number")
    chosen = numbers[-1] if number is None else number
    sealed = shelf.read_manifest(chosen)
    return Manifest.open(keys, chosen, sealed), sha256(sealed).digest()


def refuse_what_is_there(folder: Path) -> None:
    """Refuse *folder* unless a vault can be made in it, or a killed run began to.

    Raises:
        FileExistsRefusedError: something else is there, a vault among others.
    """
    ours = (folder / _MARK_NAME).is_file() and not os.path.lexists(folder / KEY_NAME)
    empty = folder.is_dir() and not any(folder.iterdir())
    if os.path.lexists(folder) and not ours and not empty:
        raise FileExistsRefusedError(folder.name)


def prepare(folder: Path) -> None:
    """Make *folder*, or take up the one that a killed run left.

    Raises:
        FileExistsRefusedError, FileUnwritableError
    """
    refuse_what_is_there(folder)
    durable.make_folder(folder)
    durable.replace(folder / _MARK_NAME, b"")
    durable.make_folder(folder / PARTS_NAME)


def restore(
    shelf: Shelf,
    manifest: Manifest,
    digest: bytes,
    folder: Path,
    passphrase: str,
    cost: Cost,
    now: datetime,
    progress: Progress = lambda _done, _all: None,
) -> Restored:
    """Make the vault of *manifest*, whose SHA-256 is *digest*, in the prepared *folder*.

    Raises:
        BackupDamagedError: the copy of the database is not whole; nothing is a vault then.
        BackupStickError: the stick was pulled out; the next run goes on.
        VaultNewerError, FileUnwritableError
    """
    _fetch_copy(shelf, manifest, folder)
    try:
        database = Database(folder / _COPY_NAME, manifest.key)
    except VaultDamagedError:
        raise BackupDamagedError("the copy of the database") from None
    with Vault(folder, database) as copy:
        missing = _fetch_parts(shelf, manifest, copy, progress)
        # New weekly keys are written under the vault's own key only: what lay on the disk
        # under the backup's key could be opened with the shares for ever.
        with copy.settled(passphrase, cost) as vault:
            restored = _as_of_now(vault, manifest, digest, missing, now)
    _clear(folder)
    return restored


def _fetch_copy(shelf: Shelf, manifest: Manifest, folder: Path) -> None:
    durable.remove_beginning_with(folder, _COPY_NAME)
    durable.write_pieces(folder / _COPY_NAME, shelf.read_pieces(manifest.number, manifest.pieces))


def _fetch_parts(shelf: Shelf, manifest: Manifest, vault: Vault, progress: Progress) -> list[bytes]:
    """Bring every part cell that is not here yet; return those that the stick does not give.

    A stick that was pulled out lacks nothing: the run ends, and is repeated.
    """
    durable.remove_remainders(vault.parts)
    digests = vault.cells.held_parts()
    missing = []
    for done, digest in enumerate(digests, 1):
        path = vault.parts / digest.hex()
        if not _is_whole(path, digest):
            try:
                durable.write_unflushed_name(path, shelf.parts.read(digest))
            except BackupDamagedError:
                shelf.check_there(manifest.number)
                missing.append(digest)
        progress(done, len(digests))
    durable.flush_folder(vault.parts)
    return missing


def _is_whole(path: Path, digest: bytes) -> bool:
    try:
        return sha256(read_regular(path, PART_CELL_BYTES)).digest() == digest
    except FileUnreadableError:
        return False


def _as_of_now(
    vault: Vault, manifest: Manifest, digest: bytes, missing: list[bytes], now: datetime
) -> Restored:
    """Forget what did not come back, make new weekly keys, and write all that down.

    Source: backup-v1.md, section 6.
    """
    owner = vault.identity.owner()
    custody_whole = True
    try:
        vault.verified_custody()
    except CustodyBrokenError:
        custody_whole = False  # it was so in the vault; the shares prove that nobody else did it
    with vault.transaction():
        vault.record(owner.signer, now, "restored", [digest], f"number {manifest.number}")
        for part in missing:
            vault.cells.forget_part(part)
        lost = key_ageing.forget_lost_keys(vault, now)
        vault.notes.write("replies-changed", 1)
        made = {
            one.card.pseudonym: key_ageing.make_keys(vault, one, now)
            for one in vault.identity.all()
            if one.number >= owner.number
        }
    signed = vault.rosters.last_week_signed(lost)
    return Restored(
        cells=vault.cells.count(MESSAGE) + vault.cells.count(PART),
        missing=tuple(missing),
        custody_whole=custody_whole,
        keys_lost=len(lost),
        keys_made=made,
        replies_standing=vault.replies.count_standing(),
        signed_through=None if signed is None else first_day(signed) + timedelta(days=6),
    )


def _clear(folder: Path) -> None:
    durable.remove_beginning_with(folder, _COPY_NAME)
    with suppress(FileNotFoundError):
        (folder / _MARK_NAME).unlink()
    durable.flush_folder(folder)
