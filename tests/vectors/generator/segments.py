"""Segments: how many parts a file is sent in, and how they are cut."""

from tests.vectors.generator.organisation import JSON

PART = 1_048_536
# From the definition in the specification, worked by hand.
PADME = {
    0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 8: 8, 9: 10, 10: 10, 11: 12, 12: 12,
    13: 14, 15: 16, 16: 16, 17: 18, 31: 32, 32: 32, 33: 36, 36: 36, 37: 40, 61: 64, 63: 64,
    64: 64, 65: 72, 72: 72, 73: 80, 100: 104, 121: 128, 127: 128, 128: 128, 129: 144,
    512: 512, 513: 544, 1_000: 1_024, 1_023: 1_024, 4_096: 4_096, 4_097: 4_352,
    65_535: 65_536, 65_536: 65_536,
}  # fmt: skip
SIZES = {
    "nothing": (0, [[0, 1]]),
    "one-byte": (1, [[1, 1]]),
    "part-less-one": (PART - 1, [[PART - 1, 1]]),
    "part": (PART, [[PART, 1]]),
    "part-and-one": (PART + 1, [[PART + 1, 2]]),
    "nine-parts": (9 * PART, [[9 * PART, 10]]),
    "segment-less-one": (64 * PART - 1, [[64 * PART - 1, 64]]),
    "segment": (64 * PART, [[64 * PART, 64]]),
    "segment-and-one": (64 * PART + 1, [[64 * PART, 64], [1, 8]]),
    "72-parts": (72 * PART, [[64 * PART, 64], [8 * PART, 8]]),
    "129-parts": (129 * PART, [[64 * PART, 64], [64 * PART, 64], [PART, 16]]),
    "padding-segment": (
        513 * PART - 1,
        [[64 * PART, 64]] * 8 + [[PART - 1, 32]],
    ),
    "padding-only": (
        4_097 * PART,
        [[64 * PART, 64]] * 64 + [[PART, 64], [0, 64], [0, 64], [0, 64]],
    ),
}


def document() -> JSON:
    """What segments.json holds."""
    return {
        "format": "parts and segments of a file, version 1",
        "source": "crypto/spec/part-cell-v1.md, section 3",
        "vectors": [
            *(
                {
                    "name": f"padme-{number}",
                    "comment": "",
                    "operation": "padme",
                    "number": number,
                    "outcome": "ok",
                    "padded": padded,
                }
                for number, padded in PADME.items()
            ),
            *(
                {
                    "name": f"segments-{name}",
                    "comment": "each segment: offset, real bytes, parts",
                    "operation": "segments",
                    "size": size,
                    "outcome": "ok",
                    "segments": [
                        [index * 64 * PART, real, count]
                        for index, (real, count) in enumerate(segments)
                    ],
                }
                for name, (size, segments) in SIZES.items()
            ),
        ],
    }
