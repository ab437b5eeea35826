"""Tripwire: a program of the air gap, or the witness's, ends rather than open a socket.

The rings are drawn by imports; this holds even when an imported library does what it
should not.  Called first in such a program's `main`; it cannot be undone.
"""

import sys
from typing import Any, Final

from crypto.errors import BuzonError

_EVENTS: Final = ("socket.", "urllib.", "http.", "ftplib.", "smtplib.", "imaplib.", "poplib.")


class SocketForbiddenError(BuzonError):
    """Something in this program tried to reach a network."""

    code = "socket-forbidden"


def forbid_sockets() -> None:
    """From now on every attempt of this process to make or use a socket raises.

    Raises:
        SocketForbiddenError: not here, but from whatever makes the attempt.

    Source: docs.python.org/3/library/audit_events.html.
    """
    sys.addaudithook(_refuse)


def _refuse(event: str, _: tuple[Any, ...]) -> None:
    if event.startswith(_EVENTS):
        raise SocketForbiddenError(event)
