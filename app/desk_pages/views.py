"""Views: the addresses of the desk's pages, in Spanish and under /en/ in English.

Only app/desk_pages/ depends on this module.  A page parses, acts and answers; what is
refused is a page too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Response, request
from sqlalchemy import Engine

from app import answers, second_factor
from app.accounts import Accounts
from app.acts import Acts
from app.clock import Clock
from app.desk_pages import paper
from app.desk_pages.forms import check_origin, read_form
from app.desk_pages.look import by_day, look
from app.errors import (
    CodeRefusedError,
    FormError,
    LoginRefusedError,
    ServerError,
    SessionNeededError,
    TooManyError,
)
from app.logins import Logins
from app.logs import report
from app.pages import TYPES
from app.sessions import Purpose, Session, Sessions
from crypto.errors import BuzonError
from crypto.wordlist import Language

NAME = "desk_pages"
COOKIE = "session"
NEEDED = frozenset(("COOKIE", "HOST", "ORIGIN", "SEC-FETCH-SITE"))  # headers of a request

_AT_THE_DOOR = (SessionNeededError, LoginRefusedError, TooManyError)


@dataclass(frozen=True, slots=True)
class Pages:
    """The views, and what they speak to."""

    engine: Engine
    accounts: Accounts
    acts: Acts
    logins: Logins
    sessions: Sessions
    now: Clock
    is_https: bool = False
    """The cookie is never sent without."""

    def get_home(self) -> Response:
        """The state of the box, or the way in."""
        try:
            session = self._session(Purpose.LOOK, Purpose.ENROL)
        except SessionNeededError:
            return _page("login")
        return self._inside(session)

    def post_home(self) -> Response:
        """Log in.  Sent twice by a browser, it is once."""
        check_origin(request)
        try:
            return self._inside(self._session(Purpose.LOOK, Purpose.ENROL))
        except SessionNeededError:
            form = read_form(request, "account", "passphrase", "code")
        token = self.logins.to_look(form["account"], form["passphrase"], form["code"])
        session = self.sessions.check(token, Purpose.LOOK, Purpose.ENROL)
        return self._with_cookie(self._inside(session), token)

    def post_enrolment(self) -> Response:
        """Confirm the second factor with its first code."""
        check_origin(request)
        session = self._session(Purpose.LOOK, Purpose.ENROL)
        if session.purpose is Purpose.LOOK:
            return self._inside(session)
        form = read_form(request, "form", "code")
        session.check_form(form["form"])
        try:
            token, codes = self.logins.enrol(_token(), session, form["code"])
        except CodeRefusedError as refusal:
            return self._enrolment(session, refusal)
        return self._with_cookie(_page("recovery", codes=codes), token)

    def get_acts(self) -> Response:
        """What was done at the desk."""
        self._session(Purpose.LOOK)
        return _page("acts", days=by_day(self.acts.all()))

    def get_sessions(self) -> Response:
        """The account's sessions, and how to end them."""
        session = self._session(Purpose.LOOK)
        return _page(
            "sessions",
            form=session.form,
            name=self.accounts.name(session.epoch),
            count=self.sessions.count(session.epoch),
            codes_left=self.accounts.factor(session.epoch).codes_left,
            minutes=self.sessions.minutes,
        )

    def post_sessions(self) -> Response:
        """End this session, or all of the account."""
        check_origin(request)
        session = self._session(Purpose.LOOK)
        form = read_form(request, "form", "which")
        session.check_form(form["form"])
        if form["which"] == "all":
            self.logins.end_all(session)
        elif form["which"] == "this":
            self.sessions.close(_token())
        else:
            raise FormError("neither this nor all")
        return self._with_cookie(_page("login", notice=f"ended-{form['which']}"), "")

    def _session(self, *purposes: Purpose) -> Session:
        """The session of the request's cookie.

        Raises:
            SessionNeededError, ServerBusyError
        """
        return self.sessions.check(_token(), *purposes)

    def _inside(self, session: Session) -> Response:
        """The first page of a session."""
        if session.purpose is Purpose.ENROL:
            return self._enrolment(session)
        return _page("status", look=look(self.engine, self.now().date()))

    def _enrolment(self, session: Session, refusal: BuzonError | None = None) -> Response:
        name = self.accounts.name(session.epoch)
        return _page(
            "enrolment",
            HTTPStatus.OK if refusal is None else answers.status_of(refusal),
            form=session.form,
            square=paper.square(name, session.secret),
            secret=second_factor.secret_text(session.secret),
            refusal=refusal and refusal.code,
        )

    def _with_cookie(self, answer: Response, token: str) -> Response:
        """*answer* with the cookie of a session that begins; of none, when *token* is empty."""
        attributes = ["Path=/", "HttpOnly", "SameSite=Strict"]
        attributes += ["Secure"] * self.is_https + ["Max-Age=0"] * (not token)
        answer.headers["Set-Cookie"] = "; ".join([f"{COOKIE}={token}", *attributes])
        return answer


def blueprint(pages: Pages) -> Blueprint:
    """The addresses of *pages*, and of the files that they refer to."""
    made = Blueprint(NAME, __name__)
    for root in ("/", "/en/"):
        for method, path, view in (
            ("GET", "", pages.get_home),
            ("POST", "", pages.post_home),
            ("GET", "enrolment", pages.get_home),
            ("POST", "enrolment", pages.post_enrolment),
            ("GET", "acts", pages.get_acts),
            ("GET", "sessions", pages.get_sessions),
            ("POST", "sessions", pages.post_sessions),
        ):
            _add(made, method, root + path, view)
    for name, body in ((paper.STYLE, paper.style()), (paper.ICON, paper.icon())):

        def get_file(name: str = name, body: bytes = body) -> Response:
            return answers.of_bytes(body, TYPES[name[name.index(".") :]])

        _add(made, "GET", f"/{name}", get_file)
    made.register_error_handler(BuzonError, _refused)
    made.register_error_handler(Exception, _unforeseen)
    return made


def _add(made: Blueprint, method: str, path: str, view: Callable[[], Response]) -> None:
    endpoint = f"{method} {path}".replace(".", " ")
    made.add_url_rule(path, endpoint, view, methods=[method], provide_automatic_options=False)


def _token() -> str:
    return request.cookies.get(COOKIE, "")


def _language() -> Language:
    return "en" if request.path.startswith("/en/") else "es"


def _page(template: str, status: HTTPStatus = HTTPStatus.OK, **values: object) -> Response:
    return answers.of_page(paper.drawn(template, _language(), **values), status)


def _refused(error: BuzonError) -> Response:
    template = "login" if isinstance(error, _AT_THE_DOOR) else "refused"
    return _page(template, answers.status_of(error), refusal=error.code)


def _unforeseen(error: Exception) -> Response:
    report(ServerError.code, error)
    return _refused(ServerError("unforeseen"))
