"""Files that are whole or not there: temporary name, flush, rename, flush the folder.

A name that begins with a dot is the remainder of a killed run; its writer deletes it.
For the air gap's programs only.

Where this file and crypto/spec/pouch-v1.md, "Writing", disagree, this file is wrong.
"""

import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from crypto.errors import BuzonError

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700

Content = bytes | bytearray | memoryview


class FileError(BuzonError):
    """A file by its name.  Gathers the refusals of this module."""

    def __init__(self, untrusted_name: str) -> None:
        super().__init__(untrusted_name)
        self.add_note(untrusted_name)


class FileExistsRefusedError(FileError):
    """There is a file of that name already, and it is not overwritten."""

    code = "file-exists"


class FileUnreadableError(FileError):
    """The file is not there, is no regular file, or the disk does not give it."""

    code = "file-unreadable"


class FileUnwritableError(FileError):
    """The disk does not take the file: full, read-only, or gone."""

    code = "file-unwritable"


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Let a refusal within say which file it is about, as a note for people."""
    try:
        yield
    except BuzonError as error:
        if not getattr(error, "__notes__", None):
            error.add_note(path.name)
        raise


def make_folder(folder: Path) -> None:
    """Make *folder* with mode 0700, unless it is there.

    Raises:
        FileUnwritableError
    """
    with _writing(folder):
        folder.mkdir(PRIVATE_FOLDER, parents=True, exist_ok=True)


def make_empty_folder(folder: Path) -> None:
    """Make *folder* with mode 0700; one that is there must have nothing in it.

    Raises:
        FileUnwritableError, FileExistsRefusedError: in this order.
    """
    make_folder(folder)
    if any(folder.iterdir()):
        raise FileExistsRefusedError(folder.name)


def write_new(path: Path, content: Content) -> None:
    """Write *content* with mode 0600 under a name that nothing has yet.

    Raises:
        FileExistsRefusedError, FileUnwritableError: in this order.
    """
    if os.path.lexists(path):
        raise FileExistsRefusedError(path.name)
    with _writing(path):
        temporary = _temporary(path, content)
        try:
            # A link, unlike a rename, refuses when somebody was faster.
            os.link(temporary, path)
        except FileExistsError:
            raise FileExistsRefusedError(path.name) from None
        except OSError:  # FAT, as on sticks, knows no links
            temporary.rename(path)
        finally:
            temporary.unlink(missing_ok=True)
        flush_folder(path.parent)


def replace(path: Path, content: Content) -> None:
    """Write *content* with mode 0600 in the place of whatever has that name.

    Raises:
        FileUnwritableError
    """
    with _writing(path):
        temporary = _temporary(path, content)
        try:
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        flush_folder(path.parent)


def write_pieces(path: Path, pieces: Iterable[Content]) -> None:
    """Write *pieces* one after another, with mode 0600, under a name that nothing has yet.

    A failure, of whoever gives the pieces too, leaves nothing of that name.

    Raises:
        FileUnwritableError
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    with _writing(path):
        descriptor = os.open(path, flags, PRIVATE_FILE)
        try:
            with os.fdopen(descriptor, "wb") as file:
                for piece in pieces:
                    file.write(piece)
                file.flush()
                os.fsync(descriptor)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        flush_folder(path.parent)


def write_unflushed_name(path: Path, content: Content) -> None:
    """As `replace`, but the caller flushes the folder once for many files.

    Raises:
        FileUnwritableError
    """
    with _writing(path):
        _temporary(path, content).replace(path)


def flush_file(path: Path) -> None:
    """Make what another writer put into the file at *path* survive a power cut.

    Raises:
        FileUnwritableError
    """
    with _writing(path):
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def flush_folder(folder: Path) -> None:
    """Make the names in *folder* survive a power cut.

    Raises:
        FileUnwritableError
    """
    with _writing(folder):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def remove_remainders(folder: Path) -> None:
    """Delete what a killed run of ours left in *folder*.

    Raises:
        FileUnwritableError
    """
    with _writing(folder):
        for entry in os.scandir(folder):
            if entry.name.startswith(".") and not entry.is_dir(follow_symlinks=False):
                (folder / entry.name).unlink()


def remove_beginning_with(folder: Path, beginning: str) -> None:
    """Delete the files of *folder* whose names begin with *beginning*.

    Raises:
        FileUnwritableError
    """
    with _writing(folder):
        for entry in os.scandir(folder):
            if entry.name.startswith(beginning) and not entry.is_dir(follow_symlinks=False):
                (folder / entry.name).unlink()


def read_file(path: Path, max_bytes: int) -> bytes:
    """The content of a regular file of at most *max_bytes*; of a longer one, a byte more.

    The caller's parser refuses what is too long.

    Raises:
        FileUnreadableError
    """
    return _read(path, max_bytes, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)


def read_regular(path: Path, max_bytes: int) -> bytes:
    """As `read_file`, but not through a link.

    Raises:
        FileUnreadableError
    """
    return _read(path, max_bytes, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)


def _read(path: Path, max_bytes: int, flags: int) -> bytes:
    try:
        descriptor = os.open(path, flags)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise FileUnreadableError(path.name)
            return file.read(max_bytes + 1)
    except OSError:
        raise FileUnreadableError(path.name) from None


def _temporary(path: Path, content: Content) -> Path:
    temporary = path.with_name(f".{secrets.token_hex(8)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    descriptor = os.open(temporary, flags, PRIVATE_FILE)
    try:
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            view = memoryview(content)
            while view:
                view = view[file.write(view) or 0 :]
            os.fsync(descriptor)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError:
        raise FileUnwritableError(path.name) from None
