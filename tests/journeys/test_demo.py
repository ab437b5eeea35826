"""`make demo`: the scripted part, a testimony of one's own, and Ctrl-C."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from deploy.demo.people import Person

PATIENCE_SECONDS = 300


def start(folder: Path, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "deploy.demo"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "LC_ALL": "C.UTF-8",
            **environment,
        },
        cwd=Path(__file__).parents[2],
        start_new_session=True,  # so that Ctrl-C below is for it alone
    )


def said_until(process: "subprocess.Popen[str]", mark: str) -> str:
    """What *process* says up to the line with *mark*."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if mark in line:
            return "".join(lines)
    raise AssertionError(f"it ended without {mark!r}:\n{''.join(lines)}")


def processes_of(session: int) -> list[int]:
    """Everything alive that belongs to *session*, or was started with its folder."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def processes_with(folder: Path) -> list[str]:
    """Command lines that name *folder*."""
    found = []
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = command.read_bytes()
        except OSError:
            continue
        if os.fsencode(folder) in line:
            found.append(line.decode("utf-8", "replace"))
    return found


def test_a_testimony_of_ones_own_is_shown_and_ctrl_c_leaves_nothing(tmp_path: Path) -> None:
    demo = start(tmp_path)
    try:
        told = said_until(demo, "Now you.")
        assert "are equal to what the witness sealed" in told
        said_until(demo, "press Enter")
        origin = re.search(r"http://127\.0\.0\.1:\d+", told[told.index("Now you.") :])
        assert origin is not None
        (root,) = tmp_path.glob("buzon-demo-*")
        visitor = Person("visitor", tmp_path / "visitor", offline=False)
        (visitor.home / "words.txt").write_text("Palabras de una visita.", encoding="utf-8")
        visitor.run("buzon-courier", "fetch", "--intake", origin.group(), "box")
        visitor.run(
            "buzon-witness",
            *("seal", "--directory", "box/directory.json", "--out", "mine.sealed"),
            *("--trust", root / "table" / "trust.json", "--text", "words.txt"),
        )
        visitor.run("buzon-courier", "deliver", "--intake", origin.group(), "mine.sealed")
        assert demo.stdin is not None
        demo.stdin.write("\n")
        demo.stdin.flush()
        assert "Palabras de una visita." in said_until(demo, "Press Enter")
        os.killpg(demo.pid, signal.SIGINT)
        assert demo.wait(PATIENCE_SECONDS) == 0
        assert processes_of(demo.pid) == []
        assert processes_with(root) == []
        assert not root.exists()
    finally:
        if demo.poll() is None:
            os.killpg(demo.pid, signal.SIGKILL)
            demo.wait()
        for stream in (demo.stdin, demo.stdout):
            if stream is not None:
                stream.close()


def test_once_ends_by_itself_with_success(tmp_path: Path) -> None:
    demo = start(tmp_path, ONCE="1")
    told, _ = demo.communicate(timeout=PATIENCE_SECONDS)
    assert demo.returncode == 0, told
    assert "her twelve words opened 1:" in told
    assert processes_of(demo.pid) == []
    assert list(tmp_path.glob("buzon-demo-*")) == []


def test_a_demonstration_that_is_killed_leaves_nothing(tmp_path: Path) -> None:
    demo = start(tmp_path)
    try:
        said_until(demo, "Intake serves at")
        (root,) = tmp_path.glob("buzon-demo-*")
        demo.terminate()
        assert demo.wait(PATIENCE_SECONDS) == 130
        # What it ran at that moment was killed, and may take a moment to be gone.
        end = time.monotonic() + PATIENCE_SECONDS
        while processes_with(root) and time.monotonic() < end:
            time.sleep(0.05)
        assert processes_with(root) == []
        assert not root.exists()
    finally:
        if demo.poll() is None:
            os.killpg(demo.pid, signal.SIGKILL)
            demo.wait()
        for stream in (demo.stdin, demo.stdout):
            if stream is not None:
                stream.close()
