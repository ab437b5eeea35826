"""What the vectors of directories and publications are made of."""

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

from tests.vectors.generator import organisation as org
from tests.vectors.generator.organisation import (
    JSON,
    LAWYERS,
    NOW,
    ORIGIN,
    by_id,
    changed,
    digest,
    freshness_value,
    lawyer_id,
    roster_value,
    text,
    weekly_key,
)

MALFORMED = "document-malformed"
GHOST = "ghost-g"


class Case(NamedTuple):
    """One directory, the moment and the page it is looked at from, and what comes of it."""

    name: str
    outcome: str = "ok"
    roster: JSON = None
    freshness: JSON = None
    keys: Sequence[JSON] | None = None
    now: str = NOW
    origin: str | None = ORIGIN
    trust: JSON = None
    raw: str | None = None
    recipients: Sequence[str] = LAWYERS
    week: int = 100
    comment: str = ""


class Table:
    """Envelopes by name, each once."""

    def __init__(self) -> None:
        self.envelopes: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def name(self, kind: str, envelope: JSON | str) -> str:
        """The name of *envelope*, entered if new."""
        written = envelope if isinstance(envelope, str) else text(envelope)
        if written not in self._names:
            name = f"{kind}-{sum(key.startswith(kind + '-') for key in self.envelopes) + 1}"
            self._names[written] = name
            self.envelopes[name] = written
        return self._names[written]


def keys_of(lawyers: Sequence[str] = LAWYERS, *weeks: int) -> list[JSON]:
    """Signed weekly keys, of week 100 unless others are given."""
    return [weekly_key(label, week) for week in weeks or (100,) for label in by_id(lawyers)]


def signed_key(value: JSON, signer: str) -> JSON:
    """A weekly key that says *value*."""
    return org.envelope("buzon/weekly-key/v1", value, [signer])


def listing(pairs: dict[str, JSON], roster: JSON = None) -> JSON:
    """A freshness for week 100 that lists *pairs* of lawyer and weekly-key value."""
    value = freshness_value(roster_value() if roster is None else roster, weeks=[100])
    listed = sorted([lawyer_id(label), digest(key)] for label, key in pairs.items())
    return changed(value, "weeks", 0, "keys", to=listed)


def with_status(label: str, status: str) -> JSON:
    """A roster in which one lawyer has another status."""
    value = roster_value()
    for lawyer in value["lawyers"]:
        if lawyer["id"] == lawyer_id(label):
            lawyer["status"] = status
    return value


def document_value() -> JSON:
    """The good directory, for whoever takes it apart."""
    return {"roster": org.roster(), "freshness": org.freshness(), "weekly_keys": keys_of()}


def sha256_hex(payload: bytes) -> str:
    """A hash, in hexadecimal."""
    return sha256(payload).hexdigest()
