"""The browser's program keeps its promises, wherever a witness may run it."""

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = "tests/browser/properties"


@pytest.mark.parametrize(
    ("module", "count"),
    [
        ("sealing", 19),
        ("garbage", 13),
        ("reading", 10),
        ("uploading", 11),
        ("asking", 20),
        ("holding", 8),
    ],
)
def test_the_client_keeps_its_promises(run_modules, module: str, count: int):
    assert len(run_modules(f"{FOLDER}/{module}.mjs")) == count


# Nothing in it depends on the engine; where there is no JIT it would take minutes.
@pytest.mark.parametrize(
    "environment",
    ["node", pytest.param("chromium", marks=pytest.mark.browser)],
    indirect=True,
    scope="session",
)
def test_the_client_seals_a_file_of_more_than_one_segment(run_modules):
    assert len(run_modules(f"{FOLDER}/long_file.mjs")) == 1


def test_the_word_lists_of_the_browser_are_those_of_the_formats(checkout: Path):
    script = checkout / "app/site/wordlists.py"
    finished = subprocess.run([sys.executable, script, "--check"], check=False)
    assert finished.returncode == 0
