"""Message cells: parsed, sealed from given randomness, opened.

A cell is told as a recipe: slots by name, cell key, thread seed and JSON give its bytes,
whose SHA-256 is stated.  A vector takes one of them and writes patches over it.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import sha256
from typing import Any

from nacl.bindings import crypto_core_ed25519_scalar_reduce, crypto_scalarmult_ed25519_base_noclamp
from nacl.signing import SigningKey

from tests.vectors.generator.manifest import manifest_value
from tests.vectors.generator.message import full_value, minimal_value
from tests.vectors.generator.organisation import (
    JSON,
    LAWYERS,
    WEEK,
    b64,
    compact,
    digest,
    lawyer_id,
    roster_value,
    seed,
    text,
    without,
)
from tests.vectors.generator.sealing import message_cell, patch, public_of, slot

ROSTER = bytes.fromhex(digest(roster_value()))
CELL_KEY = seed("cell key")
OTHER_CELL_KEY = seed("other cell key")
THREAD = seed("thread")
SLOTS_START, SLOT, SLOTS_END, COMMITMENT_END = 44, 1_168, 18_732, 18_764
CAPACITY = 46_656


def key_seed(lawyer: str, week: int = WEEK) -> bytes:
    """The X-Wing seed of a lawyer's weekly key."""
    return seed(f"{lawyer} week {week}")


def real(lawyer: str, cell_key: bytes = CELL_KEY, label: str = "") -> bytes:
    """A recipient's slot."""
    name = f"slot {label}{lawyer}"
    return slot(public_of(key_seed(lawyer)), WEEK, ROSTER, cell_key, name)


def unused(number: int, label: str = "") -> bytes:
    """A slot to a throw-away key."""
    throw_away = public_of(seed(f"throw-away {label}{number}"))
    secret = seed(f"throw-away secret {label}{number}")
    return slot(throw_away, WEEK, ROSTER, secret, f"unused {label}{number}")


@cache
def slots() -> dict[str, bytes]:
    """Every slot that the recipes name."""
    named = {f"unused-{number}": unused(number) for number in range(15)}
    named |= {lawyer: real(lawyer) for lawyer in LAWYERS}
    named |= {f"{lawyer}-other": real(lawyer, OTHER_CELL_KEY, "other ") for lawyer in LAWYERS}
    public = public_of(key_seed("lawyer-a"))
    another = public_of(key_seed("lawyer-b"))
    name = "misplaced "
    named["lawyer-a-other-week"] = slot(public, WEEK + 1, ROSTER, CELL_KEY, name + "week")
    named["lawyer-a-other-roster"] = slot(public, WEEK, bytes(32), CELL_KEY, name + "roster")
    named["lawyer-a-other-person"] = slot(
        public, WEEK, ROSTER, CELL_KEY, name + "person", info_key=another
    )
    for number in range(13):
        lawyer = f"lawyer-{number + 3}"
        named[lawyer] = real(lawyer)
    return named


def usual(*recipients: str) -> list[str]:
    """16 names of slots, the recipients among throw-away ones."""
    rest = [f"unused-{number}" for number in range(16 - len(recipients))]
    places = [3, 9, 14]
    for place, recipient in zip(places, recipients, strict=False):
        rest.insert(place, recipient)
    return rest


