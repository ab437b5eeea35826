"""The program `buzon-courier`: pull, push, deliver, fetch.

Everything here is wiring and words; the work is in the modules beside it.
"""

import argparse
import contextlib
import getpass
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from app import tripwire
from app.courier import deliver as delivering
from app.courier import fetch as fetching
from app.courier import pull as pulling
from app.courier import push as pushing
from app.courier.connection import MAX_DIRECTORY_BYTES, Connection, Desk
from app.courier.errors import LoginError, RefusedError
from app.courier.progress import Progress
from app.courier.texts import Language, text
from crypto.directory import untrusted_batch_size
from crypto.errors import BuzonError
from crypto.pouch import DIRECTORY_NAME
from crypto.reply import REPLY_CELL_BYTES
from crypto.sealed_file import read_sealed_file
from crypto.sentences import sentence
from crypto.stick import Folder

DONE, REFUSED, WRONG_USAGE = 0, 1, 2

_EXAMPLES = """\
Examples:
  buzon-courier pull --desk http://desk.onion --account mezquite \\
      --proxy socks5h://127.0.0.1:9050 /media/stick/pouch
  buzon-courier push --desk http://desk.onion --account mezquite /media/stick/pouch
  buzon-courier deliver --intake http://box.onion testimony.sealed
  buzon-courier fetch --intake http://box.onion board-folder

The pouch is a folder on a USB stick; an empty folder becomes one.  The stick may be
unplugged at any moment: run the same command again to go on.
Exit codes: 0 done, 1 something was refused, 2 wrong usage.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; the exit code."""
    tripwire.install()
    options = _parser().parse_args(arguments)
    language: Language = options.language
    try:
        return _COMMANDS[options.command](options, language)
    except BuzonError as error:
        # What the server refused with says more than that it refused.
        code = error.refusal if isinstance(error, RefusedError) else error.code
        print(f"{sentence(code, language)} [{code}]", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        print(f"\n{text('interrupted', language)}", file=sys.stderr)
        return REFUSED
    except OSError:  # where we print to is full or closed
        print(f"{sentence('file-unwritable', language)} [file-unwritable]", file=sys.stderr)
        return REFUSED


def _pull(options: argparse.Namespace, language: Language) -> int:
    def warn_of_room(need: int, free: int) -> None:
        mib = 1_048_576
        print(text("room", language, need=need // mib, free=free // mib), file=sys.stderr)

    with (
        Folder.make_pouch(options.pouch) as pouch,
        _connection(options, options.desk) as connection,
        _desk(connection, options, language) as desk,
    ):
        print(text("looking", language), file=sys.stderr)
        pulled = pulling.pull(desk, pouch, _progress(options, language), warn_of_room)
    if options.json:
        print(
            json.dumps(
                {
                    "new": pulled.new,
                    "had": pulled.had,
                    "held": pulled.held,
                    "gone": pulled.gone,
                    "wrong": pulled.wrong,
                }
            )
        )
    else:
        if pulled.gone:
            print(text("pulled-gone", language, gone=len(pulled.gone)))
        if not pulled.wrong:
            print(text("pulled", language, new=pulled.new, had=pulled.had + pulled.held))
    if pulled.wrong:
        print(text("pulled-wrong", language, wrong=len(pulled.wrong)), file=sys.stderr)
        return REFUSED
    return DONE


def _push(options: argparse.Namespace, language: Language) -> int:
    with (
        Folder.make_pouch(options.pouch) as pouch,
        _connection(options, options.desk) as connection,
        _desk(connection, options, language) as desk,
    ):
        pushed = pushing.push(desk, pouch, _batch_bytes(pouch), _progress(options, language))
    _tell_refused(pushed.refused, language)
    if options.json:
        told = {
            "accepted": pushed.accepted,
            "refused": pushed.refused,
            "waiting": pushed.waiting,
        }
        print(json.dumps(told))
    else:
        print(text("pushed", language, accepted=len(pushed.accepted)))
        if pushed.waiting:
            print(text("waiting", language, waiting=pushed.waiting))
    return REFUSED if pushed.refused else DONE


def _deliver(options: argparse.Namespace, language: Language) -> int:
    with _connection(options, options.intake) as intake, options.file as file:
        counts, cells = read_sealed_file(file)
        delivered = delivering.deliver(intake, counts, cells, _progress(options, language))
    _tell_refused([(str(position), code) for position, code in delivered.refused], language)
    if options.json:
        print(json.dumps({"accepted": delivered.accepted, "refused": delivered.refused}))
    else:
        print(text("delivered", language, accepted=delivered.accepted))
    return REFUSED if delivered.refused else DONE


def _fetch(options: argparse.Namespace, language: Language) -> int:
    with contextlib.suppress(OSError):  # what is no folder then, `Folder.open` refuses
        options.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with Folder.open(options.folder) as folder, _connection(options, options.intake) as intake:
        cells = fetching.fetch(intake, folder)
    if options.json:
        print(json.dumps({"cells": cells}))
    else:
        print(text("fetched", language, folder=options.folder, cells=cells))
    return DONE


_COMMANDS = {"pull": _pull, "push": _push, "deliver": _deliver, "fetch": _fetch}


def _connection(options: argparse.Namespace, origin: str) -> Connection:
    return Connection(origin, proxy=options.proxy)


def _progress(options: argparse.Namespace, language: Language) -> Progress:
    return Progress(None if options.json else sys.stderr, language, time.monotonic)


def _batch_bytes(pouch: Folder) -> int:
    """The batch that the directory in the pouch names: the desk has the last word."""
    document = pouch.read_whole(DIRECTORY_NAME, MAX_DIRECTORY_BYTES)
    return untrusted_batch_size(document) * REPLY_CELL_BYTES


def _tell_refused(refused: Sequence[tuple[str, str]], language: Language) -> None:
    for untrusted_name, code in refused:
        line = text(
            "refused",
            language,
            name=ascii(untrusted_name)[1:-1][:120],
            sentence=sentence(code, language),
            code=code,
        )
        print(line, file=sys.stderr)


def _desk(connection: Connection, options: argparse.Namespace, language: Language) -> Desk:
    passphrase = _passphrase(options, language)
    return Desk(connection, options.account, passphrase, lambda: _code(options, language))


def _code(options: argparse.Namespace, language: Language) -> str:
    """The second factor's code, read or asked for again at every login."""
    if options.code_file is None:
        return getpass.getpass(text("code", language))
    try:
        with options.code_file.open(encoding="utf-8-sig") as file:
            return str(file.readline()).strip()
    except (OSError, UnicodeDecodeError):
        raise LoginError("a code file that is not text") from None


def _passphrase(options: argparse.Namespace, language: Language) -> str:
    if options.passphrase_file is not None:
        try:
            with options.passphrase_file as file:
                line: str = file.readline()
        except UnicodeDecodeError:
            raise LoginError("a passphrase file that is not text") from None
        return line.rstrip("\r\n")
    return getpass.getpass(text("passphrase", language))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="buzon-courier",
        description="Carry cells and documents between the servers and a pouch.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--proxy", metavar="URL", help="SOCKS proxy, as Tor's")
    shared.add_argument("--json", action="store_true", help="answer in JSON, without progress")
    shared.add_argument(
        "--language",
        choices=("es", "en"),
        default="en" if os.environ.get("LANG", "").startswith("en") else "es",
        help="language of what is told (default: es, unless LANG says en)",
    )
    to_desk = argparse.ArgumentParser(add_help=False, parents=[shared])
    to_desk.add_argument("--desk", required=True, metavar="URL", help="address of the desk")
    to_desk.add_argument("--account", required=True, metavar="NAME", help="your desk account")
    to_desk.add_argument(
        "--passphrase-file",
        type=argparse.FileType("r", encoding="utf-8-sig"),
        metavar="FILE",
        help="first line is the passphrase (otherwise it is asked for)",
    )
    to_desk.add_argument(
        "--code-file",
        type=Path,
        metavar="FILE",
        help="first line is the telephone's code, or a recovery code (otherwise it is asked for)",
    )
    to_desk.add_argument("pouch", type=Path, metavar="POUCH", help="folder on the stick")
    to_intake = argparse.ArgumentParser(add_help=False, parents=[shared])
    to_intake.add_argument("--intake", required=True, metavar="URL", help="address of the box")

    def add(name: str, parent: argparse.ArgumentParser, tells: str) -> argparse.ArgumentParser:
        return commands.add_parser(
            name,
            help=tells,
            description=tells,
            parents=[parent],
            epilog=_EXAMPLES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )

    add("pull", to_desk, "bring every cell that the pouch lacks, messages first")
    add("push", to_desk, "hand in the station's batch, receipts and weekly keys")
    deliver = add("deliver", to_intake, "send a sealed file to the box")
    deliver.add_argument(
        "file", type=argparse.FileType("rb"), metavar="FILE", help="the sealed file"
    )
    fetch = add("fetch", to_intake, "save directory and board, for buzon-witness")
    fetch.add_argument("folder", type=Path, metavar="FOLDER", help="where to save them")
    return parser


if __name__ == "__main__":
    sys.exit(main())
