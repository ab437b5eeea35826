"""Freshness: the directors' statement that a roster holds, and with which weekly keys.

Anybody may depend on this module.

Where this file and crypto/spec/roster-v1.md section 5 disagree, this file is wrong.
"""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import ClassVar

from crypto import dsse, strictjson
from crypto.document import HASH_BYTES, LAWYER_ID_BYTES, Document
from crypto.dsse import Envelope
from crypto.strictjson import DocumentMalformedError, JSONValue
from crypto.trust import MAX_RECIPIENTS, Trust
from crypto.weeks import LAST_WEEK

MAX_WEEKS = 6


@dataclass(frozen=True, slots=True)
class FreshWeek:
    """One week: each lawyer's id with the hash of her weekly key, ascending by id."""

    week: int
    keys: tuple[tuple[bytes, bytes], ...]

    def to_value(self) -> JSONValue:
        """The fields in the order of the specification."""
        return {
            "week": self.week,
            "keys": [[lawyer.hex(), key_hash.hex()] for lawyer, key_hash in self.keys],
        }

    @classmethod
    def from_value(cls, value: JSONValue) -> "FreshWeek":
        """Read the fields; DocumentMalformedError when they are not as specified."""
        week, pairs = strictjson.members(value, "week", "keys")
        keys = tuple(
            (
                strictjson.hexadecimal(lawyer, LAWYER_ID_BYTES),
                strictjson.hexadecimal(key_hash, HASH_BYTES),
            )
            for lawyer, key_hash in (
                strictjson.array(pair, 2, 2) for pair in strictjson.array(pairs, 1, MAX_RECIPIENTS)
            )
        )
        strictjson.ascending(tuple(lawyer for lawyer, _ in keys))
        strictjson.distinct(tuple(key_hash for _, key_hash in keys))
        return cls(strictjson.integer(week, 0, LAST_WEEK), keys)


@dataclass(frozen=True, slots=True)
class Freshness(Document):
    """The weeks for which a roster holds."""

    PAYLOAD_TYPE: ClassVar[str] = "buzon/freshness/v1"
    MAX_PAYLOAD_BYTES: ClassVar[int] = 64 * 1024

    roster: bytes  # hash
    issued: date
    weeks: tuple[FreshWeek, ...]

    def week(self, week: int) -> FreshWeek | None:
        """What is listed for *week*, if anything."""
        return next((listed for listed in self.weeks if listed.week == week), None)

    def to_value(self) -> JSONValue:
        """The fields in the order of the specification."""
        return {
            "roster": self.roster.hex(),
            "issued": self.issued.isoformat(),
            "weeks": [week.to_value() for week in self.weeks],
        }

    @classmethod
    def from_value(cls, value: JSONValue) -> "Freshness":
        """Read the fields; DocumentMalformedError when they are not as specified."""
        roster, issued, weeks = strictjson.members(value, "roster", "issued", "weeks")
        freshness = cls(
            roster=strictjson.hexadecimal(roster, HASH_BYTES),
            issued=strictjson.day(issued),
            weeks=tuple(
                FreshWeek.from_value(week) for week in strictjson.array(weeks, 1, MAX_WEEKS)
            ),
        )
        if any(first.week + 1 != second.week for first, second in pairwise(freshness.weeks)):
            raise DocumentMalformedError("weeks that do not follow each other")
        return freshness


def open_freshness(envelope: bytes | Envelope, trust: Trust) -> Freshness:
    """The freshness that enough directors signed.  Its weeks may be over.

    Raises:
        DocumentMalformedError, DocumentTypeError, DocumentSignaturesError,
        DocumentMalformedError (payload): in this order.

    Source: roster-v1.md, section 5.
    """
    envelope = Freshness.envelope_of(envelope)
    dsse.check_signatures(envelope, trust.directors, trust.freshness_threshold)
    return Freshness.from_payload(envelope.payload)
