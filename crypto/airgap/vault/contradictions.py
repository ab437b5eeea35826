"""Rosters that contradict the chain held: evidence, until a person sets it aside."""

from dataclasses import dataclass
from datetime import date

from crypto.airgap.vault.database import Database, Row
from crypto.dsse import Envelope
from crypto.errors import BuzonError
from crypto.roster import Roster

_PREFIX_CHARACTERS = 4
_SELECT = (
    "SELECT c.envelope, r.envelope, c.seen_in, c.day, c.set_aside"
    " FROM contradictions c JOIN rosters r ON r.hash = c.held"
)


class ContradictionUnknownError(BuzonError):
    """No contradiction has this id, or more than one begins so."""

    code = "contradiction-unknown"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two rosters, signed both, of which one can hold at most."""

    held: Envelope  # of the chain of this station
    other: Envelope
    untrusted_seen_in: str  # which file of the pouch
    day: date  # on which it was first seen
    set_aside: date | None

    @property
    def id(self) -> str:
        """Its name for people: the hash of the other roster in hex."""
        return self.other.payload_hash.hex()

    @property
    def held_roster(self) -> Roster:
        """The one of the chain."""
        return Roster.from_payload(self.held.payload)

    @property
    def other_roster(self) -> Roster:
        """The one that does not fit."""
        return Roster.from_payload(self.other.payload)


class Contradictions:
    """Read and write them; whoever writes has verified both signatures."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, held: Roster, other: Envelope, untrusted_seen_in: str, day: date) -> bool:
        """Keep *other*, which contradicts *held*; False when it is kept already."""
        self._database.execute(
            "INSERT OR IGNORE INTO contradictions VALUES (?, ?, ?, ?, ?, NULL)",
            other.payload_hash, held.payload_hash, other.to_json(), untrusted_seen_in,
            day.isoformat(),
        )  # fmt: skip
        return self._database.changes() == 1

    def all(self) -> list[Contradiction]:
        """Every one, as they came, those that were set aside among them."""
        return [_read(row) for row in self._database.rows(f"{_SELECT} ORDER BY c.day, c.hash")]

    def standing(self) -> list[Contradiction]:
        """Those that no person has set aside."""
        return [one for one in self.all() if one.set_aside is None]

    def find(self, name: str) -> Contradiction:
        """The one whose id begins with *name*, at least four hex digits.

        Raises:
            ContradictionUnknownError
        """
        found = [one for one in self.all() if one.id.startswith(name.lower())]
        if len(name) < _PREFIX_CHARACTERS or len(found) != 1:
            raise ContradictionUnknownError(name)
        return found[0]

    def set_aside(self, contradiction: Contradiction, day: date) -> None:
        """Show it no more at every import; the evidence stays."""
        self._database.execute(
            "UPDATE contradictions SET set_aside = ? WHERE hash = ?",
            day.isoformat(), contradiction.other.payload_hash,
        )  # fmt: skip


def _read(row: Row) -> Contradiction:
    other, held, seen_in, day, set_aside = row
    return Contradiction(
        held=Roster.envelope_of(held),
        other=Roster.envelope_of(other),
        untrusted_seen_in=seen_in,
        day=date.fromisoformat(day),
        set_aside=None if set_aside is None else date.fromisoformat(set_aside),
    )
