"""The witness's phrase: twelve words, and the keys that they are.

It lets her read replies and speak again; it cannot open what she sent.  The
server must never hold one, so `app` does not depend on this module.

Where this file and crypto/spec/phrase-v1.md disagree, this file is wrong.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crypto import mark, wordlist
from crypto.errors import BuzonError
from crypto.mark import Mark
from crypto.wordlist import ENTROPY_BYTES, WORDS, Language, word_list

MAX_CHARACTERS = 1024

_SALT = b"buzon/witness/v1"
_WORD = re.compile("[a-z]+")
_LISTS: tuple[Language, ...] = ("es", "en")  # the order in which they are tried


class PhraseError(BuzonError):
    """What was typed is not a phrase."""


class PhraseLengthError(PhraseError):
    """There are not twelve words."""

    code = "phrase-length"


class PhraseWordError(PhraseError):
    """Some words are in neither list; `positions` (1 to 12) says which."""

    code = "phrase-word"

    def __init__(self, positions: tuple[int, ...]) -> None:
        super().__init__("unknown words")
        self.positions = positions


class PhraseChecksumError(PhraseError):
    """All twelve words exist, but not together."""

    code = "phrase-checksum"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase, as the 16 bytes that its words write."""

    entropy: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.entropy) != ENTROPY_BYTES:
            raise ValueError("a phrase is 16 bytes")

    @classmethod
    def generate(cls, random_bytes: Callable[[int], bytes]) -> "Phrase":
        """A new phrase from *random_bytes*, which returns that many unpredictable bytes."""
        return cls(random_bytes(ENTROPY_BYTES))

    @classmethod
    def from_words(cls, typed: str) -> "Phrase":
        """Read what a person typed, in any case, with or without accents, cut to four letters.

        Raises:
            PhraseLengthError, PhraseWordError, PhraseChecksumError: in this order.

        Source: phrase-v1.md, section 2.
        """
        if len(typed) > MAX_CHARACTERS:
            raise PhraseLengthError("too many characters")
        words = _WORD.findall(wordlist.normalised(typed))
        if len(words) != WORDS:
            raise PhraseLengthError("not twelve words")
        readings = [[word_list(language).number(word) for word in words] for language in _LISTS]
        known = [
            numbers
            for reading in readings
            if len(numbers := [number for number in reading if number is not None]) == WORDS
        ]
        if not known:
            raise PhraseWordError(min(map(_unknown, readings), key=len))
        for numbers in known:
            entropy = wordlist.decode(numbers)
            if entropy is not None:
                return cls(entropy)
        raise PhraseChecksumError("these words do not belong together")

    def words(self, language: Language = "es") -> str:
        """The twelve words, one space between them."""
        return " ".join(word_list(language).encode(self.entropy))

    @property
    def reply_seed(self) -> bytes:
        """The X-Wing seed of the reply key, 32 bytes."""
        return self._key(b"buzon/reply-seed/v1", 32)

    @property
    def tag_key(self) -> bytes:
        """The HMAC key of reply tags, 32 bytes."""
        return self._key(b"buzon/tag-key/v1", 32)

    @property
    def thread_seed(self) -> bytes:
        """The Ed25519 seed of the thread, 32 bytes."""
        return self._key(b"buzon/thread-seed/v1", 32)

    @property
    def mark(self) -> Mark:
        """The figure shown when the phrase is given and when it is typed."""
        return mark.mark_of(self._key(b"buzon/mark/v1", mark.MARK_BYTES))

    def _key(self, label: bytes, length: int) -> bytes:
        """Source: phrase-v1.md, section 3."""
        return HKDF(algorithm=SHA256(), length=length, salt=_SALT, info=label).derive(self.entropy)


def _unknown(reading: list[int | None]) -> tuple[int, ...]:
    """The positions, from 1, of the words that a list does not know."""
    return tuple(place for place, number in enumerate(reading, start=1) if number is None)
