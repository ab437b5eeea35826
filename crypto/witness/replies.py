"""Reading replies: which cells of the board are for this phrase, and what they say.

Whatever does not open, verify and parse is passed over without a word.  Only the
reference witness depends on this module.

Where this file and crypto/spec/reply-cell-v1.md section 2 disagree, this file is wrong.
"""

import hmac
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crypto import hpke, signing
from crypto.cell import UnsealError
from crypto.errors import BuzonError
from crypto.key_schedule import reply_info, reply_tag
from crypto.reply import ReplyCell, ReplyPart, parse_reply_cell, parse_reply_plaintext


@dataclass(frozen=True, slots=True)
class Reply:
    """What one lawyer wrote at one time, as far as the board holds it."""

    lawyer: bytes  # 8, id
    sequence: int
    week: int
    of: int
    parts: Mapping[int, str]  # part number -> text

    @property
    def is_complete(self) -> bool:
        """Whether every part is there."""
        return len(self.parts) == self.of

    @property
    def text(self) -> str:
        """The parts there are, in order."""
        return "".join(self.parts[number] for number in sorted(self.parts))


class ReplyReader:
    """Opens the replies to one thread."""

    def __init__(
        self, reply_seed: bytes, tag_key: bytes, identities: Mapping[bytes, bytes]
    ) -> None:
        """Read with the keys of a phrase.

        Args:
            reply_seed: 32 bytes; tag_key: 32 bytes.
            identities: lawyer id (8) to Ed25519 key (32), of the verified roster,
                whatever their status.
        """
        self._key = hpke.PrivateKey(reply_seed)
        self._reply_key = self._key.public_key
        self._info = reply_info(self._reply_key)
        self._tag_key = tag_key
        self._identities = identities

    def open(self, cell: bytes) -> ReplyPart:
        """What *cell*, 4,096 bytes, says to this thread.

        Raises:
            UnsealError: whatever failed.
        """
        try:
            return self._open(parse_reply_cell(cell))
        except BuzonError:
            raise UnsealError("no reply to this thread") from None

    def read(self, cells: Iterable[bytes]) -> list[Reply]:
        """Every reply to this thread among *cells*, by lawyer and sequence."""
        found: dict[tuple[bytes, int], dict[int, ReplyPart]] = defaultdict(dict)
        for cell in cells:
            try:
                part = self.open(cell)
            except UnsealError:
                continue
            parts = found[part.lawyer, part.sequence]
            if not parts or next(iter(parts.values())).of == part.of:
                parts.setdefault(part.part, part)
        return [
            Reply(
                lawyer=lawyer,
                sequence=sequence,
                week=next(iter(parts.values())).week,
                of=next(iter(parts.values())).of,
                parts={number: part.text for number, part in parts.items()},
            )
            for (lawyer, sequence), parts in sorted(found.items())
        ]

    def _open(self, cell: ReplyCell) -> ReplyPart:
        if not hmac.compare_digest(reply_tag(self._tag_key, cell.tagged), cell.tag):
            raise UnsealError("another tag")
        part, signature = parse_reply_plaintext(self._key.open(self._info, cell.sealed))
        identity = self._identities.get(part.lawyer)
        if identity is None:
            raise UnsealError("nobody of the roster")
        signing.verify(identity, part.statement(self._reply_key), signature)
        return part


def highest_read(replies: Iterable[Reply]) -> dict[bytes, int]:
    """For each lawyer the highest sequence that is complete: `read` of the next message."""
    highest: dict[bytes, int] = {}
    for reply in replies:
        if reply.is_complete:
            highest[reply.lawyer] = max(reply.sequence, highest.get(reply.lawyer, 0))
    return highest
