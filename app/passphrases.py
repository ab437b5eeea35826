"""Passphrases of accounts: what one may be, and how it is hashed.

Only app/accounts.py and tests depend on this module.
"""

import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.errors import AccountError, LoginRefusedError

# RFC 9106, section 4, second recommendation: 64 MiB, three passes, four lanes.
HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
SHORTEST = 16  # characters
LONGEST = 1024


class Passphrases:
    """Argon2id, and the same work for a passphrase of nobody."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self._hasher = hasher
        self._nobody = hasher.hash(secrets.token_urlsafe(32))

    def hashed(self, passphrase: str) -> str:
        """What is kept of a new passphrase.

        Raises:
            AccountError: it is too short, too long, or has a tab or another character that
                is not printed.
        """
        if not passphrase.isprintable():
            raise AccountError("a passphrase has letters, digits, signs and plain spaces only")
        if not SHORTEST <= len(passphrase) <= LONGEST:
            raise AccountError(f"a passphrase has at least {SHORTEST} characters")
        return self._hasher.hash(_normal(passphrase))

    def check(self, kept: str | None, passphrase: str) -> None:
        """Return when *passphrase* is the one that *kept* is of; one Argon2id run either way.

        Raises:
            LoginRefusedError: it is not, or *kept* is nobody's.
        """
        try:
            self._hasher.verify(kept or self._nobody, _normal(passphrase[: LONGEST + 1]))
        except (VerificationError, InvalidHashError):
            raise LoginRefusedError("refused") from None
        if kept is None:
            raise LoginRefusedError("refused")

    def renewed(self, kept: str, passphrase: str) -> str:
        """*kept*, or what replaces it when it was made with older parameters."""
        if not self._hasher.check_needs_rehash(kept):
            return kept
        return self._hasher.hash(_normal(passphrase))


def _normal(passphrase: str) -> str:
    return unicodedata.normalize("NFC", passphrase)
