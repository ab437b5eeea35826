"""A phrase is read in every accepted spelling, and says nothing by accident."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.phrase import Phrase, PhraseChecksumError, PhraseError, PhraseLengthError
from crypto.wordlist import normalised, word_list

ENTROPY = st.binary(min_size=16, max_size=16)
LANGUAGES = st.sampled_from(["es", "en"])
SPELLINGS = st.sampled_from(
    [
        str,
        str.upper,
        str.title,
        normalised,
        lambda words: unicodedata.normalize("NFD", words),
        lambda words: " ".join(f"{place}. {word}" for place, word in enumerate(words.split(), 1)),
        lambda words: " ".join(word[:4] for word in words.split()),
        lambda words: "\n".join(normalised(word)[:5] for word in words.split()),
    ]
)


@given(ENTROPY, LANGUAGES, st.sampled_from([str, str.upper, normalised]))
def test_the_words_of_a_phrase_are_that_phrase(entropy, language, spelling):
    assert Phrase.from_words(spelling(Phrase(entropy).words(language))).entropy == entropy


@given(ENTROPY, SPELLINGS)
def test_every_spelling_of_spanish_words_is_the_same_phrase(entropy, spelling):
    assert Phrase.from_words(spelling(Phrase(entropy).words("es"))).entropy == entropy


@given(st.text(max_size=1200))
def test_arbitrary_text_is_refused_with_one_of_three_errors(typed):
    with pytest.raises(PhraseError):
        Phrase.from_words(typed)


@given(st.lists(st.sampled_from(word_list("es").words), min_size=12, max_size=12))
def test_words_of_the_list_are_a_phrase_only_with_their_checksum(words):
    typed = " ".join(words)
    try:
        phrase = Phrase.from_words(typed)
    except PhraseChecksumError:
        return
    assert phrase.words("es") == typed


@given(ENTROPY, st.integers(0, 11), st.integers(1, 2047))
def test_a_wrong_word_is_refused_or_shows_another_phrase(entropy, place, distance):
    words = Phrase(entropy).words("es").split()
    listed = word_list("es").words
    words[place] = listed[(listed.index(words[place]) + distance) % 2048]
    try:
        phrase = Phrase.from_words(" ".join(words))
    except PhraseChecksumError:
        return
    assert phrase.entropy != entropy


def test_the_checksum_catches_fifteen_of_sixteen_wrong_words():
    words = Phrase(bytes(range(16))).words("es").split()
    passed = 0
    for word in word_list("es").words:
        try:
            Phrase.from_words(" ".join([word, *words[1:]]))
        except PhraseChecksumError:
            continue
        passed += 1
    assert 2048 / 16 * 0.7 < passed < 2048 / 16 * 1.3


@given(ENTROPY)
def test_the_keys_of_a_phrase_have_nothing_in_common(entropy):
    phrase = Phrase(entropy)

    assert len({phrase.reply_seed, phrase.tag_key, phrase.thread_seed}) == 3
    assert len(phrase.reply_seed) == len(phrase.tag_key) == len(phrase.thread_seed) == 32


def test_a_new_phrase_takes_all_its_bytes_from_the_given_source():
    asked = []

    def random_bytes(count: int) -> bytes:
        asked.append(count)
        return b"\x07" * count

    assert Phrase.generate(random_bytes).entropy == b"\x07" * 16
    assert asked == [16]


def test_a_source_that_gives_too_little_makes_no_phrase():
    with pytest.raises(ValueError, match="16 bytes"):
        Phrase.generate(lambda count: bytes(count - 1))


def test_a_phrase_does_not_print_itself():
    phrase = Phrase(bytes(range(16)))

    for said in (repr(phrase), str(phrase), f"{phrase}"):
        assert said == "Phrase()"


def test_a_refusal_does_not_repeat_what_was_typed():
    with pytest.raises(PhraseLengthError) as refused:
        Phrase.from_words("secreto secreto")

    assert "secreto" not in str(refused.value)
