"""A lawyer's new identity: nothing is lost, nothing speaks too early, the log follows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from nacl.utils import random

from crypto.airgap import cosigning, custody
from crypto.airgap.custody import CustodyBrokenError, Entry, Head
from crypto.airgap.identity_telling import identity_lines
from crypto.airgap.importing import Report, import_pouch
from crypto.airgap.key_ageing import ClockBehindError
from crypto.airgap.outgoing import lay_batch, lay_have, lay_weekly_keys, write_reply
from crypto.airgap.program import Tongue
from crypto.airgap.receipting import sign_receipts
from crypto.airgap.signer import Signer
from crypto.airgap.standing import Standing, standings
from crypto.airgap.succession import (
    CardImpossibleError,
    card_of,
    new_identity,
)
from crypto.airgap.vault.identity import Owner
from crypto.airgap.vault.vault import Vault
from crypto.airgap.vetting import PseudonymTakenError
from crypto.card import open_card
from crypto.pouch import parse_have, parse_listing
from crypto.receipt import open_receipt
from crypto.reply import split_batch
from crypto.strictjson import DocumentMalformedError
from crypto.weekly_key import WeeklyKey, open_weekly_key
from crypto.weeks import week_of
from crypto.witness.replies import Reply, ReplyReader
from tests.offline.airgap.world import NOW, Pouch, Witness, World

NEW = "Ahuehuete"
WEEK = week_of(NOW.date())


class Station:
    """Mezquite's, with one thread and a stick."""

    def __init__(self, world: World, witness: Witness, pouch: Pouch) -> None:
        self.world, self.witness, self.pouch = world, witness, pouch
        self.now = NOW
        pouch.put(witness.message())
        self.take()

    def take(self) -> Report:
        with self.world.open_vault() as vault, self.pouch.open() as folder:
            return import_pouch(vault, vault.identity.owner(), folder, self.now)

    def take_directory(self, weeks: int = 1) -> Report:
        document = self.world.directory(self.now, weeks)
        (self.pouch.path / "directory.json").write_bytes(document)
        return self.take()

    def reply(self, text: str) -> None:
        with self.world.open_vault() as vault:
            (thread,) = vault.messages.threads()
            write_reply(vault, vault.identity.owner(), thread, text, self.now)

    def says_read(self, lawyer: bytes, sequence: int) -> None:
        self.pouch.put(self.witness.message(kind="follow-up", read={lawyer: sequence}))
        self.take()

    def states(self) -> list[tuple[int, str]]:
        with self.world.open_vault() as vault:
            (thread,) = vault.messages.threads()
            return [(one.sequence, one.state) for one in vault.replies.of_thread(thread)]

    def carry(self) -> list[Reply]:
        """What the witness reads on a board of the next batch alone."""
        return self.read(self.carry_batch())

    def carry_batch(self) -> bytes:
        with self.world.open_vault() as vault, self.pouch.open() as folder:
            lay_batch(vault, vault.identity.owner(), folder, self.now, random)
        (path,) = (self.pouch.path / "out" / "batches").iterdir()
        batch = path.read_bytes()
        path.unlink()
        return batch

    def read(self, batch: bytes) -> list[Reply]:
        phrase = self.witness.phrase
        identities = {one.id: one.identity for one in self.world.roster.lawyers}
        reader = ReplyReader(phrase.reply_seed, phrase.tag_key, identities)
        return reader.read(split_batch(batch, 16))

    def owner(self) -> Owner:
        with self.world.open_vault() as vault:
            return vault.identity.owner()

    def standings(self) -> list[Standing]:
        with self.world.open_vault() as vault:
            return standings(vault)


@pytest.fixture
def station(world: World, witness: Witness, pouch: Pouch) -> Station:
    return Station(world, witness, pouch)


def said(replies: list[Reply]) -> list[tuple[bytes, int, str]]:
    return [(one.lawyer, one.sequence, one.text) for one in replies]


# ----------------------------------------------------------------- before it is vetted


def test_a_new_identity_has_half_a_year_of_keys_under_its_own_id(world):
    made = world.new_identity("Mezquite", NEW)
    with world.open_vault() as vault:
        owner = vault.identity.owner()
        envelopes = vault.weekly_keys.envelopes(made, WEEK)
        keys = [open_weekly_key(one, made.signer.public_key) for one in envelopes]
        assert [key.week for key in keys] == list(range(WEEK, WEEK + 26))
        assert {key.lawyer for key in keys} == {made.id}
        assert len(vault.weekly_keys.envelopes(owner, WEEK)) == 26
    assert owner.card.pseudonym == "Mezquite"


