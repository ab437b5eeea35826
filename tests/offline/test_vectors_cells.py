"""The vectors of cells, parts, replies, batches, boards and sealed files, in Python."""

from __future__ import annotations

import base64
import io
from hashlib import sha256
from typing import Any

import pytest

from crypto.airgap.replying import seal_reply_plaintext
from crypto.airgap.unseal import WeeklyPrivateKey, open_message, open_part
from crypto.cell import parse_message_cell
from crypto.errors import BuzonError
from crypto.key_schedule import body_keys
from crypto.manifest import read_manifest
from crypto.message import parse_message, serialise_message
from crypto.part import PART_CELL_BYTES, padme, parse_part_cell, parts_of, segments_of
from crypto.reply import (
    build_board,
    parse_reply_cell,
    split_batch,
    split_board,
    split_reply_text,
)
from crypto.sealed_file import parse_sealed_file_header, read_sealed_file
from crypto.signing import sign
from crypto.strictjson import parse, serialise
from crypto.witness.parts import seal_part
from crypto.witness.replies import ReplyReader
from crypto.witness.seal import assemble_message_cell
from tests.vectors import vector_file, vectors

Vector = dict[str, Any]


def named(name: str, *operations: str, outcome: str = "") -> pytest.MarkDecorator:
    """Parametrise by the vectors of a file that ask for one of *operations* and end so."""
    chosen = [
        vector
        for vector in vectors(name)
        if (not operations or vector["operation"] in operations)
        and outcome in ("", vector["outcome"])
    ]
    assert chosen
    return pytest.mark.parametrize("vector", chosen, ids=lambda vector: vector["name"])


def outcome(attempt: Any) -> tuple[str, Any]:
    """ "ok" and the result, or the code of the one error."""
    try:
        return "ok", attempt()
    except BuzonError as error:
        return error.code, None


