"""What a pull leaves on the stick, whatever desk and stick do."""

import hashlib
import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.courier.connection import Connection
from app.courier.errors import (
    AnswerError,
    LoginError,
    UnreachableError,
)
from app.courier.progress import Progress
from app.courier.pull import Pulled, pull
from crypto import history
from crypto.cell import MESSAGE_CELL_BYTES
from crypto.part import PART_CELL_BYTES
from crypto.pouch import have_of
from crypto.stick import Folder, PouchFullError, PouchMissingError
from crypto.strictjson import DocumentMalformedError
from tests.online.courier.hostile_desk import DIRECTORY, ROSTERS, HostileDesk


def message(number: int) -> bytes:
    return number.to_bytes(4) * (MESSAGE_CELL_BYTES // 4)


def part(number: int) -> bytes:
    return number.to_bytes(4) * (PART_CELL_BYTES // 4)


def run(hostile_desk: HostileDesk, folder: Path, progress: Progress) -> Pulled:
    with Folder.make_pouch(folder) as pouch, hostile_desk.desk() as desk:
        return pull(desk, pouch, progress, lambda _need, _free: None)


def cells(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "cells").iterdir()}


def test_a_pull_brings_every_cell_and_all_documents(hostile_desk, folder, progress):
    names = {hostile_desk.add(message(n)) for n in range(3)}
    names |= {hostile_desk.add(part(n), "parts") for n in range(2)}
    pulled = run(hostile_desk, folder, progress)
    assert pulled == Pulled(new=5)
    assert cells(folder).keys() == names
    assert all(hashlib.sha256(cell).hexdigest() == name for name, cell in cells(folder).items())
    assert (folder / "directory.json").read_bytes() == DIRECTORY
    assert (folder / "rosters.json").read_bytes() == ROSTERS
    assert (folder / "listing.json").read_bytes() == hostile_desk._listing()
    assert (folder / "POUCH").read_bytes() == b"buzon pouch 1\n"


def test_while_the_box_is_closed_what_it_holds_is_brought_all_the_same(
    hostile_desk, folder, progress
):
    names = {hostile_desk.add(message(1))}
    run(hostile_desk, folder, progress)
    names.add(hostile_desk.add(message(2)))
    closed = httpx.Response(503, json={"code": "directory-missing"})
    hostile_desk.answer = lambda asked: closed if asked.url.path == "/directory" else None
    assert run(hostile_desk, folder, progress) == Pulled(new=1, had=1, closed=True)
    assert cells(folder).keys() == names
    assert (folder / "directory.json").read_bytes() == DIRECTORY


def test_rosters_without_end_are_not_read_to_their_end(hostile_desk, folder, progress):
    endless = httpx.Response(200, content=bytes(history.MAX_BYTES + 1))
    hostile_desk.answer = lambda asked: endless if asked.url.path == "/rosters" else None
    with pytest.raises(AnswerError):
        run(hostile_desk, folder, progress)
    assert not (folder / "rosters.json").exists()


def test_messages_come_before_parts(hostile_desk, folder, progress):
    messages = {f"GET /cells/{hostile_desk.add(message(n))}" for n in range(4)}
    for n in range(3):
        hostile_desk.add(part(n), "parts")
    run(hostile_desk, folder, progress)
    fetched = [request for request in hostile_desk.requests if "/cells/" in request]
    assert set(fetched[:4]) == messages


def test_a_second_pull_fetches_no_cell_again(hostile_desk, folder, progress):
    hostile_desk.add(message(1))
    run(hostile_desk, folder, progress)
    hostile_desk.requests.clear()
    assert run(hostile_desk, folder, progress) == Pulled(had=1)
    assert not [request for request in hostile_desk.requests if "/cells/" in request]


def test_a_damaged_cell_on_the_stick_is_fetched_again(hostile_desk, folder, progress):
    name = hostile_desk.add(message(1))
    run(hostile_desk, folder, progress)
    (folder / "cells" / name).write_bytes(b"x" * MESSAGE_CELL_BYTES)
    assert run(hostile_desk, folder, progress).new == 1
    assert cells(folder)[name] == message(1)


def holds(folder: Path, station: str, *names: str) -> None:
    (folder / "have" / station).write_bytes(have_of(map(bytes.fromhex, names)))


def test_what_the_station_holds_is_not_fetched_and_makes_room(hostile_desk, folder, progress):
    name = hostile_desk.add(message(1))
    run(hostile_desk, folder, progress)
    holds(folder, "a" * 16, name)
    assert run(hostile_desk, folder, progress) == Pulled(held=1)
    assert cells(folder) == {}


def test_what_one_station_of_the_team_lacks_is_brought(hostile_desk, folder, progress):
    name = hostile_desk.add(message(1))
    run(hostile_desk, folder, progress)
    holds(folder, "a" * 16, name)
    holds(folder, "b" * 16)
    assert run(hostile_desk, folder, progress) == Pulled(had=1)
    assert cells(folder).keys() == {name}


@pytest.mark.parametrize("content", [b"x", bytes(64), b"\1" * 32 + bytes(32)])
def test_a_station_file_that_is_none_lets_everything_be_brought(
    hostile_desk, folder, progress, content
):
    name = hostile_desk.add(message(1))
    run(hostile_desk, folder, progress)
    holds(folder, "a" * 16, name)
    (folder / "have" / ("b" * 16)).write_bytes(content)
    assert run(hostile_desk, folder, progress) == Pulled(had=1)


def test_a_cell_that_is_not_its_name_is_told_and_not_kept(hostile_desk, folder, progress):
    good, bad = hostile_desk.add(message(1)), hostile_desk.add(message(2))
    hostile_desk.messages[bad] = message(3)
    pulled = run(hostile_desk, folder, progress)
    assert (pulled.new, pulled.wrong) == (1, [bad])
    assert cells(folder).keys() == {good}


@pytest.mark.parametrize("size", [0, 1, MESSAGE_CELL_BYTES - 1])
def test_a_short_cell_is_told_and_not_kept(hostile_desk, folder, progress, size):
    short = message(1)[:size]
    name = hostile_desk.add(short)
    assert run(hostile_desk, folder, progress).wrong == [name]
    assert cells(folder) == {}


def test_a_cell_without_end_stops_the_trip(hostile_desk, folder, progress):
    hostile_desk.add(b"x" * (MESSAGE_CELL_BYTES + 1))
    with pytest.raises(AnswerError):
        run(hostile_desk, folder, progress)
    assert cells(folder) == {}


def test_a_cell_deleted_meanwhile_is_no_fault(hostile_desk, folder, progress):
    name = hostile_desk.add(message(1))
    hostile_desk.listing = hostile_desk._listing()
    del hostile_desk.messages[name]
    assert run(hostile_desk, folder, progress) == Pulled(gone=[name])


def test_a_broken_line_is_tried_again_until_the_cell_is_there(hostile_desk, folder, progress):
    hostile_desk.add(message(1))
    failures = iter([True, True, False])

    def broken(request: httpx.Request) -> httpx.Response | None:
        if "/cells/" in request.url.path and next(failures, False):
            raise httpx.ReadError("cut", request=request)
        return None

    hostile_desk.answer = broken
    assert run(hostile_desk, folder, progress).new == 1
    assert hostile_desk.pauses == [1.0, 2.0]


def test_a_server_that_is_gone_ends_the_trip_with_what_was_whole(hostile_desk, folder, progress):
    first, second = sorted(hostile_desk.add(message(n)) for n in (1, 2))

    def gone(request: httpx.Request) -> httpx.Response | None:
        if request.url.path == f"/cells/{second}":
            raise httpx.ConnectError("gone", request=request)
        return None

    hostile_desk.answer = gone
    with pytest.raises(UnreachableError):
        run(hostile_desk, folder, progress)
    assert cells(folder).keys() == {first}
    hostile_desk.answer = lambda _: None
    assert run(hostile_desk, folder, progress) == Pulled(new=1, had=1)


def test_a_session_that_ends_is_renewed_once(hostile_desk, folder, progress):
    hostile_desk.add(message(1))
    expired = iter([True])

    def answer(request: httpx.Request) -> httpx.Response | None:
        if "/cells/" in request.url.path and next(expired, False):
            return httpx.Response(401, json={"code": "session-needed"})
        return None

    hostile_desk.answer = answer
    assert run(hostile_desk, folder, progress).new == 1
    assert hostile_desk.requests.count("POST /session") == 2


def test_a_wrong_passphrase_is_one_plain_error(hostile_desk, folder, progress):
    hostile_desk.answer = lambda _: httpx.Response(401, json={"code": "login-refused"})
    with pytest.raises(LoginError):
        run(hostile_desk, folder, progress)


@pytest.mark.parametrize(
    "listing",
    [
        b"",
        b"[]",
        b'{"day":"2026-03-01","messages":["../../etc/passwd"],"parts":[]}',
        b'{"day":"2026-03-01","messages":["' + b"A" * 64 + b'"],"parts":[]}',
        b'{"day":"2026-03-01","messages":[],"parts":[],"more":1}',
    ],
)
def test_a_listing_that_is_none_is_refused_and_nothing_is_written(
    hostile_desk, folder, progress, listing
):
    hostile_desk.listing = listing or b" "
    with pytest.raises(DocumentMalformedError):
        run(hostile_desk, folder, progress)
    assert {path.name for path in folder.iterdir()} == {"POUCH"}


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"code":"\\u001b[2J"}', b'{"code":""}'])
def test_an_error_that_has_no_code_is_not_repeated_to_the_person(
    hostile_desk, folder, progress, body
):
    hostile_desk.answer = lambda _: httpx.Response(418, content=body)
    with pytest.raises(AnswerError):
        run(hostile_desk, folder, progress)


