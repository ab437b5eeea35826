"""Signing receipts: this station holds these cells.

The box deletes a cell once enough stations have signed, so a receipt is signed only
when the lawyer says that a second station or a backup holds the cells too.

Where this file and crypto/spec/receipt-v1.md disagree, this file is wrong.
"""

from dataclasses import dataclass
from datetime import datetime

from crypto.airgap.outgoing import lay_documents
from crypto.airgap.stick import Folder
from crypto.airgap.vault.identity import Owner
from crypto.airgap.vault.vault import Vault
from crypto.pouch import OUT, RECEIPTS, Listing
from crypto.receipt import MAX_DIGESTS, Receipt
from crypto.weeks import week_of


@dataclass(frozen=True, slots=True)
class Signed:
    """What was signed."""

    cells: int
    receipts: int


def sign_receipts(
    vault: Vault, owner: Owner, pouch: Folder, listing: Listing, now: datetime
) -> Signed:
    """Sign for every cell that the *listing* names and whose bytes are here.

    Raises:
        RosterMissingError: no roster is known yet.
        PouchMissingError, PouchUnreadableError, FileUnwritableError
    """
    roster = vault.rosters.require_newest()
    held = sorted(vault.cells.held([*listing.messages, *listing.parts]))
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
    return Signed(len(held), len(envelopes))
