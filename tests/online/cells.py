"""Cells that a server accepts: right at the beginning, random after it."""

import os
from hashlib import sha256

from crypto.cell import MESSAGE_CELL_BYTES, message_header
from crypto.part import PART_CELL_BYTES, part_header
from crypto.reply import REPLY_CELL_BYTES


def message(week: int) -> bytes:
    """A message cell for *week*."""
    header = message_header(week, os.urandom(32))
    return header + os.urandom(MESSAGE_CELL_BYTES - len(header))


def part() -> bytes:
    """A part cell."""
    header = part_header(os.urandom(16))
    return header + os.urandom(PART_CELL_BYTES - len(header))


def batch(size: int = 16) -> bytes:
    """A batch of reply cells."""
    return os.urandom(size * REPLY_CELL_BYTES)


def name(cell: bytes) -> str:
    """What a cell is called."""
    return sha256(cell).hexdigest()
