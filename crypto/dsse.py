"""Envelopes: a payload, its type, and signatures over exactly those bytes (DSSE).

Signing needs a private key and happens under `crypto/airgap/`, over what `pae`
returns.  Anybody may depend on this module.

Where this file and crypto/spec/signed-documents-v1.md disagree, this file is wrong.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256

from crypto import signing, strictjson
from crypto.errors import BuzonError
from crypto.strictjson import DocumentMalformedError, JSONValue

SIGNATURE_BYTES = 64
MAX_SIGNATURES = 32
MAX_KEYID_CHARACTERS = 64


class DocumentTypeError(BuzonError):
    """The document is of another type than the one that belongs here."""

    code = "document-type"


class DocumentSignaturesError(BuzonError):
    """Too few of those who may sign the document have signed it."""

    code = "document-signatures"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature.  Nobody is believed to be who `untrusted_keyid` says."""

    signature: bytes
    untrusted_keyid: str = ""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A payload with its signatures, none of which is verified yet."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...] = ()

    @property
    def payload_hash(self) -> bytes:
        """SHA-256 of the payload: the name of the document.

        Never of the envelope, which can be written in many ways.

        Source: signed-documents-v1.md, section 4.
        """
        return sha256(self.payload).digest()

    @property
    def signed_bytes(self) -> bytes:
        """What each signature of this envelope is over."""
        return pae(self.payload_type, self.payload)

    def with_signature(self, signature: bytes, keyid: str = "") -> "Envelope":
        """This envelope with one *signature* (64 bytes, over `pae`) more."""
        return replace(self, signatures=(*self.signatures, Signature(signature, keyid)))

    def to_value(self) -> JSONValue:
        """The JSON value, for a document that holds envelopes."""
        return {
            "payloadType": self.payload_type,
            "payload": strictjson.to_base64(self.payload),
            "signatures": [
                {"keyid": one.untrusted_keyid, "sig": strictjson.to_base64(one.signature)}
                for one in self.signatures
            ],
        }

    def to_json(self) -> bytes:
        """The envelope as a file of its own."""
        return strictjson.serialise(self.to_value())


def max_envelope_bytes(max_payload_bytes: int) -> int:
    """How long the envelope of a payload of at most *max_payload_bytes* may be.

    Source: signed-documents-v1.md, section 2.
    """
    return 2 * max_payload_bytes + 8 * 1024


def pae(payload_type: str, payload: bytes) -> bytes:
    """What a signature is over: the type and the payload, each with its length.

    Source: signed-documents-v1.md, section 2.
    """
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def parse_envelope(envelope: bytes, max_bytes: int) -> Envelope:
    """Read an envelope that is a file or body of its own.

    Raises:
        DocumentMalformedError

    Source: signed-documents-v1.md, section 2.
    """
    return envelope_of(strictjson.parse(envelope, max_bytes))


def envelope_of(value: JSONValue) -> Envelope:
    """Read an envelope that stands inside another document.

    Raises:
        DocumentMalformedError
    """
    payload_type, payload, signatures = strictjson.members(
        value, "payloadType", "payload", "signatures"
    )
    if not isinstance(payload_type, str):
        raise DocumentMalformedError("a payload type that is not a string")
    return Envelope(
        payload_type,
        strictjson.base64_bytes(payload),
        tuple(_signature_of(one) for one in strictjson.array(signatures, 1, MAX_SIGNATURES)),
    )


def _signature_of(value: JSONValue) -> Signature:
    keyid, signature = strictjson.members(value, "keyid", "sig")
    return Signature(
        strictjson.base64_bytes(signature, SIGNATURE_BYTES),
        strictjson.string(keyid, MAX_KEYID_CHARACTERS),
    )


def check_type(envelope: Envelope, payload_type: str) -> None:
    """Raises DocumentTypeError unless the type is exactly *payload_type*."""
    if envelope.payload_type != payload_type:
        raise DocumentTypeError(f"not a {payload_type}")


def check_signatures(envelope: Envelope, keys: Iterable[bytes], threshold: int) -> None:
    """Count the distinct *keys* (Ed25519, 32 bytes) that signed *envelope*.

    Raises:
        DocumentSignaturesError: they are fewer than *threshold*.

    Source: signed-documents-v1.md, section 3.
    """
    if threshold < 1:
        raise ValueError("a threshold below one would accept anything")
    signed = envelope.signed_bytes
    missing = threshold
    for key in dict.fromkeys(keys):
        if any(_signed_by(key, signed, one.signature) for one in envelope.signatures):
            missing -= 1
            if missing == 0:
                return
    raise DocumentSignaturesError("too few signatures")


def _signed_by(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        signing.verify(key, message, signature)
    except (signing.InvalidKeyError, signing.SignatureError):
        return False
    return True


def verified_payload(
    envelope: Envelope, payload_type: str, keys: Iterable[bytes], threshold: int
) -> bytes:
    """The payload, once at least *threshold* distinct *keys* are known to have signed it.

    Raises:
        DocumentTypeError, DocumentSignaturesError: in this order.

    Source: signed-documents-v1.md, section 3.
    """
    check_type(envelope, payload_type)
    check_signatures(envelope, keys, threshold)
    return envelope.payload
