"""Replying: reply cells, decoys, and the batch that a courier takes along.

Only the air gap depends on this module.

Where this file and crypto/spec/reply-cell-v1.md disagree, this file is wrong.
"""

from collections.abc import Callable, Sequence
from typing import Final

from crypto import hpke
from crypto.key_schedule import reply_info, reply_tag
from crypto.reply import (
    REPLY_PLAINTEXT_BYTES,
    REPLY_TAG_BYTES,
    BatchSizeError,
    ReplyCell,
    ReplyPart,
    parse_reply_cell,
    split_batch,
    split_reply_text,
)
from crypto.shuffle import RandomBytes, shuffled

_SEED_BYTES: Final = 32

Signer = Callable[[bytes], bytes]
"""Signs with the lawyer's identity: a message to 64 bytes of Ed25519."""


def seal_reply(
    sign: Signer,
    lawyer: bytes,
    reply_key: bytes,
    tag_key: bytes,
    week: int,
    sequence: int,
    text: str,
) -> list[bytes]:
    """Reply cells of 4,096 bytes, one for each part of *text*; each time others.

    Args:
        sign: with the identity of *lawyer* (id, 8 bytes).
        reply_key: 1,216 bytes; tag_key: 32 bytes; both pinned to the thread.
        week: in which the reply was written.
        sequence: from 1, one more for each reply of this lawyer to this thread.
        text: any; control characters are the reader's concern.

    Raises:
        ReplyEmptyError, ReplyNotTextError, ReplyTooLongError: checked in this order.
        HpkeKeyError: the witness named a key to which nothing can be sealed.

    Source: reply-cell-v1.md, section 1.
    """
    pieces = split_reply_text(text)
    parts = [
        ReplyPart(lawyer, week, sequence, number, len(pieces), piece)
        for number, piece in enumerate(pieces, 1)
    ]
    return [
        seal_reply_plaintext(reply_key, tag_key, part.plaintext(sign(part.statement(reply_key))))
        for part in parts
    ]


def seal_reply_plaintext(reply_key: bytes, tag_key: bytes, plaintext: bytes) -> bytes:
    """One reply cell of 4,096 bytes around *plaintext*, 2,944 bytes.

    Raises:
        HpkeKeyError: nothing can be sealed to *reply_key*.
    """
    sealed = hpke.seal(reply_key, reply_info(reply_key), plaintext)
    return reply_tag(tag_key, ReplyCell(b"", sealed).tagged) + sealed


def decoy(random_bytes: RandomBytes) -> bytes:
    """One cell that nobody can open and nobody can tell from a reply.

    Source: reply-cell-v1.md, section 3.
    """
    throw_away = hpke.public_key_from_seed(random_bytes(_SEED_BYTES))
    sealed = hpke.seal(throw_away, reply_info(throw_away), bytes(REPLY_PLAINTEXT_BYTES))
    return random_bytes(REPLY_TAG_BYTES) + sealed


def build_batch(cells: Sequence[bytes], batch_size: int, random_bytes: RandomBytes) -> bytes:
    """*cells*, filled up with decoys to *batch_size*, shuffled.

    Args:
        cells: at most *batch_size* reply cells, sealed for this batch.
        batch_size: the roster's policy.

    Returns:
        *batch_size* x 4,096 bytes.

    Raises:
        CellSizeError: one of them has another size.
        BatchSizeError: more cells than fit; the caller chooses which wait.
        BatchRepeatsError: a cell twice.

    Source: reply-cell-v1.md, section 4.
    """
    for cell in cells:
        parse_reply_cell(cell)
    if len(cells) > batch_size:
        raise BatchSizeError(f"{len(cells)} cells")
    decoys = [decoy(random_bytes) for _ in range(batch_size - len(cells))]
    batch = b"".join(shuffled([*cells, *decoys], random_bytes))
    split_batch(batch, batch_size)
    return batch
