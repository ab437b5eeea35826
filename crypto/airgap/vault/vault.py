"""A vault on the disk: made once, opened with a passphrase.

    vault.key   key file around the vault secret
    vault.db    encrypted database
    parts/<hex> part cells as received

For the air gap's programs only.

Where this file and crypto/spec/keyfile-v1.md, "Vault", disagree, this file is wrong.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from nacl.utils import random

from crypto.airgap import custody, durable, keyfile
from crypto.airgap.custody import CustodyBrokenError
from crypto.airgap.durable import FileExistsRefusedError, FileUnreadableError
from crypto.airgap.keyfile import Cost
from crypto.airgap.signer import Signer
from crypto.airgap.vault.backups import Backups
from crypto.airgap.vault.cells import Cells
from crypto.airgap.vault.contradictions import Contradictions
from crypto.airgap.vault.database import Database
from crypto.airgap.vault.files import Files
from crypto.airgap.vault.handovers import Handovers
from crypto.airgap.vault.identity import Identity
from crypto.airgap.vault.messages import Messages
from crypto.airgap.vault.notes import Notes
from crypto.airgap.vault.replies import Replies
from crypto.airgap.vault.rosters import Rosters
from crypto.airgap.vault.weekly_keys import WeeklyKeys

KEY_NAME = "vault.key"
DATABASE_NAME = "vault.db"
PARTS_NAME = "parts"
SECRET_BYTES = 32


class Vault:
    """An open vault.  Its table groups are its attributes."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self.database = database
        self.notes = Notes(database)
        self.identity = Identity(database)
        self.weekly_keys = WeeklyKeys(database)
        self.rosters = Rosters(database)
        self.contradictions = Contradictions(database)
        self.cells = Cells(database)
        self.messages = Messages(database)
        self.files = Files(database)
        self.replies = Replies(database)
        self.handovers = Handovers(database)
        self.backups = Backups(database)

    @classmethod
    def create(cls, folder: Path, passphrase: str, cost: Cost) -> Self:
        """Make a vault in *folder*, which must not exist or be empty.

        Raises:
            FileExistsRefusedError, FileUnwritableError: in this order.
        """
        if os.path.lexists(folder) and not (folder.is_dir() and not any(folder.iterdir())):
            raise FileExistsRefusedError(folder.name)
        with _nothing_left_behind(folder, kept=folder.is_dir()):
            return cls._made(folder, passphrase, cost)

    @classmethod
    @contextmanager
    def created(cls, folder: Path, passphrase: str, cost: Cost) -> Iterator[Self]:
        """As `create`, for as long as a block runs; a block that fails leaves no vault."""
        kept = folder.is_dir()
        vault = cls.create(folder, passphrase, cost)
        with _nothing_left_behind(folder, kept=kept), vault:
            yield vault

    @classmethod
    def _made(cls, folder: Path, passphrase: str, cost: Cost) -> Self:
        durable.make_folder(folder)
        durable.make_folder(folder / PARTS_NAME)
        secret = random(SECRET_BYTES)
        durable.write_new(folder / DATABASE_NAME, b"")
        vault = cls(folder, Database(folder / DATABASE_NAME, _database_key(secret)))
        # The key file comes last: a folder without it is a vault that never was.
        try:
            keyfile.create(folder / KEY_NAME, secret, "vault", passphrase, cost)
        except BaseException:
            vault.close()
            raise
        return vault

    @classmethod
    def open(cls, folder: Path, passphrase: str) -> Self:
        """Open the vault in *folder*.

        Raises:
            FileUnreadableError, DocumentMalformedError, KeyfileLockedError,
            VaultBusyError, VaultDamagedError, VaultNewerError: in this order.
        """
        secret = keyfile.open_file(folder / KEY_NAME, "vault", passphrase)
        if not (folder / DATABASE_NAME).is_file():
            raise FileUnreadableError(DATABASE_NAME)
        return cls(folder, Database(folder / DATABASE_NAME, _database_key(secret)))

    @contextmanager
    def settled(self, passphrase: str, cost: Cost) -> "Iterator[Vault]":
        """The vault of *folder*, made out of this one, whose database lies there under another name.

        What a block does to it belongs to it.  The key file comes after the block, as
        last as in `create`; what lay at the database's name is the remainder of a killed run.

        Raises:
            FileExistsRefusedError, FileUnwritableError
        """
        secret = random(SECRET_BYTES)
        path, key = self.folder / DATABASE_NAME, _database_key(secret)
        durable.remove_beginning_with(self.folder, DATABASE_NAME)
        self.database.copy_to(path, key)
        with Vault(self.folder, Database(path, key)) as vault:
            yield vault
        durable.flush_folder(self.folder)
        keyfile.create(self.folder / KEY_NAME, secret, "vault", passphrase, cost)

    @property
    def parts(self) -> Path:
        """The folder of part cells, each named by its SHA-256 in hex."""
        return self.folder / PARTS_NAME

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    def __enter__(self) -> Self:
        """Close the vault when the block ends, whatever happens in it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the vault."""
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing, durable at the end."""
        with self.database.transaction():
            yield

    # ------------------------------------------------------------- custody

    def record(
        self, signer: Signer, now: datetime, act: str, objects: Iterable[bytes], note: str = ""
    ) -> None:
        """Write who did what to the custody log; within the transaction of the act itself.

        Raises:
            CustodyBrokenError: *signer* is not the identity that speaks; nothing was written.
        """
        if signer.public_key != self.identity.public_key():
            raise CustodyBrokenError("signed by an identity that does not speak")
        digests = tuple(objects)
        for start in range(0, max(len(digests), 1), custody.MAX_OBJECTS):
            some = digests[start : start + custody.MAX_OBJECTS]
            envelope, head = custody.next_entry(self._custody_head(), signer, now, act, some, note)
            self.database.execute("INSERT INTO custody VALUES (?, ?)", head.sequence, envelope)
            self.notes.write("custody-head", head.hash.hex())

    def verified_custody(self) -> list[custody.Entry]:
        """The whole custody log.

        Raises:
            CustodyBrokenError
        """
        entries = self.database.each("SELECT envelope FROM custody ORDER BY sequence")
        remembered = self.notes.text("custody-head")
        head = custody.Head() if remembered is None else self._custody_head()
        first = self.identity.all()[0].signer.public_key
        return custody.verify((row[0] for row in entries), first, head)

    def custody_entries(self) -> int:
        """How many entries the custody log has."""
        return self.database.number("SELECT max(sequence) FROM custody")

    def _custody_head(self) -> custody.Head:
        remembered = self.notes.text("custody-head")
        if remembered is None:
            return custody.Head()
        return custody.Head(self.custody_entries(), bytes.fromhex(remembered))


@contextmanager
def _nothing_left_behind(folder: Path, *, kept: bool) -> Iterator[None]:
    """A failure takes away the vault that was being made in *folder*.

    The folder itself is *kept* when it was there before.
    """
    try:
        yield
    except BaseException:
        with suppress(OSError):
            for path in folder.iterdir():
                if path.name == PARTS_NAME:
                    path.rmdir()
                elif path.name.startswith((KEY_NAME, DATABASE_NAME, ".")):
                    path.unlink()
            if not kept:
                folder.rmdir()
        raise


def _database_key(secret: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"buzon/vault-key/v1").derive(secret)
