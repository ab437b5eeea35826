"""A small organisation whose vaults are on the disk, a witness, and pouches, for tests.

Everything goes through the programs' own modules; nothing depends on the clock.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from nacl.utils import random

from crypto import hpke
from crypto.airgap import ceremony, key_ageing
from crypto.airgap.keyfile import Cost
from crypto.airgap.signer import Signer
from crypto.airgap.succession import card_of, new_identity
from crypto.airgap.vault.identity import Owner
from crypto.airgap.vault.vault import Vault
from crypto.card import Card, CardFile, open_card
from crypto.directory import DirectoryDocument
from crypto.document import Document
from crypto.dsse import Envelope
from crypto.freshness import Freshness
from crypto.manifest import Manifest
from crypto.message import Answers, Kind, Message, serialise_message
from crypto.phrase import Phrase
from crypto.pouch import MARK, Listing
from crypto.roster import Policy, Roster
from crypto.stick import Folder
from crypto.trust import Trust
from crypto.weekly_key import WeeklyKey
from crypto.weeks import week_of
from crypto.witness.parts import seal_file
from crypto.witness.seal import seal_message

NOW = datetime(2026, 3, 4, 12, 0, 0, tzinfo=UTC)
CHEAP = Cost(memory_kib=8, passes=1, lanes=1)
PASSPHRASE = "una contraseña de prueba"
ORIGIN = "http://buzon.example"


@dataclass
class World:
    """Three directors, a vault for each lawyer, and the documents that bind them."""

    folder: Path
    now: datetime = NOW
    names: tuple[str, ...] = ("Mezquite", "Huizache")
    teams: Mapping[str, str] = field(default_factory=dict)  # of those who are not of Norte
    directors: list[Signer] = field(default_factory=lambda: [Signer(random(32)) for _ in range(3)])
    keys: list[Envelope] = field(default_factory=list)

    def __post_init__(self) -> None:
        keys = [director.public_key for director in self.directors]
        self.trust = ceremony.draft_trust("Colectivo", keys, 2, None, 2)
        self.trust_file = self.signed(self.trust).to_json()
        cards = [self._make_vault(name) for name in self.names]
        self.keys = ceremony.gathered_keys(cards, [])
        self.roster = ceremony.draft_roster(
            self.trust, None, [one.card for one in cards], [], [], (ORIGIN,),
            Policy(receipts=2, weeks=4), self.now.date(), self.now.date() + timedelta(days=91),
        )  # fmt: skip

    def _make_vault(self, name: str) -> CardFile:
        with Vault.create(self.vault_path(name), PASSPHRASE, CHEAP) as vault:
            with vault.transaction():
                vault.identity.create(random(32), name, self.teams.get(name, "Norte"), ("es",))
                vault.rosters.pin_trust(self.trust_file)
            owner = vault.identity.owner()
            key_ageing.make_keys(vault, owner, self.now)
            return open_card(card_of(vault, owner, self.now))

    def join(self, name: str) -> None:
        """One more lawyer, on the next roster."""
        card = self._make_vault(name)
        self.keys = ceremony.gathered_keys([card], self.keys)
        self._draft([card.card], [])

    def new_identity(self, name: str, pseudonym: str, team: str = "Norte") -> Owner:
        """Another identity in *name*'s vault, whose keys directors have, but not vetted yet."""
        with self.open_vault(name) as vault:
            made = new_identity(vault, pseudonym, team, ("es",), self.now)
            card = card_of(vault, made, self.now)
        self.take_card(card)
        return made

    def take_card(self, card: bytes) -> None:
        """Directors have the weekly keys of *card* at hand from now on."""
        self.keys = ceremony.gathered_keys([open_card(card)], self.keys)

    def vet(self, owner: Owner, retire: Sequence[str] = ()) -> None:
        """The roster that follows has *owner*'s card."""
        self._draft([owner.card], retire)

    def end(self, name: str, status: str) -> None:
        """The roster that follows says that *name* is retired or revoked."""
        self.next_roster(
            lawyers=tuple(
                replace(one, status=status) if one.pseudonym == name else one
                for one in self.roster.lawyers
            )
        )

    def _draft(self, cards: Sequence[Card], retire: Sequence[str]) -> None:
        self.roster = ceremony.draft_roster(
            self.trust, self.roster, cards, retire, [], self.roster.origins, self.roster.policy,
            self.roster.issued, self.roster.expires,
        )  # fmt: skip

    def vault_path(self, name: str) -> Path:
        return self.folder / name.lower()

    def open_vault(self, name: str = "Mezquite") -> Vault:
        return Vault.open(self.vault_path(name), PASSPHRASE)

    def signed(self, document: Document) -> Envelope:
        """By a quorum."""
        return self.directors[1].add_signature(self.directors[0].sign_document(document))

    def next_roster(self, **changed: object) -> Roster:
        """The roster that follows the present one; from now on the present one."""
        follows = {"serial": self.roster.serial + 1, "previous": self.roster.payload_hash}
        self.roster = replace(self.roster, **{**follows, **changed})  # type: ignore[arg-type]
        return self.roster

    def freshness(
        self, signed: datetime | None = None, weeks: int = 1
    ) -> tuple[Freshness, Envelope]:
        """What directors sign of the present roster, and the envelope with their signatures."""
        day = (signed or self.now).date()
        freshness, _ = ceremony.draft_freshness(self.trust, self.roster, self.keys, day, weeks)
        return freshness, self.signed(freshness)

    def directory(
        self, now: datetime | None = None, weeks: int = 1, signed: datetime | None = None
    ) -> bytes:
        """What a server sends at *now*; the freshness was *signed* then or earlier."""
        now = now or self.now
        _, freshness = self.freshness(signed or now, weeks)
        listed = ceremony.listed_keys(self.roster, self.keys)
        keys = [listed[pair] for pair in sorted(listed) if pair[1] == week_of(now.date())]
        return DirectoryDocument(self.signed(self.roster), freshness, tuple(keys)).to_json()

    def recipients(self, week: int) -> list[bytes]:
        """The X-Wing keys of everybody for *week*."""
        listed = ceremony.listed_keys(self.roster, self.keys)
        return [
            WeeklyKey.from_payload(envelope.payload).key
            for (_, its_week), envelope in sorted(listed.items())
            if its_week == week
        ]


