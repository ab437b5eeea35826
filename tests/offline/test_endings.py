"""A program that is ended from outside may clean up, and its signals are its own afterwards."""

import os
import signal

import pytest

from crypto.endings import ended_like_ctrl_c


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_ending_the_program_interrupts_it_like_ctrl_c(number):
    before = signal.getsignal(number)

    def end() -> None:
        with ended_like_ctrl_c():
            os.kill(os.getpid(), number)
            signal.pause()

    with pytest.raises(KeyboardInterrupt):
        end()
    assert signal.getsignal(number) is before
