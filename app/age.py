"""The program age: what is written through it, and what is read.

Only app/cli_backup.py and tests depend on this module.  Nothing decrypted lies on a disk
because of it: both directions are pipes.
"""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from app.errors import AgeMissingError, BackupError, BackupExistsError, BackupUnreadableError
from app.folder import sync

PIECE_BYTES = 64 * 1024


@contextmanager
def encrypting(
    recipients: Sequence[str], recipient_files: Sequence[Path], out: Path
) -> Iterator[IO[bytes]]:
    """What is written in the block lies in *out* afterwards, encrypted; mode 0600.

    Raises:
        BackupExistsError: *out* is there already.
        AgeMissingError
        BackupError: age or the disk refuses.  Nothing is left of it, then or when the block
            ends with any exception.
    """
    out = out.absolute()
    if out.exists():
        raise BackupExistsError(str(out))
    making = out.with_name(f".{out.name}.being-made")
    command = ["age", "--encrypt"]
    for recipient in recipients:
        command += ["--recipient", recipient]
    for path in recipient_files:
        command += ["--recipients-file", str(path.absolute())]
    try:
        making.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        descriptor = os.open(making, flags, 0o600)
        try:
            with _started(command, stdin=subprocess.PIPE, stdout=descriptor) as process:
                assert process.stdin is not None
                yield process.stdin
                _close(process.stdin)
                if process.wait():
                    raise BackupError(_complaint(process))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        making.rename(out)
        sync(out.parent)
    except OSError as error:
        raise BackupError(error.strerror or "broken") from None
    finally:
        with suppress(OSError):
            making.unlink(missing_ok=True)


@contextmanager
def decrypting(source: Path, identity: Path) -> Iterator[IO[bytes]]:
    """What *source* holds, for reading to its end in the block.

    Raises:
        AgeMissingError
        BackupUnreadableError: the identity does not open it, or it is damaged or cut off.
            Known for certain only when the block is over.
    """
    command = ["age", "--decrypt", "--identity", str(identity.absolute()), str(source.absolute())]
    try:
        with _started(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            try:
                yield process.stdout
            except BackupUnreadableError:
                process.stdout.close()
                process.wait()
                said = _complaint(process)
                if said:  # it knows better what is wrong
                    raise BackupUnreadableError(said) from None
                raise
            while process.stdout.read(PIECE_BYTES):
                pass
            if process.wait():
                raise BackupUnreadableError(_complaint(process))
    except OSError as error:
        raise BackupUnreadableError(error.strerror or "broken") from None


@contextmanager
def _started(
    command: Sequence[str], stdin: int, stdout: int
) -> "Iterator[subprocess.Popen[bytes]]":
    """Run *command* for the length of the block, and no longer."""
    try:
        process = subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE)
    except FileNotFoundError:
        raise AgeMissingError("age") from None
    try:
        yield process
    except BrokenPipeError:
        process.wait()
        raise BackupError(_complaint(process)) from None
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                _close(stream)


def _close(stream: IO[bytes]) -> None:
    with suppress(BrokenPipeError):
        stream.close()


def _complaint(process: "subprocess.Popen[bytes]") -> str:
    """What age said, its first line; it names files and keys, never what is in them."""
    if process.stderr is None or process.stderr.closed:
        return ""
    said = process.stderr.read(4096).decode("utf-8", "replace").strip()
    return said.splitlines()[0] if said else ""
