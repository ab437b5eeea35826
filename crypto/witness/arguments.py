"""What `buzon-witness` can be asked to do, and the help that says so."""

import argparse
import os
from pathlib import Path

_EXAMPLES = """\
Examples:
  buzon-courier fetch --intake http://box.onion box
  buzon-witness seal --directory box/directory.json --trust trust.json \\
      --text account.txt --attach photo.jpg --out testimony.sealed
  buzon-courier deliver --intake http://box.onion testimony.sealed
  buzon-witness read --board box/board --directory box/directory.json --trust trust.json

No command of this program reaches a network.
Exit codes: 0 done, 1 something was refused, 2 wrong usage.
"""


def build_parser() -> argparse.ArgumentParser:
    """The parser of the program's arguments."""
    parser = argparse.ArgumentParser(
        prog="buzon-witness",
        description="Seal a testimony into a file, and read the replies to it.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--directory", type=Path, required=True, metavar="FILE", help="as the box sent it"
    )
    shared.add_argument(
        "--trust", type=Path, required=True, metavar="FILE", help="who the directors are"
    )
    shared.add_argument(
        "--phrase-file",
        "--passphrase-file",
        type=Path,
        metavar="FILE",
        help="file that holds the twelve words (otherwise they are asked for)",
    )
    shared.add_argument("--json", action="store_true", help="answer in JSON")
    shared.add_argument(
        "--language",
        choices=("es", "en"),
        default="en" if os.environ.get("LANG", "").startswith("en") else "es",
        help="language of what is told, and of a new phrase (default: es, unless LANG says en)",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, tells: str) -> argparse.ArgumentParser:
        return commands.add_parser(
            name,
            help=tells,
            description=tells,
            parents=[shared],
            epilog=_EXAMPLES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )

    seal = add("seal", "seal an account and files; shows the phrase once")
    seal.add_argument(
        "--text", required=True, metavar="FILE", help="the account, UTF-8; - reads it"
    )
    seal.add_argument(
        "--attach", type=Path, action="append", default=[], metavar="FILE", help="may be repeated"
    )
    seal.add_argument(
        "--to", nargs="+", default=["all"], metavar="TEAM", help="who reads: all, or teams"
    )
    seal.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="new file, or a folder for it"
    )
    seal.add_argument(
        "--follow-up",
        action="store_true",
        help="speak again in the thread of a phrase (implied by --phrase-file)",
    )
    seal.add_argument(
        "--read-board", type=Path, metavar="FILE", help="say which replies on this board were read"
    )
    read = add("read", "show the replies that the board holds for a phrase")
    read.add_argument(
        "--board", type=Path, required=True, metavar="FILE", help="as buzon-courier fetched it"
    )
    return parser
