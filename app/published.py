"""What is published: roster, freshness and weekly keys, and the directory made of them.

Only `app` depends on this module.  What may be published is decided by
crypto/publication.py; here it is kept and handed out.
"""

import gzip
import threading
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, insert, select

from app.db import reading
from app.errors import DirectoryMissingError
from app.models import FreshnessRow, RosterRow, WeeklyKeyRow
from crypto import dsse
from crypto.directory import build_directory, weeks_to_send
from crypto.dsse import Envelope
from crypto.errors import BuzonError
from crypto.freshness import Freshness
from crypto.history import history_of
from crypto.publication import Publication
from crypto.roster import Roster
from crypto.weekly_key import WeeklyKey

THE_ONE = 1  # number of the row that holds the freshness


@dataclass(frozen=True, slots=True)
class Held:
    """What is published now.  It was verified when it was published."""

    roster_envelope: Envelope
    freshness_envelope: Envelope
    weekly_keys: tuple[Envelope, ...]  # those that the freshness lists
    earlier_rosters: dict[bytes, tuple[str, ...]]  # all ever published here: hash -> origins

    @property
    def roster(self) -> Roster:
        """The roster."""
        return Roster.from_payload(self.roster_envelope.payload)

    @property
    def freshness(self) -> Freshness:
        """The freshness."""
        return Freshness.from_payload(self.freshness_envelope.payload)


def held(engine: Engine) -> Held | None:
    """What is published now, or nothing.

    Raises:
        ServerBusyError: the database does not answer.
    """
    with reading(engine) as connection:
        return held_in(connection)


def held_in(connection: Connection) -> Held | None:
    """What is published now, or nothing, as the transaction of *connection* sees it."""
    rosters = connection.execute(select(RosterRow.envelope).order_by(RosterRow.serial)).all()
    freshness = connection.scalar(select(FreshnessRow.envelope))
    if not rosters or freshness is None:
        return None
    freshness_envelope = dsse.parse_envelope(freshness, Freshness.max_envelope_bytes())
    listed = {
        digest
        for week in Freshness.from_payload(freshness_envelope.payload).weeks
        for _, digest in week.keys
    }
    keys = _weekly_keys(connection, listed)
    envelopes = [dsse.parse_envelope(row.envelope, Roster.max_envelope_bytes()) for row in rosters]
    return Held(
        envelopes[-1],
        freshness_envelope,
        keys,
        {each.payload_hash: Roster.from_payload(each.payload).origins for each in envelopes},
    )


def _weekly_keys(connection: Connection, listed: set[bytes]) -> tuple[Envelope, ...]:
    rows = connection.scalars(
        select(WeeklyKeyRow.envelope).where(WeeklyKeyRow.digest.in_(sorted(listed)))
    )
    return tuple(dsse.parse_envelope(row, WeeklyKey.max_envelope_bytes()) for row in rows)


def history(engine: Engine) -> bytes:
    """Every roster that was published here, as one document.

    Raises:
        ServerBusyError: the database does not answer.

    Source: crypto/spec/roster-v1.md, section 6.
    """
    with reading(engine) as connection:
        rows = connection.scalars(select(RosterRow.envelope).order_by(RosterRow.serial)).all()
    return history_of([dsse.parse_envelope(row, Roster.max_envelope_bytes()) for row in rows])


def publish(connection: Connection, publication: Publication) -> None:
    """Make *publication*, which was verified, the one that is published; in a transaction
    that writes."""
    roster = publication.roster
    connection.execute(delete(RosterRow).where(RosterRow.serial == roster.serial))
    connection.execute(
        insert(RosterRow).values(
            serial=roster.serial,
            digest=roster.payload_hash,
            envelope=publication.roster_envelope.to_json(),
        )
    )
    connection.execute(delete(FreshnessRow))
    connection.execute(
        insert(FreshnessRow).values(
            number=THE_ONE, envelope=publication.freshness_envelope.to_json()
        )
    )
    for key in publication.weekly_keys:
        keep_weekly_key(connection, key)


def knows_weekly_key(engine: Engine, digest: bytes) -> bool:
    """Whether the weekly key of this name is kept.  Raises ServerBusyError."""
    with reading(engine) as connection:
        return _is_kept(connection, digest)


def _is_kept(connection: Connection, digest: bytes) -> bool:
    known = select(WeeklyKeyRow.digest).where(WeeklyKeyRow.digest == digest)
    return connection.execute(known).first() is not None


def keep_weekly_key(connection: Connection, key: Envelope) -> None:
    """Keep *key*, which was verified; nothing when it is there."""
    if not _is_kept(connection, key.payload_hash):
        connection.execute(
            insert(WeeklyKeyRow).values(digest=key.payload_hash, envelope=key.to_json())
        )


def weeks_of_keys(engine: Engine, first: int) -> dict[bytes, set[int]]:
    """The weeks from *first* on that each lawyer (id, 8) handed a key in for.

    Raises:
        ServerBusyError: the database does not answer.
    """
    weeks: defaultdict[bytes, set[int]] = defaultdict(set)
    with reading(engine) as connection:
        for row in connection.scalars(select(WeeklyKeyRow.envelope)):
            envelope = dsse.parse_envelope(row, WeeklyKey.max_envelope_bytes())
            key = WeeklyKey.from_payload(envelope.payload)
            if key.week >= first:
                weeks[key.lawyer].add(key.week)
    return dict(weeks)


@dataclass(frozen=True, slots=True)
class Document:
    """A directory as it is sent, plain and gzip-encoded."""

    made_of: object
    plain: bytes
    packed: bytes


class DirectoryMaker:
    """The directory document of the present week, made again when something changes.

    For any thread.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._document: Document | None = None

    def at(self, now: datetime) -> Document:
        """The directory at *now* (UTC).

        Raises:
            DirectoryMissingError: nothing is published, or nothing covers this week.
            ServerBusyError: the database does not answer.
        """
        with self._lock:
            with reading(self._engine) as connection:
                newest = select(RosterRow.digest).order_by(RosterRow.serial.desc()).limit(1)
                made_of = (
                    connection.scalar(newest),
                    connection.scalar(select(FreshnessRow.envelope)),
                    weeks_to_send(now),
                )
            if self._document is None or self._document.made_of != made_of:
                self._document = self._make(made_of, now)
            return self._document

    def _make(self, made_of: object, now: datetime) -> Document:
        published = held(self._engine)
        if published is None:
            raise DirectoryMissingError("nothing is published")
        try:
            plain = build_directory(
                published.roster_envelope,
                published.freshness_envelope,
                published.weekly_keys,
                now,
            )
        except BuzonError:
            raise DirectoryMissingError("nothing covers this week") from None
        return Document(made_of, plain, gzip.compress(plain, mtime=0))
