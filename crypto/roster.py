"""Roster: the signed list of vetted lawyers, and the policy that goes with it.

Anybody may depend on this module.

Where this file and crypto/spec/roster-v1.md disagree, this file is wrong.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import ClassVar

from crypto import dsse, strictjson
from crypto.document import HASH_BYTES, KEY_BYTES, LAWYER_ID_BYTES, NO_HASH, Document
from crypto.dsse import Envelope
from crypto.errors import BuzonError
from crypto.strictjson import DocumentMalformedError, JSONValue
from crypto.trust import Trust

MAX_LAWYERS = 64
MAX_ACTIVE = 16  # slots of a message cell
MAX_VALIDITY = timedelta(days=91)
STATUSES = ("active", "retired", "revoked")

_MAX_ORIGINS = 8
_MAX_ORIGIN_CHARACTERS = 120
_ORIGIN = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::([1-9][0-9]{0,4}))?")
_LANGUAGE = re.compile("[a-z]{2,3}")
_MAX_LANGUAGES = 16
_NAME_CHARACTERS = 40


class RosterTrustError(BuzonError):
    """The roster was made under another trust."""

    code = "roster-trust"


class RosterRollbackError(BuzonError):
    """The roster is older than the one that is held."""

    code = "roster-rollback"


class RosterForkError(BuzonError):
    """Two rosters have the same number."""

    code = "roster-fork"


class RosterChainError(BuzonError):
    """A roster does not follow the one that is held."""

    code = "roster-chain"


def lawyer_id(identity: bytes) -> bytes:
    """The id, 8 bytes, of the lawyer with this Ed25519 public key.

    Source: roster-v1.md, section 1.
    """
    return sha256(identity).digest()[:LAWYER_ID_BYTES]


def languages_of(value: JSONValue) -> tuple[str, ...]:
    """Read a list of languages, as rosters and cards have it."""
    return strictjson.distinct(
        tuple(
            strictjson.matching(language, _LANGUAGE, 3)
            for language in strictjson.array(value, 1, _MAX_LANGUAGES)
        )
    )


def name_of(value: JSONValue) -> str:
    """Read a pseudonym or the name of a team."""
    return strictjson.text(value, _NAME_CHARACTERS)


def origin_of(value: JSONValue) -> str:
    """Read the address of a site: scheme, host and perhaps port, nothing after."""
    origin = strictjson.matching(value, _ORIGIN, _MAX_ORIGIN_CHARACTERS)
    port = _ORIGIN.fullmatch(origin)
    if port is not None and port[1] is not None and int(port[1]) > 0xFFFF:
        raise DocumentMalformedError("a port that cannot be")
    return origin


@dataclass(frozen=True, slots=True)
class Lawyer:
    """One entry of a roster."""

    pseudonym: str
    team: str
    languages: tuple[str, ...]
    identity: bytes  # Ed25519 public key
    status: str = "active"

    @property
    def id(self) -> bytes:
        """First 8 bytes of the hash of `identity`."""
        return lawyer_id(self.identity)

    def to_value(self) -> JSONValue:
        """The fields in the order of the specification."""
        return {
            "id": self.id.hex(),
            "pseudonym": self.pseudonym,
            "team": self.team,
            "languages": list(self.languages),
            "identity": strictjson.to_base64(self.identity),
            "status": self.status,
        }

    @classmethod
    def from_value(cls, value: JSONValue) -> "Lawyer":
        """Read the fields; DocumentMalformedError when they are not as specified."""
        own_id, pseudonym, team, languages, identity, status = strictjson.members(
            value, "id", "pseudonym", "team", "languages", "identity", "status"
        )
        lawyer = cls(
            pseudonym=name_of(pseudonym),
            team=name_of(team),
            languages=languages_of(languages),
            identity=strictjson.base64_bytes(identity, KEY_BYTES),
            status=strictjson.choice(status, STATUSES),
        )
        if strictjson.hexadecimal(own_id, LAWYER_ID_BYTES) != lawyer.id:
            raise DocumentMalformedError("an id of another identity")
        return lawyer


@dataclass(frozen=True, slots=True)
class Policy:
    """When cells are deleted, and how many reply cells a trip uploads."""

    receipts: int  # fewest receipts before deletion
    weeks: int  # fewest weeks before deletion without all receipts
    batch_size: int = 16

    def to_value(self) -> JSONValue:
        """The fields in the order of the specification."""
        return {"receipts": self.receipts, "weeks": self.weeks, "batch_size": self.batch_size}

    @classmethod
    def from_value(cls, value: JSONValue) -> "Policy":
        """Read the fields; DocumentMalformedError when they are not as specified."""
        receipts, weeks, batch_size = strictjson.members(value, "receipts", "weeks", "batch_size")
        return cls(
            receipts=strictjson.integer(receipts, 2, 16),
            weeks=strictjson.integer(weeks, 1, 52),
            batch_size=strictjson.integer(batch_size, 1, 64),
        )


@dataclass(frozen=True, slots=True)
class Roster(Document):
    """The lawyers, ascending by id, and what holds for all of them."""

    PAYLOAD_TYPE: ClassVar[str] = "buzon/roster/v1"
    MAX_PAYLOAD_BYTES: ClassVar[int] = 64 * 1024

    trust: bytes  # hash of the trust
    serial: int
    previous: bytes  # hash of the roster before, or zeros
    origins: tuple[str, ...]
    issued: date
    expires: date  # the last day on which it is valid
    lawyers: tuple[Lawyer, ...]
    policy: Policy

    @property
    def active(self) -> dict[bytes, Lawyer]:
        """The active lawyers by their ids."""
        return {lawyer.id: lawyer for lawyer in self.lawyers if lawyer.status == "active"}

    def to_value(self) -> JSONValue:
        """The fields in the order of the specification."""
        return {
            "trust": self.trust.hex(),
            "serial": self.serial,
            "previous": self.previous.hex(),
            "origins": list(self.origins),
            "issued": self.issued.isoformat(),
            "expires": self.expires.isoformat(),
            "lawyers": [lawyer.to_value() for lawyer in self.lawyers],
            "policy": self.policy.to_value(),
        }

    @classmethod
    def from_value(cls, value: JSONValue) -> "Roster":
        """Read the fields; DocumentMalformedError when they are not as specified."""
        trust, serial, previous, origins, issued, expires, lawyers, policy = strictjson.members(
            value,
            "trust",
            "serial",
            "previous",
            "origins",
            "issued",
            "expires",
            "lawyers",
            "policy",
        )
        roster = cls(
            trust=strictjson.hexadecimal(trust, HASH_BYTES),
            serial=strictjson.integer(serial, 1),
            previous=strictjson.hexadecimal(previous, HASH_BYTES),
            origins=strictjson.distinct(
                tuple(origin_of(origin) for origin in strictjson.array(origins, 1, _MAX_ORIGINS))
            ),
            issued=strictjson.day(issued),
            expires=strictjson.day(expires),
            lawyers=tuple(
                Lawyer.from_value(lawyer) for lawyer in strictjson.array(lawyers, 1, MAX_LAWYERS)
            ),
            policy=Policy.from_value(policy),
        )
        strictjson.ascending(tuple(lawyer.id for lawyer in roster.lawyers))
        strictjson.distinct(tuple(lawyer.pseudonym for lawyer in roster.lawyers))
        if roster.serial == 1 and roster.previous != NO_HASH:
            raise DocumentMalformedError("a first roster with one before it")
        if not timedelta(days=1) <= roster.expires - roster.issued <= MAX_VALIDITY:
            raise DocumentMalformedError("a roster valid for too long or not at all")
        if not 1 <= len(roster.active) <= MAX_ACTIVE:
            raise DocumentMalformedError("not 1 to 16 active lawyers")
        return roster


def open_roster(envelope: bytes | Envelope, trust: Trust) -> Roster:
    """The roster that a quorum of the directors signed.  It may have expired.

    Raises:
        DocumentMalformedError, DocumentTypeError, DocumentSignaturesError,
        DocumentMalformedError (payload), RosterTrustError: in this order.

    Source: roster-v1.md, section 2; directory-v1.md, step 2.
    """
    envelope = Roster.envelope_of(envelope)
    dsse.check_signatures(envelope, trust.directors, trust.quorum)
    roster = Roster.from_payload(envelope.payload)
    if roster.trust != trust.payload_hash:
        raise RosterTrustError("a roster of another trust")
    return roster


def check_successor(held: Roster, new: Roster) -> None:
    """Raise unless *new* is the roster *held* or the one that follows it.

    Raises:
        RosterRollbackError, RosterForkError, RosterChainError: in this order.

    Source: roster-v1.md, section 2.
    """
    if new.payload_hash == held.payload_hash:
        return
    if new.serial < held.serial:
        raise RosterRollbackError("an older roster")
    if new.serial == held.serial:
        raise RosterForkError("another roster with the same serial")
    if new.serial != held.serial + 1 or new.previous != held.payload_hash:
        raise RosterChainError("not the roster that follows")
