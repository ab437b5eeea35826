"""Pouch: what lies where in the folder that is carried across the air gap.

Names, limits and the listing; whoever opens files does so elsewhere, and
believes nothing that it finds.  Anybody may depend on this module.

Where this file and crypto/spec/pouch-v1.md disagree, this file is wrong.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from crypto import strictjson
from crypto.document import HASH_BYTES
from crypto.receipt import Receipt
from crypto.roster import MAX_LAWYERS
from crypto.strictjson import JSONValue
from crypto.weekly_key import WeeklyKey

MARK_NAME = "POUCH"
MARK = b"buzon pouch 1\n"
DIRECTORY_NAME = "directory.json"
ROSTERS_NAME = "rosters.json"
LISTING_NAME = "listing.json"
COURIER_NAME = "courier.toml"
CELLS = "cells"
HAVE = "have"
HAVE_ROSTERS = "have-rosters"
OUT = "out"
BATCHES = "batches"  # these three inside OUT
RECEIPTS = "receipts"
WEEKLY_KEYS = "weekly-keys"
DOCUMENT_SUFFIX = ".json"  # of rosters, receipts and weekly keys

MAX_STATIONS = MAX_LAWYERS  # files of HAVE_ROSTERS that are read
MAX_LISTING_BYTES = 128 * 1024 * 1024
MAX_COURIER_BYTES = 4 * 1024
MAX_HAVE_BYTES = 64 * 1024 * 1024
MAX_RECEIPT_BYTES = Receipt.max_envelope_bytes()
MAX_WEEKLY_KEY_BYTES = WeeklyKey.max_envelope_bytes()

_DIGEST_JSON_BYTES = 2 * HASH_BYTES + 2  # with its quotation marks
_COMMAS_BESIDE_DIGESTS = 2  # between the three members
_LISTS = 2


@dataclass(frozen=True, slots=True)
class Listing:
    """What the box held on a day: digests of cells, each list ascending."""

    day: date
    messages: tuple[bytes, ...]
    parts: tuple[bytes, ...]

    def to_json(self) -> bytes:
        """The listing as the desk sends it and the pouch holds it."""
        return strictjson.serialise(
            {
                "day": self.day.isoformat(),
                "messages": [digest.hex() for digest in self.messages],
                "parts": [digest.hex() for digest in self.parts],
            }
        )


def parse_listing(listing: bytes) -> Listing:
    """Read a listing.

    Raises:
        DocumentMalformedError

    Source: pouch-v1.md, "Listing".
    """
    _check_room(listing)
    day, messages, parts = strictjson.members(
        strictjson.parse(listing, MAX_LISTING_BYTES), "day", "messages", "parts"
    )
    read = Listing(strictjson.day(day), _digests(messages), _digests(parts))
    if not set(read.messages).isdisjoint(read.parts):
        raise strictjson.DocumentMalformedError("a cell of both sizes")
    return read


def _check_room(listing: bytes) -> None:
    """Refuse, unparsed, what would take many times its own size in memory.

    Between any two values stands a comma, and each digest is 66 bytes: a listing with
    more commas than that has something else in it, millions of empty lists perhaps.
    """
    most = len(listing) // _DIGEST_JSON_BYTES + _COMMAS_BESIDE_DIGESTS
    if listing.count(b",") > most or listing.count(b"[") > _LISTS:
        raise strictjson.DocumentMalformedError("not a list of digests")


def _digests(value: JSONValue) -> tuple[bytes, ...]:
    return strictjson.ascending(
        tuple(
            strictjson.hexadecimal(digest, HASH_BYTES)
            for digest in strictjson.array(value, 0, MAX_LISTING_BYTES)
        )
    )


def have_of(digests: Iterable[bytes]) -> bytes:
    """What a station leaves for the courier: the cells that it need not be brought.

    Source: pouch-v1.md, "What need not be brought".
    """
    return b"".join(sorted(set(digests)))


def parse_have(have: bytes) -> frozenset[bytes]:
    """The digests in a station's file; none when it is not as specified.

    Source: pouch-v1.md, "What need not be brought".
    """
    if len(have) > MAX_HAVE_BYTES or len(have) % HASH_BYTES:
        return frozenset()
    digests = [have[start : start + HASH_BYTES] for start in range(0, len(have), HASH_BYTES)]
    if any(first >= second for first, second in pairwise(digests)):
        return frozenset()
    return frozenset(digests)
