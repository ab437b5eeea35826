"""How many requests: by Tor circuit where Tor tells circuits apart, else by everybody.

Only `app` depends on this module.  Counts are kept in memory, in windows of a minute,
and are never stored or logged.  An address is never looked at.
"""

import threading
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date

from flask import Flask, request
from flask_limiter import Limiter
from limits import RateLimitItem, parse
from limits.storage import Storage

from app.circuits import CIRCUIT
from app.errors import BudgetSpentError, SettingsError, TooManyError
from app.models import NAME_CHARACTERS
from app.settings import Settings

COUNTED = "buzon.counted"  # in the environment
EVERYBODY = "everybody"
SWEEP_SECONDS = 60.0


class Counts(Storage):
    """Counters in memory, each with a moment at which it is forgotten.

    What `memory://` does, without a thread started every few requests.
    """

    STORAGE_SCHEME = ["counts"]  # noqa: RUF012 - how the library finds it

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **_: str) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self._lock = threading.Lock()
        self._counts: dict[str, tuple[int, float]] = {}  # count, moment it ends
        self._swept = time.monotonic()

    @property
    def base_exceptions(self) -> type[Exception]:
        """Nothing that can fail is behind this."""
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count *amount* more; the count goes *expiry* seconds after its first."""
        now = time.monotonic()
        with self._lock:
            if now - self._swept > SWEEP_SECONDS:
                self._counts = {key: old for key, old in self._counts.items() if old[1] > now}
                self._swept = now
            count, end = self._counts.get(key, (0, 0.0))
            if end <= now:
                count, end = 0, now + expiry
            self._counts[key] = (count + amount, end)
            return count + amount

    def get(self, key: str) -> int:
        """The count at this moment."""
        count, end = self._counts.get(key, (0, 0.0))
        return count if end > time.monotonic() else 0

    def get_expiry(self, key: str) -> float:
        """The moment at which the count goes, on the clock of `time.time`."""
        _, end = self._counts.get(key, (0, 0.0))
        return time.time() + max(0.0, end - time.monotonic())

    def check(self) -> bool:
        """Memory is always there."""
        return True

    def reset(self) -> int:
        """Forget every count."""
        with self._lock:
            gone = len(self._counts)
            self._counts.clear()
            return gone

    def clear(self, key: str) -> None:
        """Forget one count."""
        with self._lock:
            self._counts.pop(key, None)


class DayBudget:
    """How many documents of one kind are taken of one lawyer in a UTC day.  For any thread.

    Counted in memory: how many came on which day is not stored.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._day: date | None = None
        self._counts: Counter[bytes] = Counter()

    def spend(self, today: date, lawyer: bytes) -> None:
        """Count one of *lawyer* (id, 8).

        Raises:
            BudgetSpentError: as many were taken today.
        """
        with self._lock:
            if today != self._day:
                self._day, self._counts = today, Counter()
            if self._counts[lawyer] >= self._most:
                raise BudgetSpentError("today's budget")
            self._counts[lawyer] += 1


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody tries to open a session."""

    account: str  # as it was written
    circuit: str | None  # None where circuits are not told apart
    failures: int  # of this circuit, within the minute


class Limits:
    """The rates of one program."""

    def __init__(self, settings: Settings) -> None:
        """Raises SettingsError when a rate cannot be read."""
        self._limiter = Limiter(
            lambda: EVERYBODY,
            storage_uri="counts://",
            strategy="fixed-window",
            headers_enabled=False,
        )
        # An application of its own: the library's hooks around every request of ours would
        # do what is done below, but before the interface's other checks.
        self._limiter.init_app(Flask("limits"))
        self._by_circuit = settings.circuit_ids
        self._cell = _rate(settings.circuit_rate if self._by_circuit else settings.shared_rate)
        self._login = _rate(settings.login_rate)

    def spend_cell(self) -> None:
        """Count an upload; once, however often its request is looked at.

        Raises:
            TooManyError: the rate is used up.
        """
        if COUNTED in request.environ:
            return
        request.environ[COUNTED] = True
        if not self._limiter.limiter.hit(self._cell, "cell", self._circuit() or EVERYBODY):
            raise TooManyError("the rate is used up")

    def attempt(self, account: str) -> Attempt:
        """Who tries to open a session of *account* now.

        Where circuits are not told apart nobody is refused beforehand: it would lock others
        out.  Where they are, a circuit is that failed too often; and while an account's
        rate is used up, every circuit is that failed at all.  A lawyer comes by her own.

        Raises:
            TooManyError
        """
        circuit = self._circuit()
        if circuit is None:
            return Attempt(account, None, 0)
        left = self._limiter.limiter.get_window_stats(self._login, "circuit", circuit).remaining
        failures = self._login.amount - left
        flooded = not self._limiter.limiter.test(self._login, "account", _account_key(account))
        if not left or (failures and flooded):
            raise TooManyError("too many failed")
        return Attempt(account, circuit, failures)

    def spend_failure(self, attempt: Attempt) -> None:
        """Count an attempt that failed.  Those that succeed are not counted.

        Raises:
            TooManyError: the rate of the circuit, or of the account, is used up.
        """
        hit, account = self._limiter.limiter.hit, _account_key(attempt.account)
        by_circuit = hit(self._login, "circuit", attempt.circuit or EVERYBODY)
        if not (hit(self._login, "account", account) and by_circuit):
            raise TooManyError("the rate is used up")

    def _circuit(self) -> str | None:
        return request.environ.get(CIRCUIT) if self._by_circuit else None


def _account_key(account: str) -> str:
    """What an account is counted by; a name that none can have is counted with the others."""
    return account if len(account) <= NAME_CHARACTERS else ""


def _rate(text: str) -> RateLimitItem:
    try:
        return parse(text)
    except ValueError:
        raise SettingsError("a rate that is none") from None
