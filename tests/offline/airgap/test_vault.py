"""The vault: one passphrase, one error; nothing outside it; a custody chain that shows changes."""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import timedelta

import pytest

from crypto.airgap import custody, keyfile
from crypto.airgap.custody import CustodyBrokenError, Entry, Head
from crypto.airgap.durable import (
    FileExistsRefusedError,
    FileUnreadableError,
    FileUnwritableError,
)
from crypto.airgap.keyfile import KeyfileLockedError
from crypto.airgap.signer import Signer
from crypto.airgap.vault.database import (
    Database,
    VaultBusyError,
    VaultDamagedError,
    VaultNewerError,
)
from crypto.airgap.vault.identity import VaultUnfinishedError
from crypto.airgap.vault.vault import Vault
from crypto.strictjson import DocumentMalformedError
from tests.offline.airgap.world import CHEAP, NOW, PASSPHRASE, World


def test_a_wrong_passphrase_is_one_error(world):
    with pytest.raises(KeyfileLockedError):
        Vault.open(world.vault_path("Mezquite"), "otra")


def test_a_folder_without_a_vault_is_refused(tmp_path):
    with pytest.raises(FileUnreadableError):
        Vault.open(tmp_path / "nowhere", PASSPHRASE)


def test_a_vault_is_never_made_over_something_else(world, tmp_path):
    with pytest.raises(FileExistsRefusedError):
        Vault.create(world.vault_path("Mezquite"), PASSPHRASE, CHEAP)
    (tmp_path / "busy").mkdir()
    (tmp_path / "busy" / "letter").touch()
    with pytest.raises(FileExistsRefusedError):
        Vault.create(tmp_path / "busy", PASSPHRASE, CHEAP)


def test_a_vault_whose_making_was_interrupted_says_so(tmp_path):
    Vault.create(tmp_path / "half", PASSPHRASE, CHEAP).close()
    with Vault.open(tmp_path / "half", PASSPHRASE) as vault, pytest.raises(VaultUnfinishedError):
        vault.identity.owner()


def test_the_key_of_another_vault_does_not_open_the_database(world):
    mine, other = world.vault_path("Mezquite"), world.vault_path("Huizache")
    shutil.copy(other / "vault.key", mine / "vault.key")
    with pytest.raises(VaultDamagedError):
        Vault.open(mine, PASSPHRASE)


def test_a_changed_page_is_noticed(world):
    path = world.vault_path("Mezquite") / "vault.db"
    content = bytearray(path.read_bytes())
    for offset in range(100, len(content), 16_384):  # every page
        content[offset] ^= 1
    path.write_bytes(content)
    with pytest.raises(VaultDamagedError), Vault.open(path.parent, PASSPHRASE) as vault:
        vault.verified_custody()


def test_a_second_program_finds_the_vault_busy(world):
    with world.open_vault() as vault:
        vault.messages.count()
        with pytest.raises(VaultBusyError):
            world.open_vault()


def test_a_vault_of_a_newer_version_is_left_alone(tmp_path):
    key = bytes(32)
    database = Database(tmp_path / "a.db", key)
    database.execute("PRAGMA user_version = 1000")
    database.close()
    with pytest.raises(VaultNewerError):
        Database(tmp_path / "a.db", key)


def test_what_a_failed_transaction_wrote_is_gone(world):
    with world.open_vault() as vault:
        with suppress(RuntimeError), vault.transaction():
            vault.notes.write("complete-pouch", "2026-03-04")
            raise RuntimeError
        assert vault.notes.text("complete-pouch") is None


def test_a_changed_passphrase_opens_the_same_vault_and_the_old_one_does_not(world):
    path = world.vault_path("Mezquite") / "vault.key"
    secret = keyfile.open_file(path, "vault", PASSPHRASE)
    path.write_bytes(keyfile.lock(secret, "vault", "nueva", CHEAP))
    Vault.open(path.parent, "nueva").close()
    with pytest.raises(KeyfileLockedError):
        Vault.open(path.parent, PASSPHRASE)


def test_weekly_keys_are_made_for_half_a_year_each_week_once(world):
    with world.open_vault() as vault:
        weeks = [row[0] for row in vault.database.rows("SELECT week FROM weekly_keys")]
    assert len(weeks) == 26
    assert weeks == list(range(weeks[0], weeks[0] + 26))


# ----------------------------------------------------------------- custody


@pytest.fixture
def signer() -> Signer:
    return Signer(bytes(32))


