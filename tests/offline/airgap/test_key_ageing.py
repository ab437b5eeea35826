"""Weekly private keys live as long as a cell may need them, and no longer."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from crypto.airgap import key_ageing
from crypto.airgap.importing import import_pouch
from crypto.weeks import first_day, week_of
from tests.offline.airgap.world import NOW, Pouch, Witness, World

FIRST = week_of(NOW.date())


def weeks_later(weeks: int) -> datetime:
    return NOW + timedelta(weeks=weeks)


def take(world: World, pouch: Pouch, now: datetime, *, signed: datetime, listed: datetime):
    """Import a pouch whose freshness was signed and whose listing was made on given days."""
    with world.open_vault() as vault, pouch.open() as folder:
        world.next_roster(issued=signed.date(), expires=signed.date() + timedelta(days=91))
        (pouch.path / "directory.json").write_bytes(world.directory(now, weeks=4, signed=signed))
        pouch.list_cells(day=listed.date())
        return import_pouch(vault, vault.identity.owner(), folder, now)


def keys_held(world: World) -> list[int]:
    with world.open_vault() as vault:
        return vault.weekly_keys.held_through(10**6)


def test_a_key_lives_through_the_eighth_week_after_its_own(world, pouch):
    now = weeks_later(8)
    report = take(world, pouch, now, signed=now, listed=now)
    assert report.keys.destroyed == 0
    assert FIRST in keys_held(world)


def test_a_key_is_destroyed_in_the_ninth_week_after_its_own(world, pouch):
    now = weeks_later(9)
    report = take(world, pouch, now, signed=now, listed=now)
    assert report.keys.destroyed == 1
    assert not report.keys.without_a_complete_pouch
    assert keys_held(world)[0] == FIRST + 1


@pytest.mark.parametrize(
    ("clock", "signed", "listed"), [(9, 8, 9), (9, 9, 8)], ids=["freshness", "listing"]
)
def test_a_key_lives_while_one_of_the_three_says_that_its_time_is_not_over(
    world, pouch, clock, signed, listed
):
    report = take(
        world, pouch, weeks_later(clock), signed=weeks_later(signed), listed=weeks_later(listed)
    )
    assert report.refused == []
    assert report.keys.destroyed == 0


def test_a_clock_that_jumps_ahead_destroys_nothing(world, pouch):
    with world.open_vault() as vault:
        owner = vault.identity.owner()
        with pouch.open() as folder:
            import_pouch(vault, owner, folder, NOW)
        assert key_ageing.age(vault, owner, weeks_later(200)).destroyed == 0


def test_a_pouch_that_lacks_cells_destroys_nothing(world, pouch):
    now = weeks_later(9)
    world.next_roster(issued=now.date(), expires=now.date() + timedelta(days=91))
    (pouch.path / "directory.json").write_bytes(world.directory(now))
    pouch.list_cells(day=now.date(), also=[b"\xff" * 32])
    with world.open_vault() as vault, pouch.open() as folder:
        assert import_pouch(vault, vault.identity.owner(), folder, now).keys.destroyed == 0


def test_by_freshness_alone_a_key_is_destroyed_in_the_seventeenth_week_with_a_warning(world, pouch):
    now = weeks_later(17)
    world.next_roster(issued=now.date(), expires=now.date() + timedelta(days=91))
    (pouch.path / "directory.json").write_bytes(world.directory(now))
    (pouch.path / "listing.json").unlink()
    with world.open_vault() as vault, pouch.open() as folder:
        report = import_pouch(vault, vault.identity.owner(), folder, now)
    assert report.keys.destroyed == 1
    assert report.keys.without_a_complete_pouch


def test_a_destroyed_key_opens_nothing_and_its_seed_is_gone_from_the_disk(world, witness, pouch):
    with world.open_vault() as vault:
        query = "SELECT seed FROM weekly_keys WHERE week = ?"
        ((seed,),) = vault.database.rows(query, FIRST)
        assert seed is not None
    now = weeks_later(9)
    take(world, pouch, now, signed=now, listed=now)
    pouch.put(witness.message(week=FIRST))
    with world.open_vault() as vault, pouch.open() as folder:
        assert vault.database.rows(query, FIRST) == [(None,)]
        report = import_pouch(vault, vault.identity.owner(), folder, now)
    assert (report.messages, report.opened) == (1, 0)


def test_unopened_cells_are_let_go_with_the_last_key_that_could_open_them(world, pouch):
    from crypto import hpke

    stranger = hpke.public_key_from_seed(bytes(32))
    witness = Witness(world)
    pouch.put(witness.message(recipients=[stranger]), witness.message())
    with world.open_vault() as vault, pouch.open() as folder:
        import_pouch(vault, vault.identity.owner(), folder, NOW)
        assert vault.cells.count_unopened() == 1
    now = weeks_later(9)
    assert take(world, pouch, now, signed=now, listed=now).keys.let_go == 1
    with world.open_vault() as vault:
        assert vault.cells.count_unopened() == 0
        assert vault.cells.count(1) == 1  # the opened one stays


def test_keys_are_made_again_up_to_half_a_year(world):
    with world.open_vault() as vault:
        owner = vault.identity.owner()
        assert key_ageing.make_keys(vault, owner, NOW) == 0
        assert key_ageing.make_keys(vault, owner, weeks_later(20)) == 20
        assert vault.weekly_keys.held_through(10**6)[-1] == FIRST + 45


def test_keys_made_under_a_wrong_clock_stand_in_the_way_of_none(world):
    wrong, right = NOW.replace(year=2040), weeks_later(40)
    with world.open_vault() as vault:
        owner = vault.identity.owner()
        assert key_ageing.make_keys(vault, owner, wrong) == 26
        assert key_ageing.age(vault, owner, right).weeks_left == 0
        assert key_ageing.make_keys(vault, owner, right) == 26
        assert key_ageing.age(vault, owner, right).weeks_left == 26
        assert len(vault.weekly_keys.envelopes(week_of(right.date()))) == 26


def test_the_weeks_left_end_with_the_first_week_that_lacks_a_key(world):
    with world.open_vault() as vault:
        owner = vault.identity.owner()
        key_ageing.make_keys(vault, owner, weeks_later(30))
        assert key_ageing.age(vault, owner, NOW).weeks_left == 26


def test_a_destroyed_key_is_not_made_again(world, pouch):
    now = weeks_later(9)
    take(world, pouch, now, signed=now, listed=now)
    with world.open_vault() as vault:
        assert key_ageing.make_keys(vault, vault.identity.owner(), NOW) == 0
    assert FIRST not in keys_held(world)


def test_a_listing_of_a_day_to_come_counts_as_the_day_of_its_import_only(world, pouch):
    later = weeks_later(9)
    take(world, pouch, NOW, signed=NOW, listed=NOW.replace(year=9999))
    pouch.list_cells(also=[b"\xff" * 32])
    world.next_roster(issued=later.date(), expires=later.date() + timedelta(days=91))
    (pouch.path / "directory.json").write_bytes(world.directory(later))
    with world.open_vault() as vault, pouch.open() as folder:
        report = import_pouch(vault, vault.identity.owner(), folder, later)
    assert report.refused == []
    assert report.keys.destroyed == 0


def test_the_day_of_a_pouch_that_a_wrong_clock_took_does_not_stay(world):
    wrong = NOW.replace(year=2040).date()
    with world.open_vault() as vault:
        key_ageing.complete_pouch(vault, wrong, wrong)
        key_ageing.complete_pouch(vault, NOW.date(), NOW.date())
        assert vault.notes.text("complete-pouch") == NOW.date().isoformat()


def test_after_a_long_pause_keys_begin_with_the_present_week(world):
    with world.open_vault() as vault:
        assert key_ageing.make_keys(vault, vault.identity.owner(), weeks_later(60)) == 26
        held = vault.weekly_keys.held_through(10**6)
    assert first_day(held[26]) <= weeks_later(60).date()
