"""What directors signed, as this station verified it: trust, the chain of rosters, freshness."""

from collections.abc import Collection
from datetime import date
from hashlib import sha256

from crypto.airgap.vault.database import Database
from crypto.dsse import Envelope
from crypto.errors import BuzonError
from crypto.freshness import Freshness
from crypto.roster import Roster, RosterTrustError, check_successor
from crypto.trust import Trust, accept_change, open_trust


class RosterMissingError(BuzonError):
    """This station has verified no roster yet."""

    code = "roster-missing"


class Rosters:
    """Read and write them; nothing is written that was not verified."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pin_trust(self, envelope: bytes) -> Trust:
        """Begin with the trust in *envelope*.

        Raises:
            what `open_trust` raises.
        """
        trust = open_trust(envelope)
        self._database.execute("INSERT INTO trusts VALUES (?, ?)", trust.serial, envelope)
        return trust

    def change_trust(self, envelope: bytes) -> Trust:
        """Go over to the trust in *envelope*, which must follow the one held.

        Raises:
            what `accept_change` raises.
        """
        trust = accept_change(self.trust(), envelope)
        self._database.execute("INSERT INTO trusts VALUES (?, ?)", trust.serial, envelope)
        return trust

    def trust(self) -> Trust:
        """The trust held.

        Raises:
            RosterMissingError: making the vault was interrupted.
        """
        row = self._database.row("SELECT envelope FROM trusts ORDER BY serial DESC LIMIT 1")
        if row is None:
            raise RosterMissingError("no trust")
        return Trust.from_payload(Trust.envelope_of(row[0]).payload)

    def trust_of(self, roster: Roster) -> Trust:
        """The trust that *roster* says it was made under, if this station went through it.

        Raises:
            RosterTrustError
        """
        for (envelope,) in self._database.rows("SELECT envelope FROM trusts ORDER BY serial DESC"):
            payload = Trust.envelope_of(envelope).payload
            if sha256(payload).digest() == roster.trust:
                return Trust.from_payload(payload)
        raise RosterTrustError("a trust that this station does not hold")

    def newest(self) -> Roster | None:
        """The newest roster verified."""
        row = self._database.row("SELECT envelope FROM rosters ORDER BY serial DESC LIMIT 1")
        return None if row is None else _roster(row[0])

    def require_newest(self) -> Roster:
        """The newest roster verified.

        Raises:
            RosterMissingError
        """
        roster = self.newest()
        if roster is None:
            raise RosterMissingError("no roster")
        return roster

    def accept(self, roster: Roster, envelope: Envelope) -> None:
        """Keep *roster*, whose signatures are verified, if it follows the one held.

        Raises:
            RosterRollbackError, RosterForkError, RosterChainError: in this order.
        """
        held = self.newest()
        if held is not None:
            check_successor(held, roster)
        self._database.execute(
            "INSERT OR IGNORE INTO rosters VALUES (?, ?, ?)",
            roster.payload_hash, roster.serial, envelope.to_json(),
        )  # fmt: skip

    def chain(self) -> list[Envelope]:
        """Every roster held, ascending by serial."""
        rows = self._database.rows("SELECT envelope FROM rosters ORDER BY serial")
        return [Roster.envelope_of(row[0]) for row in rows]

    def hashes(self) -> set[bytes]:
        """Every roster that this station has verified."""
        return {row[0] for row in self._database.rows("SELECT hash FROM rosters")}

    def all(self) -> list[Roster]:
        """Every roster that this station has verified, oldest first."""
        rows = self._database.rows("SELECT envelope FROM rosters ORDER BY serial")
        return [_roster(row[0]) for row in rows]

    def freshnesses(self) -> list[Freshness]:
        """Every freshness that this station has verified, oldest first."""
        rows = self._database.rows("SELECT envelope FROM freshnesses ORDER BY issued, hash")
        return [Freshness.from_payload(Freshness.envelope_of(row[0]).payload) for row in rows]

    def envelope(self, roster_hash: bytes) -> bytes | None:
        """The roster of that hash as directors signed it, if this station has verified it."""
        row = self._database.row("SELECT envelope FROM rosters WHERE hash = ?", roster_hash)
        return None if row is None else bytes(row[0])

    def verified(self, roster_hash: bytes) -> Roster | None:
        """The roster of that hash, if this station has verified it."""
        envelope = self.envelope(roster_hash)
        return None if envelope is None else _roster(envelope)

    def keep_freshness(self, freshness: Freshness, envelope: Envelope) -> None:
        """Keep a verified freshness."""
        self._database.execute(
            "INSERT OR IGNORE INTO freshnesses VALUES (?, ?, ?)",
            freshness.payload_hash, freshness.issued.isoformat(), envelope.to_json(),
        )  # fmt: skip

    def freshness_of(self, roster: Roster) -> Freshness | None:
        """The newest verified freshness for *roster*."""
        for (envelope,) in self._database.rows(
            "SELECT envelope FROM freshnesses ORDER BY issued DESC"
        ):
            freshness = Freshness.from_payload(Freshness.envelope_of(envelope).payload)
            if freshness.roster == roster.payload_hash:
                return freshness
        return None

    def day_by_freshness(self) -> date | None:
        """The latest day on which directors signed a freshness that was verified here.

        A quorum says that this day has come, whatever a station's clock says.
        """
        row = self._database.row("SELECT max(issued) FROM freshnesses")
        return None if row is None or row[0] is None else date.fromisoformat(row[0])

    def last_week_signed(self, keys: Collection[bytes]) -> int | None:
        """The last week for which a freshness that is here lists one of *keys*, by their hashes."""
        listed = [
            week.week
            for (envelope,) in self._database.rows("SELECT envelope FROM freshnesses")
            for week in Freshness.from_payload(Freshness.envelope_of(envelope).payload).weeks
            if any(key in keys for _, key in week.keys)
        ]
        return max(listed, default=None)


def _roster(envelope: bytes) -> Roster:
    return Roster.from_payload(Roster.envelope_of(envelope).payload)
