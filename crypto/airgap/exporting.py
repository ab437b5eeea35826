"""Exporting a thread: messages and files under names that are ours.

What a witness's machine called a file is hostile; it stands only in the index, as
escaped text.  Nothing is overwritten, and what fails leaves no file behind.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from crypto.airgap import durable
from crypto.airgap.durable import FileExistsRefusedError, FileUnwritableError
from crypto.airgap.streaming import stream_file
from crypto.airgap.telling import Telling, told_messages
from crypto.airgap.vault.files import File
from crypto.airgap.vault.identity import Owner
from crypto.airgap.vault.messages import Thread
from crypto.airgap.vault.vault import Vault
from crypto.errors import BuzonError

INDEX_NAME = "index.json"


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
        FileExistsRefusedError: something of the name of one of ours is there.
        FileUnwritableError
    """
    exported = Exported()
    durable.make_folder(out)
    if any(out.iterdir()):
        raise FileExistsRefusedError(out.name)
    index: dict[str, object] = {"thread": thread.id, "messages": [], "files": []}
    messages: list[object] = []
    for number, told in enumerate(told_messages(vault, thread), 1):
        name = f"message-{number:04}"
        durable.write_new(out / f"{name}.json", told.filed.json_bytes)
        durable.write_new(out / f"{name}.txt", telling.message(told).encode("utf-8"))
        messages.append({"file": f"{name}.json", **telling.message_value(told)})
        exported.files += [f"{name}.json", f"{name}.txt"]
    files: list[object] = []
    for number, file in enumerate(vault.files.of_thread(thread), 1):
        name = f"file-{number:04}.bin"
        entry = telling.file_value(file)
        try:
            _export_file(vault, file, out / name)
        except FileUnwritableError:
            raise
        except BuzonError as error:
            exported.refused.append((file.id, error.code))
            files.append({"file": None, "refused": error.code, **entry})
        else:
            exported.files.append(name)
            files.append({"file": name, **entry})
    index["messages"], index["files"] = messages, files
    # ASCII only: no viewer is led astray by a name.
    durable.write_new(out / INDEX_NAME, json.dumps(index, indent=2).encode("ascii") + b"\n")
    with vault.transaction():
        vault.record(owner.signer, now, "exported", [thread.thread_key])
    return exported


def export_file(
    vault: Vault, owner: Owner, thread: Thread, file: File, out: Path, now: datetime
) -> None:
    """Write one file of *thread* to the new file *out*.

    Raises:
        FileExistsRefusedError; what `stream_file` raises: *out* is then not there.
    """
    _export_file(vault, file, out)
    with vault.transaction():
        vault.record(owner.signer, now, "exported", [thread.thread_key], f"file {file.id}")


def stream_out(
    vault: Vault, owner: Owner, thread: Thread, file: File, out: BinaryIO, now: datetime
) -> None:
    """Hand one file of *thread* to a pipe; the act is recorded before the first byte.

    Raises:
        what `stream_file` raises: what was handed on by then was whole parts.
    """
    with vault.transaction():
        vault.record(owner.signer, now, "exported", [thread.thread_key], f"file {file.id}")
    stream_file(vault.parts, file, _writer(out.fileno()))


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
    try:
        try:
            stream_file(vault.parts, file, _writer(descriptor))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        temporary.rename(path)
        durable.flush_folder(path.parent)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise FileUnwritableError(path.name) from None
        raise


def _writer(descriptor: int) -> Callable[[memoryview], None]:
    def write(content: memoryview) -> None:
        while content:
            content = content[os.write(descriptor, content) :]

    return write
