"""The arguments and the help of the four commands about backups.

What each command does stands in `crypto.airgap.backup.commands`.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

from crypto.airgap import program
from crypto.airgap.backup import commands
from crypto.airgap.backup.shares import MAX_SHARES
from crypto.airgap.program import Command, Tongue

_Add = Callable[[str, Command, str, str], argparse.ArgumentParser]


def add_backups(add: _Add, say: Tongue) -> None:
    """Add `backup-init`, `backup-check`, `backup` and `restore`."""
    init = add(
        "backup-init",
        commands.init,
        "hacer la clave de los respaldos y repartirla en listas de palabras sobre papel",
        "make the key of the backups, and split it into lists of words on paper",
    )
    _add_split(init, say)
    check = add(
        "backup-check",
        commands.check,
        "comprobar que las listas en papel todavía hacen la clave, sin mostrarla",
        "check that the lists on paper still make the key, without showing it",
    )
    _add_share_files(check, say)
    backup = add(
        "backup",
        commands.backup,
        "respaldar la bóveda en una memoria aparte, sin las claves semanales",
        "back the vault up to a stick of its own, without the weekly keys",
    )
    _add_stick(backup, say)
    program.add_json(backup, say)
    restore = add(
        "restore",
        commands.restore,
        "hacer otra vez la bóveda, en una carpeta nueva (--vault), desde un respaldo y las listas",
        "make the vault again, in a new folder (--vault), from a backup and the lists",
    )
    _add_stick(restore, say)
    _add_share_files(restore, say)
    program.add_memory(restore, say)
    restore.add_argument(
        "--number",
        type=int,
        metavar="N",
        help=say(
            "un respaldo anterior, cuando el último está dañado",
            "an earlier backup, when the last one is damaged",
        ),
    )
    restore.add_argument(
        "--yes",
        action="store_true",
        help=say("no preguntar si es el último respaldo", "do not ask whether it is the last"),
    )


def _add_split(parser: argparse.ArgumentParser, say: Tongue) -> None:
    parser.add_argument(
        "--shares",
        type=int,
        default=3,
        metavar="N",
        help=say(
            f"cuántas listas, cada una para un lugar distinto (2 a {MAX_SHARES}; sin esto, 3)",
            f"how many lists, each for a place of its own (2 to {MAX_SHARES}; otherwise 3)",
        ),
    )
    parser.add_argument(
        "--threshold",
        type=int,
        default=2,
        metavar="N",
        help=say(
            "cuántas hacen falta para restaurar (sin esto, 2)",
            "how many it takes to restore (otherwise 2)",
        ),
    )
    parser.add_argument(
        "--pages",
        type=Path,
        metavar="DIR",
        help=say(
            "en vez de mostrarlas, escribir una página por lista en esta carpeta, para imprimir; "
            "bórrelas después",
            "instead of showing them, write a page for each list into this folder, to be "
            "printed; delete them afterwards",
        ),
    )
    parser.add_argument(
        "--replace",
        action="store_true",
        help=say(
            "en lugar de las que hay: ésas abren sólo los respaldos de antes",
            "in the place of those there are: they open only the backups of before",
        ),
    )


def _add_share_files(parser: argparse.ArgumentParser, say: Tongue) -> None:
    parser.add_argument(
        "--share-file",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help=say(
            "leer una lista de este archivo, en vez de preguntarla; se repite",
            "read a list from this file instead of asking; repeated",
        ),
    )


def _add_stick(parser: argparse.ArgumentParser, say: Tongue) -> None:
    parser.add_argument(
        "stick",
        type=Path,
        metavar="STICK",
        help=say(
            "la memoria de los respaldos, que no es la de la bolsa",
            "the stick of the backups, which is not the pouch's",
        ),
    )
