"""The clock: UTC, handed to whoever needs it as an argument.

Anybody in `app` may depend on this module.
"""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)
