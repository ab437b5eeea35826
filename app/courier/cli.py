"""The program `buzon-courier`: its languages, its help, its exit codes.

What each command does stands in `trip_cli` and `step_cli`.
"""

import argparse
import sys
from collections.abc import Sequence

from app import tripwire
from app.courier import step_cli, trip_cli
from app.courier.arguments import Command
from app.courier.errors import code_of
from app.courier.texts import text
from crypto.endings import ended_like_ctrl_c
from crypto.errors import BuzonError
from crypto.tongue import REFUSED, Arguments, Tongue, complain, print_every_character, tongue_of

_EXAMPLES_ES = """\
Ejemplos:
  buzon-courier setup /media/memoria/bolsa --desk http://….onion --account mezquite --launcher
  buzon-courier trip /media/memoria/bolsa
  buzon-courier window /media/memoria/bolsa
  buzon-courier pull --desk http://….onion --account mezquite /media/memoria/bolsa
  buzon-courier push --desk http://….onion --account mezquite /media/memoria/bolsa
  buzon-courier deliver --intake http://….onion testimonio.sellado
  buzon-courier fetch --intake http://….onion carpeta

La bolsa es una carpeta en una memoria USB; una carpeta vacía se vuelve bolsa.  La memoria
puede sacarse en cualquier momento: repita la misma orden para continuar.
Una dirección .onion se alcanza por Tor en 127.0.0.1:9050 si --proxy no dice otra cosa.
Códigos de salida: 0 hecho, 1 algo fue rechazado, 2 uso incorrecto.
"""
_EXAMPLES_EN = """\
Examples:
  buzon-courier setup /media/stick/pouch --desk http://….onion --account mezquite --launcher
  buzon-courier trip /media/stick/pouch
  buzon-courier window /media/stick/pouch
  buzon-courier pull --desk http://….onion --account mezquite /media/stick/pouch
  buzon-courier push --desk http://….onion --account mezquite /media/stick/pouch
  buzon-courier deliver --intake http://….onion testimony.sealed
  buzon-courier fetch --intake http://….onion board-folder

The pouch is a folder on a USB stick; an empty folder becomes one.  The stick may be
unplugged at any moment: run the same command again to go on.
An .onion address is reached through Tor at 127.0.0.1:9050 unless --proxy says otherwise.
Exit codes: 0 done, 1 something was refused, 2 wrong usage.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; the exit code."""
    tripwire.install()
    print_every_character()
    given = sys.argv[1:] if arguments is None else list(arguments)
    say = tongue_of(given)
    options = _parser(say).parse_args(given)
    command: Command = options.command
    try:
        with ended_like_ctrl_c():
            return command(options, say)
    except BuzonError as error:
        complain(say, code_of(error), getattr(error, "__notes__", ()))
    except KeyboardInterrupt:
        if command not in {trip_cli.trip, trip_cli.window}:  # these have told it
            print(f"\n{text('interrupted', say.language)}", file=sys.stderr)
    except OSError:  # where we print to is full or closed
        complain(say, "file-unwritable")
    return REFUSED


def _parser(say: Tongue) -> argparse.ArgumentParser:
    parser = Arguments(
        say,
        prog="buzon-courier",
        description=say(
            "Lleva y trae celdas y documentos entre los servidores y una bolsa.",
            "Carry cells and documents between the servers and a pouch.",
        ),
        epilog=say(_EXAMPLES_ES, _EXAMPLES_EN),
    )
    new_command = parser.commands(say("ORDEN", "COMMAND"))

    def add(name: str, command: Command, es: str, en: str) -> Arguments:
        added = new_command(
            name, help=say(es, en), description=say(es, en), epilog=say(_EXAMPLES_ES, _EXAMPLES_EN)
        )
        added.set_defaults(command=command)
        return added

    trip_cli.add_commands(add, say)
    step_cli.add_commands(add, say)
    return parser


if __name__ == "__main__":
    sys.exit(main())