def test_its_card_is_a_card_like_any_and_signed_by_the_one_before_too(world):
    made = world.new_identity("Mezquite", NEW)
    with world.open_vault() as vault:
        before = vault.identity.owner()
        opened = open_card(card_of(vault, made, NOW))
    assert opened.card == made.card
    assert len(opened.weekly_keys) == 26
    both = [made.signer.public_key, before.signer.public_key]
    assert cosigning.signers(opened.envelope, both) == both


@pytest.mark.parametrize("pseudonym", ["Mezquite", "Huizache", NEW])
def test_a_pseudonym_that_stands_for_another_key_is_refused(world, station, pseudonym):
    world.new_identity("Mezquite", NEW)
    with world.open_vault() as vault:
        with pytest.raises(PseudonymTakenError):
            new_identity(vault, pseudonym, "Norte", ("es",), NOW)
        assert len(vault.identity.all()) == 2


def test_what_no_card_can_say_makes_no_identity(world):
    with world.open_vault() as vault:
        with pytest.raises(CardImpossibleError):
            new_identity(vault, "x" * 41, "Norte", ("es",), NOW)
        assert len(vault.identity.all()) == 1


def test_under_a_clock_behind_no_identity_is_made_by_half(world, station):
    with world.open_vault() as vault:
        with pytest.raises(ClockBehindError):
            new_identity(vault, NEW, "Norte", ("es",), NOW - timedelta(weeks=2))
        assert len(vault.identity.all()) == 1
        assert "identity" not in [entry.act for entry in vault.verified_custody()]


def test_until_a_roster_shows_it_active_the_one_before_speaks(world, station):
    before = station.owner()
    world.new_identity("Mezquite", NEW)
    assert station.take_directory().succeeded is None
    station.reply("Gracias.")
    assert said(station.carry()) == [(before.id, 1, "Gracias.")]
    assert [one.place for one in station.standings()] == ["speaks", "waits"]
    with world.open_vault() as vault, station.pouch.open() as folder:
        assert lay_weekly_keys(vault, vault.identity.owner(), folder, NOW) == 26
    laid = (station.pouch.path / "out" / "weekly-keys").iterdir()
    keys = [WeeklyKey.from_payload(WeeklyKey.envelope_of(one.read_bytes()).payload) for one in laid]
    assert {key.lawyer for key in keys} == {before.id}


def test_an_identity_that_the_roster_retires_at_once_does_not_speak(world, station):
    made = world.new_identity("Mezquite", NEW)
    world.vet(made, retire=[made.id.hex()])
    assert station.take_directory().succeeded is None
    assert station.owner().card.pseudonym == "Mezquite"


# ----------------------------------------------------------------- once it is vetted


@pytest.fixture
def succeeded(world: World, station: Station) -> tuple[Station, Owner, Owner]:
    """The station after two replies and the directory that shows the new identity active."""
    before = station.owner()
    station.reply("uno")
    station.reply("dos")
    made = world.new_identity("Mezquite", NEW)
    world.vet(made, retire=[before.id.hex()])
    report = station.take_directory()
    assert report.refused == []
    assert report.succeeded is not None
    assert report.succeeded.id == made.id
    return station, before, made


def test_standing_replies_are_sealed_as_the_new_identitys_and_numbered_anew(succeeded):
    station, _, made = succeeded
    assert said(station.carry()) == [(made.id, 1, "uno"), (made.id, 2, "dos")]
    station.reply("tres")
    assert said(station.carry())[2] == (made.id, 3, "tres")


def test_a_batch_that_waited_on_the_stick_is_made_again_in_its_place(world, station):
    station.reply("uno")
    with world.open_vault() as vault, station.pouch.open() as folder:
        lay_batch(vault, vault.identity.owner(), folder, NOW, random)
    made = world.new_identity("Mezquite", NEW)
    world.vet(made, retire=["Mezquite"])
    station.take_directory()
    assert said(station.carry()) == [(made.id, 1, "uno")]


def test_what_the_board_holds_of_the_old_identity_is_read_as_long_as_a_roster_names_it(
    world, station
):
    before = station.owner()
    station.reply("uno")
    batch = station.carry_batch()
    made = world.new_identity("Mezquite", NEW)
    world.vet(made, retire=[before.id.hex()])
    station.take_directory()
    assert said(station.read(batch)) == [(before.id, 1, "uno")]
    world.next_roster(lawyers=tuple(one for one in world.roster.lawyers if one.id != before.id))
    assert said(station.read(batch)) == []
    assert said(station.carry()) == [(made.id, 1, "uno")]


@pytest.mark.parametrize("under", ["old", "new"])
def test_a_reply_read_under_either_identity_stands_no_longer(succeeded, under):
    station, before, made = succeeded
    station.says_read((before if under == "old" else made).id, 1)
    assert station.states() == [(1, "read"), (2, "standing")]


