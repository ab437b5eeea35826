"""The board: the reply cells of the last 14 days, the same bytes for everyone.

Only `app` depends on this module.  The order of its cells is that of their bytes:
reply-cell-v1.md.
"""

import threading
from datetime import date

from sqlalchemy import Engine

from app.box import first_kept
from app.db import reading
from app.shelf import REPLIES
from crypto.reply import build_board


class Board:
    """The board as it is sent, made again when its cells change.  For any thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._made_of: list[tuple[int, str, bytes]] = []
        self._cells = b""

    def cells(self, today: date) -> bytes:
        """All of the board.

        Raises:
            ServerBusyError: the database does not answer.
        """
        with self._lock, reading(self._engine) as connection:
            found = REPLIES.since(connection, first_kept(REPLIES, today))
            if found != self._made_of:
                self._cells = build_board(REPLIES.cell(connection, slot) for slot, *_ in found)
                self._made_of = found
            return self._cells
