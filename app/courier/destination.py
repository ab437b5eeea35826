"""Destination: what the stick says of where a trip leads: desk, account, proxy.

The file `courier.toml` of the pouch.  Whoever had the stick may have changed it, so it
can name little, and what it names is shown before anybody types a passphrase.

Where this file and crypto/spec/pouch-v1.md, "Where a trip leads", disagree, this file is
wrong.
"""

import base64
import re
import tomllib
from dataclasses import dataclass
from hashlib import sha3_256

from app.courier.errors import CourierError
from app.courier.route import TOR
from crypto.fingerprint import fingerprint_words
from crypto.pouch import COURIER_NAME, MAX_COURIER_BYTES
from crypto.stick import EntryError, Folder, PouchUnreadableError
from crypto.wordlist import Language

_PORT = "(?::[1-9][0-9]{0,4})?"
_ONION = re.compile(f"http://([a-z2-7]{{56}})\\.onion{_PORT}")
_HERE = re.compile(f"http://(?:127\\.0\\.0\\.1|\\[::1\\]){_PORT}")
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ELSEWHERE = re.compile(f"https://(?:{_LABEL}\\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9]){_PORT}")
_PROXY = re.compile("socks5h://(?:127\\.0\\.0\\.1|\\[::1\\]):[1-9][0-9]{0,4}")
_ACCOUNT = re.compile("[a-z][a-z0-9-]{1,39}")
_MOST_CHARACTERS = 255
_ONION_VERSION = 3


class DestinationMissingError(CourierError):
    """The pouch does not say where its trips lead."""

    code = "courier-unset"


class DestinationError(CourierError):
    """What says where a trip leads is not as specified."""

    code = "courier-file"


class DeskDiffersError(CourierError):
    """The stick names another desk than the person who starts the trip."""

    code = "courier-desk"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a trip leads.  Every field is checked."""

    desk: str
    account: str
    proxy: str  # "" when the desk is on this machine

    def to_toml(self) -> bytes:
        """The file, as `setup` writes it."""
        lines = [f'desk = "{self.desk}"', f'account = "{self.account}"']
        if self.proxy:
            lines.append(f'proxy = "{self.proxy}"')
        return "\n".join([*lines, ""]).encode("ascii")

    def desk_words(self, language: Language) -> str:
        """Twelve words that stand for an onion's key, to compare; "" for another desk."""
        onion = _ONION.fullmatch(self.desk)
        return "" if onion is None else fingerprint_words(_onion_key(onion[1]), language)


def destination_of(desk: str, account: str, proxy: str | None = None) -> Destination:
    """Where a trip to *desk* leads; without *proxy*, through Tor's.

    Raises:
        DestinationError: no desk, account or proxy as specified.

    Source: pouch-v1.md, "Where a trip leads".
    """
    here = _HERE.fullmatch(desk) is not None
    onion = _ONION.fullmatch(desk)
    if onion is not None:
        _onion_key(onion[1])
    elif not here and not (_ELSEWHERE.fullmatch(desk) and ".onion" not in desk):
        raise DestinationError("no desk")
    if len(desk) > _MOST_CHARACTERS or not _ACCOUNT.fullmatch(account):
        raise DestinationError("no desk, or no account")
    chosen = ("" if here else TOR) if proxy is None else proxy
    if (chosen or not here) and not _PROXY.fullmatch(chosen):
        raise DestinationError("no proxy of this machine")
    return Destination(desk, account, chosen)


def read_destination(pouch: Folder) -> Destination:
    """What the *pouch* says of where its trips lead.

    Raises:
        DestinationMissingError, DestinationError

    Source: pouch-v1.md, "Where a trip leads".
    """
    if COURIER_NAME not in pouch.names():
        raise DestinationMissingError("no such file")
    try:
        found = tomllib.loads(pouch.read_whole(COURIER_NAME, MAX_COURIER_BYTES).decode("ascii"))
    except (EntryError, PouchUnreadableError, ValueError, RecursionError):
        raise DestinationError("no file as specified") from None
    if not {"desk", "account"} <= found.keys() <= {"desk", "account", "proxy"}:
        raise DestinationError("another key, or one too few")
    if not all(isinstance(value, str) for value in found.values()):
        raise DestinationError("a value that is no text")
    return destination_of(**found)


def _onion_key(label: str) -> bytes:
    """The Ed25519 key, 32 bytes, in the 56 characters of an onion's name.

    Raises:
        DestinationError: a mistyped name.

    Source: rend-spec-v3, section 6.
    """
    decoded = base64.b32decode(label.upper())
    key, checksum, version = decoded[:32], decoded[32:34], decoded[34]
    right = sha3_256(b".onion checksum" + key + bytes([_ONION_VERSION])).digest()[:2]
    if version != _ONION_VERSION or checksum != right:
        raise DestinationError("a mistyped onion")
    return key
