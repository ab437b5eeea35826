"""What a message cell promises, whatever is inside and whoever changes it."""

from __future__ import annotations

import dataclasses
import hashlib
import random
from collections import Counter
from collections.abc import Sequence
from functools import cache

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crypto import hpke, signing
from crypto.airgap.unseal import WeeklyPrivateKey, open_message
from crypto.cell import (
    MESSAGE_CELL_BYTES,
    SLOT_BYTES,
    SLOT_COUNT,
    CellError,
    MessageCell,
    UnsealError,
    message_header,
    parse_message_cell,
)
from crypto.errors import BuzonError
from crypto.key_schedule import body_keys, slot_info, thread_statement
from crypto.manifest import ATTACHMENT, Manifest
from crypto.message import MAX_MESSAGE_JSON_BYTES, Message, parse_message, serialise_message
from crypto.strictjson import serialise
from crypto.witness.seal import (
    MessageTooLongError,
    RecipientsError,
    assemble_message_cell,
    seal_message,
)

WEEK = 100
ROSTER = hashlib.sha256(b"roster").digest()
THREAD = hashlib.sha256(b"thread").digest()
SLOTS_END = 44 + SLOT_COUNT * SLOT_BYTES
X25519_PRIME = 2**255 - 19


def draw(seed: int = 0):
    """Randomness that repeats itself."""
    return random.Random(seed).randbytes


@cache
def weekly_key(number: int, week: int = WEEK) -> WeeklyPrivateKey:
    seed = hashlib.sha256(b"weekly %d" % number).digest()
    return WeeklyPrivateKey.from_seed(number.to_bytes(8), week, seed)


def public_keys(count: int) -> list[bytes]:
    return [weekly_key(number).public_key for number in range(count)]


def message_of(size: int) -> bytes:
    """A message whose JSON has exactly *size* bytes, at least as many as the least one."""
    shortest = len(written(""))
    assert size >= shortest
    return written("x" * (size - shortest))


def written(narrative: str) -> bytes:
    return serialise_message(
        Message(
            kind="account",
            message=bytes(16),
            reply_key=bytes(1_216),
            tag_key=bytes(32),
            questionnaire="1",
            client="tests",
            answers={"narrative": narrative},
        )
    )


def sealed(json_bytes: bytes, recipients: int = 3, seed: int = 0) -> bytes:
    return seal_message(WEEK, ROSTER, public_keys(recipients), THREAD, json_bytes, draw(seed))


@cache
def cell_for_three() -> bytes:
    return sealed(written("Me llamo"))


def opened_by(cell: bytes | MessageCell, *numbers: int) -> bytes:
    """The JSON that the lawyers of these numbers read, whatever week the cell claims."""
    parsed = cell if isinstance(cell, MessageCell) else parse_message_cell(cell)
    keys = [weekly_key(number, parsed.week) for number in numbers]
    return open_message(parsed, keys).json_bytes


# ---------------------------------------------------------------- round trips


@pytest.mark.parametrize(
    "size",
    [len(written("")), len(written("")) + 1, MAX_MESSAGE_JSON_BYTES - 1, MAX_MESSAGE_JSON_BYTES],
)
@pytest.mark.parametrize("recipients", [1, 16])
def test_a_message_of_any_size_that_fits_is_read_by_each_recipient(
    size: int, recipients: int
) -> None:
    json_bytes = message_of(size)
    cell = sealed(json_bytes, recipients)
    assert len(cell) == MESSAGE_CELL_BYTES
    for number in range(recipients):
        assert opened_by(cell, number) == json_bytes


@pytest.mark.parametrize("size", [MAX_MESSAGE_JSON_BYTES + 1, 10 * MAX_MESSAGE_JSON_BYTES])
def test_a_message_too_long_by_a_byte_is_not_sealed(size: int) -> None:
    with pytest.raises(MessageTooLongError):
        sealed(message_of(size))


@pytest.mark.parametrize("json_bytes", [b"", b"{", b"x" * MAX_MESSAGE_JSON_BYTES])
def test_what_is_no_message_is_not_shown(json_bytes: bytes) -> None:
    with pytest.raises(UnsealError):
        opened_by(sealed(json_bytes), 0)


