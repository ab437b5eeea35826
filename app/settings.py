"""What an operator can choose: the file `settings.toml` in the data folder.

Only `app` depends on this module.  Every key is optional; an unknown one is refused.
"""

import dataclasses
import tomllib
from dataclasses import dataclass
from pathlib import Path

from app.errors import SettingsError

FILE_NAME = "settings.toml"

_NUMBERS_FROM_ZERO = {"messages_per_day", "parts_per_day"}


@dataclass(frozen=True, slots=True)
class Settings:
    """The data folder and what its settings file says."""

    folder: Path
    database: str = ""
    """SQLAlchemy URL.  Empty: SQLite in the data folder, the only kind whose file
    tells a thief no order of arrival."""
    threads: int = 48
    """Requests that are served at the same time, by each of the two programs."""
    circuit_ids: bool = False
    """Tor is configured with `HiddenServiceExportCircuitID haproxy`.  Only then: else a
    visitor could invent circuits."""
    circuit_rate: str = "600 per minute"
    """Uploads by one Tor circuit."""
    shared_rate: str = "6000 per minute"
    """Uploads by everybody together, where circuits are not told apart."""
    login_rate: str = "30 per minute"
    """Attempts to open a session that fail, of one account, and by one Tor circuit or, where
    circuits are not told apart, by everybody; after that they are told so.  Where they are
    not, who knows passphrase and code is let in all the same."""
    messages_per_day: int = 0
    """Message cells taken in one UTC day.  0: an eighth of the slots, at least 256."""
    parts_per_day: int = 0
    """Part cells taken in one UTC day.  0: an eighth of the slots, at least 256."""
    replies_per_day: int = 256
    """Reply cells taken in one UTC day: 16 batches of 16."""
    session_minutes: int = 60
    """How long a session at the desk lives when it is not used; twelve times as long at most,
    however much it is used."""
    desk_https: bool = False
    """The desk is reached by https: its cookie is never sent without.  An onion is http."""
    largest_file_mib: int = 512
    """Largest file that the site lets a witness add; at most 4096.  `site` builds it in."""

    @property
    def url(self) -> str:
        """SQLAlchemy URL of the database."""
        return self.database or f"sqlite:///{self.database_file}"

    @property
    def database_file(self) -> Path:
        """Where SQLite keeps everything."""
        return self.folder / "buzon.db"

    @property
    def site(self) -> Path:
        """The built witness site."""
        return self.folder / "site"

    @property
    def organisation(self) -> Path:
        """The organisation's own words on the first page: `es.txt`, `en.txt`."""
        return self.folder / "organisation"

    @property
    def trust(self) -> Path:
        """The directors' keys: an envelope."""
        return self.folder / "trust.json"


def load_settings(folder: Path) -> Settings:
    """The settings of the data *folder*; defaults where its file says nothing.

    Raises:
        SettingsError: the file cannot be read, has an unknown key, or a value of a
            wrong kind.
    """
    try:
        chosen = tomllib.loads((folder / FILE_NAME).read_text("utf-8"))
    except FileNotFoundError:
        chosen = {}
    except (OSError, ValueError) as error:
        raise SettingsError(f"{FILE_NAME} cannot be read: {type(error).__name__}") from None
    kinds = {field.name: field.type for field in dataclasses.fields(Settings)}
    for key, value in chosen.items():
        if key == "folder" or key not in kinds:
            raise SettingsError(f"unknown key {key}")
        if type(value) is not kinds[key]:
            raise SettingsError(f"{key} is of a wrong kind")
        if type(value) is int and value < (0 if key in _NUMBERS_FROM_ZERO else 1):
            raise SettingsError(f"{key} is too small")
    return Settings(folder=folder, **chosen)
