"""Weekly private keys live as long as a cell may need them, and no longer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crypto.airgap import key_ageing
from crypto.airgap.importing import import_pouch
from crypto.airgap.key_ageing import ClockBehindError
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
        assert len(vault.weekly_keys.envelopes(owner, week_of(right.date()))) == 26


def test_the_weeks_left_end_with_the_first_week_that_lacks_a_key(world):
    with world.open_vault() as vault:
        owner = vault.identity.owner()
        key_ageing.make_keys(vault, owner, weeks_later(30))
        assert key_ageing.age(vault, owner, NOW).weeks_left == 26


@pytest.mark.parametrize("clock", [NOW, datetime(2024, 1, 1, tzinfo=UTC)])
def test_under_a_clock_behind_what_directors_signed_no_key_is_made(world, pouch, clock):
    now = weeks_later(9)
    take(world, pouch, now, signed=now, listed=now)
    before = keys_held(world)
    with world.open_vault() as vault, pytest.raises(ClockBehindError):
        key_ageing.make_keys(vault, vault.identity.owner(), clock)
    assert keys_held(world) == before


def test_a_clock_some_days_behind_within_the_week_makes_keys(world, pouch):
    take(world, pouch, NOW, signed=NOW, listed=NOW)
    with world.open_vault() as vault:
        monday = NOW - timedelta(days=NOW.weekday())
        assert key_ageing.make_keys(vault, vault.identity.owner(), monday) == 0


def test_after_twelve_weeks_away_the_next_keys_follow_those_that_are_left(world, pouch):
    now = weeks_later(12)
    take(world, pouch, now, signed=now, listed=now)
    with world.open_vault() as vault:
        owner = vault.identity.owner()
        assert key_ageing.age(vault, owner, now).weeks_left == 14
        assert key_ageing.make_keys(vault, owner, now) == 12
        assert key_ageing.make_keys(vault, owner, now) == 0
        assert key_ageing.age(vault, owner, now).weeks_left == 26


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


def test_a_pouch_taken_under_a_clock_of_2040_counts_as_of_what_directors_had_signed(world, pouch):
    """A listing of 2040 is nobody's word, and one day 2040 is not so far away."""
    take(world, pouch, NOW, signed=NOW, listed=NOW)
    pouch.list_cells(day=NOW.replace(year=2040).date())
    with world.open_vault() as vault, pouch.open() as folder:
        owner = vault.identity.owner()
        import_pouch(vault, owner, folder, NOW.replace(year=2040))
        assert vault.notes.text("complete-pouch") == NOW.date().isoformat()
    later = weeks_later(12)
    world.next_roster(issued=later.date(), expires=later.date() + timedelta(days=91))
    (pouch.path / "directory.json").write_bytes(world.directory(later))
    pouch.list_cells(day=later.date(), also=[b"\xff" * 32])  # cells are lacking
    with world.open_vault() as vault, pouch.open() as folder:
        report = import_pouch(vault, vault.identity.owner(), folder, later)
    assert (report.directory_verified, report.keys.destroyed) == (True, 0)


def test_the_day_of_a_pouch_that_an_older_program_took_under_a_wrong_clock_does_not_stay(
    world, pouch
):
    take(world, pouch, NOW, signed=NOW, listed=NOW)
    with world.open_vault() as vault:
        vault.notes.write("complete-pouch", "2040-01-01")
        key_ageing.complete_pouch(vault, NOW.date())
        assert vault.notes.text("complete-pouch") == NOW.date().isoformat()


@pytest.mark.parametrize("year", [2040, 9999])
def test_a_clock_far_ahead_destroys_nothing_whatever_is_imported(world, pouch, year):
    take(world, pouch, NOW, signed=NOW, listed=NOW)
    pouch.list_cells(day=NOW.replace(year=year).date())
    with world.open_vault() as vault, pouch.open() as folder:
        report = import_pouch(vault, vault.identity.owner(), folder, NOW.replace(year=year))
        assert report.complete
        assert report.keys.destroyed == 0
    assert keys_held(world)[0] == FIRST


def test_a_clock_behind_destroys_nothing_by_the_ordinary_rule(world, pouch):
    """Who sets the clock back keeps her keys until directors alone say that they may go."""
    now = weeks_later(9)
    world.next_roster(issued=now.date(), expires=now.date() + timedelta(days=91))
    (pouch.path / "directory.json").write_bytes(world.directory(now))
    pouch.list_cells(day=now.date())
    with world.open_vault() as vault, pouch.open() as folder:
        owner = vault.identity.owner()
        report = import_pouch(vault, owner, folder, datetime(2024, 1, 2, tzinfo=UTC))
        assert [one.code for one in report.refused] == ["roster-not-yet"]
        vault.rosters.keep_freshness(*world.freshness(now))
        key_ageing.complete_pouch(vault, now.date())
        assert key_ageing.age(vault, owner, datetime(2024, 1, 2, tzinfo=UTC)).destroyed == 0
        assert key_ageing.age(vault, owner, now).destroyed == 1


def test_a_lawyer_twelve_weeks_away_reads_every_week_between(world, pouch):
    """Her keys are there until a complete pouch from after that time has come."""
    cells = []
    for week in range(13):
        world.now = weeks_later(week)
        cells.append(Witness(world).message(f"Semana {week}", week=FIRST + week))
    now = world.now
    world.next_roster(issued=now.date(), expires=now.date() + timedelta(days=91))
    (pouch.path / "directory.json").write_bytes(world.directory(now))
    pouch.put(*cells[:6])
    pouch.list_cells(day=now.date(), also=[b"\xff" * 32])
    with world.open_vault() as vault, pouch.open() as folder:
        report = import_pouch(vault, vault.identity.owner(), folder, now)
        assert (report.opened, report.keys.destroyed, report.complete) == (6, 0, False)
    assert keys_held(world)[0] == FIRST
    pouch.put(*cells)
    with world.open_vault() as vault, pouch.open() as folder:
        report = import_pouch(vault, vault.identity.owner(), folder, now)
        assert (report.opened, report.complete) == (7, True)
        assert not report.keys.without_a_complete_pouch
    assert keys_held(world)[0] == FIRST + 12 - 8


def test_a_destroyed_seed_is_in_no_page_of_the_vault_nor_in_its_log(world, pouch):
    query = "SELECT seed FROM weekly_keys WHERE seed IS NOT NULL ORDER BY week"
    with world.open_vault() as vault:
        seeds = [seed for (seed,) in vault.database.rows(query)]
    now = weeks_later(14)
    with world.open_vault() as vault, pouch.open() as folder:
        world.next_roster(issued=now.date(), expires=now.date() + timedelta(days=91))
        (pouch.path / "directory.json").write_bytes(world.directory(now))
        pouch.list_cells(day=now.date())
        owner = vault.identity.owner()
        assert import_pouch(vault, owner, folder, now).keys.destroyed == 6
        log = vault.folder / "vault.db-wal"
        assert not log.exists() or log.stat().st_size == 0
    with world.open_vault() as vault:
        decrypted = vault.database._connection.serialize("main")  # every page, free or not
    assert len(decrypted) == (vault.folder / "vault.db").stat().st_size
    assert [seed in decrypted for seed in seeds] == [False] * 6 + [True] * 20


def test_after_a_long_pause_keys_begin_with_the_present_week(world):
    with world.open_vault() as vault:
        assert key_ageing.make_keys(vault, vault.identity.owner(), weeks_later(60)) == 26
        held = vault.weekly_keys.held_through(10**6)
    assert first_day(held[26]) <= weeks_later(60).date()
