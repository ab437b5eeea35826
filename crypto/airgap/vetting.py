"""Vetting: whose key this is, compared by voice.

For the ceremony only.

Where this file and crypto/spec/trust-v1.md or signed-documents-v1.md section 6 disagree,
this file is wrong.
"""

from collections.abc import Iterable

from crypto import strictjson
from crypto.document import KEY_BYTES
from crypto.errors import BuzonError
from crypto.fingerprint import fingerprint_words
from crypto.wordlist import normalised

MAX_DIRECTOR_CARD_BYTES = 1024


class FingerprintDiffersError(BuzonError):
    """The words that were read aloud are not those of the key."""

    code = "fingerprint-differs"


def director_card(public_key: bytes) -> bytes:
    """What a director hands to whoever drafts the trust.

    Source: trust-v1.md, "Director's card".
    """
    return strictjson.serialise({"director": strictjson.to_base64(public_key)})


def open_director_card(card: bytes) -> bytes:
    """The Ed25519 public key on a director's card.

    Raises:
        DocumentMalformedError
    """
    (key,) = strictjson.members(strictjson.parse(card, MAX_DIRECTOR_CARD_BYTES), "director")
    return strictjson.base64_bytes(key, KEY_BYTES)


def check_fingerprint(key: bytes, read_aloud: Iterable[str]) -> None:
    """Return when one of the lines *read_aloud* is the twelve words of *key*.

    Raises:
        FingerprintDiffersError
    """
    expected = {
        tuple(normalised(fingerprint_words(key, "es")).split()),
        tuple(normalised(fingerprint_words(key, "en")).split()),
    }
    if not any(tuple(normalised(line).split()) in expected for line in read_aloud):
        raise FingerprintDiffersError("other words")
