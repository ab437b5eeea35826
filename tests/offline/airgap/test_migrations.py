"""A vault that an earlier version of the program wrote opens, reads and verifies."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from nacl.utils import random

from crypto.airgap import key_ageing
from crypto.airgap.backup.keys import backup_keys
from crypto.airgap.importing import import_pouch
from crypto.airgap.outgoing import lay_batch, write_reply
from crypto.airgap.vault import database as databases
from crypto.airgap.vault.backups import BackupKey
from crypto.airgap.vault.identity import VaultUnfinishedError
from crypto.airgap.vault.messages import ALARM_KEYS_CHANGED
from crypto.airgap.vault.schema import MIGRATIONS
from crypto.airgap.vault.vault import Vault
from crypto.reply import split_batch
from crypto.weeks import week_of
from crypto.witness.replies import ReplyReader
from tests.offline.airgap.older import EARLIER, columns_of, older, tables_of
from tests.offline.airgap.world import CHEAP, NOW, PASSPHRASE, Pouch, Witness, World

WEEK = week_of(NOW.date())
NEW_IN = {  # versions and what they brought that no earlier one can have had
    2: {"handovers.id", "handovers.hash", "handovers.giver", "handovers.envelope",
        "messages.cell_key", "messages.handover"},
    3: {"contradictions.hash", "contradictions.held", "contradictions.envelope",
        "contradictions.seen_in", "contradictions.day", "contradictions.set_aside"},
    4: {"backup_key.one", "backup_key.public_key", "backup_key.parts_key", "backup_key.auth_key",
        "backup_key.shares", "backup_key.threshold", "backed_up.cell"},
}  # fmt: skip


@pytest.fixture(params=EARLIER)
def version(request: pytest.FixtureRequest) -> int:
    """Each version of the schema that came before the present one."""
    return int(request.param)


@pytest.fixture
def old(world: World, witness: Witness, pouch: Pouch, version: int) -> World:
    """Mezquite's vault as an earlier version wrote it: a thread, two replies, a batch, a log."""
    fill(world, witness, pouch)
    older(world, "Mezquite", version)
    return world


def fill(world: World, witness: Witness, pouch: Pouch) -> None:
    """Something into every table that Mezquite's vault has now."""
    manifests, parts = witness.file(bytes(10), "foto.jpg")
    pouch.put(witness.message(), witness.message(kind="files", files=manifests), *parts)
    with world.open_vault() as vault, pouch.open() as folder:
        owner = vault.identity.owner()
        import_pouch(vault, owner, folder, NOW)
        (thread,) = vault.messages.threads()
        for text in ("uno", "dos"):
            write_reply(vault, owner, thread, text, NOW)
        lay_batch(vault, owner, folder, NOW, random)
        other = replace(world.roster, expires=world.roster.expires - timedelta(days=1))
        vault.contradictions.add(world.roster, world.signed(other), "rosters.json", NOW.date())
        first = vault.messages.of_thread(thread)[0]
        vault.messages.raise_alarm(first.number, ALARM_KEYS_CHANGED)
        handover = vault.handovers.keep(bytes(8), owner.signer.sign_document(owner.card))
        # As if a colleague had handed the first message over: columns, not what they mean.
        vault.database.execute(
            "UPDATE messages SET handover = ? WHERE id = ?", handover, first.number
        )
        vault.backups.keep_key(BackupKey(backup_keys(bytes(16)).write, 3, 2))
        vault.backups.believe(vault.cells.held_parts())


def dump(world: World) -> dict[str, dict[str, list[object]]]:
    """Every column of every table of Mezquite's vault, its rows in one order."""
    with world.open_vault() as vault:
        database = vault.database
        return {
            table: {
                column: [value for (value,) in database.rows(f"SELECT {column} FROM {table}")]
                for column in columns_of(database, table)
            }
            for table in tables_of(database)
        }


def test_every_row_of_every_version_comes_along(world, witness, pouch, version):
    """All but the columns that the version did not have yet."""
    fill(world, witness, pouch)
    before = dump(world)
    assert [table for table, columns in before.items() if not next(iter(columns.values()))] == []
    older(world, "Mezquite", version)
    after = dump(world)
    assert after.keys() == before.keys()
    changed = {
        f"{table}.{column}"
        for table, columns in before.items()
        for column, values in columns.items()
        if sorted(map(repr, after[table][column])) != sorted(map(repr, values))
    }
    assert changed == {column for since, new in NEW_IN.items() if version < since for column in new}


