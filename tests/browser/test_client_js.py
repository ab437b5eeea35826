"""The browser's program keeps its promises, wherever a witness may run it."""

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = "tests/browser/properties"


@pytest.mark.parametrize(
    ("module", "promises"),
    [("sealing", 17), ("reading", 10), ("garbage", 12), ("uploading", 11), ("asking", 20)],
)
def test_the_client_keeps_its_promises(run_modules, module: str, promises: int):
    assert len(run_modules(f"{FOLDER}/{module}.mjs")) == promises


def test_the_word_lists_of_the_browser_are_those_of_the_formats(checkout: Path):
    script = checkout / "app/site/wordlists.py"
    finished = subprocess.run([sys.executable, script, "--check"], check=False)
    assert finished.returncode == 0
