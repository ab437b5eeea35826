"""The two word lists are what the phrase's specification says of them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.wordlist import decode, normalised, word_list

both = pytest.mark.parametrize("language", ["es", "en"])


@both
def test_a_list_has_2048_words_that_differ_without_accents(language):
    words = word_list(language).words

    assert len(words) == 2048
    assert len({normalised(word) for word in words}) == 2048


@both
def test_four_letters_tell_any_two_words_apart(language):
    words = word_list(language).words
    longer = [normalised(word) for word in words if len(normalised(word)) >= 4]

    assert len({letters[:4] for letters in longer}) == len(longer)


@both
def test_words_are_kept_composed(language):
    assert all(unicodedata.is_normalized("NFC", word) for word in word_list(language).words)


@both
def test_a_word_of_the_list_stands_for_itself_and_not_for_a_longer_one(language):
    listed = word_list(language)

    for number, word in enumerate(listed.words):
        assert listed.number(normalised(word)) == number


@both
def test_three_letters_of_a_longer_word_stand_for_nothing(language):
    listed = word_list(language)
    whole = {normalised(word) for word in listed.words}

    for word in whole:
        if len(word) > 3 and word[:3] not in whole:
            assert listed.number(word[:3]) is None


@given(st.binary(min_size=16, max_size=16), st.sampled_from(["es", "en"]))
def test_sixteen_bytes_come_back(entropy, language):
    listed = word_list(language)
    numbers = [listed.words.index(word) for word in listed.encode(entropy)]

    assert decode(numbers) == entropy
