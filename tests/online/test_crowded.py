"""A crowd that is slow on purpose: nobody else waits for it, and it has its own end."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.circuits import MOST_LINES
from app.clock import utc_now
from app.serving import CONNECTIONS
from crypto.weeks import week_of
from tests.online import cells
from tests.online.conftest import copied
from tests.online.running import Line, Server, put, running

WEEK = week_of(utc_now().date())
PATIENCE_SECONDS = 5.0
CROWD = 500
SETTLED_SECONDS = 2.0  # until the system has no room left for who does not read


@pytest.fixture(scope="module")
def server(made_empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = copied(made_empty, tmp_path_factory.mktemp("crowded") / "data")
    with running(settings.folder) as server:
        yield server


@pytest.fixture
def crowd(server: Server) -> Iterator[Callable[..., list[Line]]]:
    """Open *count* connections, each of which says *said* and then nothing."""
    lines: list[Line] = []

    def gather(count: int, said: Callable[[int], bytes]) -> list[Line]:
        for number in range(count):
            line = Line(server.intake)
            line.send(said(number))
            lines.append(line)
        return lines

    yield gather
    for line in lines:
        line.socket.close()


def seconds_of_an_upload(server: Server, cell: bytes | None = None) -> float:
    """How long a witness waits who comes now."""
    cell = cell or cells.message(WEEK)
    start = time.monotonic()
    with Line(server.intake) as line:
        line.send(put(cells.name(cell), cell))
        assert line.answer().status == 204
    return time.monotonic() - start


def slow_head(_: int) -> bytes:
    return b"PUT /cells/"


def slow_body(_: int) -> bytes:
    cell = cells.message(WEEK)
    return put(cells.name(cell), cell)[:1000]


def slow_part(_: int) -> bytes:
    cell = cells.part()
    return put(cells.name(cell), cell)[:2000]


def nearly_a_message(_: int) -> bytes:
    cell = cells.message(WEEK)
    return put(cells.name(cell), cell)[:-1]


def answered_and_not_hung_up(_: int) -> bytes:
    return b"GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def never_reads(_: int) -> bytes:
    # More than the system keeps for somebody who does not read.
    return b"GET /read.js HTTP/1.1\r\nHost: x\r\n\r\n" * 200


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (60, answered_and_not_hung_up),
        (CROWD, slow_head),
        (CROWD, slow_body),
        (CROWD, nearly_a_message),
        (60, slow_part),
        (60, never_reads),
        (CONNECTIONS + 150, lambda _: b""),
        (CONNECTIONS + 150, slow_head),
        (CONNECTIONS + 150, slow_body),
    ],
)
def test_nobody_waits_for_a_crowd(server, crowd, count, said):
    crowd(count, said)
    time.sleep(SETTLED_SECONDS)
    assert seconds_of_an_upload(server) < PATIENCE_SECONDS
    assert seconds_of_an_upload(server) < PATIENCE_SECONDS


def test_a_part_is_taken_beside_slow_ones_of_every_kind(server, crowd):
    kinds = (slow_head, slow_body, slow_part)
    crowd(CROWD, lambda number: kinds[number % 3](number))
    assert seconds_of_an_upload(server, cells.part()) < PATIENCE_SECONDS


def test_a_slow_body_is_taken_when_it_is_whole(server):
    cell = cells.message(WEEK)
    request = put(cells.name(cell), cell)
    with Line(server.intake) as line:
        for at in range(0, len(request), 16_000):
            line.send(request[at : at + 16_000])
            time.sleep(0.5)
        assert line.answer().status == 204
        line.send(request)  # the line is as good as before
        assert line.answer().status == 204


def test_a_slow_body_that_ends_early_is_refused_as_such(server):
    cell = cells.message(WEEK)
    with Line(server.intake) as line:
        line.send(put(cells.name(cell), cell)[:30_000])
        time.sleep(0.6)
        line.socket.shutdown(1)
        answer = line.answer()
        assert (answer.status, answer.code) == (400, "cell-cut-off")
        assert answer.is_plain()


def test_an_answer_that_is_read_slowly_comes_whole(server):
    with Line(server.intake) as line:
        line.send(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 300)
        time.sleep(1)
        answers = [line.answer() for _ in range(300)]
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1


def test_a_head_has_its_time_and_no_more(server):
    with Line(server.intake) as line:
        line.send(b"GET / HTTP/1.1\r\n")
        start = time.monotonic()
        line.socket.settimeout(1)
        while True:
            try:
                line.send(b"X")
                if not line.socket.recv(1):
                    break
            except TimeoutError:
                assert time.monotonic() - start < 15
            except OSError:
                break
        assert 8 < time.monotonic() - start < 15


def test_the_crowd_leaves_no_word_in_the_log(server):
    assert server.log.read_text() == ""


def test_one_circuit_crowds_out_nobody_but_itself(made_empty, tmp_path):
    folder = copied(made_empty, tmp_path / "data").folder
    (folder / "settings.toml").write_text("circuit_ids = true\n")
    said = b"PROXY TCP6 fc00:dead:beef:4dad::%d ::1 9 80\r\nPUT /cells/"
    with running(folder) as server:
        lines = [Line(server.intake) for _ in range(MOST_LINES + 1)]
        for line in lines:
            line.send(said % 7)
        time.sleep(0.5)
        assert lines[-1].is_over()
        lines[0].socket.setblocking(False)
        with pytest.raises(BlockingIOError):
            lines[0].socket.recv(1)
        lines[1].socket.close()
        time.sleep(0.5)
        with Line(server.intake) as line:
            line.send(said % 7 + b"x HTTP/1.1\r\nHost: x\r\n\r\n")
            assert line.answer().code == "name-malformed"
        for line in lines:
            line.socket.close()
