"""Accounts of the desk: who is let in, and what ends that."""

from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine

from app.accounts import Accounts
from app.db import open_database
from app.errors import (
    AccountError,
    CodeRefusedError,
    EnrolledError,
    LoginRefusedError,
    SecondFactorNeededError,
    SessionNeededError,
)
from app.guesses import WRONG_CODES_PER_DAY
from app.making import migrate
from app.settings import Settings
from tests.online.conftest import NOON, SECRET, code_at

PASSPHRASE = "cuatro palabras que nadie sabe"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class CountingHasher(PasswordHasher):
    """Counts the Argon2id runs that verifying takes."""

    runs = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
        self.runs += 1
        return super().verify(hash, password)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = open_database(Settings(folder=tmp_path))
    migrate(engine)
    return engine


@pytest.fixture
def accounts(engine: Engine) -> Accounts:
    accounts = Accounts(engine, QUICK)
    accounts.add("mezquite", PASSPHRASE)
    accounts.enrol("mezquite", SECRET)
    return accounts


CODE = code_at(NOON)


def later(steps: int = 1):
    """A moment some steps of 30 seconds later."""
    return NOON + timedelta(seconds=30 * steps)


def stored(engine: Engine, column: str) -> object:
    """What the one account of the table holds there."""
    with engine.connect() as connection:
        return connection.exec_driver_sql(f"SELECT {column} FROM account").scalar_one()


def test_the_right_passphrase_and_code_open(accounts):
    accounts.check_epoch(accounts.check("mezquite", PASSPHRASE, CODE, NOON))


def test_a_passphrase_typed_with_other_accents_opens(accounts):
    accounts.add("ceiba", "contrase\u00f1a de una ceiba")
    accounts.enrol("ceiba", SECRET)
    accounts.check("ceiba", "contrasen\u0303a de una ceiba", CODE, NOON)


WRONG = [
    ("mezquite", PASSPHRASE + "x", CODE),
    ("mezquite", "", CODE),
    ("Mezquite", PASSPHRASE, CODE),
    ("nobody", PASSPHRASE, CODE),
    ("", "", ""),
    ("mezquite", "x" * 100_000, CODE),
    ("mezquite", PASSPHRASE, ""),
    ("mezquite", PASSPHRASE, "000000"),
    ("mezquite", PASSPHRASE, CODE + "0"),
    ("mezquite", PASSPHRASE, "aaaa-bbbb-cccc-dddd"),
    ("mezquite", PASSPHRASE, "9" * 100_000),
    ("nobody", PASSPHRASE, code_at(NOON, bytes(20))),
    ("unenrolled", "not the passphrase", code_at(NOON, bytes(20))),
    ("mezquite", PASSPHRASE + "\u00a0", CODE),
    ("mezquite", "\ud800", CODE),
    ("mezquite\ud800", PASSPHRASE, CODE),
    ("mezquite", PASSPHRASE, CODE + "\t"),
]


@pytest.mark.parametrize(("name", "passphrase", "code"), WRONG)
def test_everything_else_is_refused_alike_after_the_same_work(
    engine, accounts, name, passphrase, code
):
    accounts.add("unenrolled", PASSPHRASE)
    hasher = CountingHasher(time_cost=1, memory_cost=8, parallelism=1)
    counted = Accounts(engine, hasher)
    with pytest.raises(LoginRefusedError) as refusal:
        counted.check(name, passphrase, code, NOON)
    assert str(refusal.value) == "refused"
    assert hasher.runs == 1


def test_that_a_second_factor_is_missing_is_told_only_after_the_right_passphrase(accounts):
    accounts.add("huizache", PASSPHRASE)
    for code in ("", CODE, code_at(NOON, bytes(20))):
        with pytest.raises(SecondFactorNeededError):
            accounts.check("huizache", PASSPHRASE, code, NOON)
        with pytest.raises(LoginRefusedError):
            accounts.check("huizache", PASSPHRASE + "x", code, NOON)


def test_a_code_opens_once_even_after_a_restart(engine, accounts):
    accounts.check("mezquite", PASSPHRASE, CODE, NOON)
    restarted = Accounts(engine, QUICK)
    for _ in range(2):
        with pytest.raises(LoginRefusedError):
            restarted.check("mezquite", PASSPHRASE, CODE, NOON)
    restarted.check("mezquite", PASSPHRASE, code_at(later()), later())


def test_an_earlier_code_does_not_open_after_a_later_one(accounts):
    accounts.check("mezquite", PASSPHRASE, code_at(later()), NOON)
    with pytest.raises(LoginRefusedError):
        accounts.check("mezquite", PASSPHRASE, CODE, NOON)


def test_a_code_is_not_spent_by_a_wrong_passphrase(accounts):
    with pytest.raises(LoginRefusedError):
        accounts.check("mezquite", PASSPHRASE + "x", CODE, NOON)
    accounts.check("mezquite", PASSPHRASE, CODE, NOON)


