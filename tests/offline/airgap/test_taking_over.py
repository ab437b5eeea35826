"""What a colleague hands over is believed only as far as the witness's own cell bears it out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from nacl.utils import random

from crypto import hpke
from crypto.airgap import taking_over
from crypto.airgap.durable import FileUnwritableError
from crypto.airgap.exporting import export_thread
from crypto.airgap.outgoing import write_reply
from crypto.airgap.program import Tongue
from crypto.airgap.reach import reaches
from crypto.airgap.streaming import stream_file
from crypto.airgap.telling import Telling, told_messages
from crypto.airgap.vault import messages as filed
from crypto.airgap.vault.rosters import RosterMissingError
from crypto.dsse import DocumentSignaturesError, DocumentTypeError
from crypto.handover import (
    HandoverGiverError,
    HandoverOtherError,
    HandoverRosterError,
    HandoverWeekError,
)
from crypto.receipt import Receipt
from crypto.weeks import week_of
from tests.offline.airgap.handing import COLLEAGUE, GIVER, JOINER, codes
from tests.offline.airgap.world import NOW, tree

ES = Tongue("es")


def test_a_testimony_and_its_file_come_over_whole(stations):
    cells = stations.testimony(b"foto" * 300_000)
    assert stations.give() == []
    taken = stations.take()
    assert taken.giver.pseudonym == GIVER
    assert (taken.messages, taken.own, taken.known, taken.parts) == (2, 0, 0, len(cells) - 2)
    assert taken.refused == []
    with stations.world.open_vault(JOINER) as vault:
        (thread,) = vault.messages.threads()
        (file,) = vault.files.of_thread(thread)
        content = bytearray()
        stream_file(vault.parts, file, content.extend)
    assert bytes(content) == b"foto" * 300_000


def test_what_the_receiver_holds_is_byte_for_byte_what_the_giver_holds(stations):
    stations.testimony()
    stations.give()
    stations.take()
    query = "SELECT digest, bytes FROM message_cells JOIN cells ON id = cell ORDER BY digest"
    what = "SELECT message, week, roster, transcript, signature, json, cell_key FROM messages"
    held = []
    for name in (GIVER, JOINER):
        with stations.world.open_vault(name) as vault:
            held.append((vault.database.rows(query), sorted(vault.database.rows(what)),
                         tree(vault.parts)))  # fmt: skip
    assert held[0] == held[1]


def test_who_handed_it_over_is_told_wherever_it_is_shown(stations, tmp_path):
    stations.testimony()
    stations.give()
    stations.take()
    giver = stations.id_of(GIVER).hex()
    telling = Telling(ES)
    with stations.world.open_vault(JOINER) as vault:
        (thread,) = vault.messages.threads()
        assert "entregados por colegas: 2" in telling.thread_line(vault, thread)
        assert telling.thread_summary(vault, thread)["handed_over"] == 2
        for told in told_messages(vault, thread):
            assert telling.message_value(told)["handed_by"] == giver
        owner = vault.identity.owner()
        export_thread(vault, owner, thread, tmp_path / "export", NOW, telling)
    text = (tmp_path / "export" / "message-0001.txt").read_text("utf-8")
    assert f"{GIVER} ({giver})" in text
    with stations.world.open_vault(GIVER) as vault:
        (thread,) = vault.messages.threads()
        assert "colega" not in telling.thread_line(vault, thread)
        for told in told_messages(vault, thread):
            assert telling.message_value(told)["handed_by"] is None
            assert "entregó" not in telling.message(told)


def test_the_document_that_the_colleague_signed_is_kept_beside_it(stations):
    stations.testimony()
    stations.give()
    stations.take()
    signed = stations.handover()
    with stations.world.open_vault(JOINER) as vault:
        rows = vault.database.rows("SELECT hash, giver FROM handovers")
    assert rows == [(signed.payload_hash, signed.giver)]


def test_both_custody_logs_tell_of_it_and_verify(stations):
    cells = stations.testimony()
    stations.give()
    stations.take()
    assert stations.acts(GIVER)[-1] == ("shared", f"to {stations.id_of(JOINER).hex()}")
    note = f"from {stations.id_of(GIVER).hex()}"
    assert [act for act in stations.acts(JOINER) if act[1] == note] == [
        ("received", note), ("opened", note), ("received", note),
    ]  # fmt: skip
    digests = {sha256(cell).digest() for cell in cells}
    with stations.world.open_vault(GIVER) as vault:
        (thread,) = vault.messages.threads()
        shared = vault.verified_custody()[-1].objects
    assert set(shared) == {thread.thread_key, *digests}
    with stations.world.open_vault(JOINER) as vault:
        received = [
            digest
            for entry in vault.verified_custody()
            if (entry.act, entry.note) == ("received", note)
            for digest in entry.objects
        ]
    assert sorted(received) == sorted(digests)


def test_taking_twice_changes_nothing(stations):
    stations.testimony()
    stations.give()
    stations.take()
    custody = stations.acts(JOINER)
    again = stations.take()
    assert (again.messages, again.parts, again.known, again.refused) == (0, 0, 2, [])
    assert stations.acts(JOINER) == custody


def test_cells_that_were_pulled_before_and_did_not_open_are_opened_now(stations):
    cells = stations.testimony()
    report = stations.bring(JOINER, *cells)
    assert (report.messages, report.opened) == (2, 0)
    stations.give()
    taken = stations.take()
    assert (taken.messages, taken.parts, taken.refused) == (2, 0, [])
    with stations.world.open_vault(JOINER) as vault:
        assert vault.cells.count_unopened() == 0


def test_cells_that_the_stick_lost_are_taken_from_the_vault_that_has_them(stations):
    cells = stations.testimony()
    stations.bring(JOINER, *cells)
    stations.give()
    for path in (stations.stick / "cells").iterdir():
        path.unlink()
    taken = stations.take()
    assert (taken.messages, taken.refused) == (2, [])


def test_a_cell_whose_bytes_were_let_go_is_held_again(stations):
    cells = stations.testimony()
    stations.bring(JOINER, *cells)
    stations.give()
    with stations.world.open_vault(JOINER) as vault:
        assert vault.cells.let_go_unopened(week_of(NOW.date())) == 2
    assert stations.take().messages == 2
    with stations.world.open_vault(JOINER) as vault:
        assert vault.cells.message_bytes(sha256(cells[0]).digest()) == cells[0]


def test_a_cell_that_the_receivers_own_key_opens_is_her_own(stations):
    both = stations.witness.message()
    stations.bring(GIVER, both)
    stations.bring(JOINER)
    stations.give()
    taken = stations.take()
    assert (taken.own, taken.messages) == (1, 0)
    with stations.world.open_vault(JOINER) as vault:
        (thread,) = vault.messages.threads()
        assert vault.messages.of_thread(thread)[0].handed_by is None


def test_she_answers_the_witness_and_the_givers_replies_stay_the_givers(stations):
    stations.testimony()
    with stations.world.open_vault(GIVER) as vault:
        (thread,) = vault.messages.threads()
        write_reply(vault, vault.identity.owner(), thread, "Estamos con usted.", NOW)
    stations.give()
    stations.take()
    with stations.world.open_vault(JOINER) as vault:
        (thread,) = vault.messages.threads()
        assert vault.replies.of_thread(thread) == []
        write_reply(vault, vault.identity.owner(), thread, "Yo también.", NOW)
        assert [one.text for one in vault.replies.of_thread(thread)] == ["Yo también."]
        assert thread.tag_key == stations.witness.phrase.tag_key


def test_reply_keys_are_pinned_as_the_giver_pinned_them(stations):
    first = stations.message()
    stations.bring(GIVER, first)
    other = stations.message(kind="follow-up", reply_seed=bytes(32))
    stations.bring(GIVER, other)
    stations.bring(JOINER)
    stations.give()
    stations.take()
    with stations.world.open_vault(JOINER) as vault:
        (thread,) = vault.messages.threads()
        alarms = [one.alarms for one in vault.messages.of_thread(thread)]
    assert thread.reply_key == hpke.public_key_from_seed(stations.witness.phrase.reply_seed)
    assert sorted(alarms) == [(), (filed.ALARM_KEYS_CHANGED,)]


def test_what_was_handed_over_can_be_handed_on_within_the_team(stations):
    stations.testimony()
    stations.give()
    stations.take()
    stations.stick = stations.folder / "otra"
    assert stations.give(to=COLLEAGUE, giver=JOINER) == []
    taken = stations.take(COLLEAGUE)
    assert (taken.messages, taken.giver.pseudonym) == (2, JOINER)


def test_a_witness_of_before_her_time_raises_no_alarm_when_directors_signed_that_roster(stations):
    stations.bring(GIVER, stations.message())
    stations.world.next_roster()
    stations.bring(GIVER)
    stations.bring(JOINER)
    stations.give()
    stations.take()
    with stations.world.open_vault(JOINER) as vault:
        (thread,) = vault.messages.threads()
        assert vault.messages.of_thread(thread)[0].alarms == ()
        assert len(vault.rosters.hashes()) == 1


@pytest.mark.parametrize("harm", ["missing", "forged", "a link", "of another name"])
def test_an_old_roster_that_directors_did_not_sign_is_an_alarm(stations, harm):
    stations.bring(GIVER, stations.message())
    stations.world.next_roster()
    stations.bring(GIVER)
    stations.bring(JOINER)
    stations.give()
    (path,) = (stations.stick / "rosters").iterdir()
    if harm == "forged":
        path.write_bytes(path.read_bytes().replace(b'"sig":"', b'"sig":"AAAA', 1)[:-4])
    elif harm == "of another name":
        path.write_bytes(stations.world.signed(stations.world.roster).to_json())
    else:
        elsewhere = stations.folder / "elsewhere"
        path.rename(elsewhere)
        if harm == "a link":
            path.symlink_to(elsewhere)
    assert stations.take().messages == 1
    with stations.world.open_vault(JOINER) as vault:
        (thread,) = vault.messages.threads()
        assert vault.messages.of_thread(thread)[0].alarms == (filed.ALARM_ROSTER_UNKNOWN,)


# ----------------------------------------------------------------- for whom, and from whom


def test_a_handover_to_somebody_else_is_refused_and_nothing_taken(stations):
    stations.testimony()
    stations.give()
    with pytest.raises(HandoverOtherError):
        stations.take(COLLEAGUE)
    assert stations.messages(COLLEAGUE) == []


def test_a_document_signed_anew_for_somebody_else_opens_nothing_there(stations):
    stations.testimony()
    stations.give()
    stations.forge(receiver=stations.id_of(COLLEAGUE))
    assert codes(stations.take(COLLEAGUE).refused) == [
        "handover-parts", "handover-unlisted", "handover-unlisted", "unseal", "unseal",
    ]  # fmt: skip
    assert stations.messages(COLLEAGUE) == []


def test_a_colleague_cannot_hand_on_in_her_own_name_what_was_sealed_by_another(stations):
    stations.testimony()
    stations.give()
    stations.forge(by=COLLEAGUE, giver=stations.id_of(COLLEAGUE))
    assert codes(stations.take().refused).count("unseal") == 2
    assert stations.messages(JOINER) == []


def test_a_handover_that_another_signed_in_the_givers_name_is_refused(stations):
    stations.testimony()
    stations.give()
    stations.forge(by=COLLEAGUE)
    with pytest.raises(DocumentSignaturesError):
        stations.take()


@pytest.mark.parametrize("status", ["revoked", "retired"])
def test_a_giver_who_is_not_active_any_more_is_refused(stations, status):
    stations.testimony()
    stations.give()
    lawyers = tuple(
        replace(one, status=status) if one.pseudonym == GIVER else one
        for one in stations.world.roster.lawyers
    )
    stations.world.next_roster(lawyers=lawyers)
    stations.bring(JOINER)
    with pytest.raises(HandoverGiverError):
        stations.take()


def test_a_stranger_is_no_giver_and_nobody_hands_over_to_herself(stations):
    stations.testimony()
    stations.give()
    stations.forge(giver=bytes(8))
    with pytest.raises(HandoverGiverError):
        stations.take()
    stations.forge(by=JOINER, giver=stations.id_of(JOINER))
    with pytest.raises(HandoverGiverError):
        stations.take()


def test_a_roster_that_this_station_never_verified_is_refused(stations):
    stations.testimony()
    stations.give()
    stations.forge(roster=random(32))
    with pytest.raises(HandoverRosterError):
        stations.take()


def test_a_station_without_a_roster_takes_nothing(stations):
    stations.bring(GIVER, stations.message())
    stations.give()
    with pytest.raises(RosterMissingError):
        stations.take()


def test_a_document_of_another_kind_is_refused(stations):
    stations.testimony()
    stations.give()
    with stations.world.open_vault(GIVER) as vault:
        owner = vault.identity.owner()
        receipt = Receipt("http://buzon.example", owner.id, bytes(32), 100, (bytes(32),))
        envelope = owner.signer.sign_document(receipt)
    (stations.stick / "handover.json").write_bytes(envelope.to_json())
    with pytest.raises(DocumentTypeError):
        stations.take()


@pytest.mark.parametrize("weeks", [2, 200])
def test_a_week_to_come_is_refused(stations, weeks):
    stations.testimony()
    stations.give()
    stations.forge(week=week_of(NOW.date()) + weeks)
    with pytest.raises(HandoverWeekError):
        stations.take()


def test_a_week_whose_key_is_not_here_is_refused(stations):
    stations.testimony()
    stations.give()
    with stations.world.open_vault(JOINER) as vault:
        vault.weekly_keys.destroy([week_of(NOW.date())])
    with pytest.raises(HandoverWeekError):
        stations.take()


def test_a_record_of_one_week_does_not_open_in_another(stations):
    stations.testimony()
    stations.give()
    stations.forge(week=week_of(NOW.date()) + 1)
    assert codes(stations.take().refused).count("unseal") == 2
    assert stations.messages(JOINER) == []


def test_a_stick_that_travels_into_another_week_is_taken(stations):
    stations.testimony()
    stations.give()
    assert stations.take(now=NOW + timedelta(weeks=3)).messages == 2


class Killed(BaseException):
    """Stands for kill -9: nothing of ours runs afterwards."""


def test_a_killed_run_is_resumed_by_running_it_again(stations, monkeypatch):
    monkeypatch.setattr(taking_over, "MESSAGES_AT_ONCE", 1)
    monkeypatch.setattr(taking_over, "PARTS_AT_ONCE", 1)
    cells = stations.testimony()
    stations.give()
    for stop in range(1, len(cells)):

        def die(done: int, _work: int, stop: int = stop) -> None:
            if done == stop:
                raise Killed

        with pytest.raises(Killed):
            stations.take(progress=die)
    taken = stations.take()
    assert (taken.known, taken.refused) == (2, [])
    note = f"from {stations.id_of(GIVER).hex()}"
    with stations.world.open_vault(JOINER) as vault:
        entries = [one for one in vault.verified_custody() if one.note == note]
        received = [digest for one in entries if one.act == "received" for digest in one.objects]
    assert sorted(received) == sorted(sha256(cell).digest() for cell in cells)


def test_a_full_disk_leaves_what_was_taken_and_says_so(stations, monkeypatch):
    stations.testimony()
    stations.give()

    def full(*_: object) -> None:
        raise FileUnwritableError("full")

    with monkeypatch.context() as patch:
        patch.setattr("crypto.airgap.durable.write_unflushed_name", full)
        with pytest.raises(FileUnwritableError):
            stations.take()
    assert len(stations.messages(JOINER)) == 2
    assert stations.take().refused == []


def test_what_was_handed_over_to_her_identity_of_before_opens_once_another_speaks(stations):
    stations.testimony()
    assert stations.give() == []
    made = stations.world.new_identity(JOINER, "Ahuehuete")
    stations.world.vet(made, retire=[JOINER])
    assert stations.bring(JOINER).succeeded is not None
    assert stations.take().messages == 2
    with stations.world.open_vault(JOINER) as vault:
        vault.verified_custody()


def test_what_was_handed_over_counts_as_what_both_could_read(stations):
    """Although she who joined later was on no list when it was sealed."""
    stations.testimony()
    stations.world.join("Ceiba")
    stations.bring(GIVER)
    stations.bring("Ceiba")
    ceiba, giver = stations.id_of("Ceiba"), stations.id_of(GIVER)
    with stations.world.open_vault(GIVER) as vault:
        assert reaches(vault, ceiba) == []
    assert stations.give("Ceiba") == []
    with stations.world.open_vault(GIVER) as vault:
        assert [one.could for one in reaches(vault, ceiba)] == [2]
    assert stations.take("Ceiba").messages == 2
    with stations.world.open_vault("Ceiba") as vault:
        assert [one.could for one in reaches(vault, giver)] == [2]
