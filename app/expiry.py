"""Expiry: which cells may go, because enough stations signed that they hold them.

Only `app` depends on this module.  The rule: DESIGN, section 5, "Receipts"; the policy
is the published roster's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import Engine

from app.box import first_kept
from app.db import empty_log, reading, truncate_log, writing
from app.errors import DirectoryMissingError
from app.models import FIRST_DAY
from app.published import Held
from app.receipts import holders_of
from app.shelf import MESSAGES, PARTS, REPLIES, Shelf
from crypto.roster import Roster

STEP_BYTES = 8 * 1024 * 1024  # of cells deleted in one transaction
PATIENCE_SECONDS = 10.0  # with who reads, so that the log can be emptied


class Reason(StrEnum):
    """Why a cell may go, or must stay."""

    ALL = "all active lawyers hold it"
    ENOUGH = "enough lawyers hold it and the policy's weeks have passed"
    YOUNG = "enough lawyers hold it but the policy's weeks have not passed"
    TOO_FEW = "too few lawyers hold it"


MAY_GO = frozenset((Reason.ALL, Reason.ENOUGH))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be done with one cell."""

    shelf: Shelf
    slot: int
    digest: bytes
    day: str  # on which it came
    reason: Reason
    lacking: frozenset[bytes] = frozenset()  # active lawyers whose receipt is not there


def verdicts(engine: Engine, published: Held | None, today: date) -> list[Verdict]:
    """What may be done with every cell in the box.

    Raises:
        DirectoryMissingError: without a roster nobody knows whose receipts count.
        ServerBusyError: the database does not answer.
    """
    if published is None:
        raise DirectoryMissingError("nothing is published")
    roster = published.roster
    active = frozenset(roster.active)
    with reading(engine) as connection:
        holders = holders_of(connection, active)
        return [
            Verdict(
                shelf,
                slot,
                digest,
                day,
                _reason(holders[digest], day, roster, today),
                active - holders[digest],
            )
            for shelf in (MESSAGES, PARTS)
            for slot, day, digest in shelf.since(connection, FIRST_DAY)
        ]


def _reason(holders: set[bytes], day: str, roster: Roster, today: date) -> Reason:
    if holders >= roster.active.keys():
        return Reason.ALL
    if len(holders) < roster.policy.receipts:
        return Reason.TOO_FEW
    if today < date.fromisoformat(day) + timedelta(weeks=roster.policy.weeks):
        return Reason.YOUNG
    return Reason.ENOUGH


def delete_cells(engine: Engine, verdicts: Iterable[Verdict], today: date | None = None) -> int:
    """Overwrite the cells that may go with random bytes, and free their slots.

    Returns how many went.  In steps, so that nobody waits for long and the write-ahead log
    stays short; a step that was not reached is for the next time.

    Raises:
        ServerBusyError: the rest stays.
    """
    going = [verdict for verdict in verdicts if verdict.reason in MAY_GO]
    gone = 0
    with engine.connect() as connection:
        for step in _steps(going):
            with writing(connection):
                for verdict in step:
                    if verdict.shelf.holds(connection, verdict.slot, verdict.digest):
                        verdict.shelf.clear(connection, [verdict.slot])
                        gone += 1
            truncate_log(connection, today)
    return gone


def _steps(going: Iterable[Verdict]) -> Iterable[list[Verdict]]:
    step: list[Verdict] = []
    size = 0
    for verdict in going:
        step.append(verdict)
        size += verdict.shelf.size
        if size >= STEP_BYTES:
            yield step
            step, size = [], 0
    if step:
        yield step


def old_replies(engine: Engine, today: date) -> int:
    """How many reply cells have had their days on the board.  Raises ServerBusyError."""
    with reading(engine) as connection:
        return len(REPLIES.before(connection, first_kept(REPLIES, today)))


def delete_old_replies(engine: Engine, today: date) -> int:
    """Overwrite the reply cells whose days on the board are over; returns how many.

    Raises:
        ServerBusyError: nothing was changed.
    """
    with engine.connect() as connection:
        with writing(connection):
            over = REPLIES.before(connection, first_kept(REPLIES, today))
            REPLIES.clear(connection, over)
        truncate_log(connection, today)
    return len(over)


def leave_no_trace(engine: Engine, today: date) -> bool:
    """Bring what was overwritten onto its place, and empty the log.

    False: somebody read for all of 10 seconds; a server that runs does it within a minute.
    """
    return empty_log(engine, today, PATIENCE_SECONDS)
