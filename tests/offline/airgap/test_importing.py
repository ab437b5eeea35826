"""A pouch is hostile: what is whole comes in, everything else is named with its code."""

from __future__ import annotations

import os
import socket
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from crypto.airgap import importing
from crypto.airgap.importing import Report, import_pouch
from crypto.airgap.vault import messages as filed
from crypto.stick import PouchMissingError
from crypto.weeks import week_of
from tests.offline.airgap.world import NOW, Pouch, World, tree


def take(world: World, pouch: Pouch, name: str = "Mezquite", now=NOW, missed=()) -> Report:
    with world.open_vault(name) as vault, pouch.open() as folder:
        return import_pouch(vault, vault.identity.owner(), folder, now, missed)


def refusals(report: Report) -> set[tuple[str, str]]:
    return {(one.untrusted_name, one.code) for one in report.refused}


def test_a_message_and_its_file_come_in_and_are_opened(world, witness, pouch):
    manifests, parts = witness.file(b"foto" * 300_000, "foto.jpg")
    pouch.put(witness.message(), witness.message(kind="files", files=manifests), *parts)
    report = take(world, pouch)
    assert report.refused == []
    assert report.directory_verified
    assert (report.messages, report.opened, report.parts) == (2, 2, len(parts))
    assert report.complete
    with world.open_vault() as vault:
        (thread,) = vault.messages.threads()
        (file,) = vault.files.of_thread(thread)
        assert file.complete


def test_importing_twice_changes_nothing(world, witness, pouch):
    manifests, parts = witness.file(bytes(10), "a")
    pouch.put(witness.message(), witness.message(kind="files", files=manifests), *parts)
    take(world, pouch)
    with world.open_vault() as vault:
        before = list(vault.database.rows("SELECT * FROM cells")), vault.messages.count()
        custody = len(vault.verified_custody())
    parts_before = tree(world.vault_path("Mezquite") / "parts")
    again = take(world, pouch)
    assert (again.messages, again.parts, again.known) == (0, 0, 2 + len(parts))
    with world.open_vault() as vault:
        assert before == (list(vault.database.rows("SELECT * FROM cells")), vault.messages.count())
        assert len(vault.verified_custody()) == custody
    assert tree(world.vault_path("Mezquite") / "parts") == parts_before


def lay_hostile_entries(pouch: Pouch) -> set[tuple[str, str]]:
    """Put one of each into the pouch; return what must be said of them."""
    cells = pouch.cells
    digest = iter(sha256(bytes([number])).hexdigest() for number in range(100))
    expected = set()

    def expect(name: str, code: str) -> Path:
        expected.add((name, code))
        return cells / name

    secret = cells.parent / "secret"
    secret.write_bytes(os.urandom(65_536))
    expect(sha256(secret.read_bytes()).hexdigest(), "pouch-not-a-file").symlink_to(secret)
    expect(next(digest), "pouch-not-a-file").symlink_to("/dev/zero")
    expect(next(digest), "pouch-not-a-file").symlink_to(cells / "nowhere")
    os.mkfifo(expect(next(digest), "pouch-not-a-file"))
    expect(next(digest), "pouch-not-a-file").mkdir()
    expect(next(digest), "cell-size").write_bytes(b"")
    expect(next(digest), "cell-size").write_bytes(bytes(65_535))
    expect(next(digest), "cell-size").write_bytes(bytes(65_537))
    with expect(next(digest), "cell-size").open("wb") as file:
        file.truncate(2**40)
    expect(next(digest), "cell-digest").write_bytes(bytes(65_536))
    expect(next(digest), "cell-digest").write_bytes(bytes(1_048_576))
    for content, code in (
        (bytes(65_536), "cell-magic"),
        (b"BZN1\x02\x01\0\0" + bytes(65_528), "cell-suite"),
        (b"BZN1\x01\x02\0\0" + bytes(65_528), "cell-kind"),
        (b"BZN1\x01\x01\0\x01" + bytes(65_528), "cell-reserved"),
        (b"BZN1\x01\x01\0\0" + bytes(1_048_568), "cell-kind"),
        (bytes(1_048_576), "cell-magic"),
    ):
        expect(sha256(content).hexdigest(), code).write_bytes(content)
    for name in (
        "x",
        "a" * 63,
        "a" * 65,
        "A" * 64,
        "ñ" * 32,
        "\x1b[2J",
        "a b",
        "-rf",
        "%2e%2e",
        "\udcff\udcfe",
    ):
        expect(name, "pouch-name").write_bytes(bytes(65_536))
    (cells / ".half-written").write_bytes(b"remainder")
    return expected


