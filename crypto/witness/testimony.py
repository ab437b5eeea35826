"""Testimony: an account and its files as one sealed file.

Reads each file once, forwards; memory does not grow with them.  Only the reference
witness depends on this module.

Where this file and crypto/spec/message-cell-v1.md (sections 3, 5, 6), part-cell-v1.md
or sealed-file-v1.md disagree, this file is wrong.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from crypto import hpke
from crypto.directory import Directory, Recipient
from crypto.errors import BuzonError
from crypto.manifest import ACCOUNT, ATTACHMENT, MAX_NAME_CHARACTERS, Manifest
from crypto.message import (
    MAX_ACCOUNT_BYTES,
    MAX_MESSAGE_JSON_BYTES,
    Answers,
    Kind,
    Message,
    serialise_answers,
    serialise_message,
)
from crypto.part import parts_of, segments_of
from crypto.phrase import Phrase
from crypto.sealed_file import (
    MAX_MESSAGE_CELLS,
    MAX_PART_CELLS,
    CellCounts,
    SealedFileWriter,
)
from crypto.shuffle import RandomBytes
from crypto.witness.parts import FileTooLargeError, seal_file
from crypto.witness.seal import MessageTooLongError, check_length, seal_message

CLIENT: Final = "buzon-witness 1"

_ACCOUNT_FILE_NAME: Final = "answers.json"
_MESSAGE_ID_BYTES: Final = 16


class TeamUnknownError(BuzonError):
    """Nobody of that team reads this week."""

    code = "team-unknown"


@dataclass(frozen=True, slots=True)
class Words:
    """What the witness says in one message."""

    kind: Kind
    questionnaire: str
    answers: Answers
    consent: Answers = field(default_factory=dict)
    urgency: Answers = field(default_factory=dict)
    read: Mapping[bytes, int] = field(default_factory=dict)  # lawyer id -> sequence


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file to send along, open for reading in binary at its beginning."""

    file: BinaryIO
    size: int  # bytes
    name: str  # as it is called on the witness's machine


def choose_recipients(directory: Directory, teams: Sequence[str]) -> list[Recipient]:
    """The recipients of *teams*; all of them when no team is named.

    Raises:
        TeamUnknownError: a team that none of this week's recipients is of.
    """
    present = {recipient.lawyer.team for recipient in directory.recipients}
    for team in teams:
        if team not in present:
            raise TeamUnknownError(repr(team))
    return [
        recipient
        for recipient in directory.recipients
        if not teams or recipient.lawyer.team in teams
    ]


class _Thread:
    """Seals messages of one phrase to fixed recipients."""

    def __init__(
        self,
        directory: Directory,
        recipients: Sequence[Recipient],
        phrase: Phrase,
        words: Words,
        random_bytes: RandomBytes,
    ) -> None:
        self._directory = directory
        self._keys = [recipient.key for recipient in recipients]
        self._thread_seed = phrase.thread_seed
        self._reply_key = hpke.public_key_from_seed(phrase.reply_seed)
        self._tag_key = phrase.tag_key
        self._words = words
        self._random_bytes = random_bytes

    def json(self, kind: Kind, answers: Answers, files: Sequence[Manifest]) -> bytes:
        """A new message, which says again what every message must say to stand alone."""
        return serialise_message(
            Message(
                kind=kind,
                message=self._random_bytes(_MESSAGE_ID_BYTES),
                reply_key=self._reply_key,
                tag_key=self._tag_key,
                read=self._words.read,
                answers=answers,
                consent=self._words.consent,
                urgency=self._words.urgency,
                questionnaire=self._words.questionnaire,
                files=tuple(files),
                client=CLIENT,
            )
        )

    def seal(self, json_bytes: bytes) -> bytes:
        """One message cell."""
        return seal_message(
            self._directory.week,
            self._directory.roster_hash,
            self._keys,
            self._thread_seed,
            json_bytes,
            self._random_bytes,
        )


def seal_testimony(
    out: BinaryIO,
    directory: Directory,
    recipients: Sequence[Recipient],
    phrase: Phrase,
    words: Words,
    attachments: Sequence[Attachment],
    random_bytes: RandomBytes,
) -> CellCounts:
    """Write one sealed file: the message, then what its files are, then the files.

    Args:
        out: empty, open for writing in binary, seekable.
        directory: verified.
        recipients: some of the directory's.
        random_bytes: everything random but HPKE's encapsulations.

    Returns:
        How many cells of each size were written.

    Raises:
        DocumentMalformedError: *words* cannot be written as a message.
        MessageTooLongError: the account exceeds four parts, or what stands beside it does
            not fit a cell.
        FileTooLargeError: the files do not fit one sealed file.
        RecipientsError, HpkeKeyError, FileUnreadableError, FileChangedError,
        SealedFileError: as it goes; *out* is then no sealed file.
    """
    thread = _Thread(directory, recipients, phrase, words, random_bytes)
    json_bytes = thread.json(words.kind, words.answers, [])
    account = b""
    if len(json_bytes) > MAX_MESSAGE_JSON_BYTES:
        account = serialise_answers(words.answers)
        check_length(thread.json(words.kind, {}, []))
        if len(account) > MAX_ACCOUNT_BYTES:
            raise MessageTooLongError(f"{len(account)} bytes of answers")
    counts = _counts(len(account), attachments)
    writer = SealedFileWriter(out, counts)
    if account:
        manifests = seal_file(
            io.BytesIO(account),
            len(account),
            _ACCOUNT_FILE_NAME,
            ACCOUNT,
            writer.add_part,
            random_bytes,
        )
        json_bytes = thread.json(words.kind, {}, manifests)
    writer.add_message(thread.seal(json_bytes))
    for attachment in attachments:
        manifests = seal_file(
            attachment.file,
            attachment.size,
            attachment.name[:MAX_NAME_CHARACTERS],
            ATTACHMENT,
            writer.add_part,
            random_bytes,
        )
        for manifest in manifests:
            writer.add_message(thread.seal(thread.json("files", {}, [manifest])))
    writer.finish()
    return counts


def _counts(account_size: int, attachments: Sequence[Attachment]) -> CellCounts:
    """What a sealed file of these will hold.

    Raises:
        FileTooLargeError: more than it may.
    """
    sizes = [attachment.size for attachment in attachments]
    counts = CellCounts(
        messages=1 + sum(len(segments_of(size)) for size in sizes),
        parts=sum(parts_of(size) for size in sizes)
        + (parts_of(account_size) if account_size else 0),
    )
    if counts.messages > MAX_MESSAGE_CELLS or counts.parts > MAX_PART_CELLS:
        raise FileTooLargeError(f"{counts.parts} parts")
    return counts
