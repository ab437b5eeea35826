"""Reply cells: opened by the witness, and what a lawyer's text is cut into."""

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from typing import Any

from tests.vectors.generator.organisation import JSON, LAWYERS, b64, lawyer_id, public, seed
from tests.vectors.generator.sealing import (
    hpke_seal,
    patch,
    public_of,
    reply_cell,
    reply_head,
    reply_signature,
)

REPLY_SEED, TAG_KEY = seed("reply"), seed("tag key")
OTHER_SEED, OTHER_TAG_KEY = seed("other reply"), seed("other tag key")
LABEL = "reply cell"
TEXT_BYTES = 2_860
SIGNATURE_END = 84


def plaintext(text: bytes, signer: str = "lawyer-a", **changed: Any) -> bytes:
    """What a reply seals; *changed* replaces fields before the lawyer signs."""
    fields: dict[str, Any] = {
        "lawyer": bytes.fromhex(lawyer_id("lawyer-a")),
        "week": 100,
        "sequence": 1,
        "part": 1,
        "of": 1,
        "length": len(text),
        "reply_key": public_of(REPLY_SEED),
        "padding": bytes(TEXT_BYTES - len(text)),
    }
    fields |= changed
    head = reply_head(
        fields["lawyer"],
        fields["week"],
        fields["sequence"],
        fields["part"],
        fields["of"],
        fields["length"],
    )
    signature = reply_signature(seed(signer), fields["reply_key"], head, text)
    return b"".join([head, fields.get("signature", signature), text, fields["padding"]])


def sealed(content: bytes) -> bytes:
    """A cell for the thread of the vectors; always the same encapsulation."""
    return reply_cell(public_of(REPLY_SEED), TAG_KEY, content, LABEL)


HELLO = "Recibimos su testimonio. ¿Está usted a salvo?".encode()


@cache
def base() -> bytes:
    """The plainest good reply."""
    return sealed(plaintext(HELLO))


def told(text: bytes, **fields: JSON) -> dict[str, JSON]:
    """What opening tells."""
    standard = {
        "lawyer": lawyer_id("lawyer-a"),
        "week": 100,
        "sequence": 1,
        "part": 1,
        "of": 1,
        "text_sha256": sha256(text).hexdigest(),
    }
    return standard | fields


def opened(name: str, comment: str, cell: bytes, outcome: str, **more: JSON) -> dict[str, JSON]:
    """A vector that opens a cell, told as a difference from the plainest one."""
    return {
        "name": f"open-{name}",
        "comment": comment,
        "operation": "open",
        "reader": "witness",
        "patch": patch(base(), cell),
        **more,
        "outcome": outcome,
    }


