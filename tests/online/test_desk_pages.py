"""What the desk shows a lawyer's browser: app/interface-v1.md, "Desk", "The pages"."""

import base64
import re
from datetime import timedelta
from hashlib import sha256

import pytest
from flask.testing import FlaskClient

from app import acts, create_desk, create_intake
from app.accounts import Accounts
from app.db import open_database
from app.desk_pages.look import Keys, Look, Waiting
from app.desk_pages.paper import drawn
from app.desk_pages.words import WORDS
from app.headers import FIXED_OF_DESK
from app.settings import Settings
from crypto.sentences import sentence
from crypto.weeks import week_of
from tests.online import cells
from tests.online.conftest import (
    ACCOUNT,
    NOON,
    PASSPHRASE,
    TODAY,
    code_at,
    login,
    opened,
)
from tests.online.test_intake import put, refused

WEEK = week_of(TODAY)
FORM = re.compile(r'name="form" value="([^"]+)"')
COOKIE = re.compile(r"session=([A-Za-z0-9_-]{43}); Path=/; HttpOnly; SameSite=Strict")
PAGES = ("/", "/acts", "/sessions", "/en/", "/en/acts", "/en/sessions")
BREAKS = re.compile(r"\s+")


def text(answer) -> str:
    """What a page says, as one line, without its marks."""
    return BREAKS.sub(" ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def says(answer, code: str, status: int) -> bool:
    """The answer is a page of this refusal."""
    wanted = BREAKS.sub(" ", sentence(code, "es"))
    return (answer.status_code, answer.mimetype) == (status, "text/html") and wanted in text(answer)


def enter(desk: FlaskClient, now=NOON, **changed):
    """Log in to the pages; the answer."""
    return desk.post("/", data={**login(now), **changed})


def form_of(answer) -> str:
    """The token of the page's form."""
    (found,) = set(FORM.findall(answer.get_data(as_text=True)))
    return str(found)


@pytest.fixture
def inside(desk: FlaskClient) -> FlaskClient:
    """A browser with a living session."""
    assert enter(desk).status_code == 200
    return desk


@pytest.fixture
def unenrolled(desk: FlaskClient, settings: Settings) -> FlaskClient:
    """A browser of somebody who has yet to enrol, logged in."""
    engine = open_database(settings)
    Accounts(engine).add("huizache", PASSPHRASE)
    engine.dispose()
    assert enter(desk, account="huizache", code="").status_code == 200
    return desk


# ------------------------------------------------------------------ logging in


@pytest.mark.parametrize("path", PAGES)
def test_without_a_session_every_page_is_the_way_in(desk, path):
    answer = desk.get(path)
    assert answer.status_code == (200 if path in {"/", "/en/"} else 401)
    assert 'name="passphrase"' in answer.get_data(as_text=True)
    assert ("Log in" in text(answer)) == path.startswith("/en/")
    assert "Set-Cookie" not in answer.headers


def test_a_cookie_is_of_the_session_only_and_of_this_site_only(desk):
    answer = enter(desk)
    assert answer.status_code == 200
    assert "Qué hay en el buzón" in text(answer)
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert COOKIE.fullmatch(cookie)


def test_a_desk_that_is_https_has_a_cookie_that_never_travels_without(serve, settings):
    desk = serve(create_desk, settings, desk_https=True)
    assert enter(desk).headers["Set-Cookie"].endswith("; SameSite=Strict; Secure")


@pytest.mark.parametrize(
    "changed",
    [{"passphrase": "another passphrase"}, {"account": "nobody"}, {"code": "000000"}, {"code": ""}],
)
def test_who_is_refused_sees_the_same_page_whatever_was_wrong(desk, changed):
    answer = enter(desk, **changed)
    assert says(answer, "login-refused", 401)
    assert "Set-Cookie" not in answer.headers
    assert answer.data == enter(desk, account="nobody", passphrase="x").data


def test_a_form_that_is_sent_again_finds_the_session(inside):
    answer = enter(inside)
    assert (answer.status_code, answer.headers.get("Set-Cookie")) == (200, None)
    assert "Qué hay en el buzón" in text(answer)


def test_too_many_failures_are_told_in_words(serve, settings):
    desk = serve(create_desk, settings, login_rate="1 per minute")
    enter(desk, passphrase="another passphrase")
    assert says(enter(desk, passphrase="another passphrase"), "too-many", 429)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://evil.test"},
        {"Origin": "http://localhost.evil.test"},
        {"Origin": "http://localhost:8471"},
        {"Origin": "http://["},
        {"Origin": "localhost"},
    ],
)
@pytest.mark.parametrize("path", ["/", "/enrolment", "/sessions"])
def test_a_form_of_another_site_is_refused(inside, path, headers):
    form = form_of(inside.get("/sessions"))
    data = {"form": form, "which": "all", **(login(NOON) if path == "/" else {})}
    assert says(inside.post(path, data=data, headers=headers), "form-refused", 403)
    assert inside.get("/acts").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": "null"}, {"Origin": "http://localhost"}],
)
def test_a_form_of_this_site_is_taken(desk, headers):
    assert desk.post("/", data=login(NOON), headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("body", "content_type", "code", "status"),
    [
        (b"", "application/x-www-form-urlencoded", "form-refused", 403),
        (b"account=a", "application/x-www-form-urlencoded", "form-refused", 403),
        (b"\xff=%ff", "application/x-www-form-urlencoded", "form-refused", 403),
        (b"account=a&account=a&passphrase=b&code=c", "application/x-www-form-urlencoded",
         "form-refused", 403),
        (b"account=a&passphrase=%ff&code=c", "application/x-www-form-urlencoded",
         "form-refused", 403),
        (b"account=a&passphrase=b&code=c&more=d", "application/x-www-form-urlencoded",
         "form-refused", 403),
        (b"a=b&" * 5000, "application/x-www-form-urlencoded", "document-malformed", 422),
        (b"{}", "application/json", "content-type", 415),
        (b"account=a&passphrase=b&code=c", "text/plain", "content-type", 415),
    ],
)  # fmt: skip
def test_what_is_no_form_is_a_page_of_refusal(desk, body, content_type, code, status):
    answer = desk.post("/", data=body, content_type=content_type)
    assert says(answer, code, status)


