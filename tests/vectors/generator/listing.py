"""Listings: what the box holds, in a pouch."""

from hashlib import sha256

from tests.vectors.generator.organisation import JSON, text, without


def _digests(label: str, count: int) -> list[str]:
    return sorted(sha256(f"{label} {number}".encode()).hexdigest() for number in range(count))


def _vector(name: str, document: JSON, outcome: str = "document-malformed") -> JSON:
    return {
        "name": name,
        "comment": "",
        "listing": document if isinstance(document, str) else text(document),
        "outcome": outcome,
    }


def document() -> JSON:
    """The file's content."""
    messages, parts = _digests("message", 3), _digests("part", 2)
    good = {"day": "2025-12-03", "messages": messages, "parts": parts}
    return {
        "format": "listing",
        "source": "crypto/spec/pouch-v1.md, Listing",
        "fields": "listing: the document",
        "vectors": [
            _vector("messages-and-parts", good, "ok"),
            _vector("nothing-in-the-box", {**good, "messages": [], "parts": []}, "ok"),
            *(_vector(f"{key}-missing", without(good, key)) for key in good),
            _vector("an-unknown-field", {**good, "cursor": 7}),
            _vector("an-order-of-arrival", {**good, "messages": messages[::-1]}),
            _vector("a-message-twice", {**good, "messages": [messages[0], messages[0]]}),
            _vector("parts-not-ascending", {**good, "parts": parts[::-1]}),
            _vector("a-cell-that-is-message-and-part", {**good, "parts": messages[:1]}),
            _vector("a-digest-in-upper-case", {**good, "parts": [parts[0].upper()]}),
            _vector("a-digest-that-leaves-the-folder", {**good, "parts": ["../" + parts[0][3:]]}),
            _vector("a-digest-of-31-bytes", {**good, "parts": [parts[0][:62]]}),
            _vector("a-day-with-a-time", {**good, "day": "2025-12-03T10:00:00Z"}),
            _vector("an-array", [good]),
            _vector("cut-off", text(good)[:-1]),
        ],
    }
