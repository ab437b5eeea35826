"""Standing: what the newest verified roster says of each of the lawyer's identities.

For the workstation only.

Where this file and crypto/spec/keyfile-v1.md, "Identities", disagree, this file is wrong.
"""

from dataclasses import dataclass
from typing import Literal

from crypto.airgap.key_ageing import WEEKS_ACCEPTED
from crypto.airgap.vault.identity import Owner
from crypto.airgap.vault.vault import Vault
from crypto.freshness import MAX_WEEKS, Freshness
from crypto.roster import Roster
from crypto.weeks import week_of

Place = Literal["before", "speaks", "waits"]

ABSENT = "absent"  # beside the three that a roster has
UNKNOWN = "unknown"  # no roster is verified yet


@dataclass(frozen=True, slots=True)
class Standing:
    """One identity as the roster has it."""

    owner: Owner
    place: Place
    status: str  # the roster's, or one of the two above
    last_week: int | None  # retired or revoked: the last week of cells that may be for it

    @property
    def needless_from(self) -> int | None:
        """The week in which no cell can need its weekly keys any more."""
        return None if self.last_week is None else self.last_week + WEEKS_ACCEPTED + 1

    def to_value(self) -> dict[str, object]:
        """For scripts."""
        return {
            "lawyer": self.owner.id.hex(),
            "pseudonym": self.owner.card.pseudonym,
            "place": self.place,
            "status": self.status,
            "last_week": self.last_week,
            "needless_from": self.needless_from,
        }


def standings(vault: Vault) -> list[Standing]:
    """Every identity of the vault, in the order of making."""
    speaking = vault.identity.owner()
    rosters, freshnesses = vault.rosters.all(), vault.rosters.freshnesses()
    return [
        Standing(
            owner=owner,
            place=_place(owner, speaking),
            status=_status(rosters[-1], owner) if rosters else UNKNOWN,
            last_week=_last_week(rosters, freshnesses, owner),
        )
        for owner in vault.identity.all()
    ]


def _place(owner: Owner, speaking: Owner) -> Place:
    if owner.number == speaking.number:
        return "speaks"
    return "waits" if owner.number > speaking.number else "before"


def _status(roster: Roster, owner: Owner) -> str:
    listed = {lawyer.identity: lawyer.status for lawyer in roster.lawyers}
    return listed.get(owner.signer.public_key, ABSENT)


def _last_week(rosters: list[Roster], freshnesses: list[Freshness], owner: Owner) -> int | None:
    """The last week that a freshness for a roster with *owner* may have covered.

    This station need not have seen every freshness.  None was signed for such a roster
    once the next one was, and none covers more than six weeks.
    """
    ended = None
    for roster in reversed(rosters):
        if _status(roster, owner) not in ("retired", "revoked"):
            break
        ended = roster
    if ended is None:
        return None
    listed = [
        week.week
        for freshness in freshnesses
        for week in freshness.weeks
        if any(lawyer == owner.id for lawyer, _ in week.keys)
    ]
    return max([*listed, week_of(ended.issued) + MAX_WEEKS - 1])
