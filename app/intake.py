"""Intake, the public program: cells come in, the directory and the board go out.

What it answers: app/interface-v1.md, "Intake".  Wired together in app/__init__.py.
"""

import hashlib
from collections.abc import Callable, Mapping

from flask import Blueprint, Response, request

from app import answers
from app.board import Board
from app.body import Buffers, announced_length, check_type, read_body
from app.box import Deposit
from app.clock import Clock
from app.errors import CellDigestError, CellWeekError, OverlongCellError
from app.limits import Limits
from app.names import digest_of
from app.pages import Page
from app.published import DirectoryMaker
from app.shelf import MESSAGES, PARTS, Shelf
from app.writer import Writer
from crypto.cell import MESSAGE_KIND, CellSizeError, check_beginning
from crypto.part import PART_KIND
from crypto.reply import REPLY_CELL_BYTES
from crypto.weeks import week_of

WEEKS_PAST = 8  # DESIGN.md, section 5, "Upload": keys of earlier weeks may be gone
WEEKS_AHEAD = 1

_SHELVES = {MESSAGES.size: MESSAGES, PARTS.size: PARTS}
_KINDS = {MESSAGES.size: MESSAGE_KIND, PARTS.size: PART_KIND}


def cells(writer: Writer, limits: Limits, now: Clock) -> Blueprint:
    """The route that takes cells."""
    blueprint = Blueprint("cells", __name__)
    buffers = {MESSAGES.size: Buffers(MESSAGES.size, 48), PARTS.size: Buffers(PARTS.size, 20)}

    @blueprint.route("/cells/<path:name>", methods=["PUT"], provide_automatic_options=False)
    def put_cell(name: str) -> Response:
        """Store one cell.  204 whether it was new or known."""
        digest = digest_of(name)
        shelf = _announced_shelf()
        limits.spend_cell()
        with buffers[shelf.size].one() as cell, writer.uploading():
            read_body(request, cell)
            if hashlib.sha256(cell).digest() != digest:
                raise CellDigestError("another hash")
            check_beginning(cell, shelf.size, _KINDS[shelf.size])
            if shelf is MESSAGES:
                _check_week(cell, week_of(now().date()))
            writer.store(Deposit(shelf, [(digest, cell)]))
        return answers.nothing()

    return blueprint


def public(
    directory: DirectoryMaker, board: Board, pages: Mapping[str, Page], now: Clock
) -> Blueprint:
    """The routes that everybody reads."""
    blueprint = Blueprint("public", __name__)

    def route(path: str) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
        return blueprint.route(path, methods=["GET"], provide_automatic_options=False)

    @route("/directory")
    def get_directory() -> Response:
        """The directory document, the same for everyone."""
        document = directory.at(now())
        return answers.of_bytes(document.plain, answers.JSON, document.packed)

    @route("/board/size")
    def get_board_size() -> Response:
        """How much `/board/cells` is, so that it can be told before fetching."""
        size = len(board.cells(now().date()))
        return answers.of_value({"bytes": size, "cells": size // REPLY_CELL_BYTES})

    @route("/board/cells")
    def get_board_cells() -> Response:
        """All reply cells, always whole."""
        return answers.of_bytes(board.cells(now().date()), answers.BINARY)

    for path, page in pages.items():

        def get_page(page: Page = page) -> Response:
            return answers.of_bytes(page.plain, page.content_type, page.packed)

        blueprint.add_url_rule(
            path, path.replace(".", " "), get_page, methods=["GET"], provide_automatic_options=False
        )
    return blueprint


def _announced_shelf() -> Shelf:
    """The shelf for the body that the request's headers announce.

    Raises:
        LengthNeededError, ContentTypeError, OverlongCellError, CellSizeError: in this
            order.
    """
    length = announced_length(request)
    check_type(request, answers.BINARY)
    if length > PARTS.size:
        raise OverlongCellError(f"{length} bytes")
    if length not in _SHELVES:
        raise CellSizeError(f"{length} bytes")
    return _SHELVES[length]


def _check_week(cell: memoryview, present: int) -> None:
    """Refuse a message cell, already parsed, whose readers may not open it any more.

    Raises:
        CellWeekError

    Source: message-cell-v1.md, section 1: the week is at offset 8.
    """
    week = int.from_bytes(cell[8:12])
    if not present - WEEKS_PAST <= week <= present + WEEKS_AHEAD:
        raise CellWeekError(f"week {week}")
