"""The commands `backup`, `restore` and `trust`: what outlives a machine or its directors.

Only app/cli.py and app/cli_making.py depend on this module.
"""

import argparse
import re
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from app.age import decrypting, encrypting
from app.backup import write_backup
from app.cli_status import NewCommand
from app.clock import utc_now
from app.db import open_database
from app.errors import SourceUnreadableError
from app.folder import change_trust, open_folder
from app.making import Progress
from app.restore import restoring
from crypto.endings import ended_like_ctrl_c
from crypto.fingerprint import fingerprint_words
from crypto.terminal import visible_line
from crypto.tongue import DONE, WRONG_USAGE, Tongue
from crypto.trust import Trust

_RECIPIENT = re.compile("age1[0-9a-z]{20,200}")

_BACKUP_ES = """\
El servidor puede seguir trabajando.  En el archivo, cifrado: los envíos, los recibos, lo
publicado, los ajustes, quiénes son los directores, y las cuentas del escritorio con lo que
reconoce sus contraseñas y códigos.  Ninguna clave que abra un envío: el servidor no tiene ninguna.

Un respaldo guarda lo que se borre después, y los días en que llegó, mientras usted lo conserve.
Guarde pocos y por poco tiempo: dos semanas bastan.  Deje la clave que lo abre (AGE-SECRET-KEY)
en otra máquina: esta orden nunca la necesita.

Ejemplos:
  age-keygen -o respaldo.key              (en otra máquina; muestra para quién se cifra, age1...)
  buzon-server backup --out /mnt/buzon-2026-03-18.age --recipient age1...
  buzon-server backup --out buzon.age --recipients-file para-quienes.txt
"""
_BACKUP_EN = """\
The server may run meanwhile.  In the file, encrypted: cells, receipts, what is published,
settings, the trust, and the accounts of the desk with what recognises their passphrases and
second factors.  No key that opens a cell: the server has none.

A backup keeps the cells that are deleted later, and the days on which they came, for as long
as you keep the backup.  So keep few, and not for long: two weeks are enough.  Keep the
identity (AGE-SECRET-KEY) on another machine: this command never needs it.

Examples:
  age-keygen -o backup.key                (on another machine; shows the recipient, age1...)
  buzon-server backup --out /mnt/buzon-2026-03-18.age --recipient age1...
  buzon-server backup --out box.age --recipients-file recipients.txt
"""
_RESTORE_ES = """\
El archivo no dice quién hizo el respaldo: restaure sólo lo que usted guardó, y compare las doce
palabras que se muestran al final con las de los directores.

Ejemplos:
  buzon-server restore --from buzon-2026-03-18.age --identity-file respaldo.key --data /var/lib/buzon
"""
_RESTORE_EN = """\
Age does not say who made a backup: restore only what you kept yourself, and compare the
twelve words that are shown at the end with those of the directors.  The desk's accounts are
those of that day: remove whoever has left since, or was never there.

Examples:
  buzon-server restore --from buzon-2026-03-18.age --identity-file backup.key --data /var/lib/buzon
"""
_TRUST_ES = """\
Lo firmaron los directores de antes y los nuevos.  El sitio se construye con él en el mismo acto.
Después publique lo que firmaron los nuevos y reinicie el servidor: entretanto los navegadores no
envían nada.

Ejemplos:
  buzon-server trust trust.json
  buzon-server publish /media/memoria/publicacion
"""
_TRUST_EN = """\
The directors of before and the new ones signed it.  The site is built for it in the same act.
Then publish what the new directors signed, and restart the server: in between, browsers send
nothing.

Examples:
  buzon-server trust trust.json
  buzon-server publish /media/stick/publication
"""


def add_commands(command: NewCommand, say: Tongue) -> None:
    """Add the three to the program's parser."""
    backing = command(
        "backup",
        _backup,
        "escribir todo en un solo archivo cifrado",
        "write everything to one encrypted file",
    )
    backing.epilog = say(_BACKUP_ES, _BACKUP_EN)
    backing.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help=say("archivo nuevo", "a new file")
    )
    backing.add_argument(
        "--recipient",
        type=_recipient(say),
        action="append",
        default=[],
        metavar="AGE1...",
        help=say(
            "quién lo puede abrir; puede darse varias veces",
            "who can open it; may be given several times",
        ),
    )
    backing.add_argument(
        "--recipients-file",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help=say("lo mismo, uno por renglón", "the same, one on each line"),
    )
    restoring = command(
        "restore",
        _restore,
        "hacer una carpeta de datos con un respaldo",
        "make a data folder out of a backup",
    )
    restoring.epilog = say(_RESTORE_ES, _RESTORE_EN)
    restoring.add_argument(
        "--from",
        dest="source",
        type=Path,
        required=True,
        metavar="FILE",
        help=say("el respaldo", "the backup"),
    )
    restoring.add_argument(
        "--identity-file",
        type=Path,
        required=True,
        metavar="FILE",
        help=say("la clave que lo abre", "the key that opens it"),
    )
    trusting = command(
        "trust", _trust, "tomar un cambio de directores", "take over a change of directors"
    )
    trusting.epilog = say(_TRUST_ES, _TRUST_EN)
    trusting.add_argument(
        "file", type=Path, metavar="FILE", help=say("el trust.json nuevo", "the new trust.json")
    )


