"""The box: the server's store of cells, in slots that were made once.

Only `app` depends on this module.  The design: SECURITY.md, "What the server knows".

A cell goes into a free slot chosen at random and overwrites what is there; so neither
the place of a cell nor the size of a file tells when it came.
"""

import os
import random
import secrets
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from app.db import log_file, move_log, reading, truncate_log, writing
from app.errors import BoxFullError, BudgetSpentError, RefusedError, ServerBusyError
from app.models import FIRST_DAY
from app.shelf import MESSAGES, PARTS, Cell, Index, Placed, Shelf

LEAST_BUDGET = 256  # cells taken in a day, however small the box
LONG_LOG_BYTES = 32 * 1024 * 1024  # of a log that readers keep from being emptied
LONG_LOG_SECONDS = 1.0  # that writers wait for readers then


@dataclass(slots=True, eq=False)
class Deposit:
    """Cells of one size that are stored all together or not at all."""

    shelf: Shelf
    cells: Sequence[tuple[bytes, Cell]]  # digest, bytes
    refusal: RefusedError | None = None

    @property
    def size(self) -> int:
        """Bytes of all cells."""
        return self.shelf.size * len(self.cells)


class Catalogue:
    """The indexes of some shelves, read again when another process wrote.

    For one thread at a time.
    """

    def __init__(self, shelves: Sequence[Shelf]) -> None:
        self._shelves = shelves
        self._indexes: dict[int, Index] = {}
        self._version: object = None

    @property
    def is_read(self) -> bool:
        """Whether the indexes were read at all."""
        return bool(self._indexes)

    def __getitem__(self, shelf: Shelf) -> Index:
        return self._indexes[shelf.size]

    def forget(self) -> None:
        """What is known may be wrong; the next `refresh` reads everything."""
        self._version = None

    def refresh(self, connection: Connection) -> None:
        """Bring the indexes up to what *connection* sees; always the same connection.

        SQLite tells whether others wrote; where that is not told, all is read anew.
        """
        version: object = None
        if connection.dialect.name == "sqlite":
            driver = connection.connection.cursor()
            driver.execute("PRAGMA data_version")
            version = driver.fetchone()
            driver.close()
        if version is None or version != self._version:
            self._indexes = {shelf.size: shelf.index(connection) for shelf in self._shelves}
            self._version = version


