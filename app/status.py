"""Status: what an operator looks at, and what should worry her.

Only app/cli.py depends on this module.  Nothing here is about witnesses.
"""

import shutil
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Engine

from app.box import budget_left
from app.db import quick_check, reading
from app.errors import FolderError
from app.expiry import Reason, verdicts
from app.folder import held_trust
from app.pages import load_pages
from app.published import Held, held, weeks_of_keys
from app.settings import Settings
from app.shelf import MESSAGES, PARTS, REPLIES
from crypto.errors import BuzonError
from crypto.horizon import Shortage, last_of, shortages
from crypto.weeks import first_day, week_of
from crypto.wordlist import Language

SHELVES = {"messages": MESSAGES, "parts": PARTS, "replies": REPLIES}
NAMES = {"messages": ("mensajes", "messages"), "parts": ("partes de archivos", "parts of files")}

FULL = 0.9  # of the slots of one size
FREE_DISK_BYTES = 256 * 1024 * 1024  # for the write-ahead log, with room to spare
WEEKS_LATE = 2  # beyond the policy's, after which a cell without receipts is an alarm
CHECK_SECONDS = 20.0  # meanwhile the write-ahead log cannot be emptied


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that should worry the operator: a code for machines, and what to do."""

    code: str
    es: str
    en: str

    def told(self, language: Language) -> str:
        """The sentence."""
        return self.en if language == "en" else self.es


@dataclass(frozen=True, slots=True)
class Unsigned:
    """The cells that too few lawyers hold."""

    oldest: date
    cells: int


@dataclass(slots=True)
class Status:
    """What there is."""

    slots: dict[str, int] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)
    budget_left: dict[str, int] = field(default_factory=dict)  # cells, today
    days: dict[str, dict[str, int]] = field(default_factory=dict)
    unsigned: Unsigned | None = None
    roster_serial: int | None = None
    roster_expires: date | None = None
    fresh_weeks: list[int] = field(default_factory=list)  # the present one and later
    key_weeks: dict[str, int] = field(default_factory=dict)  # pseudonym -> weeks to come
    shortages: list[Shortage] = field(default_factory=list)
    disk_free: int = 0  # bytes
    whole: bool | None = None  # what the check of the database said, if it was asked and ended
    alarms: list[Alarm] = field(default_factory=list)

    def told(self, language: Language) -> list[str]:
        """Every alarm as a sentence."""
        return [each.told(language) for each in self._worries()]

    def _worries(self) -> list[Alarm | Shortage]:
        return [*self.alarms, *self.shortages]

    def to_value(self, language: Language) -> dict[str, object]:
        """For `--json`."""
        expires = self.roster_expires
        return {
            "slots": self.slots,
            "taken": self.taken,
            "free": {name: count - self.taken[name] for name, count in self.slots.items()},
            "budget_left": self.budget_left,
            "days": self.days,
            "without_receipts": {
                "oldest": self.unsigned.oldest.isoformat(),
                "cells": self.unsigned.cells,
            }
            if self.unsigned
            else None,
            "roster": {
                "serial": self.roster_serial,
                "expires": expires.isoformat() if expires else None,
            },
            "fresh_weeks": [
                {"week": week, "from": first_day(week).isoformat()} for week in self.fresh_weeks
            ],
            "key_weeks": self.key_weeks,
            "shortages": [each.to_value() for each in self.shortages],
            "disk_free_bytes": self.disk_free,
            "database_whole": self.whole,
            "alarms": self.told(language),
            "alarm_codes": [each.code for each in self._worries()],
        }


def status(engine: Engine, settings: Settings, now: datetime, *, check: bool = False) -> Status:
    """Look at everything; *check*: read the database through as well, for 20 seconds at most.

    Raises:
        ServerBusyError: the database does not answer.
    """
    found = Status()
    _look_at_box(engine, settings, found, now.date())
    published = held(engine)
    if published is None:
        found.alarms.append(
            Alarm(
                "nothing-published",
                "No hay nada publicado: nadie puede enviar.",
                "Nothing is published: witnesses cannot send.",
            )
        )
    else:
        _look_at_receipts(engine, published, found, now.date())
        _look_at_documents(engine, published, found, now.date())
    _look_at_disk(settings, found)
    _look_at_site(settings, found)
    if check:
        _check(engine, found)
    return found


def _look_at_box(engine: Engine, settings: Settings, found: Status, today: date) -> None:
    budgets: Mapping[str, int] = {
        "messages": settings.messages_per_day,
        "parts": settings.parts_per_day,
        "replies": settings.replies_per_day,
    }
    days: defaultdict[str, dict[str, int]] = defaultdict(dict)
    with reading(engine) as connection:
        for name, shelf in SHELVES.items():
            index = shelf.index(connection)
            found.taken[name] = len(index.where)
            found.slots[name] = len(index.where) + len(index.free)
            left = budget_left(index, budgets[name], today.isoformat())
            found.budget_left[name] = max(0, min(left, len(index.free)))
            for day, count in index.days.items():
                days[day][name] = count
            if name != "replies":
                _look_at_room(name, found)
    found.days = dict(sorted(days.items()))


def _look_at_room(name: str, found: Status) -> None:
    es, en = NAMES[name]
    if found.taken[name] >= FULL * found.slots[name]:
        found.alarms.append(
            Alarm(
                "box-nearly-full",
                f"El buzón está casi lleno de {es}: pida recibos a las estaciones y use"
                " `buzon-server expire`.",
                f"The box is nearly full of {en}: ask the stations for receipts and use"
                " `buzon-server expire`.",
            )
        )
    elif not found.budget_left[name]:
        found.alarms.append(
            Alarm(
                "budget-spent",
                f"Hoy ya no se reciben más {es}: llegó todo lo que cabe en un día.",
                f"No more {en} are taken today: as much came as a day may bring.",
            )
        )


def _look_at_receipts(engine: Engine, published: Held, found: Status, today: date) -> None:
    days = [
        date.fromisoformat(each.day)
        for each in verdicts(engine, published, today)
        if each.reason is Reason.TOO_FEW
    ]
    if not days:
        return
    found.unsigned = Unsigned(min(days), len(days))
    weeks = published.roster.policy.weeks + WEEKS_LATE
    if found.unsigned.oldest + timedelta(weeks=weeks) < today:
        oldest = found.unsigned.oldest
        found.alarms.append(
            Alarm(
                "receipts-missing",
                f"Hay envíos desde el {oldest} sin recibos suficientes: no se borran, pero tal vez"
                " ninguna estación los tiene.  Pregunte a quien lleva la memoria.",
                f"There are cells since {oldest} without enough receipts: they are not deleted,"
                " but perhaps no station holds them.  Ask whoever carries the stick.",
            )
        )


def _look_at_documents(engine: Engine, published: Held, found: Status, today: date) -> None:
    roster, week = published.roster, week_of(today)
    found.roster_serial, found.roster_expires = roster.serial, roster.expires
    found.fresh_weeks = [each.week for each in published.freshness.weeks if each.week >= week]
    keys = weeks_of_keys(engine, week)
    weeks = {own_id: keys.get(own_id, set()) for own_id in roster.active}
    for own_id, lawyer in roster.active.items():
        found.key_weeks[lawyer.pseudonym] = len(weeks[own_id])
    lasting = {own_id: last_of(weeks[own_id], week) for own_id in roster.active}
    found.shortages = shortages(roster, published.freshness, lasting, today)


def _look_at_disk(settings: Settings, found: Status) -> None:
    try:
        found.disk_free = shutil.disk_usage(settings.folder).free
    except OSError as error:
        raise FolderError(f"{error.strerror}: {settings.folder}") from None
    if found.disk_free < FREE_DISK_BYTES:
        free = found.disk_free >> 20
        found.alarms.append(
            Alarm(
                "disk-nearly-full",
                f"Al disco le quedan {free} MiB: el buzón no crece, pero al escribir necesita más.",
                f"The disk has {free} MiB left: the box does not grow, but needs more to write.",
            )
        )


def _look_at_site(settings: Settings, found: Status) -> None:
    try:
        pages = load_pages(settings.site)
    except BuzonError:
        found.alarms.append(
            Alarm(
                "site-damaged",
                "El sitio no es el que se construyó: alguien lo cambió o el disco falla.  Averigüe"
                " por qué y use `buzon-server site`.",
                "The witness site differs from its manifest: somebody changed it, or the disk"
                " fails.  Find out why, and use `buzon-server site`.",
            )
        )
        return
    if not pages:
        found.alarms.append(
            Alarm(
                "site-missing",
                "El sitio no está construido: use `buzon-server site`.",
                "The witness site is not built: use `buzon-server site`.",
            )
        )
        return
    compiled_in = held_trust(settings).payload_hash.hex().encode()
    if not any(compiled_in in page.plain for page in pages.values()):
        found.alarms.append(
            Alarm(
                "site-of-another-trust",
                "El sitio se construyó para otros directores: use `buzon-server site` y reinicie el"
                " servidor.",
                "The witness site was built for other directors: use `buzon-server site`, restart"
                " the server.",
            )
        )


def _check(engine: Engine, found: Status) -> None:
    found.whole = quick_check(engine, CHECK_SECONDS)
    if found.whole is False:
        found.alarms.append(
            Alarm(
                "database-damaged",
                "La base de datos está dañada.  No borre nada; haga un respaldo ahora y restáurelo"
                " en un disco nuevo.",
                "The database is damaged.  Delete nothing; make a backup now and restore it on a"
                " new disk.",
            )
        )