def changed(cell: bytes, vector: Vector) -> bytes:
    """*cell* with the patches, flipped bits and size that a vector states."""
    content = bytearray(cell)
    for offset, replacement in vector.get("patch", []):
        replaced = base64.b64decode(replacement)
        content[offset : offset + len(replaced)] = replaced
    for bit in vector.get("flip", []):
        content[bit // 8] ^= 0x80 >> bit % 8
    size = vector.get("bytes", len(content))
    return bytes(content[:size]) + bytes(max(size - len(content), 0))


def patterned(pattern: str, size: int) -> bytes:
    key = bytes.fromhex(pattern)
    period = bytes(key[i % 32] ^ i >> 5 for i in range(8_192))
    return (period * (size // 8_192 + 1))[:size]


# ---------------------------------------------------------------- message cells


def assembled(name: str, json_bytes: bytes | None = None) -> bytes:
    """The cell of a recipe, by the code under test."""
    content = vector_file("message_cell")
    recipe = content["cells"][name]
    return assemble_message_cell(
        recipe["week"],
        bytes.fromhex(recipe["roster_hash"]),
        [base64.b64decode(content["slots"][slot]) for slot in recipe["slots"]],
        bytes.fromhex(recipe["cell_key"]),
        bytes.fromhex(recipe["thread_seed"]),
        recipe["json"].encode() if json_bytes is None else json_bytes,
    )


def weekly_key(name: str) -> WeeklyPrivateKey:
    key = vector_file("message_cell")["keys"][name]
    return WeeklyPrivateKey.from_seed(
        bytes.fromhex(key["lawyer"]), key["week"], bytes.fromhex(key["seed"])
    )


@named("message_cell", "parse")
def test_a_message_cell_is_parsed_as_its_vector_says(vector: Vector) -> None:
    cell = changed(assembled(vector["cell"]), vector)
    code, parsed = outcome(lambda: parse_message_cell(cell))
    assert code == vector["outcome"]
    if parsed:
        assert (parsed.week, parsed.roster_hash.hex()) == (vector["week"], vector["roster_hash"])


@named("message_cell", "seal")
def test_a_message_cell_is_sealed_to_the_bytes_of_its_vector(vector: Vector) -> None:
    filling = b"x" * vector["json_bytes"] if "json_bytes" in vector else None
    code, cell = outcome(lambda: assembled(vector["cell"], filling))
    assert code == vector["outcome"]
    if cell:
        assert sha256(cell).hexdigest() == vector["sha256"]
        recipe = vector_file("message_cell")["cells"][vector["cell"]]
        parsed = parse_message_cell(cell)
        assert parsed.transcript.hex() == recipe["transcript"]
        assert parsed.commitment.hex() == recipe["commitment"]
        keys = body_keys(bytes.fromhex(recipe["cell_key"]), parsed.transcript)
        assert keys.commitment == parsed.commitment


def test_the_plainest_message_cell_is_there_in_full() -> None:
    whole = base64.b64decode(vector_file("message_cell")["minimal_cell"])
    assert assembled("minimal") == whole


@named("message_cell", "open")
def test_a_message_cell_opens_as_its_vector_says(vector: Vector) -> None:
    cell = parse_message_cell(changed(assembled(vector["cell"]), vector))
    keys = [weekly_key(name) for name in vector["keys"]]
    code, opened = outcome(lambda: open_message(cell, keys))
    assert code == vector["outcome"]
    if opened:
        assert opened.lawyer == weekly_key(vector["lawyer"]).lawyer
        assert sha256(opened.json_bytes).hexdigest() == vector["json_sha256"]
        assert opened.message == parse_message(opened.json_bytes)
        assert opened.thread_key.hex() == vector["thread_key"]
        assert opened.signature == base64.b64decode(vector["signature"])
        assert opened.transcript.hex() == vector["transcript"]


@named("message")
def test_a_message_is_read_as_its_vector_says(vector: Vector) -> None:
    document = vector["document"].encode()
    code, message = outcome(lambda: parse_message(document))
    assert code == vector["outcome"]
    if message:
        assert parse_message(serialise_message(message)) == message


# ---------------------------------------------------------------- parts and manifests


@named("manifest")
def test_a_manifest_is_read_as_its_vector_says(vector: Vector) -> None:
    document = vector["document"].encode()
    code, manifest = outcome(lambda: read_manifest(parse(document, 65_536)))
    assert code == vector["outcome"]
    if manifest:
        assert serialise(manifest.to_json()) == document


@named("segments", "padme")
def test_a_number_is_padded_as_its_vector_says(vector: Vector) -> None:
    assert padme(vector["number"]) == vector["padded"]


@named("segments", "segments")
def test_a_file_is_cut_as_its_vector_says(vector: Vector) -> None:
    segments = segments_of(vector["size"])
    assert [[one.offset, one.size, one.count] for one in segments] == vector["segments"]
    assert [one.index for one in segments] == list(range(len(segments)))
    assert parts_of(vector["size"]) == sum(one.count for one in segments)


def sealed_part(name: str) -> bytes:
    """The part of a recipe, by the code under test."""
    recipe = vector_file("part_cell")["cells"][name]
    return seal_part(
        bytes.fromhex(recipe["key"]),
        bytes.fromhex(recipe["id"]),
        recipe["index"],
        recipe["count"],
        patterned(recipe["pattern"], recipe["content_bytes"]),
        bytes.fromhex(recipe["salt"]),
    )


@named("part_cell", "seal")
def test_a_part_is_sealed_to_the_bytes_of_its_vector(vector: Vector) -> None:
    cell = sealed_part(vector["cell"])
    assert sha256(cell).hexdigest() == vector["sha256"]
    assert cell.startswith(base64.b64decode(vector["beginning"]))
    assert cell.endswith(bytes.fromhex(vector["tag"]))


@named("part_cell", "parse")
def test_a_part_cell_is_parsed_as_its_vector_says(vector: Vector) -> None:
    cell = changed(sealed_part(vector["cell"]), vector)
    code, parsed = outcome(lambda: parse_part_cell(cell))
    assert code == vector["outcome"]
    if parsed:
        assert parsed.salt.hex() == vector["salt"]


@named("part_cell", "open")
def test_a_part_opens_as_its_vector_says(vector: Vector) -> None:
    asked = vector_file("part_cell")["cells"][vector["cell"]] | vector
    cell = changed(sealed_part(vector["cell"]), vector)
    code, content = outcome(
        lambda: open_part(
            bytes.fromhex(asked["key"]),
            bytes.fromhex(asked["id"]),
            asked["index"],
            asked["count"],
            cell,
            asked["real_bytes"],
        )
    )
    assert code == vector["outcome"]
    if content is not None:
        assert sha256(content).hexdigest() == vector["content_sha256"]


# ---------------------------------------------------------------- replies


def reply_reader(name: str) -> ReplyReader:
    content = vector_file("reply_cell")
    keys = content["readers"][name]
    identities = {
        bytes.fromhex(lawyer): bytes.fromhex(identity)
        for lawyer, identity in content["identities"].items()
    }
    return ReplyReader(
        bytes.fromhex(keys["reply_seed"]), bytes.fromhex(keys["tag_key"]), identities
    )


@named("reply_cell", "open")
def test_a_reply_opens_as_its_vector_says(vector: Vector) -> None:
    cell = changed(base64.b64decode(vector_file("reply_cell")["cell"]), vector)
    reader = reply_reader(vector["reader"])
    code, reply = outcome(lambda: reader.open(cell))
    assert code == vector["outcome"]
    assert len(reader.read([cell])) == (code == "ok")
    if reply:
        assert reply.lawyer.hex() == vector["lawyer"]
        told = (reply.week, reply.sequence, reply.part, reply.of)
        assert told == tuple(vector[name] for name in ("week", "sequence", "part", "of"))
        assert sha256(reply.text.encode()).hexdigest() == vector["text_sha256"]


@named("reply_cell", "open", outcome="ok")
def test_a_good_reply_sealed_anew_is_read_the_same(vector: Vector) -> None:
    content = vector_file("reply_cell")
    keys = content["readers"]["witness"]
    reader = reply_reader("witness")
    reply = reader.open(changed(base64.b64decode(content["cell"]), vector))
    reply_key = base64.b64decode(keys["reply_key"])
    seed = bytes.fromhex(content["identity_seeds"][reply.lawyer.hex()])
    plaintext = reply.plaintext(sign(seed, reply.statement(reply_key)))
    again = seal_reply_plaintext(reply_key, bytes.fromhex(keys["tag_key"]), plaintext)
    assert reader.open(again) == reply


@named("reply_cell", "parse")
def test_a_reply_cell_has_one_size(vector: Vector) -> None:
    assert outcome(lambda: parse_reply_cell(bytes(vector["bytes"])))[0] == vector["outcome"]


@named("reply_cell", "split")
def test_a_reply_is_split_as_its_vector_says(vector: Vector) -> None:
    text = vector["unit"] * vector["times"]
    code, pieces = outcome(lambda: split_reply_text(text))
    assert code == vector["outcome"]
    if pieces:
        assert [len(piece.encode()) for piece in pieces] == vector["pieces"]
        assert "".join(pieces) == text


@named("batch")
def test_a_batch_is_split_as_its_vector_says(vector: Vector) -> None:
    cells = [patterned(pattern, 4_096) for pattern in vector["cells"]]
    extra = vector["extra_bytes"]
    batch = b"".join(cells)[: extra if extra < 0 else None] + bytes(max(extra, 0))
    assert sha256(batch).hexdigest() == vector["sha256"]
    code, split = outcome(lambda: split_batch(batch, vector["batch_size"]))
    assert code == vector["outcome"]
    assert split is None or split == cells


@named("board", "build")
def test_a_board_is_built_as_its_vector_says(vector: Vector) -> None:
    board = build_board(patterned(pattern, 4_096) for pattern in vector["cells"])
    assert sha256(board).hexdigest() == vector["sha256"]


@named("board", "split")
def test_a_board_is_split_as_its_vector_says(vector: Vector) -> None:
    code, cells = outcome(lambda: split_board(bytes(vector["bytes"])))
    assert code == vector["outcome"]
    assert cells is None or len(cells) == vector["cells"]


# ---------------------------------------------------------------- sealed files


@named("sealed_file", "header")
def test_a_sealed_file_begins_as_its_vector_says(vector: Vector) -> None:
    first = bytes.fromhex(vector["header"])
    code, counts = outcome(lambda: parse_sealed_file_header(first, vector["file_bytes"]))
    assert code == vector["outcome"]
    if counts:
        assert (counts.messages, counts.parts) == (vector["messages"], vector["parts"])


@named("sealed_file", "read")
def test_each_cell_of_a_sealed_file_is_refused_by_its_own_code(vector: Vector) -> None:
    messages = [bytes.fromhex(start).ljust(65_536, b"\0") for start in vector["message_beginnings"]]
    parts = [
        bytes.fromhex(start).ljust(PART_CELL_BYTES, b"\0") for start in vector["part_beginnings"]
    ]
    whole = b"".join([bytes.fromhex(vector["header"]), *messages, *parts])
    counts, cells = read_sealed_file(io.BytesIO(whole))
    filed = list(cells)
    assert [one.refusal.code if one.refusal else "ok" for one in filed] == vector["cells"]
    assert [one.cell for one in filed] == [*messages, *parts]
    assert counts.file_bytes == len(whole)
