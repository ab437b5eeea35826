"""What a person finds on opening the checkout, and what must never be in it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

TOP_LEVEL = {
    "LICENSE", "Makefile", "README.md", "SECURITY.md", "app", "crypto", "deploy", "migrations",
    "pyproject.toml", "requirements.lock", "tests",
}  # fmt: skip

LOCKED_JAVASCRIPT = ["app/site/vendor/package-lock.json", "tests/browser/package-lock.json"]

# Absolute folders of one person's machine have no place in a project that others build.
A_PERSONAL_FOLDER = re.compile(rb"(?<![\w./-])/(?:work|home|Users|root|opt)/[\w.-]+")
# A lock file that names an index ties everybody to it.
AN_INDEX = re.compile(rb"--(?:extra-)?index-url|--find-links|--trusted-host|file://")


@pytest.fixture(scope="module")
def tracked(checkout: Path) -> list[Path]:
    """The files that git tracks and that exist, relative to the checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=checkout, capture_output=True, check=True
    ).stdout
    names = [Path(name.decode()) for name in listed.split(b"\0") if name]
    return [name for name in names if (checkout / name).is_file()]


def test_the_top_level_holds_only_what_the_design_names(tracked: list[Path]) -> None:
    found = {name.parts[0] for name in tracked if not name.parts[0].startswith(".")}
    assert found - TOP_LEVEL == set()


def test_the_top_level_holds_all_that_the_design_names(tracked: list[Path]) -> None:
    assert TOP_LEVEL - {name.parts[0] for name in tracked} == set()


def test_no_tracked_file_names_a_folder_of_somebodys_machine(
    checkout: Path, tracked: list[Path]
) -> None:
    found = [
        f"{name}: {match.group().decode()}"
        for name in tracked
        for match in A_PERSONAL_FOLDER.finditer((checkout / name).read_bytes())
    ]
    assert found == []


def test_the_lock_files_name_no_index(checkout: Path) -> None:
    locks = ["requirements.lock", *LOCKED_JAVASCRIPT]
    assert [name for name in locks if AN_INDEX.search((checkout / name).read_bytes())] == []


def test_no_module_is_a_drawer_for_everything(tracked: list[Path]) -> None:
    drawers = {"utils", "util", "common", "helpers", "helper", "misc", "manager", "managers"}
    code = [name for name in tracked if name.suffix in {".py", ".js", ".mjs"}]
    assert [str(name) for name in code if drawers & {*name.parent.parts, name.stem}] == []


def test_the_licence_is_the_whole_affero_text(checkout: Path) -> None:
    text = (checkout / "LICENSE").read_text("utf-8")
    assert text.lstrip().startswith("GNU AFFERO GENERAL PUBLIC LICENSE")
    assert "13. Remote Network Interaction" in text
    assert "END OF TERMS AND CONDITIONS" in text
