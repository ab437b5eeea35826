"""Rosters: the table, the quorum, and how one follows another."""

import json
from collections.abc import Sequence
from hashlib import sha256

from tests.vectors.generator import organisation as org
from tests.vectors.generator.organisation import (
    JSON,
    b64,
    changed,
    lawyer_value,
    roster_value,
    text,
    without,
)

_MALFORMED = "document-malformed"


def _vector(name: str, document: JSON, outcome: str = "ok", held: JSON = None) -> JSON:
    return {
        "name": name,
        "comment": "",
        "held": None if held is None else text(held),
        "envelope": document if isinstance(document, str) else text(document),
        "outcome": outcome,
    }


def _accepted(name: str, value: JSON, document: JSON = None, held: JSON = None) -> JSON:
    document = org.roster(value) if document is None else document
    hashed = sha256(value if isinstance(value, bytes) else org.compact(value)).hexdigest()
    return _vector(name, document, "ok", held) | {"hash": hashed}


def _many(count: int, active: int) -> list[JSON]:
    """Lawyers, ascending by id; so many of them active."""
    labels = org.by_id([f"lawyer {number}-{number}" for number in range(count)])
    return [
        lawyer_value(label, "active" if place < active else "retired")
        for place, label in enumerate(labels)
    ]


def _with_origins(*origins: JSON) -> JSON:
    return {**roster_value(), "origins": list(origins)}


def _with_lawyer(**fields: JSON) -> JSON:
    value = roster_value()
    return changed(value, "lawyers", 0, to={**value["lawyers"][0], **fields})


def _with_statuses(*statuses: str) -> JSON:
    value = roster_value()
    for lawyer, status in zip(value["lawyers"], statuses, strict=True):
        lawyer["status"] = status
    return value


def _bad_origins(host: str) -> dict[str, JSON]:
    return {
        "empty": "",
        "of-another-scheme": "ftp://buzonvectors.onion",
        "without-scheme": "buzonvectors.onion",
        "in-upper-case": "http://BuzonVectors.onion",
        "with-a-slash-after": host + "/",
        "with-a-path": host + "/tell",
        "with-a-question": host + "?x",
        "with-a-fragment": host + "#x",
        "with-a-user": "http://a@buzonvectors.onion",
        "without-host": "http://",
        "with-only-a-port": "http://:80",
        "with-an-empty-port": host + ":",
        "with-port-zero": host + ":0",
        "with-a-port-that-begins-with-zero": host + ":080",
        "with-port-65536": host + ":65536",
        "with-a-letter-in-the-port": host + ":8o",
        "with-a-dot-after": host + ".",
        "that-begins-with-a-hyphen": "http://-buzon.onion",
        "with-an-underscore": "http://buzon_vectors.onion",
        "with-an-accent": "http://buzón.example",
        "with-a-space": host + " ",
        "with-a-newline": host + "\n",
        "of-121-characters": "http://" + "a" * 114,
        "that-is-a-number": 7,
    }


def _malformed() -> dict[str, JSON]:
    good = roster_value()
    lawyers = good["lawyers"]
    host = "http://buzonvectors.onion"
    cases = {f"{key}-missing": without(good, key) for key in good}
    cases |= {f"lawyer-{key}-missing": without(good, "lawyers", 0, key) for key in lawyers[0]}
    cases |= {f"policy-{key}-missing": without(good, "policy", key) for key in good["policy"]}
    cases |= {
        f"origin-{name}": _with_origins(origin) for name, origin in _bad_origins(host).items()
    }
    ten_languages = [f"a{chr(97 + number)}" for number in range(17)]
    return cases | {
        "an-unknown-field": {**good, "x": 1},
        "an-unknown-field-of-a-lawyer": _with_lawyer(email=""),
        "an-unknown-field-of-the-policy": changed(good, "policy", "x", to=1),
        "trust-of-31-bytes": {**good, "trust": "00" * 31},
        "serial-zero": {**good, "serial": 0},
        "a-first-roster-with-one-before": {**good, "previous": "11" * 32},
        "no-origins": _with_origins(),
        "nine-origins": _with_origins(*(f"http://{n}.onion" for n in "abcdefghi")),
        "an-origin-twice": _with_origins(host, host),
        "expires-on-the-day-of-issue": {**good, "expires": good["issued"]},
        "expires-before-the-day-of-issue": {**good, "expires": "2025-11-19"},
        "expires-after-92-days": {**good, "expires": "2026-02-20"},
        "issued-on-no-real-day": {**good, "issued": "2025-11-31"},
        "no-lawyers": {**good, "lawyers": []},
        "sixty-five-lawyers": {**good, "lawyers": _many(65, 3)},
        "seventeen-active": {**good, "lawyers": _many(17, 17)},
        "nobody-active": _with_statuses("retired", "revoked", "retired"),
        "lawyers-not-ascending": {**good, "lawyers": lawyers[::-1]},
        "a-lawyer-twice": {**good, "lawyers": [lawyers[0], {**lawyers[0], "pseudonym": "X"}]},
        "a-pseudonym-twice": _with_lawyer(pseudonym=lawyers[1]["pseudonym"]),
        "an-id-of-another-identity": _with_lawyer(id="0" * 16),
        "an-id-in-upper-case": _with_lawyer(id=lawyers[0]["id"].upper()),
        "an-identity-of-31-bytes": _with_lawyer(identity=b64(bytes(31))),
        "an-unknown-status": _with_lawyer(status="suspended"),
        "a-status-in-upper-case": _with_lawyer(status="Active"),
        "a-status-that-is-nothing": _with_lawyer(status=None),
        "an-empty-pseudonym": _with_lawyer(pseudonym=""),
        "a-pseudonym-of-41-characters": _with_lawyer(pseudonym="a" * 41),
        "a-team-with-a-direction-override": _with_lawyer(team="a\u202eb"),
        "a-team-of-41-characters": _with_lawyer(team="a" * 41),
        "no-languages": _with_lawyer(languages=[]),
        "seventeen-languages": _with_lawyer(languages=ten_languages),
        "a-language-twice": _with_lawyer(languages=["es", "es"]),
        "a-language-of-one-letter": _with_lawyer(languages=["e"]),
        "a-language-of-four-letters": _with_lawyer(languages=["span"]),
        "a-language-in-upper-case": _with_lawyer(languages=["ES"]),
        "a-language-with-a-newline": _with_lawyer(languages=["es\n"]),
        "receipts-one": changed(good, "policy", "receipts", to=1),
        "receipts-17": changed(good, "policy", "receipts", to=17),
        "weeks-zero": changed(good, "policy", "weeks", to=0),
        "weeks-53": changed(good, "policy", "weeks", to=53),
        "batch-size-zero": changed(good, "policy", "batch_size", to=0),
        "batch-size-65": changed(good, "policy", "batch_size", to=65),
    }


