"""Launcher: the desktop entry that `setup --launcher` lays, so that a double click is a trip.

It is the same for everybody and holds no address.  A desktop does not tell an entry where
it lies, so it names no stick either: `sticks` looks for the one that is plugged in.
"""

import stat
from importlib.resources import files
from pathlib import Path

from app.courier.errors import CourierError

ENTRY_NAME = "buzon-viaje.desktop"
_MODE = 0o700


class LauncherError(CourierError):
    """The folder does not take the launcher."""

    code = "file-unwritable"


def lay(folder: Path) -> bool:
    """Write the entry into *folder*; whether its disk lets it start anything.

    Raises:
        LauncherError
    """
    path = folder / ENTRY_NAME
    try:
        path.unlink(missing_ok=True)  # it may be a link that somebody left there
        path.write_bytes(files("app.courier").joinpath(ENTRY_NAME).read_bytes())
        path.chmod(_MODE)
        return bool(path.stat().st_mode & stat.S_IXUSR)
    except OSError:
        raise LauncherError(ENTRY_NAME) from None
