"""Fixtures of the air gap's tests: an organisation, a witness, a pouch."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path

import pytest

from tests.offline.airgap.handing import COLLEAGUE, ELSEWHERE, GIVER, JOINER, Stations
from tests.offline.airgap.world import Pouch, Witness, World


@pytest.fixture(scope="session")
def made_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Made once; nobody changes it."""
    return World(tmp_path_factory.mktemp("world"))


@pytest.fixture
def world(tmp_path: Path, made_world: World) -> World:
    """A copy for one test."""
    world = copy.copy(made_world)
    world.folder = tmp_path
    for name in world.names:
        shutil.copytree(made_world.vault_path(name), world.vault_path(name))
    return world


@pytest.fixture
def witness(world: World) -> Witness:
    return Witness(world)


@pytest.fixture
def pouch(tmp_path: Path, world: World) -> Pouch:
    return Pouch(tmp_path / "pouch", world)


@pytest.fixture(scope="session")
def made_teams(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Four lawyers, of whom one is of another team; made once, and nobody changes it."""
    names = (GIVER, JOINER, COLLEAGUE, ELSEWHERE)
    return World(tmp_path_factory.mktemp("teams"), names=names, teams={ELSEWHERE: "Sur"})


@pytest.fixture
def stations(tmp_path: Path, made_teams: World) -> Stations:
    """A copy for one test."""
    world = copy.copy(made_teams)
    world.folder = tmp_path
    for name in world.names:
        shutil.copytree(made_teams.vault_path(name), world.vault_path(name))
    return Stations(world, tmp_path)
