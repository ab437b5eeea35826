"""Part cells: parsed, sealed from a given salt, opened.

Content is told by rule: byte i is pattern[i mod 32] XOR ((i >> 5) mod 256).
"""

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from typing import Any

from tests.vectors.generator.organisation import JSON, b64, seed
from tests.vectors.generator.sealing import part_cell, pattern, patterned

PLAINTEXT = 1_048_536
CELL = 1_048_576
KEY, FILE_ID = seed("file key"), seed("file id")[:16]


def recipes() -> dict[str, dict[str, Any]]:
    """Parts by name: what they are made of."""
    standard: dict[str, Any] = {
        "key": KEY.hex(),
        "id": FILE_ID.hex(),
        "index": 0,
        "count": 1,
        "salt": seed("salt")[:16].hex(),
        "pattern": pattern("content"),
        "content_bytes": 1_000,
    }
    named: dict[str, dict[str, Any]] = {
        "short": {},
        "empty": {"content_bytes": 0},
        "one": {"content_bytes": 1},
        "almost-full": {"content_bytes": PLAINTEXT - 1},
        "full": {"content_bytes": PLAINTEXT},
        "last-of-64": {"index": 63, "count": 64},
        "largest": {"index": 2**32 - 2, "count": 2**32 - 1},
        "second-salt": {"salt": seed("second salt")[:16].hex()},
    }
    return {name: standard | recipe for name, recipe in named.items()}


@cache
def made(name: str) -> bytes:
    """The cell of a recipe."""
    recipe = recipes()[name]
    return part_cell(
        bytes.fromhex(recipe["key"]),
        bytes.fromhex(recipe["id"]),
        recipe["index"],
        recipe["count"],
        bytes.fromhex(recipe["salt"]),
        patterned(recipe["pattern"], recipe["content_bytes"]),
    )


def vectors() -> Iterator[dict[str, JSON]]:
    """All of them."""
    for name in recipes():
        yield {
            "name": f"seal-{name}",
            "comment": "the recipe gives these bytes",
            "operation": "seal",
            "cell": name,
            "outcome": "ok",
            "sha256": sha256(made(name)).hexdigest(),
            "beginning": b64(made(name)[:64]),
            "tag": made(name)[-16:].hex(),
        }
    yield from parsing()
    yield from opening()


def parsing() -> Iterator[dict[str, JSON]]:
    """Nothing is opened."""

    def parse(name: str, outcome: str, **more: JSON) -> dict[str, JSON]:
        vector = {"name": f"parse-{name}", "comment": "", "operation": "parse", "cell": "short"}
        return vector | {"patch": []} | more | {"outcome": outcome}

    yield parse("short", "ok", salt=seed("salt")[:16].hex())
    other = b"\xff" * 16
    yield parse("any-salt", "ok", patch=[[8, b64(other)]], salt=other.hex())
    for size in (0, 8, 65_536, CELL - 1, CELL + 1):
        yield parse(f"size-{size}", "cell-size", bytes=size)
    for place, wrong, code, name in [
        (0, b"b", "cell-magic", "magic-first"),
        (3, b"2", "cell-magic", "magic-last"),
        (4, b"\0", "cell-suite", "suite-0"),
        (4, b"\2", "cell-suite", "suite-2"),
        (5, b"\1", "cell-kind", "kind-message"),
        (5, b"\3", "cell-kind", "kind-3"),
        (6, b"\1", "cell-reserved", "reserved-first"),
        (7, b"\x80", "cell-reserved", "reserved-last"),
        (0, b"XXXX\2\1\1\1", "cell-magic", "everything"),
        (4, b"\2\1\1\1", "cell-suite", "all-but-magic"),
        (5, b"\1\1\1", "cell-kind", "kind-and-reserved"),
    ]:
        yield parse(name, code, patch=[[place, b64(wrong)]])


def opening() -> Iterator[dict[str, JSON]]:
    """As `open` of the recipe's own key and place, but for what the vector names."""

    def opened(name: str, comment: str, cell: str, outcome: str, **more: JSON) -> dict[str, JSON]:
        vector = {"name": f"open-{name}", "comment": comment, "operation": "open", "cell": cell}
        real = {"real_bytes": recipes()[cell]["content_bytes"]}
        return vector | {"patch": [], "flip": []} | real | more | {"outcome": outcome}

    for name, recipe in recipes().items():
        content = patterned(recipe["pattern"], recipe["content_bytes"])
        yield opened(name, "", name, "ok", content_sha256=sha256(content).hexdigest())
    more = sha256(patterned(pattern("content"), 1_000) + b"\0").hexdigest()
    comment = "a zero counts as content"
    yield opened("zero-more", comment, "short", "ok", real_bytes=1_001, content_sha256=more)
    yield opened("zero-less", "a byte of content is no padding", "short", "unseal", real_bytes=999)
    yield opened("last-byte-padding", "", "full", "unseal", real_bytes=PLAINTEXT - 1)
    yield opened("other-index", "", "last-of-64", "unseal", index=62)
    yield opened("other-count", "", "last-of-64", "unseal", count=65)
    yield opened("index-for-count", "", "last-of-64", "unseal", index=64, count=63)
    yield opened("other-id", "", "short", "unseal", id=seed("other")[:16].hex())
    yield opened("other-key", "", "short", "unseal", key=seed("other").hex())
    second = made("second-salt")[8:24]
    yield opened(
        "other-salt", "the header of another sealing", "short", "unseal", patch=[[8, b64(second)]]
    )
    yield opened("salt-flipped", "", "short", "unseal", flip=[8 * 8])
    yield opened("reserved-flipped", "it is no cell", "short", "unseal", flip=[7 * 8])
    yield opened("kind", "it is no part cell", "short", "unseal", patch=[[5, b64(b"\1")]])
    yield opened("cut-off", "", "short", "unseal", bytes=CELL - 1)
    yield opened("zero-added", "", "short", "unseal", bytes=CELL + 1)
    yield opened("content-flipped", "", "short", "unseal", flip=[24 * 8])
    yield opened("padding-flipped", "", "short", "unseal", flip=[500_000 * 8 + 3])
    yield opened("tag-flipped", "", "short", "unseal", flip=[CELL * 8 - 1])
    yield opened("zeros", "", "short", "unseal", patch=[[24, b64(bytes(64))]])


def document() -> JSON:
    """What part_cell.json holds."""
    return {
        "format": "part cell, version 1",
        "source": "crypto/spec/part-cell-v1.md, sections 1 and 2",
        "how": {
            "pattern": "content byte i is pattern[i mod 32] XOR ((i >> 5) mod 256)",
            "patch": "[offset, base64]: bytes written over the cell",
            "flip": "bits of the cell, counted from the highest of byte 0",
            "bytes": "the size to which the cell is cut, or filled with zeros",
        },
        "cells": recipes(),
        "vectors": list(vectors()),
    }
