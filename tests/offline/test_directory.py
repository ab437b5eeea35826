"""A directory is used whole and as signed, or not at all."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.directory import (
    DirectoryDocument,
    FreshnessWeekError,
    KeysMissingError,
    build_directory,
    parse_directory,
    untrusted_batch_size,
    verify_directory,
    weeks_to_send,
)
from crypto.dsse import Envelope, envelope_of
from crypto.errors import BuzonError
from crypto.strictjson import DocumentMalformedError
from crypto.trust import open_trust
from crypto.weeks import first_day
from tests.vectors.generator import organisation as org
from tests.vectors.generator.case import keys_of

TRUST = open_trust(org.compact(org.trust()))
ROSTER = envelope_of(org.roster())
FRESHNESS = envelope_of(org.freshness())
KEYS = [envelope_of(key) for key in keys_of(org.LAWYERS, *org.WEEKS)]
NOW = datetime.fromisoformat(org.NOW)
HOUR = timedelta(hours=1)
MONDAY = datetime(2025, 12, 8, tzinfo=UTC)  # week 101 begins


def document(keys: list[Envelope]) -> bytes:
    """A directory with the good roster and freshness."""
    return DirectoryDocument(ROSTER, FRESHNESS, tuple(keys)).to_json()


GOOD = document(KEYS[:3])


def test_a_directory_comes_back():
    assert parse_directory(GOOD).to_json() == GOOD


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_refused(untrusted):
    with pytest.raises(DocumentMalformedError):
        verify_directory(untrusted, TRUST, NOW)


@settings(max_examples=500)
@given(st.integers(0, 8 * len(GOOD) - 1))
def test_a_flipped_bit_anywhere_is_refused_or_changes_nothing_signed(bit):
    untrusted = bytearray(GOOD)
    untrusted[bit // 8] ^= 1 << bit % 8
    try:
        directory = verify_directory(bytes(untrusted), TRUST, NOW)
    except BuzonError:
        return
    assert directory == verify_directory(GOOD, TRUST, NOW)
    assert directory.roster_hash == ROSTER.payload_hash
    assert directory.freshness_hash == FRESHNESS.payload_hash


@settings(max_examples=30)
@given(st.permutations(KEYS))
def test_the_order_of_the_keys_changes_nothing(keys):
    assert verify_directory(document(keys), TRUST, NOW) == verify_directory(
        document(KEYS), TRUST, NOW
    )


@given(st.sets(st.sampled_from(range(9)), min_size=1))
def test_a_week_with_a_key_left_out_is_refused(kept):
    weeks = [kept & set(range(first, first + 3)) for first in (0, 3, 6)]
    whole = all(len(week) in (0, 3) for week in weeks) and len(weeks[0]) == 3
    untrusted = document([KEYS[place] for place in sorted(kept)])
    if whole:
        assert len(verify_directory(untrusted, TRUST, NOW).recipients) == 3
    else:
        with pytest.raises(KeysMissingError):
            verify_directory(untrusted, TRUST, NOW)


@pytest.mark.parametrize(
    ("now", "weeks"),
    [
        (MONDAY - 25 * HOUR, (100,)),
        (MONDAY - 24 * HOUR - timedelta(seconds=1), (100,)),
        (MONDAY - 24 * HOUR, (100, 101)),
        (MONDAY - timedelta(seconds=1), (100, 101)),
        (MONDAY, (100, 101)),
        (MONDAY + 24 * HOUR - timedelta(seconds=1), (100, 101)),
        (MONDAY + 24 * HOUR, (101,)),
        (MONDAY + 72 * HOUR, (101,)),
    ],
)
def test_within_a_day_of_the_change_both_weeks_are_sent(now, weeks):
    assert weeks_to_send(now) == weeks


@given(st.integers(0, 21 * 24 * 60 - 1), st.integers(-23 * 60, 23 * 60))
def test_what_a_server_builds_is_accepted_by_every_clock_less_than_a_day_off(minute, error):
    server = datetime.combine(first_day(100), datetime.min.time(), UTC) + timedelta(minutes=minute)
    clock = server + timedelta(minutes=error)
    if not first_day(100) <= clock.date() < first_day(103):
        return
    built = build_directory(ROSTER, FRESHNESS, KEYS, server)

    assert len(verify_directory(built, TRUST, clock, org.ORIGIN).recipients) == 3


@settings(max_examples=30)
@given(st.permutations(KEYS))
def test_a_server_sends_the_same_bytes_in_whatever_order_it_keeps_the_keys(keys):
    assert build_directory(ROSTER, FRESHNESS, keys, NOW) == document(KEYS[:3])


@pytest.mark.parametrize(
    "now", [datetime(2025, 11, 30, tzinfo=UTC), datetime(2025, 12, 22, tzinfo=UTC)]
)
def test_without_keys_for_the_week_nothing_is_built(now):
    with pytest.raises(FreshnessWeekError):
        build_directory(ROSTER, FRESHNESS, KEYS, now)


def test_with_no_keys_at_all_nothing_is_built():
    with pytest.raises(FreshnessWeekError):
        build_directory(ROSTER, FRESHNESS, [], NOW)


def test_the_batch_size_is_read_from_a_directory_that_nobody_verified():
    assert untrusted_batch_size(GOOD) == 16


def test_the_batch_size_of_rubbish_is_refused():
    with pytest.raises(DocumentMalformedError):
        untrusted_batch_size(b"{}")
