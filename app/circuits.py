"""Tor circuits: the number that Tor gives a visitor's circuit instead of an address.

Only `app` depends on this module.  The number lives as long as the circuit and is kept in
memory only, to count requests.  Source: tor(1), HiddenServiceExportCircuitID.
"""

import threading
from ipaddress import IPv6Address, IPv6Network

MOST_LINES = 16  # connections of one circuit; a browser opens six

CIRCUIT = "buzon.circuit"  # in the environment

_CIRCUITS = IPv6Network("fc00:dead:beef:4dad::/64")


def circuit_of(address: str | None) -> str | None:
    """The circuit that *address* stands for; None when it is any other address."""
    try:
        number = IPv6Address(address or "")
    except ValueError:
        return None
    return str(number) if number in _CIRCUITS else None


class Circuits:
    """How many connections each circuit has now.  For any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lines: dict[str, int] = {}

    def enter(self, circuit: str) -> None:
        """One more.

        Raises:
            ConnectionError: it has enough.
        """
        with self._lock:
            count = self._lines.get(circuit, 0)
            if count >= MOST_LINES:
                raise ConnectionError("too many connections of one circuit")
            self._lines[circuit] = count + 1

    def leave(self, circuit: str) -> None:
        """One less."""
        with self._lock:
            count = self._lines.pop(circuit, 0) - 1
            if count > 0:
                self._lines[circuit] = count
