"""Receipts say what is held, opened or not, and the desk accepts them."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import pytest

from crypto import hpke, receipt
from crypto.airgap import receipting
from crypto.airgap.importing import import_pouch
from crypto.airgap.receipting import Signed, sign_receipts
from crypto.airgap.vault.rosters import RosterMissingError
from crypto.pouch import parse_listing
from crypto.receipt import open_receipt
from tests.offline.airgap.world import NOW, Pouch, World


def take(world: World, pouch: Pouch) -> None:
    with world.open_vault() as vault, pouch.open() as folder:
        import_pouch(vault, vault.identity.owner(), folder, NOW)


def sign(world: World, pouch: Pouch, *, held_by_two: bool = True) -> Signed:
    listing = parse_listing((pouch.path / "listing.json").read_bytes())
    with world.open_vault() as vault, pouch.open() as folder:
        return sign_receipts(
            vault, vault.identity.owner(), folder, listing, NOW, held_by_two=held_by_two
        )


def signed_for(world: World, pouch: Pouch) -> set[str]:
    digests: set[str] = set()
    for path in (pouch.path / "out" / "receipts").iterdir():
        opened = open_receipt(path.read_bytes(), world.roster, {}, NOW)
        assert path.name == f"{opened.payload_hash.hex()}.json"
        digests |= {digest.hex() for digest in opened.digests}
    return digests


def test_a_receipt_names_every_cell_held_opened_or_not(world, witness, pouch):
    manifests, parts = witness.file(bytes(10), "a")
    stranger = hpke.public_key_from_seed(bytes(32))
    names = pouch.put(
        witness.message(), witness.message(recipients=[stranger]),
        witness.message(kind="files", files=manifests), *parts,
    )  # fmt: skip
    take(world, pouch)
    assert sign(world, pouch).cells == len(names)
    assert signed_for(world, pouch) == set(names)


def test_what_was_refused_or_never_came_is_not_signed_for(world, witness, pouch):
    (good,) = pouch.put(witness.message())
    take(world, pouch)
    junk = bytes(65_536)
    (pouch.cells / sha256(junk).hexdigest()).write_bytes(junk)
    pouch.list_cells(also=[b"\xff" * 32])
    sign(world, pouch)
    assert signed_for(world, pouch) == {good}


def test_what_the_box_no_longer_lists_is_not_signed_for(world, witness, pouch):
    first, second = pouch.put(witness.message(), witness.message())
    take(world, pouch)
    (pouch.cells / first).unlink()
    pouch.list_cells()
    sign(world, pouch)
    assert signed_for(world, pouch) == {second}


def test_more_cells_than_fit_one_receipt_take_several(world, witness, pouch, monkeypatch):
    monkeypatch.setattr(receipting, "MAX_DIGESTS", 2)
    names = pouch.put(*(witness.message() for _ in range(5)))
    take(world, pouch)
    assert sign(world, pouch) == Signed(cells=5, receipts=3)
    assert signed_for(world, pouch) == set(names)


def damage(path: Path, how: str) -> None:
    content = path.read_bytes()
    path.unlink()
    if how == "changed":
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    elif how == "cut":
        path.write_bytes(content[:-1])
    elif how == "longer":
        path.write_bytes(content + b"\0")
    elif how == "link":
        path.with_name("elsewhere").write_bytes(content)
        path.symlink_to("elsewhere")
    elif how == "pipe":
        os.mkfifo(path)
    elif how == "folder":
        path.mkdir()


@pytest.mark.parametrize("how", ["gone", "changed", "cut", "longer", "link", "pipe", "folder"])
def test_a_part_that_is_not_whole_on_the_disk_is_told_and_not_signed_for(
    world, witness, pouch, how
):
    manifests, parts = witness.file(bytes(1_100_000), "a")
    names = pouch.put(witness.message(kind="files", files=manifests), *parts)
    take(world, pouch)
    lost = sha256(parts[0]).hexdigest()
    damage(world.vault_path("Mezquite") / "parts" / lost, how)
    signed = sign(world, pouch)
    assert signed.lacking == (bytes.fromhex(lost),)
    assert signed_for(world, pouch) == set(names) - {lost}


@pytest.mark.parametrize(
    "change", ["DELETE FROM message_cells", "UPDATE message_cells SET bytes = x'00'"]
)
def test_a_message_cell_whose_bytes_the_vault_lost_is_told_and_not_signed_for(
    world, witness, pouch, change
):
    (name,) = pouch.put(witness.message())
    take(world, pouch)
    with world.open_vault() as vault, vault.transaction():
        vault.database.execute(change)
    assert sign(world, pouch) == Signed(0, 0, (bytes.fromhex(name),))
    assert signed_for(world, pouch) == set()


def test_the_progress_of_signing_ends_at_all_that_there_was_to_read(world, witness, pouch):
    pouch.put(*(witness.message() for _ in range(3)))
    take(world, pouch)
    listing = parse_listing((pouch.path / "listing.json").read_bytes())
    seen: list[tuple[int, int]] = []
    with world.open_vault() as vault, pouch.open() as folder:
        sign_receipts(vault, vault.identity.owner(), folder, listing, NOW,
                      lambda *done: seen.append(done), held_by_two=True)  # fmt: skip
    assert seen == [(3, 3)]


def test_signing_is_recorded_in_the_custody_log(world, witness, pouch):
    pouch.put(witness.message())
    take(world, pouch)
    sign(world, pouch)
    (path,) = (pouch.path / "out" / "receipts").iterdir()
    with world.open_vault() as vault:
        last = vault.verified_custody()[-1]
    assert (last.act, last.objects) == ("receipt", (bytes.fromhex(path.stem),))


def test_without_cells_nothing_is_signed(world, pouch):
    take(world, pouch)
    assert sign(world, pouch) == Signed(cells=0, receipts=0)
    assert signed_for(world, pouch) == set()


def test_without_a_verified_roster_nothing_is_signed(world, pouch):
    with pytest.raises(RosterMissingError):
        sign(world, pouch)


def test_a_receipt_fits_what_the_desk_reads(world):
    with world.open_vault() as vault:
        signer = vault.identity.owner().signer
    digests = tuple(number.to_bytes(32) for number in range(receipt.MAX_DIGESTS))
    largest = receipt.Receipt("http://" + "x" * 113, bytes(8), bytes(32), 10_000, digests)
    assert len(signer.sign_document(largest).to_json()) <= receipt.Receipt.max_envelope_bytes()
