"""Strategies that make every kind of signed document, for the tests of their properties."""

import unicodedata
from datetime import date, timedelta
from functools import partial

from hypothesis import strategies as st

from crypto.card import Card
from crypto.document import NO_HASH, Document
from crypto.freshness import Freshness, FreshWeek
from crypto.handover import RECORD_BYTES, Handed, Handover
from crypto.receipt import Receipt
from crypto.roster import Lawyer, Policy, Roster
from crypto.strictjson import MAX_INTEGER
from crypto.trust import Trust
from crypto.weekly_key import XWING_KEY_BYTES, WeeklyKey
from crypto.weeks import LAST_WEEK


def exactly(size: int) -> st.SearchStrategy[bytes]:
    """Bytes of one length."""
    return st.binary(min_size=size, max_size=size)


HASHES = exactly(32)
KEYS = exactly(32)
WEEKS = st.integers(0, LAST_WEEK)
DAYS = st.dates(date(2024, 1, 1), date(9999, 12, 31))
LINES = (
    st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=20)
    .map(partial(unicodedata.normalize, "NFC"))
    .filter(lambda line: 0 < len(line) <= 40)
)
LANGUAGES = st.lists(
    st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=3),
    min_size=1,
    max_size=4,
    unique=True,
).map(tuple)
ORIGINS = st.builds(
    "{}://{}{}".format,
    st.sampled_from(["http", "https"]),
    st.from_regex(r"[a-z0-9]([a-z0-9.-]{0,20}[a-z0-9])?", fullmatch=True),
    st.just("") | st.integers(1, 65535).map(":{}".format),
)


def ascending(
    values: st.SearchStrategy[bytes], fewest: int, most: int
) -> st.SearchStrategy[tuple[bytes, ...]]:
    """Distinct values in order."""
    listed = st.lists(values, min_size=fewest, max_size=most, unique=True)
    return listed.map(sorted).map(tuple)


@st.composite
def trusts(draw: st.DrawFn) -> Trust:
    """Any trust."""
    directors = draw(ascending(KEYS, 2, 16))
    quorum = draw(st.integers(2, len(directors)))
    serial = draw(st.integers(1, MAX_INTEGER))
    return Trust(
        organisation=draw(LINES),
        serial=serial,
        previous=NO_HASH if serial == 1 else draw(HASHES),
        directors=directors,
        quorum=quorum,
        freshness_threshold=draw(st.integers(1, quorum)),
        minimum_recipients=draw(st.integers(1, 16)),
    )


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    """Any roster."""
    identities = draw(st.lists(KEYS, min_size=1, max_size=6, unique=True))
    names = draw(st.lists(LINES, min_size=len(identities), max_size=len(identities), unique=True))
    lawyers = [
        Lawyer(
            name,
            draw(LINES),
            draw(LANGUAGES),
            identity,
            "active" if place == 0 else draw(st.sampled_from(["active", "retired", "revoked"])),
        )
        for place, (identity, name) in enumerate(zip(identities, names, strict=True))
    ]
    serial = draw(st.integers(1, MAX_INTEGER))
    issued = draw(st.dates(date(2024, 1, 1), date(9999, 9, 1)))
    return Roster(
        trust=draw(HASHES),
        serial=serial,
        previous=NO_HASH if serial == 1 else draw(HASHES),
        origins=tuple(draw(st.lists(ORIGINS, min_size=1, max_size=8, unique=True))),
        issued=issued,
        expires=issued + timedelta(days=draw(st.integers(1, 91))),
        lawyers=tuple(sorted(lawyers, key=lambda lawyer: lawyer.id)),
        policy=Policy(draw(st.integers(2, 16)), draw(st.integers(1, 52)), draw(st.integers(1, 64))),
    )


@st.composite
def freshnesses(draw: st.DrawFn) -> Freshness:
    """Any freshness."""
    count = draw(st.integers(1, 6))
    first = draw(st.integers(0, LAST_WEEK - count + 1))
    return Freshness(
        roster=draw(HASHES),
        issued=draw(DAYS),
        weeks=tuple(
            FreshWeek(
                first + number,
                tuple(
                    (lawyer, number.to_bytes(1, "big") + lawyer * 3 + bytes(7))
                    for lawyer in draw(ascending(exactly(8), 1, 16))
                ),
            )
            for number in range(count)
        ),
    )


WEEKLY_KEYS = st.builds(WeeklyKey, exactly(8), WEEKS, exactly(XWING_KEY_BYTES))
CARDS = st.builds(Card, LINES, LINES, LANGUAGES, KEYS)
RECEIPTS = st.builds(Receipt, ORIGINS, exactly(8), HASHES, WEEKS, ascending(HASHES, 1, 20))
HANDOVERS = st.builds(
    Handover,
    exactly(8),
    exactly(8),
    HASHES,
    WEEKS,
    DAYS,
    st.lists(
        st.builds(Handed, HASHES, exactly(1).map(lambda one: one * RECORD_BYTES)),
        min_size=1,
        max_size=4,
        unique_by=lambda handed: handed.cell,
    ).map(tuple),
    st.integers(0, MAX_INTEGER),
)
DOCUMENTS: st.SearchStrategy[Document] = st.one_of(
    trusts(), rosters(), freshnesses(), WEEKLY_KEYS, CARDS, RECEIPTS, HANDOVERS
)
KINDS: tuple[type[Document], ...] = (
    Trust, Roster, Freshness, WeeklyKey, Card, Receipt, Handover,
)  # fmt: skip
