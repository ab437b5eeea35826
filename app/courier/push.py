"""Hand in what the station made: one batch, receipts, weekly keys.

An item leaves the pouch only after the desk has said that it is durable.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from app.courier.connection import Desk
from app.courier.errors import BatchMissingError, RefusedError
from app.courier.progress import Progress
from crypto import dsse
from crypto.errors import BuzonError
from crypto.pouch import (
    BATCHES,
    DOCUMENT_SUFFIX,
    MAX_RECEIPT_BYTES,
    MAX_WEEKLY_KEY_BYTES,
    OUT,
    RECEIPTS,
    WEEKLY_KEYS,
)
from crypto.stick import Folder, PouchDigestError, PouchNameError, PouchSizeError, is_digest

_Reader = Callable[[str], tuple[str, bytes, str]]  # name -> wire name, body, content type
_Work = tuple[str, Folder, str, _Reader]  # kind, folder, name


@dataclass
class Pushed:
    """What one push did.  `refused`: (kind/name as found, code); untrusted names."""

    accepted: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    waiting: int = 0  # batches of colleagues, for the next trips


def push(
    desk: Desk,
    pouch: Folder,
    batch_bytes: int | None,
    progress: Progress,
    pushed: Pushed | None = None,
) -> Pushed:
    """Hand in everything under `out/`.

    *batch_bytes* is what the policy names; while nobody knows it, batches wait.  *pushed*
    is where to count, for whoever tells of a push that was cut off.  A refused item stays
    in the pouch and the rest goes on.

    Raises:
        CourierError, PouchError: the trip cannot go on.
    """
    pushed = Pushed() if pushed is None else pushed
    with (
        pouch.made(OUT) as out,
        out.made(BATCHES) as batches,
        out.made(RECEIPTS) as receipts,
        out.made(WEEKLY_KEYS) as weekly_keys,
    ):
        work: list[_Work] = []
        if batch_bytes is None:
            pushed.waiting = len(batches.names())
        else:
            work, pushed.waiting = _batches(batches, batch_bytes)
        if not work and not pushed.waiting:
            pushed.refused.append((BATCHES, BatchMissingError.code))
        for kind, folder, limit in (
            (RECEIPTS, receipts, MAX_RECEIPT_BYTES),
            (WEEKLY_KEYS, weekly_keys, MAX_WEEKLY_KEY_BYTES),
        ):
            work += [(kind, folder, name, _document(folder, limit)) for name in folder.names()]
        progress.begin("handing-in", len(work), 0)
        for kind, folder, name, read in work:
            _hand_in(desk, kind, folder, name, read, pushed)
            progress.step(0)
    return pushed


def _hand_in(
    desk: Desk, kind: str, folder: Folder, name: str, read: _Reader, pushed: Pushed
) -> None:
    try:
        wire_name, body, content_type = read(name)
    except BuzonError as error:
        pushed.refused.append((f"{kind}/{name}", error.code))
        return
    try:
        desk.hand_in(kind, wire_name, body, content_type)
    except RefusedError as refused:
        pushed.refused.append((f"{kind}/{name}", refused.refusal))
        return
    folder.remove(name)
    pushed.accepted.append(f"{kind}/{name}")


def _batches(folder: Folder, batch_bytes: int) -> tuple[list[_Work], int]:
    """The one batch of this trip, what is no batch at all, and how many batches wait.

    Source: pouch-v1.md, "One batch for each trip".
    """
    read = _batch(folder, batch_bytes)
    strange: list[_Work] = []
    whole: list[tuple[int, str]] = []
    for name in folder.names():
        try:
            read(name)
            whole.append((folder.modified(name), name))
        except BuzonError:
            strange.append((BATCHES, folder, name, read))
    first: list[_Work] = [(BATCHES, folder, name, read) for _, name in sorted(whole)[:1]]
    return first + strange, max(0, len(whole) - 1)


def _batch(folder: Folder, batch_bytes: int) -> _Reader:
    def read(name: str) -> tuple[str, bytes, str]:
        batch = folder.read_named(name, batch_bytes)
        if len(batch) != batch_bytes:
            raise PouchSizeError(name)
        return name, batch, "application/octet-stream"

    return read


def _document(folder: Folder, limit: int) -> _Reader:
    def read(name: str) -> tuple[str, bytes, str]:
        stem = name.removesuffix(DOCUMENT_SUFFIX)
        if stem == name or not is_digest(stem):
            raise PouchNameError(name)
        body = folder.read_whole(name, limit)
        if dsse.parse_envelope(body, limit).payload_hash.hex() != stem:
            raise PouchDigestError(name)
        return stem, body, "application/json"

    return read
