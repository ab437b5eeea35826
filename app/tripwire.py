"""Tripwire: a server's process ends rather than import what may hold a private key.

The rings are drawn by imports and checked before a release; this holds at run time, too.
Called first in every program of `app`.
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from crypto.errors import BuzonError

FORBIDDEN = ("crypto.airgap", "crypto.witness", "crypto.hpke")


class RingError(BuzonError):
    """A program of the server tried to load what belongs behind the air gap."""

    code = "ring-crossed"


class _Refuse(MetaPathFinder):
    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - as Python calls it
        target: ModuleType | None = None,  # noqa: ARG002 - likewise
    ) -> ModuleSpec | None:
        """Raise RingError for a forbidden name; know nothing of any other."""
        if _is_forbidden(fullname):
            raise RingError(fullname)
        return None


def install() -> None:
    """From now on, importing anything of FORBIDDEN raises.

    Raises:
        RingError: something of it is loaded already.
    """
    for name in tuple(sys.modules):
        if _is_forbidden(name):
            raise RingError(name)
    if not any(isinstance(finder, _Refuse) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Refuse())


def _is_forbidden(name: str) -> bool:
    return any(name == ring or name.startswith(f"{ring}.") for ring in FORBIDDEN)
