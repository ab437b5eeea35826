"""What a person is asked at the terminal: passphrases, and whether to go on.

No secret is ever an argument: a passphrase is typed, or read from a file.
"""

import argparse
from pathlib import Path

from crypto.airgap.program import Tongue
from crypto.asking import PassphraseDiffersError, first_line, typed
from crypto.errors import BuzonError


class NotConfirmedError(BuzonError):
    """The person did not say yes."""

    code = "not-confirmed"


def passphrase_from(options: argparse.Namespace, say: Tongue) -> str:
    """The passphrase of a key file that exists.

    Raises:
        SecretFileUnreadableError, PassphraseNotTextError, PassphraseEmptyError
    """
    file: Path | None = options.passphrase_file
    if file is not None:
        return first_line(file)
    return typed(say("Contraseña: ", "Passphrase: "))


def new_passphrase_from(options: argparse.Namespace, say: Tongue) -> str:
    """A passphrase for a new key file, typed twice.

    Raises:
        SecretFileUnreadableError, PassphraseNotTextError, PassphraseEmptyError,
        PassphraseDiffersError
    """
    file: Path | None = options.passphrase_file
    if file is not None:
        return first_line(file)
    first = typed(say("Contraseña nueva: ", "New passphrase: "))
    if typed(say("Otra vez: ", "Once more: ")) != first:
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
