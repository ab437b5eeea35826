"""Login: what opens a session at the desk, and how somebody is asked for it.

A code serves once and a passphrase is not kept, so whoever carries is asked again when
the session ends before the trip does.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from app.courier.errors import LoginError, RefusedError
from crypto.asking import first_line, typed

# Refusals that typing again, or the next code, may mend.
ASK_AGAIN = frozenset({LoginError.code, "too-many"})


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Login:
    """A passphrase, and a code of the telephone's or a recovery code.  Never kept."""

    passphrase: str = field(repr=False)
    code: str = field(repr=False)


Ask = Callable[[str], Login]
"""Ask for a login.  The argument is the code of the refusal that makes it necessary, or
"" at the first time.  Raises BuzonError or KeyboardInterrupt when nobody answers."""


def from_files(passphrase: Path | None, code: Path | None, prompts: tuple[str, str]) -> Ask:
    """Read the first lines of files; at the terminal, ask for what has none.

    *prompts* are for passphrase and code.  What files say does not change when it is
    refused, so with a code of a file nothing is tried twice.
    """

    def ask(reason: str) -> Login:
        if reason and code is not None:
            if reason == LoginError.code:
                raise LoginError("refused")
            raise RefusedError(reason)
        return Login(
            typed(prompts[0]) if passphrase is None else first_line(passphrase),
            typed(prompts[1]) if code is None else first_line(code),
        )

    return ask
