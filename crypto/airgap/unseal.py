"""Unsealing: message cells and part cells opened with a lawyer's weekly keys.

One answer for every failure: UnsealError, whatever was wrong, so that nobody learns
anything by sending cells and watching what happens to them.

Only the air gap depends on this module.  Where it and crypto/spec/message-cell-v1.md
section 4 or part-cell-v1.md section 2 disagree, this file is wrong.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto import hpke, signing
from crypto.cell import MessageCell, UnsealError
from crypto.errors import BuzonError
from crypto.key_schedule import (
    CELL_KEY_BYTES,
    body_keys,
    part_keys,
    slot_info,
    thread_statement,
)
from crypto.manifest import Manifest
from crypto.message import MAX_MESSAGE_JSON_BYTES, Message, parse_message
from crypto.part import PART_PLAINTEXT_BYTES, parse_part_cell
from crypto.strictjson import DocumentMalformedError

_THREAD_KEY_END: Final = 32
_SIGNATURE_END: Final = 96
_LENGTH_END: Final = 100
_ZEROS: Final = memoryview(bytes(PART_PLAINTEXT_BYTES))


@dataclass(frozen=True, slots=True)
class WeeklyPrivateKey:
    """What opens one lawyer's slot in one week's cells."""

    lawyer: bytes  # 8, id
    week: int
    public_key: bytes  # 1,216, kept because deriving it anew for every cell costs
    key: hpke.PrivateKey = field(repr=False)

    @classmethod
    def from_seed(cls, lawyer: bytes, week: int, seed: bytes) -> "WeeklyPrivateKey":
        """The key that *seed*, 32 bytes, expands to."""
        key = hpke.PrivateKey(seed)
        return cls(lawyer, week, key.public_key, key)


@dataclass(frozen=True, slots=True)
class OpenedMessage:
    """What a message cell said, after everything about it was checked."""

    message: Message
    json_bytes: bytes  # the exact bytes that the witness signed a hash of
    thread_key: bytes  # 32, Ed25519: by this a station knows the thread
    signature: bytes  # 64
    transcript: bytes  # 32, T
    lawyer: bytes  # 8, whose key opened it
    cell_key: bytes = field(repr=False)  # 32, which opens this cell and no other


def open_message(cell: MessageCell, keys: Iterable[WeeklyPrivateKey]) -> OpenedMessage:
    """Open *cell* with the first of *keys* of its week that one of its slots is sealed to.

    Raises:
        UnsealError: no key opens it, or what is inside breaks the specification.

    Source: message-cell-v1.md, section 4.
    """
    transcript = cell.transcript
    slots = cell.slots
    for key in keys:
        if key.week == cell.week:
            cell_key = _key_from_slots(cell, slots, transcript, key)
            if cell_key is not None:
                return _open_body(cell, transcript, cell_key, key.lawyer)
    raise UnsealError("no key of that week opens this cell")


def open_with_cell_key(cell: MessageCell, cell_key: bytes, lawyer: bytes) -> OpenedMessage:
    """Open *cell* with the key, 32 bytes, that somebody has sealed to *lawyer* as its own.

    Raises:
        UnsealError: it is not, or what is inside breaks the specification.

    Source: handover-v1.md, section 1.
    """
    transcript = cell.transcript
    if not _is_key_of(cell, transcript, cell_key):
        raise UnsealError("not this cell's key")
    return _open_body(cell, transcript, cell_key, lawyer)


def _key_from_slots(
    cell: MessageCell, slots: tuple[bytes, ...], transcript: bytes, key: WeeklyPrivateKey
) -> bytes | None:
    """The cell key that the cell commits to, from the first slot that *key* opens to it."""
    info = slot_info(cell.week, cell.roster_hash, key.public_key)
    for slot in slots:
        try:
            cell_key = key.key.open(info, slot)
        except BuzonError:
            continue
        if _is_key_of(cell, transcript, cell_key):
            return cell_key
    return None


def _is_key_of(cell: MessageCell, transcript: bytes, cell_key: bytes) -> bool:
    """Whether *cell* commits to *cell_key*: then there is no other."""
    if len(cell_key) != CELL_KEY_BYTES:
        return False
    return hmac.compare_digest(body_keys(cell_key, transcript).commitment, cell.commitment)


def _open_body(
    cell: MessageCell, transcript: bytes, cell_key: bytes, lawyer: bytes
) -> OpenedMessage:
    keys = body_keys(cell_key, transcript)
    try:
        plaintext = AESGCM(keys.aes_key).decrypt(keys.nonce, cell.body, transcript)
    except InvalidTag:
        raise UnsealError("the body is not what was sealed") from None
    length = int.from_bytes(plaintext[_SIGNATURE_END:_LENGTH_END])
    if length > MAX_MESSAGE_JSON_BYTES:
        raise UnsealError("length")
    end = _LENGTH_END + length
    if not plaintext.endswith(_ZEROS[: len(plaintext) - end]):
        raise UnsealError("padding")
    json_bytes = plaintext[_LENGTH_END:end]
    thread_key = plaintext[:_THREAD_KEY_END]
    signature = plaintext[_THREAD_KEY_END:_SIGNATURE_END]
    try:
        signing.verify(thread_key, thread_statement(transcript, json_bytes), signature)
    except BuzonError:
        raise UnsealError("the thread signature") from None
    try:
        message = parse_message(json_bytes)
    except DocumentMalformedError:
        raise UnsealError("not a message") from None
    return OpenedMessage(message, json_bytes, thread_key, signature, transcript, lawyer, cell_key)


def open_part(
    file_key: bytes,
    file_id: bytes,
    index: int,
    count: int,
    cell: bytes | bytearray | memoryview,
    real_bytes: int = PART_PLAINTEXT_BYTES,
    into: bytearray | None = None,
) -> memoryview:
    """The real bytes of one part of a segment.

    Args:
        file_key: 32 bytes; file_id: 16 bytes; as the manifest names them.
        index: of the part within its segment, from 0.
        count: of the parts of the segment.
        cell: 1,048,576 bytes.
        real_bytes: how many bytes belong to the file; the rest must be zero.
        into: 1,048,536 bytes to write to, so that a loop needs no new memory;
            the result is a view of it.

    Raises:
        UnsealError: whatever failed; *into* then holds nothing of use.

    Source: part-cell-v1.md, section 2.
    """
    try:
        part = parse_part_cell(cell)
    except BuzonError:
        raise UnsealError("no part cell") from None
    keys = part_keys(file_key, file_id, index, count, part.header)
    plaintext = bytearray(PART_PLAINTEXT_BYTES) if into is None else into
    try:
        AESGCM(keys.aes_key).decrypt_into(keys.nonce, part.sealed, keys.aad, plaintext)
    except InvalidTag:
        raise UnsealError("the part is not what was sealed") from None
    if not plaintext.endswith(_ZEROS[: PART_PLAINTEXT_BYTES - real_bytes]):
        raise UnsealError("padding")
    return memoryview(plaintext)[:real_bytes]


def open_listed_part(
    manifest: Manifest,
    index: int,
    cell: bytes | bytearray | memoryview,
    into: bytearray | None = None,
) -> memoryview:
    """The real bytes of the part at *index* of the segment that *manifest* describes.

    The caller has compared the cell's SHA-256 with the manifest's list.

    Raises:
        UnsealError: whatever failed.
    """
    return open_part(
        manifest.key,
        manifest.id,
        index,
        len(manifest.parts),
        cell,
        manifest.real_bytes(index),
        into,
    )
