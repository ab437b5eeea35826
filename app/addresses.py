"""Addresses on which the two programs listen: this machine's own, and nothing else.

Only `app` depends on this module.  Tor brings visitors here; nobody else should.
"""

import socket
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from app.errors import AddressError

BACKLOG = 256
UNIX = "unix:"


@dataclass(frozen=True, slots=True)
class Listener:
    """A socket that listens, and how to write its address."""

    socket: socket.socket
    address: str


def listen(address: str) -> Listener:
    """Listen at *address*, `127.0.0.1:8470`, `[::1]:8470` or `unix:/path`; port 0 is any.

    Raises:
        AddressError: it is none of these, or in use.
    """
    try:
        if address.startswith(UNIX):
            return _listen_unix(Path(address.removeprefix(UNIX)))
        host, _, port = address.rpartition(":")
        loopback = ip_address(host.strip("[]"))
        if not loopback.is_loopback:
            raise AddressError(f"{address} is not this machine's own")
        family = socket.AF_INET if loopback.version == 4 else socket.AF_INET6
        listener = socket.create_server((str(loopback), int(port)), family=family, backlog=BACKLOG)
    except (OSError, ValueError, OverflowError) as error:
        raise AddressError(f"{address}: {error}") from None
    name, number, *_ = listener.getsockname()
    return Listener(
        listener, f"http://{name if family == socket.AF_INET else f'[{name}]'}:{number}"
    )


def _listen_unix(path: Path) -> Listener:
    listener = socket.socket(socket.AF_UNIX)
    try:
        if path.is_socket():
            path.unlink()  # left by a program that was killed
        listener.bind(str(path))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return Listener(listener, f"{UNIX}{path}")
