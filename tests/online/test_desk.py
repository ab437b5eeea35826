"""What the lawyers' program answers: app/interface-v1.md, "Desk"."""

import json
from datetime import timedelta
from hashlib import sha256

import pytest

from app import cli, create_desk, create_intake
from app.db import open_database
from app.publishing import publish_folder
from app.receipts import drop_receipts, keep_receipt, knows_receipt
from crypto.history import parse_history
from crypto.roster import Roster
from crypto.tongue import DONE
from crypto.weeks import week_of
from tests.online import cells
from tests.online.conftest import ACCOUNT, NOON, PASSPHRASE, TODAY, code_at, login, opened
from tests.online.organisation import key, signed
from tests.online.test_intake import put, refused

WEEK = week_of(TODAY)
BINARY = "application/octet-stream"
JSON = "application/json"
NAME = "0" * 64


def hand_in(desk, token, kind, body, name=None, content_type=None):
    """Hand something in as a courier does."""
    kinds = {"batches": BINARY, "receipts": JSON, "weekly-keys": JSON}
    return desk.put(
        f"/{kind}/{name or sha256(body).hexdigest()}",
        data=body,
        content_type=content_type or kinds[kind],
        headers=token,
    )


def hand_in_envelope(desk, token, kind, envelope):
    return hand_in(desk, token, kind, envelope.to_json(), envelope.payload_hash.hex())


ROUTES = [
    ("DELETE", "/session"), ("GET", "/listing"), ("GET", f"/cells/{NAME}"), ("GET", "/directory"),
    ("GET", "/rosters"), ("PUT", f"/batches/{NAME}"), ("PUT", f"/receipts/{NAME}"), ("PUT", f"/weekly-keys/{NAME}"),
    ("GET", "/nothing"), ("GET", "/cells/x"), ("BREW", "/listing"), ("GET", "/session"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("authorization", [None, "Bearer ", "Bearer x", "Basic eDp5"])
def test_without_a_session_nothing_is_looked_at(desk, method, path, authorization):
    headers = {"Authorization": authorization} if authorization else {}
    assert refused(desk.open(path, method=method, headers=headers), 401, "session-needed")


def test_a_session_opens_with_the_passphrase_and_ends_when_told(desk):
    answer = desk.post("/session", json=login(NOON))
    assert (answer.status_code, sorted(answer.json)) == (200, ["minutes", "token"])
    header = {"Authorization": f"Bearer {answer.json['token']}"}
    assert desk.get("/listing", headers=header).status_code == 200
    assert desk.delete("/session", headers=header).status_code == 204
    assert refused(desk.get("/listing", headers=header), 401, "session-needed")


@pytest.mark.parametrize(
    "body",
    [
        login(NOON, passphrase="another passphrase"),
        login(NOON, account="nobody"),
        login(NOON, account=1),
        login(NOON, passphrase="\ud800"),
        login(NOON, passphrase=None),
        login(NOON, code="000000"),
        login(NOON, code=""),
        login(NOON, code="\ud800"),
        login(NOON, code=755224),
        {"account": ACCOUNT, "passphrase": PASSPHRASE},
        {"account": ACCOUNT, "code": code_at(NOON)},
        [],
        None,
    ],
)
def test_every_login_that_is_not_right_is_refused_alike(desk, body):
    answer = desk.post("/session", data=json.dumps(body), content_type=JSON)
    assert refused(answer, 401, "login-refused")


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 8000])
def test_a_login_that_is_no_json_is_refused_alike(desk, body):
    answer = desk.post("/session", data=body, content_type=JSON)
    assert refused(answer, 401, "login-refused")


def test_logins_are_limited(serve, settings):
    desk = serve(create_desk, settings, login_rate="1 per minute")
    body = login(NOON, passphrase="another passphrase")
    assert refused(desk.post("/session", json=body), 401, "login-refused")
    assert refused(desk.post("/session", json=body), 429, "too-many")


def test_failed_logins_lock_nobody_out(serve, settings):
    desk = serve(create_desk, settings, login_rate="1 per minute")
    for _ in range(3):
        desk.post("/session", json=login(NOON, passphrase="another passphrase"))
    assert desk.post("/session", json=login(NOON)).status_code == 200


def test_the_listing_names_every_cell_in_an_order_that_tells_nothing(serve, settings, desk, token):
    intake = serve(create_intake, settings)
    messages = [cells.message(WEEK) for _ in range(8)]
    part = cells.part()
    for cell in (*messages, part):
        put(intake, cell)
    assert desk.get("/listing", headers=token).json == {
        "day": "2026-03-18",
        "messages": sorted(map(cells.name, messages)),
        "parts": [cells.name(part)],
    }


