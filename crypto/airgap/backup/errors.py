"""The refusals of backups, and those of sticks said in the words of backups."""

from collections.abc import Iterator
from contextlib import contextmanager

from crypto.errors import BuzonError
from crypto.stick import PouchError, PouchFullError, PouchMissingError


class BackupKeyExistsError(BuzonError):
    """There are shares for this vault already."""

    code = "backup-key-exists"


class BackupMissingError(BuzonError):
    """The stick holds no backup."""

    code = "backup-missing"


class BackupOtherError(BuzonError):
    """The stick holds backups, and none that these shares open."""

    code = "backup-other"


class BackupDamagedError(BuzonError):
    """A backup is not as it was written: changed, cut, mixed with another."""

    code = "backup-damaged"


class BackupFullError(BuzonError):
    """The stick has no room left."""

    code = "backup-full"


class BackupStickError(BuzonError):
    """The stick does not take what is written, or does not give it back as it was."""

    code = "backup-stick"


@contextmanager
def said_of_backups() -> Iterator[None]:
    """Turn the refusals of a stick, which speak of pouches, into those of backups.

    Raises:
        BackupFullError, BackupMissingError, BackupStickError
    """
    try:
        yield
    except PouchFullError as error:
        raise BackupFullError(str(error)) from None
    except PouchMissingError as error:
        raise BackupMissingError(str(error)) from None
    except PouchError as error:
        raise BackupStickError(str(error)) from None
