"""One flipped bit in any signed document is refused, or was in nothing that is signed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.card import open_card
from crypto.errors import BuzonError
from crypto.freshness import open_freshness
from crypto.publication import verify_publication
from crypto.receipt import open_receipt
from crypto.roster import Roster, open_roster
from crypto.trust import open_trust
from crypto.weekly_key import open_weekly_key
from tests.vectors import vector_file, vectors
from tests.vectors.generator import organisation as org
from tests.vectors.generator.case import keys_of

TRUST = open_trust(org.compact(org.trust()))
NOW = datetime.fromisoformat(org.NOW)
RECEIPTS = vector_file("receipt")
KEYS = [org.compact(key) for key in keys_of(org.LAWYERS, *org.WEEKS)]


def vector(file: str, name: str) -> dict[str, Any]:
    """One vector of a file."""
    return next(one for one in vectors(file) if one["name"] == name)


DOCUMENTS: dict[str, tuple[bytes, Callable[[bytes], object]]] = {
    "trust": (org.compact(org.trust()), open_trust),
    "roster": (org.compact(org.roster()), lambda untrusted: open_roster(untrusted, TRUST)),
    "freshness": (
        org.compact(org.freshness()),
        lambda untrusted: open_freshness(untrusted, TRUST),
    ),
    "weekly key": (
        org.compact(org.weekly_key("lawyer-a")),
        lambda untrusted: open_weekly_key(untrusted, org.public("lawyer-a")),
    ),
    "card": (
        vector("card", "one-week")["card"].encode(),
        lambda untrusted: [
            (key, envelope.payload) for key, envelope in open_card(untrusted).weekly_keys
        ],
    ),
    "receipt": (
        vector("receipt", "three-cells")["envelope"].encode(),
        lambda untrusted: open_receipt(
            untrusted, Roster.from_payload(RECEIPTS["roster"].encode()), {}, NOW
        ),
    ),
    "publication": (
        org.compact(org.roster()),
        lambda untrusted: (
            verify_publication(
                untrusted, org.compact(org.freshness()), KEYS, TRUST, NOW
            ).roster.payload_hash
        ),
    ),
}


@pytest.mark.parametrize("kind", DOCUMENTS)
@settings(max_examples=150)
@given(data=st.data())
def test_a_flipped_bit_is_refused_or_changes_nothing_signed(kind, data):
    good, accepted = DOCUMENTS[kind]
    bit = data.draw(st.integers(0, 8 * len(good) - 1))
    untrusted = bytearray(good)
    untrusted[bit // 8] ^= 1 << bit % 8
    try:
        found = accepted(bytes(untrusted))
    except BuzonError:
        return
    assert found == accepted(good)
