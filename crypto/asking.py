"""Asking: how a program comes to know a secret: typed, or the first line of a file.

No secret is ever an argument.  Anybody may depend on this module.
"""

import getpass
import sys
from pathlib import Path

from crypto.errors import BuzonError

_MAX_SECRET_BYTES = 4 * 1024


class PassphraseEmptyError(BuzonError):
    """No passphrase was given where one is needed."""

    code = "passphrase-empty"


class PassphraseNotTextError(BuzonError):
    """The passphrase's file is no UTF-8 text."""

    code = "passphrase-not-text"


class PassphraseDiffersError(BuzonError):
    """The passphrase typed the second time is not that of the first time."""

    code = "passphrase-differs"


class SecretFileUnreadableError(BuzonError):
    """The file that should hold a secret is not there, or the disk does not give it."""

    code = "file-unreadable"


def first_line(file: Path) -> str:
    """The first line of *file*; of a longer one, 4 KiB, which is no passphrase of anybody.

    Raises:
        SecretFileUnreadableError, PassphraseNotTextError, PassphraseEmptyError: the first
            two with the file's name as a note.
    """
    try:
        with file.open("rb") as opened:
            secret = opened.readline(_MAX_SECRET_BYTES).decode("utf-8")
    except OSError:
        unreadable = SecretFileUnreadableError(file.name)
        unreadable.add_note(file.name)
        raise unreadable from None
    except UnicodeDecodeError:
        refusal = PassphraseNotTextError("not UTF-8")
        refusal.add_note(file.name)
        raise refusal from None
    # Some editors begin a text with a mark that nobody sees or types.
    secret = secret.removeprefix("\ufeff").rstrip("\r\n")
    if not secret:
        raise PassphraseEmptyError("an empty line")
    return secret


def typed(prompt: str) -> str:
    """What a person types at the terminal, which does not show it.

    Raises:
        PassphraseEmptyError: nothing, or there is no terminal.
    """
    if not sys.stdin.isatty():
        raise PassphraseEmptyError("no terminal to ask at")
    secret = getpass.getpass(prompt)
    if not secret:
        raise PassphraseEmptyError("nothing was typed")
    return secret
