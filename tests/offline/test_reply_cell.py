"""What replies, batches and boards promise."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crypto import hpke, signing
from crypto.airgap.replying import build_batch, decoy, seal_reply
from crypto.cell import UnsealError
from crypto.key_schedule import reply_info
from crypto.reply import (
    MAX_REPLY_PARTS,
    REPLY_CELL_BYTES,
    REPLY_TEXT_BYTES,
    BatchRepeatsError,
    BatchSizeError,
    ReplyEmptyError,
    ReplyError,
    ReplyNotTextError,
    ReplyTooLongError,
    build_board,
    parse_reply_cell,
    parse_reply_plaintext,
    split_batch,
    split_board,
    split_reply_text,
)
from crypto.witness.replies import ReplyReader, highest_read

IDENTITIES = [hashlib.sha256(b"identity %d" % number).digest() for number in range(2)]
LAWYERS = [bytes([number]) * 8 for number in range(2)]
ROSTER = {
    lawyer: signing.public_key_from_seed(seed)
    for lawyer, seed in zip(LAWYERS, IDENTITIES, strict=True)
}
X25519_PRIME = 2**255 - 19


def draw(seed: int = 0):
    """Randomness that repeats itself."""
    return random.Random(seed).randbytes


class Thread:
    """What one witness's phrase gives."""

    def __init__(self, name: str) -> None:
        self.seed = hashlib.sha256(b"seed " + name.encode()).digest()
        self.tag_key = hashlib.sha256(b"tag " + name.encode()).digest()
        self.reply_key = hpke.public_key_from_seed(self.seed)
        self.reader = ReplyReader(self.seed, self.tag_key, ROSTER)

    def answered(self, text: str, sequence: int = 1, lawyer: int = 0) -> list[bytes]:
        def sign(message: bytes) -> bytes:
            return signing.sign(IDENTITIES[lawyer], message)

        who = LAWYERS[lawyer]
        return seal_reply(sign, who, self.reply_key, self.tag_key, 100, sequence, text)


@cache
def thread(name: str = "one") -> Thread:
    return Thread(name)


# ---------------------------------------------------------------- round trips


@pytest.mark.parametrize(
    "size",
    [
        1,
        REPLY_TEXT_BYTES - 1,
        REPLY_TEXT_BYTES,
        REPLY_TEXT_BYTES + 1,
        2 * REPLY_TEXT_BYTES,
        MAX_REPLY_PARTS * REPLY_TEXT_BYTES,
    ],
)
def test_a_reply_of_any_size_that_fits_is_read(size: int) -> None:
    text = "x" * size
    cells = thread().answered(text)
    assert {len(cell) for cell in cells} == {REPLY_CELL_BYTES}
    assert len(cells) == -(-size // REPLY_TEXT_BYTES)
    [reply] = thread().reader.read(cells[::-1])
    assert reply.is_complete
    assert reply.text == text


@pytest.mark.parametrize("character", ["ñ", "€", "𝕏"])
@pytest.mark.parametrize("shift", range(4))
def test_no_character_is_cut_in_two(character: str, shift: int) -> None:
    text = "x" * (REPLY_TEXT_BYTES - shift) + character * 3
    pieces = split_reply_text(text)
    assert "".join(pieces) == text
    [reply] = thread().reader.read(thread().answered(text))
    assert reply.text == text


@given(st.text(min_size=1, max_size=4_000))
@settings(max_examples=40)
def test_any_text_that_can_be_written_is_read_as_it_was(text: str) -> None:
    [reply] = thread().reader.read(thread().answered(text))
    assert reply.text == text


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", ReplyEmptyError),
        ("x" * (MAX_REPLY_PARTS * REPLY_TEXT_BYTES + 1), ReplyTooLongError),
        ("\ud800", ReplyNotTextError),
    ],
)
def test_a_reply_that_cannot_be_sent_is_refused(text: str, error: type[ReplyError]) -> None:
    with pytest.raises(error):
        thread().answered(text)


