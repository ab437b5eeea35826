"""Taking in histories: rosters that this station missed, and those that contradict its chain.

Where this file and crypto/spec/roster-v1.md section 6 disagree, this file is wrong.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from crypto import history
from crypto.airgap.vault.identity import Owner
from crypto.airgap.vault.vault import Vault
from crypto.directory import MAX_BYTES as MAX_DIRECTORY_BYTES
from crypto.directory import parse_directory
from crypto.dsse import DocumentSignaturesError, DocumentTypeError, Envelope
from crypto.history import parse_history
from crypto.pouch import (
    DIRECTORY_NAME,
    DOCUMENT_SUFFIX,
    HAVE_ROSTERS,
    MAX_STATIONS,
    ROSTERS_NAME,
)
from crypto.roster import Roster, RosterChainError, RosterTrustError, open_roster
from crypto.stick import (
    Folder,
    PouchMissingError,
    PouchNameError,
    PouchNotAFileError,
    PouchSizeError,
    PouchUnreadableError,
)
from crypto.strictjson import DocumentMalformedError

_STATION_NAME = re.compile(f"[0-9a-f]{{16}}{re.escape(DOCUMENT_SUFFIX)}")


@dataclass(slots=True)
class Compared:
    """What histories brought."""

    taken: int = 0  # rosters that are new
    contradictions: int = 0  # seen for the first time
    refused: list[tuple[str, str]] = field(default_factory=list)  # untrusted name and code


def take_histories(vault: Vault, owner: Owner, pouch: Folder, now: datetime) -> Compared:
    """Compare the chain held with all that *pouch* shows of it, and take what it lacks.

    A station that has verified no roster yet has no chain: its first is a directory's.

    Args:
        owner: whose vault it is; signs the custody log.
        now: the station's clock, UTC.

    Raises:
        FileUnwritableError, VaultDamagedError
    """
    compared = Compared()
    if vault.rosters.newest() is None:
        return compared
    try:
        for name, read in _documents(pouch, compared):
            try:
                _compare(vault, owner, read(), name, now, compared)
            except _REFUSALS as error:
                if name != DIRECTORY_NAME:  # whose own verification says what is wrong with it
                    compared.refused.append((name, error.code))
    except PouchUnreadableError as error:  # a folder that does not list
        compared.refused.append((ROSTERS_NAME, error.code))
    return compared


_Read = Callable[[], Iterable[Envelope]]


def _documents(pouch: Folder, compared: Compared) -> Iterator[tuple[str, _Read]]:
    """What shows rosters, the desk's first: each by name, and how to read it."""
    names = pouch.names()
    if ROSTERS_NAME in names:
        yield ROSTERS_NAME, partial(_history, pouch, ROSTERS_NAME)
    yield DIRECTORY_NAME, partial(_roster_of_directory, pouch)
    if HAVE_ROSTERS not in names:
        return
    try:
        stations = pouch.inner(HAVE_ROSTERS)
    except PouchMissingError as error:
        compared.refused.append((HAVE_ROSTERS, error.code))
        return
    with stations:
        for name in stations.names()[:MAX_STATIONS]:
            shown = f"{HAVE_ROSTERS}/{name}"
            if _STATION_NAME.fullmatch(name) is None:
                compared.refused.append((shown, PouchNameError.code))
            else:
                yield shown, partial(_history, stations, name)


def _history(folder: Folder, name: str) -> Sequence[Envelope]:
    return parse_history(folder.read_whole(name, history.MAX_BYTES))


def _roster_of_directory(pouch: Folder) -> Sequence[Envelope]:
    roster = parse_directory(pouch.read(DIRECTORY_NAME, MAX_DIRECTORY_BYTES)).roster
    return (Roster.envelope_of(roster),)


def _compare(
    vault: Vault,
    owner: Owner,
    envelopes: Iterable[Envelope],
    seen_in: str,
    now: datetime,
    compared: Compared,
) -> None:
    """Take and compare one document.

    Raises:
        DocumentMalformedError, RosterTrustError, DocumentSignaturesError, RosterChainError:
            at the first roster that is refused; what came before it counts.
    """
    chain = [Roster.from_payload(envelope.payload) for envelope in vault.rosters.chain()]
    held = {roster.serial: roster for roster in chain}
    first, last = chain[0], chain[-1]
    known = {first.previous, *(roster.payload_hash for roster in chain)}
    missed: list[tuple[Roster, Envelope]] = []
    forked = False
    try:
        for envelope in envelopes:
            roster = Roster.from_payload(envelope.payload)
            if envelope.payload_hash in known or roster.serial < first.serial - 1:
                continue
            open_roster(envelope, vault.rosters.trust_of(roster))
            against = held.get(roster.serial) or (first if roster.serial < first.serial else None)
            if against is None and roster.serial == last.serial + 1:
                if roster.previous == last.payload_hash:
                    missed.append((roster, envelope))
                    last = roster
                    continue
                against = last
            if against is None or against.payload_hash not in known:
                raise RosterChainError("one between is missing")
            if roster.previous in known or not forked:
                compared.contradictions += _contradicted(
                    vault, owner, against, envelope, seen_in, now
                )
            forked = True
            if roster.serial > last.serial:
                return  # what comes after belongs to another chain
    finally:
        compared.taken += _take(vault, missed)


def _contradicted(
    vault: Vault, owner: Owner, held: Roster, other: Envelope, seen_in: str, now: datetime
) -> bool:
    """Keep the evidence; True when it is new."""
    with vault.transaction():
        new = vault.contradictions.add(held, other, seen_in, now.date())
        if new:
            both = [held.payload_hash, other.payload_hash]
            vault.record(owner.signer, now, "noted", both, "rosters contradict")
    return new


def _take(vault: Vault, missed: list[tuple[Roster, Envelope]]) -> int:
    """Keep those up to the last that the present directors signed; return how many."""
    present = vault.rosters.trust().payload_hash
    vouched = max(
        (n for n, (roster, _) in enumerate(missed, 1) if roster.trust == present), default=0
    )
    with vault.transaction():
        for roster, envelope in missed[:vouched]:
            vault.rosters.accept(roster, envelope)
    return vouched


_REFUSALS = (
    PouchNotAFileError,
    PouchSizeError,
    PouchUnreadableError,
    DocumentMalformedError,
    DocumentTypeError,
    RosterTrustError,
    DocumentSignaturesError,
    RosterChainError,
)
