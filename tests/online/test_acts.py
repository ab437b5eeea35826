"""Acts at the desk: what is kept of them, and what is not."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from app import acts as module
from app import cli, create_desk
from app.acts import CELLS, RECEIPT, SESSION, TAKEN, WEEKLY_KEY, Act, Acts, forget_acts
from app.body import LineSlowError
from app.db import open_database
from app.errors import LoginRefusedError, ServerBusyError
from app.making import migrate
from app.settings import Settings
from crypto.weeks import week_of
from tests.online import cells
from tests.online.conftest import NOON, TODAY, Clock, login, opened
from tests.online.test_desk import hand_in, hand_in_envelope
from tests.online.test_intake import refused

DAY = TODAY.isoformat()
NAME = "0123456789" + "0" * 54


@pytest.fixture
def engine(tmp_path) -> Engine:
    engine = open_database(Settings(folder=tmp_path))
    migrate(engine)
    return engine


def rows(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql("SELECT * FROM act").all()]


def note(acts: Acts, act: str, name: str = "", times: int = 1) -> None:
    for _ in range(times):
        with acts.noting(act, name):
            pass


def test_what_is_done_and_what_is_refused_is_counted_by_day_and_outcome(engine, clock):
    acts = Acts(engine, clock)
    note(acts, SESSION, times=2)
    with pytest.raises(LoginRefusedError), acts.noting(SESSION):
        raise LoginRefusedError("refused")
    note(acts, RECEIPT, NAME)
    clock.now += timedelta(days=1)
    note(acts, SESSION)
    expected = {
        Act(DAY, "session", "", "taken"): 2,
        Act(DAY, "session", "", "login-refused"): 1,
        Act(DAY, "receipt", "01234567", "taken"): 1,
        Act("2026-03-19", "session", "", "taken"): 1,
    }
    assert acts.all() == expected
    acts.write()
    assert acts.all() == expected
    assert Acts(engine, clock).all() == expected


def test_counts_are_added_to_what_was_written_before(engine, clock):
    for _ in range(3):
        acts = Acts(engine, clock)
        note(acts, CELLS, times=5)
        acts.write()
        acts.write()
    assert rows(engine) == [(DAY, "cells", "", "taken", 15)]


def test_what_happened_in_which_order_cannot_be_read_from_the_rows(engine, clock):
    names = [f"{number * 2654435761 % 2**32:08x}" for number in range(40)]
    acts = Acts(engine, clock)
    for name in names:
        note(acts, RECEIPT, name)
        acts.write()
    found = [row[2] for row in rows(engine)]
    assert found == sorted(names) != names
    with engine.connect() as connection:
        (sql,) = connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE name = 'act'"
        ).one()
    assert sql.rstrip().endswith("WITHOUT ROWID")


def test_a_request_whose_body_is_slow_is_counted_when_it_is_done(engine, clock):
    acts = Acts(engine, clock)
    with pytest.raises(LineSlowError), acts.noting(RECEIPT, NAME):
        raise LineSlowError(1)
    assert acts.all() == {}


def test_items_beyond_a_days_bound_are_counted_together(engine, clock, monkeypatch):
    monkeypatch.setattr(module, "ITEMS_PER_DAY", 3)
    for _ in range(2):  # the second time in a program that was started again
        acts = Acts(engine, clock)
        for number in range(5):
            note(acts, WEEKLY_KEY, f"{number:08x}")
        acts.write()
    assert rows(engine) == [
        (DAY, "weekly-key", "", "taken", 4),
        *((DAY, "weekly-key", f"{number:08x}", "taken", 2) for number in range(3)),
    ]


def test_memory_is_bounded_too(engine, clock, monkeypatch):
    monkeypatch.setattr(module, "ITEMS_PER_DAY", 3)
    acts = Acts(engine, clock)
    for number in range(1000):
        note(acts, RECEIPT, f"{number:08x}")
    assert len(acts.all()) == 4
    assert acts.all()[Act(DAY, RECEIPT, "", TAKEN)] == 997


def test_a_disk_that_refuses_loses_no_count_and_fails_no_request(engine, clock, monkeypatch):
    def refuse(*_):
        raise ServerBusyError("writing failed")

    acts = Acts(engine, clock)
    note(acts, CELLS, times=2)
    with monkeypatch.context() as patched:
        patched.setattr(module, "writing_traceless", refuse)
        with pytest.raises(ServerBusyError):
            acts.write()
        note(acts, CELLS)
    acts.write()
    assert rows(engine) == [(DAY, "cells", "", "taken", 3)]


def test_counting_waits_for_no_disk(engine, clock):
    acts = Acts(engine, clock)
    with engine.execution_options(writes=True).begin():  # somebody else writes
        note(acts, CELLS, times=1000)
    assert acts.all() == {Act(DAY, CELLS, "", TAKEN): 1000}
    assert rows(engine) == []


def test_acts_are_shown_and_kept_for_eight_weeks(engine, clock):
    acts = Acts(engine, clock)
    note(acts, CELLS)
    acts.write()
    clock.now += timedelta(weeks=8)
    assert len(acts.all()) == 1
    assert forget_acts(engine, clock.now.date()) == 0
    clock.now += timedelta(days=1)
    assert acts.all() == {}
    assert forget_acts(engine, clock.now.date()) == 1
    assert rows(engine) == []


def test_expire_forgets_old_acts_when_told_yes(settings, monkeypatch):
    monkeypatch.setattr("app.tripwire.install", lambda: None)
    monkeypatch.setattr("app.cli.utc_now", lambda: NOON)
    engine = open_database(settings)
    acts = Acts(engine, Clock(NOON - timedelta(weeks=9)))
    note(acts, CELLS)
    acts.write()
    for options, left in (([], 1), (["--yes"], 0)):
        assert cli.main(["expire", "--data", str(settings.folder), *options]) == cli.DONE
        assert len(rows(engine)) == left
    engine.dispose()


def test_what_a_courier_does_is_counted_and_its_account_is_not(serve, settings, organisation):
    desk = serve(create_desk, settings)
    desk.post("/session", json=login(NOON, code="000000"))
    token = opened(desk)
    desk.get("/listing", headers=token)
    desk.get(f"/cells/{NAME}", headers=token)
    hand_in(desk, token, "batches", cells.batch())
    good = organisation.receipt("ceiba", [b"x" * 32])
    hand_in_envelope(desk, token, "receipts", good)
    strange = organisation.receipt("ceiba", [b"x" * 32], origin="http://other.test")
    hand_in_envelope(desk, token, "receipts", strange)
    key = organisation.weekly_key("ceiba", week_of(TODAY) + 9)
    hand_in_envelope(desk, token, "weekly-keys", key)
    assert refused(desk.put("/receipts/x", headers=token), 400, "name-malformed")
    desk.application.extensions["rounds"].stop()
    engine = open_database(settings)
    found = rows(engine)
    engine.dispose()
    hexed = [envelope.payload_hash.hex()[:8] for envelope in (good, strange, key)]
    assert Counter(found) == Counter(
        [
            (DAY, "session", "", "login-refused", 1),
            (DAY, "session", "", "taken", 1),
            (DAY, "listing", "", "taken", 1),
            (DAY, "cells", "", "cell-unknown", 1),
            (DAY, "batch", "", "taken", 1),
            (DAY, "receipt", hexed[0], "taken", 1),
            (DAY, "receipt", hexed[1], "receipt-origin", 1),
            (DAY, "weekly-key", hexed[2], "taken", 1),
        ]
    )
