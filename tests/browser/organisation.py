"""A small organisation for the journeys: directors, lawyers in teams, and all their keys.

Made through the same modules as everywhere, so that what a browser sends is opened by the
code that lawyers use.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from crypto import hpke
from crypto.airgap.replying import build_batch, seal_reply
from crypto.airgap.signer import Signer
from crypto.airgap.unseal import OpenedMessage, WeeklyPrivateKey, open_listed_part, open_message
from crypto.cell import parse_message_cell
from crypto.directory import DirectoryDocument
from crypto.document import NO_HASH
from crypto.dsse import Envelope
from crypto.errors import BuzonError
from crypto.freshness import Freshness, FreshWeek
from crypto.manifest import Manifest
from crypto.phrase import Phrase
from crypto.roster import Lawyer, Policy, Roster
from crypto.trust import Trust
from crypto.weekly_key import WeeklyKey
from crypto.weeks import week_of

TEAMS = (("Montaña", ("es", "tcf", "mxv")), ("Costa", ("es", "amu", "en")))
PSEUDONYMS = (
    "Jacaranda", "Colibrí", "Ceiba", "Tecolote", "Huizache", "Cenzontle", "Ahuehuete", "Ocelote",
    "Nopal", "Garza", "Mezquite", "Tlacuache", "Copal", "Zanate", "Encino", "Venado",
)  # fmt: skip


@dataclass
class Member:
    """A lawyer with every private key of hers."""

    identity: Signer
    lawyer: Lawyer
    seeds: dict[int, bytes] = field(default_factory=dict)


class Organisation:
    """Three directors, quorum two, and as many lawyers and signed weeks as are asked for."""

    def __init__(
        self, origins: Sequence[str], now: datetime, lawyers: int = 3, weeks: int = 2
    ) -> None:
        self.week = week_of(now.date())
        self.directors = [Signer(os.urandom(32)) for _ in range(3)]
        self.trust = Trust(
            organisation="Colectivo de prueba «Ñandú»",
            serial=1,
            previous=NO_HASH,
            directors=tuple(sorted(one.public_key for one in self.directors)),
            quorum=2,
            freshness_threshold=2,
            minimum_recipients=2,
        )
        self.members = [self._member(number) for number in range(lawyers)]
        self.members.sort(key=lambda member: member.lawyer.id)
        self.revoked = self._revoked()
        self.roster = Roster(
            trust=self.trust.payload_hash,
            serial=1,
            previous=NO_HASH,
            origins=tuple(origins),
            issued=now.date() - timedelta(days=1),
            expires=now.date() + timedelta(days=60),
            lawyers=tuple(
                sorted(
                    (member.lawyer for member in [*self.members, self.revoked]),
                    key=lambda lawyer: lawyer.id,
                )
            ),
            policy=Policy(receipts=2, weeks=2),
        )
        signed = range(self.week, self.week + weeks)
        keys = {week: [self._weekly(member, week) for member in self.members] for week in signed}
        self.weekly_keys = [key for week in signed for key in keys[week]]
        self.freshness = Freshness(
            roster=self.roster.payload_hash,
            issued=now.date() - timedelta(days=1),
            weeks=tuple(
                FreshWeek(
                    week,
                    tuple(
                        (member.lawyer.id, key.payload_hash)
                        for member, key in zip(self.members, keys[week], strict=True)
                    ),
                )
                for week in signed
            ),
        )

    def _member(self, number: int) -> Member:
        identity = Signer(os.urandom(32))
        team, languages = TEAMS[number % len(TEAMS)]
        return Member(identity, Lawyer(PSEUDONYMS[number], team, languages, identity.public_key))

    def _revoked(self) -> Member:
        """Somebody whom the directors trust no more; she has no weekly keys."""
        identity = Signer(os.urandom(32))
        return Member(
            identity, Lawyer("Cascabel", "Costa", ("es",), identity.public_key, "revoked")
        )

    def _weekly(self, member: Member, week: int) -> Envelope:
        seed = os.urandom(32)
        member.seeds[week] = seed
        key = WeeklyKey(member.lawyer.id, week, hpke.public_key_from_seed(seed))
        return member.identity.sign_document(key)

    def _by_quorum(self, document: Trust | Roster | Freshness) -> Envelope:
        first, second, _ = self.directors
        return second.add_signature(first.sign_document(document))

    @property
    def trust_envelope(self) -> bytes:
        """What the site is built with."""
        return self._by_quorum(self.trust).to_json()

    def directory(self, weeks: int = 1) -> bytes:
        """What the server answers this week; within a day of its change, two weeks' keys."""
        keys = tuple(self.weekly_keys[: weeks * len(self.members)])
        return DirectoryDocument(
            self._by_quorum(self.roster), self._by_quorum(self.freshness), keys
        ).to_json()

    def publish_to(self, folder: Path) -> None:
        """Write the folder that the ceremony hands the operator."""
        (folder / "weekly-keys").mkdir(parents=True)
        (folder / "roster.json").write_bytes(self._by_quorum(self.roster).to_json())
        (folder / "freshness.json").write_bytes(self._by_quorum(self.freshness).to_json())
        for key in self.weekly_keys:
            name = f"{key.payload_hash.hex()}.json"
            (folder / "weekly-keys" / name).write_bytes(key.to_json())

    def open(self, cell: bytes) -> tuple[OpenedMessage, set[str]]:
        """A message cell opened, and the pseudonyms of all who can open it."""
        opened, readers = None, set()
        for member in self.members:
            keys = [
                WeeklyPrivateKey.from_seed(member.lawyer.id, week, seed)
                for week, seed in member.seeds.items()
            ]
            try:
                opened = open_message(parse_message_cell(cell), keys)
            except BuzonError:
                continue
            readers.add(member.lawyer.pseudonym)
        assert opened is not None, "nobody can open the cell"
        return opened, readers

    def replies(
        self, phrase: Phrase, texts: Sequence[str], member: Member | None = None
    ) -> list[bytes]:
        """Reply cells of *member*, else of the first lawyer, to the holder of *phrase*."""
        member = member or self.members[0]
        reply_key = hpke.public_key_from_seed(phrase.reply_seed)
        return [
            cell
            for sequence, text in enumerate(texts, 1)
            for cell in seal_reply(
                member.identity.sign,
                member.lawyer.id,
                reply_key,
                phrase.tag_key,
                self.week,
                sequence,
                text,
            )
        ]


def batches(replies: Sequence[bytes], count: int, size: int = 16) -> list[bytes]:
    """*replies* in *count* batches, filled up with decoys."""
    return [
        build_batch(replies[start : start + size], size, os.urandom)
        for start in range(0, count * size, size)
    ]


def joined(manifests: Iterable[Manifest], parts: dict[bytes, bytes]) -> bytes:
    """A file put together from its segments and the part cells, by SHA-256."""
    content = bytearray()
    for manifest in sorted(manifests, key=lambda one: one.segment):
        assert manifest.offset == len(content) or manifest.size == 0
        for index, digest in enumerate(manifest.parts):
            cell = parts[digest]
            assert sha256(cell).digest() == digest
            content += open_listed_part(manifest, index, cell)
    return bytes(content)


def now() -> datetime:
    """The clock: browsers have no other."""
    return datetime.now(UTC)