def test_sealing_a_reply_again_gives_another_cell_that_says_the_same() -> None:
    [first], [second] = thread().answered("hola"), thread().answered("hola")
    assert not set(windows(first)) & set(windows(second))
    assert thread().reader.open(first) == thread().reader.open(second)


def windows(cell: bytes) -> list[bytes]:
    """Every 16 aligned bytes of a cell."""
    return [cell[place : place + 16] for place in range(0, len(cell), 16)]


# ---------------------------------------------------------------- hostile replies


@given(st.binary(max_size=100))
@example(b"")
@example(bytes(REPLY_CELL_BYTES))
@example(bytes(REPLY_CELL_BYTES - 1))
def test_arbitrary_bytes_are_no_reply_and_give_our_error(garbage: bytes) -> None:
    with pytest.raises(UnsealError):
        thread().reader.open(garbage)


@given(st.binary(min_size=84, max_size=84), st.integers(0, 255))
def test_arbitrary_plaintext_is_a_reply_or_gives_our_error(head: bytes, filling: int) -> None:
    plaintext = head + bytes([filling]) * REPLY_TEXT_BYTES
    try:
        reply, signature = parse_reply_plaintext(plaintext)
    except UnsealError:
        return
    assert reply.plaintext(signature) == plaintext


@cache
def hello() -> bytes:
    [cell] = thread().answered("hola")
    return cell


