"""Logins: who may open a session, and what a session may do to its account.

Only `app` depends on this module.  Whoever floods an account keeps its lawyer waiting for
a moment, and never out: app/limits.py says who tries, app/turns.py who comes first.
"""

from app.accounts import Accounts
from app.acts import ENROLMENT, SESSION, SESSIONS_ENDED, Acts
from app.clock import Clock
from app.errors import LoginRefusedError, SecondFactorNeededError
from app.limits import Limits
from app.second_factor import new_secret
from app.sessions import Purpose, Session, Sessions
from app.turns import Turns


class Logins:
    """The way in.  For any thread."""

    def __init__(
        self, accounts: Accounts, sessions: Sessions, limits: Limits, acts: Acts, now: Clock
    ) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._limits = limits
        self._acts = acts
        self._now = now
        self._turns = Turns()

    def to_carry(self, account: str, passphrase: str, code: str) -> str:
        """The token of a new session for a courier.

        Raises:
            LoginRefusedError, SecondFactorNeededError, TooManyError, ServerBusyError
        """
        with self._acts.noting(SESSION):
            epoch = self._check(account, passphrase, code)
        return self._sessions.open(epoch, Purpose.CARRY)

    def to_look(self, account: str, passphrase: str, code: str) -> str:
        """The token of a new session for the pages; of whoever has no second factor, for
        enrolling one and nothing else.

        Raises:
            LoginRefusedError, TooManyError, ServerBusyError
        """
        try:
            with self._acts.noting(SESSION):
                epoch = self._check(account, passphrase, code)
        except SecondFactorNeededError as lacking:
            return self._sessions.open(lacking.epoch, Purpose.ENROL, new_secret())
        return self._sessions.open(epoch, Purpose.LOOK)

    def enrol(self, token: str, session: Session, code: str) -> tuple[str, tuple[str, ...]]:
        """Make the secret of *session* the account's second factor.

        Returns the token of the session that takes its place, and ten recovery codes.

        Raises:
            CodeRefusedError, EnrolledError, ServerBusyError
        """
        with self._acts.noting(ENROLMENT):
            epoch, recovery = self._accounts.confirm(
                session.epoch, session.secret, code, self._now()
            )
        self._sessions.close(token)
        return self._sessions.open(epoch, Purpose.LOOK), recovery

    def end_all(self, session: Session) -> None:
        """End every session of the account, the courier's among them.  Raises ServerBusyError."""
        with self._acts.noting(SESSIONS_ENDED):
            self._accounts.end_sessions(session.epoch)

    def _check(self, account: str, passphrase: str, code: str) -> bytes:
        attempt = self._limits.attempt(account)
        turn = self._turns.one(attempt.circuit, attempt.failures)
        try:
            return self._accounts.check(account, passphrase, code, self._now(), turn)
        except LoginRefusedError:
            self._limits.spend_failure(attempt)
            raise
