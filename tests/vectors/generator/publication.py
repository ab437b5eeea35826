"""Publications: what directors hand the operator, and what `publish` refuses.

Every hostile directory is a hostile publication too; here is what comes on top.
"""

from base64 import b64decode
from collections.abc import Sequence
from hashlib import sha256

from tests.vectors.generator import organisation as org
from tests.vectors.generator.case import Table, keys_of, signed_key
from tests.vectors.generator.organisation import (
    JSON,
    LAWYERS,
    NOW,
    WEEKS,
    b64,
    digest,
    freshness_value,
    roster_value,
    weekly_key_value,
    xwing_public,
)

_NEW_DIRECTORS = ("new-director-a", "new-director-b", "new-director-c")


class _Writer:
    """Vectors that share one table of envelopes."""

    def __init__(self) -> None:
        self.table = Table()

    def vector(
        self,
        name: str,
        outcome: str = "ok",
        roster: JSON = None,
        freshness: JSON = None,
        keys: Sequence[JSON] | None = None,
        now: str = NOW,
        published: tuple[JSON, JSON] | None = None,
        weeks: Sequence[int] = WEEKS,
        trust: JSON = None,
    ) -> JSON:
        """One publication; *published* is the roster and freshness published now."""
        named = self.table.name
        keys = keys_of(LAWYERS, *WEEKS) if keys is None else keys
        vector = {
            "name": name,
            "comment": "",
            "trust": named("trust", org.trust() if trust is None else trust),
            "roster": named("roster", org.roster() if roster is None else roster),
            "freshness": named("freshness", org.freshness() if freshness is None else freshness),
            "weekly_keys": [named("key", key) for key in keys],
            "published_roster": published and named("roster", published[0]),
            "published_freshness": published and named("freshness", published[1]),
            "now": now,
            "outcome": outcome,
        }
        return vector | ({"weeks": list(weeks)} if outcome == "ok" else {})


def _next_roster(**fields: JSON) -> JSON:
    return {**roster_value(), "serial": 2, "previous": digest(roster_value()), **fields}


def _pair(roster: JSON, **freshness: JSON) -> tuple[JSON, JSON]:
    return org.roster(roster), org.freshness({**freshness_value(roster), **freshness})


