"""A desk in memory for the courier's tests: obedient unless told otherwise."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from app.courier.connection import Connection, Desk
from app.courier.errors import LoginError
from app.courier.login import Login

TOKEN = "t0ken"
DIRECTORY = b'{"untrusted":"directory"}'
ROSTERS = b'{"untrusted":"rosters"}'


@dataclass
class HostileDesk:
    """Cells by hex digest; `answer` may replace any answer before it is sent."""

    messages: dict[str, bytes] = field(default_factory=dict)
    parts: dict[str, bytes] = field(default_factory=dict)
    directory: bytes = DIRECTORY
    listing: bytes | None = None
    handed_in: dict[str, bytes] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    answer: Callable[[httpx.Request], httpx.Response | None] = lambda _: None
    asked: list[str] = field(default_factory=list)  # why whoever carries was asked
    logins: list[dict[str, str]] = field(default_factory=list)  # what came over a real line
    pauses: list[float] = field(default_factory=list)

    def add(self, cell: bytes, kind: str = "messages") -> str:
        digest = hashlib.sha256(cell).hexdigest()
        getattr(self, kind)[digest] = cell
        return digest

    def connection(self) -> Connection:
        return Connection(
            "http://desk.test",
            sleep=self.pauses.append,
            transport=httpx.MockTransport(lambda request: _unread(self.handle(request))),
        )

    def desk(self) -> Desk:
        return Desk(self.connection(), "mezquite", self.ask)

    def ask(self, reason: str) -> Login:
        """Whoever carries: knows the passphrase, has the next code, gives up when refused."""
        self.asked.append(reason)
        if reason == LoginError.code:
            raise LoginError("given up")
        return Login("a passphrase", f"{len(self.asked):06}")

    def handle(self, request: httpx.Request) -> httpx.Response:
        """What the desk answers."""
        self.requests.append(f"{request.method} {request.url.path}")
        replaced = self.answer(request)
        if replaced is not None:
            return replaced
        path = request.url.path
        if path == "/session":
            if request.method == "DELETE":
                return httpx.Response(204)
            return httpx.Response(200, json={"token": TOKEN, "minutes": 60})
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return httpx.Response(401, json={"code": "session-needed"})
        if path == "/directory":
            return httpx.Response(200, content=self.directory)
        if path == "/rosters":
            return httpx.Response(200, content=ROSTERS)
        if path == "/listing":
            return httpx.Response(200, content=self.listing or self._listing())
        if path.startswith("/cells/"):
            cell = {**self.messages, **self.parts}.get(path.removeprefix("/cells/"))
            if cell is None:
                return httpx.Response(404, json={"code": "cell-unknown"})
            return httpx.Response(200, content=cell)
        if request.method == "PUT":
            self.handed_in[path] = request.read()
            return httpx.Response(204)
        return httpx.Response(404, json={"code": "not-found"})

    def _listing(self) -> bytes:
        return json.dumps(
            {"day": "2026-03-01", "messages": sorted(self.messages), "parts": sorted(self.parts)}
        ).encode()


def _unread(response: httpx.Response) -> httpx.Response:
    """The same answer, its body still on the line, as from a server."""
    return httpx.Response(response.status_code, stream=httpx.ByteStream(response.content))