def test_a_cell_comes_out_as_it_went_in(serve, settings, desk, token):
    intake = serve(create_intake, settings)
    for cell in (cells.message(WEEK), cells.part()):
        assert refused(desk.get(f"/cells/{cells.name(cell)}", headers=token), 404, "cell-unknown")
        put(intake, cell)
        answer = desk.get(f"/cells/{cells.name(cell)}", headers=token)
        assert (answer.data, answer.content_type) == (cell, BINARY)


def test_the_rosters_are_all_that_were_ever_published_in_their_order(
    desk, token, settings, organisation, tmp_path
):
    assert [one.payload_hash for one in parse_history(rosters(desk, token))] == [
        organisation.roster.payload_hash
    ]
    later = organisation.successor(revoked=("ceiba",))
    engine = open_database(settings)
    publish_folder(engine, later.publication(tmp_path / "later"), later.trust, NOON)
    engine.dispose()
    assert [Roster.from_payload(one.payload) for one in parse_history(rosters(desk, token))] == [
        organisation.roster,
        later.roster,
    ]


def test_where_nothing_is_published_the_rosters_are_none(serve, empty_settings):
    desk = serve(create_desk, empty_settings)
    assert rosters(desk, opened(desk)) == b'{"rosters":[]}'


def rosters(desk, token):
    answer = desk.get("/rosters", headers=token)
    assert (answer.status_code, answer.content_type) == (200, JSON)
    return answer.data


def test_the_directory_is_that_of_the_intake(serve, settings, desk, token):
    expected = serve(create_intake, settings).get("/directory").data
    assert desk.get("/directory", headers=token).data == expected


def test_a_batch_is_on_the_board_when_it_is_acknowledged(serve, settings, desk, token):
    intake = serve(create_intake, settings)
    first, second = cells.batch(), cells.batch()
    for batch in (first, second, first):
        answer = hand_in(desk, token, "batches", batch)
        assert (answer.status_code, answer.data) == (204, b"")
    both = first + second
    expected = b"".join(sorted(both[at : at + 4096] for at in range(0, len(both), 4096)))
    assert intake.get("/board/cells").data == expected
    assert intake.get("/board/size").json == {"bytes": len(expected), "cells": 32}


def test_a_batch_is_on_the_board_for_14_days_and_then_its_slots_are_free(
    serve, settings, desk, token, clock
):
    intake = serve(create_intake, settings)
    for _ in range(4):  # all of the 64 slots
        assert hand_in(desk, token, "batches", cells.batch()).status_code == 204
    assert refused(hand_in(desk, token, "batches", cells.batch()), 507, "box-full")
    clock.now += timedelta(days=13)
    assert intake.get("/board/size").json["cells"] == 64
    clock.now += timedelta(days=1)
    assert intake.get("/board/size").json["cells"] == 0
    assert hand_in(desk, token, "batches", cells.batch()).status_code == 204
    assert intake.get("/board/size").json["cells"] == 16


def test_a_batch_over_todays_budget_is_refused_whole(serve, settings):
    desk = serve(create_desk, settings, replies_per_day=24)
    token = opened(desk)
    assert hand_in(desk, token, "batches", cells.batch()).status_code == 204
    assert refused(hand_in(desk, token, "batches", cells.batch()), 503, "budget-spent")
    assert serve(create_intake, settings).get("/board/size").json["cells"] == 16


@pytest.mark.parametrize("size", [1, 15, 17])
def test_a_batch_of_another_size_is_refused(desk, token, size):
    assert refused(hand_in(desk, token, "batches", cells.batch(size)), 400, "batch-size")


def test_a_batch_named_by_another_hash_is_refused(desk, token):
    answer = hand_in(desk, token, "batches", cells.batch(), NAME)
    assert refused(answer, 422, "batch-digest")


def test_a_batch_that_holds_a_cell_twice_is_refused(serve, settings, desk, token):
    batch = cells.batch(15)
    answer = hand_in(desk, token, "batches", batch + batch[:4096])
    assert refused(answer, 400, "batch-repeats")
    assert serve(create_intake, settings).get("/board/size").json["cells"] == 0


@pytest.mark.parametrize("kind", ["batches", "receipts", "weekly-keys"])
def test_what_is_handed_in_needs_a_name_a_length_and_its_content_type(desk, token, kind):
    assert refused(hand_in(desk, token, kind, b"x", "X" * 64), 400, "name-malformed")
    assert refused(desk.put(f"/{kind}/{NAME}", headers=token), 411, "length-needed")
    answer = hand_in(desk, token, kind, b"x", NAME, "text/plain")
    assert refused(answer, 415, "content-type")


