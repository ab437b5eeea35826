"""A shelf: the slots of one size, and where in them a cell is.

Only `app` depends on this module; everything above it is app/box.py's work.

The index from digest to slot is kept in memory, because an index on disk would tell the
order of arrival.  It is a guess that speeds things up: whatever it says is verified
against the row before it is believed.
"""

import functools
import os
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Connection, FromClause, Update, bindparam, func, insert, select, update

from app.models import (
    DIGEST_BYTES,
    FREE,
    MessageHeld,
    MessageSlot,
    PartHeld,
    PartSlot,
    ReplyHeld,
    ReplySlot,
)
from crypto.cell import MESSAGE_CELL_BYTES
from crypto.part import PART_CELL_BYTES
from crypto.reply import REPLY_CELL_BYTES

Cell = bytes | bytearray | memoryview


class Placed(NamedTuple):
    """A cell and the slot that it goes into."""

    slot: int
    digest: bytes
    cell: Cell


@dataclass(slots=True)
class Index:
    """What the slots of a shelf hold, as far as one process knows."""

    where: dict[bytes, int] = field(default_factory=dict)
    free: list[int] = field(default_factory=list)
    days: Counter[str] = field(default_factory=Counter)  # cells by day of arrival


@dataclass(frozen=True, slots=True)
class Shelf:
    """The two tables of one size of cell."""

    size: int  # bytes of a cell
    slots: FromClause
    held: FromClause
    kept_days: int = 0  # days after which a cell goes by itself; 0: never

    def index(self, connection: Connection) -> Index:
        """Read what every slot holds."""
        index = Index()
        table = self.slots.c
        for slot, day, digest in connection.execute(select(table.slot, table.day, table.digest)):
            if day == FREE:
                index.free.append(slot)
            else:
                index.where[digest] = slot
                index.days[day] += 1
        return index

    def holds(self, connection: Connection, slot: int, digest: bytes) -> bool:
        """Whether *slot* holds the cell named *digest* at this moment."""
        table = self.slots.c
        found = select(table.slot).where(
            table.slot == slot, table.digest == digest, table.day != FREE
        )
        return connection.execute(found).first() is not None

    def cell(self, connection: Connection, slot: int) -> bytes:
        """The bytes in *slot*."""
        table = self.held.c
        return bytes(connection.execute(select(table.cell).where(table.slot == slot)).scalar_one())

    def put(self, connection: Connection, day: str, placed: Collection[Placed]) -> bool:
        """Overwrite free slots with cells that came on *day*.

        Returns whether all of these slots were free, as the index said.
        """
        name, fill = _overwriting(self)
        taken = connection.execute(
            name, [{"at": each.slot, "on": day, "named": each.digest} for each in placed]
        ).rowcount
        connection.execute(fill, [{"at": each.slot, "bytes": each.cell} for each in placed])
        return taken == len(placed)

    def clear(self, connection: Connection, slots: Iterable[int]) -> None:
        """Overwrite what *slots* hold with random bytes, and free them."""
        for slot in slots:
            connection.execute(
                update(self.held)  # type: ignore[arg-type]
                .where(self.held.c.slot == slot)
                .values(cell=os.urandom(self.size))
            )
            connection.execute(
                update(self.slots)  # type: ignore[arg-type]
                .where(self.slots.c.slot == slot)
                .values(day=FREE, digest=os.urandom(DIGEST_BYTES))
            )

    def count(self, connection: Connection) -> Counter[str]:
        """How many cells came on which day."""
        table = self.slots.c
        found = (
            select(table.day, func.count().label("cells"))
            .where(table.day != FREE)
            .group_by(table.day)
        )
        return Counter({row.day: row.cells for row in connection.execute(found)})

    def since(self, connection: Connection, day: str) -> list[tuple[int, str, bytes]]:
        """Slot, day and digest of every cell that came on *day* or later."""
        table = self.slots.c
        found = select(table.slot, table.day, table.digest).where(table.day >= day)
        return [(slot, came, digest) for slot, came, digest in connection.execute(found)]

    def before(self, connection: Connection, day: str) -> list[int]:
        """The slots of every cell that came before *day*."""
        table = self.slots.c
        found = select(table.slot).where(table.day < day, table.day != FREE)
        return list(connection.scalars(found))

    def make(self, connection: Connection, numbers: range) -> None:
        """Make the slots with these *numbers*, filled with random bytes."""
        connection.execute(
            insert(self.slots),  # type: ignore[arg-type]
            [{"slot": n, "day": FREE, "digest": os.urandom(DIGEST_BYTES)} for n in numbers],
        )
        connection.execute(
            insert(self.held),  # type: ignore[arg-type]
            [{"slot": n, "cell": os.urandom(self.size)} for n in numbers],
        )


@functools.cache
def _overwriting(shelf: Shelf) -> tuple[Update, Update]:
    """The statements that name a free slot of *shelf* and fill it."""
    slots, held = shelf.slots, shelf.held
    name = update(slots).where(slots.c.slot == bindparam("at"), slots.c.day == FREE)  # type: ignore[arg-type]
    fill = update(held).where(held.c.slot == bindparam("at"))  # type: ignore[arg-type]
    return (
        name.values(day=bindparam("on"), digest=bindparam("named")),
        fill.values(cell=bindparam("bytes")),
    )


MESSAGES = Shelf(MESSAGE_CELL_BYTES, MessageSlot.__table__, MessageHeld.__table__)
PARTS = Shelf(PART_CELL_BYTES, PartSlot.__table__, PartHeld.__table__)
REPLIES = Shelf(REPLY_CELL_BYTES, ReplySlot.__table__, ReplyHeld.__table__, kept_days=14)
