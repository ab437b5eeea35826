"""Reply cell v1: what a lawyer answers, always 4,096 bytes; batches and boards of them.

    tag 16 | enc 1,120 | ciphertext 2,960

No key is used here, so `app` may import this module.

Where this file and crypto/spec/reply-cell-v1.md disagree, this file is wrong.
"""

import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from crypto.cell import CellSizeError, UnsealError
from crypto.errors import BuzonError

REPLY_CELL_BYTES: Final = 4_096
REPLY_TAG_BYTES: Final = 16
REPLY_PLAINTEXT_BYTES: Final = 2_944
REPLY_TEXT_BYTES: Final = 2_860
MAX_REPLY_PARTS: Final = 16
MAX_BOARD_BYTES: Final = 64 * 1024 * 1024

_ENC_BYTES = 1_120
_HEAD = struct.Struct(">8sIIBBH")  # lawyer, week, sequence, part, of, length
_SIGNATURE_BYTES = 64


class ReplyError(BuzonError):
    """A reply, batch or board is refused.  Gathers the refusals of this module."""


class ReplyTooLongError(ReplyError):
    """The text does not fit 16 reply cells."""

    code = "reply-too-long"


class ReplyEmptyError(ReplyError):
    """There is nothing to say."""

    code = "reply-empty"


class ReplyNotTextError(ReplyError):
    """The text holds half a character (a lone surrogate)."""

    code = "reply-not-text"


class BatchSizeError(ReplyError):
    """A batch does not hold the number of reply cells that the policy names."""

    code = "batch-size"


class BatchRepeatsError(ReplyError):
    """A batch holds the same reply cell twice."""

    code = "batch-repeats"


class BoardSizeError(ReplyError):
    """A board is no whole number of reply cells, or more than 64 MiB of them."""

    code = "board-size"


@dataclass(frozen=True, slots=True)
class ReplyCell:
    """The fields of a reply cell; nothing has been opened or believed."""

    tag: bytes  # 16
    sealed: bytes  # 4,080: HPKE encapsulation and ciphertext

    @property
    def tagged(self) -> bytes:
        """The last 32 bytes of the encapsulation, which the tag is over."""
        return self.sealed[_ENC_BYTES - 32 : _ENC_BYTES]


@dataclass(frozen=True, slots=True)
class ReplyPart:
    """What is inside one reply cell."""

    lawyer: bytes  # 8, the lawyer's id
    week: int  # in which it was written
    sequence: int  # from 1
    part: int  # 1..of
    of: int  # 1..16
    text: str  # 1..2,860 bytes of UTF-8

    def statement(self, reply_key: bytes) -> bytes:
        """What the lawyer signs.  *reply_key*: 1,216 bytes, the thread's."""
        text = self.text.encode()
        return b"".join(
            [b"buzon/reply-sig/v1", hashlib.sha256(reply_key).digest(), self._head(text), text]
        )

    def plaintext(self, signature: bytes) -> bytes:
        """The 2,944 bytes that are sealed."""
        text = self.text.encode()
        padding = bytes(REPLY_TEXT_BYTES - len(text))
        return self._head(text) + signature + text + padding

    def _head(self, text: bytes) -> bytes:
        return _HEAD.pack(self.lawyer, self.week, self.sequence, self.part, self.of, len(text))


def parse_reply_cell(cell: bytes) -> ReplyCell:
    """Split *cell*, 4,096 bytes, into tag and sealed reply.

    Raises:
        CellSizeError: it has another size.
    """
    if len(cell) != REPLY_CELL_BYTES:
        raise CellSizeError(f"{len(cell)} bytes")
    return ReplyCell(bytes(cell[:REPLY_TAG_BYTES]), bytes(cell[REPLY_TAG_BYTES:]))


def parse_reply_plaintext(plaintext: bytes) -> tuple[ReplyPart, bytes]:
    """What was sealed, 2,944 bytes, as the reply and its signature, not yet verified.

    Raises:
        UnsealError: anything about it breaks the specification.

    Source: reply-cell-v1.md, sections 1 and 2.
    """
    if len(plaintext) != REPLY_PLAINTEXT_BYTES:
        raise UnsealError("another size")
    lawyer, week, sequence, part, of, length = _HEAD.unpack_from(plaintext)
    if not 1 <= of <= MAX_REPLY_PARTS or not 1 <= part <= of:
        raise UnsealError("part of parts")
    if sequence < 1 or not 1 <= length <= REPLY_TEXT_BYTES:
        raise UnsealError("sequence or length")
    text_start = _HEAD.size + _SIGNATURE_BYTES
    signature = plaintext[_HEAD.size : text_start]
    text_end = text_start + length
    if any(plaintext[text_end:]):
        raise UnsealError("padding")
    try:
        text = plaintext[text_start:text_end].decode("utf-8")
    except UnicodeDecodeError:
        raise UnsealError("not UTF-8") from None
    return ReplyPart(lawyer, week, sequence, part, of, text), signature


def split_reply_text(text: str) -> list[str]:
    """*text* cut at character boundaries into pieces that fit one cell each.

    Raises:
        ReplyEmptyError: there is no text.
        ReplyNotTextError: it holds what UTF-8 cannot write.
        ReplyTooLongError: more than 16 pieces.
    """
    if not text:
        raise ReplyEmptyError("no text")
    try:
        rest = text.encode("utf-8")
    except UnicodeEncodeError:
        raise ReplyNotTextError("a lone surrogate") from None
    pieces = []
    while rest:
        end = min(len(rest), REPLY_TEXT_BYTES)
        while end < len(rest) and rest[end] & 0xC0 == 0x80:  # inside a character
            end -= 1
        pieces.append(rest[:end].decode("utf-8"))
        rest = rest[end:]
    if len(pieces) > MAX_REPLY_PARTS:
        raise ReplyTooLongError(f"{len(pieces)} parts")
    return pieces


def split_batch(batch: bytes, batch_size: int) -> list[bytes]:
    """The reply cells of *batch*.

    Args:
        batch: *batch_size* x 4,096 bytes.
        batch_size: the roster's policy, in cells.

    Raises:
        BatchSizeError, BatchRepeatsError: checked in this order.
    """
    if len(batch) != batch_size * REPLY_CELL_BYTES:
        raise BatchSizeError(f"{len(batch)} bytes")
    cells = _cells(batch)
    if len(set(cells)) != len(cells):
        raise BatchRepeatsError("a cell twice")
    return cells


def build_board(cells: Iterable[bytes]) -> bytes:
    """The one document that every witness fetches whole.

    Args:
        cells: reply cells of 4,096 bytes, in any order.

    Raises:
        CellSizeError: one of them has another size.
        BoardSizeError: more than 64 MiB.
    """
    ordered = sorted(cells)
    for cell in ordered:
        parse_reply_cell(cell)
    if len(ordered) * REPLY_CELL_BYTES > MAX_BOARD_BYTES:
        raise BoardSizeError(f"{len(ordered)} cells")
    return b"".join(ordered)


def split_board(board: bytes) -> list[bytes]:
    """The reply cells of *board*.

    Raises:
        BoardSizeError: no whole number of them, or more than 64 MiB.
    """
    if len(board) % REPLY_CELL_BYTES or len(board) > MAX_BOARD_BYTES:
        raise BoardSizeError(f"{len(board)} bytes")
    return _cells(board)


def _cells(cells: bytes) -> list[bytes]:
    return [
        bytes(cells[start : start + REPLY_CELL_BYTES])
        for start in range(0, len(cells), REPLY_CELL_BYTES)
    ]
