"""Accounts and sessions of the desk."""

import threading
import time
from pathlib import Path
from typing import Literal

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine

from app.accounts import MOST_WAITING, Accounts
from app.db import open_database
from app.errors import AccountError, LoginRefusedError, RefusedError, SessionNeededError
from app.making import migrate
from app.sessions import Sessions
from app.settings import Settings

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
    return accounts


def test_the_right_passphrase_opens(accounts):
    accounts.check("mezquite", PASSPHRASE)


def test_a_passphrase_typed_with_other_accents_opens(accounts):
    accounts.add("ceiba", "contrase\u00f1a de una ceiba")
    accounts.check("ceiba", "contrasen\u0303a de una ceiba")


@pytest.mark.parametrize(
    ("name", "passphrase"),
    [
        ("mezquite", PASSPHRASE + "x"),
        ("mezquite", ""),
        ("Mezquite", PASSPHRASE),
        ("nobody", PASSPHRASE),
        ("", ""),
        ("mezquite", "x" * 100_000),
    ],
)
def test_everything_else_is_refused_alike(accounts, name, passphrase):
    with pytest.raises(LoginRefusedError) as refusal:
        accounts.check(name, passphrase)
    assert str(refusal.value) == "refused"


@pytest.mark.parametrize("name", ["mezquite", "nobody"])
def test_an_unknown_name_costs_the_same_work_as_a_wrong_passphrase(engine, accounts, name):
    hasher = CountingHasher(time_cost=1, memory_cost=8, parallelism=1)
    counted = Accounts(engine, hasher)
    with pytest.raises(LoginRefusedError):
        counted.check(name, "a wrong passphrase")
    assert hasher.runs == 1


def test_an_old_hash_is_replaced_at_login(engine, accounts):
    stronger = Accounts(engine, PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    stronger.check("mezquite", PASSPHRASE)
    with engine.connect() as connection:
        (row,) = connection.exec_driver_sql("SELECT passphrase FROM account").all()
    assert "m=16,t=2,p=1" in row[0]
    stronger.check("mezquite", PASSPHRASE)


@pytest.mark.parametrize("name", ["", "a", "A2", "-ab", "a b", "a" * 41, "añil"])
def test_a_malformed_name_is_refused(accounts, name):
    with pytest.raises(AccountError):
        accounts.add(name, PASSPHRASE)


def test_a_taken_name_and_a_short_passphrase_are_refused(accounts):
    with pytest.raises(AccountError):
        accounts.add("mezquite", PASSPHRASE)
    with pytest.raises(AccountError):
        accounts.add("huizache", "too short")
    assert accounts.names() == ["mezquite"]


@pytest.mark.parametrize("strange", ["\u00a0", "\t", "\n", "\u200b", "\ud800"])
def test_a_passphrase_that_can_never_log_in_is_refused_at_once(accounts, strange):
    with pytest.raises(AccountError):
        accounts.add("ceiba", f"contraseña{strange}de una ceiba")
    with pytest.raises(LoginRefusedError):
        accounts.check("mezquite", PASSPHRASE + strange)


class SlowHasher(PasswordHasher):
    """Notes how many runs there are at the same time."""

    now = most = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
        self.now += 1
        self.most = max(self.most, self.now)
        time.sleep(0.02)
        self.now -= 1
        return super().verify(hash, password)


def test_a_flood_of_logins_takes_one_at_a_time_and_lets_the_honest_one_in(engine, accounts):
    hasher = SlowHasher(time_cost=1, memory_cost=8, parallelism=1)
    flooded = Accounts(engine, hasher)
    refusals = []

    def guess() -> None:
        for _ in range(5):
            try:
                flooded.check("mezquite", "a wrong passphrase")
            except RefusedError as refusal:
                refusals.append(refusal.code)

    crowd = [threading.Thread(target=guess) for _ in range(20)]
    for each in crowd:
        each.start()
    flooded.check("mezquite", PASSPHRASE)
    for each in crowd:
        each.join()
    assert hasher.most == 1
    assert refusals == ["login-refused"] * 100


def test_more_than_can_wait_are_refused_at_once(engine, accounts):
    flooded = Accounts(engine, SlowHasher(time_cost=1, memory_cost=8, parallelism=1))
    codes = []

    def guess() -> None:
        try:
            flooded.check("mezquite", "a wrong passphrase")
        except RefusedError as refusal:
            codes.append(refusal.code)

    crowd = [threading.Thread(target=guess) for _ in range(3 * MOST_WAITING)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()
    assert set(codes) == {"login-refused", "too-many"}


def test_a_removed_account_does_not_open(accounts):
    accounts.remove("mezquite")
    with pytest.raises(LoginRefusedError):
        accounts.check("mezquite", PASSPHRASE)
    with pytest.raises(AccountError):
        accounts.remove("mezquite")


def test_a_session_lives_for_its_minutes_only():
    now = [0.0]
    sessions = Sessions(60, lambda: now[0])
    token = sessions.open()
    assert sessions.check(f"Bearer {token}") == token
    now[0] = 3600.0
    with pytest.raises(SessionNeededError):
        sessions.check(f"Bearer {token}")


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer x", "{}", "bearer {}", "Basic {}"])
def test_another_authorization_is_no_session(header):
    sessions = Sessions(60)
    token = sessions.open()
    with pytest.raises(SessionNeededError):
        sessions.check(header.format(token))


def test_a_closed_session_is_dead_and_others_live():
    sessions = Sessions(60)
    first, second = sessions.open(), sessions.open()
    sessions.close(first)
    with pytest.raises(SessionNeededError):
        sessions.check(f"Bearer {first}")
    assert sessions.check(f"Bearer {second}") == second