def _next(**fields: JSON) -> JSON:
    following = {"serial": 2, "previous": org.digest(roster_value()), "issued": "2025-12-01"}
    return {**roster_value(), **following, **fields}


def _good() -> list[JSON]:
    good = roster_value()
    longest = good | {
        "expires": "2026-02-19",
        "origins": [f"https://{n}.example:65535" for n in "abcdefg"] + ["http://" + "a" * 113],
        "lawyers": _many(64, 16),
        "policy": {"receipts": 16, "weeks": 52, "batch_size": 64},
    }
    spaced = json.dumps(dict(reversed(good.items())), indent=2).encode()
    return [
        _accepted("three-lawyers", good),
        _accepted("signed-by-every-director", good, org.roster(signers=org.DIRECTORS)),
        _accepted("largest", longest),
        _accepted("valid-for-one-day", {**good, "expires": "2025-11-21"}),
        _accepted("one-active-of-three", _with_statuses("active", "retired", "revoked")),
        _accepted("on-loopback", _with_origins("http://127.0.0.1:8080")),
        _accepted("a-host-of-one-letter", _with_origins("http://a")),
        _accepted("re-encoded-envelope", good, json.dumps(org.roster(), indent=2)),
        _accepted("written-with-white-space", spaced),
        _accepted("two-lawyers-of-the-same-team", roster_value(("lawyer-a", "lawyer-b"))),
    ]


def _signed(value: JSON, *signers: str) -> JSON:
    return org.roster(value, signers)


def document() -> JSON:
    """The file's content."""
    good = roster_value()
    held = org.roster()
    unsigned = "document-signatures"
    successors: Sequence[JSON] = [
        _accepted("successor", _next(), held=held),
        _accepted("successor-that-is-the-roster-held", good, held=held),
        _accepted(
            "successor-that-is-the-roster-held-re-encoded",
            good,
            json.dumps(org.roster(signers=org.DIRECTORS), indent=1),
            held,
        ),
        _vector("successor-that-skips-one", org.roster(_next(serial=3)), "roster-chain", held),
        _vector(
            "successor-of-another-roster",
            org.roster(_next(previous="11" * 32)),
            "roster-chain",
            held,
        ),
        _vector(
            "successor-with-the-same-serial",
            org.roster({**good, "expires": "2026-02-02"}),
            "roster-fork",
            held,
        ),
        _vector(
            "successor-with-a-lower-serial", org.roster(), "roster-rollback", org.roster(_next())
        ),
    ]
    return {
        "format": "roster",
        "source": "crypto/spec/roster-v1.md, sections 1 and 2",
        "fields": "trust: for all; held: null, or the roster held, that envelope is to follow",
        "trust": text(org.trust()),
        "vectors": [
            *_good(),
            _vector("no-envelope", text(good), _MALFORMED),
            *(_vector(name, org.roster(value), _MALFORMED) for name, value in _malformed().items()),
            _vector("payload-too-long", org.roster(org.compact(good) + b" " * 65536), _MALFORMED),
            _vector(
                "another-type", org.envelope("buzon/trust/v1", good, org.QUORUM), "document-type"
            ),
            _vector("signed-by-one", _signed(good, "director-a"), unsigned),
            _vector("signed-by-one-twice", _signed(good, "director-a", "director-a"), unsigned),
            _vector(
                "signed-by-one-and-a-lawyer", _signed(good, "director-a", "lawyer-a"), unsigned
            ),
            _vector(
                "signed-by-one-and-a-stranger", _signed(good, "director-a", "stranger"), unsigned
            ),
            _vector("malformed-and-not-signed", _signed({**good, "x": 1}, "stranger"), unsigned),
            _vector("of-another-trust", org.roster({**good, "trust": "11" * 32}), "roster-trust"),
            *successors,
        ],
    }
