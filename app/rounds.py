"""Rounds: what the desk does once a minute, beside its requests.

Only `app` depends on this module.  Acts are written down, and the codes forgotten that
nobody can replay any more.  Nobody waits for it, and what fails is for the next round.
"""

import threading
from collections.abc import Callable, Sequence

from app.errors import ServerError
from app.logs import report

ROUND_SECONDS = 60.0


class Rounds:
    """A thread of its own, between `start` and `stop`."""

    def __init__(
        self, duties: Sequence[Callable[[], None]], seconds: float = ROUND_SECONDS
    ) -> None:
        self._duties = duties
        self._seconds = seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._walk, name="rounds", daemon=True)

    def start(self) -> None:
        """Begin with a round: the program may have been killed in the middle of one."""
        self._thread.start()

    def stop(self) -> None:
        """End with a round."""
        if not self._stopping.is_set():
            self._stopping.set()
            self._thread.join()

    def _walk(self) -> None:
        while True:
            is_last = self._stopping.is_set()
            for duty in self._duties:
                try:
                    duty()
                except Exception as error:  # noqa: BLE001 - the next round may be better
                    report(ServerError.code, error)
            if is_last:
                return
            self._stopping.wait(self._seconds)
