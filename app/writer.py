"""The writer: what many requests hand in is stored in few transactions.

Only `app` depends on this module.

A request waits until its own transaction is durable.  One of those that wait leads: it
stores what all of them handed in, with one sync of the disk, and then the next one leads.
So a request that is alone is stored by its own thread, without a change of threads.

The write-ahead log tells in which order those transactions came that it still holds.  It
is emptied before the answer when nobody else is uploading; by a thread of its own, the
janitor, as soon as the box is idle, whoever wrote; and under load when it holds LOG_BYTES.  Meanwhile the
janitor moves what it holds into its place, beside whoever writes, so that little is left
to do when it is emptied and everybody waits for that.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

from app.box import Box, Deposit
from app.errors import ServerBusyError, ServerError
from app.logs import report

GROUP_BYTES = 8 * 1024 * 1024  # of cells in one transaction
LOG_BYTES = 8 * 1024 * 1024  # the log is emptied at this size even under load
GATHER_SECONDS = 0.003  # a transaction waits so long for those that were there the last time
LOOK_SECONDS = 30.0  # between two looks at a log that another program may have left
IDLE_SECONDS = 0.02  # without a transaction, after which the log is emptied; else it is moved
PATIENCE_SECONDS = 30.0  # of a request; 503 after that


class _Waiting:
    """A deposit, and the request that waits for it."""

    __slots__ = ("deposit", "leads", "woken")

    def __init__(self, deposit: Deposit) -> None:
        self.deposit = deposit
        self.leads = False
        self.woken = threading.Lock()  # released when it is stored, or when it leads
        self.woken.acquire()


class Writer:
    """Stores deposits.  For any thread, between `start` and `stop`."""

    def __init__(self, box: Box, today: Callable[[], date]) -> None:
        self._box = box
        self._today = today
        self._state = threading.Lock()  # guards what follows
        self._queue: deque[_Waiting] = deque()
        self._led = False  # somebody leads, and has the box for itself
        self._uploads = 0
        self._expected = 1  # uploads at the same time, judging by the last transaction
        self._gathered: threading.Lock | None = None  # released when so many are there
        self._writes = 0  # transactions so far
        self._logged = 0  # bytes of cells stored since the log was last emptied
        self._moving = threading.Lock()  # held by whoever moves or empties the log
        self._dirty = threading.Event()
        self._stopping = threading.Event()
        self._janitor = threading.Thread(target=self._tidy, name="janitor", daemon=True)

    def start(self) -> None:
        """Begin to look after the log."""
        self._janitor.start()

    def stop(self) -> None:
        """Empty the log and let go of the database.  Whoever comes later is refused."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        self._dirty.set()
        self._janitor.join()
        end = time.monotonic() + PATIENCE_SECONDS
        while not self._take_lead():
            if time.monotonic() > end:
                return  # the disk does not answer: what is under way keeps the box
            time.sleep(0.01)
        self._box.close(self._today())

    def tidy(self) -> None:
        """Something was written beside the box: the log is emptied soon."""
        self._dirty.set()

    @contextmanager
    def uploading(self) -> Iterator[None]:
        """An upload is under way, for the length of a block that ends with `store`."""
        with self._state:
            self._uploads += 1
        try:
            yield
        finally:
            with self._state:
                self._uploads -= 1

    def store(self, deposit: Deposit) -> None:
        """Hand *deposit* in and wait until it is durable.

        Raises:
            ServerBusyError: it could not be written in time; nothing of it was stored.
            BudgetSpentError, BoxFullError: of the box.
        """
        own = _Waiting(deposit)
        with self._state:
            if self._stopping.is_set():
                raise ServerBusyError("the program stops")
            if self._led:
                self._queue.append(own)
                self._check_gathered()
            else:
                self._led = own.leads = True
        if not own.leads:
            self._wait(own)
        if own.leads:
            self._lead(own)
        if deposit.refusal is not None:
            raise deposit.refusal

    def _take_lead(self) -> bool:
        """Lead, if nobody does and nobody waits."""
        with self._state:
            if self._led or self._queue:
                return False
            self._led = True
            return True

    def _wait(self, own: _Waiting) -> None:
        """Wait until *own* is stored or leads."""
        if own.woken.acquire(timeout=PATIENCE_SECONDS):
            return
        with self._state:
            if own in self._queue:
                self._queue.remove(own)
                raise ServerBusyError("the box was not written in time")
        own.woken.acquire()  # it is being written: only the disk knows the answer

    def _lead(self, own: _Waiting) -> None:
        """Store *own* and what waits beside it, then pass the lead on."""
        group = [own]
        size = own.deposit.size
        self._gather()
        with self._state:
            while self._queue and size + self._queue[0].deposit.size <= GROUP_BYTES:
                group.append(self._queue.popleft())
                size += group[-1].deposit.size
        emptied = False
        try:
            self._store([waiting.deposit for waiting in group])
            self._expected = len(group) + len(self._queue)
            for waiting in group[1:]:
                waiting.woken.release()
            group = [own]
            self._logged += size
            if self._uploads <= 1 or self._logged > LOG_BYTES:
                emptied = self._empty_log()
                self._logged = 0  # or as good as: whoever reads lets it be emptied soon
        except Exception as error:  # noqa: BLE001 - what was stored is stored: its answer stands
            report(ServerError.code, error)
        finally:
            # Whatever happened: nobody waits for ever, and somebody else may lead.
            self._pass_on()
            for waiting in group[1:]:
                waiting.deposit.refusal = ServerError("the writer ended")
                waiting.woken.release()
            if not emptied:
                self._dirty.set()

    def _gather(self) -> None:
        """Wait, for a moment, until as many wait beside the leader as the last time.

        Threads that prepare an upload while another writes are in each other's way; in
        turns, both are done sooner.  Who uploads alone waits for nobody.
        """
        with self._state:
            if 1 + len(self._queue) >= self._expected:
                return
            gathered = self._gathered = threading.Lock()
            gathered.acquire()
        gathered.acquire(timeout=GATHER_SECONDS)
        with self._state:
            self._gathered = None

    def _check_gathered(self) -> None:
        if self._gathered is not None and 1 + len(self._queue) >= self._expected:
            self._gathered.release()
            self._gathered = None

    def _pass_on(self) -> None:
        """Whoever has waited longest leads; nobody, when nobody waits."""
        with self._state:
            self._writes += 1
            if not self._queue:
                self._led = False
                return
            following = self._queue.popleft()
        following.leads = True
        following.woken.release()

    def _store(self, deposits: list[Deposit]) -> None:
        try:
            self._box.store(deposits, self._today())
        except Exception as error:  # noqa: BLE001 - whatever it is, every request gets an answer
            report(ServerError.code, error)
            for deposit in deposits:
                deposit.refusal = ServerError("the writer failed")

    def _tidy(self) -> None:
        """Empty the log whenever the box has been idle for a moment."""
        while not self._stopping.is_set():
            self._dirty.wait(LOOK_SECONDS)
            writes = self._writes
            if self._stopping.wait(IDLE_SECONDS):
                return
            if writes != self._writes:
                self._move_log()
                continue  # not idle: look again
            # Before looking: what is written from now on sets it again.
            self._dirty.clear()
            if not self._box.log_bytes():
                continue
            if not self._take_lead():
                self._dirty.set()
                continue
            emptied = False
            try:
                emptied = self._empty_log()
            except Exception as error:  # noqa: BLE001 - the next time may be better
                report(ServerError.code, error)
            finally:
                self._pass_on()
                if not emptied:
                    self._dirty.set()

    def _empty_log(self) -> bool:
        """For who leads.  False: somebody was reading."""
        with self._moving:
            self._box.truncate_log(self._today())
        return self._box.log_bytes() == 0

    def _move_log(self) -> None:
        try:
            with self._moving:
                self._box.move_log()
        except Exception as error:  # noqa: BLE001 - it is emptied all the same, only slower
            report(ServerError.code, error)