def _recipient(say: Tongue) -> Callable[[str], str]:
    """What takes a recipient of age as it is written."""

    def recipient(text: str) -> str:
        if not _RECIPIENT.fullmatch(text):
            told = say(
                "para quién se cifra empieza con age1", "a recipient of age begins with age1"
            )
            raise argparse.ArgumentTypeError(told)
        return text

    return recipient


def _backup(options: argparse.Namespace, say: Tongue) -> int:
    if not options.recipient and not options.recipients_file:
        print(
            say(
                "Falta para quién se cifra: --recipient o --recipients-file.",
                "Who it is encrypted for is missing: --recipient or --recipients-file.",
            ),
            file=sys.stderr,
        )
        return WRONG_USAGE
    settings = open_folder(options.data)
    engine = open_database(settings)
    with (
        ended_like_ctrl_c(),
        encrypting(options.recipient, options.recipients_file, options.out) as out,
    ):
        write_backup(engine, settings, out, utc_now().date(), _progress())
    print(
        say(
            f"El respaldo está en {options.out}.  Guarda también lo que se borre después: no lo"
            " conserve más de dos semanas.",
            f"The backup is in {options.out}.  It keeps what is deleted later, too: do not keep"
            " it for more than two weeks.",
        )
    )
    return DONE


def _restore(options: argparse.Namespace, say: Tongue) -> int:
    with (
        ended_like_ctrl_c(),
        ExitStack() as making,  # ends after age has said whether the backup was whole
        decrypting(options.source, options.identity_file) as source,
    ):
        restored = making.enter_context(restoring(source, options.data, _progress()))
    print(
        say(
            f"{options.data}: el buzón del {restored.day}, con {restored.cells} envíos.",
            f"{options.data}: the box of {restored.day}, with {restored.cells} cells.",
        )
    )
    if restored.damaged:
        print(
            say(
                f"{restored.damaged} estaban dañados cuando se hizo el respaldo y quedaron fuera.",
                f"{restored.damaged} were damaged when the backup was made, and are left out.",
            )
        )
    names = ", ".join(map(visible_line, restored.untrusted_accounts))
    if names:
        print(
            say(
                f"Cuentas del escritorio: {names}.  Quite las que ya no deban entrar, o que usted"
                " no hizo: `account remove`.",
                f"Accounts of the desk: {names}.  Remove those that should not log in any more,"
                " or that you did not make: `account remove`.",
            )
        )
    _show_words(say, restored.trust)
    return DONE


def _trust(options: argparse.Namespace, say: Tongue) -> int:
    settings = open_folder(options.data)
    with ended_like_ctrl_c():
        trust = change_trust(settings, trust_file(options.file))
    _show_words(say, trust)
    print(
        say(
            "El sitio está construido para estos directores.  Ahora publique lo que firmaron y"
            " reinicie el servidor; mientras tanto nadie puede enviar.",
            "The site is built for these directors.  Now publish what they signed and restart"
            " the server; until then witnesses cannot send.",
        )
    )
    return DONE


def trust_file(path: Path) -> bytes:
    """The bytes of a trust, unverified.  Raises SourceUnreadableError."""
    try:
        with path.open("rb") as file:
            return file.read(Trust.max_envelope_bytes() + 1)
    except OSError as error:
        raise SourceUnreadableError(f"{error.strerror}: {path}") from None


def _show_words(say: Tongue, trust: Trust) -> None:
    words = fingerprint_words(trust.payload_hash, say.language)
    print(
        say(
            f"Las doce palabras de los directores: {words}", f"The directors' twelve words: {words}"
        )
    )


def _progress() -> Progress:
    """What tells a person at a terminal how far it is."""
    told = -1

    def tell(done: int, of: int) -> None:
        nonlocal told
        percent = 100 * done // of
        if percent > told and sys.stderr.isatty():
            told = percent
            print(f"\r{percent} %", end="\n" if done == of else "", file=sys.stderr, flush=True)

    return tell
