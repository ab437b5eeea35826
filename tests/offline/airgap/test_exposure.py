"""What a seized station exposes: every day and week of it follows from the documents."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest

from crypto.airgap.exposure import DaysReversedError, Exposure, exposure
from crypto.airgap.exposure_telling import (
    exposure_lines,
    exposure_value,
    reach_lines,
    step_lines,
)
from crypto.airgap.importing import import_pouch
from crypto.airgap.outgoing import write_reply
from crypto.airgap.program import Tongue
from crypto.airgap.reach import Reach, reaches
from crypto.airgap.vetting import LawyerUnknownError
from crypto.directory import FreshnessWeekError, verify_directory
from crypto.freshness import Freshness
from crypto.roster import Roster
from crypto.weeks import first_day, week_of
from tests.offline.airgap.world import NOW, Pouch, Witness, World

TODAY = NOW.date()
WEEK = week_of(TODAY)
ES = Tongue("es")


@pytest.fixture
def signed(world: World) -> tuple[list[Roster], list[Freshness]]:
    """Two rosters, four weeks signed for the first of them and two for the next."""
    world.join("Ceiba")
    rosters = [world.roster]
    freshnesses = [world.freshness(weeks=4)[0]]
    world.next_roster()
    rosters.append(world.roster)
    freshnesses.append(world.freshness(weeks=2)[0])
    return rosters, freshnesses


def of(
    documents: tuple[list[Roster], list[Freshness]],
    name: str = "Huizache",
    last_good: date = TODAY,
    seized: date = TODAY,
) -> Exposure:
    return exposure(*documents, name, last_good, seized)


def said(found: Exposure, today: date = TODAY) -> str:
    return "\n".join(exposure_lines(found, today, ES))


# ----------------------------------------------------------------- from documents


def test_the_keys_reach_back_eight_weeks_or_sixteen_from_the_last_good_day(signed):
    found = of(signed, last_good=TODAY - timedelta(weeks=3))
    assert (found.first_week, found.first_week_at_most) == (WEEK - 11, WEEK - 19)
    told = said(found)
    assert str(first_day(WEEK - 11)) in told
    assert str(first_day(WEEK - 19)) in told


def test_the_reach_back_is_what_the_destruction_of_keys_leaves(world, pouch):
    """The same weeks as on a station that imports as it should."""
    now = NOW + timedelta(weeks=12)
    world.next_roster(issued=now.date(), expires=now.date() + timedelta(days=91))
    (pouch.path / "directory.json").write_bytes(world.directory(now))
    pouch.list_cells(day=now.date())
    with world.open_vault() as vault, pouch.open() as folder:
        import_pouch(vault, vault.identity.owner(), folder, now)
        kept = vault.weekly_keys.held_through(10**6)[0]
        documents = vault.rosters.all(), vault.rosters.freshnesses()
    assert of(documents, "Mezquite", now.date(), now.date()).first_week == kept


def test_the_last_week_that_she_can_have_made_is_counted_from_the_seizure(world, signed):
    found = of(signed)
    with world.open_vault("Huizache") as vault:
        assert vault.weekly_keys.held_through(10**6)[-1] == found.last_week_made


def test_browsers_seal_to_her_through_that_day_and_not_the_next(world, signed):
    """Whatever a hostile server shows of what was signed; by the very verifier they use."""
    until = of(signed).sealed_until
    assert until == first_day(WEEK + 3) + timedelta(days=6)
    world.roster = signed[0][0]
    last = datetime.combine(until, NOW.timetz())
    document = world.directory(last, weeks=4, signed=NOW)
    directory = verify_directory(document, world.trust, last)
    assert "Huizache" in {one.lawyer.pseudonym for one in directory.recipients}
    with pytest.raises(FreshnessWeekError):
        verify_directory(document, world.trust, last + timedelta(days=1))


def test_a_roster_that_expires_first_ends_the_sealing(world):
    world.next_roster(expires=TODAY + timedelta(days=10))
    found = of(([world.roster], [world.freshness(weeks=2)[0]]))
    assert found.sealed_until == min(first_day(WEEK + 2) - timedelta(days=1), world.roster.expires)
    world.next_roster(expires=first_day(WEEK + 1))
    found = of(([world.roster], [world.freshness(weeks=2)[0]]))
    assert found.sealed_until == world.roster.expires == first_day(WEEK + 1)


def test_a_new_roster_does_not_end_what_was_signed_ahead_and_the_words_say_so(world, signed):
    rosters, freshnesses = signed
    assert "Mientras no se publiquen" in said(of(signed))
    world.end("Huizache", "revoked")
    later = [*rosters, world.roster], [*freshnesses, world.freshness(weeks=4)[0]]
    found = of(later)
    assert (found.active, found.lawyer.status) == (False, "revoked")
    assert found.sealed_until == of(signed).sealed_until
    assert found.last_week_listed == WEEK + 3
    assert "un servidor hostil" in said(found)


def test_once_the_day_is_over_the_words_say_so(signed):
    assert "dejaron de sellar" in said(of(signed), TODAY + timedelta(weeks=5))


def test_a_lawyer_for_whom_nothing_was_signed_is_sealed_to_by_nobody(signed):
    rosters, _ = signed
    found = exposure(rosters, [], "Huizache", TODAY, TODAY)
    assert (found.sealed_until, found.last_week_listed) == (None, None)
    assert "Nada de lo que está aquí" in said(found)


def test_she_is_found_by_pseudonym_or_id_on_any_roster(world, signed):
    found = of(signed)
    assert of(signed, found.lawyer.id.hex()[:8]) == found
    rosters, freshnesses = signed
    world.next_roster(
        lawyers=tuple(one for one in world.roster.lawyers if one.pseudonym != "Huizache")
    )
    gone = of(([*rosters, world.roster], freshnesses))
    assert (gone.lawyer, gone.active, gone.remaining) == (found.lawyer, False, 2)
    with pytest.raises(LawyerUnknownError):
        of(signed, "Nadie")


def test_a_last_good_day_after_the_seizure_is_refused(signed):
    with pytest.raises(DaysReversedError):
        of(signed, last_good=TODAY + timedelta(days=1))


def test_before_the_calendar_there_are_no_weeks(signed):
    found = of(signed, last_good=date(2024, 1, 20))
    assert (found.first_week, found.first_week_at_most) == (0, 0)
    assert "2024-01-01" in said(found)


def test_scripts_get_the_same_and_only_what_json_can_say(signed):
    value = json.loads(json.dumps(exposure_value(of(signed))))
    assert value["sealed_until"] == str(of(signed).sealed_until)
    assert value["last_week_made"] == WEEK + 25


# ----------------------------------------------------------------- what to do


def steps(found: Exposure, world: World) -> list[str]:
    return list(step_lines(found, world.trust, ES))


def test_the_first_step_is_to_revoke_and_the_next_new_weeks(world, signed):
    told = steps(of(signed), world)
    assert f"--revoke {of(signed).lawyer.id.hex()}" in told[1]
    assert "freshness draft" in told[2]
    assert "buzon-server publish" in told[3]


def test_who_is_revoked_already_is_not_revoked_again(world, signed):
    rosters, freshnesses = signed
    world.end("Huizache", "revoked")
    told = steps(of(([*rosters, world.roster], freshnesses)), world)
    assert "--revoke" not in "".join(told)
    assert "freshness draft" in told[1]


def test_directors_are_told_when_too_few_are_left_for_the_box_to_stay_open(world, signed):
    assert "el buzón se cierra" not in "".join(steps(of(signed), world))
    world.end("Ceiba", "retired")
    rosters, freshnesses = signed
    told = steps(of(([*rosters, world.roster], freshnesses)), world)
    assert "Quedan 1 abogados activos y hacen falta 2" in told[2]


# ----------------------------------------------------------------- threads of a colleague


def take(world: World, pouch: Pouch, now: datetime = NOW) -> None:
    (pouch.path / "directory.json").write_bytes(world.directory(now))
    with world.open_vault() as vault, pouch.open() as folder:
        report = import_pouch(vault, vault.identity.owner(), folder, now)
        assert report.refused == []


def reached(world: World, name: str = "Huizache") -> list[Reach]:
    with world.open_vault() as vault:
        lawyer = of((vault.rosters.all(), vault.rosters.freshnesses()), name).lawyer
        return reaches(vault, lawyer.id)


def test_a_thread_of_a_week_for_which_she_was_listed_could_be_hers(world, witness, pouch):
    pouch.put(witness.message(), witness.message(kind="follow-up"))
    take(world, pouch)
    with world.open_vault() as vault:
        (thread,) = vault.messages.threads()
        write_reply(vault, vault.identity.owner(), thread, "Gracias.", NOW)
    (reach,) = reached(world)
    assert (reach.thread, reach.could, reach.unknown, reach.standing) == (thread, 2, 0, 1)
    told = "\n".join(reach_lines([reach], 3, ES))
    assert thread.id[:8] in told
    assert "no abre: 3" in told


def test_a_week_for_which_this_station_saw_nothing_signed_is_not_known(world, witness, pouch):
    take(world, pouch)
    pouch.put(witness.message(week=WEEK + 1))
    take(world, pouch)
    (reach,) = reached(world)
    assert (reach.could, reach.unknown) == (0, 1)


def test_an_unknown_roster_is_not_known_either(world, witness, pouch):
    pouch.put(witness.message(roster_hash=bytes(32)))
    take(world, pouch)
    (reach,) = reached(world)
    assert (reach.could, reach.unknown) == (0, 1)


def test_what_was_sealed_under_a_roster_without_her_is_not_hers(world, witness, pouch):
    """Before she joined, and after she was revoked."""
    pouch.put(witness.message())
    take(world, pouch)
    world.join("Ceiba")
    take(world, pouch)
    assert reached(world, "Ceiba") == []
    pouch.put(Witness(world).message())
    take(world, pouch)
    assert len(reached(world, "Ceiba")) == 1
    world.end("Huizache", "revoked")
    take(world, pouch)
    before = reached(world)
    pouch.put(Witness(world).message())
    take(world, pouch)
    assert reached(world) == before
    assert len(before) == 2


def test_a_lawyer_without_a_key_in_a_week_may_have_been_listed_elsewhere(world, witness, pouch):
    world.join("Ceiba")
    huizache = next(one for one in world.roster.lawyers if one.pseudonym == "Huizache")
    world.keys = [key for key in world.keys if huizache.id.hex().encode() not in key.payload]
    pouch.put(witness.message())
    take(world, pouch)
    (reach,) = reached(world)
    assert (reach.could, reach.unknown) == (0, 1)


def test_threads_that_she_could_not_read_are_left_out_of_the_list():
    assert "\n".join(reach_lines([], 0, ES)).endswith(": 0.")
