"""Lines: the connections of one program, each as slow as its visitor, none in the way.

Only app/worker.py depends on this module.

A thread serves a line only while bytes are there.  A line that waits, for the head of a
request, for the rest of a body or for room for an answer, belongs to the worker's loop,
which never waits for any one of them: so a thousand slow visitors hold no thread.
"""

import socket
import struct
import time
from enum import Enum
from typing import Any

from app.body import LineSlowError
from app.circuits import Circuits, circuit_of

MAX_HEAD_BYTES = 8 * 1024
HEAD_SECONDS = 10.0  # for the whole head of a request, from its first byte
IDLE_SECONDS = 20.0  # for that first byte
END_SECONDS = 2.0  # for a visitor to take the last answer
AT_HAND_SECONDS = 1.0  # a thread waits as long for the rest of a body, if others are free

# A body or an answer must move this much in every window.  The page gives a request 15
# minutes: a part of 1 MiB at this rate takes 17.
SLOWEST_BYTES_PER_SECOND = 1024
WINDOW_SECONDS = 60.0

_AT_HAND = struct.pack("@ll", int(AT_HAND_SECONDS), 0)
_PIECE_BYTES = 256 * 1024
_OVER = b"\r\n\r\n"


class Stage(Enum):
    """What a line waits for."""

    HEAD = "the head of a request"
    BODY = "the rest of a body"
    ANSWER = "room for an answer"
    END = "the visitor to hang up"


class Line:
    """One connection.  For one thread at a time: the loop's, or one that serves it."""

    def __init__(self, sock: socket.socket, circuits: Circuits | None = None) -> None:
        """*circuits*: given, a line that names the circuit comes before the first request."""
        sock.setblocking(True)
        # Source: socket(7): then a call fails, or returns what there is.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _AT_HAND)
        self.sock = sock
        self.parser: Any = None
        self.request: Any = None  # the one under way
        self.circuit: str | None = None
        self.patient = True  # threads are free: the next bytes may be waited for
        self.broken = False
        self.head = bytearray()
        self.body = bytearray()  # of a slow one, what came
        self.wanted = 0  # bytes of it
        self.unsent = b""
        self._circuits = circuits
        self._named = circuits is None
        self.wait(Stage.HEAD)

    # ------------------------------------------------------------------ waiting

    def wait(self, stage: Stage) -> None:
        """From now on this line waits for *stage*."""
        self.stage = stage
        self.since = time.monotonic()
        self.moved = 0  # bytes, since then
        self._window = (self.since, 0)
        seconds = {Stage.HEAD: HEAD_SECONDS if self.head else IDLE_SECONDS, Stage.END: END_SECONDS}
        self.end = self.since + seconds.get(stage, float("inf"))

    def is_late(self, now: float) -> bool:
        """Whether the line had its time."""
        start, moved = self._window
        if now - start >= WINDOW_SECONDS:
            if self.stage in {Stage.BODY, Stage.ANSWER}:
                least = SLOWEST_BYTES_PER_SECOND * WINDOW_SECONDS
                if self.moved - moved < least:
                    return True
            self._window = (now, self.moved)
        return now >= self.end

    def rate(self, now: float) -> float:
        """Bytes in a second, as long as this line waits; the youngest get the benefit."""
        return (self.moved + SLOWEST_BYTES_PER_SECOND) / (now - self.since + 0.1)

    def advance(self) -> bool:
        """Take what there is, without waiting; whether there is something to do for a thread.

        Raises:
            OSError: the line is over.
        """
        try:
            if self.stage is Stage.HEAD:
                return self.take_head()
            if self.stage is Stage.BODY:
                return self._take_body()
            if self.stage is Stage.ANSWER:
                return self.send_unsent()
            self._drop()
        except BlockingIOError:
            pass
        return False

    # ------------------------------------------------------------------ heads

    @property
    def has_request(self) -> bool:
        """Whether a head is whole, or longer than any may be."""
        return self.has_whole_head or len(self.head) >= MAX_HEAD_BYTES

    @property
    def has_whole_head(self) -> bool:
        """Whether all is there that gunicorn will want to read of a head."""
        start = 0
        if self._circuits is not None and self.parser is None and self.head.startswith(b"PROXY "):
            start = self.head.find(b"\r\n") + 2
            if start == 1:
                return False
        if self.head.startswith(b"\r\n", start):  # one is passed over: RFC 9112, 2.2
            start += 2
        return self.head.find(_OVER, start) >= 0

    def take_head(self) -> bool:
        """Take what came of a head; whether it is whole.  Raises OSError."""
        piece = self.sock.recv(MAX_HEAD_BYTES - len(self.head), socket.MSG_DONTWAIT)
        if not piece:
            raise ConnectionResetError
        if not self.head:
            self.end = time.monotonic() + HEAD_SECONDS
        self.head += piece
        if not self._named:
            self._name_circuit()
        return self.has_request

    def _name_circuit(self) -> None:
        """Count this line with the others of its circuit, as soon as Tor has said which.

        Raises:
            ConnectionError: there are enough.
        """
        first, over, _ = self.head.partition(b"\r\n")
        if not over or self._circuits is None:
            return
        self._named = True
        fields = first.decode("ascii", "replace").split(" ")
        circuit = circuit_of(fields[2]) if fields[0] == "PROXY" and len(fields) == 6 else None
        if circuit is not None:
            self._circuits.enter(circuit)
            self.circuit = circuit

    # ------------------------------------------------------------------ bodies

    def receive(self, into: memoryview) -> int:
        """Fill *into* with the rest of a body; how much of it came before the line ended.

        Raises:
            LineSlowError: it takes longer than a thread waits.
        """
        if self.wanted:  # the loop took it meanwhile
            count = len(self.body)
            into[:count] = self.body
            self.body.clear()
            self.wanted = 0
            return count
        count = 0
        try:
            # One call to the system for the whole rest.
            how = socket.MSG_WAITALL if self.patient else socket.MSG_DONTWAIT
            if into:
                count = self.sock.recv_into(into, 0, how)
                self.broken = not count
        except BlockingIOError:
            pass
        except OSError:
            self.broken = True
        if count < len(into) and not self.broken:
            raise LineSlowError(count)
        return count

    def _take_body(self) -> bool:
        least = min(self.wanted - len(self.body), _PIECE_BYTES)
        piece = self.sock.recv(least, socket.MSG_DONTWAIT)
        self.body += piece
        self.moved += len(piece)
        self.broken = not piece
        return self.broken or len(self.body) == self.wanted

    # ------------------------------------------------------------------ answers

    def sendall(self, data: bytes) -> None:
        """Send *data*, or keep what there is no room for.  Raises OSError."""
        self.unsent += data
        self.send_unsent()

    def send_unsent(self) -> bool:
        """Send what was kept; whether all is sent.  Raises OSError."""
        if self.unsent:
            try:
                sent = self.sock.send(self.unsent, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return False
            self.moved += sent
            self.unsent = self.unsent[sent:]
        return not self.unsent

    # ------------------------------------------------------------------ ends

    def hang_up(self) -> None:
        """Say that nothing more comes.  What was sent is taken first: RFC 9112, 9.6."""
        self.sock.shutdown(socket.SHUT_WR)
        self.wait(Stage.END)

    def close(self) -> None:
        """Let go of everything."""
        if self.circuit is not None and self._circuits is not None:
            self._circuits.leave(self.circuit)
        if self.request is not None:
            self.request.close()
        self.sock.close()

    def _drop(self) -> None:
        if not self.sock.recv(_PIECE_BYTES, socket.MSG_DONTWAIT):
            raise ConnectionResetError
