"""Taking over: testimonies that a colleague's station sealed anew, from a stick.

Everything on the stick is hostile.  What is whole comes in and is filed as if a key of this
station's own had opened it, with the colleague's name beside it; everything else is told of.

Where this file and crypto/spec/handover-v1.md section 6 disagree, this file is wrong.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from crypto.airgap import durable
from crypto.airgap.filing import Filing
from crypto.airgap.importing import (
    MESSAGES_AT_ONCE,
    PARTS_AT_ONCE,
    REFUSALS,
    Refusal,
    in_groups,
    read_cell,
    take_parts,
)
from crypto.airgap.unseal import OpenedMessage, WeeklyPrivateKey, open_with_cell_key
from crypto.airgap.vault.identity import Owner
from crypto.airgap.vault.vault import Vault
from crypto.cell import MESSAGE_CELL_BYTES, MessageCell, UnsealError, parse_message_cell
from crypto.dsse import DocumentSignaturesError, DocumentTypeError, Envelope
from crypto.errors import BuzonError
from crypto.handover import (
    CELLS,
    DOCUMENT_NAME,
    DOCUMENT_SUFFIX,
    MARK,
    MARK_NAME,
    ROSTERS,
    Handed,
    Handover,
    HandoverMissingError,
    HandoverWeekError,
    open_handover,
    parse_handover,
)
from crypto.hpke import HpkeOpenError
from crypto.roster import Lawyer, Roster, RosterTrustError, open_roster
from crypto.stick import Folder, PouchError, PouchMissingError
from crypto.strictjson import DocumentMalformedError

Progress = Callable[[int, int], None]
"""Called with how many cells are done, and how many there are to do."""


class UnlistedError(BuzonError):
    """A file that no message of the handover names."""

    code = "handover-unlisted"


class PartsMissingError(BuzonError):
    """Fewer part cells came than the giver laid onto the stick."""

    code = "handover-parts"


@dataclass(slots=True)
class Taken:
    """What was taken over."""

    giver: Lawyer
    messages: int = 0  # that the colleague's records opened, and that are new
    own: int = 0  # new too, but a key of this station's own opened them
    parts: int = 0  # part cells that are new
    known: int = 0  # messages that were here already
    refused: list[Refusal] = field(default_factory=list)


@contextmanager
def opened_folder(path: Path) -> Iterator[Folder]:
    """The handover at *path*.

    Raises:
        HandoverMissingError: there is none, or no whole one.
        PouchUnreadableError
    """
    try:
        folder = Folder.open(path)
    except PouchMissingError:
        raise HandoverMissingError(path.name) from None
    with folder:
        try:
            folder.require_mark(MARK_NAME, MARK)
        except PouchMissingError:
            raise HandoverMissingError(path.name) from None
        if DOCUMENT_NAME not in folder.names():
            raise HandoverMissingError(path.name)
        yield folder


def take_over(
    vault: Vault,
    owner: Owner,
    folder: Folder,
    now: datetime,
    progress: Progress = lambda _done, _all: None,
) -> Taken:
    """Take all that is whole in *folder* into *vault*.

    Args:
        owner: whose vault it is, and to whom it must have been handed over.
        now: the station's clock, UTC.

    Raises:
        RosterMissingError; PouchNotAFileError, PouchUnreadableError, PouchSizeError; what
        `parse_handover` and `open_handover` raise; HandoverWeekError: in this order, and
        nothing was taken.
        FileUnwritableError: the vault's disk is full; what was taken stays.
    """
    roster = vault.rosters.require_newest()
    document = folder.read_whole(DOCUMENT_NAME, Handover.max_envelope_bytes())
    envelope = parse_handover(document)
    own = {identity.id for identity in vault.identity.all()}
    handover = open_handover(envelope, roster, vault.rosters.hashes(), own, now)
    keys = [
        key for key in vault.weekly_keys.private(handover.week) if key.lawyer == handover.receiver
    ]
    if not keys:
        raise HandoverWeekError("no key of that week")
    taking = _Taking(vault, owner, folder, now, handover, envelope, keys[0])
    taken = Taken(roster.active[handover.giver])
    taking.take(taken, progress)
    return taken


class _Taking:
    """One run."""

    def __init__(
        self,
        vault: Vault,
        owner: Owner,
        folder: Folder,
        now: datetime,
        handover: Handover,
        envelope: Envelope,
        key: WeeklyPrivateKey,
    ) -> None:
        self._vault = vault
        self._owner = owner
        self._folder = folder
        self._now = now
        self._handover = handover
        self._envelope = envelope
        self._key = key
        self._filing = Filing(vault, now.date())
        self._rosters_looked_at = vault.rosters.hashes()
        self._note = f"from {handover.giver.hex()}"
        self._parts: dict[bytes, None] = {}  # that the messages name, in their order

    def take(self, taken: Taken, progress: Progress) -> None:
        """Messages first: they name the parts."""
        handed = self._handover.messages
        work = len(handed) + self._handover.parts
        done = 0
        try:
            cells = self._folder.inner(CELLS)
        except PouchMissingError as error:
            taken.refused.append(Refusal(CELLS, error.code))
            return
        with cells:
            for some in in_groups(handed, MESSAGES_AT_ONCE):
                self._take_messages(cells, some, taken)
                done += len(some)
                progress(done, work)
            durable.remove_remainders(self._vault.parts)
            for names in in_groups(self._names_of_parts(cells, taken), PARTS_AT_ONCE):
                taken.parts += take_parts(
                    self._vault, self._owner, cells, self._now, self._filing, names,
                    taken.refused, self._note,
                )  # fmt: skip
                done += len(names)
                progress(done, work)
        if done < work:
            progress(work, work)
        here = sum(1 for _ in self._vault.cells.held(self._parts))
        if here < self._handover.parts:
            taken.refused.append(Refusal(CELLS, PartsMissingError.code))

    def _take_messages(self, cells: Folder, some: Sequence[Handed], taken: Taken) -> None:
        received = []
        with self._vault.transaction():
            number = self._vault.handovers.keep(self._handover.giver, self._envelope)
            for handed in some:
                try:
                    cell = self._cell(cells, handed.cell)
                    opened = self._opened(cell, handed)
                except (*REFUSALS, UnsealError) as error:
                    taken.refused.append(Refusal(handed.cell.hex(), error.code))
                    continue
                self._parts.update(
                    dict.fromkeys(part for one in opened.message.files for part in one.parts)
                )
                if self._vault.messages.is_filed(handed.cell):
                    taken.known += 1
                    continue
                self._file(cell, opened, handed.cell, number, taken)
                received.append(handed.cell)
            if received:
                self._vault.record(self._owner.signer, self._now, "received", received, self._note)
                self._vault.record(self._owner.signer, self._now, "opened", received, self._note)

    def _cell(self, cells: Folder, digest: bytes) -> MessageCell:
        held = self._vault.cells.message_bytes(digest)
        if held is None:
            held = read_cell(cells, digest.hex(), digest, MESSAGE_CELL_BYTES)
        return parse_message_cell(held)

    def _opened(self, cell: MessageCell, handed: Handed) -> OpenedMessage:
        info = self._handover.record_info(handed.cell, self._key.public_key)
        try:
            cell_key = self._key.key.open(info, handed.record)
        except HpkeOpenError:
            raise UnsealError("the record") from None
        return open_with_cell_key(cell, cell_key, self._owner.id)

    def _file(
        self, cell: MessageCell, opened: OpenedMessage, digest: bytes, number: int, taken: Taken
    ) -> None:
        self._look_at_roster(cell.roster_hash)
        known = self._vault.cells.known(digest)
        if not known and self._filing.message(digest, cell.cell):
            taken.own += 1
        else:
            self._filing.handed(digest, cell, opened, number)
            taken.messages += 1

    def _look_at_roster(self, roster_hash: bytes) -> None:
        """An older roster that directors signed raises no alarm, though the chain lacks it."""
        if roster_hash in self._rosters_looked_at:
            return
        self._rosters_looked_at.add(roster_hash)
        with suppress(PouchError, *_NO_ROSTER), self._folder.inner(ROSTERS) as rosters:
            name = roster_hash.hex() + DOCUMENT_SUFFIX
            envelope = rosters.read_whole(name, Roster.max_envelope_bytes())
            roster = open_roster(envelope, self._vault.rosters.trust())
            self._filing.know_roster(roster.payload_hash)

    def _names_of_parts(self, cells: Folder, taken: Taken) -> list[str]:
        """Part cells on the stick that are news; names that nothing here accounts for are told."""
        messages = {handed.cell.hex() for handed in self._handover.messages}
        parts = {part.hex() for part in self._parts}
        wanted = []
        for name in cells.names():
            if name in parts:
                if not self._vault.cells.known(bytes.fromhex(name)):
                    wanted.append(name)
            elif name not in messages:
                taken.refused.append(Refusal(name, UnlistedError.code))
        return wanted


_NO_ROSTER = (
    DocumentMalformedError,
    DocumentTypeError,
    DocumentSignaturesError,
    RosterTrustError,
)
