"""Status: what an operator looks at, and what should worry her.

Only app/cli.py depends on this module.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Engine

from app.db import reading
from app.pages import load_pages
from app.published import Held, held, weeks_of_keys
from app.settings import Settings
from app.shelf import MESSAGES, PARTS, REPLIES
from crypto.errors import BuzonError
from crypto.weeks import first_day, week_of

SHELVES = {"messages": MESSAGES, "parts": PARTS, "replies": REPLIES}

FULL = 0.9  # of the slots of one size
ROSTER_DAYS = 14  # left, below which somebody should call the directors
FRESH_WEEKS = 2  # likewise, the present week among them
KEY_WEEKS = 4  # likewise, of one lawyer


@dataclass(slots=True)
class Status:
    """What there is.  `alarms`: sentences, each about one thing."""

    slots: dict[str, int] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)
    days: dict[str, dict[str, int]] = field(default_factory=dict)
    roster_serial: int | None = None
    roster_expires: date | None = None
    fresh_weeks: list[int] = field(default_factory=list)  # the present one and later
    key_weeks: dict[str, int] = field(default_factory=dict)  # pseudonym -> weeks to come
    alarms: list[str] = field(default_factory=list)

    def to_value(self) -> dict[str, object]:
        """For `--json`."""
        expires = self.roster_expires
        return {
            "slots": self.slots,
            "taken": self.taken,
            "days": self.days,
            "roster": {
                "serial": self.roster_serial,
                "expires": expires.isoformat() if expires else None,
            },
            "fresh_weeks": [
                {"week": week, "from": first_day(week).isoformat()} for week in self.fresh_weeks
            ],
            "key_weeks": self.key_weeks,
            "alarms": self.alarms,
        }


def status(engine: Engine, settings: Settings, now: datetime) -> Status:
    """Look at everything.

    Raises:
        ServerBusyError: the database does not answer.
    """
    found = Status()
    _look_at_box(engine, found)
    published = held(engine)
    if published is None:
        found.alarms.append("Nothing is published: witnesses cannot send.")
    else:
        _look_at_documents(published, found, now)
        _look_at_keys(engine, published, found, week_of(now.date()))
    try:
        if not load_pages(settings.site):
            found.alarms.append("The witness site is not built.")
    except BuzonError:
        found.alarms.append("The witness site differs from its manifest.")
    return found


def _look_at_box(engine: Engine, found: Status) -> None:
    days: defaultdict[str, dict[str, int]] = defaultdict(dict)
    with reading(engine) as connection:
        for name, shelf in SHELVES.items():
            index = shelf.index(connection)
            found.taken[name] = len(index.where)
            found.slots[name] = len(index.where) + len(index.free)
            for day, count in index.days.items():
                days[day][name] = count
            if name != "replies" and found.taken[name] >= FULL * found.slots[name]:
                found.alarms.append(f"The box is nearly full of {name}.")
    found.days = dict(sorted(days.items()))


def _look_at_documents(published: Held, found: Status, now: datetime) -> None:
    roster = published.roster
    today, week = now.date(), week_of(now.date())
    found.roster_serial, found.roster_expires = roster.serial, roster.expires
    found.fresh_weeks = [each.week for each in published.freshness.weeks if each.week >= week]
    if today > roster.expires:
        found.alarms.append("The roster has expired: witnesses cannot send.")
    elif today + timedelta(days=ROSTER_DAYS) > roster.expires:
        found.alarms.append(f"The roster expires on {roster.expires}: ask the directors.")
    if week not in found.fresh_weeks:
        found.alarms.append("The freshness does not cover this week: witnesses cannot send.")
    elif len(found.fresh_weeks) < FRESH_WEEKS:
        found.alarms.append("The freshness covers this week only: ask the directors.")


def _look_at_keys(engine: Engine, published: Held, found: Status, week: int) -> None:
    keys = weeks_of_keys(engine, week)
    for own_id, lawyer in published.roster.active.items():
        weeks = len(keys.get(own_id, ()))
        found.key_weeks[lawyer.pseudonym] = weeks
        if weeks < KEY_WEEKS:
            found.alarms.append(
                f"{lawyer.pseudonym} has keys for {weeks} more weeks: ask for more."
            )