def good() -> Iterator[dict[str, JSON]]:
    """Replies that are read."""
    yield opened("plain", "", base(), "ok", **told(HELLO))
    for name, text in {
        "one-byte": b"x",
        "almost-full": b"x" * (TEXT_BYTES - 1),
        "full": b"x" * TEXT_BYTES,
        "four-byte-characters": "𝕏".encode() * (TEXT_BYTES // 4),
        "control-characters": "a\n\t\0\u202eb".encode(),
        "not-normalised": "n\u0303".encode(),
    }.items():
        yield opened(name, "", sealed(plaintext(text)), "ok", **told(text))
    places: dict[str, dict[str, Any]] = {
        "largest": {"week": 2**32 - 1, "sequence": 2**32 - 1, "part": 16, "of": 16},
        "week-0": {"week": 0},
        "second-of-two": {"part": 2, "of": 2},
    }
    for name, fields in places.items():
        yield opened(name, "", sealed(plaintext(HELLO, **fields)), "ok", **told(HELLO, **fields))
    retired = {"lawyer": lawyer_id("lawyer-c")}
    content = plaintext(HELLO, "lawyer-c", lawyer=bytes.fromhex(retired["lawyer"]))
    yield opened("retired-lawyer", "any status", sealed(content), "ok", **told(HELLO, **retired))


def malformed() -> Iterator[dict[str, JSON]]:
    """Sealed and signed by a lawyer of the roster, yet no reply."""
    wrong: dict[str, dict[str, Any]] = {
        "sequence-0": {"sequence": 0},
        "part-0": {"part": 0},
        "of-0": {"part": 0, "of": 0},
        "part-beyond": {"part": 3, "of": 2},
        "of-17": {"of": 17},
        "length-0": {"length": 0},
        "length-beyond": {"length": TEXT_BYTES + 1},
        "length-largest": {"length": 65_535},
        "padding-first": {"padding": b"\1" + bytes(TEXT_BYTES - len(HELLO) - 1)},
        "padding-last": {"padding": bytes(TEXT_BYTES - len(HELLO) - 1) + b"\x80"},
    }
    for name, fields in wrong.items():
        yield opened(name, "", sealed(plaintext(HELLO, **fields)), "unseal")
    empty = plaintext(b"", length=0)
    yield opened("empty", "length 0 and no text", sealed(empty), "unseal")
    short = plaintext(
        HELLO[:-1], length=len(HELLO) - 1, padding=HELLO[-1:] + bytes(TEXT_BYTES - len(HELLO))
    )
    yield opened("length-short", "text goes on after it", sealed(short), "unseal")
    full = b"x" * TEXT_BYTES
    beyond = plaintext(full)
    beyond = beyond[:18] + (TEXT_BYTES + 1).to_bytes(2) + beyond[20:]
    yield opened("length-beyond-text", "signed as if it were not", sealed(beyond), "unseal")
    for name, text in {
        "byte": b"\xff",
        "cut-character": "ñ".encode()[:1],
        "overlong": b"\xc0\x80",
        "surrogate": b"\xed\xa0\x80",
        "beyond-unicode": b"\xf4\x90\x80\x80",
    }.items():
        yield opened(f"not-utf8-{name}", "", sealed(plaintext(text)), "unseal")


def forged() -> Iterator[dict[str, JSON]]:
    """Well formed and sealed to the thread, but not by the lawyer that it names."""
    yield opened(
        "signed-by-another", "of the roster", sealed(plaintext(HELLO, "lawyer-b")), "unseal"
    )
    named = plaintext(HELLO, lawyer=bytes.fromhex(lawyer_id("lawyer-b")))
    yield opened("names-another", "lawyer-a signs as lawyer-b", sealed(named), "unseal")
    stranger = plaintext(HELLO, "stranger", lawyer=bytes.fromhex(lawyer_id("stranger")))
    yield opened("stranger", "nobody of the roster", sealed(stranger), "unseal")
    whole = plaintext(HELLO)
    for name, place in {
        "lawyer": 0,
        "week": 11,
        "sequence": 15,
        "signature": 20,
        "signature-last": 83,
        "text": 84,
    }.items():
        content = whole[:place] + bytes([whole[place] ^ 2]) + whole[place + 1 :]
        yield opened(f"changed-{name}", "by who has the phrase", sealed(content), "unseal")
    parts = plaintext(HELLO, of=2)
    content = parts[:16] + b"\2" + parts[17:]
    yield opened("changed-part", "one part passed off as another", sealed(content), "unseal")
    content = plaintext(HELLO, signature=bytes(64))
    yield opened("unsigned", "", sealed(content), "unseal")
    elsewhere = plaintext(HELLO, reply_key=public_of(OTHER_SEED))
    yield opened("signed-for-another-thread", "", sealed(elsewhere), "unseal")


def moved() -> Iterator[dict[str, JSON]]:
    """Cells that somebody without keys changed, or that are for another."""
    cell = base()

    def flip(place: int, bit: int = 0) -> bytes:
        return cell[:place] + bytes([cell[place] ^ 1 << bit]) + cell[place + 1 :]

    for name, place, bit in [
        ("tag", 0, 0),
        ("tag-last", 15, 7),
        ("encapsulation", 16, 0),
        ("encapsulation-mlkem", 16 + 1_087, 0),
        ("encapsulation-x25519", 16 + 1_088, 0),
        ("encapsulation-x25519-top", 16 + 1_119, 7),
        ("ciphertext", 16 + 1_120, 0),
        ("ciphertext-padding", 4_000, 0),
        ("ciphertext-tag", 4_095, 7),
    ]:
        yield opened(f"flipped-{name}", "", flip(place, bit), "unseal")
    yield opened("another-reader", "", cell, "unseal", reader="other")
    yield opened("another-tag-key", "the right reply key", cell, "unseal", reader="half")
    reply_key = public_of(REPLY_SEED)
    wrong_info = hpke_seal(reply_key, b"buzon/reply/v1" + bytes(32), plaintext(HELLO), LABEL)
    yield opened("other-info", "sealed for another key's hash", cell[:16] + wrong_info, "unseal")
    short = {"bytes": 4_095}
    yield opened("cut-off", "", cell, "unseal", **short)
    yield opened("zero-added", "", cell, "unseal", bytes=4_097)
    yield opened("nothing", "", cell, "unseal", bytes=0)


def parsing() -> Iterator[dict[str, JSON]]:
    """Only the size can be wrong."""
    for size in (0, 4_095, 4_097, 65_536):
        yield {
            "name": f"parse-size-{size}",
            "comment": "",
            "operation": "parse",
            "bytes": size,
            "outcome": "cell-size",
        }
    yield {
        "name": "parse-zeros",
        "comment": "the right size is all that a reply cell shows",
        "operation": "parse",
        "bytes": 4_096,
        "outcome": "ok",
    }


def splitting() -> Iterator[dict[str, JSON]]:
    """A text is given as a unit and how often it is repeated."""

    def split(name: str, unit: str, times: int, outcome: str, **more: JSON) -> dict[str, JSON]:
        return {
            "name": f"split-{name}",
            "comment": "pieces: bytes of UTF-8 in each part",
            "operation": "split",
            "unit": unit,
            "times": times,
            **more,
            "outcome": outcome,
        }

    full = TEXT_BYTES
    yield split("empty", "x", 0, "reply-empty")
    yield split("one", "x", 1, "ok", pieces=[1])
    yield split("full", "x", full, "ok", pieces=[full])
    yield split("full-and-one", "x", full + 1, "ok", pieces=[full, 1])
    yield split("sixteen", "x", 16 * full, "ok", pieces=[full] * 16)
    yield split("sixteen-and-one", "x", 16 * full + 1, "reply-too-long")
    yield split("three-bytes", "€", 954, "ok", pieces=[2_859, 3])
    yield split("four-bytes", "𝕏", 716, "ok", pieces=[full, 4])
    yield split("mixed", "x𝕏", 572, "ok", pieces=[full])
    yield split("three-bytes-too-long", "€", 16 * 953 + 1, "reply-too-long")
    yield split("lone-surrogate", "\ud800", 1, "reply-not-text")


def document() -> JSON:
    """What reply_cell.json holds."""
    readers = {
        "witness": (REPLY_SEED, TAG_KEY),
        "other": (OTHER_SEED, OTHER_TAG_KEY),
        "half": (REPLY_SEED, OTHER_TAG_KEY),
    }
    return {
        "format": "reply cell, version 1",
        "source": "crypto/spec/reply-cell-v1.md, sections 1 and 2",
        "how": {
            "patch": "[offset, base64]: bytes written over `cell`",
            "bytes": "the size to which the cell is cut, or filled with zeros",
        },
        "readers": {
            name: {
                "reply_seed": reply_seed.hex(),
                "reply_key": b64(public_of(reply_seed)),
                "tag_key": tag_key.hex(),
            }
            for name, (reply_seed, tag_key) in readers.items()
        },
        "identities": {lawyer_id(lawyer): public(lawyer).hex() for lawyer in LAWYERS},
        "identity_seeds": {lawyer_id(lawyer): seed(lawyer).hex() for lawyer in LAWYERS},
        "cell": b64(base()),
        "vectors": [
            *parsing(),
            *splitting(),
            *good(),
            *malformed(),
            *forged(),
            *moved(),
        ],
    }
