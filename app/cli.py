"""The program `buzon-server`: what an operator does.

Everything here is wiring and words; the work is in the modules beside it.
"""

import argparse
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from app import cli_account, cli_backup, cli_status, tripwire
from app.addresses import listen
from app.cli_backup import trust_file
from app.clock import utc_now
from app.db import open_database
from app.folder import held_trust, make_folder, open_folder, rebuild_site
from app.making import MESSAGE_SHARE, check_migrated, migrate, plan
from app.publishing import export_weekly_keys, publish_folder
from app.supervising import serve
from crypto.errors import BuzonError
from crypto.sentences import sentence
from crypto.terminal import visible_line
from crypto.tongue import DONE, REFUSED

DATA = Path("/var/lib/buzon")
INTAKE = "127.0.0.1:8470"
DESK = "127.0.0.1:8471"

_EXAMPLES = """\
Examples:
  buzon-server init --size 64GiB --trust trust.json
  buzon-server publish /media/stick/publication
  buzon-server serve
  buzon-server account add mezquite
  buzon-server account enrol mezquite
  buzon-server status
  buzon-server expire            (tells what it would delete, and why)
  buzon-server expire --yes
  buzon-server backup --out box.age --recipient age1...
  buzon-server restore --from box.age --identity-file backup.key --data NEWFOLDER
  buzon-server trust trust.json

Every command takes --data FOLDER; without it the folder is /var/lib/buzon.
Exit codes: 0 done, 1 something was refused or should worry you, 2 wrong usage.
"""

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; the exit code."""
    tripwire.install()
    options = _parser().parse_args(arguments)
    command: Command = options.run
    try:
        return command(options)
    except BuzonError as error:
        said = sentence(error.code, options.language)
        print(f"{said} [{error.code}] {visible_line(str(error))}", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        return REFUSED


def _init(options: argparse.Namespace) -> int:
    planned = plan(options.size, options.message_share)
    told = Counter[str]()

    def progress(done: int, of: int) -> None:
        percent = 100 * done // of
        if percent > told["percent"] or done == of:
            told["percent"] = percent
            end = "\n" if done == of else ""
            print(f"\r{percent} % of {_size_text(of)}", end=end, file=sys.stderr, flush=True)

    make_folder(options.data, trust_file(options.trust), planned, progress)
    print(
        f"{options.data}: room for {planned.messages} messages, {planned.parts} parts of files "
        f"and {planned.replies} replies."
    )
    return DONE


def _serve(options: argparse.Namespace) -> int:
    settings = open_folder(options.data)
    check_migrated(open_database(settings))
    listeners = {"intake": listen(options.intake), "desk": listen(options.desk)}

    def ready() -> None:
        if options.json:
            print(json.dumps({name: each.address for name, each in listeners.items()}), flush=True)
        else:
            for name, each in listeners.items():
                print(f"{name}: {each.address}", flush=True)

    serve(settings.folder, listeners, ready)
    return DONE


def _publish(options: argparse.Namespace) -> int:
    settings = open_folder(options.data)
    published = publish_folder(
        open_database(settings), options.folder, held_trust(settings), utc_now()
    )
    print(
        f"Published: roster {published.roster.serial}, valid to {published.roster.expires}; "
        f"{len(published.freshness.weeks)} weeks signed."
    )
    return DONE


def _site(options: argparse.Namespace) -> int:
    rebuild_site(open_folder(options.data))
    print("The site is built.  Restart the server to hand it out.")
    return DONE


def _upgrade(options: argparse.Namespace) -> int:
    migrate(open_database(open_folder(options.data)))
    print("The database is as this version wants it.")
    return DONE


def _weekly_keys(options: argparse.Namespace) -> int:
    count = export_weekly_keys(
        open_database(open_folder(options.data)), options.folder, utc_now().date()
    )
    print(f"{count} weekly keys are in {options.folder}: carry them to the directors.")
    return DONE


def _size(text: str) -> int:
    """Bytes that *text* such as 64GiB stands for."""
    match = re.fullmatch(r"([0-9]+)(MiB|GiB|TiB)", text)
    if match is None:
        raise argparse.ArgumentTypeError("a number and MiB, GiB or TiB, as 64GiB")
    return int(match[1]) << {"MiB": 20, "GiB": 30, "TiB": 40}[match[2]]


def _size_text(size: int) -> str:
    return f"{size / 2**30:.1f} GiB" if size >= 2**30 else f"{size / 2**20:.0f} MiB"


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share < 1:
        raise argparse.ArgumentTypeError("a number between 0 and 1")
    return share


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="buzon-server",
        description="Run the box: it holds cells that it cannot open.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--data", type=Path, default=DATA, metavar="FOLDER", help=f"data folder (default: {DATA})"
    )
    shared.add_argument(
        "--language",
        choices=("es", "en"),
        default="en" if os.environ.get("LANG", "").startswith("en") else "es",
        help="language of what is refused (default: es, unless LANG says en)",
    )

    def command(name: str, run: Command, told: str) -> argparse.ArgumentParser:
        made = commands.add_parser(
            name,
            parents=[shared],
            help=told,
            description=told,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        made.set_defaults(run=run)
        return made

    init = command("init", _init, "make the data folder and the box, once")
    init.add_argument("--size", type=_size, required=True, help="of all slots, as 64GiB")
    init.add_argument("--trust", type=Path, required=True, metavar="FILE", help="trust.json")
    init.add_argument(
        "--message-share",
        type=_share,
        default=MESSAGE_SHARE,
        metavar="SHARE",
        help=f"of the size, for messages; the rest is for files (default: {MESSAGE_SHARE})",
    )
    serving = command("serve", _serve, "serve intake and desk until stopped")
    for name, default in (("intake", INTAKE), ("desk", DESK)):
        serving.add_argument(
            f"--{name}",
            default=default,
            metavar="ADDRESS",
            help=f"loopback address and port (0: any), or unix:/path (default: {default})",
        )
    serving.add_argument("--json", action="store_true", help="tell the addresses in JSON")
    publishing = command("publish", _publish, "publish what the directors signed")
    publishing.add_argument("folder", type=Path, metavar="FOLDER", help="from the ceremony")
    cli_status.add_commands(command)
    cli_backup.add_commands(command)
    keys = command("weekly-keys", _weekly_keys, "write the keys handed in, for the directors")
    keys.add_argument("folder", type=Path, metavar="FOLDER", help="new or empty")
    command(
        "site", _site, "build the witness site again, with the words in its folder `organisation`"
    )
    command("upgrade", _upgrade, "bring the database up to this version")
    cli_account.add_commands(commands, shared)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
