"""Weekly private keys: made ahead, and destroyed when no cell can need them any more.

A key is destroyed 8 weeks after its week, when the station's clock says so, and the
directors' newest freshness, and a complete pouch from after that time was imported;
16 weeks after its week by the directors' freshness alone.  So neither a clock that
jumps nor a server that withholds makes a testimony unreadable.

Where this file and crypto/spec/roster-v1.md section 3 disagree, this file is wrong.
"""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import count

from nacl.utils import random

from crypto import hpke
from crypto.airgap.vault.identity import Owner
from crypto.airgap.vault.vault import Vault
from crypto.airgap.vault.weekly_keys import WEEKS_AHEAD
from crypto.errors import BuzonError
from crypto.weekly_key import WeeklyKey
from crypto.weeks import week_of

WEEKS_MADE_AT_ONCE = WEEKS_AHEAD
WEEKS_ACCEPTED = 8  # the box takes message cells as old as this
WEEKS_AT_MOST = 16
WEEKS_LEFT_TO_WARN = 8


class ClockBehindError(BuzonError):
    """The clock says a week that was over when directors signed what was verified here."""

    code = "clock-behind"


@dataclass(frozen=True, slots=True)
class Ageing:
    """What became of the keys."""

    destroyed: int = 0  # private keys
    without_a_complete_pouch: bool = False  # of those, some by freshness alone
    let_go: int = 0  # unopened cells that no key can open any more
    weeks_left: int = WEEKS_MADE_AT_ONCE  # with keys, one after another from this week on


def make_keys(vault: Vault, owner: Owner, now: datetime) -> int:
    """Make *owner*'s weekly keys that are missing for the coming 26 weeks; return how many.

    What a wrong clock once made for other weeks stands in the way of none of these; a
    key that was destroyed is not made again.  It is of a week before what directors have
    signed: a key of these weeks whose private half is not here was lost with a machine.

    Raises:
        ClockBehindError: the keys would be of weeks that are over; nothing was made.

    Source: roster-v1.md, section 3.
    """
    this_week = week_of(now.date())
    signed = vault.rosters.day_by_freshness()
    if signed is not None and this_week < week_of(signed):
        raise ClockBehindError("before what directors have signed")
    wanted = range(this_week, this_week + WEEKS_MADE_AT_ONCE)
    hashes = []
    with vault.transaction():
        forget_lost_keys(vault, now)
        made = sorted(set(wanted) - vault.weekly_keys.ever_made(owner))
        for week in made:
            seed = random(hpke.SEED_BYTES)
            key = WeeklyKey(owner.id, week, hpke.public_key_from_seed(seed))
            envelope = owner.signer.sign_document(key)
            vault.weekly_keys.add(owner, week, seed, envelope.to_json())
            hashes.append(envelope.payload_hash)
        if hashes:
            vault.record(vault.identity.owner().signer, now, "keys", hashes, "made")
    return len(made)


def forget_lost_keys(vault: Vault, now: datetime) -> list[bytes]:
    """Forget the keys from this week on that a backup gave back without their private halves.

    Returns the hashes of their public documents, which the custody log keeps.

    Source: backup-v1.md, section 6.
    """
    lost = vault.weekly_keys.forget_lost(week_of(now.date()))
    if lost:
        vault.record(vault.identity.owner().signer, now, "keys", lost, "lost")
    return lost


def last_week_signed(vault: Vault) -> int | None:
    """The last week that directors have signed for, as far as this station has verified it."""
    signed = [week.week for one in vault.rosters.freshnesses() for week in one.weeks]
    return max(signed, default=None)


def complete_pouch(vault: Vault, day: date) -> None:
    """Remember that everything the box held on *day* is here.

    The listing that names *day* is nobody's word, and a station's clock may be wrong: a day
    later than what directors have signed counts as the day on which they signed it.
    """
    signed = vault.rosters.day_by_freshness()
    if signed is None:
        return
    day = min(day, signed)
    before = vault.notes.text("complete-pouch")
    if before is None or not day <= date.fromisoformat(before) <= signed:
        vault.notes.write("complete-pouch", day.isoformat())


def age(vault: Vault, owner: Owner, now: datetime) -> Ageing:
    """Destroy the private keys whose time is over, and let go of what they leave unopened."""
    this_week = week_of(now.date())
    ordinarily, at_most = _over(vault, now.date())
    over = vault.weekly_keys.held_through(max(ordinarily, at_most))
    with vault.transaction():
        hashes = vault.weekly_keys.destroy(over)
        if hashes:
            vault.notes.write("keys-destroyed-through", max(over))
            vault.record(owner.signer, now, "keys", hashes, "destroyed")
        through = vault.notes.number("keys-destroyed-through")
        let_go = 0 if through is None else vault.cells.let_go_unopened(through)
    if over:
        vault.database.truncate_log()
    return Ageing(
        destroyed=len(hashes),
        without_a_complete_pouch=any(week > ordinarily for week in over),
        let_go=let_go,
        weeks_left=_weeks_left(vault, owner, this_week),
    )


def _weeks_left(vault: Vault, owner: Owner, this_week: int) -> int:
    held = vault.weekly_keys.held_from(owner, this_week)
    return next(ahead for ahead in count() if this_week + ahead not in held)


def _over(vault: Vault, today: date) -> tuple[int, int]:
    """The last week whose key may go: ordinarily, and by freshness alone; -1 for none."""
    signed = vault.rosters.day_by_freshness()
    pouch = vault.notes.text("complete-pouch")
    if signed is None:
        return -1, -1
    at_most = week_of(signed) - WEEKS_AT_MOST - 1
    if pouch is None:
        return -1, at_most
    agreed = min(today, signed, date.fromisoformat(pouch))
    return week_of(agreed) - WEEKS_ACCEPTED - 1, at_most
