"""What may be deleted, because of whose receipts; and that what was deleted is nowhere."""

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app import cli, create_desk, create_intake
from app.box import Box, Deposit
from app.db import open_database
from app.expiry import Reason, delete_cells, leave_no_trace, verdicts
from app.making import Plan, make_box, migrate
from app.published import held
from app.publishing import publish_folder
from app.receipts import drop_receipts, keep_receipt
from app.settings import Settings
from app.shelf import MESSAGES, PARTS
from app.status import status
from crypto.weeks import week_of
from tests.online import cells
from tests.online.conftest import NOON, TODAY, login
from tests.online.organisation import ORIGIN, Organisation, key

WEEK = week_of(TODAY)
LATER = TODAY + timedelta(weeks=9)


@pytest.fixture
def engine(settings: Settings):
    engine = open_database(settings)
    yield engine
    engine.dispose()


@pytest.fixture
def hand_in(serve, settings):
    """Hand a receipt in at the desk: the status, and the code of a refusal."""
    desk = serve(create_desk, settings)
    token = desk.post("/session", json=login(NOON)).json["token"]

    def put(envelope):
        answer = desk.put(
            f"/receipts/{envelope.payload_hash.hex()}",
            data=envelope.to_json(),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )
        return "taken" if answer.status_code == 204 else answer.json["code"]

    return put


def store(engine: Engine, *bodies: bytes, shelf=MESSAGES, day=TODAY) -> list[bytes]:
    """Put cells into the box as of *day*; their digests."""
    digests = [sha256(body).digest() for body in bodies]
    box = Box(engine, {shelf: 1_000_000})
    deposit = Deposit(shelf, list(zip(digests, bodies, strict=True)))
    box.store([deposit], day)
    assert deposit.refusal is None
    box.close()
    return digests


def reason_of(engine: Engine, digest: bytes, today=TODAY) -> Reason:
    (found,) = [each for each in verdicts(engine, held(engine), today) if each.digest == digest]
    return found.reason


def expire(engine: Engine, today=TODAY) -> int:
    """As `expire --yes` does; how many cells went."""
    gone = delete_cells(engine, verdicts(engine, held(engine), today), today)
    drop_receipts(engine, today)
    assert leave_no_trace(engine, today)
    return gone


def publish(engine: Engine, organisation: Organisation, folder: Path) -> None:
    publish_folder(engine, organisation.publication(folder), organisation.trust, NOON)


# ------------------------------------------------------------------ whose receipts count


def test_without_receipts_nothing_ever_goes(engine):
    store(engine, cells.message(WEEK))
    store(engine, cells.part(), shelf=PARTS)
    assert expire(engine, TODAY + timedelta(weeks=2_000)) == 0


def test_a_lost_receipt_keeps_the_cell_until_another_is_signed(engine, organisation, hand_in):
    (digest,) = store(engine, cells.message(WEEK))
    for name in ("ceiba", "mezquite"):
        assert hand_in(organisation.receipt(name, [digest])) == "taken"
    assert expire(engine) == 0
    # The one of the third lawyer was lost on the way; a week later another comes.
    assert hand_in(organisation.receipt("huizache", [digest], week=WEEK + 1)) == "taken"
    assert expire(engine) == 1


def test_a_receipt_signed_by_a_colleague_is_refused_and_does_not_count(
    engine, organisation, hand_in
):
    (digest,) = store(engine, cells.message(WEEK))
    bare = organisation.receipt("ceiba", [digest])
    bare = replace(bare, signatures=())
    forged = bare.with_signature(key("mezquite").sign(bare.signed_bytes).signature)
    assert hand_in(forged) == "document-signatures"
    assert reason_of(engine, digest, LATER) is Reason.TOO_FEW
    assert held_receipts(engine) == 0


