"""Names: SHA-256 written as 64 lower-case hexadecimal digits.

Only `app` depends on this module.
"""

import re

from app.errors import NameMalformedError

_NAME = re.compile("[0-9a-f]{64}")


def digest_of(name: str) -> bytes:
    """The 32 bytes that *name* stands for.

    Raises:
        NameMalformedError
    """
    if not _NAME.fullmatch(name):
        raise NameMalformedError("not 64 lower-case hexadecimal digits")
    return bytes.fromhex(name)
