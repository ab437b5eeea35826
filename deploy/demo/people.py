"""People of the demonstration: each has a home folder and runs programs in it."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

PROGRAMS = Path(sys.executable).parent
PASSPHRASE_MEMORY_MIB = "1"  # a demonstration guards nothing; real keys cost 1,024


class DemonstrationError(Exception):
    """A program did not do what the demonstration needs."""


@cache
def without_network() -> tuple[str, ...]:
    """The command before a command that takes the network away from it.

    Raises:
        DemonstrationError: this machine does not let us.
    """
    for prefix in (("unshare", "--net"), ("unshare", "--map-root-user", "--net")):
        if (
            shutil.which(prefix[0])
            and not subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode
        ):
            return prefix
    raise DemonstrationError(
        "unshare may not take the network away here; run as root, or allow user namespaces"
    )


@dataclass(frozen=True)
class Person:
    """Somebody with a home folder.  *offline*: every program runs without network."""

    name: str
    home: Path
    offline: bool = True
    passphrase: str = field(default="correcto caballo pila grapa", repr=False)

    def __post_init__(self) -> None:
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.passphrase_file.write_text(f"{self.passphrase}\n", encoding="utf-8")

    @property
    def passphrase_file(self) -> Path:
        """Where the passphrase lies, for programs that would ask for it."""
        return self.home / "passphrase"

    def environment(self) -> dict[str, str]:
        """A bare environment with this home."""
        return {
            "HOME": str(self.home),
            "PATH": os.environ.get("PATH", os.defpath),
            "LC_ALL": "C.UTF-8",
        }

    def command(self, program: str, *arguments: str | Path) -> list[str]:
        """The whole command line."""
        prefix = without_network() if self.offline else ()
        return [*prefix, str(PROGRAMS / program), *map(str, arguments)]

    def run(self, program: str, *arguments: str | Path, typed: str = "", expected: int = 0) -> str:
        """Run *program* to its end; what it printed.

        Raises:
            DemonstrationError: its exit code is not the expected one.
        """
        ended = subprocess.run(
            self.command(program, *arguments),
            input=typed,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=self.environment(),
            cwd=self.home,
            check=False,
        )
        if ended.returncode != expected:
            raise DemonstrationError(
                f"{self.name}: {program} {' '.join(map(str, arguments))} "
                f"ended with {ended.returncode}:\n{ended.stdout}{ended.stderr}"
            )
        return ended.stdout

    def ask(self, program: str, *arguments: str | Path) -> Any:
        """Run *program* with `--json`; what it answered."""
        return json.loads(self.run(program, *arguments, "--json"))
