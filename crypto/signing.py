"""Ed25519, strict: one answer from every verifier of this system.

Everybody may depend on this module; whoever signs brings the seed.

    accepted  =  key and R are canonical encodings of points of prime order,
                 S is below the group order, and S B = R + k A

RFC 8032 lets verifiers differ on keys and points that have a part of small order:
libsodium and noble do differ (tests/vectors/primitives/ed25519_speccheck.json).  On
points of prime order they cannot.

Where this file and crypto/spec/signed-documents-v1.md, section 5, disagree, this file
is wrong.
"""

from functools import lru_cache

from nacl.bindings import crypto_core_ed25519_is_valid_point
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from crypto.errors import BuzonError

# Sizes in bytes: RFC 8032, section 5.1.
SEED_BYTES = 32
PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64


class InvalidKeyError(BuzonError):
    """A public key that nobody may sign under, or a seed of another length."""

    code = "signature-key"


class SignatureError(BuzonError):
    """The signature is not this key's over this message."""

    code = "signature"


@lru_cache(maxsize=1024)
def _has_prime_order(encoded: bytes) -> bool:
    """Whether 32 bytes encode, canonically, a point of prime order."""
    return crypto_core_ed25519_is_valid_point(encoded)


def check_public_key(public_key: bytes) -> None:
    """Refuse a key that `verify` would refuse whatever the signature.

    Raises:
        InvalidKeyError: not 32 bytes, not a canonical encoding, or not of prime order.
    """
    if len(public_key) != PUBLIC_KEY_BYTES or not _has_prime_order(public_key):
        raise InvalidKeyError("not an Ed25519 public key of prime order")


def verify(public_key: bytes, message: bytes, signature: bytes) -> None:
    """Return when *signature* is good; refuse otherwise.

    Args:
        public_key: 32 bytes.
        message: any length.
        signature: 64 bytes, R then S.

    Raises:
        InvalidKeyError, SignatureError: checked in this order.

    Source: signed-documents-v1.md, section 5.
    """
    check_public_key(public_key)
    if len(signature) != SIGNATURE_BYTES:
        raise SignatureError("a signature has 64 bytes")
    try:
        VerifyKey(public_key).verify(message, signature)
    except BadSignatureError:
        raise SignatureError("not signed by this key") from None
    # libsodium's equation already implies this; one that multiplied by the cofactor,
    # as other verifiers do, would not.
    if not crypto_core_ed25519_is_valid_point(signature[:32]):
        raise SignatureError("R is not of prime order")


def sign(seed: bytes, message: bytes) -> bytes:
    """Sign *message*; return 64 bytes.

    Raises:
        InvalidKeyError: the seed has not 32 bytes.
    """
    return bytes(_signing_key(seed).sign(message).signature)


def public_key_from_seed(seed: bytes) -> bytes:
    """Return the public key, 32 bytes, of a *seed* of 32 bytes.

    Raises:
        InvalidKeyError: the seed has another length.
    """
    return bytes(_signing_key(seed).verify_key)


def _signing_key(seed: bytes) -> SigningKey:
    if len(seed) != SEED_BYTES:
        raise InvalidKeyError("a seed has 32 bytes")
    return SigningKey(seed)
