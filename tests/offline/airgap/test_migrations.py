"""A vault that an earlier version of the program wrote opens, reads and verifies."""

from __future__ import annotations

from datetime import timedelta

import pytest
from nacl.utils import random

from crypto.airgap import key_ageing
from crypto.airgap.importing import import_pouch
from crypto.airgap.outgoing import lay_batch, write_reply
from crypto.airgap.vault import database as databases
from crypto.airgap.vault.database import Value
from crypto.airgap.vault.identity import VaultUnfinishedError
from crypto.airgap.vault.schema import MIGRATIONS
from crypto.airgap.vault.vault import Vault
from crypto.reply import split_batch
from crypto.weeks import week_of
from crypto.witness.replies import ReplyReader
from tests.offline.airgap.older import older
from tests.offline.airgap.world import CHEAP, NOW, PASSPHRASE, Pouch, Witness, World

WEEK = week_of(NOW.date())
# What stands in a table that came after the first version; each: its name, a row.
LATER: dict[str, tuple[Value, ...]] = {
    "handovers": (1, bytes(32), bytes(8), b"as she signed it"),
    "backup_key": (1, b"public", b"parts", b"auth", 3, 2),
    "backed_up": (1,),
}


@pytest.fixture(params=range(1, len(MIGRATIONS)))
def old(request: pytest.FixtureRequest, world: World, witness: Witness, pouch: Pouch) -> World:
    """Mezquite's vault as each earlier version wrote it: a thread, two replies, a batch, a log."""
    manifests, parts = witness.file(bytes(10), "foto.jpg")
    pouch.put(witness.message(), witness.message(kind="files", files=manifests), *parts)
    with world.open_vault() as vault, pouch.open() as folder:
        owner = vault.identity.owner()
        import_pouch(vault, owner, folder, NOW)
        (thread,) = vault.messages.threads()
        for text in ("uno", "dos"):
            write_reply(vault, owner, thread, text, NOW)
        lay_batch(vault, owner, folder, NOW, random)
        for table, row in LATER.items():
            places = ", ".join("?" * len(row))
            vault.database.execute(f"INSERT INTO {table} VALUES ({places})", *row)
    older(world, "Mezquite", request.param)
    return world


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


@pytest.mark.parametrize(
    ("table", "since"), [("handovers", 2), ("backup_key", 4), ("backed_up", 4)]
)
def test_it_keeps_what_its_later_tables_held(request, old, table, since):
    version = request.node.callspec.params["old"]
    with old.open_vault() as vault:
        held = vault.database.rows(f"SELECT * FROM {table}")
    assert held == ([LATER[table]] if version >= since else [])


def test_one_from_before_backups_has_none_and_counts_no_cell_as_held(request, old):
    with old.open_vault() as vault:
        assert (vault.backups.key() is None) == (request.node.callspec.params["old"] < 4)
        assert not vault.backups.hold(bytes(32))


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
