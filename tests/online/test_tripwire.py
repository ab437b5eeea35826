"""A program of the server ends rather than load what belongs behind the air gap."""

import subprocess
import sys

import pytest

PROGRAMS = {
    "server": "import app.cli; app.cli.tripwire.install()",
    "serving": "import app.serving; app.serving.tripwire.install()",
    "courier": "import app.courier.cli; app.courier.cli.tripwire.install()",
}
FORBIDDEN = ["crypto.airgap", "crypto.airgap.keyfile", "crypto.witness", "crypto.hpke"]


def run(program: str) -> subprocess.CompletedProcess[str]:
    """Run Python of its own, so that nothing is loaded already."""
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_ring_holds_at_run_time(program):
    tries = "".join(
        f"try:\n    __import__({name!r})\nexcept RingError:\n    print({name!r})\n"
        for name in FORBIDDEN
    )
    finished = run(f"{PROGRAMS[program]}\nfrom app.tripwire import RingError\n{tries}")
    assert finished.stdout.split() == FORBIDDEN, finished.stderr


def test_what_is_loaded_already_is_noticed():
    finished = run("import crypto.hpke, app.tripwire; app.tripwire.install()")
    assert "RingError" in finished.stderr


def test_what_is_not_forbidden_is_loaded():
    finished = run("import app.tripwire; app.tripwire.install(); import crypto.hpke_like_name")
    assert "ModuleNotFoundError" in finished.stderr
