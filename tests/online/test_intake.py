"""What the public program answers: app/interface-v1.md, "Intake"."""

from datetime import UTC, datetime, timedelta

import pytest

from app import create_intake
from app.db import open_database
from app.headers import FIXED
from app.shelf import MESSAGES, PARTS
from crypto.weeks import first_day, week_of
from tests.online import cells
from tests.online.conftest import TODAY

WEEK = week_of(TODAY)
BINARY = "application/octet-stream"
GOOD_NAME = "0" * 64


def put(client, cell, name=None, **changed):
    """Send a cell as a browser does."""
    sent = {"data": cell, "content_type": BINARY, **changed}
    return client.put(f"/cells/{name or cells.name(cell)}", **sent)


def held(settings):
    """Names of all cells in the box."""
    engine = open_database(settings)
    with engine.connect() as connection:
        found = {
            digest.hex(): shelf.cell(connection, slot)
            for shelf in (MESSAGES, PARTS)
            for digest, slot in shelf.index(connection).where.items()
        }
    engine.dispose()
    return found


def refused(answer, status, code):
    """The answer is this refusal and nothing else."""
    return (answer.status_code, answer.data) == (status, b'{"code":"%s"}' % code.encode())


@pytest.mark.parametrize("make", [lambda: cells.message(WEEK), cells.part], ids=["message", "part"])
def test_a_cell_is_in_the_box_when_it_is_acknowledged(intake, settings, make):
    cell = make()
    assert put(intake, cell).status_code == 204
    assert held(settings) == {cells.name(cell): cell}


def test_the_answer_for_a_new_a_known_and_a_deleted_cell_is_the_same(intake, settings):
    cell = cells.message(WEEK)
    first, second = put(intake, cell), put(intake, cell)
    engine = open_database(settings)
    with engine.begin() as connection:
        MESSAGES.clear(connection, MESSAGES.index(connection).where.values())
    engine.dispose()
    third = put(intake, cell)
    assert first.status == second.status == third.status == "204 NO CONTENT"
    assert first.data == second.data == third.data == b""
    assert list(first.headers) == list(second.headers) == list(third.headers)
    assert held(settings) == {cells.name(cell): cell}


def test_a_cell_sent_twice_takes_one_slot(intake, settings):
    cell = cells.message(WEEK)
    for _ in range(30):  # more than there are slots
        assert put(intake, cell).status_code == 204
    assert len(held(settings)) == 1


@pytest.mark.parametrize(
    "name",
    ["", "0" * 63, "0" * 65, "A" * 64, "g" * 64, "0" * 64 + "/", "%30" + "0" * 63, "0" * 4000,
     "..", "0" * 32 + "/" + "0" * 31, "\N{FULLWIDTH DIGIT ZERO}" * 64],
)  # fmt: skip
@pytest.mark.parametrize("method", ["PUT", "GET", "HEAD"])
def test_a_malformed_name_is_refused_before_anything_else(intake, name, method):
    answer = intake.open(f"/cells/{name}", method=method, data=b"x" if method == "PUT" else None)
    assert answer.status_code == 400
    if method != "HEAD":
        assert refused(answer, 400, "name-malformed")


def test_a_body_of_unknown_length_is_refused(intake):
    answer = intake.put(f"/cells/{GOOD_NAME}")
    assert refused(answer, 411, "length-needed")


def test_a_body_in_chunks_is_refused(intake):
    answer = put(intake, b"x" * 65_536, headers={"Transfer-Encoding": "chunked"})
    assert refused(answer, 411, "length-needed")


@pytest.mark.parametrize("length", ["-1", "+65536", "65536 65536", "0x10000", "65_536", ""])
def test_a_length_that_is_no_number_is_refused(intake, length):
    answer = put(intake, b"x", GOOD_NAME, environ_overrides={"CONTENT_LENGTH": length})
    assert refused(answer, 411, "length-needed")


@pytest.mark.parametrize(
    "kind",
    [None, "", "text/plain", "application/octet-stream; charset=utf-8", "multipart/form-data"],
)
def test_another_content_type_is_refused(intake, kind):
    assert refused(put(intake, cells.message(WEEK), content_type=kind), 415, "content-type")


