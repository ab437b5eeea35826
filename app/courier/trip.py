"""One whole trip: hand in what the station laid, then take everything that is lacking.

Handing in comes first: it is small, the session is fresh, and a lawyer's replies do not
wait behind gigabytes of parts; nor do the weekly keys without which the box closes.  Then
messages, then parts.  Nothing here knows whether a person sits at a terminal or a window.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

from app.courier.connection import MAX_DIRECTORY_BYTES, Desk
from app.courier.errors import StickGoneError
from app.courier.progress import Progress
from app.courier.pull import Pulled, newest_directory, pull
from app.courier.push import Pushed, push
from crypto.directory import parse_directory
from crypto.dsse import DocumentTypeError
from crypto.freshness import Freshness
from crypto.horizon import Shortage, last_of, shortages
from crypto.pouch import DIRECTORY_NAME
from crypto.reply import REPLY_CELL_BYTES
from crypto.roster import Roster
from crypto.stick import (
    EntryError,
    Folder,
    PouchMissingError,
    PouchUnreadableError,
    PouchUnwritableError,
)
from crypto.strictjson import DocumentMalformedError
from crypto.weeks import week_of

_UNREADABLE = (DocumentMalformedError, DocumentTypeError)  # of a directory


@dataclass
class Trip:
    """What a trip did so far, wherever it is cut off."""

    pushed: Pushed = field(default_factory=Pushed)
    pulled: Pulled = field(default_factory=Pulled)
    shortages: list[Shortage] = field(default_factory=list)
    begun: bool = False  # the desk let us in
    whole: bool = False  # it came to its end


def carry(
    desk: Desk,
    pouch: Folder,
    progress: Progress,
    warn_of_room: Callable[[int, int], None],
    today: date,
    trip: Trip,
) -> None:
    """Go the whole way, and count in *trip*; *today* is the clock's UTC day.

    Raises:
        CourierError: the server is gone, or sends what is out of place.
        DocumentMalformedError: the desk's directory or listing is none.
        StickGoneError: the stick does not answer any more.
        PouchFullError: it has no room left.
    """
    trip.begun = True
    try:
        batch_bytes = None
        document = newest_directory(desk)
        if document is not None:
            batch_bytes = _batch_bytes(document, today, trip)
        else:
            # The one on the stick will do; one that is damaged there tells nothing.
            with suppress(EntryError, PouchUnreadableError, *_UNREADABLE):
                document = pouch.read_whole(DIRECTORY_NAME, MAX_DIRECTORY_BYTES)
                batch_bytes = _batch_bytes(document, today, trip)
        push(desk, pouch, batch_bytes, progress, trip.pushed)
        pull(desk, pouch, progress, warn_of_room, trip.pulled)
    except (PouchMissingError, PouchUnreadableError, PouchUnwritableError) as error:
        raise StickGoneError(str(error)) from None
    trip.whole = True


def _batch_bytes(document: bytes, today: date, trip: Trip) -> int:
    """How long a batch is, by the roster that *document* brings; *trip* learns what runs out.

    Nothing is verified: a courier holds no trust.
    """
    roster = Roster.from_payload(parse_directory(document).roster.payload)
    trip.shortages = _shortages(document, roster, today)
    return roster.policy.batch_size * REPLY_CELL_BYTES


def _shortages(document: bytes, roster: Roster, today: date) -> list[Shortage]:
    """What runs out soon, as far as the directory tells it.

    It lists no key beyond the weeks that the directors signed, so whose keys last that
    long is not told of here; the station that holds them tells.
    """
    freshness = Freshness.from_payload(parse_directory(document).freshness.payload)
    if freshness.roster != roster.payload_hash:
        return shortages(roster, None, {}, today)
    weeks: dict[bytes, set[int]] = {own_id: set() for own_id in roster.active}
    for covered in freshness.weeks:
        for own_id, _ in covered.keys:
            weeks.setdefault(own_id, set()).add(covered.week)
    signed_until = freshness.weeks[-1].week
    last = {own_id: last_of(held, week_of(today)) for own_id, held in weeks.items()}
    early = {own_id: week for own_id, week in last.items() if week != signed_until}
    return shortages(roster, freshness, early, today)
