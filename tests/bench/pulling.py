"""Four couriers pull 20,000 cells at once: what that leaves to the intake, and memory.

Both programs on one box that was filled directly.  The load on the intake is measured
before the couriers begin, while they pull, and after, within one run.
"""

import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from app.accounts import Accounts
from app.box import Box, Deposit
from app.clock import utc_now
from app.db import open_database
from app.folder import make_folder
from app.making import Plan
from app.settings import Settings
from app.shelf import MESSAGES
from crypto.weeks import week_of
from tests.bench.intake import FREE_RATE, SIZES, THREADS, resident, send, serving
from tests.bench.table import Row
from tests.online import cells
from tests.online.organisation import Organisation

HELD = 20_000
COURIERS = 4
SENT = 600  # messages of one measurement
ALONE = 4  # measurements before the couriers, and after
MOST = 40  # measurements beside them
TOGETHER = 256  # cells of one transaction when the box is filled
ACCOUNT, PASSPHRASE = "mezquite", "cuatro palabras que nadie sabe"


def measure() -> list[Row]:
    """The intake's rate beside couriers, and how far both programs' memory grows."""
    folder = Path(tempfile.mkdtemp(prefix="buzon-bench-"))
    try:
        settings = _fill(folder)
        with (
            _program("intake", settings) as intake,
            _program("desk", settings) as desk,
            # To recognise a passphrase takes 64 MiB for a moment; that is over then.
            _couriers(folder, desk[0]) as couriers,
        ):
            processes = {"intake": intake[1], "desk": desk[1]}
            start = {name: resident(process) for name, process in processes.items()}
            with _watching(processes) as most:
                alone = [_rate(intake[0]) for _ in range(ALONE)]
                beside, pulled = _beside(intake[0], couriers)
                alone += [_rate(intake[0]) for _ in range(ALONE)]
    finally:
        shutil.rmtree(folder)
    return [
        Row(
            f"intake: durable message cells while {COURIERS} couriers pull",
            "1/s",
            statistics.median(beside),
            statistics.median(alone),
            "without couriers",
            ">= 0.5",
        ),
        Row("desk: cells pulled by all couriers together", "1/s", pulled),
        *(
            Row(
                f"{name}: memory growth in that time",
                "MiB",
                (most[name] - start[name]) / 2**20,
                goal="<= 32",
            )
            for name in processes
        ),
    ]


def _fill(folder: Path) -> Settings:
    """A server's data folder with an account, and with HELD messages in its box."""
    data = folder / "data"
    trust = Organisation(utc_now().date()).trust_envelope
    make_folder(data, trust, Plan(HELD + (2 * ALONE + MOST) * SENT + 500, 1, 16))
    (data / "settings.toml").write_text(
        f'threads = {THREADS}\nshared_rate = "{FREE_RATE}"\nmessages_per_day = 1000000000\n'
    )
    settings = Settings(folder=data)
    engine = open_database(settings)
    Accounts(engine).add(ACCOUNT, PASSPHRASE)
    (folder / "passphrase").write_text(PASSPHRASE, "utf-8")
    today = utc_now().date()
    box = Box(engine, {MESSAGES: 1_000_000_000})
    for start in range(0, HELD, TOGETHER):
        made = [cells.message(week_of(today)) for _ in range(start, min(start + TOGETHER, HELD))]
        deposit = Deposit(MESSAGES, [(sha256(cell).digest(), cell) for cell in made])
        box.store([deposit], today)
        if deposit.refusal is not None:
            raise SystemExit("the box was not filled")
        box.truncate_log(today)
    box.close(today)
    engine.dispose()
    return settings


@contextmanager
def _program(name: str, settings: Settings) -> Iterator[tuple[int, int]]:
    """One of the two programs; port and process id."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        descriptor = str(listener.fileno())
        command = [sys.executable, "-m", "app.serving", name, str(settings.folder), descriptor]
        with serving(command, listener, {"MALLOC_ARENA_MAX": "2"}) as process:
            yield listener.getsockname()[1], process


@contextmanager
def _watching(processes: dict[str, int]) -> Iterator[dict[str, int]]:
    """The most memory, in bytes, that each of *processes* has in the block."""
    most = dict.fromkeys(processes, 0)
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(0.05):
            for name, process in processes.items():
                most[name] = max(most[name], resident(process))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield most
    finally:
        stop.set()
        watcher.join()


def _rate(port: int) -> float:
    """Durable message cells per second."""
    seconds, _ = send(port, SIZES["message"], SENT)
    return SENT / seconds


@contextmanager
def _couriers(folder: Path, desk: int) -> "Iterator[list[subprocess.Popen[str]]]":
    """Couriers with a session each, who wait for a word to begin."""
    command = [sys.executable, "-m", "tests.bench.puller", f"http://127.0.0.1:{desk}"]
    command += [ACCOUNT, str(folder / "passphrase")]
    couriers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(COURIERS)
    ]
    try:
        for courier in couriers:
            if courier.stdout is None or courier.stdout.readline() != "in\n":
                raise SystemExit("a courier was not let in")
        yield couriers
    finally:
        for courier in couriers:
            courier.kill()
            courier.wait()


def _beside(intake: int, couriers: "list[subprocess.Popen[str]]") -> tuple[list[float], float]:
    """The same, again and again for as long as all couriers pull; and what they got a second."""
    start = time.monotonic()
    for courier in couriers:
        assert courier.stdin is not None
        courier.stdin.write("go\n")
        courier.stdin.flush()
    rates: list[float] = []
    while len(rates) < MOST and all(courier.poll() is None for courier in couriers):
        rates.append(_rate(intake))
    got = [int(courier.communicate()[0] or 0) for courier in couriers]
    if min(got) < HELD:
        raise SystemExit(f"couriers got {got}")
    return rates, sum(got) / (time.monotonic() - start)
