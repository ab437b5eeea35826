"""What lies on a backup's stick is what the specification says, written here without the code
under test (the generator of the vectors has its own HKDF, X-Wing and HPKE)."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from crypto.airgap.backup.errors import BackupDamagedError
from crypto.airgap.backup.keys import backup_keys
from crypto.airgap.backup.manifest import Manifest
from crypto.airgap.backup.parts import Parts
from crypto.stick import Folder
from tests.vectors.generator.sealing import hkdf, hpke_seal, public_of

SECRET = bytes(range(16))
KEYS = backup_keys(SECRET)
CELL = bytes(range(256)) * 4_096

SEED, PARTS_KEY, AUTH_KEY = (
    hkdf(SECRET, b"buzon/backup/v1", label, 32)
    for label in (b"buzon/backup-seed/v1", b"buzon/backup-parts/v1", b"buzon/backup-auth/v1")
)
GOOD = {
    "number": 7,
    "day": "2026-03-04",
    "entries": 12,
    "key": "ab" * 32,
    "pieces": ["cd" * 32, "ef" * 32],
}


def sealed(value: object, *, public: bytes | None = None, auth_key: bytes = AUTH_KEY) -> bytes:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    mac = hmac.digest(auth_key, b"buzon/backup-mac/v1" + body, "sha256")
    to = public_of(SEED) if public is None else public
    return hpke_seal(to, b"buzon/backup-manifest/v1", mac + body, "backup")


def test_the_keys_are_derived_as_specified():
    assert KEYS.write.public_key == public_of(SEED)
    assert (KEYS.write.parts_key, KEYS.write.auth_key) == (PARTS_KEY, AUTH_KEY)
    prefixed = b"buzon/backup-id/v1" + public_of(SEED)
    assert KEYS.write.id == hashlib.sha256(prefixed).digest()[:8]


def test_no_key_shows_itself_in_a_traceback():
    shown = repr(KEYS)
    for key in (PARTS_KEY, AUTH_KEY, SEED):
        assert repr(key) not in shown
        assert key.hex() not in shown


def test_a_part_lies_where_and_as_specified(tmp_path: Path):
    digest = hashlib.sha256(CELL).digest()
    derived = hkdf(PARTS_KEY, digest, b"buzon/backup-part/v1", 76)
    name = derived[44:].hex()
    with Folder.open(tmp_path) as folder:
        parts = Parts(folder, KEYS.write)
        parts.write(digest, CELL)
        path = tmp_path / name[:2] / name
        assert path.read_bytes() == AESGCM(derived[:32]).encrypt(derived[32:44], CELL, None)
        assert path.stat().st_size == 1_048_592
        assert parts.read(digest) == CELL


def test_a_part_under_the_name_of_another_is_refused(tmp_path: Path):
    digest, other = hashlib.sha256(CELL).digest(), hashlib.sha256(b"").digest()
    derived = hkdf(PARTS_KEY, other, b"buzon/backup-part/v1", 76)
    name = derived[44:].hex()
    (tmp_path / name[:2]).mkdir()
    with Folder.open(tmp_path) as folder:
        parts = Parts(folder, KEYS.write)
        parts.write(digest, CELL)
        mine = hkdf(PARTS_KEY, digest, b"buzon/backup-part/v1", 76)[44:].hex()
        (tmp_path / name[:2] / name).write_bytes((tmp_path / mine[:2] / mine).read_bytes())
        with pytest.raises(BackupDamagedError):
            parts.read(other)
        # Sealed by somebody with the key, but not the cell of that name.
        forged = AESGCM(derived[:32]).encrypt(derived[32:44], CELL, None)
        (tmp_path / name[:2] / name).write_bytes(forged)
        with pytest.raises(BackupDamagedError):
            parts.read(other)


def test_a_manifest_that_was_written_as_specified_opens():
    manifest = Manifest.open(KEYS, 7, sealed(GOOD))
    assert (manifest.number, manifest.day.isoformat(), manifest.entries) == (7, "2026-03-04", 12)
    assert manifest.key == b"\xab" * 32
    assert manifest.pieces == (b"\xcd" * 32, b"\xef" * 32)
    assert Manifest.open(KEYS, 7, manifest.seal(KEYS.write)) == manifest


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(sealed({**GOOD, "number": 8}), id="another number"),
        pytest.param(sealed({**GOOD, "number": 0}), id="number zero"),
        pytest.param(sealed({**GOOD, "number": 100_000_000}), id="number too long"),
        pytest.param(sealed({**GOOD, "day": "2026-02-30"}), id="no such day"),
        pytest.param(sealed({**GOOD, "entries": -1}), id="fewer than no entries"),
        pytest.param(sealed({**GOOD, "key": "ab" * 31}), id="short key"),
        pytest.param(sealed({**GOOD, "pieces": []}), id="no pieces"),
        pytest.param(sealed({**GOOD, "pieces": ["CD" * 32]}), id="capital digits"),
        pytest.param(sealed({**GOOD, "more": 1}), id="an unknown key"),
        pytest.param(sealed({k: v for k, v in GOOD.items() if k != "key"}), id="a missing key"),
        pytest.param(sealed(b'{"number":7,"number":7}'), id="a key twice"),
        pytest.param(sealed(b""), id="nothing inside"),
        pytest.param(sealed(GOOD, auth_key=bytes(32)), id="another writer"),
        pytest.param(sealed(GOOD, public=public_of(bytes(32))), id="sealed to another key"),
        pytest.param(sealed(GOOD)[:-1], id="cut"),
        pytest.param(sealed(GOOD) + b"\0", id="longer"),
        pytest.param(
            hpke_seal(public_of(SEED), b"buzon/backup-manifest/v2", bytes(64), "x"), id="info"
        ),
    ],
)
def test_every_other_manifest_is_one_error(bad: bytes):
    with pytest.raises(BackupDamagedError):
        Manifest.open(KEYS, 7, bad)


@given(st.binary(max_size=2_000))
def test_garbage_is_no_manifest(garbage: bytes):
    with pytest.raises(BackupDamagedError):
        Manifest.open(KEYS, 7, garbage)
