"""Accounts of the desk: names, Argon2id hashes and second factors.

Only `app` depends on this module.  Whether a name is known changes no work: an unknown
one is verified against a hash that nobody has the passphrase of, and its code against a
secret that nobody has.

An account's epoch is random; every session holds the one it was opened under.  A new epoch
ends all of them, whichever process writes it.
"""

import re
import secrets
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import Engine, Row, delete, insert, select, update

from app.db import reading, writing, writing_traceless
from app.errors import (
    AccountError,
    CodeRefusedError,
    EnrolledError,
    LoginRefusedError,
    SecondFactorNeededError,
    SessionNeededError,
)
from app.guesses import Guesses
from app.models import EPOCH_BYTES, NAME_CHARACTERS, Account
from app.passphrases import HASHER, Passphrases
from app.second_factor import TOLERANCE, Factor, new_recovery, step_at

LONGEST_CODE = 64
LONGEST_LOGIN = 2  # steps that a code is on its way: for its turn, 30 s, and the database, 20 s

_NAME = re.compile(f"[a-z][a-z0-9-]{{1,{NAME_CHARACTERS - 1}}}")
_UNENROLLED: dict[str, Any] = {"secret": b"", "step": 0, "recovery": b""}


@dataclass(frozen=True, slots=True)
class Listed:
    """An account as the operator sees it."""

    name: str
    factor: Factor


class Accounts:
    """Who may speak to the desk."""

    def __init__(self, engine: Engine, hasher: PasswordHasher = HASHER) -> None:
        self._engine = engine
        self._passphrases = Passphrases(hasher)
        self._guesses = Guesses()

    # ------------------------------------------------------------------ for the operator

    def all(self) -> list[Listed]:
        """Every account, by name."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(Account.__table__)).all()
        return sorted((Listed(row.name, _factor(row)) for row in rows), key=lambda each: each.name)

    def add(self, name: str, passphrase: str) -> None:
        """Make an account, without a second factor.

        Raises:
            AccountError: the name is malformed or taken, or the passphrase is too short,
                too long, or has a tab or another character that is not printed.
            ServerBusyError
        """
        if not _NAME.fullmatch(name):
            raise AccountError("2 to 40 of a-z, 0-9 and -, beginning with a letter")
        hashed = self._passphrases.hashed(passphrase)
        with writing(self._engine) as connection:
            if connection.scalar(select(Account.name).where(Account.name == name)) is not None:
                raise AccountError("there is an account of this name")
            values = {"name": name, "passphrase": hashed, "epoch": _new_epoch(), **_UNENROLLED}
            connection.execute(insert(Account).values(values))

    def remove(self, name: str) -> None:
        """Delete an account; its sessions end.

        Raises:
            AccountError: there is none of this name.
            ServerBusyError
        """
        with writing(self._engine) as connection:
            gone = connection.execute(delete(Account).where(Account.name == name)).rowcount
        if not gone:
            raise AccountError("there is no account of this name")

    def change_passphrase(self, name: str, passphrase: str) -> None:
        """Another passphrase; the second factor stays, the sessions end.

        Raises:
            AccountError: there is no such account, or as in `add`.
            ServerBusyError
        """
        self._change(name, passphrase=self._passphrases.hashed(passphrase), epoch=_new_epoch())

    def reset(self, name: str) -> None:
        """Forget the second factor: the next login in the pages enrols another.

        Raises:
            AccountError: there is none of this name.
            ServerBusyError
        """
        self._change(name, epoch=_new_epoch(), **_UNENROLLED)

    def enrol(self, name: str, secret: bytes) -> tuple[str, ...]:
        """Give an account its second factor; ten recovery codes, which are nowhere else.

        Raises:
            AccountError: there is no such account.
            EnrolledError: it has a second factor.
            ServerBusyError
        """
        written, kept = new_recovery()
        with writing(self._engine) as connection:
            found = connection.scalar(select(Account.secret).where(Account.name == name))
            if found is None:
                raise AccountError("there is no account of this name")
            if found:
                raise EnrolledError("it has a second factor; `account reset` forgets it")
            connection.execute(
                update(Account)
                .where(Account.name == name)
                .values(secret=secret, recovery=kept, epoch=_new_epoch())
            )
        return written

    # ------------------------------------------------------------------ for the desk

    def check(
        self,
        name: str,
        passphrase: str,
        code: str,
        now: datetime,
        turn: AbstractContextManager[None] | None = None,
    ) -> bytes:
        """The account's epoch, when passphrase and code are right; the code is spent.

        One Argon2id run either way, when *turn* comes.  A hash of older parameters is
        replaced.  After too many wrong codes of a day only a recovery code is right.

        Raises:
            LoginRefusedError: for every reason.
            SecondFactorNeededError: the passphrase is right, and there is no second factor.
            ServerBusyError
            whatever *turn* raises.
        """
        if not (name + passphrase + code).isprintable():  # half a character cannot be hashed
            name = passphrase = code = ""  # nobody's: whoever is refused has waited for a turn
        with reading(self._engine) as connection:
            found = connection.execute(
                select(Account.__table__).where(Account.name == name)
            ).one_or_none()
        factor = Factor() if found is None else _factor(found)
        spent: Factor | None = None
        with suppress(CodeRefusedError):  # said after the work, and not in these words
            spent = factor.spent(code[:LONGEST_CODE], now)
        with turn or nullcontext():
            self._passphrases.check(None if found is None else found.passphrase, passphrase)
        assert found is not None
        if not factor.secret:
            raise SecondFactorNeededError(found.epoch)
        if spent is None:
            self._guesses.count(found.epoch, now.date())
            raise LoginRefusedError("refused")
        if spent.step != factor.step and self._guesses.are_too_many(found.epoch, now.date()):
            raise LoginRefusedError("refused")
        self._spend(found, spent, passphrase, now)
        epoch: bytes = found.epoch
        return epoch

    def check_epoch(self, epoch: bytes) -> None:
        """Return when an account is still in this epoch.

        Raises:
            SessionNeededError: none is.
            ServerBusyError
        """
        with reading(self._engine) as connection:
            if connection.scalar(select(Account.name).where(Account.epoch == epoch)) is None:
                raise SessionNeededError("the account's sessions were ended")

    def factor(self, epoch: bytes) -> Factor:
        """The second factor of the account in this epoch.

        Raises:
            SessionNeededError: there is none.
            ServerBusyError
        """
        return _factor(self._of_epoch(epoch))

    def name(self, epoch: bytes) -> str:
        """The name of the account in this epoch.  Errors: as `factor`."""
        return str(self._of_epoch(epoch).name)

    def confirm(
        self, epoch: bytes, secret: bytes, code: str, now: datetime
    ) -> tuple[bytes, tuple[str, ...]]:
        """Enrol *secret*, of which *code* shows that a telephone holds it.

        Returns the account's new epoch, and ten recovery codes, which are nowhere else.

        Raises:
            CodeRefusedError
            EnrolledError: the account is in another epoch.
            ServerBusyError
        """
        written, kept = new_recovery()
        spent = Factor(secret).spent(code[:LONGEST_CODE], now)
        fresh = _new_epoch()
        values = {"secret": secret, "step": spent.step, "recovery": kept, "epoch": fresh}
        with writing_traceless(self._engine, now.date()) as connection:
            unenrolled = (Account.epoch == epoch, Account.secret == b"")
            if not connection.execute(update(Account).where(*unenrolled).values(values)).rowcount:
                raise EnrolledError("another was faster")
        return fresh, written

    def end_sessions(self, epoch: bytes) -> None:
        """End every session of the account in this epoch.  Raises ServerBusyError."""
        with writing(self._engine) as connection:
            connection.execute(
                update(Account).where(Account.epoch == epoch).values(epoch=_new_epoch())
            )

    def forget_steps(self, now: datetime) -> None:
        """Forget the last codes that nobody can replay any more: they tell when somebody
        logged in.  A login that waits was looked at while its code was good.

        Raises:
            ServerBusyError
        """
        over = (Account.step != 0, Account.step < step_at(now) - TOLERANCE - LONGEST_LOGIN)
        with reading(self._engine) as connection:
            if connection.scalar(select(Account.name).where(*over).limit(1)) is None:
                return
        with writing_traceless(self._engine, now.date()) as connection:
            connection.execute(update(Account).where(*over).values(step=0))

    # ------------------------------------------------------------------ inside

    def _change(self, name: str, **values: Any) -> None:
        with writing(self._engine) as connection:
            changed = connection.execute(
                update(Account).where(Account.name == name).values(values)
            ).rowcount
        if not changed:
            raise AccountError("there is no account of this name")

    def _spend(self, found: Row[Any], spent: Factor, passphrase: str, now: datetime) -> None:
        """Write down that a code was used, unless it was used meanwhile.

        Raises:
            LoginRefusedError
        """
        values: dict[str, object] = {"recovery": spent.recovery}
        unused = Account.recovery == found.recovery
        if spent.step != found.step:
            values, unused = {"step": spent.step}, Account.step < spent.step
        values["passphrase"] = self._passphrases.renewed(found.passphrase, passphrase)
        as_it_was = (Account.name == found.name, Account.epoch == found.epoch, unused)
        with writing_traceless(self._engine, now.date()) as connection:
            if not connection.execute(update(Account).where(*as_it_was).values(values)).rowcount:
                raise LoginRefusedError("refused")

    def _of_epoch(self, epoch: bytes) -> Row[Any]:
        with reading(self._engine) as connection:
            found = connection.execute(
                select(Account.__table__).where(Account.epoch == epoch)
            ).one_or_none()
        if found is None:
            raise SessionNeededError("the account's sessions were ended")
        return found


def _factor(row: Row[Any]) -> Factor:
    return Factor(bytes(row.secret), row.step, bytes(row.recovery))


def _new_epoch() -> bytes:
    return secrets.token_bytes(EPOCH_BYTES)
