"""A house: an organisation after its first day, with testimonies and trips on any day.

The people type what the runbooks say (tests/journeys/runbook.py); what is the same in every
journey, a testimony and a trip, is done here by the same programs with `--json`.
"""

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.demo.people import without_network
from tests.journeys.runbook import ONLINE, Stage, Step, page

POUCH = "bolsa"

# What the pages call an onion, and where they let its server listen.
_ADDRESSES = {
    "buzon": "127.0.0.1:8470",
    "escritorio": "127.0.0.1:8471",
    "buzon-nuevo": "127.0.0.1:8480",
    "escritorio-nuevo": "127.0.0.1:8481",
}


def free_port() -> int:
    """A port of loopback that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@dataclass
class House:
    """The stage of an organisation, and what its witnesses remember."""

    stage: Stage
    phrases: dict[str, str] = field(default_factory=dict)  # text of the testimony -> phrase
    machine: str = ""  # what the names of the server's addresses end with

    @property
    def intake(self) -> str:
        """Where witnesses go."""
        return self.stage.addresses[f"http://buzon{self.machine}.onion"]

    @property
    def desk(self) -> str:
        """Where couriers go."""
        return self.stage.addresses[f"http://escritorio{self.machine}.onion"]

    @classmethod
    def after_first_day(cls, root: Path) -> "House":
        """An organisation that played the page of the first day; its server runs."""
        here = {name: f"127.0.0.1:{free_port()}" for name in _ADDRESSES}
        addresses = {
            **{f"http://{name}.onion": f"http://{address}" for name, address in here.items()},
            **{_ADDRESSES[name]: address for name, address in here.items()},
        }
        house = cls(Stage(root, addresses))
        house.stage.play(page("first-day"))
        return house

    def copied(self, root: Path) -> "House":
        """The same organisation in other homes; its server does not run."""
        shutil.copytree(self.stage.root, root, symlinks=True)
        stage = Stage(root, self.stage.addresses, spoken=set(self.stage.spoken))
        stage.codes += self.stage.codes
        return House(stage, dict(self.phrases))

    # ------------------------------------------------------------- days

    def serve(self) -> None:
        """Start the server on this stage's day."""
        command = (
            "buzon-server serve --data /var/lib/buzon --intake 127.0.0.1:8470 --desk 127.0.0.1:8471"
        )
        self.stage.type(Step("operadora", command))

    def later(self, days: int) -> None:
        """Let *days* pass for everybody; the server is started again on the new day."""
        self.stage.close()
        self.stage.days_later += days
        self.serve()

    # ------------------------------------------------------------- a testimony

    def testimony(self, text: str, *, to: Iterable[str] = ()) -> None:
        """A witness tells *text*, to everybody or to teams; her phrase is remembered."""
        box = self._fetched()
        (self.stage.home("testigo") / "relato.txt").write_text(text, encoding="utf-8")
        answer = self.ask(
            "testigo",
            *("buzon-witness", "seal", "--directory", box / "directory.json"),
            *("--trust", self.stage.stick / "trust.json", "--text", "relato.txt"),
            *(("--to", *to) if to else ()),
            *("--out", self.stage.home("testigo") / "relato.sealed"),
        )
        self.phrases[text] = answer["phrase"]
        self._delivered("relato.sealed")

    def replies(self, text: str) -> list[str]:
        """The replies that the witness of *text* reads."""
        box = self._fetched()
        words = self.stage.home("testigo") / "palabras"
        words.write_text(self.phrases[text], encoding="utf-8")
        found = self.ask(
            "testigo",
            *("buzon-witness", "read", "--board", box / "board"),
            *("--directory", box / "directory.json"),
            *("--trust", self.stage.stick / "trust.json", "--phrase-file", words),
        )
        return [reply["text"] for reply in found]

    def _fetched(self) -> Path:
        box = self.stage.home("testigo") / "caja"
        self.ask("mensajera", "buzon-courier", "fetch", "--intake", self.intake, box)
        return box

    def _delivered(self, name: str) -> None:
        sealed = self.stage.home("testigo") / name
        told = self.ask("mensajera", "buzon-courier", "deliver", "--intake", self.intake, sealed)
        assert told["refused"] == []
        sealed.unlink()

    # ------------------------------------------------------------- a trip

    @property
    def pouch(self) -> Path:
        """The pouch of the team, on its stick."""
        return self.stage.stick / POUCH

    def pull(self) -> Any:
        """The courier brings what the pouch lacks."""
        self.pouch.mkdir(exist_ok=True)
        return self.ask("mensajera", "buzon-courier", "pull", *self._login(), self.pouch)

    def push(self) -> Any:
        """The courier hands in what the stations laid."""
        return self.ask("mensajera", "buzon-courier", "push", *self._login(), self.pouch)

    def take_in(self, lawyer: str) -> Any:
        """The station of *lawyer* imports the pouch."""
        return self.station(lawyer, "import", self.pouch)

    def trip(self, *lawyers: str) -> None:
        """Out with what the stations laid, and in with what the box holds, for *lawyers*."""
        self.pull()
        for lawyer in lawyers:
            self.take_in(lawyer)
        self.push()

    def texts(self, lawyer: str) -> set[str]:
        """Every testimony that *lawyer* can read."""
        found = set()
        for thread in self.station(lawyer, "list"):
            shown = self.station(lawyer, "show", thread["thread"])
            found |= {
                message["answers"]["narrative"]
                for message in shown["messages"]
                if "narrative" in message["answers"]
            }
        return found

    def thread_of(self, lawyer: str, text: str) -> str:
        """The id of the thread in which *lawyer* reads *text*."""
        for thread in self.station(lawyer, "list"):
            shown = self.station(lawyer, "show", thread["thread"])
            if any(each["answers"].get("narrative") == text for each in shown["messages"]):
                return str(thread["thread"])
        raise AssertionError(f"{lawyer} does not hold it")

    def station(self, lawyer: str, command: str, *arguments: str | Path, expected: int = 0) -> Any:
        """What a command of the station of *lawyer* answers in JSON."""
        secret = ("--passphrase-file", self._remembered(lawyer))
        given = (command, *arguments, *secret)
        return self.ask(lawyer, "buzon-workstation", *given, expected=expected)

    def say(self, lawyer: str, command: str, *arguments: str | Path) -> None:
        """Run a command of the station of *lawyer* that answers in words."""
        told = " ".join(map(str, (command, *arguments)))
        self.stage.type(Step(lawyer, f"buzon-workstation {told}"))

    def _login(self) -> tuple[str | Path, ...]:
        return (
            *("--desk", self.desk, "--account", "norte"),
            *("--passphrase-file", self._remembered("operadora")),
            *("--code-file", self._code()),
        )

    def _code(self) -> Path:
        """A file with a recovery code that was not used yet."""
        path = self.stage.home("mensajera") / ".codigo"
        path.write_text(f"{self.stage.code()}\n", encoding="utf-8")
        return path

    def _remembered(self, person: str) -> Path:
        """A file with what *person* would type; for the length of a test."""
        path = self.stage.home(person) / ".recordada"
        path.write_text(f"{self.stage.passphrase(person)}\n", encoding="utf-8")
        return path

    def ask(self, person: str, program: str, *arguments: str | Path, expected: int = 0) -> Any:
        """What *program* answers in JSON to *person*; *expected* is its exit code."""
        prefix = () if person.startswith(ONLINE) else without_network()
        ended = subprocess.run(
            [*prefix, program, *map(str, arguments), "--json"],
            capture_output=True,
            text=True,
            env=self.stage.environment(person),
            cwd=self.stage.home(person),
            check=False,
        )
        told = f"{person}: {program} {arguments}: {ended.returncode}\n{ended.stderr}"
        assert ended.returncode == expected, told
        return json.loads(ended.stdout) if ended.stdout else None

    def holds(self, person: str, planted: bytes) -> bool:
        """Whether *planted* stands somewhere in the home of *person*, in the clear."""
        return _is_in(self.stage.home(person), planted)

    def on_stick(self, planted: bytes) -> bool:
        """Whether *planted* stands somewhere on the stick."""
        return _is_in(self.stage.stick, planted)


def _is_in(root: Path, planted: bytes) -> bool:
    for folder, _, names in os.walk(root):
        if any(planted in (Path(folder) / name).read_bytes() for name in names):
            return True
    return False
