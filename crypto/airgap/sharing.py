"""Sharing: whether the witness lets her testimony go to a lawyer of another team.

No override: only the witness changes her mind, with her phrase.  For the air gap's
programs only.

Where this file and crypto/spec/handover-v1.md section 4 disagree, this file is wrong.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from crypto.airgap.vault.messages import FiledMessage
from crypto.errors import BuzonError
from crypto.message import Answers
from crypto.roster import Roster

_USES: Final = "consent_use"  # names of the questionnaire
_SHARE: Final = "share_org"
_WITHHELD: Final = "withhold"


class SharingError(BuzonError):
    """A thread stays with the team that has it."""


class ConsentMissingError(SharingError):
    """The witness's latest word does not allow sharing with another organisation."""

    code = "handover-consent"


class WithheldError(SharingError):
    """The witness named something that must never leave the team."""

    code = "handover-withheld"


def check_sharing(
    messages: Sequence[FiledMessage], own_teams: Collection[str], to_team: str, roster: Roster
) -> None:
    """Return when the thread of these *messages* may go to a lawyer of *to_team*.

    What a colleague of a third team handed over is not the own team's to pass on freely.

    Args:
        own_teams: the giver's, now and when the messages were sealed.
        roster: the newest; it says of which team whoever handed some of them over is.

    Raises:
        ConsentMissingError, WithheldError: in this order.

    Source: handover-v1.md, section 4.
    """
    teams = {lawyer.id: lawyer.team for lawyer in roster.lawyers}
    givers = {one.handed_by for one in messages if one.handed_by is not None}
    if {*own_teams, *map(teams.get, givers)} == {to_team}:
        return
    said = _latest_word(messages)
    if not said or not all(_allows(consent) for consent in said):
        raise ConsentMissingError("not allowed, or not said")
    if any(_withholds(consent) for consent in said):
        raise WithheldError("something must not leave the team")


def _latest_word(messages: Iterable[FiledMessage]) -> list[Answers]:
    """The consents of the newest week that has any.

    A file is sent without a word on consent; any other message says something by leaving
    every box empty.
    """
    speaking = [one for one in messages if one.message.kind != "files" or one.message.consent]
    newest = max((one.week for one in speaking), default=0)
    return [one.message.consent for one in speaking if one.week == newest]


def _allows(consent: Answers) -> bool:
    uses = consent.get(_USES)
    return isinstance(uses, list) and _SHARE in uses


def _withholds(consent: Answers) -> bool:
    withheld = consent.get(_WITHHELD, "")
    return not isinstance(withheld, str) or bool(withheld.strip())
