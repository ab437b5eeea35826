"""Every trip carries exactly one batch: new replies, standing ones, decoys."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from nacl.utils import random

from crypto.airgap import outgoing
from crypto.airgap.importing import import_pouch
from crypto.airgap.outgoing import Batch, lay_batch, lay_have, lay_weekly_keys, write_reply
from crypto.airgap.vault.messages import Thread
from crypto.airgap.vault.replies import ReplyUnknownError
from crypto.airgap.vault.rosters import RosterMissingError
from crypto.airgap.vault.vault import Vault
from crypto.freshness import Freshness, FreshWeek
from crypto.pouch import parse_have, parse_listing
from crypto.reply import ReplyEmptyError, ReplyTooLongError, split_batch
from crypto.stick import PouchMissingError
from crypto.weekly_key import open_weekly_key
from crypto.weeks import week_of
from crypto.witness.replies import ReplyReader
from tests.offline.airgap.world import NOW, Pouch, Witness, World, tree

REPLY_CELL_BYTES = 4_096
BATCH_BYTES = 16 * REPLY_CELL_BYTES


class Station:
    """A vault with one thread in it, and the stick."""

    def __init__(self, world: World, witness: Witness, pouch: Pouch) -> None:
        self.world, self.witness, self.pouch = world, witness, pouch
        self.now = NOW
        pouch.put(witness.message())
        self.take()

    def take(self) -> None:
        with self.world.open_vault() as vault, self.pouch.open() as folder:
            import_pouch(vault, vault.identity.owner(), folder, self.now)

    def reply(self, text: str) -> int:
        with self.world.open_vault() as vault:
            return write_reply(vault, vault.identity.owner(), self.thread(vault), text, self.now)

    def withdraw(self, sequence: int) -> None:
        with self.world.open_vault() as vault:
            owner = vault.identity.owner()
            outgoing.withdraw_reply(vault, owner, self.thread(vault), sequence, self.now)

    def thread(self, vault: Vault) -> Thread:
        return next(
            one for one in vault.messages.threads()
            if one.tag_key == self.witness.phrase.tag_key
        )  # fmt: skip

    def lay(self) -> Batch:
        with self.world.open_vault() as vault, self.pouch.open() as folder:
            return lay_batch(vault, vault.identity.owner(), folder, self.now, random)

    def batches(self) -> list[bytes]:
        found = (self.pouch.path / "out" / "batches").iterdir()
        return [path.read_bytes() for path in sorted(found)]

    def carry(self) -> bytes:
        """The courier hands in the one batch, which the desk acknowledges."""
        (path,) = (self.pouch.path / "out" / "batches").iterdir()
        batch = path.read_bytes()
        path.unlink()
        return batch

    def read(self, batch: bytes) -> list[tuple[int, str]]:
        """What the witness reads on a board of this batch alone."""
        phrase = self.witness.phrase
        identities = {one.id: one.identity for one in self.world.roster.lawyers}
        reader = ReplyReader(phrase.reply_seed, phrase.tag_key, identities)
        return [(one.sequence, one.text) for one in reader.read(split_batch(batch, 16))]


@pytest.fixture
def station(world: World, witness: Witness, pouch: Pouch) -> Station:
    return Station(world, witness, pouch)


def test_without_any_reply_the_batch_is_sixteen_decoys(station):
    laid = station.lay()
    (batch,) = station.batches()
    assert len(batch) == BATCH_BYTES
    assert (laid.replies, laid.waiting) == (0, 0)
    assert station.read(batch) == []


def test_the_witness_reads_what_the_lawyer_wrote(station):
    station.reply("La escuchamos.")
    station.lay()
    assert station.read(station.carry()) == [(1, "La escuchamos.")]


def test_a_long_reply_takes_several_cells_and_is_read_whole(station):
    text = "ñ" * 5_000
    assert station.reply(text) == 4
    station.lay()
    assert station.read(station.carry()) == [(1, text)]


@pytest.mark.parametrize(
    ("text", "error"), [("", ReplyEmptyError), ("x" * (16 * 2_860 + 1), ReplyTooLongError)]
)
def test_what_cannot_be_a_reply_is_refused_and_not_kept(station, text, error):
    with pytest.raises(error):
        station.reply(text)
    assert station.lay().replies == 0


def test_a_batch_not_yet_carried_is_left_as_it_is(station):
    station.reply("uno")
    first = station.lay()
    before = tree(station.pouch.path)
    again = station.lay()
    assert not again.remade
    assert (again.digest, again.replies) == (first.digest, 1)
    assert tree(station.pouch.path) == before


def test_a_new_reply_replaces_a_batch_not_yet_carried(station):
    station.reply("uno")
    station.lay()
    station.reply("dos")
    assert station.lay().remade
    (batch,) = station.batches()
    assert station.read(batch) == [(1, "uno"), (2, "dos")]


def test_a_standing_reply_is_sealed_anew_for_every_trip(station):
    station.reply("uno")
    station.lay()
    first = station.carry()
    station.lay()
    second = station.carry()
    assert station.read(first) == station.read(second) == [(1, "uno")]
    assert set(split_batch(first, 16)).isdisjoint(split_batch(second, 16))


def test_a_reply_that_the_witness_read_stands_no_longer(station):
    station.reply("uno")
    station.lay()
    station.carry()
    with station.world.open_vault() as vault:
        lawyer = vault.identity.owner().id
    station.pouch.put(station.witness.message(kind="follow-up", read={lawyer: 1}))
    station.take()
    assert station.lay().replies == 0


def test_what_another_witness_claims_to_have_read_changes_nothing(station, world):
    station.reply("uno")
    with world.open_vault() as vault:
        lawyer = vault.identity.owner().id
    station.pouch.put(Witness(world).message(read={lawyer: 2**32 - 1}))
    station.take()
    assert station.lay().replies == 1


def test_a_withdrawn_reply_stands_no_longer_even_in_a_batch_that_waits(station):
    station.reply("uno")
    station.lay()
    station.withdraw(1)
    assert station.lay().remade
    assert station.read(station.carry()) == []
    with pytest.raises(ReplyUnknownError):
        station.withdraw(1)
    with pytest.raises(ReplyUnknownError):
        station.withdraw(7)


def sign(station: Station, weeks: int) -> None:
    """The station has verified that directors signed so many weeks later."""
    day = (NOW + timedelta(weeks=weeks)).date()
    listed = FreshWeek(week_of(day), ((bytes(8), bytes(32)),))
    freshness = Freshness(station.world.roster.payload_hash, day, (listed,))
    with station.world.open_vault() as vault:
        vault.rosters.keep_freshness(freshness, station.world.signed(freshness))


@pytest.mark.parametrize(
    ("clock", "signed", "stands"), [(25, 26, True), (26, 25, True), (26, 26, False)]
)
def test_a_reply_stands_for_twenty_six_weeks(station, clock, signed, stands):
    station.reply("uno")
    sign(station, signed)
    station.now = NOW + timedelta(weeks=clock)
    assert station.lay().replies == int(stands)


def test_a_clock_of_2040_ends_no_reply(station):
    station.reply("uno")
    station.now = NOW.replace(year=2040)
    station.lay()
    station.now = NOW
    assert station.lay().replies == 1


def test_of_more_than_fit_those_that_waited_longest_go_first(station):
    for number in range(1, 21):
        station.reply(str(number))
    assert station.lay().waiting == 4
    read = [station.read(station.carry())]
    station.lay()
    read.append(station.read(station.carry()))
    first, second = ({sequence for sequence, _ in one} for one in read)
    assert first == set(range(1, 17))
    assert {17, 18, 19, 20} < second
    assert len(second) == 16


def test_a_batch_that_was_never_carried_does_not_count_as_a_turn(station):
    for number in range(1, 17):
        station.reply(str(number))
    station.lay()
    station.carry()
    station.lay()  # standing again, not carried
    station.reply("new")
    station.lay()
    sequences = {sequence for sequence, _ in station.read(station.carry())}
    assert 17 in sequences
    station.lay()
    left_out = set(range(1, 17)) - sequences
    assert left_out <= {sequence for sequence, _ in station.read(station.carry())}


def test_batches_of_colleagues_are_left_alone_and_remainders_swept(station):
    folder = station.pouch.path / "out" / "batches"
    station.lay()
    (folder / ("a" * 64)).write_bytes(bytes(BATCH_BYTES))
    (folder / ".remainder").write_bytes(b"")
    station.reply("otra")
    station.lay()
    assert len(list(folder.iterdir())) == 2
    assert bytes(BATCH_BYTES) in station.batches()


def test_a_replaced_batch_keeps_its_place_in_the_row(station):
    station.lay()
    (before,) = (station.pouch.path / "out" / "batches").iterdir()
    os.utime(before, ns=(10**18, 10**18))
    station.reply("otra")
    assert station.lay().remade
    (after,) = (station.pouch.path / "out" / "batches").iterdir()
    assert after.name != before.name
    assert after.stat().st_mtime_ns == 10**18


def test_a_link_in_the_place_of_the_outgoing_folder_is_not_followed(station, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (station.pouch.path / "out").symlink_to(elsewhere)
    with pytest.raises(PouchMissingError):
        station.lay()
    assert list(elsewhere.iterdir()) == []


def test_without_a_verified_roster_no_batch_is_made(world, pouch):
    with world.open_vault() as vault, pouch.open() as folder, pytest.raises(RosterMissingError):
        lay_batch(vault, vault.identity.owner(), folder, NOW, random)


def test_the_station_names_what_it_holds_and_is_still_listed(station):
    held = {bytes.fromhex(path.name) for path in station.pouch.cells.iterdir()}
    station.pouch.list_cells(also=[b"\xee" * 32])

    def laid() -> dict[str, frozenset[bytes]]:
        listing = parse_listing((station.pouch.path / "listing.json").read_bytes())
        with station.world.open_vault() as vault, station.pouch.open() as folder:
            lay_have(vault, vault.identity.owner(), folder, listing)
        have = station.pouch.path / "have"
        return {path.name: parse_have(path.read_bytes()) for path in have.iterdir()}

    with station.world.open_vault() as vault:
        own = vault.identity.owner().id.hex()
    assert laid() == {own: held}
    for path in station.pouch.cells.iterdir():
        path.unlink()
    station.pouch.list_cells()
    assert laid() == {own: frozenset()}


def test_weekly_keys_are_laid_out_under_the_hash_of_their_payload(station):
    with station.world.open_vault() as vault, station.pouch.open() as folder:
        identity = vault.identity.public_key()
        assert lay_weekly_keys(vault, vault.identity.owner(), folder, NOW) == 26
    for path in (station.pouch.path / "out" / "weekly-keys").iterdir():
        key = open_weekly_key(path.read_bytes(), identity)
        assert path.name == f"{key.payload_hash.hex()}.json"


@pytest.mark.parametrize("how", ["changed", "cut", "longer", "empty", "link", "folder"])
def test_a_batch_that_the_stick_damaged_is_made_again_with_its_replies(station, how):
    station.reply("Gracias.")
    station.lay()
    (path,) = (station.pouch.path / "out" / "batches").iterdir()
    batch = path.read_bytes()
    path.unlink()
    if how == "link":
        path.symlink_to("/dev/zero")
    elif how == "folder":
        path.mkdir()
    else:
        path.write_bytes(
            {"changed": batch[:-1] + bytes([batch[-1] ^ 1]), "cut": batch[:-1],
             "longer": batch + b"\0", "empty": b""}[how]
        )  # fmt: skip
    assert station.lay().remade
    found = [one for one in path.parent.iterdir() if one != path]
    assert [station.read(one.read_bytes()) for one in found] == [[(1, "Gracias.")]]
    assert path.exists() == (how == "folder")
    assert not station.lay().remade


def says_read(station: Station, sequence: int) -> None:
    with station.world.open_vault() as vault:
        lawyer = vault.identity.owner().id
    station.pouch.put(station.witness.message(kind="follow-up", read={lawyer: sequence}))
    station.take()


def next_number(station: Station) -> int:
    station.reply("Gracias.")
    with station.world.open_vault() as vault:
        return vault.replies.of_thread(station.thread(vault))[-1].sequence


def test_a_vault_restored_from_a_backup_numbers_on_from_what_was_read(station):
    says_read(station, 7)
    assert next_number(station) == 8
    assert next_number(station) == 9


@pytest.mark.parametrize("told", [2**31 + 1, 2**32 - 1])
def test_a_number_that_nobody_can_have_read_is_not_believed(station, told):
    says_read(station, told)
    assert next_number(station) == 1


def test_after_the_highest_number_that_is_believed_replies_go_on(station):
    says_read(station, 2**31)
    assert [next_number(station), next_number(station)] == [2**31 + 1, 2**31 + 2]
