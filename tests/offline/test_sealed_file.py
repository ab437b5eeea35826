"""What a sealed file promises to its writer and to its reader."""

from __future__ import annotations

import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crypto.cell import MESSAGE_CELL_BYTES, beginning
from crypto.part import PART_CELL_BYTES
from crypto.sealed_file import (
    CellCounts,
    SealedFileError,
    SealedFileWriter,
    parse_sealed_file_header,
    read_sealed_file,
)

MESSAGE = beginning(1).ljust(MESSAGE_CELL_BYTES, b"m")
PART = beginning(2).ljust(PART_CELL_BYTES, b"p")


def written(messages: int, parts: int) -> bytes:
    file = io.BytesIO()
    writer = SealedFileWriter(file, CellCounts(messages, parts))
    for _ in range(parts):
        writer.add_part(PART)
    for _ in range(messages):
        writer.add_message(MESSAGE)
    writer.finish()
    return file.getvalue()


@pytest.mark.parametrize(("messages", "parts"), [(1, 0), (1, 1), (3, 2)])
def test_messages_stand_first_though_parts_are_written_first(messages: int, parts: int) -> None:
    content = written(messages, parts)
    counts, cells = read_sealed_file(io.BytesIO(content))
    assert counts == CellCounts(messages, parts)
    assert counts.file_bytes == len(content)
    found = list(cells)
    assert [filed.cell for filed in found] == [MESSAGE] * messages + [PART] * parts
    assert all(filed.refusal is None for filed in found)


def test_a_file_whose_writing_was_interrupted_is_refused() -> None:
    file = io.BytesIO()
    writer = SealedFileWriter(file, CellCounts(1, 1))
    writer.add_part(PART)
    writer.add_message(MESSAGE)
    with pytest.raises(SealedFileError):
        read_sealed_file(file)
    writer.finish()
    read_sealed_file(file)


def test_a_file_with_a_cell_missing_cannot_be_finished() -> None:
    writer = SealedFileWriter(io.BytesIO(), CellCounts(1, 1))
    writer.add_message(MESSAGE)
    with pytest.raises(SealedFileError):
        writer.finish()


@pytest.mark.parametrize("counts", [(0, 1), (4_097, 0), (1, 8_193), (1, -1)])
def test_counts_that_no_file_may_have_are_refused_before_writing(counts: tuple[int, int]) -> None:
    with pytest.raises(SealedFileError):
        SealedFileWriter(io.BytesIO(), CellCounts(*counts))


@given(st.binary(max_size=40), st.integers(0, 2**40))
@example(b"", 0)
def test_arbitrary_bytes_are_no_sealed_file_and_give_our_error(garbage: bytes, size: int) -> None:
    with pytest.raises(SealedFileError):
        read_sealed_file(io.BytesIO(garbage))
    with pytest.raises(SealedFileError):
        parse_sealed_file_header(b"!" + garbage, size)


@given(st.integers(0, 16 * 8 - 1))
def test_one_flipped_bit_of_the_header_is_refused(bit: int) -> None:
    flipped = bytearray(written(1, 0))
    flipped[bit // 8] ^= 0x80 >> bit % 8
    with pytest.raises(SealedFileError):
        read_sealed_file(io.BytesIO(flipped))


def test_a_file_that_is_cut_off_while_it_is_read_gives_our_error() -> None:
    file = io.BytesIO(written(2, 0))
    _, cells = read_sealed_file(file)
    next(cells)
    file.truncate(16 + MESSAGE_CELL_BYTES + 5)
    with pytest.raises(SealedFileError):
        next(cells)


def test_a_disk_that_gives_up_is_our_error() -> None:
    file = io.BytesIO()
    writer = SealedFileWriter(file, CellCounts(1, 0))
    file.close()
    with pytest.raises(SealedFileError):
        writer.add_message(MESSAGE)
    with pytest.raises(SealedFileError):
        read_sealed_file(file)


def test_a_reader_that_is_given_little_at_a_time_still_reads_whole_cells() -> None:
    class Trickle(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 0, 1_000))

    _, cells = read_sealed_file(Trickle(written(1, 1)))
    assert [filed.cell for filed in cells] == [MESSAGE, PART]
