"""A giver who lies, and a stick that somebody had in hand: the cell itself has the last word."""

from __future__ import annotations

import os
from hashlib import sha256
from resource import RUSAGE_SELF, getrusage

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nacl.utils import random

from crypto import hpke
from crypto.airgap.unseal import open_message
from crypto.airgap.vault import messages as filed
from crypto.cell import parse_message_cell
from crypto.dsse import Envelope
from crypto.errors import BuzonError
from crypto.handover import MAX_MESSAGES, Handed, Handover, HandoverMissingError
from crypto.key_schedule import body_keys
from crypto.message import Message, serialise_message
from crypto.stick import PouchNotAFileError, PouchSizeError
from crypto.strictjson import DocumentMalformedError
from crypto.weeks import week_of
from crypto.witness.seal import assemble_message_cell
from tests.offline.airgap.handing import GIVER, JOINER, Stations, codes
from tests.offline.airgap.world import NOW, Witness


def test_records_that_were_swapped_open_nothing(stations):
    stations.testimony()
    stations.give()
    first, second = stations.handover().messages
    swapped = (Handed(first.cell, second.record), Handed(second.cell, first.record))
    stations.forge(messages=swapped)
    assert codes(stations.take().refused).count("unseal") == 2
    assert stations.messages(JOINER) == []


def seal_record(stations: Stations, cell: bytes, cell_key: bytes) -> Handed:
    """What a giver who keeps to the format makes of any cell and any key."""
    draft = stations.handover()
    with stations.world.open_vault(JOINER) as vault:
        (own,) = vault.weekly_keys.private(draft.week)
    digest = sha256(cell).digest()
    info = draft.record_info(digest, own.public_key)
    return Handed(digest, hpke.seal(own.public_key, info, cell_key))


def invented_inside(stations: Stations, cell: bytes) -> tuple[bytes, bytes]:
    """The header and slots of a genuine cell around a text and a thread of the giver's own."""
    genuine = parse_message_cell(cell)
    forger, cell_key = Witness(stations.world), random(32)
    message = Message(
        kind="account",
        message=random(16),
        reply_key=hpke.public_key_from_seed(forger.phrase.reply_seed),
        tag_key=forger.phrase.tag_key,
        questionnaire="1",
        client="test 1",
        answers={"narrative": "Inventado."},
    )
    made = assemble_message_cell(
        genuine.week, genuine.roster_hash, genuine.slots, cell_key,
        forger.phrase.thread_seed, serialise_message(message),
    )  # fmt: skip
    assert parse_message_cell(made).transcript == genuine.transcript
    return made, cell_key


def test_a_text_that_the_giver_signed_for_a_genuine_cell_is_refused(stations):
    """The point of handing over the cell's key, and not the opened text."""
    cell, *_ = stations.testimony()
    stations.give()
    _, invented_key = invented_inside(stations, cell)
    stations.forge(messages=(seal_record(stations, cell, invented_key),), parts=0)
    assert "unseal" in codes(stations.take().refused)
    assert stations.messages(JOINER) == []


def test_a_cell_made_out_of_a_genuine_one_has_another_name_and_an_alarm_where_both_are(stations):
    cell, *_ = stations.testimony()
    stations.bring(JOINER, cell)
    stations.give()
    made, key = invented_inside(stations, cell)
    digest = stations.lay(made)
    of_it = sha256(cell).digest()
    genuine = next(one for one in stations.handover().messages if one.cell == of_it)
    stations.forge(messages=(genuine, seal_record(stations, made, key)), parts=0)
    stations.take()
    assert digest != sha256(cell).digest()
    with stations.world.open_vault(JOINER) as vault:
        alarms = [
            one.alarms
            for thread in vault.messages.threads()
            for one in vault.messages.of_thread(thread)
        ]
    assert alarms == [(filed.ALARM_SAME_TRANSCRIPT,)] * 2


def test_an_altered_text_under_the_witness_s_own_signature_is_refused(stations):
    cell, *_ = stations.testimony()
    stations.give()
    with stations.world.open_vault(GIVER) as vault:
        keys = vault.weekly_keys.private(week_of(NOW.date()))
    genuine = parse_message_cell(cell)
    opened = open_message(genuine, keys)
    altered = assemble_message_cell(
        genuine.week, genuine.roster_hash, genuine.slots, opened.cell_key,
        random(32), opened.json_bytes.replace(b"hermano", b"vecino!"),
    )  # fmt: skip
    # The giver has no thread key but the one that she makes up: put the witness's in its place.
    forged = spliced(altered, opened.cell_key, opened.thread_key + opened.signature)
    stations.lay(forged)
    stations.forge(messages=(seal_record(stations, forged, opened.cell_key),), parts=0)
    assert "unseal" in codes(stations.take().refused)
    assert stations.messages(JOINER) == []


