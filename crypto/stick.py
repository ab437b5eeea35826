"""The pouch on the stick, for both sides of the air gap: everything found on it is hostile.

Folders are opened without following links, and files only through an open folder, so
that a link on the stick leads nowhere, for reading and for writing.  It knows no key and
no server, so anybody may depend on this module.

Where this file and crypto/spec/pouch-v1.md disagree, this file is wrong.
"""

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import ClassVar, Self

from crypto.errors import BuzonError
from crypto.pouch import MARK, MARK_NAME

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_NOT_A_FILE = {errno.ELOOP, errno.EISDIR, errno.ENXIO, errno.EMLINK, errno.ENODEV}
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_HEX = frozenset("0123456789abcdef")
_DIGEST_DIGITS = 64


class PouchError(BuzonError):
    """Something about the stick.  Gathers the refusals of this module."""

    code: ClassVar[str] = ""


class PouchMissingError(PouchError):
    """The folder is no pouch, or a part of it is no folder."""

    code = "pouch-missing"


class PouchUnreadableError(PouchError):
    """The stick does not give the file."""

    code = "pouch-unreadable"


class PouchFullError(PouchError):
    """The stick has no room left."""

    code = "pouch-full"


class PouchUnwritableError(PouchError):
    """The stick does not take the file: read-only, or gone."""

    code = "file-unwritable"


class PouchBusyError(PouchError):
    """Another program of ours has the pouch."""

    code = "pouch-busy"


class EntryError(PouchError):
    """One entry of the pouch is refused; the rest goes on."""


class PouchNameError(EntryError):
    """A name that no program of this system gives."""

    code = "pouch-name"


class PouchNotAFileError(EntryError):
    """A link, folder, device, pipe or socket where a file should be."""

    code = "pouch-not-a-file"


class PouchSizeError(EntryError):
    """The file has not the size of its kind."""

    code = "pouch-size"


class PouchDigestError(EntryError):
    """The content is not what the name says."""

    code = "pouch-digest"


def is_digest(name: str) -> bool:
    """Whether *name* is 64 lower-case hexadecimal digits."""
    return len(name) == _DIGEST_DIGITS and _HEX.issuperset(name)


class Folder:
    """One real folder of the pouch, held open.  Names are single components."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def open(cls, path: Path) -> Self:
        """The folder at *path*, whatever it holds.

        Raises:
            PouchMissingError: it is no folder.
        """
        try:
            # This is the one folder that a person names: it may be a link.
            return cls(os.open(path, _FOLDER & ~os.O_NOFOLLOW))
        except OSError:
            raise PouchMissingError(f"{path.name} is no folder") from None

    @classmethod
    def open_pouch(cls, path: Path) -> Self:
        """The pouch at *path*.

        Raises:
            PouchMissingError: it is no folder, or bears no mark.
        """
        folder = cls.open(path)
        try:
            folder.require_mark(MARK_NAME, MARK)
        except PouchMissingError:
            folder.close()
            raise
        return folder

    @classmethod
    def make_pouch(cls, path: Path) -> Self:
        """The pouch at *path*; an empty folder becomes one.

        Raises:
            PouchMissingError: it is no folder, or a folder of other things.
            PouchFullError, PouchUnwritableError
        """
        folder = cls.open(path)
        try:
            if not folder.names():
                folder.write(MARK_NAME, MARK)
        except PouchError:
            folder.close()
            raise
        folder.close()
        return cls.open_pouch(path)

    def claim(self) -> None:
        """Keep it from whoever else claims it, until it is closed or this program ends.

        Raises:
            PouchBusyError: somebody has it.
            PouchUnreadableError
        """
        with _reading():
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise PouchBusyError("claimed already") from None

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

    def require_mark(self, name: str, mark: bytes) -> None:
        """Go on only in a folder whose file *name* holds exactly *mark*.

        Raises:
            PouchMissingError
        """
        try:
            marked = self.read(name, len(mark)) == mark
        except (PouchNotAFileError, PouchUnreadableError):
            marked = False
        if not marked:
            raise PouchMissingError("no mark")

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

    def read_whole(self, name: str, limit: int) -> bytes:
        """The content of a regular file of at most *limit* bytes.

        Raises:
            PouchNotAFileError, PouchUnreadableError, PouchSizeError
        """
        content = self.read(name, limit)
        if len(content) > limit:
            raise PouchSizeError(f"more than {limit} bytes")
        return content

    def read_named(self, name: str, limit: int) -> bytes:
        """The file *name*, which must be the hex SHA-256 of its content.

        Raises:
            PouchNameError, PouchNotAFileError, PouchUnreadableError, PouchSizeError,
            PouchDigestError: in this order.
        """
        if not is_digest(name):
            raise PouchNameError("no digest")
        content = self.read_whole(name, limit)
        if sha256(content).hexdigest() != name:
            raise PouchDigestError("another digest")
        return content

    def forget_cached(self, name: str) -> None:
        """Let the next reading of the file *name* come from the stick, not from memory.

        Raises:
            PouchNotAFileError, PouchUnreadableError
        """
        with _reading():
            descriptor = os.open(name, _READ, dir_fd=self._descriptor)
            try:
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(descriptor)

    def modified(self, name: str) -> int:
        """When the file *name* was last written, in nanoseconds of the stick's time.

        Raises:
            PouchUnreadableError
        """
        with _reading():
            return os.stat(name, dir_fd=self._descriptor, follow_symlinks=False).st_mtime_ns

    def free_bytes(self) -> int:
        """Room left on the stick.

        Raises:
            PouchUnreadableError
        """
        with _reading():
            room = os.fstatvfs(self._descriptor)
            return room.f_bavail * room.f_frsize

    # ------------------------------------------------------------- writing

    def made(self, name: str) -> "Folder":
        """The folder *name* inside this one, made when it is missing.

        Raises:
            PouchMissingError: something else lies there.
            PouchFullError, PouchUnwritableError
        """
        with _writing(), suppress(FileExistsError):
            os.mkdir(name, 0o700, dir_fd=self._descriptor)
        return self.inner(name)

    def write(self, name: str, content: bytes, in_place_of: str | None = None) -> None:
        """Put *content* at *name*, whole or not at all.

        *in_place_of* names a file that goes when this is there, and whose time this keeps.

        Raises:
            PouchFullError, PouchUnwritableError
        """
        # Always the same, so that a killed run leaves one remainder at most.
        temporary = f".{name}.partial"
        with _writing():
            with suppress(FileNotFoundError):
                os.unlink(temporary, dir_fd=self._descriptor)
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
            PouchFullError, PouchUnwritableError
        """
        with _writing(), suppress(FileNotFoundError):
            os.unlink(name, dir_fd=self._descriptor)
            os.fsync(self._descriptor)

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
        refusal = PouchFullError if error.errno in _NO_ROOM else PouchUnwritableError
        raise refusal(errno.errorcode.get(error.errno or 0, "unknown")) from None
