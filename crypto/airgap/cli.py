"""The program `buzon-workstation`: its arguments and its help.

What each command does stands in `crypto.airgap.station`, `identities`, `exposing`,
`trips` and `reading`.
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from crypto.airgap import (
    chain,
    colleagues,
    exposing,
    identities,
    program,
    reading,
    station,
    trips,
)
from crypto.airgap.backup.arguments import add_backups
from crypto.airgap.program import Arguments, Command, Tongue

_Add = Callable[[str, Command, str, str], argparse.ArgumentParser]

_EXAMPLES_ES = """\
Ejemplos:
  buzon-workstation init --trust trust.json --pseudonym Mezquite --team Norte --speaks es
  buzon-workstation card --out mezquite.card.json
  buzon-workstation import /media/memoria/bolsa
  buzon-workstation list
  buzon-workstation show 3f2a9c01
  buzon-workstation export 3f2a9c01 --out carpeta-nueva
  buzon-workstation export 3f2a9c01 --file 77aa01bc --out - | visor
  buzon-workstation reply 3f2a9c01 --text respuesta.txt --pouch /media/memoria/bolsa
  buzon-workstation backup-init --shares 3 --threshold 2
  buzon-workstation backup /media/respaldo
  buzon-workstation receipts /media/memoria/bolsa
  buzon-workstation restore /media/respaldo --vault boveda-nueva
  buzon-workstation rosters
  buzon-workstation hand-over 3f2a9c01 --to Huizache --pouch /media/memoria/bolsa --out /media/otra/entrega
  buzon-workstation take-over /media/otra/entrega
  buzon-workstation identity new --pseudonym Ahuehuete --out ahuehuete.card.json
  buzon-workstation exposure Huizache --seized 2026-03-04 --last-good 2026-03-01

Cada viaje lleva exactamente un lote de respuestas, haga falta o no: `import` deja uno en
la bolsa, y `reply --pouch` o `outgoing` lo cambian mientras no se haya llevado.
La bóveda está en ~/buzon-vault si --vault no dice otra cosa.
Códigos de salida: 0 hecho, 1 algo fue rechazado, 2 uso incorrecto.
"""
_EXAMPLES_EN = """\
Examples:
  buzon-workstation init --trust trust.json --pseudonym Mezquite --team Norte --speaks es
  buzon-workstation card --out mezquite.card.json
  buzon-workstation import /media/stick/pouch
  buzon-workstation list
  buzon-workstation show 3f2a9c01
  buzon-workstation export 3f2a9c01 --out new-folder
  buzon-workstation export 3f2a9c01 --file 77aa01bc --out - | viewer
  buzon-workstation reply 3f2a9c01 --text answer.txt --pouch /media/stick/pouch
  buzon-workstation backup-init --shares 3 --threshold 2
  buzon-workstation backup /media/backup
  buzon-workstation receipts /media/stick/pouch
  buzon-workstation restore /media/backup --vault new-vault
  buzon-workstation rosters
  buzon-workstation hand-over 3f2a9c01 --to Huizache --pouch /media/stick/pouch --out /media/other/handover
  buzon-workstation take-over /media/other/handover
  buzon-workstation identity new --pseudonym Ahuehuete --out ahuehuete.card.json
  buzon-workstation exposure Huizache --seized 2026-03-04 --last-good 2026-03-01

