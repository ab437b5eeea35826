"""Threads and their messages, as the witnesses signed them.

A station knows a thread by its thread key.  Everything inside a message comes from a
stranger; it is kept as the exact bytes that were signed and parsed when it is shown.
"""

from dataclasses import dataclass, field
from datetime import date

from crypto.airgap.unseal import OpenedMessage
from crypto.airgap.vault.database import Database, Row
from crypto.errors import BuzonError
from crypto.message import Message, parse_message

ALARM_KEYS_CHANGED = "alarm-keys-changed"
ALARM_ROSTER_UNKNOWN = "alarm-roster-unknown"
ALARM_SAME_TRANSCRIPT = "alarm-same-transcript"
ALARM_SAME_MESSAGE = "alarm-same-message"

_PREFIX_CHARACTERS = 4


class ThreadUnknownError(BuzonError):
    """No thread has this id."""

    code = "thread-unknown"


class ThreadAmbiguousError(BuzonError):
    """More than one thread's id begins so."""

    code = "thread-ambiguous"


@dataclass(frozen=True, slots=True)
class Thread:
    """The messages of one witness."""

    number: int  # in this database only
    thread_key: bytes  # Ed25519, 32
    reply_key: bytes  # pinned at first sight
    tag_key: bytes

    @property
    def id(self) -> str:
        """Its name for people: the thread key in hex."""
        return self.thread_key.hex()


@dataclass(frozen=True, slots=True)
class FiledMessage:
    """One message as it was filed."""

    number: int  # in this database only
    thread: int
    digest: bytes  # of the cell that it came in
    repeats: int | None  # number of the message that this one repeats
    week: int
    roster: bytes  # hash of the one that the cell names
    day: date  # of arrival at this station
    json_bytes: bytes  # exactly what the witness signed a hash of
    message: Message
    alarms: tuple[str, ...]
    handed_by: bytes | None  # id of the colleague who handed it over; None: a key of ours opened it


@dataclass(frozen=True, slots=True)
class Tally:
    """The messages of one thread, counted."""

    messages: int
    newest_week: int
    handed: int  # of those, how many a colleague handed over
    alarms: tuple[str, ...]  # each code once


@dataclass(frozen=True, slots=True)
class SealedMessage:
    """What it takes to hand one message over."""

    cell: bytes  # digest of the cell that it came in
    week: int
    roster: bytes  # hash of the one that the cell names
    cell_key: bytes | None = field(repr=False)  # None: it was filed before these were kept


