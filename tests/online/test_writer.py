"""The writer: whatever goes wrong, everybody gets an answer and the next one is served."""

import threading
import time
from collections.abc import Iterator
from hashlib import sha256

import pytest
from sqlalchemy import Engine

from app.box import Box, Deposit
from app.db import open_database, reading
from app.errors import ServerBusyError, ServerError
from app.settings import Settings
from app.shelf import MESSAGES
from app.writer import Writer
from crypto.weeks import week_of
from tests.online import cells
from tests.online.conftest import TODAY

WEEK = week_of(TODAY)


@pytest.fixture
def engine(empty_settings: Settings) -> Iterator[Engine]:
    engine = open_database(empty_settings)
    yield engine
    engine.dispose()


@pytest.fixture
def box(engine: Engine) -> Box:
    return Box(engine, {MESSAGES: 10_000})


@pytest.fixture
def writer(box: Box) -> Iterator[Writer]:
    writer = Writer(box, lambda: TODAY)
    writer.start()
    yield writer
    writer.stop()


def deposit() -> Deposit:
    cell = cells.message(WEEK)
    return Deposit(MESSAGES, [(sha256(cell).digest(), cell)])


def is_in_place(stored: Deposit, settings: Settings) -> bool:
    ((_, cell),) = stored.cells
    return bytes(cell)[-4096:] in settings.database_file.read_bytes()


def test_a_log_that_cannot_be_emptied_costs_nobody_an_answer(writer, box, monkeypatch):
    def fail(_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(box, "truncate_log", fail)
        writer.store(deposit())
        writer.store(deposit())
    writer.store(deposit())


def test_a_writer_that_fails_refuses_and_goes_on(writer, box, monkeypatch):
    def fail(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(box, "store", fail)
        with pytest.raises(ServerError):
            writer.store(deposit())
    writer.store(deposit())


def test_even_a_thread_that_is_ended_leaves_the_box_open(writer, box, monkeypatch):
    def end(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as broken:
        broken.setattr(box, "store", end)
        with pytest.raises(SystemExit):
            writer.store(deposit())
    writer.store(deposit())


def test_nobody_waits_for_a_reader(writer, engine):
    with engine.connect() as reader:
        reader.exec_driver_sql("SELECT count(*) FROM message_slot").all()
        start = time.monotonic()
        with writer.uploading():
            writer.store(deposit())
        assert time.monotonic() - start < 5


def test_readers_who_take_turns_keep_no_long_log_from_being_emptied(box, engine, monkeypatch):
    over = threading.Event()
    reading_now = threading.Semaphore(0)

    def read() -> None:
        while not over.is_set():
            with reading(engine) as connection:
                MESSAGES.count(connection)
                reading_now.release()
                time.sleep(0.02)

    readers = [threading.Thread(target=read) for _ in range(6)]
    for reader in readers:
        reader.start()
    try:
        for _ in readers * 2:
            assert reading_now.acquire(timeout=20)
        box.store([deposit()], TODAY)
        monkeypatch.setattr("app.box.LONG_LOG_BYTES", 1)
        monkeypatch.setattr("app.box.LONG_LOG_SECONDS", 20.0)
        box.truncate_log(TODAY)
        assert box.log_bytes() == 0
    finally:
        over.set()
        for reader in readers:
            reader.join()
    box.close()


def test_the_log_is_emptied_as_soon_as_the_reader_is_gone(writer, box, engine):
    with engine.connect() as reader:
        reader.exec_driver_sql("SELECT count(*) FROM message_slot").all()
        writer.store(deposit())
        assert box.log_bytes()
    end = time.monotonic() + 10
    while box.log_bytes() and time.monotonic() < end:
        time.sleep(0.01)
    assert box.log_bytes() == 0


def test_a_log_is_moved_into_its_place_beside_whoever_writes(box, engine, empty_settings):
    stored = deposit()
    box.store([stored], TODAY)
    with engine.execution_options(writes=True).begin() as other:
        other.exec_driver_sql("DELETE FROM freshness")
        assert not is_in_place(stored, empty_settings)
        box.move_log()
        assert is_in_place(stored, empty_settings)
    assert box.log_bytes()


def test_under_load_the_log_is_moved_and_a_failure_of_it_costs_nobody_an_answer(
    writer, box, monkeypatch
):
    moved = threading.Event()

    def fail() -> None:
        moved.set()
        raise RuntimeError

    monkeypatch.setattr(box, "move_log", fail)
    same = deposit()
    end = time.monotonic() + 30
    with writer.uploading(), writer.uploading():  # somebody else too: it is not emptied at once
        while not moved.is_set() and time.monotonic() < end:
            writer.store(same)
    assert moved.is_set()
    writer.store(deposit())


def test_what_is_written_beside_the_box_leaves_the_log_too(writer, box, engine):
    with engine.execution_options(writes=True).begin() as other:
        other.exec_driver_sql("DELETE FROM freshness")
        other.exec_driver_sql(
            "UPDATE message_slot SET digest = zeroblob(32) WHERE slot = (SELECT 0)"
        )
    assert box.log_bytes()
    writer.tidy()
    end = time.monotonic() + 10
    while box.log_bytes() and time.monotonic() < end:
        time.sleep(0.01)
    assert box.log_bytes() == 0


def test_stopping_waits_for_who_is_being_stored_and_refuses_who_comes_later(box, monkeypatch):
    writer = Writer(box, lambda: TODAY)
    writer.start()
    begun, go_on = threading.Event(), threading.Event()
    true_store, refusals = box.store, []

    def slow(*arguments: object) -> None:
        begun.set()
        go_on.wait(30)
        true_store(*arguments)

    def store() -> None:
        try:
            writer.store(deposit())
        except ServerError as error:
            refusals.append(error)

    monkeypatch.setattr(box, "store", slow)
    request = threading.Thread(target=store)
    request.start()
    begun.wait(30)
    stopper = threading.Thread(target=writer.stop)
    stopper.start()
    stopper.join(0.3)
    assert stopper.is_alive()
    with pytest.raises(ServerBusyError):
        writer.store(deposit())
    go_on.set()
    request.join()
    stopper.join()
    assert refusals == []
