"""Acts at the desk: how often what happened on a day, and nothing of who or when.

Only `app` depends on this module.  Counts are kept in memory and written down by
app/rounds.py, once a minute at most; a program that is killed loses the last of them.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, delete, func, insert, select, update

from app.clock import Clock
from app.db import reading, writing_traceless
from app.errors import RefusedError
from app.models import ITEM_CHARACTERS, ActRow
from crypto.errors import BuzonError

SESSION, ENROLMENT, SESSIONS_ENDED = "session", "enrolment", "sessions-ended"
LISTING, CELLS = "listing", "cells"
BATCH, RECEIPT, WEEKLY_KEY = "batch", "receipt", "weekly-key"

TAKEN = "taken"
ITEMS_PER_DAY = 512  # of which a row each is kept; more are counted together
WEEKS_KEPT = 8


class Act(NamedTuple):
    """What happened.  Kept with how often it did."""

    day: str
    act: str
    item: str  # the beginning of a receipt's or weekly key's name; "" for everything else
    outcome: str  # TAKEN, or the code of the refusal


class Acts:
    """What was done here.  For any thread."""

    def __init__(self, engine: Engine, now: Clock) -> None:
        self._engine = engine
        self._now = now
        self._lock = threading.Lock()
        self._pending: Counter[Act] = Counter()

    @contextmanager
    def noting(self, act: str, name: str = "") -> Iterator[None]:
        """Count *act*, as done or refused, when the block ends."""
        try:
            yield
        except BuzonError as refusal:
            self._count(act, name, refusal.code)
            raise
        self._count(act, name, TAKEN)

    def _count(self, act: str, name: str, outcome: str) -> None:
        happened = Act(self._now().date().isoformat(), act, name[:ITEM_CHARACTERS], outcome)
        with self._lock:
            if len(self._pending) >= ITEMS_PER_DAY:
                happened = happened._replace(item="")
            self._pending[happened] += 1

    def all(self) -> Counter[Act]:
        """Every act of the weeks that are kept, written down or not.  Raises ServerBusyError."""
        first = first_kept(self._now().date())
        with reading(self._engine) as connection:
            found: Counter[Act] = Counter(
                {
                    Act(row.day, row.act, row.item, row.outcome): row.count
                    for row in connection.execute(
                        select(ActRow.__table__).where(ActRow.day >= first)
                    )
                }
            )
        with self._lock:
            return found + self._pending

    def write(self) -> None:
        """Write down what was counted; when that fails, it is for the next time.

        Raises:
            ServerBusyError
        """
        with self._lock:
            taken, self._pending = self._pending, Counter()
        if not taken:
            return
        try:
            with writing_traceless(self._engine, self._now().date()) as connection:
                for act, count in taken.items():
                    _add(connection, act, count)
        except RefusedError:
            with self._lock:
                self._pending += taken
            raise


def _add(connection: Connection, act: Act, count: int) -> None:
    if act.item and not _has(connection, act):
        on_day = select(func.count(ActRow.day)).where(ActRow.day == act.day, ActRow.item != "")
        if (connection.scalar(on_day) or 0) >= ITEMS_PER_DAY:
            act = act._replace(item="")
    if _has(connection, act):
        connection.execute(update(ActRow).where(*_is(act)).values(count=ActRow.count + count))
    else:
        connection.execute(insert(ActRow).values(**act._asdict(), count=count))


def _has(connection: Connection, act: Act) -> bool:
    return connection.execute(select(ActRow.day).where(*_is(act))).first() is not None


def _is(act: Act) -> tuple[ColumnElement[bool], ...]:
    return tuple(getattr(ActRow, name) == value for name, value in act._asdict().items())


def forget_acts(engine: Engine, today: date) -> int:
    """Forget what is older than the weeks that are kept; returns how many rows.

    Raises:
        ServerBusyError: nothing was changed.
    """
    with writing_traceless(engine, today) as connection:
        return connection.execute(delete(ActRow).where(ActRow.day < first_kept(today))).rowcount


def first_kept(today: date) -> str:
    """The earliest day whose acts are kept *today*."""
    return (today - timedelta(weeks=WEEKS_KEPT)).isoformat()
