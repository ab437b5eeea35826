"""The five programs answer --help, and say 2 when they are used wrongly."""

from __future__ import annotations

import re
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


def helps(program: str, language: str, *command: str) -> dict[tuple[str, ...], str]:
    """The help of *program* and of each command and command's command, by its words."""
    answer = run(program, *command, "--language", language, "--help")
    assert answer.returncode == 0, answer.stderr
    found = {command: answer.stdout}
    for name in re.findall(r"^    ([a-z][a-z-]*)(?:  |$)", answer.stdout, re.MULTILINE):
        found |= helps(program, language, *command, name)
    return found


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_command_explains_itself_in_spanish_and_in_english(program: str) -> None:
    spanish, english = (helps(program, language) for language in ("es", "en"))
    assert spanish.keys() == english.keys()
    assert len(spanish) > 2
    for command, said in spanish.items():
        assert said.startswith("uso:"), command
        assert english[command].startswith("usage:"), command
        lines = {line.strip() for line in english[command].splitlines()}
        told = re.search(r"\n\n(.*?)\n\n", said, re.DOTALL)
        assert told is not None, command
        assert told[1].splitlines()[0] not in lines, command
        assert "show this help" not in said, command
        assert "Examples" not in said, command


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
