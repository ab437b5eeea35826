"""Weekly private keys: made half a year ahead, destroyed when nothing needs them any more.

Each belongs to one identity of the lawyer and to one week.
"""

from collections.abc import Iterable

from crypto.airgap.unseal import WeeklyPrivateKey
from crypto.airgap.vault.database import Database
from crypto.airgap.vault.identity import Owner
from crypto.weekly_key import WeeklyKey

WEEKS_AHEAD = 26
SEED_COLUMN = ("weekly_keys", "seed")
"""Table and column of the private keys: all that a backup leaves out."""


class WeeklyKeys:
    """Read, write and destroy them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, owner: Owner, week: int, seed: bytes, envelope: bytes) -> None:
        """Keep the X-Wing *seed* of *week* and the signed *envelope* of its public key."""
        self._database.execute(
            "INSERT INTO weekly_keys VALUES (?, ?, ?, ?)", owner.number, week, seed, envelope
        )

    def ever_made(self, owner: Owner) -> set[int]:
        """The weeks for which *owner* has a key, or had one."""
        query = "SELECT week FROM weekly_keys WHERE identity = ?"
        return {row[0] for row in self._database.rows(query, owner.number)}

    def envelopes(self, owner: Owner, from_week: int) -> list[bytes]:
        """The signed public keys of *from_week* and the 25 weeks after it, ascending."""
        query = (
            "SELECT envelope FROM weekly_keys"
            " WHERE identity = ? AND week >= ? AND week < ? AND seed IS NOT NULL ORDER BY week"
        )
        rows = self._database.rows(query, owner.number, from_week, from_week + WEEKS_AHEAD)
        return [row[0] for row in rows]

    def private(self, week: int) -> list[WeeklyPrivateKey]:
        """What opens cells of *week*: one key for each identity, newest first, or none."""
        query = (
            "SELECT envelope, seed FROM weekly_keys"
            " WHERE week = ? AND seed IS NOT NULL ORDER BY identity DESC"
        )
        return [
            WeeklyPrivateKey.from_seed(_key_in(envelope).lawyer, week, seed)
            for envelope, seed in self._database.rows(query, week)
        ]

    def held_from(self, owner: Owner, week: int) -> set[int]:
        """The weeks from *week* on for which *owner* has a private key."""
        query = "SELECT week FROM weekly_keys WHERE identity = ? AND week >= ? AND seed IS NOT NULL"
        return {row[0] for row in self._database.rows(query, owner.number, week)}

    def held_through(self, week: int) -> list[int]:
        """The weeks up to *week* of which some private key is still there, ascending."""
        query = (
            "SELECT DISTINCT week FROM weekly_keys"
            " WHERE week <= ? AND seed IS NOT NULL ORDER BY week"
        )
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
        """Forget every private key of *weeks*; return the hashes of their public documents.

        The caller truncates the log afterwards.
        """
        hashes = []
        for week in weeks:
            query = "SELECT envelope FROM weekly_keys WHERE week = ? AND seed IS NOT NULL"
            hashes += [_key_in(row[0]).payload_hash for row in self._database.rows(query, week)]
            self._database.execute("UPDATE weekly_keys SET seed = NULL WHERE week = ?", week)
        return hashes


def _key_in(envelope: bytes) -> WeeklyKey:
    return WeeklyKey.from_payload(WeeklyKey.envelope_of(envelope).payload)
