"""The files that witnesses sent: segments with their keys, joined to files by group.

Where this file and crypto/spec/part-cell-v1.md section 4 disagree, this file is wrong.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from crypto.airgap.vault.database import Database, Row
from crypto.airgap.vault.messages import Thread
from crypto.errors import BuzonError
from crypto.manifest import ACCOUNT, ATTACHMENT, Manifest, Role
from crypto.part import MAX_SEGMENTS

ALARM_FILE_CONFLICT = "alarm-file-conflict"

_MAX_SEGMENTS_SHOWN = MAX_SEGMENTS  # of one group: an honest file has no more
_PREFIX_CHARACTERS = 4


class FileUnknownError(BuzonError):
    """The thread has no file of this id."""

    code = "attachment-unknown"


class FileIncompleteError(BuzonError):
    """Some of the file has not arrived."""

    code = "attachment-incomplete"


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment of a file, and how many of its parts are here."""

    message: int  # number of the message that named it
    manifest: Manifest
    parts_held: int

    @property
    def complete(self) -> bool:
        """Whether every part is here."""
        return self.parts_held == len(self.manifest.parts)


@dataclass(frozen=True, slots=True)
class File:
    """A file, or as much of it as was told of."""

    group: bytes  # 16
    untrusted_name: str
    role: Role
    size: int  # real bytes of the whole file
    segments: tuple[Segment, ...]  # by their offset; none that adds nothing
    conflict: bool  # segments of this group contradict each other
    ordinal: int = 0  # which of the contradicting files of the group this is

    @property
    def id(self) -> str:
        """Its name for people: the group in hex, and which one in a conflict."""
        return self.group.hex() + (f"-{self.ordinal}" if self.conflict else "")

    @property
    def parts_named(self) -> int:
        """Parts that the segments list."""
        return sum(len(segment.manifest.parts) for segment in self.segments)

    @property
    def parts_held(self) -> int:
        """Parts that are here."""
        return sum(segment.parts_held for segment in self.segments)

    @property
    def complete(self) -> bool:
        """Whether the bytes from 0 to `size` are all covered by segments that are here."""
        reached = 0
        for segment in self.segments:
            if segment.complete and segment.manifest.offset == reached:
                reached += segment.manifest.size
        return reached == self.size

    def bytes_held(self) -> int:
        """Real bytes in the segments that are here whole."""
        return sum(segment.manifest.size for segment in self.segments if segment.complete)


@dataclass(frozen=True, slots=True)
class Tally:
    """The files of one thread, counted."""

    files: int
    incomplete: int
    conflict: bool


