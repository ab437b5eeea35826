"""Intake against a bare endpoint: durable cells per second, latency, memory.

Both run under gunicorn with the same settings on the same disk, in turns, within one run;
the load comes from the same machine.
"""

import json
import os
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
from dataclasses import dataclass, field
from pathlib import Path

from app.clock import utc_now
from app.db import open_database
from app.making import Plan, make_box, migrate
from app.settings import Settings
from crypto.weeks import week_of
from tests.bench.table import Row

CONNECTIONS = 8
THREADS = 48
ROUNDS = 3
MESSAGES = 2000  # of one round
PARTS = 160
MEMORY_PARTS = 1024  # 1 GiB
SIZES = {"message": 65_536, "part": 1_048_576}
FREE_RATE = "1000000000 per minute"


@dataclass
class Measured:
    """What one endpoint did with one size, over all rounds."""

    rates: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)

    def median(self) -> float:
        """Milliseconds."""
        return statistics.median(self.latencies) * 1000

    def p95(self) -> float:
        """Milliseconds."""
        return statistics.quantiles(self.latencies, n=20)[-1] * 1000


def send(port: int, size: int, count: int) -> tuple[float, list[float]]:
    """Seconds and latencies of *count* cells over 8 connections."""
    week = week_of(utc_now().date())
    arguments = ["127.0.0.1", port, size, count, CONNECTIONS, week]
    finished = subprocess.run(
        [sys.executable, "-m", "tests.bench.load", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        raise SystemExit(f"load: {finished.stderr}")
    told = json.loads(finished.stdout)
    return told["seconds"], told["latencies"]


@contextmanager
def ours(folder: Path) -> Iterator[tuple[int, int]]:
    """Our intake on a fresh box; port and process id."""
    folder.mkdir()
    (folder / "settings.toml").write_text(
        f'threads = {THREADS}\nshared_rate = "{FREE_RATE}"\n'
        "messages_per_day = 1000000000\nparts_per_day = 1000000000\n"
    )
    engine = open_database(Settings(folder=folder))
    migrate(engine)
    make_box(engine, Plan(ROUNDS * MESSAGES + 500, MEMORY_PARTS + ROUNDS * PARTS + 100, 16))
    engine.dispose()
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        descriptor = str(listener.fileno())
        command = [sys.executable, "-m", "app.serving", "intake", str(folder), descriptor]
        with serving(command, listener, {"MALLOC_ARENA_MAX": "2"}) as pid:
            yield listener.getsockname()[1], pid


@contextmanager
def bare(folder: Path) -> Iterator[tuple[int, int]]:
    """The bare endpoint; port and process id."""
    folder.mkdir()
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        command = [
            *(sys.executable, "-m", "gunicorn", "tests.bench.bare:app"),
            *("--bind", f"fd://{listener.fileno()}", "--workers", "1"),
            *("--worker-class", "gthread", "--threads", str(THREADS)),
            *("--keep-alive", "20", "--worker-connections", "560", "--no-control-socket"),
            *("--log-level", "error"),
        ]
        with serving(command, listener, {"BARE_DATABASE": str(folder / "bare.db")}) as pid:
            yield listener.getsockname()[1], pid


@contextmanager
def serving(
    command: list[str], listener: socket.socket, variables: dict[str, str]
) -> Iterator[int]:
    """Run *command* until the block is left; its process id once it answers."""
    process = subprocess.Popen(
        command, pass_fds=[listener.fileno()], env={**os.environ, **variables}
    )
    try:
        with socket.create_connection(listener.getsockname(), timeout=60) as line:
            line.sendall(b"GET /ready HTTP/1.1\r\nHost: box\r\nConnection: close\r\n\r\n")
            line.recv(1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def resident(pid: int) -> int:
    """Bytes of memory of a process and its children."""
    own = 0
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            own = int(line.split()[1]) * 1024
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return own + sum(resident(int(child)) for child in children)


def growth(port: int, pid: int) -> int:
    """Bytes that a server's memory grows at most while 1 GiB is sent to it."""
    start = resident(pid)
    most = start
    stop = threading.Event()

    def watch() -> None:
        nonlocal most
        while not stop.wait(0.05):
            most = max(most, resident(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        send(port, SIZES["part"], MEMORY_PARTS)
    finally:
        stop.set()
        watcher.join()
    return most - start


def measure() -> list[Row]:
    """Durable cells and waiting times against the bare endpoint; memory."""
    folder = Path(tempfile.mkdtemp(prefix="buzon-bench-"))
    counts = {"message": MESSAGES, "part": PARTS}
    results = {(who, kind): Measured() for who in ("ours", "bare") for kind in SIZES}
    try:
        with ours(folder / "ours") as one, bare(folder / "bare") as other:
            memory = growth(*one)
            for kind, size in SIZES.items():
                for number in range(ROUNDS):
                    pair = [("ours", one[0]), ("bare", other[0])]
                    for who, port in pair if number % 2 else reversed(pair):
                        time.sleep(0.5)
                        seconds, latencies = send(port, size, counts[kind])
                        results[who, kind].rates.append(counts[kind] / seconds)
                        results[who, kind].latencies += latencies
    finally:
        shutil.rmtree(folder)
    return [
        *_cells(results),
        Row("intake: memory growth in 1 GiB", "MiB", memory / 2**20, goal="<= 32"),
    ]


def _cells(results: dict[tuple[str, str], Measured]) -> Iterator[Row]:
    against = "bare endpoint"
    for kind in SIZES:
        mine, theirs = results["ours", kind], results["bare", kind]
        yield Row(
            f"intake: durable {kind} cells",
            "1/s",
            statistics.median(mine.rates),
            statistics.median(theirs.rates),
            against,
            ">= 0.8",
        )
        yield Row(f"intake: {kind}, median wait", "ms", mine.median(), theirs.median(), against)
        yield Row(f"intake: {kind}, p95 wait", "ms", mine.p95(), theirs.p95(), against)
