"""The gunicorn worker: what it sends beyond the application's answer, and what it keeps.

Only `app` depends on this module; it is the only one that knows gunicorn's inside.

- No `Server`, no `Date`; the fixed headers also on what gunicorn refuses by itself.
- Of a request's headers the application sees only those that it needs.
- Of an address nothing, but the number of a Tor circuit where Tor is told to send it.
- Bodies are read straight from the socket, with an end to patience.
"""

import select
import socket
import struct
from typing import Any

from gunicorn.http.errors import NoMoreData
from gunicorn.http.wsgi import Response, create
from gunicorn.workers.gthread import (
    _DEFER,
    DEFAULT_WORKER_DATA_TIMEOUT,
    TConn,
    ThreadWorker,
)

from app.body import READER
from app.circuits import CIRCUIT, circuit_of
from app.errors import RequestMalformedError, ServerError
from app.headers import FIXED
from app.logs import report

NEEDED = frozenset(
    (
        "ACCEPT-ENCODING",
        "AUTHORIZATION",
        "CONNECTION",
        "CONTENT-LENGTH",
        "CONTENT-TYPE",
        "TRANSFER-ENCODING",
    )
)
SILENCE_SECONDS = 30.0  # between two pieces of a request
SLOWEST_BYTES_PER_SECOND = 2048  # of a body, beyond SILENCE_SECONDS
AT_ONCE_MILLISECONDS = 20

_SILENCE = struct.pack("@ll", int(SILENCE_SECONDS), 0)


class PlainResponse(Response):  # type: ignore[misc]
    """Gunicorn's answer without a name and a clock."""

    def default_headers(self) -> list[str]:
        """The status line and how the connection goes on."""
        kept = "close" if self.should_close() else "keep-alive"
        lines = [f"HTTP/1.1 {self.status}\r\n", f"Connection: {kept}\r\n"]
        if self.chunked:
            lines.append("Transfer-Encoding: chunked\r\n")
        return lines


class BodyReader:
    """Reads the body of one request from its socket; called at most once."""

    def __init__(self, request: Any, sock: Any) -> None:
        self._request = request
        self._sock = sock
        self.announced = request._expected_100_continue  # noqa: SLF001 - gunicorn has no name for it
        request._expected_100_continue = False  # noqa: SLF001 - else gunicorn answers at once

    def __call__(self, into: memoryview) -> int:
        """Fill *into*; returns the number of bytes that came in time."""
        body = self._request.body
        body.failed = True  # until all is read, the connection is good for nothing else
        if self.announced:
            self._sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.announced = False
        ahead = self._request.unreader.take_buffered()
        count = min(len(ahead), len(into))
        into[:count] = ahead[:count]
        if ahead[count:]:
            self._request.unreader.unread(ahead[count:])
        count += self._receive(into[count:])
        if count == len(into):
            body.reader.length -= count
            body.failed = False
        return count

    def _receive(self, into: memoryview) -> int:
        """One call to the system for the whole rest of a body, which ends in time."""
        set_patience(self._sock, SILENCE_SECONDS + len(into) / SLOWEST_BYTES_PER_SECOND)
        count = 0
        try:
            while count < len(into):
                piece = self._sock.recv_into(into[count:], 0, socket.MSG_WAITALL)
                if not piece:
                    break
                count += piece
                # A call that ended with less was out of time or out of line.
                if count < len(into):
                    break
        except OSError:
            pass
        set_patience(self._sock, SILENCE_SECONDS)
        return count


def set_patience(sock: Any, seconds: float) -> None:
    """How long the system waits for bytes from, or room on, a line that blocks.

    Source: socket(7), SO_RCVTIMEO: then a call fails, or returns what there is.
    """
    value = struct.pack("@ll", int(seconds), 0)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, value)


class QuietWorker(ThreadWorker):  # type: ignore[misc]
    """A worker with threads that tells and keeps nothing of its own accord."""

    def handle(self, conn: TConn) -> Any:
        """Serve the requests of a connection while they come at once.

        Returns whether the connection may wait for more; or that it waits for its first.
        """
        known = conn.initialized or conn.data_ready
        if not known and not conn.wait_for_data(DEFAULT_WORKER_DATA_TIMEOUT):
            return _DEFER
        conn.sock.setblocking(True)
        set_patience(conn.sock, SILENCE_SECONDS)
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _SILENCE)
        conn.init()
        while self._serve(conn):
            if not self._comes_at_once(conn):
                return True
        return False

    def _comes_at_once(self, conn: TConn) -> bool:
        """Whether the next request of *conn* comes before it is worth a change of threads."""
        if self.nr_conns > self.cfg.threads // 2 or not self.alive:
            return False
        if conn.parser.unreader.buf.getbuffer().nbytes:
            return True
        line = select.poll()
        line.register(conn.sock, select.POLLIN)
        return bool(line.poll(AT_ONCE_MILLISECONDS))

    def _serve(self, conn: TConn) -> bool:
        """Serve one request of *conn*; whether there may be another."""
        request = None
        try:
            request = next(conn.parser)
            if not request:
                return False
            kept = self.handle_request(request, conn)
            if getattr(request.body.reader, "length", 1):
                return bool(self._keepalive_after(conn, kept))
        except (NoMoreData, StopIteration, OSError):
            return False  # the line broke, or the client was silent for too long
        except Exception as error:  # noqa: BLE001 - gunicorn's many kinds of a malformed request
            self.handle_error(request, conn.sock, conn.client, error)
            return False
        return kept

    def handle_request(self, req: Any, conn: TConn) -> bool:
        """Have the application answer *req*; whether the connection may be used again."""
        if req.proxy_protocol_info:  # only the first request of a connection has it
            conn.circuit = circuit_of(req.proxy_protocol_info["client_addr"])
        req.proxy_protocol_info = None
        req.headers = [(name, value) for name, value in req.headers if name in NEEDED]
        read = BodyReader(req, conn.sock)
        response, environ = create(
            req, conn.sock, ("", 0), ("intake", 80), self.cfg, response_class=PlainResponse
        )
        environ["wsgi.multithread"] = True
        environ[CIRCUIT] = getattr(conn, "circuit", None)
        environ[READER] = read
        if not self.alive or len(self.keepalived_conns) >= self.max_keepalived:
            response.force_close()
        answer = self.wsgi(environ, response.start_response)
        try:
            if read.announced or req.body.failed:
                response.force_close()  # a body may come, or not: nobody waits for it
            for piece in answer:
                response.write(piece)
            response.close()
        finally:
            answer.close()
        return not response.should_close()

    def handle_error(self, _request: Any, client: Any, _address: Any, exc: BaseException) -> None:
        """Answer what could not be read, or what broke the application, by a code."""
        foreseen = type(exc).__module__ == "gunicorn.http.errors"
        kind = RequestMalformedError if foreseen else ServerError
        if not foreseen:
            report(kind.code, exc)
        body = b'{"code":"%s"}' % kind.code.encode()
        lines = [
            f"HTTP/1.1 {kind.status.value} {kind.status.phrase}",
            "Connection: close",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            *(f"{name}: {value}" for name, value in FIXED),
        ]
        try:
            client.sendall("\r\n".join([*lines, "", ""]).encode("ascii") + body)
        except OSError:
            return
