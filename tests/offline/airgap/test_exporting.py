"""Files leave the vault whole or not at all, under names that are ours."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256

import pytest
from nacl.utils import random

from crypto.airgap import exporting
from crypto.airgap.durable import FileExistsRefusedError, FileUnreadableError, FileUnwritableError
from crypto.airgap.importing import import_pouch
from crypto.airgap.program import Tongue
from crypto.airgap.streaming import stream_file
from crypto.airgap.telling import Telling, told_messages
from crypto.airgap.vault.files import FileIncompleteError, FileUnknownError
from crypto.airgap.vault.vault import Vault
from crypto.cell import UnsealError
from crypto.message import serialise_answers
from crypto.part import PART_PLAINTEXT_BYTES
from tests.offline.airgap.world import NOW, Pouch, Witness, World

TELLING = Telling(Tongue("es"))
HOSTILE_NAMES = [
    "../../../../etc/passwd",
    "/etc/passwd",
    "\x1b[2J\x1b]0;owned\x07.jpg",
    "fo\u202egpj.exe",
    "-rf",
    "",
    "a\0b",
    "con\nlinea",
    "x" * 255,
]


def take(world: World, pouch: Pouch) -> None:
    with world.open_vault() as vault, pouch.open() as folder:
        import_pouch(vault, vault.identity.owner(), folder, NOW)


def send(
    witness: Witness, pouch: Pouch, content: bytes, name: str, *, lost: int = 0
) -> list[bytes]:
    """A file arrives, but for the first *lost* of its parts."""
    manifests, parts = witness.file(content, name)
    messages = [witness.message(kind="files", files=[one]) for one in manifests]
    pouch.put(*messages, *parts[lost:])
    return parts


def streamed(vault: Vault, file) -> bytes:
    content = bytearray()
    stream_file(vault.parts, file, content.extend)
    return bytes(content)


@pytest.mark.parametrize(
    "size",
    [0, 1, PART_PLAINTEXT_BYTES - 1, PART_PLAINTEXT_BYTES, PART_PLAINTEXT_BYTES + 1, 9_500_000],
)
def test_a_file_of_any_size_comes_out_equal(world, witness, pouch, size):
    content = random(size)
    send(witness, pouch, content, "foto.jpg")
    take(world, pouch)
    with world.open_vault() as vault:
        (file,) = vault.files.of_thread(vault.messages.threads()[0])
        assert streamed(vault, file) == content


def test_a_file_of_several_segments_is_joined(world, witness, pouch):
    content = random(PART_PLAINTEXT_BYTES) * 65 + b"end"
    send(witness, pouch, content, "video.mp4")
    take(world, pouch)
    with world.open_vault() as vault:
        (file,) = vault.files.of_thread(vault.messages.threads()[0])
        assert len(file.segments) == 2
        assert sha256(streamed(vault, file)).digest() == sha256(content).digest()


def test_a_file_whose_parts_have_not_all_come_is_incomplete_and_completed_later(
    world, witness, pouch
):
    content = random(3_000_000)
    parts = send(witness, pouch, content, "foto.jpg", lost=1)
    take(world, pouch)
    with world.open_vault() as vault:
        (file,) = vault.files.of_thread(vault.messages.threads()[0])
        assert not file.complete
        assert (file.parts_held, file.parts_named) == (2, 3)
        with pytest.raises(FileIncompleteError):
            streamed(vault, file)
    pouch.put(parts[0])
    take(world, pouch)
    with world.open_vault() as vault:
        (file,) = vault.files.of_thread(vault.messages.threads()[0])
        assert streamed(vault, file) == content


def test_segments_that_contradict_each_other_are_separate_files_with_an_alarm(
    world, witness, pouch
):
    (manifest,), parts = witness.file(random(10), "foto.jpg")
    other = replace(manifest, untrusted_name="otra.jpg")
    pouch.put(
        witness.message(kind="files", files=[manifest]),
        witness.message(kind="files", files=[other]),
        *parts,
    )
    take(world, pouch)
    with world.open_vault() as vault:
        files = vault.files.of_thread(vault.messages.threads()[0])
        assert [file.conflict for file in files] == [True, True]
        assert {file.untrusted_name for file in files} == {"foto.jpg", "otra.jpg"}
        assert len({file.id for file in files}) == 2
        assert all("¡ALARMA!" in TELLING.file(file) for file in files)


def test_a_manifest_said_again_in_a_later_message_is_one_file(world, witness, pouch):
    manifests, parts = witness.file(random(10), "foto.jpg")
    pouch.put(
        witness.message(kind="files", files=manifests),
        witness.message(kind="follow-up", files=manifests),
        *parts,
    )
    take(world, pouch)
    with world.open_vault() as vault:
        (file,) = vault.files.of_thread(vault.messages.threads()[0])
        assert file.complete
        assert not file.conflict


def test_bytes_sent_after_a_lost_tab_join_the_same_file(world, witness, pouch):
    content = random(2 * PART_PLAINTEXT_BYTES)
    (first,), first_parts = witness.file(content[:PART_PLAINTEXT_BYTES], "v")
    (second,), second_parts = witness.file(content[PART_PLAINTEXT_BYTES:], "v")
    whole = len(content)
    first = replace(first, segments=2, file_size=whole)
    second = replace(
        second, group=first.group, segment=1, segments=2, offset=PART_PLAINTEXT_BYTES,
        file_size=whole,
    )  # fmt: skip
    pouch.put(witness.message(kind="files", files=[second]), *second_parts)
    take(world, pouch)
    pouch.put(witness.message(kind="files", files=[first]), *first_parts)
    take(world, pouch)
    with world.open_vault() as vault:
        (file,) = vault.files.of_thread(vault.messages.threads()[0])
        assert streamed(vault, file) == content


def test_a_part_of_another_file_s_name_is_not_given_to_this_one(world, witness, pouch):
    (mine,), _ = witness.file(random(10), "mine")
    (other,), other_parts = witness.file(random(10), "other")
    pouch.put(witness.message(kind="files", files=[replace(mine, parts=other.parts)]), *other_parts)
    take(world, pouch)
    with world.open_vault() as vault:
        (file,) = vault.files.of_thread(vault.messages.threads()[0])
        with pytest.raises(UnsealError):
            streamed(vault, file)


def test_an_export_holds_every_message_and_file_and_an_index(world, witness, pouch, tmp_path):
    content = random(1_500_000)
    send(witness, pouch, content, "foto.jpg")
    pouch.put(witness.message("Se lo llevaron."))
    take(world, pouch)
    out = tmp_path / "out"
    with world.open_vault() as vault:
        owner, thread = vault.identity.owner(), vault.messages.threads()[0]
        exported = exporting.export_thread(vault, owner, thread, out, NOW, TELLING)
        assert vault.verified_custody()[-1].act == "exported"
    assert exported.refused == []
    assert {path.name for path in out.iterdir()} == {*exported.files, "index.json"}
    assert (out / "file-0001.bin").read_bytes() == content
    message = json.loads((out / "message-0001.json").read_bytes())
    assert message["answers"]["narrative"] == "Se lo llevaron."
    index = json.loads((out / "index.json").read_bytes())
    assert index["files"][0]["untrusted_name"] == "foto.jpg"
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in out.iterdir())


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_hostile_name_stands_only_in_the_index_as_escaped_text(
    world, witness, pouch, tmp_path, name
):
    send(witness, pouch, b"x", name)
    take(world, pouch)
    out = tmp_path / "out"
    with world.open_vault() as vault:
        owner, thread = vault.identity.owner(), vault.messages.threads()[0]
        exporting.export_thread(vault, owner, thread, out, NOW, TELLING)
        (file,) = vault.files.of_thread(thread)
        told = TELLING.file(file)
    assert {path.name for path in tmp_path.iterdir()} == {"mezquite", "huizache", "pouch", "out"}
    assert (out / "file-0001.bin").read_bytes() == b"x"
    index = (out / "index.json").read_bytes()
    assert index.isascii()
    assert b"\x1b" not in index
    assert json.loads(index)["files"][0]["untrusted_name"] == name
    assert told.isprintable()
    assert "\u202e" not in told


def test_what_a_witness_writes_cannot_command_the_terminal(world, witness, pouch):
    pouch.put(witness.message("uno\x1b[2J\r\u202etres\n\x9bdos"))
    take(world, pouch)
    with world.open_vault() as vault:
        (told,) = told_messages(vault, vault.messages.threads()[0])
    text = TELLING.message(told)
    assert all(line.isprintable() for line in text.split("\n"))
    assert "uno<U+001B>[2J" in text


def test_an_export_overwrites_nothing(world, witness, pouch, tmp_path):
    send(witness, pouch, b"x", "a")
    take(world, pouch)
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine").write_bytes(b"mine")
    with world.open_vault() as vault:
        owner, thread = vault.identity.owner(), vault.messages.threads()[0]
        with pytest.raises(FileExistsRefusedError):
            exporting.export_thread(vault, owner, thread, out, NOW, TELLING)
        (file,) = vault.files.of_thread(thread)
        with pytest.raises(FileExistsRefusedError):
            exporting.export_file(vault, owner, thread, file, out / "mine", NOW)
        (tmp_path / "link").symlink_to(out / "mine")
        with pytest.raises(FileExistsRefusedError):
            exporting.export_file(vault, owner, thread, file, tmp_path / "link", NOW)
    assert [path.name for path in out.iterdir()] == ["mine"]
    assert (out / "mine").read_bytes() == b"mine"


@pytest.mark.parametrize("damage", ["changed", "cut", "missing"])
def test_a_part_damaged_on_the_disk_leaves_no_plaintext_behind(
    world, witness, pouch, tmp_path, damage
):
    parts = send(witness, pouch, random(3_000_000), "a")
    take(world, pouch)
    last = world.vault_path("Mezquite") / "parts" / sha256(parts[-1]).hexdigest()
    if damage == "changed":
        last.write_bytes(parts[-1][:-1] + bytes([parts[-1][-1] ^ 1]))
    elif damage == "cut":
        last.write_bytes(parts[-1][:-1])
    else:
        last.unlink()
    out = tmp_path / "out"
    out.mkdir()
    with world.open_vault() as vault:
        owner, thread = vault.identity.owner(), vault.messages.threads()[0]
        (file,) = vault.files.of_thread(thread)
        with pytest.raises((UnsealError, FileUnreadableError)):
            exporting.export_file(vault, owner, thread, file, out / "photo", NOW)
        assert list(out.iterdir()) == []
        exported = exporting.export_thread(vault, owner, thread, out, NOW, TELLING)
        assert [code for _, code in exported.refused] in (["unseal"], ["file-unreadable"])
        assert not any(path.name.startswith(("file", ".")) for path in out.iterdir())


class Killed(BaseException):
    """Stands for whatever ends the program."""


def acts(vault: Vault) -> list[str]:
    return [entry.act for entry in vault.verified_custody()]


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("error", [FileUnwritableError("full"), KeyboardInterrupt(), Killed()])
@pytest.mark.parametrize("at", [1, 4, 5, 6])
def test_an_export_that_fails_leaves_no_plaintext_and_stands_in_the_custody_log(
    world, witness, pouch, tmp_path, monkeypatch, error, at, there
):
    send(witness, pouch, random(10), "a")
    pouch.put(witness.message("Se lo llevaron."))
    take(world, pouch)
    out = tmp_path / "out"
    if there:
        out.mkdir()
    writes = []

    def failing(real):
        def write(*given):
            writes.append(given)
            if len(writes) == at:
                (out / ".temporary").write_bytes(b"half of it")
                raise error
            return real(*given)

        return write

    monkeypatch.setattr(exporting.durable, "write_new", failing(exporting.durable.write_new))
    monkeypatch.setattr(exporting, "stream_file", failing(exporting.stream_file))
    with world.open_vault() as vault:
        owner, thread = vault.identity.owner(), vault.messages.threads()[0]
        with pytest.raises(type(error)):
            exporting.export_thread(vault, owner, thread, out, NOW, TELLING)
        assert acts(vault)[-1] == "exported"
    assert out.exists() == there
    assert not there or list(out.iterdir()) == []


def test_the_log_tells_of_an_export_before_the_first_byte_is_outside(
    world, witness, pouch, tmp_path, monkeypatch
):
    send(witness, pouch, random(10), "a")
    take(world, pouch)
    with world.open_vault() as vault:
        owner, thread = vault.identity.owner(), vault.messages.threads()[0]
        (file,) = vault.files.of_thread(thread)

        def looking(*_: object) -> None:
            assert acts(vault)[-1] == "exported"
            raise Killed

        monkeypatch.setattr(exporting, "stream_file", looking)
        with pytest.raises(Killed):
            exporting.export_file(vault, owner, thread, file, tmp_path / "photo", NOW)
    assert not (tmp_path / "photo").exists()


def test_a_file_that_has_not_all_come_is_neither_exported_nor_logged(
    world, witness, pouch, tmp_path
):
    send(witness, pouch, random(3_000_000), "a", lost=1)
    take(world, pouch)
    with world.open_vault() as vault:
        owner, thread = vault.identity.owner(), vault.messages.threads()[0]
        (file,) = vault.files.of_thread(thread)
        with pytest.raises(FileIncompleteError):
            exporting.export_file(vault, owner, thread, file, tmp_path / "photo", NOW)
        assert "exported" not in acts(vault)


def test_a_reader_who_stops_reading_is_our_error(world, witness, pouch):
    send(witness, pouch, random(3_000_000), "a")
    take(world, pouch)

    def closed(_: memoryview) -> None:
        raise BrokenPipeError

    with world.open_vault() as vault:
        (file,) = vault.files.of_thread(vault.messages.threads()[0])
        with pytest.raises(FileUnwritableError):
            stream_file(vault.parts, file, closed)


def test_a_file_is_found_by_the_beginning_of_its_id_in_its_own_thread_only(world, witness, pouch):
    send(witness, pouch, b"x", "a")
    pouch.put(Witness(world).message())
    take(world, pouch)
    with world.open_vault() as vault:
        threads = vault.messages.threads()
        mine = next(one for one in threads if vault.files.of_thread(one))
        other = next(one for one in threads if one != mine)
        (file,) = vault.files.of_thread(mine)
        assert vault.files.find(mine, file.id[:8]) == file
        for thread, name in ((other, file.id), (mine, file.id[:3]), (mine, "zzzz")):
            with pytest.raises(FileUnknownError):
                vault.files.find(thread, name)


def test_a_longer_account_is_read_as_the_answers_of_its_message(world, witness, pouch):
    answers = {"narrative": "Lo que pasó. " * 10_000}
    manifests, parts = witness.file(serialise_answers(answers), "answers.json", role="account")
    pouch.put(witness.message(kind="files", files=manifests), *parts)
    take(world, pouch)
    with world.open_vault() as vault:
        (told,) = told_messages(vault, vault.messages.threads()[0])
    assert told.answers == answers
    assert told.account is None


@pytest.mark.parametrize("content", [b"{", b'{"narrative": null}', b"\xff"])
def test_a_longer_account_that_is_none_is_told_and_the_message_shown(
    world, witness, pouch, content
):
    manifests, parts = witness.file(content, "answers.json", role="account")
    pouch.put(witness.message(kind="files", files=manifests), *parts)
    take(world, pouch)
    with world.open_vault() as vault:
        (told,) = told_messages(vault, vault.messages.threads()[0])
    assert told.account == "document-malformed"
    assert "Consentimiento" in TELLING.message(told)
