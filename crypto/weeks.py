"""Weeks: the calendar that keys, freshness and message cells count in.

Anybody may depend on this module.

Where this file and crypto/spec/signed-documents-v1.md section 1 disagree, this
file is wrong.
"""

from datetime import date, timedelta

FIRST_DAY = date(2024, 1, 1)  # a Monday: the first day of week 0
LAST_WEEK = (date.max - FIRST_DAY).days // 7  # the week of 9999-12-31


def week_of(day: date) -> int:
    """The week that *day* (UTC) is in; negative before 2024."""
    return (day - FIRST_DAY).days // 7


def first_day(week: int) -> date:
    """The Monday of *week*, 0 to LAST_WEEK.

    Raises:
        ValueError: the calendar has no such week; documents cannot name one.
    """
    if not 0 <= week <= LAST_WEEK:
        raise ValueError("no such week")
    return FIRST_DAY + timedelta(weeks=week)
