"""What goes over the wire: broken requests, and no word too many."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import create_desk, create_intake, stop
from app.clock import utc_now
from app.headers import FIXED_OF_DESK
from app.worker import NEEDED
from crypto.weeks import week_of
from tests.online import cells
from tests.online.conftest import copied
from tests.online.running import Line, Server, put, running

WEEK = week_of(utc_now().date())  # the real server has the real clock
NAME = "0" * 64


@pytest.fixture(scope="module")
def server(made_empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = copied(made_empty, tmp_path_factory.mktemp("wire") / "data")
    with running(settings.folder) as server:
        yield server


@pytest.fixture
def line(server: Server) -> Iterator[Line]:
    with Line(server.intake) as line:
        yield line


@pytest.mark.parametrize(
    "request_line",
    [
        b"",
        b"GET",
        b"GET / HTTP/9.9",
        b"GET / HTTP/1.1 x",
        b"get / HTTP/1.1",
        b"GET  / HTTP/1.1",
        b"GET /\x00 HTTP/1.1",
        b"GET /\xff HTTP/1.1",
        b"GET /" + b"a" * 3000 + b" HTTP/1.1",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0",
    ],
)
def test_a_request_line_that_cannot_be_read_is_answered_by_a_code(line, request_line):
    line.send(request_line + b"\r\nHost: box.test\r\n\r\n")
    answer = line.answer()
    assert (answer.status, answer.code) == (400, "request-malformed")
    assert answer.is_plain()
    assert line.is_over()


@pytest.mark.parametrize(
    "header",
    [
        b"no colon",
        b": no name",
        b"Bad Name: x",
        b"X: a\x00b",
        b"X: a\nb",
        b"Content-Length: 1\r\nContent-Length: 2",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: gzip",
        b"Host: another",
        b"X: " + b"a" * 9000,
        b"\r\n".join(b"X-%d: a" % number for number in range(60)),
        b"Expect: something",
        b" folded",
    ],
)
def test_headers_that_cannot_be_read_are_answered_by_a_code(line, header):
    line.send(b"GET / HTTP/1.1\r\nHost: box.test\r\n" + header + b"\r\n\r\n")
    answer = line.answer()
    assert (answer.status, answer.code) == (400, "request-malformed")
    assert answer.is_plain()


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("GET /", 200), ("GET /directory", 503), ("GET /board/size", 200), ("GET /board/cells", 200),
        ("GET /nothing", 404), ("GET //", 404), ("GET http://box.test/", 404), ("OPTIONS *", 404),
        ("GET /%69ndex.html", 404), ("PUT /cells/x", 400), (f"PUT /cells/{NAME}", 411),
        (f"GET /cells/{NAME}", 405), ("TRACE /", 405), ("CONNECT box.test:80", 404),
        ("GET /?from=somewhere", 200), (f"PUT /cells/{'A' * 64}", 400),
        (f"PUT /cells/%30{NAME[1:]}", 400), (f"PUT /cells//{NAME}", 400),
    ],
)  # fmt: skip
def test_every_answer_has_the_fixed_headers_and_no_others(line, request_line, status):
    line.send(f"{request_line} HTTP/1.1\r\nHost: box.test\r\n\r\n".encode())
    answer = line.answer()
    assert answer.status == status
    assert answer.is_plain()


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("GET /listing", 401), ("POST /session", 411), ("GET /nothing", 401), ("GET /", 200),
        ("GET /en/", 200), ("POST /", 411), ("GET /acts", 401), ("GET /desk.css", 200),
        ("GET /icon.svg", 200), ("DELETE /acts", 401), ("GET /%61cts", 404), ("GET x", 400),
    ],
)  # fmt: skip
def test_every_answer_of_the_desk_has_the_fixed_headers_and_no_others(server, request_line, status):
    with Line(server.desk) as line:
        line.send(f"{request_line} HTTP/1.1\r\nHost: desk.test\r\n\r\n".encode())
        answer = line.answer()
        assert answer.status == status
        assert answer.is_plain(FIXED_OF_DESK)


@pytest.mark.parametrize("host", ["", "desk.test:80:90", "[", "a b", "\xff", "../..", "x" * 2000])
def test_a_strange_host_breaks_nothing(server, host):
    with Line(server.desk) as line:
        form = b"account=mezquite&passphrase=x&code=1"
        head = (
            "POST / HTTP/1.1\r\nOrigin: http://desk.test\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(form)}\r\nHost: {host}\r\n\r\n"
        )
        line.send(head.encode("latin-1") + form)
        answer = line.answer()
        assert answer.status in {400, 401, 403}
        assert answer.is_plain(FIXED_OF_DESK)


def test_head_is_refused_without_a_body(line):
    line.send(b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert line.answer(body=False).status == 405
    assert line.answer().status == 200


def test_the_answers_for_a_new_and_a_known_cell_are_the_same_bytes(server):
    cell = cells.message(WEEK)
    answers = []
    for _ in range(2):
        with Line(server.intake) as line:
            line.send(put(cells.name(cell), cell, "Connection: close"))
            received = b""
            while piece := line.socket.recv(65_536):
                received += piece
            answers.append(received)
    assert answers[0] == answers[1]
    assert answers[0].startswith(b"HTTP/1.1 204")
    assert b"Date" not in answers[0]
    assert b"Server" not in answers[0]


def test_many_cells_go_over_one_connection(line):
    for _ in range(3):
        cell = cells.message(WEEK)
        line.send(put(cells.name(cell), cell))
        answer = line.answer()
        assert (answer.status, answer.body) == (204, b"")
        assert answer.is_plain()


def test_a_cell_in_many_small_pieces_is_taken(line):
    cell = cells.message(WEEK)
    request = put(cells.name(cell), cell)
    line.send(*(request[at : at + 4000] for at in range(0, len(request), 4000)))
    assert line.answer().status == 204


def test_a_body_in_chunks_is_refused(line):
    line.send(
        f"PUT /cells/{NAME} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    )
    line.send(b"5\r\nhello\r\n0\r\n\r\n")
    answer = line.answer()
    assert (answer.status, answer.code) == (411, "length-needed")


def test_a_body_that_ends_early_is_refused_and_the_line_ends(line):
    cell = cells.message(WEEK)
    line.send(put(cells.name(cell), cell)[:-1])
    line.socket.shutdown(1)  # nothing more will be sent
    answer = line.answer()
    assert (answer.status, answer.code) == (400, "cell-cut-off")
    assert answer.is_plain()
    assert line.is_over()


def test_what_follows_a_body_is_another_request(line):
    cell = cells.message(WEEK)
    line.send(put(cells.name(cell), cell) + b"rubbish\r\n\r\n")
    assert line.answer().status == 204
    assert line.answer().code == "request-malformed"


def test_a_body_too_large_is_refused_before_it_is_sent(line):
    line.send(put(NAME, b"").replace(b"Content-Length: 0", b"Content-Length: 9999999"))
    answer = line.answer()
    assert (answer.status, answer.code) == (413, "cell-size")


def test_nobody_is_asked_for_a_body_that_is_refused(line):
    head = put("x", b"", "Expect: 100-continue").replace(b"Length: 0", b"Length: 65536")
    line.send(head)
    assert line.answer().code == "name-malformed"
    assert line.is_over()


def test_who_asks_is_told_to_send_a_body_that_is_wanted(line):
    cell = cells.message(WEEK)
    head, body = put(cells.name(cell), cell, "Expect: 100-continue").split(b"\r\n\r\n", 1)
    line.send(head + b"\r\n\r\n")
    assert line.answer(body=False).status == 100
    line.send(body)
    assert line.answer().status == 204


def test_slow_visitors_do_not_stop_others(server):
    cell = cells.message(WEEK)
    slow = [Line(server.intake) for _ in range(30)]
    try:
        for number, line in enumerate(slow):
            line.send(put(cells.name(cell), cell)[: 20 + 1000 * number])
        start = time.monotonic()
        with Line(server.intake) as line:
            line.send(put(cells.name(cell), cell))
            assert line.answer().status == 204
        assert time.monotonic() - start < 10
    finally:
        for line in slow:
            line.socket.close()


def test_an_address_in_a_proxy_line_is_refused_where_circuits_are_not_told(line):
    line.send(b"PROXY TCP6 fc00:dead:beef:4dad::1 ::1 1 80\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert line.answer().code == "request-malformed"


def test_tors_circuits_are_counted_each_for_itself(made_empty, tmp_path):
    folder = copied(made_empty, tmp_path / "data").folder
    (folder / "settings.toml").write_text('circuit_ids = true\ncircuit_rate = "1 per minute"\n')
    cell = cells.message(WEEK)
    with running(folder) as server:

        def sent(circuit: str, times: int) -> list[int]:
            with Line(server.intake) as line:
                line.send(f"PROXY TCP6 {circuit} ::1 9 80\r\n".encode())
                statuses = []
                for _ in range(times):  # only the first request of a line has the address
                    line.send(put(cells.name(cell), cell))
                    statuses.append(line.answer().status)
                return statuses

        assert sent("fc00:dead:beef:4dad::7", 2) == [204, 429]
        assert sent("fc00:dead:beef:4dad::8", 1) == [204]
        assert sent("fc00:dead:beef:4dad::7", 1) == [429]
        # Any other address is nobody's: all of them share one count.
        assert sent("2001:db8::1", 1) == [204]
        assert sent("2001:db8::2", 1) == [429]


def test_the_log_says_nothing_of_all_this(server):
    assert server.log.read_text() == ""


def test_a_server_that_is_told_to_stop_leaves_nothing_behind(made_empty, tmp_path):
    folder = copied(made_empty, tmp_path / "data").folder
    with running(folder) as server:
        everybody = server.everybody()
        assert len(everybody) == 5
        server.process.terminate()
        assert server.process.wait(60) == 0
    assert [pid for pid in everybody if Path(f"/proc/{pid}").exists()] == []
    leftovers = sorted(path.name for path in folder.iterdir())
    assert leftovers == ["buzon.db", "organisation", "settings.toml", "site", "trust.json"]


def test_a_server_whose_parent_is_killed_ends_too(made_empty, tmp_path):
    folder = copied(made_empty, tmp_path / "data").folder
    with running(folder) as server:
        everybody = server.everybody()
        server.process.kill()
        server.process.wait(30)
        end = time.monotonic() + 30
        while time.monotonic() < end and any(alive(pid) for pid in everybody):
            time.sleep(0.1)
        assert [pid for pid in everybody if alive(pid)] == []


def alive(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


def test_the_desk_hears_where_a_form_was_filled_in(server):
    form = b"account=mezquite&passphrase=x&code=1"
    for header, status in (("Sec-Fetch-Site: cross-site", 403), ("Origin: http://evil.test", 403),
                           ("Origin: http://desk.test", 401), ("X-Nothing: x", 401)):  # fmt: skip
        with Line(server.desk) as line:
            head = (
                f"POST / HTTP/1.1\r\nHost: desk.test\r\n{header}\r\n"
                "Content-Type: application/x-www-form-urlencoded\r\n"
                f"Content-Length: {len(form)}\r\n\r\n"
            )
            line.send(head.encode() + form)
            assert line.answer().status == status


def test_the_intake_hears_of_no_cookie_and_the_desk_does(made_empty, tmp_path):
    settings = copied(made_empty, tmp_path / "data")
    needed = []
    for create in (create_intake, create_desk):
        program = create(settings)
        needed.append(NEEDED | program.extensions["needed"])
        stop(program)
    assert [("COOKIE" in each) for each in needed] == [False, True]
    assert needed[0] == NEEDED
