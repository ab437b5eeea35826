"""Runbooks: the printed pages of deploy/runbooks, read and played.

A page's commands stand in blocks that name who types them, one or several people:

    ```console directora-1 directora-2
    $ buzon-ceremony directors init --out directora.key --card /media/memoria/PERSONA.json
    ```

PERSONA is whoever types, FECHA the day (UTC) on which the page is played.  Everybody types at a terminal of her own, in a home folder of
her own, without network unless her part needs it, and answers what the program asks.
"""

import os
import pty
import re
import select
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from deploy.demo.people import PROGRAMS, without_network

RUNBOOKS = Path(__file__).parents[2] / "deploy" / "runbooks"
LATER = Path(__file__).parent / "later"  # what shifts the calendar of the programs
STICK = "/media/memoria"
BACKUP_STICK = "/media/respaldo"
LONGEST_SECONDS = 90  # of one command
ONLINE = ("operadora", "mensajera")

_BLOCK = re.compile(r"^```console ([a-z0-9 -]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_WORDS = re.compile(r"^ *((?:[a-záéíóúüñ]+ ){11}[a-záéíóúüñ]+) *\r?$", re.MULTILINE)
_PASSPHRASE = re.compile(r"(?:Contraseña|Otra vez|Passphrase|Again)[^\n]*: $")
_CODE = re.compile(r"(?:Código|code)[^\n]*: $")
_RECOVERY_CODE = re.compile(r"^ *((?:[a-z2-7]{4}-){3}[a-z2-7]{4}) *\r?$", re.MULTILINE)
_LISTED = re.compile(r"\b([0-9]{1,2}) ([a-z]+)")
_WRITE_DOWN = re.compile(r"Al terminar, oprima Enter\. $")
_FROM_PAPER = re.compile(r"escriba las palabras ([0-9, ]+): $")
_WHOLE_LIST = re.compile(r"Lista ([0-9]+): escriba sus [0-9]+ palabras[^>]*> $")
_BY_VOICE = re.compile(r"exactamente estas palabras\? \[sí/no\] $")
_YES_OR_NO = re.compile(r"\[sí/no\] $")


class TypedInVainError(AssertionError):
    """A command of a page did not do what the page says."""


@dataclass(frozen=True)
class Step:
    """One command, and one of those who type it."""

    person: str
    command: str


def page(name: str) -> str:
    """The text of a page of deploy/runbooks."""
    return (RUNBOOKS / f"{name}.md").read_text(encoding="utf-8")


def pages() -> list[str]:
    """The names of all pages."""
    return sorted(path.stem for path in RUNBOOKS.glob("*.md"))


def steps(text: str) -> Iterator[Step]:
    """The commands of a page, in their order."""
    for people, block in _BLOCK.findall(text):
        commands = [
            line.removeprefix("$ ")
            for line in block.replace("\\\n", " ").splitlines()
            if line.startswith("$ ")
        ]
        for person in people.split():
            for command in commands:
                yield Step(person, command)


@dataclass
class Stage:
    """Where a page is played: the people's homes, one stick, a day, and what was said."""

    root: Path
    addresses: Mapping[str, str]  # as the page writes them -> as they are here
    days_later: int = 0
    spoken: set[str] = field(default_factory=set)  # words that were shown to their owners
    codes: list[str] = field(default_factory=list)  # for the desk, that were not used yet
    paper: list[list[str]] = field(default_factory=list)  # a backup's lists, as written down
    serving: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)  # by operator

    @property
    def stick(self) -> Path:
        """The stick that goes from hand to hand."""
        return self.root / "memoria"

    @property
    def today(self) -> str:
        """This stage's day, UTC."""
        return (datetime.now(UTC).date() + timedelta(days=self.days_later)).isoformat()

    def home(self, person: str) -> Path:
        """The home folder of *person*."""
        home = self.root / person
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        return home

    def environment(self, person: str) -> dict[str, str]:
        """A bare environment with this home, on this stage's day."""
        return {
            "HOME": str(self.home(person)),
            "PATH": f"{PROGRAMS}:{os.environ.get('PATH', os.defpath)}",
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": str(LATER),
            "DAYS_LATER": str(self.days_later),
        }

    def play(self, text: str) -> None:
        """Type every command of a page.

        Raises:
            TypedInVainError: one did not end with 0.
        """
        self.stick.mkdir(parents=True, exist_ok=True)
        (self.root / "respaldo").mkdir(exist_ok=True)
        for step in steps(text):
            self.type(step)

    def type(self, step: Step, expected: int = 0) -> str:
        """Type one command and answer what it asks; what was shown.

        Raises:
            TypedInVainError: it did not end with *expected*.
        """
        command = self._here(step)
        if command.startswith("buzon-server serve"):
            self.serve(step.person, command)
            return ""
        code, shown = self._at_a_terminal(step.person, command)
        if code != expected:
            raise TypedInVainError(f"{step.person}: {command}\nended with {code}:\n{shown}")
        self.spoken.update(_WORDS.findall(shown))
        self.codes += _RECOVERY_CODE.findall(shown)
        return shown

    def serve(self, person: str, command: str) -> None:
        """Start the server; it stays until `close`."""
        server = self.serving[person] = subprocess.Popen(
            shlex.split(command),
            env=self.environment(person),
            cwd=self.home(person),
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert server.stdout is not None
        if not server.stdout.readline():
            raise TypedInVainError(f"{command} does not serve")

    def close(self) -> None:
        """Stop every server that runs."""
        for server in self.serving.values():
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=60)
        self.serving.clear()

    def _here(self, step: Step) -> str:
        """The command with this stage's folders and addresses, and all that is large small."""
        command = step.command.replace("PERSONA", step.person).replace("FECHA", self.today)
        command = command.replace(STICK, str(self.stick))
        command = command.replace(BACKUP_STICK, str(self.root / "respaldo"))
        command = command.replace("/var/lib/buzon", str(self.home(step.person) / "buzon"))
        for written, here in self.addresses.items():
            command = command.replace(written, here)
        command = command.replace("64GiB", "64MiB")
        # What a guess costs protects nobody here.
        costly = r"(buzon-workstation (?:init|restore)|directors init)"
        return re.sub(costly, r"\1 --memory 1", command, count=1)

    def _at_a_terminal(self, person: str, command: str) -> tuple[int, str]:
        prefix = () if person.startswith(ONLINE) else without_network()
        arguments = [*prefix, "bash", "-c", command]
        child, terminal = pty.fork()
        if child == 0:  # pragma: no cover - it becomes another program
            os.chdir(self.home(person))
            os.execvpe(arguments[0], arguments, self.environment(person))
        try:
            shown = self._converse(person, terminal)
        except BaseException:
            os.kill(child, signal.SIGKILL)
            raise
        finally:
            _, status = os.waitpid(child, 0)
            os.close(terminal)  # earlier, it would end whoever is still there
        return os.waitstatus_to_exitcode(status), shown

    def _converse(self, person: str, terminal: int) -> str:
        """Read what is shown and answer what is asked, until the program ends."""
        end = time.monotonic() + LONGEST_SECONDS
        shown, answered = b"", 0
        while time.monotonic() < end:
            ready, _, _ = select.select([terminal], [], [], 0.5)
            try:
                piece = os.read(terminal, 65536) if ready else b""
            except OSError:  # the program is gone
                return shown.decode("utf-8", "replace")
            if ready and not piece:
                return shown.decode("utf-8", "replace")
            shown += piece
            answer = self.answer(person, shown[answered:].decode("utf-8", "replace"))
            if answer is not None:
                answered = len(shown)
                os.write(terminal, f"{answer}\n".encode())
        raise TypedInVainError(f"{person} waits for ever:\n{shown.decode('utf-8', 'replace')}")

    def answer(self, person: str, asked: str) -> str | None:
        """What *person* types at this prompt; None while nothing is asked."""
        if _PASSPHRASE.search(asked):
            return self.passphrase(person)
        if _CODE.search(asked):
            return self.code()
        if _WRITE_DOWN.search(asked) or _FROM_PAPER.search(asked) or _WHOLE_LIST.search(asked):
            return self._on_paper(asked)
        if _BY_VOICE.search(asked):
            return "sí" if self._was_heard(asked) else "no"
        return "sí" if _YES_OR_NO.search(asked) else None

    def _on_paper(self, asked: str) -> str:
        """Write a list of words down, or read from one what the program wants back."""
        if _WRITE_DOWN.search(asked):
            self.paper.append([word for _, word in _LISTED.findall(asked.rpartition("memoria")[2])])
            return ""
        wanted = _FROM_PAPER.search(asked)
        if wanted is not None:
            return " ".join(self.paper[-1][int(place) - 1] for place in wanted[1].split(","))
        number = int(_WHOLE_LIST.search(asked)[1])  # type: ignore[index]
        return " ".join(self.paper[number - 1]) if number <= len(self.paper) else ""

    def _was_heard(self, asked: str) -> bool:
        """Whether the program of whoever owns them showed these words before."""
        shown = _WORDS.findall(asked)
        return bool(shown) and shown[-1] in self.spoken

    def code(self) -> str:
        """A code that lets the courier in once; the operator makes new ones when none is left."""
        if not self.codes:
            for act in ("reset", "enrol"):
                command = f"buzon-server account {act} norte --data /var/lib/buzon"
                self.type(Step("operadora", command))
        return self.codes.pop(0)

    def passphrase(self, person: str) -> str:
        """What *person* remembers; the courier, what the operator told her."""
        return f"la frase larga de {'operadora' if person.startswith(ONLINE) else person}"
