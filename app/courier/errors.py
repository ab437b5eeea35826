"""What can go wrong on the way; about the stick, `crypto.stick` says it.  Codes have their sentences in `crypto.sentences`."""

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
    """The desk refused account, passphrase or code, or ended the session twice."""

    code = "login-refused"


class RefusedError(CourierError):
    """The server refused one item with a code of its own.

    `refusal` is that code, checked to look like one; it is the server's word.
    """

    code = "server-refused"

    def __init__(self, refusal: str) -> None:
        super().__init__(refusal)
        self.refusal = refusal


class BatchMissingError(CourierError):
    """The pouch carries no batch: the station has to import it first."""

    code = "batch-missing"


class StickGoneError(CourierError):
    """The stick stopped answering in the middle of a trip."""

    code = "stick-gone"


class WindowError(CourierError):
    """No window opens on this screen."""

    code = "window-missing"


def code_of(error: BuzonError) -> str:
    """What to tell a person of: what the server refused with says more than that it refused."""
    return error.refusal if isinstance(error, RefusedError) else error.code