def test_when_somebody_logged_in_is_forgotten_as_soon_as_nobody_can_replay_it(engine, accounts):
    accounts.check("mezquite", PASSPHRASE, code_at(later()), NOON)
    accounts.forget_steps(later(4))
    assert stored(engine, "step") != 0
    with pytest.raises(LoginRefusedError):
        accounts.check("mezquite", PASSPHRASE, code_at(later()), later(2))
    accounts.forget_steps(later(5))
    assert stored(engine, "step") == 0
    with pytest.raises(LoginRefusedError):
        accounts.check("mezquite", PASSPHRASE, code_at(later()), later(5))


def test_a_code_that_waited_for_its_turn_does_not_open_after_it_was_used_and_forgotten(accounts):
    code = code_at(later())

    @contextmanager
    def turn():
        accounts.check("mezquite", PASSPHRASE, code, later(2))
        accounts.forget_steps(later(4))  # as late as a turn comes
        yield

    with pytest.raises(LoginRefusedError):
        accounts.check("mezquite", PASSPHRASE, code, later(2), turn())


def test_each_recovery_code_opens_once_and_does_not_stand_in_the_database(engine, accounts):
    accounts.reset("mezquite")
    codes = accounts.enrol("mezquite", SECRET)
    assert len(set(codes)) == 10
    accounts.check("mezquite", PASSPHRASE, codes[3], NOON)
    with pytest.raises(LoginRefusedError):
        accounts.check("mezquite", PASSPHRASE, codes[3], NOON)
    accounts.check("mezquite", PASSPHRASE, codes[0].replace("-", "").upper(), NOON)
    (listed,) = accounts.all()
    assert listed.factor.codes_left == 8
    kept = stored(engine, "recovery")
    assert isinstance(kept, bytes)
    assert not [code for code in codes if code.replace("-", "").encode() in kept]


def test_who_has_the_passphrase_guesses_few_codes_and_locks_nobody_out(engine, accounts):
    accounts.reset("mezquite")
    codes = accounts.enrol("mezquite", SECRET)
    for number in range(WRONG_CODES_PER_DAY):
        with pytest.raises(LoginRefusedError):
            accounts.check("mezquite", PASSPHRASE, f"{number:06d}x", NOON)
    with pytest.raises(LoginRefusedError):
        accounts.check("mezquite", PASSPHRASE, CODE, NOON)
    accounts.check("mezquite", PASSPHRASE, codes[0], NOON)
    tomorrow = NOON + timedelta(days=1)
    accounts.check("mezquite", PASSPHRASE, code_at(tomorrow), tomorrow)


def test_wrong_passphrases_are_no_guesses_at_the_code(accounts):
    for _ in range(WRONG_CODES_PER_DAY + 1):
        with pytest.raises(LoginRefusedError):
            accounts.check("mezquite", PASSPHRASE + "x", "000000", NOON)
    accounts.check("mezquite", PASSPHRASE, CODE, NOON)


