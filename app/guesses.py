"""Guesses: wrong codes of somebody who has the passphrase.

Only app/accounts.py depends on this module.  Six digits can be guessed in hours by whoever
may try for ever.  So after some wrong codes in a day only a recovery code opens the account,
which nobody guesses: its lawyer has ten, and is not locked out.
"""

import threading
from collections import Counter
from datetime import date

WRONG_CODES_PER_DAY = 32  # with three codes right at any time: one chance in ten thousand


class Guesses:
    """How many wrong codes followed the right passphrase today.  For any thread.

    Counted in memory, by the account's epoch.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._day: date | None = None
        self._wrong: Counter[bytes] = Counter()

    def count(self, epoch: bytes, today: date) -> None:
        """One more."""
        with self._lock:
            if today != self._day:
                self._day, self._wrong = today, Counter()
            self._wrong[epoch] += 1

    def are_too_many(self, epoch: bytes, today: date) -> bool:
        """Whether codes of the telephone may be guessed ones."""
        with self._lock:
            return today == self._day and self._wrong[epoch] >= WRONG_CODES_PER_DAY
