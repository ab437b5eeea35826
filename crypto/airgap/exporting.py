"""Exporting a thread: messages and files under names that are ours.

What a witness's machine called a file is hostile; it stands only in the index, as
escaped text.  Nothing is overwritten, and what fails leaves no file behind.

The act is in the custody log before the first byte is outside the vault: whatever kills
the program, no plaintext lies about that the log does not tell of.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from crypto.airgap import durable
from crypto.airgap.durable import FileExistsRefusedError, FileUnwritableError
from crypto.airgap.streaming import stream_file
from crypto.airgap.telling import Telling, told_messages
from crypto.airgap.vault.files import File, FileIncompleteError
from crypto.airgap.vault.identity import Owner
from crypto.airgap.vault.messages import Thread
from crypto.airgap.vault.vault import Vault
from crypto.errors import BuzonError

INDEX_NAME = "index.json"

_OWN_NAMES = ("message-", "file-", INDEX_NAME, ".")


@dataclass(slots=True)
class Exported:
    """What was written, and what was not."""

    files: list[str] = field(default_factory=list)  # our names
    refused: list[tuple[str, str]] = field(default_factory=list)  # id of a file, code


def export_thread(
    vault: Vault, owner: Owner, thread: Thread, out: Path, now: datetime, telling: Telling
) -> Exported:
    """Write all of *thread* into the folder *out*, which is made if it is missing.

    Raises:
        FileExistsRefusedError: there is something in *out*.
        FileUnwritableError: nothing of ours is left there.
    """
    if os.path.lexists(out) and not (out.is_dir() and not any(out.iterdir())):
        raise FileExistsRefusedError(out.name)
    with vault.transaction():
        vault.record(owner.signer, now, "exported", [thread.thread_key])
    with _nothing_left_behind(out):
        return _export_into(vault, thread, out, telling)


def _export_into(vault: Vault, thread: Thread, out: Path, telling: Telling) -> Exported:
    exported = Exported()
    messages: list[str] = []
    for number, told in enumerate(told_messages(vault, thread), 1):
        name = f"message-{number:04}"
        durable.write_new(out / f"{name}.json", told.filed.json_bytes)
        durable.write_new(out / f"{name}.txt", telling.message(told).encode("utf-8"))
        exported.files += [f"{name}.json", f"{name}.txt"]
        # As text at once: an account takes fifty times its size while it is read.
        messages.append(_as_json({"file": f"{name}.json", **telling.message_value(told)}))
    files: list[str] = []
    for number, file in enumerate(vault.files.of_thread(thread), 1):
        name = f"file-{number:04}.bin"
        entry = telling.file_value(file)
        try:
            _export_file(vault, file, out / name)
        except FileUnwritableError:
            raise
        except BuzonError as error:
            exported.refused.append((file.id, error.code))
            files.append(_as_json({"file": None, "refused": error.code, **entry}))
        else:
            exported.files.append(name)
            files.append(_as_json({"file": name, **entry}))
    all_messages, all_files = ",\n".join(messages), ",\n".join(files)
    index = f'{{"thread": "{thread.id}", "messages": [\n{all_messages}\n], "files": [\n{all_files}\n]}}\n'
    durable.write_new(out / INDEX_NAME, index.encode("ascii"))
    return exported


@contextmanager
def _nothing_left_behind(out: Path) -> Iterator[None]:
    """The folder *out*, empty or made; a failure takes away what was written to it by then."""
    there = out.is_dir()
    try:
        durable.make_folder(out)
        yield
    except BaseException:
        with suppress(OSError):
            for path in out.iterdir():
                if path.name.startswith(_OWN_NAMES):
                    path.unlink()
            if not there:
                out.rmdir()
        raise


def export_file(
    vault: Vault, owner: Owner, thread: Thread, file: File, out: Path, now: datetime
) -> None:
    """Write one file of *thread* to the new file *out*.

    Raises:
        FileExistsRefusedError; what `stream_file` raises: *out* is then not there.
    """
    if os.path.lexists(out):
        raise FileExistsRefusedError(out.name)
    _record_file(vault, owner, thread, file, now)
    _export_file(vault, file, out)


def stream_out(
    vault: Vault, owner: Owner, thread: Thread, file: File, out: BinaryIO, now: datetime
) -> None:
    """Hand one file of *thread* to a pipe.

    Raises:
        what `stream_file` raises: what was handed on by then was whole parts.
    """
    _record_file(vault, owner, thread, file, now)
    stream_file(vault.parts, file, _writer(out.fileno()))


def _as_json(entry: dict[str, object]) -> str:
    """ASCII only: no viewer is led astray by a name."""
    return json.dumps(entry, indent=2)


def _record_file(vault: Vault, owner: Owner, thread: Thread, file: File, now: datetime) -> None:
    if not file.complete:
        raise FileIncompleteError("parts are missing")
    with vault.transaction():
        vault.record(owner.signer, now, "exported", [thread.thread_key], f"file {file.id}")


def _export_file(vault: Vault, file: File, path: Path) -> None:
    if os.path.lexists(path):
        raise FileExistsRefusedError(path.name)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    temporary = path.with_name(f".{path.name}.partial")
    try:
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, flags, durable.PRIVATE_FILE)
    except OSError:
        raise FileUnwritableError(path.name) from None
    ours = temporary
    try:
        try:
            stream_file(vault.parts, file, _writer(descriptor))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        ours = temporary.rename(path)
        durable.flush_folder(path.parent)
    except BaseException as error:
        ours.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise FileUnwritableError(path.name) from None
        raise


def _writer(descriptor: int) -> Callable[[memoryview], None]:
    def write(content: memoryview) -> None:
        while content:
            content = content[os.write(descriptor, content) :]

    return write
