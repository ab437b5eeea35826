"""The road of one testimony: sealed, delivered, carried, opened, answered, read."""

import json
import random
import struct
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from deploy.demo.people import PASSPHRASE_MEMORY_MIB, DemonstrationError, Person
from deploy.demo.server import Server

TEXT = """\
Esto es una demostración; nada de lo que sigue pasó.

Vi que se llevaron a una persona frente a la terminal de autobuses, como a las ocho de la
noche. Eran cuatro hombres en una camioneta blanca. Adjunto una foto del lugar.
"""
PHOTOGRAPH_NAME = "foto de la terminal.png"
ANSWER = """\
Gracias por confiar en nosotros. ¿Recuerda hacia dónde se fue la camioneta?
No vuelva al lugar. Aquí mismo puede contestarnos, con sus doce palabras.\
"""


def photograph() -> bytes:
    """A picture of 700 x 700 pixels of noise, larger than one part: PNG."""
    noise = random.Random(1)
    side = 700
    rows = b"".join(b"\0" + noise.randbytes(3 * side) for _ in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


@dataclass
class Road:
    """The people and machines between a witness and a lawyer."""

    server: Server
    trust: Path
    witness: Person
    courier: Person  # with network, without keys
    lawyer: Person
    pouch: Path
    phrase: str = ""

    def fetch(self) -> int:
        """Bring directory and board to the witness's machine; how many reply cells."""
        answer = self.courier.ask(
            "buzon-courier", "fetch", "--intake", self.server.intake, self.witness.home / "box"
        )
        return int(answer["cells"])

    def seal(self) -> Path:
        """Seal text and photograph; the sealed file.  Keeps the phrase."""
        home = self.witness.home
        (home / "relato.txt").write_text(TEXT, encoding="utf-8")
        (home / PHOTOGRAPH_NAME).write_bytes(photograph())
        sealed = home / "testimony.sealed"
        answer = self.witness.ask(
            "buzon-witness",
            *("seal", "--directory", home / "box" / "directory.json", "--trust", self.trust),
            *("--text", "relato.txt", "--attach", PHOTOGRAPH_NAME, "--out", sealed),
        )
        self.phrase = answer["phrase"]
        return sealed

    def deliver(self, sealed: Path) -> int:
        """Send the sealed file to the box; how many cells it took."""
        answer = self.courier.ask(
            "buzon-courier", "deliver", "--intake", self.server.intake, sealed
        )
        return int(answer["accepted"])

    def pull(self) -> dict[str, Any]:
        """Fill the pouch from the desk."""
        self.pouch.mkdir(mode=0o700, exist_ok=True)
        answer: dict[str, Any] = self.courier.ask(
            "buzon-courier", "pull", *self._desk(), self.pouch
        )
        return answer

    def push(self) -> list[str]:
        """Hand the pouch's outgoing side in; what the desk took."""
        answer = self.courier.ask("buzon-courier", "push", *self._desk(), self.pouch)
        if answer["refused"]:
            raise DemonstrationError(f"the desk refused {answer['refused']}")
        return list(answer["accepted"])

    def take_in(self) -> dict[str, Any]:
        """The station imports the pouch, without network."""
        answer: dict[str, Any] = self._station("import", self.pouch, asks=True)
        return answer

    def threads(self) -> list[str]:
        """The ids of the threads that the station holds."""
        return [each["thread"] for each in self._station("list", asks=True)]

    def show(self, thread: str) -> str:
        """What the lawyer sees of *thread*."""
        return str(self._station("show", thread))

    def export(self, thread: str, name: str) -> Path:
        """Write *thread* outside the vault; the folder."""
        folder = self.lawyer.home / name
        self._station("export", thread, "--out", folder)
        return folder

    def answer(self, thread: str) -> None:
        """Answer *thread*; the pouch's batch carries the answer."""
        text = self.lawyer.home / "respuesta.txt"
        text.write_text(ANSWER, encoding="utf-8")
        self._station("reply", thread, "--text", text, "--pouch", self.pouch)

    def back_up(self) -> dict[str, Any]:
        """Back the vault up to a stick of its own, opened by two of three lists of words."""
        if not self._lists().exists():
            self._station("backup-init", "--pages", self._lists())
        self._backup_stick().mkdir(mode=0o700, exist_ok=True)
        answer: dict[str, Any] = self._station("backup", self._backup_stick(), asks=True)
        return answer

    def sign_receipts(self) -> dict[str, Any]:
        """Sign for what the backup holds; the pouch carries the receipts."""
        answer: dict[str, Any] = self._station("receipts", self.pouch, asks=True)
        return answer

    def restore(self, laptop: Person) -> "Road":
        """Another *laptop* makes the vault again with two of the lists; the road from there."""
        lists = sorted(self._lists().iterdir())[1:]
        laptop.run(
            "buzon-workstation",
            *("restore", self._backup_stick(), "--yes", "--memory", PASSPHRASE_MEMORY_MIB),
            *(part for file in lists for part in ("--share-file", file)),
            *("--passphrase-file", laptop.passphrase_file),
        )
        return replace(self, lawyer=laptop)

    def _lists(self) -> Path:
        return self.lawyer.home / "lists"

    def _backup_stick(self) -> Path:
        return self.lawyer.home / "backup-stick"

    def read(self) -> list[str]:
        """The texts of the replies that the board holds for the phrase."""
        box, words = self.witness.home / "box", self.witness.home / "palabras"
        words.write_text(self.phrase, encoding="utf-8")
        answer = self.witness.ask(
            "buzon-witness",
            *("read", "--board", box / "board", "--directory", box / "directory.json"),
            *("--trust", self.trust, "--phrase-file", words),
        )
        return [reply["text"] for reply in answer]

    def _desk(self) -> tuple[str | Path, ...]:
        return (
            *("--desk", self.server.desk, "--account", self.server.account),
            *("--passphrase-file", self.server.account_passphrase),
        )

    def _station(self, command: str, *arguments: str | Path, asks: bool = False) -> Any:
        printed = self.lawyer.run(
            "buzon-workstation",
            *(command, *arguments, *(("--json",) if asks else ())),
            *("--passphrase-file", self.lawyer.passphrase_file),
        )
        return json.loads(printed) if asks else printed