def spliced(cell: bytes, cell_key: bytes, beginning: bytes) -> bytes:
    """*cell* with another beginning of its body, sealed under the same key."""
    parsed = parse_message_cell(cell)
    keys = body_keys(cell_key, parsed.transcript)
    plain = AESGCM(keys.aes_key).decrypt(keys.nonce, parsed.body, parsed.transcript)
    body = beginning + plain[len(beginning) :]
    sealed = AESGCM(keys.aes_key).encrypt(keys.nonce, body, parsed.transcript)
    return cell[: -len(sealed)] + sealed


def test_swapped_cells_are_refused_by_their_names(stations):
    stations.testimony()
    stations.give()
    first, second = (
        stations.stick / "cells" / handed.cell.hex() for handed in stations.handover().messages
    )
    one, other = first.read_bytes(), second.read_bytes()
    first.write_bytes(other)
    second.write_bytes(one)
    assert codes(stations.take().refused).count("cell-digest") == 2
    assert stations.messages(JOINER) == []


def test_a_record_moved_to_another_cell_opens_nothing(stations):
    stations.testimony()
    stations.give()
    first, second = stations.handover().messages
    stations.forge(messages=(Handed(second.cell, first.record),), parts=0)
    assert "unseal" in codes(stations.take().refused)
    assert stations.messages(JOINER) == []


# ----------------------------------------------------------------- a hostile or broken stick


