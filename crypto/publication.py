"""Publication: what directors hand the operator, and what `publish` refuses.

Anybody may depend on this module.  Reading the folder is the caller's work.

Where this file and crypto/spec/directory-v1.md, "Publication", disagree, this
file is wrong.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time

from crypto import dsse
from crypto.directory import DirectoryDocument, keys_by_week, verify_directory
from crypto.dsse import Envelope
from crypto.errors import BuzonError
from crypto.freshness import Freshness
from crypto.roster import Roster, check_successor
from crypto.strictjson import DocumentMalformedError
from crypto.trust import Trust
from crypto.weekly_key import WeeklyKey
from crypto.weeks import first_day, week_of


class FreshnessOlderError(BuzonError):
    """What is published already was issued later."""

    code = "freshness-older"


@dataclass(frozen=True, slots=True)
class Publication:
    """What may be published: verified for this week and all that follow."""

    roster: Roster
    freshness: Freshness
    roster_envelope: Envelope
    freshness_envelope: Envelope
    weekly_keys: tuple[Envelope, ...]  # of the present week and later, by week and lawyer


def verify_publication(
    roster: bytes,
    freshness: bytes,
    weekly_keys: list[bytes],
    trust: Trust,
    now: datetime,
    published_roster: Roster | None = None,
    published_freshness: Freshness | None = None,
) -> Publication:
    """What the three kinds of envelopes publish, if the server may publish it.

    Args:
        roster, freshness, weekly_keys: envelopes, as the files of the folder hold them.
        trust: the trust held.
        now: the clock, UTC.
        published_roster, published_freshness: what is published now, if anything.

    Raises:
        whatever `verify_directory` raises, now and at the beginning of each
        covered week to come;
        RosterRollbackError, RosterForkError, RosterChainError; FreshnessOlderError.

    Source: directory-v1.md, "Publication".
    """
    roster_envelope = dsse.parse_envelope(roster, Roster.max_envelope_bytes())
    freshness_envelope = dsse.parse_envelope(freshness, Freshness.max_envelope_bytes())
    keys = tuple(dsse.parse_envelope(key, WeeklyKey.max_envelope_bytes()) for key in weekly_keys)
    present = week_of(now.date())
    # With every week over, the keys stay, and the verifier says what is wrong.
    keys = tuple(key for key in keys if not _is_over(key, present)) or keys
    document = DirectoryDocument(roster_envelope, freshness_envelope, keys).to_json()
    verified, *_ = [
        verify_directory(document, trust, _moment(week, present, now))
        for week in _weeks_needed(freshness_envelope, present)
    ]
    if published_roster is not None:
        check_successor(published_roster, verified.roster)
    if (
        published_freshness is not None
        and published_freshness.roster == verified.freshness.roster
        and published_freshness.issued > verified.freshness.issued
    ):
        raise FreshnessOlderError("a later freshness is published")
    return Publication(
        verified.roster,
        verified.freshness,
        roster_envelope,
        freshness_envelope,
        tuple(key for week in keys_by_week(keys).values() for key in week),
    )


def _is_over(key: Envelope, present: int) -> bool:
    """Whether an unverified key says that its week is past."""
    try:
        return WeeklyKey.from_payload(key.payload).week < present
    except DocumentMalformedError:
        return False


def _weeks_needed(freshness: Envelope, present: int) -> list[int]:
    """The present week, and those after it that an unverified freshness says it covers."""
    try:
        covered = Freshness.from_payload(freshness.payload).weeks
    except DocumentMalformedError:
        return [present]
    return [present, *(listed.week for listed in covered if listed.week > present)]


def _moment(week: int, present: int, now: datetime) -> datetime:
    """A moment of *week*: now, or the beginning of a week to come."""
    if week == present:
        return now
    return datetime.combine(first_day(week), time(), UTC)
