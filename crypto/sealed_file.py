"""Sealed file v1: the cells of one testimony in one file.

    "BZNS", suite, zeros, counts | message cells | part cells

Parsing needs no key, so `app` may import this module.  Files are passed in open.

Where this file and crypto/spec/sealed-file-v1.md disagree, this file is wrong.
"""

import io
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from crypto.cell import MESSAGE_CELL_BYTES, SUITE, CellError, parse_message_cell
from crypto.errors import BuzonError
from crypto.part import PART_CELL_BYTES, parse_part_cell

SEALED_FILE_MAGIC: Final = b"BZNS"
SEALED_FILE_HEADER_BYTES: Final = 16
MAX_MESSAGE_CELLS: Final = 4_096
MAX_PART_CELLS: Final = 8_192

_HEADER = struct.Struct(">4sB3sII")


class SealedFileError(BuzonError):
    """This is no sealed file, or it is cut off: one error for all of it."""

    code = "sealed-file"


@dataclass(frozen=True, slots=True)
class CellCounts:
    """How many cells of each size a sealed file holds."""

    messages: int  # 1..4,096
    parts: int  # 0..8,192

    @property
    def file_bytes(self) -> int:
        """The size of the whole file."""
        return (
            SEALED_FILE_HEADER_BYTES
            + self.messages * MESSAGE_CELL_BYTES
            + self.parts * PART_CELL_BYTES
        )


@dataclass(frozen=True, slots=True)
class FiledCell:
    """One cell of a sealed file, and why it is refused, if it is."""

    cell: bytes
    refusal: CellError | None


def parse_sealed_file_header(header: bytes, file_bytes: int) -> CellCounts:
    """Read the first 16 bytes of a file that is *file_bytes* long.

    Raises:
        SealedFileError: they do not fit, whatever is wrong.

    Source: sealed-file-v1.md.
    """
    if len(header) != SEALED_FILE_HEADER_BYTES:
        raise SealedFileError("the first 16 bytes are not there")
    magic, suite, zeros, messages, parts = _HEADER.unpack(header)
    if (magic, suite, zeros) != (SEALED_FILE_MAGIC, SUITE, bytes(3)):
        raise SealedFileError("it does not begin as sealed files do")
    counts = _checked(CellCounts(messages, parts))
    if counts.file_bytes != file_bytes:
        raise SealedFileError(f"{file_bytes} bytes, not {counts.file_bytes}")
    return counts


def read_sealed_file(file: BinaryIO) -> tuple[CellCounts, Iterator[FiledCell]]:
    """The cells of *file* in order, messages first, one in memory at a time.

    Args:
        file: open for reading in binary, seekable; read from its beginning.

    Raises:
        SealedFileError: at once when it is no sealed file; while iterating when it
            cannot be read to its end.
    """
    try:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        header = _read(file, min(size, SEALED_FILE_HEADER_BYTES))
    except (OSError, ValueError):
        raise SealedFileError("it cannot be read") from None
    counts = parse_sealed_file_header(header, size)
    return counts, _cells(file, counts)


def _cells(file: BinaryIO, counts: CellCounts) -> Iterator[FiledCell]:
    for index in range(counts.messages + counts.parts):
        is_message = index < counts.messages
        cell = _read(file, MESSAGE_CELL_BYTES if is_message else PART_CELL_BYTES)
        try:
            if is_message:
                parse_message_cell(cell)
            else:
                parse_part_cell(cell)
        except CellError as refusal:
            yield FiledCell(cell, refusal)
        else:
            yield FiledCell(cell, None)


def _read(file: BinaryIO, size: int) -> bytes:
    """Exactly *size* bytes, however the file hands them out."""
    pieces = []
    missing = size
    while missing:
        try:
            piece = file.read(missing)
        except (OSError, ValueError):
            raise SealedFileError("it cannot be read") from None
        if not piece:
            raise SealedFileError("it ends early")
        pieces.append(piece)
        missing -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _checked(counts: CellCounts) -> CellCounts:
    if not 1 <= counts.messages <= MAX_MESSAGE_CELLS or not 0 <= counts.parts <= MAX_PART_CELLS:
        raise SealedFileError("counts out of range")
    return counts


class SealedFileWriter:
    """Writes a sealed file whose part cells are known before its message cells.

    A manifest names the digests of its parts, yet messages stand first in the file: room
    is left for them.  The header is written last, so that what was interrupted is
    refused by every reader.
    """

    def __init__(self, file: BinaryIO, counts: CellCounts) -> None:
        """Write to *file*, open for writing in binary, seekable, empty.

        Raises:
            SealedFileError: *counts* is out of range, or the file cannot be written.
        """
        self._file = file
        self._counts = _checked(counts)
        self._messages = 0
        self._parts = 0

    def add_message(self, cell: bytes) -> None:
        """Write the next message cell.  Raises SealedFileError as the file does."""
        offset = SEALED_FILE_HEADER_BYTES + self._messages * MESSAGE_CELL_BYTES
        self._messages += 1
        self._write(offset, cell)

    def add_part(self, cell: bytes) -> None:
        """Write the next part cell.  Raises SealedFileError as the file does."""
        offset = SEALED_FILE_HEADER_BYTES + self._counts.messages * MESSAGE_CELL_BYTES
        offset += self._parts * PART_CELL_BYTES
        self._parts += 1
        self._write(offset, cell)

    def finish(self) -> None:
        """Write the header, which makes the file whole.

        Raises:
            SealedFileError: not as many cells were added as announced, or the file
                cannot be written.
        """
        if CellCounts(self._messages, self._parts) != self._counts:
            raise SealedFileError("not the announced number of cells")
        counts = (self._counts.messages, self._counts.parts)
        self._write(0, _HEADER.pack(SEALED_FILE_MAGIC, SUITE, bytes(3), *counts))
        try:
            self._file.seek(0, io.SEEK_END)
            self._file.flush()
        except (OSError, ValueError):
            raise SealedFileError("it cannot be written") from None

    def _write(self, offset: int, content: bytes) -> None:
        try:
            self._file.seek(offset)
            self._file.write(content)
        except (OSError, ValueError):
            raise SealedFileError("it cannot be written") from None
