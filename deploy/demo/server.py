"""The demonstration's server: a small box, served on loopback until closed."""

import json
import signal
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from deploy.demo.people import DemonstrationError, Person

SIZE = "192MiB"
ACCOUNT = "mensajera"
STOP_SECONDS = 20


@dataclass
class Server:
    """The operator's machine."""

    operator: Person
    intake: str  # addresses, as http://127.0.0.1:8470
    desk: str
    account: str = ACCOUNT
    _codes: list[str] = field(default_factory=list, repr=False)  # recovery codes not used yet
    _process: "subprocess.Popen[str] | None" = field(default=None, repr=False)

    @classmethod
    def at_free_ports(cls, root: Path) -> Self:
        """A server of the person whose home is in *root*; nothing runs yet."""
        operator = Person("operator", root / "operator", offline=False)
        intake, desk = _free_port(), _free_port()
        return cls(operator, f"http://127.0.0.1:{intake}", f"http://127.0.0.1:{desk}")

    @property
    def data(self) -> Path:
        """The server's data folder."""
        return self.operator.home / "buzon"

    @property
    def account_passphrase(self) -> Path:
        """The file with the courier's passphrase at the desk."""
        return self.operator.passphrase_file

    def code_file(self) -> Path:
        """A file with a code for one login.

        A telephone shows a new one every 30 seconds; the demonstration does not wait, and
        takes the recovery codes one after another.
        """
        if not self._codes:
            self._run("account", "reset", self.account)
            enrolled = json.loads(self._run("account", "enrol", self.account, "--json"))
            self._codes.extend(enrolled["recovery_codes"])
        file = self.operator.home / "code"
        file.write_text(f"{self._codes.pop()}\n", encoding="utf-8")
        return file

    @property
    def process(self) -> int:
        """The process id of `buzon-server serve`."""
        if self._process is None:
            raise DemonstrationError("the server does not run")
        return self._process.pid

    def make(self, trust: Path, *size: str) -> None:
        """Make the box, the site and the courier's account; *size*: what `init` is told."""
        self._run("init", "--trust", trust, *(size or ("--size", SIZE)))
        self._run(*("account", "add", self.account, "--passphrase-file", self.account_passphrase))

    def publish(self, publication: Path) -> None:
        """Publish what the directors signed."""
        self._run("publish", publication)

    def status(self) -> dict[str, Any]:
        """What the server knows of its box."""
        status: dict[str, Any] = json.loads(self._run("status", "--json"))
        return status

    def saw(self) -> str:
        """What the server knows, in words."""
        taken = self.status()["taken"]
        return ", ".join(f"{count} {kind}" for kind, count in taken.items())

    def __enter__(self) -> Self:
        """Serve."""
        self._process = subprocess.Popen(
            self.operator.command(
                "buzon-server",
                *("serve", "--data", self.data, "--json"),
                *("--intake", self.intake.removeprefix("http://")),
                *("--desk", self.desk.removeprefix("http://")),
            ),
            env=self.operator.environment(),
            cwd=self.operator.home,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for us; we stop the server by its id
        )
        if self._process.stdout is None or not self._process.stdout.readline():
            self.__exit__(None, None, None)
            raise DemonstrationError("the server did not start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Stop serving; nothing stays behind."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process = None

    def _run(self, *arguments: str | Path) -> str:
        command, *rest = arguments
        if command == "account":
            return self.operator.run("buzon-server", command, *rest, "--data", self.data)
        return self.operator.run("buzon-server", command, "--data", self.data, *rest)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