@given(st.integers(0, 8 * REPLY_CELL_BYTES - 1))
@settings(max_examples=150)
@example(0)
@example(16 * 8)
@example((16 + 1_088 + 31) * 8)
@example((16 + 1_120) * 8)
@example(8 * REPLY_CELL_BYTES - 1)
def test_one_flipped_bit_closes_the_reply(bit: int) -> None:
    flipped = bytearray(hello())
    flipped[bit // 8] ^= 0x80 >> bit % 8
    with pytest.raises(UnsealError):
        thread().reader.open(bytes(flipped))


def test_a_reply_to_another_person_is_passed_over() -> None:
    assert thread("two").reader.read([hello()]) == []
    with pytest.raises(UnsealError):
        thread("two").reader.open(hello())


def test_a_reply_moved_to_another_person_by_its_tag_does_not_open() -> None:
    [cell] = thread("two").answered("para otra persona")
    moved = hello()[:16] + cell[16:]
    with pytest.raises(UnsealError):
        thread().reader.open(moved)


def test_a_reply_sealed_anew_to_another_person_is_no_lawyers_word() -> None:
    """The lawyer signed it for one thread; who reads it cannot pass it on as said to another."""
    inside = hpke.PrivateKey(thread().seed).open(reply_info(thread().reply_key), hello()[16:])
    other = thread("two")
    sealed = hpke.seal(other.reply_key, reply_info(other.reply_key), inside)
    tag = thread("two").answered("x")[0][:16]
    with pytest.raises(UnsealError):
        other.reader.open(tag + sealed)


def test_a_lawyer_who_is_not_in_the_roster_is_not_read() -> None:
    reader = ReplyReader(thread().seed, thread().tag_key, {LAWYERS[1]: ROSTER[LAWYERS[1]]})
    assert reader.read([hello()]) == []


def test_no_lawyer_can_speak_as_another() -> None:
    reader = ReplyReader(thread().seed, thread().tag_key, {LAWYERS[0]: ROSTER[LAWYERS[1]]})
    with pytest.raises(UnsealError):
        reader.open(hello())


def test_the_same_reply_seen_twice_is_shown_once() -> None:
    cells = thread().answered("x" * 3_000) + thread().answered("x" * 3_000)
    [reply] = thread().reader.read(cells)
    assert reply.text == "x" * 3_000


def test_a_reply_with_a_part_missing_says_so_and_is_not_counted_as_read() -> None:
    cells = thread().answered("hola") + thread().answered("x" * 3_000, sequence=2)[:1]
    first, second = thread().reader.read(cells)
    assert (first.is_complete, second.is_complete) == (True, False)
    assert second.text == "x" * REPLY_TEXT_BYTES
    assert highest_read([first, second]) == {LAWYERS[0]: 1}


def test_read_names_the_highest_complete_sequence_of_each_lawyer() -> None:
    one = thread()
    cells = [
        *one.answered("a", sequence=3),
        *one.answered("b", sequence=1),
        *one.answered("c", sequence=2, lawyer=1),
        *thread("two").answered("d", sequence=9),
    ]
    assert highest_read(one.reader.read(cells)) == {LAWYERS[0]: 3, LAWYERS[1]: 2}


# ---------------------------------------------------------------- batches and boards


@pytest.mark.parametrize("replies", [0, 1, 15, 16])
def test_a_batch_has_one_size_whatever_is_in_it(replies: int) -> None:
    cells = [thread().answered(f"respuesta {n}", n + 1)[0] for n in range(replies)]
    batch = build_batch(cells, 16, draw())
    assert len(batch) == 16 * REPLY_CELL_BYTES
    assert set(cells) <= set(split_batch(batch, 16))
    assert len(thread().reader.read(split_batch(batch, 16))) == replies


def test_a_batch_is_never_larger_than_the_policy() -> None:
    cells = [decoy(draw(n)) for n in range(17)]
    with pytest.raises(BatchSizeError):
        build_batch(cells, 16, draw())


def test_a_batch_does_not_take_a_cell_twice() -> None:
    with pytest.raises(BatchRepeatsError):
        build_batch([hello(), hello()], 16, draw())


def test_replies_stand_anywhere_in_a_batch_with_equal_chance() -> None:
    batches, size = 400, 4
    found: Counter[int] = Counter()
    for seed in range(batches):
        found[split_batch(build_batch([hello()], size, draw(seed)), size).index(hello())] += 1
    expected = batches / size
    statistic = sum((found[place] - expected) ** 2 / expected for place in range(size))
    assert statistic < 16.3  # chi-square, 3 degrees of freedom, one in a thousand


def test_a_decoy_opens_for_nobody() -> None:
    assert thread().reader.read(decoy(draw(n)) for n in range(50)) == []


def test_a_reply_looks_like_a_decoy() -> None:
    """Every part of a cell takes the same values in both: nothing but a key tells them apart."""
    replies = [cell for n in range(1, 41) for cell in thread().answered("x", n)]
    decoys = [decoy(draw(n)) for n in range(40)]
    for cells in (replies, decoys):
        assert {len(cell) for cell in cells} == {REPLY_CELL_BYTES}
        parsed = [parse_reply_cell(cell) for cell in cells]
        shares = [int.from_bytes(cell.tagged, "little") for cell in parsed]
        assert all(share < X25519_PRIME for share in shares)
        assert len(set(shares)) == len(cells)
        assert len({cell.tag for cell in parsed}) == len(cells)
        bits = sum(int.from_bytes(cell).bit_count() for cell in cells)
        assert abs(bits / (len(cells) * REPLY_CELL_BYTES * 8) - 0.5) < 0.005


@given(st.permutations(range(8)))
@settings(max_examples=20)
def test_a_board_tells_no_order_of_arrival(order: list[int]) -> None:
    cells = [draw(n)(REPLY_CELL_BYTES) for n in range(8)]
    board = build_board([cells[place] for place in order])
    assert board == build_board(cells)
    assert split_board(board) == sorted(cells)


@given(st.binary(max_size=10_000), st.integers(1, 64))
def test_arbitrary_bytes_are_a_batch_or_give_our_error(garbage: bytes, batch_size: int) -> None:
    with pytest.raises(ReplyError):
        split_batch(garbage + b"!", batch_size)