@pytest.mark.parametrize("size", [0, 1, 4096, 65_535, 65_537, 1_048_575])
def test_another_size_is_refused(intake, settings, size):
    sent = {"CONTENT_LENGTH": str(size), "CONTENT_TYPE": BINARY}
    answer = put(intake, b"B" * size, environ_overrides=sent)
    assert refused(answer, 400, "cell-size")
    assert held(settings) == {}


@pytest.mark.parametrize("size", ["1048577", "99999999999999999999"])
def test_more_than_the_largest_cell_is_refused_unread(intake, size):
    answer = put(intake, b"x", GOOD_NAME, environ_overrides={"CONTENT_LENGTH": size})
    assert refused(answer, 413, "cell-size")


def test_a_body_that_ends_early_is_refused_and_not_stored(intake, settings):
    cell = cells.message(WEEK)
    answer = put(intake, cell[:-1], cells.name(cell), environ_overrides={"CONTENT_LENGTH": "65536"})
    assert refused(answer, 400, "cell-cut-off")
    assert held(settings) == {}


def test_a_cell_named_by_another_hash_is_refused_and_not_stored(intake, settings):
    assert refused(put(intake, cells.message(WEEK), GOOD_NAME), 422, "cell-digest")
    assert held(settings) == {}


@pytest.mark.parametrize("make", [lambda: cells.message(WEEK), cells.part], ids=["message", "part"])
@pytest.mark.parametrize(
    ("offset", "code"),
    [(0, "cell-magic"), (3, "cell-magic"), (4, "cell-suite"), (5, "cell-kind"),
     (6, "cell-reserved"), (7, "cell-reserved")],
)  # fmt: skip
def test_a_cell_that_begins_wrongly_is_refused_and_not_stored(intake, settings, make, offset, code):
    cell = bytearray(make())
    cell[offset] ^= 0x40
    assert refused(put(intake, bytes(cell)), 400, code)
    assert held(settings) == {}


@pytest.mark.parametrize("offset", [-8, 0, 1])
def test_the_weeks_whose_keys_are_there_are_taken(intake, offset):
    assert put(intake, cells.message(WEEK + offset)).status_code == 204


@pytest.mark.parametrize("offset", [-9, 2, -WEEK, 2**32 - 1 - WEEK])
def test_other_weeks_are_refused_and_not_stored(intake, settings, offset):
    assert refused(put(intake, cells.message(WEEK + offset)), 409, "cell-week")
    assert held(settings) == {}


@pytest.mark.parametrize("hour", [-1, 0])
def test_the_week_changes_at_midnight_between_sunday_and_monday_utc(intake, clock, hour):
    monday = first_day(WEEK + 1)
    clock.now = datetime(monday.year, monday.month, monday.day, tzinfo=UTC) + timedelta(hours=hour)
    taken = put(intake, cells.message(WEEK - 8)).status_code == 204
    assert taken == (hour < 0)


def test_a_message_that_the_box_has_no_slot_for_is_refused_and_parts_still_go(intake, settings):
    for _ in range(24):
        assert put(intake, cells.message(WEEK)).status_code == 204
    assert refused(put(intake, cells.message(WEEK)), 507, "box-full")
    assert len(held(settings)) == 24
    assert put(intake, cells.part()).status_code == 204


def test_a_full_box_still_acknowledges_what_it_holds(intake):
    sent = [cells.part() for _ in range(3)]
    for part in sent:
        put(intake, part)
    assert refused(put(intake, cells.part()), 507, "box-full")
    assert put(intake, sent[0]).status_code == 204


def test_when_todays_budget_is_spent_tomorrow_is_another_day(serve, settings, clock):
    client = serve(create_intake, settings, messages_per_day=2)
    first = cells.message(WEEK)
    put(client, first)
    assert put(client, cells.message(WEEK)).status_code == 204
    assert refused(put(client, cells.message(WEEK)), 503, "budget-spent")
    assert put(client, first).status_code == 204
    assert put(client, cells.part()).status_code == 204
    clock.now += timedelta(days=1)
    assert put(client, cells.message(WEEK)).status_code == 204


