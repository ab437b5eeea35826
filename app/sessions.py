"""Sessions of the desk: in memory, short, and gone when the program stops.

Only `app` depends on this module.  Kept is the hash of a token and the moment it ends;
not who holds it.
"""

import hashlib
import secrets
import threading
import time
from collections.abc import Callable

from app.errors import SessionNeededError

TOKEN_BYTES = 32
_SCHEME = "Bearer "


class Sessions:
    """The tokens that are alive.  For any thread."""

    def __init__(self, minutes: int, clock: Callable[[], float] = time.monotonic) -> None:
        """*clock* counts seconds."""
        self.minutes = minutes
        self._clock = clock
        self._ends: dict[bytes, float] = {}
        self._lock = threading.Lock()

    def open(self) -> str:
        """A new token."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        now = self._clock()
        with self._lock:
            self._ends = {each: end for each, end in self._ends.items() if end > now}
            self._ends[_hash(token)] = now + 60 * self.minutes
        return token

    def check(self, authorization: str) -> str:
        """The token in an `Authorization` header, if it is alive.

        Raises:
            SessionNeededError
        """
        token = authorization.removeprefix(_SCHEME)
        with self._lock:
            end = self._ends.get(_hash(token))
        if token == authorization or end is None or end <= self._clock():
            raise SessionNeededError("no living session")
        return token

    def close(self, token: str) -> None:
        """End the session of *token*."""
        with self._lock:
            self._ends.pop(_hash(token), None)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
