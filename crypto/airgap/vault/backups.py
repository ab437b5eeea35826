"""What the vault knows of its backups: the keys that write them, and which cells they hold.

Where this file and crypto/spec/backup-v1.md disagree, this file is wrong.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from crypto.airgap.backup.keys import WriteKeys
from crypto.airgap.vault.database import Database
from crypto.errors import BuzonError


class BackupKeyMissingError(BuzonError):
    """No shares were ever made for this vault."""

    code = "backup-key-missing"


@dataclass(frozen=True, slots=True)
class BackupKey:
    """The keys that write backups, and into how many shares the opening one was split."""

    write: WriteKeys
    shares: int
    threshold: int


class Backups:
    """Read and write it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def key(self) -> BackupKey | None:
        """The keys that write backups, if there are shares."""
        row = self._database.row(
            "SELECT public_key, parts_key, auth_key, shares, threshold FROM backup_key"
        )
        return None if row is None else BackupKey(WriteKeys(*row[:3]), *row[3:])

    def require_key(self) -> BackupKey:
        """The keys that write backups.

        Raises:
            BackupKeyMissingError
        """
        key = self.key()
        if key is None:
            raise BackupKeyMissingError("no shares yet")
        return key

    def keep_key(self, key: BackupKey) -> None:
        """Write backups with *key* from now on; what earlier ones hold does not count."""
        self._database.execute(
            "INSERT OR REPLACE INTO backup_key VALUES (1, ?, ?, ?, ?, ?)",
            key.write.public_key, key.write.parts_key, key.write.auth_key, key.shares,
            key.threshold,
        )  # fmt: skip
        self._database.execute("DELETE FROM backed_up")

    def believe(self, parts: Iterable[bytes]) -> int:
        """The newest backup holds every message cell that is here, and the part cells *parts*.

        Returns how many cells it holds.
        """
        self._database.execute("DELETE FROM backed_up")
        self._database.execute("INSERT INTO backed_up SELECT cell FROM message_cells")
        self._database.execute_many(
            "INSERT INTO backed_up SELECT id FROM cells WHERE digest = ? AND kind = 2",
            [(digest,) for digest in parts],
        )
        return self._database.number("SELECT count(*) FROM backed_up")

    def hold(self, digest: bytes) -> bool:
        """Whether the newest backup holds this cell."""
        query = "SELECT 1 FROM backed_up JOIN cells ON id = cell WHERE digest = ?"
        return self._database.row(query, digest) is not None

    def count_without(self) -> int:
        """How many cells are held that the newest backup does not hold."""
        return self._database.number(
            "SELECT count(*) FROM cells WHERE held = 1 AND id NOT IN (SELECT cell FROM backed_up)"
        )
