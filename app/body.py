"""Bodies of requests: read exactly, into memory that is bounded and used again.

Only `app` depends on this module.
"""

import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Request

from app.errors import CellCutOffError, ContentTypeError, LengthNeededError, ServerBusyError
from crypto.strictjson import DocumentMalformedError

Reader = Callable[[memoryview], int]

READER = "buzon.body"  # in the environment, when app/worker.py serves
WAIT_SECONDS = 30.0


class LineSlowError(BaseException):
    """The rest of a body is not there yet: `bytes_there` of it are, in the buffer.

    For app/worker.py, which asks the application again when all is there; nothing between
    may take it for a failure.
    """

    def __init__(self, bytes_there: int) -> None:
        super().__init__()
        self.bytes_there = bytes_there


class Buffers:
    """At most *count* bodies of *size* bytes at the same time.

    A buffer is made when it is first needed, and the one used last is used next: a
    server that is not busy keeps few.
    """

    def __init__(self, size: int, count: int) -> None:
        self._size = size
        self._free: queue.LifoQueue[bytearray | None] = queue.LifoQueue()
        for _ in range(count):
            self._free.put(None)

    @contextmanager
    def one(self) -> Iterator[memoryview]:
        """A buffer, for the length of a block.

        Raises:
            ServerBusyError: all are in use, for too long.
        """
        try:
            buffer = self._free.get(timeout=WAIT_SECONDS)
        except queue.Empty:
            raise ServerBusyError("too many bodies at the same time") from None
        if buffer is None:
            buffer = bytearray(self._size)
        try:
            yield memoryview(buffer)
        finally:
            self._free.put(buffer)


def announced_length(request: Request) -> int:
    """What Content-Length says, in bytes.

    Raises:
        LengthNeededError: nothing, or the body comes in chunks.
    """
    environ = request.environ
    length = environ.get("CONTENT_LENGTH", "")
    if "HTTP_TRANSFER_ENCODING" in environ or not (length.isascii() and length.isdigit()):
        raise LengthNeededError("no Content-Length")
    return int(length)


def check_type(request: Request, wanted: str) -> None:
    """Refuse a body that is not announced as *wanted*.

    Raises:
        ContentTypeError
    """
    if request.environ.get("CONTENT_TYPE", "").strip().lower() != wanted:
        raise ContentTypeError("another content type")


def small_body(request: Request, most: int, content_type: str) -> bytes:
    """The body of a small request, whole.

    Raises:
        LengthNeededError, ContentTypeError, DocumentMalformedError (more than *most*
            bytes), CellCutOffError: in this order.
        LineSlowError: the rest is not there yet.
    """
    length = announced_length(request)
    check_type(request, content_type)
    if length > most:
        raise DocumentMalformedError("too long")
    body = bytearray(length)
    read_body(request, memoryview(body))
    return bytes(body)


def read_body(request: Request, into: memoryview) -> None:
    """Read exactly as many bytes as *into* has room for.

    Whoever calls this has changed nothing before that may not be done twice.

    Raises:
        CellCutOffError: the body ends, or stops, before that.
        LineSlowError: the rest is not there yet.
    """
    read: Reader = request.environ.get(READER) or _plain(request)
    if read(into) != len(into):
        raise CellCutOffError("the body ended early")


def _plain(request: Request) -> Reader:
    """A reader for a server that is not ours: that of Flask's test client."""

    def read(into: memoryview) -> int:
        count = 0
        while count < len(into):
            piece = request.environ["wsgi.input"].read(len(into) - count)
            if not piece:
                break
            into[count : count + len(piece)] = piece
            count += len(piece)
        return count

    return read
