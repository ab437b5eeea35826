"""Custody log: the signed chain of who did what to a testimony.

For the air gap's programs only.

Where this file and crypto/spec/keyfile-v1.md, "Custody log", disagree, this file is
wrong.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from crypto import dsse, strictjson
from crypto.airgap.signer import Signer
from crypto.document import HASH_BYTES, NO_HASH, Document
from crypto.errors import BuzonError
from crypto.strictjson import DocumentMalformedError, JSONValue

ACTS = (
    "received", "opened", "noted", "replied", "withdrawn", "exported", "receipt", "keys",
    "shared", "backup", "restored", "identity", "succeeded",
)  # fmt: skip
SUCCEEDED = "succeeded"
MAX_OBJECTS = 4_096
MAX_NOTE_CHARACTERS = 200

_TIME = re.compile(r"[0-2][0-9]:[0-5][0-9]:[0-5][0-9]")


class CustodyBrokenError(BuzonError):
    """An entry of the custody log was changed, removed, added or moved."""

    code = "custody-broken"


@dataclass(frozen=True, slots=True)
class Entry(Document):
    """One act."""

    PAYLOAD_TYPE: ClassVar[str] = "buzon/custody/v1"
    MAX_PAYLOAD_BYTES: ClassVar[int] = 512 * 1024

    sequence: int  # from 1
    previous: bytes  # hash of the entry before, or zeros
    day: date
    time: str  # HH:MM:SS, UTC
    act: str
    objects: tuple[bytes, ...]  # 32 bytes each: digests of what it was done to
    note: str

    def to_value(self) -> JSONValue:
        """The fields in the order of the specification."""
        return {
            "sequence": self.sequence,
            "previous": self.previous.hex(),
            "day": self.day.isoformat(),
            "time": self.time,
            "act": self.act,
            "objects": [digest.hex() for digest in self.objects],
            "note": self.note,
        }

    @classmethod
    def from_value(cls, value: JSONValue) -> "Entry":
        """Read the fields; DocumentMalformedError when they are not as specified."""
        sequence, previous, day, time, act, objects, note = strictjson.members(
            value, "sequence", "previous", "day", "time", "act", "objects", "note"
        )
        entry = cls(
            sequence=strictjson.integer(sequence, 1),
            previous=strictjson.hexadecimal(previous, HASH_BYTES),
            day=strictjson.day(day),
            time=strictjson.matching(time, _TIME, 8),
            act=strictjson.choice(act, ACTS),
            objects=tuple(
                strictjson.hexadecimal(digest, HASH_BYTES)
                for digest in strictjson.array(objects, 0, MAX_OBJECTS)
            ),
            note="" if note == "" else strictjson.text(note, MAX_NOTE_CHARACTERS),
        )
        if entry.act == SUCCEEDED and len(entry.objects) != 1:
            raise DocumentMalformedError("a log has one signer")
        return entry


@dataclass(frozen=True, slots=True)
class Head:
    """How far the log has come: the newest entry's sequence and hash."""

    sequence: int = 0
    hash: bytes = NO_HASH


def next_entry(
    head: Head, signer: Signer, now: datetime, act: str, objects: Iterable[bytes], note: str = ""
) -> tuple[bytes, Head]:
    """Sign the entry that follows *head*; return its envelope and the new head.

    Raises:
        DocumentMalformedError: the entry breaks the specification.
    """
    entry = Entry(
        head.sequence + 1,
        head.hash,
        now.date(),
        now.strftime("%H:%M:%S"),
        act,
        tuple(objects),
        note,
    )
    envelope = signer.sign_document(entry)
    return envelope.to_json(), Head(entry.sequence, envelope.payload_hash)


def verify(envelopes: Iterable[bytes], identity: bytes, head: Head) -> list[Entry]:
    """Every entry from the first to *head*, each signed and each following the other.

    An entry is signed by the lawyer's identity of its time: the first one, until an entry
    that it signs names the one that succeeds it.

    Args:
        envelopes: in their order.
        identity: the Ed25519 public key of the lawyer's first identity.
        head: where the log must end.

    Raises:
        CustodyBrokenError: names the first entry that is not what it must be.
    """
    reached = Head()
    entries = []
    for envelope in envelopes:
        try:
            parsed = Entry.envelope_of(envelope)
            payload = dsse.verified_payload(parsed, Entry.PAYLOAD_TYPE, [identity], 1)
            entry = Entry.from_payload(payload)
        except (DocumentMalformedError, dsse.DocumentTypeError, dsse.DocumentSignaturesError):
            raise CustodyBrokenError(f"entry {reached.sequence + 1} was changed") from None
        if entry.sequence != reached.sequence + 1 or entry.previous != reached.hash:
            raise CustodyBrokenError(f"entry {reached.sequence + 1} is missing or moved")
        reached = Head(entry.sequence, entry.payload_hash)
        entries.append(entry)
        if entry.act == SUCCEEDED:
            identity = entry.objects[0]
    if reached != head:
        raise CustodyBrokenError(f"the log ends at {reached.sequence}, not at {head.sequence}")
    return entries
