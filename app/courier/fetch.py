"""Bring directory and board from the public side, for `buzon-witness` on Tails."""

from app.courier.connection import MAX_BOARD_BYTES, MAX_DIRECTORY_BYTES, Connection
from app.courier.stick import Folder
from crypto.reply import split_board

DIRECTORY_NAME = "directory.json"
BOARD_NAME = "board"


def fetch(intake: Connection, folder: Folder) -> int:
    """Write `directory.json` and `board` into *folder*; the number of reply cells.

    Neither is verified here: `buzon-witness` does that, with the trust.

    Raises:
        CourierError: the server is gone, or the disk is full.
        BoardSizeError: the board is no whole number of cells.
    """
    directory = intake.get("directory", MAX_DIRECTORY_BYTES)
    board = intake.get("board/cells", MAX_BOARD_BYTES)
    cells = len(split_board(board))
    folder.write(DIRECTORY_NAME, directory)
    folder.write(BOARD_NAME, board)
    return cells
