"""What a thief of the server's disk finds: cells, days, and no order.

SECURITY.md, "What the server knows", is compared with what there is in test_knows.py.
"""

import math
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.clock import utc_now
from app.db import open_database
from app.making import Plan, make_box, migrate
from app.models import FREE
from app.settings import Settings
from app.shelf import MESSAGES, PARTS
from crypto.weeks import week_of
from tests.online import cells
from tests.online.conftest import copied
from tests.online.running import Line, Server, put, running

WEEK = week_of(utc_now().date())
COUNT = 300
SLOTS = 450

PLANTED = {
    "User-Agent": "planted-agent-5d1c",
    "Referer": "http://planted-referrer-77aa.test/",
    "Cookie": "planted-cookie-91be=1",
    "X-Forwarded-For": "203.0.113.77",
    "Forwarded": "for=198.51.100.99",
    "X-Real-IP": "192.0.2.55",
    "Accept-Language": "planted-language-e2e2",
    "From": "planted-from-3c3c@example.test",
    "Authorization": "Bearer planted-token-4d4d",
    "X-Planted": "planted-header-8f8f",
}
QUERY = "planted-query-6a6a"


@pytest.fixture(scope="module")
def arrived(
    made_empty: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Settings, list[bytes], Server, bytes]]:
    """A running server that took 300 messages one after another, each from a visitor who
    tells a lot about herself; the messages; and the write-ahead log as it was at once."""
    settings = copied(made_empty, tmp_path_factory.mktemp("traces") / "data")
    settings.database_file.unlink()
    engine = open_database(settings, making=True)
    migrate(engine)
    make_box(engine, Plan(messages=SLOTS, parts=2, replies=16))
    engine.dispose()
    (settings.folder / "settings.toml").write_text("messages_per_day = 100000\n")
    sent = [cells.message(WEEK) for _ in range(COUNT)]
    headers = [f"{name}: {value}" for name, value in PLANTED.items()]
    with running(settings.folder) as server:
        with Line(server.intake) as line:
            for cell in sent:
                request = put(cells.name(cell), cell, *headers)
                line.send(request.replace(b" HTTP/1.1", f"?{QUERY} HTTP/1.1".encode(), 1))
                assert line.answer().status == 204
            log = log_file(settings).read_bytes()
        end = time.monotonic() + 10
        while log_file(settings).stat().st_size and time.monotonic() < end:
            time.sleep(0.02)
        yield settings, sent, server, log


def log_file(settings: Settings) -> Path:
    """SQLite's write-ahead log."""
    return settings.database_file.with_name(settings.database_file.name + "-wal")


def rank_correlation(places: list[int]) -> float:
    """Spearman's rho of *places*, all different, with the order they are given in."""
    ranks = {place: rank for rank, place in enumerate(sorted(places))}
    count = len(places)
    squares = sum((rank - ranks[place]) ** 2 for rank, place in enumerate(places))
    return 1 - 6 * squares / (count * (count**2 - 1))


def is_order(places: list[int]) -> bool:
    """Whether *places* tell the order in which they are given.

    Without order, rho is nearly normal with variance 1/(n-1): five of its deviations are
    passed by chance once in 1.7 million runs.
    """
    return abs(rank_correlation(places)) > 5 / math.sqrt(len(places) - 1)


def test_the_measure_of_order_sees_one():
    assert is_order(list(range(COUNT)))
    assert is_order([place + (place * 7919) % 97 for place in range(0, 100 * COUNT, 100)])


def test_where_a_message_lies_does_not_tell_when_it_came(arrived):
    settings, sent, *_ = arrived
    stored = settings.database_file.read_bytes()
    # Its first bytes: the rest of a cell is spread over pages beside them.
    places = [stored.find(cell[:900]) for cell in sent]
    assert -1 not in places
    assert not is_order(places)


def test_where_a_digest_lies_does_not_tell_when_it_came(arrived):
    settings, sent, *_ = arrived
    stored = settings.database_file.read_bytes()
    digests = [bytes.fromhex(cells.name(cell)) for cell in sent]
    assert all(stored.count(digest) == 1 for digest in digests)
    assert not is_order([stored.find(digest) for digest in digests])


def test_every_other_page_of_a_message_lies_as_it_did_before_the_message_came(arrived):
    """The pages of a cell are chained; overwritten in place, the chain is that of the making."""
    settings, sent, *_ = arrived
    stored = settings.database_file.read_bytes()
    for offset in (8_192, 32_768, 65_536 - 64):
        places = [stored.find(cell[offset : offset + 64]) for cell in sent]
        assert -1 not in places
        assert not is_order(places)


