"""Bring every cell that the pouch lacks, messages first.

The whole listing is always taken, so no query tells an interest; what is lacking
is worked out here.  The server keeps no cursor.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from app.courier.connection import Desk
from app.courier.errors import RefusedError
from app.courier.progress import Progress
from crypto.cell import MESSAGE_CELL_BYTES
from crypto.part import PART_CELL_BYTES
from crypto.pouch import (
    CELLS,
    DIRECTORY_NAME,
    HAVE,
    LISTING_NAME,
    MAX_HAVE_BYTES,
    ROSTERS_NAME,
    parse_have,
    parse_listing,
)
from crypto.stick import EntryError, Folder, PouchError, PouchUnreadableError, is_digest


@dataclass
class Pulled:
    """What one pull did.  Digests are hex."""

    new: int = 0
    had: int = 0
    held: int = 0
    gone: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    closed: bool = False  # nothing is published for this week: no witness can send


def pull(
    desk: Desk,
    pouch: Folder,
    progress: Progress,
    warn_of_room: Callable[[int, int], None],
    pulled: Pulled | None = None,
) -> Pulled:
    """Fill *pouch* from *desk*.  Whatever interrupts it, every cell there is whole.

    *warn_of_room* is told needed and free bytes when they will not fit.  *pulled* is where
    to count, for whoever tells of a pull that was cut off.  Cells are brought even when
    the desk has no directory for this week: the pouch then keeps the one before.

    Raises:
        CourierError, PouchError: the trip cannot go on (server gone, stick full, ...).
        DocumentMalformedError: the desk sent no listing.
    """
    pulled = Pulled() if pulled is None else pulled
    rosters = desk.rosters()  # first: what is published meanwhile follows it
    directory = newest_directory(desk)
    raw_listing = desk.listing()
    listing = parse_listing(raw_listing)
    if directory is None:
        pulled.closed = True
    else:
        pouch.write(DIRECTORY_NAME, directory)
    pouch.write(ROSTERS_NAME, rosters)
    pouch.write(LISTING_NAME, raw_listing)
    with pouch.made(CELLS) as cells, pouch.made(HAVE) as have:
        cells.remove_remainders()
        held = _held_by_all(have)
        lacking_messages = _lacking(cells, held, listing.messages, MESSAGE_CELL_BYTES, pulled)
        lacking_parts = _lacking(cells, held, listing.parts, PART_CELL_BYTES, pulled)
        _drop_held(cells, held)
        need = len(lacking_messages) * MESSAGE_CELL_BYTES + len(lacking_parts) * PART_CELL_BYTES
        if need > cells.free_bytes():
            warn_of_room(need, cells.free_bytes())
        for stage, lacking, size in (
            ("messages", lacking_messages, MESSAGE_CELL_BYTES),
            ("parts", lacking_parts, PART_CELL_BYTES),
        ):
            progress.begin(stage, len(lacking), len(lacking) * size)
            for digest in lacking:
                _take(desk, cells, digest, size, pulled)
                progress.step(size)
    return pulled


def newest_directory(desk: Desk) -> bytes | None:
    """The directory as *desk* has it; None when it has none for this week.

    Raises:
        CourierError
    """
    try:
        return desk.directory()
    except RefusedError as refused:
        if refused.refusal != "directory-missing":
            raise
        return None


def _held_by_all(have: Folder) -> frozenset[bytes]:
    """The cells that every station of the team says it holds."""
    stations = []
    for name in have.names():
        try:
            stations.append(parse_have(have.read_whole(name, MAX_HAVE_BYTES)))
        except (EntryError, PouchUnreadableError):
            stations.append(frozenset())
    return stations[0].intersection(*stations[1:]) if stations else frozenset()


def _lacking(
    cells: Folder, held: Collection[bytes], digests: Iterable[bytes], size: int, pulled: Pulled
) -> list[str]:
    lacking = []
    for digest in digests:
        if digest in held:
            pulled.held += 1
            continue
        name = digest.hex()
        try:
            whole = len(cells.read_named(name, size)) == size
        except (EntryError, PouchUnreadableError):
            whole = False
        if whole:
            pulled.had += 1
        else:
            lacking.append(name)
    return lacking


def _drop_held(cells: Folder, held: Collection[bytes]) -> None:
    """Make room: every station has these in its vault."""
    for name in cells.names():
        if is_digest(name) and bytes.fromhex(name) in held:
            with suppress(PouchError):
                cells.remove(name)


def _take(desk: Desk, cells: Folder, digest: str, size: int, pulled: Pulled) -> None:
    try:
        cell = desk.cell(digest, size)
    except RefusedError as refused:
        if refused.refusal != "cell-unknown":
            raise
        pulled.gone.append(digest)
        return
    if len(cell) != size or hashlib.sha256(cell).hexdigest() != digest:
        pulled.wrong.append(digest)
        return
    cells.write(digest, cell)
    pulled.new += 1
