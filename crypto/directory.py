"""Directory: the one public document that a witness fetches, and how it is verified.

Anybody may depend on this module; the witness, `publish` and every station run
the same verifier.

Where this file and crypto/spec/directory-v1.md disagree, this file is wrong.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from crypto import dsse, strictjson
from crypto.dsse import DocumentSignaturesError, Envelope
from crypto.errors import BuzonError
from crypto.freshness import Freshness, open_freshness
from crypto.roster import Lawyer, Roster, open_roster
from crypto.trust import Trust
from crypto.weekly_key import WeeklyKey
from crypto.weeks import week_of

MAX_BYTES = 1024 * 1024
MAX_WEEKLY_KEYS = 96  # 16 lawyers for 6 weeks
NEIGHBOUR_WEEK = timedelta(hours=24)  # how near to it the neighbour's keys are sent too


class DirectoryError(BuzonError):
    """A directory may not be used, so nothing is sent."""


class RosterSignaturesError(DirectoryError):
    """Too few directors signed the list of lawyers."""

    code = "roster-signatures"


class RosterNotYetError(DirectoryError):
    """The clock is before the day on which the roster was issued."""

    code = "roster-not-yet"


class RosterExpiredError(DirectoryError):
    """The clock is past the roster's last day."""

    code = "roster-expired"


class OriginUnknownError(DirectoryError):
    """The page was served from an address that the directors did not sign."""

    code = "origin-unknown"


class FreshnessSignaturesError(DirectoryError):
    """Too few directors signed the freshness."""

    code = "freshness-signatures"


class FreshnessRosterError(DirectoryError):
    """The freshness is for another roster."""

    code = "freshness-roster"


class FreshnessNotYetError(DirectoryError):
    """The clock is before the day on which the freshness was issued."""

    code = "freshness-not-yet"


class FreshnessWeekError(DirectoryError):
    """The freshness does not cover the week."""

    code = "freshness-week"


class FreshnessLawyerError(DirectoryError):
    """The freshness lists somebody who is no active lawyer."""

    code = "freshness-lawyer"


class KeysUnknownLawyerError(DirectoryError):
    """A weekly key is for somebody who is no active lawyer."""

    code = "keys-unknown-lawyer"


class KeysSignatureError(DirectoryError):
    """A weekly key is not signed by its lawyer."""

    code = "keys-signature"


class KeysUnlistedError(DirectoryError):
    """A weekly key is not the one that the freshness lists."""

    code = "keys-unlisted"


class KeysDuplicateError(DirectoryError):
    """A weekly key is there twice."""

    code = "keys-duplicate"


class KeysMissingError(DirectoryError):
    """A weekly key that the freshness lists is not there."""

    code = "keys-missing"


class RecipientsTooFewError(DirectoryError):
    """Fewer lawyers would read than the directors demand."""

    code = "recipients-too-few"


class Recipient(NamedTuple):
    """A lawyer, and the X-Wing public key of hers to seal to."""

    lawyer: Lawyer
    key: bytes


@dataclass(frozen=True, slots=True)
class Directory:
    """A verified directory, as it holds in `week`."""

    roster: Roster
    freshness: Freshness
    week: int
    recipients: tuple[Recipient, ...]  # of that week, ascending by lawyer's id

    @property
    def roster_hash(self) -> bytes:
        """Names the roster in cells, receipts and freshness."""
        return self.roster.payload_hash

    @property
    def freshness_hash(self) -> bytes:
        """Names the freshness."""
        return self.freshness.payload_hash


@dataclass(frozen=True, slots=True)
class DirectoryDocument:
    """The envelopes of a directory, none of which is verified."""

    roster: Envelope
    freshness: Envelope
    weekly_keys: tuple[Envelope, ...]

    def to_json(self) -> bytes:
        """The document as it is sent."""
        return strictjson.serialise(
            {
                "roster": self.roster.to_value(),
                "freshness": self.freshness.to_value(),
                "weekly_keys": [key.to_value() for key in self.weekly_keys],
            }
        )


def parse_directory(document: bytes) -> DirectoryDocument:
    """Split *document* into its envelopes and verify nothing.

    Raises:
        DocumentMalformedError

    Source: directory-v1.md, step 1.
    """
    roster, freshness, weekly_keys = strictjson.members(
        strictjson.parse(document, MAX_BYTES), "roster", "freshness", "weekly_keys"
    )
    return DirectoryDocument(
        dsse.envelope_of(roster),
        dsse.envelope_of(freshness),
        tuple(dsse.envelope_of(key) for key in strictjson.array(weekly_keys, 1, MAX_WEEKLY_KEYS)),
    )


def untrusted_batch_size(document: bytes) -> int:
    """How many reply cells a batch has, as a *document* says that nobody verified.

    For the courier, which holds no trust; the desk refuses what is wrong.

    Raises:
        DocumentMalformedError
    """
    return Roster.from_payload(parse_directory(document).roster.payload).policy.batch_size


