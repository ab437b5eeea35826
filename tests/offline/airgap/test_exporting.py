"""Files leave the vault whole or not at all, under names that are ours."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from nacl.utils import random

from crypto.airgap import durable, exporting, telling
from crypto.airgap.durable import FileExistsRefusedError, FileUnreadableError, FileUnwritableError
from crypto.airgap.filing import Filing
from crypto.airgap.importing import import_pouch
from crypto.airgap.program import Tongue
from crypto.airgap.streaming import read_account, stream_file
from crypto.airgap.telling import Telling, told_messages
from crypto.airgap.vault import files
from crypto.airgap.vault.files import (
    FileIncompleteError,
    FileUnknownError,
    Segment,
)
from crypto.airgap.vault.vault import Vault
from crypto.cell import UnsealError
from crypto.manifest import Manifest
from crypto.message import serialise_answers
from crypto.part import PART_PLAINTEXT_BYTES
from crypto.weeks import week_of
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

    monkeypatch.setattr("crypto.airgap.durable.write_new", failing(durable.write_new))
    monkeypatch.setattr(exporting, "stream_file", failing(stream_file))
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


def test_a_file_whose_name_the_disk_does_not_take_for_good_is_not_left_there(
    world, witness, pouch, tmp_path, monkeypatch
):
    send(witness, pouch, random(10), "a")
    take(world, pouch)
    out = tmp_path / "out"
    with world.open_vault() as vault:
        owner, thread = vault.identity.owner(), vault.messages.threads()[0]
        (file,) = vault.files.of_thread(thread)
        real = durable.flush_folder

        def failing(folder: Path) -> None:
            if any(path.name in {"photo", "file-0001.bin"} for path in folder.iterdir()):
                raise FileUnwritableError("gone")
            real(folder)

        monkeypatch.setattr("crypto.airgap.durable.flush_folder", failing)
        with pytest.raises(FileUnwritableError):
            exporting.export_file(vault, owner, thread, file, tmp_path / "photo", NOW)
        with pytest.raises(FileUnwritableError):
            exporting.export_thread(vault, owner, thread, out, NOW, TELLING)
    assert not (tmp_path / "photo").exists()
    assert not out.exists()


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


def test_an_account_longer_than_a_station_opens_is_told_and_can_be_exported(world, witness, pouch):
    content = serialise_answers({"narrative": "x" * (4 * PART_PLAINTEXT_BYTES)})
    manifests, parts = witness.file(content, "answers.json", role="account")
    pouch.put(witness.message(kind="files", files=manifests), *parts)
    take(world, pouch)
    with world.open_vault() as vault:
        thread = vault.messages.threads()[0]
        (told,) = told_messages(vault, thread)
        (file,) = vault.files.of_thread(thread)
        assert streamed(vault, file) == content
    assert told.account == "account-too-long"
    assert TELLING.say.sentence("account-too-long") in TELLING.message(told)


@pytest.mark.parametrize("error", [MemoryError, RecursionError])
def test_an_account_that_fills_the_memory_is_told_and_the_rest_shown(
    world, witness, pouch, monkeypatch, error
):
    manifests, parts = witness.file(b"{}", "answers.json", role="account")
    pouch.put(witness.message(kind="files", files=manifests), *parts)
    take(world, pouch)

    def failing(_: bytes) -> None:
        raise error

    monkeypatch.setattr("crypto.airgap.telling.parse_answers", failing)
    with world.open_vault() as vault:
        (told,) = told_messages(vault, vault.messages.threads()[0])
    assert told.account == "account-too-long"


@pytest.mark.parametrize("renamed", [True, False])
def test_an_account_that_many_messages_name_is_read_once(
    world, witness, pouch, monkeypatch, renamed
):
    (manifest,), parts = witness.file(b'{"narrative":"Lo vi."}', "answers.json", role="account")
    for number in range(3):
        named = replace(manifest, group=bytes([number]) * 16) if renamed else manifest
        pouch.put(witness.message(kind="files", files=[named]), *parts)
    take(world, pouch)
    reads = []

    def reading(*given) -> bytes:
        reads.append(given)
        return read_account(*given)

    monkeypatch.setattr(telling, "read_account", reading)
    with world.open_vault() as vault:
        told = list(told_messages(vault, vault.messages.threads()[0]))
    assert len(reads) == 1
    assert [one.account for one in told] == [None, "account-repeated", "account-repeated"]
    assert told[0].answers == {"narrative": "Lo vi."}


def test_answers_beside_a_longer_account_are_shown_with_it_and_first(world, witness, pouch):
    answers = {"narrative": "La otra.", "fecha": "ayer"}
    manifests, parts = witness.file(serialise_answers(answers), "answers.json", role="account")
    pouch.put(witness.message("La mía.", files=manifests), *parts)
    take(world, pouch)
    with world.open_vault() as vault:
        (told,) = told_messages(vault, vault.messages.threads()[0])
    assert list(told.answers.items()) == [
        ("narrative", "La mía."), ("lugar", "Iguala"),
        ("narrative (answers.json)", "La otra."), ("fecha", "ayer"),
    ]  # fmt: skip
    text = TELLING.message(told)
    assert text.index("La mía.") < text.index("La otra.") < text.index("ayer")


@pytest.mark.parametrize(
    ("answers", "shown"),
    [
        ({"narrative": True, "dos": True}, ["narrative: sí", "dos: sí"]),
        ({"narrative": "igual", "dos": "igual"}, ["| igual", "dos: igual"]),
        ({"narrative": 7, "dos": 7}, ["narrative: 7", "dos: 7"]),
        ({"narrative": {"uno": 1}}, ["narrative:", "uno: 1"]),
    ],
)
def test_every_answer_is_shown_whatever_it_equals(world, witness, pouch, answers, shown):
    manifests, parts = witness.file(serialise_answers(answers), "answers.json", role="account")
    pouch.put(witness.message(kind="files", files=manifests), *parts)
    take(world, pouch)
    with world.open_vault() as vault:
        (told,) = told_messages(vault, vault.messages.threads()[0])
    lines = [line.strip() for line in TELLING.message(told).splitlines()]
    assert set(shown) <= set(lines)


def test_a_padding_segment_whose_parts_never_came_does_not_hold_a_file_back(world, witness, pouch):
    (manifest,), parts = witness.file(b"foto", "a")
    (padding,), _ = witness.file(b"", "a")
    padding = replace(padding, group=manifest.group, segment=1, segments=2, offset=4, file_size=4)
    pouch.put(witness.message(kind="files", files=[manifest, padding]), *parts)
    take(world, pouch)
    with world.open_vault() as vault:
        (file,) = vault.files.of_thread(vault.messages.threads()[0])
        assert streamed(vault, file) == b"foto"


def test_an_empty_file_whose_part_never_came_comes_out_empty(world, witness, pouch):
    send(witness, pouch, b"", "a", lost=1)
    take(world, pouch)
    with world.open_vault() as vault:
        (file,) = vault.files.of_thread(vault.messages.threads()[0])
        assert file.complete
        assert streamed(vault, file) == b""


def filed(world: World, witness: Witness, manifests: list[Manifest]) -> None:
    """As if the messages of *manifests* had come, and none of their parts."""
    with world.open_vault() as vault, vault.transaction():
        filing = Filing(vault, NOW.date())
        cell = witness.message(kind="files", files=manifests[:1])
        assert filing.message(sha256(cell).digest(), cell)
        (thread,) = vault.messages.threads()
        number = vault.messages.of_thread(thread)[0].number
        for manifest in manifests[1:]:
            vault.files.add(thread, number, manifest)


def test_more_pieces_than_a_file_has_are_a_conflict_and_are_not_all_shown(world, witness):
    (one,), _ = witness.file(bytes(10), "a")
    count = 1_100
    filed(world, witness, [
        replace(one, offset=number * 10, file_size=count * 10, id=number.to_bytes(16))
        for number in range(count)
    ])  # fmt: skip
    with world.open_vault() as vault:
        (thread,) = vault.messages.threads()
        files = vault.files.of_thread(thread)
        assert all(file.conflict for file in files)
        assert len(files) == 1_024
        assert vault.files.tally(thread).conflict


def test_pieces_that_a_hostile_witness_repeats_are_looked_at_once_each(witness, monkeypatch):
    (one,), _ = witness.file(bytes(10), "a")
    segments = [Segment(1, replace(one, offset=number * 10), 0) for number in range(300)] * 2
    looked = []
    real = files._what_is_covered

    def looking(segment: Segment) -> tuple[object, ...]:
        looked.append(segment)
        return real(segment)

    monkeypatch.setattr(files, "_what_is_covered", looking)
    assert files._without_repetitions(segments) == segments[:300]
    assert len(looked) == len(segments)


def test_the_list_counts_what_the_thread_shows_without_reading_it(
    world, witness, pouch, monkeypatch
):
    (good,), parts = witness.file(random(10), "foto.jpg")
    (first,), _ = witness.file(random(10), "uno")
    (lost,), _ = witness.file(random(10), "perdida")
    pouch.put(
        witness.message(),
        witness.message(kind="files", files=[good, lost, first]),
        witness.message(kind="files", files=[replace(first, untrusted_name="otro")]),
        *parts,
    )
    send(witness, pouch, b"", "vacío", lost=1)
    take(world, pouch)
    with world.open_vault() as vault:
        (thread,) = vault.messages.threads()
        files = vault.files.of_thread(thread)
        monkeypatch.setattr("crypto.airgap.vault.messages.parse_message", None)
        summary = TELLING.thread_summary(vault, thread)
        line = TELLING.thread_line(vault, thread)
    assert summary == {
        "thread": thread.id, "messages": 4, "handed_over": 0, "files": len(files),
        "incomplete": sum(not file.complete for file in files),
        "week": week_of(NOW.date()), "alarms": ["alarm-file-conflict"],
    }  # fmt: skip
    assert (summary["files"], summary["incomplete"]) == (5, 3)
    assert "mensajes: 4, archivos: 5" in line
    assert "incompletos: 3" in line
    assert "¡ALARMA!" in line
