"""Messages: the JSON inside a message cell."""

from collections.abc import Iterator

from tests.vectors.generator.manifest import manifest_value
from tests.vectors.generator.organisation import (
    JSON,
    b64,
    changed,
    lawyer_id,
    seed,
    text,
    without,
    xwing_public,
)

MALFORMED = "document-malformed"


def minimal_value() -> dict[str, JSON]:
    """The least that a message says."""
    return {
        "kind": "account",
        "message": seed("message").hex()[:32],
        "reply_key": b64(xwing_public("reply")),
        "tag_key": b64(seed("tag key")),
        "read": {},
        "answers": {},
        "consent": {},
        "urgency": {},
        "questionnaire": "1",
        "files": [],
        "client": "vectors 1",
    }


def full_value() -> dict[str, JSON]:
    """A message that uses everything."""
    return minimal_value() | {
        "kind": "follow-up",
        "read": {lawyer_id("lawyer-a"): 1, lawyer_id("lawyer-b"): 2**32 - 1},
        "answers": {
            "narrative": "Ñandú\n\t\u0000\u202e𝕏 «así»\u2028",
            "many": ["a", True, 0, {"b": [False]}],
            "empty": "",
            "a" * 64: 2**53 - 1,
        },
        "consent": {"may_share": True, "with": {"family": False}},
        "urgency": {"in_danger": 3},
        "questionnaire": "2025-12.a",
        "files": [manifest_value()],
        "client": "~ !",
    }


def good() -> Iterator[tuple[str, str, JSON]]:
    """Name, comment, value."""
    yield "minimal", "nothing said", minimal_value()
    yield "full", "every kind of answer, text that no terminal should print", full_value()
    value = minimal_value()
    yield "files", "the second kind", value | {"kind": "files"}
    yield "unordered", "keys in another order", dict(reversed(value.items()))
    deepest: JSON = []
    for _ in range(5):
        deepest = [deepest]
    yield "deepest", "nesting of eight", changed(value, "answers", to={"a": deepest})
    ids = {f"{number:016x}": 1 for number in range(64)}
    yield "64-read", "as many lawyers as may be", changed(value, "read", to=ids)
    yield (
        "256-answers",
        "as many as may be",
        changed(value, "answers", to={f"a{number}": 1 for number in range(256)}),
    )
    files = [manifest_value()] * 8
    yield "8-manifests", "as many as may be", changed(value, "files", to=files)
    yield "longest-client", "64 characters", changed(value, "client", to="c" * 64)
    yield "longest-questionnaire", "16", changed(value, "questionnaire", to="z" * 16)


