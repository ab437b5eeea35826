"""A backup holds everything but private weekly keys, opens to its shares only, and is believed
only after it was read back."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from nacl.utils import random

from crypto.airgap import ceremony, custody, key_ageing
from crypto.airgap.backup import restoring
from crypto.airgap.backup.errors import (
    BackupDamagedError,
    BackupFullError,
    BackupMissingError,
    BackupOtherError,
    BackupStickError,
)
from crypto.airgap.backup.keys import BackupKeys, backup_keys
from crypto.airgap.backup.manifest import Manifest
from crypto.airgap.backup.parts import Parts
from crypto.airgap.backup.restoring import Restored
from crypto.airgap.backup.shelf import Shelf
from crypto.airgap.backup.writing import Written, write_backup
from crypto.airgap.durable import FileExistsRefusedError
from crypto.airgap.importing import import_pouch
from crypto.airgap.outgoing import withdraw_reply, write_reply
from crypto.airgap.streaming import stream_file
from crypto.airgap.succession import new_identity
from crypto.airgap.vault.backups import BackupKey, BackupKeyMissingError
from crypto.airgap.vault.database import Database
from crypto.airgap.vault.schema import MIGRATIONS
from crypto.airgap.vault.vault import Vault
from crypto.card import CardKeysError
from crypto.stick import Folder, PouchFullError
from crypto.weekly_key import WeeklyKey
from crypto.weeks import week_of
from tests.offline.airgap.world import CHEAP, NOW, Pouch, Witness, World

SECRET = bytes(range(16))
KEYS: BackupKeys = backup_keys(SECRET)
NEW = "una contraseña nueva"
FILE = bytes(range(256)) * 8_000  # two parts


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "backup-stick").mkdir()
    return tmp_path / "backup-stick"


@pytest.fixture
def keyed(world: World) -> World:
    """Mezquite's vault has a backup key."""
    with world.open_vault() as vault, vault.transaction():
        vault.backups.keep_key(BackupKey(KEYS.write, 3, 2))
    return world


@pytest.fixture
def filled(keyed: World, witness: Witness, pouch: Pouch) -> World:
    """It has a testimony with a file, too."""
    manifests, parts = witness.file(FILE, "foto.jpg")
    pouch.put(witness.message(), witness.message(kind="files", files=manifests), *parts)
    take(keyed, pouch)
    return keyed


def take(world: World, pouch: Pouch) -> None:
    with world.open_vault() as vault, pouch.open() as folder:
        import_pouch(vault, vault.identity.owner(), folder, NOW)


def write(world: World, stick: Path, now=NOW) -> Written:
    with world.open_vault() as vault:
        return write_backup(vault, vault.identity.owner(), stick, now, random)


def restore(
    stick: Path, folder: Path, number: int | None = None, keys: BackupKeys = KEYS, now=NOW
) -> Restored:
    with Shelf.opened(stick, keys.write) as found:
        manifest, digest = restoring.choose(found, keys, number)
        restoring.prepare(folder)
        return restoring.restore(found, manifest, digest, folder, NEW, CHEAP, now)


def parts_of(stick: Path) -> list[Path]:
    return [path for path in sorted(stick.rglob("*")) if path.parent.parent.name == "parts"]


def one(stick: Path, kind: str) -> Path:
    return max(path for path in stick.rglob("*") if path.parent.name == kind)


def seeds(world: World) -> list[bytes]:
    with world.open_vault() as vault:
        rows = vault.database.rows("SELECT seed FROM weekly_keys WHERE seed IS NOT NULL")
    return [row[0] for row in rows]


def copy_of_the_database(stick: Path, folder: Path) -> Path:
    """What whoever has the shares finds on the stick, without its cipher."""
    with Shelf.opened(stick, KEYS.write) as found:
        manifest, _ = restoring.choose(found, KEYS, None)
        path = folder / "opened.db"
        path.write_bytes(b"".join(found.read_pieces(manifest.number, manifest.pieces)))
    database = Database(path, manifest.key)
    database.execute("PRAGMA journal_mode = delete")
    database.execute("PRAGMA rekey = ''")
    database.close()
    return path


