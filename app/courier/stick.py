"""The pouch on disk, the courier's side: durable writes, hostile reads.

Layout and codes: crypto/spec/pouch-v1.md.  Folders are opened without following
links and files are reached through the open folder, so that a link on the stick
leads nowhere.
"""

import contextlib
import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.courier.errors import (
    EntryDigestError,
    EntryNameError,
    EntryNotAFileError,
    EntrySizeError,
    PouchFullError,
    PouchMissingError,
    PouchUnreadableError,
)
from crypto.pouch import MARK, MARK_NAME

_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_HEX = frozenset("0123456789abcdef")


def is_digest(name: str) -> bool:
    """Whether *name* is 64 lower-case hexadecimal digits."""
    return len(name) == 64 and _HEX.issuperset(name)


@contextmanager
def _disk() -> Iterator[None]:
    """Turn what the operating system says into our errors."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise PouchFullError("no room left") from None
        raise PouchUnreadableError(errno.errorcode.get(error.errno or 0, "unknown")) from None


class Folder:
    """One real folder of the pouch, held open.  Names are single components."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def close(self) -> None:
        """Let go of the folder."""
        os.close(self._descriptor)

    def names(self) -> list[str]:
        """Names in it, sorted; those that begin with `.` are left out."""
        with _disk():
            return sorted(name for name in self._all() if not name.startswith("."))

    def sweep(self) -> None:
        """Delete the remainders of interrupted writes."""
        with _disk():
            for name in self._all():
                if name.startswith(".") and name.endswith(".partial"):
                    with contextlib.suppress(OSError):
                        os.unlink(name, dir_fd=self._descriptor)

    def _all(self) -> list[str]:
        return os.listdir(self._descriptor)  # noqa: PTH208 -- a path could be a link

    def read(self, name: str, limit: int) -> bytes:
        """A regular file's content.

        Raises:
            EntryNotAFileError, EntrySizeError (more than *limit* bytes),
            PouchUnreadableError: in this order.
        """
        try:
            descriptor = os.open(name, _READ_FLAGS, dir_fd=self._descriptor)
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.EISDIR, errno.ENXIO, errno.EMLINK):
                raise EntryNotAFileError(name) from None
            raise PouchUnreadableError(errno.errorcode.get(error.errno or 0, "unknown")) from None
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise EntryNotAFileError(name)
            if status.st_size > limit:
                raise EntrySizeError(name)
            with _disk(), os.fdopen(descriptor, "rb", closefd=False) as file:
                content = file.read(limit + 1)
        finally:
            os.close(descriptor)
        if len(content) > limit:
            raise EntrySizeError(name)
        return content

    def write(self, name: str, content: bytes) -> None:
        """Put *content* at *name* so that it is there whole, or not at all.

        Raises:
            PouchFullError, PouchUnreadableError.
        """
        partial = f".{name}.partial"
        try:
            with _disk():
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(partial, dir_fd=self._descriptor)
                descriptor = os.open(partial, _NEW_FLAGS, 0o600, dir_fd=self._descriptor)
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(descriptor)
                os.rename(partial, name, src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor)
                os.fsync(self._descriptor)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(partial, dir_fd=self._descriptor)
            raise

    def remove(self, name: str) -> None:
        """Delete the file at *name*."""
        with _disk():
            os.unlink(name, dir_fd=self._descriptor)
            os.fsync(self._descriptor)

    def modified(self, name: str) -> int:
        """When the file *name* was last written, in nanoseconds of the stick's time."""
        with _disk():
            return os.stat(name, dir_fd=self._descriptor, follow_symlinks=False).st_mtime_ns

    def free_bytes(self) -> int:
        """Room left on the stick."""
        with _disk():
            room = os.fstatvfs(self._descriptor)
            return room.f_bavail * room.f_frsize

    @contextmanager
    def inner(self, name: str) -> Iterator["Folder"]:
        """The folder *name* inside this one, made when it is missing.

        Raises:
            PouchMissingError: something else lies there.
        """
        with _disk(), contextlib.suppress(FileExistsError):
            os.mkdir(name, 0o700, dir_fd=self._descriptor)
        try:
            folder = Folder(os.open(name, _FOLDER_FLAGS, dir_fd=self._descriptor))
        except OSError:
            raise PouchMissingError(f"{name} is not a folder") from None
        try:
            yield folder
        finally:
            folder.close()


@contextmanager
def open_folder(path: Path) -> Iterator[Folder]:
    """The folder at *path*, which must be there.

    Raises:
        PouchMissingError: not a folder, or a link.
    """
    try:
        folder = Folder(os.open(path, _FOLDER_FLAGS))
    except OSError:
        raise PouchMissingError(str(path)) from None
    try:
        yield folder
    finally:
        folder.close()


@contextmanager
def open_pouch(path: Path) -> Iterator[Folder]:
    """The pouch at *path*.  An empty folder becomes a pouch.

    Raises:
        PouchMissingError: not a folder, or a folder of other things.
    """
    with open_folder(path) as pouch:
        try:
            names = pouch.names()
            if not names:
                pouch.write(MARK_NAME, MARK)
            elif MARK_NAME not in names or pouch.read(MARK_NAME, len(MARK)) != MARK:
                raise PouchMissingError(str(path))
        except (EntryNotAFileError, EntrySizeError):
            raise PouchMissingError(str(path)) from None
        yield pouch


def named_content(folder: Folder, name: str, limit: int) -> bytes:
    """The file *name*, which must be the hex SHA-256 of its content.

    Raises:
        EntryNameError, EntryNotAFileError, EntrySizeError, EntryDigestError,
        PouchUnreadableError: in this order.
    """
    if not is_digest(name):
        raise EntryNameError(name)
    content = folder.read(name, limit)
    if hashlib.sha256(content).hexdigest() != name:
        raise EntryDigestError(name)
    return content
