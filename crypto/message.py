"""Message v1: what a witness says, as it stands inside a message cell.

Everything in it comes from a stranger.  Anybody may depend on this module; only the
witness and the air gap ever see a message.

Where this file and crypto/spec/message-cell-v1.md section 5 disagree, this file is wrong.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from crypto import strictjson
from crypto.manifest import Manifest, read_manifest
from crypto.part import PART_PLAINTEXT_BYTES
from crypto.strictjson import DocumentMalformedError, JSONValue

MAX_MESSAGE_JSON_BYTES: Final = 46_656
MAX_ACCOUNT_BYTES: Final = 4 * PART_PLAINTEXT_BYTES  # answers that are a file by themselves
MAX_MANIFESTS: Final = 8
MAX_LAWYERS_READ: Final = 64
MAX_ANSWERS: Final = 256
REPLY_KEY_BYTES: Final = 1_216
TAG_KEY_BYTES: Final = 32

Kind = Literal["account", "files", "follow-up"]
Answer = bool | int | str | list["Answer"] | dict[str, "Answer"]
Answers = Mapping[str, Answer]

_KINDS: Final[dict[str, Kind]] = {
    "account": "account",
    "files": "files",
    "follow-up": "follow-up",
}
_ANSWER_KEY = re.compile(r"[a-z][a-z0-9_]{0,63}")
_QUESTIONNAIRE = re.compile(r"[0-9a-z.-]{1,16}")
_CLIENT = re.compile(r"[ -~]{1,64}")
_LARGEST_SEQUENCE = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a thread.  Each stands alone if another is dropped."""

    kind: Kind
    message: bytes  # 16, random id
    reply_key: bytes  # 1,216, X-Wing public key for replies
    tag_key: bytes  # 32
    questionnaire: str
    client: str
    read: Mapping[bytes, int] = field(default_factory=dict)  # lawyer id (8) -> sequence
    answers: Answers = field(default_factory=dict)
    consent: Answers = field(default_factory=dict)
    urgency: Answers = field(default_factory=dict)
    files: tuple[Manifest, ...] = ()


def serialise_message(message: Message) -> bytes:
    """The JSON of *message*, however long.

    Raises:
        DocumentMalformedError: it breaks the specification and could not be read back.
    """
    value: JSONValue = {
        "kind": message.kind,
        "message": message.message.hex(),
        "reply_key": strictjson.to_base64(message.reply_key),
        "tag_key": strictjson.to_base64(message.tag_key),
        "read": {lawyer.hex(): sequence for lawyer, sequence in message.read.items()},
        "answers": _writable(message.answers),
        "consent": _writable(message.consent),
        "urgency": _writable(message.urgency),
        "questionnaire": message.questionnaire,
        "files": [manifest.to_json() for manifest in message.files],
        "client": message.client,
    }
    _read_message(value)
    return strictjson.serialise(value)


def parse_message(document: bytes) -> Message:
    """Read the JSON of a message.

    Raises:
        DocumentMalformedError: anything about it breaks the specification.

    Source: message-cell-v1.md, section 5.
    """
    return _read_message(strictjson.parse(document, MAX_MESSAGE_JSON_BYTES))


def serialise_answers(answers: Answers) -> bytes:
    """Answers by themselves, as the file of a longer account holds them.

    Raises:
        DocumentMalformedError: they break the specification.
    """
    value = _writable(answers)
    _read_answers(value)
    return strictjson.serialise(value)


def parse_answers(document: bytes) -> Answers:
    """Read the file of a longer account.

    Raises:
        DocumentMalformedError: anything about it breaks the specification.

    Source: message-cell-v1.md, sections 5 and 6.
    """
    return _read_answers(strictjson.parse(document, MAX_ACCOUNT_BYTES))


def _read_message(value: JSONValue) -> Message:
    (kind, message, reply_key, tag_key, read, answers, *rest) = strictjson.members(
        value,
        *("kind", "message", "reply_key", "tag_key", "read", "answers"),
        *("consent", "urgency", "questionnaire", "files", "client"),
    )
    consent, urgency, questionnaire, files, client = rest
    return Message(
        kind=_KINDS[strictjson.choice(kind, _KINDS)],
        message=strictjson.hexadecimal(message, 16),
        reply_key=strictjson.base64_bytes(reply_key, REPLY_KEY_BYTES),
        tag_key=strictjson.base64_bytes(tag_key, TAG_KEY_BYTES),
        read=_read_sequences(read),
        answers=_read_answers(answers),
        consent=_read_answers(consent),
        urgency=_read_answers(urgency),
        questionnaire=strictjson.matching(questionnaire, _QUESTIONNAIRE, 16),
        files=tuple(read_manifest(entry) for entry in strictjson.array(files, 0, MAX_MANIFESTS)),
        client=strictjson.matching(client, _CLIENT, 64),
    )


def _read_sequences(value: JSONValue) -> dict[bytes, int]:
    if not isinstance(value, dict) or len(value) > MAX_LAWYERS_READ:
        raise DocumentMalformedError("not an object of the size specified")
    return {
        strictjson.hexadecimal(lawyer, 8): strictjson.integer(sequence, 1, _LARGEST_SEQUENCE)
        for lawyer, sequence in value.items()
    }


def _read_answers(value: JSONValue) -> dict[str, Answer]:
    if not isinstance(value, dict) or len(value) > MAX_ANSWERS:
        raise DocumentMalformedError("not answers of the size specified")
    return {
        strictjson.matching(key, _ANSWER_KEY, 64): _read_answer(answer)
        for key, answer in value.items()
    }


def _read_answer(value: JSONValue) -> Answer:
    if value is None:
        raise DocumentMalformedError("an answer that is null")
    if isinstance(value, dict):
        return _read_answers(value)
    if isinstance(value, list):
        return [_read_answer(answer) for answer in value]
    return value


def _writable(answers: Answers) -> JSONValue:
    """The same answers; the checks after it see what they are made of."""
    return {key: _writable_answer(answer) for key, answer in answers.items()}


def _writable_answer(answer: Answer) -> JSONValue:
    if isinstance(answer, dict):
        return _writable(answer)
    if isinstance(answer, list):
        return [_writable_answer(inner) for inner in answer]
    return answer
