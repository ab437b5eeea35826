"""Python passes every vector of the phrase and of signed documents."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from crypto import dsse, strictjson
from crypto.errors import BuzonError
from tests.vectors import vectors

Vector = dict[str, Any]


def each(name: str) -> pytest.MarkDecorator:
    """One test for each vector of a file."""
    listed = vectors(name)
    return pytest.mark.parametrize("vector", listed, ids=[vector["name"] for vector in listed])


def outcome(act: Callable[[], object]) -> str:
    """What a vector's "outcome" says about *act*."""
    try:
        act()
    except BuzonError as error:
        return error.code
    return "ok"


@each("strict_json")
def test_strict_json(vector: Vector):
    document = base64.b64decode(vector["document"])

    assert outcome(lambda: strictjson.parse(document, vector["max_bytes"])) == vector["outcome"]
    if vector["outcome"] == "ok":
        value = strictjson.parse(document, vector["max_bytes"])
        assert strictjson.serialise(value) == base64.b64decode(vector["written"])


FIELDS: dict[str, Callable[[Any, Any], object]] = {
    "text": strictjson.text,
    "day": lambda value, _: strictjson.day(value),
    "hex": strictjson.hexadecimal,
    "base64": strictjson.base64_bytes,
    "integer": lambda value, highest: strictjson.integer(value, 1, highest),
}


@each("fields")
def test_fields(vector: Vector):
    read = FIELDS[vector["kind"]]

    assert outcome(lambda: read(vector["value"], vector["argument"])) == vector["outcome"]


@each("envelope")
def test_envelopes(vector: Vector):
    keys = [bytes.fromhex(key) for key in vector["keys"]]

    def verify() -> tuple[bytes, str]:
        envelope = dsse.parse_envelope(vector["envelope"].encode(), vector["max_bytes"])
        payload = dsse.verified_payload(envelope, vector["type"], keys, vector["threshold"])
        return payload, envelope.payload_hash.hex()

    assert outcome(verify) == vector["outcome"]
    if vector["outcome"] == "ok":
        assert verify() == (base64.b64decode(vector["payload"]), vector["hash"])
