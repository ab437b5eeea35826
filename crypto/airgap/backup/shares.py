"""Shares: 16 secret bytes as lists of twenty words, of which a threshold makes them again.

SLIP-39, by its reference implementation; the only module that knows it, and its errors
end here.  For the air gap's programs only.

Where this file and crypto/spec/backup-v1.md section 1 disagree, this file is wrong.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics
from shamir_mnemonic import Share as ParsedShare
from shamir_mnemonic.wordlist import WORDLIST

from crypto.errors import BuzonError
from crypto.wordlist import PREFIX_LETTERS, normalised

SECRET_BYTES = 16
WORDS = 20
MAX_SHARES = 16
MAX_CHARACTERS = 4 * 1024

_WORD = re.compile("[a-z]+")
_REMARK = re.compile(r"^\s*#.*$", re.MULTILINE)
# Four letters tell any two words of the list apart.  Source: SLIP-0039, "Wordlist".
_BY_PREFIX = {word[:PREFIX_LETTERS]: word for word in WORDLIST}


class ShareError(BuzonError):
    """Something about shares.  Gathers the refusals of this module."""


class SharesImpossibleError(ShareError):
    """Nothing can be split so."""

    code = "shares-impossible"


class ShareLengthError(ShareError):
    """There are not twenty words."""

    code = "share-length"


class ShareWordError(ShareError):
    """A word is not in the list; notes say which, by its place."""

    code = "share-word"


class ShareChecksumError(ShareError):
    """All the words exist, but not together."""

    code = "share-checksum"


class ShareOtherError(ShareError):
    """The share belongs to another set than the rest, or than the vault's."""

    code = "share-other"


class ShareRepeatedError(ShareError):
    """The same share twice."""

    code = "share-repeated"


class SharesFewError(ShareError):
    """Fewer shares than the threshold."""

    code = "shares-few"


class SharesWrongError(ShareError):
    """The shares are of one set by what they say of themselves, and make no secret."""

    code = "shares-wrong"


@dataclass(frozen=True, slots=True)
class Share:
    """One list of twenty words."""

    words: tuple[str, ...] = field(repr=False)
    identifier: int  # of the set
    index: int  # from 0
    threshold: int


def split(secret: bytes, shares: int, threshold: int) -> list[Share]:
    """*secret*, 16 bytes, as that many shares, of which *threshold* make it again.

    Randomness is the library's: the system's own.

    Raises:
        SharesImpossibleError: not 2 to 16 shares, or a threshold not from 2 to their number.

    Source: backup-v1.md, section 1.
    """
    if not 2 <= threshold <= shares <= MAX_SHARES:
        raise SharesImpossibleError(f"{threshold} of {shares}")
    (made,) = generate_mnemonics(1, [(threshold, shares)], secret, iteration_exponent=0)
    return [read_share(words) for words in made]


def words_in(typed: str) -> list[str]:
    """The words that *typed* consists of, in small letters without accents."""
    return _WORD.findall(normalised(_REMARK.sub("", typed)))


def read_share(typed: str) -> Share:
    """Read what a person typed or a page says: any case, words cut to four letters or whole.

    Lines that begin with # are remarks; numbers and signs are passed over.

    Raises:
        ShareLengthError, ShareWordError, ShareChecksumError, ShareOtherError: in this order.

    Source: backup-v1.md, section 1.
    """
    if len(typed) > MAX_CHARACTERS:
        raise ShareLengthError("too many characters")
    typed_words = words_in(typed)
    if len(typed_words) != WORDS:
        raise ShareLengthError(f"{len(typed_words)} words")
    words = [_BY_PREFIX.get(typed[:PREFIX_LETTERS], "") for typed in typed_words]
    unknown = [
        place
        for place, (word, typed) in enumerate(zip(words, typed_words, strict=True), 1)
        if not word or not word.startswith(typed)
    ]
    if unknown:
        refusal = ShareWordError("unknown words")
        refusal.add_note(", ".join(map(str, unknown)))
        raise refusal
    try:
        parsed = ParsedShare.from_mnemonic(" ".join(words))
    except MnemonicError:
        raise ShareChecksumError("these words do not belong together") from None
    if parsed.group_count != 1 or parsed.iteration_exponent != 0 or not parsed.extendable:
        raise ShareOtherError("not made by this program")
    return Share(tuple(words), parsed.identifier, parsed.index, parsed.member_threshold)


def check_together(shares: Sequence[Share], another: Share) -> None:
    """Refuse *another* when it cannot belong to the *shares* read before it.

    Raises:
        ShareOtherError, ShareRepeatedError: in this order.
    """
    for share in shares:
        if (share.identifier, share.threshold) != (another.identifier, another.threshold):
            raise ShareOtherError("another set")
        if share.index == another.index:
            raise ShareRepeatedError("the same share twice")


def combine(shares: Sequence[Share]) -> bytes:
    """The 16 bytes that *shares* make; every one of them must fit, also above the threshold.

    Raises:
        ShareOtherError, ShareRepeatedError, SharesFewError, SharesWrongError: in this order.

    Source: backup-v1.md, section 1.
    """
    for place, share in enumerate(shares):
        check_together(shares[:place], share)
    if not shares or len(shares) < shares[0].threshold:
        raise SharesFewError("below the threshold")
    threshold = shares[0].threshold
    # Each share above the threshold is tried in the place of the first one.
    choices = [
        shares[:threshold],
        *([*shares[1:threshold], extra] for extra in shares[threshold:]),
    ]
    try:
        secrets = {combine_mnemonics([" ".join(s.words) for s in choice]) for choice in choices}
    except MnemonicError:
        raise SharesWrongError("no secret") from None
    if len(secrets) != 1:
        raise SharesWrongError("not one secret")
    return bytes(secrets.pop())
