"""The pouch on the stick, the station's side: everything found on it is hostile.

Folders are opened without following links, and files only through an open folder, so
that a link on the stick leads nowhere, for reading and for writing.

Where this file and crypto/spec/pouch-v1.md disagree, this file is wrong.
"""

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from crypto.airgap.durable import FileUnwritableError
from crypto.errors import BuzonError
from crypto.pouch import MARK, MARK_NAME

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_NOT_A_FILE = {errno.ELOOP, errno.EISDIR, errno.ENXIO, errno.EMLINK, errno.ENODEV}
_HEX = frozenset("0123456789abcdef")
_DIGEST_DIGITS = 64


class PouchMissingError(BuzonError):
    """The folder is no pouch, or a part of it is no folder."""

    code = "pouch-missing"


class PouchNameError(BuzonError):
    """A name that no program of this system gives."""

    code = "pouch-name"


class PouchNotAFileError(BuzonError):
    """A link, folder, device, pipe or socket where a file should be."""

    code = "pouch-not-a-file"


class PouchUnreadableError(BuzonError):
    """The stick does not give the file."""

    code = "pouch-unreadable"


def is_digest(name: str) -> bool:
    """Whether *name* is 64 lower-case hexadecimal digits."""
    return len(name) == _DIGEST_DIGITS and _HEX.issuperset(name)


class Folder:
    """One real folder of the pouch, held open.  Names are single components."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def open_pouch(cls, path: Path) -> Self:
        """The pouch at *path*.

        Raises:
            PouchMissingError: it is no folder, or bears no mark.
        """
        try:
            # The pouch itself is the one folder that a person names: it may be a link.
            folder = cls(os.open(path, _FOLDER & ~os.O_NOFOLLOW))
        except OSError:
            raise PouchMissingError(f"{path.name} is no folder") from None
        try:
            marked = folder.read(MARK_NAME, len(MARK)) == MARK
        except (PouchNotAFileError, PouchUnreadableError):
            marked = False
        if not marked:
            folder.close()
            raise PouchMissingError("no mark")
        return folder

    def close(self) -> None:
        """Let go of the folder."""
        os.close(self._descriptor)

    def __enter__(self) -> Self:
        """Close the folder when the block ends."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    # ------------------------------------------------------------- reading

    def inner(self, name: str) -> "Folder":
        """The folder *name* inside this one.

        Raises:
            PouchMissingError: there is none, or something else lies there.
        """
        try:
            return Folder(os.open(name, _FOLDER, dir_fd=self._descriptor))
        except OSError:
            raise PouchMissingError(f"{name} is no folder") from None

    def names(self) -> list[str]:
        """Names in it, sorted; remainders, which begin with a dot, are left out.

        Raises:
            PouchUnreadableError
        """
        try:
            found = os.listdir(self._descriptor)  # noqa: PTH208 -- a path could be a link
        except OSError:
            raise PouchUnreadableError("the folder does not list") from None
        return sorted(name for name in found if not name.startswith("."))

    def size(self, name: str) -> int:
        """How many bytes the regular file *name* says that it has.

        Raises:
            PouchNotAFileError, PouchUnreadableError
        """
        with _reading():
            status = os.stat(name, dir_fd=self._descriptor, follow_symlinks=False)
        if not stat.S_ISREG(status.st_mode):
            raise PouchNotAFileError("no regular file")
        return status.st_size

    def read(self, name: str, most: int) -> bytes:
        """The content of a regular file; of one longer than *most* bytes, *most* + 1 of them.

        Raises:
            PouchNotAFileError, PouchUnreadableError
        """
        with _reading():
            descriptor = os.open(name, _READ, dir_fd=self._descriptor)
            try:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    raise PouchNotAFileError("no regular file")
                content = os.read(descriptor, most + 1)
                if len(content) == most + 1 or not content:
                    return content
                pieces = [content]
                while piece := os.read(descriptor, most + 1 - sum(map(len, pieces))):
                    pieces.append(piece)
                return b"".join(pieces)
            finally:
                os.close(descriptor)

    # ------------------------------------------------------------- writing

    def made(self, name: str) -> "Folder":
        """The folder *name* inside this one, made when it is missing.

        Raises:
            PouchMissingError: something else lies there.
            FileUnwritableError
        """
        with _writing(), suppress(FileExistsError):
            os.mkdir(name, 0o700, dir_fd=self._descriptor)
        return self.inner(name)

    def write(self, name: str, content: bytes, in_place_of: str | None = None) -> None:
        """Put *content* at *name*, whole or not at all.

        *in_place_of* names a file that goes when this is there, and whose time this keeps.

        Raises:
            FileUnwritableError
        """
        temporary = f".{secrets.token_hex(8)}"
        with _writing():
            descriptor = os.open(temporary, _WRITE, 0o600, dir_fd=self._descriptor)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content)
                    file.flush()
                    if in_place_of is not None:
                        before = os.stat(
                            in_place_of, dir_fd=self._descriptor, follow_symlinks=False
                        )
                        os.utime(descriptor, ns=(before.st_atime_ns, before.st_mtime_ns))
                    os.fsync(descriptor)
                here = self._descriptor
                os.rename(temporary, name, src_dir_fd=here, dst_dir_fd=here)
                if in_place_of is not None and in_place_of != name:
                    with suppress(IsADirectoryError):  # no file of ours, and nobody takes it
                        os.unlink(in_place_of, dir_fd=self._descriptor)
            except BaseException:
                with suppress(OSError):
                    os.unlink(temporary, dir_fd=self._descriptor)
                raise
            os.fsync(self._descriptor)

    def remove(self, name: str) -> None:
        """Delete *name*, unless it is a folder.

        Raises:
            FileUnwritableError
        """
        with _writing(), suppress(FileNotFoundError):
            os.unlink(name, dir_fd=self._descriptor)

    def remove_remainders(self) -> None:
        """Delete what a killed run of ours left."""
        with _reading():
            found = os.listdir(self._descriptor)  # noqa: PTH208 -- a path could be a link
        for name in found:
            if name.startswith("."):
                with suppress(OSError):
                    os.unlink(name, dir_fd=self._descriptor)


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _NOT_A_FILE:
            raise PouchNotAFileError("no regular file") from None
        raise PouchUnreadableError(errno.errorcode.get(error.errno or 0, "unknown")) from None


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileUnwritableError(errno.errorcode.get(error.errno or 0, "unknown")) from None
