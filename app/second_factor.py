"""Second factor of an account: a code that a telephone shows, or one of ten on paper.

Only `app` depends on this module.  Codes of the telephone are TOTP (RFC 6238): SHA-1, six
digits, 30 seconds, which is what every such app speaks.  A recovery code is 80 random bits,
so that a hash without work is enough.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote

import pyotp

from app.errors import CodeRefusedError
from app.models import DIGEST_BYTES, RECOVERY_CODES, SECRET_BYTES

STEP_SECONDS = 30
TOLERANCE = 1  # steps that a telephone's clock may be off, each way
RECOVERY_BYTES = 10

_NOBODYS = bytes(SECRET_BYTES)  # compared with for whoever has none; what matches is refused


@dataclass(frozen=True, slots=True)
class Factor:
    """What an account holds of its second factor.  Empty: it is not enrolled."""

    secret: bytes = b""
    step: int = 0
    recovery: bytes = b""  # SHA-256 of each code that is left, ascending

    @property
    def codes_left(self) -> int:
        """Recovery codes that were not used."""
        return len(self.recovery) // DIGEST_BYTES

    def spent(self, code: str, now: datetime) -> "Factor":
        """The factor once *code* is spent.  Both kinds are compared, whichever it looks like.

        Raises:
            CodeRefusedError: it is not right, was spent before, or there is no factor.
        """
        written = "".join(code.split()).replace("-", "").lower()
        step = _step_of(self.secret or _NOBODYS, written, now)
        left = self._without(hash_of(written))
        if self.secret and step > self.step:
            return replace(self, step=step)
        if self.secret and left != self.recovery:
            return replace(self, recovery=left)
        raise CodeRefusedError("refused")

    def _without(self, digest: bytes) -> bytes:
        size = DIGEST_BYTES
        each = [self.recovery[at : at + size] for at in range(0, len(self.recovery), size)]
        return b"".join(one for one in each if not hmac.compare_digest(one, digest))


def new_secret() -> bytes:
    """A secret that nobody has."""
    return secrets.token_bytes(SECRET_BYTES)


def new_recovery() -> tuple[tuple[str, ...], bytes]:
    """Ten recovery codes as they are written down, and what is kept of them."""
    plain = [_text_of(secrets.token_bytes(RECOVERY_BYTES)) for _ in range(RECOVERY_CODES)]
    written = tuple("-".join(code[at : at + 4] for at in range(0, 16, 4)) for code in plain)
    return written, b"".join(sorted(map(hash_of, plain)))


def hash_of(code: str) -> bytes:
    """What is kept of a recovery code; *code* without hyphens."""
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).digest()


def secret_text(secret: bytes) -> str:
    """The secret as a person types it into an app."""
    return base64.b32encode(secret).decode()


def uri(name: str, secret: bytes) -> str:
    """What the QR code says.  The account's name only: a telephone that is searched should
    not say what the account is for."""
    return f"otpauth://totp/{quote(name)}?secret={secret_text(secret)}"


def step_at(now: datetime) -> int:
    """The number of the 30 seconds that *now* is in."""
    return int(now.timestamp()) // STEP_SECONDS


def _step_of(secret: bytes, code: str, now: datetime) -> int:
    """The step whose code this is; -1 when it is none near *now*."""
    codes = pyotp.HOTP(secret_text(secret))
    found = -1
    for step in range(step_at(now) - TOLERANCE, step_at(now) + TOLERANCE + 1):
        if hmac.compare_digest(codes.at(step).encode(), code.encode("utf-8", "surrogatepass")):
            found = step
    return found


def _text_of(random: bytes) -> str:
    return base64.b32encode(random).decode().lower()
