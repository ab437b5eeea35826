"""What `setup --launcher` lays down, so that a double click starts a trip.

A desktop entry and the script that it runs.  They are the same for everybody: neither
holds an address.
"""

import stat
from importlib.resources import files
from pathlib import Path

from app.courier.errors import CourierError

ENTRY = "buzon-viaje.desktop"
SCRIPT = "buzon-viaje.sh"
_MODE = 0o700


class LauncherError(CourierError):
    """The folder does not take the launcher."""

    code = "file-unwritable"


def lay(folder: Path) -> bool:
    """Write both into *folder*; whether its disk lets them start anything.

    Raises:
        LauncherError
    """
    inert = False
    for name in (ENTRY, SCRIPT):
        path = folder / name
        try:
            # In place of a link that somebody left there, not through it.
            path.unlink(missing_ok=True)
            path.write_bytes(files(__name__).joinpath(name).read_bytes())
            path.chmod(_MODE)
            inert |= not path.stat().st_mode & stat.S_IXUSR
        except OSError:
            raise LauncherError(name) from None
    return not inert
