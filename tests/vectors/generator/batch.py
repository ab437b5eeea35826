"""Batches: what a courier hands in, and nothing of another size.

Cells are told by rule: byte i of a cell is pattern[i mod 32] XOR ((i >> 5) mod 256).
"""

from hashlib import sha256

from tests.vectors.generator.organisation import JSON
from tests.vectors.generator.sealing import pattern, patterned

CELL = 4_096


def vector(
    name: str, comment: str, cells: list[str], batch_size: int, outcome: str, extra: int = 0
) -> dict[str, JSON]:
    """A batch of *cells*, cut or filled by *extra* bytes."""
    keys = [pattern(cell) for cell in cells]
    whole = b"".join(patterned(key, CELL) for key in keys)
    batch = whole[:extra] if extra < 0 else whole + bytes(extra)
    return {
        "name": name,
        "comment": comment,
        "cells": keys,
        "extra_bytes": extra,
        "batch_size": batch_size,
        "sha256": sha256(batch).hexdigest(),
        "outcome": outcome,
    }


def document() -> JSON:
    """What batch.json holds."""
    sixteen = [f"reply {number}" for number in range(16)]
    return {
        "format": "batch, version 1",
        "source": "crypto/spec/reply-cell-v1.md, section 4",
        "how": {
            "cells": "byte i of each is pattern[i mod 32] XOR ((i >> 5) mod 256)",
            "extra_bytes": "zeros added at the end; cut off when negative",
        },
        "vectors": [
            vector("sixteen", "", sixteen, 16, "ok"),
            vector("one", "a policy of one", sixteen[:1], 1, "ok"),
            vector("descending", "any order", sixteen[::-1], 16, "ok"),
            vector("nothing", "", [], 16, "batch-size"),
            vector("fifteen", "", sixteen[:15], 16, "batch-size"),
            vector("seventeen", "", [*sixteen, "reply 16"], 16, "batch-size"),
            vector("byte-less", "", sixteen, 16, "batch-size", extra=-1),
            vector("byte-more", "", sixteen, 16, "batch-size", extra=1),
            vector("repeated", "", [*sixteen[:15], sixteen[0]], 16, "batch-repeats"),
            vector("repeated-neighbours", "", ["a", "a"], 2, "batch-repeats"),
            vector("repeated-and-short", "the size comes first", ["a", "a"], 16, "batch-size"),
        ],
    }
