"""Every dependency stands in SECURITY.md, "Dependencies", with its reason."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
ROW = re.compile(r"^\|\s*`([^`]+)`\s*\|(.*)\|\s*$", re.MULTILINE)
LOCKED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==", re.MULTILINE)


def normal(name: str) -> str:
    """The name as a registry compares it.  Source: PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(requirements: list[str]) -> set[str]:
    found = [NAME.match(requirement) for requirement in requirements]
    return {normal(match.group()) for match in found if match}


@pytest.fixture(scope="module")
def pyproject(checkout: Path) -> dict:
    return tomllib.loads((checkout / "pyproject.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def locked(checkout: Path) -> set[str]:
    return {
        normal(name) for name in LOCKED.findall((checkout / "requirements.lock").read_text("utf-8"))
    }


@pytest.fixture(scope="module")
def explained(checkout: Path) -> dict[str, str]:
    """Package name -> the other columns of its row in SECURITY.md."""
    security = checkout / "SECURITY.md"
    assert security.is_file(), "SECURITY.md is missing"
    parts = re.split(r"^## Dependencies\s*$", security.read_text("utf-8"), flags=re.MULTILINE)
    assert len(parts) == 2, 'SECURITY.md needs exactly one section "## Dependencies"'
    section = re.split(r"^## ", parts[1], flags=re.MULTILINE)[0]
    return {normal(name): rest.strip(" |") for name, rest in ROW.findall(section)}


def test_every_declared_dependency_is_explained(pyproject: dict, explained: dict[str, str]) -> None:
    wanted = declared(pyproject["project"]["dependencies"])
    assert sorted(wanted - explained.keys()) == []


def test_every_locked_package_is_explained(locked: set[str], explained: dict[str, str]) -> None:
    assert sorted(locked - explained.keys()) == []


@pytest.mark.parametrize("folder", ["app/site/vendor", "tests/browser"])
def test_every_declared_javascript_package_is_explained(
    folder: str, checkout: Path, explained: dict[str, str]
) -> None:
    package = json.loads((checkout / folder / "package.json").read_text("utf-8"))
    assert sorted({normal(name) for name in package["devDependencies"]} - explained.keys()) == []


def test_every_row_of_the_table_gives_a_reason(explained: dict[str, str]) -> None:
    assert sorted(name for name, reason in explained.items() if len(reason) < 10) == []


def test_every_declared_dependency_is_locked(pyproject: dict, locked: set[str]) -> None:
    groups = [*pyproject["project"]["dependencies"], *pyproject["dependency-groups"]["dev"]]
    assert sorted(declared(groups) - locked) == []


def test_every_locked_package_has_a_hash(checkout: Path) -> None:
    text = (checkout / "requirements.lock").read_text("utf-8")
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
