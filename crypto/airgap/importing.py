"""Importing a pouch: everything that is whole comes in, everything else is told of.

Import is idempotent, and a killed run is resumed by running it again: what a
transaction has taken stays taken.

Where this file and crypto/spec/pouch-v1.md disagree, this file is wrong.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from hashlib import sha256
from typing import ClassVar, TypeVar

from crypto.airgap import durable, key_ageing
from crypto.airgap.directory_intake import take_directory
from crypto.airgap.filing import Filing
from crypto.airgap.history_intake import take_histories
from crypto.airgap.succession import succeed
from crypto.airgap.vault.identity import Owner
from crypto.airgap.vault.vault import Vault
from crypto.cell import MESSAGE_CELL_BYTES, CellError, CellSizeError
from crypto.directory import DirectoryError
from crypto.errors import BuzonError
from crypto.part import PART_CELL_BYTES
from crypto.pouch import (
    CELLS,
    DIRECTORY_NAME,
    LISTING_NAME,
    MAX_LISTING_BYTES,
    Listing,
    parse_listing,
)
from crypto.stick import (
    Folder,
    PouchMissingError,
    PouchNameError,
    PouchNotAFileError,
    PouchUnreadableError,
    is_digest,
)
from crypto.strictjson import DocumentMalformedError

MESSAGES_AT_ONCE = 256  # 16 MiB: memory and transaction stay small
PARTS_AT_ONCE = 32

_Item = TypeVar("_Item")

Progress = Callable[[int, int], None]
"""Called with how many cells are done, and how many there are to do."""


class CellDigestError(BuzonError):
    """The cell's SHA-256 is not its name."""

    code: ClassVar[str] = "cell-digest"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One entry of the pouch that was not taken."""

    untrusted_name: str
    code: str


@dataclass(slots=True)
class Report:
    """What an import did."""

    refused: list[Refusal] = field(default_factory=list)
    directory_verified: bool = False
    rosters: int = 0  # that this station had missed
    contradictions: int = 0  # of rosters, seen for the first time
    messages: int = 0  # message cells that are new
    opened: int = 0  # of those, how many a key of ours opened
    parts: int = 0  # part cells that are new
    known: int = 0  # cells that were here already
    listing: Listing | None = None
    lacking: int = 0  # cells that the listing names and that are not here
    keys: key_ageing.Ageing = field(default_factory=key_ageing.Ageing)
    succeeded: Owner | None = None  # who speaks from now on, when that is another than before

    @property
    def complete(self) -> bool:
        """Whether every cell that the listing names is here now."""
        return self.listing is not None and self.lacking == 0


def import_pouch(
    vault: Vault,
    owner: Owner,
    pouch: Folder,
    now: datetime,
    missed_rosters: Sequence[bytes] = (),
    progress: Progress = lambda _done, _all: None,
) -> Report:
    """Take all that is whole in *pouch* into *vault*.

    Args:
        owner: whose vault it is; signs the custody log until another identity succeeds.
        now: the station's clock, UTC.
        missed_rosters: envelopes of rosters that this station never saw, in their order.

    Raises:
        FileUnwritableError: the vault's disk is full; what was taken stays.
        VaultDamagedError
    """
    report = Report()
    _take_documents(vault, owner, pouch, now, missed_rosters, report)
    report.succeeded = succeed(vault, owner, now)
    owner = report.succeeded or owner
    try:
        with pouch.inner(CELLS) as cells:
            _take_cells(vault, owner, cells, now, report, progress)
    except (PouchMissingError, PouchUnreadableError) as error:
        report.refused.append(Refusal(CELLS, error.code))
    if report.listing is not None:
        listed = [*report.listing.messages, *report.listing.parts]
        report.lacking = sum(not vault.cells.known(digest) for digest in listed)
        if report.complete:
            key_ageing.complete_pouch(vault, report.listing.day)
    report.keys = key_ageing.age(vault, owner, now)
    return report


def _take_documents(
    vault: Vault,
    owner: Owner,
    pouch: Folder,
    now: datetime,
    missed: Sequence[bytes],
    report: Report,
) -> None:
    try:
        report.listing = parse_listing(pouch.read(LISTING_NAME, MAX_LISTING_BYTES))
    except (PouchNotAFileError, PouchUnreadableError, DocumentMalformedError) as error:
        report.refused.append(Refusal(LISTING_NAME, error.code))
    first = vault.rosters.newest() is None
    if not first:
        _take_histories(vault, owner, pouch, now, report)
    try:
        _take_directory(vault, pouch, now, missed, report.listing)
        report.directory_verified = True
    except BuzonError as error:
        report.refused.append(Refusal(DIRECTORY_NAME, error.code))
    if first:
        _take_histories(vault, owner, pouch, now, report)
    with vault.transaction():
        known_now = vault.messages.take_back_roster_alarms()
        if known_now:
            vault.record(owner.signer, now, "noted", known_now, "roster known now, alarm over")


def _take_histories(
    vault: Vault, owner: Owner, pouch: Folder, now: datetime, report: Report
) -> None:
    compared = take_histories(vault, owner, pouch, now)
    report.rosters += compared.taken
    report.contradictions += compared.contradictions
    report.refused += [Refusal(name, code) for name, code in compared.refused]


def _take_directory(
    vault: Vault, pouch: Folder, now: datetime, missed: Sequence[bytes], listing: Listing | None
) -> None:
    """As of now, or else as of the end of the day on which the pouch was filled.

    A station that has verified no roster yet knows only its own clock: an old listing
    must not make an old roster its first.

    Source: directory-v1.md, "Verification".
    """
    try:
        take_directory(vault, pouch, now, missed)
    except DirectoryError:
        first = vault.rosters.newest() is None
        if first or listing is None or listing.day >= now.date():
            raise
        take_directory(vault, pouch, datetime.combine(listing.day, time.max, UTC), missed)


def _take_cells(
    vault: Vault, owner: Owner, cells: Folder, now: datetime, report: Report, progress: Progress
) -> None:
    messages: list[str] = []
    parts: list[str] = []
    for name in cells.names():
        try:
            if not is_digest(name):
                raise PouchNameError("no digest")
            if vault.cells.known(bytes.fromhex(name)):
                report.known += 1
            else:
                _by_size(cells.size(name), messages, parts).append(name)
        except BuzonError as error:
            report.refused.append(Refusal(name, error.code))
    filing = Filing(vault, now.date())
    work = len(messages) + len(parts)
    for some in in_groups(messages, MESSAGES_AT_ONCE):
        _take_messages(vault, owner, cells, now, filing, some, report)
        progress(report.messages + report.parts, work)
    durable.remove_remainders(vault.parts)
    for some in in_groups(parts, PARTS_AT_ONCE):
        report.parts += take_parts(vault, owner, cells, now, filing, some, report.refused)
        progress(report.messages + report.parts, work)


def _by_size(size: int, messages: list[str], parts: list[str]) -> list[str]:
    if size == MESSAGE_CELL_BYTES:
        return messages
    if size == PART_CELL_BYTES:
        return parts
    raise CellSizeError(f"{size} bytes")


def in_groups(items: Sequence[_Item], most: int) -> Iterator[Sequence[_Item]]:
    """*items* in their order, at most *most* at a time."""
    for start in range(0, len(items), most):
        yield items[start : start + most]


def _take_messages(
    vault: Vault,
    owner: Owner,
    cells: Folder,
    now: datetime,
    filing: Filing,
    names: Sequence[str],
    report: Report,
) -> None:
    received, opened = [], []
    with vault.transaction():
        for name in names:
            digest = bytes.fromhex(name)
            try:
                cell = read_cell(cells, name, digest, MESSAGE_CELL_BYTES)
                was_opened = filing.message(digest, cell)
            except REFUSALS as error:
                report.refused.append(Refusal(name, error.code))
                continue
            received.append(digest)
            if was_opened:
                opened.append(digest)
        if received:
            vault.record(owner.signer, now, "received", received)
        if opened:
            vault.record(owner.signer, now, "opened", opened)
    report.messages += len(received)
    report.opened += len(opened)


def take_parts(
    vault: Vault,
    owner: Owner,
    cells: Folder,
    now: datetime,
    filing: Filing,
    names: Sequence[str],
    refused: list[Refusal],
    note: str = "",
) -> int:
    """Keep the part cells of these *names*, which are digests; return how many were whole.

    The others are added to *refused*; *note* goes into the custody log.

    Raises:
        FileUnwritableError: nothing of them was kept.
    """
    received = []
    with vault.transaction():
        for name in names:
            digest = bytes.fromhex(name)
            try:
                filing.part(digest, read_cell(cells, name, digest, PART_CELL_BYTES))
            except REFUSALS as error:
                refused.append(Refusal(name, error.code))
                continue
            received.append(digest)
        if received:
            # The names must be on the disk before the database says so.
            durable.flush_folder(vault.parts)
            vault.record(owner.signer, now, "received", received, note)
    return len(received)


def read_cell(cells: Folder, name: str, digest: bytes, size: int) -> bytes:
    """The cell of *size* bytes called *name*, which is *digest* in hex.

    Raises:
        PouchNotAFileError, PouchUnreadableError, CellSizeError, CellDigestError: in this order.
    """
    cell = cells.read(name, size)
    if len(cell) != size:
        raise CellSizeError(f"{len(cell)} bytes")
    if sha256(cell).digest() != digest:
        raise CellDigestError("another digest")
    return cell


REFUSALS = (CellError, CellDigestError, PouchNotAFileError, PouchUnreadableError)
"""What one cell of a folder may be refused for while the rest goes on."""
