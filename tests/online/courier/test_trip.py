"""One whole trip: in which order, and what a person is told wherever it ends."""

import errno
import hashlib
import itertools
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from app.courier.destination import Destination
from app.courier.errors import LoginError
from app.courier.journey import go
from app.courier.login import Login
from app.courier.progress import Pace
from app.courier.trip import Trip
from crypto.dsse import Envelope
from crypto.sentences import sentence
from crypto.stick import Folder
from tests.online.courier.conftest import directory_of
from tests.online.courier.hostile_desk import HostileDesk
from tests.online.courier.test_pull import cells, message, part
from tests.online.organisation import Organisation

BATCH_BYTES = 16 * 4_096
NO_DIRECTORY = httpx.Response(503, json={"code": "directory-missing"})


class Listener:
    """A face that remembers what it was shown."""

    def __init__(self, ask: Callable[[str], Login]) -> None:
        self.asking = ask
        self.desks: list[str] = []
        self.paces: list[Pace] = []
        self.told: list[str] = []
        self.ended: list[tuple[str, bool]] = []
        self.broken_off: list[str] = []

    def ask(self, destination: Destination, reason: str) -> Login:
        self.desks.append(destination.desk)
        return self.asking(reason)

    def show(self, pace: Pace) -> None:
        self.paces.append(pace)

    def tell(self, line: str) -> None:
        self.told.append(line)

    def end(self, lines: Sequence[str], *, well: bool) -> None:
        self.ended.append(("\n".join(lines), well))

    def break_off(self, lines: Sequence[str]) -> None:
        self.broken_off.append("\n".join(lines))


@pytest.fixture
def stick(folder: Path) -> Path:
    """A pouch that was set up, with a batch, a receipt and a weekly key from the station."""
    with Folder.make_pouch(folder):
        pass
    (folder / "courier.toml").write_text('desk = "http://127.0.0.1:1"\naccount = "mezquite"\n')
    for kind in ("batches", "receipts", "weekly-keys"):
        (folder / "out" / kind).mkdir(parents=True)
    batch = b"b" * BATCH_BYTES
    (folder / "out" / "batches" / hashlib.sha256(batch).hexdigest()).write_bytes(batch)
    add_document(folder, "receipts", b"{}")
    add_document(folder, "weekly-keys", b"[]")
    return folder


def add_document(folder: Path, kind: str, payload: bytes) -> Path:
    envelope = Envelope("buzon/receipt/v1", payload).with_signature(bytes(64))
    path = folder / "out" / kind / f"{envelope.payload_hash.hex()}.json"
    path.write_bytes(envelope.to_json())
    return path


@pytest.fixture
def desk(published_desk: HostileDesk) -> HostileDesk:
    for n in range(3):
        published_desk.add(message(n))
    for n in range(2):
        published_desk.add(part(n), "parts")
    return published_desk


def travel(
    desk: HostileDesk, stick: Path, organisation: Organisation, known_desk: str | None = None
) -> tuple[Trip, Listener]:
    face = Listener(desk.ask)
    trip = go(
        stick, face, "es", organisation.today, known_desk, lambda _to, _sleep: desk.connection()
    )
    return trip, face


def out(stick: Path) -> list[Path]:
    return [path for path in (stick / "out").rglob("*") if path.is_file()]


def test_replies_and_keys_go_first_then_messages_then_parts(desk, stick, organisation):
    trip, _ = travel(desk, stick, organisation)
    kinds = [request.split("/")[1] for request in desk.requests]
    wanted = ["session", "directory", "batches", "receipts", "weekly-keys"]
    assert [kind for kind, _ in itertools.groupby(kinds)] == [
        *wanted, "rosters", "directory", "listing", "cells", "session",
    ]  # fmt: skip
    sizes = [len({**desk.messages, **desk.parts}[path.rpartition("/")[2]])
             for path in desk.requests if "/cells/" in path]  # fmt: skip
    assert sizes == sorted(sizes)
    assert (len(trip.pushed.accepted), trip.pulled.new, trip.whole) == (3, 5, True)
    assert out(stick) == []
    assert len(cells(stick)) == 5


def test_the_summary_says_what_was_handed_in_and_taken(desk, stick, organisation):
    _, face = travel(desk, stick, organisation)
    ((told, well),) = face.ended
    assert well
    assert "Lotes de respuestas: 1. Recibos: 1. Claves semanales: 1." in told
    assert "partes de archivos): 5." in told
    assert told.endswith("Ya puede sacar la memoria.")