def test_a_full_stick_is_told_and_leaves_no_half_cell(hostile_desk, folder, progress, monkeypatch):
    for n in range(3):
        hostile_desk.add(message(n))
    written = []
    real = os.fsync

    def full_at_the_second(descriptor: int) -> None:
        name = Path(f"/proc/self/fd/{descriptor}").readlink().name
        if len(name) > 64:  # a partial cell
            written.append(name)
            if len(written) == 2:
                raise OSError(28, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full_at_the_second)
    with pytest.raises(PouchFullError):
        run(hostile_desk, folder, progress)
    assert len(cells(folder)) == 1
    assert all(hashlib.sha256(cell).hexdigest() == name for name, cell in cells(folder).items())
    monkeypatch.setattr(os, "fsync", real)
    assert run(hostile_desk, folder, progress) == Pulled(new=2, had=1)


def test_the_remainder_of_a_killed_run_is_swept(hostile_desk, folder, progress):
    run(hostile_desk, folder, progress)
    (folder / "cells" / f".{'a' * 64}.partial").write_bytes(b"half")
    run(hostile_desk, folder, progress)
    assert list((folder / "cells").iterdir()) == []


def test_a_folder_of_other_things_is_not_taken_for_a_pouch(hostile_desk, tmp_path, progress):
    (tmp_path / "thesis.odt").write_bytes(b"mine")
    with pytest.raises(PouchMissingError):
        run(hostile_desk, tmp_path, progress)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.odt"]


