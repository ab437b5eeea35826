"""Weekly private keys: made half a year ahead, destroyed when nothing needs them any more."""

from collections.abc import Iterable

from crypto.airgap.unseal import WeeklyPrivateKey
from crypto.airgap.vault.database import Database
from crypto.weekly_key import WeeklyKey


class WeeklyKeys:
    """Read, write and destroy them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, week: int, seed: bytes, envelope: bytes) -> None:
        """Keep the X-Wing *seed* of *week* and the signed *envelope* of its public key."""
        self._database.execute("INSERT INTO weekly_keys VALUES (?, ?, ?)", week, seed, envelope)

    def newest(self) -> int | None:
        """The last week that there is a key for."""
        row = self._database.row("SELECT max(week) FROM weekly_keys")
        return None if row is None or row[0] is None else int(row[0])

    def envelopes(self, from_week: int) -> list[bytes]:
        """The signed public keys of *from_week* and later, ascending."""
        query = (
            "SELECT envelope FROM weekly_keys WHERE week >= ? AND seed IS NOT NULL ORDER BY week"
        )
        return [row[0] for row in self._database.rows(query, from_week)]

    def private(self, lawyer: bytes, week: int) -> list[WeeklyPrivateKey]:
        """What opens cells of *week*: one key, or none."""
        query = "SELECT seed FROM weekly_keys WHERE week = ? AND seed IS NOT NULL"
        return [
            WeeklyPrivateKey.from_seed(lawyer, week, row[0])
            for row in self._database.rows(query, week)
        ]

    def held_through(self, week: int) -> list[int]:
        """The weeks up to *week* whose private keys are still there."""
        query = "SELECT week FROM weekly_keys WHERE week <= ? AND seed IS NOT NULL ORDER BY week"
        return [row[0] for row in self._database.rows(query, week)]

    def destroy(self, weeks: Iterable[int]) -> list[bytes]:
        """Forget the private keys of *weeks*; return the hashes of their public documents.

        The caller truncates the log afterwards.
        """
        hashes = []
        for week in weeks:
            row = self._database.row("SELECT envelope FROM weekly_keys WHERE week = ?", week)
            assert row is not None
            hashes.append(WeeklyKey.envelope_of(row[0]).payload_hash)
            self._database.execute("UPDATE weekly_keys SET seed = NULL WHERE week = ?", week)
        return hashes
