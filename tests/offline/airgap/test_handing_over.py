"""Nothing is handed over that may not be, to nobody who may not read, without being logged."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from nacl.utils import random

from crypto.airgap import handing_over
from crypto.airgap.durable import FileExistsRefusedError
from crypto.airgap.handing_over import HandoverReceiverError, HandoverTooLargeError
from crypto.airgap.vetting import LawyerUnknownError
from crypto.directory import FreshnessWeekError
from crypto.handover import HandoverGiverError, HandoverMissingError
from crypto.message import Answers
from crypto.roster import RosterRollbackError
from crypto.stick import Folder, PouchFullError
from crypto.weeks import week_of
from tests.offline.airgap.handing import COLLEAGUE, ELSEWHERE, GIVER, JOINER, Stations, codes
from tests.offline.airgap.older import older
from tests.offline.airgap.world import NOW, Witness, tree

YES: Answers = {"consent_use": ["legal", "share_org"]}
NO: Answers = {"consent_use": ["legal"]}


# ----------------------------------------------------------------- consent


def refused_elsewhere(stations: Stations) -> list[str]:
    """Why the giver's threads do not go to another team."""
    return codes(list(stations.plan(ELSEWHERE).refused))


@pytest.mark.parametrize(
    ("consent", "expected"),
    [
        ({}, ["handover-consent"]),
        (NO, ["handover-consent"]),
        ({"consent_use": []}, ["handover-consent"]),
        ({"consent_use": "share_org"}, ["handover-consent"]),
        ({"consent_use": {"share_org": True}}, ["handover-consent"]),
        ({"consent_use": ["share_organisation"]}, ["handover-consent"]),
        ({"share_org": True}, ["handover-consent"]),
        (YES, []),
        ({**YES, "withhold": ""}, []),
        ({**YES, "withhold": " \n "}, []),
        ({**YES, "withhold": "El nombre de mi madre."}, ["handover-withheld"]),
        ({**YES, "withhold": ["un nombre"]}, ["handover-withheld"]),
        ({**YES, "withhold": False}, ["handover-withheld"]),
        ({**NO, "withhold": "todo"}, ["handover-consent"]),
    ],
)
def test_a_testimony_goes_to_another_team_only_when_the_witness_says_so(
    stations, consent, expected
):
    stations.bring(GIVER, stations.message(consent=consent))
    assert refused_elsewhere(stations) == expected
    assert bool(stations.plan(ELSEWHERE).threads) == (expected == [])


@pytest.mark.parametrize("consent", [{}, NO, {**NO, "withhold": "todo"}])
def test_within_the_team_whatever_was_said_is_enough(stations, consent):
    stations.bring(GIVER, stations.message(consent=consent))
    assert stations.plan(JOINER).refused == ()
    assert len(stations.plan(JOINER).threads) == 1


@pytest.mark.parametrize(
    ("earlier", "later", "expected"),
    [(YES, NO, ["handover-consent"]), (YES, {}, ["handover-consent"]), (NO, YES, [])],
)
def test_the_latest_word_holds(stations, earlier, later, expected):
    week = week_of(NOW.date())
    only = stations.only_the_giver
    stations.world.now = NOW
    first = stations.witness.message(consent=earlier, week=week - 1, recipients=only)
    second = stations.witness.message(consent=later, kind="follow-up", recipients=only)
    with stations.world.open_vault(GIVER) as vault:
        # A key of last week, so that the older message opens too.
        query = "SELECT seed, envelope FROM weekly_keys WHERE week = ?"
        ((seed, envelope),) = vault.database.rows(query, week)
        vault.weekly_keys.add(vault.identity.owner(), week - 1, seed, envelope)
    assert stations.bring(GIVER, first, second).opened == 2
    assert refused_elsewhere(stations) == expected


@pytest.mark.parametrize("order", [(YES, NO), (NO, YES)])
def test_of_two_words_in_one_week_the_one_that_refuses_holds(stations, order):
    for consent in order:
        stations.bring(GIVER, stations.message(kind="follow-up", consent=consent))
    assert refused_elsewhere(stations) == ["handover-consent"]


