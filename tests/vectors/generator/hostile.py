"""Hostile directories: everything a server may try that directors did not sign."""

from tests.vectors.generator import organisation as org
from tests.vectors.generator.case import (
    GHOST,
    MALFORMED,
    Case,
    document_value,
    keys_of,
    listing,
    signed_key,
    with_status,
)
from tests.vectors.generator.organisation import (
    DIRECTORS,
    JSON,
    LAWYERS,
    ORIGIN,
    b64,
    changed,
    digest,
    freshness_value,
    lawyer_id,
    roster_value,
    text,
    weekly_key,
    weekly_key_value,
    xwing_public,
)


def _malformed() -> list[Case]:
    good = document_value()
    key = good["weekly_keys"][0]
    written = text(good)

    def spare_bit(envelope: JSON) -> JSON:
        sig = envelope["signatures"][0]["sig"]
        # 64 bytes end in one digit of which four bits are spare.
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        return changed(
            envelope,
            "signatures",
            0,
            "sig",
            to=sig[:-3] + alphabet[alphabet.index(sig[-3]) + 1] + "==",
        )

    raw = {
        "nothing": "",
        "an-error-page": "<html>503</html>",
        "cut-off": written[:-1],
        "roster-missing": text({name: good[name] for name in ("freshness", "weekly_keys")}),
        "freshness-missing": text({name: good[name] for name in ("roster", "weekly_keys")}),
        "weekly-keys-missing": text({name: good[name] for name in ("roster", "freshness")}),
        "an-unknown-member": text({**good, "x": 1}),
        "roster-twice": written[:-1] + ',"roster":' + text(org.roster(signers=DIRECTORS)) + "}",
        "no-weekly-keys": text({**good, "weekly_keys": []}),
        "97-weekly-keys": text({**good, "weekly_keys": [without_payload(key)] * 97}),
        "weekly-keys-that-are-no-array": text({**good, "weekly_keys": {"0": key}}),
        "a-roster-outside-its-envelope": text({**good, "roster": roster_value()}),
        "over-a-mebibyte": written + " " * (1024 * 1024 + 1 - len(written)),
    }
    return [Case(f"document-{name}", MALFORMED, raw=raw[name]) for name in raw] + [
        Case("envelope-with-an-unknown-member", MALFORMED, roster={**org.roster(), "x": 1}),
        Case("envelope-in-base64-that-is-not-canonical", MALFORMED, roster=spare_bit(org.roster())),
        Case(
            "freshness-envelope-in-base64-that-is-not-canonical",
            MALFORMED,
            freshness=spare_bit(org.freshness()),
        ),
        Case(
            "key-envelope-in-base64-that-is-not-canonical",
            MALFORMED,
            keys=[*keys_of()[:2], spare_bit(keys_of()[2])],
        ),
        Case(
            "roster-with-an-unknown-field",
            MALFORMED,
            roster=org.roster({**roster_value(), "x": 1}),
        ),
        Case(
            "roster-with-an-unknown-field-of-a-lawyer",
            MALFORMED,
            roster=org.roster(changed(roster_value(), "lawyers", 0, "x", to=1)),
        ),
        Case(
            "roster-with-an-unknown-status",
            MALFORMED,
            roster=org.roster(with_status("lawyer-a", "suspended")),
        ),
        Case(
            "roster-with-a-field-twice",
            MALFORMED,
            roster=org.roster(org.compact(roster_value())[:-1] + b',"serial":2}'),
        ),
        Case(
            "freshness-with-an-unknown-field",
            MALFORMED,
            freshness=org.freshness({**freshness_value(roster_value()), "x": 1}),
        ),
        Case(
            "freshness-with-a-fraction",
            MALFORMED,
            freshness=org.freshness(
                org.compact(freshness_value(roster_value())).replace(b'"week":100', b'"week":100.0')
            ),
        ),
        Case(
            "key-with-an-unknown-field",
            MALFORMED,
            keys=[*keys_of()[:2], signed_key({**weekly_key_value("lawyer-a"), "x": 1}, "lawyer-a")],
        ),
        Case(
            "key-of-another-length",
            MALFORMED,
            keys=[
                *keys_of()[:2],
                signed_key({**weekly_key_value("lawyer-a"), "key": b64(bytes(32))}, "lawyer-a"),
            ],
        ),
    ]


