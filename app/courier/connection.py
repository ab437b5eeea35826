"""HTTP to intake and desk: bounded answers, retries, and refusals by code.

The interface is app/interface-v1.md.  Nothing of the answers is believed: every
body has a limit, every code must look like one.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

import httpx
from socksio.exceptions import SOCKSError

from app.courier.errors import AnswerError, CourierError, LoginError, RefusedError, UnreachableError
from app.courier.login import ASK_AGAIN, Ask
from app.courier.route import through
from crypto import history, strictjson
from crypto.pouch import MAX_LISTING_BYTES

MAX_DIRECTORY_BYTES = 1_048_576
MAX_BOARD_BYTES = 64 * 1_048_576
MAX_SMALL_BYTES = 4_096  # error bodies, session, board size

_PATIENCE = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)  # seconds between tries
_TIMEOUT = httpx.Timeout(120.0, connect=120.0)  # a circuit over Tor may take this long
_LONGEST_ANSWER_SECONDS = 30 * 60  # a mebibyte at 600 bytes a second
_AGAIN = {429, 500, 502, 503, 504}  # answers that may be different in a moment
_FINAL = {"budget-spent", "directory-missing"}  # 503, but not before tomorrow


class Connection:
    """Requests to one origin.  A context manager; opens nothing before the first."""

    def __init__(
        self,
        origin: str,
        *,
        proxy: str | None = None,
        circuit: str = "",
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """*origin* like `http://….onion`; *proxy* like `socks5h://127.0.0.1:9050`.

        *circuit* is a random word: Tor leads what carries another one over another path.

        Raises:
            UnreachableError: origin or proxy is not an address.
        """
        self._sleep = sleep
        self._clock = clock
        try:
            self._client = httpx.Client(
                base_url=origin.rstrip("/") + "/",
                proxy=through(origin, proxy, circuit),
                timeout=_TIMEOUT,
                transport=transport,
                trust_env=False,
                follow_redirects=False,
                headers={"user-agent": "buzon", "accept": "*/*", "accept-encoding": "identity"},
            )
        except (ValueError, httpx.InvalidURL):
            raise UnreachableError("not an address") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self._client.close()

    def get(self, path: str, limit: int) -> bytes:
        """The body at *path*, at most *limit* bytes.  Errors: as `request`."""
        return self.request("GET", path, limit=limit)

    def put(self, path: str, body: bytes, content_type: str) -> None:
        """Hand *body* in; returns when the server says that it is durable."""
        self.request("PUT", path, body=body, headers={"content-type": content_type})

    def request(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        limit: int = MAX_SMALL_BYTES,
    ) -> bytes:
        """One request, tried again while the line breaks or the server is busy.

        Raises:
            RefusedError: an answer with a code.
            AnswerError: an answer that the interface does not know.
            UnreachableError: no answer after the last try.
        """
        refusal: RefusedError | None = None
        for pause in (*_PATIENCE, None):
            try:
                status, answer = self._once(method, path, body, headers, limit)
            except (httpx.InvalidURL, httpx.UnsupportedProtocol):
                raise UnreachableError("not an address") from None
            except (httpx.HTTPError, SOCKSError):
                refusal = None
            else:
                if 200 <= status < 300:
                    return answer
                refusal = RefusedError(_code(answer))
                if status not in _AGAIN or refusal.refusal in _FINAL:
                    raise refusal
            if pause is not None:
                self._sleep(pause)
        raise refusal or UnreachableError("no answer")

    def _once(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: dict[str, str] | None,
        limit: int,
    ) -> tuple[int, bytes]:
        latest = self._clock() + _LONGEST_ANSWER_SECONDS
        with self._client.stream(method, path, content=body, headers=headers) as response:
            bound = limit if response.is_success else MAX_SMALL_BYTES
            answer = bytearray()
            for chunk in response.iter_raw():
                answer += chunk
                if len(answer) > bound:
                    raise AnswerError("an answer longer than it can be")
                if self._clock() > latest:
                    raise httpx.ReadTimeout("an answer without end")
            return response.status_code, bytes(answer)


class Desk:
    """A session at the desk.  When it ends, whoever is there is asked for the next code."""

    def __init__(self, connection: Connection, account: str, ask: Ask) -> None:
        self._connection = connection
        self._account = account
        self._ask = ask
        self._token = ""

    def __enter__(self) -> Self:
        self._log_in("")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        if error is None:
            # The session ends by itself too: what was carried is carried.
            with suppress(CourierError):
                self._authorised("DELETE", "session", None, {}, MAX_SMALL_BYTES)

    def listing(self) -> bytes:
        """What the box holds (pouch-v1.md, Listing), not yet parsed."""
        return self._authorised("GET", "listing", None, {}, MAX_LISTING_BYTES)

    def directory(self) -> bytes:
        """The directory document, not yet verified."""
        return self._authorised("GET", "directory", None, {}, MAX_DIRECTORY_BYTES)

    def rosters(self) -> bytes:
        """Every roster that was published (roster-v1.md, section 6), not verified."""
        return self._authorised("GET", "rosters", None, {}, history.MAX_BYTES)

    def cell(self, digest: str, size: int) -> bytes:
        """The cell named *digest* (hex); the caller checks it."""
        return self._authorised("GET", f"cells/{digest}", None, {}, size)

    def hand_in(self, kind: str, name: str, body: bytes, content_type: str) -> None:
        """PUT one item of *kind* (`batches`, `receipts`, `weekly-keys`)."""
        self._authorised("PUT", f"{kind}/{name}", body, {"content-type": content_type}, 0)

    def _log_in(self, reason: str) -> None:
        """Ask, for *reason*, until the desk opens a session or whoever is asked gives up."""
        while True:
            try:
                self._token = self._opened(reason)
            except RefusedError as refused:
                if refused.refusal not in ASK_AGAIN:
                    raise
                reason = refused.refusal
            else:
                return

    def _opened(self, reason: str) -> str:
        """The token of a new session.  Passphrase and code are let go of on return."""
        login = self._ask(reason)
        body = strictjson.serialise(
            {"account": self._account, "passphrase": login.passphrase, "code": login.code}
        )
        answer = self._connection.request(
            "POST", "session", body=body, headers={"content-type": "application/json"}
        )
        try:
            token, _ = strictjson.members(
                strictjson.parse(answer, MAX_SMALL_BYTES), "token", "minutes"
            )
        except strictjson.DocumentMalformedError:
            raise AnswerError("no session in the answer") from None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise AnswerError("no token in the answer")
        return token

    def _authorised(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str], limit: int
    ) -> bytes:
        for last in (False, True):
            try:
                return self._connection.request(
                    method,
                    path,
                    body=body,
                    headers={**headers, "authorization": f"Bearer {self._token}"},
                    limit=limit,
                )
            except RefusedError as refused:
                if refused.refusal != "session-needed":
                    raise
                if last:
                    raise LoginError("the session ended twice") from None
                self._log_in(refused.refusal)
        raise AssertionError("unreachable: the loop returns or raises")


def _code(answer: bytes) -> str:
    """The code in an error body.

    Raises:
        AnswerError: it is not one.
    """
    try:
        (code,) = strictjson.members(strictjson.parse(answer, MAX_SMALL_BYTES), "code")
    except strictjson.DocumentMalformedError:
        raise AnswerError("an error without a code") from None
    if (
        not isinstance(code, str)
        or not 1 <= len(code) <= 40
        or not code.isascii()
        or not code.replace("-", "").isalnum()
    ):
        raise AnswerError("an error without a code")
    return code