# ----------------------------------------------------------------- what is in it


def test_no_private_weekly_key_is_in_a_backup_destroyed_or_not(filled, pouch, stick, tmp_path):
    every = seeds(filled)
    assert len(every) == 26
    with filled.open_vault() as vault:
        envelope = vault.weekly_keys.envelopes(vault.identity.owner(), week_of(NOW.date()))[0]
        vault.weekly_keys.destroy([week_of(NOW.date())])
    write(filled, stick)
    plain = copy_of_the_database(stick, tmp_path).read_bytes()
    assert plain.startswith(b"SQLite format 3\0")
    assert envelope in plain  # the search finds what is there
    assert [seed for seed in every if seed in plain] == []


def test_the_stick_alone_shows_nothing_of_the_vault(filled, stick):
    write(filled, stick)
    with filled.open_vault() as vault:
        secrets = [vault.database.row("SELECT seed FROM identities")[0], KEYS.write.parts_key]
        secrets += [bytes(row[0])[:64] for row in vault.database.rows("SELECT json FROM messages")]
        digests = [row[0] for row in vault.database.rows("SELECT digest FROM cells")]
    files = [path for path in stick.rglob("*") if path.is_file()]
    everything = b"".join(path.read_bytes() for path in files)
    names = " ".join(map(str, files))
    for each in [*secrets, *digests]:
        assert each not in everything
        assert each.hex() not in names
    part = next(filled.vault_path("Mezquite").joinpath("parts").iterdir()).read_bytes()
    assert part[1000:1064] not in everything


def test_the_vault_keeps_nothing_that_opens_a_backup(filled, stick):
    write(filled, stick)
    with filled.open_vault() as vault:
        kept = vault.backups.require_key().write
    assert kept == KEYS.write
    sealed = one(stick, "manifests").read_bytes()
    for key in (kept.parts_key, kept.auth_key):
        with pytest.raises(BackupDamagedError):
            Manifest.open(replace(backup_keys(bytes(16)), write=kept), 1, sealed)
        assert key not in sealed


def test_a_lost_laptop_comes_back_from_the_stick(filled, stick, tmp_path):
    write(filled, stick)
    with filled.open_vault() as vault:
        owner = vault.identity.owner()
        (thread,) = vault.messages.threads()
        rosters = vault.rosters.hashes()
    shutil.rmtree(filled.vault_path("Mezquite"))
    restored = restore(stick, tmp_path / "again")
    assert (restored.cells, restored.missing, restored.custody_whole) == (4, (), True)
    with Vault.open(tmp_path / "again", NEW) as vault:
        assert vault.identity.owner().id == owner.id
        assert vault.rosters.hashes() == rosters
        (again,) = vault.messages.threads()
        assert again.id == thread.id
        (file,) = vault.files.of_thread(again)
        content = bytearray()
        stream_file(vault.parts, file, content.extend)
        assert bytes(content) == FILE
    assert [path.name for path in (tmp_path / "again").iterdir() if path.name[0] == "."] == []


def test_the_custody_log_goes_on_with_the_restoring(filled, stick, tmp_path):
    write(filled, stick)
    restore(stick, tmp_path / "again")
    manifest = one(stick, "manifests").read_bytes()
    with Vault.open(tmp_path / "again", NEW) as vault:
        entries = vault.verified_custody()
    acts = [entry.act for entry in entries]
    assert acts[-3:] == ["restored", "keys", "keys"]
    assert [entry.note for entry in entries[-3:]] == ["number 1", "lost", "made"]
    assert entries[-3].objects == (sha256(manifest).digest(),)
    with filled.open_vault() as vault:
        last = vault.verified_custody()[-1]
    assert (last.act, last.note, last.objects) == ("backup", "number 1", entries[-3].objects)