def document() -> JSON:
    """The file's content."""
    write = _Writer()
    all_keys = keys_of(LAWYERS, *WEEKS)
    first = _pair(roster_value())
    second = _pair(_next_roster())
    short = {**roster_value(), "expires": "2025-12-10"}
    swapped = {**weekly_key_value("lawyer-a", 102), "key": b64(xwing_public("mallory"))}
    few = freshness_value(roster_value())
    few["weeks"][2]["keys"] = few["weeks"][2]["keys"][:1]
    unknown = {**roster_value(), "x": 1}
    changed_trust = {
        **org.trust_value(_NEW_DIRECTORS),
        "serial": 2,
        "previous": digest(org.trust_value()),
    }
    under_changed = _next_roster(trust=digest(changed_trust))

    def pair(name: str, outcome: str, documents: tuple[JSON, JSON], **other: JSON) -> JSON:
        return write.vector(name, outcome, roster=documents[0], freshness=documents[1], **other)

    vectors = [
        write.vector("first"),
        write.vector("keys-in-another-order", keys=all_keys[::-1]),
        write.vector("a-week-that-is-over", now="2025-12-09T00:00:00Z", weeks=[101, 102]),
        write.vector(
            "a-week-that-is-over-without-its-keys",
            keys=all_keys[3:],
            now="2025-12-09T00:00:00Z",
            weeks=[101, 102],
        ),
        write.vector(
            "a-week-that-is-over-with-some-of-its-keys",
            keys=all_keys[1:],
            now="2025-12-09T00:00:00Z",
            weeks=[101, 102],
        ),
        write.vector("again", published=first),
        write.vector(
            "the-next-roster-under-a-changed-trust",
            roster=org.roster(under_changed, _NEW_DIRECTORS[:2]),
            freshness=org.freshness(freshness_value(under_changed), _NEW_DIRECTORS[:2]),
            published=first,
            trust=org.trust(changed_trust, (*org.QUORUM, *_NEW_DIRECTORS[:2])),
        ),
        write.vector(
            "the-next-roster-under-the-trust-before",
            "roster-signatures",
            roster=second[0],
            freshness=second[1],
            published=first,
            trust=org.trust(changed_trust, (*org.QUORUM, *_NEW_DIRECTORS[:2])),
        ),
        write.vector(
            "the-next-roster-by-new-directors-for-the-trust-before",
            "roster-trust",
            roster=org.roster(_next_roster(), _NEW_DIRECTORS[:2]),
            freshness=org.freshness(freshness_value(_next_roster()), _NEW_DIRECTORS[:2]),
            published=first,
            trust=org.trust(changed_trust, (*org.QUORUM, *_NEW_DIRECTORS[:2])),
        ),
        write.vector(
            "the-same-roster-with-newer-freshness",
            published=_pair(roster_value(), issued="2025-11-27"),
        ),
        pair("the-next-roster", "ok", second, published=first),
        pair(
            "the-next-roster-with-older-freshness",
            "ok",
            _pair(_next_roster(), issued="2025-11-20"),
            published=first,
        ),
        # What the verifier refuses, in the present week or later.
        write.vector("no-weekly-keys", "document-malformed", keys=[]),
        write.vector("a-key-that-is-no-key", "document-malformed", keys=[*all_keys, {"x": 1}]),
        pair(
            "a-roster-with-an-unknown-field",
            "document-malformed",
            (org.roster(unknown), org.freshness()),
        ),
        write.vector("a-freshness-as-roster", "document-type", roster=org.freshness()),
        write.vector(
            "a-roster-that-one-signed",
            "roster-signatures",
            roster=org.roster(signers=["director-a"]),
        ),
        write.vector(
            "a-freshness-that-one-signed",
            "freshness-signatures",
            freshness=org.freshness(signers=["director-a"]),
        ),
        write.vector("before-the-first-week", "freshness-week", now="2025-11-29T00:00:00Z"),
        pair(
            "a-roster-of-tomorrow",
            "roster-not-yet",
            _pair({**roster_value(), "issued": "2025-12-04"}),
        ),
        pair("expires-before-the-last-week", "roster-expired", _pair(short)),
        write.vector("every-week-is-over", "freshness-week", now="2025-12-22T00:00:00Z"),
        pair("a-freshness-for-another-roster", "freshness-roster", (org.roster(), second[1])),
        write.vector("a-key-missing-now", "keys-missing", keys=all_keys[1:]),
        write.vector("a-key-missing-in-the-last-week", "keys-missing", keys=all_keys[:-1]),
        write.vector("a-week-without-keys", "keys-missing", keys=all_keys[:-3]),
        write.vector("a-key-twice", "keys-duplicate", keys=[*all_keys, all_keys[0]]),
        write.vector(
            "a-swapped-key-in-the-last-week",
            "keys-signature",
            keys=[
                signed_key(swapped, "mallory") if key == org.weekly_key("lawyer-a", 102) else key
                for key in all_keys
            ],
        ),
        write.vector(
            "a-key-of-a-week-not-covered",
            "keys-unlisted",
            keys=[*all_keys, org.weekly_key("lawyer-a", 103)],
        ),
        pair(
            "too-few-in-the-last-week",
            "recipients-too-few",
            (org.roster(), org.freshness(few)),
            keys=[*all_keys[:6], *_only_listed(few, all_keys[6:])],
        ),
        # What is published already.
        write.vector("an-older-roster", "roster-rollback", published=second),
        pair(
            "another-roster-with-the-same-serial",
            "roster-fork",
            _pair({**roster_value(), "expires": "2026-01-31"}),
            published=first,
        ),
        pair(
            "a-roster-that-skips-one",
            "roster-chain",
            _pair(_next_roster(serial=3)),
            published=first,
        ),
        pair(
            "a-roster-after-another",
            "roster-chain",
            _pair(_next_roster(previous="11" * 32)),
            published=first,
        ),
        write.vector(
            "an-older-freshness",
            "freshness-older",
            published=_pair(roster_value(), issued="2025-11-29"),
        ),
    ]
    return {
        "format": "publication",
        "source": "crypto/spec/directory-v1.md, Publication",
        "fields": (
            "trust, roster, freshness, weekly_keys, published_roster, published_freshness: names "
            "of texts in envelopes; weeks: those that may be published"
        ),
        "envelopes": write.table.envelopes,
        "vectors": vectors,
    }


def _only_listed(freshness: JSON, keys: Sequence[JSON]) -> list[JSON]:
    """Of the last week's keys, those that *freshness* lists."""
    listed = {hashed for _, hashed in freshness["weeks"][2]["keys"]}
    return [key for key in keys if _hash(key) in listed]


def _hash(key: JSON) -> str:
    return sha256(b64decode(key["payload"])).hexdigest()
