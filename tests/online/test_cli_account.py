"""`buzon-server account`, as an operator uses it."""

import json
from pathlib import Path

import pyotp
import pytest

from app import cli
from app.accounts import Accounts
from app.db import open_database
from app.errors import LoginRefusedError, SecondFactorNeededError, SessionNeededError
from tests.online.conftest import ACCOUNT, NOON, PASSPHRASE, code_at


@pytest.fixture(autouse=True)
def plain(monkeypatch):
    # This process may have loaded, or may yet load, what a server's must not.
    monkeypatch.setattr("app.tripwire.install", lambda: None)
    monkeypatch.setenv("LANG", "en_US.UTF-8")


@pytest.fixture
def accounts(settings):
    engine = open_database(settings)
    yield Accounts(engine)
    engine.dispose()


@pytest.fixture
def run(settings):
    def run(action: str, *arguments: object) -> int:
        given = [str(argument) for argument in arguments]
        return cli.main(["account", action, "--data", str(settings.folder), *given])

    return run


@pytest.fixture
def passphrase_file(tmp_path: Path) -> Path:
    file = tmp_path / "passphrase"
    file.write_text("otra que tampoco sabe nadie\nignored\n")
    return file


def test_accounts_are_made_listed_and_removed(run, passphrase_file, capsys):
    add = ("add", "ceiba", "--passphrase-file", passphrase_file)
    assert run(*add) == 0
    assert run(*add) == 1
    capsys.readouterr()
    assert run("list", "--language", "en") == 0
    assert capsys.readouterr().out == "ceiba (no second factor yet)\nmezquite\n"
    assert run("list", "--json") == 0
    assert json.loads(capsys.readouterr().out) == [
        {"name": "ceiba", "second_factor": False, "recovery_codes": 0},
        {"name": "mezquite", "second_factor": True, "recovery_codes": 10},
    ]
    assert run("remove", "ceiba") == 0
    assert run("remove", "ceiba") == 1


def test_a_passphrase_is_asked_for_twice(run, monkeypatch, capsys):
    answers = iter([PASSPHRASE, PASSPHRASE, PASSPHRASE, "another one that differs"])
    monkeypatch.setattr("getpass.getpass", lambda _: next(answers))
    assert run("add", "ceiba") == 0
    assert run("add", "huizache") == 1
    told = "".join(capsys.readouterr())
    assert "[passphrase-differs]" in told
    assert PASSPHRASE not in told


@pytest.mark.parametrize("file", ["missing", ".", "/dev/zero", "/dev/full"])
@pytest.mark.parametrize(("action", "name"), [("add", "ceiba"), ("passphrase", ACCOUNT)])
def test_a_passphrase_file_that_is_none_is_refused(run, tmp_path, capsys, action, name, file):
    assert run(action, name, "--passphrase-file", tmp_path / file) == 1
    assert "Traceback" not in capsys.readouterr().err


def test_an_end_of_input_in_place_of_a_passphrase_is_a_refusal(run, monkeypatch):
    def ended(_: str) -> str:
        raise EOFError

    monkeypatch.setattr("getpass.getpass", ended)
    assert run("add", "ceiba") == 1


def test_an_account_is_enrolled_at_the_terminal(run, accounts, passphrase_file, capsys):
    run("add", "ceiba", "--passphrase-file", passphrase_file)
    capsys.readouterr()
    assert run("enrol", "ceiba", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    read = pyotp.parse_uri(told["uri"])
    assert isinstance(read, pyotp.TOTP)
    assert read.secret == told["secret"]
    accounts.check("ceiba", "otra que tampoco sabe nadie", read.at(NOON), NOON)
    for code in told["recovery_codes"]:
        accounts.check("ceiba", "otra que tampoco sabe nadie", code, NOON)
    assert run("enrol", "ceiba") == 1
    assert "[already-enrolled]" in capsys.readouterr().err


def test_the_terminal_shows_a_square_its_words_and_the_recovery_codes(run, capsys):
    run("reset", ACCOUNT)
    capsys.readouterr()
    assert run("enrol", ACCOUNT) == 0
    told = capsys.readouterr().out
    assert "█" in told or "▄" in told
    assert "otpauth://totp/mezquite?secret=" in told
    assert sum(line.count("-") == 3 and len(line) == 21 for line in told.split("\n")) == 10


def test_a_lost_telephone_is_forgotten_and_its_sessions_end(run, accounts):
    epoch = accounts.check(ACCOUNT, PASSPHRASE, code_at(NOON), NOON)
    assert run("reset", ACCOUNT) == 0
    with pytest.raises(SessionNeededError):
        accounts.check_epoch(epoch)
    with pytest.raises(SecondFactorNeededError):
        accounts.check(ACCOUNT, PASSPHRASE, "", NOON)


def test_a_passphrase_is_changed_and_sessions_end(run, accounts, passphrase_file):
    epoch = accounts.check(ACCOUNT, PASSPHRASE, code_at(NOON), NOON)
    assert run("passphrase", ACCOUNT, "--passphrase-file", passphrase_file) == 0
    with pytest.raises(SessionNeededError):
        accounts.check_epoch(epoch)
    with pytest.raises(LoginRefusedError):
        accounts.check(ACCOUNT, PASSPHRASE, accounts.all()[0].name, NOON)


@pytest.mark.parametrize("action", ["reset", "enrol", "passphrase", "remove"])
def test_what_is_done_to_an_unknown_account_is_refused_in_words(
    run, passphrase_file, capsys, action
):
    given = ["--passphrase-file", passphrase_file] if action == "passphrase" else []
    assert run(action, "nobody", *given) == 1
    assert "[account]" in capsys.readouterr().err


@pytest.mark.parametrize("action", ["add", "enrol", "reset", "passphrase", "remove", "list"])
def test_every_action_shows_examples(action, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["account", action, "--help"])
    assert ended.value.code == 0
    assert f"buzon-server account {action}" in capsys.readouterr().out