def test_what_is_refused_is_told_with_its_sentence_and_stays(desk, stick, organisation):
    desk.answer = lambda request: (
        httpx.Response(422, json={"code": "receipt-origin"})
        if request.url.path.startswith("/receipts/")
        else None
    )
    trip, face = travel(desk, stick, organisation)
    ((told, well),) = face.ended
    assert not well
    assert sentence("receipt-origin", "es") in told
    assert [path.parent.name for path in out(stick)] == ["receipts"]
    assert trip.pulled.new == 5


def test_thousands_of_strange_files_make_one_line(desk, stick, organisation):
    for n in range(300):
        (stick / "out" / "receipts" / f"\u202e<b>{n}\n").write_bytes(b"x")
    _, face = travel(desk, stick, organisation)
    told = face.ended[0][0]
    assert "y otros 299" in told
    assert "\u202e" not in told
    assert len(told.splitlines()) < 15


def test_a_trip_after_one_that_was_cut_off_finds_no_batch_and_says_that_this_may_be_well(
    desk, stick, organisation
):
    travel(desk, stick, organisation)
    _, face = travel(desk, stick, organisation)
    ((told, well),) = face.ended
    assert well
    assert "no traía lote" in told


def test_a_session_that_ends_in_the_middle_asks_in_the_same_trip_and_goes_on(
    desk, stick, organisation
):
    ended = iter([False, False, True])
    desk.answer = lambda request: (
        httpx.Response(401, json={"code": "session-needed"})
        if "/cells/" in request.url.path and next(ended, False)
        else None
    )
    trip, face = travel(desk, stick, organisation)
    assert desk.asked == ["", "session-needed"]
    assert face.desks == ["http://127.0.0.1:1"] * 2
    assert trip.pulled.new == 5


def test_who_gives_up_at_the_second_login_keeps_what_came(desk, stick, organisation):
    taken = itertools.count()

    def answer(request: httpx.Request) -> httpx.Response | None:
        if "/cells/" in request.url.path and next(taken) == 2:
            return httpx.Response(401, json={"code": "session-needed"})
        if request.url.path == "/session" and len(desk.asked) > 1:
            return httpx.Response(401, json={"code": "login-refused"})
        return None

    desk.answer = answer
    _, face = travel(desk, stick, organisation)
    told = face.ended[0][0]
    assert f"[{LoginError.code}]" in told
    assert "No se perdió nada" in told
    assert "partes de archivos): 2." in told
    assert "Lotes de respuestas: 1." in told
    desk.answer = lambda _: None
    desk.asked.clear()
    assert travel(desk, stick, organisation)[0].pulled.new == 3


def test_a_server_that_goes_away_is_told_with_what_was_done(desk, stick, organisation):
    def answer(request: httpx.Request) -> None:
        if "/cells/" in request.url.path:
            raise httpx.ConnectError("gone", request=request)

    desk.answer = answer
    _, face = travel(desk, stick, organisation)
    ((told, well),) = face.ended
    assert not well
    assert sentence("server-unreachable", "es") in told
    assert "No se perdió nada" in told
    assert "Lotes de respuestas: 1." in told


def test_whoever_stops_a_trip_is_told_what_was_done(desk, stick, organisation):
    taken = itertools.count()

    def answer(request: httpx.Request) -> None:
        if "/cells/" in request.url.path and next(taken) == 1:
            raise KeyboardInterrupt

    desk.answer = answer
    face = Listener(desk.ask)
    with pytest.raises(KeyboardInterrupt):
        go(stick, face, "es", organisation.today, None, lambda _to, _sleep: desk.connection())
    assert face.ended == []
    assert "partes de archivos): 1." in face.broken_off[0]
    assert "No se perdió nada" in face.broken_off[0]


