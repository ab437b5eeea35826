"""Exposure: what whoever holds a lawyer's seized station can open, and until when.

Worked out from what directors signed and from when keys are made and destroyed.  It says
what could be: whether the passphrase was found, and whom each witness chose, nobody knows.

For the air gap's programs only.  Where this file and crypto/spec/roster-v1.md sections 3
and 5 disagree, this file is wrong.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from crypto.airgap.key_ageing import WEEKS_ACCEPTED, WEEKS_AT_MOST, WEEKS_MADE_AT_ONCE
from crypto.airgap.vetting import find_lawyer
from crypto.errors import BuzonError
from crypto.freshness import Freshness
from crypto.roster import Lawyer, Roster
from crypto.weeks import first_day, week_of

_DAYS_OF_A_WEEK = 7


class DaysReversedError(BuzonError):
    """The last good day is after the day of the seizure."""

    code = "days-reversed"


@dataclass(frozen=True, slots=True)
class Exposure:
    """What one lawyer's station opens beside what is in its vault."""

    lawyer: Lawyer  # as the newest roster that names her has her
    active: bool  # whether the newest roster known here says that she receives
    remaining: int  # active lawyers of that roster without her
    last_good: date
    seized: date
    first_week: int  # of her private keys, if she imported as she should
    first_week_at_most: int  # of them, if no complete pouch reached her
    last_week_listed: int | None  # the last for which directors signed a key of hers
    last_week_made: int  # the last for which she can have made one
    sealed_until: date | None  # last day on which browsers accept what was signed for her


def exposure(
    rosters: Sequence[Roster],
    freshnesses: Iterable[Freshness],
    name: str,
    last_good: date,
    seized: date,
) -> Exposure:
    """What the station of the lawyer called *name* exposes.

    Args:
        rosters: verified, oldest first, at least one.
        freshnesses: verified, for any of them; those that are not here are not counted.
        name: her pseudonym, or the beginning of her id.
        last_good: the last day on which the station was surely in her hands alone.
        seized: the day of the seizure.

    Raises:
        DaysReversedError, LawyerUnknownError: in this order.
    """
    if last_good > seized:
        raise DaysReversedError("good after the seizure")
    known = {lawyer.id: lawyer for roster in rosters for lawyer in roster.lawyers}
    lawyer = find_lawyer(known.values(), name)
    ends = {roster.payload_hash: roster.expires for roster in rosters}
    listed = [
        (week.week, min(_last_day(week.week), ends.get(freshness.roster, date.max)))
        for freshness in freshnesses
        for week in freshness.weeks
        if any(own_id == lawyer.id for own_id, _ in week.keys)
    ]
    good_week = week_of(last_good)
    active = rosters[-1].active
    return Exposure(
        lawyer=lawyer,
        active=lawyer.id in active,
        remaining=len(active.keys() - {lawyer.id}),
        last_good=last_good,
        seized=seized,
        first_week=max(0, good_week - WEEKS_ACCEPTED),
        first_week_at_most=max(0, good_week - WEEKS_AT_MOST),
        last_week_listed=max((week for week, _ in listed), default=None),
        last_week_made=week_of(seized) + WEEKS_MADE_AT_ONCE - 1,
        sealed_until=max((day for _, day in listed), default=None),
    )


def _last_day(week: int) -> date:
    return first_day(week) + timedelta(days=_DAYS_OF_A_WEEK - 1)