class Files:
    """Read and write them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, thread: Thread, message: int, manifest: Manifest) -> None:
        """File what a message says of one segment."""
        number = self._database.insert(
            "INSERT INTO segments (thread, message, file_group, segment, segments, start, size,"
            " file_size, key, file_id, untrusted_name, role)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            thread.number, message, manifest.group, manifest.segment, manifest.segments,
            manifest.offset, manifest.size, manifest.file_size, manifest.key, manifest.id,
            manifest.untrusted_name, manifest.role,
        )  # fmt: skip
        self._database.execute_many(
            "INSERT INTO segment_parts VALUES (?, ?, ?)",
            [(number, position, digest) for position, digest in enumerate(manifest.parts)],
        )

    def of_thread(self, thread: Thread) -> list[File]:
        """The files of *thread*, in the order in which they were first told of."""
        groups = self._database.rows(
            "SELECT file_group FROM segments WHERE thread = ? GROUP BY file_group ORDER BY min(id)",
            thread.number,
        )
        return [file for (group,) in groups for file in self._files(thread, group)]

    def tally(self, thread: Thread) -> Tally:
        """How many files *thread* has; a file of one segment is not read for it."""
        files = incomplete = 0
        conflict = False
        for group, segments, covered, size, named, held in self._database.rows(
            "SELECT file_group, count(DISTINCT s.id), max(start = 0) * max(s.size),"
            " max(file_size), count(*), count(c.id)"
            " FROM segments s JOIN segment_parts p ON p.segment = s.id"
            " LEFT JOIN cells c ON c.digest = p.digest AND c.kind = 2 AND c.held = 1"
            " WHERE thread = ? GROUP BY file_group",
            thread.number,
        ):
            if segments == 1:
                files += 1
                incomplete += not (size == 0 or (covered == size and named == held))
                continue
            found = list(self._files(thread, group))
            files += len(found)
            incomplete += sum(not file.complete for file in found)
            conflict = conflict or any(file.conflict for file in found)
        return Tally(files, incomplete, conflict)

    def find(self, thread: Thread, name: str) -> File:
        """The file of *thread* whose id begins with *name*, at least four characters.

        Raises:
            FileUnknownError: none or several do.
        """
        found = [file for file in self.of_thread(thread) if file.id.startswith(name.lower())]
        if len(name) < _PREFIX_CHARACTERS or len(found) != 1:
            raise FileUnknownError("no file, or several, of that id")
        return found[0]

    def account_of(self, thread: Thread, group: bytes) -> File:
        """The file that holds a longer account.

        Raises:
            FileUnknownError
        """
        for file in self._files(thread, group):
            if file.role == ACCOUNT:
                return file
        raise FileUnknownError("no such account")

    def parts_held(self, thread: Thread) -> list[bytes]:
        """Digests of the part cells that messages of *thread* name and that are here, ascending."""
        rows = self._database.rows(
            "SELECT DISTINCT p.digest FROM segments s JOIN segment_parts p ON p.segment = s.id"
            " JOIN cells c ON c.digest = p.digest AND c.kind = 2 AND c.held = 1"
            " WHERE thread = ? ORDER BY p.digest",
            thread.number,
        )
        return [row[0] for row in rows]

    def _files(self, thread: Thread, group: bytes) -> Iterator[File]:
        found = self._segments(thread, group)
        useful = _without_repetitions(
            sorted(
                found[:_MAX_SEGMENTS_SHOWN],
                key=lambda one: (one.manifest.offset, not one.complete, -one.manifest.size),
            )
        )
        if len(found) <= _MAX_SEGMENTS_SHOWN and _agree(useful):
            yield _joined(group, useful, conflict=False)
            return
        for ordinal, segment in enumerate(useful, 1):
            yield _joined(group, [segment], conflict=True, ordinal=ordinal)

    def _segments(self, thread: Thread, group: bytes) -> list[Segment]:
        """The segments of *group* as they came, at most one more than are shown."""
        parts: dict[int, list[tuple[bytes, bool]]] = {}
        for number, digest, held in self._database.each(
            "SELECT p.segment, p.digest, c.id IS NOT NULL FROM"
            " (SELECT id FROM segments WHERE thread = ? AND file_group = ? ORDER BY id LIMIT ?) s"
            " JOIN segment_parts p ON p.segment = s.id"
            " LEFT JOIN cells c ON c.digest = p.digest AND c.kind = 2 AND c.held = 1"
            " ORDER BY p.segment, p.position",
            thread.number, group, _MAX_SEGMENTS_SHOWN + 1,
        ):  # fmt: skip
            parts.setdefault(number, []).append((digest, bool(held)))
        rows = self._database.rows(
            "SELECT id, message, segment, segments, start, size, file_size, key, file_id,"
            " untrusted_name, role FROM segments WHERE thread = ? AND file_group = ?"
            " ORDER BY id LIMIT ?",
            thread.number, group, _MAX_SEGMENTS_SHOWN + 1,
        )  # fmt: skip
        return [_segment(group, row, parts[row[0]]) for row in rows]


def _segment(group: bytes, row: Row, parts: list[tuple[bytes, bool]]) -> Segment:
    _, message, segment, segments, start, size, file_size, key, own, name, role = row
    manifest = Manifest(
        group=group,
        segment=segment,
        segments=segments,
        offset=start,
        size=size,
        file_size=file_size,
        key=key,
        id=own,
        untrusted_name=name,
        role=ACCOUNT if role == ACCOUNT else ATTACHMENT,
        parts=tuple(digest for digest, _ in parts),
    )
    return Segment(message, manifest, sum(held for _, held in parts))


def _without_repetitions(segments: list[Segment]) -> list[Segment]:
    """*segments* without those that only say again what another says."""
    kept: dict[tuple[object, ...], Segment] = {}
    for segment in segments:
        kept.setdefault(_what_is_covered(segment), segment)
    return list(kept.values())


def _what_is_covered(segment: Segment) -> tuple[object, ...]:
    manifest = segment.manifest
    if manifest.size == 0 and manifest.file_size > 0:
        # All padding: it covers no byte, wherever it says that it stands.
        return ("padding", manifest.file_size, manifest.untrusted_name, manifest.role)
    return (manifest.offset, manifest.size, manifest.file_size, manifest.untrusted_name,
            manifest.role, manifest.parts)  # fmt: skip


def _agree(segments: list[Segment]) -> bool:
    """Whether they describe one file, each of its bytes at most once."""
    manifests = [segment.manifest for segment in segments]
    described = {(one.file_size, one.untrusted_name, one.role) for one in manifests}
    covering = [one for one in manifests if one.size]
    return len(described) == 1 and all(
        first.offset + first.size <= second.offset for first, second in pairwise(covering)
    )


def _joined(group: bytes, segments: list[Segment], *, conflict: bool, ordinal: int = 0) -> File:
    manifest = segments[0].manifest
    return File(
        group=group,
        untrusted_name=manifest.untrusted_name,
        role=manifest.role,
        size=manifest.file_size,
        segments=tuple(segments),
        conflict=conflict,
        ordinal=ordinal,
    )
