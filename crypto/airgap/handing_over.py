"""Handing over: threads of this vault, sealed anew for a colleague, onto a stick.

Consent comes first, the custody log before the first byte; the document is written last,
so that a handover is whole or none.

Where this file and crypto/spec/handover-v1.md sections 3 to 5 disagree, this file is wrong.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from crypto import hpke
from crypto.airgap.durable import FileExistsRefusedError, FileUnreadableError, read_regular
from crypto.airgap.importing import Refusal
from crypto.airgap.sharing import SharingError, check_sharing
from crypto.airgap.unseal import open_message
from crypto.airgap.vault.identity import Owner
from crypto.airgap.vault.messages import FiledMessage, SealedMessage, Thread
from crypto.airgap.vault.vault import Vault
from crypto.airgap.vetting import find_lawyer
from crypto.cell import MESSAGE_CELL_BYTES, UnsealError, parse_message_cell
from crypto.directory import Directory, Recipient
from crypto.errors import BuzonError
from crypto.handover import (
    CELLS,
    DOCUMENT_NAME,
    DOCUMENT_SUFFIX,
    MARK,
    MARK_NAME,
    MAX_MESSAGES,
    ROSTERS,
    Handed,
    Handover,
    HandoverGiverError,
    HandoverMissingError,
)
from crypto.part import PART_CELL_BYTES
from crypto.roster import lawyer_id
from crypto.stick import Folder, PouchError, PouchFullError, PouchMissingError


class HandoverReceiverError(BuzonError):
    """Nothing can be sealed to this lawyer now."""

    code = "handover-receiver"


class HandoverLackingError(BuzonError):
    """A cell is not whole here any more, or nothing here opens it."""

    code = "handover-lacking"


class HandoverTooLargeError(BuzonError):
    """More messages than one document names."""

    code = "handover-too-large"


Progress = Callable[[int, int], None]
"""Called with how many cells are on the stick, and how many are to be."""


@dataclass(frozen=True, slots=True)
class GivenMessage:
    """One message, and the key of its cell."""

    cell: bytes  # digest
    roster: bytes  # hash of the one that the cell names
    cell_key: bytes


@dataclass(frozen=True, slots=True)
class GivenThread:
    """One thread, as much of it as can be handed over."""

    thread: Thread
    messages: tuple[GivenMessage, ...]
    parts: tuple[bytes, ...]  # digests


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be handed over, and what not."""

    directory: Directory
    receiver: Recipient
    threads: tuple[GivenThread, ...]
    refused: tuple[Refusal, ...]  # threads and cells, by their ids
    could_have_been_chosen: int  # messages under a roster in which the receiver was active

    @property
    def messages(self) -> tuple[GivenMessage, ...]:
        """Of all threads, in order."""
        return tuple(message for given in self.threads for message in given.messages)

    @property
    def parts(self) -> tuple[bytes, ...]:
        """Of all threads, each once."""
        return tuple(dict.fromkeys(part for given in self.threads for part in given.parts))


def receiver_of(directory: Directory, owner: Owner, wanted: str) -> Recipient:
    """The colleague whose pseudonym or id is *wanted*, with her key of this week.

    Raises:
        HandoverGiverError: the owner herself is not active.
        LawyerUnknownError, HandoverReceiverError: in this order.
    """
    if owner.id not in directory.roster.active:
        raise HandoverGiverError("the giver is not active")
    lawyer = find_lawyer(directory.roster.lawyers, wanted)
    for recipient in directory.recipients:
        if recipient.lawyer.id == lawyer.id != owner.id:
            return recipient
    raise HandoverReceiverError(lawyer.pseudonym)


def plan(
    vault: Vault,
    owner: Owner,
    directory: Directory,
    receiver: Recipient,
    threads: Sequence[Thread],
) -> Plan:
    """Find out what of *threads* may and can go to *receiver*; nothing is written.

    Raises:
        HandoverTooLargeError
    """
    own_team = directory.roster.active[owner.id].team
    given: list[GivenThread] = []
    refused: list[Refusal] = []
    for thread in threads:
        try:
            filed = vault.messages.of_thread(thread)
            teams = {own_team, *_teams_then(vault, filed)}
            check_sharing(filed, teams, receiver.lawyer.team, directory.roster)
        except SharingError as error:
            refused.append(Refusal(thread.id, error.code))
            continue
        found = []
        for sealed in vault.messages.sealed_in_order(thread):
            try:
                found.append(GivenMessage(sealed.cell, sealed.roster, _key(vault, sealed)))
            except HandoverLackingError as error:
                refused.append(Refusal(sealed.cell.hex(), error.code))
        if found:
            parts = vault.files.parts_held(thread)
            given.append(GivenThread(thread, tuple(found), tuple(parts)))
    made = Plan(directory, receiver, tuple(given), tuple(refused), 0)
    if len(made.messages) > MAX_MESSAGES:
        raise HandoverTooLargeError(f"{len(made.messages)} messages")
    rosters = {message.roster: vault.rosters.verified(message.roster) for message in made.messages}
    listing = {
        name for name, roster in rosters.items() if roster and receiver.lawyer.id in roster.active
    }
    chosen = sum(message.roster in listing for message in made.messages)
    return replace(made, could_have_been_chosen=chosen)


