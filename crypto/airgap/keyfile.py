"""Key file v1: a secret at rest, behind a passphrase.

A director's key, or the secret that opens a vault.  For the air gap's programs only.

Where this file and crypto/spec/keyfile-v1.md disagree, this file is wrong.
"""

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from nacl.utils import random

from crypto import strictjson
from crypto.airgap import durable
from crypto.errors import BuzonError
from crypto.strictjson import DocumentMalformedError

Purpose = Literal["director", "vault"]

FORMAT = "buzon/keyfile/v1"
MAX_BYTES = 4 * 1024
SALT_BYTES = 16
SECRET_BYTES = 32

_PURPOSES: tuple[Purpose, ...] = ("director", "vault")
_MEMORY_KIB = (8, 4 * 1024 * 1024)
_PASSES = (1, 64)
_LANES = (1, 16)
_KIB_PER_MIB = 1024
_MOST_BOX_BYTES = SecretBox.NONCE_SIZE + SecretBox.MACBYTES + 64


class KeyfileLockedError(BuzonError):
    """The passphrase is another one, or the file was changed; nobody can tell which."""

    code = "keyfile-locked"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess at the passphrase costs (Argon2id)."""

    memory_kib: int
    passes: int
    lanes: int = 4


VAULT_MEMORY_MIB = 64  # opening a vault stays under 150 MiB in all, on an old machine too
DIRECTOR_MEMORY_MIB = 1024  # a director's key is opened once a month, and does nothing else

_WORK_MIB = 2048  # memory times passes, of which a guess costs at least this
_FEWEST_PASSES = 4


def cost_of(memory_mib: int) -> Cost:
    """The cost of a new file: the less memory, the more passes over it.

    Source: keyfile-v1.md, "Key file".
    """
    passes = max(_FEWEST_PASSES, min(_PASSES[1], _WORK_MIB // memory_mib))
    return Cost(memory_kib=memory_mib * _KIB_PER_MIB, passes=passes)


def director_cost(free_mib: int) -> Cost:
    """The cost of a new director's key on a machine with *free_mib* of memory available.

    Source: keyfile-v1.md, "Key file".
    """
    plenty = free_mib >= 3 * DIRECTOR_MEMORY_MIB
    return cost_of(DIRECTOR_MEMORY_MIB if plenty else DIRECTOR_MEMORY_MIB // 4)


def lock(secret: bytes, purpose: Purpose, passphrase: str, cost: Cost) -> bytes:
    """Write *secret* (32 bytes) as a key file.

    Raises:
        DocumentMalformedError: the cost is out of the range that readers accept.
    """
    if len(secret) != SECRET_BYTES:
        raise ValueError("not 32 bytes")
    salt = random(SALT_BYTES)
    box = SecretBox(_key(passphrase, salt, _checked(cost))).encrypt(
        purpose.encode("ascii") + b"\0" + secret
    )
    return strictjson.serialise(
        {
            "format": FORMAT,
            "purpose": purpose,
            "salt": strictjson.to_base64(salt),
            "memory_kib": cost.memory_kib,
            "passes": cost.passes,
            "lanes": cost.lanes,
            "box": strictjson.to_base64(bytes(box)),
        }
    )


def unlock(keyfile: bytes, purpose: Purpose, passphrase: str) -> bytes:
    """The 32 secret bytes in *keyfile*.

    Raises:
        DocumentMalformedError: it is no key file, or one for another purpose.
        KeyfileLockedError: the passphrase is wrong, or the file was changed.

    Source: keyfile-v1.md, "Key file".
    """
    form, found_purpose, salt, memory, passes, lanes, box = strictjson.members(
        strictjson.parse(keyfile, MAX_BYTES),
        "format", "purpose", "salt", "memory_kib", "passes", "lanes", "box",
    )  # fmt: skip
    strictjson.choice(form, (FORMAT,))
    if strictjson.choice(found_purpose, _PURPOSES) != purpose:
        raise DocumentMalformedError("a key file for another purpose")
    cost = _checked(
        Cost(
            strictjson.integer(memory, *_MEMORY_KIB),
            strictjson.integer(passes, *_PASSES),
            strictjson.integer(lanes, *_LANES),
        )
    )
    salted = strictjson.base64_bytes(salt, SALT_BYTES)
    boxed = strictjson.base64_bytes(box)
    if len(boxed) > _MOST_BOX_BYTES:
        raise DocumentMalformedError("a box too long")
    try:
        opened = SecretBox(_key(passphrase, salted, cost)).decrypt(boxed)
    except (CryptoError, ValueError):
        raise KeyfileLockedError("does not open") from None
    label, _, secret = opened.partition(b"\0")
    if label != purpose.encode("ascii") or len(secret) != SECRET_BYTES:
        raise KeyfileLockedError("opens to something else")
    return secret


def create(path: Path, secret: bytes, purpose: Purpose, passphrase: str, cost: Cost) -> None:
    """Write a new key file with mode 0600.

    Raises:
        FileExistsRefusedError, FileUnwritableError
    """
    durable.write_new(path, lock(secret, purpose, passphrase, cost))


def open_file(path: Path, purpose: Purpose, passphrase: str) -> bytes:
    """The 32 secret bytes in the key file at *path*.

    Raises:
        FileUnreadableError, DocumentMalformedError, KeyfileLockedError: in this order.
    """
    return unlock(durable.read_file(path, MAX_BYTES), purpose, passphrase)


def _checked(cost: Cost) -> Cost:
    """*cost*, if Argon2 can be run so."""
    strictjson.integer(cost.memory_kib, *_MEMORY_KIB)
    strictjson.integer(cost.passes, *_PASSES)
    strictjson.integer(cost.lanes, *_LANES)
    if cost.memory_kib < 8 * cost.lanes:  # RFC 9106, section 3.1
        raise DocumentMalformedError("less memory than the lanes need")
    return cost


def _key(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    try:
        return hash_secret_raw(
            unicodedata.normalize("NFC", passphrase).encode("utf-8"),
            salt,
            time_cost=cost.passes,
            memory_cost=cost.memory_kib,
            parallelism=cost.lanes,
            hash_len=SecretBox.KEY_SIZE,
            type=Type.ID,
        )
    except (HashingError, UnicodeEncodeError, MemoryError):
        raise KeyfileLockedError("the passphrase cannot be hashed on this machine") from None
