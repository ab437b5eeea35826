"""What can go wrong on the way.  Codes have their sentences in `crypto.sentences`."""

from typing import ClassVar

from crypto.errors import BuzonError


class CourierError(BuzonError):
    """The trip cannot go on; what was carried so far is whole."""


class UnreachableError(CourierError):
    """The server does not answer, or broke off again and again."""

    code = "server-unreachable"


class AnswerError(CourierError):
    """The server's answer is not what its interface promises."""

    code = "server-answer"


class LoginError(CourierError):
    """The desk refused account or passphrase, or ended the session twice."""

    code = "login-refused"


class PouchMissingError(CourierError):
    """The folder is not a pouch, or a part of it is not a real folder."""

    code = "pouch-missing"


class PouchFullError(CourierError):
    """The stick has no room left."""

    code = "pouch-full"


class PouchUnreadableError(CourierError):
    """The stick does not give or take what it should."""

    code = "pouch-unreadable"


class RefusedError(CourierError):
    """The server refused one item with a code of its own.

    `refusal` is that code, checked to look like one; it is the server's word.
    """

    code = "server-refused"

    def __init__(self, refusal: str) -> None:
        super().__init__(refusal)
        self.refusal = refusal


class EntryError(CourierError):
    """One entry of the pouch is refused; the rest goes on."""

    code: ClassVar[str] = ""


class EntryNameError(EntryError):
    """The name is not the hexadecimal digest that it should be."""

    code = "pouch-name"


class EntryNotAFileError(EntryError):
    """A link, folder, device, pipe or socket lies where a file should."""

    code = "pouch-not-a-file"


class EntrySizeError(EntryError):
    """The file is larger than anything of its kind."""

    code = "pouch-size"


class EntryDigestError(EntryError):
    """The content is not what the name says."""

    code = "pouch-digest"


class BatchMissingError(CourierError):
    """The pouch carries no batch: the station has to import it first."""

    code = "batch-missing"
