"""An organisation for the server's tests: directors, lawyers, and what they sign.

Every key comes from a name, so that two runs sign the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from hashlib import sha256, shake_256
from pathlib import Path

from nacl.signing import SigningKey

from crypto.document import NO_HASH, Document
from crypto.dsse import Envelope
from crypto.freshness import Freshness, FreshWeek
from crypto.receipt import Receipt
from crypto.roster import Lawyer, Policy, Roster, lawyer_id
from crypto.trust import Trust
from crypto.weekly_key import XWING_KEY_BYTES, WeeklyKey
from crypto.weeks import week_of

ORIGIN = "http://box.test"


def key(name: str) -> SigningKey:
    """The Ed25519 key of whoever is called *name*."""
    return SigningKey(sha256(name.encode()).digest())


def public(name: str) -> bytes:
    """Its public half."""
    return bytes(key(name).verify_key)


def signed(document: Document, names: Iterable[str]) -> Envelope:
    """*document*, signed by *names*."""
    envelope = document.to_envelope()
    for name in names:
        signature = key(name).sign(envelope.signed_bytes).signature
        envelope = envelope.with_signature(signature)
    return envelope


@dataclass
class Organisation:
    """Three directors, quorum two; three lawyers; everything signed as of *today*."""

    today: date
    directors: tuple[str, ...] = ("ana", "bea", "celia")
    lawyers: tuple[str, ...] = ("mezquite", "ceiba", "huizache")
    weeks: int = 4
    policy: Policy = field(default_factory=lambda: Policy(receipts=2, weeks=4))
    serial: int = 1
    previous: bytes = NO_HASH
    revoked: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    origins: tuple[str, ...] = (ORIGIN,)
    before: Trust | None = None  # the trust that this one's follows
    earlier_directors: tuple[str, ...] = ()

    @property
    def trust(self) -> Trust:
        """Its trust."""
        keys = tuple(sorted(public(name) for name in self.directors))
        serial, previous = (1, NO_HASH) if self.before is None else (2, self.before.payload_hash)
        return Trust("Prueba", serial, previous, keys, 2, 2, 1)

    @property
    def trust_envelope(self) -> bytes:
        """Signed by all directors, and by those of before."""
        return signed(self.trust, (*self.earlier_directors, *self.directors)).to_json()

    @property
    def roster(self) -> Roster:
        """Its roster."""
        lawyers = [
            Lawyer(name, "equipo", ("es",), public(name), self.status(name))
            for name in self.lawyers
        ]
        return Roster(
            trust=self.trust.payload_hash,
            serial=self.serial,
            previous=self.previous,
            origins=self.origins,
            issued=self.today - timedelta(days=7),
            expires=self.today + timedelta(days=70),
            lawyers=tuple(sorted(lawyers, key=lambda lawyer: lawyer.id)),
            policy=self.policy,
        )

    @property
    def active(self) -> Sequence[str]:
        """Names of the active lawyers."""
        return [name for name in self.lawyers if self.status(name) == "active"]

    def status(self, name: str) -> str:
        """What the roster says of one lawyer."""
        if name in self.revoked:
            return "revoked"
        return "retired" if name in self.retired else "active"

    def weekly_key(self, name: str, week: int) -> Envelope:
        """The key of one lawyer for one week."""
        made = shake_256(f"{name} {week}".encode()).digest(XWING_KEY_BYTES)
        return signed(WeeklyKey(lawyer_id(public(name)), week, made), [name])

    def weekly_keys(self) -> list[Envelope]:
        """Every key that the freshness lists."""
        first = week_of(self.today)
        return [
            self.weekly_key(name, week)
            for week in range(first, first + self.weeks)
            for name in self.active
        ]

    @property
    def freshness(self) -> Freshness:
        """Its freshness, from this week on."""
        first = week_of(self.today)
        return Freshness(
            roster=self.roster.payload_hash,
            issued=self.today,
            weeks=tuple(
                FreshWeek(
                    week,
                    tuple(
                        sorted(
                            (lawyer_id(public(name)), self.weekly_key(name, week).payload_hash)
                            for name in self.active
                        )
                    ),
                )
                for week in range(first, first + self.weeks)
            ),
        )

    def receipt(self, name: str, digests: Iterable[bytes], **changed: object) -> Envelope:
        """A receipt of one lawyer."""
        receipt = Receipt(
            ORIGIN,
            lawyer_id(public(name)),
            self.roster.payload_hash,
            week_of(self.today),
            tuple(sorted(digests)),
        )
        return signed(replace(receipt, **changed), [name])  # type: ignore[arg-type]

    def publication(self, folder: Path) -> Path:
        """The folder that the ceremony hands over."""
        keys = folder / "weekly-keys"
        keys.mkdir(parents=True)
        (folder / "roster.json").write_bytes(signed(self.roster, self.directors[:2]).to_json())
        (folder / "freshness.json").write_bytes(
            signed(self.freshness, self.directors[:2]).to_json()
        )
        for envelope in self.weekly_keys():
            (keys / f"{envelope.payload_hash.hex()}.json").write_bytes(envelope.to_json())
        return folder

    def successor(self, **changed: object) -> "Organisation":
        """The organisation under its next roster."""
        return replace(
            self,
            serial=self.serial + 1,
            previous=self.roster.payload_hash,
            **changed,  # type: ignore[arg-type]
        )
