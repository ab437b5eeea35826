"""Handover: the signed document by which one lawyer gives another her earlier testimonies.

Names and limits of the folder, the document, and what a record is sealed under; no secret
and no file.  Anybody may depend on this module.

Where this file and crypto/spec/handover-v1.md disagree, this file is wrong.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import ClassVar, Final, NamedTuple

from crypto import dsse, strictjson
from crypto.cell import SLOT_BYTES
from crypto.document import HASH_BYTES, LAWYER_ID_BYTES, Document
from crypto.dsse import Envelope
from crypto.errors import BuzonError
from crypto.roster import Roster
from crypto.strictjson import DocumentMalformedError, JSONValue
from crypto.weeks import LAST_WEEK, week_of

MARK_NAME: Final = "HANDOVER"
MARK: Final = b"buzon handover 1\n"
DOCUMENT_NAME: Final = "handover.json"
CELLS: Final = "cells"
ROSTERS: Final = "rosters"
DOCUMENT_SUFFIX: Final = ".json"  # of rosters

RECORD_BYTES: Final = SLOT_BYTES  # HPKE of a cell key, as a slot is
MAX_MESSAGES: Final = 4_096
MAX_WEEKS_AHEAD: Final = 1

# Between any two values stands a comma; a keyid, which nobody reads, may hold some too.
_MAX_ENVELOPE_COMMAS: Final = 4_096
_MAX_PAYLOAD_COMMAS: Final = 2 * MAX_MESSAGES + 6
_MAX_PAYLOAD_LISTS: Final = MAX_MESSAGES + 1


class HandoverError(BuzonError):
    """A handover that is not for this station, or not from a colleague."""


class HandoverMissingError(HandoverError):
    """The folder is no whole handover, or one of other things."""

    code = "handover-missing"


class HandoverRosterError(HandoverError):
    """It was made under a roster that this station has not verified."""

    code = "handover-roster"


class HandoverGiverError(HandoverError):
    """It is from somebody who is no active colleague."""

    code = "handover-giver"


class HandoverOtherError(HandoverError):
    """It is for somebody else."""

    code = "handover-other"


class HandoverWeekError(HandoverError):
    """It is of a week to come, or of one whose key is not here."""

    code = "handover-week"


class Handed(NamedTuple):
    """One message that is handed over."""

    cell: bytes  # SHA-256 of the message cell
    record: bytes  # the cell key, sealed to the receiver


@dataclass(frozen=True, slots=True)
class Handover(Document):
    """What one lawyer gives another."""

    PAYLOAD_TYPE: ClassVar[str] = "buzon/handover/v1"
    MAX_PAYLOAD_BYTES: ClassVar[int] = 8 * 1024 * 1024

    giver: bytes  # id
    receiver: bytes  # id
    roster: bytes  # hash of the one under which the receiver's key was found
    week: int  # of that key
    day: date
    messages: tuple[Handed, ...]  # as the giver filed them
    parts: int  # how many part cells go along

    def to_value(self) -> JSONValue:
        """The fields in the order of the specification."""
        return {
            "from": self.giver.hex(),
            "to": self.receiver.hex(),
            "roster": self.roster.hex(),
            "week": self.week,
            "day": self.day.isoformat(),
            "messages": [
                [handed.cell.hex(), strictjson.to_base64(handed.record)] for handed in self.messages
            ],
            "parts": self.parts,
        }

    @classmethod
    def from_value(cls, value: JSONValue) -> "Handover":
        """Read the fields; DocumentMalformedError when they are not as specified."""
        giver, receiver, roster, week, day, messages, parts = strictjson.members(
            value, "from", "to", "roster", "week", "day", "messages", "parts"
        )
        handed = tuple(
            Handed(
                strictjson.hexadecimal(cell, HASH_BYTES),
                strictjson.base64_bytes(record, RECORD_BYTES),
            )
            for cell, record in (
                strictjson.array(pair, 2, 2) for pair in strictjson.array(messages, 1, MAX_MESSAGES)
            )
        )
        strictjson.distinct(tuple(one.cell for one in handed))
        return cls(
            giver=strictjson.hexadecimal(giver, LAWYER_ID_BYTES),
            receiver=strictjson.hexadecimal(receiver, LAWYER_ID_BYTES),
            roster=strictjson.hexadecimal(roster, HASH_BYTES),
            week=strictjson.integer(week, 0, LAST_WEEK),
            day=strictjson.day(day),
            messages=handed,
            parts=strictjson.integer(parts, 0),
        )

    def record_info(self, cell: bytes, public_key: bytes) -> bytes:
        """HPKE info of the record of *cell*, a digest, that is sealed to *public_key*.

        Source: handover-v1.md, section 1.
        """
        key_hash = sha256(public_key).digest()
        when, people = self.week.to_bytes(4), self.giver + self.receiver
        return b"buzon/handover-key/v1" + self.roster + when + people + cell + key_hash


def parse_handover(document: bytes) -> Envelope:
    """The envelope in *document*, which is as it lay on the stick; nothing is verified.

    Raises:
        DocumentMalformedError, DocumentTypeError: in this order.
    """
    _check_room(document, _MAX_ENVELOPE_COMMAS, _MAX_ENVELOPE_COMMAS)
    return Handover.envelope_of(document)


def _check_room(untrusted_json: bytes, commas: int, lists: int) -> None:
    """Refuse, unparsed, what would take many times its own size in memory."""
    if untrusted_json.count(b",") > commas or untrusted_json.count(b"[") > lists:
        raise DocumentMalformedError("more values than a handover has")


def open_handover(
    envelope: Envelope,
    roster: Roster,
    known_rosters: Collection[bytes],
    receivers: Collection[bytes],
    now: datetime,
) -> Handover:
    """The handover that an active colleague signed for one of *receivers*.

    Args:
        envelope: of `parse_handover`.
        roster: the newest that this station has verified.
        known_rosters: hashes of all that it has verified.
        receivers: ids of the lawyer whose station this is, under each of her identities.
        now: the clock, UTC.

    Raises:
        DocumentMalformedError (payload), HandoverRosterError, HandoverGiverError,
        DocumentSignaturesError, HandoverOtherError, HandoverWeekError: in this order.

    Source: handover-v1.md, section 2.
    """
    _check_room(envelope.payload, _MAX_PAYLOAD_COMMAS, _MAX_PAYLOAD_LISTS)
    handover = Handover.from_payload(envelope.payload)
    if handover.roster not in known_rosters:
        raise HandoverRosterError("made under an unknown roster")
    giver = roster.active.get(handover.giver)
    if giver is None or giver.id in receivers:
        raise HandoverGiverError("from nobody who is active")
    dsse.check_signatures(envelope, [giver.identity], 1)
    if handover.receiver not in receivers:
        raise HandoverOtherError("for somebody else")
    if handover.week > week_of(now.date()) + MAX_WEEKS_AHEAD:
        raise HandoverWeekError("of a week to come")
    return handover
