"""Supervising: the two programs side by side, started and stopped together.

Only app/cli.py and tests depend on this module.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType

from app.addresses import Listener
from app.errors import NotServingError

START_SECONDS = 60.0
STOP_SECONDS = 30.0

# Two arenas: else glibc keeps memory for every thread that once took a body.
_VARIABLES = {"MALLOC_ARENA_MAX": "2"}


def serve(folder: Path, programs: dict[str, Listener], ready: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT; *ready* is called when both programs answer.

    Raises:
        NotServingError: one does not start, or ended by itself; the other was stopped.
    """
    stop = threading.Event()

    def stopped(_: int, __: FrameType | None) -> None:
        stop.set()

    before = {each: signal.signal(each, stopped) for each in (signal.SIGTERM, signal.SIGINT)}
    children: list[subprocess.Popen[bytes]] = []
    try:
        children += [_start(folder, name, each) for name, each in programs.items()]
        if _answer(children, programs.values(), stop):
            ready()
        while not stop.wait(0.2):
            if any(child.poll() is not None for child in children):
                raise NotServingError("a program ended by itself")
    finally:
        _stop(children)
        for listener in programs.values():
            listener.socket.close()
        for each, handler in before.items():
            signal.signal(each, handler)


def _start(folder: Path, name: str, listener: Listener) -> subprocess.Popen[bytes]:
    descriptor = listener.socket.fileno()
    return subprocess.Popen(
        # -P: nothing is imported from the folder that the operator happens to stand in.
        [sys.executable, "-P", "-m", "app.serving", name, str(folder), str(descriptor)],
        pass_fds=[descriptor],
        stdin=subprocess.DEVNULL,
        env={**os.environ, **_VARIABLES},
        start_new_session=True,  # Ctrl-C reaches this process, which stops them in order
    )


def _answer(
    children: list[subprocess.Popen[bytes]], listeners: Iterable[Listener], stop: threading.Event
) -> bool:
    """Wait until every program answers a request; False when told to stop meanwhile."""
    end = time.monotonic() + START_SECONDS
    for listener in listeners:
        while not _answers(listener.socket):
            if stop.is_set():
                return False
            if time.monotonic() > end or any(child.poll() is not None for child in children):
                raise NotServingError("a program does not start")
    return not stop.is_set()


def _answers(listening: socket.socket) -> bool:
    with socket.socket(listening.family) as line:
        line.settimeout(0.5)
        try:
            line.connect(listening.getsockname())
            line.sendall(b"GET /ready HTTP/1.1\r\nHost: box\r\nConnection: close\r\n\r\n")
            return line.recv(5) == b"HTTP/"
        except OSError:
            return False


def _stop(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        child.terminate()
    end = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.wait(max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