def test_a_giver_who_goes_over_to_another_team_does_not_take_testimonies_along(stations):
    stations.bring(GIVER, stations.message(consent=NO))
    stations.bring(ELSEWHERE)
    moved = stations.world.new_identity(GIVER, "Ahuehuete", team="Sur")
    stations.world.vet(moved, retire=[GIVER])
    assert stations.bring(GIVER).succeeded is not None
    assert refused_elsewhere(stations) == ["handover-consent"]
    of_the_new_team = Witness(stations.world).message("Ya en Sur.", consent=NO)
    stations.bring(GIVER, of_the_new_team)
    assert [len(given.messages) for given in stations.plan(ELSEWHERE).threads] == [1]
    assert refused_elsewhere(stations) == ["handover-consent"]


def test_a_giver_whom_directors_write_down_as_of_another_team_does_not_either(stations):
    stations.bring(GIVER, stations.message(consent=NO))
    stations.world.next_roster(
        lawyers=tuple(
            replace(one, team="Sur") if one.pseudonym == GIVER else one
            for one in stations.world.roster.lawyers
        )
    )
    for name in (GIVER, ELSEWHERE):
        stations.bring(name)
    assert refused_elsewhere(stations) == ["handover-consent"]


def test_what_was_handed_over_within_a_team_stays_there_when_both_go_over_to_another(stations):
    stations.testimony(consent=NO)
    stations.give()
    stations.take()
    moved = [
        replace(one, team="Sur") if one.pseudonym in {GIVER, JOINER} else one
        for one in stations.world.roster.lawyers
    ]
    stations.world.next_roster(lawyers=tuple(moved))
    for name in (JOINER, ELSEWHERE):
        stations.bring(name)
    assert codes(list(stations.plan(ELSEWHERE, giver=JOINER).refused)) == ["handover-consent"]


def test_under_an_unknown_roster_the_witness_may_have_spoken_to_any_team_of_hers(stations):
    stations.bring(GIVER, stations.message(consent=NO, roster_hash=random(32)))
    assert stations.plan(JOINER).threads
    moved = stations.world.new_identity(GIVER, "Ahuehuete", team="Sur")
    stations.world.vet(moved, retire=[GIVER])
    stations.bring(GIVER)
    assert refused_elsewhere(stations) == ["handover-consent"]


def test_a_file_without_a_word_on_consent_takes_nothing_back(stations):
    manifests, parts = stations.witness.file(b"foto", "foto.jpg")
    stations.bring(
        GIVER,
        stations.message(consent=YES),
        stations.message(kind="files", files=manifests, consent={}),
        *parts,
    )
    assert refused_elsewhere(stations) == []


def test_a_file_alone_is_no_consent(stations):
    manifests, parts = stations.witness.file(b"foto", "foto.jpg")
    stations.bring(GIVER, stations.message(kind="files", files=manifests, consent={}), *parts)
    assert refused_elsewhere(stations) == ["handover-consent"]


def test_a_thread_that_may_not_go_stays_and_the_others_go(stations):
    stations.bring(GIVER, stations.message("Se queda.", consent=NO))
    stations.bring(ELSEWHERE)
    stations.witness = Witness(stations.world)
    stations.bring(GIVER, stations.message("Va.", consent=YES))
    assert codes(stations.give(ELSEWHERE)) == ["handover-consent"]
    stations.take(ELSEWHERE)
    assert stations.messages(ELSEWHERE) == ["Va."]


def test_what_another_team_gave_is_not_the_own_teams_to_pass_on(stations):
    stations.testimony(consent=YES)
    stations.bring(ELSEWHERE)
    stations.give(ELSEWHERE)
    stations.take(ELSEWHERE)
    # From now on a colleague of the receiver's, in the list as the directors sign it.
    lawyers = tuple(
        replace(one, team="Sur") if one.pseudonym == COLLEAGUE else one
        for one in stations.world.roster.lawyers
    )
    stations.world.next_roster(lawyers=lawyers)
    stations.bring(ELSEWHERE)
    assert stations.plan(COLLEAGUE, ELSEWHERE).refused == ()
    stations.bring(ELSEWHERE, stations.witness.message(consent=NO, kind="follow-up"))
    assert codes(list(stations.plan(COLLEAGUE, ELSEWHERE).refused)) == ["handover-consent"]


# ----------------------------------------------------------------- to whom


def test_messages_of_when_the_receiver_was_listed_already_are_counted(stations):
    stations.bring(GIVER, stations.message(), stations.message(kind="follow-up"))
    stations.bring(GIVER, stations.message(kind="follow-up", roster_hash=random(32)))
    assert stations.plan().could_have_been_chosen == 2


