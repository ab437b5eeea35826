"""What a push hands in, what it refuses, and what stays on the stick."""

import hashlib
import os
from pathlib import Path

import httpx
import pytest

from app.courier.errors import UnreachableError
from app.courier.progress import Progress
from app.courier.push import Pushed, push
from crypto.dsse import Envelope
from crypto.stick import Folder
from tests.online.courier.hostile_desk import HostileDesk

BATCH_BYTES = 16 * 4_096


@pytest.fixture
def out(folder: Path) -> Path:
    with Folder.make_pouch(folder):
        pass
    for name in ("batches", "receipts", "weekly-keys"):
        (folder / "out" / name).mkdir(parents=True)
    return folder / "out"


def add_batch(out: Path, filling: bytes = b"b") -> Path:
    batch = filling * BATCH_BYTES
    path = out / "batches" / hashlib.sha256(batch).hexdigest()
    path.write_bytes(batch)
    return path


def add_document(out: Path, kind: str, payload: bytes = b"{}") -> Path:
    envelope = Envelope("buzon/receipt/v1", payload).with_signature(bytes(64))
    path = out / kind / f"{envelope.payload_hash.hex()}.json"
    path.write_bytes(envelope.to_json())
    return path


def run(hostile_desk: HostileDesk, folder: Path, progress: Progress) -> Pushed:
    with Folder.make_pouch(folder) as pouch, hostile_desk.desk() as desk:
        return push(desk, pouch, BATCH_BYTES, progress)


def codes(pushed: Pushed) -> list[str]:
    return [code for _, code in pushed.refused]


def test_everything_is_handed_in_under_its_name_and_leaves_the_stick(
    hostile_desk, folder, out, progress
):
    batch, receipt = add_batch(out), add_document(out, "receipts")
    weekly_key = add_document(out, "weekly-keys", b"[]")
    sent = {
        f"/batches/{batch.name}": batch.read_bytes(),
        f"/receipts/{receipt.stem}": receipt.read_bytes(),
        f"/weekly-keys/{weekly_key.stem}": weekly_key.read_bytes(),
    }
    pushed = run(hostile_desk, folder, progress)
    assert (len(pushed.accepted), pushed.refused) == (3, [])
    assert hostile_desk.handed_in == sent
    assert [path for path in out.rglob("*") if path.is_file()] == []


def test_what_the_desk_refuses_stays_and_the_rest_goes_on(hostile_desk, folder, out, progress):
    batch, receipt = add_batch(out), add_document(out, "receipts")
    hostile_desk.answer = lambda request: (
        httpx.Response(422, json={"code": "receipt-origin"})
        if request.url.path.startswith("/receipts/")
        else None
    )
    pushed = run(hostile_desk, folder, progress)
    assert codes(pushed) == ["receipt-origin"]
    assert (batch.exists(), receipt.exists()) == (False, True)


def test_an_item_leaves_the_stick_only_when_the_desk_has_it(hostile_desk, folder, out, progress):
    batch = add_batch(out)

    def cut(request: httpx.Request) -> None:
        if request.method == "PUT":
            raise httpx.ReadError("cut", request=request)

    hostile_desk.answer = cut
    with pytest.raises(UnreachableError):
        run(hostile_desk, folder, progress)
    assert batch.exists()


@pytest.mark.parametrize("size", [0, 1, BATCH_BYTES - 1, BATCH_BYTES + 1, BATCH_BYTES - 4_096])
def test_a_batch_of_another_size_is_refused(hostile_desk, folder, out, progress, size):
    batch = b"b" * size
    (out / "batches" / hashlib.sha256(batch).hexdigest()).write_bytes(batch)
    assert codes(run(hostile_desk, folder, progress)) == ["pouch-size"]
    assert hostile_desk.handed_in == {}


def test_a_batch_that_is_not_its_name_is_refused(hostile_desk, folder, out, progress):
    (out / "batches" / ("0" * 64)).write_bytes(b"b" * BATCH_BYTES)
    assert codes(run(hostile_desk, folder, progress)) == ["pouch-digest"]


@pytest.mark.parametrize("name", ["batch", "0" * 63, "0" * 65, "A" * 64, "\u202etxt", "%2e%2e"])
def test_a_batch_with_another_kind_of_name_is_refused(hostile_desk, folder, out, progress, name):
    (out / "batches" / name).write_bytes(b"b" * BATCH_BYTES)
    assert codes(run(hostile_desk, folder, progress)) == ["pouch-name"]


def test_a_trip_hands_in_the_batch_that_waited_longest(hostile_desk, folder, out, progress):
    late, early = add_batch(out, b"a"), add_batch(out, b"b")
    os.utime(late, (2_000_000_000, 2_000_000_000))
    os.utime(early, (1_000_000_000, 1_000_000_000))
    pushed = run(hostile_desk, folder, progress)
    assert (pushed.accepted, pushed.refused, pushed.waiting) == ([f"batches/{early.name}"], [], 1)
    assert (late.exists(), early.exists()) == (True, False)


def test_something_that_is_no_batch_does_not_take_its_place(hostile_desk, folder, out, progress):
    (out / "batches" / "0").write_bytes(b"")
    batch = add_batch(out)
    pushed = run(hostile_desk, folder, progress)
    assert (codes(pushed), pushed.waiting) == (["pouch-name"], 0)
    assert not batch.exists()


def test_a_trip_without_a_batch_is_told(hostile_desk, folder, out, progress):
    receipt = add_document(out, "receipts")
    assert codes(run(hostile_desk, folder, progress)) == ["batch-missing"]
    assert not receipt.exists()


def test_links_pipes_and_folders_are_refused_not_followed(hostile_desk, folder, out, progress):
    secret = folder.parent / "secret"
    secret.write_bytes(b"s" * BATCH_BYTES)
    (out / "batches" / hashlib.sha256(secret.read_bytes()).hexdigest()).symlink_to(secret)
    os.mkfifo(out / "receipts" / f"{'1' * 64}.json")
    (out / "weekly-keys" / f"{'2' * 64}.json").mkdir()
    assert codes(run(hostile_desk, folder, progress)) == ["pouch-not-a-file"] * 3
    assert hostile_desk.handed_in == {}


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "document-malformed"), (b"{}", "document-malformed"), (b"x" * 2**21, "pouch-size")],
)
def test_a_receipt_that_is_no_envelope_is_refused(
    hostile_desk, folder, out, progress, content, code
):
    add_batch(out)
    (out / "receipts" / f"{'0' * 64}.json").write_bytes(content)
    assert codes(run(hostile_desk, folder, progress)) == [code]


def test_a_receipt_named_by_its_file_instead_of_its_payload_is_refused(
    hostile_desk, folder, out, progress
):
    add_batch(out)
    receipt = add_document(out, "receipts")
    receipt.rename(receipt.with_stem(hashlib.sha256(receipt.read_bytes()).hexdigest()))
    assert codes(run(hostile_desk, folder, progress)) == ["pouch-digest"]
