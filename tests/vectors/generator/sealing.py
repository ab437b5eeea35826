"""Sealing that repeats itself: HPKE, message cells, parts and replies from given randomness.

Written from RFC 9180, FIPS 203, draft-connolly-cfrg-xwing-kem-10 and the specifications
in crypto/spec/, without the code under test: ML-KEM is kyber-py's, X25519 and Ed25519
libsodium's, AES-GCM cryptography's.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from kyber_py.ml_kem import ML_KEM_768
from nacl.bindings import crypto_scalarmult, crypto_scalarmult_base
from nacl.signing import SigningKey

from tests.vectors.generator.organisation import b64, seed

JSON = Any
XWING_LABEL = b"\\.//^\\"
SUITE_ID = b"HPKE" + bytes.fromhex("647a00010002")


def pattern(label: str) -> str:
    """32 bytes in hexadecimal, from which `patterned` makes content."""
    return seed(label).hex()


def patterned(key: str, size: int) -> bytes:
    """Content by rule: byte i is key[i mod 32] XOR ((i >> 5) mod 256)."""
    period = bytes(byte ^ block for block in range(256) for byte in bytes.fromhex(key))
    return (period * (size // len(period) + 1))[:size]


# ---------------------------------------------------------------- HKDF, RFC 5869


def extract(salt: bytes, ikm: bytes) -> bytes:
    """HKDF-SHA256's first half."""
    return hmac.digest(salt or bytes(32), ikm, "sha256")


