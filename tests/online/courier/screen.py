"""A screen in memory, and hands that type on it: the real zenity under Xvfb."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PATIENCE_SECONDS = 60


@dataclass
class Screen:
    """`DISPLAY` of a running Xvfb."""

    display: str

    def environment(self, home: Path) -> dict[str, str]:
        """For a program that opens windows on it."""
        return {
            "HOME": str(home),
            "TMPDIR": str(home),
            "XDG_RUNTIME_DIR": str(home),
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "DISPLAY": self.display,
            # Without a session there is nobody to register with.
            "NO_AT_BRIDGE": "1",
            "GSETTINGS_BACKEND": "memory",
        }

    def type(self, words: str) -> None:
        """Type *words* where the keyboard is."""
        self._do("type", "--delay", "20", words)

    def press(self, *keys: str) -> None:
        """Press *keys* one after another."""
        self._do("key", "--delay", "50", *keys)

    def wait_for(self, title: str) -> None:
        """Until a window of this *title* is there and takes the keyboard."""
        latest = time.monotonic() + PATIENCE_SECONDS
        while self._ask("search", "--onlyvisible", "--name", f"^{title}$") == "":
            assert time.monotonic() < latest, f"no window {title}"
            time.sleep(0.05)
        time.sleep(0.5)  # until it takes the keyboard: nothing tells when

    def _do(self, *arguments: str) -> None:
        subprocess.run(
            ["xdotool", *arguments], env=self._hands(), check=True, timeout=PATIENCE_SECONDS
        )

    def _ask(self, *arguments: str) -> str:
        return subprocess.run(
            ["xdotool", *arguments],
            env=self._hands(),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        ).stdout.strip()

    def _hands(self) -> dict[str, str]:
        return {"DISPLAY": self.display, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}


@contextmanager
def screen() -> Iterator[Screen]:
    """A screen of its own, gone when the block ends."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [
            *("Xvfb", "-displayfd", str(writing), "-screen", "0", "1024x768x24"),
            *("-nolisten", "tcp", "-noreset"),
        ],
        pass_fds=[writing],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            yield Screen(f":{int(told.readline())}")
    finally:
        server.terminate()
        server.wait(PATIENCE_SECONDS)