def test_sequences_begin_anew_for_each_id_and_the_lawyer_keeps_her_own_numbers(world, station):
    before = station.owner()
    station.reply("uno")
    station.says_read(before.id, 1)
    made = world.new_identity("Mezquite", NEW)
    world.vet(made, retire=[before.id.hex()])
    station.take_directory()
    station.reply("dos")
    assert said(station.carry()) == [(made.id, 1, "dos")]
    assert station.states() == [(1, "read"), (2, "standing")]


def test_what_was_read_of_the_old_identity_says_nothing_of_the_new_ones_numbers(succeeded):
    """A witness who has read reply 2 of the one before has not read reply 2 of this one."""
    station, before, made = succeeded
    station.says_read(before.id, 1)
    station.reply("tres")
    station.says_read(before.id, 3)
    assert station.states() == [(1, "read"), (2, "read"), (3, "standing")]
    assert said(station.carry()) == [(made.id, 3, "tres")]


def test_cells_sealed_to_the_old_identitys_keys_still_open(succeeded):
    station, before, _ = succeeded
    with station.world.open_vault() as vault:
        (key,) = [one for one in vault.weekly_keys.private(WEEK) if one.lawyer == before.id]
    old = Witness(station.world).message(recipients=[key.public_key])
    new = Witness(station.world).message()  # to those whom the freshness lists now
    station.pouch.put(old, new)
    report = station.take()
    assert (report.messages, report.opened) == (2, 2)


def test_keys_of_both_identities_are_destroyed_with_their_week(succeeded):
    station, _, _ = succeeded
    world, station.now = station.world, NOW + timedelta(weeks=9)
    world.next_roster(issued=station.now.date(), expires=station.now.date() + timedelta(days=91))
    station.pouch.list_cells(day=station.now.date())
    report = station.take_directory()
    assert report.keys.destroyed == 2
    assert report.keys.weeks_left == 17
    with world.open_vault() as vault:
        assert vault.weekly_keys.private(WEEK) == []
        assert len(vault.weekly_keys.private(WEEK + 1)) == 2


def test_receipts_are_signed_by_the_identity_that_speaks_and_count(succeeded):
    station, _, made = succeeded
    with station.world.open_vault() as vault, station.pouch.open() as folder:
        listing = parse_listing((station.pouch.path / "listing.json").read_bytes())
        sign_receipts(vault, vault.identity.owner(), folder, listing, NOW, held_by_two=True)
    (path,) = (station.pouch.path / "out" / "receipts").iterdir()
    receipt = open_receipt(path.read_bytes(), station.world.roster, {}, NOW)
    assert receipt.lawyer == made.id


def test_the_stick_names_what_the_station_holds_under_the_new_id_only(succeeded):
    station, before, made = succeeded
    have = station.pouch.path / "have"
    have.mkdir()
    (have / before.id.hex()).write_bytes(b"")
    (have / ("ab" * 8)).write_bytes(b"")  # a colleague's
    with station.world.open_vault() as vault, station.pouch.open() as folder:
        listing = parse_listing((station.pouch.path / "listing.json").read_bytes())
        lay_have(vault, vault.identity.owner(), folder, listing)
    assert {path.name for path in have.iterdir()} == {made.id.hex(), "ab" * 8}
    assert len(parse_have((have / made.id.hex()).read_bytes())) == 1


def test_a_second_import_changes_nothing_more(succeeded):
    station, _, _ = succeeded
    first = station.carry()
    assert station.take().succeeded is None
    assert said(station.carry()) == said(first)


def test_when_directors_go_back_to_the_old_identity_it_speaks_with_its_own_numbers(succeeded):
    station, before, made = succeeded
    station.reply("tres")
    world = station.world
    world.vet(before, retire=[made.id.hex()])
    assert station.take_directory().succeeded is not None
    assert said(station.carry()) == [
        (before.id, 1, "uno"), (before.id, 2, "dos"), (before.id, 3, "tres"),
    ]  # fmt: skip
    with world.open_vault() as vault:
        vault.verified_custody()


# ----------------------------------------------------------------- the custody log


def test_the_log_is_handed_over_by_the_old_identity_and_goes_on_under_the_new(succeeded):
    station, before, made = succeeded
    station.reply("tres")
    with station.world.open_vault() as vault:
        entries = vault.verified_custody()
        rows = [row[0] for row in vault.database.rows("SELECT envelope FROM custody")]
    acts = [entry.act for entry in entries]
    place = acts.index("succeeded")
    assert entries[place].objects == (made.signer.public_key,)
    assert acts[place + 1 :] == ["replied"]
    assert ("identity", (made.signer.public_key,)) in [(one.act, one.objects) for one in entries]
    head = Head(entries[place - 1].sequence, entries[place - 1].payload_hash)
    custody.verify(rows[:place], before.signer.public_key, head)


