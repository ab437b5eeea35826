"""Sticks: which pouch is plugged in, for who starts a trip by a double click."""

import os
import pwd
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from app.courier.errors import CourierError
from crypto.stick import Folder, PouchError

_MOST_FOLDERS = 256  # looked at in one place; a stick may hold any number


class StickAbsentError(CourierError):
    """No stick with a pouch is plugged in."""

    code = "stick-absent"


class SticksSeveralError(CourierError):
    """More than one pouch is plugged in."""

    code = "sticks-several"


def places() -> list[Path]:
    """Where Tails and Debian show what is plugged in."""
    person = pwd.getpwuid(os.getuid()).pw_name
    return [Path("/media") / person, Path("/run/media") / person]


def plugged_in(where: Sequence[Path]) -> Path:
    """The one pouch that a disk shown in *where* is, or has in its outermost folder.

    Raises:
        StickAbsentError, SticksSeveralError
    """
    found = []
    for disk in (disk for place in where for disk in _folders(place)):
        found += [each for each in (disk, *_folders(disk)) if _is_pouch(each)]
    if not found:
        raise StickAbsentError("no pouch")
    if len(found) > 1:
        raise SticksSeveralError("more than one pouch")
    return found[0]


def _folders(place: Path) -> list[Path]:
    def inside() -> Iterator[Path]:
        with os.scandir(place) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    yield Path(entry.path)

    try:
        return list(islice(inside(), _MOST_FOLDERS))
    except OSError:  # it is not there, or does not list
        return []


def _is_pouch(folder: Path) -> bool:
    try:
        Folder.open_pouch(folder).close()
    except PouchError:
        return False
    return True
