"""Weeks are counted from Monday, 1 January 2024."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.weeks import LAST_WEEK, first_day, week_of


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2024, 1, 1), 0),
        (date(2024, 1, 7), 0),
        (date(2024, 1, 8), 1),
        (date(2023, 12, 31), -1),
        (date(2025, 12, 1), 100),
        (date(9999, 12, 31), LAST_WEEK),
    ],
)
def test_a_day_is_in_its_week(day, week):
    assert week_of(day) == week


@given(st.integers(0, LAST_WEEK))
def test_a_week_begins_on_a_monday_and_the_day_before_is_of_another(week):
    monday = first_day(week)

    assert monday.weekday() == 0
    assert week_of(monday) == week
    assert week_of(monday - timedelta(days=1)) == week - 1


@pytest.mark.parametrize("week", [-1, LAST_WEEK + 1])
def test_a_week_outside_the_calendar_has_no_first_day(week):
    with pytest.raises(ValueError, match="no such week"):
        first_day(week)
