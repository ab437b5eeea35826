"""What the online programs refuse, each with a stable code and an HTTP status.

Only `app` depends on this module.  Which code stands when: app/interface-v1.md.  The
sentences for people are in crypto/sentences.py.
"""

from http import HTTPStatus
from typing import ClassVar

from crypto.cell import CellSizeError
from crypto.errors import BuzonError


class RefusedError(BuzonError):
    """A request is refused with `status`.  Gathers the others; never raised itself."""

    status: ClassVar[HTTPStatus] = HTTPStatus.BAD_REQUEST


class RequestMalformedError(RefusedError):
    """The request line or the headers cannot be read."""

    code = "request-malformed"


class NameMalformedError(RefusedError):
    """A name is not 64 lower-case hexadecimal digits."""

    code = "name-malformed"


class NotFoundError(RefusedError):
    """No such page."""

    code = "not-found"
    status = HTTPStatus.NOT_FOUND


class MethodRefusedError(RefusedError):
    """The page does not answer this method."""

    code = "method-refused"
    status = HTTPStatus.METHOD_NOT_ALLOWED


class LengthNeededError(RefusedError):
    """A body came without Content-Length."""

    code = "length-needed"
    status = HTTPStatus.LENGTH_REQUIRED


class ContentTypeError(RefusedError):
    """The body is not of the content type that the route takes."""

    code = "content-type"
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class TooManyError(RefusedError):
    """The rate for this circuit is used up."""

    code = "too-many"
    status = HTTPStatus.TOO_MANY_REQUESTS


class ServerError(RefusedError):
    """Anything unforeseen; nothing was stored."""

    code = "server-error"
    status = HTTPStatus.INTERNAL_SERVER_ERROR


class ServerBusyError(RefusedError):
    """The box could not be written in time; nothing was stored."""

    code = "server-busy"
    status = HTTPStatus.SERVICE_UNAVAILABLE


class OverlongCellError(RefusedError, CellSizeError):
    """The announced length is more than any cell has."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class CellCutOffError(RefusedError):
    """The body ended before its announced length."""

    code = "cell-cut-off"


class CellDigestError(RefusedError):
    """The name is not the hash of the body."""

    code = "cell-digest"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class CellWeekError(RefusedError):
    """A message cell is for a week whose keys may be gone, or that is too far ahead."""

    code = "cell-week"
    status = HTTPStatus.CONFLICT


class BudgetSpentError(RefusedError):
    """Today's budget for cells of this size is used up."""

    code = "budget-spent"
    status = HTTPStatus.SERVICE_UNAVAILABLE


class BoxFullError(RefusedError):
    """No slot of this size is free."""

    code = "box-full"
    status = HTTPStatus.INSUFFICIENT_STORAGE


class DirectoryMissingError(RefusedError):
    """Nothing is published, or nothing published covers the current week."""

    code = "directory-missing"
    status = HTTPStatus.SERVICE_UNAVAILABLE


class SessionNeededError(RefusedError):
    """The desk answers only with a living session."""

    code = "session-needed"
    status = HTTPStatus.UNAUTHORIZED


class LoginRefusedError(RefusedError):
    """No such account, a wrong passphrase, or a wrong code: one answer for all."""

    code = "login-refused"
    status = HTTPStatus.UNAUTHORIZED


class SecondFactorNeededError(RefusedError):
    """The passphrase is right, and the account has yet to enrol its second factor.

    `epoch` is the account's, for the page on which that is done.
    """

    code = "second-factor-needed"
    status = HTTPStatus.UNAUTHORIZED

    def __init__(self, epoch: bytes) -> None:
        super().__init__("not enrolled yet")
        self.epoch = epoch


class CodeRefusedError(RefusedError):
    """A code is not the second factor's, or was used before."""

    code = "code-refused"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class EnrolledError(RefusedError):
    """The account has a second factor already, or its enrolment was begun anew."""

    code = "already-enrolled"
    status = HTTPStatus.CONFLICT


class FormError(RefusedError):
    """A form of the pages was not filled in here, or lacks a field."""

    code = "form-refused"
    status = HTTPStatus.FORBIDDEN


class CellUnknownError(RefusedError):
    """The box holds no cell of this name."""

    code = "cell-unknown"
    status = HTTPStatus.NOT_FOUND


class BatchDigestError(RefusedError):
    """The name is not the hash of the batch."""

    code = "batch-digest"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class DocumentDigestError(RefusedError):
    """The name is not the hash of the document's payload."""

    code = "document-digest"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class KeysWeekError(RefusedError):
    """A weekly key is for a week long past, or too far ahead."""

    code = "keys-week"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class SettingsError(BuzonError):
    """The settings file cannot be read, or says something impossible."""

    code = "settings"


class SourceUnreadableError(BuzonError):
    """A file that the operator named cannot be read."""

    code = "file-unreadable"


class TargetUnwritableError(BuzonError):
    """Where the operator wanted something written, it cannot be."""

    code = "file-unwritable"


class FolderError(BuzonError):
    """The data folder is missing, not empty, or not a server's."""

    code = "server-folder"


class DatabaseOldError(BuzonError):
    """The tables are those of another version of this program."""

    code = "database-old"


class AgeMissingError(BuzonError):
    """The program age is not installed."""

    code = "age-missing"


class BackupError(BuzonError):
    """The backup could not be written; nothing is left of it."""

    code = "backup-failed"


class BackupExistsError(BuzonError):
    """There is a file where the backup should go."""

    code = "file-exists"


class BackupUnreadableError(BuzonError):
    """The key does not open the backup, or it is damaged, cut off, or none."""

    code = "backup-unreadable"


class SiteError(BuzonError):
    """The built site is missing or differs from its manifest."""

    code = "site-damaged"


class AccountError(BuzonError):
    """An account exists already, does not exist, or its name is malformed."""

    code = "account"


class AddressError(BuzonError):
    """An address to listen at is not this machine's own, or is in use."""

    code = "server-address"


class NotServingError(BuzonError):
    """One of the two programs does not start, or ended by itself."""

    code = "server-stopped"
