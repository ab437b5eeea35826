"""Making a box: the tables, and every slot that there will ever be, filled at random.

Only app/cli.py and tests depend on this module.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Engine

import migrations
from app.db import reading, truncate_log, writing
from app.errors import DatabaseOldError, FolderError
from app.shelf import MESSAGES, PARTS, REPLIES, Shelf

MESSAGE_SHARE = 0.25  # of the bytes, for message cells: a text must find room before a video
REPLY_SLOTS = 8192  # 14 days of 16 batches of 16, and room for batches of twice that
STEP_BYTES = 16 * 1024 * 1024  # made in one transaction
VERSION_TABLE = "alembic_version"  # as Alembic names it

Progress = Callable[[int, int], None]  # bytes made, bytes to make


@dataclass(frozen=True, slots=True)
class Plan:
    """How many slots of each size a box gets."""

    messages: int
    parts: int
    replies: int = REPLY_SLOTS

    @property
    def size(self) -> int:
        """Bytes of all slots."""
        return sum(shelf.size * count for shelf, count in self.shelves)

    @property
    def shelves(self) -> tuple[tuple[Shelf, int], ...]:
        """Each shelf with the number of its slots."""
        return ((MESSAGES, self.messages), (PARTS, self.parts), (REPLIES, self.replies))


def plan(size: int, message_share: float = MESSAGE_SHARE) -> Plan:
    """Divide *size* bytes: first the board, then messages and parts by share.

    Raises:
        FolderError: too little for one slot of each.
    """
    replies = min(REPLY_SLOTS, size // 8 // REPLIES.size)
    rest = size - replies * REPLIES.size
    messages = int(rest * message_share) // MESSAGES.size
    parts = (rest - messages * MESSAGES.size) // PARTS.size
    if min(replies, messages, parts) < 1:
        raise FolderError("too small for one slot of each size")
    return Plan(messages, parts, replies)


def revisions() -> list[str]:
    """Every version that the tables ever had, the latest first."""
    scripts = ScriptDirectory.from_config(_config())
    return [script.revision for script in scripts.walk_revisions()]


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the tables up to what app/models.py says, or to an earlier *revision*; nothing
    when they are.

    Raises:
        FolderError: they are of a version that this program does not know.
        ServerBusyError: the database refuses.
    """
    config = _config()
    try:
        with writing(engine) as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
    except CommandError:
        raise FolderError("the tables are of a version that this program does not know") from None


def check_migrated(engine: Engine) -> None:
    """Return when the tables are those that this version knows.

    Raises:
        DatabaseOldError: they are others: `migrate` changes that, unless they are newer.
        ServerBusyError: the database does not answer.
    """
    wanted = ScriptDirectory.from_config(_config()).get_heads()
    with reading(engine) as connection:
        found = MigrationContext.configure(connection).get_current_heads()
    if sorted(found) != sorted(wanted):
        raise DatabaseOldError(f"revision {', '.join(found) or 'none'}")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    return config


def make_box(engine: Engine, planned: Plan, progress: Progress | None = None) -> None:
    """Make every slot, in a database that `migrate` prepared.

    Raises:
        ServerBusyError: the disk refuses.
    """
    done = 0
    for shelf, count in planned.shelves:
        step = max(1, STEP_BYTES // shelf.size)
        for start in range(0, count, step):
            numbers = range(start, min(start + step, count))
            with writing(engine) as connection:
                shelf.make(connection, numbers)
            with engine.connect() as connection:
                truncate_log(connection)
            done += len(numbers) * shelf.size
            if progress is not None:
                progress(done, planned.size)