@pytest.mark.parametrize("kind", ["batches", "receipts", "weekly-keys"])
def test_nothing_is_handed_in_before_something_is_published(
    serve, empty_settings, kind, organisation
):
    desk = serve(create_desk, empty_settings)
    token = opened(desk)
    if kind == "batches":
        answer = hand_in(desk, token, kind, cells.batch())
    else:
        envelope = organisation.weekly_key("ceiba", WEEK)
        if kind == "receipts":
            envelope = organisation.receipt("ceiba", [bytes(32)])
        answer = hand_in_envelope(desk, token, kind, envelope)
    assert refused(answer, 503, "directory-missing")


def test_a_receipt_is_kept_and_again_is_nothing_new(desk, token, organisation, settings):
    receipt = organisation.receipt("ceiba", [sha256(b"x").digest()])
    for _ in range(2):
        assert hand_in_envelope(desk, token, "receipts", receipt).status_code == 204
    engine = open_database(settings)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM receipt").scalar_one() == 1
    engine.dispose()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"lawyer": bytes(8)}, "receipt-lawyer"),
        ({"origin": "http://other.test"}, "receipt-origin"),
        ({"roster": bytes(32)}, "receipt-roster"),
        ({"week": WEEK + 2}, "receipt-week"),
    ],
)
def test_a_receipt_that_does_not_count_is_refused(desk, token, organisation, changed, code):
    receipt = organisation.receipt("ceiba", [bytes(32)], **changed)
    assert refused(hand_in_envelope(desk, token, "receipts", receipt), 422, code)


def test_a_receipt_signed_by_another_is_refused(desk, token, organisation):
    receipt = organisation.receipt("ceiba", [bytes(32)])
    envelope = receipt.__class__(receipt.payload_type, receipt.payload)
    signature = key("mallory").sign(envelope.signed_bytes).signature
    answer = hand_in_envelope(desk, token, "receipts", envelope.with_signature(signature))
    assert refused(answer, 422, "document-signatures")


@pytest.mark.parametrize("kind", ["receipts", "weekly-keys"])
def test_what_is_no_document_or_another_is_refused(desk, token, organisation, kind):
    assert refused(hand_in(desk, token, kind, b"{}"), 422, "document-malformed")
    other = signed(organisation.trust, ["ana"])
    assert refused(hand_in_envelope(desk, token, kind, other), 422, "document-type")
    good = organisation.receipt("ceiba", [bytes(32)])
    if kind == "weekly-keys":
        good = organisation.weekly_key("ceiba", WEEK + 9)
    answer = hand_in(desk, token, kind, good.to_json(), NAME)
    assert refused(answer, 422, "document-digest")


@pytest.mark.parametrize(("kind", "most"), [("receipts", 512 * 1024), ("weekly-keys", 16 * 1024)])
def test_a_document_that_is_too_long_is_refused(desk, token, kind, most):
    answer = hand_in(desk, token, kind, b" " * (most + 1))
    assert refused(answer, 422, "document-malformed")


def test_a_weekly_key_is_kept_for_the_directors(desk, token, organisation, settings, tmp_path):
    from app.publishing import export_weekly_keys

    later = organisation.weekly_key("ceiba", WEEK + 9)
    for _ in range(2):
        assert hand_in_envelope(desk, token, "weekly-keys", later).status_code == 204
    engine = open_database(settings)
    assert export_weekly_keys(engine, tmp_path / "keys", TODAY) == 13
    engine.dispose()
    written = tmp_path / "keys" / f"{later.payload_hash.hex()}.json"
    assert written.read_bytes() == later.to_json()


def test_a_weekly_key_that_its_lawyer_did_not_sign_is_refused(desk, token, organisation):
    good = organisation.weekly_key("ceiba", WEEK + 9)
    bare = good.__class__(good.payload_type, good.payload)
    forged = bare.with_signature(key("mezquite").sign(bare.signed_bytes).signature)
    answer = hand_in_envelope(desk, token, "weekly-keys", forged)
    assert refused(answer, 422, "document-signatures")


def test_a_weekly_key_of_a_stranger_is_refused(desk, token, organisation):
    stranger = organisation.weekly_key("mallory", WEEK)
    answer = hand_in_envelope(desk, token, "weekly-keys", stranger)
    assert refused(answer, 422, "keys-unknown-lawyer")


