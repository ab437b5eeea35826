"""Signing receipts: this station holds these cells.

The box deletes a cell once enough stations have signed, so a receipt is signed only for
cells that the newest backup holds, or when the lawyer says that a second station holds
them too; and only for cells that were read from this station's disk, whole, in this very
run.

Where this file and crypto/spec/receipt-v1.md disagree, this file is wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from crypto.airgap.durable import FileUnreadableError, read_regular
from crypto.airgap.outgoing import lay_documents
from crypto.airgap.vault.cells import MESSAGE, Kind
from crypto.airgap.vault.identity import Owner
from crypto.airgap.vault.vault import Vault
from crypto.errors import BuzonError
from crypto.part import PART_CELL_BYTES
from crypto.pouch import OUT, RECEIPTS, Listing
from crypto.receipt import MAX_DIGESTS, Receipt
from crypto.stick import Folder
from crypto.weeks import week_of

_CELLS_BETWEEN_WORDS = 32


class CellLackingError(BuzonError):
    """The vault says that it has the cell, and its disk does not give it whole."""

    code = "cell-lacking"


class BackupLacksError(BuzonError):
    """No backup holds the cell, and nobody said that a second station does."""

    code = "backup-lacks"


@dataclass(frozen=True, slots=True)
class Signed:
    """What was signed."""

    cells: int
    receipts: int
    lacking: tuple[bytes, ...] = ()  # digests of cells that came, and are not whole here now
    without_backup: int = 0  # cells that were left out because no backup holds them


Progress = Callable[[int, int], None]
"""Called with how many cells were read, and how many there are to read."""


def sign_receipts(
    vault: Vault,
    owner: Owner,
    pouch: Folder,
    listing: Listing,
    now: datetime,
    progress: Progress = lambda _done, _all: None,
    *,
    held_by_two: bool,
) -> Signed:
    """Sign for every cell that the *listing* names and that is whole on this disk.

    Args:
        held_by_two: the lawyer says that a second station holds them too; else only
            those are signed for that the newest backup holds.

    Raises:
        RosterMissingError: no roster is known yet.
        PouchMissingError, PouchUnreadableError, PouchFullError, PouchUnwritableError
    """
    roster = vault.rosters.require_newest()
    here = sorted(vault.cells.held([*listing.messages, *listing.parts]))
    kept = here if held_by_two else [one for one in here if vault.backups.hold(one[0])]
    held, lacking = _read_again(vault, kept, progress)
    envelopes = [
        owner.signer.sign_document(
            Receipt(
                origin=roster.origins[0],
                lawyer=owner.id,
                roster=roster.payload_hash,
                week=week_of(now.date()),
                digests=tuple(held[start : start + MAX_DIGESTS]),
            )
        )
        for start in range(0, len(held), MAX_DIGESTS)
    ]
    with pouch.made(OUT) as out, out.made(RECEIPTS) as folder:
        lay_documents(folder, envelopes)
    if envelopes:
        with vault.transaction():
            hashes = [envelope.payload_hash for envelope in envelopes]
            vault.record(owner.signer, now, "receipt", hashes, f"{len(held)} cells")
    return Signed(len(held), len(envelopes), tuple(lacking), len(here) - len(kept))


def _read_again(
    vault: Vault, here: list[tuple[bytes, Kind]], progress: Progress
) -> tuple[list[bytes], list[bytes]]:
    """The cells that are whole, and those that the vault says it has and that are not."""
    whole: list[bytes] = []
    lacking: list[bytes] = []
    for done, (digest, kind) in enumerate(here, 1):
        (whole if _is_whole(vault, digest, kind) else lacking).append(digest)
        if done % _CELLS_BETWEEN_WORDS == 0 or done == len(here):
            progress(done, len(here))
    return whole, lacking


def _is_whole(vault: Vault, digest: bytes, kind: Kind) -> bool:
    if kind == MESSAGE:
        cell = vault.cells.message_bytes(digest)
        return cell is not None and sha256(cell).digest() == digest
    try:
        part = read_regular(vault.parts / digest.hex(), PART_CELL_BYTES)
    except FileUnreadableError:
        return False
    return len(part) == PART_CELL_BYTES and sha256(part).digest() == digest
