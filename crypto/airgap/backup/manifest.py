"""The manifest of one backup: what opens its copy of the database, and what that is.

    manifest = HPKE(public key, mac 32 | strict JSON)

Where this file and crypto/spec/backup-v1.md section 4 disagree, this file is wrong.
"""

import hmac
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from crypto import hpke, strictjson
from crypto.airgap.backup.errors import BackupDamagedError
from crypto.airgap.backup.keys import BackupKeys, WriteKeys
from crypto.errors import BuzonError

MAX_PIECES = 65_536
MAX_NUMBER = 99_999_999
MAX_BYTES = 8 * 1024 * 1024

_INFO = b"buzon/backup-manifest/v1"
_MAC_LABEL = b"buzon/backup-mac/v1"
_MAC_BYTES = 32
_KEY_BYTES = 32
_DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one backup says of itself."""

    number: int  # from 1, one more at each backup of a vault
    day: date
    entries: int  # of the custody log, when the copy was made
    key: bytes = field(repr=False)  # 32, of the copy of the database
    pieces: tuple[bytes, ...]  # SHA-256 of each piece of that copy, in order

    def seal(self, keys: WriteKeys) -> bytes:
        """As it lies on the stick."""
        body = strictjson.serialise(
            {
                "number": self.number,
                "day": self.day.isoformat(),
                "entries": self.entries,
                "key": self.key.hex(),
                "pieces": [piece.hex() for piece in self.pieces],
            }
        )
        return hpke.seal(keys.public_key, _INFO, _mac(keys, body) + body)

    @classmethod
    def open(cls, keys: BackupKeys, number: int, untrusted: bytes) -> "Manifest":
        """Open the manifest that lies under *number* on a stick.

        Raises:
            BackupDamagedError: for every reason; another number among them.
        """
        try:
            opened = keys.private_key.open(_INFO, untrusted)
            mac, body = opened[:_MAC_BYTES], opened[_MAC_BYTES:]
            if not hmac.compare_digest(mac, _mac(keys.write, body)):
                raise BackupDamagedError("another writer")
            manifest = cls._from_body(body)
        except BuzonError:
            raise BackupDamagedError(f"manifest {number}") from None
        if manifest.number != number:
            raise BackupDamagedError("a manifest under another number")
        return manifest

    @classmethod
    def _from_body(cls, body: bytes) -> "Manifest":
        number, day, entries, key, pieces = strictjson.members(
            strictjson.parse(body, MAX_BYTES), "number", "day", "entries", "key", "pieces"
        )
        return cls(
            number=strictjson.integer(number, 1, MAX_NUMBER),
            day=strictjson.day(day),
            entries=strictjson.integer(entries, 0),
            key=strictjson.hexadecimal(key, _KEY_BYTES),
            pieces=tuple(
                strictjson.hexadecimal(piece, _DIGEST_BYTES)
                for piece in strictjson.array(pieces, 1, MAX_PIECES)
            ),
        )


def _mac(keys: WriteKeys, body: bytes) -> bytes:
    return hmac.digest(keys.auth_key, _MAC_LABEL + body, sha256)
