"""Streaming a file out of its part cells: one part in memory at a time.

Where this file and crypto/spec/part-cell-v1.md disagree, this file is wrong.
"""

import os
from collections.abc import Callable
from pathlib import Path

from crypto.airgap.durable import FileUnreadableError, FileUnwritableError
from crypto.airgap.unseal import open_listed_part
from crypto.airgap.vault.files import File, FileIncompleteError
from crypto.errors import BuzonError
from crypto.message import MAX_ACCOUNT_BYTES
from crypto.part import PART_CELL_BYTES, PART_PLAINTEXT_BYTES

Write = Callable[[memoryview], object]
"""Takes bytes that are overwritten as soon as it returns."""


class AccountTooLongError(BuzonError):
    """The account is longer than the specification lets it be."""

    code = "account-too-long"


def stream_file(parts: Path, file: File, write: Write) -> None:
    """Open *file* from the folder of *parts* and hand it to *write* from start to end.

    Each part is authenticated before any byte of it is handed on.

    Raises:
        FileIncompleteError: some of it has not arrived; nothing was written.
        FileUnreadableError: a part is not on the disk.
        UnsealError: a part is not what was sealed.
        FileUnwritableError: whoever takes the bytes stopped taking them.
    """
    if not file.complete:
        raise FileIncompleteError("parts are missing")
    cell = bytearray(PART_CELL_BYTES)
    plaintext = bytearray(PART_PLAINTEXT_BYTES)
    folder = _open_folder(parts)
    try:
        for segment in file.segments:
            manifest = segment.manifest
            if manifest.size == 0:
                continue  # all padding: nothing of the file is in it
            for index, digest in enumerate(manifest.parts):
                size = _read_part(folder, digest.hex(), cell)
                opened = open_listed_part(manifest, index, memoryview(cell)[:size], plaintext)
                _write_all(write, opened)
    finally:
        os.close(folder)


def read_account(parts: Path, file: File) -> bytes:
    """The whole of a file that holds a longer account.

    Raises:
        AccountTooLongError; else as `stream_file`.
    """
    if file.size > MAX_ACCOUNT_BYTES:
        raise AccountTooLongError(f"{file.size} bytes")
    content = bytearray()
    stream_file(parts, file, content.extend)
    return bytes(content)


def _open_folder(parts: Path) -> int:
    try:
        return os.open(parts, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        raise FileUnreadableError(parts.name) from None


def _read_part(folder: int, name: str, cell: bytearray) -> int:
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        try:
            return os.readv(descriptor, [cell])
        finally:
            os.close(descriptor)
    except OSError:
        raise FileUnreadableError(name) from None


def _write_all(write: Write, content: memoryview) -> None:
    try:
        write(content)
    except OSError:
        raise FileUnwritableError("-") from None
