"""Cards: what a lawyer hands to a director."""

from tests.vectors.generator import organisation as org
from tests.vectors.generator.fingerprint import words
from tests.vectors.generator.organisation import (
    JSON,
    b64,
    public,
    text,
    weekly_key,
    weekly_key_value,
    without,
)

_TYPE = "buzon/card/v1"
_MALFORMED = "document-malformed"
_WEEKS = (100, 101, 102)


def _value() -> JSON:
    return {
        "pseudonym": "Cóndor A",
        "team": "Norte",
        "languages": ["es", "quc"],
        "identity": b64(public("lawyer-a")),
    }


def _file(card: JSON = None, keys: list[JSON] | None = None) -> JSON:
    return {
        "card": org.envelope(_TYPE, _value(), ["lawyer-a"]) if card is None else card,
        "weekly_keys": [weekly_key("lawyer-a", week) for week in _WEEKS] if keys is None else keys,
    }


def _vector(name: str, document: JSON, outcome: str = "ok") -> JSON:
    return {
        "name": name,
        "comment": "",
        "card": document if isinstance(document, str) else text(document),
        "outcome": outcome,
    }


def _accepted(name: str, document: JSON, weeks: list[int]) -> JSON:
    return _vector(name, document) | {
        "lawyer": org.lawyer_id("lawyer-a"),
        "es": words(public("lawyer-a"), "es"),
        "weeks": weeks,
    }


def _signed(value: JSON, signer: str = "lawyer-a") -> JSON:
    return org.envelope("buzon/weekly-key/v1", value, [signer])


def document() -> JSON:
    """The file's content."""
    good = _file()
    value = _value()
    keys = good["weekly_keys"]
    malformed = {f"{key}-missing": without(value, key) for key in value} | {
        "an-unknown-field": {**value, "phone": ""},
        "a-pseudonym-of-41-characters": {**value, "pseudonym": "a" * 41},
        "a-team-with-a-newline": {**value, "team": "a\nb"},
        "an-identity-of-33-bytes": {**value, "identity": b64(bytes(33))},
        "no-languages": {**value, "languages": []},
    }
    same_key = {**weekly_key_value("lawyer-a", 100), "week": 101}
    second = {**weekly_key_value("lawyer-a", 101), "week": 100}
    return {
        "format": "lawyer's card",
        "source": "crypto/spec/roster-v1.md, section 4",
        "fields": "card: the file; lawyer: id; es: fingerprint words; weeks: of the weekly keys",
        "vectors": [
            _accepted("three-weeks", good, [100, 101, 102]),
            _accepted("one-week", _file(keys=keys[:1]), [100]),
            _accepted("weeks-in-another-order", _file(keys=keys[::-1]), [102, 101, 100]),
            _accepted(
                "signed-by-the-identity-before-too",
                _file(org.envelope(_TYPE, value, ["lawyer-b", "lawyer-a"])),
                [100, 101, 102],
            ),
            _vector("no-json", "", _MALFORMED),
            _vector("card-missing", without(good, "card"), _MALFORMED),
            _vector("weekly-keys-missing", without(good, "weekly_keys"), _MALFORMED),
            _vector("an-unknown-member", {**good, "x": 1}, _MALFORMED),
            _vector("no-weekly-keys", _file(keys=[]), _MALFORMED),
            _vector("fifty-three-weekly-keys", _file(keys=keys[:1] * 53), _MALFORMED),
            _vector("a-weekly-key-that-is-no-envelope", _file(keys=[1]), _MALFORMED),
            *(
                _vector(name, _file(org.envelope(_TYPE, card, ["lawyer-a"])), _MALFORMED)
                for name, card in malformed.items()
            ),
            _vector(
                "a-card-of-another-type",
                _file(org.envelope("buzon/roster/v1", value, ["lawyer-a"])),
                "document-type",
            ),
            _vector(
                "a-card-signed-by-another",
                _file(org.envelope(_TYPE, value, ["lawyer-b"])),
                "document-signatures",
            ),
            _vector(
                "a-weekly-key-of-another-type",
                _file(keys=[org.envelope(_TYPE, weekly_key_value("lawyer-a"), ["lawyer-a"])]),
                "document-type",
            ),
            _vector(
                "a-weekly-key-that-is-malformed",
                _file(keys=[_signed({**weekly_key_value("lawyer-a"), "x": 1})]),
                _MALFORMED,
            ),
            _vector(
                "a-weekly-key-signed-by-another",
                _file(keys=[*keys[:1], _signed(weekly_key_value("lawyer-a", 101), "lawyer-b")]),
                "card-keys",
            ),
            _vector(
                "a-weekly-key-of-another-lawyer",
                _file(keys=[*keys[:1], weekly_key("lawyer-b", 101)]),
                "card-keys",
            ),
            _vector(
                "a-weekly-key-that-names-another-lawyer",
                _file(keys=[_signed(weekly_key_value("lawyer-b"))]),
                "card-keys",
            ),
            _vector("a-week-twice", _file(keys=[*keys[:1], _signed(second)]), "card-keys"),
            _vector("a-weekly-key-twice", _file(keys=[*keys, keys[0]]), "card-keys"),
            _vector("a-key-for-two-weeks", _file(keys=[*keys[:1], _signed(same_key)]), "card-keys"),
        ],
    }
