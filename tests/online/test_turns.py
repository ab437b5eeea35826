"""Turns: one at a time, and whoever floods waits longest."""

import threading
import time
from collections.abc import Callable

import pytest

from app.errors import TooManyError
from app.turns import MOST_WAITING, Turns

PATIENCE = 20.0


class Crowd:
    """Threads that wait for a turn, in an order that is known."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.served: list[str] = []
        self.ousted: list[str] = []
        self.threads: list[threading.Thread] = []

    def comes(self, name: str, circuit: str | None = None, failures: int = 0) -> None:
        """Somebody comes, and waits or is sent away before the next one does."""

        def wait() -> None:
            try:
                with self.turns.one(circuit, failures):
                    self.served.append(name)
            except TooManyError:
                self.ousted.append(name)

        before = len(self.turns._waiting), len(self.ousted)
        thread = threading.Thread(target=wait, daemon=True)
        self.threads.append(thread)
        thread.start()
        until(lambda: (len(self.turns._waiting), len(self.ousted)) != before)

    def ends(self) -> None:
        """Everybody is served or was sent away."""
        for thread in self.threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_there_is_one_turn_at_a_time():
    turns, now, most = Turns(), 0, 0

    def take() -> None:
        nonlocal now, most
        with turns.one():
            now += 1
            most = max(most, now)
            time.sleep(0.001)
            now -= 1

    crowd = [threading.Thread(target=take) for _ in range(MOST_WAITING)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()
    assert most == 1


def test_a_turn_that_fails_is_over_too():
    turns = Turns()
    with pytest.raises(ValueError, match="x"), turns.one():
        raise ValueError("x")
    with turns.one():
        pass


def test_where_circuits_are_not_told_apart_who_comes_first_goes_first():
    crowd = Crowd(Turns())
    with crowd.turns.one():
        for number in range(MOST_WAITING + 2):
            crowd.comes(str(number))
    crowd.ends()
    assert crowd.served == [str(number) for number in range(MOST_WAITING)]
    assert crowd.ousted == [str(MOST_WAITING), str(MOST_WAITING + 1)]


def test_circuits_take_turns():
    crowd = Crowd(Turns())
    with crowd.turns.one():
        for name in ("a1", "a2", "a3", "b1", "b2", "c1"):
            crowd.comes(name, circuit=name[0])
    crowd.ends()
    assert crowd.served == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_who_failed_waits_for_who_did_not():
    crowd = Crowd(Turns())
    with crowd.turns.one():
        crowd.comes("twice", "a", 2)
        crowd.comes("once", "b", 1)
        crowd.comes("never", "c", 0)
    crowd.ends()
    assert crowd.served == ["never", "once", "twice"]


def test_a_full_queue_sends_away_a_flood_and_not_the_newcomer():
    crowd = Crowd(Turns())
    with crowd.turns.one():
        for number in range(MOST_WAITING):
            crowd.comes(f"flood {number}", circuit=f"circuit {number % 3}")
        crowd.comes("lawyer", circuit="her own")
        assert len(crowd.ousted) == 1
    crowd.ends()
    assert "lawyer" in crowd.served[:4]
    assert crowd.ousted == [f"flood {MOST_WAITING - 1}"]


def test_nobody_waits_for_ever(monkeypatch):
    monkeypatch.setattr("app.turns.PATIENCE_SECONDS", 0.01)
    turns = Turns()
    with turns.one():
        with pytest.raises(TooManyError), turns.one():
            pass
        assert turns._waiting == []
