"""How far a long carry is, in one line that a lawyer understands."""

from collections.abc import Callable
from typing import TextIO

from app.courier.texts import Language, text

_EVERY_SECONDS = 1.0


class Progress:
    """Counts cells and bytes of one stage and tells, at most once a second."""

    def __init__(
        self,
        out: TextIO | None,
        language: Language,
        clock: Callable[[], float],
    ) -> None:
        """*out* is None when nothing should be told; *clock* counts seconds."""
        self._out = out
        self._language = language
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
        if self._count == self._all or now - self._told >= _EVERY_SECONDS:
            self._told = now
            self._tell(max(now - self._started, 0.001))

    def _tell(self, seconds: float) -> None:
        if self._out is None:
            return
        speed = self._bytes / seconds
        left = (self._all_bytes - self._bytes) / speed if speed else 0.0
        line = text(
            "progress",
            self._language,
            stage=text(self._stage, self._language),
            done=self._count,
            all=self._all,
            mib=f"{self._bytes / 1_048_576:.1f}",
            speed=f"{speed / 1_048_576:.1f}",
            minutes=max(0, round(left / 60)),
        )
        print(line, file=self._out, flush=True)