@dataclass
class Witness:
    """One phrase, and the cells that come of it."""

    world: World
    phrase: Phrase = field(default_factory=lambda: Phrase(random(16)))

    def message(
        self,
        narrative: str = "Se llevaron a mi hermano.",
        *,
        kind: Kind = "account",
        files: Iterable[Manifest] = (),
        read: Mapping[bytes, int] | None = None,
        message_id: bytes | None = None,
        reply_seed: bytes | None = None,
        week: int | None = None,
        roster_hash: bytes | None = None,
        recipients: list[bytes] | None = None,
        consent: Answers | None = None,
    ) -> bytes:
        """One message cell."""
        message = Message(
            kind=kind,
            message=random(16) if message_id is None else message_id,
            reply_key=hpke.public_key_from_seed(reply_seed or self.phrase.reply_seed),
            tag_key=self.phrase.tag_key,
            read=read or {},
            answers={} if kind == "files" else {"narrative": narrative, "lugar": "Iguala"},
            consent={"publicar": False} if consent is None else consent,
            urgency={"riesgo": "alto"},
            questionnaire="1",
            files=tuple(files),
            client="test 1",
        )
        sealed_in = week_of(self.world.now.date()) if week is None else week
        return seal_message(
            sealed_in,
            self.world.roster.payload_hash if roster_hash is None else roster_hash,
            self.world.recipients(sealed_in) if recipients is None else recipients,
            self.phrase.thread_seed,
            serialise_message(message),
            random,
        )

    def file(
        self, content: bytes, name: str, role="attachment"
    ) -> tuple[list[Manifest], list[bytes]]:
        """Manifests and part cells of a file."""
        parts: list[bytes] = []
        manifests = seal_file(io.BytesIO(content), len(content), name, role, parts.append, random)
        return manifests, parts


class Pouch:
    """A pouch as a courier leaves it."""

    def __init__(self, path: Path, world: World) -> None:
        self.path = path
        self.world = world
        self.cells = path / "cells"
        self.cells.mkdir(parents=True)
        (path / "POUCH").write_bytes(MARK)
        (path / "directory.json").write_bytes(world.directory())
        self.list_cells()

    def put(self, *cells: bytes) -> list[str]:
        """Lay *cells* in, and list them."""
        names = [sha256(cell).hexdigest() for cell in cells]
        for name, cell in zip(names, cells, strict=True):
            (self.cells / name).write_bytes(cell)
        self.list_cells()
        return names

    def list_cells(self, day: date | None = None, also: Iterable[bytes] = ()) -> None:
        """Write the listing of what is here, and of what *also* should be."""
        found = [(bytes.fromhex(path.name), path.stat().st_size) for path in self.cells.iterdir()]
        messages = sorted([digest for digest, size in found if size == 65_536] + list(also))
        parts = sorted(digest for digest, size in found if size == 1_048_576)
        listing = Listing(day or self.world.now.date(), tuple(messages), tuple(parts))
        (self.path / "listing.json").write_bytes(listing.to_json())

    def open(self) -> Folder:
        return Folder.open_pouch(self.path)


def tree(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file below *folder*: mode and content."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mode, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


__all__ = ["CHEAP", "NOW", "ORIGIN", "PASSPHRASE", "Pouch", "Trust", "Witness", "World", "tree"]
