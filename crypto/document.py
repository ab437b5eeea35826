"""What all signed documents share: a payload, its exact bytes, its hash.

Each kind of document is a subclass in the module of its name, which others use.
"""

from abc import abstractmethod
from dataclasses import dataclass, field
from hashlib import sha256
from typing import ClassVar, Self

from crypto import dsse, strictjson
from crypto.dsse import Envelope
from crypto.strictjson import JSONValue

HASH_BYTES = 32
KEY_BYTES = 32  # an Ed25519 public key
LAWYER_ID_BYTES = 8
NO_HASH = bytes(HASH_BYTES)  # stands for the document before the first


@dataclass(frozen=True, slots=True)
class Document:
    """What one payload says.

    A document that was read keeps the bytes it was read from, because they are
    what was signed; one that was made, or changed with `dataclasses.replace`,
    is written anew.
    """

    PAYLOAD_TYPE: ClassVar[str]
    MAX_PAYLOAD_BYTES: ClassVar[int]

    _read_from: bytes = field(default=b"", init=False, repr=False, compare=False)

    @classmethod
    @abstractmethod
    def from_value(cls, value: JSONValue) -> Self:
        """Read the fields; DocumentMalformedError when they are not as specified."""

    @abstractmethod
    def to_value(self) -> JSONValue:
        """The fields in the order of the specification."""

    @classmethod
    def from_payload(cls, payload: bytes) -> Self:
        """Read *payload*, whose signatures are the caller's concern.

        Raises:
            DocumentMalformedError
        """
        document = cls.from_value(strictjson.parse(payload, cls.MAX_PAYLOAD_BYTES))
        object.__setattr__(document, "_read_from", payload)
        return document

    def to_payload(self) -> bytes:
        """The bytes that are signed.

        Raises:
            DocumentMalformedError: a document was made that nobody would accept.
        """
        if self._read_from:
            return self._read_from
        payload = strictjson.serialise(self.to_value())
        self.from_payload(payload)
        return payload

    @property
    def payload_hash(self) -> bytes:
        """SHA-256 of the payload: the document's name everywhere.

        Source: signed-documents-v1.md, section 4.
        """
        return sha256(self.to_payload()).digest()

    def to_envelope(self) -> Envelope:
        """An envelope that waits for its signatures."""
        return Envelope(self.PAYLOAD_TYPE, self.to_payload())

    @classmethod
    def max_envelope_bytes(cls) -> int:
        """How long an envelope of this kind may be in a file of its own."""
        return dsse.max_envelope_bytes(cls.MAX_PAYLOAD_BYTES)

    @classmethod
    def envelope_of(cls, envelope: bytes | Envelope) -> Envelope:
        """Read *envelope*, which may have been read before as a part of something larger.

        Raises:
            DocumentMalformedError, DocumentTypeError: in this order.
        """
        if isinstance(envelope, bytes):
            envelope = dsse.parse_envelope(envelope, cls.max_envelope_bytes())
        dsse.check_type(envelope, cls.PAYLOAD_TYPE)
        return envelope
