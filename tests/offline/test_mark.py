"""A mark mirrors left to right and depends on 18 bits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.mark import COLOURS, mark_of

BITS = st.binary(min_size=3, max_size=3)


@given(BITS)
def test_a_mark_mirrors_left_to_right(bits):
    assert all(row == row[::-1] and len(row) == 5 for row in mark_of(bits).rows)


@given(BITS, st.integers(6, 23))
def test_each_of_the_18_bits_changes_the_mark(bits, place):
    other = (int.from_bytes(bits, "big") ^ 1 << place).to_bytes(3, "big")

    assert mark_of(bits) != mark_of(other)


def test_there_are_eight_colours():
    assert {mark_of((number << 6).to_bytes(3, "big")).colour for number in range(8)} == set(COLOURS)


@pytest.mark.parametrize("length", [2, 4])
def test_a_mark_is_drawn_from_three_bytes(length):
    with pytest.raises(ValueError, match="3 bytes"):
        mark_of(bytes(length))
