"""What `buzon-witness` can be asked to do, and the help that says so."""

from pathlib import Path

from crypto.tongue import Arguments, Tongue

_EXAMPLES_ES = """\
Ejemplos:
  buzon-courier fetch --intake http://buzon.onion caja
  buzon-witness seal --directory caja/directory.json --trust trust.json \\
      --text relato.txt --attach foto.jpg --out testimonio.sellado
  buzon-courier deliver --intake http://buzon.onion testimonio.sellado
  buzon-witness read --board caja/board --directory caja/directory.json --trust trust.json

Ninguna orden de este programa toca una red.
Códigos de salida: 0 hecho, 1 algo fue rechazado, 2 uso incorrecto.
"""
_EXAMPLES_EN = """\
Examples:
  buzon-courier fetch --intake http://box.onion box
  buzon-witness seal --directory box/directory.json --trust trust.json \\
      --text account.txt --attach photo.jpg --out testimony.sealed
  buzon-courier deliver --intake http://box.onion testimony.sealed
  buzon-witness read --board box/board --directory box/directory.json --trust trust.json

No command of this program reaches a network.
Exit codes: 0 done, 1 something was refused, 2 wrong usage.
"""


def build_parser(say: Tongue) -> Arguments:
    """The parser of the program's arguments."""
    examples = say(_EXAMPLES_ES, _EXAMPLES_EN)
    parser = Arguments(
        say,
        prog="buzon-witness",
        description=say(
            "Sellar un testimonio en un archivo, y leer las respuestas.",
            "Seal a testimony into a file, and read the replies to it.",
        ),
        epilog=examples,
    )
    new_command = parser.commands(say("ORDEN", "COMMAND"))

    def add(name: str, es: str, en: str) -> Arguments:
        made = new_command(name, help=say(es, en), description=say(es, en), epilog=examples)
        made.set_defaults(command=name)
        _add_shared(made, say)
        return made

    _seal(
        add(
            "seal",
            "sellar un relato y archivos; muestra la frase una sola vez",
            "seal an account and files; shows the phrase once",
        ),
        say,
    )
    read = add(
        "read",
        "mostrar las respuestas que hay en el tablero para una frase",
        "show the replies that the board holds for a phrase",
    )
    read.add_argument(
        "--board",
        type=Path,
        required=True,
        metavar="FILE",
        help=say("como lo guardó buzon-courier", "as buzon-courier fetched it"),
    )
    return parser


def _add_shared(parser: Arguments, say: Tongue) -> None:
    parser.add_argument(
        "--directory",
        type=Path,
        required=True,
        metavar="FILE",
        help=say("el directorio, como lo mandó el buzón", "as the box sent it"),
    )
    parser.add_argument(
        "--trust",
        type=Path,
        required=True,
        metavar="FILE",
        help=say("quiénes son los directores", "who the directors are"),
    )
    parser.add_argument(
        "--phrase-file",
        "--passphrase-file",
        type=Path,
        metavar="FILE",
        help=say(
            "archivo con las doce palabras (si no, se preguntan)",
            "file that holds the twelve words (otherwise they are asked for)",
        ),
    )
    parser.add_argument(
        "--json", action="store_true", help=say("contestar en JSON", "answer in JSON")
    )


def _seal(seal: Arguments, say: Tongue) -> None:
    seal.add_argument(
        "--text",
        required=True,
        metavar="FILE",
        help=say("el relato, en UTF-8; - lo lee de la entrada", "the account, UTF-8; - reads it"),
    )
    seal.add_argument(
        "--attach",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help=say("un archivo; puede repetirse", "a file; may be repeated"),
    )
    seal.add_argument(
        "--to",
        nargs="+",
        default=["all"],
        metavar="TEAM",
        help=say("quién lee: all (todas), o equipos", "who reads: all, or teams"),
    )
    seal.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FILE",
        help=say("archivo nuevo, o una carpeta para él", "new file, or a folder for it"),
    )
    seal.add_argument(
        "--follow-up",
        action="store_true",
        help=say(
            "hablar otra vez en el hilo de una frase (--phrase-file ya lo dice)",
            "speak again in the thread of a phrase (implied by --phrase-file)",
        ),
    )
    seal.add_argument(
        "--read-board",
        type=Path,
        metavar="FILE",
        help=say(
            "decir qué respuestas de este tablero ya se leyeron",
            "say which replies on this board were read",
        ),
    )
