"""HPKE base mode (RFC 9180), single shot: X-Wing, HKDF-SHA256, AES-256-GCM, no aad.

    sealed = encapsulation 1120 | ciphertext | tag 16

The sealer and the air gap import this module; `app` never does.

The KEM is draft-connolly-cfrg-xwing-kem-10 (id 0x647a).  Where this file and the
vectors under tests/vectors/primitives/ disagree, this file is wrong.
"""

import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from crypto.errors import BuzonError

# Sizes in bytes: draft-connolly-cfrg-xwing-kem-10, section 5.2.
SEED_BYTES = 32
PUBLIC_KEY_BYTES = 1216
ENCAPSULATION_BYTES = 1120
OVERHEAD_BYTES = ENCAPSULATION_BYTES + 16
"""What sealing adds to a plaintext: the encapsulation, and AES-GCM's tag."""

_MLKEM_PUBLIC_KEY_BYTES = 1184
_MLKEM_SEED_BYTES = 64

_SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


class HpkeKeyError(BuzonError):
    """A public key to which nothing can be sealed, or a seed of another length."""

    code = "hpke-key"


class HpkeOpenError(BuzonError):
    """The sealed bytes do not open with this key and this info."""

    code = "hpke-open"


class PrivateKey:
    """An X-Wing private key, expanded once so that many trial openings are quick."""

    def __init__(self, seed: bytes) -> None:
        """Expand *seed*, 32 bytes.

        Raises:
            HpkeKeyError: it has another length.

        Source: draft-connolly-cfrg-xwing-kem-10, section 5.3, expandDecapsulationKey.
        """
        if len(seed) != SEED_BYTES:
            raise HpkeKeyError("a seed has 32 bytes")
        expanded = hashlib.shake_256(seed).digest(_MLKEM_SEED_BYTES + 32)
        self._mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:_MLKEM_SEED_BYTES])
        self._x25519 = X25519PrivateKey.from_private_bytes(expanded[_MLKEM_SEED_BYTES:])
        self._key = hpke.MLKEM768X25519PrivateKey(self._mlkem, self._x25519)

    def __repr__(self) -> str:
        """Say nothing: a secret must not reach a log by way of a traceback."""
        return "<PrivateKey>"

    @property
    def public_key(self) -> bytes:
        """The public key: ML-KEM-768's 1,184 bytes, then X25519's 32."""
        mlkem = self._mlkem.public_key().public_bytes_raw()
        return mlkem + self._x25519.public_key().public_bytes_raw()

    def open(self, info: bytes, sealed: bytes) -> bytes:
        """Return the plaintext of *sealed*.

        Raises:
            HpkeOpenError: for every reason, length included.
        """
        try:
            return _SUITE.decrypt(sealed, self._key, info)
        except (InvalidTag, ValueError):
            raise HpkeOpenError("not sealed to this key with this info") from None


def public_key_from_seed(seed: bytes) -> bytes:
    """Return the public key, 1,216 bytes, of a *seed* of 32 bytes.

    Raises:
        HpkeKeyError: the seed has another length.
    """
    return PrivateKey(seed).public_key


def seal(public_key: bytes, info: bytes, plaintext: bytes) -> bytes:
    """Seal *plaintext* to *public_key*; the result is OVERHEAD_BYTES longer.

    Args:
        public_key: 1,216 bytes.
        info: binds the ciphertext to its place; the same bytes are needed to open it.
        plaintext: any length.

    Raises:
        HpkeKeyError: the key has another length, its ML-KEM half has coefficients that
            are not reduced, or its X25519 half has small order.
    """
    if len(public_key) != PUBLIC_KEY_BYTES:
        raise HpkeKeyError("an X-Wing public key has 1216 bytes")
    try:
        recipient = hpke.MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(public_key[:_MLKEM_PUBLIC_KEY_BYTES]),
            X25519PublicKey.from_public_bytes(public_key[_MLKEM_PUBLIC_KEY_BYTES:]),
        )
        return _SUITE.encrypt(plaintext, recipient, info)
    except ValueError:
        raise HpkeKeyError("nothing can be sealed to this key") from None


def open_sealed(seed: bytes, info: bytes, sealed: bytes) -> bytes:
    """Open *sealed* with the key of *seed*; `PrivateKey` is quicker for many openings.

    Raises:
        HpkeKeyError: the seed has not 32 bytes.
        HpkeOpenError: for every other reason.
    """
    return PrivateKey(seed).open(info, sealed)
