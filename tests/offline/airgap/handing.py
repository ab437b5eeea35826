"""Stations that hand testimonies to each other, for tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from crypto.airgap import handing_over, taking_over
from crypto.airgap.directory_intake import take_directory
from crypto.airgap.handing_over import Plan
from crypto.airgap.importing import Refusal, Report, import_pouch
from crypto.airgap.taking_over import Taken
from crypto.handover import Handover
from crypto.weeks import week_of
from tests.offline.airgap.world import NOW, Pouch, Witness, World

GIVER, JOINER, COLLEAGUE, ELSEWHERE = "Mezquite", "Huizache", "Palo Verde", "Encino"


def nothing(_done: int, _work: int) -> None:
    """Look on."""


@dataclass
class Stations:
    """Three stations of a team and one of another; a pouch for all of them, and a stick."""

    world: World
    folder: Path
    stick: Path = field(init=False)

    def __post_init__(self) -> None:
        self.stick = self.folder / "entrega"
        self.pouch = Pouch(self.folder / "pouch", self.world)
        self.witness = Witness(self.world)

    @property
    def only_the_giver(self) -> list[bytes]:
        """Recipients of a testimony that nobody but Mezquite opens."""
        with self.world.open_vault(GIVER) as vault:
            (own,) = vault.weekly_keys.private(week_of(NOW.date()))
        return [own.public_key]

    def message(self, narrative: str = "Se llevaron a mi hermano.", **more) -> bytes:
        """A message cell that only the giver opens."""
        return self.witness.message(narrative, recipients=self.only_the_giver, **more)

    def bring(self, name: str, *cells: bytes) -> Report:
        """Cells into a vault, by the pouch."""
        for path in self.pouch.cells.iterdir():
            path.unlink()
        self.pouch.put(*cells)
        (self.pouch.path / "directory.json").write_bytes(self.world.directory())
        with self.world.open_vault(name) as vault, self.pouch.open() as folder:
            return import_pouch(vault, vault.identity.owner(), folder, NOW)

    def testimony(self, content: bytes = b"foto" * 300_000, **more) -> list[bytes]:
        """A message and a file, in the giver's vault; her team has the roster."""
        manifests, parts = self.witness.file(content, "foto.jpg")
        cells = [
            self.message(**more),
            self.message(kind="files", files=manifests, **more),
            *parts,
        ]
        self.bring(GIVER, *cells)
        for name in (JOINER, COLLEAGUE):
            self.bring(name)
        return cells

    def plan(self, to: str = JOINER, giver: str = GIVER, now: datetime = NOW) -> Plan:
        """What *giver* would hand over."""
        with self.world.open_vault(giver) as vault, self.pouch.open() as pouch:
            directory = take_directory(vault, pouch, now, ())
            owner = vault.identity.owner()
            receiver = handing_over.receiver_of(directory, owner, to)
            return handing_over.plan(vault, owner, directory, receiver, vault.messages.threads())

    def give(
        self,
        to: str = JOINER,
        giver: str = GIVER,
        now: datetime = NOW,
        progress: Callable[[int, int], None] = nothing,
    ) -> list[Refusal]:
        """All that *giver* may and can, onto the stick; what was refused."""
        made = self.plan(to, giver, now)
        with (
            self.world.open_vault(giver) as vault,
            handing_over.make_folder(self.stick) as folder,
        ):
            owner = vault.identity.owner()
            lacking = handing_over.hand_over(vault, owner, made, folder, now, progress)
        return [*made.refused, *lacking]

    def take(
        self,
        name: str = JOINER,
        now: datetime = NOW,
        progress: Callable[[int, int], None] = nothing,
    ) -> Taken:
        """What lies on the stick, into a vault."""
        with (
            self.world.open_vault(name) as vault,
            taking_over.opened_folder(self.stick) as folder,
        ):
            return taking_over.take_over(vault, vault.identity.owner(), folder, now, progress)

    def handover(self) -> Handover:
        """The document on the stick, unverified."""
        return Handover.from_payload(
            Handover.envelope_of((self.stick / "handover.json").read_bytes()).payload
        )

    def forge(self, by: str = GIVER, **changed: object) -> None:
        """Change the document on the stick, and let *by* sign it."""
        document = replace(self.handover(), **changed)  # type: ignore[arg-type]
        with self.world.open_vault(by) as vault:
            envelope = vault.identity.owner().signer.sign_document(document)
        (self.stick / "handover.json").write_bytes(envelope.to_json())

    def lay(self, cell: bytes) -> bytes:
        """A cell onto the stick under its own name; its digest."""
        digest = sha256(cell).digest()
        (self.stick / "cells" / digest.hex()).write_bytes(cell)
        return digest

    def id_of(self, name: str) -> bytes:
        """A lawyer's id."""
        return next(one.id for one in self.world.roster.lawyers if one.pseudonym == name)

    def acts(self, name: str) -> list[tuple[str, str]]:
        """The verified custody log of a station: act and note."""
        with self.world.open_vault(name) as vault:
            return [(entry.act, entry.note) for entry in vault.verified_custody()]

    def messages(self, name: str) -> list[str]:
        """What a station has to read: the narratives, of whatever thread."""
        with self.world.open_vault(name) as vault:
            return [
                str(one.message.answers.get("narrative", ""))
                for thread in vault.messages.threads()
                for one in vault.messages.of_thread(thread)
            ]


def codes(refused: list[Refusal]) -> list[str]:
    """Why each was refused."""
    return sorted(one.code for one in refused)
