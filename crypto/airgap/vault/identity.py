"""Whose vault it is: the lawyer's signing keys and what her cards say.

A lawyer has one identity at a time that signs and speaks.  Those before it open what was
sealed to them; one made after it waits until directors have put it on the roster.

Where this file and crypto/spec/keyfile-v1.md, "Identities", disagree, this file is wrong.
"""

from dataclasses import dataclass

from crypto.airgap.signer import Signer
from crypto.airgap.vault.database import Database, Row
from crypto.card import Card
from crypto.errors import BuzonError
from crypto.roster import lawyer_id


class VaultUnfinishedError(BuzonError):
    """Nobody's vault: making it was interrupted."""

    code = "vault-unfinished"


class IdentityUnknownError(BuzonError):
    """No identity that speaks or waits has this pseudonym."""

    code = "identity-unknown"


@dataclass(frozen=True, slots=True)
class Owner:
    """The lawyer under one identity, with the key that signs for her."""

    number: int  # in this database only; from 1, in the order of making
    card: Card
    signer: Signer

    @property
    def id(self) -> bytes:
        """Her id, 8 bytes."""
        return lawyer_id(self.signer.public_key)


class Identity:
    """Read and write them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, seed: bytes, pseudonym: str, team: str, languages: tuple[str, ...]) -> None:
        """Write the first one, which speaks; a vault never changes hands."""
        self._database.execute(
            "INSERT INTO identities VALUES (1, ?, ?, ?, ?, 1)",
            seed, pseudonym, team, " ".join(languages),
        )  # fmt: skip

    def add(self, seed: bytes, pseudonym: str, team: str, languages: tuple[str, ...]) -> Owner:
        """Write one more, which does not speak yet."""
        self._database.execute(
            "INSERT INTO identities (seed, pseudonym, team, languages, speaks)"
            " VALUES (?, ?, ?, ?, 0)",
            seed, pseudonym, team, " ".join(languages),
        )  # fmt: skip
        return self.all()[-1]

    def let_speak(self, owner: Owner) -> None:
        """From now on *owner* signs and speaks, and no other."""
        self._database.execute("UPDATE identities SET speaks = 0 WHERE speaks = 1")
        self._database.execute("UPDATE identities SET speaks = 1 WHERE number = ?", owner.number)

    def owner(self) -> Owner:
        """The lawyer under the identity that speaks.

        Raises:
            VaultUnfinishedError
        """
        row = self._database.row(f"{_SELECT} WHERE speaks = 1")
        if row is None:
            raise VaultUnfinishedError("no identity")
        return _owner(row)

    def public_key(self) -> bytes:
        """The Ed25519 public key of the identity that speaks."""
        return self.owner().signer.public_key

    def all(self) -> list[Owner]:
        """The lawyer under each identity that she ever had here, in the order of making."""
        return [_owner(row) for row in self._database.rows(f"{_SELECT} ORDER BY number")]

    def called(self, pseudonym: str) -> Owner:
        """The lawyer under the identity of this pseudonym, which speaks or waits to.

        Raises:
            IdentityUnknownError
        """
        speaking = self.owner().number
        for owner in self.all():
            if owner.card.pseudonym == pseudonym and owner.number >= speaking:
                return owner
        raise IdentityUnknownError("no such pseudonym")

    def waiting(self) -> Owner | None:
        """The newest identity, if it is newer than the one that speaks."""
        newest = self.all()[-1]
        return newest if newest.number > self.owner().number else None


_SELECT = "SELECT number, seed, pseudonym, team, languages FROM identities"


def _owner(row: Row) -> Owner:
    number, seed, pseudonym, team, languages = row
    signer = Signer(seed)
    return Owner(number, Card(pseudonym, team, tuple(languages.split()), signer.public_key), signer)
