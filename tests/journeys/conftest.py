"""A road for each file of tests: real programs, real processes, loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.demo import ceremony
from deploy.demo.people import Person
from deploy.demo.road import Road
from deploy.demo.server import Server
from tests.journeys.house import House


@pytest.fixture(scope="module")
def lawyers() -> list[Person]:
    """Filled by `road`: the lawyers, in the order of `ceremony.LAWYERS`."""
    return []


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory, lawyers: list[Person]) -> Iterator[Road]:
    """A road on which nobody has walked yet, with its server running."""
    root: Path = tmp_path_factory.mktemp("road")
    directors, trust = ceremony.meet(root)
    lawyers += ceremony.join(root, trust)
    server = Server.at_free_ports(root)
    held = ceremony.vet(directors, lawyers, trust, server.intake)
    server.make(trust)
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


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> House:
    """An organisation at the end of its first day, which nobody changes."""
    house = House.after_first_day(tmp_path_factory.mktemp("founded") / "house")
    house.stage.close()
    return house


@pytest.fixture
def house(founded: House, tmp_path: Path) -> Iterator[House]:
    """An organisation of one's own, at the end of its first day, with its server running."""
    house = founded.copied(tmp_path / "house")
    house.serve()
    yield house
    house.stage.close()
