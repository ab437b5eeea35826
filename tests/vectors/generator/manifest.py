"""Manifests: one segment of a file, as a message lists it."""

from collections.abc import Iterator
from hashlib import sha256

from tests.vectors.generator.organisation import JSON, b64, changed, seed, text, without

PART = 1_048_536
MALFORMED = "document-malformed"


def manifest_value() -> dict[str, JSON]:
    """A photograph of two parts."""
    return {
        "group": seed("group").hex()[:32],
        "segment": 0,
        "segments": 1,
        "offset": 0,
        "size": PART + 1,
        "file_size": PART + 1,
        "key": b64(seed("file key")),
        "id": seed("file id").hex()[:32],
        "name": "foto.jpg",
        "role": "attachment",
        "parts": [sha256(f"part {index}".encode()).hexdigest() for index in range(2)],
    }


def digests(count: int) -> list[str]:
    """Digests that are all different."""
    return [sha256(f"part {index}".encode()).hexdigest() for index in range(count)]


def good() -> Iterator[tuple[str, str, JSON]]:
    """Name, comment, value."""
    value = manifest_value()
    yield "photograph", "one byte more than a part holds", value
    yield "account", "the other role", changed(value, "role", to="account")
    yield "empty-file", "", value | {"size": 0, "file_size": 0, "parts": digests(1)}
    last = {"segment": 1023, "segments": 1024}
    yield "last-segment", "", value | last
    padding = {"segment": 1, "segments": 2, "offset": 64 * PART, "size": 0, "parts": digests(3)}
    yield "all-padding", "it lies beyond the file", value | padding
    yield "sparse", "fewer real bytes than its parts could hold", value | {"size": 1}
    full = {"size": 64 * PART, "file_size": 64 * PART, "parts": digests(64)}
    yield "full", "64 parts, every byte real", value | full
    continued = {"offset": 5, "size": PART, "file_size": PART + 5}
    yield "continued", "from a byte that no segment begins at", value | continued
    yield "no-name", "", changed(value, "name", to="")
    yield "longest-name", "255 characters", changed(value, "name", to="𝕏" * 255)
    yield "wild-name", "any Unicode", changed(value, "name", to="../\u0000\u202egpj.exe\n")
    largest = {"offset": 2**53 - 1 - PART, "size": PART, "file_size": 2**53 - 1}
    yield "largest-file", "", value | largest


def bad() -> Iterator[tuple[str, str, JSON]]:
    """Name, comment, value."""
    value = manifest_value()
    for key in value:
        yield f"without-{key}", "a key is missing", without(value, key)
    yield "unknown-key", "a key too many", value | {"type": "image/jpeg"}
    yield "array", "not an object", [value]
    group = value["group"]
    yield "group-short", "", changed(value, "group", to=group[:-2])
    yield "group-long", "", changed(value, "group", to=group + "00")
    yield "group-upper", "", changed(value, "group", to="AB" * 16)
    yield "id-short", "", changed(value, "id", to=group[:-2])
    yield "id-long", "", changed(value, "id", to=group + "00")
    yield "key-short", "", changed(value, "key", to=b64(bytes(31)))
    yield "key-long", "", changed(value, "key", to=b64(bytes(33)))
    yield "no-segments", "", changed(value, "segments", to=0)
    yield "too-many-segments", "1025", changed(value, "segments", to=1025)
    yield "segment-beyond", "", changed(value, "segment", to=1)
    yield "segment-text", "", changed(value, "segment", to="0")
    yield "segment-false", "", changed(value, "segment", to=False)
    beyond = {"size": 2 * PART + 1, "file_size": 2 * PART + 1}
    yield "size-beyond-parts", "", value | beyond
    yield "size-beyond-file", "", changed(value, "file_size", to=PART)
    yield "offset-beyond-file", "", changed(value, "offset", to=1)
    yield "name-too-long", "256 characters", changed(value, "name", to="a" * 256)
    yield "name-null", "", changed(value, "name", to=None)
    yield "unknown-role", "", changed(value, "role", to="photo")
    yield "no-parts", "", value | {"size": 0, "parts": []}
    yield "too-many-parts", "65", changed(value, "parts", to=digests(65))
    yield "part-twice", "", changed(value, "parts", to=digests(1) * 2)
    short = [*digests(1), digests(2)[1][:-2]]
    yield "part-short", "", changed(value, "parts", to=short)
    yield "part-upper", "", changed(value, "parts", to=[*digests(1), "AB" * 32])
    yield "parts-object", "", changed(value, "parts", to={})


def document() -> JSON:
    """What manifest.json holds."""
    vectors = [
        *((name, comment, value, "ok") for name, comment, value in good()),
        *((name, comment, value, MALFORMED) for name, comment, value in bad()),
    ]
    return {
        "format": "manifest, version 1",
        "source": "crypto/spec/part-cell-v1.md, section 4",
        "vectors": [
            {"name": name, "comment": comment, "document": text(value), "outcome": outcome}
            for name, comment, value, outcome in vectors
        ],
    }
