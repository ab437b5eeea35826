"""The commands `buzon-server account ...`: who may speak to the desk.

Only app/cli.py depends on this module; wiring and words, the work is in app/accounts.py.
"""

import argparse
import getpass
import json
from collections.abc import Callable

import segno

from app import second_factor
from app.accounts import Accounts
from app.db import open_database
from app.errors import FolderError
from app.folder import open_folder

Command = Callable[[argparse.Namespace], int]

DONE = 0

_EXAMPLES = """\
Examples:
  buzon-server account add mezquite
  buzon-server account enrol mezquite     (or the lawyer does it in the desk's pages)
  buzon-server account reset mezquite     (lost telephone: the next login enrols anew)
  buzon-server account passphrase mezquite
  buzon-server account remove mezquite
  buzon-server account list --json

All but `add` and `list` end the account's sessions at once.
"""


def _add(options: argparse.Namespace) -> int:
    _accounts(options).add(options.name, _passphrase(options))
    print(
        f"{options.name} may log in to the desk's pages, to set up the telephone's code; "
        f"`account enrol {options.name}` does that here."
    )
    return DONE


def _enrol(options: argparse.Namespace) -> int:
    secret = second_factor.new_secret()
    recovery = _accounts(options).enrol(options.name, secret)
    uri, text = second_factor.uri(options.name, secret), second_factor.secret_text(secret)
    if options.json:
        print(json.dumps({"uri": uri, "secret": text, "recovery_codes": recovery}))
        return DONE
    segno.make_qr(uri).terminal(compact=True)
    print(f"{uri}\n\nTen recovery codes, each good for one login.  They are shown only now:\n")
    for code in recovery:
        print(f"  {code}")
    return DONE


def _reset(options: argparse.Namespace) -> int:
    _accounts(options).reset(options.name)
    print(f"{options.name} has no second factor: the next login in the desk's pages sets one up.")
    return DONE


def _change_passphrase(options: argparse.Namespace) -> int:
    _accounts(options).change_passphrase(options.name, _passphrase(options))
    print(f"{options.name} has another passphrase.")
    return DONE


def _remove(options: argparse.Namespace) -> int:
    _accounts(options).remove(options.name)
    print(f"{options.name} may not speak to the desk.")
    return DONE


def _list(options: argparse.Namespace) -> int:
    found = _accounts(options).all()
    if options.json:
        value = [
            {
                "name": each.name,
                "second_factor": bool(each.factor.secret),
                "recovery_codes": each.factor.codes_left,
            }
            for each in found
        ]
        print(json.dumps(value))
        return DONE
    for each in found:
        print(each.name if each.factor.secret else f"{each.name} (no second factor yet)")
    return DONE


def _accounts(options: argparse.Namespace) -> Accounts:
    return Accounts(open_database(open_folder(options.data)))


def _passphrase(options: argparse.Namespace) -> str:
    if options.passphrase_file is not None:
        try:
            with options.passphrase_file as file:
                line: str = file.readline()
        except (OSError, ValueError):
            raise FolderError(f"no text in UTF-8: {options.passphrase_file.name}") from None
        return line.rstrip("\r\n")
    first = getpass.getpass("Passphrase: ")
    if getpass.getpass("Again: ") != first:
        raise FolderError("the two differ")
    return first


def add_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    shared: argparse.ArgumentParser,
) -> None:
    """Add `account` and its actions to *commands*, each with the options of *shared*."""
    told = "accounts of the desk: " + ", ".join(_ACTIONS)
    account = commands.add_parser(
        "account",
        help=told,
        description=told,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = account.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, (run, tells) in _ACTIONS.items():
        action = actions.add_parser(
            name,
            parents=[shared],
            help=tells,
            description=tells,
            epilog=_EXAMPLES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        action.set_defaults(run=run)
        if name != "list":
            action.add_argument("name", metavar="NAME")
        if name in {"add", "passphrase"}:
            action.add_argument(
                "--passphrase-file",
                type=argparse.FileType("r", encoding="utf-8"),
                metavar="FILE",
                help="first line is the passphrase (otherwise it is asked for)",
            )
        if name in {"enrol", "list"}:
            action.add_argument("--json", action="store_true", help="answer in JSON")


_ACTIONS: dict[str, tuple[Command, str]] = {
    "add": (_add, "make an account"),
    "enrol": (_enrol, "give an account its second factor, and print it with recovery codes"),
    "reset": (_reset, "forget an account's second factor"),
    "passphrase": (_change_passphrase, "change an account's passphrase"),
    "remove": (_remove, "delete an account"),
    "list": (_list, "list the accounts"),
}
