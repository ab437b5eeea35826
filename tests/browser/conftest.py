"""How tests in JavaScript are run: in Node, and in every browser that we promise.

A module of tests (tests/browser/harness/modules.mjs says what that is) runs unchanged
in all of them.  Firefox "safer" has neither JIT nor WebAssembly, as Tor Browser's
security level "Safer".
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Timer
from typing import IO

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


@pytest.fixture(scope="session")
def runner(checkout: Path, environment: str) -> Iterator[subprocess.Popen[str]]:
    """The program that runs modules there: started once, as a browser starts slowly."""
    node = shutil.which("node")
    assert node is not None, "node is missing: make setup"
    process = subprocess.Popen(
        [node, RUNNER, environment],
        cwd=checkout,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    requests, answers = pipes(process)
    yield process
    # Ended gently, it closes its browser; killed, it would leave it behind.
    requests.close()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.terminate()
        process.wait(timeout=30)
    answers.close()


def pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    """What is written to *process* and what is read from it."""
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


@pytest.fixture
def run_modules(runner: subprocess.Popen[str]) -> RunModules:
    """Run modules of tests there; return the names of those that passed, fail with the rest."""

    def run(*modules: str) -> list[str]:
        requests, answers = pipes(runner)
        late = Timer(SECONDS, runner.terminate)
        late.start()
        try:
            requests.write(json.dumps(modules) + "\n")
            requests.flush()
            answer = answers.readline()
        finally:
            late.cancel()
        assert answer, f"{modules} ended the runner, or took more than {SECONDS} seconds"
        outcomes = json.loads(answer)
        failed = [one for one in outcomes if one["failure"] is not None]
        assert not failed, "\n".join(f"{one['name']}: {one['failure']}" for one in failed)
        return [one["name"] for one in outcomes]

    return run
