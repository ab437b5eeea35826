"""One slow line: how slow it may be, and what it may hold."""

import socket
from collections.abc import Iterator

import pytest

from app.body import LineSlowError
from app.circuits import MOST_LINES, Circuits
from app.lines import (
    MAX_HEAD_BYTES,
    SLOWEST_BYTES_PER_SECOND,
    WINDOW_SECONDS,
    Line,
    Stage,
)
from crypto.part import PART_CELL_BYTES

PAGE_SECONDS = 15 * 60  # that app/site/client/upload.js gives a request
HALF = 1000


@pytest.fixture
def pair() -> Iterator[tuple[Line, socket.socket]]:
    ours, theirs = socket.socketpair()
    yield Line(ours), theirs
    ours.close()
    theirs.close()


@pytest.fixture
def slow(pair) -> tuple[Line, socket.socket]:
    """A line of whose body half came."""
    line, visitor = pair
    line.patient = False
    body = bytearray(2 * HALF)
    visitor.sendall(b"a" * HALF)
    with pytest.raises(LineSlowError) as refusal:
        line.receive(memoryview(body))
    assert refusal.value.bytes_there == HALF
    line.body += body[:HALF]
    line.wanted = len(body)
    line.wait(Stage.BODY)
    return line, visitor


def test_a_slow_body_is_whole_when_the_rest_has_come(slow):
    line, visitor = slow
    assert not line.advance()
    visitor.sendall(b"b" * (HALF - 1))
    assert not line.advance()
    visitor.sendall(b"bnext")
    assert line.advance()
    body = bytearray(2 * HALF)
    assert line.receive(memoryview(body)) == 2 * HALF
    assert body == b"a" * HALF + b"b" * HALF
    assert visitor.send(b"") == 0
    assert line.sock.recv(100) == b"next"


def test_a_body_that_ends_early_is_handed_on_as_far_as_it_came(slow):
    line, visitor = slow
    visitor.sendall(b"b")
    visitor.shutdown(socket.SHUT_WR)
    assert not line.advance()
    assert line.advance()
    assert line.receive(memoryview(bytearray(2 * HALF))) == HALF + 1


def test_a_body_that_keeps_the_least_rate_is_never_late_and_one_that_does_not_is(slow):
    line, _ = slow
    now, least = line.since, int(SLOWEST_BYTES_PER_SECOND * WINDOW_SECONDS)
    for _ in range(20):
        now += WINDOW_SECONDS
        line.moved += least
        assert not line.is_late(now)
    line.moved += least - 1
    assert not line.is_late(now + WINDOW_SECONDS - 1)
    assert line.is_late(now + WINDOW_SECONDS)


def test_a_pause_within_a_window_is_forgiven(slow):
    line, _ = slow
    line.moved += int(SLOWEST_BYTES_PER_SECOND * WINDOW_SECONDS)
    assert not line.is_late(line.since + WINDOW_SECONDS)


def test_the_server_is_at_least_as_patient_as_the_page():
    assert PART_CELL_BYTES / SLOWEST_BYTES_PER_SECOND > PAGE_SECONDS


@pytest.mark.parametrize(
    ("head", "whole"),
    [
        (b"", False),
        (b"GET / HTTP/1.1\r\n", False),
        (b"GET / HTTP/1.1\r\n\r\n", True),
        (b"\r\n", False),
        (b"\r\n\r\n", False),
        (b"\r\nGET / HTTP/1.1\r\nA: b\r\n\r\nbody", True),
        (b"PROXY TCP6 a b 1 2\r\n\r\n", False),  # an empty line is passed over
        (b"PROXY TCP6 a b 1 2\r\n\r\nGET / HTTP/1.1\r\n\r\n", True),
        (b"PROXY TCP6 a b 1 2", False),
    ],
)
def test_a_head_is_whole_when_nobody_needs_to_wait_for_more_of_it(head, whole):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        line = Line(ours, Circuits())
        line.head += head
        assert line.has_whole_head is whole


def test_no_more_of_a_head_is_taken_than_it_may_be_long(pair):
    line, visitor = pair
    visitor.sendall(b"x" * (MAX_HEAD_BYTES + 5))
    assert line.advance()
    assert len(line.head) == MAX_HEAD_BYTES


def test_the_time_of_a_head_does_not_begin_again_with_every_byte(pair):
    line, visitor = pair
    visitor.sendall(b"G")
    line.advance()
    end = line.end
    visitor.sendall(b"E")
    line.advance()
    assert line.end == end
    assert line.is_late(end)


def test_what_finds_no_room_is_sent_when_there_is(pair):
    line, visitor = pair
    answer = bytes(4_000_000)
    line.sendall(answer)
    assert line.unsent
    line.wait(Stage.ANSWER)
    received = 0
    while received < len(answer):
        received += len(visitor.recv(1_000_000))
        line.advance()
    assert not line.unsent


def test_a_circuit_has_its_connections_and_no_more():
    circuits = Circuits()
    for _ in range(MOST_LINES):
        circuits.enter("one")
    with pytest.raises(ConnectionError):
        circuits.enter("one")
    circuits.enter("two")
    circuits.leave("one")
    circuits.enter("one")
