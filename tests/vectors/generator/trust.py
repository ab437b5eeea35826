"""Trust: its table, its quorum, and how one follows another."""

import json
from hashlib import sha256

from tests.vectors.generator import organisation as org
from tests.vectors.generator.fingerprint import words
from tests.vectors.generator.organisation import JSON, b64, changed, public, text, without

_MALFORMED = "document-malformed"
_TYPE = "buzon/trust/v1"


def _vector(name: str, document: JSON, outcome: str = "ok", comment: str = "") -> JSON:
    return {
        "name": name,
        "comment": comment,
        "held": None,
        "envelope": document if isinstance(document, str) else text(document),
        "outcome": outcome,
    }


def _accepted(name: str, document: JSON, value: JSON, comment: str = "") -> JSON:
    hashed = sha256(value if isinstance(value, bytes) else org.compact(value)).digest()
    return _vector(name, document, "ok", comment) | {
        "hash": hashed.hex(),
        "es": words(hashed, "es"),
        "en": words(hashed, "en"),
    }


def _change(name: str, document: JSON, outcome: str = "ok", held: JSON = None) -> JSON:
    vector = _vector(name, document, outcome)
    vector["held"] = text(org.trust() if held is None else held)
    if outcome == "ok":
        vector |= _accepted(name, document, _next())
        vector["held"] = text(org.trust())
    return vector


def _next() -> JSON:
    """The trust after the first: director-a leaves, director-d and director-e come."""
    value = org.trust_value(("director-b", "director-c", "director-d", "director-e"))
    return value | {"serial": 2, "previous": org.digest(org.trust_value()), "quorum": 3}


def _malformed() -> dict[str, JSON]:
    good = org.trust_value()
    sixteen = [f"director-{number}" for number in range(16)]
    seventeen = org.trust_value([*sixteen, "director-16"])
    directors = good["directors"]
    cases: dict[str, JSON] = {f"{key}-missing": without(good, key) for key in good}
    return cases | {
        "an-unknown-field": {**good, "expires": "2026-01-01"},
        "an-array": [good],
        "an-empty-organisation": {**good, "organisation": ""},
        "an-organisation-of-81-characters": {**good, "organisation": "a" * 81},
        "an-organisation-that-is-not-composed": {**good, "organisation": "n\u0303"},
        "an-organisation-with-a-direction-override": {**good, "organisation": "a\u202eb"},
        "serial-zero": {**good, "serial": 0},
        "serial-as-text": {**good, "serial": "1"},
        "a-first-trust-with-one-before": {**good, "previous": "11" * 32},
        "previous-in-upper-case": {**good, "serial": 2, "previous": "AA" * 32},
        "previous-of-31-bytes": {**good, "previous": "00" * 31},
        "one-director": {**org.trust_value(("director-a",)), "quorum": 1, "freshness_threshold": 1},
        "seventeen-directors": seventeen,
        "a-director-twice": {**good, "directors": [directors[0], directors[0], directors[1]]},
        "directors-not-ascending": {**good, "directors": directors[::-1]},
        "a-director-of-31-bytes": changed(good, "directors", 0, to=b64(bytes(31))),
        "a-director-in-hexadecimal": changed(good, "directors", 0, to=public("director-a").hex()),
        "quorum-one": {**good, "quorum": 1, "freshness_threshold": 1},
        "quorum-above-the-directors": {**good, "quorum": 4},
        "freshness-threshold-zero": {**good, "freshness_threshold": 0},
        "freshness-threshold-above-the-quorum": {**good, "freshness_threshold": 3},
        "minimum-recipients-zero": {**good, "minimum_recipients": 0},
        "minimum-recipients-17": {**good, "minimum_recipients": 17},
    }


def document() -> JSON:
    """The file's content."""
    good = org.trust_value()
    sixteen = [f"director-{number}" for number in range(16)]
    largest = org.trust_value(sixteen) | {
        "organisation": "ñ" * 80,
        "quorum": 16,
        "freshness_threshold": 1,
        "minimum_recipients": 16,
    }
    two = org.trust_value(("director-a", "director-b"))
    spaced = json.dumps(dict(reversed(good.items())), indent=2).encode()
    return {
        "format": "trust",
        "source": "crypto/spec/trust-v1.md",
        "fields": (
            "held: null, or the trust held, that envelope is to follow; hash: of the trust; "
            "es, en: its fingerprint"
        ),
        "vectors": [
            _accepted("quorum-of-two", org.trust(), good),
            _accepted("every-director", org.trust(signers=org.DIRECTORS), good),
            _accepted("two-directors", org.trust(two), two),
            _accepted("largest", org.trust(largest, sixteen), largest),
            _accepted("re-encoded-envelope", json.dumps(org.trust(), indent=2), good),
            _accepted("written-with-white-space", org.trust(spaced), spaced),
            _vector("no-envelope", text(good), _MALFORMED),
            _vector("no-json", "", _MALFORMED),
            *(_vector(name, org.trust(value), _MALFORMED) for name, value in _malformed().items()),
            _vector("payload-too-long", org.trust(org.compact(good) + b" " * 16384), _MALFORMED),
            _vector(
                "another-type", org.envelope("buzon/roster/v1", good, org.QUORUM), "document-type"
            ),
            _vector("signed-by-one", org.trust(signers=("director-a",)), "document-signatures"),
            _vector(
                "signed-by-one-twice", org.trust(signers=("director-a",) * 2), "document-signatures"
            ),
            _vector(
                "signed-by-one-and-a-stranger",
                org.trust(signers=("director-a", "stranger")),
                "document-signatures",
            ),
            _vector(
                "signed-by-strangers",
                org.trust(signers=("stranger", "mallory")),
                "document-signatures",
            ),
            # Changes.
            _change(
                "change-signed-by-both-quorums",
                org.trust(_next(), ("director-b", "director-c", "director-d")),
            ),
            _change(
                "change-signed-by-all",
                org.trust(
                    _next(), ("director-a", "director-b", "director-c", "director-d", "director-e")
                ),
            ),
            _change(
                "change-signed-by-the-old-quorum-only",
                org.trust(_next(), ("director-a", "director-b")),
                "document-signatures",
            ),
            _change(
                "change-signed-by-the-new-quorum-only",
                org.trust(_next(), ("director-c", "director-d", "director-e")),
                "document-signatures",
            ),
            _change("change-to-the-trust-held", org.trust(), "trust-chain"),
            _change(
                "change-that-skips-one",
                org.trust({**_next(), "serial": 3}, ("director-b", "director-c", "director-d")),
                "trust-chain",
            ),
            _change(
                "change-after-another-trust",
                org.trust(
                    {**_next(), "previous": "11" * 32}, ("director-b", "director-c", "director-d")
                ),
                "trust-chain",
            ),
            _change(
                "change-of-another-type",
                org.envelope(
                    "buzon/roster/v1", _next(), ("director-b", "director-c", "director-d")
                ),
                "document-type",
            ),
            _change(
                "change-that-is-malformed",
                org.trust({**_next(), "x": 1}, ("director-b", "director-c", "director-d")),
                _MALFORMED,
            ),
        ],
    }
