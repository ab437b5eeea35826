"""The four commands of one step each: pull, push, deliver, fetch.

Everything here is wiring and words; the work is in the modules beside it.
"""

import argparse
import contextlib
import json
import secrets
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from app.courier import deliver as delivering
from app.courier import fetch as fetching
from app.courier import pull as pulling
from app.courier import push as pushing
from app.courier.arguments import Add, add_account, add_json, add_login
from app.courier.connection import MAX_DIRECTORY_BYTES, Connection, Desk
from app.courier.login import Ask, Login, from_files
from app.courier.progress import Pace, Progress
from app.courier.route import CIRCUIT_BYTES
from app.courier.texts import pace_line, text
from crypto.directory import untrusted_batch_size
from crypto.pouch import DIRECTORY_NAME
from crypto.reply import REPLY_CELL_BYTES
from crypto.sealed_file import read_sealed_file
from crypto.stick import Folder
from crypto.tongue import DONE, REFUSED, Tongue, complain


def pull(options: argparse.Namespace, say: Tongue) -> int:
    def warn_of_room(need: int, free: int) -> None:
        mib = 1_048_576
        print(text("room", say.language, need=need // mib, free=free // mib), file=sys.stderr)

    with (
        Folder.make_pouch(options.pouch) as pouch,
        _connection(options, options.desk) as connection,
        Desk(connection, options.account, _asked(options, say)) as desk,
    ):
        print(text("looking", say.language), file=sys.stderr)
        pulled = pulling.pull(desk, pouch, _progress(options, say), warn_of_room)
    if options.json:
        print(
            json.dumps(
                {
                    "new": pulled.new,
                    "had": pulled.had,
                    "held": pulled.held,
                    "gone": pulled.gone,
                    "wrong": pulled.wrong,
                    "closed": pulled.closed,
                }
            )
        )
    else:
        if pulled.closed:
            print(text("no-directory", say.language))
        if pulled.gone:
            print(text("pulled-gone", say.language, gone=len(pulled.gone)))
        if not pulled.wrong:
            print(text("pulled", say.language, new=pulled.new, had=pulled.had + pulled.held))
    if pulled.wrong:
        print(text("pulled-wrong", say.language, wrong=len(pulled.wrong)), file=sys.stderr)
        return REFUSED
    return DONE


def push(options: argparse.Namespace, say: Tongue) -> int:
    with (
        Folder.make_pouch(options.pouch) as pouch,
        _connection(options, options.desk) as connection,
        Desk(connection, options.account, _asked(options, say)) as desk,
    ):
        pushed = pushing.push(desk, pouch, _batch_bytes(pouch), _progress(options, say))
    _tell_refused(pushed.refused, say)
    if options.json:
        told = {
            "accepted": pushed.accepted,
            "refused": pushed.refused,
            "waiting": pushed.waiting,
        }
        print(json.dumps(told))
    else:
        print(text("pushed", say.language, accepted=len(pushed.accepted)))
        if pushed.waiting:
            print(text("waiting", say.language, waiting=pushed.waiting))
    return REFUSED if pushed.refused else DONE


def deliver(options: argparse.Namespace, say: Tongue) -> int:
    with _connection(options, options.intake) as intake, options.file as file:
        counts, cells = read_sealed_file(file)
        delivered = delivering.deliver(intake, counts, cells, _progress(options, say))
    _tell_refused([(str(position), code) for position, code in delivered.refused], say)
    if options.json:
        print(json.dumps({"accepted": delivered.accepted, "refused": delivered.refused}))
    else:
        print(text("delivered", say.language, accepted=delivered.accepted))
    return REFUSED if delivered.refused else DONE


def fetch(options: argparse.Namespace, say: Tongue) -> int:
    with contextlib.suppress(OSError):  # what is no folder then, `Folder.open` refuses
        options.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with Folder.open(options.folder) as folder, _connection(options, options.intake) as intake:
        cells = fetching.fetch(intake, folder)
    if options.json:
        print(json.dumps({"cells": cells}))
    else:
        print(text("fetched", say.language, folder=options.folder, cells=cells))
    return DONE


def _connection(options: argparse.Namespace, origin: str) -> Connection:
    return Connection(origin, proxy=options.proxy, circuit=secrets.token_hex(CIRCUIT_BYTES))


def _asked(options: argparse.Namespace, say: Tongue) -> Ask:
    asking = from_files(
        options.passphrase_file,
        options.code_file,
        (text("passphrase", say.language), text("code", say.language)),
    )

    def ask(reason: str) -> Login:
        if reason:
            complain(say, reason)
        return asking(reason)

    return ask


def _progress(options: argparse.Namespace, say: Tongue) -> Progress:
    def tell(pace: Pace) -> None:
        print(pace_line(pace, say.language), file=sys.stderr, flush=True)

    return Progress(None if options.json else tell, time.monotonic)


def _batch_bytes(pouch: Folder) -> int:
    """The batch that the directory in the pouch names: the desk has the last word."""
    document = pouch.read_whole(DIRECTORY_NAME, MAX_DIRECTORY_BYTES)
    return untrusted_batch_size(document) * REPLY_CELL_BYTES


def _tell_refused(refused: Sequence[tuple[str, str]], say: Tongue) -> None:
    for untrusted_name, code in refused:
        line = text(
            "refused",
            say.language,
            name=ascii(untrusted_name)[1:-1][:120],
            sentence=say.sentence(code),
            code=code,
        )
        print(line, file=sys.stderr)


def add_commands(add: Add, say: Tongue) -> None:
    """The four commands, with their arguments."""
    to_desk = [
        add(
            "pull",
            pull,
            "traer todas las celdas que faltan en la bolsa, los mensajes primero",
            "bring every cell that the pouch lacks, messages first",
        ),
        add(
            "push",
            push,
            "entregar el lote, los recibos y las claves semanales de la estación",
            "hand in the station's batch, receipts and weekly keys",
        ),
    ]
    delivered = add(
        "deliver", deliver, "enviar un archivo sellado al buzón", "send a sealed file to the box"
    )
    fetched = add(
        "fetch",
        fetch,
        "guardar directorio y tablero, para buzon-witness",
        "save directory and board, for buzon-witness",
    )
    for each in (*to_desk, delivered, fetched):
        each.add_argument(
            "--proxy",
            metavar="URL",
            help=say("proxy SOCKS, como el de Tor", "SOCKS proxy, as Tor's"),
        )
        add_json(each, say)
    for each in to_desk:
        add_account(each, say)
        add_login(each, say)
        each.add_argument(
            "pouch",
            type=Path,
            metavar="POUCH",
            help=say("carpeta en la memoria", "folder on the stick"),
        )
    for each in (delivered, fetched):
        each.add_argument(
            "--intake",
            required=True,
            metavar="URL",
            help=say("dirección del buzón", "address of the box"),
        )
    delivered.add_argument(
        "file",
        type=argparse.FileType("rb"),
        metavar="FILE",
        help=say("el archivo sellado", "the sealed file"),
    )
    fetched.add_argument(
        "folder", type=Path, metavar="FOLDER", help=say("dónde guardarlos", "where to save them")
    )
