"""Succession: a lawyer's new identity takes over once directors have vetted it.

Until a verified roster shows it active the one before goes on signing and speaking:
witnesses' programs pass over what nobody of the roster has signed, and the box counts no
receipt of theirs.

Where this file and crypto/spec/keyfile-v1.md, "Identities", disagree, this file is wrong.
"""

from collections.abc import Iterable
from datetime import datetime

from nacl.utils import random

from crypto.airgap import key_ageing
from crypto.airgap.custody import SUCCEEDED
from crypto.airgap.outgoing import next_sequence
from crypto.airgap.signer import Signer
from crypto.airgap.vault.identity import Owner
from crypto.airgap.vault.vault import Vault
from crypto.airgap.vetting import PseudonymTakenError
from crypto.card import Card, card_file
from crypto.errors import BuzonError
from crypto.roster import Roster
from crypto.strictjson import DocumentMalformedError
from crypto.weekly_key import WeeklyKey
from crypto.weeks import week_of

_SEED_BYTES = 32


class CardImpossibleError(BuzonError):
    """No card can say this of a lawyer."""

    code = "card-impossible"


def new_seed(pseudonym: str, team: str, languages: tuple[str, ...]) -> bytes:
    """The Ed25519 seed of a new identity, whose card can say this.

    Raises:
        CardImpossibleError
    """
    seed = random(_SEED_BYTES)
    try:
        Card(pseudonym, team, languages, Signer(seed).public_key).to_payload()
    except DocumentMalformedError as error:
        raise CardImpossibleError(str(error)) from None
    return seed


def new_identity(
    vault: Vault, pseudonym: str, team: str, languages: tuple[str, ...], now: datetime
) -> Owner:
    """Make one more identity with weekly keys of its own; it waits for the directors.

    Args:
        pseudonym: of nobody else, and none that the lawyer had before: it stands for one key.

    Raises:
        CardImpossibleError, PseudonymTakenError, ClockBehindError: in this order; nothing
        was made.
    """
    seed = new_seed(pseudonym, team, languages)
    roster = vault.rosters.newest()
    listed = () if roster is None else roster.lawyers
    taken = {owner.card.pseudonym for owner in vault.identity.all()}
    if pseudonym in taken | {lawyer.pseudonym for lawyer in listed}:
        raise PseudonymTakenError("a pseudonym stands for one key")
    with vault.transaction():
        owner = vault.identity.add(seed, pseudonym, team, languages)
        before = vault.identity.owner().signer
        vault.record(before, now, "identity", [owner.signer.public_key], "made")
        key_ageing.make_keys(vault, owner, now)
    return owner


def card_of(vault: Vault, owner: Owner, now: datetime) -> bytes:
    """The card file of *owner*, which those before sign too.

    So directors see that whoever had the old key asks for the new one.

    Source: roster-v1.md, section 4.
    """
    card = owner.signer.sign_document(owner.card)
    for before in vault.identity.all():
        if before.number < owner.number:
            card = before.signer.add_signature(card)
    envelopes = vault.weekly_keys.envelopes(owner, week_of(now.date()))
    return card_file(card, [WeeklyKey.envelope_of(envelope) for envelope in envelopes])


def succeed(vault: Vault, owner: Owner, now: datetime) -> Owner | None:
    """Let the newest identity that the newest verified roster shows active speak.

    The custody log goes over to it, and standing replies are numbered and sealed as its own.

    Returns:
        who speaks from now on; None when *owner* goes on.
    """
    roster = vault.rosters.newest()
    found = None if roster is None else newest_active(roster, vault.identity.all())
    if found is None or found.number == owner.number:
        return None
    with vault.transaction():
        vault.record(owner.signer, now, SUCCEEDED, [found.signer.public_key])
        vault.identity.let_speak(found)
        for thread in vault.messages.threads():
            replies = vault.replies.unnumbered(thread, found)
            first = next_sequence(vault, found, thread) if replies else 0
            for sequence, reply in enumerate(replies, first):
                vault.replies.number_as(reply.number, found, sequence)
        vault.notes.write("replies-changed", 1)
    return found


def newest_active(roster: Roster, identities: Iterable[Owner]) -> Owner | None:
    """The last of *identities* that is active in *roster*."""
    active = {lawyer.identity for lawyer in roster.active.values()}
    found = [one for one in identities if one.signer.public_key in active]
    return found[-1] if found else None
