"""What the station leaves on the stick: one batch, weekly keys, and what it holds already.

Every trip carries exactly one batch, needed or not.  Its cells: new replies, then
standing ones sealed anew, then decoys.

Where this file and crypto/spec/reply-cell-v1.md section 4 or pouch-v1.md disagree, this
file is wrong.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from crypto.airgap.replying import build_batch, seal_reply
from crypto.airgap.vault.identity import Owner
from crypto.airgap.vault.messages import Thread
from crypto.airgap.vault.replies import Waiting
from crypto.airgap.vault.vault import Vault
from crypto.dsse import Envelope
from crypto.history import history_of
from crypto.pouch import (
    BATCHES,
    DOCUMENT_SUFFIX,
    HAVE,
    HAVE_ROSTERS,
    OUT,
    WEEKLY_KEYS,
    Listing,
    have_of,
)
from crypto.reply import REPLY_CELL_BYTES, split_reply_text
from crypto.shuffle import RandomBytes
from crypto.stick import Folder, PouchNotAFileError, PouchUnreadableError
from crypto.weekly_key import WeeklyKey
from crypto.weeks import week_of


@dataclass(frozen=True, slots=True)
class Batch:
    """The batch that lies on the stick now."""

    digest: bytes
    replies: int  # cells that are replies; the rest are decoys
    waiting: int  # cells that did not fit and go with a later trip
    remade: bool  # False: the one made before is still there and still right


def write_reply(vault: Vault, owner: Owner, thread: Thread, text: str, now: datetime) -> int:
    """Keep a reply for the coming batches; return how many cells it takes.

    Raises:
        ReplyEmptyError, ReplyNotTextError, ReplyTooLongError: in this order.
        HpkeKeyError: the witness's program named a key to which nothing can be sealed.
    """
    week = week_of(now.date())
    parts = len(split_reply_text(text))
    with vault.transaction():
        sequence = next_sequence(vault, owner, thread)
        # Sealed once for nothing: what cannot be sealed must not enter a batch later.
        seal_reply(
            owner.signer.sign, owner.id, thread.reply_key, thread.tag_key, week, sequence, text
        )
        own = vault.replies.add(thread, owner, sequence, week, now.date(), text, parts)
        vault.notes.write("replies-changed", 1)
        vault.record(owner.signer, now, "replied", [thread.thread_key], f"reply {own}")
    return parts


def next_sequence(vault: Vault, owner: Owner, thread: Thread) -> int:
    """What the next reply of *owner* to *thread* is numbered for the witness."""
    told = vault.messages.highest_read(thread, owner.id)
    return vault.replies.next_sequence(thread, owner, told)


def withdraw_reply(
    vault: Vault, owner: Owner, thread: Thread, sequence: int, now: datetime
) -> None:
    """Let a reply stand no longer.  What boards and witnesses hold of it, they keep.

    Raises:
        ReplyUnknownError
    """
    with vault.transaction():
        vault.replies.withdraw(thread, sequence)
        vault.notes.write("replies-changed", 1)
        vault.record(owner.signer, now, "withdrawn", [thread.thread_key], f"reply {sequence}")


def lay_batch(
    vault: Vault, owner: Owner, pouch: Folder, now: datetime, random_bytes: RandomBytes
) -> Batch:
    """See to it that the stick carries one batch of this station, and the right one.

    A batch that was not carried yet is left alone while it is whole and says what it
    should, and replaced in its place when a reply was written, read or withdrawn since.  Batches of
    other stations are left alone.

    Source: pouch-v1.md, "One batch for each trip".

    Raises:
        RosterMissingError: no policy is known yet.
        PouchMissingError, PouchUnreadableError, PouchFullError, PouchUnwritableError
    """
    size = vault.rosters.require_newest().policy.batch_size
    with pouch.made(OUT) as out, out.made(BATCHES) as batches, vault.transaction():
        batches.remove_remainders()
        last = vault.replies.last_batch()
        present = last is not None and last.hex() in batches.names()
        whole = last is not None and present and _is_whole(batches, last, size)
        if vault.replies.end_old(_week_beyond_doubt(vault, now)):
            vault.notes.write("replies-changed", 1)
        changed = vault.notes.number("replies-changed") == 1
        waiting = vault.replies.waiting(owner)
        if last is not None and whole and not changed:
            carried = vault.replies.cells_in(last)
            return Batch(last, carried, max(0, len(waiting) - size), remade=False)
        replaced = last.hex() if last is not None and present else None
        if last is not None and present:
            # Not acknowledged, or damaged: the courier removes what was.
            vault.replies.forget_batch(last)
        chosen = vault.replies.waiting(owner)[:size]
        batch = build_batch(_sealed(vault, owner, chosen), size, random_bytes)
        digest = sha256(batch).digest()
        vault.replies.add_batch(digest, now.date(), chosen)
        vault.notes.write("replies-changed", 0)
        batches.write(digest.hex(), batch, in_place_of=replaced)
    return Batch(digest, len(chosen), max(0, len(waiting) - size), remade=True)


def _week_beyond_doubt(vault: Vault, now: datetime) -> int:
    """The week that the clock says, unless directors have signed nothing in it or later.

    A clock that runs ahead for a day must not end every reply.
    """
    signed = vault.rosters.day_by_freshness()
    return week_of(now.date() if signed is None else min(now.date(), signed))


def _is_whole(batches: Folder, digest: bytes, size: int) -> bool:
    try:
        content = batches.read(digest.hex(), size * REPLY_CELL_BYTES)
    except (PouchNotAFileError, PouchUnreadableError):
        return False
    return sha256(content).digest() == digest


def _sealed(vault: Vault, owner: Owner, chosen: list[Waiting]) -> list[bytes]:
    threads = {thread.number: thread for thread in vault.messages.threads()}
    cells = []
    for waiting in chosen:
        reply = waiting.reply
        thread = threads[reply.thread]
        sealed = seal_reply(
            owner.signer.sign, owner.id, thread.reply_key, thread.tag_key,
            reply.week, waiting.sequence, reply.text,
        )  # fmt: skip
        cells.append(sealed[waiting.part - 1])
    return cells


def lay_weekly_keys(vault: Vault, owner: Owner, pouch: Folder, now: datetime) -> int:
    """Put the public weekly keys from this week on where the courier takes them from.

    Those of an identity that waits for the directors are on its card.

    Raises:
        PouchMissingError, PouchFullError, PouchUnwritableError
    """
    envelopes = vault.weekly_keys.envelopes(owner, week_of(now.date()))
    with pouch.made(OUT) as out, out.made(WEEKLY_KEYS) as folder:
        return lay_documents(folder, [WeeklyKey.envelope_of(one) for one in envelopes])


def lay_documents(folder: Folder, envelopes: list[Envelope]) -> int:
    """Write each envelope under the hash of its payload; return how many."""
    folder.remove_remainders()
    for envelope in envelopes:
        folder.write(envelope.payload_hash.hex() + DOCUMENT_SUFFIX, envelope.to_json())
    return len(envelopes)


def lay_have(vault: Vault, owner: Owner, pouch: Folder, listing: Listing) -> int:
    """Say which listed cells need not be brought to this station again; how many.

    Source: pouch-v1.md, "What need not be brought".

    Raises:
        PouchMissingError, PouchUnreadableError, PouchFullError, PouchUnwritableError
    """
    listed = [*listing.messages, *listing.parts]
    held = [digest for digest in listed if vault.cells.known(digest)]
    with pouch.made(HAVE) as have:
        have.remove_remainders()
        have.write(owner.id.hex(), have_of(held))
        for other in vault.identity.all():
            if other.number != owner.number:
                # Never brought up to date, it would have cells brought for ever.
                have.remove(other.id.hex())
    return len(held)


def lay_rosters(vault: Vault, owner: Owner, pouch: Folder) -> int:
    """Show the other stations of the pouch the rosters that this one holds; how many.

    Source: pouch-v1.md, "Rosters".

    Raises:
        PouchMissingError, PouchUnreadableError, PouchFullError, PouchUnwritableError
    """
    chain = vault.rosters.chain()
    with pouch.made(HAVE_ROSTERS) as rosters:
        rosters.remove_remainders()
        rosters.write(owner.id.hex() + DOCUMENT_SUFFIX, history_of(chain))
    return len(chain)
