"""The commands of a whole trip: setup, trip, window.

Everything here is wiring and words; the work is in `journey` and `destination`.
"""

import argparse
import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path

from app.courier import launcher, summary
from app.courier.arguments import Add, add_account, add_json, add_login
from app.courier.destination import destination_of
from app.courier.face import Face
from app.courier.journey import go
from app.courier.terminal_face import Terminal
from app.courier.texts import text
from app.courier.trip import Trip
from app.courier.window import Window, stop_this_program, zenity
from crypto.pouch import COURIER_NAME
from crypto.stick import Folder
from crypto.tongue import DONE, REFUSED, Tongue


def setup(options: argparse.Namespace, say: Tongue) -> int:
    """Write on the stick where its trips lead."""
    destination = destination_of(options.desk.rstrip("/"), options.account, options.proxy)
    pouch_path: Path = options.pouch
    with contextlib.suppress(OSError):  # what is no folder then, `make_pouch` refuses
        pouch_path.mkdir(mode=0o700, exist_ok=True)
    with Folder.make_pouch(pouch_path) as pouch:
        pouch.write(COURIER_NAME, destination.to_toml())
    print(text("set-up", say.language))
    print(text("desk", say.language, desk=destination.desk))
    words = destination.desk_words(say.language)
    if words:
        print(text("desk-words", say.language, words=words))
    print(text("account", say.language, account=destination.account))
    folder: Path | None = pouch_path if options.launcher else options.launcher_in
    if folder is None:
        return DONE
    if not launcher.lay(folder):
        print(text("launcher-inert", say.language))
        return REFUSED
    print(text("launcher", say.language, folder=folder, name=launcher.ENTRY_NAME))
    return DONE


def trip(options: argparse.Namespace, say: Tongue) -> int:
    """One whole trip, at the terminal."""
    face = Terminal(
        say.language, options.passphrase_file, options.code_file, quiet=bool(options.json)
    )
    return _go(options, say, face)


def window(options: argparse.Namespace, say: Tongue) -> int:
    """One whole trip in windows; at the terminal where there are none."""
    program = zenity()
    if program is None:
        return _go(options, say, Terminal(say.language))
    face = Window(program, say.language, stop_this_program)
    try:
        return _go(options, say, face)
    finally:
        face.close()


def _go(options: argparse.Namespace, say: Tongue, face: Face) -> int:
    done = go(options.pouch, face, say.language, datetime.now(UTC).date(), options.desk)
    if options.json:
        print(json.dumps(_value(done)))
    return DONE if summary.went_well(done) else REFUSED


def _value(done: Trip) -> dict[str, object]:
    return {
        "whole": done.whole,
        "accepted": done.pushed.accepted,
        "refused": summary.refusals(done),
        "waiting": done.pushed.waiting,
        "new": done.pulled.new,
        "had": done.pulled.had,
        "held": done.pulled.held,
        "gone": done.pulled.gone,
        "wrong": done.pulled.wrong,
        "shortages": [shortage.to_value() for shortage in done.shortages],
    }


def add_commands(add: Add, say: Tongue) -> None:
    """The three commands, with their arguments."""
    setting = add(
        "setup",
        setup,
        "escribir en la memoria a dónde van sus viajes",
        "write on the stick where its trips lead",
    )
    add_account(setting, say)
    setting.add_argument(
        "--proxy",
        metavar="URL",
        help=say(
            "proxy SOCKS de esta máquina (si no, el de Tor: socks5h://127.0.0.1:9050)",
            "SOCKS proxy of this machine (default: Tor's, socks5h://127.0.0.1:9050)",
        ),
    )
    laying = setting.add_mutually_exclusive_group()
    laying.add_argument(
        "--launcher",
        action="store_true",
        help=say(
            "poner en la memoria lo que inicia un viaje con doble clic",
            "lay on the stick what starts a trip by a double click",
        ),
    )
    laying.add_argument(
        "--launcher-in",
        type=Path,
        metavar="FOLDER",
        help=say(
            "lo mismo, en una carpeta de esta computadora", "the same, in a folder of this computer"
        ),
    )
    at_terminal = add(
        "trip",
        trip,
        "un viaje entero: entregar lo de la estación y traer todo lo que falta",
        "one whole trip: hand in what the station laid, take all that is lacking",
    )
    in_windows = add(
        "window",
        window,
        "lo mismo, en ventanas (o en la terminal donde no las hay)",
        "the same, in windows (or at the terminal where there are none)",
    )
    for each in (at_terminal, in_windows):
        each.add_argument(
            "--desk",
            metavar="URL",
            help=say(
                "no preguntar ni enviar nada si la memoria nombra otro escritorio",
                "ask and send nothing if the stick names another desk",
            ),
        )
    add_login(at_terminal, say)
    add_json(at_terminal, say)
    in_windows.set_defaults(json=False)
    in_windows.add_argument(
        "pouch",
        nargs="?",
        type=Path,
        metavar="POUCH",
        help=say(
            "carpeta en la memoria (si no, la única que esté conectada)",
            "folder on the stick (otherwise the only one that is plugged in)",
        ),
    )
    for each in (setting, at_terminal):
        each.add_argument(
            "pouch",
            type=Path,
            metavar="POUCH",
            help=say("carpeta en la memoria", "folder on the stick"),
        )
