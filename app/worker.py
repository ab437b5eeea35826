"""The gunicorn worker: what it sends beyond the application's answer, and what it keeps.

Only `app` depends on this module; it is the only one that knows gunicorn's inside.

- No `Server`, no `Date`; the fixed headers also on what gunicorn refuses by itself.
- Of a request's headers the application sees only those that it needs.
- Of an address nothing, but the number of a Tor circuit where Tor is told to send it.
- The loop takes heads, slow bodies and slow readers, and waits for none of them; a thread
  serves what is there (app/lines.py).  Who is slowest goes first when there is no room.
"""

import select
import socket
import time
from collections.abc import Callable, Iterator
from functools import partial
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any

from gunicorn.http import get_parser
from gunicorn.http.errors import LimitRequestHeaders, NoMoreData
from gunicorn.http.wsgi import Response, create
from gunicorn.workers.gthread import ThreadWorker

from app.body import READER, LineSlowError
from app.circuits import CIRCUIT, Circuits
from app.errors import RequestMalformedError, ServerError
from app.lines import Line, Stage
from app.logs import report

NEEDED = frozenset(
    (
        "ACCEPT",
        "ACCEPT-ENCODING",
        "AUTHORIZATION",
        "CONNECTION",
        "CONTENT-LENGTH",
        "CONTENT-TYPE",
        "TRANSFER-ENCODING",
    )
)
PEER = ("127.0.0.1", 0)  # whoever it is, it is Tor or stands in its place
AT_ONCE_MILLISECONDS = 20
ACCEPTED_AT_ONCE = 32
BODIES_BYTES = 24 * 1024 * 1024  # of slow bodies, together
SWEEP_SECONDS = 0.5


class PlainResponse(Response):  # type: ignore[misc]
    """Gunicorn's answer without a name and a clock."""

    def default_headers(self) -> list[str]:
        """The status line and how the connection goes on."""
        kept = "close" if self.should_close() else "keep-alive"
        lines = [f"HTTP/1.1 {self.status}\r\n", f"Connection: {kept}\r\n"]
        if self.chunked:
            lines.append("Transfer-Encoding: chunked\r\n")
        return lines


class Exchange:
    """One request of a line, and its answer."""

    def __init__(self, line: Line, request: Any, cfg: Any, needed: frozenset[str]) -> None:
        """*needed*: headers of the request that the application may see."""
        self._line = line
        self._request = request
        self._announced = request._expected_100_continue  # noqa: SLF001 - gunicorn has no name for it
        request._expected_100_continue = False  # noqa: SLF001 - else gunicorn answers at once
        request.proxy_protocol_info = None
        request.headers = [(name, value) for name, value in request.headers if name in needed]
        self._response, self._environ = create(
            request, line, ("", 0), ("intake", 80), cfg, response_class=PlainResponse
        )
        self._environ["wsgi.multithread"] = True
        self._environ[CIRCUIT] = line.circuit
        self._environ[READER] = self._read
        self._answer: Any = None
        self._pieces: Iterator[bytes] = iter(())

    def serve(self, application: Callable[..., Any], *, last: bool) -> Stage:
        """Have *application* answer; *last*: then the line ends.  What comes next."""
        self._answer = application(self._environ, self._response.start_response)
        unread = getattr(self._request.body.reader, "length", 1)
        if last or unread or self._announced or self._request.body.failed:
            self._response.force_close()  # a body may come, or not: nobody waits for it
        self._pieces = iter(self._answer)
        return self.send()

    def send(self) -> Stage:
        """Send of the answer what there is room for; what comes next.  Raises OSError."""
        if not self._line.send_unsent():
            return Stage.ANSWER
        for piece in self._pieces:
            self._response.write(piece)
            if self._line.unsent:
                return Stage.ANSWER
        self._response.close()
        if self._line.unsent:
            return Stage.ANSWER
        return Stage.END if self._response.should_close() else Stage.HEAD

    def close(self) -> None:
        """Let go of the answer."""
        if self._answer is not None:
            self._answer.close()
            self._answer = None

    def _read(self, into: memoryview) -> int:
        """Fill *into* with the body; the number of bytes that came before the line ended.

        Raises:
            LineSlowError
        """
        body, unreader = self._request.body, self._line.parser.unreader
        body.failed = True  # until all is read, the line is good for nothing else
        if self._announced:
            self._line.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            self._announced = False
        ahead = unreader.take_buffered()
        count = min(len(ahead), len(into))
        into[:count] = ahead[:count]
        if ahead[count:]:
            unreader.unread(ahead[count:])
        try:
            count += self._line.receive(into[count:])
        except LineSlowError as slow:
            self._line.body += into[: count + slow.bytes_there]
            self._line.wanted = len(into)
            raise
        if count == len(into):
            body.reader.length -= count
            body.failed = False
        return count