@pytest.mark.parametrize("status", ["revoked", "retired"])
def test_nothing_goes_to_a_lawyer_who_is_not_active_any_more(stations, status):
    stations.testimony()
    lawyers = tuple(
        replace(one, status=status) if one.pseudonym == JOINER else one
        for one in stations.world.roster.lawyers
    )
    stations.world.next_roster(lawyers=lawyers)
    stations.bring(GIVER)
    with pytest.raises(HandoverReceiverError):
        stations.plan(JOINER)


def test_a_pouch_of_before_a_revocation_is_not_believed_again(stations):
    stations.testimony()
    before = (stations.pouch.path / "directory.json").read_bytes()
    lawyers = tuple(
        replace(one, status="revoked") if one.pseudonym == JOINER else one
        for one in stations.world.roster.lawyers
    )
    stations.world.next_roster(lawyers=lawyers)
    stations.bring(GIVER)
    (stations.pouch.path / "directory.json").write_bytes(before)
    with pytest.raises(RosterRollbackError):
        stations.plan(JOINER)


def test_nothing_goes_to_oneself_or_to_nobody(stations):
    stations.testimony()
    with pytest.raises(HandoverReceiverError):
        stations.plan(GIVER)
    with pytest.raises(LawyerUnknownError):
        stations.plan("Nopal")
    assert stations.plan(stations.id_of(JOINER).hex()).receiver.lawyer.pseudonym == JOINER


def test_a_receiver_without_a_key_of_this_week_waits(stations):
    stations.testimony()
    own = stations.id_of(JOINER)
    stations.world.keys = [
        key for key in stations.world.keys if own.hex().encode() not in key.payload
    ]
    (stations.pouch.path / "directory.json").write_bytes(stations.world.directory())
    with pytest.raises(HandoverReceiverError):
        stations.plan(JOINER)


def test_a_giver_who_is_not_active_any_more_hands_nothing_over(stations):
    stations.testimony()
    lawyers = tuple(
        replace(one, status="retired") if one.pseudonym == GIVER else one
        for one in stations.world.roster.lawyers
    )
    stations.world.next_roster(lawyers=lawyers)
    stations.bring(GIVER)
    with pytest.raises(HandoverGiverError):
        stations.plan(JOINER)


def test_a_pouch_of_another_week_brings_no_key_to_seal_to(stations):
    stations.testimony()
    with pytest.raises(FreshnessWeekError):
        stations.plan(now=NOW + timedelta(weeks=1))


# ----------------------------------------------------------------- what goes


def test_the_stick_holds_no_word_of_it_in_clear(stations):
    stations.testimony(b"planted-content" * 1_000, narrative="planted-sentence")
    stations.give()
    assert b"planted" not in b"".join(content for _, content in tree(stations.stick).values())
    assert {name.split("/")[0] for name in tree(stations.stick)} == {
        "HANDOVER", "cells", "handover.json", "rosters",
    }  # fmt: skip


def test_a_message_that_lost_its_cell_stays_and_the_rest_goes(stations):
    account, *_ = stations.testimony()
    with stations.world.open_vault(GIVER) as vault:
        vault.database.execute(
            "DELETE FROM message_cells WHERE cell = (SELECT id FROM cells WHERE digest = ?)",
            sha256(account).digest(),
        )
    assert codes(stations.give()) == ["handover-lacking"]
    assert stations.take().messages == 1


@pytest.mark.parametrize("harm", ["missing", "damaged"])
def test_a_part_that_is_not_whole_on_the_disk_is_told_and_the_rest_goes(stations, harm):
    *_, part = stations.testimony()
    path = stations.world.vault_path(GIVER) / "parts" / sha256(part).hexdigest()
    path.unlink() if harm == "missing" else path.write_bytes(part[:-1] + b"?")
    assert codes(stations.give()) == ["handover-lacking"]
    taken = stations.take()
    assert (taken.messages, taken.refused) == (2, [])


def test_more_messages_than_a_document_names_are_refused_before_anything_is_written(
    stations, monkeypatch
):
    stations.testimony()
    monkeypatch.setattr(handing_over, "MAX_MESSAGES", 1)
    with pytest.raises(HandoverTooLargeError):
        stations.plan()
    assert "shared" not in [act for act, _ in stations.acts(GIVER)]


