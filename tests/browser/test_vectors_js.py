"""The browser's code passes every vector of the formats, wherever a witness may run it.

tests/offline/ makes the same promise of the Python code.
"""

import re
from pathlib import Path

import pytest

FOLDER = Path("tests/browser/vectors")
MODULES = ["documents", "cells"]
A_TEST = "every vector of {} ends as it says"


def promised(source: str) -> list[str]:
    """The formats that a module checks, as its table names them."""
    table = source[source.index("export const tests = everyVector({") :]
    return re.findall(r"^  (\w+)[:,]", table, re.MULTILINE)


@pytest.mark.parametrize("module", MODULES)
def test_every_vector_ends_as_it_says(run_modules, checkout: Path, module: str):
    path = FOLDER / f"{module}.mjs"
    passed = run_modules(str(path))

    assert passed == [A_TEST.format(name) for name in promised((checkout / path).read_text())]


def test_every_format_that_has_vectors_is_checked(checkout: Path):
    sources = [(checkout / FOLDER / f"{module}.mjs").read_text() for module in MODULES]
    checked = sorted(name for source in sources for name in promised(source))

    assert checked == sorted(path.stem for path in (checkout / "tests/vectors").glob("*.json"))
