"""Standard output and error: who tells nobody what was done must not say that it is done.

Anybody may depend on this module.
"""

import os
import sys
from contextlib import suppress


def open_closed_streams() -> None:
    """Put streams in the place of those that were closed when the program was started.

    Python has none then.  The output refuses whatever is written, as a full disk does; what
    goes to the error stream is lost.
    """
    if not _is_open(sys.stdout):
        sys.stdout = open("/dev/full", "w", encoding="utf-8")  # noqa: SIM115, PTH123 -- stays open
    if not _is_open(sys.stderr):
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 -- stays open


def _is_open(stream: object) -> bool:
    return stream is not None


def give_up_standard_output() -> None:
    """What Python still holds for it has nowhere to go: leave the program without a trace."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