def test_the_log_holds_no_order_even_in_the_moment_of_the_last_answer(arrived):
    _, sent, _, log = arrived
    assert [cell for cell in sent[:-1] if cell[:900] in log] == []


def test_the_log_is_empty_as_soon_as_nobody_sends(arrived):
    settings, *_ = arrived
    assert log_file(settings).stat().st_size == 0


def test_the_files_say_of_the_last_arrival_no_more_than_the_day(arrived):
    settings, *_ = arrived
    for path in (settings.database_file, log_file(settings)):
        modified = path.stat().st_mtime_ns
        assert modified % (86_400 * 10**9) == 0
        assert time.time() - modified / 10**9 < 2 * 86_400


def test_the_file_does_not_grow_by_what_it_holds(arrived, tmp_path):
    settings, *_ = arrived
    other = Settings(folder=tmp_path)
    engine = open_database(other, making=True)
    migrate(engine)
    make_box(engine, Plan(messages=SLOTS, parts=2, replies=16))
    engine.dispose()
    sizes = [each.database_file.stat().st_size for each in (settings, other)]
    assert abs(sizes[0] - sizes[1]) <= 4 * 8192


def test_days_are_days(arrived):
    settings, *_ = arrived
    engine = open_database(settings)
    with engine.connect() as connection:
        for shelf in (MESSAGES, PARTS):
            for day in shelf.index(connection).days:
                assert re.fullmatch(r"\d{4}-\d\d-\d\d", day)
        types = connection.exec_driver_sql("SELECT sql FROM sqlite_master").scalars().all()
    engine.dispose()
    assert not [sql for sql in types if sql and re.search("TIME|TIMESTAMP", sql, re.IGNORECASE)]


def test_a_free_slot_cannot_be_told_from_a_taken_one_by_length(arrived):
    settings, *_ = arrived
    engine = open_database(settings)
    with engine.connect() as connection:
        lengths = connection.exec_driver_sql(
            "SELECT DISTINCT length(cell), length(digest), length(day)"
            " FROM message_slot JOIN message_held USING (slot)"
        ).all()
        free = connection.exec_driver_sql(
            f"SELECT count(*) FROM message_slot WHERE day = '{FREE}'"
        ).scalar_one()
    engine.dispose()
    assert [tuple(row) for row in lengths] == [(65_536, 32, 10)]
    assert free == SLOTS - COUNT


def test_a_deleted_message_is_nowhere(arrived):
    settings, sent, *_ = arrived
    gone = sent[7]
    engine = open_database(settings)
    with engine.begin() as connection:
        slot = MESSAGES.index(connection).where[bytes.fromhex(cells.name(gone))]
        MESSAGES.clear(connection, [slot])
    with engine.connect() as connection:
        connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    engine.dispose()
    everything = settings.database_file.read_bytes() + log_file(settings).read_bytes()
    for offset in (0, 8_192, 32_768, 65_536 - 64):
        assert gone[offset : offset + 64] not in everything
    assert bytes.fromhex(cells.name(gone)) not in everything


def test_nothing_that_a_visitor_tells_about_herself_is_kept(arrived):
    settings, _, server, log = arrived
    told = [*PLANTED.values(), QUERY, "203.0.113.77", "198.51.100.99", "192.0.2.55"]
    needles = [value.removeprefix("Bearer ").encode() for value in told]
    ports = re.compile(rb"127\.0\.0\.1")
    kept = {path: path.read_bytes() for path in settings.folder.rglob("*") if path.is_file()}
    kept[server.log] = server.log.read_bytes()
    kept[Path("log")] = log
    for pid in server.everybody():
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():  # temporary files without a name, too
            try:
                if descriptor.stat().st_size and descriptor.is_file():
                    kept[descriptor] = descriptor.read_bytes()
            except OSError:
                continue
    assert len(kept) > 5
    for path, content in kept.items():
        for needle in needles:
            assert needle not in content, path
        if path.suffix != ".js":
            assert not ports.search(content), path


def test_no_file_of_the_server_appears_but_its_own(arrived):
    settings, *_ = arrived
    names = {path.name for path in settings.folder.iterdir()}
    database = {"buzon.db", "buzon.db-wal", "buzon.db-shm"}
    assert names <= database | {"organisation", "settings.toml", "site", "trust.json"}
