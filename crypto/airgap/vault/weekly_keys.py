"""Weekly private keys: made half a year ahead, destroyed when nothing needs them any more."""

from collections.abc import Iterable

from crypto.airgap.unseal import WeeklyPrivateKey
from crypto.airgap.vault.database import Database
from crypto.weekly_key import WeeklyKey

WEEKS_AHEAD = 26
SEED_COLUMN = ("weekly_keys", "seed")
"""Table and column of the private keys: all that a backup leaves out."""


class WeeklyKeys:
    """Read, write and destroy them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, week: int, seed: bytes, envelope: bytes) -> None:
        """Keep the X-Wing *seed* of *week* and the signed *envelope* of its public key."""
        self._database.execute("INSERT INTO weekly_keys VALUES (?, ?, ?)", week, seed, envelope)

    def ever_made(self) -> set[int]:
        """The weeks for which there is a key, or was one."""
        return {row[0] for row in self._database.rows("SELECT week FROM weekly_keys")}

    def envelopes(self, from_week: int) -> list[bytes]:
        """The signed public keys of *from_week* and the 25 weeks after it, ascending."""
        query = (
            "SELECT envelope FROM weekly_keys"
            " WHERE week >= ? AND week < ? AND seed IS NOT NULL ORDER BY week"
        )
        return [row[0] for row in self._database.rows(query, from_week, from_week + WEEKS_AHEAD)]

    def private(self, lawyer: bytes, week: int) -> list[WeeklyPrivateKey]:
        """What opens cells of *week*: one key, or none."""
        query = "SELECT seed FROM weekly_keys WHERE week = ? AND seed IS NOT NULL"
        return [
            WeeklyPrivateKey.from_seed(lawyer, week, row[0])
            for row in self._database.rows(query, week)
        ]

    def held_from(self, week: int) -> set[int]:
        """The weeks from *week* on whose private keys are there."""
        query = "SELECT week FROM weekly_keys WHERE week >= ? AND seed IS NOT NULL"
        return {row[0] for row in self._database.rows(query, week)}

    def held_through(self, week: int) -> list[int]:
        """The weeks up to *week* whose private keys are still there."""
        query = "SELECT week FROM weekly_keys WHERE week <= ? AND seed IS NOT NULL ORDER BY week"
        return [row[0] for row in self._database.rows(query, week)]

    def forget_lost(self, from_week: int) -> list[bytes]:
        """Forget the keys of *from_week* and later of which only the public half is here.

        A backup holds no private key: others are made for those weeks.  Returns the
        hashes of the public documents.
        """
        where = "WHERE week >= ? AND seed IS NULL"
        rows = self._database.rows(
            f"SELECT envelope FROM weekly_keys {where} ORDER BY week",  # noqa: S608 -- ours
            from_week,
        )
        self._database.execute(f"DELETE FROM weekly_keys {where}", from_week)  # noqa: S608 -- ours
        return [WeeklyKey.envelope_of(envelope).payload_hash for (envelope,) in rows]

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
