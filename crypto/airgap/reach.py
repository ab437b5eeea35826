"""Reach: which threads of this vault a colleague's seized station may hold too.

For the workstation only.  Where this file and crypto/spec/directory-v1.md disagree, this
file is wrong.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from crypto.airgap.vault.messages import Thread
from crypto.airgap.vault.vault import Vault
from crypto.freshness import Freshness
from crypto.roster import Roster

Chance = Literal["could", "unknown", "not"]


@dataclass(frozen=True, slots=True)
class Reach:
    """One thread of the vault, as far as the seized station may hold it too."""

    thread: Thread
    could: int  # sealed in a week for which directors listed her, or handed over by or to her
    unknown: int  # messages of which what is here does not tell
    standing: int  # replies to the thread that still go with every trip


def reaches(vault: Vault, lawyer: bytes) -> list[Reach]:
    """The threads of *vault* that the station of *lawyer* (id, 8 bytes) may hold too.

    Whoever holds one message of a thread knows which cells of the board answer it.

    Raises:
        CustodyBrokenError: what was handed over to her is not certain.
    """
    sealing = _Sealing(vault.rosters.all(), vault.rosters.freshnesses(), lawyer)
    handed = vault.messages.handed_by(lawyer) | _shared_with(vault, lawyer)
    found = []
    for thread in vault.messages.threads():
        chances = [
            "could" if message.cell in handed else sealing.chance(message.roster, message.week)
            for message in vault.messages.sealed_in_order(thread)
        ]
        reach = Reach(
            thread,
            chances.count("could"),
            chances.count("unknown"),
            sum(one.state == "standing" for one in vault.replies.of_thread(thread)),
        )
        if reach.could or reach.unknown:
            found.append(reach)
    return found


def _shared_with(vault: Vault, lawyer: bytes) -> set[bytes]:
    """What the custody log says was handed over to *lawyer*: digests, of cells among others.

    Source: handover-v1.md, section 3.
    """
    note = f"to {lawyer.hex()}"
    shared = (one for one in vault.verified_custody() if (one.act, one.note) == ("shared", note))
    return {digest for entry in shared for digest in entry.objects}


class _Sealing:
    """Whether an honest browser could seal to one lawyer under a roster in a week."""

    def __init__(
        self, rosters: Iterable[Roster], freshnesses: Iterable[Freshness], lawyer: bytes
    ) -> None:
        self._active = {roster.payload_hash: lawyer in roster.active for roster in rosters}
        self._listed = {
            (freshness.roster, week.week)
            for freshness in freshnesses
            for week in freshness.weeks
            if any(own_id == lawyer for own_id, _ in week.keys)
        }

    def chance(self, roster: bytes, week: int) -> Chance:
        """A freshness that this station never saw may have listed her."""
        if (roster, week) in self._listed:
            return "could"
        return "unknown" if self._active.get(roster, True) else "not"
