"""Shares: a threshold of them makes the secret again; nothing less, and nothing mistyped, does."""

from __future__ import annotations

from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.utils import random
from shamir_mnemonic import Share as ParsedShare
from shamir_mnemonic import combine_mnemonics, generate_mnemonics
from shamir_mnemonic.wordlist import WORDLIST

from crypto.airgap.backup.shares import (
    Share,
    ShareChecksumError,
    ShareError,
    ShareLengthError,
    ShareOtherError,
    ShareRepeatedError,
    SharesFewError,
    SharesImpossibleError,
    SharesWrongError,
    ShareWordError,
    combine,
    read_share,
    split,
)

SECRET = bytes(range(16))


def text(share: Share) -> str:
    return " ".join(share.words)


@pytest.fixture(scope="module")
def made() -> list[Share]:
    return split(SECRET, 3, 2)


def test_the_library_agrees_with_a_published_vector():
    """Source: SLIP-0039, vectors.json, "Valid mnemonic without sharing (128 bits)"."""
    words = (
        "duckling enlarge academic academic agency result length solution fridge kidney coal "
        "piece deal husband erode duke ajar critical decision keyboard"
    )
    secret = "bb54aac4b89dc868ba37d9cc21b2cece"
    assert combine_mnemonics([words], b"TREZOR").hex() == secret


@pytest.mark.parametrize(("count", "threshold"), [(3, 2), (5, 3), (2, 2), (16, 16)])
def test_any_threshold_of_shares_in_any_order_makes_the_secret(count, threshold):
    made = split(SECRET, count, threshold)
    assert len({share.words for share in made}) == count
    for chosen in combinations(made, threshold):
        assert combine(chosen[::-1]) == SECRET


def test_all_the_shares_together_make_the_secret_too(made):
    for order in permutations(made):
        assert combine(order) == SECRET


@pytest.mark.parametrize("count", range(2))
def test_fewer_than_the_threshold_make_nothing(made, count):
    with pytest.raises(SharesFewError):
        combine(made[:count])


@pytest.mark.parametrize(("count", "threshold"), [(3, 1), (1, 1), (17, 2), (2, 3), (3, 0)])
def test_what_cannot_be_split_is_refused(count, threshold):
    with pytest.raises(SharesImpossibleError):
        split(SECRET, count, threshold)


def test_a_share_is_read_in_any_case_cut_to_four_letters_with_numbers_and_remarks(made):
    written = "# de la caja fuerte\n" + "\n".join(
        f"{place}. {word[:4].upper()}" for place, word in enumerate(made[0].words, 1)
    )
    assert read_share(written) == made[0]


def test_four_letters_tell_any_two_words_of_the_list_apart():
    assert len({word[:4] for word in WORDLIST}) == len(WORDLIST) == 1_024
    assert min(map(len, WORDLIST)) == 4


def test_a_share_of_twenty_words_only_is_read(made):
    with pytest.raises(ShareLengthError):
        read_share(text(made[0]).rsplit(" ", 1)[0])
    with pytest.raises(ShareLengthError):
        read_share(text(made[0]) + " academic")
    with pytest.raises(ShareLengthError):
        read_share("a " * 5_000)


def test_a_word_that_does_not_exist_is_named_by_its_place(made):
    words = list(made[0].words)
    words[2], words[8] = "zzzz", words[8] + "x"
    with pytest.raises(ShareWordError) as refused:
        read_share(" ".join(words))
    assert refused.value.__notes__ == ["3, 9"]


@pytest.mark.parametrize("place", range(20))
def test_one_wrong_word_is_noticed_wherever_it_is(made, place):
    words = list(made[0].words)
    words[place] = "academic" if words[place] != "academic" else "acid"
    with pytest.raises(ShareChecksumError):
        read_share(" ".join(words))


def test_two_words_that_changed_places_are_noticed(made):
    words = list(made[0].words)
    place = next(place for place in range(19) if words[place] != words[place + 1])
    words[place], words[place + 1] = words[place + 1], words[place]
    with pytest.raises(ShareChecksumError):
        read_share(" ".join(words))


def test_a_share_of_another_set_is_refused(made):
    other = split(random(16), 3, 2)
    if other[0].identifier == made[0].identifier:  # one in 32,768
        other = split(random(16), 3, 2)
    with pytest.raises(ShareOtherError):
        combine([made[0], other[1]])


def test_the_same_share_twice_is_refused(made):
    with pytest.raises(ShareRepeatedError):
        combine([made[0], made[0]])


def test_shares_of_other_programs_in_groups_or_with_a_cost_are_refused():
    (grouped, *_) = generate_mnemonics(2, [(1, 1), (1, 1)], SECRET, iteration_exponent=0)
    ((costly, _),) = generate_mnemonics(1, [(2, 2)], SECRET, iteration_exponent=1)
    ((old, _),) = generate_mnemonics(1, [(2, 2)], SECRET, extendable=False, iteration_exponent=0)
    for words in (grouped[0], costly, old):
        with pytest.raises(ShareOtherError):
            read_share(words)


def forged(share: Share, changed: int) -> Share:
    """A share with a good checksum and another value: nobody but a forger writes it."""
    parsed = ParsedShare.from_mnemonic(text(share))
    value = bytes([parsed.value[0] ^ changed]) + parsed.value[1:]
    again = ParsedShare(
        parsed.identifier, parsed.extendable, parsed.iteration_exponent, parsed.group_index,
        parsed.group_threshold, parsed.group_count, parsed.index, parsed.member_threshold, value,
    )  # fmt: skip
    return read_share(again.mnemonic())


def test_a_share_that_was_changed_makes_no_secret_also_above_the_threshold(made):
    with pytest.raises(SharesWrongError):
        combine([made[0], forged(made[1], 1)])
    with pytest.raises(SharesWrongError):
        combine([made[0], made[1], forged(made[2], 1)])


@given(st.text(max_size=300))
def test_garbage_is_refused_with_an_error_of_this_program(typed):
    with pytest.raises(ShareError):
        read_share(typed)


def test_a_share_shows_its_words_in_no_traceback(made):
    assert made[0].words[5] not in repr(made[0])
