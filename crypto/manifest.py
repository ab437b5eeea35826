"""Manifest v1: what a message says about one segment of a file.

The name in it comes from a stranger.  Anybody may depend on this module; only the
witness and the air gap ever see a manifest.

Where this file and crypto/spec/part-cell-v1.md section 4 disagree, this file is wrong.
"""

from dataclasses import dataclass
from typing import Final, Literal

from crypto import strictjson
from crypto.part import MAX_SEGMENTS, PART_PLAINTEXT_BYTES, SEGMENT_PARTS
from crypto.strictjson import DocumentMalformedError, JSONValue

MAX_NAME_CHARACTERS: Final = 255

Role = Literal["attachment", "account"]
ATTACHMENT: Final[Role] = "attachment"
ACCOUNT: Final[Role] = "account"


@dataclass(frozen=True, slots=True)
class Manifest:
    """One segment of one file, with the key that opens its parts."""

    group: bytes  # 16, random, one for the file
    segment: int
    segments: int
    offset: int  # first byte of the file that it covers
    size: int  # real bytes in it; 0 when it is all padding
    file_size: int  # real bytes of the whole file
    key: bytes  # 32
    id: bytes  # 16
    untrusted_name: str  # whatever the witness's machine called it
    role: Role
    parts: tuple[bytes, ...]  # SHA-256 of each part cell, in order, distinct

    def real_bytes(self, index: int) -> int:
        """How many bytes of the file the part at *index* holds; zeros follow them."""
        return min(max(self.size - index * PART_PLAINTEXT_BYTES, 0), PART_PLAINTEXT_BYTES)

    def to_json(self) -> JSONValue:
        """The manifest as it stands in a message."""
        return {
            "group": self.group.hex(),
            "segment": self.segment,
            "segments": self.segments,
            "offset": self.offset,
            "size": self.size,
            "file_size": self.file_size,
            "key": strictjson.to_base64(self.key),
            "id": self.id.hex(),
            "name": self.untrusted_name,
            "role": self.role,
            "parts": [digest.hex() for digest in self.parts],
        }


def read_manifest(value: JSONValue) -> Manifest:
    """One entry of a message's `files`.

    Raises:
        DocumentMalformedError: anything about it breaks the specification.

    Source: part-cell-v1.md, section 4.
    """
    (group, segment, segments, offset, size, file_size, key, file_id, name, role, parts) = (
        strictjson.members(
            value,
            *("group", "segment", "segments", "offset", "size", "file_size"),
            *("key", "id", "name", "role", "parts"),
        )
    )
    digests = tuple(
        strictjson.hexadecimal(digest, 32) for digest in strictjson.array(parts, 1, SEGMENT_PARTS)
    )
    if len(set(digests)) != len(digests):
        raise DocumentMalformedError("a part twice in one segment")
    segment_count = strictjson.integer(segments, 1, MAX_SEGMENTS)
    manifest = Manifest(
        group=strictjson.hexadecimal(group, 16),
        segment=strictjson.integer(segment, 0, segment_count - 1),
        segments=segment_count,
        offset=strictjson.integer(offset, 0),
        size=strictjson.integer(size, 0, len(digests) * PART_PLAINTEXT_BYTES),
        file_size=strictjson.integer(file_size, 0),
        key=strictjson.base64_bytes(key, 32),
        id=strictjson.hexadecimal(file_id, 16),
        untrusted_name=strictjson.string(name, MAX_NAME_CHARACTERS),
        role=_role(role),
        parts=digests,
    )
    if manifest.size and manifest.offset + manifest.size > manifest.file_size:
        raise DocumentMalformedError("a segment that reaches beyond its file")
    return manifest


def _role(value: JSONValue) -> Role:
    if value == ATTACHMENT:
        return ATTACHMENT
    if value == ACCOUNT:
        return ACCOUNT
    raise DocumentMalformedError("no such role")
