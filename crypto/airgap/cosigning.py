"""Cosigning: a document goes from director to director and takes a signature from each.

For the ceremony only.

Where this file and crypto/spec/trust-v1.md disagree, this file is wrong.
"""

from collections.abc import Iterable

from crypto import dsse, strictjson
from crypto.airgap.signer import Signer
from crypto.directory import FreshnessRosterError
from crypto.document import Document
from crypto.dsse import DocumentSignaturesError, Envelope
from crypto.errors import BuzonError
from crypto.freshness import Freshness
from crypto.roster import Roster, RosterTrustError
from crypto.trust import Trust, TrustChainError


class SignerUnknownError(BuzonError):
    """Whoever signs is not one of the directors who may."""

    code = "signer-unknown"


class SignedAlreadyError(BuzonError):
    """This director has signed the document already."""

    code = "signed-already"


def add_signature(envelope: Envelope, signer: Signer, directors: Iterable[bytes]) -> Envelope:
    """*envelope* with the signature of *signer*, who must be one of *directors*.

    Raises:
        SignerUnknownError, SignedAlreadyError: in this order.
    """
    if signer.public_key not in set(directors):
        raise SignerUnknownError("no director")
    if signer.public_key in signers(envelope, [signer.public_key]):
        raise SignedAlreadyError("signed before")
    return signer.add_signature(envelope)


def signers(envelope: Envelope, directors: Iterable[bytes]) -> list[bytes]:
    """Which of *directors* have signed *envelope*, each once."""
    found = []
    for director in dict.fromkeys(directors):
        try:
            dsse.check_signatures(envelope, [director], 1)
        except DocumentSignaturesError:
            continue
        found.append(director)
    return found


def parse_draft(content: bytes, kind: type[Document]) -> Envelope:
    """Read an envelope of *kind* that may not have any signature yet.

    Raises:
        DocumentMalformedError, DocumentTypeError, DocumentMalformedError (payload): in
        this order.

    Source: trust-v1.md, "Draft".
    """
    value = strictjson.parse(content, kind.max_envelope_bytes())
    payload_type, payload, signatures = strictjson.members(
        value, "payloadType", "payload", "signatures"
    )
    if signatures == [] and isinstance(payload_type, str):
        envelope = Envelope(payload_type, strictjson.base64_bytes(payload))
        dsse.check_type(envelope, kind.PAYLOAD_TYPE)
    else:
        envelope = kind.envelope_of(content)
    kind.from_payload(envelope.payload)
    return envelope


def check_follows(previous: Trust, trust: Trust) -> None:
    """Raise unless *trust* is the one after *previous*.

    Raises:
        TrustChainError
    """
    if trust.serial != previous.serial + 1 or trust.previous != previous.payload_hash:
        raise TrustChainError("not the trust that follows")


def check_roster_of(trust: Trust, roster: Roster) -> None:
    """Raise unless *roster* is made under *trust*.

    Raises:
        RosterTrustError
    """
    if roster.trust != trust.payload_hash:
        raise RosterTrustError("a roster of another trust")


def check_freshness_of(roster: Roster, freshness: Freshness) -> None:
    """Raise unless *freshness* speaks of *roster*.

    Raises:
        FreshnessRosterError
    """
    if freshness.roster != roster.payload_hash:
        raise FreshnessRosterError("a freshness for another roster")