def bad() -> Iterator[tuple[str, str, JSON]]:
    """Name, comment, value."""
    value = minimal_value()
    for key in value:
        yield f"without-{key}", "a key is missing", without(value, key)
    yield "unknown-key", "a key too many", value | {"version": 1}
    yield "array", "not an object", [value]
    yield "unknown-kind", "", changed(value, "kind", to="reply")
    yield "kind-not-text", "", changed(value, "kind", to=1)
    short = value["message"][:-2]
    yield "message-short", "15 bytes", changed(value, "message", to=short)
    yield "message-long", "17 bytes", changed(value, "message", to=short + "0000")
    yield "message-upper", "hex in capitals", changed(value, "message", to="AB" * 16)
    reply = xwing_public("reply")
    yield "reply-key-short", "", changed(value, "reply_key", to=b64(reply[:-1]))
    yield "reply-key-long", "", changed(value, "reply_key", to=b64(reply + b"\0"))
    yield "reply-key-unpadded", "", changed(value, "reply_key", to=b64(reply).rstrip("="))
    yield "reply-key-not-text", "", changed(value, "reply_key", to=[])
    tag = seed("tag key")
    yield "tag-key-short", "", changed(value, "tag_key", to=b64(tag[:-1]))
    yield "tag-key-long", "", changed(value, "tag_key", to=b64(tag + b"\0"))
    loose = b64(bytes(32))[:-2] + "B="
    yield "tag-key-loose-bits", "does not re-encode", changed(value, "tag_key", to=loose)
    ids = {f"{number:016x}": 1 for number in range(65)}
    yield "read-too-many", "65 lawyers", changed(value, "read", to=ids)
    own = lawyer_id("lawyer-a")
    yield "read-zero", "", changed(value, "read", to={own: 0})
    yield "read-too-large", "2^32", changed(value, "read", to={own: 2**32})
    yield "read-text", "", changed(value, "read", to={own: "1"})
    yield "read-true", "", changed(value, "read", to={own: True})
    yield "read-id-short", "", changed(value, "read", to={own[:-2]: 1})
    yield "read-id-upper", "", changed(value, "read", to={"AB" * 8: 1})
    yield "read-array", "", changed(value, "read", to=[])
    for place in ("answers", "consent", "urgency"):
        yield f"{place}-array", "", changed(value, place, to=[])
        yield f"{place}-null", "", changed(value, place, to={"a": None})
    many = {f"a{number}": 1 for number in range(257)}
    yield "answers-too-many", "257", changed(value, "answers", to=many)
    yield "answers-too-many-within", "", changed(value, "answers", to={"a": many})
    for name, wrong in {
        "empty": "",
        "long": "a" * 65,
        "upper": "A",
        "digit": "1a",
        "hyphen": "a-b",
        "new-line": "a\n",
        "accent": "ñ",
    }.items():
        yield f"answer-key-{name}", "", changed(value, "answers", to={wrong: 1})
    yield "answer-key-within", "", changed(value, "answers", to={"a": {"B": 1}})
    yield "answer-null-within", "", changed(value, "answers", to={"a": [[None]]})
    deepest: JSON = []
    for _ in range(6):
        deepest = [deepest]
    yield "too-deep", "nesting of nine", changed(value, "answers", to={"a": deepest})
    yield "questionnaire-empty", "", changed(value, "questionnaire", to="")
    yield "questionnaire-long", "17", changed(value, "questionnaire", to="z" * 17)
    yield "questionnaire-upper", "", changed(value, "questionnaire", to="A")
    yield "questionnaire-new-line", "", changed(value, "questionnaire", to="1\n")
    yield "questionnaire-number", "", changed(value, "questionnaire", to=1)
    files = [manifest_value()] * 9
    yield "files-too-many", "9", changed(value, "files", to=files)
    yield "files-object", "", changed(value, "files", to={})
    broken = without(manifest_value(), "name")
    yield "files-broken", "a manifest that breaks its rules", changed(value, "files", to=[broken])
    yield "client-empty", "", changed(value, "client", to="")
    yield "client-long", "65", changed(value, "client", to="c" * 65)
    yield "client-new-line", "", changed(value, "client", to="c\n")
    yield "client-accent", "", changed(value, "client", to="ñ")


def documents() -> Iterator[tuple[str, str, str, str]]:
    """Name, comment, document, outcome: what cannot be said as a value."""
    written = text(minimal_value())
    yield "white-space", "is no concern", written.replace(":", " : ").replace(",", "\n,"), "ok"
    escaped = written.replace('"account"', '"\\u0061ccount"')
    yield "escapes", "are no concern", escaped, "ok"
    twice = written.replace('"read":{}', '"read":{},"read":{}')
    yield "key-twice", "", twice, MALFORMED
    answers = written.replace('"answers":{}', '"answers":{"a":1,"\\u0061":1}')
    yield "answer-twice", "after unescaping", answers, MALFORMED
    for name, number in {
        "fraction": "1.5",
        "negative": "-1",
        "exponent": "1e2",
        "minus-zero": "-0",
        "too-large": str(2**53),
        "leading-zero": "01",
    }.items():
        value = written.replace('"answers":{}', f'"answers":{{"a":{number}}}')
        yield f"number-{name}", "", value, MALFORMED
    surrogate = written.replace('"answers":{}', '"answers":{"a":"\\ud800"}')
    yield "lone-surrogate", "", surrogate, MALFORMED
    yield "empty", "", "", MALFORMED
    yield "cut-off", "", written[:-1], MALFORMED
    yield "more-after", "", written + "{}", MALFORMED
    yield "byte-order-mark", "", "\ufeff" + written, MALFORMED
    longest = written.replace('"answers":{}', '"answers":{"narrative":""}')
    filling = "x" * (46_656 - len(longest))
    exact = longest.replace('""', f'"{filling}"', 1)
    yield "longest", "46,656 bytes", exact, "ok"
    yield "too-long", "46,657 bytes, by a space", exact + " ", MALFORMED


def document() -> JSON:
    """What message.json holds."""
    vectors = [
        *((name, comment, text(value), "ok") for name, comment, value in good()),
        *((name, comment, text(value), MALFORMED) for name, comment, value in bad()),
        *documents(),
    ]
    return {
        "format": "message, version 1",
        "source": "crypto/spec/message-cell-v1.md, section 5",
        "vectors": [
            {"name": name, "comment": comment, "document": written, "outcome": outcome}
            for name, comment, written, outcome in vectors
        ],
    }
