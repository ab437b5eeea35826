"""What a person is asked at the terminal: passphrases, and whether to go on.

No secret is ever an argument: a passphrase is typed, or read from a file.
"""

import argparse
import getpass
import sys
from pathlib import Path

from crypto.airgap import durable
from crypto.airgap.program import Tongue
from crypto.errors import BuzonError

_MAX_PASSPHRASE_BYTES = 4 * 1024


class PassphraseEmptyError(BuzonError):
    """No passphrase was given where one is needed."""

    code = "passphrase-empty"


class PassphraseDiffersError(BuzonError):
    """The passphrase typed the second time is not that of the first time."""

    code = "passphrase-differs"


class PassphraseNotTextError(BuzonError):
    """The passphrase's file is no UTF-8 text."""

    code = "passphrase-not-text"


class NotConfirmedError(BuzonError):
    """The person did not say yes."""

    code = "not-confirmed"


def passphrase_from(options: argparse.Namespace, say: Tongue) -> str:
    """The passphrase of a key file that exists.

    Raises:
        FileUnreadableError, PassphraseNotTextError, PassphraseEmptyError
    """
    file: Path | None = options.passphrase_file
    if file is not None:
        return _first_line(file)
    return _ask(say("Contraseña: ", "Passphrase: "))


def new_passphrase_from(options: argparse.Namespace, say: Tongue) -> str:
    """A passphrase for a new key file, typed twice.

    Raises:
        FileUnreadableError, PassphraseNotTextError, PassphraseEmptyError,
        PassphraseDiffersError
    """
    file: Path | None = options.passphrase_file
    if file is not None:
        return _first_line(file)
    first = _ask(say("Contraseña nueva: ", "New passphrase: "))
    if _ask(say("Otra vez: ", "Once more: ")) != first:
        raise PassphraseDiffersError("typed differently")
    return first


def confirm(question: str, say: Tongue, *, already: bool) -> None:
    """Go on only when the person says yes, now or *already* in the arguments.

    Raises:
        NotConfirmedError
    """
    if already:
        return
    try:
        answer = input(f"{question} {say('[sí/no]', '[yes/no]')} ")
    except (EOFError, UnicodeDecodeError):
        answer = ""
    if answer.strip().lower() not in {"sí", "si", "s", "yes", "y"}:
        raise NotConfirmedError("no was said")


def _first_line(file: Path) -> str:
    content = durable.read_file(file, _MAX_PASSPHRASE_BYTES)
    try:
        first = content.split(b"\n", 1)[0].decode("utf-8")
    except UnicodeDecodeError:
        refusal = PassphraseNotTextError("not UTF-8")
        refusal.add_note(file.name)
        raise refusal from None
    # Some editors begin a text with a mark that nobody sees or types.
    passphrase = first.removeprefix("\ufeff").rstrip("\r")
    if not passphrase:
        raise PassphraseEmptyError("an empty line")
    return passphrase


def _ask(prompt: str) -> str:
    if not sys.stdin.isatty():
        raise PassphraseEmptyError("no terminal to ask at")
    passphrase = getpass.getpass(prompt)
    if not passphrase:
        raise PassphraseEmptyError("nothing was typed")
    return passphrase
