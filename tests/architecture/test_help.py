"""The five programs answer --help, and say 2 when they are used wrongly."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PROGRAMS = ["buzon-ceremony", "buzon-courier", "buzon-server", "buzon-witness", "buzon-workstation"]


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run an installed *program* without input, as a person with a plain terminal would."""
    return subprocess.run(
        [Path(sys.executable).with_name(program), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_these_are_all_the_programs(checkout: Path) -> None:
    pyproject = tomllib.loads((checkout / "pyproject.toml").read_text("utf-8"))
    assert sorted(pyproject["project"]["scripts"]) == PROGRAMS


@pytest.mark.parametrize("program", PROGRAMS)
def test_help_ends_well_and_shows_examples(program: str) -> None:
    answer = run(program, "--help")
    assert answer.returncode == 0, answer.stderr
    assert program in answer.stdout
    assert "Examples" in answer.stdout or "Ejemplos" in answer.stdout


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize(
    "arguments",
    [["no-such-command"], ["--no-such-option"], []],
    ids=["unknown command", "unknown option", "no command"],
)
def test_wrong_usage_exits_with_2_and_explains_on_the_error_stream(
    program: str, arguments: list[str]
) -> None:
    answer = run(program, *arguments)
    assert answer.returncode == 2, answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr
    assert answer.stderr.strip()
