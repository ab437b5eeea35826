"""A desk and a SOCKS5 proxy on loopback, for trips that run as a process of their own."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from tests.online.courier.hostile_desk import HostileDesk

PASSPHRASE = "correcto caballo|pila <ñ>"
CODE = "123456"
NEXT_CODE = "654321"
_MOST_SECONDS = 30


@contextmanager
def serving(desk: HostileDesk) -> Iterator[str]:
    """Serve *desk*, which lets in who knows PASSPHRASE and each code once; the origin."""
    codes = [CODE, NEXT_CODE]
    inner = desk.answer

    def answer(request: httpx.Request) -> httpx.Response | None:
        if (request.method, request.url.path) == ("POST", "/session"):
            given = json.loads(request.read())
            desk.logins.append(given)
            if given["passphrase"] != PASSPHRASE or given["code"] not in codes:
                return httpx.Response(401, json={"code": "login-refused"})
            codes.remove(given["code"])
            return None
        return inner(request)

    desk.answer = answer

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = _MOST_SECONDS

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            response = desk.handle(
                httpx.Request(
                    self.command,
                    f"http://desk.test{self.path}",
                    headers=dict(self.headers.items()),
                    content=body,
                )
            )
            content = response.read()
            self.send_response(response.status_code)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_PUT = do_POST = do_DELETE = _answer  # noqa: N815 -- as http.server calls them

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def handle(self) -> None:
            with suppress(ConnectionError):  # the courier was killed
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(_MOST_SECONDS)


@dataclass
class Proxy:
    """A SOCKS5 proxy: what it was asked for.  All it reaches is *target*."""

    port: int
    asked: list[tuple[str, str, str, int]] = field(default_factory=list)  # name, pass, host, port


@contextmanager
def socks(target: tuple[str, int]) -> Iterator[Proxy]:
    """A proxy that wants a name and a passphrase, as Tor takes them.  Source: RFC 1928, 1929."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(_MOST_SECONDS)
    proxy = Proxy(listener.getsockname()[1])

    def accept() -> None:
        with suppress(OSError):  # closed, or nobody came
            while True:
                line, _ = listener.accept()
                threading.Thread(target=serve, args=(line,), daemon=True).start()

    def serve(line: socket.socket) -> None:
        with line, suppress(ConnectionError, TimeoutError):
            line.settimeout(_MOST_SECONDS)
            incoming = line.makefile("rb")
            methods = incoming.read(incoming.read(2)[1])
            if b"\x02" not in methods:
                line.sendall(b"\x05\xff")
                return
            line.sendall(b"\x05\x02")
            name = incoming.read(incoming.read(2)[1]).decode()
            passphrase = incoming.read(incoming.read(1)[0]).decode()
            line.sendall(b"\x01\x00")
            _, _, _, kind = incoming.read(4)
            assert kind == 3, "an address where a name should be: it was looked up here"
            host = incoming.read(incoming.read(1)[0]).decode()
            port = int.from_bytes(incoming.read(2))
            proxy.asked.append((name, passphrase, host, port))
            with socket.create_connection(target, _MOST_SECONDS) as onward:
                line.sendall(b"\x05\x00\x00\x01" + bytes(6))
                back = threading.Thread(target=pump, args=(onward, line), daemon=True)
                back.start()
                while piece := incoming.read1(65_536):
                    onward.sendall(piece)
                onward.shutdown(socket.SHUT_WR)
                back.join(_MOST_SECONDS)

    def pump(source: socket.socket, to: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(65_536):
                to.sendall(piece)

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        listener.close()
