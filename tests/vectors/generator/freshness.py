"""Freshness: the table and the threshold."""

import json
from hashlib import sha256

from tests.vectors.generator import organisation as org
from tests.vectors.generator.organisation import (
    JSON,
    changed,
    freshness_value,
    roster_value,
    text,
    without,
)

_MALFORMED = "document-malformed"


def _vector(name: str, document: JSON, outcome: str = "ok") -> JSON:
    return {
        "name": name,
        "comment": "",
        "trust": "two-of-three",
        "envelope": document if isinstance(document, str) else text(document),
        "outcome": outcome,
    }


def _accepted(name: str, value: JSON, document: JSON = None) -> JSON:
    document = org.freshness(value) if document is None else document
    hashed = sha256(value if isinstance(value, bytes) else org.compact(value)).hexdigest()
    return _vector(name, document) | {"hash": hashed}


def _hashes(count: int) -> list[JSON]:
    return [[f"{number:016x}", f"{number:064x}"] for number in range(count)]


def document() -> JSON:
    """The file's content."""
    roster = roster_value()
    good = freshness_value(roster)
    weeks = good["weeks"]
    keys = weeks[0]["keys"]
    largest = {
        **good,
        "weeks": [{"week": week, "keys": _hashes(16)} for week in range(416162, 416168)],
    }

    def with_keys(pairs: JSON) -> JSON:
        return changed(good, "weeks", 0, "keys", to=pairs)

    malformed = {f"{key}-missing": without(good, key) for key in good} | {
        "an-unknown-field": {**good, "expires": "2026-01-01"},
        "an-unknown-field-of-a-week": changed(good, "weeks", 0, "x", to=1),
        "week-missing": without(good, "weeks", 0, "week"),
        "keys-missing": without(good, "weeks", 0, "keys"),
        "roster-of-31-bytes": {**good, "roster": "00" * 31},
        "issued-on-no-real-day": {**good, "issued": "2025-02-29"},
        "no-weeks": {**good, "weeks": []},
        "seven-weeks": freshness_value(roster, weeks=range(100, 107)),
        "weeks-with-a-gap": {**good, "weeks": [weeks[0], weeks[2]]},
        "weeks-descending": {**good, "weeks": weeks[::-1]},
        "a-week-twice": {**good, "weeks": [weeks[0], weeks[0]]},
        "a-week-after-the-last": {**good, "weeks": [{**weeks[0], "week": 416168}]},
        "no-keys": with_keys([]),
        "seventeen-keys": with_keys(_hashes(17)),
        "keys-not-ascending": with_keys(keys[::-1]),
        "a-lawyer-twice": with_keys([keys[0], [keys[0][0], keys[1][1]]]),
        "a-hash-twice": with_keys([keys[0], [keys[1][0], keys[0][1]]]),
        "a-pair-of-one": with_keys([keys[0][:1]]),
        "a-pair-of-three": with_keys([[*keys[0], ""]]),
        "a-pair-as-an-object": with_keys([{"lawyer": keys[0][0], "hash": keys[0][1]}]),
        "an-id-of-7-bytes": with_keys([[keys[0][0][:14], keys[0][1]]]),
        "a-hash-in-upper-case": with_keys([[keys[0][0], keys[0][1].upper()]]),
        "payload-too-long": org.compact(good) + b" " * 65536,
    }
    lax = {**org.trust_value(), "freshness_threshold": 1}
    by_one = org.freshness(good, ("director-c",))
    return {
        "format": "freshness",
        "source": "crypto/spec/roster-v1.md, section 5",
        "fields": "trust: which of the file's trusts is held; hash: of the freshness",
        "trusts": {"two-of-three": text(org.trust()), "one-is-enough": text(org.trust(lax))},
        "vectors": [
            _accepted("three-weeks", good),
            _accepted("one-week", freshness_value(roster, weeks=[100])),
            _accepted("one-lawyer", freshness_value(roster, ["lawyer-b"])),
            _accepted("largest", largest),
            _accepted("re-encoded-envelope", good, json.dumps(org.freshness(), indent=2)),
            _accepted("signed-by-one-where-one-is-enough", good, by_one)
            | {"trust": "one-is-enough"},
            *(_vector(name, org.freshness(value), _MALFORMED) for name, value in malformed.items()),
            _vector(
                "another-type", org.envelope("buzon/roster/v1", good, org.QUORUM), "document-type"
            ),
            _vector("signed-by-one", by_one, "document-signatures"),
            _vector(
                "signed-by-one-twice",
                org.freshness(good, ("director-c",) * 2),
                "document-signatures",
            ),
            _vector("signed-by-lawyers", org.freshness(good, org.LAWYERS), "document-signatures"),
        ],
    }