def without_payload(key: JSON) -> JSON:
    """A weekly key's envelope made short, for where its content is never read."""
    return {**key, "payload": "", "signatures": [{"keyid": "", "sig": b64(bytes(64))}]}


def _hostile_roster() -> list[Case]:
    roster = roster_value()
    ghost_roster = roster_value((*LAWYERS, GHOST))
    ghost_keys = keys_of((*LAWYERS, GHOST))
    return [
        Case(
            "ghost-lawyer-in-a-roster-that-the-server-signed",
            "roster-signatures",
            roster=org.roster(ghost_roster, ("mallory", "stranger")),
            freshness=org.freshness(freshness_value(ghost_roster, (*LAWYERS, GHOST))),
            keys=ghost_keys,
        ),
        Case(
            "ghost-lawyer-under-old-signatures",
            "roster-signatures",
            roster={**org.roster(), "payload": b64(org.compact(ghost_roster))},
        ),
        Case(
            "quorum-met-by-one-director-twice",
            "roster-signatures",
            roster=org.roster(signers=("director-a", "director-a")),
        ),
        Case(
            "quorum-met-by-one-director-under-two-names",
            "roster-signatures",
            roster=_two_names(org.roster()),
        ),
        Case(
            "quorum-met-with-a-lawyer",
            "roster-signatures",
            roster=org.roster(signers=("director-a", "lawyer-a")),
        ),
        Case(
            "roster-signed-by-one", "roster-signatures", roster=org.roster(signers=("director-a",))
        ),
        Case(
            "roster-of-another-type",
            "document-type",
            roster=org.envelope("buzon/trust/v1", roster, DIRECTORS),
        ),
        Case("freshness-in-place-of-the-roster", "document-type", roster=org.freshness()),
        Case(
            "roster-of-another-trust",
            "roster-trust",
            roster=org.roster({**roster, "trust": "11" * 32}),
        ),
        Case(
            "trust-of-other-directors",
            "roster-signatures",
            trust=org.trust(
                org.trust_value(("director-x", "director-y")), ("director-x", "director-y")
            ),
        ),
        Case("clock-before-the-roster", "roster-not-yet", now="2025-11-19T23:59:59Z"),
        Case(
            "clock-of-a-device-that-forgot-the-date", "roster-not-yet", now="1970-01-01T00:00:00Z"
        ),
        Case("clock-past-the-roster", "roster-expired", now="2026-02-02T00:00:00Z"),
        Case("expired-roster-under-a-frozen-server", "roster-expired", now="2026-06-01T00:00:00Z"),
        Case("wrong-origin", "origin-unknown", origin="http://buzonvectorz.onion"),
        Case("wrong-scheme", "origin-unknown", origin="https://buzonvectors.onion"),
        Case("wrong-port", "origin-unknown", origin=ORIGIN + ":8080"),
        Case("origin-with-a-slash", "origin-unknown", origin=ORIGIN + "/"),
        Case(
            "origin-that-begins-like-the-right-one",
            "origin-unknown",
            origin=ORIGIN + ".evil.example",
        ),
        Case(
            "origin-of-a-file-page",
            "origin-unknown",
            origin="null",
            comment="a page that says its origin is null has one",
        ),
        Case("empty-origin", "origin-unknown", origin=""),
    ]


def _two_names(envelope: JSON) -> JSON:
    first = envelope["signatures"][0]
    return {**envelope, "signatures": [{**first, "keyid": "1"}, {**first, "keyid": "2"}]}


