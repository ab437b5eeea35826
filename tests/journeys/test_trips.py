"""A courier's trip is cut off at any moment, or the stick is full: nothing is lost."""

import hashlib
import json
import secrets
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from crypto.cell import MESSAGE_CELL_BYTES
from crypto.weeks import week_of
from deploy.demo.people import PROGRAMS
from deploy.demo.road import Road

CELLS = 60
KILLS = 6


@pytest.fixture(scope="module")
def cells(road: Road) -> dict[str, bytes]:
    """Message cells in the box, by their names; nobody can open them."""
    week = week_of(datetime.now(UTC).date())
    made = {}
    with httpx.Client(trust_env=False) as client:
        for _ in range(CELLS):
            beginning = b"BZN1\1\1\0\0" + week.to_bytes(4)
            cell = beginning + secrets.token_bytes(MESSAGE_CELL_BYTES - len(beginning))
            name = hashlib.sha256(cell).hexdigest()
            answer = client.put(
                f"{road.server.intake}/cells/{name}",
                content=cell,
                headers={"content-type": "application/octet-stream"},
            )
            assert answer.status_code == 204
            made[name] = cell
    return made


def pull_command(road: Road, pouch: Path) -> list[str]:
    return [
        str(PROGRAMS / "buzon-courier"),
        *("pull", "--desk", road.server.desk, "--account", road.server.account),
        *("--passphrase-file", str(road.server.account_passphrase)),
        *("--code-file", str(road.server.code_file()), "--json", str(pouch)),
    ]


def whole(pouch: Path) -> dict[str, bytes]:
    """The cells under their final names; each must be what its name says."""
    found = {
        path.name: path.read_bytes()
        for path in (pouch / "cells").iterdir()
        if not path.name.startswith(".")
    }
    assert all(hashlib.sha256(cell).hexdigest() == name for name, cell in found.items())
    return found


def test_a_pull_that_is_killed_again_and_again_ends_with_every_cell(road, cells, tmp_path):
    pouch = tmp_path / "stick"
    pouch.mkdir()
    for kill in range(1, KILLS + 1):
        courier = subprocess.Popen(
            pull_command(road, pouch),
            env=road.courier.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wanted = kill * CELLS // (KILLS + 1)
        while courier.poll() is None and _count(pouch) < wanted:
            time.sleep(0.001)
        courier.kill()
        courier.wait()
        assert len(whole(pouch)) >= min(wanted, 1)
    ended = subprocess.run(
        pull_command(road, pouch),
        env=road.courier.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    report = json.loads(ended.stdout)
    assert report["new"] + report["had"] == CELLS
    assert report["had"] > 0
    assert whole(pouch) == cells
    assert [path for path in (pouch / "cells").iterdir() if path.name.startswith(".")] == []


def test_a_trip_goes_where_the_stick_says_and_takes_everything(road, cells, tmp_path):
    pouch = tmp_path / "stick"
    road.courier.run(
        "buzon-courier", "setup", pouch, "--desk", road.server.desk,
        "--account", road.server.account,
    )  # fmt: skip
    report = road.courier.ask(
        "buzon-courier", "trip", pouch,
        "--passphrase-file", road.server.account_passphrase,
        "--code-file", road.server.code_file(),
    )  # fmt: skip
    assert (report["whole"], report["new"], report["refused"]) == (True, CELLS, [])
    assert whole(pouch) == cells


def _count(pouch: Path) -> int:
    folder = pouch / "cells"
    return sum(1 for _ in folder.iterdir()) if folder.is_dir() else 0


def test_a_full_stick_is_told_and_keeps_what_is_whole(road, cells, tmp_path):
    stick = tmp_path / "small"
    stick.mkdir()
    # A stick of one mebibyte, in a mount namespace of its own; it is gone at the end.
    script = (
        'mount -t tmpfs -o size=1m tmpfs "$STICK" && '
        '"$@"; echo "exit $?"; cd "$STICK/cells" && sha256sum [0-9a-f]*'
    )
    mounting = ["unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh"]
    ended = subprocess.run(
        [*mounting, *pull_command(road, stick)],
        env={**road.courier.environment(), "STICK": str(stick)},
        capture_output=True,
        text=True,
        check=True,
    )
    first, *sums = ended.stdout.splitlines()
    assert first == "exit 1"
    assert "[pouch-full]" in ended.stderr
    assert 1 <= len(sums) < CELLS
    for line in sums:
        digest, name = line.split()
        assert digest == name
        assert name in cells