def test_every_hostile_entry_is_refused_with_its_code_and_the_rest_comes_in(world, witness, pouch):
    pouch.put(witness.message())
    expected = lay_hostile_entries(pouch)
    report = take(world, pouch)
    assert refusals(report) == expected
    assert (report.messages, report.opened) == (1, 1)


def test_a_socket_on_the_stick_is_refused(world, pouch, monkeypatch):
    monkeypatch.chdir(pouch.cells)  # a socket's address is short
    name = "a" * 64
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
    assert refusals(take(world, pouch)) == {(name, "pouch-not-a-file")}


def test_remainders_of_a_killed_courier_are_not_touched(world, pouch):
    (pouch.cells / ".half").write_bytes(b"remainder")
    assert take(world, pouch).refused == []
    assert (pouch.cells / ".half").read_bytes() == b"remainder"


@pytest.mark.parametrize("hostile", ["missing", "a file", "a link"])
def test_a_pouch_whose_cells_are_no_folder_is_refused_not_followed(world, pouch, tmp_path, hostile):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ("b" * 64)).write_bytes(bytes(65_536))
    pouch.cells.rmdir()
    if hostile == "a file":
        pouch.cells.write_bytes(b"")
    elif hostile == "a link":
        pouch.cells.symlink_to(elsewhere)
    assert ("cells", "pouch-missing") in refusals(take(world, pouch))


@pytest.mark.parametrize("mark", [None, b"", b"buzon pouch 2\n", b"buzon pouch 1\nmore"])
def test_a_folder_without_the_mark_is_no_pouch(pouch, mark):
    (pouch.path / "POUCH").unlink()
    if mark is not None:
        (pouch.path / "POUCH").write_bytes(mark)
    with pytest.raises(PouchMissingError):
        pouch.open()


@pytest.mark.parametrize(
    "listing",
    [
        b'{"day":"2026-03-04","messages":[',
        b'{"day":"2026-03-04","messages":["00"],"parts":[]}',
        b'{"day":"2026-03-04","messages":[],"parts":[],"more":1}',
        b"",
    ],
    ids=["truncated", "short digest", "unknown key", "empty"],
)
def test_a_broken_listing_is_told_and_the_cells_come_in(world, witness, pouch, listing):
    pouch.put(witness.message())
    (pouch.path / "listing.json").write_bytes(listing)
    report = take(world, pouch)
    assert refusals(report) == {("listing.json", "document-malformed")}
    assert report.opened == 1
    assert not report.complete


def test_a_listing_that_is_a_pipe_does_not_hang_the_import(world, pouch):
    (pouch.path / "listing.json").unlink()
    os.mkfifo(pouch.path / "listing.json")
    assert ("listing.json", "pouch-not-a-file") in refusals(take(world, pouch))


def test_a_pouch_that_lacks_a_listed_cell_is_not_complete(world, witness, pouch):
    pouch.put(witness.message())
    pouch.list_cells(also=[b"\xff" * 32])
    report = take(world, pouch)
    assert not report.complete
    assert report.lacking == 1


@pytest.mark.parametrize("content", [b"{}", b"\xff", b""])
def test_a_broken_directory_is_told_and_the_cells_are_opened_all_the_same(
    world, witness, pouch, content
):
    pouch.put(witness.message())
    (pouch.path / "directory.json").write_bytes(content)
    report = take(world, pouch)
    assert refusals(report) == {("directory.json", "document-malformed")}
    assert not report.directory_verified
    assert report.opened == 1


def test_a_directory_of_other_directors_is_refused(world, pouch, tmp_path):
    other = World(tmp_path / "other")
    (pouch.path / "directory.json").write_bytes(other.directory())
    assert refusals(take(world, pouch)) == {("directory.json", "roster-signatures")}


