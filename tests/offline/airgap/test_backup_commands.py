"""The commands about backups as a person runs them: shares on paper, a stick, a lost laptop."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crypto.airgap.backup.shares import Share, read_share, split
from tests.offline.airgap.test_programs import TODAY, Person, done, refused, without_network
from tests.offline.airgap.world import PASSPHRASE, Pouch, Witness, World, tree


@pytest.fixture
def lawyer(world: World, tmp_path: Path) -> Person:
    person = Person(tmp_path / "home")
    world.vault_path("Mezquite").rename(person.home / "buzon-vault")
    (person.home / "stick").mkdir()
    return person


@pytest.fixture
def keyed(lawyer: Person) -> Person:
    """With three shares as pages in her home."""
    done(lawyer.station("backup-init", "--pages", "pages"))
    return lawyer


@pytest.fixture
def filled(keyed: Person, witness: Witness, pouch: Pouch) -> Person:
    manifests, parts = witness.file(bytes(1_100_000), "foto.jpg")
    pouch.put(
        witness.message("Lo vi todo."), witness.message(kind="files", files=manifests), *parts
    )
    done(keyed.station("import", pouch.path))
    done(keyed.station("backup", "stick"))
    return keyed


def shares_of(person: Person) -> list[Path]:
    return sorted((person.home / "pages").iterdir())


def given(*files: Path) -> list[object]:
    return [part for file in files for part in ("--share-file", file)]


# ----------------------------------------------------------------- shares on paper


class Terminal:
    """A person at the program: reads what it says, types what she wants."""

    def __init__(self, person: Person, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [*without_network(), str(Path(sys.executable).with_name("buzon-workstation")),
             *arguments, "--today", TODAY, "--passphrase-file", "passphrase"],
            cwd=person.home, text=True, bufsize=0,
            env={"HOME": str(person.home), "PATH": os.environ["PATH"], "LANG": "es_MX.UTF-8",
                 "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def until(self, ending: str) -> str:
        """What the program says up to *ending*."""
        assert self.process.stdout is not None
        said = ""
        while not said.endswith(ending):
            character = self.process.stdout.read(1)
            assert character, f"ended after: {said}"
            said += character
        return said

    def type(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def end(self) -> tuple[str, str, int]:
        """What is left to say on both streams, and the exit code."""
        said, complained = self.process.communicate(timeout=60)
        return said, complained, self.process.returncode


def written_down(said: str) -> list[str]:
    """The words of a list as a person copies them."""
    found = dict(re.findall(r"(?:^|\s)(\d{1,2}) ([a-z]{4,8})", said))
    return [found[str(place)] for place in range(1, 21)]


def asked(said: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", said)]


def test_shares_are_shown_one_by_one_and_three_words_of_each_are_asked_for(lawyer):
    terminal = Terminal(lawyer, "backup-init", "--shares", "3", "--threshold", "2")
    papers = []
    for place in (1, 2, 3):
        words = written_down(terminal.until("oprima Enter. "))
        terminal.type("")
        papers.append(words)
        places = asked(terminal.until(": "))
        assert len(set(places)) == 3
        if place == 2:  # she copied a word wrong: the list comes again
            terminal.type("casa casa casa")
            terminal.until("otra vez. ")
            terminal.type("")
            assert written_down(terminal.until("oprima Enter. ")) == words
            terminal.type("")
            places = asked(terminal.until(": "))
        terminal.type(" ".join(words[number - 1][:4].upper() for number in places))
    said, complained, code = terminal.end()
    assert code == 0, complained
    assert "3 listas" in said
    shares = [read_share(" ".join(words)) for words in papers]
    assert {share.threshold for share in shares} == {2}
    typed = "\n".join(" ".join(share.words) for share in shares[1:]) + "\n\n"
    assert "sirven" in done(lawyer.station("backup-check", said=typed))


def test_when_nobody_answers_no_key_is_kept(lawyer):
    before = tree(lawyer.home / "buzon-vault")["vault.key"]
    refused(lawyer.station("backup-init", said="\n"), "not-confirmed")
    refused(lawyer.station("backup", "stick"), "backup-key-missing")
    assert tree(lawyer.home / "buzon-vault")["vault.key"] == before


def test_pages_are_written_only_when_asked_for_and_nobody_else_reads_them(lawyer):
    before = set(lawyer.home.rglob("*"))
    done(lawyer.station("backup-init", "--pages", "pages", "--shares", "5", "--threshold", "3"))
    new = set(lawyer.home.rglob("*")) - before
    assert sorted(path.name for path in new if path.suffix == ".txt") == [
        f"share-{place}.txt" for place in range(1, 6)
    ]
    for page in shares_of(lawyer):
        assert page.stat().st_mode & 0o777 == 0o600
        assert "hacen falta 3" in page.read_text("utf-8")
    words = {word for page in shares_of(lawyer) for word in read_share(page.read_text()).words}
    vault = b"".join(content for _, content in tree(lawyer.home / "buzon-vault").values())
    assert len(words) > 20
    assert not any(" ".join(read_share(page.read_text()).words).encode() in vault
                   for page in shares_of(lawyer))  # fmt: skip


def test_a_second_key_needs_to_be_asked_for(keyed):
    refused(keyed.station("backup-init", "--pages", "more"), "backup-key-exists")
    assert not (keyed.home / "more").exists()
    done(keyed.station("backup-init", "--pages", "more", "--replace"))
    old, new = shares_of(keyed)[:2], sorted((keyed.home / "more").iterdir())[:2]
    refused(keyed.station("backup-check", *given(*old)), "share-other")
    done(keyed.station("backup-check", *given(*new)))


@pytest.mark.parametrize(("shares", "threshold"), [("1", "1"), ("3", "1"), ("17", "2"), ("2", "3")])
def test_what_cannot_be_split_is_refused(lawyer, shares, threshold):
    answer = lawyer.station("backup-init", "--shares", shares, "--threshold", threshold)
    refused(answer, "shares-impossible")


def changed(page: Path, how: str) -> None:
    words = list(read_share(page.read_text("utf-8")).words)
    if how == "typo":
        words[4] = "academic" if words[4] != "academic" else "acid"
    elif how == "no word":
        words[4] = "casa"
    elif how == "short":
        words.pop()
    page.write_text(" ".join(words), "utf-8")


@pytest.mark.parametrize(
    ("how", "code"),
    [("typo", "share-checksum"), ("no word", "share-word"), ("short", "share-length")],
)
@pytest.mark.parametrize("command", [["backup-check"], ["restore", "stick", "--vault", "new"]])
def test_a_share_copied_wrong_is_refused_by_its_name(keyed, command, how, code):
    done(keyed.station("backup", "stick"))
    pages = shares_of(keyed)
    changed(pages[1], how)
    answer = keyed.station(*command, *given(pages[0], pages[1]))
    refused(answer, code)
    assert answer.stderr.startswith("share-2.txt: ")
    assert not (keyed.home / "new").exists()


def test_a_share_mistyped_at_the_prompt_is_asked_for_again(filled):
    first, second = (read_share(page.read_text("utf-8")) for page in shares_of(filled)[:2])
    other = "academic" if first.words[6] != "academic" else "acid"
    wrong = " ".join([*first.words[:6], other, *first.words[7:]])
    right = [" ".join(share.words) for share in (first, second)]
    answer = filled.station(
        "backup-check", said="\n".join([wrong, right[0], right[0], right[1], ""])
    )
    assert "[share-repeated]" in answer.stderr
    assert "sirven" in done(answer)
    assert "[share-checksum]" in answer.stderr


# ----------------------------------------------------------------- the lost laptop


def test_a_lost_laptop_and_a_lost_share_cost_nothing_but_weekly_keys(filled, pouch, tmp_path):
    (thread,) = (one["thread"] for one in json.loads(done(filled.station("list", "--json"))))
    shown = json.loads(done(filled.station("show", thread, "--json")))
    shutil.rmtree(filled.home / "buzon-vault")
    other = Person(tmp_path / "other", "otra contraseña nueva")
    _, *left = shares_of(filled)
    told = done(
        other.station("restore", filled.home / "stick", *given(*left), "--memory", 1, said="sí\n")
    )
    assert "número 1" in told
    assert "claves nuevas para 26 semanas" in told
    assert "abre" in told
    assert "card" in told

    assert json.loads(done(other.station("show", thread, "--json"))) == shown
    done(other.station("export", thread, "--out", "out"))
    assert (other.home / "out" / "file-0001.bin").read_bytes() == bytes(1_100_000)
    done(other.station("reply", thread, "--text", "-", "--pouch", pouch.path, said="Sigo aquí."))
    custody = json.loads(done(other.station("custody", "--json")))
    assert [entry["act"] for entry in custody if entry["act"] == "restored"] == ["restored"]
    done(other.station("card", "--out", "card.json"))
    done(other.station("backup", filled.home / "stick"))


def test_fewer_shares_than_the_threshold_open_nothing(filled):
    pages = shares_of(filled)
    restore = ["restore", "stick", "--vault", "new", "--yes"]
    refused(filled.station(*restore, *given(pages[0])), "shares-few")
    refused(filled.station(*restore, *given(pages[0], pages[0])), "share-repeated")
    words = " ".join(read_share(pages[0].read_text("utf-8")).words)
    refused(filled.station(*restore, said=f"{words}\n"), "shares-few")
    refused(filled.station(*restore), "shares-few")
    assert not (filled.home / "new").exists()


def other_set(avoid: int) -> list[Share]:
    while True:
        made = split(bytes(16), 3, 2)
        if made[0].identifier != avoid:
            return made


def test_shares_of_another_set_open_nothing(filled):
    pages = shares_of(filled)
    made = other_set(read_share(pages[0].read_text("utf-8")).identifier)
    files = [filled.home / f"other-{place}" for place in range(2)]
    for file, share in zip(files, made, strict=False):
        file.write_text(" ".join(share.words), "utf-8")
    restore = ["restore", "stick", "--vault", "new", "--yes"]
    refused(filled.station(*restore, *given(pages[0], files[1])), "share-other")
    refused(filled.station(*restore, *given(*files)), "backup-other")
    refused(filled.station("backup-check", *given(*files)), "share-other")
    assert not (filled.home / "new").exists()


def test_restoring_is_asked_about_before_anything_is_written(filled):
    pages = shares_of(filled)[:2]
    answer = filled.station("restore", "stick", "--vault", "new", *given(*pages), said="no\n")
    refused(answer, "not-confirmed")
    assert "número 1" in answer.stdout
    assert not (filled.home / "new").exists()


def test_restoring_into_a_vault_is_refused_before_shares_are_asked_for(filled):
    answer = filled.station("restore", "stick", "--yes")
    refused(answer, "file-exists")
    assert "Lista" not in answer.stdout


def test_missing_parts_are_told_and_the_rest_is_restored(filled):
    part = next(path for path in (filled.home / "stick").rglob("*")
                if path.parent.parent.name == "parts")  # fmt: skip
    part.unlink()
    answer = filled.station("restore", "stick", "--vault", "new", "--yes", "--memory", 1,
                            *given(*shares_of(filled)[1:]))  # fmt: skip
    refused(answer, "backup-damaged")
    assert "faltan: 1" in answer.stdout
    assert len(json.loads(done(filled.station("list", "--json", "--vault", "new")))) == 1


def test_a_damaged_database_is_refused(filled):
    path = next(path for path in (filled.home / "stick").rglob("*")
                if path.parent.name == "database")  # fmt: skip
    path.write_bytes(path.read_bytes()[:-1])
    answer = filled.station("restore", "stick", "--vault", "new", "--yes",
                            *given(*shares_of(filled)[1:]))  # fmt: skip
    refused(answer, "backup-damaged")
    assert not (filled.home / "new" / "vault.key").exists()


def test_a_stick_that_is_too_small_is_told_and_the_vault_stays(filled, tmp_path):
    """A real stick of a few hundred KiB, in a mount namespace of its own."""
    small = tmp_path / "small"
    small.mkdir()
    script = 'mount -t tmpfs -o size=600k tmpfs "$0" && shift 0 && exec "$@"'
    program = str(Path(sys.executable).with_name("buzon-workstation"))
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", script, str(small), program,
               "backup", str(small), "--today", TODAY, "--passphrase-file", "passphrase"]  # fmt: skip
    answer = subprocess.run(
        command, cwd=filled.home, capture_output=True, text=True, check=False, timeout=120,
        env={"HOME": str(filled.home), "PATH": os.environ["PATH"], "LANG": "es_MX.UTF-8"},
    )  # fmt: skip
    refused(answer, "backup-full")
    assert len(json.loads(done(filled.station("list", "--json")))) == 1


# ----------------------------------------------------------------- receipts


def test_receipts_are_signed_for_what_the_newest_backup_holds(filled, witness, pouch):
    value = json.loads(done(filled.station("receipts", pouch.path, "--json")))
    assert (value["cells"], value["without_backup"]) == (4, 0)
    pouch.put(witness.message(), witness.message())
    told = done(filled.station("import", pouch.path))
    assert "ningún respaldo tiene todavía: 2." in told
    answer = filled.station("receipts", pouch.path)
    refused(answer, "backup-lacks")
    assert answer.stderr.startswith("2: ")
    assert "tiene: 4;" in answer.stdout
    done(filled.station("backup", "stick"))
    value = json.loads(done(filled.station("receipts", pouch.path, "--json")))
    assert (value["cells"], value["without_backup"]) == (6, 0)


def test_without_any_backup_receipts_need_a_second_station(lawyer, witness, pouch):
    pouch.put(witness.message())
    done(lawyer.station("import", pouch.path))
    answer = lawyer.station("receipts", pouch.path)
    refused(answer, "backup-lacks")
    assert "tiene: 0;" in answer.stdout
    assert list((pouch.path / "out" / "receipts").iterdir()) == []
    assert "tiene: 1;" in done(lawyer.station("receipts", pouch.path, "--held-by-two"))


def test_a_backup_answers_in_json(keyed):
    value = json.loads(done(keyed.station("backup", "stick", "--json")))
    assert value == {
        "number": 1, "cells": 0, "new_parts": 0, "brought_back": 0, "lacking": [],
    }  # fmt: skip


def test_the_passphrase_of_before_opens_no_restored_vault(filled):
    done(filled.station("restore", "stick", "--vault", "new", "--yes", "--memory", 1,
                        *given(*shares_of(filled)[:2])))  # fmt: skip
    assert filled.passphrase == PASSPHRASE
    done(filled.station("list", "--vault", "new"))
    old = (filled.home / "buzon-vault" / "vault.key").read_bytes()
    (filled.home / "new" / "vault.key").write_bytes(old)
    refused(filled.station("list", "--vault", "new"), "vault-damaged")