@pytest.mark.parametrize(
    "number", [errno.EIO, errno.ENODEV, errno.ENXIO, errno.EROFS, errno.ENOENT]
)
@pytest.mark.parametrize("first_to_fail", [0, 4, 9])
def test_a_stick_that_is_pulled_out_is_told_in_plain_words(
    desk, stick, organisation, monkeypatch, number, first_to_fail
):
    """From some moment on, nothing on the stick opens any more."""
    real, times = os.open, itertools.count()

    def opened(path: object, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        late = path not in {"POUCH", "courier.toml"} and dir_fd is not None
        if late and next(times) >= first_to_fail:
            raise OSError(number, "gone")
        return real(path, flags, mode, dir_fd=dir_fd)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", opened)
    _, face = travel(desk, stick, organisation)
    ((told, well),) = face.ended
    assert not well
    assert told.startswith(sentence("stick-gone", "es"))
    assert "No se perdió nada" in told
    monkeypatch.undo()
    trip, _ = travel(desk, stick, organisation)
    assert trip.whole
    assert len(cells(stick)) == 5
    assert all(hashlib.sha256(cell).hexdigest() == name for name, cell in cells(stick).items())
    assert out(stick) == []


def test_a_full_stick_is_told_and_the_replies_are_handed_in(desk, stick, organisation, monkeypatch):
    real = os.fsync

    def full(descriptor: int) -> None:
        if "cells" in Path(f"/proc/self/fd/{descriptor}").readlink().parts:
            raise OSError(errno.ENOSPC, "full")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    _, face = travel(desk, stick, organisation)
    told = face.ended[0][0]
    assert told.startswith(sentence("pouch-full", "es"))
    assert "Lotes de respuestas: 1." in told


def test_two_trips_do_not_share_a_stick(desk, stick, organisation):
    with Folder.open_pouch(stick) as pouch:
        pouch.claim()
        _, face = travel(desk, stick, organisation)
    assert sentence("pouch-busy", "es") in face.ended[0][0]
    assert desk.requests == []
    assert travel(desk, stick, organisation)[0].whole


def test_nothing_is_asked_when_the_stick_names_another_desk_than_the_person(
    desk, stick, organisation
):
    _, face = travel(desk, stick, organisation, known_desk="https://desk.example")
    assert sentence("courier-desk", "es") in face.ended[0][0]
    assert (face.desks, desk.requests) == ([], [])
    assert travel(desk, stick, organisation, known_desk="http://127.0.0.1:1/")[0].whole


def test_a_folder_that_is_no_pouch_is_told(desk, tmp_path, organisation):
    _, face = travel(desk, tmp_path, organisation)
    assert sentence("pouch-missing", "es") in face.ended[0][0]


# ------------------------------------------------------------ what runs out


def test_a_directory_that_lasts_warns_of_nothing(desk, stick, organisation):
    assert travel(desk, stick, organisation)[0].shortages == []


def test_a_freshness_that_ends_within_three_weeks_is_told(desk, stick, organisation):
    desk.directory = directory_of(replace(organisation, weeks=2))
    trip, face = travel(desk, stick, organisation)
    assert [each.code for each in trip.shortages] == ["freshness-ends"]
    assert trip.shortages[0].told("es") in face.ended[0][0]
    assert face.ended[0][1]


def test_a_roster_that_ends_within_three_weeks_is_told(desk, stick, organisation):
    late = replace(organisation, today=organisation.today + timedelta(days=60))
    trip, _ = travel(desk, stick, late)
    assert "roster-ends" in [each.code for each in trip.shortages]


def test_a_lawyer_without_keys_for_signed_weeks_is_told(desk, stick, organisation, monkeypatch):
    whole = organisation.freshness
    first, *others = whole.weeks
    short = replace(whole, weeks=(first, *(replace(week, keys=week.keys[1:]) for week in others)))
    monkeypatch.setattr(Organisation, "freshness", short)
    desk.directory = directory_of(organisation)
    trip, _ = travel(desk, stick, organisation)
    (shortage,) = trip.shortages
    assert shortage.code == "keys-end"
    assert shortage.untrusted_who == organisation.roster.active[first.keys[0][0]].pseudonym


def test_without_a_directory_for_this_week_everything_else_is_carried(desk, stick, organisation):
    (stick / "directory.json").write_bytes(desk.directory)
    desk.answer = lambda request: NO_DIRECTORY if request.url.path == "/directory" else None
    trip, face = travel(desk, stick, organisation)
    assert (len(trip.pushed.accepted), trip.pulled.new) == (3, 5)
    assert "Llame a los directores" in face.ended[0][0]
    assert (stick / "directory.json").read_bytes() == desk.directory


@pytest.mark.parametrize("kept", [None, b"", b"{}", "cut off"])
def test_without_any_directory_batches_wait_and_the_rest_is_carried(
    desk, stick, organisation, kept
):
    if kept is not None:
        content = desk.directory[:-9] if kept == "cut off" else kept
        (stick / "directory.json").write_bytes(content)
    desk.answer = lambda request: NO_DIRECTORY if request.url.path == "/directory" else None
    trip, _ = travel(desk, stick, organisation)
    assert (len(trip.pushed.accepted), trip.pushed.waiting, trip.pulled.new) == (2, 1, 5)
    assert [path.parent.name for path in out(stick)] == ["batches"]