# ------------------------------------------------------------------ enrolling


def secret_on(answer) -> bytes:
    found = re.search(r'id="secret"[^>]*>(.*?)</p>', answer.get_data(as_text=True), re.DOTALL)
    assert found
    return base64.b32decode(re.sub(r"<[^>]+>|\s", "", found[1]))


def test_before_a_second_factor_is_there_nothing_else_is_shown(unenrolled):
    for path in ("/", "/enrolment"):
        assert "Active el código" in text(unenrolled.get(path))
    for path in ("/acts", "/sessions", "/en/acts"):
        answer = unenrolled.get(path)
        assert answer.status_code == 401
        assert "Active" not in text(answer)


def test_an_unenrolled_account_opens_no_session_for_a_courier(unenrolled):
    body = {"account": "huizache", "passphrase": PASSPHRASE, "code": ""}
    assert refused(unenrolled.post("/session", json=body), 401, "second-factor-needed")
    body["passphrase"] = "another passphrase"
    assert refused(unenrolled.post("/session", json=body), 401, "login-refused")


def test_a_second_factor_is_enrolled_by_its_first_code(unenrolled):
    page = unenrolled.get("/")
    secret = secret_on(page)
    assert page.get_data(as_text=True).count("<svg") == 1
    before = unenrolled.get_cookie("session")
    wrong = unenrolled.post("/enrolment", data={"form": form_of(page), "code": "000000"})
    assert says(wrong, "code-refused", 422)
    assert secret_on(wrong) == secret
    answer = unenrolled.post(
        "/enrolment", data={"form": form_of(wrong), "code": code_at(NOON, secret)}
    )
    assert answer.status_code == 200
    codes = re.findall(r"<code>([a-z2-7-]{19})</code>", answer.get_data(as_text=True))
    assert len(set(codes)) == 10
    assert COOKIE.fullmatch(answer.headers["Set-Cookie"])
    assert unenrolled.get_cookie("session") != before
    assert "Qué hay en el buzón" in text(unenrolled.get("/"))
    again = unenrolled.post("/enrolment", data={"form": form_of(page), "code": "1"})
    assert "Qué hay en el buzón" in text(again)
    assert codes[0] not in text(again)
    other = unenrolled.application.test_client()
    assert enter(other, account="huizache", code=codes[0]).status_code == 200
    assert says(enter(unenrolled.application.test_client(), account="huizache", code=codes[0]),
                "login-refused", 401)  # fmt: skip


def test_of_two_browsers_that_enrol_the_second_is_told(unenrolled):
    second = unenrolled.application.test_client()
    enter(second, account="huizache", code="")
    pages = [each.get("/") for each in (unenrolled, second)]
    assert secret_on(pages[0]) != secret_on(pages[1])
    forms = [{"form": form_of(page), "code": code_at(NOON, secret_on(page))} for page in pages]
    assert unenrolled.post("/enrolment", data=forms[0]).status_code == 200
    answer = second.post("/enrolment", data=forms[1])
    assert answer.status_code == 401  # its session ended with the epoch
    assert "Set-Cookie" not in answer.headers


