"""Vetting: whose key this is, compared by voice.

For the ceremony only.

Where this file and crypto/spec/trust-v1.md, roster-v1.md section 4 or
signed-documents-v1.md section 6 disagree, this file is wrong.
"""

from collections.abc import Iterable

from crypto import dsse, strictjson
from crypto.card import CardFile
from crypto.document import KEY_BYTES
from crypto.dsse import DocumentSignaturesError
from crypto.errors import BuzonError
from crypto.fingerprint import fingerprint_words
from crypto.roster import Lawyer
from crypto.wordlist import normalised

MAX_DIRECTOR_CARD_BYTES = 1024


class FingerprintDiffersError(BuzonError):
    """The words that were read aloud are not those of the key."""

    code = "fingerprint-differs"


class PseudonymTakenError(BuzonError):
    """Somebody bears this pseudonym, or the lawyer herself did under another identity."""

    code = "pseudonym-taken"


class LawyerUnknownError(BuzonError):
    """The roster has no lawyer of this id or pseudonym."""

    code = "lawyer-unknown"

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.add_note(name)


class LawyerRevokedError(BuzonError):
    """A lawyer who was revoked does not come back under the same key, nor vouch for another."""

    code = "lawyer-revoked"


class ReplacementUnsignedError(BuzonError):
    """No card is signed by the identity that it is to replace."""

    code = "replacement-unsigned"


def find_lawyer(lawyers: Iterable[Lawyer], name: str) -> Lawyer:
    """The one of *lawyers* with this pseudonym, or whose id begins so, four digits at least.

    Raises:
        LawyerUnknownError: none or several.
    """
    everybody = list(lawyers)
    found = [one for one in everybody if one.pseudonym == name] or [
        one for one in everybody if len(name) >= 4 and one.id.hex().startswith(name.lower())
    ]
    if len(found) != 1:
        raise LawyerUnknownError(name)
    return found[0]


def replacement(cards: Iterable[CardFile], replaced: Lawyer) -> CardFile:
    """The one of *cards* that *replaced* signed for her next identity.

    Raises:
        LawyerRevokedError: her key vouches for nobody any more.
        ReplacementUnsignedError: she signed none of them, or several.

    Source: roster-v1.md, section 4.
    """
    if replaced.status == "revoked":
        raise LawyerRevokedError(replaced.pseudonym)
    found = []
    for one in cards:
        if one.card.identity == replaced.identity:
            continue
        try:
            dsse.check_signatures(one.envelope, [replaced.identity], 1)
        except DocumentSignaturesError:
            continue
        found.append(one)
    if len(found) != 1:
        raise ReplacementUnsignedError(f"{len(found)} cards")
    return found[0]


def director_card(public_key: bytes) -> bytes:
    """What a director hands to whoever drafts the trust.

    Source: trust-v1.md, "Director's card".
    """
    return strictjson.serialise({"director": strictjson.to_base64(public_key)})


def open_director_card(card: bytes) -> bytes:
    """The Ed25519 public key on a director's card.

    Raises:
        DocumentMalformedError
    """
    (key,) = strictjson.members(strictjson.parse(card, MAX_DIRECTOR_CARD_BYTES), "director")
    return strictjson.base64_bytes(key, KEY_BYTES)


def check_fingerprint(key: bytes, read_aloud: Iterable[str]) -> None:
    """Return when one of the lines *read_aloud* is the twelve words of *key*.

    Raises:
        FingerprintDiffersError
    """
    expected = {
        tuple(normalised(fingerprint_words(key, "es")).split()),
        tuple(normalised(fingerprint_words(key, "en")).split()),
    }
    if not any(tuple(normalised(line).split()) in expected for line in read_aloud):
        raise FingerprintDiffersError("other words")