@given(st.text(max_size=2_000))
@settings(max_examples=40)
def test_any_text_that_can_be_written_arrives_as_it_was(narrative: str) -> None:
    json_bytes = written(narrative)
    message = parse_message(opened_by(sealed(json_bytes, 1), 0))
    assert message.answers == {"narrative": narrative}


def test_somebody_who_is_no_recipient_reads_nothing() -> None:
    with pytest.raises(UnsealError):
        opened_by(cell_for_three(), 3)


def test_the_key_of_another_week_is_not_tried() -> None:
    with pytest.raises(UnsealError):
        open_message(parse_message_cell(cell_for_three()), [weekly_key(0, WEEK + 1)])


@pytest.mark.parametrize("keys", [[], public_keys(17), public_keys(1) * 2])
def test_a_cell_has_one_to_sixteen_different_recipients(keys: list[bytes]) -> None:
    with pytest.raises(RecipientsError):
        seal_message(WEEK, ROSTER, keys, THREAD, written(""), draw())


# ---------------------------------------------------------------- hostile cells


@given(st.binary(max_size=200))
@example(b"")
@example(cell_for_three()[:-1])
@example(cell_for_three() + b"\0")
def test_arbitrary_bytes_are_no_cell_and_give_our_error(garbage: bytes) -> None:
    with pytest.raises(CellError):
        parse_message_cell(garbage)


@given(st.binary(min_size=36, max_size=36), st.integers())
@settings(max_examples=25)
def test_a_cell_filled_with_anything_gives_the_single_error(field: bytes, seed: int) -> None:
    filling = draw(seed)(MESSAGE_CELL_BYTES - 44)
    with pytest.raises(UnsealError):
        opened_by(b"BZN1\1\1\0\0" + field + filling, 0, 1)


def region(name: str, start: int, end: int, examples: int):
    return pytest.param(start * 8, end * 8 - 1, examples, id=name)


