"""Message cell v1: what a browser sends, always 65,536 bytes.

    header 44 | 16 slots of 1,168 | commitment 32 | body 46,772

Also what message cells and part cells have in common: how a cell begins, and the
refusals.  Parsing needs no key, so `app` may import this module.

Where this file and crypto/spec/message-cell-v1.md disagree, this file is wrong.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from crypto.errors import BuzonError

MAGIC: Final = b"BZN1"
SUITE: Final = 1
MESSAGE_KIND: Final = 1
RESERVED: Final = b"\0\0"

MESSAGE_CELL_BYTES: Final = 65_536
HEADER_BYTES: Final = 44
SLOT_COUNT: Final = 16
SLOT_BYTES: Final = 1_168  # HPKE: encapsulation 1,120, cell key 32, tag 16
COMMITMENT_BYTES: Final = 32

_SLOTS_END = HEADER_BYTES + SLOT_COUNT * SLOT_BYTES
_COMMITMENT_END = _SLOTS_END + COMMITMENT_BYTES


class CellError(BuzonError):
    """These bytes are no cell.  Gathers the refusals of parsing."""


class CellSizeError(CellError):
    """The cell has not the one size of its kind."""

    code = "cell-size"


class CellMagicError(CellError):
    """The cell does not begin as cells do."""

    code = "cell-magic"


class UnknownSuiteError(CellError):
    """The suite byte names cryptography that this program does not speak."""

    code = "cell-suite"


class CellKindError(CellError):
    """The kind byte is not that of a cell of this size."""

    code = "cell-kind"


class CellReservedError(CellError):
    """The bytes that must be zero are not."""

    code = "cell-reserved"


class UnsealError(BuzonError):
    """A cell, part or reply does not open: one answer, whatever failed."""

    code = "unseal"


@dataclass(frozen=True, slots=True)
class MessageCell:
    """The fields of a message cell; nothing has been opened or believed."""

    cell: bytes  # all 65,536 bytes
    week: int
    roster_hash: bytes  # 32

    @property
    def header(self) -> bytes:
        """The first 44 bytes."""
        return self.cell[:HEADER_BYTES]

    @property
    def slots(self) -> tuple[bytes, ...]:
        """16 of 1,168 bytes."""
        return tuple(
            self.cell[start : start + SLOT_BYTES]
            for start in range(HEADER_BYTES, _SLOTS_END, SLOT_BYTES)
        )

    @property
    def commitment(self) -> bytes:
        """32 bytes, which the cell key must lead to."""
        return self.cell[_SLOTS_END:_COMMITMENT_END]

    @property
    def body(self) -> bytes:
        """46,772 bytes: AES-256-GCM ciphertext and tag."""
        return self.cell[_COMMITMENT_END:]

    @property
    def transcript(self) -> bytes:
        """T, SHA-256 of header and slots.  Hashed anew at each use: keep it."""
        return hashlib.sha256(memoryview(self.cell)[:_SLOTS_END]).digest()


def parse_message_cell(cell: bytes) -> MessageCell:
    """Split *cell* into its fields without opening anything.

    Args:
        cell: 65,536 bytes.

    Raises:
        CellSizeError, CellMagicError, UnknownSuiteError, CellKindError, CellReservedError:
            checked in this order, so that each vector expects exactly one.

    Source: message-cell-v1.md, section 2.
    """
    check_beginning(cell, MESSAGE_CELL_BYTES, MESSAGE_KIND)
    return MessageCell(bytes(cell), int.from_bytes(cell[8:12]), bytes(cell[12:HEADER_BYTES]))


def message_header(week: int, roster_hash: bytes) -> bytes:
    """The 44 bytes that a message cell of *week* under this roster begins with."""
    return beginning(MESSAGE_KIND) + week.to_bytes(4) + roster_hash


def beginning(kind: int) -> bytes:
    """The 8 bytes that every cell of *kind* begins with."""
    return MAGIC + bytes([SUITE, kind]) + RESERVED


def check_beginning(cell: bytes | bytearray | memoryview, size: int, kind: int) -> None:
    """Refuse what is not *size* bytes that begin as a cell of *kind*.

    Raises:
        CellSizeError, CellMagicError, UnknownSuiteError, CellKindError, CellReservedError:
            checked in this order.
    """
    if len(cell) != size:
        raise CellSizeError(f"{len(cell)} bytes")
    if cell[:4] != MAGIC:
        raise CellMagicError("it does not begin with BZN1")
    if cell[4] != SUITE:
        raise UnknownSuiteError(f"suite {cell[4]}")
    if cell[5] != kind:
        raise CellKindError(f"kind {cell[5]}")
    if cell[6:8] != RESERVED:
        raise CellReservedError("bytes 6 and 7")