class Box:
    """What one process writes of some shelves.

    For one thread at a time; `move_log` alone is for another one, beside it.
    """

    def __init__(self, engine: Engine, budgets: Mapping[Shelf, int]) -> None:
        """*budgets*: for each shelf that is written, cells taken in one day; 0 is an
        eighth of its slots, at least 256."""
        self._engine = engine
        self._log = log_file(engine)
        self._budgets = budgets
        self._catalogue = Catalogue(tuple(budgets))
        self._order = random.SystemRandom()
        self._connection: Connection | None = None
        self._beside: Connection | None = None

    def store(self, deposits: Sequence[Deposit], today: date) -> None:
        """Store *deposits* in one transaction, and say in each what became of it.

        When this returns, every deposit without a refusal is on disk.
        """
        try:
            with writing(self._open()) as connection:
                self._catalogue.refresh(connection)
                self._sweep(connection, deposits, today)
                day = today.isoformat()
                for shelf, placed in self._place(connection, deposits, day).items():
                    if not shelf.put(connection, day, sorted(placed, key=_slot)):
                        raise ServerBusyError("a slot was not free")
        except RefusedError as refusal:
            self._catalogue.forget()
            for deposit in deposits:
                deposit.refusal = refusal

    def truncate_log(self, today: date) -> None:
        """Empty the write-ahead log, which knows an order that the box does not.

        Nobody waits for a reader; but when many read in turns the log must not grow for ever.
        """
        patience = LONG_LOG_SECONDS if self.log_bytes() > LONG_LOG_BYTES else 0.0
        try:
            truncate_log(self._open(), today, patience)
        except SQLAlchemyError:
            self._connection = None

    def move_log(self) -> None:
        """Bring what the write-ahead log holds into its place, while another thread writes.

        That empties nothing, but leaves little to do for `truncate_log`.
        """
        if self._beside is None:
            self._beside = self._engine.connect()
        move_log(self._beside)

    def log_bytes(self) -> int:
        """How much the write-ahead log holds; 0 where there is none."""
        if self._log is None:
            return 0
        try:
            return os.stat(self._log).st_size  # noqa: PTH116 - asked after every transaction
        except OSError:
            return 0

    def close(self, today: date | None = None) -> None:
        """Empty the log and let go of the database."""
        if self._beside is not None:
            self._beside.close()
            self._beside = None
        if self._connection is not None:
            truncate_log(self._connection, today)
            self._connection.close()
            self._connection = None
        self._catalogue.forget()

    def _open(self) -> Connection:
        # One connection for as long as this lives: what SQLite tells of other writers,
        # it tells by connection.
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _sweep(self, connection: Connection, deposits: Iterable[Deposit], today: date) -> None:
        """Free the slots of cells whose days are over."""
        for shelf in {deposit.shelf for deposit in deposits if deposit.shelf.kept_days}:
            over = shelf.before(connection, first_kept(shelf, today))
            if over:
                shelf.clear(connection, over)
                self._catalogue.forget()
                self._catalogue.refresh(connection)

    def _place(
        self, connection: Connection, deposits: Sequence[Deposit], day: str
    ) -> dict[Shelf, list[Placed]]:
        """Choose slots; refuse what is over budget or finds no room."""
        placed: dict[Shelf, list[Placed]] = {}
        fresh: set[bytes] = set()
        for deposit in self._order.sample(deposits, len(deposits)):
            shelf, index = deposit.shelf, self._catalogue[deposit.shelf]
            missing = [
                (digest, cell)
                for digest, cell in deposit.cells
                if digest not in fresh and not _known(connection, shelf, index, digest)
            ]
            if len(missing) > budget_left(index, self._budgets[shelf], day):
                deposit.refusal = BudgetSpentError("today's budget")
            elif len(index.free) < len(missing):
                deposit.refusal = BoxFullError("no free slot")
            else:
                for digest, cell in missing:
                    slot = _take(index.free)
                    index.where[digest] = slot
                    index.days[day] += 1
                    fresh.add(digest)
                    placed.setdefault(shelf, []).append(Placed(slot, digest, cell))
        return placed


class Store:
    """What one process reads of the cells that lawyers fetch.  For any thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._shelves = (MESSAGES, PARTS)
        self._catalogue = Catalogue(self._shelves)
        self._lock = threading.Lock()
        self._connection: Connection | None = None

    def digests(self, shelf: Shelf) -> list[bytes]:
        """The names of all cells on *shelf*, ascending.  Raises ServerBusyError."""
        with reading(self._engine) as connection:
            return sorted(digest for _, _, digest in shelf.since(connection, FIRST_DAY))

    def cell(self, digest: bytes) -> bytes | None:
        """The cell of this name, if the box holds it.  Raises ServerBusyError."""
        with self._lock, reading(self._open()) as connection:
            for again in (False, True):
                if again or not self._catalogue.is_read:
                    self._catalogue.refresh(connection)
                for shelf in self._shelves:
                    slot = self._catalogue[shelf].where.get(digest)
                    if slot is not None and shelf.holds(connection, slot, digest):
                        return shelf.cell(connection, slot)
            return None

    def _open(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection


def budget_left(index: Index, chosen: int, day: str) -> int:
    """How many more cells are taken on *day*; *chosen* as for `Box`, 0 an eighth of the slots."""
    slots = len(index.free) + len(index.where)
    return (chosen or max(slots // 8, LEAST_BUDGET)) - index.days[day]


def first_kept(shelf: Shelf, today: date) -> str:
    """The earliest day whose cells *shelf* still keeps *today*."""
    return (today - timedelta(days=shelf.kept_days - 1)).isoformat()


def _known(connection: Connection, shelf: Shelf, index: Index, digest: bytes) -> bool:
    slot = index.where.get(digest)
    return slot is not None and shelf.holds(connection, slot, digest)


def _take(free: list[int]) -> int:
    """Take one of *free*, each as likely as the others."""
    chosen = secrets.randbelow(len(free))
    free[chosen], free[-1] = free[-1], free[chosen]
    return free.pop()


def _slot(placed: Placed) -> int:
    return placed.slot