def test_restoring_forgets_lost_keys_and_makes_others_for_the_same_weeks(filled, stick, tmp_path):
    first = week_of(NOW.date())
    write(filled, stick)
    later = NOW + timedelta(weeks=3)
    restored = restore(stick, tmp_path / "again", now=later)
    assert (restored.keys_lost, restored.keys_made) == (23, {"Mezquite": 26})
    with filled.open_vault() as vault:
        before = set(vault.weekly_keys.envelopes(vault.identity.owner(), first))
    with Vault.open(tmp_path / "again", NEW) as vault:
        owner = vault.identity.owner()
        assert vault.weekly_keys.ever_made(owner) == set(range(first, first + 29))
        assert vault.weekly_keys.held_through(10**6) == list(range(first + 3, first + 29))
        assert not before & set(vault.weekly_keys.envelopes(owner, first + 3))
        assert key_ageing.age(vault, owner, later).weeks_left == 26


def test_an_identity_that_waits_for_the_directors_gets_keys_again_too(filled, stick, tmp_path):
    with filled.open_vault() as vault:
        waiting = new_identity(vault, "Ahuehuete", "Norte", ("es",), NOW)
    write(filled, stick)
    assert restore(stick, tmp_path / "again").keys_made == {"Mezquite": 26, "Ahuehuete": 26}
    with Vault.open(tmp_path / "again", NEW) as vault:
        found = vault.identity.waiting()
        assert found is not None
        assert found.id == waiting.id
        assert len(vault.weekly_keys.envelopes(waiting, week_of(NOW.date()))) == 26


def test_of_several_identities_that_wait_each_gets_keys_again(filled, stick, tmp_path):
    with filled.open_vault() as vault:
        first = new_identity(vault, "Ahuehuete", "Norte", ("es",), NOW)
        new_identity(vault, "Encino", "Norte", ("es",), NOW)
    write(filled, stick)
    made = restore(stick, tmp_path / "again").keys_made
    assert made == {"Mezquite": 26, "Ahuehuete": 26, "Encino": 26}
    with Vault.open(tmp_path / "again", NEW) as vault:
        assert key_ageing.age(vault, vault.identity.owner(), NOW).weeks_left == 26
        assert len(vault.weekly_keys.held_from(first, week_of(NOW.date()))) == 26


def test_a_clock_of_2040_while_restoring_leaves_no_week_without_a_key(filled, stick, tmp_path):
    write(filled, stick)
    restored = restore(stick, tmp_path / "again", now=NOW.replace(year=2040))
    assert restored.keys_lost == 0
    with Vault.open(tmp_path / "again", NEW) as vault:
        owner = vault.identity.owner()
        assert key_ageing.make_keys(vault, owner, NOW) == 26
        assert key_ageing.age(vault, owner, NOW).weeks_left == 26
        notes = [entry.note for entry in vault.verified_custody() if entry.act == "keys"]
        assert notes[-2:] == ["lost", "made"]
        assert key_ageing.make_keys(vault, owner, NOW) == 0


def test_replies_that_a_backup_brings_back_are_counted(filled, stick, tmp_path):
    with filled.open_vault() as vault:
        (thread,) = vault.messages.threads()
        write_reply(vault, vault.identity.owner(), thread, "uno", NOW)
    write(filled, stick)
    with filled.open_vault() as vault:
        withdraw_reply(vault, vault.identity.owner(), thread, 1, NOW)
    assert restore(stick, tmp_path / "again").replies_standing == 1


def test_a_stick_on_which_something_lies_in_the_way_of_a_part_is_said_not_to_take_it(filled, stick):
    write(filled, stick)
    folder = parts_of(stick)[0].parent
    shutil.rmtree(folder)
    folder.write_bytes(b"no folder")
    with pytest.raises(BackupStickError):
        write(filled, stick)


