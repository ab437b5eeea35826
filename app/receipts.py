"""Receipts: what stations signed that they hold.

Only `app` depends on this module.  Which cells may go because of it: app/expiry.py.
"""

from collections import defaultdict
from datetime import date

from sqlalchemy import Connection, Engine, delete, insert, select

from app.db import reading, writing_traceless
from app.models import FIRST_DAY, ReceiptRow
from app.shelf import MESSAGES, PARTS
from crypto import dsse
from crypto.dsse import Envelope
from crypto.receipt import Receipt


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


def holders_of(connection: Connection, active: frozenset[bytes]) -> defaultdict[bytes, set[bytes]]:
    """Which *active* lawyers signed for which cell.  The signatures were verified when the
    receipts came."""
    holders: defaultdict[bytes, set[bytes]] = defaultdict(set)
    for stored in connection.scalars(select(ReceiptRow.envelope)):
        receipt = _receipt(stored)
        if receipt.lawyer in active:
            for digest in receipt.digests:
                holders[digest].add(receipt.lawyer)
    return holders