def test_a_link_in_place_of_the_cells_leads_nowhere(hostile_desk, folder, tmp_path, progress):
    hostile_desk.add(message(1))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with Folder.make_pouch(folder):
        pass
    (folder / "cells").symlink_to(elsewhere)
    with pytest.raises(PouchMissingError):
        run(hostile_desk, folder, progress)
    assert list(elsewhere.iterdir()) == []


def test_a_link_in_place_of_a_cell_is_replaced_not_followed(
    hostile_desk, folder, tmp_path, progress
):
    name = hostile_desk.add(message(1))
    run(hostile_desk, folder, progress)
    victim = tmp_path / "victim"
    victim.write_bytes(b"keep me")
    (folder / "cells" / name).unlink()
    (folder / "cells" / name).symlink_to(victim)
    assert run(hostile_desk, folder, progress).new == 1
    assert victim.read_bytes() == b"keep me"
    assert not (folder / "cells" / name).is_symlink()


def test_a_pipe_in_place_of_a_cell_does_not_hang_the_trip(hostile_desk, folder, progress):
    name = hostile_desk.add(message(1))
    run(hostile_desk, folder, progress)
    (folder / "cells" / name).unlink()
    os.mkfifo(folder / "cells" / name)
    assert run(hostile_desk, folder, progress).new == 1


def test_too_little_room_is_told_before_it_hurts(hostile_desk, folder, progress, monkeypatch):
    hostile_desk.add(message(1))
    monkeypatch.setattr(Folder, "free_bytes", lambda _: 10)
    told = []
    with Folder.make_pouch(folder) as pouch, hostile_desk.desk() as desk:
        pull(desk, pouch, progress, lambda need, free: told.append((need, free)))
    assert told == [(MESSAGE_CELL_BYTES, 10)]


def test_a_goodbye_that_is_lost_spoils_no_pull(hostile_desk, folder, progress):
    hostile_desk.add(message(1))

    def cut(request: httpx.Request) -> httpx.Response | None:
        if request.method == "DELETE":
            raise httpx.ReadError("cut", request=request)
        return None

    hostile_desk.answer = cut
    assert run(hostile_desk, folder, progress).new == 1


def test_an_answer_that_drips_for_ever_counts_as_a_broken_line(hostile_desk, folder, progress):
    moments = itertools.count(step=1_000.0)
    connection = Connection(
        "http://desk.test",
        sleep=hostile_desk.pauses.append,
        clock=lambda: next(moments),
        transport=httpx.MockTransport(
            lambda _: httpx.Response(200, stream=Dripping()),
        ),
    )
    with pytest.raises(UnreachableError):
        connection.get("directory", 10)


class Dripping(httpx.SyncByteStream):
    """Three bytes, each after a long while."""

    def __iter__(self) -> Iterator[bytes]:
        yield from (b"a", b"b", b"c")
