"""Part cell v1: a piece of a file, always 1,048,576 bytes; and how a file is cut.

    header 24 | ciphertext 1,048,536 | tag 16

Parsing needs no key, so `app` may import this module.

Where this file and crypto/spec/part-cell-v1.md disagree, this file is wrong.
"""

from dataclasses import dataclass
from typing import Final

from crypto.cell import beginning, check_beginning

PART_KIND: Final = 2
PART_CELL_BYTES: Final = 1_048_576
PART_HEADER_BYTES: Final = 24
PART_SALT_BYTES: Final = 16
PART_PLAINTEXT_BYTES: Final = 1_048_536

SEGMENT_PARTS: Final = 64
SEGMENT_BYTES: Final = SEGMENT_PARTS * PART_PLAINTEXT_BYTES
MAX_SEGMENTS: Final = 1_024


@dataclass(frozen=True, slots=True)
class PartCell:
    """The fields of a part cell; nothing has been opened or believed."""

    header: bytes  # 24
    salt: bytes  # 16, the end of the header
    sealed: memoryview  # 1,048,552: AES-256-GCM ciphertext and tag, without a copy


@dataclass(frozen=True, slots=True)
class Segment:
    """Up to 64 parts of one file, under one key."""

    index: int
    offset: int  # first byte of the file that it covers
    size: int  # real bytes of the file in it; 0 when it is all padding
    count: int  # parts, 1..64


def parse_part_cell(cell: bytes | bytearray | memoryview) -> PartCell:
    """Split *cell* into its fields without opening or copying anything.

    Args:
        cell: 1,048,576 bytes, not changed while the result is in use.

    Raises:
        CellSizeError, CellMagicError, UnknownSuiteError, CellKindError, CellReservedError:
            checked in this order, so that each vector expects exactly one.

    Source: part-cell-v1.md, section 1.
    """
    check_beginning(cell, PART_CELL_BYTES, PART_KIND)
    header = bytes(cell[:PART_HEADER_BYTES])
    return PartCell(header, header[8:], memoryview(cell)[PART_HEADER_BYTES:])


def part_header(salt: bytes) -> bytes:
    """The 24 bytes that a part cell with this 16-byte *salt* begins with."""
    return beginning(PART_KIND) + salt


def padme(number: int) -> int:
    """*number* rounded up so that few bits of it are told.

    Source: part-cell-v1.md, section 3; Nikitin et al., PETS 2019.
    """
    if number < 2:
        return number
    exponent = number.bit_length() - 1
    kept = exponent.bit_length()
    if exponent <= kept:
        return number
    mask = (1 << (exponent - kept)) - 1
    return (number + mask) & ~mask


def parts_of(size: int) -> int:
    """How many part cells a file of *size* bytes is sent in, padding included."""
    return padme(max(1, -(-size // PART_PLAINTEXT_BYTES)))


def segments_of(size: int) -> list[Segment]:
    """The segments that a file of *size* bytes is sent in, in order.

    Source: part-cell-v1.md, section 3.
    """
    parts = parts_of(size)
    return [
        Segment(
            index=first // SEGMENT_PARTS,
            offset=first * PART_PLAINTEXT_BYTES,
            size=min(max(size - first * PART_PLAINTEXT_BYTES, 0), SEGMENT_BYTES),
            count=min(parts - first, SEGMENT_PARTS),
        )
        for first in range(0, parts, SEGMENT_PARTS)
    ]
