"""The horizon: what runs out within three weeks, and closes the box when it does.

Roster, freshness and weekly keys end by themselves.  Courier, desk, workstation and
operator all tell of it, in the words that stand here, while there is time to call the
directors.  Anybody may depend on this module; nothing here is verified.

Where this file and crypto/spec/directory-v1.md, "Before it ends", disagree, this file is
wrong.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from crypto.freshness import Freshness
from crypto.roster import Roster
from crypto.terminal import visible_line
from crypto.weeks import LAST_WEEK, first_day
from crypto.wordlist import Language

DAYS_TO_WARN = 21  # to the last day that people are told of

Code = Literal["roster-ends", "freshness-ends", "keys-end"]


@dataclass(frozen=True, slots=True)
class Shortage:
    """One thing that runs out soon, or has run out."""

    day: date  # the first without it, UTC
    code: Code
    over: bool  # that day has come
    untrusted_who: str = ""  # pseudonym of the lawyer whose keys these are

    def told(self, language: Language) -> str:
        """A sentence or two for a lawyer, a director or an operator."""
        soon_over = _WORDS[self.code][self.over]
        said = soon_over[0] if language == "es" else soon_over[1]
        last = self.day - timedelta(days=1)
        return said.format(last=last, who=visible_line(self.untrusted_who))

    def to_value(self) -> dict[str, object]:
        """For `--json`."""
        value: dict[str, object] = {
            "code": self.code,
            "day": self.day.isoformat(),
            "over": self.over,
        }
        return {**value, "lawyer": self.untrusted_who} if self.untrusted_who else value


def shortages(
    roster: Roster,
    freshness: Freshness | None,
    last_key_weeks: Mapping[bytes, int | None],
    today: date,
) -> list[Shortage]:
    """What holds for three weeks more than *today* (UTC) or less, what ends first in front.

    Args:
        freshness: of *roster*; None when there is none, which is as if it were over.
        last_key_weeks: lawyer's id (8) -> the last week that she has a key for, of those
            that follow each other from this week on; None when she lacks this week's.
            Who is not in it, or not active, is not told of.

    Source: directory-v1.md, "Before it ends".
    """
    after_freshness = today if freshness is None else _after(freshness.weeks[-1].week)
    ends: list[tuple[date, Code, str]] = [
        (roster.expires + timedelta(days=1) if roster.expires < date.max else date.max,
         "roster-ends", ""),
        (after_freshness, "freshness-ends", ""),
    ]  # fmt: skip
    for own_id, lawyer in roster.active.items():
        if own_id in last_key_weeks:
            last = last_key_weeks[own_id]
            ends.append((today if last is None else _after(last), "keys-end", lawyer.pseudonym))
    return [
        Shortage(day, code, day <= today, who)
        for day, code, who in sorted(ends)
        if (day - today).days - 1 <= DAYS_TO_WARN  # counted to the last day that it holds
    ]


def last_of(weeks: set[int], this_week: int) -> int | None:
    """The last of those *weeks* that follow each other from *this_week* on, if any."""
    week = this_week
    while week in weeks:
        week += 1
    return None if week == this_week else week - 1


def _after(week: int) -> date:
    return first_day(week + 1) if week < LAST_WEEK else date.max


# Code -> while it lasts, and once it is over; each in Spanish and in English.
_WORDS: dict[Code, tuple[tuple[str, str], tuple[str, str]]] = {
    "roster-ends": (
        (
            "La lista de abogados vale hasta el {last}.  Pida a los directores una nueva: después de ese día el buzón se cierra.",
            "The list of lawyers is valid until {last}.  Ask the directors for a new one: after that day the box is closed.",
        ),
        (
            "La lista de abogados venció el {last}: el buzón está cerrado.  Llame a los directores.",
            "The list of lawyers expired on {last}: the box is closed.  Call the directors.",
        ),
    ),
    "freshness-ends": (
        (
            "Los directores confirmaron la lista de abogados hasta el {last}.  Pídales que confirmen más semanas: después de ese día el buzón se cierra.",
            "The directors confirmed the list of lawyers until {last}.  Ask them to confirm more weeks: after that day the box is closed.",
        ),
        (
            "Falta que los directores confirmen la lista de abogados para esta semana: el buzón está cerrado.  Llame a los directores.",
            "The directors have yet to confirm the list of lawyers for this week: the box is closed.  Call the directors.",
        ),
    ),
    "keys-end": (
        (
            "{who} tiene claves semanales hasta el {last}.  Pídale que haga más en su estación: lo que llegue después no podrá leerlo.",
            "{who} has weekly keys until {last}.  Ask this lawyer to make more on the station: what comes later is not readable there.",
        ),
        (
            "{who} no tiene clave para esta semana: no puede leer lo que llega.  Pídale que haga más en su estación.",
            "{who} has no key for this week and cannot read what comes.  Ask this lawyer to make more on the station.",
        ),
    ),
}
