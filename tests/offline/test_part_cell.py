"""What parts, segments and manifests promise, for files of every size."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import random
import tracemalloc
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crypto.airgap.unseal import open_listed_part, open_part
from crypto.cell import CellError, UnsealError
from crypto.manifest import ATTACHMENT, Manifest, read_manifest
from crypto.part import (
    PART_CELL_BYTES,
    PART_PLAINTEXT_BYTES,
    SEGMENT_BYTES,
    SEGMENT_PARTS,
    padme,
    parse_part_cell,
    parts_of,
    segments_of,
)
from crypto.shuffle import RandomBytes
from crypto.witness.parts import (
    FileChangedError,
    FileTooLargeError,
    FileUnreadableError,
    seal_file,
    seal_part,
)

KEY = hashlib.sha256(b"file key").digest()
FILE_ID = KEY[:16]
SALT = KEY[16:]


def draw(seed: int = 0) -> RandomBytes:
    """Randomness that repeats itself."""
    return random.Random(seed).randbytes


@cache
def content_of(size: int) -> bytes:
    return draw(size)(size)


def sealed_file(content: bytes, seed: int = 0) -> tuple[list[Manifest], list[bytes]]:
    cells: list[bytes] = []
    file = io.BytesIO(content)
    manifests = seal_file(file, len(content), "a.jpg", ATTACHMENT, cells.append, draw(seed))
    return manifests, cells


def opened_file(manifests: list[Manifest], cells: list[bytes]) -> bytes:
    """The file, joined as a station joins it."""
    by_digest = {hashlib.sha256(cell).digest(): cell for cell in cells}
    return b"".join(
        bytes(open_listed_part(manifest, index, by_digest[digest]))
        for manifest in manifests
        for index, digest in enumerate(manifest.parts)
    )


# ---------------------------------------------------------------- round trips


@pytest.mark.parametrize(
    "size",
    [
        0,
        1,
        PART_PLAINTEXT_BYTES - 1,
        PART_PLAINTEXT_BYTES,
        PART_PLAINTEXT_BYTES + 1,
        2 * PART_PLAINTEXT_BYTES,
        9 * PART_PLAINTEXT_BYTES,
    ],
)
def test_a_file_of_any_size_arrives_as_it_was(size: int) -> None:
    content = content_of(size)
    manifests, cells = sealed_file(content)
    assert {len(cell) for cell in cells} == {PART_CELL_BYTES}
    assert len(cells) == parts_of(size)
    assert len(set(cells)) == len(cells)
    assert opened_file(manifests, cells) == content
    assert [read_manifest(manifest.to_json()) for manifest in manifests] == manifests


@pytest.mark.parametrize("beyond", [-1, 0, 1])
def test_a_file_that_ends_where_a_segment_does_arrives_as_it_was(
    beyond: int, tmp_path: Path
) -> None:
    """Zeros with a mark at each part: the file is larger than a test should hold twice."""
    size = SEGMENT_BYTES + beyond
    path = tmp_path / "file"
    with path.open("wb") as file:
        file.truncate(size)
        for part in range(SEGMENT_PARTS):
            file.seek(part * PART_PLAINTEXT_BYTES)
            file.write(bytes([part + 1]))
        file.seek(size - 1)
        file.write(b"!")
    cells = tmp_path / "cells"
    with path.open("rb") as file, cells.open("wb") as out:
        manifests = seal_file(file, size, "a", ATTACHMENT, out.write, draw())
    assert [len(manifest.parts) for manifest in manifests] == [64] + [8] * (beyond > 0)
    assert len({manifest.group for manifest in manifests}) == 1
    assert len({manifest.key for manifest in manifests}) == len(manifests)
    into = bytearray(PART_PLAINTEXT_BYTES)
    with path.open("rb") as file, cells.open("rb") as sealed:
        for manifest in manifests:
            assert file.tell() == manifest.offset
            for index, digest in enumerate(manifest.parts):
                cell = sealed.read(PART_CELL_BYTES)
                assert hashlib.sha256(cell).digest() == digest
                real = open_listed_part(manifest, index, cell, into)
                assert file.read(len(real)) == bytes(real)
        assert file.read() == b""


def test_sealing_a_file_takes_no_more_memory_than_a_few_parts() -> None:
    size = 40 * PART_PLAINTEXT_BYTES

    class Zeros(io.RawIOBase):
        left = size

        def read(self, size: int = -1, /) -> bytes:
            taken = min(size, self.left)
            self.left -= taken
            return bytes(taken)

    tracemalloc.start()
    try:
        seal_file(Zeros(), size, "a", ATTACHMENT, lambda _: None, draw())  # type: ignore[arg-type]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * PART_CELL_BYTES


@given(st.integers(0, 2**36))
def test_segments_cover_a_file_without_gap_and_pad_it_by_at_most_an_eighth(size: int) -> None:
    covered = 0
    for index, segment in enumerate(segments_of(size)):
        assert segment.index == index
        assert 1 <= segment.count <= SEGMENT_PARTS
        assert segment.size <= segment.count * PART_PLAINTEXT_BYTES
        if segment.size:
            assert segment.offset == covered
        covered += segment.size
    assert covered == size
    needed = max(1, -(-size // PART_PLAINTEXT_BYTES))
    assert needed <= parts_of(size) <= needed * 1.125 + 1


@given(st.integers(0, 2**40))
def test_padding_again_changes_nothing_and_order_stays(number: int) -> None:
    assert padme(padme(number)) == padme(number)
    assert padme(number) <= padme(number + 1)


@pytest.mark.parametrize("told", [999, 1_001])
def test_a_file_that_changes_its_size_while_it_is_read_is_refused(told: int) -> None:
    with pytest.raises(FileChangedError):
        seal_file(io.BytesIO(bytes(1_000)), told, "a", ATTACHMENT, lambda _: None, draw())


def test_a_file_that_cannot_be_read_is_refused_with_our_error() -> None:
    closed = io.BytesIO()
    closed.close()
    with pytest.raises(FileUnreadableError):
        seal_file(closed, 1_000, "a", ATTACHMENT, lambda _: None, draw())


def test_a_file_of_more_segments_than_a_manifest_counts_is_refused_before_it_is_read() -> None:
    with pytest.raises(FileTooLargeError):
        seal_file(io.BytesIO(), 1_025 * SEGMENT_BYTES, "a", ATTACHMENT, lambda _: None, draw())


def test_sealing_the_same_content_twice_gives_different_cells() -> None:
    content = content_of(1_000)
    first = seal_part(KEY, FILE_ID, 0, 1, content, draw(1)(16))
    second = seal_part(KEY, FILE_ID, 0, 1, content, draw(2)(16))
    # Were key and nonce the same, the two ciphertexts would be equal.
    assert first[24:] != second[24:]


# ---------------------------------------------------------------- hostile parts


@cache
def cell_of_four(index: int = 1) -> bytes:
    return seal_part(KEY, FILE_ID, index, 4, content_of(1_000), SALT)


def opened(cell: bytes, key: bytes = KEY, file_id: bytes = FILE_ID, index: int = 1, count: int = 4):
    return open_part(key, file_id, index, count, cell, 1_000)


@given(st.binary(max_size=100))
@example(b"")
@example(bytes(PART_CELL_BYTES))
@example(b"BZN1\1\2\0\0")
def test_arbitrary_bytes_are_no_part_and_give_our_error(garbage: bytes) -> None:
    with pytest.raises(CellError):
        parse_part_cell(garbage)
    with pytest.raises(UnsealError):
        opened(garbage)


@given(st.integers())
@settings(max_examples=5)
def test_a_cell_filled_with_anything_gives_the_single_error(seed: int) -> None:
    with pytest.raises(UnsealError):
        opened(b"BZN1\1\2\0\0" + draw(seed)(PART_CELL_BYTES - 8))


@given(st.integers(0, 8 * PART_CELL_BYTES - 1))
@settings(max_examples=60)
@example(0)
@example(24 * 8 - 1)
@example(24 * 8)
@example(8 * PART_CELL_BYTES - 1)
def test_one_flipped_bit_closes_the_part(bit: int) -> None:
    flipped = bytearray(cell_of_four())
    flipped[bit // 8] ^= 0x80 >> bit % 8
    with pytest.raises(UnsealError):
        opened(bytes(flipped))


@pytest.mark.parametrize("byte", range(24))
def test_one_flipped_bit_of_the_header_closes_the_part(byte: int) -> None:
    flipped = bytearray(cell_of_four())
    flipped[byte] ^= 1
    with pytest.raises(UnsealError):
        opened(bytes(flipped))


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
@example(0, 4)
@example(2, 4)
@example(1, 3)
@example(1, 5)
@example(4, 1)
def test_a_part_opens_only_at_its_own_index_and_count(index: int, count: int) -> None:
    if (index, count) == (1, 4):
        assert opened(cell_of_four()) == content_of(1_000)
        return
    with pytest.raises(UnsealError):
        opened(cell_of_four(), index=index, count=count)


@pytest.mark.parametrize("bit", range(0, 256, 5))
def test_a_part_opens_only_with_its_own_key_and_file(bit: int) -> None:
    key = bytearray(KEY)
    key[bit // 8] ^= 0x80 >> bit % 8
    with pytest.raises(UnsealError):
        opened(cell_of_four(), key=bytes(key))
    file_id = bytearray(FILE_ID)
    file_id[bit // 16] ^= 0x80 >> bit % 8
    with pytest.raises(UnsealError):
        opened(cell_of_four(), file_id=bytes(file_id))


def test_the_part_of_another_file_or_segment_is_refused() -> None:
    first, first_cells = sealed_file(content_of(1_000), seed=1)
    second, second_cells = sealed_file(content_of(1_000), seed=2)
    assert first[0].group != second[0].group
    with pytest.raises(UnsealError):
        open_listed_part(first[0], 0, second_cells[0])
    with pytest.raises(UnsealError):
        open_listed_part(second[0], 0, first_cells[0])


def test_parts_in_another_order_are_refused() -> None:
    [manifest], cells = sealed_file(content_of(3 * PART_PLAINTEXT_BYTES))
    for index, cell in enumerate([cells[1], cells[2], cells[0]]):
        with pytest.raises(UnsealError):
            open_listed_part(manifest, index, cell)


def test_a_manifest_that_lists_fewer_parts_opens_none() -> None:
    [manifest], cells = sealed_file(content_of(3 * PART_PLAINTEXT_BYTES))
    shorter = dataclasses.replace(manifest, parts=manifest.parts[:-1])
    with pytest.raises(UnsealError):
        open_listed_part(shorter, 0, cells[0])


def test_a_manifest_cannot_cut_real_bytes_off_unnoticed() -> None:
    [manifest], cells = sealed_file(b"no es cierto")
    shorter = dataclasses.replace(manifest, size=2)
    with pytest.raises(UnsealError):
        open_listed_part(shorter, 0, cells[0])


def test_a_part_of_padding_holds_nothing() -> None:
    manifests, cells = sealed_file(content_of(9 * PART_PLAINTEXT_BYTES))
    assert len(cells) == 10
    assert bytes(open_listed_part(manifests[0], 9, cells[9])) == b""


def test_a_part_of_padding_that_holds_something_is_refused() -> None:
    smuggled = seal_part(KEY, FILE_ID, 0, 1, b"\0\0!", SALT)
    with pytest.raises(UnsealError):
        open_part(KEY, FILE_ID, 0, 1, smuggled, 0)
