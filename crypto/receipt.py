"""Receipt: a station's signed statement that it holds given cells.

It says nothing about what could be opened.  Anybody may depend on this module.

Where this file and crypto/spec/receipt-v1.md disagree, this file is wrong.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from crypto import dsse, strictjson
from crypto.document import HASH_BYTES, LAWYER_ID_BYTES, Document
from crypto.dsse import Envelope
from crypto.errors import BuzonError
from crypto.roster import Roster, origin_of
from crypto.strictjson import JSONValue
from crypto.weeks import LAST_WEEK, week_of

MAX_DIGESTS = 4096
MAX_WEEKS_AHEAD = 1


class ReceiptError(BuzonError):
    """A receipt that does not count."""


class ReceiptLawyerError(ReceiptError):
    """The receipt is of somebody who is no active lawyer."""

    code = "receipt-lawyer"


class ReceiptOriginError(ReceiptError):
    """The receipt speaks of another box."""

    code = "receipt-origin"


class ReceiptRosterError(ReceiptError):
    """The receipt was made under a roster that was never published here."""

    code = "receipt-roster"


class ReceiptWeekError(ReceiptError):
    """The receipt is of a week to come."""

    code = "receipt-week"


@dataclass(frozen=True, slots=True)
class Receipt(Document):
    """Which cells a lawyer's station holds."""

    PAYLOAD_TYPE: ClassVar[str] = "buzon/receipt/v1"
    MAX_PAYLOAD_BYTES: ClassVar[int] = 512 * 1024

    origin: str
    lawyer: bytes  # id
    roster: bytes  # hash of the newest that the station has verified
    week: int
    digests: tuple[bytes, ...]  # ascending

    def to_value(self) -> JSONValue:
        """The fields in the order of the specification."""
        return {
            "origin": self.origin,
            "lawyer": self.lawyer.hex(),
            "roster": self.roster.hex(),
            "week": self.week,
            "digests": [digest.hex() for digest in self.digests],
        }

    @classmethod
    def from_value(cls, value: JSONValue) -> "Receipt":
        """Read the fields; DocumentMalformedError when they are not as specified."""
        origin, lawyer, roster, week, digests = strictjson.members(
            value, "origin", "lawyer", "roster", "week", "digests"
        )
        return cls(
            origin=origin_of(origin),
            lawyer=strictjson.hexadecimal(lawyer, LAWYER_ID_BYTES),
            roster=strictjson.hexadecimal(roster, HASH_BYTES),
            week=strictjson.integer(week, 0, LAST_WEEK),
            digests=strictjson.ascending(
                tuple(
                    strictjson.hexadecimal(digest, HASH_BYTES)
                    for digest in strictjson.array(digests, 1, MAX_DIGESTS)
                )
            ),
        )

    @classmethod
    def max_envelope_bytes(cls) -> int:
        """The specification names the envelope's limit, not the payload's."""
        return cls.MAX_PAYLOAD_BYTES


def open_receipt(
    envelope: bytes | Envelope,
    roster: Roster,
    earlier_rosters: Mapping[bytes, Collection[str]],
    now: datetime,
) -> Receipt:
    """The receipt that an active lawyer of the published *roster* signed.

    Args:
        envelope: as it was handed in.
        roster: the one published now.
        earlier_rosters: those that were published before, each hash with its origins.
        now: the clock, UTC.

    Raises:
        DocumentMalformedError, DocumentTypeError, DocumentMalformedError (payload),
        ReceiptLawyerError, DocumentSignaturesError, ReceiptOriginError,
        ReceiptRosterError, ReceiptWeekError: in this order.

    Source: receipt-v1.md.
    """
    envelope = Receipt.envelope_of(envelope)
    receipt = Receipt.from_payload(envelope.payload)
    lawyer = roster.active.get(receipt.lawyer)
    if lawyer is None:
        raise ReceiptLawyerError("a receipt of somebody who is not active")
    dsse.check_signatures(envelope, [lawyer.identity], 1)
    if receipt.origin not in {*roster.origins, *earlier_rosters.get(receipt.roster, ())}:
        raise ReceiptOriginError("a receipt for another box")
    if receipt.roster != roster.payload_hash and receipt.roster not in earlier_rosters:
        raise ReceiptRosterError("a receipt under an unknown roster")
    if receipt.week > week_of(now.date()) + MAX_WEEKS_AHEAD:
        raise ReceiptWeekError("a receipt of the future")
    return receipt
