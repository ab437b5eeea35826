"""Strict JSON: one way to read a document, one error for all that is wrong with it.

Everything signed and everything sealed is read through here, so that Python and
JavaScript agree on what a document says.  Anybody may depend on this module.

Where this file and crypto/spec/signed-documents-v1.md section 1 disagree, this
file is wrong.
"""

import base64
import json
import re
import unicodedata
from collections.abc import Collection
from datetime import date
from itertools import pairwise
from typing import NoReturn, TypeVar

from crypto.errors import BuzonError

_Anything = TypeVar("_Anything")

JSONValue = None | bool | int | str | list["JSONValue"] | dict[str, "JSONValue"]

MAX_INTEGER = 2**53 - 1  # what a JavaScript number holds exactly
MAX_DEPTH = 8
FIRST_DATE = date(2024, 1, 1)

_LONGEST_INTEGER = len(str(MAX_INTEGER))
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HEX = re.compile(r"(?:[0-9a-f]{2})*")
_UNPRINTABLE = re.compile("[\\x00-\\x1f\\x7f-\\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")


class DocumentMalformedError(BuzonError):
    """A document is not what its specification says, in any way at all."""

    code = "document-malformed"


def parse(document: bytes, max_bytes: int) -> JSONValue:
    """Read *document*, at most *max_bytes* long.

    Raises:
        DocumentMalformedError: it is too long, not UTF-8, not JSON, or not strict.

    Source: signed-documents-v1.md, section 1.
    """
    if len(document) > max_bytes:
        raise DocumentMalformedError("too long")
    try:
        value: JSONValue = json.loads(
            document.decode("utf-8"),
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_no_such_number,
            parse_constant=_no_such_number,
        )
    except (ValueError, RecursionError):
        raise DocumentMalformedError("not strict JSON") from None
    _check(value, MAX_DEPTH)
    return value


def serialise(value: JSONValue) -> bytes:
    """Write *value* compactly, keys in the order given.

    Raises:
        DocumentMalformedError: *value* could not be read back.
    """
    _check(value, MAX_DEPTH)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _object(pairs: list[tuple[str, JSONValue]]) -> dict[str, JSONValue]:
    unique = dict(pairs)
    if len(unique) != len(pairs):
        raise DocumentMalformedError("a key twice in one object")
    return unique


def _integer(digits: str) -> int:
    if digits[0] == "-" or len(digits) > _LONGEST_INTEGER:
        raise DocumentMalformedError("an integer out of range")
    return int(digits)


def _no_such_number(_: str) -> NoReturn:
    raise DocumentMalformedError("a number that is not an integer")


def _check(value: JSONValue, depth: int) -> None:
    """Raise unless *value* is made of strict values nested at most *depth* deep."""
    if isinstance(value, str):
        _check_string(value)
    elif isinstance(value, list | dict):
        if depth == 0:
            raise DocumentMalformedError("nested too deeply")
        if isinstance(value, dict):
            for key in value:
                _check_string(key)
        for inner in value.values() if isinstance(value, dict) else value:
            _check(inner, depth - 1)
    elif value is not None and not isinstance(value, bool):
        integer(value, 0, MAX_INTEGER)


def _check_string(characters: object) -> None:
    if not isinstance(characters, str):
        raise DocumentMalformedError("a key that is not a string")
    if not characters.isascii():
        try:
            characters.encode("utf-8")
        except UnicodeEncodeError:
            raise DocumentMalformedError("a lone surrogate") from None


# Reading fields.  Each raises DocumentMalformedError and nothing else.


def members(value: JSONValue, *keys: str) -> list[JSONValue]:
    """The values of an object that has exactly *keys*, in the order of *keys*."""
    if not isinstance(value, dict) or value.keys() != set(keys):
        raise DocumentMalformedError("not an object with exactly the keys specified")
    return [value[key] for key in keys]


def array(value: JSONValue, fewest: int, most: int) -> list[JSONValue]:
    """An array of *fewest* to *most* values."""
    if not isinstance(value, list) or not fewest <= len(value) <= most:
        raise DocumentMalformedError("not an array of the size specified")
    return value


def integer(value: JSONValue, lowest: int, highest: int = MAX_INTEGER) -> int:
    """An integer from *lowest* to *highest*, both included."""
    if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
        raise DocumentMalformedError("not an integer in the range specified")
    return value


def string(value: JSONValue, most: int) -> str:
    """Any string of at most *most* characters (code points)."""
    if not isinstance(value, str) or len(value) > most:
        raise DocumentMalformedError("not a string of the length specified")
    return value


def text(value: JSONValue, most: int) -> str:
    """Text of 1 to *most* characters (code points) that is safe to show on one line."""
    line = string(value, most)
    if not line or _UNPRINTABLE.search(line) or not unicodedata.is_normalized("NFC", line):
        raise DocumentMalformedError("not text as specified")
    return line


def choice(value: JSONValue, allowed: Collection[str]) -> str:
    """One of the strings *allowed*."""
    if not isinstance(value, str) or value not in allowed:
        raise DocumentMalformedError("not one of the words specified")
    return value


def matching(value: JSONValue, pattern: re.Pattern[str], most: int) -> str:
    """A string of at most *most* characters that *pattern* matches whole."""
    found = string(value, most)
    if pattern.fullmatch(found) is None:
        raise DocumentMalformedError("not a string of the form specified")
    return found


def day(value: JSONValue) -> date:
    """A real day from 2024-01-01 to 9999-12-31, written YYYY-MM-DD."""
    try:
        found = date.fromisoformat(matching(value, _DATE, 10))
    except ValueError:
        raise DocumentMalformedError("not a real day") from None
    if found < FIRST_DATE:
        raise DocumentMalformedError("a day before 2024")
    return found


def hexadecimal(value: JSONValue, size: int) -> bytes:
    """Exactly *size* bytes, written as lower-case hexadecimal digits."""
    digits = matching(value, _HEX, 2 * size)
    if len(digits) != 2 * size:
        raise DocumentMalformedError("not as many hexadecimal digits as specified")
    return bytes.fromhex(digits)


def base64_bytes(value: JSONValue, size: int | None = None) -> bytes:
    """Bytes, exactly *size* of them if given, written as canonical base64 with padding."""
    if not isinstance(value, str) or (size is not None and len(value) != -(-size // 3) * 4):
        raise DocumentMalformedError("not base64 of the length specified")
    try:
        decoded = base64.b64decode(value, validate=True)
    except ValueError:
        raise DocumentMalformedError("not base64") from None
    if to_base64(decoded) != value or (size is not None and len(decoded) != size):
        raise DocumentMalformedError("not canonical base64")
    return decoded


def to_base64(content: bytes) -> str:
    """Canonical base64 with padding."""
    return base64.b64encode(content).decode("ascii")


def ascending(values: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """The same *values*, each greater than the one before, so that none is there twice."""
    if any(first >= second for first, second in pairwise(values)):
        raise DocumentMalformedError("not in ascending order")
    return values


def distinct(values: tuple[_Anything, ...]) -> tuple[_Anything, ...]:
    """The same *values*, none of them there twice."""
    if len(set(values)) != len(values):
        raise DocumentMalformedError("something twice")
    return values
