"""Sealing a file: its bytes as part cells, and the manifests that open them.

A file is read once, forwards, one part in memory at a time.  Only the reference witness
depends on this module.

Where this file and crypto/spec/part-cell-v1.md disagree, this file is wrong.
"""

import hashlib
from collections.abc import Callable
from typing import BinaryIO, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto.errors import BuzonError
from crypto.key_schedule import FILE_ID_BYTES, FILE_KEY_BYTES, part_keys
from crypto.manifest import Manifest, Role
from crypto.part import (
    MAX_SEGMENTS,
    PART_PLAINTEXT_BYTES,
    PART_SALT_BYTES,
    Segment,
    part_header,
    segments_of,
)
from crypto.shuffle import RandomBytes

_GROUP_BYTES: Final = 16


class FileUnreadableError(BuzonError):
    """A file cannot be read; the argument names it."""

    code = "file-unreadable"


class FileChangedError(BuzonError):
    """A file became shorter or longer while it was sealed; the argument names it."""

    code = "file-changed"


class FileTooLargeError(BuzonError):
    """A file does not fit the parts of one sealed testimony."""

    code = "file-too-large"


def seal_part(
    file_key: bytes, file_id: bytes, index: int, count: int, content: bytes, salt: bytes
) -> bytes:
    """One part cell of 1,048,576 bytes.

    Args:
        file_key: 32 bytes; file_id: 16 bytes; both of one segment.
        index: of the part within its segment, from 0.
        count: of the parts of the segment.
        content: at most 1,048,536 bytes; zeros are added.
        salt: 16 bytes, random for every sealing of every part.

    Source: part-cell-v1.md, section 2.
    """
    header = part_header(salt)
    keys = part_keys(file_key, file_id, index, count, header)
    plaintext = content + bytes(PART_PLAINTEXT_BYTES - len(content))
    return header + AESGCM(keys.aes_key).encrypt(keys.nonce, plaintext, keys.aad)


def seal_file(
    file: BinaryIO,
    file_size: int,
    name: str,
    role: Role,
    send: Callable[[bytes], object],
    random_bytes: RandomBytes,
) -> list[Manifest]:
    """Seal *file* from where it stands to its end.

    Args:
        file: open for reading in binary, `file_size` bytes before its end.
        file_size: in bytes.
        name: what the lawyer is told that the file was called; at most 255 characters.
        role: `attachment` or `account`.
        send: is given each part cell in order.
        random_bytes: group, keys, ids and salts.

    Returns:
        The manifests of its segments, in order.

    Raises:
        FileTooLargeError: more segments than a manifest can count.
        FileUnreadableError: the file does not give its bytes.
        FileChangedError: it holds another number of bytes.
        Whatever *send* raises.
    """
    segments = segments_of(file_size)
    if len(segments) > MAX_SEGMENTS:
        raise FileTooLargeError(f"{len(segments)} segments")
    group = random_bytes(_GROUP_BYTES)
    manifests = []
    for segment in segments:
        key, file_id = random_bytes(FILE_KEY_BYTES), random_bytes(FILE_ID_BYTES)
        digests = []
        for index in range(segment.count):
            content = _read(file, _real_bytes(segment, index), name)
            salt = random_bytes(PART_SALT_BYTES)
            cell = seal_part(key, file_id, index, segment.count, content, salt)
            digests.append(hashlib.sha256(cell).digest())
            send(cell)
        manifests.append(
            Manifest(
                group=group,
                segment=segment.index,
                segments=len(segments),
                offset=segment.offset,
                size=segment.size,
                file_size=file_size,
                key=key,
                id=file_id,
                untrusted_name=name,
                role=role,
                parts=tuple(digests),
            )
        )
    if _read_some(file, 1, name):
        raise FileChangedError(name)
    return manifests


def _real_bytes(segment: Segment, index: int) -> int:
    return min(max(segment.size - index * PART_PLAINTEXT_BYTES, 0), PART_PLAINTEXT_BYTES)


def _read(file: BinaryIO, size: int, name: str) -> bytes:
    """Exactly *size* bytes, however the file hands them out."""
    content = b""
    while len(content) < size:
        piece = _read_some(file, size - len(content), name)
        if not piece:
            raise FileChangedError(name)
        content += piece
    return content


def _read_some(file: BinaryIO, size: int, name: str) -> bytes:
    try:
        return file.read(size)
    except (OSError, ValueError):
        raise FileUnreadableError(name) from None
