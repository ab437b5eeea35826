"""The two programs of the air gap as people run them, where there is no network at all."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from nacl.utils import random

from crypto.airgap.filing import Filing
from crypto.airgap.vault.vault import Vault
from crypto.fingerprint import fingerprint_words
from crypto.history import history_of, parse_history
from crypto.pouch import MARK
from crypto.roster import open_roster
from crypto.witness.parts import seal_file
from tests.offline.airgap.world import NOW, PASSPHRASE, Pouch, Witness, World

TODAY = NOW.date().isoformat()


@functools.cache
def without_network() -> tuple[str, ...]:
    """What runs a program in a network namespace of its own, where the machine allows it."""
    for command in (("unshare", "-rn"), ("unshare", "-n")):
        if shutil.which("unshare"):
            tried = subprocess.run([*command, "true"], capture_output=True, check=False)
            if tried.returncode == 0:
                return command
    return ()


@dataclass
class Person:
    """Somebody with a home folder of her own."""

    home: Path
    passphrase: str = PASSPHRASE

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        (self.home / "passphrase").write_text(self.passphrase + "\n", "utf-8")

    def run(
        self, program: str, *arguments: object, said: str | None = None, binary: bool = False
    ) -> subprocess.CompletedProcess[Any]:
        """Run *program*, typing what is *said*."""
        return subprocess.run(
            [*without_network(), str(Path(sys.executable).with_name(program)),
             *map(str, arguments)],
            cwd=self.home,
            env={"HOME": str(self.home), "PATH": os.environ["PATH"], "LANG": "es_MX.UTF-8"},
            input=said if said is not None else ("" if not binary else b""),
            capture_output=True, text=not binary, timeout=120, check=False,
        )  # fmt: skip

    def ceremony(
        self, *arguments: object, said: str | None = None
    ) -> subprocess.CompletedProcess[Any]:
        return self.run("buzon-ceremony", *arguments, said=said)

    def station(self, *arguments: object, **options) -> subprocess.CompletedProcess[Any]:
        """With the passphrase file and the day that every command takes."""
        given = [*arguments, "--today", TODAY, "--passphrase-file", "passphrase"]
        return self.run("buzon-workstation", *given, **options)


def done(answer: subprocess.CompletedProcess[Any]) -> str:
    assert answer.returncode == 0, answer.stderr
    return str(answer.stdout)


def refused(answer: subprocess.CompletedProcess[Any], code: str) -> None:
    assert answer.returncode == 1, answer.stdout
    assert f"[{code}]" in answer.stderr
    assert "Traceback" not in answer.stderr


def last_words(told: str) -> str:
    """The twelve words that a program shows on a line of their own."""
    return next(line.strip() for line in reversed(told.splitlines()) if len(line.split()) == 12)


def test_a_ceremony_across_machines_ends_in_a_folder_that_the_server_publishes(tmp_path):
    stick = tmp_path / "stick"
    stick.mkdir()
    key = ("--passphrase-file", "passphrase", "--today", TODAY)
    ana, beto, cora = (Person(tmp_path / name) for name in ("ana", "beto", "cora"))
    words = {}
    for director in (ana, beto, cora):
        card = stick / f"{director.home.name}.card.json"
        told = done(director.ceremony("directors", "init", "--out", "my.key", "--card", card,
                                      "--memory", 1, *key))  # fmt: skip
        words[card.name] = last_words(told)
        assert (director.home / "my.key").stat().st_mode & 0o777 == 0o600
    cards = [stick / name for name in words]

    # Drafted by one, after everybody has read their words aloud.
    draft = ["trust", "draft", "--organisation", "Casa", "--director", *cards, "--quorum", 2]
    wrong = ["--fingerprint", words["ana.card.json"]]
    refused(ana.ceremony(*draft, "--out", "t.json", *wrong), "fingerprint-differs")
    refused(ana.ceremony(*draft, "--out", "t.json", said="sí\nno\n"), "not-confirmed")
    assert not (ana.home / "t.json").exists()
    right = [part for line in words.values() for part in ("--fingerprint", line)]
    trust = stick / "trust.json"
    done(ana.ceremony(*draft, "--out", trust, *right))

    # Signed by a quorum, each on her own machine.
    refused(ana.ceremony("trust", "show", trust), "document-signatures")
    done(ana.ceremony("trust", "sign", trust, "--key", "my.key", *key, said="sí\n"))
    refused(
        ana.ceremony("trust", "sign", trust, "--key", "my.key", *key, "--yes"), "signed-already"
    )
    refused(beto.ceremony("trust", "sign", trust, "--key", "my.key", *key, said="no\n"),
            "not-confirmed")  # fmt: skip
    done(beto.ceremony("trust", "sign", trust, "--key", "my.key", *key, "--yes"))
    trust_words = last_words(done(cora.ceremony("trust", "show", trust)).split("  firmó")[0])

    # Two lawyers make their vaults and cards.
    lawyer_cards = []
    for name in ("Mezquite", "Huizache"):
        lawyer = Person(tmp_path / name)
        told = done(lawyer.station("init", "--trust", trust, "--pseudonym", name,
                                   "--team", "Norte", "--speaks", "es", "--memory", 1))  # fmt: skip
        assert trust_words in told
        lawyer_cards.append(stick / f"{name}.lawyer.json")
        told = done(lawyer.station("card", "--out", lawyer_cards[-1]))
        words[name] = last_words(told)

    roster = stick / "roster.json"
    draft = ["roster", "draft", "--trust", trust, "--card", *lawyer_cards, "--today", TODAY,
             "--origin", "http://buzon.example", "--out", roster]  # fmt: skip
    refused(cora.ceremony(*draft, "--fingerprint", words["Mezquite"]), "fingerprint-differs")
    done(cora.ceremony(*draft, "--fingerprint", words["Mezquite"],
                       "--fingerprint", words["Huizache"]))  # fmt: skip
    stranger = Person(tmp_path / "stranger")
    done(stranger.ceremony("directors", "init", "--out", "my.key", "--memory", 1, *key))
    sign = ["roster", "sign", roster, "--trust", trust, "--key", "my.key", *key, "--yes"]
    refused(stranger.ceremony(*sign), "signer-unknown")
    refused(ana.ceremony(*sign[:-1], said="sí\nno\n"), "not-confirmed")
    told = done(cora.ceremony(*sign[:-1], said="sí\nsí\nsí\n"))
    assert "NUEVO: Mezquite" in told
    assert told.count(words["Mezquite"]) == 2  # on the list, and to compare by voice
    done(ana.ceremony(*sign))
    done(beto.ceremony("roster", "show", roster, "--trust", trust))

    freshness = stick / "freshness.json"
    bound = ["--trust", trust, "--roster", roster]
    told = done(ana.ceremony("freshness", "draft", *bound, "--card", *lawyer_cards,
                             "--weeks", 6, "--out", freshness, "--today", TODAY))  # fmt: skip
    assert "6 semanas" in told
    folder = stick / "publication"
    bundle = ["freshness", "bundle", freshness, *bound, "--card", *lawyer_cards, "--out", folder,
              "--today", TODAY]  # fmt: skip
    done(ana.ceremony("freshness", "sign", freshness, *bound, "--key", "my.key", *key, "--yes"))
    assert ana.ceremony(*bundle).returncode == 1
    done(beto.ceremony("freshness", "sign", freshness, *bound, "--key", "my.key", *key, "--yes"))
    done(beto.ceremony(*bundle))
    assert {path.name for path in folder.iterdir()} == {
        "roster.json", "freshness.json", "weekly-keys",
    }  # fmt: skip
    assert len(list((folder / "weekly-keys").iterdir())) == 12


@pytest.fixture
def lawyer(world: World, tmp_path: Path) -> Person:
    """A lawyer whose vault is where the program looks for it."""
    person = Person(tmp_path / "home")
    world.vault_path("Mezquite").rename(person.home / "buzon-vault")
    return person


def test_a_testimony_is_imported_listed_shown_exported_answered_and_signed_for(
    lawyer, world, witness, pouch
):
    photo = random(1_200_000)
    manifests, parts = witness.file(photo, "foto\x1b[31m.jpg")
    pouch.put(
        witness.message("Lo vi todo.\x1b[2J"),
        witness.message(kind="files", files=manifests),
        *parts,
    )
    told = done(lawyer.station("import", pouch.path))
    assert "mensajes 2 (abiertos 2)" in told

    summary = json.loads(done(lawyer.station("list", "--json")))
    (thread,) = (one["thread"] for one in summary)
    assert thread[:8] in done(lawyer.station("list"))
    shown = done(lawyer.station("show", thread[:8]))
    assert "Lo vi todo." in shown
    assert "completo" in shown
    assert "\x1b" not in shown
    value = json.loads(done(lawyer.station("show", thread, "--json")))
    assert value["messages"][0]["consent"] == {"publicar": False}
    file = value["files"][0]["id"]

    done(lawyer.station("export", thread, "--out", "out"))
    assert (lawyer.home / "out" / "file-0001.bin").read_bytes() == photo
    refused(lawyer.station("export", thread, "--out", "out"), "file-exists")
    piped = lawyer.station("export", thread, "--file", file[:8], "--out", "-", binary=True)
    assert piped.stdout == photo

    told = done(lawyer.station("reply", thread, "--text", "-", "--pouch", pouch.path, said="Sí."))
    assert "ocupa: 1." in told
    (batch,) = (pouch.path / "out" / "batches").iterdir()
    assert batch.stat().st_size == 16 * 4_096

    refused(lawyer.station("receipts", pouch.path), "backup-lacks")
    assert list((pouch.path / "out" / "receipts").iterdir()) == []
    done(lawyer.station("receipts", pouch.path, "--held-by-two"))
    assert len(list((pouch.path / "out" / "receipts").iterdir())) == 1
    custody = json.loads(done(lawyer.station("custody", "--json")))
    assert [entry["act"] for entry in custody] == [
        "keys", "received", "opened", "received", "exported", "exported", "replied", "receipt",
    ]  # fmt: skip


MEASURED = """
import os, sys
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(child, 0)
print(usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def test_an_attachment_streams_out_in_less_memory_than_it_has_bytes(lawyer, witness, tmp_path):
    size = 240 * 1_048_576
    with (tmp_path / "zeros").open("wb") as file:
        file.truncate(size)
    digests = []
    parts = lawyer.home / "buzon-vault" / "parts"

    def keep(cell: bytes) -> None:
        digests.append(sha256(cell).digest())
        (parts / digests[-1].hex()).write_bytes(cell)

    with (tmp_path / "zeros").open("rb") as file:
        manifests = seal_file(file, size, "video.mp4", "attachment", keep, random)
    with Vault.open(lawyer.home / "buzon-vault", PASSPHRASE) as vault, vault.transaction():
        filing = Filing(vault, NOW.date())
        for digest in digests:
            vault.cells.add_part(digest, NOW.date())
        for manifest in manifests:
            cell = witness.message(kind="files", files=[manifest])
            assert filing.message(sha256(cell).digest(), cell)
        thread = vault.messages.threads()[0]
        name = vault.files.of_thread(thread)[0].id
    program = Path(sys.executable).with_name("buzon-workstation")
    command = [program, "export", thread.id, "--file", name, "--out", lawyer.home / "video",
               "--passphrase-file", "passphrase"]  # fmt: skip
    answer = subprocess.run(
        [sys.executable, "-c", MEASURED, *command], cwd=lawyer.home,
        env={**os.environ, "HOME": str(lawyer.home)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert (lawyer.home / "video").stat().st_size == size
    assert int(answer.stdout.split()[-1]) < 150 * 1024  # KiB


def test_an_import_with_refusals_exits_with_1_names_them_safely_and_takes_the_rest(
    lawyer, witness, pouch
):
    pouch.put(witness.message())
    (pouch.cells / "\x1b[2Jevil").write_bytes(b"")
    answer = lawyer.station("import", pouch.path)
    refused(answer, "pouch-name")
    assert "\x1b" not in answer.stderr
    assert "mensajes 1 (abiertos 1)" in answer.stdout
    value = json.loads(lawyer.station("import", pouch.path, "--json").stdout)
    assert value["refused"] == [{"name": "\x1b[2Jevil", "code": "pouch-name"}]
    assert value["known"] == 1


def test_a_stick_that_takes_nothing_back_is_told_and_what_it_brought_is_kept(
    lawyer, witness, pouch
):
    pouch.put(witness.message())
    (pouch.path / "out").write_bytes(b"in the way")
    answer = lawyer.station("import", pouch.path)
    refused(answer, "pouch-missing")
    assert "mensajes 1 (abiertos 1)" in answer.stdout
    assert len(json.loads(done(lawyer.station("list", "--json")))) == 1


@pytest.mark.parametrize(("blocked", "laid"), [("have", "out/batches"), ("out", "have")])
def test_of_what_goes_back_one_thing_does_not_hinder_the_other(
    lawyer, witness, pouch, blocked, laid
):
    pouch.put(witness.message())
    (pouch.path / blocked).write_bytes(b"in the way")
    answer = lawyer.station("import", pouch.path, "--json")
    assert answer.returncode == 1
    value = json.loads(answer.stdout)
    assert value["refused"] == [{"name": blocked, "code": "pouch-missing"}]
    assert value["opened"] == 1
    assert len(list((pouch.path / laid).iterdir())) == 1


def test_receipts_name_what_the_disk_lost_and_exit_with_1(lawyer, witness, pouch):
    manifests, parts = witness.file(bytes(10), "a")
    pouch.put(witness.message(kind="files", files=manifests), *parts)
    done(lawyer.station("import", pouch.path))
    name = sha256(parts[0]).hexdigest()
    (lawyer.home / "buzon-vault" / "parts" / name).unlink()
    answer = lawyer.station("receipts", pouch.path, "--held-by-two")
    refused(answer, "cell-lacking")
    assert name in answer.stderr
    assert "tiene: 1;" in answer.stdout


def test_a_name_that_is_no_text_is_told_safely(lawyer, pouch):
    (pouch.cells / "\udcff\udcfe").write_bytes(b"")
    answer = lawyer.station("import", pouch.path)
    refused(answer, "pouch-name")
    assert "<U+DCFF><U+DCFE>" in answer.stderr


def test_importing_twice_leaves_the_stick_as_it_is(lawyer, witness, pouch):
    pouch.put(witness.message())
    done(lawyer.station("import", pouch.path))
    out = {path: path.read_bytes() for path in pouch.path.rglob("*") if path.is_file()}
    done(lawyer.station("import", pouch.path))
    assert out == {path: path.read_bytes() for path in pouch.path.rglob("*") if path.is_file()}


def test_a_wrong_passphrase_is_one_sentence_and_exit_code_1(lawyer):
    (lawyer.home / "passphrase").write_text("otra\n", "utf-8")
    answer = lawyer.station("list")
    refused(answer, "keyfile-locked")
    assert answer.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["import", "nowhere"], "pouch-missing"),
        (["show", "abcdef"], "thread-unknown"),
        (["list", "--vault", "nowhere"], "file-unreadable"),
        (
            ["init", "--trust", "passphrase", "--pseudonym", "a", "--team", "b"],
            "document-malformed",
        ),
        (["list", "--passphrase-file", "nowhere"], "file-unreadable"),
    ],
)
def test_a_refusal_is_a_sentence_with_a_code(lawyer, arguments, code):
    given = ["--today", TODAY, "--passphrase-file", "passphrase"]
    refused(lawyer.run("buzon-workstation", arguments[0], *given, *arguments[1:]), code)


