"""The workstation: opening parts against age and gpg, and importing ten thousand messages.

Everything in one run on one disk, from the page cache, to /dev/null, in turns; the best
of five counts for each.  "Opening parts" is timed inside this process, as
`buzon-workstation export --file` does it, age and gpg as whole processes, for which
starting costs nothing noticeable at this size.  Our whole process has rows of its own.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median

from nacl.utils import random

from crypto import hpke
from crypto.airgap import key_ageing
from crypto.airgap.filing import Filing
from crypto.airgap.importing import import_pouch
from crypto.airgap.keyfile import VAULT_MEMORY_MIB, Cost, cost_of
from crypto.airgap.streaming import stream_file
from crypto.airgap.vault.vault import Vault
from crypto.cell import parse_message_cell
from crypto.manifest import ATTACHMENT, Manifest
from crypto.message import Kind, Message, serialise_message
from crypto.phrase import Phrase
from crypto.pouch import MARK
from crypto.stick import Folder
from crypto.weekly_key import WeeklyKey
from crypto.weeks import week_of
from crypto.witness.parts import seal_file
from crypto.witness.seal import seal_message
from tests.bench.table import Row

MIB = 1_048_576
COMPARED_BYTES = 512 * MIB
EXPORTED_BYTES = 2048 * MIB
ROUNDS = 5
FEW, MANY = 100, 10_000
FEW_ROUNDS = 3
LAWYERS = 3
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
WEEK = week_of(NOW.date())
PASSPHRASE = "a passphrase"
CHEAP = Cost(memory_kib=8, passes=1, lanes=1)

_WRAPPER = """\
import os, sys, time
started = time.perf_counter()
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(child, 0)
print(time.perf_counter() - started, usage.ru_maxrss, status, file=sys.stderr)
"""


def measure() -> list[Row]:
    """All rows of this part."""
    with tempfile.TemporaryDirectory(prefix="buzon-bench-") as name:
        folder = Path(name)
        return [*_opening(folder / "opening"), *_importing(folder / "importing")]


def _new_vault(folder: Path, cost: Cost = CHEAP) -> Vault:
    vault = Vault.create(folder, PASSPHRASE, cost)
    with vault.transaction():
        vault.identity.create(random(32), "Mezquite", "Norte", ("es",))
    key_ageing.make_keys(vault, vault.identity.owner(), NOW)
    return vault


def _public_key(vault: Vault) -> bytes:
    """The X-Wing key that witnesses of this week seal to."""
    envelope = vault.weekly_keys.envelopes(vault.identity.owner(), WEEK)[0]
    return WeeklyKey.from_payload(WeeklyKey.envelope_of(envelope).payload).key


def _message_cell(recipients: list[bytes], kind: Kind, files: tuple[Manifest, ...] = ()) -> bytes:
    phrase = Phrase(random(16))
    message = Message(
        kind=kind,
        message=random(16),
        reply_key=hpke.public_key_from_seed(phrase.reply_seed),
        tag_key=phrase.tag_key,
        questionnaire="1",
        client="bench",
        answers={"narrative": "Lo que pasó. " * 200, "place": "Iguala"},
        consent={"share": True},
        files=files,
    )
    content = serialise_message(message)
    return seal_message(WEEK, bytes(32), recipients, phrase.thread_seed, content, random)


# ----------------------------------------------------------------- opening parts


def _opening(folder: Path) -> Iterator[Row]:
    folder.mkdir()
    plain = _random_file(folder / "plain", COMPARED_BYTES)
    with _new_vault(folder / "vault") as vault:
        _take_file(vault, plain)
        attached = vault.files.of_thread(vault.messages.threads()[0])[0]

        def open_parts() -> None:
            with Path(os.devnull).open("wb", buffering=0) as nowhere:
                stream_file(vault.parts, attached, nowhere.write)

        with _age(folder, plain) as age, _gpg(folder, plain) as gpg:
            runs: dict[str, Callable[[], None]] = {"ours": open_parts, **age, **gpg}
            seconds: dict[str, list[float]] = {name: [] for name in runs}
            for _ in range(ROUNDS):
                for name, run in runs.items():
                    seconds[name].append(_timed(run))
    rates = {name: COMPARED_BYTES / MIB / min(taken) for name, taken in seconds.items()}
    for tool, goal in (("age -d", ">= 2"), ("gpg -d", "")):
        theirs = rates.get(tool)
        yield Row("workstation: opening parts", "MiB/s", rates["ours"], theirs, tool, goal)
    shutil.rmtree(folder)
    yield from _exporting(folder)


def _exporting(folder: Path) -> Iterator[Row]:
    folder.mkdir()
    with _new_vault(folder / "vault", cost_of(VAULT_MEMORY_MIB)) as vault:
        _take_file(vault, _random_file(folder / "plain", EXPORTED_BYTES))
        thread = vault.messages.threads()[0]
        attached = vault.files.of_thread(thread)[0]
    seconds, peak = _whole_process(folder, thread.id, attached.id)
    yield Row("workstation: exporting 2 GiB, passphrase included", "s", seconds)
    yield Row("workstation: memory to export 2 GiB", "MiB", peak, goal="<= 150")
    shutil.rmtree(folder)


def _random_file(path: Path, size: int) -> Path:
    with path.open("wb") as file:
        for _ in range(size // MIB):
            file.write(os.urandom(MIB))
    return path


def _take_file(vault: Vault, plain: Path) -> None:
    """Bring *plain* into *vault* as a witness's attachment."""
    digests: list[bytes] = []

    def keep(cell: bytes) -> None:
        digests.append(hashlib.sha256(cell).digest())
        (vault.parts / digests[-1].hex()).write_bytes(cell)

    with plain.open("rb") as file:
        manifests = seal_file(file, plain.stat().st_size, "video.mp4", ATTACHMENT, keep, random)
    with vault.transaction():
        for digest in digests:
            vault.cells.add_part(digest, NOW.date())
        filed = _file_first_message(vault)
        thread = vault.messages.threads()[0]
        for manifest in manifests:
            vault.files.add(thread, filed, manifest)