def test_a_vault_of_before_opens_and_hands_over_while_the_weekly_key_is_there(stations):
    stations.testimony()
    older(stations.world, GIVER)
    with stations.world.open_vault(GIVER) as vault:
        assert vault.database.rows("SELECT DISTINCT cell_key, handover FROM messages") == [
            (None, None)
        ]
    assert stations.give() == []
    assert stations.take().messages == 2


def test_a_message_filed_before_keys_were_kept_stays_once_its_weekly_key_is_gone(stations):
    stations.testimony()
    older(stations.world, GIVER)
    with stations.world.open_vault(GIVER) as vault:
        vault.weekly_keys.destroy([week_of(NOW.date())])
    assert codes(list(stations.plan().refused)) == ["handover-lacking"] * 2
    assert stations.plan().threads == ()


def test_a_message_is_handed_over_long_after_its_weekly_key_is_gone(stations):
    stations.testimony()
    with stations.world.open_vault(GIVER) as vault:
        vault.weekly_keys.destroy([week_of(NOW.date())])
    assert stations.give() == []
    assert stations.take().messages == 2


# ----------------------------------------------------------------- the stick


def test_the_log_tells_of_it_before_the_first_cell_is_on_the_stick(stations, monkeypatch):
    stations.testimony()

    def fails(*_: object) -> None:
        raise PouchFullError("as on a stick")

    monkeypatch.setattr(handing_over, "_lay", fails)
    with pytest.raises(PouchFullError):
        stations.give()
    assert stations.acts(GIVER)[-1][0] == "shared"
    assert list((stations.stick / "cells").iterdir()) == []


def test_a_whole_handover_is_not_written_over(stations):
    stations.testimony()
    stations.give()
    before = tree(stations.stick)
    custody = stations.acts(GIVER)
    with pytest.raises(FileExistsRefusedError):
        stations.give(COLLEAGUE)
    assert tree(stations.stick) == before
    assert stations.acts(GIVER) == custody


@pytest.mark.parametrize("harm", ["other things", "a file", "a link", "no stick"])
def test_a_folder_of_other_things_is_left_alone(stations, tmp_path, harm):
    stations.testimony()
    if harm == "other things":
        stations.stick.mkdir()
        (stations.stick / "letter").write_bytes(b"keep me")
    elif harm == "a file":
        stations.stick.write_bytes(b"keep me")
    elif harm == "a link":
        (tmp_path / "elsewhere").mkdir()
        stations.stick.symlink_to(tmp_path / "elsewhere")
    else:
        stations.stick = stations.stick / "deeper"
    before = tree(tmp_path)
    with pytest.raises(HandoverMissingError):
        stations.give()
    assert tree(tmp_path).keys() == before.keys()


def test_a_stick_without_room_is_refused_before_anything_is_logged(stations, monkeypatch):
    stations.testimony()
    monkeypatch.setattr(Folder, "free_bytes", lambda _: 65_536)
    with pytest.raises(PouchFullError):
        stations.give()
    assert "shared" not in [act for act, _ in stations.acts(GIVER)]


@pytest.mark.parametrize("writes", range(1, 6))
def test_a_stick_that_fills_up_leaves_no_document(stations, monkeypatch, writes):
    stations.testimony()
    made = os.fsync
    left = [2 * writes]

    def full(descriptor: int) -> None:
        if stations.stick.exists() and "entrega" in str(
            Path(f"/proc/self/fd/{descriptor}").readlink()
        ):
            left[0] -= 1
            if left[0] < 0:
                raise OSError(errno.ENOSPC, "as on a stick")
        made(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(PouchFullError):
            stations.give()
    assert not (stations.stick / "handover.json").exists()
    with pytest.raises(HandoverMissingError):
        stations.take()
    assert stations.give() == []
    assert stations.take().messages == 2


class Killed(BaseException):
    """Stands for kill -9: nothing of ours runs afterwards."""


def test_a_killed_run_is_completed_and_leaves_nothing_of_itself(stations):
    stations.testimony()

    def die(_done: int, _work: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        stations.give(progress=die)
    cells = stations.stick / "cells"
    (laid,) = cells.iterdir()
    (cells / ".half.partial").write_bytes(b"half")
    (cells / ("b" * 64)).write_bytes(b"of a thread that is not handed over now")
    laid.write_bytes(laid.read_bytes()[:-1] + b"?")
    assert stations.give() == []
    taken = stations.take()
    assert (taken.messages, taken.refused) == (2, [])