class QuietWorker(ThreadWorker):  # type: ignore[misc]
    """A worker with threads that tells and keeps nothing of its own accord."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._most: int = self.cfg.worker_connections
        self.worker_connections = self._most + ACCEPTED_AT_ONCE  # `accept` makes room itself
        self._lines: dict[Line, None] = {}  # those that wait, longest first
        self._busy = 0  # lines that are with threads
        self._bodies = 0  # bytes of slow bodies
        self._circuits = Circuits() if self.cfg.proxy_protocol != "off" else None
        self._swept = 0.0

    # ------------------------------------------------------------------ the loop

    def accept(self, listener: Any) -> None:
        """Take new connections, and drop as many that wait when there are too many."""
        for _ in range(ACCEPTED_AT_ONCE):
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            if self.nr_conns >= self._most:
                self._make_room()
            self.nr_conns += 1
            self._watch(Line(sock, self._circuits))

    def _make_room(self) -> None:
        """Drop who ended, else who waits longest with no request, else who is slowest."""
        now = time.monotonic()
        for stages in ({Stage.END}, {Stage.HEAD}, {Stage.ANSWER, Stage.BODY}):
            found = [line for line in self._lines if line.stage in stages]
            if found:
                slow = Stage.BODY in stages
                self._close(min(found, key=lambda line: line.rate(now)) if slow else found[0])
                return

    def _watch(self, line: Line) -> None:
        """Wait for what *line* waits for."""
        self._lines[line] = None
        self._bodies += len(line.body)
        event = EVENT_WRITE if line.stage is Stage.ANSWER else EVENT_READ
        self.poller.register(line.sock, event, partial(self._advance, line))
        while self._bodies > BODIES_BYTES:
            now = time.monotonic()
            held = [each for each in self._lines if each.body]
            self._close(min(held, key=lambda each: each.rate(now)))

    def _unwatch(self, line: Line) -> None:
        self.poller.unregister(line.sock)
        del self._lines[line]
        self._bodies -= len(line.body)

    def _advance(self, line: Line, _: object) -> None:
        """Something came on *line*, or there is room."""
        if line not in self._lines:
            return  # dropped, after the loop had been told
        before = len(line.body)
        try:
            ready = line.advance()
        except OSError:
            self._close(line, known=before)
            return
        self._bodies += len(line.body) - before
        if ready:
            self._unwatch(line)
            self._serve_soon(line)
        elif self._bodies > BODIES_BYTES:
            self._unwatch(line)
            self._watch(line)

    def _serve_soon(self, line: Line) -> None:
        self._busy += 1
        line.patient = self._busy <= self.cfg.threads // 4  # fewer than app/intake.py has buffers
        self.enqueue_req(line)

    def finish_request(self, conn: Line, fs: Any) -> None:
        """A thread is done with *conn*."""
        self._busy -= 1
        try:
            stage = fs.result()
            if stage is Stage.END:
                conn.hang_up()
            else:
                conn.wait(stage)
            self._watch(conn)
        except Exception:  # noqa: BLE001 - whatever it is, this line is over
            self._lines.pop(conn, None)
            self._release(conn)

    def _close(self, line: Line, known: int | None = None) -> None:
        """End a line that waits."""
        self.poller.unregister(line.sock)
        del self._lines[line]
        self._bodies -= len(line.body) if known is None else known
        self._release(line)

    def _release(self, line: Line) -> None:
        self.nr_conns -= 1
        line.close()

    def murder_keepalived(self, force: bool = False) -> None:
        """End the lines that had their time; all, when *force*."""
        now = time.monotonic()
        if not force and now < self._swept + SWEEP_SECONDS:
            return
        self._swept = now
        for line in [line for line in self._lines if force or line.is_late(now)]:
            if line.stage is Stage.BODY and not force:
                line.broken = True  # the application says what it thinks of that
                self._unwatch(line)
                self._serve_soon(line)
            else:
                self._close(line)

    def murder_pending(self) -> None:
        """Nothing: `murder_keepalived` did it."""

    def _cap_keepalive(self, deadline: float) -> None:
        for line in self._lines:
            if line.stage is Stage.HEAD:
                line.end = min(line.end, deadline)

    # ------------------------------------------------------------------ in a thread

    def handle(self, conn: Line) -> Stage:
        """Serve the requests of a line while they come at once; what it waits for then."""
        while True:
            stage = self._serve(conn)
            if stage is Stage.HEAD and self._comes_at_once(conn):
                continue
            return stage

    def _comes_at_once(self, line: Line) -> bool:
        """Whether the next request of *line* comes before it is worth a change of threads."""
        line.head += line.parser.unreader.take_buffered()
        if line.has_request:
            return True
        if self._busy > self.cfg.threads // 2 or not self.alive:
            return False
        waiting = select.poll()
        waiting.register(line.sock, select.POLLIN)
        return bool(waiting.poll(AT_ONCE_MILLISECONDS)) and line.take_head()

    def _serve(self, line: Line) -> Stage:
        """Go on with the request of *line*; what it waits for then."""
        stage = Stage.END
        try:
            if line.request is None:
                line.request = self._begin(line)
                stage = line.request.serve(self.wsgi, last=not self.alive)
            elif line.stage is Stage.ANSWER:
                stage = line.request.send()
            else:
                stage = line.request.serve(self.wsgi, last=not self.alive)
        except LineSlowError:
            return Stage.BODY
        except (NoMoreData, StopIteration, OSError):
            pass  # the line broke
        except Exception as error:  # noqa: BLE001 - gunicorn's many kinds of a malformed request
            self.handle_error(None, line.sock, None, error)
        if stage is not Stage.ANSWER and line.request is not None:
            line.request.close()
            line.request = None
        return stage

    def _begin(self, line: Line) -> Exchange:
        """Read the head, which is there."""
        if not line.has_whole_head:
            raise LimitRequestHeaders("too long")
        if line.parser is None:
            line.parser = get_parser(self.cfg, line.sock, PEER)
        line.parser.unreader.unread(bytes(line.head))
        line.head.clear()
        request = next(line.parser)
        return Exchange(line, request, self.cfg, NEEDED | self.wsgi.extensions["needed"])

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
            *(f"{name}: {value}" for name, value in self.wsgi.extensions["fixed"]),
        ]
        try:
            message = "\r\n".join([*lines, "", ""]).encode("ascii") + body
            client.send(message, socket.MSG_DONTWAIT)
        except OSError:
            return
