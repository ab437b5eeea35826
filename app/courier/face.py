"""Face: how a trip speaks with whoever carries, at a terminal or in windows.

A trip knows this and nothing of terminals or windows.
"""

from collections.abc import Sequence
from typing import Protocol

from app.courier.destination import Destination
from app.courier.login import Login
from app.courier.progress import Pace
from app.courier.texts import text
from crypto.sentences import sentence
from crypto.terminal import visible_line
from crypto.wordlist import Language


class Face(Protocol):
    """What a person sees of a trip, and how she stops it."""

    def ask(self, destination: Destination, reason: str) -> Login:
        """Show where the passphrase goes, then ask for it and for a code.

        *reason* is as in `login.Ask`.

        Raises:
            KeyboardInterrupt: she stops the trip.
        """

    def show(self, pace: Pace) -> None:
        """How far a stage is."""

    def tell(self, line: str) -> None:
        """What is going on."""

    def end(self, lines: Sequence[str], *, well: bool) -> None:
        """What the trip came to, and that it is over."""

    def break_off(self, lines: Sequence[str]) -> None:
        """The same, when she or the system ended the trip."""


def before_login(destination: Destination, reason: str, language: Language) -> list[str]:
    """What she should know before she types: why again, and where it goes."""
    told = []
    if reason == "session-needed":
        told += [text("next-code", language), ""]
    elif reason:
        told += [sentence(reason, language), ""]
    told.append(text("desk", language, desk=visible_line(destination.desk)))
    words = destination.desk_words(language)
    if words:
        told.append(text("desk-words", language, words=words))
    told.append(text("account", language, account=destination.account))
    told.append(text("compare", language))
    return told