def _file_first_message(vault: Vault) -> int:
    cell = _message_cell([_public_key(vault)], "account")
    Filing(vault, NOW.date()).message(hashlib.sha256(cell).digest(), cell)
    assert parse_message_cell(cell).week == WEEK
    return vault.messages.of_thread(vault.messages.threads()[0])[0].number


@contextmanager
def _age(folder: Path, plain: Path) -> Iterator[dict[str, Callable[[], None]]]:
    if shutil.which("age") is None:
        print("age is not installed", file=sys.stderr)
        yield {}
        return
    key, sealed = folder / "age.key", folder / "age.sealed"
    _run(["age-keygen", "-o", str(key)])
    public = subprocess.run(
        ["age-keygen", "-y", str(key)], capture_output=True, text=True, check=True
    ).stdout.strip()
    _run(["age", "-r", public, "-o", str(sealed), str(plain)])
    yield {"age -d": partial(_run, ["age", "-d", "-i", str(key), str(sealed)])}
    sealed.unlink()


@contextmanager
def _gpg(folder: Path, plain: Path) -> Iterator[dict[str, Callable[[], None]]]:
    if shutil.which("gpg") is None:
        print("gpg is not installed", file=sys.stderr)
        yield {}
        return
    home, sealed = folder / "gpg", folder / "gpg.sealed"
    home.mkdir(mode=0o700)
    gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet", "--no-tty"]
    try:
        _run([*gpg, "--passphrase", "", "--quick-gen-key", "bench@example.org", "default"])
        _run(
            [*gpg, "--trust-model", "always", "--compress-algo", "none", "-r", "bench@example.org",
             "-o", str(sealed), "-e", str(plain)]
        )  # fmt: skip
        yield {"gpg -d": partial(_run, [*gpg, "-d", str(sealed)])}
        sealed.unlink()
    finally:
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False)


def _whole_process(folder: Path, thread: str, file: str) -> tuple[float, float]:
    """Seconds and MiB of `buzon-workstation export --file`."""
    secret = folder / "passphrase"
    secret.write_text(PASSPHRASE, "utf-8")
    program = Path(sys.executable).with_name("buzon-workstation")
    finished = subprocess.run(
        [sys.executable, "-c", _WRAPPER, str(program), "export", thread, "--file", file,
         "--out", "-", "--vault", str(folder / "vault"), "--passphrase-file", str(secret)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    seconds, kib, status = finished.stderr.split()[-3:]
    if status != "0":
        raise SystemExit(finished.stderr)
    return float(seconds), int(kib) / 1024


def _timed(run: Callable[[], None]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def _run(command: list[str]) -> None:
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)


# ----------------------------------------------------------------- importing messages


@dataclass(frozen=True, slots=True)
class CellCost:
    """What importing one cell takes, in seconds."""

    wall: float
    processor: float


def _importing(folder: Path) -> Iterator[Row]:
    folder.mkdir()
    # Before and after, so that what else the machine does weighs on both.
    at_few = [_import_cost(folder, FEW) for _ in range(FEW_ROUNDS)]
    at_many = _import_cost(folder, MANY)
    at_few += [_import_cost(folder, FEW) for _ in range(FEW_ROUNDS)]
    for unit, ours, theirs in (
        ("ms", at_many.wall, [one.wall for one in at_few]),
        ("ms of processor", at_many.processor, [one.processor for one in at_few]),
    ):
        yield Row(
            f"workstation: importing one of {MANY:,} messages", unit, ours * 1000,
            median(theirs) * 1000, f"one of {FEW}", "<= 1.2",
        )  # fmt: skip
    yield Row(f"workstation: importing {MANY:,} messages", "s", at_many.wall * MANY, goal="< 60")


def _import_cost(parent: Path, count: int) -> CellCost:
    """What a pouch with *count* message cells, all for this lawyer, takes to import."""
    folder = parent / "import"
    pouch = folder / "pouch"
    (pouch / "cells").mkdir(parents=True)
    (pouch / "POUCH").write_bytes(MARK)
    with _new_vault(folder / "vault") as vault:
        others = [hpke.public_key_from_seed(random(32)) for _ in range(LAWYERS - 1)]
        make = partial(_make_cells, pouch / "cells", [_public_key(vault), *others])
        with ProcessPoolExecutor() as workers:
            for _ in workers.map(make, [count // 20] * 20):
                pass
        os.sync()
        with Folder.open_pouch(pouch) as opened:
            owner = vault.identity.owner()
            started, busy = time.perf_counter(), time.process_time()
            report = import_pouch(vault, owner, opened, NOW)
            cost = CellCost(
                (time.perf_counter() - started) / count, (time.process_time() - busy) / count
            )
    if report.opened != count:
        raise SystemExit(f"opened {report.opened} of {count}")
    shutil.rmtree(folder)
    return cost


def _make_cells(cells: Path, recipients: list[bytes], count: int) -> None:
    for _ in range(count):
        cell = _message_cell(recipients, "account")
        (cells / hashlib.sha256(cell).hexdigest()).write_bytes(cell)
