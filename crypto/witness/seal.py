"""Sealing a message: one cell that the chosen recipients can open, and nobody else.

Only the reference witness depends on this module.

Where this file and crypto/spec/message-cell-v1.md section 3 disagree, this file is wrong.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto import hpke, signing
from crypto.cell import SLOT_COUNT, message_header
from crypto.errors import BuzonError
from crypto.key_schedule import CELL_KEY_BYTES, body_keys, slot_info, thread_statement
from crypto.message import MAX_MESSAGE_JSON_BYTES
from crypto.shuffle import RandomBytes, shuffled

_THROW_AWAY_SEED_BYTES: Final = 32


class MessageTooLongError(BuzonError):
    """The message does not fit: what it says must travel as a file, or be less."""

    code = "message-too-long"


class RecipientsError(BuzonError):
    """A message cell is sealed to 1 to 16 different keys."""

    code = "recipients-count"


def seal_message(
    week: int,
    roster_hash: bytes,
    recipients: Sequence[bytes],
    thread_seed: bytes,
    json_bytes: bytes,
    random_bytes: RandomBytes,
) -> bytes:
    """One message cell of 65,536 bytes.

    Args:
        week: of the verified directory.
        roster_hash: 32 bytes, of the verified directory.
        recipients: 1 to 16 X-Wing public keys of 1,216 bytes, distinct.
        thread_seed: 32 bytes, from the phrase.
        json_bytes: the message.
        random_bytes: cell key, throw-away keys and order; encapsulation draws its own.

    Raises:
        MessageTooLongError, RecipientsError, HpkeKeyError: checked in this order.

    Source: message-cell-v1.md, section 3.
    """
    check_length(json_bytes)
    if not 1 <= len(recipients) <= SLOT_COUNT or len(set(recipients)) != len(recipients):
        raise RecipientsError(f"{len(recipients)} recipients")
    cell_key = random_bytes(CELL_KEY_BYTES)
    sealed_to = [(public_key, cell_key) for public_key in recipients]
    while len(sealed_to) < SLOT_COUNT:
        throw_away = hpke.public_key_from_seed(random_bytes(_THROW_AWAY_SEED_BYTES))
        sealed_to.append((throw_away, random_bytes(CELL_KEY_BYTES)))
    slots = [
        hpke.seal(public_key, slot_info(week, roster_hash, public_key), secret)
        for public_key, secret in sealed_to
    ]
    ordered = shuffled(slots, random_bytes)
    return assemble_message_cell(week, roster_hash, ordered, cell_key, thread_seed, json_bytes)


def assemble_message_cell(
    week: int,
    roster_hash: bytes,
    slots: Sequence[bytes],
    cell_key: bytes,
    thread_seed: bytes,
    json_bytes: bytes,
) -> bytes:
    """The cell that follows from its slots and its cell key; nothing is random here.

    Args:
        slots: 16 of 1,168 bytes, in their final order.
        cell_key: 32 bytes, which the recipients' slots hold.

    Raises:
        MessageTooLongError

    Source: message-cell-v1.md, section 3, steps 5 to 8.
    """
    check_length(json_bytes)
    head = message_header(week, roster_hash) + b"".join(slots)
    transcript = hashlib.sha256(head).digest()
    keys = body_keys(cell_key, transcript)
    signature = signing.sign(thread_seed, thread_statement(transcript, json_bytes))
    plaintext = b"".join(
        [
            signing.public_key_from_seed(thread_seed),
            signature,
            len(json_bytes).to_bytes(4),
            json_bytes,
            bytes(MAX_MESSAGE_JSON_BYTES - len(json_bytes)),
        ]
    )
    body = AESGCM(keys.aes_key).encrypt(keys.nonce, plaintext, transcript)
    return head + keys.commitment + body


def check_length(json_bytes: bytes) -> None:
    """Refuse a message that no cell holds.

    Raises:
        MessageTooLongError: more than 46,656 bytes.
    """
    if len(json_bytes) > MAX_MESSAGE_JSON_BYTES:
        raise MessageTooLongError(f"{len(json_bytes)} bytes")
