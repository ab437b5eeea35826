"""How far a long carry is.  Who tells it to a person, and in which words, is elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass

_EVERY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How far one stage is: items and bytes done, and of how many; seconds it took."""

    stage: str  # a key of the texts
    count: int
    of_count: int
    size: int
    of_size: int
    seconds: float

    @property
    def speed(self) -> float:
        """Bytes per second so far."""
        return self.size / max(self.seconds, 0.001)

    @property
    def seconds_left(self) -> float:
        """At this speed; 0 when nothing is measured in bytes."""
        return (self.of_size - self.size) / self.speed if self.size else 0.0


class Progress:
    """Counts items and bytes of one stage and tells, at most once a second."""

    def __init__(self, tell: Callable[[Pace], None] | None, clock: Callable[[], float]) -> None:
        """*tell* is None when nothing should be told; *clock* counts seconds."""
        self._tell = tell
        self._clock = clock
        self._stage = ""
        self._count = self._all = 0
        self._bytes = self._all_bytes = 0
        self._started = self._told = 0.0

    def begin(self, stage: str, count: int, size: int) -> None:
        """Start *stage* (a key of the texts): *count* items, *size* bytes in all."""
        self._stage, self._all, self._all_bytes = stage, count, size
        self._count = self._bytes = 0
        self._started = self._told = self._clock()

    def step(self, size: int) -> None:
        """One item of *size* bytes is done."""
        self._count += 1
        self._bytes += size
        now = self._clock()
        if self._tell and (self._count == self._all or now - self._told >= _EVERY_SECONDS):
            self._told = now
            self._tell(
                Pace(
                    self._stage,
                    self._count,
                    self._all,
                    self._bytes,
                    self._all_bytes,
                    now - self._started,
                )
            )
