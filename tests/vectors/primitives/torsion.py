#!/usr/bin/env python3
"""Make ed25519_torsion.json: what strict verification refuses beyond the published cases.

    tests/vectors/primitives/torsion.py

`keys`: every encoding of every point of small order.  `vectors`: for the seven points of
small order but the identity, a signature by an honest key whose R has that point added;
verifiers that multiply by the cofactor accept it.  All randomness is a counter's hash.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from nacl.bindings import (
    crypto_core_ed25519_add,
    crypto_core_ed25519_scalar_add,
    crypto_core_ed25519_scalar_mul,
    crypto_core_ed25519_scalar_reduce,
    crypto_scalarmult_ed25519_base_noclamp,
)

from crypto import signing

P = 2**255 - 19

# A point of order 8: the public key of ed25519_speccheck.json's case 0.
ORDER_8 = bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa")


def small_points() -> list[bytes]:
    """The canonical encodings of the eight points of small order, the identity last."""
    points = [ORDER_8]
    while len(points) < 8:
        points.append(crypto_core_ed25519_add(points[-1], ORDER_8))
    return points


def encodings(point: bytes) -> list[bytes]:
    """All 32-byte strings that a lenient decoder takes for *point*."""
    number = int.from_bytes(point, "little")
    y, sign = number % 2**255, number >> 255
    x_is_zero = y in {1, P - 1}
    return [
        (value | bit << 255).to_bytes(32, "little")
        for value in (y, y + P)
        for bit in ((0, 1) if x_is_zero else (sign,))
        if value < 2**255
    ]


def shifted_signature(torsion: bytes, message: bytes) -> tuple[bytes, bytes]:
    """A public key, and its signature over *message* with *torsion* added to R."""
    seed = hashlib.sha256(b"torsion seed" + torsion).digest()
    expanded = hashlib.sha512(seed).digest()
    clamped = bytearray(expanded[:32])
    clamped[0] &= 248
    clamped[31] = clamped[31] & 127 | 64
    secret = crypto_core_ed25519_scalar_reduce(bytes(clamped) + bytes(32))
    nonce = crypto_core_ed25519_scalar_reduce(hashlib.sha512(expanded[32:] + message).digest())
    public = signing.public_key_from_seed(seed)
    r = crypto_core_ed25519_add(crypto_scalarmult_ed25519_base_noclamp(nonce), torsion)
    challenge = crypto_core_ed25519_scalar_reduce(hashlib.sha512(r + public + message).digest())
    s = crypto_core_ed25519_scalar_add(nonce, crypto_core_ed25519_scalar_mul(challenge, secret))
    return public, r + s


def make() -> dict[str, Any]:
    """The content of the file."""
    points = small_points()
    vectors = []
    for torsion in points[:-1]:
        message = b"R has a part of small order: " + torsion[:4].hex().encode()
        public, signature = shifted_signature(torsion, message)
        vectors.append(
            {
                "public_key": public.hex(),
                "message": message.hex(),
                "signature": signature.hex(),
                "noble": True,
                "expect": "signature",
            }
        )
    return {
        "source": {"document": "ours: made by tests/vectors/primitives/torsion.py"},
        "keys": [encoded.hex() for point in points for encoded in encodings(point)],
        "vectors": vectors,
    }


def text() -> str:
    """The file, as written."""
    return json.dumps(make(), indent=1) + "\n"


if __name__ == "__main__":
    (Path(__file__).resolve().parent / "ed25519_torsion.json").write_text(text())
