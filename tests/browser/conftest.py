"""How tests in JavaScript are run: in Node, and in every browser that we promise.

A module of tests (tests/browser/harness/modules.mjs says what that is) runs unchanged
in all of them.  Firefox "safer" has neither JIT nor WebAssembly, as Tor Browser's
security level "Safer".
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

RUNNER = "tests/browser/harness/run.mjs"
SECONDS = 300

ENVIRONMENTS = [
    "node",
    *(
        pytest.param(name, marks=pytest.mark.browser)
        for name in ("chromium", "firefox", "firefox-safer")
    ),
]

RunModules = Callable[..., list[str]]


@pytest.fixture(scope="session", params=ENVIRONMENTS)
def environment(request: pytest.FixtureRequest) -> str:
    """The name of a place where JavaScript runs."""
    name: str = request.param
    return name


@pytest.fixture
def run_modules(checkout: Path, environment: str) -> RunModules:
    """Run modules of tests there; return the names of those that passed, fail with the rest."""

    def run(*modules: str) -> list[str]:
        node = shutil.which("node")
        assert node is not None, "node is missing: make setup"
        # Ended gently, the runner closes its browser; killed, it would leave it behind.
        runner = subprocess.Popen(
            [node, RUNNER, environment, *modules],
            cwd=checkout,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            output, _ = runner.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            runner.terminate()
            output, _ = runner.communicate(timeout=30)
        assert runner.returncode == 0, output
        lines = output.splitlines()
        return [line.split(maxsplit=1)[1] for line in lines if line.startswith("ok ")]

    return run
