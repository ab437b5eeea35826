"""A flood: twenty thousand cells of garbage around twenty testimonies fill the box.

It is emptied in the ordinary way, by what stations sign that they hold; the testimonies
are read, and the box takes again.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crypto.cell import MESSAGE_CELL_BYTES
from crypto.weeks import week_of
from deploy.demo import ceremony
from deploy.demo.people import DemonstrationError, Person
from deploy.demo.road import Road
from deploy.demo.server import Server

REAL = 20
SIZE = ("--size", "1309MiB", "--message-share", "0.98")  # a little over 20,000 messages
AT_LEAST = 20_000
CONNECTIONS = 8
SETTINGS = 'shared_rate = "1000000 per minute"\nmessages_per_day = 1000000\n'
OTHER_STICK = "other stick"


@pytest.fixture(scope="module")
def lawyers() -> list[Person]:
    """Filled by `road`: the two lawyers whose stations empty the box."""
    return []


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory, lawyers: list[Person]) -> Iterator[Road]:
    """A road whose box has room for the flood and no more, of an organisation of two."""
    root: Path = tmp_path_factory.mktemp("flood")
    directors, trust = ceremony.meet(root)
    joined = ceremony.join(root, trust)
    (trust.parent / f"{joined[2].home.name}.lawyer.json").unlink()
    lawyers += joined[:2]
    server = Server.at_free_ports(root)
    held = ceremony.vet(directors, lawyers, trust, server.intake)
    server.make(trust, *SIZE)
    (server.data / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    server.publish(held.publication)
    with server:
        yield Road(
            server=server,
            trust=trust,
            witness=Person("witness", root / "witness"),
            courier=Person("courier", root / "courier", offline=False),
            lawyer=lawyers[0],
            pouch=root / "stick",
        )
    shutil.rmtree(root, ignore_errors=True)  # some gigabytes


def account(number: int) -> str:
    return f"Testimonio número {number}: lo que vi aquel día."


def seal(road: Road, number: int) -> Path:
    """Seal one testimony, of one cell; the sealed file."""
    home = road.witness.home
    (home / "relato.txt").write_text(account(number), encoding="utf-8")
    sealed = home / f"{number}.sealed"
    road.witness.run(
        "buzon-witness",
        *("seal", "--directory", home / "box" / "directory.json", "--trust", road.trust),
        *("--text", "relato.txt", "--out", sealed),
    )
    return sealed


def flood(road: Road, count: int) -> None:
    """Send *count* cells that nobody can open."""
    host, port = road.server.intake.removeprefix("http://").split(":")
    week = week_of(datetime.now(UTC).date())
    arguments = map(str, (host, port, MESSAGE_CELL_BYTES, count, CONNECTIONS, week))
    ended = subprocess.run(
        [sys.executable, "-m", "tests.bench.load", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert ended.returncode == 0, ended.stderr


def room(road: Road) -> int:
    status = road.server.operator.command("buzon-server", "status", "--json", "--data")
    ended = subprocess.run(
        [*status, str(road.server.data)], capture_output=True, check=False,
        env=road.server.operator.environment(),
    )  # fmt: skip
    return int(json.loads(ended.stdout)["free"]["messages"])


def take_in_and_sign(station: Road) -> dict[str, int]:
    """What a lawyer does with one stick: import, then receipts."""
    report = station.take_in()
    station.lawyer.run(
        "buzon-workstation",
        *("receipts", station.pouch, "--held-by-two"),
        *("--passphrase-file", station.lawyer.passphrase_file),
    )
    return {name: report[name] for name in ("messages", "opened")}


@pytest.mark.slow
def test_a_flood_is_emptied_in_the_ordinary_way_and_no_testimony_is_lost(road, lawyers):
    road.fetch()
    for number in range(REAL // 2):
        assert road.deliver(seal(road, number)) == 1
    garbage = room(road) - REAL // 2
    assert garbage >= AT_LEAST
    flood(road, garbage)
    for number in range(REAL // 2, REAL):
        assert road.deliver(seal(road, number)) == 1
    assert room(road) == 0
    too_late = seal(road, REAL)
    with pytest.raises(DemonstrationError, match="box-full"):
        road.deliver(too_late)

    assert road.pull()["new"] == garbage + REAL
    other = road.pouch.with_name(OTHER_STICK)
    shutil.copytree(road.pouch, other, copy_function=os.link)
    stations = [replace(road, lawyer=lawyers[0]), replace(road, lawyer=lawyers[1], pouch=other)]
    with ThreadPoolExecutor(2) as both:
        reports = list(both.map(take_in_and_sign, stations))
    assert reports == [{"messages": garbage + REAL, "opened": REAL}] * 2
    for station in stations:
        assert station.push()

    operator = road.server.operator
    told = operator.ask("buzon-server", "expire", "--data", road.server.data)
    assert (told["would_delete"], told["deleted"]) == (garbage + REAL, 0)
    told = operator.ask("buzon-server", "expire", "--yes", "--data", road.server.data)
    assert told["deleted"] == garbage + REAL
    assert room(road) == garbage + REAL

    for station in stations:
        threads = station.threads()
        assert len(threads) == REAL
        shown = "".join(map(station.show, threads))
        assert all(account(number) in shown for number in range(REAL))
    assert road.deliver(too_late) == 1
    assert road.pull()["new"] == 1
