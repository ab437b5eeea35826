"""Answers: every one of both programs is made here, with the fixed headers.

Only `app` depends on this module.
"""

import json
from collections.abc import Iterator
from http import HTTPStatus

from flask import Flask, Request, Response, request
from flask.sessions import NullSession, SessionInterface
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from app.errors import (
    MethodRefusedError,
    NotFoundError,
    RefusedError,
    RequestMalformedError,
    ServerError,
)
from app.headers import FIXED, FIXED_OF_DESK, OF_DESK, sealed
from app.logs import report
from app.names import digest_of
from app.pages import Page
from crypto.cell import CellError
from crypto.errors import BuzonError
from crypto.reply import ReplyError

BINARY = "application/octet-stream"
JSON = "application/json"
HTML = "text/html; charset=utf-8"
OF_PROGRAMS = ("cells", "board", "directory")  # what the paths begin with that are no pages
PIECE_BYTES = 64 * 1024  # sent at once: a slow line gets its time for each


def nothing() -> Response:
    """204."""
    answer = Response(status=HTTPStatus.NO_CONTENT)
    answer.headers.clear()
    return answer


def of_bytes(body: bytes, content_type: str, packed: bytes | None = None) -> Response:
    """200 with *body*, or with what gzip made of it when the request takes that.

    The bytes are shared by all who get them and never copied whole.
    """
    encoding = ""
    if packed is not None and accepts_gzip():
        body, encoding = packed, "gzip"
    answer = Response(_pieces(body), content_type=content_type, direct_passthrough=True)
    answer.headers["Content-Length"] = str(len(body))
    if encoding:
        answer.headers["Content-Encoding"] = encoding
    return answer


def of_page(text: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """A page of the desk."""
    return Response(text.encode(), status=status, content_type=HTML)


def of_value(value: object, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """*value* as compact JSON."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, status=status, content_type=JSON)


def of_refusal(error: BuzonError, status: HTTPStatus) -> Response:
    """The code of *error* and nothing else."""
    return of_value({"code": error.code}, status)


def accepts_gzip() -> bool:
    """Whether the request says, in the plainest way, that it takes gzip."""
    offered = request.environ.get("HTTP_ACCEPT_ENCODING", "")
    return any(each.strip().lower() == "gzip" for each in offered.split(","))


def prepare(app: Flask, *named: str, missing: Page | None = None, is_desk: bool = False) -> None:
    """Make *app* answer nothing but what this project wrote.

    Its fixed headers are `extensions["fixed"]`, for what is answered without it.

    Args:
        named: what the paths begin with whose rest is a name.
        missing: what a browser that looks for a page is told when there is none.
    """
    app.url_map.merge_slashes = False
    app.url_map.redirect_defaults = False
    app.session_interface = _NoSession()
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.before_request(lambda: _check_path(named))
    fixed = app.extensions["fixed"] = FIXED_OF_DESK if is_desk else FIXED
    also = OF_DESK if is_desk else ()
    app.wsgi_app = sealed(app.wsgi_app, fixed, also)  # type: ignore[assignment, method-assign]
    app.register_error_handler(BuzonError, lambda error: _refused(error, missing))
    app.register_error_handler(HTTPException, lambda error: _unmatched(error, missing))
    app.register_error_handler(Exception, _unforeseen)


class _NoSession(SessionInterface):
    """Flask neither reads nor writes a cookie; the desk's own is in app/desk_pages/."""

    _NONE = NullSession()

    def open_session(self, app: Flask, request: Request) -> NullSession:  # noqa: ARG002 - Flask's
        """The one that holds nothing, and that is never saved."""
        return self._NONE


def _check_path(named: tuple[str, ...]) -> None:
    """Only paths that are written as they are meant, and never HEAD.

    Raises:
        NameMalformedError, NotFoundError, MethodRefusedError: in this order.
    """
    written = request.environ.get("RAW_URI", request.path).partition("?")[0]
    for beginning in named:
        if written.startswith(beginning):
            digest_of(written.removeprefix(beginning))
    if written != request.path or isinstance(request.routing_exception, RequestRedirect):
        raise NotFoundError("another way to write a path")
    if request.method == "HEAD":
        raise MethodRefusedError("HEAD")


def status_of(error: BuzonError) -> HTTPStatus:
    """The status that goes with the code of *error*."""
    if isinstance(error, RefusedError):
        return error.status
    if isinstance(error, CellError | ReplyError):
        return HTTPStatus.BAD_REQUEST
    return HTTPStatus.UNPROCESSABLE_ENTITY  # a document was read and refused


def _refused(error: BuzonError, missing: Page | None = None) -> Response:
    if isinstance(error, NotFoundError) and missing is not None and _wants_page():
        answer = of_bytes(missing.plain, missing.content_type, missing.packed)
        answer.status_code = error.status
        return answer
    return of_refusal(error, status_of(error))


def _wants_page() -> bool:
    """Whether a browser looks for a page, and no program for an answer."""
    first = request.path.split("/")[1]
    best = request.accept_mimetypes.best_match((JSON, "text/html"))
    return request.method == "GET" and first not in OF_PROGRAMS and best == "text/html"


def _unmatched(error: HTTPException, missing: Page | None) -> Response:
    refusal: RefusedError = RequestMalformedError("not understood")
    if isinstance(error, NotFound | RequestRedirect):
        refusal = NotFoundError("no such page")
    elif isinstance(error, MethodNotAllowed):
        refusal = MethodRefusedError("another method")
    elif (error.code or 500) >= HTTPStatus.INTERNAL_SERVER_ERROR:
        refusal = ServerError("unforeseen")
    return _refused(refusal, missing)


def _unforeseen(error: Exception) -> Response:
    report(ServerError.code, error)
    return _refused(ServerError("unforeseen"))


def _pieces(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), PIECE_BYTES):
        yield body[start : start + PIECE_BYTES]
