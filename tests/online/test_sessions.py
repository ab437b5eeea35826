"""Sessions of the desk."""

import pytest

from app.errors import FormError, SessionNeededError
from app.sessions import LONGEST, MOST_OF_ACCOUNT, Purpose, Sessions

EPOCH, OTHER = b"e" * 16, b"o" * 16
MINUTE = 60.0


class World:
    """A clock that goes when it is told, and the epochs that accounts are in."""

    def __init__(self) -> None:
        self.now = 0.0
        self.epochs = {EPOCH, OTHER}

    def check(self, epoch: bytes) -> None:
        if epoch not in self.epochs:
            raise SessionNeededError("ended")


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def sessions(world: World) -> Sessions:
    return Sessions(60, world.check, lambda: world.now)


def is_alive(sessions: Sessions, token: str, *purposes: Purpose) -> bool:
    try:
        sessions.check(token, *(purposes or Purpose))
    except SessionNeededError:
        return False
    return True


def test_a_session_that_is_not_used_lives_for_its_minutes_only(world, sessions):
    token = sessions.open(EPOCH, Purpose.CARRY)
    assert sessions.check(token, Purpose.CARRY).epoch == EPOCH
    world.now = 60 * MINUTE
    assert not is_alive(sessions, token)


def test_a_session_that_is_used_lives_on_but_not_for_ever(world, sessions):
    token = sessions.open(EPOCH, Purpose.CARRY)
    while is_alive(sessions, token):
        world.now += 59 * MINUTE
        assert world.now < 2 * LONGEST * 60 * MINUTE
    assert (LONGEST - 1) * 60 * MINUTE < world.now < (LONGEST + 1) * 60 * MINUTE


@pytest.mark.parametrize("token", ["", "x", "\ud800"])
def test_another_token_is_no_session(sessions, token):
    sessions.open(EPOCH, Purpose.CARRY)
    assert not is_alive(sessions, token)


@pytest.mark.parametrize("purpose", Purpose)
def test_a_session_is_good_for_what_it_was_opened_for_and_nothing_else(sessions, purpose):
    token = sessions.open(EPOCH, purpose)
    assert [each for each in Purpose if is_alive(sessions, token, each)] == [purpose]


def test_a_closed_session_is_dead_and_others_live(sessions):
    first, second = (sessions.open(EPOCH, Purpose.LOOK) for _ in range(2))
    sessions.close(first)
    assert not is_alive(sessions, first)
    assert is_alive(sessions, second)


def test_all_sessions_of_an_account_end_with_its_epoch_and_do_not_come_back(world, sessions):
    own = [sessions.open(EPOCH, purpose) for purpose in Purpose]
    others = sessions.open(OTHER, Purpose.CARRY)
    world.epochs.remove(EPOCH)
    assert not any(is_alive(sessions, token) for token in own)
    world.epochs.add(EPOCH)
    assert not any(is_alive(sessions, token) for token in own)
    assert is_alive(sessions, others)


def test_a_form_is_taken_from_its_own_session_only(sessions):
    first, second = (
        sessions.check(sessions.open(EPOCH, Purpose.LOOK), Purpose.LOOK) for _ in range(2)
    )
    first.check_form(first.form)
    for token in (second.form, "", first.form + "x", "\ud800"):
        with pytest.raises(FormError):
            first.check_form(token)


def test_an_account_has_so_many_sessions_and_the_oldest_makes_room(world, sessions):
    others = sessions.open(OTHER, Purpose.LOOK)
    tokens = [sessions.open(EPOCH, Purpose.LOOK) for _ in range(MOST_OF_ACCOUNT + 1)]
    assert [is_alive(sessions, token) for token in tokens] == [False] + [True] * MOST_OF_ACCOUNT
    assert is_alive(sessions, others)
    assert sessions.count(EPOCH) == MOST_OF_ACCOUNT
    world.now = 60 * MINUTE
    assert sessions.count(EPOCH) == 0


def test_what_is_kept_in_memory_is_neither_the_token_nor_a_name(sessions):
    token = sessions.open(EPOCH, Purpose.CARRY)
    kept = repr(vars(sessions)["_sessions"])
    assert token not in kept
    assert sorted(sessions.check(token, Purpose.CARRY).__slots__) == [
        "end", "epoch", "form", "latest", "purpose", "secret",
    ]  # fmt: skip
