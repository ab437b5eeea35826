"""Logins under attack: guesses are slowed down, and no lawyer is locked out."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Literal

import pytest
from argon2 import PasswordHasher

from app import create_desk
from app.accounts import Accounts
from app.circuits import CIRCUIT
from app.turns import MOST_WAITING, Turns
from tests.online.conftest import NOON, code_at, login
from tests.online.test_intake import refused

WRONG = login(NOON, passphrase="another passphrase")


class SlowHasher(PasswordHasher):
    """Takes its time, like the real one."""

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
        time.sleep(0.02)
        return super().verify(hash, password)


def post(desk, body, circuit: str | None = None):
    """A request of *circuit*, as app/worker.py hands it over."""
    return desk.application.test_client().post(
        "/session", json=body, environ_overrides={CIRCUIT: circuit} if circuit else {}
    )


class Flood:
    """Threads that guess at one account until told to stop."""

    def __init__(self, guess: Callable[[], object], threads: int) -> None:
        self._over = threading.Event()
        self.guesses = Counter[str]()
        self._guess = guess
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(threads)]

    def _run(self) -> None:
        while not self._over.is_set():
            self.guesses[str(self._guess())] += 1

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(30)


def test_a_flood_from_several_circuits_that_takes_every_place_keeps_no_lawyer_out(
    serve, settings, monkeypatch, clock
):
    slow = SlowHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(Accounts.__init__, "__defaults__", (slow,))
    turns = Turns()
    monkeypatch.setattr("app.logins.Turns", lambda: turns)
    desk = serve(create_desk, settings, circuit_ids=True, login_rate="1000 per minute")
    circuits = iter(range(10**9))

    def guess() -> object:
        return post(desk, WRONG, f"circuit {next(circuits) % 8}").status_code

    with Flood(guess, 2 * MOST_WAITING) as flood:
        end = time.monotonic() + 20
        while len(turns._waiting) < MOST_WAITING:
            assert time.monotonic() < end
            time.sleep(0.001)
        for number in range(5):
            moment = NOON + timedelta(minutes=number)
            clock.now = moment
            answer = post(desk, login(moment), f"the lawyer's own, trip {number}")
            assert answer.status_code == 200
    assert flood.guesses.keys() <= {"401", "429"}
    assert flood.guesses["429"] > 0


def test_a_circuit_that_failed_too_often_is_refused_before_any_work(serve, settings, monkeypatch):
    desk = serve(create_desk, settings, circuit_ids=True, login_rate="2 per minute")
    for _ in range(2):
        assert refused(post(desk, WRONG, "one"), 401, "login-refused")
    monkeypatch.setattr(Accounts, "check", None)  # whoever gets there fails
    assert refused(post(desk, login(NOON), "one"), 429, "too-many")


def test_an_account_that_is_guessed_at_is_open_to_circuits_that_did_not_fail(serve, settings):
    desk = serve(create_desk, settings, circuit_ids=True, login_rate="3 per minute")
    for circuit in ("one", "two", "three"):
        assert refused(post(desk, WRONG, circuit), 401, "login-refused")
    assert refused(post(desk, login(NOON), "one"), 429, "too-many")
    assert refused(post(desk, WRONG, "four"), 429, "too-many")
    assert post(desk, login(NOON), "five").status_code == 200


def test_another_account_is_not_held_against_a_circuit_that_failed_once(serve, settings):
    desk = serve(create_desk, settings, circuit_ids=True, login_rate="3 per minute")
    for circuit in ("one", "two", "three"):
        post(desk, login(NOON, account="huizache"), circuit)
    assert post(desk, login(NOON), "one").status_code == 200


def test_unknown_accounts_are_limited_like_known_ones(serve, settings):
    desk = serve(create_desk, settings, circuit_ids=True, login_rate="2 per minute")
    for name in ("mezquite", "nobody"):
        body = login(NOON, account=name, passphrase="another passphrase")
        answers = [post(desk, body, f"{name} {number}").status_code for number in range(4)]
        assert answers == [401, 401, 429, 429]


@pytest.mark.parametrize("account", ["x" * 5000, "nul\0", "a/b"])
def test_a_name_that_no_account_can_have_is_refused_like_any_other(serve, settings, account):
    desk = serve(create_desk, settings)
    assert refused(post(desk, login(NOON, account=account)), 401, "login-refused")


def test_a_code_works_once_for_courier_and_pages_together(serve, settings):
    desk = serve(create_desk, settings)
    assert post(desk, login(NOON)).status_code == 200
    form = {**login(NOON), "code": code_at(NOON)}
    assert desk.post("/", data=form).status_code == 401