def chain(*acts: tuple[Signer, str, list[bytes]]) -> tuple[list[bytes], Head]:
    head, entries = Head(), []
    for signer, act, objects in acts:
        entry, head = custody.next_entry(head, signer, NOW, act, objects)
        entries.append(entry)
    return entries, head


OLD, SECOND, THIRD = (Signer(bytes([number]) * 32) for number in range(3))


@pytest.mark.parametrize(
    "acts",
    [
        [(OLD, "noted", []), (SECOND, "noted", [])],
        [(OLD, "identity", [SECOND.public_key]), (SECOND, "noted", [])],
        [(SECOND, "succeeded", [SECOND.public_key]), (SECOND, "noted", [])],
        [(OLD, "succeeded", [SECOND.public_key]), (THIRD, "noted", [])],
        [(OLD, "succeeded", [SECOND.public_key]), (OLD, "noted", [])],
        [(OLD, "succeeded", [bytes(32)]), (SECOND, "noted", [])],
    ],
    ids=["without", "only made", "by the new one", "to another", "the old goes on", "to no key"],
)
def test_a_log_that_changes_its_signer_otherwise_is_broken(acts):
    entries, head = chain(*acts)
    with pytest.raises(CustodyBrokenError):
        custody.verify(entries, OLD.public_key, head)


def test_a_log_may_be_handed_over_more_than_once():
    entries, head = chain(
        (OLD, "succeeded", [SECOND.public_key]), (SECOND, "succeeded", [THIRD.public_key]),
        (THIRD, "noted", []),
    )  # fmt: skip
    assert len(custody.verify(entries, OLD.public_key, head)) == 3


@pytest.mark.parametrize("objects", [[], [bytes(32), bytes(32)]])
def test_a_log_is_handed_over_to_exactly_one(objects):
    with pytest.raises(DocumentMalformedError):
        custody.next_entry(Head(), OLD, NOW, "succeeded", objects)
    assert Entry.PAYLOAD_TYPE == "buzon/custody/v1"


def test_a_program_that_still_holds_the_identity_before_cannot_break_the_log(succeeded):
    station, before, _ = succeeded
    with station.world.open_vault() as vault:
        with pytest.raises(CustodyBrokenError):
            vault.record(before.signer, NOW, "noted", [bytes(32)])
        vault.verified_custody()


# ----------------------------------------------------------------- leaving


def lines(station: Station, report: Report | None = None) -> str:
    succeeded = None if report is None else report.succeeded
    return "\n".join(identity_lines(succeeded, station.standings(), Tongue("es")))


def test_while_she_receives_an_import_says_nothing_of_her_identity(station):
    assert lines(station, station.take()) == ""


def test_a_lawyer_who_leaves_is_told_until_when_to_import(world, station):
    world.join("Ceiba")
    station.take_directory()
    world.end("Mezquite", "retired")
    report = station.take_directory(weeks=4)
    assert report.refused == []
    (standing,) = station.standings()
    assert (standing.place, standing.status) == ("speaks", "retired")
    assert (standing.last_week, standing.needless_from) == (WEEK + 5, WEEK + 14)
    told = lines(station, report)
    assert "ya no recibe" in told
    assert "sus recibos ya no cuentan" in told


def test_a_retired_lawyers_last_cells_open_and_her_keys_go_in_their_time(world, station):
    last = Witness(world).message(week=WEEK)
    world.join("Ceiba")
    station.take_directory()
    world.end("Mezquite", "retired")
    station.take_directory()
    station.pouch.put(last)
    assert station.take().opened == 1
    station.now = NOW + timedelta(weeks=14)
    world.next_roster(issued=station.now.date(), expires=station.now.date() + timedelta(days=91))
    station.pouch.list_cells(day=station.now.date())
    station.take_directory()
    (standing,) = station.standings()
    with world.open_vault() as vault:
        assert vault.weekly_keys.held_through(standing.last_week or 0) == []


def test_a_station_that_verifies_its_own_revocation_says_so_clearly(world, station):
    world.join("Ceiba")
    station.take_directory()
    world.end("Mezquite", "revoked")
    report = station.take_directory()
    assert report.directory_verified
    told = lines(station, report)
    assert "REVOCARON a “Mezquite”" in told
    assert "sus recibos ya no cuentan" in told


def test_she_is_told_when_directors_forgot_to_retire_the_identity_before(world, station):
    made = world.new_identity("Mezquite", NEW)
    world.vet(made)
    told = lines(station, station.take_directory())
    assert f"responde como “{NEW}”" in told
    assert "“Mezquite” sigue recibiendo" in told


def test_a_vault_without_any_roster_says_nothing_yet(world):
    with world.open_vault() as vault:
        assert isinstance(vault, Vault)
        (standing,) = standings(vault)
    assert (standing.status, standing.last_week) == ("unknown", None)