def _hostile_freshness() -> list[Case]:
    roster = roster_value()
    fresh = freshness_value(roster)
    older = {**roster, "expires": "2026-01-31"}
    newer = {**roster, "serial": 2, "previous": digest(roster)}
    revoked = with_status("lawyer-b", "revoked")
    retired = with_status("lawyer-b", "retired")
    ghost = freshness_value(roster, (*LAWYERS, GHOST))
    later_ghost = freshness_value(roster)
    later_ghost["weeks"][2] = ghost["weeks"][2]
    return [
        Case(
            "freshness-that-the-server-signed",
            "freshness-signatures",
            freshness=org.freshness(fresh, ("mallory", "stranger")),
        ),
        Case(
            "freshness-signed-by-one",
            "freshness-signatures",
            freshness=org.freshness(fresh, ("director-a",)),
        ),
        Case(
            "freshness-signed-by-one-twice",
            "freshness-signatures",
            freshness=org.freshness(fresh, ("director-a", "director-a")),
        ),
        Case(
            "freshness-with-a-week-added",
            "freshness-signatures",
            freshness={
                **org.freshness(),
                "payload": b64(org.compact(freshness_value(roster, weeks=[100, 101, 102, 103]))),
            },
        ),
        Case(
            "freshness-of-another-type",
            "document-type",
            freshness=org.envelope("buzon/roster/v1", fresh, DIRECTORS),
        ),
        Case("roster-in-place-of-the-freshness", "document-type", freshness=org.roster()),
        Case(
            "rolled-back-roster-with-the-newer-freshness",
            "freshness-roster",
            freshness=org.freshness(freshness_value(newer)),
        ),
        Case("newer-roster-with-the-older-freshness", "freshness-roster", roster=org.roster(newer)),
        Case("another-roster-with-the-same-serial", "freshness-roster", roster=org.roster(older)),
        Case("clock-before-the-freshness", "freshness-not-yet", now="2025-11-27T23:59:59Z"),
        Case("clock-before-the-first-week", "freshness-week", now="2025-11-30T23:59:59Z"),
        Case(
            "frozen-freshness",
            "freshness-week",
            now="2025-12-22T00:00:00Z",
            comment="the first moment of the week after the last covered",
        ),
        Case(
            "rolled-back-roster-with-its-own-frozen-freshness",
            "freshness-week",
            freshness=org.freshness(freshness_value(roster, weeks=[95, 96])),
            keys=keys_of(LAWYERS, 96),
        ),
        Case(
            "freshness-lists-a-ghost",
            "freshness-lawyer",
            freshness=org.freshness(ghost),
            keys=keys_of((*LAWYERS, GHOST)),
        ),
        Case(
            "freshness-lists-a-ghost-in-a-later-week",
            "freshness-lawyer",
            freshness=org.freshness(later_ghost),
        ),
        Case(
            "freshness-lists-a-revoked-lawyer",
            "freshness-lawyer",
            roster=org.roster(revoked),
            freshness=org.freshness(freshness_value(revoked)),
        ),
        Case(
            "freshness-lists-a-retired-lawyer",
            "freshness-lawyer",
            roster=org.roster(retired),
            freshness=org.freshness(freshness_value(retired)),
        ),
    ]