def test_one_of_two_who_use_the_same_code_at_the_same_time_is_refused(engine, accounts):
    """The second finds the code spent when she writes it down, though she read it unspent."""

    class Racing(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
            accounts.check("mezquite", PASSPHRASE, CODE, NOON)
            return super().verify(hash, password)

    slow = Accounts(engine, Racing(time_cost=1, memory_cost=8, parallelism=1))
    with pytest.raises(LoginRefusedError):
        slow.check("mezquite", PASSPHRASE, CODE, NOON)


def test_an_old_hash_is_replaced_at_login_and_only_then(engine, accounts):
    stronger = Accounts(engine, PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    with pytest.raises(LoginRefusedError):
        stronger.check("mezquite", PASSPHRASE, "000000", NOON)
    assert "m=8,t=1,p=1" in str(stored(engine, "passphrase"))
    stronger.check("mezquite", PASSPHRASE, CODE, NOON)
    assert "m=16,t=2,p=1" in str(stored(engine, "passphrase"))
    stronger.check("mezquite", PASSPHRASE, code_at(later()), later())


@pytest.mark.parametrize("name", ["", "a", "A2", "-ab", "a b", "a" * 41, "añil"])
def test_a_malformed_name_is_refused(accounts, name):
    with pytest.raises(AccountError):
        accounts.add(name, PASSPHRASE)


def test_a_taken_name_and_a_short_passphrase_are_refused(accounts):
    with pytest.raises(AccountError):
        accounts.add("mezquite", PASSPHRASE)
    with pytest.raises(AccountError):
        accounts.add("huizache", "too short")
    assert [each.name for each in accounts.all()] == ["mezquite"]


@pytest.mark.parametrize("strange", ["\u00a0", "\t", "\n", "\u200b", "\ud800"])
def test_a_passphrase_that_can_never_log_in_is_refused_at_once(accounts, strange):
    with pytest.raises(AccountError):
        accounts.add("ceiba", f"contraseña{strange}de una ceiba")
    with pytest.raises(LoginRefusedError):
        accounts.check("mezquite", PASSPHRASE + strange, CODE, NOON)
    with pytest.raises(LoginRefusedError):
        accounts.check("mezquite", PASSPHRASE, CODE + strange, NOON + timedelta(hours=1))


@pytest.mark.parametrize(
    "change",
    [
        lambda accounts, _: accounts.remove("mezquite"),
        lambda accounts, _: accounts.reset("mezquite"),
        lambda accounts, _: accounts.change_passphrase("mezquite", "otra que tampoco sabe nadie"),
        lambda accounts, epoch: accounts.end_sessions(epoch),
    ],
    ids=["remove", "reset", "passphrase", "end sessions"],
)
def test_what_the_operator_changes_ends_the_accounts_sessions_and_no_others(
    engine, accounts, change
):
    accounts.add("ceiba", PASSPHRASE)
    accounts.enrol("ceiba", SECRET)
    own = accounts.check("mezquite", PASSPHRASE, CODE, NOON)
    others = accounts.check("ceiba", PASSPHRASE, CODE, NOON)
    change(Accounts(engine, QUICK), own)  # another process
    with pytest.raises(SessionNeededError):
        accounts.check_epoch(own)
    accounts.check_epoch(others)


def test_a_changed_passphrase_opens_and_the_old_one_does_not(accounts):
    accounts.change_passphrase("mezquite", "otra que tampoco sabe nadie")
    with pytest.raises(LoginRefusedError):
        accounts.check("mezquite", PASSPHRASE, CODE, NOON)
    accounts.check("mezquite", "otra que tampoco sabe nadie", CODE, NOON)
    with pytest.raises(AccountError):
        accounts.change_passphrase("mezquite", "too short")


def test_a_removed_account_does_not_open(accounts):
    accounts.remove("mezquite")
    with pytest.raises(LoginRefusedError):
        accounts.check("mezquite", PASSPHRASE, CODE, NOON)


@pytest.mark.parametrize(
    "change",
    [
        lambda accounts: accounts.remove("nobody"),
        lambda accounts: accounts.reset("nobody"),
        lambda accounts: accounts.enrol("nobody", SECRET),
        lambda accounts: accounts.change_passphrase("nobody", PASSPHRASE),
    ],
    ids=["remove", "reset", "enrol", "passphrase"],
)
def test_what_is_done_to_an_account_that_is_not_there_is_refused(accounts, change):
    with pytest.raises(AccountError):
        change(accounts)


def test_an_account_is_enrolled_once_until_it_is_reset(accounts):
    with pytest.raises(EnrolledError):
        accounts.enrol("mezquite", bytes(20))
    accounts.check("mezquite", PASSPHRASE, CODE, NOON)
    accounts.reset("mezquite")
    with pytest.raises(SecondFactorNeededError):
        accounts.check("mezquite", PASSPHRASE, code_at(later()), later())
    other = bytes(reversed(SECRET))
    accounts.enrol("mezquite", other)
    accounts.check("mezquite", PASSPHRASE, code_at(later(), other), later())


def unenrolled(accounts: Accounts, name: str = "huizache") -> bytes:
    """The epoch of an account whose owner knows the passphrase and has yet to enrol."""
    if name not in [each.name for each in accounts.all()]:
        accounts.add(name, PASSPHRASE)
    with pytest.raises(SecondFactorNeededError) as needed:
        accounts.check(name, PASSPHRASE, "", NOON)
    return needed.value.epoch


def test_a_secret_is_enrolled_by_its_code_which_then_is_spent(accounts):
    epoch = unenrolled(accounts)
    with pytest.raises(CodeRefusedError):
        accounts.confirm(epoch, SECRET, "000000", NOON)
    fresh, codes = accounts.confirm(epoch, SECRET, CODE, NOON)
    accounts.check_epoch(fresh)
    with pytest.raises(SessionNeededError):
        accounts.check_epoch(epoch)
    with pytest.raises(LoginRefusedError):
        accounts.check("huizache", PASSPHRASE, CODE, NOON)
    accounts.check("huizache", PASSPHRASE, codes[9], NOON)


def test_of_two_who_enrol_the_second_is_refused_and_changes_nothing(accounts):
    epoch = unenrolled(accounts)
    accounts.confirm(epoch, SECRET, CODE, NOON)
    other = bytes(reversed(SECRET))
    with pytest.raises(EnrolledError):
        accounts.confirm(epoch, other, code_at(NOON, other), NOON)
    accounts.check("huizache", PASSPHRASE, code_at(later()), later())
