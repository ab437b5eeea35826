"""Every order is equally likely, and nothing is lost or repeated."""

from __future__ import annotations

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from crypto.shuffle import shuffled


@given(st.lists(st.integers()), st.integers())
def test_a_shuffle_keeps_every_item(items: list[int], seed: int) -> None:
    assert sorted(shuffled(items, random.Random(seed).randbytes)) == sorted(items)


def test_every_order_of_four_comes_equally_often() -> None:
    draw = random.Random(1).randbytes
    times = 12_000
    found = Counter("".join(shuffled("abcd", draw)) for _ in range(times))
    assert len(found) == 24
    statistic = sum((count - times / 24) ** 2 / (times / 24) for count in found.values())
    assert statistic < 49.8  # chi-square, 23 degrees of freedom, one in a thousand


def test_what_would_favour_the_first_places_is_drawn_again() -> None:
    drawn = iter([b"\xff\xff\xff\xff", bytes(4), bytes(4)])
    assert shuffled("abc", lambda _: next(drawn)) == ["b", "c", "a"]
    assert next(drawn, None) is None
