"""Tor circuits: the number that Tor gives a visitor's circuit instead of an address.

Only `app` depends on this module.  The number lives as long as the circuit and is kept in
memory only, to count requests.  Source: tor(1), HiddenServiceExportCircuitID.
"""

from ipaddress import IPv6Address, IPv6Network

CIRCUIT = "buzon.circuit"  # in the environment

_CIRCUITS = IPv6Network("fc00:dead:beef:4dad::/64")


def circuit_of(address: str | None) -> str | None:
    """The circuit that *address* stands for; None when it is any other address."""
    try:
        number = IPv6Address(address or "")
    except ValueError:
        return None
    return str(number) if number in _CIRCUITS else None
