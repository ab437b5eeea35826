"""Whose vault it is: the lawyer's signing key and what her card says."""

from dataclasses import dataclass

from crypto.airgap.signer import Signer
from crypto.airgap.vault.database import Database
from crypto.card import Card
from crypto.errors import BuzonError
from crypto.roster import lawyer_id


class VaultUnfinishedError(BuzonError):
    """Nobody's vault: making it was interrupted."""

    code = "vault-unfinished"


@dataclass(frozen=True, slots=True)
class Owner:
    """The lawyer, with the key that signs for her."""

    card: Card
    signer: Signer

    @property
    def id(self) -> bytes:
        """Her id, 8 bytes."""
        return lawyer_id(self.signer.public_key)


class Identity:
    """Read and write it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, seed: bytes, pseudonym: str, team: str, languages: tuple[str, ...]) -> None:
        """Write it once; a vault never changes hands."""
        self._database.execute(
            "INSERT INTO identity VALUES (1, ?, ?, ?, ?)",
            seed, pseudonym, team, " ".join(languages),
        )  # fmt: skip

    def owner(self) -> Owner:
        """The lawyer.

        Raises:
            VaultUnfinishedError
        """
        row = self._database.row("SELECT seed, pseudonym, team, languages FROM identity")
        if row is None:
            raise VaultUnfinishedError("no identity")
        seed, pseudonym, team, languages = row
        signer = Signer(seed)
        card = Card(pseudonym, team, tuple(languages.split()), signer.public_key)
        return Owner(card, signer)

    def public_key(self) -> bytes:
        """Her Ed25519 public key."""
        return self.owner().signer.public_key
