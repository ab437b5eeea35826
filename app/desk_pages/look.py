"""Look: what the status page shows, gathered from the database.

Only app/desk_pages/ depends on this module.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from sqlalchemy import Engine

from app.acts import Act
from app.db import reading
from app.published import Held, held, weeks_of_keys
from app.shelf import MESSAGES, PARTS
from crypto.horizon import Shortage, last_of, shortages
from crypto.weeks import first_day, week_of

DAYS_SHOWN = 14  # of what waits; earlier days are summed up
WEEKS_SHOWN = 13  # as long as a roster may be valid


@dataclass(frozen=True, slots=True)
class Waiting:
    """What came on one day and is in the box."""

    day: date | None  # None: on earlier days
    messages: int
    parts: int

    @property
    def mebibytes(self) -> float:
        """Size of the cells."""
        return (self.messages * MESSAGES.size + self.parts * PARTS.size) / 2**20


@dataclass(frozen=True, slots=True)
class Week:
    """One week of the calendar."""

    first: date
    last: date
    is_listed: bool  # the roster is valid to its end
    is_confirmed: bool  # the freshness covers it
    keys: int  # lawyers with a key for it


@dataclass(frozen=True, slots=True)
class Keys:
    """The weekly keys of one lawyer."""

    untrusted_pseudonym: str
    weeks: int  # from this one on
    until: date | None  # the last day before the first gap; None: this week is one


@dataclass(frozen=True, slots=True)
class Look:
    """The box on one day."""

    day: date
    waiting: tuple[Waiting, ...]  # newest first
    total: Waiting
    shortages: tuple[Shortage, ...]
    weeks: tuple[Week, ...]
    lawyers: tuple[Keys, ...]  # by pseudonym
    is_published: bool


def look(engine: Engine, today: date) -> Look:
    """Look at everything.

    Raises:
        ServerBusyError: the database does not answer.
    """
    waiting, total = _waiting(engine, today)
    published = held(engine)
    if published is None:
        return Look(today, waiting, total, (), (), (), is_published=False)
    week = week_of(today)
    keys, roster = weeks_of_keys(engine, week), published.roster
    own = {each: keys.get(each, set()) for each in roster.active}
    last = {each: last_of(weeks, week) for each, weeks in own.items()}
    return Look(
        day=today,
        waiting=waiting,
        total=total,
        shortages=tuple(shortages(roster, published.freshness, last, today)),
        weeks=tuple(_week(published, own, week + ahead) for ahead in range(WEEKS_SHOWN)),
        lawyers=tuple(
            Keys(roster.active[each].pseudonym, len(own[each]), _last_day(last[each]))
            for each in sorted(own, key=lambda each: roster.active[each].pseudonym)
        ),
        is_published=True,
    )


def by_day(acts: Counter[Act]) -> list[tuple[str, list[tuple[Act, int]]]]:
    """The acts of each day, the latest day first; within it in an order that tells nothing."""
    ordered = sorted(acts.items(), key=lambda each: each[0].day, reverse=True)
    return [(day, sorted(of_day)) for day, of_day in groupby(ordered, key=lambda each: each[0].day)]


def _waiting(engine: Engine, today: date) -> tuple[tuple[Waiting, ...], Waiting]:
    with reading(engine) as connection:
        messages, parts = MESSAGES.count(connection), PARTS.count(connection)
    days = sorted(messages.keys() | parts.keys(), reverse=True)
    first = (today - timedelta(days=DAYS_SHOWN - 1)).isoformat()
    shown = [
        Waiting(date.fromisoformat(day), messages[day], parts[day]) for day in days if day >= first
    ]
    total = Waiting(None, messages.total(), parts.total())
    earlier = Waiting(
        None,
        total.messages - sum(each.messages for each in shown),
        total.parts - sum(each.parts for each in shown),
    )
    if earlier.messages or earlier.parts:
        shown.append(earlier)
    return tuple(shown), total


def _week(published: Held, keys: dict[bytes, set[int]], week: int) -> Week:
    first = first_day(week)
    last = first + timedelta(days=6)
    return Week(
        first,
        last,
        is_listed=last <= published.roster.expires,
        is_confirmed=any(each.week == week for each in published.freshness.weeks),
        keys=sum(week in weeks for weeks in keys.values()),
    )


def _last_day(week: int | None) -> date | None:
    return None if week is None else first_day(week) + timedelta(days=6)
