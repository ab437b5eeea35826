"""Arguments that several commands of `buzon-courier` take."""

import argparse
from collections.abc import Callable
from pathlib import Path

from crypto.tongue import Arguments, Tongue

Command = Callable[[argparse.Namespace, Tongue], int]

Add = Callable[[str, Command, str, str], Arguments]
"""Add a command by its name, and what it is for in Spanish and in English."""


def add_account(parser: argparse.ArgumentParser, say: Tongue) -> None:
    """For commands that are told where the desk is, and as whom."""
    parser.add_argument(
        "--desk",
        required=True,
        metavar="URL",
        help=say("dirección del escritorio", "address of the desk"),
    )
    parser.add_argument(
        "--account",
        required=True,
        metavar="NAME",
        help=say("su cuenta en él", "your account there"),
    )


def add_login(parser: argparse.ArgumentParser, say: Tongue) -> None:
    """For commands that open a session at the desk."""
    parser.add_argument(
        "--passphrase-file",
        type=Path,
        metavar="FILE",
        help=say(
            "su primera línea es la contraseña (si no, se pregunta)",
            "its first line is the passphrase (otherwise it is asked for)",
        ),
    )
    parser.add_argument(
        "--code-file",
        type=Path,
        metavar="FILE",
        help=say(
            "su primera línea es el código de seis dígitos o de recuperación (si no, se pregunta)",
            "its first line is the code of six digits or of recovery (otherwise it is asked for)",
        ),
    )


def add_json(parser: argparse.ArgumentParser, say: Tongue) -> None:
    """For commands that a script runs."""
    parser.add_argument(
        "--json",
        action="store_true",
        help=say("responder en JSON, sin avance", "answer in JSON, without progress"),
    )
