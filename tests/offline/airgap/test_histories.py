"""The chain of rosters: what was missed comes in, what contradicts it stays as evidence."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from nacl.utils import random

from crypto.airgap import ceremony
from crypto.airgap.importing import Report, import_pouch
from crypto.airgap.outgoing import lay_rosters
from crypto.airgap.signer import Signer
from crypto.airgap.vault import database
from crypto.airgap.vault.messages import ALARM_ROSTER_UNKNOWN
from crypto.airgap.vault.schema import MIGRATIONS
from crypto.airgap.vault.vault import Vault
from crypto.document import Document
from crypto.dsse import Envelope
from crypto.history import MAX_BYTES, history_of
from crypto.pouch import MAX_STATIONS
from crypto.roster import Roster
from tests.offline.airgap.world import CHEAP, NOW, PASSPHRASE, Pouch, World

OTHER: dict[str, Any] = {
    "expires": NOW.date() + timedelta(days=30)
}  # what another roster has otherwise
STATION = "0123456789abcdef.json"


def imported(world: World, pouch: Pouch, name: str = "Mezquite") -> Report:
    with world.open_vault(name) as vault, pouch.open() as folder:
        return import_pouch(vault, vault.identity.owner(), folder, NOW)


def chained(world: World, count: int) -> list[Envelope]:
    """The present roster and its successors, so many in all; the last is the present one."""
    made = [world.signed(world.roster)]
    return made + [world.signed(world.next_roster()) for _ in range(count - 1)]


def show(pouch: Pouch, envelopes: Iterable[Envelope], name: str = "rosters.json") -> None:
    (pouch.path / name).parent.mkdir(exist_ok=True)
    (pouch.path / name).write_bytes(history_of(list(envelopes)))


def refusals(report: Report) -> list[tuple[str, str]]:
    return [(one.untrusted_name, one.code) for one in report.refused]


def held(world: World) -> list[int]:
    with world.open_vault() as vault:
        return [Roster.from_payload(one.payload).serial for one in vault.rosters.chain()]


def test_rosters_that_were_missed_come_from_the_desk_in_their_order(world, pouch):
    imported(world, pouch)
    show(pouch, chained(world, 4))
    (pouch.path / "directory.json").write_bytes(world.directory())
    report = imported(world, pouch)
    assert (report.rosters, report.directory_verified, report.refused) == (3, True, [])
    assert held(world) == [1, 2, 3, 4]


def test_rosters_that_were_missed_come_from_another_station_too(world, pouch):
    imported(world, pouch)
    show(pouch, chained(world, 3), f"have-rosters/{STATION}")
    assert imported(world, pouch).rosters == 2
    assert held(world) == [1, 2, 3]


def test_the_first_roster_of_a_station_is_that_of_a_directory_and_none_of_a_history(world, pouch):
    show(pouch, chained(world, 3))
    (pouch.path / "directory.json").write_bytes(b"")
    assert imported(world, pouch).rosters == 0
    assert held(world) == []
    (pouch.path / "directory.json").write_bytes(world.directory())
    assert imported(world, pouch).refused == []
    assert held(world) == [3]


def test_a_roster_after_one_that_is_missing_is_refused(world, pouch):
    imported(world, pouch)
    chain = chained(world, 4)
    show(pouch, [*chain[:2], chain[3]])
    (pouch.path / "directory.json").write_bytes(world.directory())
    report = imported(world, pouch)
    assert refusals(report) == [
        ("rosters.json", "roster-chain"), ("directory.json", "roster-chain"),
    ]  # fmt: skip
    assert held(world) == [1, 2]


# ----------------------------------------------------------------- hostile histories


def by(signers: list[Signer], document: Document) -> Envelope:
    envelope = document.to_envelope()
    for signer in signers:
        envelope = signer.add_signature(envelope)
    return envelope


def unsigned(world: World) -> bytes:
    return history_of([world.directors[0].sign_document(world.next_roster())])


def signed_by_strangers(world: World) -> bytes:
    return history_of([by([Signer(random(32)) for _ in range(2)], world.next_roster())])


def under_another_trust(world: World) -> bytes:
    return history_of([world.signed(world.next_roster(trust=random(32)))])


def a_serial_twice(world: World) -> bytes:
    follows = world.next_roster()
    return history_of([world.signed(follows), world.signed(replace(follows, **OTHER))])


def huge(world: World) -> bytes:
    return history_of([world.signed(world.next_roster())]).ljust(MAX_BYTES + 1)


HOSTILE = {
    unsigned: "document-signatures",
    signed_by_strangers: "document-signatures",
    under_another_trust: "roster-trust",
    a_serial_twice: "document-malformed",
    huge: "pouch-size",
    lambda _: b"[" * 10_000: "document-malformed",
    lambda world: world.directory(): "document-malformed",
}


@pytest.mark.parametrize("name", ["rosters.json", f"have-rosters/{STATION}"])
@pytest.mark.parametrize(("hostile", "code"), HOSTILE.items())
def test_a_hostile_history_is_refused_and_nothing_of_it_is_kept(world, pouch, hostile, code, name):
    imported(world, pouch)
    (pouch.path / name).parent.mkdir(exist_ok=True)
    (pouch.path / name).write_bytes(hostile(world))
    report = imported(world, pouch)
    assert refusals(report) == [(name, code)]
    assert (report.contradictions, held(world)) == (0, [1])


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: path.symlink_to("POUCH")])
def test_what_is_no_file_is_refused_and_hinders_nothing(world, pouch, make):
    imported(world, pouch)
    make(pouch.path / "rosters.json")
    report = imported(world, pouch)
    assert refusals(report) == [("rosters.json", "pouch-not-a-file")]
    assert report.directory_verified


def test_names_that_no_station_has_are_refused_and_many_are_not_read(world, pouch):
    imported(world, pouch)
    folder = pouch.path / "have-rosters"
    folder.mkdir()
    (folder / "\x1b[2J").touch()
    for number in range(2 * MAX_STATIONS):
        (folder / f"{number:016x}.json").mkdir()
    report = imported(world, pouch)
    assert ("have-rosters/\x1b[2J", "pouch-name") in refusals(report)
    assert len(report.refused) == MAX_STATIONS


def test_other_stations_in_a_file_that_is_no_folder_are_refused(world, pouch):
    imported(world, pouch)
    (pouch.path / "have-rosters").write_bytes(b"")
    assert refusals(imported(world, pouch)) == [("have-rosters", "pouch-missing")]


# ----------------------------------------------------------------- contradictions


def standing(world: World) -> list[tuple[int, str]]:
    with world.open_vault() as vault:
        return [
            (one.other_roster.serial, one.untrusted_seen_in)
            for one in vault.contradictions.standing()
        ]


def test_another_roster_of_a_serial_that_is_held_is_kept_as_evidence_once(world, pouch):
    imported(world, pouch)
    chain = chained(world, 3)
    show(pouch, chain)
    imported(world, pouch)
    fork = world.signed(replace(Roster.from_payload(chain[1].payload), **OTHER))
    show(pouch, [chain[0], fork, chain[2]])
    (pouch.path / "directory.json").write_bytes(world.directory())
    report = imported(world, pouch)
    assert (report.contradictions, report.refused) == (1, [])
    assert imported(world, pouch).contradictions == 0
    assert standing(world) == [(2, "rosters.json")]
    assert held(world) == [1, 2, 3]
    with world.open_vault() as vault:
        (one,) = vault.contradictions.standing()
        assert (one.held, one.other) == (chain[1], fork)
        *_, entry = vault.verified_custody()
        assert (entry.act, entry.note) == ("noted", "rosters contradict")
        assert set(entry.objects) == {chain[1].payload_hash, fork.payload_hash}


@pytest.mark.parametrize("where", ["directory.json", "rosters.json", f"have-rosters/{STATION}"])
def test_a_fork_is_noticed_wherever_it_is_shown(world, pouch, where):
    imported(world, pouch)
    world.roster = replace(world.roster, **OTHER)
    if where == "directory.json":
        (pouch.path / where).write_bytes(world.directory())
    else:
        show(pouch, [world.signed(world.roster)], where)
    assert imported(world, pouch).contradictions == 1
    assert standing(world) == [(1, where)]


def test_a_successor_of_another_roster_contradicts_the_newest(world, pouch):
    imported(world, pouch)
    world.roster = replace(world.roster, **OTHER)
    show(pouch, [world.signed(world.next_roster()), world.signed(world.next_roster())])
    report = imported(world, pouch)
    assert (report.contradictions, report.rosters, report.refused) == (1, 0, [])
    assert standing(world) == [(2, "rosters.json")]


def test_what_only_follows_from_a_fork_is_no_evidence_of_its_own(world, pouch):
    imported(world, pouch)
    first = world.roster
    show(pouch, chained(world, 4))
    imported(world, pouch)
    world.roster = first
    fork = [world.signed(world.next_roster(**OTHER)) for _ in range(3)]
    show(pouch, fork)
    assert imported(world, pouch).contradictions == 1
    assert standing(world) == [(2, "rosters.json")]


def test_the_one_before_the_first_that_a_station_holds_is_compared_too(world, pouch):
    before = world.roster
    world.next_roster()
    (pouch.path / "directory.json").write_bytes(world.directory())
    show(pouch, [world.signed(before), world.signed(world.roster)])
    assert imported(world, pouch).contradictions == 0
    show(pouch, [world.signed(replace(before, **OTHER)), world.signed(world.roster)])
    assert imported(world, pouch).contradictions == 1


def test_two_couriers_who_are_shown_two_chains_meet_in_the_pouch(world, tmp_path):
    """One station fills a pouch at a desk that lies; the other finds it out."""
    honest, lying = Pouch(tmp_path / "a", world), Pouch(tmp_path / "b", world)
    shown = world.roster
    imported(world, honest, "Mezquite")
    world.roster = replace(shown, **OTHER)
    (lying.path / "directory.json").write_bytes(world.directory())
    report = imported(world, lying, "Huizache")
    assert (report.directory_verified, report.contradictions) == (True, 0)
    # What the program does after an import, before the stick goes on to the colleague.
    with world.open_vault("Huizache") as vault, lying.open() as folder:
        own = vault.identity.owner()
        assert lay_rosters(vault, own, folder) == 1
    world.roster = shown
    (lying.path / "directory.json").write_bytes(world.directory())
    report = imported(world, lying, "Mezquite")
    assert (report.directory_verified, report.contradictions) == (True, 1)
    assert standing(world) == [(1, f"have-rosters/{own.id.hex()}.json")]


def test_a_contradiction_that_was_set_aside_stays_so_and_keeps_its_evidence(world, pouch):
    imported(world, pouch)
    other = world.signed(replace(world.roster, **OTHER))
    show(pouch, [other])
    imported(world, pouch)
    with world.open_vault() as vault:
        vault.contradictions.set_aside(
            vault.contradictions.find(other.payload_hash.hex()), NOW.date()
        )
    assert imported(world, pouch).contradictions == 0
    assert standing(world) == []
    with world.open_vault() as vault:
        assert [one.set_aside for one in vault.contradictions.all()] == [NOW.date()]


# ----------------------------------------------------------------- other directors


def directors_changed(world: World) -> list[Signer]:
    """Everybody but the first director is somebody else from now on; returns those before."""
    before = world.directors
    world.directors = [before[0], *(Signer(random(32)) for _ in range(2))]
    keys = [signer.public_key for signer in world.directors]
    world.trust = ceremony.draft_trust("Colectivo", keys, 2, None, 2, world.trust)
    world.trust_file = by([*before[:2], *world.directors[1:]], world.trust).to_json()
    return before


def test_rosters_from_before_and_after_a_change_of_directors_are_taken_each_under_its_own(
    world, pouch
):
    imported(world, pouch)
    chain = chained(world, 2)
    directors_changed(world)
    show(pouch, [*chain, world.signed(world.next_roster(trust=world.trust.payload_hash))])
    (pouch.path / "directory.json").write_bytes(world.directory())
    # Not gone over yet: what the directors of before signed is taken, and the rest waits.
    report = imported(world, pouch)
    assert refusals(report) == [
        ("rosters.json", "roster-trust"),
        ("directory.json", "roster-signatures"),
    ]
    assert held(world) == [1, 2]
    with world.open_vault() as vault, vault.transaction():
        vault.rosters.change_trust(world.trust_file)
    report = imported(world, pouch)
    assert (report.rosters, report.directory_verified, report.refused) == (1, True, [])
    assert held(world) == [1, 2, 3]


def test_those_who_are_directors_no_more_add_nothing_to_the_chain_alone(world, pouch):
    imported(world, pouch)
    chain = chained(world, 2)
    directors_changed(world)
    with world.open_vault() as vault, vault.transaction():
        vault.rosters.change_trust(world.trust_file)
    show(pouch, chain)
    assert imported(world, pouch).rosters == 0
    assert held(world) == [1]
    follows = world.signed(world.next_roster(trust=world.trust.payload_hash))
    show(pouch, [*chain, follows])
    assert imported(world, pouch).rosters == 2
    assert held(world) == [1, 2, 3]


def test_a_roster_of_the_directors_before_can_be_handed_in_after_they_changed(world, pouch):
    imported(world, pouch)
    missed = world.signed(world.next_roster()).to_json()
    directors_changed(world)
    world.next_roster(trust=world.trust.payload_hash)
    (pouch.path / "directory.json").write_bytes(world.directory())
    with world.open_vault() as vault, pouch.open() as folder:
        vault.rosters.change_trust(world.trust_file)
        report = import_pouch(vault, vault.identity.owner(), folder, NOW, [missed])
        assert report.refused == []
        again = import_pouch(vault, vault.identity.owner(), folder, NOW, [missed])
        assert again.refused == []
    assert held(world) == [1, 2, 3]


# ----------------------------------------------------------------- alarms


def alarms(world: World) -> list[tuple[str, ...]]:
    with world.open_vault() as vault:
        (thread,) = vault.messages.threads()
        return [message.alarms for message in vault.messages.of_thread(thread)]


def test_the_alarm_over_an_unknown_roster_ends_when_it_was_only_missed(world, witness, pouch):
    imported(world, pouch)
    chain = chained(world, 3)
    pouch.put(witness.message(roster_hash=chain[1].payload_hash))
    imported(world, pouch)
    assert alarms(world) == [(ALARM_ROSTER_UNKNOWN,)]
    assert imported(world, pouch).rosters == 0
    assert alarms(world) == [(ALARM_ROSTER_UNKNOWN,)]
    show(pouch, chain)
    imported(world, pouch)
    assert alarms(world) == [()]
    with world.open_vault() as vault:
        *_, entry = vault.verified_custody()
        assert (entry.act, entry.note) == ("noted", "roster known now, alarm over")


def test_the_alarm_over_a_roster_that_contradicts_the_chain_stays(world, witness, pouch):
    imported(world, pouch)
    other = replace(world.roster, **OTHER)
    pouch.put(witness.message(roster_hash=other.payload_hash))
    show(pouch, [world.signed(other)])
    imported(world, pouch)
    imported(world, pouch)
    assert alarms(world) == [(ALARM_ROSTER_UNKNOWN,)]


# ----------------------------------------------------------------- the vault


def test_a_vault_from_before_contradictions_opens_with_its_chain(
    world, pouch, tmp_path, monkeypatch
):
    with monkeypatch.context() as older:
        older.setattr(database, "MIGRATIONS", MIGRATIONS[:1])
        Vault.create(tmp_path / "old", PASSPHRASE, CHEAP).close()
        with Vault.open(tmp_path / "old", PASSPHRASE) as vault:
            assert vault.database.number("PRAGMA user_version") == 1
            vault.rosters.pin_trust(world.trust_file)
            vault.rosters.accept(world.roster, world.signed(world.roster))
    with Vault.open(tmp_path / "old", PASSPHRASE) as vault:
        assert vault.database.number("PRAGMA user_version") == len(MIGRATIONS)
        assert vault.rosters.chain() == [world.signed(world.roster)]
        assert vault.contradictions.all() == []
