"""What runs out is told three weeks ahead, the earliest first, and told as over when it is."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.freshness import Freshness, FreshWeek
from crypto.horizon import DAYS_TO_WARN, last_of, shortages
from crypto.roster import Lawyer, Policy, Roster
from crypto.weeks import first_day, week_of
from tests.offline import documents

TODAY = date(2026, 3, 11)  # a Wednesday
WEEK = week_of(TODAY)
LAWYERS = tuple(
    sorted(
        (Lawyer(name, "Norte", ("es",), name.encode().ljust(32, b"-")) for name in ("Mezquite", "Huizache")),
        key=lambda lawyer: lawyer.id,
    )
)  # fmt: skip
ROSTER = Roster(
    trust=bytes(32),
    serial=1,
    previous=bytes(32),
    origins=("http://box.example",),
    issued=TODAY,
    expires=TODAY + timedelta(days=90),
    lawyers=LAWYERS,
    policy=Policy(2, 4, 16),
)


def freshness(last: int) -> Freshness:
    pairs = tuple((lawyer.id, lawyer.identity) for lawyer in LAWYERS)
    return Freshness(ROSTER.payload_hash, TODAY, (FreshWeek(last, pairs),))


PLENTY = freshness(WEEK + 5)


def told(roster=ROSTER, fresh=PLENTY, keys=None, today=TODAY):
    found = shortages(roster, fresh, keys or {}, today)
    return [(one.code, one.day, one.over) for one in found]


def test_nothing_is_told_while_everything_lasts():
    assert told(keys={lawyer.id: WEEK + 10 for lawyer in LAWYERS}) == []


@pytest.mark.parametrize(("days", "is_told"), [(DAYS_TO_WARN, True), (DAYS_TO_WARN + 1, False)])
def test_a_roster_is_told_of_from_three_weeks_before_its_last_day(days, is_told):
    last = TODAY + timedelta(days=days)
    roster = replace(ROSTER, expires=last)
    end = last + timedelta(days=1)
    assert told(roster) == ([("roster-ends", end, False)] if is_told else [])


def test_a_roster_holds_to_the_end_of_its_last_day():
    assert told(replace(ROSTER, expires=TODAY)) == [
        ("roster-ends", TODAY + timedelta(days=1), False)
    ]
    assert told(replace(ROSTER, expires=TODAY - timedelta(days=1))) == [
        ("roster-ends", TODAY, True)
    ]


def test_a_freshness_ends_with_its_last_week():
    assert told(fresh=freshness(WEEK + 2)) == [("freshness-ends", first_day(WEEK + 3), False)]
    assert told(fresh=freshness(WEEK)) == [("freshness-ends", first_day(WEEK + 1), False)]
    assert told(fresh=freshness(WEEK - 1)) == [("freshness-ends", first_day(WEEK), True)]


def test_no_freshness_is_as_if_it_were_over():
    assert told(fresh=None) == [("freshness-ends", TODAY, True)]


def test_keys_are_told_of_by_lawyer_and_only_those_of_who_is_active():
    retired = replace(ROSTER, lawyers=(replace(LAWYERS[0], status="retired"), LAWYERS[1]))
    keys = {LAWYERS[0].id: WEEK, LAWYERS[1].id: None}
    found = shortages(retired, PLENTY, keys, TODAY)
    assert [(one.untrusted_who, one.over) for one in found] == [(LAWYERS[1].pseudonym, True)]


def test_what_ends_first_is_told_first():
    roster = replace(ROSTER, expires=TODAY + timedelta(days=20))
    keys = {LAWYERS[0].id: WEEK + 1}
    found = told(roster, freshness(WEEK), keys)
    assert [code for code, _, _ in found] == ["freshness-ends", "keys-end", "roster-ends"]


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("today", [TODAY, TODAY + timedelta(days=200)])
def test_every_sentence_names_the_last_day_or_who_and_shows_no_control_character(language, today):
    hostile = replace(LAWYERS[0], pseudonym="Mez\x1b[2Jquite")
    roster = replace(ROSTER, lawyers=(hostile, LAWYERS[1]), expires=TODAY + timedelta(days=10))
    found = shortages(roster, freshness(WEEK), {LAWYERS[0].id: WEEK, LAWYERS[1].id: None}, today)
    assert len(found) == 4
    for one in found:
        said = one.told(language)
        assert said.isprintable()
        assert "{" not in said
        assert one.told("es") != one.told("en")


@given(documents.rosters(), documents.freshnesses(), documents.DAYS)
def test_any_documents_on_any_day_are_told_of(roster, fresh, today):
    keys = dict.fromkeys(roster.active, fresh.weeks[-1].week)
    for one in shortages(roster, fresh, keys, today):
        assert one.told("es")
        assert (one.day - timedelta(days=1) - today).days <= DAYS_TO_WARN
        assert one.over == (one.day <= today)
        assert one.to_value()["day"] == one.day.isoformat()


@given(st.sets(st.integers(0, 40)), st.integers(0, 40))
def test_the_last_of_weeks_in_a_row_is_followed_by_none(weeks, this_week):
    last = last_of(weeks, this_week)
    if last is None:
        assert this_week not in weeks
    else:
        assert set(range(this_week, last + 1)) <= weeks
        assert last + 1 not in weeks
