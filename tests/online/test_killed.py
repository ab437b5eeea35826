"""A server that is killed at any moment: what it acknowledged is there, nothing is broken."""

import random
import threading
import time

import pytest

from app.box import Store
from app.clock import utc_now
from app.db import open_database
from app.making import Plan, make_box, migrate
from app.settings import Settings
from app.shelf import MESSAGES, PARTS
from crypto.weeks import week_of
from tests.online import cells
from tests.online.running import Line, put, running

WEEK = week_of(utc_now().date())
ROUNDS = 4
SENDERS = 6


@pytest.fixture
def large_settings(empty_settings: Settings) -> Settings:
    """A box that the load below does not fill."""
    empty_settings.database_file.unlink()
    engine = open_database(empty_settings, making=True)
    migrate(engine)
    make_box(engine, Plan(messages=1500, parts=60, replies=16))
    engine.dispose()
    rates = (
        'shared_rate = "1000000 per minute"\nmessages_per_day = 100000\nparts_per_day = 100000\n'
    )
    (empty_settings.folder / "settings.toml").write_text(rates)
    return empty_settings


def send_until_killed(to, acknowledged, sent, stop):
    """Send cells over one connection, and remember which the server acknowledged."""
    try:
        with Line(to) as line:
            while not stop.is_set():
                cell = cells.part() if random.random() < 0.05 else cells.message(WEEK)
                name = cells.name(cell)
                sent[name] = cell
                line.send(put(name, cell))
                answer = line.answer()
                if answer.status == 204:
                    acknowledged.add(name)
                elif answer.code == "box-full":
                    return
    except OSError:
        return


@pytest.mark.slow
def test_after_kill_9_under_load_every_acknowledged_cell_is_there_and_no_broken_one(large_settings):
    acknowledged: set[str] = set()
    sent: dict[str, bytes] = {}
    for number in range(ROUNDS):
        with running(large_settings.folder) as server:
            stop = threading.Event()
            senders = [
                threading.Thread(
                    target=send_until_killed, args=(server.intake, acknowledged, sent, stop)
                )
                for _ in range(SENDERS)
            ]
            before = len(acknowledged)
            for sender in senders:
                sender.start()
            end = time.monotonic() + 20
            while len(acknowledged) < before + 20 and time.monotonic() < end:
                time.sleep(0.01)
            time.sleep(random.uniform(0, 0.3))
            server.kill()
            stop.set()
            for sender in senders:
                sender.join()
            assert len(acknowledged) > before, f"round {number}"
    engine = open_database(large_settings)
    store = Store(engine)
    visible = {digest.hex() for shelf in (MESSAGES, PARTS) for digest in store.digests(shelf)}
    assert acknowledged <= visible <= sent.keys()
    for name in visible:
        assert store.cell(bytes.fromhex(name)) == sent[name]
    engine.dispose()


def test_a_killed_server_leaves_no_order_in_its_log_after_the_next_start(large_settings):
    with running(large_settings.folder) as server:
        with Line(server.intake) as line:
            for _ in range(5):
                cell = cells.message(WEEK)
                line.send(put(cells.name(cell), cell))
                assert line.answer().status == 204
        server.kill()
    with running(large_settings.folder) as server, Line(server.intake) as line:
        cell = cells.message(WEEK)
        line.send(put(cells.name(cell), cell))
        assert line.answer().status == 204
    assert not large_settings.database_file.with_name("buzon.db-wal").exists()
