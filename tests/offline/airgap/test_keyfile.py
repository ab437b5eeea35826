"""Key files: one passphrase opens them, and there is one error for everything else."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from crypto.airgap import keyfile
from crypto.airgap.durable import FileExistsRefusedError, FileUnreadableError
from crypto.airgap.keyfile import Cost, KeyfileLockedError
from crypto.strictjson import DocumentMalformedError

SECRET = bytes(range(32))
CHEAP = Cost(memory_kib=8, passes=1, lanes=1)


@pytest.fixture(scope="module")
def locked() -> bytes:
    return keyfile.lock(SECRET, "director", "contraseña", CHEAP)


def test_the_passphrase_that_locked_a_secret_unlocks_it(locked):
    assert keyfile.unlock(locked, "director", "contraseña") == SECRET


def test_a_passphrase_typed_with_combining_accents_is_the_same_passphrase(locked):
    assert keyfile.unlock(locked, "director", "contrasen\u0303a") == SECRET


@pytest.mark.parametrize("passphrase", ["contrasena", "Contraseña", "", "contraseña ", "\ud800"])
def test_another_passphrase_is_one_error(locked, passphrase):
    with pytest.raises(KeyfileLockedError):
        keyfile.unlock(locked, "director", passphrase)


@pytest.mark.parametrize(("key", "changed"), [("memory_kib", 16), ("passes", 2)])
def test_a_changed_cost_is_the_same_error_as_a_wrong_passphrase(locked, key, changed):
    document = json.loads(locked)
    document[key] = changed
    with pytest.raises(KeyfileLockedError):
        keyfile.unlock(json.dumps(document).encode(), "director", "contraseña")


def test_a_flipped_bit_in_the_box_is_the_same_error_as_a_wrong_passphrase(locked):
    document = json.loads(locked)
    box = document["box"]
    document["box"] = ("B" if box[0] == "A" else "A") + box[1:]
    with pytest.raises(KeyfileLockedError):
        keyfile.unlock(json.dumps(document).encode(), "director", "contraseña")


def test_a_file_relabelled_for_another_purpose_does_not_open(locked):
    relabelled = locked.replace(b'"director"', b'"vault"')
    with pytest.raises(KeyfileLockedError):
        keyfile.unlock(relabelled, "vault", "contraseña")


def test_a_director_s_file_is_no_vault_file(locked):
    with pytest.raises(DocumentMalformedError):
        keyfile.unlock(locked, "vault", "contraseña")


@pytest.mark.parametrize(
    ("key", "changed"),
    [
        ("memory_kib", 4 * 1024 * 1024 + 1),
        ("memory_kib", 7),
        ("passes", 0),
        ("passes", 65),
        ("lanes", 2),  # 8 KiB do not suffice for two
        ("lanes", 17),
        ("salt", "AAAA"),
        ("format", "buzon/keyfile/v2"),
        ("purpose", "witness"),
        ("box", "A" * 400),
    ],
)
def test_what_no_reader_accepts_is_malformed_before_any_hashing(locked, key, changed):
    document = json.loads(locked)
    document[key] = changed
    with pytest.raises(DocumentMalformedError):
        keyfile.unlock(json.dumps(document).encode(), "director", "contraseña")


def test_two_files_of_one_secret_and_one_passphrase_have_nothing_random_in_common():
    documents = [json.loads(keyfile.lock(SECRET, "vault", "x", CHEAP)) for _ in range(2)]
    assert documents[0]["salt"] != documents[1]["salt"]
    assert documents[0]["box"] != documents[1]["box"]


def test_a_key_file_is_for_its_owner_only_and_is_never_overwritten(tmp_path: Path):
    path = tmp_path / "director.key"
    keyfile.create(path, SECRET, "director", "x", CHEAP)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsRefusedError):
        keyfile.create(path, bytes(32), "director", "x", CHEAP)
    assert keyfile.open_file(path, "director", "x") == SECRET
    assert [entry.name for entry in tmp_path.iterdir()] == ["director.key"]


def test_a_folder_in_the_place_of_a_key_file_is_our_error(tmp_path: Path):
    with pytest.raises(FileUnreadableError):
        keyfile.open_file(tmp_path, "director", "x")


@pytest.mark.parametrize(
    ("memory", "passes"), [(1, 64), (16, 64), (64, 32), (256, 8), (1024, 4), (4096, 4)]
)
def test_the_less_memory_a_guess_takes_the_more_passes_it_makes(memory: int, passes: int):
    assert keyfile.cost_of(memory) == Cost(memory * 1024, passes, 4)


def test_a_directors_key_costs_a_gibibyte_where_there_is_memory_and_a_quarter_where_not():
    gib = 1024 * 1024
    assert keyfile.director_cost(8 * 1024) == Cost(gib, 4, 4)
    assert keyfile.director_cost(2 * 1024) == Cost(gib // 4, 8, 4)