def _hostile_keys() -> list[Case]:
    a, b, c = (weekly_key(label) for label in LAWYERS)
    ghost = weekly_key(GHOST)
    revoked = with_status("lawyer-b", "revoked")
    revoked_fresh = org.freshness(freshness_value(revoked, ["lawyer-a", "lawyer-c"]))
    retired = with_status("lawyer-b", "retired")
    retired_fresh = org.freshness(freshness_value(retired, ["lawyer-a", "lawyer-c"]))
    swapped = {**weekly_key_value("lawyer-a"), "key": b64(xwing_public("mallory"))}
    second = {**weekly_key_value("lawyer-a"), "key": b64(xwing_public("lawyer-a again"))}
    b_as_a = {**weekly_key_value("lawyer-a"), "key": weekly_key_value("lawyer-b")["key"]}
    shared = listing(
        {
            "lawyer-a": b_as_a,
            "lawyer-b": weekly_key_value("lawyer-b"),
            "lawyer-c": weekly_key_value("lawyer-c"),
        }
    )
    reused = {**weekly_key_value("lawyer-a", 101), "key": weekly_key_value("lawyer-a", 100)["key"]}
    reusing = freshness_value(roster_value(), weeks=[100, 101])
    for pair in reusing["weeks"][1]["keys"]:
        if pair[0] == lawyer_id("lawyer-a"):
            pair[1] = digest(reused)
    one = freshness_value(roster_value(), ["lawyer-a"])
    next_week = keys_of(LAWYERS, 101)
    return [
        Case(
            "key-of-another-type",
            "document-type",
            keys=[a, b, org.envelope("buzon/card/v1", weekly_key_value("lawyer-c"), ["lawyer-c"])],
        ),
        Case("ghost-key", "keys-unknown-lawyer", keys=[a, b, c, ghost]),
        Case("ghost-key-in-place-of-another", "keys-unknown-lawyer", keys=[a, b, ghost]),
        Case(
            "key-of-a-revoked-lawyer",
            "keys-unknown-lawyer",
            roster=org.roster(revoked),
            freshness=revoked_fresh,
            keys=[a, b, c],
        ),
        Case(
            "key-of-a-retired-lawyer",
            "keys-unknown-lawyer",
            roster=org.roster(retired),
            freshness=retired_fresh,
            keys=[a, b, c],
        ),
        Case(
            "swapped-key-that-the-server-signed",
            "keys-signature",
            keys=[signed_key(swapped, "mallory"), b, c],
        ),
        Case(
            "swapped-key-under-the-old-signature",
            "keys-signature",
            keys=[{**a, "payload": b64(org.compact(swapped))}, b, c],
        ),
        Case(
            "swapped-key-that-another-lawyer-signed",
            "keys-signature",
            keys=[signed_key(swapped, "lawyer-b"), b, c],
        ),
        Case(
            "keys-of-two-lawyers-exchanged",
            "keys-signature",
            keys=[
                signed_key(
                    {**weekly_key_value("lawyer-a"), "lawyer": lawyer_id("lawyer-b")}, "lawyer-a"
                ),
                a,
                c,
            ],
        ),
        Case(
            "swapped-key-that-the-lawyer-signed",
            "keys-unlisted",
            keys=[signed_key(second, "lawyer-a"), b, c],
            comment="a stolen identity is not enough",
        ),
        Case(
            "two-weekly-keys-for-one-week",
            "keys-unlisted",
            keys=[a, b, c, signed_key(second, "lawyer-a")],
        ),
        Case(
            "extra-key-of-a-week-not-covered",
            "keys-unlisted",
            keys=[a, b, c, weekly_key("lawyer-a", 103)],
        ),
        Case(
            "extra-key-of-a-lawyer-not-listed",
            "keys-unlisted",
            freshness=org.freshness(freshness_value(roster_value(), ["lawyer-a", "lawyer-b"])),
            keys=[a, b, c],
        ),
        Case(
            "key-of-a-week-under-another-number",
            "keys-unlisted",
            keys=[signed_key({**weekly_key_value("lawyer-a", 101), "week": 100}, "lawyer-a"), b, c],
        ),
        Case("duplicate-key", "keys-duplicate", keys=[a, b, c, a]),
        Case(
            "duplicate-key-re-encoded",
            "keys-duplicate",
            keys=[a, b, c, changed(a, "signatures", 0, "keyid", to="x")],
        ),
        Case(
            "two-lawyers-with-one-key",
            "keys-duplicate",
            freshness=org.freshness(shared),
            keys=[signed_key(b_as_a, "lawyer-a"), b, c],
        ),
        Case(
            "one-key-for-two-weeks",
            "keys-duplicate",
            freshness=org.freshness(reusing),
            keys=[
                a,
                b,
                c,
                signed_key(reused, "lawyer-a"),
                *(weekly_key(label, 101) for label in ("lawyer-b", "lawyer-c")),
            ],
        ),
        Case("missing-key", "keys-missing", keys=[a, c]),
        Case("missing-key-of-another-week", "keys-missing", keys=[a, b, c, *next_week[:2]]),
        Case("only-keys-of-another-week", "keys-missing", keys=next_week),
        Case(
            "fewer-than-the-minimum", "recipients-too-few", freshness=org.freshness(one), keys=[a]
        ),
    ]


def hostile_cases() -> list[Case]:
    """Everything that a witness refuses, in the order in which it is checked."""
    return [*_malformed(), *_hostile_roster(), *_hostile_freshness(), *_hostile_keys()]