def _teams_then(vault: Vault, messages: Sequence[FiledMessage]) -> set[str]:
    """The teams of the giver's identities when the witness sealed to them.

    Where the roster of a message is not known here, any team that she ever had may be it;
    so may any that a colleague ever had who handed a message over.
    """
    cards = [owner.card for owner in vault.identity.all()]
    own = {lawyer_id(card.identity) for card in cards}
    teams: set[str] = set()
    for roster_hash in {one.roster for one in messages if one.handed_by is None}:
        roster = vault.rosters.verified(roster_hash)
        active = {} if roster is None else roster.active
        then = {active[own_id].team for own_id in own & active.keys()}
        teams |= then or {card.team for card in cards}
    if givers := {one.handed_by for one in messages} - {None}:
        listed = (lawyer for roster in vault.rosters.all() for lawyer in roster.lawyers)
        teams |= {lawyer.team for lawyer in listed if lawyer.id in givers}
    return teams


def _key(vault: Vault, sealed: SealedMessage) -> bytes:
    """The key of a cell that is here whole."""
    cell = vault.cells.message_bytes(sealed.cell)
    if cell is None or sha256(cell).digest() != sealed.cell:
        raise HandoverLackingError("the cell")
    if sealed.cell_key is not None:
        return sealed.cell_key
    keys = vault.weekly_keys.private(sealed.week)
    try:
        return open_message(parse_message_cell(cell), keys).cell_key
    except UnsealError:
        raise HandoverLackingError("its key") from None


def make_folder(path: Path) -> Folder:
    """The folder at *path*, made when it is missing, that a handover can be written to.

    Raises:
        HandoverMissingError: it is a folder of other things, or what it lies in is none.
        FileExistsRefusedError: a whole handover lies there.
        PouchUnreadableError, PouchFullError, PouchUnwritableError
    """
    try:
        with Folder.open(path.parent) as parent:
            folder = parent.made(path.name)
    except PouchMissingError:
        raise HandoverMissingError(path.name) from None
    try:
        _claim(folder)
    except BaseException:
        folder.close()
        raise
    return folder


def _claim(folder: Folder) -> None:
    if not folder.names():
        folder.write(MARK_NAME, MARK)
    try:
        folder.require_mark(MARK_NAME, MARK)
    except PouchMissingError:
        raise HandoverMissingError("a folder of other things") from None
    if DOCUMENT_NAME in folder.names():
        raise FileExistsRefusedError(DOCUMENT_NAME)


def hand_over(
    vault: Vault,
    owner: Owner,
    made: Plan,
    folder: Folder,
    now: datetime,
    progress: Progress = lambda _done, _all: None,
) -> list[Refusal]:
    """Write what was planned into *folder*; return the part cells that are not whole here.

    Raises:
        PouchFullError: there is no room; nothing was written if that was known before.
        PouchMissingError, PouchUnreadableError, PouchUnwritableError
    """
    cells_bytes = len(made.messages) * MESSAGE_CELL_BYTES + len(made.parts) * PART_CELL_BYTES
    with folder.made(CELLS) as cells:
        wanted = {message.cell.hex() for message in made.messages}
        wanted.update(part.hex() for part in made.parts)
        cells.remove_remainders()
        there = set(cells.names())
        for name in there - wanted:
            cells.remove(name)
        if not there and folder.free_bytes() < cells_bytes:
            raise PouchFullError("no room for the cells")
        _record(vault, owner, made, now)
        lacking = _lay_cells(vault, made, cells, progress)
    _lay_rosters(vault, made, folder)
    document = _document(owner, made, len(made.parts) - len(lacking), now)
    folder.write(DOCUMENT_NAME, owner.signer.sign_document(document).to_json())
    return lacking


def _record(vault: Vault, owner: Owner, made: Plan, now: datetime) -> None:
    note = f"to {made.receiver.lawyer.id.hex()}"
    with vault.transaction():
        for given in made.threads:
            cells = [message.cell for message in given.messages]
            objects = [given.thread.thread_key, *cells, *given.parts]
            vault.record(owner.signer, now, "shared", objects, note)


def _lay_cells(vault: Vault, made: Plan, cells: Folder, progress: Progress) -> list[Refusal]:
    lacking = []
    work = len(made.messages) + len(made.parts)
    for done, message in enumerate(made.messages, 1):
        cell = vault.cells.message_bytes(message.cell)
        assert cell is not None  # the plan has read it
        _lay(cells, message.cell, cell)
        progress(done, work)
    for done, part in enumerate(made.parts, len(made.messages) + 1):
        try:
            cell = read_regular(vault.parts / part.hex(), PART_CELL_BYTES)
        except FileUnreadableError:
            cell = b""
        if sha256(cell).digest() == part:
            _lay(cells, part, cell)
        else:
            lacking.append(Refusal(part.hex(), HandoverLackingError.code))
        progress(done, work)
    return lacking


def _lay(cells: Folder, digest: bytes, cell: bytes) -> None:
    """Write *cell*, unless a killed run has left it here whole."""
    name = digest.hex()
    with suppress(PouchError):
        if cells.read_named(name, len(cell)) == cell:
            return
    cells.write(name, cell)


def _lay_rosters(vault: Vault, made: Plan, folder: Folder) -> None:
    with folder.made(ROSTERS) as rosters:
        for roster_hash in dict.fromkeys(message.roster for message in made.messages):
            envelope = vault.rosters.envelope(roster_hash)
            if envelope is not None:
                rosters.write(roster_hash.hex() + DOCUMENT_SUFFIX, envelope)


def _document(owner: Owner, made: Plan, parts: int, now: datetime) -> Handover:
    directory, key = made.directory, made.receiver.key
    draft = Handover(
        giver=owner.id,
        receiver=made.receiver.lawyer.id,
        roster=directory.roster_hash,
        week=directory.week,
        day=now.date(),
        messages=(),
        parts=parts,
    )
    return replace(
        draft,
        messages=tuple(
            Handed(
                message.cell,
                hpke.seal(key, draft.record_info(message.cell, key), message.cell_key),
            )
            for message in made.messages
        ),
    )
