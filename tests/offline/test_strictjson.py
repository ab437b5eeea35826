"""Strict JSON reads one thing in one way, or refuses with its one error."""

import inspect
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crypto import strictjson
from crypto.strictjson import DocumentMalformedError

MIB = 1024 * 1024

STRINGS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, strictjson.MAX_INTEGER) | STRINGS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(STRINGS, inner, max_size=4),
    max_leaves=12,
)


def depth(value: strictjson.JSONValue) -> int:
    """How deep arrays and objects are nested."""
    if isinstance(value, list):
        return 1 + max(map(depth, value), default=0)
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    return 0


@given(VALUES.filter(lambda value: depth(value) <= strictjson.MAX_DEPTH))
def test_what_is_written_is_read_back(value):
    assert strictjson.parse(strictjson.serialise(value), MIB) == value


@given(
    st.binary(max_size=200)
    | st.text('[]{}",:0123456789.eE-+tfn\\u \n', max_size=60).map(str.encode)
)
@example(b'{"a":1,"a":1}')
@example(b"[1.0]")
def test_arbitrary_bytes_are_refused_or_written_again_as_the_same_value(document):
    try:
        value = strictjson.parse(document, MIB)
    except DocumentMalformedError:
        return
    assert strictjson.parse(strictjson.serialise(value), MIB) == value


@given(st.integers())
def test_an_integer_is_read_exactly_or_refused(number):
    document = str(number).encode()
    if 0 <= number <= strictjson.MAX_INTEGER:
        assert strictjson.parse(document, MIB) == number
    else:
        with pytest.raises(DocumentMalformedError):
            strictjson.parse(document, MIB)


@pytest.mark.parametrize(
    "document",
    [
        b"[" * MIB,
        b'{"a":' * (MIB // 5),
        b"[" * (MIB // 2) + b"]" * (MIB // 2),
        b"9" * MIB,
        b"-" + b"9" * MIB,
        b"0." + b"0" * MIB,
        b"1e" + b"9" * MIB,
        b'"' + b"\\ud800" * (MIB // 6) + b'"',
    ],
    ids=["arrays", "objects", "closed", "digits", "negative", "fraction", "exponent", "surrogates"],
)
def test_a_huge_document_gets_the_one_error(document):
    with pytest.raises(DocumentMalformedError):
        strictjson.parse(document, 2 * MIB)


def test_nesting_is_refused_even_where_little_stack_is_left():
    def deeper(frames: int) -> None:
        if frames:
            deeper(frames - 1)
        else:
            with pytest.raises(DocumentMalformedError):
                strictjson.parse(b"[" * 5000, MIB)

    deeper(sys.getrecursionlimit() - len(inspect.stack(0)) - 100)


@pytest.mark.parametrize(
    "value",
    [1.0, -1, 2**53, float("nan"), b"x", "\ud800", {1: 2}, {"\udfff": 1}, (1,), [[[[[[[[[]]]]]]]]]],
    ids=repr,
)
def test_what_could_not_be_read_back_is_not_written(value):
    with pytest.raises(DocumentMalformedError):
        strictjson.serialise(value)


@pytest.mark.parametrize("value", [{}, {"a": 1}, {"a": 1, "b": 2, "c": 3}, [1, 2], None, "ab"])
def test_an_object_has_exactly_the_keys_asked_for(value):
    with pytest.raises(DocumentMalformedError):
        strictjson.members(value, "a", "b")


def test_members_come_in_the_order_asked_for():
    assert strictjson.members({"b": 2, "a": 1}, "a", "b") == [1, 2]


@given(st.binary(max_size=100))
def test_base64_comes_back(content):
    assert strictjson.base64_bytes(strictjson.to_base64(content), len(content)) == content
    assert strictjson.base64_bytes(strictjson.to_base64(content)) == content


@given(st.text("ABab01+/=-_ \n", max_size=12))
def test_base64_has_one_spelling(text):
    try:
        content = strictjson.base64_bytes(text)
    except DocumentMalformedError:
        return
    assert strictjson.to_base64(content) == text