def test_a_budget_survives_a_restart(serve, settings):
    put(serve(create_intake, settings, messages_per_day=1), cells.message(WEEK))
    again = serve(create_intake, settings, messages_per_day=1)
    assert refused(put(again, cells.message(WEEK)), 503, "budget-spent")


def test_too_many_uploads_are_refused_and_not_stored(serve, settings):
    client = serve(create_intake, settings, shared_rate="2 per minute")
    assert [put(client, cells.message(WEEK)).status_code for _ in range(2)] == [204, 204]
    assert refused(put(client, cells.message(WEEK)), 429, "too-many")
    assert len(held(settings)) == 2


def test_a_circuit_that_sends_too_much_does_not_stop_another(serve, settings):
    client = serve(create_intake, settings, circuit_ids=True, circuit_rate="1 per minute")
    one, other = ({"buzon.circuit": f"fc00:dead:beef:4dad::{n}"} for n in "12")
    assert put(client, cells.message(WEEK), environ_base=one).status_code == 204
    assert refused(put(client, cells.message(WEEK), environ_base=one), 429, "too-many")
    assert put(client, cells.message(WEEK), environ_base=other).status_code == 204


@pytest.mark.parametrize(
    ("path", "method"),
    [
        (f"/cells/{GOOD_NAME}", "GET"),
        (f"/cells/{GOOD_NAME}", "POST"),
        (f"/cells/{GOOD_NAME}", "DELETE"),
        (f"/cells/{GOOD_NAME}", "OPTIONS"),
        (f"/cells/{GOOD_NAME}", "PATCH"),
        (f"/cells/{GOOD_NAME}", "BREW"),
        ("/directory", "POST"),
        ("/directory", "PUT"),
        ("/directory", "OPTIONS"),
        ("/directory", "TRACE"),
        ("/board/cells", "DELETE"),
        ("/board/size", "PUT"),
        ("/", "POST"),
        ("/", "OPTIONS"),
        ("/index.html", "PUT"),
    ],
)
def test_a_method_that_the_page_does_not_answer_is_refused(intake, path, method):
    assert refused(intake.open(path, method=method), 405, "method-refused")


@pytest.mark.parametrize(
    "path", [f"/cells/{GOOD_NAME}", "/directory", "/board/cells", "/board/size", "/", "/nothing"]
)
def test_nobody_learns_anything_by_head(intake, path):
    answer = intake.head(path)
    assert (answer.status_code, answer.data) == (405, b"")


@pytest.mark.parametrize(
    "path",
    ["/cells", "/cell", "//", "//directory", "/directory/", "/Directory", "/board", "/board/",
     "/board/cells/", "/%64irectory", "/index.html/", "/../data/trust.json", "/manifest.json",
     "/index.html.gz", "/static/x", "/listing", "/session", "/.git/config", "/a" * 1000, "/%00"],
)  # fmt: skip
def test_there_is_no_other_page(intake, path):
    assert refused(intake.get(path), 404, "not-found")


def test_the_directory_is_the_same_for_everyone_and_verifies(intake, organisation, clock):
    from crypto.directory import verify_directory

    first, second = intake.get("/directory"), intake.get("/directory?x=1")
    assert first.content_type == "application/json"
    assert first.data == second.data
    directory = verify_directory(first.data, organisation.trust, clock(), "http://box.test")
    assert len(directory.recipients) == 3


def test_the_directory_is_missing_until_something_is_published(serve, empty_settings):
    client = serve(create_intake, empty_settings)
    assert refused(client.get("/directory"), 503, "directory-missing")


def test_the_directory_is_missing_when_nothing_covers_this_week(intake, clock):
    assert intake.get("/directory").status_code == 200
    clock.now += timedelta(weeks=4)
    assert refused(intake.get("/directory"), 503, "directory-missing")


@pytest.mark.parametrize("path", ["/directory", "/"])
@pytest.mark.parametrize(
    ("offered", "packed"), [("gzip", True), ("br, gzip", True), ("identity", False), ("", False)]
)
def test_what_is_packed_is_packed_for_those_who_take_it(intake, path, offered, packed):
    import gzip

    plain = intake.get(path).data
    answer = intake.get(path, headers={"Accept-Encoding": offered})
    assert (answer.headers.get("Content-Encoding") == "gzip") == packed
    assert (gzip.decompress(answer.data) if packed else answer.data) == plain