def verify_directory(
    document: bytes, trust: Trust, now: datetime, origin: str | None = None
) -> Directory:
    """The directory in *document*, if a witness may seal to it.

    Args:
        document: as it was fetched.
        trust: the trust held.
        now: the clock, UTC.
        origin: where the page came from; None for a program or page opened from a file.

    Raises:
        DocumentMalformedError, DocumentTypeError, RosterTrustError and the
        DirectoryErrors above, in the order of the specification.

    Source: directory-v1.md, "Verification"; the numbers below are its steps.
    """
    today = now.date()
    week = week_of(today)
    envelopes = parse_directory(document)  # 1
    roster = _roster(envelopes.roster, trust, today, origin)  # 2 to 4
    freshness = _freshness(envelopes.freshness, trust, roster, today)  # 5 to 7
    keys: dict[tuple[int, bytes], bytes] = {}
    for envelope in envelopes.weekly_keys:  # 8
        key = _weekly_key(envelope, roster, freshness)
        if (key.week, key.lawyer) in keys or key.key in keys.values():
            raise KeysDuplicateError("a weekly key twice")
        keys[key.week, key.lawyer] = key.key
    for covered in freshness.weeks:  # 9
        if covered.week == week or any(covered.week == present for present, _ in keys):
            for lawyer, _ in covered.keys:
                if (covered.week, lawyer) not in keys:
                    raise KeysMissingError("a listed key is missing")
    recipients = tuple(
        Recipient(lawyer, keys[week, own_id])
        for own_id, lawyer in roster.active.items()
        if (week, own_id) in keys
    )
    if len(recipients) < trust.minimum_recipients:  # 10
        raise RecipientsTooFewError("fewer recipients than the minimum")
    return Directory(roster, freshness, week, recipients)


def _roster(envelope: Envelope, trust: Trust, today: date, origin: str | None) -> Roster:
    try:
        roster = open_roster(envelope, trust)
    except DocumentSignaturesError:
        raise RosterSignaturesError("too few directors signed the roster") from None
    if today < roster.issued:
        raise RosterNotYetError("the roster is issued later")
    if today > roster.expires:
        raise RosterExpiredError("the roster has expired")
    if origin is not None and origin not in roster.origins:
        raise OriginUnknownError("an origin that is not in the roster")
    return roster


def _freshness(envelope: Envelope, trust: Trust, roster: Roster, today: date) -> Freshness:
    try:
        freshness = open_freshness(envelope, trust)
    except DocumentSignaturesError:
        raise FreshnessSignaturesError("too few directors signed the freshness") from None
    if freshness.roster != roster.payload_hash:
        raise FreshnessRosterError("a freshness for another roster")
    if today < freshness.issued:
        raise FreshnessNotYetError("the freshness is issued later")
    if freshness.week(week_of(today)) is None:
        raise FreshnessWeekError("a week that the freshness does not cover")
    if any(lawyer not in roster.active for week in freshness.weeks for lawyer, _ in week.keys):
        raise FreshnessLawyerError("the freshness lists somebody who is not active")
    return freshness


def _weekly_key(envelope: Envelope, roster: Roster, freshness: Freshness) -> WeeklyKey:
    dsse.check_type(envelope, WeeklyKey.PAYLOAD_TYPE)
    key = WeeklyKey.from_payload(envelope.payload)
    lawyer = roster.active.get(key.lawyer)
    if lawyer is None:
        raise KeysUnknownLawyerError("a weekly key for somebody who is not active")
    try:
        dsse.check_signatures(envelope, [lawyer.identity], 1)
    except DocumentSignaturesError:
        raise KeysSignatureError("a weekly key that its lawyer did not sign") from None
    listed = freshness.week(key.week)
    if listed is None or (key.lawyer, key.payload_hash) not in listed.keys:
        raise KeysUnlistedError("a weekly key that the freshness does not list")
    return key


def weeks_to_send(now: datetime) -> tuple[int, ...]:
    """This week and, within 24 hours of a change of week, the neighbour; ascending.

    Source: directory-v1.md.
    """
    moments = (now - NEIGHBOUR_WEEK, now, now + NEIGHBOUR_WEEK)
    return tuple(sorted({week_of(moment.date()) for moment in moments}))


def build_directory(
    roster: Envelope, freshness: Envelope, weekly_keys: Iterable[Envelope], now: datetime
) -> bytes:
    """The directory that a server sends at *now* (UTC), out of a verified publication.

    Raises:
        DocumentMalformedError: one of them is no weekly key.
        FreshnessWeekError: nothing is there for this week.

    Source: directory-v1.md.
    """
    by_week = keys_by_week(weekly_keys)
    if week_of(now.date()) not in by_week:
        raise FreshnessWeekError("no keys for this week")
    keys = [key for week in weeks_to_send(now) for key in by_week.get(week, ())]
    return DirectoryDocument(roster, freshness, tuple(keys)).to_json()


def keys_by_week(weekly_keys: Iterable[Envelope]) -> Mapping[int, tuple[Envelope, ...]]:
    """Sort unverified envelopes by what they say: week, and in it lawyer.

    Raises:
        DocumentMalformedError
    """
    read = [(WeeklyKey.from_payload(envelope.payload), envelope) for envelope in weekly_keys]
    read.sort(key=lambda pair: (pair[0].week, pair[0].lawyer))
    return {
        week: tuple(envelope for key, envelope in read if key.week == week)
        for week in dict.fromkeys(key.week for key, _ in read)
    }
