"""Endings: a program that is ended from outside gets time to clean up.

Anybody may depend on this module.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

_ENDINGS = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def ended_like_ctrl_c() -> Iterator[None]:
    """Let whoever ends the program, or closes its window, give it time to clean up."""
    before = {number: signal.signal(number, _interrupt) for number in _ENDINGS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt
