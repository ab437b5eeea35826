"""Accounts of the desk: names and Argon2id hashes, nothing else.

Only `app` depends on this module.  Whether a name is known changes no work: an unknown
one is verified against a hash that nobody has the passphrase of.
"""

import re
import secrets
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Engine, delete, insert, select, update

from app.db import reading, writing
from app.errors import AccountError, LoginRefusedError, TooManyError
from app.models import NAME_CHARACTERS, Account

# RFC 9106, section 4, second recommendation: 64 MiB, three passes, four lanes.
HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
SHORTEST_PASSPHRASE = 16  # characters
LONGEST_PASSPHRASE = 1024
MOST_WAITING = 24  # half of the threads; it may be one or two more

_NAME = re.compile(f"[a-z][a-z0-9-]{{1,{NAME_CHARACTERS - 1}}}")


class Accounts:
    """Who may speak to the desk."""

    def __init__(self, engine: Engine, hasher: PasswordHasher = HASHER) -> None:
        self._engine = engine
        self._hasher = hasher
        self._turn = threading.Semaphore()  # one run at a time: 64 MiB, four lanes
        self._waiting = 0
        self._nobody = hasher.hash(secrets.token_urlsafe(32))

    def names(self) -> list[str]:
        """All names, ascending."""
        with reading(self._engine) as connection:
            return sorted(connection.scalars(select(Account.name)))

    def add(self, name: str, passphrase: str) -> None:
        """Make an account.

        Raises:
            AccountError: the name is malformed or taken, or the passphrase is too short,
                too long, or has a tab or another character that is not printed.
            ServerBusyError
        """
        if not _NAME.fullmatch(name):
            raise AccountError("2 to 40 of a-z, 0-9 and -, beginning with a letter")
        if not passphrase.isprintable():
            raise AccountError("a passphrase has letters, digits, signs and plain spaces only")
        if not SHORTEST_PASSPHRASE <= len(passphrase) <= LONGEST_PASSPHRASE:
            raise AccountError(f"a passphrase has at least {SHORTEST_PASSPHRASE} characters")
        if name in self.names():
            raise AccountError("there is an account of this name")
        hashed = self._hasher.hash(_normal(passphrase))
        with writing(self._engine) as connection:
            connection.execute(insert(Account).values(name=name, passphrase=hashed))

    def remove(self, name: str) -> None:
        """Delete an account; its sessions end with the program or their time.

        Raises:
            AccountError: there is none of this name.
            ServerBusyError
        """
        with writing(self._engine) as connection:
            gone = connection.execute(delete(Account).where(Account.name == name)).rowcount
        if not gone:
            raise AccountError("there is no account of this name")

    def check(self, name: str, passphrase: str) -> None:
        """Return when the passphrase is the account's; one Argon2id run either way.

        A hash of older parameters is replaced.

        Raises:
            LoginRefusedError: for every reason.
            TooManyError: too many wait already.
            ServerBusyError
        """
        if not (name + passphrase).isprintable():  # half a character cannot be hashed
            raise LoginRefusedError("refused")
        with reading(self._engine) as connection:
            found = connection.scalar(select(Account.passphrase).where(Account.name == name))
        normal = _normal(passphrase[: LONGEST_PASSPHRASE + 1])
        try:
            with self._one_at_a_time():
                self._hasher.verify(found or self._nobody, normal)
        except (VerificationError, InvalidHashError):
            raise LoginRefusedError("refused") from None
        if found is None:
            raise LoginRefusedError("refused")
        if self._hasher.check_needs_rehash(found):
            renewed = self._hasher.hash(normal)
            with writing(self._engine) as connection:
                connection.execute(
                    update(Account)
                    .where(Account.name == name, Account.passphrase == found)
                    .values(passphrase=renewed)
                )

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        if self._waiting >= MOST_WAITING:
            raise TooManyError("too many wait to open a session")
        self._waiting += 1
        try:
            with self._turn:
                yield
        finally:
            self._waiting -= 1


def _normal(passphrase: str) -> str:
    return unicodedata.normalize("NFC", passphrase)