def test_a_pouch_that_travelled_into_another_week_is_verified_as_of_its_listing(world, pouch):
    take(world, pouch)
    assert take(world, pouch, now=NOW + timedelta(weeks=2)).refused == []


def test_an_old_listing_does_not_make_an_old_roster_the_first_of_a_station(world, pouch):
    report = take(world, pouch, now=NOW + timedelta(weeks=2))
    assert refusals(report) == {("directory.json", "freshness-week")}


def test_without_a_listing_a_directory_of_a_week_that_is_over_is_refused(world, pouch):
    (pouch.path / "listing.json").unlink()
    report = take(world, pouch, now=NOW + timedelta(weeks=2))
    assert ("directory.json", "freshness-week") in refusals(report)


def test_a_listing_of_a_day_to_come_does_not_move_the_clock(world, pouch):
    later = NOW + timedelta(weeks=2)
    (pouch.path / "directory.json").write_bytes(world.directory(later))
    pouch.list_cells(day=later.date())
    assert refusals(take(world, pouch)) == {("directory.json", "freshness-not-yet")}


def test_a_roster_older_than_the_one_held_is_refused(world, pouch):
    old = world.directory()
    take(world, pouch)
    world.next_roster()
    (pouch.path / "directory.json").write_bytes(world.directory())
    assert take(world, pouch).refused == []
    (pouch.path / "directory.json").write_bytes(old)
    assert refusals(take(world, pouch)) == {("directory.json", "roster-rollback")}


def test_two_rosters_of_one_number_are_refused(world, pouch):
    take(world, pouch)
    world.roster = world.next_roster(
        serial=1, previous=bytes(32), origins=("http://other.example",)
    )
    (pouch.path / "directory.json").write_bytes(world.directory())
    assert refusals(take(world, pouch)) == {("directory.json", "roster-fork")}


def test_a_roster_that_was_missed_can_be_handed_in(world, pouch):
    take(world, pouch)
    missed = world.signed(world.next_roster()).to_json()
    world.next_roster()
    (pouch.path / "directory.json").write_bytes(world.directory())
    assert refusals(take(world, pouch)) == {("directory.json", "roster-chain")}
    assert take(world, pouch, missed=[missed]).refused == []
    with world.open_vault() as vault:
        assert vault.rosters.require_newest().serial == 3
        assert len(vault.rosters.hashes()) == 3


def test_a_message_for_others_is_kept_unopened(world, witness, pouch):
    from crypto import hpke

    stranger = hpke.public_key_from_seed(bytes(32))
    pouch.put(witness.message(recipients=[stranger]))
    report = take(world, pouch)
    assert (report.messages, report.opened) == (1, 0)
    with world.open_vault() as vault:
        assert vault.cells.count_unopened() == 1
        assert vault.messages.threads() == []


def alarms(world: World) -> list[tuple[str, ...]]:
    with world.open_vault() as vault:
        (thread,) = vault.messages.threads()
        return sorted(message.alarms for message in vault.messages.of_thread(thread))


def test_a_later_message_with_other_reply_keys_raises_an_alarm_and_pins_stay(world, witness, pouch):
    first = witness.message()
    pouch.put(first)
    take(world, pouch)
    pouch.put(witness.message(kind="follow-up", reply_seed=bytes(32)))
    take(world, pouch)
    assert alarms(world) == [(), (filed.ALARM_KEYS_CHANGED,)]
    with world.open_vault() as vault:
        from crypto import hpke

        pinned = vault.messages.threads()[0].reply_key
        assert pinned == hpke.public_key_from_seed(witness.phrase.reply_seed)


def test_a_message_under_an_unknown_roster_is_opened_with_an_alarm(world, witness, pouch):
    pouch.put(witness.message(roster_hash=b"\x01" * 32))
    assert take(world, pouch).opened == 1
    assert alarms(world) == [(filed.ALARM_ROSTER_UNKNOWN,)]


def test_two_cells_with_one_seal_are_both_kept_with_an_alarm(world, witness, pouch):
    cell = witness.message()
    twin = cell[:-1] + bytes([cell[-1] ^ 1])
    pouch.put(cell, twin)
    report = take(world, pouch)
    assert (report.messages, report.opened) == (2, 1)
    assert alarms(world) == [(filed.ALARM_SAME_TRANSCRIPT,)]


