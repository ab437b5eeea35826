"""What colleagues' stations handed over: the documents, as their givers signed them.

Where this file and crypto/spec/handover-v1.md section 6 disagree, this file is wrong.
"""

from crypto.airgap.vault.database import Database
from crypto.dsse import Envelope


class Handovers:
    """Read and write them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, giver: bytes, envelope: Envelope) -> int:
        """Keep a verified document, once; return its number."""
        self._database.execute(
            "INSERT OR IGNORE INTO handovers (hash, giver, envelope) VALUES (?, ?, ?)",
            envelope.payload_hash, giver, envelope.to_json(),
        )  # fmt: skip
        query = "SELECT id FROM handovers WHERE hash = ?"
        return self._database.number(query, envelope.payload_hash)
