"""The people of the vectors, their keys, and the documents they sign.

Written from the specifications with plain JSON, without the code under test;
only X-Wing public keys come from it, and those have vectors of their own.
"""

import base64
import json
from collections.abc import Sequence
from copy import deepcopy
from functools import cache
from hashlib import sha256
from typing import Any

from nacl.signing import SigningKey

from crypto.hpke import public_key_from_seed

JSON = Any

# Week 100 begins on Monday 2025-12-01.
WEEK = 100
NOW = "2025-12-03T12:00:00Z"
ORIGIN = "http://buzonvectors.onion"
NO_HASH = "00" * 32

DIRECTORS = ("director-a", "director-b", "director-c")
QUORUM = DIRECTORS[:2]
LAWYERS = ("lawyer-a", "lawyer-b", "lawyer-c")
WEEKS = (100, 101, 102)


def seed(label: str) -> bytes:
    """32 bytes that everybody can compute, for a key that protects nothing."""
    return sha256(b"buzon test vectors: " + label.encode()).digest()


@cache
def signer(label: str) -> SigningKey:
    """The Ed25519 key of a person."""
    return SigningKey(seed(label))


def public(label: str) -> bytes:
    """The Ed25519 public key of a person."""
    return bytes(signer(label).verify_key)


@cache
def xwing_public(label: str) -> bytes:
    """An X-Wing public key."""
    return public_key_from_seed(seed(label))


def b64(content: bytes) -> str:
    """Canonical base64."""
    return base64.b64encode(content).decode()


def lawyer_id(label: str) -> str:
    """A lawyer's id, in hexadecimal."""
    return sha256(public(label)).hexdigest()[:16]


def by_id(labels: Sequence[str]) -> list[str]:
    """The lawyers, ascending by id."""
    return sorted(labels, key=lawyer_id)


def compact(value: JSON) -> bytes:
    """A document as programs write it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def digest(value: JSON) -> str:
    """The hash of a document that is written compactly."""
    return sha256(compact(value)).hexdigest()


def pae(payload_type: str, payload: bytes) -> bytes:
    """What DSSE signs."""
    kind = payload_type.encode()
    return b" ".join(
        [b"DSSEv1", str(len(kind)).encode(), kind, str(len(payload)).encode(), payload]
    )


def signature(label: str, payload_type: str, payload: bytes, keyid: str = "") -> dict[str, str]:
    """One signature of an envelope."""
    signed = signer(label).sign(pae(payload_type, payload)).signature
    return {"keyid": keyid, "sig": b64(signed)}


def envelope(payload_type: str, value: JSON, signers: Sequence[str]) -> dict[str, JSON]:
    """A signed document.  *value* is JSON, or the exact bytes of a payload."""
    payload = value if isinstance(value, bytes) else compact(value)
    return {
        "payloadType": payload_type,
        "payload": b64(payload),
        "signatures": [signature(label, payload_type, payload) for label in signers],
    }


def changed(value: JSON, *path: str | int, to: JSON) -> JSON:
    """A copy of *value* with another thing at *path*."""
    copy = deepcopy(value)
    place = copy
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return copy


def without(value: JSON, *path: str | int) -> JSON:
    """A copy of *value* that lacks what is at *path*."""
    copy = deepcopy(value)
    place = copy
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    return copy


def text(value: JSON) -> str:
    """A document as the text that a vector holds."""
    return compact(value).decode()


# ---------------------------------------------------------------- documents


def trust_value(directors: Sequence[str] = DIRECTORS) -> dict[str, JSON]:
    """Three directors, of whom two are enough."""
    return {
        "organisation": "Colectivo de los vectores",
        "serial": 1,
        "previous": NO_HASH,
        "directors": [b64(key) for key in sorted(public(label) for label in directors)],
        "quorum": 2,
        "freshness_threshold": 2,
        "minimum_recipients": 2,
    }


def lawyer_value(label: str, status: str = "active") -> dict[str, JSON]:
    """A lawyer of the roster."""
    letter = label.rsplit("-", 1)[1]
    return {
        "id": lawyer_id(label),
        "pseudonym": f"Cóndor {letter.upper()}",
        "team": "Norte" if letter in "ab" else "Sur",
        "languages": ["es", "quc"],
        "identity": b64(public(label)),
        "status": status,
    }


def roster_value(lawyers: Sequence[str] = LAWYERS) -> dict[str, JSON]:
    """The roster that holds at NOW."""
    return {
        "trust": digest(trust_value()),
        "serial": 1,
        "previous": NO_HASH,
        "origins": [ORIGIN, "https://buzon.example:8443"],
        "issued": "2025-11-20",
        "expires": "2026-02-01",
        "lawyers": [lawyer_value(label) for label in by_id(lawyers)],
        "policy": {"receipts": 2, "weeks": 4, "batch_size": 16},
    }


def weekly_key_value(label: str, week: int = WEEK) -> dict[str, JSON]:
    """One lawyer's key for one week."""
    key = xwing_public(f"{label} week {week}")
    return {"lawyer": lawyer_id(label), "week": week, "key": b64(key)}


def freshness_value(
    roster: JSON, lawyers: Sequence[str] = LAWYERS, weeks: Sequence[int] = WEEKS
) -> dict[str, JSON]:
    """The freshness for *roster* that holds at NOW."""
    return {
        "roster": digest(roster),
        "issued": "2025-11-28",
        "weeks": [
            {
                "week": week,
                "keys": [
                    [lawyer_id(label), digest(weekly_key_value(label, week))]
                    for label in by_id(lawyers)
                ],
            }
            for week in weeks
        ],
    }


def trust(value: JSON | None = None, signers: Sequence[str] = QUORUM) -> dict[str, JSON]:
    """A signed trust."""
    return envelope("buzon/trust/v1", trust_value() if value is None else value, signers)


def roster(value: JSON | None = None, signers: Sequence[str] = QUORUM) -> dict[str, JSON]:
    """A signed roster."""
    return envelope("buzon/roster/v1", roster_value() if value is None else value, signers)


def freshness(value: JSON | None = None, signers: Sequence[str] = QUORUM) -> dict[str, JSON]:
    """A signed freshness."""
    value = freshness_value(roster_value()) if value is None else value
    return envelope("buzon/freshness/v1", value, signers)


def weekly_key(label: str, week: int = WEEK) -> dict[str, JSON]:
    """A signed weekly key."""
    return envelope("buzon/weekly-key/v1", weekly_key_value(label, week), [label])
