"""The program `buzon-server`: what an operator does.

Everything here is wiring and words; the work is in the modules beside it.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from app import cli_account, cli_backup, cli_making, cli_status, tripwire
from app.addresses import listen
from app.cli_account import add_data
from app.clock import utc_now
from app.db import open_database
from app.folder import held_trust, open_folder
from app.making import check_migrated
from app.publishing import export_weekly_keys, publish_folder
from app.supervising import serve
from crypto.errors import BuzonError
from crypto.streams import give_up_standard_output, open_closed_streams
from crypto.terminal import visible_line
from crypto.tongue import (
    DONE,
    REFUSED,
    Arguments,
    Tongue,
    complain,
    print_every_character,
    tongue_of,
)

INTAKE = "127.0.0.1:8470"
DESK = "127.0.0.1:8471"


_EXAMPLES_ES = """\
Ejemplos, en el orden del primer día:
  buzon-server init --size 64GiB --trust trust.json
  buzon-server publish /media/memoria/publicacion
  buzon-server account add mezquite
  buzon-server account enrol mezquite
  buzon-server serve

Después:
  buzon-server status            (cada mañana: qué hay, y qué debe preocuparle)
  buzon-server expire            (dice qué borraría, y por qué)
  buzon-server expire --yes
  buzon-server backup --out buzon.age --recipient age1...
  buzon-server restore --from buzon.age --identity-file respaldo.key --data CARPETA-NUEVA
  buzon-server trust trust.json

Cada orden acepta --data CARPETA; sin ella, la carpeta es /var/lib/buzon.
Códigos de salida: 0 hecho, 1 algo se rechazó o debe preocuparle, 2 uso incorrecto.
"""
_EXAMPLES_EN = """\
Examples, in the order of the first day:
  buzon-server init --size 64GiB --trust trust.json
  buzon-server publish /media/stick/publication
  buzon-server account add mezquite
  buzon-server account enrol mezquite
  buzon-server serve

Afterwards:
  buzon-server status            (every morning: what there is, and what should worry you)
  buzon-server expire            (tells what it would delete, and why)
  buzon-server expire --yes
  buzon-server backup --out box.age --recipient age1...
  buzon-server restore --from box.age --identity-file backup.key --data NEWFOLDER
  buzon-server trust trust.json

Every command takes --data FOLDER; without it the folder is /var/lib/buzon.
Exit codes: 0 done, 1 something was refused or should worry you, 2 wrong usage.
"""

Command = Callable[[argparse.Namespace, Tongue], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; the exit code."""
    tripwire.install()
    open_closed_streams()
    print_every_character()
    given = sys.argv[1:] if arguments is None else arguments
    say = tongue_of(given)
    options = _parser(say).parse_args(given)
    command: Command = options.run
    try:
        code = command(options, say)
        sys.stdout.flush()
    except BuzonError as error:
        print(
            f"{say.sentence(error.code)} [{error.code}] {visible_line(str(error))}",
            file=sys.stderr,
        )
        return REFUSED
    except (KeyboardInterrupt, EOFError):  # Ctrl-C, or Ctrl-D where something is asked
        return REFUSED
    except OSError:
        # Every file has an error of its own: this is standard output, full or closed.
        complain(say, "file-unwritable", ["standard output"])
        give_up_standard_output()
        return REFUSED
    return code


def _serve(options: argparse.Namespace, _: Tongue) -> int:
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


def _publish(options: argparse.Namespace, say: Tongue) -> int:
    settings = open_folder(options.data)
    published = publish_folder(
        open_database(settings), options.folder, held_trust(settings), utc_now()
    )
    serial, expires = published.roster.serial, published.roster.expires
    weeks = len(published.freshness.weeks)
    print(
        say(
            f"Publicado: lista de abogados número {serial}, vale hasta el {expires}; semanas"
            f" firmadas: {weeks}.",
            f"Published: list of lawyers number {serial}, valid to {expires}; weeks signed:"
            f" {weeks}.",
        )
    )
    return DONE


def _weekly_keys(options: argparse.Namespace, say: Tongue) -> int:
    count = export_weekly_keys(
        open_database(open_folder(options.data)), options.folder, utc_now().date()
    )
    print(
        say(
            f"Claves semanales en {options.folder}: {count}.  Llévelas a los directores.",
            f"Weekly keys in {options.folder}: {count}.  Carry them to the directors.",
        )
    )
    return DONE


def _parser(say: Tongue) -> Arguments:
    parser = Arguments(
        say,
        prog="buzon-server",
        description=say(
            "Operar el buzón: guarda envíos que no puede abrir.",
            "Run the box: it holds cells that it cannot open.",
        ),
        epilog=say(_EXAMPLES_ES, _EXAMPLES_EN),
    )
    new_command = parser.commands(say("ORDEN", "COMMAND"))

    def command(name: str, run: Command, es: str, en: str) -> Arguments:
        made = new_command(name, help=say(es, en), description=say(es, en))
        made.set_defaults(run=run)
        add_data(made, say)
        return made

    cli_making.add_commands(command, say)
    serving = command(
        "serve",
        _serve,
        "servir el buzón y el escritorio hasta que se detenga",
        "serve intake and desk until stopped",
    )
    for name, default in (("intake", INTAKE), ("desk", DESK)):
        serving.add_argument(
            f"--{name}",
            default=default,
            metavar="ADDRESS",
            help=say(
                f"dirección local y puerto (0: cualquiera), o unix:/ruta (si no: {default})",
                f"loopback address and port (0: any), or unix:/path (default: {default})",
            ),
        )
    serving.add_argument(
        "--json",
        action="store_true",
        help=say("decir las direcciones en JSON", "tell the addresses in JSON"),
    )
    publishing = command(
        "publish",
        _publish,
        "publicar lo que firmaron los directores",
        "publish what the directors signed",
    )
    publishing.add_argument(
        "folder",
        type=Path,
        metavar="FOLDER",
        help=say("la carpeta que hicieron los directores", "from the ceremony"),
    )
    cli_status.add_commands(command, say)
    cli_backup.add_commands(command, say)
    keys = command(
        "weekly-keys",
        _weekly_keys,
        "escribir las claves entregadas, para los directores",
        "write the keys handed in, for the directors",
    )
    keys.add_argument(
        "folder", type=Path, metavar="FOLDER", help=say("nueva o vacía", "new or empty")
    )
    cli_account.add_commands(new_command, say)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
