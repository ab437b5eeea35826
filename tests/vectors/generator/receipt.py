"""Receipts: the table, the signature, and what the desk compares with the roster."""

from hashlib import sha256

from tests.vectors.generator import organisation as org
from tests.vectors.generator.organisation import (
    JSON,
    NOW,
    ORIGIN,
    digest,
    roster_value,
    text,
    without,
)

_TYPE = "buzon/receipt/v1"
_MALFORMED = "document-malformed"
_EARLIER = "77" * 32
_EARLIER_ORIGIN = "http://earlierbox.onion"


def _digests(count: int) -> list[str]:
    return sorted(sha256(f"cell {number}".encode()).hexdigest() for number in range(count))


def _value(**fields: JSON) -> JSON:
    value = {
        "origin": ORIGIN,
        "lawyer": org.lawyer_id("lawyer-a"),
        "roster": digest(roster_value()),
        "week": 100,
        "digests": _digests(3),
    }
    return value | fields


def _signed(value: JSON, signer: str = "lawyer-a") -> JSON:
    return org.envelope(_TYPE, value, [signer])


def _vector(name: str, document: JSON, outcome: str = "ok") -> JSON:
    return {"name": name, "comment": "", "envelope": text(document), "outcome": outcome}


def _accepted(name: str, value: JSON) -> JSON:
    return _vector(name, _signed(value)) | {"hash": digest(value)}


def document() -> JSON:
    """The file's content."""
    good = _value()
    three = good["digests"]
    roster = roster_value()
    for lawyer in roster["lawyers"]:
        if lawyer["id"] == org.lawyer_id("lawyer-c"):
            lawyer["status"] = "revoked"
    good["roster"] = digest(roster)
    of_c = {**good, "lawyer": org.lawyer_id("lawyer-c")}
    malformed = {f"{key}-missing": without(good, key) for key in good} | {
        "an-unknown-field": {**good, "opened": 3},
        "no-digests": {**good, "digests": []},
        "a-digest-twice": {**good, "digests": [three[0], three[0]]},
        "digests-not-ascending": {**good, "digests": three[::-1]},
        "a-digest-in-upper-case": {**good, "digests": [three[0].upper()]},
        "a-digest-of-31-bytes": {**good, "digests": [three[0][:62]]},
        "an-origin-with-a-path": {**good, "origin": ORIGIN + "/"},
        "a-week-after-the-last": {**good, "week": 416168},
    }
    return {
        "format": "receipt",
        "source": "crypto/spec/receipt-v1.md",
        "fields": (
            "for all: roster (published now, without its signatures), earlier (rosters published "
            "before: hash and origins), now; hash: of the receipt"
        ),
        "roster": text(roster),
        "earlier": [{"hash": _EARLIER, "origins": [_EARLIER_ORIGIN]}],
        "now": NOW,
        "vectors": [
            _accepted("three-cells", good),
            _accepted("one-cell", {**good, "digests": three[:1]}),
            _accepted("the-other-origin", {**good, "origin": "https://buzon.example:8443"}),
            _accepted("an-earlier-roster", {**good, "roster": _EARLIER}),
            _accepted(
                "the-origin-of-the-earlier-roster-that-it-names",
                {**good, "roster": _EARLIER, "origin": _EARLIER_ORIGIN},
            ),
            _accepted("a-week-ahead", {**good, "week": 101}),
            _accepted("long-ago", {**good, "week": 0}),
            *(_vector(name, _signed(value), _MALFORMED) for name, value in malformed.items()),
            _vector(
                "another-type", org.envelope("buzon/card/v1", good, ["lawyer-a"]), "document-type"
            ),
            _vector(
                "of-a-stranger",
                _signed({**good, "lawyer": org.lawyer_id("stranger")}, "stranger"),
                "receipt-lawyer",
            ),
            _vector("of-a-revoked-lawyer", _signed(of_c, "lawyer-c"), "receipt-lawyer"),
            _vector("signed-by-another-lawyer", _signed(good, "lawyer-b"), "document-signatures"),
            _vector("signed-by-a-director", _signed(good, "director-a"), "document-signatures"),
            _vector(
                "of-another-box",
                _signed({**good, "origin": "http://otherbox.onion"}),
                "receipt-origin",
            ),
            _vector(
                "of-an-earlier-origin-under-the-present-roster",
                _signed({**good, "origin": _EARLIER_ORIGIN}),
                "receipt-origin",
            ),
            _vector(
                "under-an-unknown-roster", _signed({**good, "roster": "88" * 32}), "receipt-roster"
            ),
            _vector("two-weeks-ahead", _signed({**good, "week": 102}), "receipt-week"),
        ],
    }