def test_directors_sign_the_new_keys_in_the_place_of_the_lost_ones(
    filled, witness, pouch, stick, tmp_path
):
    write(filled, stick)
    restore(stick, tmp_path / "again")
    to_lost_keys = witness.message("Antes de la firma.")
    with Vault.open(tmp_path / "again", NEW) as vault:
        owner = vault.identity.owner()
        new = [
            WeeklyKey.envelope_of(envelope)
            for envelope in vault.weekly_keys.envelopes(owner, week_of(NOW.date()))
        ]
        others = [
            one for one in filled.keys if WeeklyKey.from_payload(one.payload).lawyer != owner.id
        ]
        with pytest.raises(CardKeysError):  # the old card and the new one together
            ceremony.listed_keys(filled.roster, [*filled.keys, *new])
        filled.keys = [*others, *new]
        pouch.put(to_lost_keys, witness.message("Después."))
        pouch.path.joinpath("directory.json").write_bytes(filled.directory())
        with pouch.open() as folder:
            report = import_pouch(vault, owner, folder, NOW)
        assert (report.refused, report.messages, report.opened) == ([], 2, 1)
        assert vault.cells.count_unopened() == 1


def test_a_copy_that_should_leave_out_what_is_not_there_is_not_made(filled, tmp_path):
    with filled.open_vault() as vault, pytest.raises(ValueError, match="no such column"):
        vault.database.copy_to(tmp_path / "copy.db", bytes(32), without=("weekly_keys", "sed"))


def test_restoring_says_until_when_directors_signed_a_lost_key(filled, pouch, stick, tmp_path):
    pouch.path.joinpath("directory.json").write_bytes(filled.directory(weeks=4))
    take(filled, pouch)
    write(filled, stick)
    restored = restore(stick, tmp_path / "again")
    assert restored.signed_through is not None
    days = (restored.signed_through - NOW.date()).days
    assert 3 * 7 < days < 4 * 7
    much_later = restore(stick, tmp_path / "late", now=NOW + timedelta(weeks=6))
    assert much_later.signed_through is None


def test_a_custody_log_that_was_broken_before_is_told_and_comes_back_as_it_was(
    filled, stick, tmp_path
):
    with filled.open_vault() as vault:
        vault.database.execute("DELETE FROM custody WHERE sequence = 2")
    write(filled, stick)
    assert not restore(stick, tmp_path / "again").custody_whole


# ----------------------------------------------------------------- writing it


def test_without_shares_nothing_is_backed_up(world, stick):
    with pytest.raises(BackupKeyMissingError):
        write(world, stick)
    assert list(stick.iterdir()) == []


def test_a_second_backup_writes_only_the_parts_that_are_new(filled, witness, pouch, stick):
    assert write(filled, stick).new_parts == 2
    first = {path: path.stat().st_mtime_ns for path in parts_of(stick)}
    manifests, parts = witness.file(b"otra", "nota.txt")
    pouch.put(witness.message(kind="files", files=manifests), *parts)
    take(filled, pouch)
    written = write(filled, stick)
    assert (written.number, written.new_parts, written.lacking) == (2, 1, ())
    after = {path: path.stat().st_mtime_ns for path in parts_of(stick)}
    assert len(after) == 3
    assert {path: after[path] for path in first} == first


def test_sticks_in_turn_each_hold_everything(filled, tmp_path, stick):
    other = tmp_path / "other-stick"
    other.mkdir()
    write(filled, stick)
    assert write(filled, other).new_parts == 2
    assert write(filled, stick).new_parts == 0
    shutil.rmtree(stick)
    assert restore(other, tmp_path / "again").missing == ()


def test_the_two_newest_backups_are_kept(filled, stick):
    for _ in range(4):
        write(filled, stick)
    for kind in ("manifests", "database"):
        assert {path.name[:8] for path in stick.rglob("*") if path.parent.name == kind} == {
            "00000003", "00000004",
        }  # fmt: skip


def test_what_is_damaged_on_the_stick_is_written_again_while_the_vault_has_it(
    filled, stick, tmp_path
):
    write(filled, stick)
    part = parts_of(stick)[0]
    part.write_bytes(part.read_bytes()[:-1] + b"?")
    assert write(filled, stick).new_parts == 1
    assert restore(stick, tmp_path / "again").missing == ()


def test_a_part_that_nobody_has_is_told_and_not_believed(filled, stick):
    lost = next(filled.vault_path("Mezquite").joinpath("parts").iterdir())
    content = lost.read_bytes()
    lost.unlink()
    digest = bytes.fromhex(lost.name)
    written = write(filled, stick)
    assert (written.lacking, written.cells) == ((digest,), 3)
    with filled.open_vault() as vault:
        assert not vault.backups.hold(digest)
    lost.write_bytes(content)
    assert write(filled, stick).cells == 4


