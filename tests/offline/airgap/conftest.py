"""Fixtures of the air gap's tests: an organisation, a witness, a pouch."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.offline.airgap.world import Pouch, Witness, World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def witness(world: World) -> Witness:
    return Witness(world)


@pytest.fixture
def pouch(tmp_path: Path, world: World) -> Pouch:
    return Pouch(tmp_path / "pouch", world)
