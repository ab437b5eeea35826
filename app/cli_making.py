"""The commands `init`, `site` and `upgrade`: what a box is made of, and made again.

Only app/cli.py depends on this module.
"""

import argparse
import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from app.cli_backup import trust_file
from app.cli_status import NewCommand
from app.db import open_database
from app.folder import make_folder, open_folder, rebuild_site
from app.making import MESSAGE_SHARE, migrate, plan
from crypto.tongue import DONE, Tongue


def add_commands(command: NewCommand, say: Tongue) -> None:
    """Add the three to the program's parser."""
    init = command(
        "init",
        _init,
        "hacer la carpeta de datos y el buzón, una sola vez",
        "make the data folder and the box, once",
    )
    init.add_argument(
        "--size",
        type=_size(say),
        required=True,
        help=say("de todos los lugares: 64GiB", "of all slots: 64GiB"),
    )
    init.add_argument("--trust", type=Path, required=True, metavar="FILE", help="trust.json")
    init.add_argument(
        "--message-share",
        type=_share(say),
        default=MESSAGE_SHARE,
        metavar="SHARE",
        help=say(
            f"parte del tamaño para mensajes; lo demás es para archivos (si no: {MESSAGE_SHARE})",
            f"of the size, for messages; the rest is for files (default: {MESSAGE_SHARE})",
        ),
    )
    command(
        "site",
        _site,
        "construir otra vez el sitio, con las palabras de su carpeta `organisation`",
        "build the witness site again, with the words in its folder `organisation`",
    )
    command(
        "upgrade",
        _upgrade,
        "poner la base de datos al día con esta versión",
        "bring the database up to this version",
    )


def _init(options: argparse.Namespace, say: Tongue) -> int:
    planned = plan(options.size, options.message_share)
    told = Counter[str]()

    def progress(done: int, of: int) -> None:
        percent = 100 * done // of
        if percent > told["percent"] or done == of:
            told["percent"] = percent
            end = "\n" if done == of else ""
            told_now = say(f"{percent} % de {_size_text(of)}", f"{percent} % of {_size_text(of)}")
            print(f"\r{told_now}", end=end, file=sys.stderr, flush=True)

    make_folder(options.data, trust_file(options.trust), planned, progress)
    print(
        say(
            f"{options.data}: caben {planned.messages} mensajes, {planned.parts} partes de archivos"
            f" y {planned.replies} respuestas.  Sigue: buzon-server publish, con lo que firmaron los"
            " directores.",
            f"{options.data}: room for {planned.messages} messages, {planned.parts} parts of files"
            f" and {planned.replies} replies.  Next: buzon-server publish, with what the directors"
            " signed.",
        )
    )
    return DONE


def _site(options: argparse.Namespace, say: Tongue) -> int:
    rebuild_site(open_folder(options.data))
    print(
        say(
            "El sitio está construido.  Reinicie el servidor para que lo entregue.",
            "The site is built.  Restart the server to hand it out.",
        )
    )
    return DONE


def _upgrade(options: argparse.Namespace, say: Tongue) -> int:
    migrate(open_database(open_folder(options.data)))
    print(
        say(
            "La base de datos está como la quiere esta versión.  Ya puede arrancar el servidor.",
            "The database is as this version wants it.  You may start the server.",
        )
    )
    return DONE


def _size(say: Tongue) -> Callable[[str], int]:
    """What turns a text such as 64GiB into bytes."""

    def size(text: str) -> int:
        match = re.fullmatch(r"([0-9]+)(MiB|GiB|TiB)", text)
        if match is None:
            told = say("un número y MiB, GiB o TiB: 64GiB", "a number and MiB, GiB or TiB: 64GiB")
            raise argparse.ArgumentTypeError(told)
        return int(match[1]) << {"MiB": 20, "GiB": 30, "TiB": 40}[match[2]]

    return size


def _size_text(size: int) -> str:
    return f"{size / 2**30:.1f} GiB" if size >= 2**30 else f"{size / 2**20:.0f} MiB"


def _share(say: Tongue) -> Callable[[str], float]:
    """What turns a text into a share of a whole."""

    def share(text: str) -> float:
        try:
            found = float(text)
        except ValueError:
            found = 0.0
        if not 0 < found < 1:
            told = say("un número entre 0 y 1", "a number between 0 and 1")
            raise argparse.ArgumentTypeError(told)
        return found

    return share