@pytest.mark.parametrize("how", ["gone", "changed", "link"])
def test_a_part_that_only_the_stick_has_comes_back_to_the_disk(filled, stick, how):
    write(filled, stick)
    path = next(filled.vault_path("Mezquite").joinpath("parts").iterdir())
    content = path.read_bytes()
    damage(path, how)
    written = write(filled, stick)
    assert (written.cells, written.brought_back, written.lacking) == (4, 1, ())
    assert path.read_bytes() == content
    assert not path.is_symlink()


def test_nothing_lies_beside_the_vault_afterwards(filled, stick, monkeypatch):
    folder = filled.vault_path("Mezquite")
    before = {path.name for path in folder.iterdir()}
    write(filled, stick)
    assert {path.name for path in folder.iterdir()} == before
    monkeypatch.setattr(Shelf, "write_piece", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(filled, stick)
    assert {path.name for path in folder.iterdir()} == before


def interrupted(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("step", ["write_piece", "write_manifest"])
def test_a_killed_run_leaves_the_backup_before_it_whole(
    filled, witness, pouch, stick, tmp_path, monkeypatch, step
):
    write(filled, stick)
    pouch.put(witness.message())
    take(filled, pouch)
    with monkeypatch.context() as patch:
        patch.setattr(Shelf, step, interrupted)
        with pytest.raises(KeyboardInterrupt):
            write(filled, stick)
    with filled.open_vault() as vault:
        held = [vault.backups.hold(c) for (c,) in vault.database.rows("SELECT digest FROM cells")]
    assert sorted(held) == [False, True, True, True, True]
    assert restore(stick, tmp_path / "again").cells == 4
    written = write(filled, stick)
    assert (written.number, written.cells) == (3, 5)
    with Shelf.opened(stick, KEYS.write) as found:
        assert found.numbers() == [1, 3]
        assert {name[:8] for name in found.database.names()} == {"00000001", "00000003"}


@pytest.mark.parametrize("kind", ["parts", "database", "manifests"])
def test_a_full_stick_is_told_and_the_backup_before_stays(
    filled, stick, tmp_path, monkeypatch, kind
):
    write(filled, stick)
    for path in parts_of(stick):
        path.unlink()
    before = Folder.write

    def full(self: Folder, name: str, content: bytes, in_place_of: str | None = None) -> None:
        where = Path(f"/proc/self/fd/{self._descriptor}").readlink()
        if kind in (where.name, where.parent.name):
            raise PouchFullError("ENOSPC")
        before(self, name, content, in_place_of)

    with monkeypatch.context() as patch:
        patch.setattr(Folder, "write", full)
        with pytest.raises(BackupFullError):
            write(filled, stick)
    assert restore(stick, tmp_path / "again").custody_whole


@pytest.mark.parametrize("kind", ["parts", "database", "manifests"])
def test_a_stick_that_gives_back_something_else_is_not_believed(filled, stick, monkeypatch, kind):
    before = Folder.write

    def worn_out(self: Folder, name: str, content: bytes, in_place_of: str | None = None) -> None:
        where = Path(f"/proc/self/fd/{self._descriptor}").readlink()
        worn = kind in (where.name, where.parent.name)
        before(self, name, content[:-1] + b"\0" if worn else content, in_place_of)

    monkeypatch.setattr(Folder, "write", worn_out)
    with pytest.raises(BackupStickError):
        write(filled, stick)
    with filled.open_vault() as vault:
        assert vault.database.number("SELECT count(*) FROM backed_up") == 0
        assert [entry.act for entry in vault.verified_custody()].count("backup") == 0


@pytest.mark.parametrize("name", ["vault-backup", f"vault-backup/{KEYS.write.id.hex()}"])
def test_a_link_on_the_stick_leads_nowhere(filled, stick, tmp_path, name):
    (tmp_path / "elsewhere").mkdir()
    (stick / name).parent.mkdir(exist_ok=True)
    (stick / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BackupMissingError):
        write(filled, stick)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_numbers_that_a_stranger_wrote_do_not_use_up_the_vaults(filled, stick, tmp_path):
    write(filled, stick)
    folder = one(stick, "manifests").parent
    (folder / "99999999").write_bytes(b"junk")
    (folder / "not a number").write_bytes(b"junk")
    (folder.parent / "database" / "88888888-00000").mkdir()
    assert write(filled, stick).number == 2
    assert sorted(path.name for path in folder.iterdir()) == [
        "00000001",
        "00000002",
        "not a number",
    ]
    assert restore(stick, tmp_path / "again").cells == 4


def test_the_progress_of_a_backup_ends_at_all_that_there_was_to_do(filled, stick):
    seen: list[tuple[int, int]] = []
    with filled.open_vault() as vault:
        write_backup(vault, vault.identity.owner(), stick, NOW, random,
                     lambda *done: seen.append(done))  # fmt: skip
    assert [done for done, _ in seen] == list(range(1, seen[0][1] + 1))


def test_a_long_database_takes_several_pieces(filled, stick, tmp_path, monkeypatch):
    monkeypatch.setattr("crypto.airgap.backup.writing.PIECE_BYTES", 65_536)
    write(filled, stick)
    assert len([path for path in stick.rglob("*") if path.parent.name == "database"]) > 3
    assert restore(stick, tmp_path / "again").cells == 4


# ----------------------------------------------------------------- restoring it


def test_shares_of_another_set_open_nothing(filled, stick, tmp_path):
    write(filled, stick)
    with pytest.raises(BackupOtherError):
        restore(stick, tmp_path / "again", keys=backup_keys(bytes(16)))
    assert not (tmp_path / "again").exists()


def test_a_stick_without_a_backup_is_told(stick, tmp_path):
    for place in (stick, tmp_path / "nowhere"):
        with pytest.raises(BackupMissingError):
            restore(place, tmp_path / "again")


def test_a_killed_first_backup_is_no_backup(filled, stick, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Shelf, "write_manifest", interrupted)
        with pytest.raises(KeyboardInterrupt):
            write(filled, stick)
    with pytest.raises(BackupMissingError):
        restore(stick, tmp_path / "again")


def damage(path: Path, how: str) -> None:
    content = path.read_bytes()
    path.unlink()
    if how == "changed":
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    elif how == "cut":
        path.write_bytes(content[:-1])
    elif how == "longer":
        path.write_bytes(content + b"\0")
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "link":
        path.with_name("elsewhere").write_bytes(content)
        path.symlink_to("elsewhere")
    elif how == "pipe":
        os.mkfifo(path)


HOW = ["gone", "changed", "cut", "longer", "empty", "link", "pipe"]


@pytest.mark.parametrize("how", HOW)
def test_a_copy_of_the_database_that_is_not_whole_is_refused(filled, stick, tmp_path, how):
    write(filled, stick)
    damage(one(stick, "database"), how)
    with pytest.raises(BackupDamagedError):
        restore(stick, tmp_path / "again")
    assert not (tmp_path / "again" / "vault.key").exists()


@pytest.mark.parametrize("how", ["changed", "cut", "empty", "pipe"])
def test_a_manifest_that_is_not_whole_is_refused_and_an_earlier_backup_is_chosen_by_number(
    filled, stick, tmp_path, how
):
    write(filled, stick)
    write(filled, stick)
    damage(stick / "vault-backup" / KEYS.write.id.hex() / "manifests" / "00000002", how)
    with pytest.raises(BackupDamagedError):
        restore(stick, tmp_path / "again")
    assert restore(stick, tmp_path / "again", number=1).cells == 4
    with pytest.raises(BackupMissingError):
        restore(stick, tmp_path / "other", number=7)


@pytest.mark.parametrize("how", ["gone", "changed", "longer", "link"])
def test_a_part_that_is_not_whole_is_told_and_the_next_pouch_brings_it_again(
    filled, pouch, stick, tmp_path, how
):
    write(filled, stick)
    damage(parts_of(stick)[0], how)
    restored = restore(stick, tmp_path / "again")
    assert (len(restored.missing), restored.cells) == (1, 3)
    with Vault.open(tmp_path / "again", NEW) as vault, pouch.open() as folder:
        assert not vault.cells.known(restored.missing[0])
        assert import_pouch(vault, vault.identity.owner(), folder, NOW).parts == 1
        (file,) = vault.files.of_thread(vault.messages.threads()[0])
        assert file.complete


def test_a_backup_mixed_of_two_days_is_refused(filled, witness, pouch, stick, tmp_path):
    write(filled, stick)
    shutil.copytree(stick, tmp_path / "monday")
    pouch.put(witness.message())
    take(filled, pouch)
    write(filled, stick)
    folder = stick / "vault-backup" / KEYS.write.id.hex()
    monday = tmp_path / "monday" / "vault-backup" / KEYS.write.id.hex()
    # Monday's manifest under the newer number.
    shutil.copy(monday / "manifests" / "00000001", folder / "manifests" / "00000002")
    with pytest.raises(BackupDamagedError):
        restore(stick, tmp_path / "again")
    # Tuesday's manifest before Monday's database.
    write(filled, stick)
    shutil.copy(monday / "database" / "00000001-00000", folder / "database" / "00000003-00000")
    with pytest.raises(BackupDamagedError):
        restore(stick, tmp_path / "again")


def test_whoever_has_only_the_public_key_writes_no_manifest(filled, stick, tmp_path):
    write(filled, stick)
    forger = replace(KEYS.write, auth_key=bytes(32))
    path = one(stick, "manifests")
    genuine = Manifest.open(KEYS, 1, path.read_bytes())
    path.write_bytes(genuine.seal(forger))
    with pytest.raises(BackupDamagedError):
        restore(stick, tmp_path / "again")
    path.write_bytes(genuine.seal(KEYS.write))
    assert restore(stick, tmp_path / "again").cells == 4


def test_new_weekly_keys_never_lie_under_the_key_of_the_backup(
    filled, stick, tmp_path, monkeypatch
):
    write(filled, stick)
    with Shelf.opened(stick, KEYS.write) as found:
        manifest, _ = restoring.choose(found, KEYS, None)
    with monkeypatch.context() as patch:
        patch.setattr(restoring, "_clear", interrupted)
        with pytest.raises(KeyboardInterrupt):
            restore(stick, tmp_path / "again")
    left = Database(tmp_path / "again" / ".restored.db", manifest.key)
    assert left.number("SELECT count(seed) FROM weekly_keys") == 0
    left.close()
    with Vault.open(tmp_path / "again", NEW) as vault:
        assert vault.database.number("SELECT count(seed) FROM weekly_keys") == 26


@pytest.mark.parametrize("step", ["_fetch_parts", "_as_of_now", "_clear"])
def test_a_killed_restoring_goes_on_in_the_same_folder(filled, stick, tmp_path, monkeypatch, step):
    write(filled, stick)
    with monkeypatch.context() as patch:
        patch.setattr(restoring, step, interrupted)
        with pytest.raises(KeyboardInterrupt):
            restore(stick, tmp_path / "again")
    if step == "_clear":
        with pytest.raises(FileExistsRefusedError):
            restore(stick, tmp_path / "again")
    else:
        assert restore(stick, tmp_path / "again").cells == 4
    with Vault.open(tmp_path / "again", NEW) as vault:
        assert [entry.act for entry in vault.verified_custody()].count("restored") == 1


def test_a_stick_that_is_pulled_out_while_restoring_loses_nothing(
    filled, stick, tmp_path, monkeypatch
):
    write(filled, stick)
    shutil.copytree(stick, tmp_path / "in-hand")
    before = Parts.read

    def pulled_out(self: Parts, digest: bytes) -> bytes:
        shutil.rmtree(stick / "vault-backup")
        return before(self, digest)

    with monkeypatch.context() as patch:
        patch.setattr(Parts, "read", pulled_out)
        with pytest.raises(BackupStickError):
            restore(stick, tmp_path / "again")
    assert not (tmp_path / "again" / "vault.key").exists()
    assert restore(tmp_path / "in-hand", tmp_path / "again").missing == ()


def test_a_killed_restoring_does_not_read_again_what_it_has(filled, stick, tmp_path, monkeypatch):
    write(filled, stick)
    with monkeypatch.context() as patch:
        patch.setattr(restoring, "_as_of_now", interrupted)
        with pytest.raises(KeyboardInterrupt):
            restore(stick, tmp_path / "again")
    for path in parts_of(stick):
        path.unlink()
    assert restore(stick, tmp_path / "again").missing == ()


@pytest.mark.parametrize("what", ["vault", "file", "link"])
def test_nothing_is_restored_over_something_else(filled, stick, tmp_path, what):
    write(filled, stick)
    folder = tmp_path / "busy"
    if what == "vault":
        folder = filled.vault_path("Mezquite")
    elif what == "file":
        folder.touch()
    else:
        folder.symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileExistsRefusedError):
        restore(stick, folder)


def test_a_restored_vault_goes_on_with_the_same_backups(filled, witness, pouch, stick, tmp_path):
    write(filled, stick)
    restore(stick, tmp_path / "again")
    with Vault.open(tmp_path / "again", NEW) as vault:
        written = write_backup(vault, vault.identity.owner(), stick, NOW, random)
    assert (written.number, written.new_parts, written.cells) == (2, 0, 4)


def test_a_backup_of_an_older_schema_is_brought_to_the_present_one(tmp_path, monkeypatch):
    """What a coming version does with today's backups, shown on yesterday's schema."""
    with monkeypatch.context() as patch:
        patch.setattr("crypto.airgap.vault.database.MIGRATIONS", MIGRATIONS[:1])
        old = Database(tmp_path / "old.db", bytes(32))
        old.execute("INSERT INTO notes VALUES ('complete-pouch', '2026-03-04')")
        old.copy_to(tmp_path / "copy.db", bytes([1]) * 32)
        old.close()
    copy = Database(tmp_path / "copy.db", bytes([1]) * 32)
    assert copy.rows("SELECT value FROM notes") == [("2026-03-04",)]
    assert copy.number("SELECT count(*) FROM backed_up") == 0
    copy.close()


# ----------------------------------------------------------------- the key, and what is believed


def test_the_cells_of_the_newest_backup_are_known(filled, witness, pouch, stick):
    write(filled, stick)
    (later,) = pouch.put(witness.message())[-1:]
    take(filled, pouch)
    with filled.open_vault() as vault:
        digests = [row[0] for row in vault.database.rows("SELECT digest FROM cells")]
        assert {each.hex() for each in digests if not vault.backups.hold(each)} == {later}


def test_a_new_key_takes_back_what_was_believed(filled, stick):
    write(filled, stick)
    with filled.open_vault() as vault, vault.transaction():
        vault.backups.keep_key(BackupKey(backup_keys(bytes(16)).write, 5, 3))
        assert vault.database.number("SELECT count(*) FROM backed_up") == 0
    assert write(filled, stick).new_parts == 2
    assert len(list((stick / "vault-backup").iterdir())) == 2


def test_a_copy_has_every_table_of_the_vault_with_every_row(filled, stick, tmp_path):
    write(filled, stick)
    with filled.open_vault() as vault:
        vault.database.copy_to(tmp_path / "copy.db", bytes([1]) * 32)
        copy = Database(tmp_path / "copy.db", bytes([1]) * 32)
        tables = [
            name
            for (name,) in vault.database.rows(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            )
        ]
        assert {"custody", "weekly_keys", "message_cells", "backup_key"} <= set(tables)
        for table in tables:
            query = f"SELECT * FROM {table}"
            assert copy.rows(query) == vault.database.rows(query), table
        copy.close()


def test_the_acts_of_backups_stand_in_the_custody_logs_specification(checkout):
    specification = (checkout / "crypto" / "spec" / "keyfile-v1.md").read_text("utf-8")
    assert all(f"`{act}`" in specification for act in custody.ACTS)