def expand(prk: bytes, info: bytes, size: int) -> bytes:
    """HKDF-SHA256's second half."""
    output = block = b""
    while len(output) < size:
        block = hmac.digest(prk, block + info + bytes([len(output) // 32 + 1]), "sha256")
        output += block
    return output[:size]


def hkdf(ikm: bytes, salt: bytes, info: bytes, size: int) -> bytes:
    """HKDF-SHA256."""
    return expand(extract(salt, ikm), info, size)


# ---------------------------------------------------------------- HPKE, RFC 9180


@cache
def xwing_keys(key_seed: bytes) -> tuple[bytes, bytes, bytes]:
    """The X-Wing public key, and the two private halves."""
    expanded = hashlib.shake_256(key_seed).digest(96)
    encapsulation_key, decapsulation_key = ML_KEM_768.key_derive(expanded[:64])
    public = encapsulation_key + crypto_scalarmult_base(expanded[64:])
    return public, decapsulation_key, expanded[64:]


def public_of(key_seed: bytes) -> bytes:
    """The X-Wing public key of a seed."""
    return xwing_keys(key_seed)[0]


def encapsulate(public_key: bytes, randomness: bytes) -> tuple[bytes, bytes]:
    """X-Wing's EncapsulateDerand: shared secret and encapsulation."""
    shared_m, encapsulated_m = ML_KEM_768._encaps_internal(public_key[:1184], randomness[:32])
    encapsulated_x = crypto_scalarmult_base(randomness[32:])
    shared_x = crypto_scalarmult(randomness[32:], public_key[1184:])
    combined = shared_m + shared_x + encapsulated_x + public_key[1184:] + XWING_LABEL
    return hashlib.sha3_256(combined).digest(), encapsulated_m + encapsulated_x


def labeled_extract(salt: bytes, label: bytes, ikm: bytes) -> bytes:
    """RFC 9180, section 4."""
    return extract(salt, b"HPKE-v1" + SUITE_ID + label + ikm)


def labeled_expand(prk: bytes, label: bytes, info: bytes, size: int) -> bytes:
    """RFC 9180, section 4."""
    return expand(prk, size.to_bytes(2) + b"HPKE-v1" + SUITE_ID + label + info, size)


@cache
def hpke_seal(public_key: bytes, info: bytes, plaintext: bytes, label: str) -> bytes:
    """SealBase of RFC 9180, section 6.1, with randomness from *label*."""
    shared, encapsulated = encapsulate(public_key, seed(f"{label} m") + seed(f"{label} x"))
    psk_hash = labeled_extract(b"", b"psk_id_hash", b"")
    info_hash = labeled_extract(b"", b"info_hash", info)
    context = b"\0" + psk_hash + info_hash
    secret = labeled_extract(shared, b"secret", b"")
    key = labeled_expand(secret, b"key", context, 32)
    nonce = labeled_expand(secret, b"base_nonce", context, 12)
    return encapsulated + AESGCM(key).encrypt(nonce, plaintext, b"")


# ---------------------------------------------------------------- message cells


def slot(
    public_key: bytes,
    week: int,
    roster_hash: bytes,
    cell_key: bytes,
    label: str,
    info_key: bytes | None = None,
) -> bytes:
    """One slot; *info_key* when its info names another key than it is sealed to."""
    named = hashlib.sha256(public_key if info_key is None else info_key).digest()
    info = b"buzon/slot/v1" + week.to_bytes(4) + roster_hash + named
    return hpke_seal(public_key, info, cell_key, label)


def body_plaintext(
    thread_seed: bytes, transcript: bytes, document: bytes, **changed: bytes
) -> bytes:
    """What the body seals; *changed* replaces a field by its name."""
    key = SigningKey(thread_seed)
    statement = b"buzon/thread-sig/v1" + transcript + hashlib.sha256(document).digest()
    fields = {
        "thread_key": bytes(key.verify_key),
        "signature": bytes(key.sign(statement).signature),
        "length": len(document).to_bytes(4),
        "json": document,
        "padding": bytes(46_656 - len(document)),
    }
    return b"".join((fields | changed).values())


def message_cell(
    week: int,
    roster_hash: bytes,
    slots: Sequence[bytes],
    cell_key: bytes,
    thread_seed: bytes,
    document: bytes,
    **changed: bytes,
) -> bytes:
    """A message cell; *changed* replaces fields of the body's plaintext."""
    head = b"BZN1\x01\x01\0\0" + week.to_bytes(4) + roster_hash + b"".join(slots)
    transcript = hashlib.sha256(head).digest()
    derived = hkdf(cell_key, transcript, b"buzon/message/v1", 76)
    plaintext = body_plaintext(thread_seed, transcript, document, **changed)
    body = AESGCM(derived[:32]).encrypt(derived[64:], plaintext, transcript)
    return head + derived[32:64] + body


# ---------------------------------------------------------------- parts and replies


def part_cell(
    key: bytes, file_id: bytes, index: int, count: int, salt: bytes, content: bytes
) -> bytes:
    """A part cell."""
    header = b"BZN1\x01\x02\0\0" + salt
    context = file_id + index.to_bytes(4) + count.to_bytes(4)
    derived = hkdf(key, salt, b"buzon/part/v1" + context, 44)
    plaintext = content + bytes(1_048_536 - len(content))
    aad = b"buzon/part-aad/v1" + header + context
    return header + AESGCM(derived[:32]).encrypt(derived[32:], plaintext, aad)


def reply_head(lawyer: bytes, week: int, sequence: int, part: int, of: int, length: int) -> bytes:
    """The first 20 bytes inside a reply."""
    return lawyer + week.to_bytes(4) + sequence.to_bytes(4) + bytes([part, of]) + length.to_bytes(2)


def reply_signature(identity_seed: bytes, reply_key: bytes, head: bytes, text: bytes) -> bytes:
    """What the lawyer signs inside a reply."""
    statement = b"buzon/reply-sig/v1" + hashlib.sha256(reply_key).digest() + head + text
    return bytes(SigningKey(identity_seed).sign(statement).signature)


def reply_cell(reply_key: bytes, tag_key: bytes, plaintext: bytes, label: str) -> bytes:
    """A reply cell around 2,944 bytes."""
    info = b"buzon/reply/v1" + hashlib.sha256(reply_key).digest()
    sealed = hpke_seal(reply_key, info, plaintext, label)
    return hmac.digest(tag_key, b"buzon/tag/v1" + sealed[1088:1120], "sha256")[:16] + sealed


# ---------------------------------------------------------------- differences


def patch(base: bytes, wanted: bytes) -> list[list[JSON]]:
    """[offset, base64] of what to write over *base* to get *wanted*, of the same size."""
    assert len(base) == len(wanted)
    patches: list[list[JSON]] = []
    place = 0
    while place < len(base):
        if base[place] == wanted[place]:
            place += 1
            continue
        end = place + 1
        # Sixteen equal bytes end a difference.
        while end < len(base) and base[end : end + 16] != wanted[end : end + 16]:
            end += 1
        patches.append([place, b64(wanted[place:end])])
        place = end
    return patches


def patched(base: bytes, patches: Sequence[Sequence[JSON]]) -> bytes:
    """*base* with *patches* written over it."""
    content = bytearray(base)
    for offset, replacement in patches:
        replaced = base64.b64decode(replacement)
        content[offset : offset + len(replaced)] = replaced
    return bytes(content)
