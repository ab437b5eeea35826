"""Bring directory and board from the public side, for `buzon-witness` on Tails."""

from app.courier.connection import MAX_BOARD_BYTES, MAX_DIRECTORY_BYTES, Connection
from crypto.reply import split_board
from crypto.stick import Folder

DIRECTORY_NAME = "directory.json"
BOARD_NAME = "board"


def fetch(intake: Connection, folder: Folder) -> int:
    """Write `directory.json` and `board` into *folder*; the number of reply cells.

    Neither is verified here: `buzon-witness` does that, with the trust.

    Raises:
        CourierError: the server is gone.
        PouchFullError, PouchUnwritableError: the disk takes no more.
        BoardSizeError: the board is no whole number of cells.
    """
    directory = intake.get("directory", MAX_DIRECTORY_BYTES)
    board = intake.get("board/cells", MAX_BOARD_BYTES)
    cells = len(split_board(board))
    folder.write(DIRECTORY_NAME, directory)
    folder.write(BOARD_NAME, board)
    return cells
