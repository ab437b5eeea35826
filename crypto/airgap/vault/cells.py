"""Every cell that came, opened or not, and the bytes of message cells."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal

from crypto.airgap.vault.database import Database

Kind = Literal[1, 2]
MESSAGE: Kind = 1
PART: Kind = 2


class Cells:
    """Read and write them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, digest: bytes) -> bool:
        """Whether this cell came before, even if its bytes were let go."""
        return self._database.row("SELECT 1 FROM cells WHERE digest = ?", digest) is not None

    def add_message(
        self, digest: bytes, week: int, day: date, transcript: bytes, cell: bytes
    ) -> int:
        """Keep a message cell; return its number."""
        number = self._database.insert(
            "INSERT INTO cells (digest, kind, week, day, held) VALUES (?, 1, ?, ?, 1)",
            digest, week, day.isoformat(),
        )  # fmt: skip
        self._database.execute(
            "INSERT INTO message_cells VALUES (?, ?, ?)", number, transcript, cell
        )
        return number

    def add_part(self, digest: bytes, day: date) -> None:
        """Remember a part cell, whose bytes are in the folder of parts already."""
        self._database.execute(
            "INSERT OR IGNORE INTO cells (digest, kind, week, day, held) VALUES (?, 2, NULL, ?, 1)",
            digest, day.isoformat(),
        )  # fmt: skip

    def with_transcript(self, transcript: bytes) -> int:
        """How many cells have this T; more than one is an alarm."""
        return self._database.number(
            "SELECT count(*) FROM message_cells WHERE transcript = ?", transcript
        )

    def message_number(self, digest: bytes) -> int | None:
        """The number of a message cell that came, if it did."""
        query = "SELECT id FROM cells WHERE digest = ? AND kind = 1"
        row = self._database.row(query, digest)
        return None if row is None else int(row[0])

    def hold_again(self, number: int, transcript: bytes, cell: bytes) -> None:
        """Keep the bytes of a message cell once more, if they were let go."""
        self._database.execute(
            "INSERT OR IGNORE INTO message_cells VALUES (?, ?, ?)", number, transcript, cell
        )
        self._database.execute("UPDATE cells SET held = 1 WHERE id = ?", number)

    def held(self, digests: Iterable[bytes]) -> Iterator[tuple[bytes, Kind]]:
        """Those of *digests* whose bytes should be here, in the same order, with their kind."""
        query = "SELECT kind FROM cells WHERE digest = ? AND held = 1"
        for digest in digests:
            row = self._database.row(query, digest)
            if row is not None:
                yield digest, MESSAGE if row[0] == MESSAGE else PART

    def message_bytes(self, digest: bytes) -> bytes | None:
        """The message cell as it was received, if it is here."""
        row = self._database.row(
            "SELECT bytes FROM message_cells JOIN cells ON id = cell WHERE digest = ?", digest
        )
        return None if row is None else bytes(row[0])

    def count(self, kind: Kind) -> int:
        """How many cells of *kind* are held."""
        return self._database.number("SELECT count(*) FROM cells WHERE kind = ? AND held = 1", kind)

    def count_unopened(self) -> int:
        """How many message cells are held that no key of ours has opened."""
        return self._database.number(
            "SELECT count(*) FROM cells c WHERE kind = 1 AND held = 1"
            " AND NOT EXISTS (SELECT 1 FROM messages WHERE cell = c.id)"
        )

    def held_parts(self) -> list[bytes]:
        """The digests of the part cells whose bytes should be in the folder of parts."""
        query = "SELECT digest FROM cells WHERE kind = 2 AND held = 1 ORDER BY digest"
        return [row[0] for row in self._database.rows(query)]

    def forget_part(self, digest: bytes) -> None:
        """As if this part cell had never come, so that the next pouch brings it again."""
        self._database.execute(
            "DELETE FROM backed_up WHERE cell = (SELECT id FROM cells WHERE digest = ?)", digest
        )
        self._database.execute("DELETE FROM cells WHERE digest = ? AND kind = 2", digest)

    def let_go_unopened(self, through_week: int) -> int:
        """Drop the bytes of unopened cells up to *through_week*; return how many.

        No key that could open them is left.
        """
        rows = self._database.rows(
            "SELECT id FROM cells c WHERE kind = 1 AND held = 1 AND week <= ?"
            " AND NOT EXISTS (SELECT 1 FROM messages WHERE cell = c.id)",
            through_week,
        )
        self._database.execute_many("DELETE FROM message_cells WHERE cell = ?", rows)
        self._database.execute_many("UPDATE cells SET held = 0 WHERE id = ?", rows)
        return len(rows)
