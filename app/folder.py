"""The data folder: made by `init`, and made again in part by `site` and `trust`.

Only app/cli.py and tests depend on this module.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.db import open_database
from app.errors import FolderError, TargetUnwritableError
from app.making import Plan, Progress, make_box, migrate
from app.settings import FILE_NAME, Settings, load_settings
from app.site.build import MIB, SiteSettings, build_site
from app.site.organisation import read_own_words
from crypto.trust import Trust, accept_change, open_trust

ROOM = 1.15  # of the disk, for each byte of slots

_SETTINGS = """\
# What can be chosen, and what holds when it is not.  The program reads this at its start.
#
# threads = 48
# circuit_ids = false          # true only with HiddenServiceExportCircuitID haproxy
# circuit_rate = "600 per minute"
# shared_rate = "6000 per minute"
# login_rate = "30 per minute"
# messages_per_day = 0         # 0: an eighth of the slots
# parts_per_day = 0
# replies_per_day = 256
# session_minutes = 60
# desk_https = false           # true only when the desk is reached by https, not as an onion
# largest_file_mib = 512       # built into the site: run `buzon-server site` after a change
"""


def make_folder(
    folder: Path, trust: bytes, planned: Plan, progress: Progress | None = None
) -> None:
    """Make *folder*: settings, trust, box and site.  Nothing is left of a failure.

    Args:
        folder: new or empty.
        trust: the envelope of the directors' trust.
        planned: the box.

    Raises:
        FolderError: it holds something, or the disk has too little room.
        DocumentMalformedError, DocumentTypeError, DocumentSignaturesError: the trust.
        SiteSourceError, ServerBusyError
    """
    open_trust(trust)
    with half_made(folder, planned.size) as settings:
        (settings.folder / FILE_NAME).write_text(_SETTINGS, "utf-8")
        settings.trust.write_bytes(trust)
        settings.organisation.mkdir()
        build_site(trust, settings.site, settings=SiteSettings())
        _make_database(settings, planned, progress)


@contextmanager
def half_made(folder: Path, size: int) -> Iterator[Settings]:
    """A folder to fill, which becomes *folder* when the block ends well.  Else nothing is left.

    Args:
        folder: new or empty.
        size: bytes of the slots that are to be made in it.

    Raises:
        FolderError: it holds something, or the disk fails.
        TargetUnwritableError: the disk has too little room.
    """
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise FolderError(f"{folder} is not an empty folder")
    except OSError as error:
        raise FolderError(f"{error.strerror}: {error.filename}") from None
    folder = folder.absolute()
    making = folder.with_name(f".{folder.name}.being-made")
    try:
        making.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        if shutil.disk_usage(making).free < size * ROOM:
            raise TargetUnwritableError("the disk has too little room")
        settings = Settings(folder=making)
        yield settings
        _sync_whole(making)
        if folder.exists():
            folder.rmdir()
        making.rename(folder)
        sync(folder.parent)
    except OSError as error:
        raise FolderError(f"{error.strerror}: {error.filename}") from None
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _make_database(settings: Settings, planned: Plan, progress: Progress | None) -> None:
    engine = open_database(settings, making=True)
    migrate(engine)
    make_box(engine, planned, progress)
    engine.dispose()


def sync(path: Path) -> None:
    """Wait until the file, or the names in the folder, are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_whole(folder: Path) -> None:
    """Wait until *folder*, and everything in it, is on disk."""
    for made in (*folder.rglob("*"), folder):
        sync(made)


def open_folder(folder: Path) -> Settings:
    """The settings of a data folder that was made.

    Raises:
        FolderError: it was not.
        SettingsError
    """
    settings = load_settings(folder)
    if not settings.trust.is_file():
        raise FolderError(f"{folder} is not a server's data folder; `init` makes one")
    return settings


def held_trust(settings: Settings) -> Trust:
    """The trust in the data folder.

    Raises:
        FolderError, DocumentMalformedError, DocumentTypeError, DocumentSignaturesError
    """
    return open_trust(_trust_bytes(settings))


def rebuild_site(settings: Settings) -> None:
    """Build the site again, for the trust and the settings in the data folder.

    Raises:
        FolderError, SiteSourceError: the old site stays.
    """
    _replace_site(settings, _trust_bytes(settings))


def change_trust(settings: Settings, envelope: bytes) -> Trust:
    """Hold the trust in *envelope*, which follows the one held, and build the site for it.

    Whoever ends this in the middle finds the old trust held, and calls it again.

    Raises:
        DocumentMalformedError, DocumentTypeError, TrustChainError, DocumentSignaturesError:
            of `accept_change`.
        FolderError, SiteSourceError: old trust and old site stay.
    """
    trust = accept_change(held_trust(settings), envelope)
    _replace_site(settings, envelope)
    return trust


def _replace_site(settings: Settings, trust: bytes) -> None:
    """Put a site built for *trust* in place of the old one, and *trust* beside it, last."""
    new = settings.site.with_name(".site.new")
    old = settings.site.with_name(".site.old")
    new_trust = settings.trust.with_name(".trust.new")
    chosen = SiteSettings(
        max_file_bytes=settings.largest_file_mib * MIB,
        own_words=read_own_words(settings.organisation),
    )
    try:
        if old.exists() and not settings.site.exists():
            old.rename(settings.site)  # the last time ended between the two below
        for folder in (new, old):
            shutil.rmtree(folder, ignore_errors=True)
        build_site(trust, new, settings=chosen)
        _sync_whole(new)  # before it takes the place of one that is on disk
        new_trust.write_bytes(trust)
        sync(new_trust)
        if settings.site.exists():
            settings.site.rename(old)
        try:
            new.rename(settings.site)
            new_trust.rename(settings.trust)
        except OSError:
            if old.exists():
                shutil.rmtree(settings.site, ignore_errors=True)
                old.rename(settings.site)
            raise
        sync(settings.folder)
    except OSError as error:
        raise FolderError(f"{error.strerror}: {error.filename}") from None
    finally:
        new_trust.unlink(missing_ok=True)
        shutil.rmtree(new, ignore_errors=True)
        if settings.site.exists():
            shutil.rmtree(old, ignore_errors=True)


def _trust_bytes(settings: Settings) -> bytes:
    try:
        with settings.trust.open("rb") as file:
            return file.read(Trust.max_envelope_bytes() + 1)
    except OSError as error:
        raise FolderError(f"{error.strerror}: {error.filename}") from None
