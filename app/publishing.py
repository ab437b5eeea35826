"""Publishing: the folder that directors hand over is read, verified and made public.

Only app/cli.py and tests depend on this module.  What is refused:
crypto/spec/directory-v1.md, "Publication".
"""

from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Engine, select

from app.db import reading, writing
from app.errors import SourceUnreadableError, TargetUnwritableError
from app.models import WeeklyKeyRow
from app.published import held_in, publish
from crypto import dsse
from crypto.freshness import Freshness
from crypto.publication import Publication, verify_publication
from crypto.roster import Roster
from crypto.trust import Trust
from crypto.weekly_key import WeeklyKey
from crypto.weeks import week_of

ROSTER = "roster.json"
FRESHNESS = "freshness.json"
WEEKLY_KEYS = "weekly-keys"
MOST_KEYS = 4096  # files in the folder


def publish_folder(engine: Engine, folder: Path, trust: Trust, now: datetime) -> Publication:
    """Publish *folder*; nothing changes when it is refused.

    Raises:
        SourceUnreadableError: a file cannot be read, or there are too many.
        whatever `verify_publication` raises.
        ServerBusyError
    """
    try:
        keys = sorted((folder / WEEKLY_KEYS).glob("*.json"))
    except OSError as error:
        raise SourceUnreadableError(f"{error.strerror}: {error.filename}") from None
    if len(keys) > MOST_KEYS:
        raise SourceUnreadableError("too many weekly keys")
    roster = _read(folder / ROSTER, Roster.max_envelope_bytes())
    freshness = _read(folder / FRESHNESS, Freshness.max_envelope_bytes())
    weekly_keys = [_read(key, WeeklyKey.max_envelope_bytes()) for key in keys]
    # One transaction: what it is compared with is what it replaces.
    with writing(engine) as connection:
        published = held_in(connection)
        publication = verify_publication(
            roster,
            freshness,
            weekly_keys,
            trust,
            now,
            published.roster if published else None,
            published.freshness if published else None,
        )
        publish(connection, publication)
    return publication


def export_weekly_keys(engine: Engine, folder: Path, today: date) -> int:
    """Write every weekly key of this week and later as `<hash>.json`; returns how many.

    Raises:
        TargetUnwritableError: *folder* cannot be written.
        ServerBusyError
    """
    written = 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with reading(engine) as connection:
            for row in connection.scalars(select(WeeklyKeyRow.envelope)):
                key = dsse.parse_envelope(row, WeeklyKey.max_envelope_bytes())
                if WeeklyKey.from_payload(key.payload).week >= week_of(today):
                    (folder / f"{key.payload_hash.hex()}.json").write_bytes(row)
                    written += 1
    except OSError as error:
        raise TargetUnwritableError(f"{error.strerror}: {error.filename}") from None
    return written


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise SourceUnreadableError(f"{error.strerror}: {path}") from None
