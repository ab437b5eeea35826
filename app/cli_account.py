"""The commands `buzon-server account ...`: who may speak to the desk.

Only app/cli.py depends on this module; wiring and words, the work is in app/accounts.py.
"""

import argparse
import getpass
import json
from collections.abc import Callable
from pathlib import Path

import segno

from app import second_factor
from app.accounts import Accounts
from app.db import open_database
from app.folder import open_folder
from crypto.asking import PassphraseDiffersError, first_line
from crypto.tongue import DONE, Arguments, Tongue

Command = Callable[[argparse.Namespace, Tongue], int]

DATA = Path("/var/lib/buzon")

_EXAMPLES_ES = """\
Ejemplos:
  buzon-server account add mezquite
  buzon-server account enrol mezquite     (o lo hace ella misma en las páginas del escritorio)
  buzon-server account reset mezquite     (perdió el teléfono: la próxima entrada pone otro)
  buzon-server account passphrase mezquite
  buzon-server account remove mezquite
  buzon-server account list --json

Todas menos `add` y `list` cierran en el acto las sesiones de la cuenta.
"""
_EXAMPLES_EN = """\
Examples:
  buzon-server account add mezquite
  buzon-server account enrol mezquite     (or the lawyer does it in the desk's pages)
  buzon-server account reset mezquite     (lost telephone: the next login enrols anew)
  buzon-server account passphrase mezquite
  buzon-server account remove mezquite
  buzon-server account list --json

All but `add` and `list` end the account's sessions at once.
"""


def add_data(parser: argparse.ArgumentParser, say: Tongue) -> None:
    """Let a command of the program be told its data folder."""
    parser.add_argument(
        "--data",
        type=Path,
        default=DATA,
        metavar="FOLDER",
        help=say(f"carpeta de datos (si no: {DATA})", f"data folder (default: {DATA})"),
    )


def _add(options: argparse.Namespace, say: Tongue) -> int:
    _accounts(options).add(options.name, _passphrase(options, say))
    print(
        say(
            f"{options.name} ya puede entrar a las páginas del escritorio, para poner el código en"
            f" su teléfono; `buzon-server account enrol {options.name}` lo hace aquí mismo.",
            f"{options.name} may log in to the desk's pages, to set up the telephone's code;"
            f" `buzon-server account enrol {options.name}` does that here.",
        )
    )
    return DONE


def _enrol(options: argparse.Namespace, say: Tongue) -> int:
    secret = second_factor.new_secret()
    recovery = _accounts(options).enrol(options.name, secret)
    uri, text = second_factor.uri(options.name, secret), second_factor.secret_text(secret)
    if options.json:
        print(json.dumps({"uri": uri, "secret": text, "recovery_codes": recovery}))
        return DONE
    segno.make_qr(uri).terminal(compact=True)
    told = say(
        "Escanee el cuadro con la aplicación de códigos del teléfono, o escriba ahí su clave.\n\n"
        "Diez códigos de recuperación; cada uno sirve para entrar una vez.  Cópielos en papel:"
        " se muestran sólo ahora.",
        "Scan the square with the telephone's app for codes, or type its secret there.\n\n"
        "Ten recovery codes, each good for one login.  Copy them onto paper: they are shown only"
        " now.",
    )
    print(f"{uri}\n\n{told}\n")
    for code in recovery:
        print(f"  {code}")
    return DONE


def _reset(options: argparse.Namespace, say: Tongue) -> int:
    _accounts(options).reset(options.name)
    print(
        say(
            f"{options.name} se quedó sin código del teléfono: la próxima entrada a las páginas del"
            " escritorio pone otro.",
            f"{options.name} has no second factor: the next login in the desk's pages sets one up.",
        )
    )
    return DONE


def _change_passphrase(options: argparse.Namespace, say: Tongue) -> int:
    _accounts(options).change_passphrase(options.name, _passphrase(options, say))
    print(say(f"{options.name} tiene otra contraseña.", f"{options.name} has another passphrase."))
    return DONE


def _remove(options: argparse.Namespace, say: Tongue) -> int:
    _accounts(options).remove(options.name)
    print(
        say(
            f"{options.name} ya no puede entrar al escritorio.",
            f"{options.name} may not speak to the desk.",
        )
    )
    return DONE


def _list(options: argparse.Namespace, say: Tongue) -> int:
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
    lacking = say("todavía sin código del teléfono", "no second factor yet")
    for each in found:
        print(each.name if each.factor.secret else f"{each.name} ({lacking})")
    return DONE


def _accounts(options: argparse.Namespace) -> Accounts:
    return Accounts(open_database(open_folder(options.data)))


def _passphrase(options: argparse.Namespace, say: Tongue) -> str:
    if options.passphrase_file is not None:
        return first_line(options.passphrase_file)
    first = getpass.getpass(say("Contraseña: ", "Passphrase: "))
    if getpass.getpass(say("Otra vez: ", "Again: ")) != first:
        raise PassphraseDiffersError("typed twice")
    return first


def add_commands(new_command: Callable[..., Arguments], say: Tongue) -> None:
    """Add `account` and its actions by *new_command*."""
    told = say("cuentas del escritorio: ", "accounts of the desk: ") + ", ".join(_ACTIONS)
    examples = say(_EXAMPLES_ES, _EXAMPLES_EN)
    account = new_command("account", help=told, description=told, epilog=examples)
    new_action = account.commands(say("ACTO", "ACTION"))
    for name, (run, es, en) in _ACTIONS.items():
        action = new_action(name, help=say(es, en), description=say(es, en), epilog=examples)
        action.set_defaults(run=run)
        add_data(action, say)
        if name != "list":
            action.add_argument(
                "name", metavar="NAME", help=say("nombre de la cuenta", "the account's name")
            )
        if name in {"add", "passphrase"}:
            action.add_argument(
                "--passphrase-file",
                type=Path,
                metavar="FILE",
                help=say(
                    "su primer renglón es la contraseña (si no, se pregunta)",
                    "first line is the passphrase (otherwise it is asked for)",
                ),
            )
        if name in {"enrol", "list"}:
            action.add_argument(
                "--json", action="store_true", help=say("contestar en JSON", "answer in JSON")
            )


_ACTIONS: dict[str, tuple[Command, str, str]] = {
    "add": (_add, "hacer una cuenta", "make an account"),
    "enrol": (
        _enrol,
        "dar a una cuenta el código del teléfono, y mostrarlo con los de recuperación",
        "give an account its second factor, and print it with recovery codes",
    ),
    "reset": (
        _reset,
        "olvidar el código del teléfono de una cuenta",
        "forget an account's second factor",
    ),
    "passphrase": (
        _change_passphrase,
        "cambiar la contraseña de una cuenta",
        "change an account's passphrase",
    ),
    "remove": (_remove, "borrar una cuenta", "delete an account"),
    "list": (_list, "decir qué cuentas hay", "list the accounts"),
}