@pytest.mark.parametrize(
    "arguments",
    [["show"], ["list", "--today", "yesterday"], ["reply", "abcd"], ["list", "--passphrase", "x"]],
)
def test_wrong_usage_exits_with_2(lawyer, arguments):
    assert lawyer.run("buzon-workstation", *arguments).returncode == 2


def test_without_a_terminal_and_without_a_file_no_passphrase_is_waited_for(lawyer):
    refused(lawyer.run("buzon-workstation", "list"), "passphrase-empty")


def test_the_program_speaks_english_when_asked(lawyer):
    assert "There is no thread yet." in done(lawyer.station("list", "--language", "en"))
    assert "Examples" in done(lawyer.run("buzon-workstation", "--language", "en", "--help"))


def test_a_new_passphrase_opens_the_vault_and_the_old_one_does_not(lawyer):
    (lawyer.home / "new").write_text("nueva\n", "utf-8")
    done(lawyer.station("passphrase", "--new-passphrase-file", "new", "--memory", 1))
    refused(lawyer.station("list"), "keyfile-locked")
    (lawyer.home / "passphrase").write_text("nueva\n", "utf-8")
    done(lawyer.station("list"))


def test_a_killed_import_is_resumed(lawyer, world, pouch):
    pouch.put(*(Witness(world).message() for _ in range(60)))
    command = [Path(sys.executable).with_name("buzon-workstation"), "import", pouch.path,
               "--today", TODAY, "--passphrase-file", "passphrase"]  # fmt: skip
    for _ in range(3):
        process = subprocess.Popen(
            command, cwd=lawyer.home, env={**os.environ, "HOME": str(lawyer.home)},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            process.wait(timeout=0.7)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    done(lawyer.station("import", pouch.path))
    value = json.loads(done(lawyer.station("import", pouch.path, "--json")))
    assert (value["known"], value["messages"], value["complete"]) == (60, 0, True)
    done(lawyer.station("custody"))


@pytest.mark.parametrize(
    ("attempt", "error"),
    [
        ("import socket; socket.socket()", "SocketForbiddenError"),
        ("import app", "ServerRingError"),
    ],
)
def test_a_program_that_holds_keys_opens_no_socket_and_loads_no_server_code(lawyer, attempt, error):
    code = (
        "from crypto.airgap import program\n"
        "try:\n"
        "    program.run(['--help'], lambda say: program.Arguments(say))\n"
        "except SystemExit:\n"
        f"    {attempt}\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[3], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.returncode == 1
    assert error in answer.stderr


@pytest.mark.parametrize(
    "card",
    [("--pseudonym", "x" * 41), ("--pseudonym", ""), ("--speaks", "Español"), ("--team", "a\x1bb")],
)
def test_a_card_that_cannot_be_makes_no_vault(lawyer, world, card):
    (lawyer.home / "trust.json").write_bytes(world.trust_file)
    given = ["--trust", "trust.json", "--pseudonym", "Ceiba", "--team", "Sur", "--vault", "new"]
    refused(lawyer.station("init", *given, *card), "card-impossible")
    assert not (lawyer.home / "new").exists()


@pytest.mark.parametrize(
    "command",
    [
        ["init", "--trust", "trust.json", "--pseudonym", "Ceiba", "--team", "S", "--vault", "new"],
        ["import", "pouch"],
        ["card", "--out", "card.json"],
        ["reply", "abcd", "--text", "-"],
    ],
)
def test_under_a_clock_from_before_the_calendar_nothing_is_made(lawyer, world, command):
    (lawyer.home / "trust.json").write_bytes(world.trust_file)
    before = {path.name for path in lawyer.home.iterdir()}
    given = ["--today", "1970-01-01", "--passphrase-file", "passphrase"]
    refused(lawyer.run("buzon-workstation", *command, *given), "clock-wrong")
    assert {path.name for path in lawyer.home.iterdir()} == before


def test_a_passphrase_file_with_a_mark_of_its_editor_opens_the_vault(lawyer):
    (lawyer.home / "passphrase").write_text(f"\ufeff{PASSPHRASE}\r\n", "utf-8")
    done(lawyer.station("list"))


def test_a_passphrase_file_that_is_no_text_is_refused_with_a_sentence(lawyer):
    (lawyer.home / "passphrase").write_bytes(PASSPHRASE.encode("latin-1"))
    refused(lawyer.station("list"), "passphrase-not-text")


def test_an_end_of_input_at_a_prompt_ends_the_program_like_ctrl_c(lawyer):
    run_it = (
        "import getpass, sys; from unittest.mock import Mock; from crypto.airgap import cli;"
        "getpass.getpass = Mock(side_effect=EOFError); sys.stdin = Mock(isatty=lambda: True);"
        "sys.exit(cli.main(['list', '--language', 'en']))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", run_it], cwd=lawyer.home, timeout=60,
        env={"HOME": str(lawyer.home), "PATH": os.environ["PATH"]},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.returncode == 1
    assert answer.stderr == "\nInterrupted.\n"


def test_a_full_standard_output_is_refused_with_a_sentence(lawyer):
    program = Path(sys.executable).with_name("buzon-workstation")
    with Path("/dev/full").open("wb") as full:
        for arguments in (["list"], ["list", "--json"]):
            answer = subprocess.run(
                [program, *arguments, "--passphrase-file", "passphrase"], cwd=lawyer.home,
                env={"HOME": str(lawyer.home), "PATH": os.environ["PATH"]}, stdout=full,
                stderr=subprocess.PIPE, text=True, check=False,
            )  # fmt: skip
            assert answer.returncode == 1
            assert "[file-unwritable]" in answer.stderr
            assert "Traceback" not in answer.stderr
            assert "Exception" not in answer.stderr


def test_a_closed_standard_output_is_refused_like_a_full_one(lawyer):
    program = Path(sys.executable).with_name("buzon-workstation")
    answer = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", program, "list", "--passphrase-file", "passphrase"],
        cwd=lawyer.home, env={"HOME": str(lawyer.home), "PATH": os.environ["PATH"]},
        stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    assert answer.returncode == 1
    assert "[file-unwritable]" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_terminal_without_our_letters_gets_no_stack_trace(lawyer):
    program = Path(sys.executable).with_name("buzon-workstation")
    answer = subprocess.run(
        [program, "list", "--language", "es", "--passphrase-file", "passphrase"], cwd=lawyer.home,
        env={"HOME": str(lawyer.home), "PATH": os.environ["PATH"], "PYTHONIOENCODING": "ascii"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    assert "Todav\\xeda no hay" in answer.stdout


def test_an_export_that_is_ended_from_outside_leaves_no_plaintext(lawyer, witness, pouch):
    manifests, parts = witness.file(bytes(10), "a")
    pouch.put(witness.message(kind="files", files=manifests), *parts)
    done(lawyer.station("import", pouch.path))
    (thread,) = (one["thread"] for one in json.loads(done(lawyer.station("list", "--json"))))
    code = (
        "import os, signal, sys, time\n"
        "from crypto.airgap import cli, exporting\n"
        "exporting.stream_file = lambda *_: (os.kill(os.getpid(), signal.SIGTERM), time.sleep(9))\n"
        "sys.exit(cli.main())\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, "export", thread, "--out", lawyer.home / "out",
         "--passphrase-file", lawyer.home / "passphrase"],
        cwd=Path(__file__).parents[3], env={**os.environ, "HOME": str(lawyer.home)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.returncode == 1, answer.stderr
    assert "Traceback" not in answer.stderr
    assert not (lawyer.home / "out").exists()


def test_a_stick_that_is_no_pouch_is_left_alone(lawyer, tmp_path):
    (tmp_path / "stick").mkdir()
    refused(lawyer.station("import", tmp_path / "stick"), "pouch-missing")
    assert list((tmp_path / "stick").iterdir()) == []
    (tmp_path / "stick" / "POUCH").write_bytes(MARK)
    assert lawyer.station("import", tmp_path / "stick").returncode == 1


def test_a_file_that_two_people_share_is_a_pouch_for_both(world, witness, pouch, tmp_path):
    pouch.put(witness.message())
    for name in world.names:
        person = Person(tmp_path / f"home-{name}")
        vault = ("--vault", world.vault_path(name))
        done(person.station("import", pouch.path, *vault))
        assert len(json.loads(done(person.station("list", "--json", *vault)))) == 1
    assert isinstance(pouch, Pouch)


def test_two_rosters_of_one_number_are_told_until_somebody_sets_them_aside(lawyer, world, pouch):
    done(lawyer.station("import", pouch.path))
    assert json.loads(done(lawyer.station("rosters", "--json")))["contradictions"] == []
    other = replace(world.roster, expires=NOW.date() + timedelta(days=40))
    (pouch.path / "rosters.json").write_bytes(history_of([world.signed(other)]))
    answer = lawyer.station("import", pouch.path)
    assert answer.returncode == 0
    own, theirs = (fingerprint_words(one.payload_hash) for one in (world.roster, other))
    listed = (lawyer.station("list"), lawyer.station("list", "--json"), lawyer.station("rosters"))
    for told in (one.stderr for one in (answer, *listed)):
        assert "dos listas de abogados con el número 1" in told
        assert own in told
        assert theirs in told
        assert "rosters.json" in told
    assert own in lawyer.station("rosters").stdout
    (one,) = json.loads(done(lawyer.station("rosters", "--json")))["contradictions"]
    assert (one["id"], one["set_aside"]) == (other.payload_hash.hex(), None)
    done(lawyer.station("rosters", "--out", "para-directores"))
    evidence = lawyer.home / "para-directores" / f"contradiction-0001-{one['id'][:8]}.json"
    assert open_roster(evidence.read_bytes(), world.trust) == other
    assert (lawyer.home / "para-directores" / "roster-0001.json").exists()
    refused(lawyer.station("rosters", "--out", "para-directores"), "file-exists")

    refused(lawyer.station("rosters", "--set-aside", "0000"), "contradiction-unknown")
    refused(lawyer.station("rosters", "--set-aside", one["id"][:3]), "contradiction-unknown")
    done(lawyer.station("rosters", "--set-aside", one["id"][:8]))
    for command in (("import", pouch.path), ("list",)):
        assert "ALARMA" not in lawyer.station(*command).stderr
    assert one["id"][:8] in done(lawyer.station("rosters"))
    notes = [entry["note"] for entry in json.loads(done(lawyer.station("custody", "--json")))]
    assert notes[-2:] == ["rosters contradict", "contradiction set aside"]


def test_every_import_shows_the_other_stations_what_this_one_holds(lawyer, world, pouch):
    done(lawyer.station("import", pouch.path))
    (shown,) = (pouch.path / "have-rosters").iterdir()
    assert parse_history(shown.read_bytes()) == (world.signed(world.roster),)


def test_what_ends_within_three_weeks_is_told_at_import_and_in_the_list(lawyer, world, pouch):
    told = done(lawyer.station("import", pouch.path))
    assert "confirmaron la lista de abogados hasta el 2026-03-08" in told
    value = json.loads(done(lawyer.station("import", pouch.path, "--json")))
    assert [one["code"] for one in value["shortages"]] == ["freshness-ends"]
    assert "2026-03-08" in lawyer.station("list").stderr
    assert json.loads(done(lawyer.station("list", "--json"))) == []
    dead = lawyer.run(
        "buzon-workstation", "list", "--passphrase-file", "passphrase", "--today", "1970-01-01"
    )
    assert (dead.returncode, dead.stderr) == (0, "")
    later = (*("--passphrase-file", "passphrase"), "--today", "2026-08-30")
    told = lawyer.run("buzon-workstation", "list", *later).stderr
    assert "venció el 2026-06-03: el buzón está cerrado" in told
    assert "Mezquite tiene claves semanales hasta el 2026-08-30" in told
