"""Turns: who has a passphrase checked next, one at a time.

Only `app` depends on this module.  A check takes 64 MiB and four lanes, so few can be made
in a second, and whoever floods the desk must not keep a lawyer out.  Of those who wait,
the circuit that failed least within the minute comes first, and equals take turns: the
second of a circuit comes after the first of every other.  When too many wait, whoever
would come last is sent away.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import TooManyError

MOST_WAITING = 24  # half of the threads
PATIENCE_SECONDS = 30.0


class _Waiting:
    """Somebody whose turn comes, or who is sent away."""

    __slots__ = ("circuit", "ousted", "rank")

    def __init__(self, circuit: str | None, failures: int, number: int) -> None:
        self.circuit = circuit
        self.rank = failures, number
        self.ousted = False


class Turns:
    """One turn after another.  For any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._taken = False
        self._round = 0  # of the last who had a turn
        self._waiting: list[_Waiting] = []  # in the order of coming

    @contextmanager
    def one(self, circuit: str | None = None, failures: int = 0) -> Iterator[None]:
        """A turn, for the length of a block.

        Args:
            circuit: None where circuits are not told apart; then who comes first goes first.
            failures: of this circuit, within the minute.

        Raises:
            TooManyError: others wait who failed less, or the wait was too long.
        """
        with self._changed:
            own = _Waiting(circuit, failures, self._number(circuit))
            self._waiting.append(own)
            if len(self._waiting) > MOST_WAITING:
                self._oust()
            came = self._changed.wait_for(
                lambda: own.ousted or self._is_next(own), PATIENCE_SECONDS
            )
            if not own.ousted:
                self._waiting.remove(own)
            if own.ousted or not came:
                raise TooManyError("too many wait to open a session")
            self._taken = True
            self._round = max(self._round, own.rank[1])
        try:
            yield
        finally:
            with self._changed:
                self._taken = False
                self._changed.notify_all()

    def _number(self, circuit: str | None) -> int:
        """The round in which the next of *circuit* has a turn."""
        own = [each.rank[1] for each in self._waiting if circuit and each.circuit == circuit]
        return max([self._round, *own]) + 1

    def _is_next(self, own: _Waiting) -> bool:
        return not self._taken and min(self._waiting, key=_rank) is own

    def _oust(self) -> None:
        """Send away who would come last; of equals, who came last."""
        last = max(reversed(self._waiting), key=_rank)
        last.ousted = True
        self._waiting.remove(last)
        self._changed.notify_all()


def _rank(one: _Waiting) -> tuple[int, int]:
    return one.rank
