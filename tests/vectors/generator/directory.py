"""Directories: good ones here, hostile ones in `hostile.py`.

A document is put together from the file's table of envelopes, so that the same
envelope is written once.
"""

import json
from base64 import b64decode

from tests.vectors.generator import organisation as org
from tests.vectors.generator.case import (
    Case,
    Table,
    document_value,
    keys_of,
    sha256_hex,
    with_status,
)
from tests.vectors.generator.hostile import hostile_cases
from tests.vectors.generator.organisation import (
    DIRECTORS,
    JSON,
    LAWYERS,
    by_id,
    changed,
    digest,
    freshness_value,
    lawyer_id,
    roster_value,
    text,
    xwing_public,
)

SIXTEEN = tuple(f"lawyer {number}-{letter}" for number, letter in enumerate("abcdefghijklmnop"))


def _good() -> list[Case]:
    keys = keys_of()
    two_weeks = keys_of(LAWYERS, 100, 101)
    sixteen = roster_value(SIXTEEN)
    lax = {**org.trust_value(), "freshness_threshold": 1}
    lax_roster = {**roster_value(), "trust": digest(lax)}
    without_b = freshness_value(roster_value(), ["lawyer-a", "lawyer-c"])
    retired = with_status("lawyer-b", "retired")
    spaced = json.dumps(dict(reversed(roster_value().items())), indent=1).encode()
    return [
        Case("three-lawyers"),
        Case("two-weeks", keys=two_weeks),
        Case(
            "two-weeks-seen-from-the-second", keys=two_weeks, now="2025-12-08T00:00:00Z", week=101
        ),
        Case("every-week-signed-ahead", keys=keys_of(LAWYERS, 100, 101, 102), origin=None),
        Case(
            "sixteen-lawyers",
            roster=org.roster(sixteen),
            freshness=org.freshness(freshness_value(sixteen, SIXTEEN, [100])),
            keys=keys_of(SIXTEEN),
            recipients=SIXTEEN,
        ),
        Case("keys-in-another-order", keys=keys[::-1], comment="recipients are ascending by id"),
        Case("no-origin", origin=None, comment="opened from a file"),
        Case("the-second-origin", origin="https://buzon.example:8443"),
        Case("the-first-moment-of-the-week", now="2025-12-01T00:00:00Z"),
        Case("the-last-second-of-the-week", now="2025-12-07T23:59:59Z"),
        Case(
            "the-day-the-roster-expires",
            roster=org.roster({**roster_value(), "expires": "2025-12-03"}),
            freshness=org.freshness(freshness_value({**roster_value(), "expires": "2025-12-03"})),
            now="2025-12-03T23:59:59Z",
        ),
        Case(
            "the-day-the-roster-is-issued",
            roster=org.roster({**roster_value(), "issued": "2025-12-03"}),
            freshness=org.freshness(freshness_value({**roster_value(), "issued": "2025-12-03"})),
            now="2025-12-03T00:00:00Z",
        ),
        Case(
            "the-day-the-freshness-is-issued",
            freshness=org.freshness({**freshness_value(roster_value()), "issued": "2025-12-03"}),
            now="2025-12-03T00:00:00Z",
        ),
        Case(
            "as-few-recipients-as-allowed",
            freshness=org.freshness(without_b),
            keys=keys_of(["lawyer-a", "lawyer-c"]),
            recipients=["lawyer-a", "lawyer-c"],
        ),
        Case(
            "a-lawyer-who-retired",
            roster=org.roster(retired),
            freshness=org.freshness(freshness_value(retired, ["lawyer-a", "lawyer-c"])),
            keys=keys_of(["lawyer-a", "lawyer-c"]),
            recipients=["lawyer-a", "lawyer-c"],
        ),
        Case(
            "freshness-by-one-where-one-is-enough",
            trust=org.trust(lax),
            roster=org.roster(lax_roster),
            freshness=org.freshness(freshness_value(lax_roster), ["director-c"]),
        ),
        Case(
            "freshness-by-other-directors-than-the-roster",
            freshness=org.freshness(signers=("director-b", "director-c")),
        ),
        # The same documents in other envelopes: the same hashes.
        Case("re-encoded-with-white-space", raw=_indented()),
        Case("re-encoded-with-members-in-another-order", raw=_reversed()),
        Case(
            "re-encoded-with-keyids",
            roster=changed(org.roster(), "signatures", 0, "keyid", to="director 1"),
        ),
        Case(
            "re-encoded-with-signatures-in-another-order",
            roster=org.roster(signers=("director-b", "director-a")),
        ),
        Case(
            "re-encoded-with-a-signature-twice",
            roster=org.roster(signers=("director-a", "director-b", "director-a")),
        ),
        Case("re-encoded-with-another-director", roster=org.roster(signers=DIRECTORS)),
        Case(
            "re-encoded-with-a-stranger", freshness=org.freshness(signers=("stranger", *DIRECTORS))
        ),
        Case(
            "a-roster-written-with-white-space",
            roster=org.roster(spaced),
            freshness=org.freshness(
                {**freshness_value(roster_value()), "roster": sha256_hex(spaced)}
            ),
        ),
    ]


def _indented() -> str:
    return json.dumps(document_value(), indent=2) + "\n"


def _reversed() -> str:
    document = dict(reversed(document_value().items()))
    document["roster"] = dict(reversed(document["roster"].items()))
    return text(document)


def document() -> JSON:
    """The file's content."""
    table = Table()
    vectors = [_vector(case, table) for case in (*_good(), *hostile_cases())]
    return {
        "format": "directory",
        "source": "crypto/spec/directory-v1.md",
        "fields": (
            "trust, roster, freshness, weekly_keys: names of texts in envelopes; the document is "
            '{"roster":<text>,"freshness":<text>,"weekly_keys":[<text>,<text>...]} without white '
            "space, or the text in document where that is not null, followed by spaces up to "
            "length bytes; now: the clock; origin: of the page, or null; week, recipients (ids), "
            "roster_hash, freshness_hash, keys (SHA-256 of the X-Wing keys): the result"
        ),
        "envelopes": table.envelopes,
        "vectors": vectors,
    }


def _vector(case: Case, table: Table) -> JSON:
    document = None if case.raw is None else case.raw.rstrip(" ")
    roster = org.roster() if case.roster is None else case.roster
    freshness = org.freshness() if case.freshness is None else case.freshness
    keys = keys_of() if case.keys is None else case.keys
    vector = {
        "name": case.name,
        "comment": case.comment,
        "trust": table.name("trust", org.trust() if case.trust is None else case.trust),
        "roster": None if document is not None else table.name("roster", roster),
        "freshness": None if document is not None else table.name("freshness", freshness),
        "weekly_keys": None if document is not None else [table.name("key", key) for key in keys],
        "document": document,
        "length": None if case.raw is None else len(case.raw.encode()),
        "now": case.now,
        "origin": case.origin,
        "outcome": case.outcome,
    }
    if case.outcome == "ok":
        vector |= {
            "week": case.week,
            "recipients": [lawyer_id(label) for label in by_id(case.recipients)],
            "keys": [
                sha256_hex(xwing_public(f"{label} week {case.week}"))
                for label in by_id(case.recipients)
            ],
            "roster_hash": _payload_hash(roster),
            "freshness_hash": _payload_hash(freshness),
        }
    return vector


def _payload_hash(envelope: JSON) -> str:
    return sha256_hex(b64decode(envelope["payload"]))
