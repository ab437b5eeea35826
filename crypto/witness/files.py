"""Files of the witness: what she attaches, what she was handed, and the one that is made.

Paths arrive as arguments.  Only the reference witness depends on this module.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from crypto.errors import BuzonError
from crypto.witness.parts import FileUnreadableError
from crypto.witness.testimony import Attachment


class FileExistsAlreadyError(BuzonError):
    """Nothing is overwritten; the argument names the file."""

    code = "file-exists"


class FileUnwritableError(BuzonError):
    """The sealed file cannot be made there; the argument names it."""

    code = "file-unwritable"


def read_file(path: Path, max_bytes: int) -> bytes:
    """The content of *path*; one byte more than *max_bytes* when it is longer.

    Raises:
        FileUnreadableError
    """
    try:
        with path.open("rb") as file:
            return file.read(max_bytes + 1)
    except (OSError, ValueError):
        raise FileUnreadableError(str(path)) from None


@contextmanager
def open_attachment(path: Path) -> Iterator[Attachment]:
    """The regular file at *path*, with the name that the lawyer is told.

    Raises:
        FileUnreadableError: it is missing, forbidden, a folder or a device.
    """
    try:
        # Without O_NONBLOCK a pipe would wait for somebody to write.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        raise FileUnreadableError(str(path)) from None
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        os.close(descriptor)
        raise FileUnreadableError(str(path))
    with os.fdopen(descriptor, "rb") as file:
        # A name that is not UTF-8 arrives with its foreign bytes replaced.
        name = os.fsencode(path.name).decode("utf-8", errors="replace")
        yield Attachment(file, found.st_size, name)


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that nobody else may read, on the disk when the block ends, gone when it fails.

    Raises:
        FileExistsAlreadyError, FileUnwritableError: checked in this order.
    """
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    except FileExistsError:
        raise FileExistsAlreadyError(str(path)) from None
    except (OSError, ValueError):
        raise FileUnwritableError(str(path)) from None
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        _remove(path)
        raise FileUnwritableError(str(path)) from None
    except BaseException:
        _remove(path)
        raise


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
