"""BIP39's word lists, and 16 bytes as twelve words of one of them.

For the witness's phrase and for fingerprints, which must not be mixed up: they
import this module, others import them.

Where this file and crypto/spec/phrase-v1.md disagree, this file is wrong.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Literal

Language = Literal["es", "en"]

ENTROPY_BYTES = 16
WORDS = 12
PREFIX_LETTERS = 4  # as many letters tell any two words of a list apart

_FILES: dict[Language, str] = {"es": "spanish.txt", "en": "english.txt"}
_COMBINING_MARKS = re.compile("[\u0300-\u036f]")
_BITS_PER_WORD = 11
_CHECKSUM_BITS = 4


def normalised(typed: str) -> str:
    """*typed* without case, accents and other marks.

    Source: phrase-v1.md, section 2, step 2.
    """
    return _COMBINING_MARKS.sub("", unicodedata.normalize("NFKD", typed)).lower()


@dataclass(frozen=True, slots=True)
class WordList:
    """2,048 words in NFC, and the number of each under every accepted spelling."""

    words: tuple[str, ...]
    numbers: dict[str, int]  # normalised words and their prefixes of four letters or more

    def number(self, letters: str) -> int | None:
        """Which word of the list the normalised *letters* stand for, if any.

        Source: phrase-v1.md, section 2, step 4.
        """
        return self.numbers.get(letters)

    def encode(self, entropy: bytes) -> tuple[str, ...]:
        """*entropy* (16 bytes) as twelve words, the last four bits a checksum."""
        if len(entropy) != ENTROPY_BYTES:
            raise ValueError("not 16 bytes")
        bits = int.from_bytes(entropy, "big") << _CHECKSUM_BITS | _checksum(entropy)
        return tuple(
            self.words[bits >> _BITS_PER_WORD * place & (1 << _BITS_PER_WORD) - 1]
            for place in reversed(range(WORDS))
        )


def decode(numbers: list[int]) -> bytes | None:
    """The 16 bytes behind twelve word *numbers*; None when the checksum is wrong."""
    bits = 0
    for number in numbers:
        bits = bits << _BITS_PER_WORD | number
    entropy = (bits >> _CHECKSUM_BITS).to_bytes(ENTROPY_BYTES, "big")
    return entropy if bits & (1 << _CHECKSUM_BITS) - 1 == _checksum(entropy) else None


def _checksum(entropy: bytes) -> int:
    return sha256(entropy).digest()[0] >> 8 - _CHECKSUM_BITS


@cache
def word_list(language: Language) -> WordList:
    """The list of *language*, read once from the package."""
    file = resources.files("crypto") / "wordlists" / _FILES[language]
    words = tuple(unicodedata.normalize("NFC", file.read_text("utf-8")).split())
    numbers: dict[str, int] = {}
    for number, word in enumerate(words):
        letters = normalised(word)
        for length in range(PREFIX_LETTERS, len(letters)):
            numbers.setdefault(letters[:length], number)
    # A whole word is looked for before a prefix, so it is entered last.
    numbers.update((normalised(word), number) for number, word in enumerate(words))
    return WordList(words, numbers)