Every trip carries exactly one batch of replies, needed or not: `import` leaves one in the
pouch, and `reply --pouch` or `outgoing` replace it while it has not been carried.
The vault is in ~/buzon-vault unless --vault says otherwise.
Exit codes: 0 done, 1 something was refused, 2 wrong usage.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; return the exit code."""
    return program.run(arguments, _parser)


def _parser(say: Tongue) -> argparse.ArgumentParser:
    parser = Arguments(
        say,
        prog="buzon-workstation",
        description=say(
            "Abre testimonios, en una máquina sin red.",
            "Opens testimony, on a machine without network.",
        ),
        epilog=say(_EXAMPLES_ES, _EXAMPLES_EN),
    )
    new_command = parser.commands(say("ORDEN", "COMMAND"))
    _add_keeping(_adding(new_command, say), say)
    _add_identity(new_command, say)
    _add_exposure(_adding(new_command, say), say)
    _add_pouch(_adding(new_command, say), say)
    _add_reading(_adding(new_command, say), say)
    _add_colleagues(_adding(new_command, say), say)
    add_backups(_adding(new_command, say), say)
    return parser


def _adding(new_command: Callable[..., Arguments], say: Tongue) -> _Add:
    """What adds a command with the arguments that every one has."""

    def add(name: str, command: Command, es: str, en: str) -> argparse.ArgumentParser:
        added = new_command(
            name, help=say(es, en), description=say(es, en), epilog=say(_EXAMPLES_ES, _EXAMPLES_EN)
        )
        added.set_defaults(command=command)
        program.add_passphrase(added, say)
        program.add_today(added, say)
        added.add_argument(
            "--vault",
            type=Path,
            default=Path.home() / "buzon-vault",
            metavar="DIR",
            help=say("carpeta de la bóveda", "folder of the vault"),
        )
        return added

    return add


def _add_keeping(add: _Add, say: Tongue) -> None:
    init = add("init", station.init, "hacer una bóveda nueva", "make a new vault")
    program.add_memory(init, say)
    init.add_argument(
        "--trust",
        type=Path,
        required=True,
        metavar="FILE",
        help=say(
            "los directores (trust.json); compare por voz las doce palabras que se muestran",
            "the directors (trust.json); compare the twelve words shown by voice",
        ),
    )
    init.add_argument(
        "--pseudonym", required=True, help=say("nunca el nombre propio", "never your name")
    )
    init.add_argument("--team", required=True, help=say("equipo", "team"))
    init.add_argument(
        "--speaks",
        nargs="+",
        default=["es"],
        metavar="LANG",
        help=say("idiomas que usted lee: es en nah", "languages that you read: es en nah"),
    )
    card = add(
        "card",
        identities.card,
        "escribir la ficha para los directores y mostrar sus doce palabras",
        "write the card for the directors and show its twelve words",
    )
    card.add_argument("--out", type=Path, required=True, metavar="FILE")
    card.add_argument(
        "--of",
        metavar="PSEUDONYM",
        help=say(
            "de cuál de sus identidades (la más nueva)", "of which of your identities (the newest)"
        ),
    )
    trust = add(
        "trust",
        station.trust,
        "pasar a los nuevos directores, que firmaron los de antes y los nuevos",
        "go over to new directors, signed by those before and the new ones",
    )
    trust.add_argument("file", type=Path, metavar="FILE")
    rosters = add(
        "rosters",
        chain.rosters,
        "mostrar las listas de abogados que esta estación tiene, y lo que las contradice",
        "show the lists of lawyers that this station holds, and what contradicts them",
    )
    program.add_json(rosters, say)
    rosters.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help=say(
            "escribirlas, con las pruebas, en una carpeta nueva o vacía, para los directores",
            "write them, with the evidence, to a new or empty folder, for the directors",
        ),
    )
    rosters.add_argument(
        "--set-aside",
        metavar="ID",
        help=say(
            "no avisar más de esta contradicción; la prueba se queda",
            "warn of this contradiction no more; the evidence stays",
        ),
    )
    passphrase = add(
        "passphrase", station.passphrase, "cambiar la contraseña", "change the passphrase"
    )
    program.add_memory(passphrase, say)
    passphrase.add_argument(
        "--new-passphrase-file",
        type=Path,
        metavar="FILE",
        help=say("leer la contraseña nueva de aquí", "read the new passphrase from here"),
    )
    custody = add(
        "custody",
        station.custody,
        "comprobar y mostrar el registro de custodia",
        "check and show the custody log",
    )
    program.add_json(custody, say)


def _add_identity(new_command: Callable[..., Arguments], say: Tongue) -> None:
    told = say("sus identidades: una nueva, o mostrarlas", "your identities: a new one, or show")
    group = new_command("identity", help=told, epilog=say(_EXAMPLES_ES, _EXAMPLES_EN))
    add = _adding(group.commands(say("ORDEN", "COMMAND")), say)
    new = add(
        "new",
        identities.new,
        "hacer otra identidad en la misma bóveda, con claves y ficha nuevas; habla cuando los directores la ponen en la lista",
        "make another identity in the same vault, with new keys and card; it speaks once the directors put it on the roster",
    )
    new.add_argument(
        "--pseudonym",
        required=True,
        help=say(
            "otro que el de antes: un seudónimo vale para una sola clave",
            "another than before: a pseudonym stands for one key",
        ),
    )
    new.add_argument("--team", help=say("equipo (el de antes)", "team (as before)"))
    new.add_argument(
        "--speaks",
        nargs="+",
        default=[],
        metavar="LANG",
        help=say("idiomas que usted lee (los de antes)", "languages that you read (as before)"),
    )
    new.add_argument("--out", type=Path, required=True, metavar="FILE", help=say("ficha", "card"))
    new.add_argument(
        "--yes",
        action="store_true",
        help=say(
            "aunque ya espere otra identidad nueva", "even if another new identity waits already"
        ),
    )
    show = add(
        "show",
        identities.show,
        "mostrar las identidades y qué dice de ellas la lista verificada",
        "show the identities and what the verified roster says of them",
    )
    program.add_json(show, say)


def _add_exposure(add: _Add, say: Tongue) -> None:
    exposure = add(
        "exposure",
        exposing.exposure,
        "si toman la máquina de una colega: qué queda expuesto, y qué hacer",
        "when a colleague's machine is seized: what is exposed, and what to do",
    )
    program.add_seizure(exposure, say)
    program.add_json(exposure, say)


def _add_pouch(add: _Add, say: Tongue) -> None:
    importing = add(
        "import",
        trips.import_,
        "tomar de la bolsa todo lo que esté entero, y dejar en ella un lote para el viaje",
        "take all that is whole from the pouch, and leave a batch for the trip in it",
    )
    _add_pouch_folder(importing, say)
    program.add_json(importing, say)
    importing.add_argument(
        "--roster",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help=say(
            "una lista de abogados (roster.json) que esta estación no llegó a ver; se repite, en orden",
            "a roster (roster.json) that this station never saw; repeated, in order",
        ),
    )
    receipts = add(
        "receipts",
        trips.receipts,
        "firmar que esta estación tiene las celdas; el buzón las borra cuando firmaron suficientes",
        "sign that this station holds the cells; the box deletes them once enough have signed",
    )
    _add_pouch_folder(receipts, say)
    program.add_json(receipts, say)
    receipts.add_argument(
        "--held-by-two",
        action="store_true",
        help=say(
            "usted afirma que otra estación también las tiene; sin esto se firma sólo por las que "
            "tiene el último respaldo",
            "you say that a second station holds them too; without this, only those are signed "
            "for that the last backup holds",
        ),
    )
    outgoing = add(
        "outgoing",
        trips.outgoing,
        "rehacer el lote que espera en la bolsa, si ya no dice lo que debe",
        "make the batch that waits in the pouch again, if it no longer says what it should",
    )
    _add_pouch_folder(outgoing, say)
    keys = add(
        "keys",
        trips.keys,
        "hacer las claves semanales que faltan para 26 semanas, y ponerlas en la bolsa",
        "make the weekly keys missing for 26 weeks, and put them into the pouch",
    )
    _add_pouch_folder(keys, say)


def _add_reading(add: _Add, say: Tongue) -> None:
    listing = add("list", reading.list_, "mostrar los hilos", "show the threads")
    program.add_json(listing, say)
    show = add(
        "show",
        reading.show,
        "mostrar un hilo: mensajes, consentimiento, archivos, alarmas, respuestas",
        "show a thread: messages, consent, files, alarms, replies",
    )
    _add_thread(show, say)
    program.add_json(show, say)
    export = add(
        "export",
        reading.export,
        "escribir un hilo, o un archivo, fuera de la bóveda",
        "write a thread, or one file, outside the vault",
    )
    _add_thread(export, say)
    program.add_json(export, say)
    export.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="PATH",
        help=say(
            "carpeta nueva o vacía; con --file, archivo nuevo, o - para la salida estándar",
            "new or empty folder; with --file a new file, or - for standard output",
        ),
    )
    export.add_argument(
        "--file",
        metavar="FILE-ID",
        help=say("sólo este archivo", "this file only"),
    )
    reply = add("reply", reading.reply, "responder a un hilo", "answer a thread")
    _add_thread(reply, say)
    action = reply.add_mutually_exclusive_group(required=True)
    action.add_argument(
        "--text",
        metavar="FILE",
        help=say("el texto; - para la entrada estándar", "the text; - for standard input"),
    )
    action.add_argument(
        "--withdraw",
        type=int,
        metavar="NUMBER",
        help=say("dejar de enviar esta respuesta", "stop sending this reply"),
    )
    reply.add_argument(
        "--pouch",
        type=Path,
        metavar="POUCH",
        help=say(
            "rehacer de una vez el lote de esta bolsa", "make this pouch's batch again at once"
        ),
    )


def _add_colleagues(add: _Add, say: Tongue) -> None:
    giving = add(
        "hand-over",
        colleagues.hand_over,
        "entregar hilos a una colega que no puede abrirlos, si el testimonio lo permite",
        "hand threads over to a colleague who cannot open them, if the testimony allows it",
    )
    what = giving.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "thread",
        nargs="*",
        default=[],
        metavar="ID",
        help=say("hilos, como los muestra `list`", "threads, as `list` shows them"),
    )
    what.add_argument("--all", action="store_true", help=say("todos los hilos", "every thread"))
    giving.add_argument(
        "--to",
        required=True,
        metavar="NAME",
        help=say("a quién: seudónimo o número", "to whom: pseudonym or id"),
    )
    giving.add_argument(
        "--pouch",
        type=Path,
        required=True,
        metavar="POUCH",
        help=say(
            "bolsa de esta semana, que trae la clave de quien recibe",
            "this week's pouch, which brings the receiver's key",
        ),
    )
    giving.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="DIR",
        help=say("carpeta nueva en otra memoria", "new folder on another stick"),
    )
    giving.add_argument("--yes", action="store_true", help=say("no preguntar", "do not ask"))
    taking = add(
        "take-over",
        colleagues.take_over,
        "tomar los testimonios que entrega una colega",
        "take the testimonies that a colleague hands over",
    )
    taking.add_argument(
        "folder",
        type=Path,
        metavar="DIR",
        help=say("carpeta en la memoria", "folder on the stick"),
    )
    program.add_json(taking, say)


def _add_pouch_folder(parser: argparse.ArgumentParser, say: Tongue) -> None:
    parser.add_argument(
        "pouch",
        type=Path,
        metavar="POUCH",
        help=say("carpeta en la memoria", "folder on the stick"),
    )


def _add_thread(parser: argparse.ArgumentParser, say: Tongue) -> None:
    parser.add_argument(
        "thread",
        metavar="ID",
        help=say("como lo muestra `list`", "as `list` shows it"),
    )
