"""The lawyer's replies, how long each stands, and which batch each cell last went into.

Where this file and crypto/spec/reply-cell-v1.md section 4 disagree, this file is wrong.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from crypto.airgap.vault.database import Database, Row
from crypto.airgap.vault.identity import Owner
from crypto.airgap.vault.messages import Thread
from crypto.errors import BuzonError

State = Literal["standing", "read", "withdrawn", "over"]

WEEKS_STANDING = 26

_HIGHEST_BELIEVED = 2**31


class ReplyUnknownError(BuzonError):
    """The lawyer wrote no such reply in this thread, or it stands no longer."""

    code = "reply-unknown"


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply of this lawyer to one thread."""

    number: int  # in this database only
    thread: int
    sequence: int  # from 1 in each thread; the lawyer knows it by this one, always
    week: int
    day: date
    text: str
    parts: int  # reply cells that it takes
    state: State


@dataclass(frozen=True, slots=True)
class Waiting:
    """One cell's worth of a standing reply."""

    reply: Reply
    part: int  # from 1
    sequence: int  # by which the witness knows it, under the identity that speaks


class Replies:
    """Read and write them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def next_sequence(self, thread: Thread, owner: Owner, told: int) -> int:
        """What the next reply of *owner* to *thread* is numbered for the witness.

        Args:
            told: the highest number that the witness says she has read of *owner*,
                or 0: a vault restored from a backup may not know its last replies.  A
                number too high for anybody to have come to is not believed.
        """
        query = (
            "SELECT max(s.sequence) FROM reply_sequences s JOIN replies r ON r.id = s.reply"
            " WHERE thread = ? AND identity = ?"
        )
        own = self._database.number(query, thread.number, owner.number)
        return max(own, told if told <= _HIGHEST_BELIEVED else 0) + 1

    def add(
        self,
        thread: Thread,
        owner: Owner,
        sequence: int,
        week: int,
        day: date,
        text: str,
        parts: int,
    ) -> int:
        """Keep a reply, which *owner* numbers so; it stands from now on.

        Returns:
            the number by which the lawyer knows it: the same, unless one before has it.
        """
        query = "SELECT max(sequence) FROM replies WHERE thread = ?"
        own = max(sequence, self._database.number(query, thread.number) + 1)
        reply = self._database.insert(
            "INSERT INTO replies (thread, sequence, week, day, text, parts, state)"
            " VALUES (?, ?, ?, ?, ?, ?, 'standing')",
            thread.number, own, week, day.isoformat(), text, parts,
        )  # fmt: skip
        self.number_as(reply, owner, sequence)
        return own

    def number_as(self, reply: int, owner: Owner, sequence: int) -> None:
        """The witness knows the *reply* (its number here) by *sequence*, said by *owner*."""
        self._database.execute(
            "INSERT INTO reply_sequences VALUES (?, ?, ?)", reply, owner.number, sequence
        )

    def unnumbered(self, thread: Thread, owner: Owner) -> list[Reply]:
        """The standing replies to *thread* that *owner* has not numbered, in their order."""
        query = "SELECT reply FROM reply_sequences WHERE identity = ?"
        numbered = {row[0] for row in self._database.rows(query, owner.number)}
        return [
            reply
            for reply in self.of_thread(thread)
            if reply.state == "standing" and reply.number not in numbered
        ]

    def of_thread(self, thread: Thread) -> list[Reply]:
        """Every reply to *thread*, in their order."""
        query = f"{_SELECT} WHERE thread = ? ORDER BY sequence"
        return [_reply(row) for row in self._database.rows(query, thread.number)]

    def count_standing(self) -> int:
        """How many replies stand."""
        return self._database.number("SELECT count(*) FROM replies WHERE state = 'standing'")

    def withdraw(self, thread: Thread, sequence: int) -> None:
        """Let a reply stand no longer.

        Raises:
            ReplyUnknownError
        """
        self._database.execute(
            "UPDATE replies SET state = 'withdrawn'"
            " WHERE thread = ? AND sequence = ? AND state = 'standing'",
            thread.number, sequence,
        )  # fmt: skip
        if self._database.changes() == 0:
            raise ReplyUnknownError("nothing to withdraw")

    def mark_read(self, thread: Thread, owner: Owner, through: int) -> int:
        """The witness has read all of *owner* up to *through*; return how many were news."""
        self._database.execute(
            "UPDATE replies SET state = 'read' WHERE thread = ? AND state = 'standing' AND id IN"
            " (SELECT reply FROM reply_sequences WHERE identity = ? AND sequence <= ?)",
            thread.number, owner.number, through,
        )  # fmt: skip
        return self._database.changes()

    def end_old(self, week: int) -> int:
        """Replies written 26 weeks or longer before *week* stand no longer; return how many."""
        self._database.execute(
            "UPDATE replies SET state = 'over' WHERE state = 'standing' AND week <= ?",
            week - WEEKS_STANDING,
        )
        return self._database.changes()

    # ------------------------------------------------------------- batches

    def waiting(self, owner: Owner) -> list[Waiting]:
        """What wants to go into the next batch, said by *owner*.

        New cells first, then those that waited longest.
        """
        rows = self._database.rows(
            "WITH RECURSIVE places(part) AS (SELECT 1 UNION ALL SELECT part + 1 FROM places"
            " WHERE part < 16)"
            " SELECT id, thread, r.sequence, week, day, text, parts, state, part, s.sequence"
            " FROM replies r JOIN places ON part <= parts"
            " JOIN reply_sequences s ON s.reply = id AND s.identity = ?"
            " WHERE state = 'standing'"
            " ORDER BY (SELECT max(batch) FROM batch_cells c WHERE c.reply = id"
            "  AND c.part = places.part) NULLS FIRST, id, part",
            owner.number,
        )
        return [Waiting(_reply(row[:8]), row[8], row[9]) for row in rows]

    def last_batch(self) -> bytes | None:
        """The digest of the batch made last."""
        row = self._database.row("SELECT digest FROM batches ORDER BY id DESC LIMIT 1")
        return None if row is None else bytes(row[0])

    def add_batch(self, digest: bytes, day: date, cells: list[Waiting]) -> None:
        """Remember what the batch named *digest* holds."""
        number = self._database.insert(
            "INSERT INTO batches (digest, day) VALUES (?, ?)", digest, day.isoformat()
        )
        self._database.execute_many(
            "INSERT INTO batch_cells VALUES (?, ?, ?)",
            [(number, cell.reply.number, cell.part) for cell in cells],
        )

    def cells_in(self, digest: bytes) -> int:
        """How many cells of the batch named *digest* are replies."""
        return self._database.number(
            "SELECT count(*) FROM batch_cells JOIN batches ON batches.id = batch WHERE digest = ?",
            digest,
        )

    def forget_batch(self, digest: bytes) -> None:
        """The batch named *digest* was never carried: its cells wait as before it."""
        self._database.execute("DELETE FROM batches WHERE digest = ?", digest)


_SELECT = "SELECT id, thread, sequence, week, day, text, parts, state FROM replies"


def _reply(row: Row) -> Reply:
    number, thread, sequence, week, day, text, parts, state = row
    return Reply(number, thread, sequence, week, date.fromisoformat(day), text, parts, state)
