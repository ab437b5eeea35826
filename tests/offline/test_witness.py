"""The reference witness: what `buzon-witness` seals, a station opens; what a lawyer answers, it reads."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crypto import signing
from crypto.airgap.replying import build_batch, seal_reply
from crypto.airgap.unseal import OpenedMessage, WeeklyPrivateKey, open_listed_part, open_message
from crypto.cell import UnsealError, parse_message_cell
from crypto.fingerprint import fingerprint_words
from crypto.message import MAX_MESSAGE_JSON_BYTES, parse_answers
from crypto.part import PART_PLAINTEXT_BYTES
from crypto.phrase import Phrase
from crypto.reply import build_board, split_batch
from crypto.sealed_file import read_sealed_file
from crypto.trust import open_trust
from crypto.witness.cli import Surroundings, run
from tests.vectors import directory_document, vector_file, vectors
from tests.vectors.generator import organisation as people
from tests.vectors.generator.case import with_status

NOW = datetime.fromisoformat(people.NOW)
PHOTO = random.Random(1).randbytes(PART_PLAINTEXT_BYTES + 1)
WORDS = Phrase(bytes(16)).words("es")


def draw(seed: int = 0) -> Callable[[int], bytes]:
    """Randomness that repeats itself."""
    return random.Random(seed).randbytes


def surroundings(now: datetime = NOW, typed: str = WORDS) -> Surroundings:
    return Surroundings(lambda: now, draw(), lambda _: typed)


@dataclass
class Station:
    """What one lawyer's station makes of a sealed file."""

    lawyer: str
    messages: list[OpenedMessage] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)

    def take(self, sealed: bytes) -> None:
        _, cells = read_sealed_file(io.BytesIO(sealed))
        held = {hashlib.sha256(filed.cell).digest(): filed.cell for filed in cells}
        seed = people.seed(f"{self.lawyer} week {people.WEEK}")
        key = WeeklyPrivateKey.from_seed(bytes(8), people.WEEK, seed)
        for cell in held.values():
            if len(cell) == 65_536:
                self.messages.append(open_message(parse_message_cell(cell), [key]))
        for opened in self.messages:
            for manifest in opened.message.files:
                parts = [
                    bytes(open_listed_part(manifest, index, held[digest]))
                    for index, digest in enumerate(manifest.parts)
                ]
                self.files[manifest.untrusted_name] = b"".join(parts)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Directory, trust and an account, as files."""
    document = {
        "roster": people.roster(),
        "freshness": people.freshness(),
        "weekly_keys": [people.weekly_key(lawyer) for lawyer in people.by_id(people.LAWYERS)],
    }
    (tmp_path / "directory.json").write_bytes(people.compact(document))
    (tmp_path / "trust.json").write_bytes(people.compact(people.trust()))
    (tmp_path / "account.txt").write_bytes("Me llamo Ñ.\r\n\u202eAdiós 𝕏".encode())
    (tmp_path / "foto.jpg").write_bytes(PHOTO)
    (tmp_path / "phrase.txt").write_text(WORDS + "\n", "utf-8")
    return tmp_path


def common(folder: Path) -> list[str]:
    directory, trust = str(folder / "directory.json"), str(folder / "trust.json")
    return ["--directory", directory, "--trust", trust, "--language", "en"]


def seal(folder: Path, *more: str | Path, here: Surroundings | None = None) -> int:
    out = ["--out", str(folder / "out.sealed"), "--text", str(folder / "account.txt")]
    arguments = ["seal", *common(folder), *out, *map(str, more)]
    return run(arguments, here or surroundings())


def opened(folder: Path, lawyer: str = "lawyer-a") -> Station:
    station = Station(lawyer)
    station.take((folder / "out.sealed").read_bytes())
    return station


def board(folder: Path, phrase: Phrase, *texts: str) -> Path:
    """A board on which lawyer-a answers *texts*, among decoys."""
    from crypto import hpke

    cells = [
        cell
        for sequence, text in enumerate(texts, 1)
        for cell in seal_reply(
            lambda message: signing.sign(people.seed("lawyer-a"), message),
            bytes.fromhex(people.lawyer_id("lawyer-a")),
            hpke.public_key_from_seed(phrase.reply_seed),
            phrase.tag_key,
            people.WEEK,
            sequence,
            text,
        )
    ]
    path = folder / "board"
    path.write_bytes(build_board(split_batch(build_batch(cells, 16, draw()), 16)))
    return path


# ---------------------------------------------------------------- sealing


@pytest.mark.parametrize("lawyer", people.LAWYERS)
def test_every_lawyer_reads_the_account_and_the_photograph_as_they_were(
    folder: Path, lawyer: str
) -> None:
    assert seal(folder, "--attach", folder / "foto.jpg") == 0
    station = opened(folder, lawyer)
    account, files = station.messages
    text = (folder / "account.txt").read_bytes().decode()
    assert account.message.answers == {"narrative": text}
    assert (account.message.kind, files.message.kind) == ("account", "files")
    assert files.message.answers == {}
    assert account.thread_key == files.thread_key
    assert account.message.reply_key == files.message.reply_key
    assert account.message.message != files.message.message
    assert station.files == {"foto.jpg": PHOTO}


def test_the_phrase_is_printed_once_and_is_the_one_of_the_thread(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert seal(folder) == 0
    shown = capsys.readouterr()
    [line] = [
        line for line in shown.out.splitlines() if len(line.split()) == 12 and "." not in line
    ]
    phrase = Phrase.from_words(line)
    assert shown.err == ""
    [account] = opened(folder).messages
    assert account.thread_key == signing.public_key_from_seed(phrase.thread_seed)
    assert phrase.words("en").encode() not in (folder / "out.sealed").read_bytes()


def test_the_report_in_json_is_one_object(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert seal(folder, "--json", "--attach", folder / "foto.jpg") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["bytes"] == (folder / "out.sealed").stat().st_size
    assert (report["messages"], report["parts"]) == (2, 2)
    assert len(report["readers"]) == 3
    Phrase.from_words(report["phrase"])


def test_only_the_chosen_team_reads(folder: Path) -> None:
    assert seal(folder, "--to", "Sur") == 0
    assert opened(folder, "lawyer-c").messages
    with pytest.raises(UnsealError):
        opened(folder, "lawyer-a")


@pytest.mark.parametrize("beyond", [0, 1, 100_000, 3 * PART_PLAINTEXT_BYTES])
def test_an_account_too_long_for_a_cell_travels_whole_as_a_file(folder: Path, beyond: int) -> None:
    (folder / "account.txt").write_bytes(b"")
    assert seal(folder) == 0
    room = MAX_MESSAGE_JSON_BYTES - len(opened(folder).messages[0].json_bytes)
    (folder / "out.sealed").unlink()
    text = "x" * (room + beyond)
    (folder / "account.txt").write_text(text, "utf-8")
    assert seal(folder) == 0
    station = opened(folder)
    [account] = station.messages
    if beyond:
        assert account.message.answers == {}
        [manifest] = account.message.files
        assert (manifest.role, manifest.untrusted_name) == ("account", "answers.json")
        assert parse_answers(station.files["answers.json"]) == {"narrative": text}
    else:
        assert account.message.answers == {"narrative": text}
        assert account.message.files == ()


def test_an_account_longer_than_four_parts_is_refused_before_anything_is_sealed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    most = 4 * PART_PLAINTEXT_BYTES - len('{"narrative":""}')
    (folder / "account.txt").write_text("x" * most, "utf-8")
    assert seal(folder) == 0
    (folder / "out.sealed").unlink()
    for text in ("x" * (most + 1), "ñ" * most):
        (folder / "account.txt").write_text(text, "utf-8")
        assert seal(folder) == 1
        assert "[message-too-long]" in capsys.readouterr().err
        assert not (folder / "out.sealed").exists()


def test_an_account_from_the_standard_input_is_taken_as_it_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("uno\r\ndós".encode())))
    arguments = ["seal", *common(folder), "--text", "-", "--out", str(folder / "out.sealed")]
    assert run(arguments, surroundings()) == 0
    assert opened(folder).messages[0].message.answers == {"narrative": "uno\r\ndós"}


def test_a_folder_is_given_a_file_whose_name_tells_nothing(folder: Path) -> None:
    (folder / "empty").mkdir()
    assert seal(folder, "--out", folder / "empty") == 0
    [path] = (folder / "empty").iterdir()
    assert path.suffix == ".sealed"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_follow_up_belongs_to_the_thread_and_says_what_was_read(folder: Path) -> None:
    path = board(folder, Phrase(bytes(16)), "Recibido.", "¿Dónde?")
    phrase_file = ("--phrase-file", folder / "phrase.txt")
    assert seal(folder, *phrase_file, "--read-board", path) == 0
    [message] = opened(folder).messages
    assert message.message.kind == "follow-up"
    assert message.message.read == {bytes.fromhex(people.lawyer_id("lawyer-a")): 2}
    assert message.thread_key == signing.public_key_from_seed(Phrase(bytes(16)).thread_seed)


def test_a_follow_up_asks_for_the_phrase_and_does_not_show_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert seal(folder, "--follow-up") == 0
    assert opened(folder).messages[0].message.kind == "follow-up"
    assert WORDS.split()[-1] not in capsys.readouterr().out


# ---------------------------------------------------------------- refusals


def refuse(
    folder: Path, code: str, capsys: pytest.CaptureFixture[str], *more: str | Path, **kw: Any
) -> None:
    """Sealing ends with 1 and a sentence, and leaves no file."""
    assert seal(folder, *more, **kw) == 1
    shown = capsys.readouterr()
    assert f"[{code}]" in shown.err
    assert shown.out == ""
    assert not (folder / "out.sealed").exists()


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2025-11-19", "roster-not-yet"),
        ("2026-02-02", "roster-expired"),
        ("2025-11-27", "freshness-not-yet"),
        ("2025-12-29", "freshness-week"),
        ("2025-12-08", "keys-missing"),
    ],
)
def test_a_directory_that_does_not_hold_today_seals_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], day: str, code: str
) -> None:
    now = datetime.fromisoformat(day).replace(tzinfo=UTC)
    refuse(folder, code, capsys, here=surroundings(now))


@pytest.mark.parametrize(
    "vector",
    [
        vector
        for vector in vectors("directory")
        # The program was given the file by hand: there is no page to compare.
        if vector["outcome"] not in ("ok", "origin-unknown")
    ],
    ids=lambda vector: vector["name"],
)
def test_a_hostile_directory_seals_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], vector: dict[str, Any]
) -> None:
    (folder / "directory.json").write_bytes(directory_document(vector))
    trust = vector_file("directory")["envelopes"][vector["trust"]]
    (folder / "trust.json").write_text(trust, "utf-8")
    now = datetime.fromisoformat(vector["now"])
    refuse(folder, vector["outcome"], capsys, here=surroundings(now))


def test_a_trust_that_nobody_signed_seals_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = people.trust(signers=people.DIRECTORS[:1])
    (folder / "trust.json").write_bytes(people.compact(alone))
    refuse(folder, "document-signatures", capsys)


def test_a_team_that_nobody_is_in_seals_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refuse(folder, "team-unknown", capsys, "--to", "Norte", "Este")


def test_an_account_that_is_no_text_seals_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "account.txt").write_bytes(b"\xff")
    refuse(folder, "text-not-utf8", capsys)


@pytest.mark.parametrize("name", ["missing.jpg", "."])
def test_an_attachment_that_is_no_file_seals_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    refuse(folder, "file-unreadable", capsys, "--attach", folder / name)


def test_a_pipe_is_refused_without_waiting_for_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import os

    os.mkfifo(folder / "pipe")
    refuse(folder, "file-unreadable", capsys, "--attach", folder / "pipe")


def test_a_wrong_phrase_seals_nothing_and_names_the_words(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = WORDS.replace(WORDS.split()[-1], "zzzzz")
    assert seal(folder, "--follow-up", here=surroundings(typed=typed)) == 1
    shown = capsys.readouterr()
    assert "[phrase-word]" in shown.err
    assert "12" in shown.err
    assert not (folder / "out.sealed").exists()


def test_an_existing_file_is_never_overwritten(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "out.sealed").write_bytes(b"precious")
    assert seal(folder) == 1
    assert "[file-exists]" in capsys.readouterr().err
    assert (folder / "out.sealed").read_bytes() == b"precious"


def test_a_folder_that_is_not_there_gives_a_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert seal(folder, "--out", folder / "nowhere" / "out.sealed") == 1
    assert "[file-unwritable]" in capsys.readouterr().err


def test_what_was_read_cannot_be_said_without_a_phrase(folder: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        seal(folder, "--read-board", board(folder, Phrase(bytes(16))))
    assert ended.value.code == 2


# ---------------------------------------------------------------- reading


def read(folder: Path, path: Path, *more: str, here: Surroundings | None = None) -> int:
    arguments = ["read", *common(folder), "--board", str(path), *more]
    return run(arguments, here or surroundings())


def test_replies_are_read_with_the_phrase(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = board(folder, Phrase(bytes(16)), "Recibido.", "x" * 3_000)
    assert read(folder, path) == 0
    shown = capsys.readouterr().out
    assert "Cóndor A" in shown
    assert "Recibido." in shown
    assert "x" * 3_000 in shown
    assert "2025-12-01" in shown


def test_replies_in_json_keep_every_character(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = board(folder, Phrase(bytes(16)), "uno\x1b[2J\u202eñ")
    phrase_file = ["--passphrase-file", str(folder / "phrase.txt")]
    assert read(folder, path, "--json", *phrase_file) == 0
    [reply] = json.loads(capsys.readouterr().out)
    assert reply["text"] == "uno\x1b[2J\u202eñ"
    assert (reply["sequence"], reply["complete"]) == (1, True)


@pytest.mark.parametrize(("status", "is_warned"), [("revoked", True), ("retired", False)])
def test_a_reply_under_a_key_that_directors_trust_no_more_comes_after_a_warning(
    folder: Path, capsys: pytest.CaptureFixture[str], status: str, is_warned: bool
) -> None:
    roster = with_status("lawyer-a", status)
    others = ("lawyer-b", "lawyer-c")
    document = {
        "roster": people.roster(roster),
        "freshness": people.freshness(people.freshness_value(roster, others)),
        "weekly_keys": [people.weekly_key(lawyer) for lawyer in people.by_id(others)],
    }
    (folder / "directory.json").write_bytes(people.compact(document))
    path = board(folder, Phrase(bytes(16)), "Venga sola.")
    assert read(folder, path) == 0
    shown = capsys.readouterr().out
    assert ("no longer trust this key" in shown.partition("Venga sola.")[0]) == is_warned
    assert read(folder, path, "--json", "--passphrase-file", str(folder / "phrase.txt")) == 0
    (reply,) = json.loads(capsys.readouterr().out)
    assert reply["revoked"] == is_warned


def test_a_reply_cannot_command_the_terminal(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = board(folder, Phrase(bytes(16)), "a\x1b[2Jb\u202ec\r\nd")
    assert read(folder, path) == 0
    shown = capsys.readouterr().out
    assert not {"\x1b", "\u202e", "\r"} & set(shown)
    assert "a<U+001B>[2Jb<U+202E>c" in shown


def test_another_phrase_reads_nothing_and_that_is_no_error(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = board(folder, Phrase(bytes(16)), "Recibido.")
    another = surroundings(typed=Phrase(bytes([1]) * 16).words("en"))
    assert read(folder, path, here=another) == 0
    shown = capsys.readouterr()
    assert "Recibido." not in shown.out
    assert shown.err == ""


def test_an_empty_board_is_no_error(folder: Path) -> None:
    (folder / "board").write_bytes(b"")
    assert read(folder, folder / "board") == 0


def test_a_board_that_arrived_incomplete_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = board(folder, Phrase(bytes(16)), "Recibido.")
    path.write_bytes(path.read_bytes()[:-1])
    assert read(folder, path) == 1
    assert "[board-size]" in capsys.readouterr().err


# ---------------------------------------------------------------- the program as a person runs it


def program(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("buzon-witness"), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", [[], ["seal"], ["read"]])
def test_help_shows_examples_and_ends_well(command: list[str]) -> None:
    answer = program(*command, "--language", "es", "--help")
    assert answer.returncode == 0
    assert "Ejemplos:" in answer.stdout


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_missing_file_is_told_in_the_persons_language(folder: Path, language: str) -> None:
    arguments = [*common(folder), "--language", language, "--text", str(folder / "account.txt")]
    missing = ["--trust", str(folder / "nothing"), "--out", str(folder / "out.sealed")]
    answer = program("seal", *arguments, *missing)
    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr
    assert ("cannot be read" if language == "en" else "no se puede leer") in answer.stderr


def test_the_program_can_open_no_socket() -> None:
    attempt = (
        "import crypto.witness.cli, socket\n"
        "from crypto.tripwire import SocketForbiddenError\n"
        "try: crypto.witness.cli.main(['--help'])\n"
        "except SystemExit: pass\n"
        "try: socket.socket()\n"
        "except SocketForbiddenError as error: print(error.code)\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", attempt], capture_output=True, text=True, timeout=60, check=False
    )
    assert answer.stdout.splitlines()[-1] == "socket-forbidden", answer.stderr


def test_the_directors_words_are_told_to_compare_with_the_poster(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert seal(folder) == 0
    trust = open_trust((folder / "trust.json").read_bytes())
    assert fingerprint_words(trust.payload_hash, "en") in capsys.readouterr().out


def sealed_by_program(folder: Path, **how: Any) -> subprocess.CompletedProcess[bytes]:
    """The program as it stands, on the day of the documents."""
    run_it = (
        "import sys\n"
        "from tests.offline.test_witness import surroundings\n"
        "from crypto.witness import cli\n"
        "cli.datetime = type('Clock', (), {'now': lambda _zone: surroundings().now()})\n"
        "sys.exit(cli.main(sys.argv[1:]))\n"
    )
    arguments = [*common(folder), "--text", str(folder / "account.txt")]
    command = [sys.executable, "-c", run_it, "seal", *arguments, "--out", str(folder / "x.sealed")]
    return subprocess.run(command, stderr=subprocess.PIPE, timeout=60, check=False, **how)


def test_a_terminal_without_the_characters_of_the_mark_still_shows_the_phrase(folder: Path) -> None:
    answer = sealed_by_program(
        folder, stdout=subprocess.PIPE, env={**os.environ, "PYTHONIOENCODING": "ascii"}
    )
    assert (answer.returncode, answer.stderr) == (0, b"")
    assert b"Your phrase." in answer.stdout


@pytest.mark.parametrize("output", ["full", "closed"])
def test_a_testimony_whose_phrase_nobody_saw_is_not_left_behind(folder: Path, output: str) -> None:
    with Path("/dev/full").open("wb") as full:
        how = {"stdout": full} if output == "full" else {"preexec_fn": lambda: os.close(1)}
        answer = sealed_by_program(folder, **how)
    assert answer.returncode == 1
    assert b"[file-unwritable]" in answer.stderr
    assert b"Traceback" not in answer.stderr
    assert not (folder / "x.sealed").exists()