def held_receipts(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM receipt").scalar_one())


def test_the_same_receipt_twice_counts_once(engine, organisation, hand_in):
    (digest,) = store(engine, cells.message(WEEK))
    for _ in range(3):
        assert hand_in(organisation.receipt("ceiba", [digest])) == "taken"
    assert held_receipts(engine) == 1
    assert reason_of(engine, digest, LATER) is Reason.TOO_FEW


def test_a_cell_that_comes_again_after_its_deletion_stays_until_stations_say_that_they_hold_it(
    engine, organisation, hand_in
):
    cell = cells.message(WEEK)
    (digest,) = store(engine, cell)
    receipts = [organisation.receipt(name, [digest]) for name in organisation.lawyers]
    for receipt in receipts:
        hand_in(receipt)
    assert expire(engine) == 1
    store(engine, cell)
    assert expire(engine) == 0
    # The old receipts again: they are true still, since stations forget nothing.
    for receipt in receipts[:2]:
        assert hand_in(receipt) == "taken"
    assert expire(engine) == 0
    assert hand_in(receipts[2]) == "taken"
    assert expire(engine) == 1


def test_a_cell_that_comes_again_goes_at_the_next_expire_when_its_receipts_are_on_file(
    engine, organisation, hand_in
):
    cell, other = cells.message(WEEK), cells.message(WEEK)
    digests = store(engine, cell, other)
    for name in organisation.lawyers[:2]:
        hand_in(organisation.receipt(name, digests))
    hand_in(organisation.receipt("huizache", digests[:1]))
    assert expire(engine) == 1
    store(engine, cell)
    assert reason_of(engine, digests[0]) is Reason.YOUNG
    assert expire(engine, LATER) == 2


@pytest.mark.parametrize("status", ["revoked", "retired"])
def test_the_receipts_of_who_is_no_longer_active_do_not_count(
    engine, organisation, hand_in, tmp_path, status
):
    (digest,) = store(engine, cells.message(WEEK))
    for name in ("ceiba", "mezquite"):
        assert hand_in(organisation.receipt(name, [digest])) == "taken"
    assert reason_of(engine, digest, LATER) is Reason.ENOUGH
    publish(engine, organisation.successor(**{status: ("ceiba",)}), tmp_path / "next")
    assert reason_of(engine, digest, LATER) is Reason.TOO_FEW
    assert hand_in(organisation.receipt("ceiba", [digest], week=WEEK - 1)) == "receipt-lawyer"
    assert expire(engine, LATER) == 0


def test_who_is_active_again_counts_again(engine, organisation, tmp_path):
    (digest,) = store(engine, cells.message(WEEK))
    for name in ("ceiba", "mezquite"):
        keep_receipt(engine, organisation.receipt(name, [digest]))
    away = organisation.successor(retired=("ceiba",))
    publish(engine, away, tmp_path / "away")
    publish(engine, away.successor(retired=()), tmp_path / "back")
    assert reason_of(engine, digest, LATER) is Reason.ENOUGH


def test_a_lawyer_counts_from_the_roster_on_that_names_her(engine, organisation, hand_in, tmp_path):
    (digest,) = store(engine, cells.message(WEEK))
    hand_in(organisation.receipt("mezquite", [digest]))
    # Her card exists, her station verified the roster, and she is not on it.
    early = organisation.receipt("palo-verde", [digest])
    assert hand_in(early) == "receipt-lawyer"
    assert held_receipts(engine) == 1
    publish(
        engine,
        organisation.successor(lawyers=(*organisation.lawyers, "palo-verde")),
        tmp_path / "next",
    )
    assert reason_of(engine, digest, LATER) is Reason.TOO_FEW
    assert hand_in(early) == "taken"
    assert reason_of(engine, digest, LATER) is Reason.ENOUGH


def test_a_lawyer_who_joins_must_hold_what_goes_at_once(engine, organisation, tmp_path):
    (digest,) = store(engine, cells.message(WEEK))
    for name in organisation.lawyers:
        keep_receipt(engine, organisation.receipt(name, [digest]))
    assert reason_of(engine, digest) is Reason.ALL
    joined = organisation.successor(lawyers=(*organisation.lawyers, "palo-verde"))
    publish(engine, joined, tmp_path / "next")
    assert reason_of(engine, digest) is Reason.YOUNG


def test_a_lawyer_who_never_signs_blocks_nothing_for_ever(engine, organisation, hand_in):
    (digest,) = store(engine, cells.part(), shelf=PARTS)
    for name in ("ceiba", "mezquite"):
        hand_in(organisation.receipt(name, [digest]))
    weeks = organisation.policy.weeks
    assert expire(engine, TODAY + timedelta(weeks=weeks, days=-1)) == 0
    assert expire(engine, TODAY + timedelta(weeks=weeks)) == 1


def test_a_receipt_for_another_box_is_refused(engine, organisation, hand_in):
    (digest,) = store(engine, cells.message(WEEK))
    other = organisation.receipt("ceiba", [digest], origin="http://other.test")
    assert hand_in(other) == "receipt-origin"
    assert held_receipts(engine) == 0


def test_receipts_for_the_old_address_count_while_and_after_the_box_moves(
    engine, organisation, hand_in, tmp_path
):
    digests = store(engine, *(cells.message(WEEK) for _ in range(3)))
    moving = organisation.successor(origins=("http://new.test", ORIGIN))
    moved = moving.successor(origins=("http://new.test",))
    hand_in(organisation.receipt("ceiba", digests))
    publish(engine, moving, tmp_path / "moving")
    # Mezquite's station has not seen the new roster, Huizache's has.
    assert hand_in(organisation.receipt("mezquite", digests)) == "taken"
    assert hand_in(moving.receipt("huizache", digests[:1], origin=ORIGIN)) == "taken"
    assert hand_in(moving.receipt("huizache", digests[1:2], origin="http://new.test")) == "taken"
    publish(engine, moved, tmp_path / "moved")
    assert hand_in(organisation.receipt("huizache", digests[2:])) == "taken"
    assert {reason_of(engine, digest) for digest in digests} == {Reason.ALL}
    assert hand_in(moved.receipt("huizache", digests, origin=ORIGIN)) == "receipt-origin"


def test_old_cells_without_receipts_are_an_alarm_and_stay(engine, settings, organisation):
    digest, signed = store(engine, cells.message(WEEK), cells.message(WEEK))
    for name in organisation.lawyers[:2]:
        keep_receipt(engine, organisation.receipt(name, [signed]))
    weeks = timedelta(weeks=organisation.policy.weeks + 2)

    def codes(now: datetime) -> list[str]:
        return [alarm.code for alarm in status(engine, settings, now).alarms]

    assert "receipts-missing" not in codes(NOON + weeks)
    assert "receipts-missing" in codes(NOON + weeks + timedelta(days=1))
    found = status(engine, settings, NOON)
    assert found.unsigned is not None
    assert (found.unsigned.oldest, found.unsigned.cells) == (TODAY, 1)
    assert expire(engine, LATER) == 1
    assert reason_of(engine, digest, LATER) is Reason.TOO_FEW


# ------------------------------------------------------------------ what is told


def test_expire_tells_how_many_why_since_when_and_who_has_not_signed(
    settings, engine, organisation, capsys, monkeypatch
):
    monkeypatch.setattr("app.cli_status.utc_now", lambda: NOON)
    monkeypatch.setattr("app.tripwire.install", lambda: None)
    goes, waits = store(engine, cells.message(WEEK), cells.message(WEEK))
    store(engine, cells.part(), shelf=PARTS, day=TODAY - timedelta(days=3))
    for name in organisation.lawyers:
        keep_receipt(engine, organisation.receipt(name, [goes]))
    for name in ("ceiba", "mezquite"):
        keep_receipt(engine, organisation.receipt(name, [waits]))
    arguments = ["expire", "--data", str(settings.folder)]
    assert cli.main([*arguments, "--language", "en"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "1 messages go: all active lawyers hold them; the oldest came on 2026-03-18",
        (
            "1 messages stay: enough lawyers hold them but the policy's weeks have not passed;"
            " the oldest came on 2026-03-18"
        ),
        (
            "1 parts of files stay: too few lawyers say that they hold them;"
            " the oldest came on 2026-03-15"
        ),
        "  of those that stay, ceiba has not signed for 1",
        "  of those that stay, huizache has not signed for 2",
        "  of those that stay, mezquite has not signed for 1",
        "1 cells would be deleted, and 0 replies whose days are over.  Nothing was; --yes does it.",
    ]
    assert cli.main([*arguments, "--language", "es"]) == 0
    spanish = capsys.readouterr().out
    assert "1 mensajes se van: los tienen todos los abogados activos" in spanish
    assert not re.search("cells|messages|lawyers", spanish)


# ------------------------------------------------------------------ nothing is left of them

OFFSETS = (0, 8_192, 32_768, 65_536 - 64)


def found_in(settings: Settings, bodies: list[bytes]) -> list[str]:
    """The files of the database in which a piece of one of *bodies* lies."""
    found = []
    for path in sorted(settings.folder.glob(f"{settings.database_file.name}*")):
        content = path.read_bytes()
        if any(cell[at : at + 48] in content for cell in bodies for at in OFFSETS):
            found.append(path.name)
    return found


def test_what_expire_deleted_lies_in_no_file_of_the_database_while_the_server_runs(
    serve, settings, engine, organisation
):
    intake = serve(create_intake, settings)
    bodies = [cells.message(WEEK) for _ in range(20)]
    for body in bodies:
        answer = intake.put(
            f"/cells/{cells.name(body)}", data=body, content_type="application/octet-stream"
        )
        assert answer.status_code == 204
    digests = [sha256(body).digest() for body in bodies]
    for name in organisation.lawyers:
        keep_receipt(engine, organisation.receipt(name, digests[:15]))
    assert found_in(settings, bodies[:15]) == ["buzon.db"]
    assert expire(engine) == 15
    assert found_in(settings, bodies[:15]) == []
    assert found_in(settings, bodies[15:]) == ["buzon.db"]
    names = {path.name for path in settings.folder.glob("buzon.db*")}
    assert names == {"buzon.db", "buzon.db-wal", "buzon.db-shm"}


def test_while_somebody_reads_the_traces_stay_and_that_is_told(engine, settings, monkeypatch):
    monkeypatch.setattr("app.expiry.PATIENCE_SECONDS", 0.1)
    store(engine, cells.message(WEEK))
    with engine.connect() as reader:
        reader.exec_driver_sql("SELECT count(*) FROM message_slot").scalar_one()
        store(engine, cells.message(WEEK))
        assert not leave_no_trace(engine, TODAY)
    assert leave_no_trace(engine, TODAY)


@pytest.mark.parametrize("after", [0, 1, 2])
def test_an_expire_that_is_killed_leaves_nothing_that_the_next_one_does_not_remove(
    empty_settings, tmp_path, after
):
    """*after*: how many tenths of its cells are gone when it is killed."""
    now = datetime.now(UTC)
    organisation = Organisation(now.date())
    settings = empty_settings
    settings.database_file.unlink()
    engine = open_database(settings, making=True)
    migrate(engine)
    make_box(engine, Plan(messages=640, parts=1, replies=1))
    engine.dispose()
    settings.trust.write_bytes(organisation.trust_envelope)
    engine = open_database(settings)
    publication = organisation.publication(tmp_path / "publication")
    publish_folder(engine, publication, organisation.trust, now)
    bodies = [cells.message(week_of(now.date())) for _ in range(600)]
    for start in range(0, 600, 100):
        store(engine, *bodies[start : start + 100], day=now.date())
    for name in organisation.lawyers:
        digests = [sha256(body).digest() for body in bodies]
        keep_receipt(engine, organisation.receipt(name, digests))
    log = settings.database_file.with_name("buzon.db-wal")
    expiring = [
        *(str(Path(sys.executable).with_name("buzon-server")), "expire", "--yes"),
        *("--data", str(settings.folder), "--language", "en"),
    ]
    process = subprocess.Popen(expiring, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        gone = 600 - left(engine)
        if gone > after * 60 or (not after and log.exists() and log.stat().st_size):
            os.kill(process.pid, signal.SIGKILL)
            break
        time.sleep(0.002)
    process.wait(60)
    assert left(engine) > 0 or process.returncode == 0
    subprocess.run(expiring, check=True, stdout=subprocess.DEVNULL)
    assert left(engine) == 0
    assert found_in(settings, bodies[::6]) == []
    engine.dispose()
    assert found_in(settings, bodies[::6]) == []


def left(engine: Engine) -> int:
    with engine.connect() as connection:
        return len(MESSAGES.since(connection, "0001-01-02"))


def test_what_another_program_left_in_the_log_is_removed_by_the_server_that_runs(
    serve, settings, engine, monkeypatch
):
    monkeypatch.setattr("app.writer.LOOK_SECONDS", 0.05)
    serve(create_intake, settings)
    with engine.connect() as other:  # as long as it is open, SQLite empties nothing by itself
        with other.begin():
            other.exec_driver_sql("UPDATE part_slot SET digest = randomblob(32)")
        log = settings.database_file.with_name("buzon.db-wal")
        end = time.monotonic() + 20
        while log.stat().st_size:
            assert time.monotonic() < end
            time.sleep(0.01)
