"""A listing names every cell once, in an order that tells nothing."""

import tracemalloc
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.pouch import MAX_WEEKLY_KEY_BYTES, Listing, parse_listing
from crypto.strictjson import DocumentMalformedError
from tests.vectors.generator import organisation as org

DIGESTS = st.lists(st.binary(min_size=32, max_size=32), max_size=20, unique=True).map(sorted)


@given(DIGESTS, st.integers(0, 20))
def test_a_listing_comes_back(digests, messages):
    listing = Listing(date(2025, 12, 3), tuple(digests[:messages]), tuple(digests[messages:]))

    assert parse_listing(listing.to_json()) == listing


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_refused(untrusted):
    with pytest.raises(DocumentMalformedError):
        parse_listing(untrusted)


@pytest.mark.parametrize("filling", ["[]", "{}", "0", '""', '"a"', '{"a":0}'])
def test_a_hostile_listing_takes_no_more_memory_than_an_honest_one(filling):
    many = ",".join([filling] * 200_000)
    listing = f'{{"day":"2025-12-03","messages":[{many}],"parts":[]}}'.encode()
    tracemalloc.start()
    try:
        with pytest.raises(DocumentMalformedError):
            parse_listing(listing)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * len(listing)


def test_a_listing_with_space_in_it_is_read():
    digests = [bytes([number]) * 32 for number in range(3)]
    named = ",\n".join(f'"{digest.hex()}"' for digest in digests)
    listing = f'{{"day": "2025-12-03",\n"messages": [{named}], "parts": [ ]}}'.encode()

    assert parse_listing(listing).messages == tuple(digests)


def test_a_signed_weekly_key_is_far_below_its_limit():
    assert len(org.compact(org.weekly_key("lawyer-a"))) < MAX_WEEKLY_KEY_BYTES / 2
