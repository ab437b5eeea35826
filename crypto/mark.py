"""The mark: a small coloured figure by which a person recognises her phrase.

It is no secret that protects anything, and it finds no phrase.  Anybody may
depend on this module.

Where this file and crypto/spec/phrase-v1.md section 4 disagree, this file is wrong.
"""

from dataclasses import dataclass

MARK_BYTES = 3
SIDE = 5  # cells in a row and in a column
COLOURS = ("black", "red", "orange", "green", "blue", "purple", "brown", "grey")

_COLUMNS = (0, 1, 2, 1, 0)  # which of a row's three bits each of its five cells shows


@dataclass(frozen=True, slots=True)
class Mark:
    """Five rows of five cells, True where coloured, and the name of the colour."""

    rows: tuple[tuple[bool, ...], ...]
    colour: str


def mark_of(bits: bytes) -> Mark:
    """The mark that 3 bytes of key material, *bits*, draw.

    Source: phrase-v1.md, section 4.
    """
    if len(bits) != MARK_BYTES:
        raise ValueError("not 3 bytes")
    number = int.from_bytes(bits, "big")
    rows = tuple(
        tuple(bool(number >> 23 - 3 * row - column & 1) for column in _COLUMNS)
        for row in range(SIDE)
    )
    return Mark(rows, COLOURS[number >> 6 & 7])