def test_it_opens_with_everything_that_it_held(old):
    with old.open_vault() as vault:
        assert vault.database.number("PRAGMA user_version") == len(MIGRATIONS)
        assert vault.identity.owner().card.pseudonym == "Mezquite"
        assert [one.number for one in vault.identity.all()] == [1]
        (thread,) = vault.messages.threads()
        assert len(vault.messages.of_thread(thread)) == 2
        assert len(vault.files.of_thread(thread)) == 1
        replies = vault.replies.of_thread(thread)
        assert [(one.sequence, one.text) for one in replies] == [(1, "uno"), (2, "dos")]


def test_its_custody_log_verifies_and_goes_on(old):
    with old.open_vault() as vault:
        before = [entry.act for entry in vault.verified_custody()]
        vault.record(vault.identity.owner().signer, NOW, "noted", [bytes(32)])
        assert [entry.act for entry in vault.verified_custody()] == [*before, "noted"]
    assert before[0] == "keys"
    assert before[-1] == "replied"


def test_its_weekly_keys_open_new_cells_and_none_is_made_twice(old, pouch):
    pouch.put(Witness(old).message())
    with old.open_vault() as vault, pouch.open() as folder:
        owner = vault.identity.owner()
        assert import_pouch(vault, owner, folder, NOW).opened == 1
        assert key_ageing.make_keys(vault, owner, NOW) == 0
        assert key_ageing.age(vault, owner, NOW).weeks_left == 26


def test_its_replies_stand_with_the_sequences_that_witnesses_know(old, witness, pouch):
    with old.open_vault() as vault, pouch.open() as folder:
        owner = vault.identity.owner()
        (thread,) = vault.messages.threads()
        assert not lay_batch(vault, owner, folder, NOW, random).remade
        write_reply(vault, owner, thread, "tres", NOW)
        lay_batch(vault, owner, folder, NOW, random)
    (path,) = (pouch.path / "out" / "batches").iterdir()
    identities = {one.id: one.identity for one in old.roster.lawyers}
    reader = ReplyReader(witness.phrase.reply_seed, witness.phrase.tag_key, identities)
    read = reader.read(split_batch(path.read_bytes(), 16))
    assert [(one.sequence, one.text) for one in read] == [(1, "uno"), (2, "dos"), (3, "tres")]
    pouch.put(witness.message(kind="follow-up", read={owner.id: 2}))
    with old.open_vault() as vault, pouch.open() as folder:
        import_pouch(vault, vault.identity.owner(), folder, NOW)
        states = [one.state for one in vault.replies.of_thread(thread)]
    assert states == ["read", "read", "standing"]


def test_its_lawyer_takes_a_new_identity(old, pouch):
    made = old.new_identity("Mezquite", "Ahuehuete")
    old.vet(made, retire=["Mezquite"])
    (pouch.path / "directory.json").write_bytes(old.directory())
    with old.open_vault() as vault, pouch.open() as folder:
        assert import_pouch(vault, vault.identity.owner(), folder, NOW).succeeded is not None
        assert [one.sequence for one in vault.replies.waiting(made)] == [1, 2]
        vault.verified_custody()


def test_no_page_keeps_the_seeds_that_the_old_tables_held(old, pouch):
    with old.open_vault() as vault:
        query = "SELECT seed FROM weekly_keys WHERE week < ?"
        seeds = [seed for (seed,) in vault.database.rows(query, WEEK + 3)]
    now = NOW + timedelta(weeks=11)
    old.next_roster(issued=now.date(), expires=now.date() + timedelta(days=91))
    (pouch.path / "directory.json").write_bytes(old.directory(now))
    pouch.list_cells(day=now.date())
    with old.open_vault() as vault, pouch.open() as folder:
        report = import_pouch(vault, vault.identity.owner(), folder, now)
        assert report.keys.destroyed == len(seeds) == 3
        decrypted = vault.database._connection.serialize("main")
    assert not any(seed in decrypted for seed in seeds)


def test_a_vault_whose_making_was_interrupted_before_is_still_unfinished(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(databases, "MIGRATIONS", MIGRATIONS[:1])
        Vault.create(tmp_path / "half", PASSPHRASE, CHEAP).close()
    with Vault.open(tmp_path / "half", PASSPHRASE) as vault, pytest.raises(VaultUnfinishedError):
        vault.identity.owner()
