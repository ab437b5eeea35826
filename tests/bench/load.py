"""The load: cells sent over kept connections, each sent when the one before is answered.

    python -m tests.bench.load ADDRESS PORT BYTES COUNT CONNECTIONS WEEK

Prints one JSON line: seconds, and the latency of every cell.  A process of its own, so
that it and the server get a core each.
"""

import hashlib
import json
import os
import socket
import sys
import threading
import time


def head(size: int, week: int) -> bytes:
    """The beginning of a cell of *size* bytes, as far as a server reads it."""
    if size == 65_536:
        return b"BZN1\x01\x01\0\0" + week.to_bytes(4)
    return b"BZN1\x01\x02\0\0"


class Load:
    """Cells that differ in their last 32 bytes, so that naming them costs nothing here."""

    def __init__(self, address: tuple[str, int], size: int, count: int, week: int) -> None:
        self.address = address
        self.left = count
        self.lock = threading.Lock()
        self.latencies: list[float] = []
        beginning = head(size, week)
        self.stem = beginning + os.urandom(size - len(beginning) - 32)
        self.hash = hashlib.sha256(self.stem)

    def run(self, connections: int) -> float:
        """Send everything; returns seconds."""
        threads = [threading.Thread(target=self.send) for _ in range(connections)]
        start = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return time.perf_counter() - start

    def take(self) -> bool:
        """Whether there is one more to send."""
        with self.lock:
            self.left -= 1
            return self.left >= 0

    def send(self) -> None:
        """Send cells over one connection until none is left."""
        with socket.create_connection(self.address) as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while self.take():
                tail = os.urandom(32)
                digest = self.hash.copy()
                digest.update(tail)
                request = (
                    f"PUT /cells/{digest.hexdigest()} HTTP/1.1\r\nHost: box\r\n"
                    f"Content-Type: application/octet-stream\r\n"
                    f"Content-Length: {len(self.stem) + 32}\r\n\r\n"
                ).encode()
                start = time.perf_counter()
                line.sendall(b"".join((request, self.stem, tail)))
                answer = b""
                while b"\r\n\r\n" not in answer:
                    piece = line.recv(4096)
                    if not piece:
                        raise SystemExit("the server hung up")
                    answer += piece
                self.latencies.append(time.perf_counter() - start)
                if not answer.startswith(b"HTTP/1.1 204"):
                    raise SystemExit(answer.decode("latin-1"))


if __name__ == "__main__":
    host, port, size, count, connections, week = sys.argv[1:]
    load = Load((host, int(port)), int(size), int(count), int(week))
    seconds = load.run(int(connections))
    if len(load.latencies) != int(count):
        raise SystemExit("not everything was stored")
    print(json.dumps({"seconds": seconds, "latencies": load.latencies}))
