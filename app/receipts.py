"""Receipts: what stations signed that they hold, and which cells may go because of it.

Only `app` depends on this module.  The rule: DESIGN, section 5, "Receipts"; the policy
is the published roster's.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import Connection, Engine, delete, insert, select

from app.box import first_kept
from app.db import reading, truncate_log, writing, writing_traceless
from app.errors import DirectoryMissingError
from app.models import FIRST_DAY, ReceiptRow
from app.published import Held
from app.shelf import MESSAGES, PARTS, REPLIES, Shelf
from crypto import dsse
from crypto.dsse import Envelope
from crypto.receipt import Receipt
from crypto.roster import Roster

STEP_CELLS = 16  # deleted in one transaction


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
    reason: Reason


def knows_receipt(engine: Engine, digest: bytes) -> bool:
    """Whether the receipt of this name is kept.  Raises ServerBusyError."""
    with reading(engine) as connection:
        return _is_kept(connection, digest)


def keep_receipt(engine: Engine, envelope: Envelope, today: date | None = None) -> None:
    """Keep a receipt that was verified; nothing when it is there.

    Raises:
        ServerBusyError: it is not kept.
    """
    digest = envelope.payload_hash
    with writing_traceless(engine, today) as connection:
        if not _is_kept(connection, digest):
            connection.execute(
                insert(ReceiptRow).values(digest=digest, envelope=envelope.to_json())
            )


def _is_kept(connection: Connection, digest: bytes) -> bool:
    known = select(ReceiptRow.digest).where(ReceiptRow.digest == digest)
    return connection.execute(known).first() is not None


def drop_receipts(engine: Engine, today: date) -> int:
    """Forget the receipts of which no cell is in the box any more; returns how many.

    Raises:
        ServerBusyError: nothing was changed.
    """
    with writing_traceless(engine, today) as connection:
        held = {
            digest
            for shelf in (MESSAGES, PARTS)
            for _, _, digest in shelf.since(connection, FIRST_DAY)
        }
        idle = [
            name
            for name, stored in connection.execute(select(ReceiptRow.digest, ReceiptRow.envelope))
            if held.isdisjoint(_receipt(stored).digests)
        ]
        for name in idle:
            connection.execute(delete(ReceiptRow).where(ReceiptRow.digest == name))
    return len(idle)


def _receipt(stored: bytes) -> Receipt:
    envelope = dsse.parse_envelope(stored, Receipt.max_envelope_bytes())
    return Receipt.from_payload(envelope.payload)


def verdicts(engine: Engine, published: Held | None, today: date) -> list[Verdict]:
    """What may be done with every cell in the box.

    Raises:
        DirectoryMissingError: without a roster nobody knows whose receipts count.
        ServerBusyError: the database does not answer.
    """
    if published is None:
        raise DirectoryMissingError("nothing is published")
    with reading(engine) as connection:
        roster = published.roster
        holders = _holders(connection, frozenset(roster.active))
        return [
            Verdict(shelf, slot, digest, _reason(holders[digest], day, roster, today))
            for shelf in (MESSAGES, PARTS)
            for slot, day, digest in shelf.since(connection, FIRST_DAY)
        ]


def _holders(connection: Connection, active: frozenset[bytes]) -> defaultdict[bytes, set[bytes]]:
    """Which *active* lawyers signed for which cell.  The signatures were verified when the
    receipts came."""
    holders: defaultdict[bytes, set[bytes]] = defaultdict(set)
    for stored in connection.scalars(select(ReceiptRow.envelope)):
        receipt = _receipt(stored)
        if receipt.lawyer in active:
            for digest in receipt.digests:
                holders[digest].add(receipt.lawyer)
    return holders


def _reason(holders: set[bytes], day: str, roster: Roster, today: date) -> Reason:
    if holders >= roster.active.keys():
        return Reason.ALL
    if len(holders) < roster.policy.receipts:
        return Reason.TOO_FEW
    if today < date.fromisoformat(day) + timedelta(weeks=roster.policy.weeks):
        return Reason.YOUNG
    return Reason.ENOUGH


def delete_cells(engine: Engine, verdicts: Iterable[Verdict]) -> int:
    """Overwrite the cells that may go with random bytes, and free their slots.

    Returns how many went.  In steps, so that nobody waits for long and the write-ahead log
    stays short; a step that was not reached is for the next time.

    Raises:
        ServerBusyError: the rest stays.
    """
    going = [verdict for verdict in verdicts if verdict.reason in MAY_GO]
    gone = 0
    with engine.connect() as connection:
        for start in range(0, len(going), STEP_CELLS):
            with writing(connection):
                for verdict in going[start : start + STEP_CELLS]:
                    if verdict.shelf.holds(connection, verdict.slot, verdict.digest):
                        verdict.shelf.clear(connection, [verdict.slot])
                        gone += 1
            truncate_log(connection)
    return gone


def delete_old_replies(engine: Engine, today: date) -> int:
    """Overwrite the reply cells whose days on the board are over; returns how many.

    Raises:
        ServerBusyError: nothing was changed.
    """
    with engine.connect() as connection:
        with writing(connection):
            over = REPLIES.before(connection, first_kept(REPLIES, today))
            REPLIES.clear(connection, over)
        truncate_log(connection)
    return len(over)