def filled(size: int) -> bytes:
    """A message of exactly *size* bytes of JSON."""
    empty = compact(minimal_value() | {"answers": {"narrative": ""}})
    filling = "ñ" * ((size - len(empty)) // 2) + "x" * ((size - len(empty)) % 2)
    return compact(minimal_value() | {"answers": {"narrative": filling}})


@cache
def recipes() -> dict[str, dict[str, Any]]:
    """Cells by name: what they are made of."""
    minimal = compact(minimal_value())
    named: dict[str, dict[str, Any]] = {
        "minimal": {"slots": usual(*LAWYERS), "json": minimal},
        "one": {"slots": usual("lawyer-a"), "json": minimal},
        "sixteen": {
            "slots": [*LAWYERS, *(f"lawyer-{number + 3}" for number in range(13))],
            "json": minimal,
        },
        "full": {"slots": usual(*LAWYERS), "json": compact(full_value())},
        "capacity": {"slots": usual(*LAWYERS), "json": filled(CAPACITY)},
        "almost-capacity": {"slots": usual(*LAWYERS), "json": filled(CAPACITY - 1)},
        "other": {
            "slots": usual(*(f"{lawyer}-other" for lawyer in LAWYERS)),
            "json": compact(minimal_value() | {"answers": {"narrative": "otra"}}),
            "cell_key": OTHER_CELL_KEY,
            "thread_seed": seed("other thread"),
        },
        "two-keys": {
            "slots": usual("lawyer-a", "lawyer-b-other", "lawyer-c"),
            "json": minimal,
        },
        "twice": {"slots": usual("lawyer-a", "lawyer-a-other"), "json": minimal},
        "twice-reversed": {"slots": usual("lawyer-a-other", "lawyer-a"), "json": minimal},
    }
    for what in ("week", "roster", "person"):
        misplaced = usual(f"lawyer-a-other-{what}", "lawyer-b")
        named[f"other-{what}"] = {"slots": misplaced, "json": minimal}
    standard = {"week": WEEK, "roster_hash": ROSTER, "cell_key": CELL_KEY, "thread_seed": THREAD}
    return {name: standard | recipe for name, recipe in named.items()}


def made(name: str, document: bytes | None = None, **changed: bytes) -> bytes:
    """The cell of a recipe; *changed* replaces fields inside its body."""
    recipe = recipes()[name]
    return message_cell(
        recipe["week"],
        recipe["roster_hash"],
        [slots()[slot_name] for slot_name in recipe["slots"]],
        recipe["cell_key"],
        recipe["thread_seed"],
        recipe["json"] if document is None else document,
        **changed,
    )


def recipe_json(name: str) -> JSON:
    """A recipe as the file holds it."""
    recipe = recipes()[name]
    cell = made(name)
    return {
        "week": recipe["week"],
        "roster_hash": recipe["roster_hash"].hex(),
        "slots": recipe["slots"],
        "cell_key": recipe["cell_key"].hex(),
        "thread_seed": recipe["thread_seed"].hex(),
        "json": recipe["json"].decode(),
        "transcript": sha256(cell[:SLOTS_END]).hexdigest(),
        "commitment": cell[SLOTS_END:COMMITMENT_END].hex(),
        "sha256": sha256(cell).hexdigest(),
    }


Vector = dict[str, JSON]


def parsing() -> Iterator[Vector]:
    """Nothing is opened."""

    def parse(name: str, comment: str, outcome: str, **more: JSON) -> Vector:
        return {
            "name": f"parse-{name}",
            "comment": comment,
            "operation": "parse",
            "cell": "minimal",
            "patch": [],
            **more,
            "outcome": outcome,
        }

    fields = {"week": WEEK, "roster_hash": ROSTER.hex()}
    yield parse("minimal", "", "ok", **fields)
    other = {"week": 2**32 - 1, "roster_hash": ROSTER.hex()}
    yield parse("largest-week", "", "ok", patch=[[8, b64(b"\xff" * 4)]], **other)
    other = {"week": WEEK, "roster_hash": "ff" * 32}
    yield parse("any-roster", "", "ok", patch=[[12, b64(b"\xff" * 32)]], **other)
    for size in (0, 1, 8, 65_535, 65_537, 1_048_576):
        yield parse(f"size-{size}", "cut off, or zeros added", "cell-size", bytes=size)
    for place, wrong, code, name in [
        (0, b"b", "cell-magic", "magic-first"),
        (3, b"2", "cell-magic", "magic-last"),
        (4, b"\0", "cell-suite", "suite-0"),
        (4, b"\2", "cell-suite", "suite-2"),
        (5, b"\0", "cell-kind", "kind-0"),
        (5, b"\2", "cell-kind", "kind-part"),
        (6, b"\1", "cell-reserved", "reserved-first"),
        (7, b"\x80", "cell-reserved", "reserved-last"),
    ]:
        yield parse(name, "", code, patch=[[place, b64(wrong)]])
    worst = b"XXXX\2\2\1\1"
    for end, code in [(8, "cell-magic"), (4, "cell-suite"), (5, "cell-kind")]:
        start = 0 if end == 8 else end
        comment = "several things are wrong: the first is told"
        yield parse(f"first-{code}", comment, code, patch=[[start, b64(worst[start:])]])


def opened(name: str, comment: str, cell: str, key: str, outcome: str, **more: JSON) -> Vector:
    """A vector that opens a cell with the keys of one lawyer."""
    return {
        "name": f"open-{name}",
        "comment": comment,
        "operation": "open",
        "cell": cell,
        "patch": [],
        "keys": [key],
        **more,
        "outcome": outcome,
    }


def result(cell: str, lawyer: str, document: bytes | None = None) -> dict[str, JSON]:
    """What opening tells."""
    recipe = recipes()[cell]
    written = recipe["json"] if document is None else document
    whole = made(cell, written)
    transcript = sha256(whole[:SLOTS_END]).digest()
    statement = b"buzon/thread-sig/v1" + transcript + sha256(written).digest()
    signing_key = SigningKey(recipe["thread_seed"])
    return {
        "lawyer": lawyer,
        "json_sha256": sha256(written).hexdigest(),
        "thread_key": bytes(signing_key.verify_key).hex(),
        "signature": b64(signing_key.sign(statement).signature),
        "transcript": transcript.hex(),
    }


def opening() -> Iterator[Vector]:
    """Cells as they were sealed, or cells with a wrong slot in them."""
    for lawyer in LAWYERS:
        yield opened(f"minimal-{lawyer}", "", "minimal", lawyer, "ok", **result("minimal", lawyer))
    for cell in ("one", "sixteen", "full", "capacity", "almost-capacity", "other"):
        yield opened(cell, "", cell, "lawyer-a", "ok", **result(cell, "lawyer-a"))
    yield opened(
        "last-of-sixteen", "", "sixteen", "lawyer-15", "ok", **result("sixteen", "lawyer-15")
    )
    both = {"keys": ["lawyer-b", "lawyer-a"]}
    yield opened("first-key", "two keys", "one", "", "ok", **both | result("one", "lawyer-a"))
    yield opened("not-a-recipient", "", "one", "lawyer-b", "unseal")
    yield opened("no-keys", "", "minimal", "", "unseal", keys=[])
    yield opened("key-of-another-week", "", "minimal", "lawyer-a week 101", "unseal")
    comment = "the right key, held for a week that is not the cell's"
    yield opened("right-key-of-another-week", comment, "minimal", "lawyer-a as of 101", "unseal")
    yield opened("second-key", "a slot with another cell key", "two-keys", "lawyer-b", "unseal")
    for lawyer in ("lawyer-a", "lawyer-c"):
        yield opened(
            f"second-key-{lawyer}",
            "the others read",
            "two-keys",
            lawyer,
            "ok",
            **result("two-keys", lawyer),
        )
    for cell in ("twice", "twice-reversed"):
        comment = "one key opens two slots: the one of the commitment counts"
        yield opened(cell, comment, cell, "lawyer-a", "ok", **result(cell, "lawyer-a"))
    for what in ("week", "roster", "person"):
        cell = f"other-{what}"
        comment = f"the slot was sealed for another {what}"
        yield opened(f"slot-{cell}", comment, cell, "lawyer-a", "unseal")
        beside = result(cell, "lawyer-b")
        yield opened(
            f"beside-{cell}", "the slot beside it is good", cell, "lawyer-b", "ok", **beside
        )


def place_of(lawyer: str) -> int:
    """Where a lawyer's slot in `minimal` begins."""
    names: list[str] = recipes()["minimal"]["slots"]
    return SLOTS_START + SLOT * names.index(lawyer)


def tampered() -> Iterator[Vector]:
    """One thing about `minimal` is changed by somebody without keys."""

    def tamper(name: str, comment: str, *patches: tuple[int, bytes]) -> Vector:
        written = [[place, b64(replacement)] for place, replacement in patches]
        return opened(name, comment, "minimal", "lawyer-a", "unseal", patch=written)

    cell = made("minimal")

    def flip(place: int, bit: int = 0) -> tuple[int, bytes]:
        return place, bytes([cell[place] ^ 1 << bit])

    yield tamper("week-flipped", "", flip(11))
    moved = opened("moved-to-another-week", "", "minimal", "lawyer-a as of 101", "unseal")
    yield moved | {"patch": [[8, b64((WEEK + 1).to_bytes(4))]]}
    yield tamper("roster-flipped", "", flip(12))
    yield tamper("roster-moved", "", (12, bytes(32)))
    own, another = place_of("lawyer-a"), place_of("lawyer-b")
    for place, what in [(0, "first"), (1_087, "mlkem-last"), (1_088, "x25519-first")]:
        yield tamper(f"slot-flipped-{what}", "", flip(own + place))
    yield tamper("slot-flipped-x25519-top", "the bit that X25519 ignores", flip(own + 1_119, 7))
    yield tamper("slot-flipped-ciphertext", "", flip(own + 1_120))
    yield tamper("slot-flipped-tag", "", flip(own + SLOT - 1, 7))
    yield tamper("another-slot-flipped", "T changes for all", flip(another))
    own_slot, other_slot = cell[own : own + SLOT], cell[another : another + SLOT]
    yield tamper("slots-swapped", "", (own, other_slot), (another, own_slot))
    yield tamper("slot-copied", "", (another, own_slot))
    foreign = slots()["lawyer-a-other"]
    yield tamper("slot-of-another-cell", "", (own, foreign))
    yield tamper("slot-of-another-cell-beside", "", (another, slots()["lawyer-b-other"]))
    yield tamper("slots-zero", "", (SLOTS_START, bytes(16 * SLOT)))
    yield tamper("commitment-flipped", "", flip(SLOTS_END))
    yield tamper("commitment-flipped-last", "", flip(COMMITMENT_END - 1, 7))
    yield tamper(
        "commitment-of-another-cell", "", (SLOTS_END, made("other")[SLOTS_END:COMMITMENT_END])
    )
    yield tamper("body-flipped", "", flip(COMMITMENT_END))
    yield tamper("body-flipped-padding", "", flip(65_536 - 17))
    yield tamper("body-flipped-tag", "", flip(65_535))
    yield tamper(
        "body-of-another-cell-start", "", (COMMITMENT_END, made("other")[COMMITMENT_END:][:64])
    )


def small_order_signature(transcript: bytes, document: bytes) -> dict[str, bytes]:
    """Key of order 1 with R = r B and S = r, which lax verifiers accept for any text."""
    secret = crypto_core_ed25519_scalar_reduce(seed("r") + sha256(transcript + document).digest())
    point = crypto_scalarmult_ed25519_base_noclamp(secret)
    return {"thread_key": b"\1" + bytes(31), "signature": point + secret}


def resealed() -> Iterator[Vector]:
    """The body of `minimal` holds something else, sealed by somebody with the cell key."""
    base = made("minimal")
    transcript = sha256(base[:SLOTS_END]).digest()
    minimal: bytes = recipes()["minimal"]["json"]

    def reseal(
        name: str, comment: str, body: bytes, outcome: str = "unseal", **more: JSON
    ) -> Vector:
        difference = {"patch": patch(base, body)}
        return opened(name, comment, "minimal", "lawyer-a", outcome, **difference, **more)

    second = compact(minimal_value() | {"consent": {"a": True}})
    told = result("minimal", "lawyer-a", second)
    comment = "the same T, signed by the thread: kept beside the first"
    yield reseal("second-body", comment, made("minimal", second), "ok", **told)
    signature = (
        SigningKey(THREAD)
        .sign(b"buzon/thread-sig/v1" + transcript + sha256(minimal).digest())
        .signature
    )
    swapped = made("minimal", second, signature=signature)
    yield reseal("body-swapped", "a recipient put other words in", swapped)
    elsewhere = (
        SigningKey(THREAD)
        .sign(
            b"buzon/thread-sig/v1"
            + sha256(made("one")[:SLOTS_END]).digest()
            + sha256(minimal).digest()
        )
        .signature
    )
    comment = "the same words in another cell"
    yield reseal("signature-of-another-cell", comment, made("minimal", signature=elsewhere))
    bare = SigningKey(THREAD).sign(transcript + sha256(minimal).digest()).signature
    yield reseal("signature-without-label", "", made("minimal", signature=bare))
    yield reseal("signature-zero", "", made("minimal", signature=bytes(64)))
    flipped = bytes([signature[0] ^ 1]) + signature[1:]
    yield reseal("signature-flipped", "", made("minimal", signature=flipped))
    stranger = bytes(SigningKey(seed("other thread")).verify_key)
    yield reseal("thread-key-of-another", "", made("minimal", thread_key=stranger))
    forged = small_order_signature(transcript, minimal)
    yield reseal("thread-key-of-small-order", "any text verifies laxly", made("minimal", **forged))
    yield from lengths(base, minimal, reseal)
    yield from not_messages(reseal)


def lengths(base: bytes, minimal: bytes, reseal: Any) -> Iterator[Vector]:
    """The length and the zeros after the JSON."""
    size = len(minimal)
    for name, length in [
        ("too-short", size - 1),
        ("too-long", size + 1),
        ("capacity", CAPACITY),
        ("beyond-capacity", CAPACITY + 1),
        ("largest", 2**32 - 1),
    ]:
        yield reseal(f"length-{name}", "", made("minimal", length=length.to_bytes(4)))
    zeros = bytes(CAPACITY - size - 1)
    yield reseal("padding-first", "", made("minimal", padding=b"\1" + zeros))
    yield reseal("padding-last", "", made("minimal", padding=zeros + b"\x80"))
    yield reseal("padding-spaces", "", made("minimal", padding=b" " * (len(zeros) + 1)))


def beyond_capacity() -> Vector:
    """The JSON fills the cell and is signed, but is said to be a byte longer."""
    whole = made("capacity")
    longer = made("capacity", length=(CAPACITY + 1).to_bytes(4))
    difference = {"patch": patch(whole, longer)}
    return opened("length-beyond-full", "", "capacity", "lawyer-a", "unseal", **difference)


def not_messages(reseal: Any) -> Iterator[Vector]:
    """Signed by the thread, yet no message."""
    value = minimal_value()
    manifest = without(manifest_value(), "role")
    for name, document in {
        "empty": b"",
        "not-json": b"Me llamo",
        "not-utf8": compact(value).replace(b'"1"', b'"\xff"'),
        "array": b"[]",
        "key-twice": compact(value).replace(b'"read":{}', b'"read":{},"read":{}'),
        "without-key": compact(without(value, "tag_key")),
        "unknown-key": compact(value | {"more": 1}),
        "unknown-kind": compact(value | {"kind": "reply"}),
        "fraction": compact(value | {"answers": {"a": 1.5}}),
        "null": compact(value | {"answers": {"a": None}}),
        "reply-key-short": compact(value | {"reply_key": value["reply_key"][4:]}),
        "manifest-broken": compact(value | {"files": [manifest]}),
    }.items():
        yield reseal(f"json-{name}", "", made("minimal", document))


def sealing() -> Iterator[Vector]:
    """The cell that follows from given randomness."""
    for name in recipes():
        yield {
            "name": f"seal-{name}",
            "comment": "the recipe gives these bytes",
            "operation": "seal",
            "cell": name,
            "outcome": "ok",
            "sha256": sha256(made(name)).hexdigest(),
        }
    for size, outcome in [(CAPACITY + 1, "message-too-long"), (2 * CAPACITY, "message-too-long")]:
        yield {
            "name": f"seal-{size}-bytes",
            "comment": "`minimal` with that many x for JSON",
            "operation": "seal",
            "cell": "minimal",
            "json_bytes": size,
            "outcome": outcome,
        }


def keys() -> JSON:
    """Private keys by the name that vectors call them."""
    named = {lawyer: (lawyer, WEEK, key_seed(lawyer)) for lawyer in LAWYERS}
    named["lawyer-15"] = ("lawyer-15", WEEK, key_seed("lawyer-15"))
    named["lawyer-a week 101"] = ("lawyer-a", WEEK + 1, key_seed("lawyer-a", WEEK + 1))
    named["lawyer-a as of 101"] = ("lawyer-a", WEEK + 1, key_seed("lawyer-a"))
    return {
        name: {"lawyer": lawyer_id(lawyer), "week": week, "seed": secret.hex()}
        for name, (lawyer, week, secret) in named.items()
    }


def document() -> JSON:
    """What message_cell.json holds."""
    minimal = made("minimal")
    vectors: Sequence[Vector] = [
        *parsing(),
        *sealing(),
        *opening(),
        *tampered(),
        *resealed(),
        beyond_capacity(),
    ]
    assert text(minimal_value()).encode() == recipes()["minimal"]["json"]
    return {
        "format": "message cell, version 1",
        "source": "crypto/spec/message-cell-v1.md",
        "how": {
            "cells": "made of `slots` by name, in order; nothing random is left",
            "patch": "[offset, base64]: bytes written over the cell",
            "bytes": "the size to which the cell is cut, or filled with zeros",
            "lawyer": "the name of the key in `keys` that opens it",
        },
        "keys": keys(),
        "slots": {name: b64(content) for name, content in slots().items()},
        "cells": {name: recipe_json(name) for name in recipes()},
        "minimal_cell": b64(minimal),
        "vectors": vectors,
    }
