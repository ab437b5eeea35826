"""The browser's program keeps its promises, wherever a witness may run it."""

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = "tests/browser/properties"


# Together where they are quick: starting a browser takes longer than they do.
@pytest.mark.parametrize(
    "modules",
    [
        {"sealing": 19},
        {"garbage": 12},
        {"reading": 10, "uploading": 11, "asking": 20, "holding": 8},
    ],
    ids="-".join,
)
def test_the_client_keeps_its_promises(run_modules, modules: dict[str, int]):
    passed = run_modules(*(f"{FOLDER}/{module}.mjs" for module in modules))

    assert len(passed) == sum(modules.values())


def test_the_word_lists_of_the_browser_are_those_of_the_formats(checkout: Path):
    script = checkout / "app/site/wordlists.py"
    finished = subprocess.run([sys.executable, script, "--check"], check=False)
    assert finished.returncode == 0
