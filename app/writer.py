"""The writer: one thread that stores what many requests hand in, in few transactions.

Only `app` depends on this module.

A request waits until its own transaction is durable.  Cells that wait together are
stored together: one sync of the disk for all of them.  The write-ahead log is emptied
whenever nobody waits, and under load as soon as it holds LOG_BYTES, because it tells in
which order those transactions came that it still holds.
"""

import queue
import threading
from collections.abc import Callable
from datetime import date
from queue import SimpleQueue

from app.box import Box, Deposit
from app.errors import ServerBusyError, ServerError
from app.logs import report

GROUP_BYTES = 8 * 1024 * 1024  # of cells in one transaction
LOG_BYTES = 2 * 1024 * 1024  # the log is emptied at this size even under load
AGAIN_SECONDS = 0.02  # after which it is tried again when somebody was reading
PATIENCE_SECONDS = 30.0  # of a request; 503 after that


class _Waiting:
    """A deposit, and the request that waits for it."""

    __slots__ = ("claimed", "deposit", "done")

    def __init__(self, deposit: Deposit) -> None:
        self.deposit = deposit
        self.claimed = threading.Lock()  # by the writer to write it, or by a request that gives up
        self.done = threading.Lock()
        self.done.acquire()


class Writer:
    """Stores deposits in a thread of its own, which `start` starts."""

    def __init__(self, box: Box, today: Callable[[], date]) -> None:
        self._box = box
        self._today = today
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._next: _Waiting | None = None  # taken from the queue, too large for its group
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)

    def start(self) -> None:
        """Start to write."""
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, empty the log, and end."""
        self._queue.put(None)
        self._thread.join()

    def store(self, deposit: Deposit) -> None:
        """Hand *deposit* in and wait until it is durable.

        Raises:
            ServerBusyError: it could not be written in time; nothing of it was stored.
            BudgetSpentError, BoxFullError: of the box.
        """
        waiting = _Waiting(deposit)
        self._queue.put(waiting)
        if not waiting.done.acquire(timeout=PATIENCE_SECONDS):
            if waiting.claimed.acquire(blocking=False):
                raise ServerBusyError("the box was not written in time")
            waiting.done.acquire()  # it is being written: only the disk knows the answer
        if deposit.refusal is not None:
            raise deposit.refusal

    def _run(self) -> None:
        dirty = stopping = False
        while True:
            group, stopping = self._group(AGAIN_SECONDS if dirty else None)
            if group:
                self._store(group)
                dirty = True
            if dirty and (self._is_idle() or self._box.log_bytes() > LOG_BYTES):
                self._box.truncate_log()
                dirty = self._box.log_bytes() > 0
            if stopping:
                self._box.close()
                return

    def _is_idle(self) -> bool:
        return self._next is None and self._queue.empty()

    def _group(self, patience: float | None) -> tuple[list[_Waiting], bool]:
        """What waits, at most GROUP_BYTES or one deposit; and whether to stop after it.

        Nothing when *patience*, in seconds, runs out.
        """
        group: list[_Waiting] = []
        size = 0
        try:
            first, self._next = self._next or self._queue.get(timeout=patience), None
            while first is not None:
                size += first.deposit.size
                if group and size > GROUP_BYTES:
                    self._next = first
                    break
                if first.claimed.acquire(blocking=False):
                    group.append(first)
                first = self._queue.get_nowait()
            else:
                return group, True
        except queue.Empty:
            pass
        return group, False

    def _store(self, group: list[_Waiting]) -> None:
        deposits = [waiting.deposit for waiting in group]
        try:
            self._box.store(deposits, self._today())
        except Exception as error:  # noqa: BLE001 - whatever it is, every request gets an answer
            report(ServerError.code, error)
            for deposit in deposits:
                deposit.refusal = ServerError("the writer failed")
        finally:
            for waiting in group:
                waiting.done.release()
