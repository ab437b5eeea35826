"""Sealed files: the header, and what is said of each cell.

A file is told by its header and by the beginnings of its cells; zeros fill them.
"""

from collections.abc import Sequence

from tests.vectors.generator.organisation import JSON

MESSAGE, PART = 65_536, 1_048_576
MESSAGE_BEGINNING, PART_BEGINNING = "425a4e3101010000", "425a4e3101020000"


def header(
    magic: bytes = b"BZNS",
    suite: int = 1,
    zeros: bytes = bytes(3),
    messages: int = 1,
    parts: int = 0,
) -> str:
    """The first 16 bytes."""
    return (magic + bytes([suite]) + zeros + messages.to_bytes(4) + parts.to_bytes(4)).hex()


def beginning(
    name: str, comment: str, first: str, file_bytes: int, outcome: str, **more: JSON
) -> dict[str, JSON]:
    """Only the header is looked at, and how long the file is."""
    return {
        "name": f"header-{name}",
        "comment": comment,
        "operation": "header",
        "header": first,
        "file_bytes": file_bytes,
        "outcome": outcome,
        **more,
    }


def size(messages: int, parts: int) -> int:
    """How long a file is."""
    return 16 + messages * MESSAGE + parts * PART


def good(messages: int, parts: int) -> dict[str, JSON]:
    """A header that fits."""
    first = header(messages=messages, parts=parts)
    counts = {"messages": messages, "parts": parts}
    return beginning(f"{messages}-{parts}", "", first, size(messages, parts), "ok", **counts)


def bad(name: str, first: str, file_bytes: int = size(1, 0)) -> dict[str, JSON]:
    """A header that does not fit."""
    return beginning(name, "", first, file_bytes, "sealed-file")


def whole(
    name: str, comment: str, messages: Sequence[str], parts: Sequence[str], cells: Sequence[str]
) -> dict[str, JSON]:
    """A file whose cells are refused one by one; the others go on."""
    return {
        "name": f"read-{name}",
        "comment": comment,
        "operation": "read",
        "header": header(messages=len(messages), parts=len(parts)),
        "message_beginnings": list(messages),
        "part_beginnings": list(parts),
        "outcome": "ok",
        "cells": list(cells),
    }


def document() -> JSON:
    """What sealed_file.json holds."""
    wrong = "58585858" + MESSAGE_BEGINNING[8:]
    return {
        "format": "sealed file, version 1",
        "source": "crypto/spec/sealed-file-v1.md",
        "how": {"message_beginnings": "hexadecimal; zeros fill each cell; so with parts"},
        "vectors": [
            good(1, 0),
            good(1, 1),
            good(4_096, 0),
            good(1, 8_192),
            good(4_096, 8_192),
            bad("nothing", "", 0),
            bad("15-bytes", header()[:-2], 15),
            bad("header-only", header(), 16),
            bad("magic", header(magic=b"BZN1")),
            bad("suite-0", header(suite=0)),
            bad("suite-2", header(suite=2)),
            bad("zeros-first", header(zeros=b"\1\0\0")),
            bad("zeros-last", header(zeros=b"\0\0\1")),
            bad("no-messages", header(messages=0, parts=1), size(0, 1)),
            bad("nothing-inside", header(messages=0), size(0, 0)),
            bad("too-many-messages", header(messages=4_097), size(4_097, 0)),
            bad("too-many-parts", header(parts=8_193), size(1, 8_193)),
            bad("largest-counts", header(messages=2**32 - 1, parts=2**32 - 1)),
            bad("byte-less", header(), size(1, 0) - 1),
            bad("byte-more", header(), size(1, 0) + 1),
            bad("cell-more", header(), size(2, 0)),
            bad("part-missing", header(parts=1), size(1, 0)),
            whole("message", "", [MESSAGE_BEGINNING], [], ["ok"]),
            whole("both", "", [MESSAGE_BEGINNING], [PART_BEGINNING], ["ok", "ok"]),
            whole(
                "refused-one-by-one",
                "each cell has its own code",
                [wrong, MESSAGE_BEGINNING, PART_BEGINNING],
                [PART_BEGINNING, MESSAGE_BEGINNING, "425a4e3102020000", "425a4e3101020100"],
                ["cell-magic", "ok", "cell-kind", "ok", "cell-kind", "cell-suite", "cell-reserved"],
            ),
        ],
    }
