"""Trust: who the directors are, and how many of them it takes.

Compiled into the witness site and every station.  Anybody may depend on this
module.

Where this file and crypto/spec/trust-v1.md disagree, this file is wrong.
"""

from dataclasses import dataclass
from typing import ClassVar

from crypto import dsse, strictjson
from crypto.document import HASH_BYTES, KEY_BYTES, NO_HASH, Document
from crypto.dsse import Envelope
from crypto.errors import BuzonError
from crypto.strictjson import DocumentMalformedError, JSONValue

MAX_DIRECTORS = 16
MAX_RECIPIENTS = 16  # slots of a message cell


class TrustChainError(BuzonError):
    """A trust does not follow the one that is held."""

    code = "trust-chain"


@dataclass(frozen=True, slots=True)
class Trust(Document):
    """The directors' Ed25519 keys, ascending, and the numbers of them that count."""

    PAYLOAD_TYPE: ClassVar[str] = "buzon/trust/v1"
    MAX_PAYLOAD_BYTES: ClassVar[int] = 16 * 1024

    organisation: str
    serial: int
    previous: bytes  # hash of the trust before, or zeros
    directors: tuple[bytes, ...]
    quorum: int
    freshness_threshold: int
    minimum_recipients: int

    def to_value(self) -> JSONValue:
        """The fields in the order of the specification."""
        return {
            "organisation": self.organisation,
            "serial": self.serial,
            "previous": self.previous.hex(),
            "directors": [strictjson.to_base64(key) for key in self.directors],
            "quorum": self.quorum,
            "freshness_threshold": self.freshness_threshold,
            "minimum_recipients": self.minimum_recipients,
        }

    @classmethod
    def from_value(cls, value: JSONValue) -> "Trust":
        """Read the fields; DocumentMalformedError when they are not as specified."""
        (
            organisation,
            serial,
            previous,
            directors,
            quorum,
            freshness_threshold,
            minimum_recipients,
        ) = strictjson.members(
            value,
            "organisation",
            "serial",
            "previous",
            "directors",
            "quorum",
            "freshness_threshold",
            "minimum_recipients",
        )
        keys = tuple(
            strictjson.base64_bytes(key, KEY_BYTES)
            for key in strictjson.array(directors, 2, MAX_DIRECTORS)
        )
        needed = strictjson.integer(quorum, 2, len(keys))
        trust = cls(
            organisation=strictjson.text(organisation, 80),
            serial=strictjson.integer(serial, 1),
            previous=strictjson.hexadecimal(previous, HASH_BYTES),
            directors=strictjson.ascending(keys),
            quorum=needed,
            freshness_threshold=strictjson.integer(freshness_threshold, 1, needed),
            minimum_recipients=strictjson.integer(minimum_recipients, 1, MAX_RECIPIENTS),
        )
        if trust.serial == 1 and trust.previous != NO_HASH:
            raise DocumentMalformedError("a first trust with one before it")
        return trust


def open_trust(envelope: bytes | Envelope) -> Trust:
    """The trust that a quorum of its own directors signed.

    Raises:
        DocumentMalformedError, DocumentTypeError, DocumentMalformedError (payload),
        DocumentSignaturesError: in this order.

    Source: trust-v1.md.
    """
    envelope = Trust.envelope_of(envelope)
    trust = Trust.from_payload(envelope.payload)
    dsse.check_signatures(envelope, trust.directors, trust.quorum)
    return trust


def accept_change(held: Trust, envelope: bytes | Envelope) -> Trust:
    """The trust in *envelope*, if it follows the one *held* and both quorums signed it.

    Raises:
        DocumentMalformedError, DocumentTypeError, DocumentMalformedError (payload),
        TrustChainError, DocumentSignaturesError: in this order.

    Source: trust-v1.md.
    """
    envelope = Trust.envelope_of(envelope)
    trust = Trust.from_payload(envelope.payload)
    if trust.serial != held.serial + 1 or trust.previous != held.payload_hash:
        raise TrustChainError("not the trust that follows")
    dsse.check_signatures(envelope, held.directors, held.quorum)
    dsse.check_signatures(envelope, trust.directors, trust.quorum)
    return trust
