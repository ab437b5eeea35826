"""Boards: the same bytes for everybody, in an order that tells nothing.

Cells are told by rule: byte i of a cell is pattern[i mod 32] XOR ((i >> 5) mod 256).
"""

from hashlib import sha256

from tests.vectors.generator.organisation import JSON
from tests.vectors.generator.sealing import pattern, patterned

CELL = 4_096
LARGEST = 64 * 1024 * 1024


def built(name: str, comment: str, cells: list[str]) -> dict[str, JSON]:
    """A board out of cells that were handed in."""
    keys = [pattern(cell) for cell in cells]
    board = b"".join(sorted(patterned(key, CELL) for key in keys))
    return {
        "name": f"build-{name}",
        "comment": comment,
        "operation": "build",
        "cells": keys,
        "outcome": "ok",
        "sha256": sha256(board).hexdigest(),
    }


def split(size: int, outcome: str) -> dict[str, JSON]:
    """A board of zeros."""
    return {
        "name": f"split-{size}",
        "comment": "that many zeros",
        "operation": "split",
        "bytes": size,
        "outcome": outcome,
        **({"cells": size // CELL} if outcome == "ok" else {}),
    }


def document() -> JSON:
    """What board.json holds."""
    cells = [f"reply {number}" for number in range(32)]
    return {
        "format": "board, version 1",
        "source": "crypto/spec/reply-cell-v1.md, section 5",
        "how": {"cells": "byte i of each is pattern[i mod 32] XOR ((i >> 5) mod 256)"},
        "vectors": [
            built("nothing", "no batch yet", []),
            built("one", "", cells[:1]),
            built("two-batches", "", cells),
            built("reversed", "the order of arrival tells nothing", cells[::-1]),
            split(0, "ok"),
            split(CELL, "ok"),
            split(16 * CELL, "ok"),
            split(1, "board-size"),
            split(CELL - 1, "board-size"),
            split(CELL + 1, "board-size"),
            split(LARGEST, "ok"),
            split(LARGEST + CELL, "board-size"),
            split(LARGEST + 1, "board-size"),
        ],
    }
