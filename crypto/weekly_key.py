"""Weekly key: the X-Wing public key to which one lawyer's slots of one week are sealed.

Anybody may depend on this module.

Where this file and crypto/spec/roster-v1.md section 3 disagree, this file is wrong.
"""

from dataclasses import dataclass
from typing import ClassVar

from crypto import dsse, strictjson
from crypto.document import LAWYER_ID_BYTES, Document
from crypto.dsse import Envelope
from crypto.strictjson import JSONValue
from crypto.weeks import LAST_WEEK

XWING_KEY_BYTES = 1216


@dataclass(frozen=True, slots=True)
class WeeklyKey(Document):
    """One lawyer's public key for one week."""

    PAYLOAD_TYPE: ClassVar[str] = "buzon/weekly-key/v1"
    MAX_PAYLOAD_BYTES: ClassVar[int] = 4 * 1024

    lawyer: bytes  # id
    week: int
    key: bytes  # X-Wing public key

    def to_value(self) -> JSONValue:
        """The fields in the order of the specification."""
        return {
            "lawyer": self.lawyer.hex(),
            "week": self.week,
            "key": strictjson.to_base64(self.key),
        }

    @classmethod
    def from_value(cls, value: JSONValue) -> "WeeklyKey":
        """Read the fields; DocumentMalformedError when they are not as specified."""
        lawyer, week, key = strictjson.members(value, "lawyer", "week", "key")
        return cls(
            lawyer=strictjson.hexadecimal(lawyer, LAWYER_ID_BYTES),
            week=strictjson.integer(week, 0, LAST_WEEK),
            key=strictjson.base64_bytes(key, XWING_KEY_BYTES),
        )


def open_weekly_key(envelope: bytes | Envelope, identity: bytes) -> WeeklyKey:
    """The weekly key that the lawyer with this Ed25519 key signed.

    Whether `lawyer` is the id of *identity* is the caller's concern.

    Raises:
        DocumentMalformedError, DocumentTypeError, DocumentSignaturesError,
        DocumentMalformedError (payload): in this order.

    Source: roster-v1.md, section 3.
    """
    envelope = WeeklyKey.envelope_of(envelope)
    dsse.check_signatures(envelope, [identity], 1)
    return WeeklyKey.from_payload(envelope.payload)
