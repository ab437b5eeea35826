"""How the courier logs in: account, passphrase, and a code for each login."""

import json

import httpx
import pytest

from app.courier import cli
from app.courier.connection import Desk
from app.courier.errors import LoginError, RefusedError
from tests.online.courier.hostile_desk import HostileDesk


def logins_of(hostile_desk: HostileDesk) -> list[dict[str, str]]:
    """The bodies of all logins from now on, as they come."""
    bodies: list[dict[str, str]] = []

    def listen(request: httpx.Request) -> None:
        if (request.method, request.url.path) == ("POST", "/session"):
            bodies.append(json.loads(request.read()))

    hostile_desk.answer = listen
    return bodies


def test_a_login_has_account_passphrase_and_code(hostile_desk):
    bodies = logins_of(hostile_desk)
    with hostile_desk.desk():
        pass
    assert bodies == [{"account": "mezquite", "passphrase": "a passphrase", "code": "123456"}]


def test_a_session_that_ended_is_opened_again_with_another_code(hostile_desk):
    codes = iter(["first", "second"])
    bodies: list[dict[str, str]] = []

    def answer(request: httpx.Request) -> httpx.Response | None:
        if request.url.path == "/session" and request.method == "POST":
            bodies.append(json.loads(request.read()))
        elif request.url.path == "/directory" and len(bodies) == 1:
            return httpx.Response(401, json={"code": "session-needed"})
        return None

    hostile_desk.answer = answer
    with Desk(hostile_desk.connection(), "mezquite", "x", lambda: next(codes)) as desk:
        desk.directory()
    assert [body["code"] for body in bodies] == ["first", "second"]


def test_an_account_without_a_second_factor_is_told_so(hostile_desk):
    hostile_desk.answer = lambda _: httpx.Response(401, json={"code": "second-factor-needed"})
    with pytest.raises(RefusedError) as refused, hostile_desk.desk():
        pass
    assert refused.value.refusal == "second-factor-needed"


def parsed(*arguments: str):
    given = ["pull", "--desk", "http://desk.test", "--account", "mezquite", *arguments, "pouch"]
    return cli._parser().parse_args(given)


def test_a_code_is_the_first_line_of_a_file_that_is_read_at_each_login(tmp_path):
    file = tmp_path / "code"
    options = parsed("--code-file", str(file))
    for code in ("123456", "abcd-efgh-ijkl-mnop"):
        file.write_text(f"{code}\r\nignored\n")
        assert cli._code(options, "es") == code


@pytest.mark.parametrize("content", [None, b"\xff\xfe\xff"])
def test_a_code_file_that_cannot_be_read_is_a_refused_login(tmp_path, content):
    file = tmp_path / "code"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(LoginError):
        cli._code(parsed("--code-file", str(file)), "es")


def test_a_code_is_asked_for_without_showing_it(monkeypatch):
    monkeypatch.setattr("getpass.getpass", lambda prompt: f"typed after: {prompt}")
    expected = "typed after: Código del teléfono, o uno de recuperación: "
    assert cli._code(parsed(), "es") == expected
