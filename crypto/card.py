"""Card: what a lawyer hands to a director to be vetted, with weekly keys for months.

Anybody may depend on this module.

Where this file and crypto/spec/roster-v1.md section 4 disagree, this file is wrong.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from crypto import dsse, strictjson
from crypto.document import KEY_BYTES, Document
from crypto.dsse import DocumentSignaturesError, Envelope
from crypto.errors import BuzonError
from crypto.roster import languages_of, lawyer_id, name_of
from crypto.strictjson import JSONValue
from crypto.weekly_key import WeeklyKey

MAX_FILE_BYTES = 256 * 1024
MAX_WEEKLY_KEYS = 52


class CardKeysError(BuzonError):
    """The weekly keys on a card are not all this lawyer's, or one is there twice."""

    code = "card-keys"


@dataclass(frozen=True, slots=True)
class Card(Document):
    """What a lawyer says of herself."""

    PAYLOAD_TYPE: ClassVar[str] = "buzon/card/v1"
    MAX_PAYLOAD_BYTES: ClassVar[int] = 4 * 1024

    pseudonym: str
    team: str
    languages: tuple[str, ...]
    identity: bytes  # Ed25519 public key

    def to_value(self) -> JSONValue:
        """The fields in the order of the specification."""
        return {
            "pseudonym": self.pseudonym,
            "team": self.team,
            "languages": list(self.languages),
            "identity": strictjson.to_base64(self.identity),
        }

    @classmethod
    def from_value(cls, value: JSONValue) -> "Card":
        """Read the fields; DocumentMalformedError when they are not as specified."""
        pseudonym, team, languages, identity = strictjson.members(
            value, "pseudonym", "team", "languages", "identity"
        )
        return cls(
            pseudonym=name_of(pseudonym),
            team=name_of(team),
            languages=languages_of(languages),
            identity=strictjson.base64_bytes(identity, KEY_BYTES),
        )


@dataclass(frozen=True, slots=True)
class CardFile:
    """A card and its weekly keys, each with the envelope that it came in."""

    card: Card
    envelope: Envelope
    weekly_keys: tuple[tuple[WeeklyKey, Envelope], ...]


def open_card(card_file: bytes) -> CardFile:
    """The card that its own identity signed, with weekly keys that it signed too.

    Who the identity belongs to is for the director to find out, by voice.

    Raises:
        DocumentMalformedError; for the card DocumentTypeError, DocumentMalformedError
        (payload), DocumentSignaturesError; for each weekly key in turn
        DocumentTypeError, DocumentMalformedError (payload), CardKeysError.

    Source: roster-v1.md, section 4.
    """
    card_value, key_values = strictjson.members(
        strictjson.parse(card_file, MAX_FILE_BYTES), "card", "weekly_keys"
    )
    card_envelope = dsse.envelope_of(card_value)
    key_envelopes = [
        dsse.envelope_of(value) for value in strictjson.array(key_values, 1, MAX_WEEKLY_KEYS)
    ]
    dsse.check_type(card_envelope, Card.PAYLOAD_TYPE)
    card = Card.from_payload(card_envelope.payload)
    dsse.check_signatures(card_envelope, [card.identity], 1)

    weekly_keys: list[WeeklyKey] = []
    for envelope in key_envelopes:
        dsse.check_type(envelope, WeeklyKey.PAYLOAD_TYPE)
        key = WeeklyKey.from_payload(envelope.payload)
        try:
            dsse.check_signatures(envelope, [card.identity], 1)
        except DocumentSignaturesError:
            raise CardKeysError("a weekly key that this lawyer did not sign") from None
        if key.lawyer != lawyer_id(card.identity):
            raise CardKeysError("a weekly key for another lawyer")
        if any(key.week == other.week or key.key == other.key for other in weekly_keys):
            raise CardKeysError("a week or a key twice")
        weekly_keys.append(key)
    return CardFile(card, card_envelope, tuple(zip(weekly_keys, key_envelopes, strict=True)))


def card_file(card: Envelope, weekly_keys: Iterable[Envelope]) -> bytes:
    """Write the file that a lawyer hands to a director, from signed envelopes."""
    return strictjson.serialise(
        {"card": card.to_value(), "weekly_keys": [key.to_value() for key in weekly_keys]}
    )
