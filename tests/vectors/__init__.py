"""Test vectors: what an implementation does.  Written by `generate.py`, read by Python and node.

    {"format": ..., "source": ..., "vectors": [{"name", "comment", inputs, "outcome", outputs}]}

A vector isolates one failure; its outcome is "ok" or the code of the one error.
Binary values are base64, or hexadecimal up to 64 bytes; documents are texts.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@cache
def vector_file(name: str) -> dict[str, Any]:
    """What `<name>.json` holds."""
    content: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("ascii"))
    return content


def vectors(name: str) -> list[dict[str, Any]]:
    """The vectors of `<name>.json`."""
    listed: list[dict[str, Any]] = vector_file(name)["vectors"]
    return listed


def directory_document(vector: dict[str, Any]) -> bytes:
    """The document of a vector of `directory.json`."""
    if vector["document"] is not None:
        return str(vector["document"]).encode().ljust(vector["length"])
    envelopes = vector_file("directory")["envelopes"]
    keys = ",".join(envelopes[name] for name in vector["weekly_keys"])
    return (
        f'{{"roster":{envelopes[vector["roster"]]},'
        f'"freshness":{envelopes[vector["freshness"]]},"weekly_keys":[{keys}]}}'
    ).encode()