@pytest.fixture
def log(signer) -> tuple[list[bytes], Head]:
    """Five entries and where they end."""
    head, entries = Head(), []
    for number in range(5):
        moment = NOW + timedelta(seconds=number)
        entry, head = custody.next_entry(head, signer, moment, "opened", [bytes([number]) * 32])
        entries.append(entry)
    return entries, head


def test_a_whole_chain_is_read_back(log, signer):
    entries, head = log
    read = custody.verify(entries, signer.public_key, head)
    assert [entry.sequence for entry in read] == [1, 2, 3, 4, 5]
    assert read[2].objects == (bytes([2]) * 32,)


@pytest.mark.parametrize("place", range(5))
def test_a_removed_entry_is_found(log, signer, place):
    entries, head = log
    del entries[place]
    with pytest.raises(CustodyBrokenError):
        custody.verify(entries, signer.public_key, head)


@pytest.mark.parametrize("place", range(4))
def test_reordered_entries_are_found(log, signer, place):
    entries, head = log
    entries[place], entries[place + 1] = entries[place + 1], entries[place]
    with pytest.raises(CustodyBrokenError):
        custody.verify(entries, signer.public_key, head)


@pytest.mark.parametrize("place", range(5))
def test_an_entry_repeated_is_found(log, signer, place):
    entries, head = log
    entries.insert(place, entries[place])
    with pytest.raises(CustodyBrokenError):
        custody.verify(entries, signer.public_key, head)


@pytest.mark.parametrize("place", range(5))
def test_an_altered_entry_is_found_whoever_signs_it_again(log, signer, place):
    entries, head = log
    before = Entry.from_payload(Entry.envelope_of(entries[place]).payload)
    previous = Head(before.sequence - 1, before.previous)
    for forger in (signer, Signer(b"\x01" * 32)):
        forged, _ = custody.next_entry(previous, forger, NOW, "noted", before.objects)
        with pytest.raises(CustodyBrokenError):
            custody.verify(
                [*entries[:place], forged, *entries[place + 1 :]], signer.public_key, head
            )


def test_a_log_cut_off_at_its_end_is_found_in_the_vault(world):
    with world.open_vault() as vault:
        owner = vault.identity.owner()
        vault.record(owner.signer, NOW, "opened", [bytes(32)])
        assert [entry.act for entry in vault.verified_custody()] == ["keys", "opened"]
        vault.database.execute("DELETE FROM custody WHERE sequence = 2")
        with pytest.raises(CustodyBrokenError):
            vault.verified_custody()


def test_an_act_on_more_objects_than_fit_an_entry_takes_several(world):
    objects = [number.to_bytes(32) for number in range(custody.MAX_OBJECTS + 1)]
    with world.open_vault() as vault:
        vault.record(vault.identity.owner().signer, NOW, "received", objects)
        entries = [entry for entry in vault.verified_custody() if entry.act == "received"]
    assert [digest for entry in entries for digest in entry.objects] == objects
    assert len(entries) == 2


def test_an_act_that_the_specification_does_not_name_is_refused(signer):
    with pytest.raises(DocumentMalformedError):
        custody.next_entry(Head(), signer, NOW, "sold", [])


def test_two_vaults_of_one_passphrase_share_no_key(tmp_path):
    world = World(tmp_path)
    secrets = {
        keyfile.open_file(world.vault_path(name) / "vault.key", "vault", PASSPHRASE)
        for name in world.names
    }
    assert len(secrets) == 2


def no_memory(*_: object) -> None:
    raise MemoryError


def disk_full(*_: object) -> None:
    raise FileUnwritableError("x")


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("fails", [no_memory, disk_full])
def test_a_vault_that_cannot_be_finished_leaves_nothing_in_the_way_of_the_next(
    tmp_path, monkeypatch, there, fails
):
    folder = tmp_path / "vault"
    if there:
        folder.mkdir()
    with monkeypatch.context() as patch:
        patch.setattr("crypto.airgap.keyfile.create", fails)
        with pytest.raises((MemoryError, FileUnwritableError)):
            Vault.create(folder, PASSPHRASE, CHEAP)
    assert folder.exists() == there
    with pytest.raises(KeyboardInterrupt), Vault.created(folder, PASSPHRASE, CHEAP):
        raise KeyboardInterrupt
    assert folder.exists() == there
    Vault.create(folder, PASSPHRASE, CHEAP).close()
