"""The log: a day, a level, a code, and a place in the program.  Nothing of a request.

Only `app` depends on this module.  Each field stands in SECURITY.md, "What the server
knows", "Log fields"; a test fails when the two differ.
"""

import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger

FIELDS = ("day", "level", "code", "place")

_OURS = Path(__file__).parent.parent


def report(code: str, error: BaseException | None = None, level: str = "error") -> None:
    """Write one line to the error stream.

    *error* gives the place, a file of this program and a line in it; what it says is
    not written, since it may quote a request.
    """
    day = datetime.now(UTC).date().isoformat()
    print(day, level, code, _place(error), file=sys.stderr, flush=True)


def _place(error: BaseException | None) -> str:
    """Kind of error, file and line of the innermost frame that is ours."""
    if error is None:
        return "-"
    place = "-"
    for frame in traceback.extract_tb(error.__traceback__):
        path = Path(frame.filename)
        if path.is_relative_to(_OURS / "app") or path.is_relative_to(_OURS / "crypto"):
            place = f"{path.relative_to(_OURS)}:{frame.lineno}"
    return f"{type(error).__name__}@{place}"


class CodesOnly(Logger):  # type: ignore[misc]
    """Gunicorn's log with everything left out that gunicorn would say."""

    def setup(self, cfg: Any) -> None:
        """Open no file; *cfg* chooses nothing."""
        self.cfg = cfg

    def critical(self, *_: object, **__: object) -> None:
        """Only that it happened."""
        report("server-error", sys.exception(), "critical")

    def error(self, *_: object, **__: object) -> None:
        """Only that it happened."""
        report("server-error", sys.exception())

    def exception(self, *_: object, **__: object) -> None:
        """Only that it happened, and where in this program."""
        report("server-error", sys.exception())

    def warning(self, *_: object, **__: object) -> None:
        """Nothing."""

    def info(self, *_: object, **__: object) -> None:
        """Nothing."""

    def debug(self, *_: object, **__: object) -> None:
        """Nothing."""

    def log(self, *_: object, **__: object) -> None:
        """Nothing."""

    def access(self, *_: object) -> None:
        """Nothing: no line for a request."""

    def reopen_files(self) -> None:
        """There are none."""

    def close_on_exec(self) -> None:
        """There are none."""
