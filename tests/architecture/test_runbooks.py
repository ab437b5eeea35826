"""The printed pages say what the programs do: every command and option is in their help."""

import re
import shlex
from functools import cache

import pytest

from crypto.sentences import SENTENCES
from tests.architecture.test_help import PROGRAMS, run
from tests.journeys.runbook import page, pages, steps


@cache
def help_of(program: str, words: tuple[str, ...]) -> str:
    """What *program* answers to `--help` for the longest beginning of *words* that it knows."""
    for count in range(len(words), -1, -1):
        answer = run(program, *words[:count], "--help")
        if answer.returncode == 0:
            assert count or not words, f"{program} knows no command {words[0]}"
            return answer.stdout
    raise AssertionError(f"{program} has no help")


@pytest.mark.parametrize("name", pages())
def test_every_command_and_option_of_a_page_is_in_the_help_of_its_program(name):
    found = list(steps(page(name)))
    assert found
    for step in found:
        program, *tokens = shlex.split(step.command.partition(" | ")[0])
        if program not in PROGRAMS:
            continue
        words = []
        for token in tokens[:2]:
            if not re.fullmatch(r"[a-z-]+", token) or token.startswith("-"):
                break
            words.append(token)
        said = help_of(program, tuple(words))
        for token in tokens:
            if token.startswith("--"):
                option = token.partition("=")[0]
                assert re.search(rf"{option}\b", said), f"{name}: {step.command}: {option}"


@pytest.mark.parametrize("name", pages())
def test_what_the_words_of_a_page_name_exists(name):
    words = re.sub(r"^```.*?^```$", "", page(name), flags=re.MULTILINE | re.DOTALL)
    for told in re.findall(
        r"`(buzon-(?:ceremony|courier|server|witness|workstation)(?: [a-z-]+)*)", words
    ):
        program, *command = told.split()
        assert run(program, *command, "--help").returncode == 0, f"{name}: {told}"
    for other in re.findall(r"\b([a-z-]+)\.md\b", words):
        assert other in pages(), f"{name}: {other}"
    for code in re.findall(r"`\[([a-z-]+)\]`", words):
        assert code in SENTENCES, f"{name}: {code}"


@pytest.mark.parametrize("name", pages())
def test_a_page_is_told_in_both_languages_and_every_block_says_who_types(name):
    text = page(name)
    first = text.splitlines()[0]
    assert re.fullmatch(r"# .+ · .+", first), first
    blocks = re.findall(r"^```(.*)$", text, re.MULTILINE)[::2]
    assert blocks
    assert [block for block in blocks if not re.fullmatch(r"console [a-z0-9 -]+", block)] == []
