"""Sessions of the desk: in memory, short, and gone when the program stops.

Only `app` depends on this module.  Kept is the hash of a token, the epoch of its account
(app/accounts.py), what it is good for and the moments it ends; not who holds it.
"""

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from app.errors import FormError, SessionNeededError

TOKEN_BYTES = 32
LONGEST = 12  # times its minutes, however much it is used
MOST_OF_ACCOUNT = 16  # at the same time; the oldest goes


class Purpose(Enum):
    """What a session is good for."""

    CARRY = "the courier's routes"
    LOOK = "the pages"
    ENROL = "the page on which a second factor is enrolled"


@dataclass(slots=True)
class Session:
    """One session, as long as it lives."""

    epoch: bytes
    purpose: Purpose
    end: float
    latest: float
    secret: bytes  # of a second factor that is being enrolled
    form: str = field(default_factory=lambda: secrets.token_urlsafe(TOKEN_BYTES))

    def check_form(self, token: str) -> None:
        """Return when a form that carries *token* was filled in here.

        Raises:
            FormError
        """
        if not hmac.compare_digest(_hash(token), _hash(self.form)):
            raise FormError("another form")


class Sessions:
    """The tokens that are alive.  For any thread."""

    def __init__(
        self,
        minutes: int,
        check_epoch: Callable[[bytes], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """*check_epoch* raises SessionNeededError when an account's sessions were ended;
        *clock* counts seconds."""
        self.minutes = minutes
        self._check_epoch = check_epoch
        self._clock = clock
        self._sessions: dict[bytes, Session] = {}  # oldest first
        self._lock = threading.Lock()

    def open(self, epoch: bytes, purpose: Purpose, secret: bytes = b"") -> str:
        """A new token for the account in this epoch."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        now, life = self._clock(), 60 * self.minutes
        with self._lock:
            self._sessions = {
                key: each
                for key, each in self._sessions.items()
                if min(each.end, each.latest) > now
            }
            own = [key for key, each in self._sessions.items() if each.epoch == epoch]
            for key in own[: max(0, len(own) + 1 - MOST_OF_ACCOUNT)]:
                del self._sessions[key]
            self._sessions[_hash(token)] = Session(
                epoch, purpose, now + life, now + LONGEST * life, secret
            )
        return token

    def check(self, token: str, *purposes: Purpose) -> Session:
        """The session of *token*, if it is alive and good for one of *purposes*; it lives on.

        Raises:
            SessionNeededError
            ServerBusyError: whether the account still allows it cannot be read.
        """
        with self._lock:
            session, now = self._sessions.get(_hash(token)), self._clock()
            if session is None or min(session.end, session.latest) <= now:
                raise SessionNeededError("no living session")
            if session.purpose not in purposes:
                raise SessionNeededError("a session for something else")
        try:
            self._check_epoch(session.epoch)
        except SessionNeededError:
            self.close(token)
            raise
        session.end = now + 60 * self.minutes
        return session

    def close(self, token: str) -> None:
        """End the session of *token*."""
        with self._lock:
            self._sessions.pop(_hash(token), None)

    def count(self, epoch: bytes) -> int:
        """How many sessions of the account in this epoch live."""
        now = self._clock()
        with self._lock:
            return sum(
                each.epoch == epoch and min(each.end, each.latest) > now
                for each in self._sessions.values()
            )


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
