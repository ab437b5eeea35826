"""Handing a sealed file in, and bringing directory and board."""

import hashlib
import io
from pathlib import Path

import httpx
import pytest

from app.courier.cli import main
from app.courier.connection import Connection
from app.courier.deliver import deliver
from app.courier.errors import AnswerError, UnreachableError
from app.courier.fetch import fetch
from crypto.cell import MESSAGE_CELL_BYTES
from crypto.part import PART_CELL_BYTES
from crypto.reply import BoardSizeError
from crypto.sealed_file import CellCounts, SealedFileWriter, read_sealed_file
from crypto.stick import Folder
from tests.online.courier.hostile_desk import HostileDesk

MESSAGE = b"BZN1\x01\x01\x00\x00".ljust(MESSAGE_CELL_BYTES, b"m")
PART = b"BZN1\x01\x02\x00\x00".ljust(PART_CELL_BYTES, b"p")


def sealed_file(*, message: bytes = MESSAGE, part: bytes = PART) -> io.BytesIO:
    file = io.BytesIO()
    writer = SealedFileWriter(file, CellCounts(1, 1))
    writer.add_part(part)
    writer.add_message(message)
    writer.finish()
    return file


def path_of(cell: bytes) -> str:
    return f"/cells/{hashlib.sha256(cell).hexdigest()}"


@pytest.fixture
def intake(hostile_desk: HostileDesk) -> Connection:
    def take(request: httpx.Request) -> httpx.Response:
        hostile_desk.handed_in[request.url.path] = request.read()
        return httpx.Response(204)

    hostile_desk.answer = take
    return hostile_desk.connection()


def test_every_cell_is_delivered_words_first(hostile_desk, intake, progress):
    delivered = deliver(intake, *read_sealed_file(sealed_file()), progress)
    assert (delivered.accepted, delivered.refused) == (2, [])
    assert hostile_desk.handed_in == {path_of(MESSAGE): MESSAGE, path_of(PART): PART}
    assert list(hostile_desk.handed_in) == [path_of(MESSAGE), path_of(PART)]


def test_nothing_but_the_cell_and_its_type_is_sent(hostile_desk, intake, progress):
    sent = []
    obey = hostile_desk.answer

    def remember(request):
        sent.append(request)
        return obey(request)

    hostile_desk.answer = remember
    deliver(intake, *read_sealed_file(sealed_file()), progress)
    assert {name for request in sent for name in request.headers} == {
        "host",
        "user-agent",
        "accept",
        "accept-encoding",
        "connection",
        "content-type",
        "content-length",
    }


def test_a_cell_that_is_none_is_told_and_the_rest_delivered(hostile_desk, intake, progress):
    wrong = bytes(MESSAGE_CELL_BYTES)
    delivered = deliver(intake, *read_sealed_file(sealed_file(message=wrong)), progress)
    assert (delivered.accepted, delivered.refused) == (1, [(1, "cell-magic")])
    assert list(hostile_desk.handed_in) == [path_of(PART)]


def test_a_cell_that_the_box_refuses_is_told_and_the_rest_delivered(hostile_desk, progress):
    hostile_desk.answer = lambda request: (
        httpx.Response(409, json={"code": "cell-week"})
        if request.url.path == path_of(MESSAGE)
        else httpx.Response(204)
    )
    delivered = deliver(hostile_desk.connection(), *read_sealed_file(sealed_file()), progress)
    assert (delivered.accepted, delivered.refused) == (1, [(1, "cell-week")])


@pytest.mark.parametrize("code", ["too-many", "server-busy"])
def test_a_busy_box_is_asked_again(hostile_desk, intake, progress, code):
    busy = iter([True, True])
    obey = hostile_desk.answer
    hostile_desk.answer = lambda request: (
        httpx.Response(429 if code == "too-many" else 503, json={"code": code})
        if next(busy, False)
        else obey(request)
    )
    assert deliver(intake, *read_sealed_file(sealed_file()), progress).accepted == 2
    assert hostile_desk.pauses == [1.0, 2.0]


def test_a_spent_budget_is_told_at_once(hostile_desk, progress):
    hostile_desk.answer = lambda _: httpx.Response(503, json={"code": "budget-spent"})
    delivered = deliver(hostile_desk.connection(), *read_sealed_file(sealed_file()), progress)
    assert delivered.refused == [(1, "budget-spent"), (2, "budget-spent")]
    assert hostile_desk.pauses == []


def test_a_redirect_is_not_followed(hostile_desk, progress):
    hostile_desk.answer = lambda _: httpx.Response(
        302, headers={"location": "http://elsewhere.test/"}
    )
    with pytest.raises(AnswerError):
        deliver(hostile_desk.connection(), *read_sealed_file(sealed_file()), progress)


@pytest.mark.parametrize("origin", ["", "not an address", "ftp://box.test", "http://[::1"])
def test_an_address_that_is_none_is_a_plain_error(origin, progress):
    def try_it() -> None:
        connection = Connection(origin, sleep=lambda _: None)
        deliver(connection, *read_sealed_file(sealed_file()), progress)

    with pytest.raises(UnreachableError):
        try_it()


def test_directory_and_board_are_saved_as_they_came(hostile_desk, tmp_path: Path):
    board = bytes(range(256)) * 32
    hostile_desk.answer = lambda request: httpx.Response(
        200, content=board if request.url.path == "/board/cells" else b"{}"
    )
    with Folder.open(tmp_path) as folder:
        assert fetch(hostile_desk.connection(), folder) == 2
    assert (tmp_path / "board").read_bytes() == board
    assert (tmp_path / "directory.json").read_bytes() == b"{}"


def test_a_board_of_half_cells_is_not_saved(hostile_desk, tmp_path: Path):
    hostile_desk.answer = lambda _: httpx.Response(200, content=b"half a cell")
    with Folder.open(tmp_path) as folder, pytest.raises(BoardSizeError):
        fetch(hostile_desk.connection(), folder)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("origin", ["ftp://box.test", "127.0.0.1:8470", "box.test"])
def test_what_is_no_address_is_refused_at_once(origin: str) -> None:
    pauses: list[float] = []
    with Connection(origin, sleep=pauses.append) as connection, pytest.raises(UnreachableError):
        connection.get("directory", 1)
    assert pauses == []


def test_a_folder_that_cannot_be_made_is_refused_without_a_request(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_bytes(b"")
    folder = tmp_path / "file" / "folder"
    assert main(["fetch", "--intake", "http://127.0.0.1:1", str(folder)]) == 1
    assert "[pouch-missing]" in capsys.readouterr().err
