"""How a session is opened, and opened again, and what is forgotten meanwhile."""

import gc
import itertools
import json
import weakref
from pathlib import Path

import httpx
import pytest

from app.courier.connection import Desk
from app.courier.errors import AnswerError, LoginError, RefusedError, UnreachableError
from app.courier.login import Login, from_files
from crypto.asking import PassphraseEmptyError, PassphraseNotTextError, SecretFileUnreadableError

PROMPTS = ("Contraseña: ", "Código: ")


def refusing(code: str, times: int, status: int = 401):
    """An `answer` that refuses the first *times* logins."""
    left = iter(range(times))

    def answer(request: httpx.Request) -> httpx.Response | None:
        if (request.method, request.url.path) == ("POST", "/session") and next(
            left, None
        ) is not None:
            return httpx.Response(status, json={"code": code})
        return None

    return answer


def test_account_passphrase_and_code_are_sent_and_nothing_else(hostile_desk):
    sent = []

    def answer(request: httpx.Request) -> None:
        if request.method == "POST":
            sent.append(json.loads(request.read()))

    hostile_desk.answer = answer
    with hostile_desk.desk():
        pass
    assert sent == [{"account": "mezquite", "passphrase": "a passphrase", "code": "000001"}]


def test_who_is_refused_is_asked_again_and_told_why(hostile_desk):
    reasons: list[str] = []

    def ask(reason: str) -> Login:
        reasons.append(reason)
        return Login("a passphrase", "000000")

    hostile_desk.answer = refusing("login-refused", 2)
    with Desk(hostile_desk.connection(), "mezquite", ask):
        pass
    assert reasons == ["", "login-refused", "login-refused"]


def test_who_tries_too_often_is_asked_again_after_the_patience(hostile_desk):
    hostile_desk.answer = refusing("too-many", 7, 429)
    with hostile_desk.desk():
        pass
    assert hostile_desk.asked == ["", "too-many"]
    assert sum(hostile_desk.pauses) == 60


@pytest.mark.parametrize("code", ["second-factor-needed", "request-malformed"])
def test_a_refusal_that_typing_does_not_mend_ends_the_trip(hostile_desk, code):
    hostile_desk.answer = refusing(code, 1)
    with pytest.raises(RefusedError) as refused, hostile_desk.desk():
        pass
    assert refused.value.refusal == code
    assert hostile_desk.asked == [""]


def test_a_session_that_ends_asks_for_the_next_code_and_goes_on(hostile_desk):
    ended = iter([True])
    hostile_desk.answer = lambda request: (
        httpx.Response(401, json={"code": "session-needed"})
        if request.url.path == "/listing" and next(ended, False)
        else None
    )
    with hostile_desk.desk() as desk:
        desk.listing()
    assert hostile_desk.asked == ["", "session-needed"]


def test_a_desk_that_ends_every_session_at_once_does_not_ask_for_ever(hostile_desk):
    hostile_desk.answer = lambda request: (
        httpx.Response(401, json={"code": "session-needed"})
        if request.url.path == "/listing"
        else None
    )
    with pytest.raises(LoginError), hostile_desk.desk() as desk:
        desk.listing()
    assert hostile_desk.asked == ["", "session-needed"]


@pytest.mark.parametrize("refused", [False, True])
def test_passphrase_and_code_are_let_go_of_once_the_session_is_open(hostile_desk, refused):
    given: list[weakref.ref[Login]] = []

    def ask(_reason: str) -> Login:
        login = Login("a passphrase", "000000")
        given.append(weakref.ref(login))
        return login

    if refused:
        hostile_desk.answer = refusing("login-refused", 1)
    with Desk(hostile_desk.connection(), "mezquite", ask):
        gc.collect()
        assert [login() for login in given] == [None] * (1 + refused)


def test_a_login_shows_neither_passphrase_nor_code():
    assert "secret" not in repr(Login("secret one", "secret two"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"token":"t"}',
        b'{"token":1,"minutes":60}',
        '{"token":"ñ","minutes":60}'.encode(),
    ],
)
def test_an_answer_without_a_token_is_refused(hostile_desk, body):
    hostile_desk.answer = lambda _: httpx.Response(200, content=body)
    with pytest.raises(AnswerError), hostile_desk.desk():
        pass


def test_a_line_that_breaks_at_the_login_is_tried_again_with_the_same_code(hostile_desk):
    broken = itertools.chain([True], itertools.repeat(False))

    def answer(request: httpx.Request) -> None:
        if next(broken):
            raise httpx.ReadError("cut", request=request)

    hostile_desk.answer = answer
    with hostile_desk.desk():
        pass
    assert hostile_desk.asked == [""]


def test_an_answer_that_never_comes_asks_nobody_again(hostile_desk):
    def answer(request: httpx.Request) -> None:
        raise httpx.ReadError("cut", request=request)

    hostile_desk.answer = answer
    with pytest.raises(UnreachableError), hostile_desk.desk():
        pass
    assert hostile_desk.asked == [""]


# ------------------------------------------------------------ from files


def files(folder: Path, passphrase: bytes, code: bytes) -> tuple[Path, Path]:
    (folder / "passphrase").write_bytes(passphrase)
    (folder / "code").write_bytes(code)
    return folder / "passphrase", folder / "code"


def test_first_lines_are_read_without_what_editors_add(tmp_path):
    ask = from_files(*files(tmp_path, "\ufeffuna ñ \r\nmore".encode(), b"123456\n"), PROMPTS)
    assert ask("") == Login("una ñ ", "123456")


@pytest.mark.parametrize("reason", ["second-factor-needed", "session-needed", "too-many"])
def test_the_code_of_a_file_is_not_tried_twice(tmp_path, reason):
    ask = from_files(*files(tmp_path, b"a passphrase", b"123456"), PROMPTS)
    with pytest.raises(RefusedError) as refused:
        ask(reason)
    assert refused.value.refusal == reason


def test_a_wrong_passphrase_of_a_file_is_the_one_plain_error(tmp_path):
    ask = from_files(*files(tmp_path, b"a passphrase", b"123456"), PROMPTS)
    with pytest.raises(LoginError):
        ask("login-refused")


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", PassphraseEmptyError),
        (b"\n123456", PassphraseEmptyError),
        (b"\xff", PassphraseNotTextError),
    ],
)
def test_a_code_file_without_a_code_is_refused(tmp_path, content, error):
    with pytest.raises(error):
        from_files(*files(tmp_path, b"a passphrase", content), PROMPTS)("")


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path):
    passphrase, code = files(tmp_path, b"a passphrase", b"123456")
    code.unlink()
    with pytest.raises(SecretFileUnreadableError) as refused:
        from_files(passphrase, code, PROMPTS)("")
    assert refused.value.__notes__ == ["code"]