def test_enrolling_needs_the_form_of_its_own_session(unenrolled):
    secret = secret_on(unenrolled.get("/"))
    answer = unenrolled.post("/enrolment", data={"form": "x", "code": code_at(NOON, secret)})
    assert says(answer, "form-refused", 403)


# ------------------------------------------------------------------ what is shown


def test_the_status_counts_what_waits_by_day(serve, settings, inside, clock):
    intake = serve(create_intake, settings)
    clock.now -= timedelta(days=20)
    put(intake, cells.message(WEEK - 2))
    clock.now += timedelta(days=20)
    for cell in (cells.message(WEEK), cells.message(WEEK), cells.part()):
        put(intake, cell)
    said = text(inside.get("/"))
    assert "2026-03-18 2 1 1.1 MiB" in said
    assert "Antes 1 0 0.1 MiB" in said
    assert "Total 3 1 1.2 MiB" in said


def test_an_empty_box_and_one_where_nothing_is_published_are_told(serve, empty_settings):
    desk = serve(create_desk, empty_settings)
    said = text(enter(desk))
    assert "El buzón está vacío" in said
    assert "no hay una lista de abogados publicada" in said


def test_the_calendar_says_week_by_week_what_is_there(inside):
    said = text(inside.get("/"))
    assert "2026-03-16 2026-03-22 ✓ sí ✓ sí ✓ 3/3" in said
    assert "2026-04-06 2026-04-12 ✓ sí ✓ sí ✓ 3/3" in said
    assert "2026-04-13 2026-04-19 ✓ sí ✗ no ✗ 0/3" in said
    assert "2026-05-25 2026-05-31 ✗ no ✗ no ✗ 0/3" in said
    assert "ceiba 4 2026-04-12" in said


def test_nothing_is_warned_of_that_ends_in_more_than_three_weeks(inside, clock):
    clock.now = NOON.replace(day=21)  # the freshness holds to 12 April
    assert "Nada vence en las próximas tres semanas" in text(inside.get("/"))


@pytest.mark.parametrize(
    ("later", "warned"), [(5, "confirmaron"), (50, "vale hasta"), (80, "venció")]
)
def test_what_ends_soon_or_ended_is_warned_of(serve, settings, clock, later, warned):
    clock.now += timedelta(days=later)
    assert warned in text(enter(serve(create_desk, settings), clock.now))


def test_the_log_says_of_each_item_whether_it_was_accepted(inside, organisation, clock):
    token = opened(inside, clock.now + timedelta(seconds=30))
    good = organisation.receipt("ceiba", [b"x" * 32])
    strange = organisation.receipt("ceiba", [b"x" * 32], origin="http://other.test")
    for receipt in (good, strange):
        inside.put(
            f"/receipts/{receipt.payload_hash.hex()}",
            data=receipt.to_json(),
            content_type="application/json",
            headers=token,
        )
    said = text(inside.get("/acts"))
    assert f"1 Recibo entregado {good.payload_hash.hex()[:8]} ✓ aceptado" in said
    why = BREAKS.sub(" ", sentence("receipt-origin", "es"))
    assert f"1 Recibo entregado {strange.payload_hash.hex()[:8]} ✗ {why} receipt-origin" in said
    assert "2 Entrada ✓ aceptado" in said


def test_the_english_pages_say_the_same_in_english(inside):
    for path, word in (
        ("/en/", "What is in the box"),
        ("/en/acts", "Log"),
        ("/en/sessions", "Sessions"),
    ):
        answer = inside.get(path)
        assert word in text(answer)
        assert '<html lang="en">' in answer.get_data(as_text=True)


def test_the_pages_carry_nothing(serve, settings, inside):
    cell = cells.message(WEEK)
    put(serve(create_intake, settings), cell)
    cookie = inside.get_cookie("session")
    assert cookie is not None
    for headers in ({}, {"Authorization": f"Bearer {cookie.value}"}):
        assert refused(inside.get("/listing", headers=headers), 401, "session-needed")
        answer = inside.get(f"/cells/{sha256(cell).hexdigest()}", headers=headers)
        assert refused(answer, 401, "session-needed")


def test_a_couriers_token_opens_no_page(desk, token):
    desk.set_cookie("session", token["Authorization"].removeprefix("Bearer "))
    assert desk.get("/acts").status_code == 401


# ------------------------------------------------------------------ ending sessions


def test_who_leaves_is_outside_and_other_sessions_stay(inside, clock):
    other = inside.application.test_client()
    later = clock.now + timedelta(seconds=30)
    assert enter(other, later).status_code == 200
    page = inside.get("/sessions")
    assert "de su cuenta, con esta y las del mensajero: 2" in text(page)
    assert "le quedan: 10" in text(page)
    cookie = inside.get_cookie("session")
    answer = inside.post("/sessions", data={"form": form_of(page), "which": "this"})
    assert answer.headers["Set-Cookie"] == "session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"
    assert cookie is not None
    inside.set_cookie("session", cookie.value)  # a browser that kept it
    assert inside.get("/acts").status_code == 401
    assert other.get("/acts").status_code == 200


