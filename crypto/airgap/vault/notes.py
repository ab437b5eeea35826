"""Single values that the vault remembers, each under a name that stands here."""

from typing import Literal

from crypto.airgap.vault.database import Database

Name = Literal[
    "custody-head",  # hash of the newest entry, hex
    "keys-destroyed-through",  # the newest week whose private key was destroyed
    "complete-pouch",  # the latest day from which a complete pouch was imported
    "backup-number",  # of the backup that was begun last
    "replies-changed",  # 1 when the batch made last no longer says what it should
]


class Notes:
    """Read and write them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def text(self, name: Name) -> str | None:
        """The value under *name*, if there is one."""
        found = self._database.row("SELECT value FROM notes WHERE name = ?", name)
        return None if found is None else str(found[0])

    def number(self, name: Name) -> int | None:
        """The value under *name* as a number, if there is one."""
        found = self.text(name)
        return None if found is None else int(found)

    def write(self, name: Name, value: str | int) -> None:
        """Remember *value* in the place of whatever was there."""
        self._database.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", name, str(value))
