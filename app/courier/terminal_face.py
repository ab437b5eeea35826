"""A trip at the terminal: lines on the error stream, the summary on standard output."""

import sys
from collections.abc import Sequence
from pathlib import Path

from app.courier.destination import Destination
from app.courier.face import before_login
from app.courier.login import Login, from_files
from app.courier.progress import Pace
from app.courier.texts import pace_line, text
from crypto.wordlist import Language


class Terminal:
    """A `Face`."""

    def __init__(
        self,
        language: Language,
        passphrase_file: Path | None = None,
        code_file: Path | None = None,
        *,
        quiet: bool = False,
    ) -> None:
        """What no file says is typed.  *quiet* tells what a person must know, no more."""
        self._language = language
        self._quiet = quiet
        self._login = from_files(
            passphrase_file, code_file, (text("passphrase", language), text("code", language))
        )

    def ask(self, destination: Destination, reason: str) -> Login:
        """As `Face.ask`."""
        for line in before_login(destination, reason, self._language):
            print(line, file=sys.stderr)
        return self._login(reason)

    def show(self, pace: Pace) -> None:
        """As `Face.show`."""
        self.tell(pace_line(pace, self._language))

    def tell(self, line: str) -> None:
        """As `Face.tell`."""
        if not self._quiet:
            print(line, file=sys.stderr, flush=True)

    def end(self, lines: Sequence[str], *, well: bool) -> None:
        """As `Face.end`."""
        if not (well and self._quiet):
            print("\n".join(lines), file=sys.stdout if well else sys.stderr, flush=True)

    def break_off(self, lines: Sequence[str]) -> None:
        """As `Face.break_off`."""
        self.end(["", *lines], well=False)