@pytest.mark.parametrize(("ahead", "taken"), [(-9, False), (-8, True), (30, True), (31, False)])
def test_a_weekly_key_is_of_a_week_that_can_matter(desk, token, organisation, ahead, taken):
    envelope = organisation.weekly_key("ceiba", WEEK + ahead)
    answer = hand_in_envelope(desk, token, "weekly-keys", envelope)
    if taken:
        assert answer.status_code == 204
    else:
        assert refused(answer, 422, "keys-week")


@pytest.mark.parametrize(("ahead", "taken"), [(-9, False), (-8, True), (1, True), (2, False)])
def test_a_receipt_is_of_a_week_that_can_matter(desk, token, organisation, ahead, taken):
    envelope = organisation.receipt("ceiba", [b"x" * 32], week=WEEK + ahead)
    answer = hand_in_envelope(desk, token, "receipts", envelope)
    if taken:
        assert answer.status_code == 204
    else:
        assert refused(answer, 422, "receipt-week")


def test_documents_have_a_budget_that_known_ones_do_not_spend(
    serve, settings, organisation, monkeypatch, clock
):
    monkeypatch.setattr("app.desk.RECEIPTS_PER_DAY", 2)
    monkeypatch.setattr("app.desk.WEEKLY_KEYS_PER_DAY", 2)
    desk = serve(create_desk, settings)
    token = opened(desk)
    receipts = [organisation.receipt("ceiba", [bytes([n]) * 32]) for n in range(3)]
    keys = [organisation.weekly_key("ceiba", WEEK + 20 + n) for n in range(3)]
    for kind, envelopes in (("receipts", receipts), ("weekly-keys", keys)):
        for envelope in (envelopes[0], envelopes[0], envelopes[1]):
            assert hand_in_envelope(desk, token, kind, envelope).status_code == 204
        answer = hand_in_envelope(desk, token, kind, envelopes[2])
        assert refused(answer, 503, "budget-spent")
        assert hand_in_envelope(desk, token, kind, envelopes[0]).status_code == 204
    # Whoever has the key of one lawyer keeps no other's out.
    receipt = organisation.receipt("mezquite", [bytes([2]) * 32])
    key = organisation.weekly_key("mezquite", WEEK + 22)
    for kind, envelope in (("receipts", receipt), ("weekly-keys", key)):
        assert hand_in_envelope(desk, token, kind, envelope).status_code == 204
    clock.now += timedelta(days=1)
    for kind, envelopes in (("receipts", receipts), ("weekly-keys", keys)):
        assert hand_in_envelope(desk, token, kind, envelopes[2]).status_code == 204


@pytest.mark.parametrize("kind", ["receipts", "weekly-keys"])
def test_the_log_tells_no_order_of_receipts_or_keys(settings, desk, token, organisation, kind):
    made = {
        "receipts": organisation.receipt("ceiba", [b"x" * 32]),
        "weekly-keys": organisation.weekly_key("ceiba", WEEK + 20),
    }
    assert hand_in_envelope(desk, token, kind, made[kind]).status_code == 204
    assert settings.database_file.with_name("buzon.db-wal").stat().st_size == 0


def test_a_receipt_goes_when_none_of_its_cells_is_left(serve, settings, organisation):
    intake = serve(create_intake, settings)
    cell = cells.message(WEEK)
    put(intake, cell)
    engine = open_database(settings)
    digest = sha256(cell).digest()
    staying = organisation.receipt("ceiba", [digest, b"x" * 32])
    going = organisation.receipt("ceiba", [b"x" * 32])
    for envelope in (staying, going):
        keep_receipt(engine, envelope)
    assert drop_receipts(engine, TODAY) == 1
    assert knows_receipt(engine, staying.payload_hash)
    assert not knows_receipt(engine, going.payload_hash)
    engine.dispose()


def test_expire_forgets_such_receipts_when_told_yes(settings, organisation, monkeypatch):
    monkeypatch.setattr("app.tripwire.install", lambda: None)
    monkeypatch.setattr("app.cli_status.utc_now", lambda: NOON)
    engine = open_database(settings)
    going = organisation.receipt("ceiba", [b"x" * 32])
    keep_receipt(engine, going)
    expire = ["expire", "--data", str(settings.folder)]
    assert cli.main(expire) == DONE
    assert knows_receipt(engine, going.payload_hash)
    assert cli.main([*expire, "--yes"]) == DONE
    assert not knows_receipt(engine, going.payload_hash)
    engine.dispose()
