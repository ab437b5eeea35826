"""A journey: one trip of a pouch from its first question to its last word.

Opens what a trip needs, and turns whatever ends it into a summary.
"""

import secrets
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from app.courier import sticks, summary
from app.courier.connection import Connection, Desk
from app.courier.destination import DeskDiffersError, Destination, read_destination
from app.courier.errors import code_of
from app.courier.face import Face
from app.courier.login import Login
from app.courier.progress import Progress
from app.courier.route import CIRCUIT_BYTES
from app.courier.texts import text
from app.courier.trip import Trip, carry
from crypto.errors import BuzonError
from crypto.sentences import sentence
from crypto.stick import Folder
from crypto.wordlist import Language

_MIB = 1_048_576

Connect = Callable[[Destination, Callable[[float], None]], Connection]


def connect(destination: Destination, sleep: Callable[[float], None]) -> Connection:
    """Towards the desk, over a path of Tor's that no other trip takes."""
    return Connection(
        destination.desk,
        proxy=destination.proxy or None,
        circuit=secrets.token_hex(CIRCUIT_BYTES),
        sleep=sleep,
    )


def go(
    pouch_path: Path | None,
    face: Face,
    language: Language,
    today: date,
    known_desk: str | None = None,
    connecting: Connect = connect,
) -> Trip:
    """Carry the pouch at *pouch_path* once; whatever happens, *face* tells how it ended.

    Without a path it is the one that is plugged in.  *known_desk* is an address that the stick has to name.

    Raises:
        KeyboardInterrupt: somebody ended it; it is told already.
    """
    trip = Trip()
    try:
        chosen = sticks.plugged_in(sticks.places()) if pouch_path is None else pouch_path
        with Folder.open_pouch(chosen) as pouch:
            pouch.claim()
            destination = read_destination(pouch)
            if known_desk is not None and known_desk.rstrip("/") != destination.desk:
                raise DeskDiffersError("the stick names another desk")
            _travel(pouch, destination, face, language, today, trip, connecting)
    except BuzonError as error:
        code = code_of(error)
        failure = f"{sentence(code, language)} [{code}]"
        face.end(summary.lines(trip, language, failure), well=False)
    except KeyboardInterrupt:
        face.break_off(summary.lines(trip, language))
        raise
    else:
        face.end(summary.lines(trip, language), well=summary.went_well(trip))
    return trip


def _travel(
    pouch: Folder,
    destination: Destination,
    face: Face,
    language: Language,
    today: date,
    trip: Trip,
    connecting: Connect,
) -> None:
    def ask(reason: str) -> Login:
        login = face.ask(destination, reason)
        face.tell(text("entering", language))
        return login

    def sleep(seconds: float) -> None:
        face.tell(text("waiting", language, seconds=round(seconds)))
        time.sleep(seconds)

    def warn_of_room(need: int, free: int) -> None:
        face.tell(text("room", language, need=need // _MIB, free=free // _MIB))

    with (
        connecting(destination, sleep) as connection,
        Desk(connection, destination.account, ask) as desk,
    ):
        face.tell(text("looking", language))
        carry(desk, pouch, Progress(face.show, time.monotonic), warn_of_room, today, trip)