@settings(max_examples=60, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(st.data())
def test_a_flipped_bit_is_refused_or_says_the_same(made_stick, data):
    stations, untouched = made_stick
    path = stations.stick / "handover.json"
    place = data.draw(st.integers(0, 8 * len(untouched) - 1))
    flipped = bytearray(untouched)
    flipped[place // 8] ^= 1 << place % 8
    path.write_bytes(flipped)
    try:
        taken = stations.take()
    except BuzonError:
        return
    assert stations.messages(JOINER) in ([], ["Se llevaron a mi hermano."])
    assert taken.known + taken.messages == 1  # an unsigned part of the envelope


@pytest.fixture
def made_stick(stations: Stations) -> tuple[Stations, bytes]:
    stations.bring(GIVER, stations.message())
    stations.bring(JOINER)
    stations.give()
    return stations, (stations.stick / "handover.json").read_bytes()


@settings(max_examples=40, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(document=st.binary(max_size=300))
def test_any_bytes_in_the_place_of_the_document_are_refused_as_ours(made_stick, document):
    stations, _ = made_stick
    (stations.stick / "handover.json").write_bytes(document)
    with pytest.raises(BuzonError):
        stations.take()


@pytest.mark.parametrize("place", [0, 12, 5_000, 18_740, 65_535])
def test_a_flipped_bit_in_a_cell_is_refused(made_stick, place):
    stations, _ = made_stick
    (path,) = (stations.stick / "cells").iterdir()
    cell = bytearray(path.read_bytes())
    cell[place] ^= 1
    path.write_bytes(cell)
    assert codes(stations.take().refused) == ["cell-digest"]
    assert stations.messages(JOINER) == []


def test_hostile_names_and_links_are_told_and_the_rest_comes_in(stations, tmp_path):
    stations.testimony()
    stations.give()
    cells = stations.stick / "cells"
    secret = tmp_path / "secret"
    secret.write_bytes(os.urandom(65_536))
    (cells / sha256(secret.read_bytes()).hexdigest()).symlink_to(secret)
    (cells / "\x1b[2J").write_bytes(b"")
    (cells / "-rf").mkdir()
    (cells / ".half").write_bytes(b"remainder")
    taken = stations.take()
    assert codes(taken.refused) == ["handover-unlisted"] * 3
    assert taken.messages == 2


@pytest.mark.parametrize("made", ["link", "pipe", "folder", "missing", "long", "short"])
def test_a_cell_that_is_no_file_of_its_size_is_refused_and_the_rest_comes_in(
    stations, tmp_path, made
):
    account, *_ = stations.testimony()
    stations.give()
    path = stations.stick / "cells" / sha256(account).hexdigest()
    elsewhere = tmp_path / "elsewhere"
    path.rename(elsewhere)
    if made == "link":
        path.symlink_to(elsewhere)
    elif made == "pipe":
        os.mkfifo(path)
    elif made == "folder":
        path.mkdir()
    elif made != "missing":
        path.write_bytes(bytes(65_537 if made == "long" else 65_535))
    taken = stations.take()
    assert (taken.messages, len(taken.refused)) == (1, 1)
    assert stations.messages(JOINER) == [""]


@pytest.mark.parametrize(
    ("made", "refusal"),
    [("link", PouchNotAFileError), ("pipe", PouchNotAFileError), ("huge", PouchSizeError)],
)
def test_a_document_that_is_no_file_of_a_possible_size_is_refused(
    stations, tmp_path, made, refusal
):
    stations.testimony()
    stations.give()
    path = stations.stick / "handover.json"
    elsewhere = tmp_path / "elsewhere"
    path.rename(elsewhere)
    if made == "link":
        path.symlink_to(elsewhere)
    elif made == "pipe":
        os.mkfifo(path)
    else:
        with path.open("wb") as file:
            file.truncate(2**25)
    with pytest.raises(refusal):
        stations.take()


@pytest.mark.parametrize("harm", ["no folder", "no mark", "another mark", "no document"])
def test_a_folder_that_is_no_whole_handover_is_refused(stations, harm):
    stations.testimony()
    stations.give()
    if harm == "no folder":
        stations.stick = stations.folder / "nowhere"
    elif harm == "no document":
        (stations.stick / "handover.json").unlink()
    elif harm == "no mark":
        (stations.stick / "HANDOVER").unlink()
    else:
        (stations.stick / "HANDOVER").write_bytes(b"buzon pouch 1\n")
    with pytest.raises(HandoverMissingError):
        stations.take()


def test_a_stick_without_its_cells_is_told(stations):
    stations.testimony()
    stations.give()
    (stations.stick / "cells").rename(stations.folder / "elsewhere")
    (stations.stick / "cells").symlink_to(stations.folder / "elsewhere")
    taken = stations.take()
    assert (taken.messages, codes(taken.refused)) == (0, ["pouch-missing"])


def test_lost_parts_are_told_and_come_with_a_second_handover(stations):
    *_, part = stations.testimony()
    stations.give()
    (stations.stick / "cells" / sha256(part).hexdigest()).unlink()
    taken = stations.take()
    assert (taken.messages, codes(taken.refused)) == (2, ["handover-parts"])
    stations.stick = stations.folder / "otra"
    stations.give()
    taken = stations.take()
    assert (taken.messages, taken.known, taken.parts, taken.refused) == (0, 2, 1, [])


@pytest.mark.parametrize("filling", [b"[],", b"0,", b"[[[[[[[]]]]]]],"])
def test_a_document_of_millions_of_values_is_refused_before_it_fills_the_memory(
    made_stick, filling
):
    stations, _ = made_stick
    (stations.stick / "handover.json").write_bytes(b"[" + filling * (2**24 // len(filling)) + b"0]")
    before = getrusage(RUSAGE_SELF).ru_maxrss
    with pytest.raises(DocumentMalformedError):
        stations.take()
    assert getrusage(RUSAGE_SELF).ru_maxrss - before < 100 * 1024  # KiB


@pytest.mark.parametrize("filling", [b"[],", b"0,"])
def test_a_payload_of_millions_of_values_is_refused_unparsed(made_stick, monkeypatch, filling):
    stations, _ = made_stick
    payload = b"[" + filling * (2**22 // len(filling)) + b"0]"
    envelope = Envelope(Handover.PAYLOAD_TYPE, payload).with_signature(bytes(64))
    (stations.stick / "handover.json").write_bytes(envelope.to_json())

    def parsed(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Handover, "from_payload", parsed)
    with pytest.raises(DocumentMalformedError):
        stations.take()


def test_the_largest_handover_is_read(made_stick):
    stations, _ = made_stick
    record = bytes(1_168)
    many = tuple(Handed(number.to_bytes(32), record) for number in range(MAX_MESSAGES))
    stations.forge(messages=many, parts=0)
    refused = codes(stations.take().refused)
    assert refused == ["handover-unlisted"] + ["pouch-unreadable"] * MAX_MESSAGES