def test_a_message_sent_twice_is_filed_with_the_first(world, witness, pouch):
    pouch.put(witness.message(message_id=bytes(16)))
    take(world, pouch)
    pouch.put(
        witness.message(message_id=bytes(16)), witness.message("Otra cosa", message_id=bytes(16))
    )
    take(world, pouch)
    with world.open_vault() as vault:
        (thread,) = vault.messages.threads()
        found = vault.messages.of_thread(thread)
    assert len(found) == 3
    assert sum(one.repeats is not None for one in found) == 2
    assert sorted(one.alarms for one in found) == [(), (), (filed.ALARM_SAME_MESSAGE,)]


def test_a_cell_of_a_week_without_keys_is_kept(world, witness, pouch):
    week = week_of(NOW.date()) - 3
    pouch.put(witness.message(week=week, recipients=world.recipients(week_of(NOW.date()))))
    report = take(world, pouch)
    assert (report.messages, report.opened) == (1, 0)


class Killed(BaseException):
    """Stands for kill -9: nothing of ours runs afterwards."""


def test_a_killed_import_is_resumed_by_importing_again(world, witness, pouch, monkeypatch):
    monkeypatch.setattr(importing, "MESSAGES_AT_ONCE", 2)
    monkeypatch.setattr(importing, "PARTS_AT_ONCE", 1)
    manifests, parts = witness.file(bytes(2_500_000), "a")
    cells = [witness.message(str(number), kind="follow-up") for number in range(5)]
    pouch.put(*cells, witness.message(kind="files", files=manifests), *parts)

    def die(done: int, work: int) -> None:
        if done == stop:
            raise Killed

    known = 0
    for stop in (2, 2, 3):
        with world.open_vault() as vault, pouch.open() as folder:
            with pytest.raises(Killed):
                import_pouch(vault, vault.identity.owner(), folder, NOW, (), die)
            known += stop
    (world.vault_path("Mezquite") / "parts" / ".remainder").write_bytes(b"half")
    report = take(world, pouch)
    assert report.known == known
    assert report.complete
    assert tree(world.vault_path("Mezquite") / "parts").keys() == {
        sha256(part).hexdigest() for part in parts
    }
    with world.open_vault() as vault:
        assert vault.messages.count() == 6
        received = [entry for entry in vault.verified_custody() if entry.act == "received"]
        digests = [digest for entry in received for digest in entry.objects]
    assert len(digests) == len(set(digests)) == 6 + len(parts)


def test_progress_ends_at_all_that_there_was_to_do(world, witness, pouch):
    pouch.put(witness.message(), witness.message())
    seen: list[tuple[int, int]] = []
    with world.open_vault() as vault, pouch.open() as folder:
        import_pouch(
            vault, vault.identity.owner(), folder, NOW, (), lambda *done: seen.append(done)
        )
    assert seen == [(2, 2)]


def test_a_pouch_of_many_wrong_names_is_refused_name_by_name(world, pouch):
    for number in range(3_000):
        (pouch.cells / f"{number}").touch()
    assert len(take(world, pouch).refused) == 3_000


def test_files_of_the_vault_are_for_their_owner_only(world, witness, pouch):
    manifests, parts = witness.file(bytes(10), "a")
    pouch.put(witness.message(), witness.message(kind="files", files=manifests), *parts)
    with world.open_vault() as vault, pouch.open() as folder:
        import_pouch(vault, vault.identity.owner(), folder, NOW)
        for path in vault.folder.rglob("*"):
            mode = path.stat().st_mode & 0o777
            assert mode == (0o700 if path.is_dir() else 0o600), path
    assert world.vault_path("Mezquite").stat().st_mode & 0o777 == 0o700


def test_nothing_of_the_testimony_is_readable_in_the_vault_s_files(world, witness, pouch):
    manifests, parts = witness.file(b"planted-content" * 100, "planted-file-name.jpg")
    pouch.put(
        witness.message("planted-sentence"), witness.message(kind="files", files=manifests), *parts
    )
    with world.open_vault() as vault, pouch.open() as folder:
        import_pouch(vault, vault.identity.owner(), folder, NOW)
        everything = b"".join(content for _, content in tree(vault.folder).values())
    assert b"planted" not in everything
    assert b"Mezquite" not in everything
