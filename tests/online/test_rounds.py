"""Rounds: what the desk does beside its requests."""

import threading
from datetime import timedelta

from app import create_desk
from app.db import open_database
from app.rounds import Rounds
from tests.online.conftest import opened


def test_there_is_a_round_at_the_beginning_and_one_at_the_end():
    done, first = [], threading.Event()

    def duty() -> None:
        done.append(1)
        first.set()

    rounds = Rounds([duty], seconds=3600)
    rounds.start()
    assert first.wait(10)
    rounds.stop()
    rounds.stop()
    assert len(done) == 2


def test_a_duty_that_fails_keeps_no_other_from_being_done_and_is_logged_without_words(capsys):
    done = threading.Semaphore(0)

    def broken() -> None:
        raise ValueError("planted words")

    rounds = Rounds([broken, done.release], seconds=0.001)
    rounds.start()
    assert all(done.acquire(timeout=10) for _ in range(3))
    rounds.stop()
    said = capsys.readouterr().err
    assert "error server-error ValueError@" in said
    assert "planted" not in said


def test_a_desk_that_stops_has_forgotten_when_somebody_logged_in(serve, settings, clock):
    desk = serve(create_desk, settings)
    opened(desk)
    clock.now += timedelta(minutes=2)
    desk.application.extensions["rounds"].stop()
    engine = open_database(settings)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT step FROM account").scalar_one() == 0
        assert connection.exec_driver_sql("SELECT count(*) FROM act").scalar_one() == 1
    engine.dispose()