def test_all_sessions_of_an_account_end_at_once_the_couriers_too(inside, clock, settings):
    token = opened(inside, clock.now + timedelta(seconds=30))
    assert inside.get("/listing", headers=token).status_code == 200
    form = form_of(inside.get("/sessions"))
    assert inside.post("/sessions", data={"form": form, "which": "all"}).status_code == 200
    assert refused(inside.get("/listing", headers=token), 401, "session-needed")
    assert inside.get("/acts").status_code == 401


def test_what_the_operator_does_ends_a_session_of_the_running_desk(inside, settings):
    engine = open_database(settings)  # as another process
    Accounts(engine).reset(ACCOUNT)
    engine.dispose()
    assert inside.get("/acts").status_code == 401


@pytest.mark.parametrize("data", [{"which": "all"}, {"form": "x", "which": "all"}, {"form": ""}])
def test_ending_sessions_needs_the_form_of_this_session(inside, data):
    assert says(inside.post("/sessions", data=data), "form-refused", 403)
    assert inside.get("/acts").status_code == 200


def test_ending_something_else_is_refused(inside):
    form = form_of(inside.get("/sessions"))
    answer = inside.post("/sessions", data={"form": form, "which": "others"})
    assert says(answer, "form-refused", 403)


# ------------------------------------------------------------------ answers


def test_no_page_holds_a_script_a_style_or_an_address_of_elsewhere(inside, unenrolled):
    answers = [inside.get(path) for path in PAGES] + [unenrolled.get("/"), unenrolled.get("/x")]
    for answer in answers:
        page = answer.get_data(as_text=True)
        assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:|@import|url\(", page)
        links = re.findall(r'(?:href|src|action)="([^"]*)"', page)
        assert all(link.startswith("/") and not link.startswith("//") for link in links)


def test_every_page_has_the_desks_headers_and_no_others(inside):
    for answer in (inside.get("/"), inside.get("/desk.css"), inside.get("/icon.svg")):
        sent = [
            pair for pair in answer.headers if pair[0] not in {"Content-Type", "Content-Length"}
        ]
        assert sorted(sent) == sorted(FIXED_OF_DESK)
    policy = dict(FIXED_OF_DESK)["Content-Security-Policy"]
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert "unsafe" not in policy


def test_the_intake_neither_sets_nor_allows_what_the_desk_does(intake):
    answer = intake.post("/", data=login(NOON))
    assert answer.status_code == 405
    assert "Set-Cookie" not in answer.headers
    assert "form-action 'none'" in answer.headers["Content-Security-Policy"]


def test_what_is_unforeseen_is_a_page_too_and_says_nothing_of_itself(inside, monkeypatch, capsys):
    def broken(*_):
        raise ValueError("planted words")

    monkeypatch.setattr("app.desk_pages.views.look", broken)
    answer = inside.get("/")
    assert says(answer, "server-error", 500)
    assert "planted" not in answer.get_data(as_text=True)
    assert "planted" not in capsys.readouterr().err


def test_a_pseudonym_cannot_write_into_a_page():
    hostile = '<script>alert(1)</script>"\u202e'
    look = Look(
        TODAY, (), Waiting(None, 0, 0), (), (), (Keys(hostile, 1, None),), is_published=True
    )
    page = drawn("status", "es", look=look)
    assert "<script" not in page
    assert "\u202e" not in page


# ------------------------------------------------------------------ words


def test_every_word_is_in_both_languages_and_used(checkout):
    folder = checkout / "app/desk_pages"
    sources = [*folder.glob("templates/*.html"), folder / "views.py"]
    used = "".join(path.read_text("utf-8") for path in sources)
    built = {key for key in WORDS if re.match("act-|ended-|keys-", key)}
    assert [key for key in WORDS if f'"{key}"' not in used and key not in built] == []
    for key, (spanish, english) in WORDS.items():
        assert spanish
        assert english
        assert set(re.findall(r"\{\w+\}", spanish)) == set(re.findall(r"\{\w+\}", english)), key


def test_every_act_has_a_word():
    names = [acts.SESSION, acts.ENROLMENT, acts.SESSIONS_ENDED, acts.LISTING, acts.CELLS]
    names += [acts.BATCH, acts.RECEIPT, acts.WEEKLY_KEY]
    assert {f"act-{name}" for name in names} == {key for key in WORDS if key.startswith("act-")}
