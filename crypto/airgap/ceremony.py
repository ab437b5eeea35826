"""The ceremony's drafts: trust, roster, freshness, as values without files.

`crypto.airgap.vetting` says whose keys they name, `crypto.airgap.cosigning` signs them.

Where this file and crypto/spec/trust-v1.md or roster-v1.md disagree, this file is wrong.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from crypto import dsse, hpke
from crypto.airgap.vetting import LawyerRevokedError, PseudonymTakenError, find_lawyer
from crypto.card import Card, CardFile, CardKeysError
from crypto.directory import RecipientsTooFewError
from crypto.document import NO_HASH, Document
from crypto.dsse import DocumentSignaturesError, Envelope
from crypto.errors import BuzonError
from crypto.freshness import Freshness, FreshWeek
from crypto.hpke import HpkeKeyError
from crypto.roster import Lawyer, Policy, Roster
from crypto.strictjson import DocumentMalformedError
from crypto.trust import Trust
from crypto.weekly_key import WeeklyKey
from crypto.weeks import first_day, week_of

WEEKS_OF_A_ROSTER = 13


class DraftImpossibleError(BuzonError):
    """What was asked for makes no document that anybody would accept."""

    code = "draft-impossible"


class RosterExpiresFirstError(BuzonError):
    """A week would be confirmed that begins after the roster has expired."""

    code = "roster-expires-first"


def _check(document: Document) -> None:
    """Raise unless *document* can be read back."""
    try:
        document.to_payload()
    except DocumentMalformedError as error:
        raise DraftImpossibleError(str(error)) from None


def draft_trust(
    organisation: str,
    directors: Iterable[bytes],
    quorum: int,
    freshness_threshold: int | None,
    minimum_recipients: int,
    previous: Trust | None = None,
) -> Trust:
    """A first trust, or the one that follows *previous*.

    Raises:
        DraftImpossibleError: it breaks the specification.
    """
    trust = Trust(
        organisation=organisation,
        serial=1 if previous is None else previous.serial + 1,
        previous=NO_HASH if previous is None else previous.payload_hash,
        directors=tuple(sorted(set(directors))),
        quorum=quorum,
        freshness_threshold=quorum if freshness_threshold is None else freshness_threshold,
        minimum_recipients=minimum_recipients,
    )
    _check(trust)
    return trust


def draft_roster(
    trust: Trust,
    previous: Roster | None,
    cards: Sequence[Card],
    retire: Sequence[str],
    revoke: Sequence[str],
    origins: tuple[str, ...],
    policy: Policy,
    issued: date,
    expires: date,
) -> Roster:
    """The first roster, or the one that follows *previous*.

    Args:
        cards: of lawyers who are new, or whose card changed; vetted by voice.
        retire, revoke: ids (or their beginnings) or pseudonyms.

    Raises:
        LawyerRevokedError, PseudonymTakenError, LawyerUnknownError
        RecipientsTooFewError: fewer active lawyers than trust demands.
        DraftImpossibleError: it breaks the specification.
    """
    lawyers = {} if previous is None else {lawyer.id: lawyer for lawyer in previous.lawyers}
    for card in cards:
        lawyer = Lawyer(card.pseudonym, card.team, card.languages, card.identity)
        held = lawyers.get(lawyer.id)
        if held is not None and held.status == "revoked":
            raise LawyerRevokedError(held.pseudonym)
        lawyers[lawyer.id] = lawyer
    if len({lawyer.pseudonym for lawyer in lawyers.values()}) < len(lawyers):
        raise PseudonymTakenError("a pseudonym stands for one key")
    for names, status in ((retire, "retired"), (revoke, "revoked")):
        for name in names:
            found = find_lawyer(lawyers.values(), name)
            lawyers[found.id] = replace(found, status=status)
    roster = Roster(
        trust=trust.payload_hash,
        serial=1 if previous is None else previous.serial + 1,
        previous=NO_HASH if previous is None else previous.payload_hash,
        origins=origins,
        issued=issued,
        expires=expires,
        lawyers=tuple(lawyers[own_id] for own_id in sorted(lawyers)),
        policy=policy,
    )
    _check(roster)
    if len(roster.active) < trust.minimum_recipients:
        raise RecipientsTooFewError(f"{len(roster.active)} active lawyers")
    return roster


def expiry(issued: date, weeks: int) -> date:
    """The last day of a roster valid for *weeks* weeks, 1 to 13."""
    return issued + timedelta(weeks=min(weeks, WEEKS_OF_A_ROSTER))


@dataclass(frozen=True, slots=True)
class Absence:
    """An active lawyer without a key for a week: testimony of that week is not for her."""

    lawyer: Lawyer
    week: int


def draft_freshness(
    trust: Trust, roster: Roster, weekly_keys: Iterable[Envelope], issued: date, weeks: int
) -> tuple[Freshness, list[Absence]]:
    """The statement that *roster* holds from the week of *issued* for so many weeks.

    Args:
        weekly_keys: of any lawyers and weeks; those that the roster's active lawyers
            signed for these weeks are listed, the rest is left out.

    Raises:
        RosterExpiresFirstError: nobody would accept the last of the weeks.
        CardKeysError: as `listed_keys`.
        RecipientsTooFewError: a week has fewer keys than trust demands.
        DraftImpossibleError: not 1 to 6 weeks.
    """
    first = week_of(issued)
    covered = range(first, first + weeks)
    if weeks and first_day(covered[-1]) > roster.expires:
        raise RosterExpiresFirstError(f"expires {roster.expires}")
    listed = listed_keys(roster, weekly_keys)
    fresh, absences = [], []
    for week in covered:
        pairs = []
        for own_id, lawyer in sorted(roster.active.items()):
            envelope = listed.get((own_id, week))
            if envelope is None:
                absences.append(Absence(lawyer, week))
            else:
                pairs.append((own_id, envelope.payload_hash))
        if len(pairs) < trust.minimum_recipients:
            raise RecipientsTooFewError(f"{len(pairs)} keys for week {week}")
        fresh.append(FreshWeek(week, tuple(pairs)))
    freshness = Freshness(roster.payload_hash, issued, tuple(fresh))
    _check(freshness)
    return freshness, absences


def listed_keys(
    roster: Roster, weekly_keys: Iterable[Envelope]
) -> dict[tuple[bytes, int], Envelope]:
    """Of *weekly_keys*, those that active lawyers of *roster* signed, by lawyer and week.

    One lawyer's bad key would make every witness's browser refuse the whole directory,
    so it is caught here, before directors sign.

    Raises:
        CardKeysError: a key that its lawyer did not sign; two different keys of one
            lawyer for one week; one key of two lawyers or weeks; a key to which nothing
            can be sealed.  Its notes name the lawyers.
    """
    found: dict[tuple[bytes, int], Envelope] = {}
    owners: dict[bytes, tuple[bytes, int]] = {}
    for envelope in weekly_keys:
        key = WeeklyKey.from_payload(envelope.payload)
        lawyer = roster.active.get(key.lawyer)
        if lawyer is None:
            continue
        try:
            dsse.check_signatures(envelope, [lawyer.identity], 1)
        except DocumentSignaturesError:
            raise _keys_refused("a weekly key that its lawyer did not sign", lawyer) from None
        before = found.setdefault((key.lawyer, key.week), envelope)
        if before.payload_hash != envelope.payload_hash:
            raise _keys_refused("two keys of one lawyer for one week", lawyer)
        owner = owners.setdefault(key.key, (key.lawyer, key.week))
        if owner != (key.lawyer, key.week):
            both = (roster.active[owner[0]], lawyer)
            raise _keys_refused("one key of two lawyers or weeks", *both)
        try:
            hpke.seal(key.key, b"", b"")
        except HpkeKeyError:
            raise _keys_refused("a key to which nothing can be sealed", lawyer) from None
    return found


def _keys_refused(reason: str, *lawyers: Lawyer) -> CardKeysError:
    refusal = CardKeysError(reason)
    for name in dict.fromkeys(lawyer.pseudonym for lawyer in lawyers):
        refusal.add_note(name)
    return refusal


def gathered_keys(cards: Sequence[CardFile], others: Iterable[Envelope]) -> list[Envelope]:
    """The weekly keys on all of *cards*, and those of *others* that no card replaces.

    A lawyer who lost her keys made others for the same weeks, and the server, which gave
    the *others*, still has both: what she hands over in person holds.

    Source: roster-v1.md, section 5.
    """
    on_cards = [pair for card in cards for pair in card.weekly_keys]
    replaced = {(key.lawyer, key.week) for key, _ in on_cards}
    kept = [envelope for envelope in others if _whose(envelope) not in replaced]
    return [*(envelope for _, envelope in on_cards), *kept]


def _whose(envelope: Envelope) -> tuple[bytes, int]:
    key = WeeklyKey.from_payload(envelope.payload)
    return key.lawyer, key.week