def test_every_page_of_the_manifest_is_served_as_it_was_built(intake, settings):
    import hashlib
    import json

    listed = json.loads((settings.site / "manifest.json").read_bytes())["files"]
    assert listed
    for entry in listed:
        answer = intake.get(f"/{entry['path']}")
        assert answer.status_code == 200
        assert hashlib.sha256(answer.data).hexdigest() == entry["sha256"]
        assert answer.content_type == entry["type"]


@pytest.mark.parametrize(("folder", "page"), [("/", "/index.html"), ("/en/", "/en/index.html")])
def test_a_folder_is_its_index(intake, folder, page):
    assert intake.get(folder).data == intake.get(page).data != b""


def test_an_empty_board_is_empty(intake):
    assert intake.get("/board/size").data == b'{"bytes":0,"cells":0}'
    answer = intake.get("/board/cells")
    assert (answer.data, answer.content_type) == (b"", BINARY)


def test_ranges_and_conditions_change_nothing(intake):
    plain = intake.get("/")
    for header, value in [
        ("Range", "bytes=0-9"), ("If-None-Match", "*"), ("If-Modified-Since", "Thu, 01 Jan 2099 00:00:00 GMT"),
    ]:  # fmt: skip
        answer = intake.get("/", headers={header: value})
        assert (answer.status_code, answer.data) == (200, plain.data)
        assert list(answer.headers) == list(plain.headers)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 200), ("GET", "/directory", 200), ("GET", "/board/cells", 200),
     ("GET", "/nothing", 404), ("PUT", f"/cells/{GOOD_NAME}", 411), ("PUT", "/cells/x", 400),
     ("GET", f"/cells/{GOOD_NAME}", 405)],
)  # fmt: skip
def test_every_answer_has_the_fixed_headers_and_no_others(intake, method, path, status):
    answer = intake.open(path, method=method, headers={"Cookie": "a=b"})
    assert answer.status_code == status
    names = [name for name, _ in answer.headers]
    assert len(names) == len(set(names))
    described = {"Content-Type", "Content-Length"}
    assert {pair for pair in answer.headers if pair[0] not in described} == set(FIXED)


def test_what_is_unforeseen_is_answered_by_its_code_and_nothing_is_told(intake, monkeypatch, capfd):
    def broken(*_):
        raise RuntimeError("a secret")

    monkeypatch.setattr("app.intake.check_beginning", broken)
    assert refused(put(intake, cells.message(WEEK)), 500, "server-error")
    told = capfd.readouterr().err
    assert "server-error RuntimeError@app/intake.py:" in told
    assert "a secret" not in told


def test_when_the_database_refuses_nothing_is_acknowledged(intake, settings, monkeypatch):
    from sqlalchemy.exc import OperationalError

    def broken(*_):
        raise OperationalError("UPDATE", {}, Exception("disk I/O error"))

    with monkeypatch.context() as patched:
        patched.setattr("app.shelf.Shelf.put", broken)
        assert refused(put(intake, cells.message(WEEK)), 503, "server-busy")
    assert held(settings) == {}
    cell = cells.message(WEEK)
    assert put(intake, cell).status_code == 204
    assert held(settings) == {cells.name(cell): cell}


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize("path", ["/en", "/nothing", "/en/nothing", "/%69ndex.html", "//"])
def test_a_browser_that_looks_for_a_page_gets_one(intake, settings, path):
    answer = intake.get(path, headers={"Accept": BROWSER})
    assert answer.status_code == 404
    assert answer.content_type == "text/html; charset=utf-8"
    assert answer.data == (settings.site / "404.html").read_bytes()
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/en", None), ("/en", "*/*"), ("/en", "application/json"), ("/nothing", "text/css"),
        ("/cells", BROWSER), ("/board/nothing", BROWSER), ("/directory/", BROWSER),
    ],
)  # fmt: skip
def test_everybody_else_gets_the_code(intake, path, accept):
    headers = {"Accept": accept} if accept else {}
    assert refused(intake.get(path, headers=headers), 404, "not-found")


def test_who_sends_to_no_page_gets_the_code(intake):
    assert refused(intake.put("/nothing", headers={"Accept": BROWSER}), 404, "not-found")
