"""Whatever bytes a stick gives, the air gap's readers refuse with our errors or accept."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.airgap import cosigning, custody, keyfile, vetting
from crypto.airgap.keyfile import Cost
from crypto.errors import BuzonError
from crypto.freshness import Freshness
from crypto.roster import Roster
from crypto.trust import Trust

CHEAP = Cost(memory_kib=8, passes=1, lanes=1)
KEYFILE = keyfile.lock(bytes(32), "vault", "x", CHEAP)

json_like = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 2**54) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner),
    max_leaves=8,
).map(lambda value: json.dumps(value).encode())

READERS = {
    "key file": lambda content: keyfile.unlock(content, "vault", "x"),
    "director's card": vetting.open_director_card,
    "draft of a trust": lambda content: cosigning.parse_draft(content, Trust),
    "draft of a roster": lambda content: cosigning.parse_draft(content, Roster),
    "draft of a freshness": lambda content: cosigning.parse_draft(content, Freshness),
    "custody entry": lambda content: custody.verify([content], bytes(32), custody.Head()),
}


@pytest.mark.parametrize("reader", READERS)
@given(content=st.binary(max_size=300) | json_like)
@settings(max_examples=60)
def test_arbitrary_bytes_raise_our_error_or_nothing(reader, content):
    with suppress(BuzonError):
        READERS[reader](content)


@given(place=st.integers(0, len(KEYFILE) * 8 - 1))
@settings(max_examples=120)
def test_a_key_file_with_any_bit_flipped_never_gives_another_secret(place):
    flipped = bytearray(KEYFILE)
    flipped[place // 8] ^= 1 << place % 8
    with suppress(BuzonError):
        assert keyfile.unlock(bytes(flipped), "vault", "x") == bytes(32)
