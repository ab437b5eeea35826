"""The keys of a backup: all of them from 16 bytes that only shares on paper remember.

    secret 16 -> seed 32        opens manifests            (never stored)
              -> public key     seals manifests            (in the vault)
              -> parts key 32   seals and opens part cells (in the vault)
              -> auth key 32    authenticates manifests    (in the vault)

Where this file and crypto/spec/backup-v1.md section 2 disagree, this file is wrong.
"""

from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crypto import hpke
from crypto.hpke import PrivateKey

ID_BYTES = 8

_SALT = b"buzon/backup/v1"
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class WriteKeys:
    """What the vault keeps: it writes backups, and opens no copy of the database in one."""

    public_key: bytes  # 1,216, X-Wing
    parts_key: bytes = field(repr=False)  # 32
    auth_key: bytes = field(repr=False)  # 32

    @property
    def id(self) -> bytes:
        """8 bytes by which a stick names the backups of this key."""
        return sha256(b"buzon/backup-id/v1" + self.public_key).digest()[:ID_BYTES]


@dataclass(frozen=True, slots=True)
class BackupKeys:
    """What the shares make again."""

    write: WriteKeys
    private_key: PrivateKey


def backup_keys(secret: bytes) -> BackupKeys:
    """Every key from *secret*, 16 bytes.

    Source: backup-v1.md, section 2.
    """
    private_key = PrivateKey(_derived(secret, b"buzon/backup-seed/v1", hpke.SEED_BYTES))
    write = WriteKeys(
        private_key.public_key,
        _derived(secret, b"buzon/backup-parts/v1", _KEY_BYTES),
        _derived(secret, b"buzon/backup-auth/v1", _KEY_BYTES),
    )
    return BackupKeys(write, private_key)


def _derived(secret: bytes, label: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=_SALT, info=label).derive(secret)
