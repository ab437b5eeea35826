"""Key schedule: every secret and every signed statement of suite 1, derived in one place.

Sealing (the witness) and opening (the air gap) both stand on this module, so that they
cannot differ.  It holds no state; `app` has no use for it.

Where this file and crypto/spec/message-cell-v1.md, part-cell-v1.md or reply-cell-v1.md
disagree, this file is wrong.
"""

import hashlib
import hmac
import struct
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CELL_KEY_BYTES: Final = 32
FILE_KEY_BYTES: Final = 32
FILE_ID_BYTES: Final = 16

_PART_CONTEXT = struct.Struct(">16sII")


@dataclass(frozen=True, slots=True)
class BodyKeys:
    """What one cell key means in one message cell."""

    aes_key: bytes = field(repr=False)  # 32
    commitment: bytes  # 32, written in the cell
    nonce: bytes  # 12


@dataclass(frozen=True, slots=True)
class PartKeys:
    """What one file key means in one part cell."""

    aes_key: bytes = field(repr=False)  # 32
    nonce: bytes  # 12
    aad: bytes


def slot_info(week: int, roster_hash: bytes, public_key: bytes) -> bytes:
    """HPKE info of the slot of a message cell that is sealed to *public_key*.

    Source: message-cell-v1.md, section 3.
    """
    key_hash = hashlib.sha256(public_key).digest()
    return b"buzon/slot/v1" + week.to_bytes(4) + roster_hash + key_hash


def body_keys(cell_key: bytes, transcript: bytes) -> BodyKeys:
    """The keys of a message cell's body.  *transcript*: T.

    Source: message-cell-v1.md, section 3.
    """
    derived = _hkdf(cell_key, transcript, b"buzon/message/v1", 76)
    return BodyKeys(derived[:32], derived[32:64], derived[64:])


def thread_statement(transcript: bytes, json_bytes: bytes) -> bytes:
    """What the witness's thread key signs in each message.

    Source: message-cell-v1.md, section 3.
    """
    return b"buzon/thread-sig/v1" + transcript + hashlib.sha256(json_bytes).digest()


def part_keys(file_key: bytes, file_id: bytes, index: int, count: int, header: bytes) -> PartKeys:
    """The keys of the part at *index* of *count* whose cell begins with *header* (24 bytes).

    Source: part-cell-v1.md, section 2.
    """
    context = _PART_CONTEXT.pack(file_id, index, count)
    derived = _hkdf(file_key, header[8:], b"buzon/part/v1" + context, 44)
    return PartKeys(derived[:32], derived[32:], b"buzon/part-aad/v1" + header + context)


def reply_info(reply_key: bytes) -> bytes:
    """HPKE info of a reply to the thread of *reply_key* (1,216 bytes).

    Source: reply-cell-v1.md, section 1.
    """
    return b"buzon/reply/v1" + hashlib.sha256(reply_key).digest()


def reply_tag(tag_key: bytes, tagged: bytes) -> bytes:
    """The 16-byte tag by which a witness finds a reply.

    Args:
        tag_key: 32 bytes, the thread's.
        tagged: the last 32 bytes of the encapsulation.

    Source: reply-cell-v1.md, section 1.
    """
    return hmac.digest(tag_key, b"buzon/tag/v1" + tagged, "sha256")[:16]


def _hkdf(key: bytes, salt: bytes, info: bytes, size: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=size, salt=salt, info=info).derive(key)