class Messages:
    """Read and write them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # ------------------------------------------------------------- filing

    def thread_for(self, opened: OpenedMessage) -> Thread:
        """The thread that *opened* belongs to; its keys are pinned if it is the first."""
        self._database.execute(
            "INSERT OR IGNORE INTO threads (thread_key, reply_key, tag_key) VALUES (?, ?, ?)",
            opened.thread_key, opened.message.reply_key, opened.message.tag_key,
        )  # fmt: skip
        query = "SELECT id, thread_key, reply_key, tag_key FROM threads WHERE thread_key = ?"
        row = self._database.row(query, opened.thread_key)
        assert row is not None
        return Thread(*row)

    def file(
        self,
        thread: Thread,
        opened: OpenedMessage,
        cell: int,
        week: int,
        roster: bytes,
        day: date,
        alarms: list[str],
        handover: int | None,
    ) -> tuple[int, int | None]:
        """File a message; return its number, and the number of the one it repeats if any.

        *handover* is the number of the one that it came in, if it did.

        Source: message-cell-v1.md, section 5.
        """
        first = self._database.row(
            "SELECT id, json FROM messages WHERE thread = ? AND message = ? AND repeats IS NULL",
            thread.number, opened.message.message,
        )  # fmt: skip
        repeats = None if first is None else int(first[0])
        if first is not None and first[1] != opened.json_bytes:
            alarms = [*alarms, ALARM_SAME_MESSAGE]
        number = self._database.insert(
            "INSERT INTO messages (thread, message, cell, repeats, week, roster, day, kind,"
            " transcript, signature, json, cell_key, handover)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            thread.number, opened.message.message, cell, repeats, week, roster, day.isoformat(),
            opened.message.kind, opened.transcript, opened.signature, opened.json_bytes,
            opened.cell_key, handover,
        )  # fmt: skip
        for code in alarms:
            self.raise_alarm(number, code)
        return number, repeats

    def raise_alarm(self, message: int, code: str) -> None:
        """Show *code* beside the message from now on."""
        self._database.execute("INSERT OR IGNORE INTO alarms VALUES (?, ?)", message, code)

    def raise_alarm_on_transcript(self, transcript: bytes, code: str) -> None:
        """Show *code* beside every message whose cell has this T."""
        self._database.execute(
            "INSERT OR IGNORE INTO alarms SELECT id, ? FROM messages WHERE transcript = ?",
            code, transcript,
        )  # fmt: skip

    def take_back_roster_alarms(self) -> list[bytes]:
        """End the alarms over rosters that this station holds by now.

        Returns the digests of the cells whose messages bore one.
        """
        over = self._database.rows(
            "SELECT m.id, c.digest FROM alarms a JOIN messages m ON m.id = a.message"
            " JOIN cells c ON c.id = m.cell JOIN rosters r ON r.hash = m.roster WHERE a.code = ?",
            ALARM_ROSTER_UNKNOWN,
        )
        self._database.execute_many(
            "DELETE FROM alarms WHERE message = ? AND code = ?",
            [(message, ALARM_ROSTER_UNKNOWN) for message, _ in over],
        )
        return [digest for _, digest in over]

    # ------------------------------------------------------------- reading

    def threads(self) -> list[Thread]:
        """Every thread, in the order in which they came here."""
        query = "SELECT id, thread_key, reply_key, tag_key FROM threads ORDER BY id"
        return [Thread(*row) for row in self._database.rows(query)]

    def find_thread(self, name: str) -> Thread:
        """The thread whose id begins with *name*, at least four hex digits.

        Raises:
            ThreadUnknownError, ThreadAmbiguousError
        """
        prefix = name.lower()
        if len(prefix) < _PREFIX_CHARACTERS or set(prefix) - set("0123456789abcdef"):
            raise ThreadUnknownError("not an id")
        found = self._database.rows(
            "SELECT id, thread_key, reply_key, tag_key FROM threads"
            " WHERE hex(thread_key) LIKE ? || '%' LIMIT 2",
            prefix,
        )
        if not found:
            raise ThreadUnknownError("no such thread")
        if len(found) > 1:
            raise ThreadAmbiguousError("several threads begin so")
        return Thread(*found[0])

    def of_thread(self, thread: Thread) -> list[FiledMessage]:
        """The messages of *thread* by week; in a week the account first, and files last.

        In which order those of one week were written nobody knows: cells tell no time.
        """
        rows = self._database.rows(
            "SELECT m.id, m.thread, c.digest, m.repeats, m.week, m.roster, m.day, m.json, h.giver"
            " FROM messages m JOIN cells c ON c.id = m.cell"
            " LEFT JOIN handovers h ON h.id = m.handover"
            " WHERE m.thread = ? ORDER BY m.week, m.kind = 'files', m.kind, m.id",
            thread.number,
        )
        return [self._filed(row) for row in rows]

    def highest_read(self, thread: Thread, lawyer: bytes) -> int:
        """The highest reply of *lawyer* that a message of *thread* says was read; else 0."""
        rows = self._database.each("SELECT json FROM messages WHERE thread = ?", thread.number)
        return max((parse_message(json).read.get(lawyer, 0) for (json,) in rows), default=0)

    def tally(self, thread: Thread) -> Tally:
        """How many messages *thread* has, without reading any."""
        row = self._database.row(
            "SELECT count(*), max(week), count(handover) FROM messages WHERE thread = ?",
            thread.number,
        )
        assert row is not None
        alarms = self._database.rows(
            "SELECT DISTINCT code FROM alarms JOIN messages ON id = alarms.message"
            " WHERE thread = ? ORDER BY code",
            thread.number,
        )
        return Tally(row[0], row[1] or 0, row[2], tuple(code for (code,) in alarms))

    def is_filed(self, cell: bytes) -> bool:
        """Whether there is a message that came in the cell of this digest."""
        query = "SELECT 1 FROM messages m JOIN cells c ON c.id = m.cell WHERE digest = ?"
        return self._database.row(query, cell) is not None

    def handed_by(self, giver: bytes) -> set[bytes]:
        """Digests of the cells whose messages the colleague with this id handed over."""
        rows = self._database.rows(
            "SELECT c.digest FROM messages m JOIN cells c ON c.id = m.cell"
            " JOIN handovers h ON h.id = m.handover WHERE giver = ?",
            giver,
        )
        return {row[0] for row in rows}

    def sealed_in_order(self, thread: Thread) -> list[SealedMessage]:
        """What handing *thread* over takes, in the order in which it was filed."""
        rows = self._database.rows(
            "SELECT c.digest, m.week, m.roster, m.cell_key"
            " FROM messages m JOIN cells c ON c.id = m.cell WHERE m.thread = ? ORDER BY m.id",
            thread.number,
        )
        return [SealedMessage(*row) for row in rows]

    def count(self) -> int:
        """How many messages are filed."""
        return self._database.number("SELECT count(*) FROM messages")

    def _filed(self, row: Row) -> FiledMessage:
        number, thread, digest, repeats, week, roster, day, json_bytes, handed_by = row
        alarms = self._database.rows(
            "SELECT code FROM alarms WHERE message = ? ORDER BY code", number
        )
        return FiledMessage(
            number=number,
            thread=thread,
            digest=digest,
            repeats=repeats,
            week=week,
            roster=roster,
            day=date.fromisoformat(day),
            json_bytes=json_bytes,
            message=parse_message(json_bytes),
            alarms=tuple(alarm[0] for alarm in alarms),
            handed_by=handed_by,
        )