@pytest.mark.parametrize(
    ("first", "last", "examples"),
    [
        region("week", 8, 12, 32),
        region("roster hash", 12, 44, 20),
        *(
            region(f"slot {n}", 44 + n * SLOT_BYTES, 44 + (n + 1) * SLOT_BYTES, 5)
            for n in range(SLOT_COUNT)
        ),
        region("commitment", SLOTS_END, SLOTS_END + 32, 30),
        region("body", SLOTS_END + 32, MESSAGE_CELL_BYTES, 30),
        region("tag", MESSAGE_CELL_BYTES - 16, MESSAGE_CELL_BYTES, 20),
    ],
)
def test_one_flipped_bit_closes_the_cell_to_everybody(first: int, last: int, examples: int) -> None:
    @given(st.integers(first, last))
    @settings(max_examples=examples)
    def flip(bit: int) -> None:
        flipped = bytearray(cell_for_three())
        flipped[bit // 8] ^= 0x80 >> bit % 8
        with pytest.raises(UnsealError):
            opened_by(bytes(flipped), 0, 1, 2)

    flip()


@given(st.data())
@settings(max_examples=40)
def test_one_flipped_bit_of_a_manifest_closes_its_message(data: st.DataObject) -> None:
    manifest = Manifest(
        group=bytes(16),
        segment=0,
        segments=1,
        offset=0,
        size=1,
        file_size=1,
        key=bytes(32),
        id=bytes(16),
        untrusted_name="a.jpg",
        role=ATTACHMENT,
        parts=(bytes(32),),
    )
    json_bytes = serialise_message(
        dataclasses.replace(parse_message(written("")), kind="files", files=(manifest,))
    )
    cell = bytearray(sealed(json_bytes, 1))
    inside = serialise(manifest.to_json())
    # The body is thread key 32, signature 64, length 4, JSON; its cipher keeps places.
    start = SLOTS_END + 32 + 100 + json_bytes.index(inside)
    bit = data.draw(st.integers(start * 8, (start + len(inside)) * 8 - 1))
    cell[bit // 8] ^= 0x80 >> bit % 8
    with pytest.raises(UnsealError):
        opened_by(bytes(cell), 0)


@pytest.mark.parametrize("bit", range(64))
def test_one_flipped_bit_of_the_beginning_makes_it_no_cell(bit: int) -> None:
    flipped = bytearray(cell_for_three())
    flipped[bit // 8] ^= 0x80 >> bit % 8
    with pytest.raises(CellError):
        parse_message_cell(bytes(flipped))


@given(st.data())
@settings(max_examples=40)
def test_a_slot_written_elsewhere_in_any_cell_closes_that_cell(data: st.DataObject) -> None:
    source = data.draw(st.sampled_from([cell_for_three(), sealed(written("otra"), seed=1)]))
    slots = list(parse_message_cell(cell_for_three()).slots)
    moved = data.draw(st.sampled_from(parse_message_cell(source).slots))
    place = data.draw(st.integers(0, SLOT_COUNT - 1).filter(lambda n: slots[n] != moved))
    start = 44 + place * SLOT_BYTES
    cell = bytearray(cell_for_three())
    cell[start : start + SLOT_BYTES] = moved
    with pytest.raises(UnsealError):
        opened_by(bytes(cell), 0, 1, 2)


def slot_for(number: int, cell_key: bytes, week: int = WEEK, roster: bytes = ROSTER) -> bytes:
    key = weekly_key(number).public_key
    return hpke.seal(key, slot_info(week, roster, key), cell_key)


@pytest.mark.parametrize(
    ("week", "roster"), [(WEEK + 1, ROSTER), (WEEK - 1, ROSTER), (WEEK, bytes(32))]
)
def test_a_slot_sealed_for_another_week_or_roster_does_not_open(week: int, roster: bytes) -> None:
    cell_key = draw(5)(32)
    slots = [slot_for(0, cell_key, week, roster)]
    slots += [slot_for(number, cell_key) for number in range(1, SLOT_COUNT)]
    cell = assemble_message_cell(WEEK, ROSTER, slots, cell_key, THREAD, written("hola"))
    assert opened_by(cell, 1) == written("hola")
    with pytest.raises(UnsealError):
        opened_by(cell, 0)


# ---------------------------------------------------------------- one reading for all


def hostile_cell(
    slot_keys: Sequence[bytes], committed: bytes, body_key: bytes, bodies: Sequence[bytes]
) -> list[bytes]:
    """Cells with one head: each lawyer's slot may hold another key, each body another text."""
    slots = [slot_for(number, cell_key) for number, cell_key in enumerate(slot_keys)]
    head = message_header(WEEK, ROSTER) + b"".join(slots)
    transcript = hashlib.sha256(head).digest()
    cells = []
    for json_bytes in bodies:
        signature = signing.sign(THREAD, thread_statement(transcript, json_bytes))
        plaintext = signing.public_key_from_seed(THREAD) + signature
        plaintext += len(json_bytes).to_bytes(4) + json_bytes
        plaintext = plaintext.ljust(46_756, b"\0")
        keys = body_keys(body_key, transcript)
        body = AESGCM(keys.aes_key).encrypt(keys.nonce, plaintext, transcript)
        cells.append(head + body_keys(committed, transcript).commitment + body)
    return cells


CELL_KEYS = [bytes([number]) * 32 for number in range(3)]


@given(
    st.lists(st.sampled_from(CELL_KEYS), min_size=SLOT_COUNT, max_size=SLOT_COUNT),
    st.sampled_from(CELL_KEYS),
    st.sampled_from(CELL_KEYS),
)
@settings(max_examples=25)
def test_two_lawyers_never_read_different_things_in_one_cell(
    slot_keys: list[bytes], committed: bytes, body_key: bytes
) -> None:
    [cell] = hostile_cell(slot_keys, committed, body_key, [written("hola")])
    readings = set()
    for number, slot_key in enumerate(slot_keys):
        opens = slot_key == committed == body_key
        try:
            readings.add(opened_by(cell, number))
        except UnsealError:
            assert not opens
        else:
            assert opens
    assert len(readings) <= 1


def test_a_key_that_is_not_committed_opens_nothing_though_the_body_is_sealed_to_it() -> None:
    good, other = CELL_KEYS[:2]
    [cell] = hostile_cell([other] * SLOT_COUNT, good, other, [written("hola")])
    with pytest.raises(UnsealError):
        opened_by(cell, 0)


def test_a_recipient_cannot_put_other_words_into_the_cell() -> None:
    parsed = parse_message_cell(cell_for_three())
    key = weekly_key(0)
    [cell_key] = [
        opened
        for slot in parsed.slots
        if (opened := opens(key, slot_info(WEEK, ROSTER, key.public_key), slot))
    ]
    keys = body_keys(cell_key, parsed.transcript)
    plaintext = AESGCM(keys.aes_key).decrypt(keys.nonce, parsed.body, parsed.transcript)
    swapped = plaintext.replace(b"Me llamo", b"Mentira.")
    body = AESGCM(keys.aes_key).encrypt(keys.nonce, swapped, parsed.transcript)
    with pytest.raises(UnsealError):
        opened_by(cell_for_three()[: SLOTS_END + 32] + body, 0, 1, 2)


def opens(key: WeeklyPrivateKey, info: bytes, slot: bytes) -> bytes:
    """What a slot holds for *key*; nothing when it is another's."""
    try:
        return key.key.open(info, slot)
    except BuzonError:
        return b""


# ---------------------------------------------------------------- what slots tell


def places(cells: int, recipients: int) -> Counter[int]:
    """Where the first recipient's slot stood in each of many cells."""
    key = weekly_key(0)
    info = slot_info(WEEK, ROSTER, key.public_key)
    found: Counter[int] = Counter()
    for seed in range(cells):
        slots = parse_message_cell(sealed(written(""), recipients, seed)).slots
        found.update(place for place, slot in enumerate(slots) if opens(key, info, slot))
    return found


@pytest.mark.parametrize("recipients", [1, 16])
def test_slots_stand_anywhere_with_equal_chance(recipients: int) -> None:
    cells = 320
    found = places(cells, recipients)
    assert found.total() == cells
    expected = cells / SLOT_COUNT
    statistic = sum((found[place] - expected) ** 2 / expected for place in range(SLOT_COUNT))
    assert statistic < 37.7  # chi-square, 15 degrees of freedom, one in a thousand


def test_unused_slots_are_real_encapsulations_to_keys_that_are_thrown_away() -> None:
    drawn: list[bytes] = []
    source = draw(9)

    def recording(size: int) -> bytes:
        drawn.append(source(size))
        return drawn[-1]

    cell = seal_message(WEEK, ROSTER, public_keys(2), THREAD, written(""), recording)
    seeds = [one for one in drawn if len(one) == 32]
    slots = parse_message_cell(cell).slots
    keys = [WeeklyPrivateKey.from_seed(bytes(8), WEEK, seed) for seed in seeds]
    inside = {
        slot: opened
        for key in keys
        for slot in slots
        if (opened := opens(key, slot_info(WEEK, ROSTER, key.public_key), slot))
    }
    assert len(inside) == SLOT_COUNT - 2
    assert len(set(inside.values())) == SLOT_COUNT - 2
    assert {len(secret) for secret in inside.values()} == {32}


def test_a_slot_in_use_looks_like_one_that_is_not() -> None:
    """Every part of a slot takes the same values in both: nothing but a key tells them apart."""
    used = [
        slot
        for seed in range(4)
        for slot in parse_message_cell(sealed(written(""), 16, seed)).slots
    ]
    mixed = [
        slot for seed in range(4) for slot in parse_message_cell(sealed(written(""), 1, seed)).slots
    ]
    for slots in (used, mixed):
        assert {len(slot) for slot in slots} == {SLOT_BYTES}
        shares = [int.from_bytes(slot[1_088:1_120], "little") for slot in slots]
        assert all(share < X25519_PRIME for share in shares)
        assert len(set(shares)) == len(slots)
        bits = sum(int.from_bytes(slot).bit_count() for slot in slots)
        assert abs(bits / (len(slots) * SLOT_BYTES * 8) - 0.5) < 0.005
