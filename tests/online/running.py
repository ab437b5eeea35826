"""The real server: both programs as `buzon-server serve` runs them."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from app.headers import FIXED, Fixed


@dataclass
class Server:
    """A server that runs; `log` is what both programs wrote to their error streams."""

    process: subprocess.Popen[str]
    intake: tuple[str, int]
    desk: tuple[str, int]
    log: Path

    def everybody(self) -> list[int]:
        """The ids of the server's processes, children last."""
        found = [self.process.pid]
        for pid in found:
            try:
                children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            except OSError:
                continue
            found += map(int, children)
        return found

    def kill(self) -> None:
        """End everything at once, as when the power fails."""
        for pid in self.everybody():
            os.kill(pid, signal.SIGKILL)
        self.process.wait(30)


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """Serve *folder* until the block is left."""
    log = folder.parent / f"{folder.name}.log"
    with log.open("ab") as errors:
        process = subprocess.Popen(
            [
                Path(sys.executable).with_name("buzon-server"),
                *("serve", "--data", folder, "--json"),
                *("--intake", "127.0.0.1:0", "--desk", "127.0.0.1:0"),
            ],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline() or "{}")
        assert told, log.read_text()
        yield Server(process, address(told["intake"]), address(told["desk"]), log)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(60)
        if process.stdout is not None:
            process.stdout.close()


def address(origin: str) -> tuple[str, int]:
    """Host and port of an origin."""
    host, port = origin.removeprefix("http://").split(":")
    return host, int(port)


@dataclass(frozen=True)
class Answer:
    """An answer as it came over the wire."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def code(self) -> str:
        """The error code; "" when there is none."""
        return json.loads(self.body)["code"] if self.body else ""

    def is_plain(self, fixed: Fixed = FIXED) -> bool:
        """The fixed headers, what describes the answer, and nothing else."""
        described = {"Content-Type", "Content-Length", "Content-Encoding", "Connection"}
        names = [name for name, _ in self.headers]
        rest = [pair for pair in self.headers if pair[0] not in described]
        return len(names) == len(set(names)) and sorted(rest) == sorted(fixed)


class Line:
    """A connection on which bytes are sent as they are."""

    def __init__(self, to: tuple[str, int]) -> None:
        self.socket = socket.create_connection(to, timeout=30)
        self._ahead = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, *pieces: bytes) -> None:
        """Send *pieces* one after another."""
        for piece in pieces:
            self.socket.sendall(piece)

    def answer(self, *, body: bool = True) -> Answer:
        """The next answer; *body* is False for one to HEAD."""
        while b"\r\n\r\n" not in self._ahead:
            self._more()
        head, _, self._ahead = self._ahead.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = [(name, value) for name, _, value in (each.partition(": ") for each in lines)]
        length = int(dict(headers).get("Content-Length", "0")) if body else 0
        while len(self._ahead) < length:
            self._more()
        found, self._ahead = self._ahead[:length], self._ahead[length:]
        return Answer(int(first.split()[1]), headers, found)

    def is_over(self) -> bool:
        """The server sends nothing more and hangs up."""
        try:
            return not self._ahead and self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def _more(self) -> None:
        piece = self.socket.recv(65_536)
        if not piece:
            raise ConnectionError("the server hung up")
        self._ahead += piece


def put(name: str, cell: bytes, *headers: str) -> bytes:
    """The bytes of an upload."""
    lines = [
        f"PUT /cells/{name} HTTP/1.1",
        "Host: box.test",
        "Content-Type: application/octet-stream",
        f"Content-Length: {len(cell)}",
        *headers,
    ]
    return "\r\n".join([*lines, "", ""]).encode() + cell
