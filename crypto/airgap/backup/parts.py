"""Part cells in a backup: each sealed once, under a name that tells nothing.

    cell's digest + parts key  ->  AES key 32, nonce 12, name 32

The same cell is always the same file, so that a stick is filled by and by, and several
sticks hold the same files.

Where this file and crypto/spec/backup-v1.md section 3 disagree, this file is wrong.
"""

from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crypto.airgap.backup.errors import (
    BackupDamagedError,
    BackupMissingError,
    BackupStickError,
    said_of_backups,
)
from crypto.airgap.backup.keys import WriteKeys
from crypto.part import PART_CELL_BYTES
from crypto.stick import Folder, PouchError

PARTS_NAME = "parts"

_INFO = b"buzon/backup-part/v1"
_TAG_BYTES = 16
_SEALED_BYTES = PART_CELL_BYTES + _TAG_BYTES
_AES_END, _NONCE_END, _NAME_END = 32, 44, 76


@dataclass(frozen=True, slots=True)
class _PartKeys:
    aes_key: bytes
    nonce: bytes
    name: str

    @property
    def folder(self) -> str:
        """One of 256, because FAT holds few long names in one folder."""
        return self.name[:2]


class Parts:
    """The folder of part cells on one stick."""

    def __init__(self, folder: Folder, keys: WriteKeys) -> None:
        """Take the *folder* `parts`, open for as long as this is used."""
        self._folder = folder
        self._keys = keys

    def write(self, digest: bytes, cell: bytes) -> None:
        """Seal the part cell whose SHA-256 is *digest*.

        Raises:
            BackupFullError, BackupStickError
        """
        keys = self._of(digest)
        sealed = AESGCM(keys.aes_key).encrypt(keys.nonce, cell, None)
        try:
            with said_of_backups(), self._folder.made(keys.folder) as folder:
                folder.write(keys.name, sealed)
        except BackupMissingError:
            raise BackupStickError("something lies in the way") from None

    def read(self, digest: bytes) -> bytes:
        """The part cell whose SHA-256 is *digest*, from the stick itself.

        Raises:
            BackupDamagedError: it is not there, not readable, or not what was sealed.
        """
        keys = self._of(digest)
        try:
            with self._folder.inner(keys.folder) as folder:
                folder.forget_cached(keys.name)
                sealed = folder.read_whole(keys.name, _SEALED_BYTES)
            cell = AESGCM(keys.aes_key).decrypt(keys.nonce, sealed, None)
        except (PouchError, InvalidTag, ValueError):
            raise BackupDamagedError("a part") from None
        if sha256(cell).digest() != digest:
            raise BackupDamagedError("another part")
        return cell

    def _of(self, digest: bytes) -> _PartKeys:
        derived = HKDF(algorithm=SHA256(), length=_NAME_END, salt=digest, info=_INFO).derive(
            self._keys.parts_key
        )
        return _PartKeys(
            derived[:_AES_END],
            derived[_AES_END:_NONCE_END],
            derived[_NONCE_END:].hex(),
        )
