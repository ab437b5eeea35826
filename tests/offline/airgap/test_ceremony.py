"""What directors draft and sign: nobody alone, nobody twice, nobody unvetted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from nacl.utils import random

from crypto import hpke
from crypto.airgap import ceremony, cosigning, vetting
from crypto.airgap.ceremony import DraftImpossibleError, RosterExpiresFirstError
from crypto.airgap.ceremony_telling import tell_changes
from crypto.airgap.cosigning import SignedAlreadyError, SignerUnknownError
from crypto.airgap.program import Tongue
from crypto.airgap.signer import Signer
from crypto.airgap.vetting import (
    FingerprintDiffersError,
    LawyerRevokedError,
    LawyerUnknownError,
    PseudonymTakenError,
    ReplacementUnsignedError,
)
from crypto.card import Card, CardFile, CardKeysError, card_file, open_card
from crypto.directory import RecipientsTooFewError
from crypto.dsse import DocumentSignaturesError, DocumentTypeError
from crypto.fingerprint import fingerprint_words
from crypto.publication import verify_publication
from crypto.roster import Lawyer as Listed
from crypto.roster import Policy, Roster, check_successor, open_roster
from crypto.strictjson import DocumentMalformedError
from crypto.trust import Trust, accept_change, open_trust
from crypto.weekly_key import WeeklyKey
from crypto.weeks import first_day, week_of
from tests.offline.airgap.world import NOW, ORIGIN

TODAY = NOW.date()
WEEK = week_of(TODAY)


@pytest.fixture
def directors() -> list[Signer]:
    return [Signer(random(32)) for _ in range(3)]


def draft_trust(directors: list[Signer], **changed) -> Trust:
    keys = [director.public_key for director in directors]
    return ceremony.draft_trust("Casa", keys, **{"quorum": 2, "freshness_threshold": None,
                                                  "minimum_recipients": 1, **changed})  # fmt: skip


def signed_by(document, *signers: Signer):
    envelope = document.to_envelope()
    keys = [signer.public_key for signer in signers]
    for signer in signers:
        envelope = cosigning.add_signature(envelope, signer, keys)
    return envelope


class Lawyer:
    """A card with keys for some weeks."""

    def __init__(self, pseudonym: str, weeks: int = 6) -> None:
        self.signer = Signer(random(32))
        self.card = Card(pseudonym, "Norte", ("es",), self.signer.public_key)
        self.keys = [self.key(WEEK + number) for number in range(weeks)]

    def key(self, week: int):
        own = Listed("a", "b", ("es",), self.signer.public_key).id
        key = WeeklyKey(own, week, hpke.public_key_from_seed(random(32)))
        return self.signer.sign_document(key)


@pytest.fixture
def lawyers() -> list[Lawyer]:
    return [Lawyer("Mezquite"), Lawyer("Huizache")]


def draft_roster(trust: Trust, lawyers: list[Lawyer], previous=None, **changed) -> Roster:
    arguments = {
        "cards": [lawyer.card for lawyer in lawyers], "retire": [], "revoke": [],
        "origins": (ORIGIN,), "policy": Policy(2, 4), "issued": TODAY,
        "expires": TODAY + timedelta(weeks=13), **changed,
    }  # fmt: skip
    return ceremony.draft_roster(trust, previous, **arguments)


# ----------------------------------------------------------------- signatures


def test_a_trust_holds_once_a_quorum_has_signed_it(directors):
    trust = draft_trust(directors)
    with pytest.raises(DocumentSignaturesError):
        open_trust(signed_by(trust, directors[0]))
    assert open_trust(signed_by(trust, directors[0], directors[2])) == trust


def test_a_director_cannot_sign_twice(directors):
    envelope = signed_by(draft_trust(directors), directors[0])
    with pytest.raises(SignedAlreadyError):
        cosigning.add_signature(envelope, directors[0], [directors[0].public_key])


def test_somebody_else_cannot_sign(directors):
    trust = draft_trust(directors)
    with pytest.raises(SignerUnknownError):
        cosigning.add_signature(trust.to_envelope(), Signer(random(32)), trust.directors)


@pytest.mark.parametrize("quorum", [0, 1, 4])
def test_a_quorum_of_one_or_of_more_than_there_are_is_refused(directors, quorum):
    with pytest.raises(DraftImpossibleError):
        draft_trust(directors, quorum=quorum)


def test_one_director_named_twice_is_one_director(directors):
    with pytest.raises(DraftImpossibleError):
        draft_trust([directors[0], directors[0]])


def test_a_draft_without_signatures_is_read_by_the_ceremony_and_by_nobody_else(directors):
    trust = draft_trust(directors)
    draft = trust.to_envelope().to_json()
    assert cosigning.parse_draft(draft, Trust).payload == trust.to_payload()
    with pytest.raises(DocumentMalformedError):
        open_trust(draft)


@pytest.mark.parametrize("broken", [b"", b"{}", b'{"payloadType":1,"payload":"","signatures":[]}'])
def test_what_is_no_draft_is_refused(broken):
    with pytest.raises(DocumentMalformedError):
        cosigning.parse_draft(broken, Trust)


def test_a_draft_of_another_kind_is_refused(directors, lawyers):
    roster = draft_roster(draft_trust(directors), lawyers)
    with pytest.raises(DocumentTypeError):
        cosigning.parse_draft(roster.to_envelope().to_json(), Trust)


def test_a_change_of_directors_takes_the_old_quorum_and_the_new(directors):
    old = draft_trust(directors)
    fresh = [Signer(random(32)) for _ in range(2)]
    keys = [signer.public_key for signer in [directors[0], *fresh]]
    new = ceremony.draft_trust("Casa", keys, 2, None, 1, previous=old)
    cosigning.check_follows(old, new)
    with pytest.raises(DocumentSignaturesError):
        accept_change(old, signed_by(new, *fresh))
    with pytest.raises(DocumentSignaturesError):
        accept_change(old, signed_by(new, directors[1], directors[2]))
    assert accept_change(old, signed_by(new, directors[0], directors[1], fresh[0])) == new


# ----------------------------------------------------------------- fingerprints


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_words_of_the_key_are_accepted_however_they_are_typed(language):
    key = random(32)
    words = fingerprint_words(key, language)
    vetting.check_fingerprint(key, ["", "  " + words.upper().replace(" ", "   ")])


@pytest.mark.parametrize("change", ["other", "order", "eleven", "empty"])
def test_other_words_than_those_of_the_key_are_refused(change):
    key = random(32)
    words = fingerprint_words(key).split()
    typed = {
        "other": fingerprint_words(random(32)),
        "order": " ".join(reversed(words)),
        "eleven": " ".join(words[:-1]),
        "empty": "",
    }[change]
    with pytest.raises(FingerprintDiffersError):
        vetting.check_fingerprint(key, [typed])


def test_a_director_s_card_gives_back_the_key_and_nothing_else_is_one():
    key = random(32)
    assert vetting.open_director_card(vetting.director_card(key)) == key
    for broken in (b"", b"{}", b'{"director":"AA=="}', vetting.director_card(key)[:-1]):
        with pytest.raises(DocumentMalformedError):
            vetting.open_director_card(broken)


# ----------------------------------------------------------------- roster


def test_rosters_follow_one_another(directors, lawyers):
    trust = draft_trust(directors)
    first = draft_roster(trust, lawyers)
    second = draft_roster(trust, [Lawyer("Ceiba")], previous=first)
    check_successor(first, second)
    assert {lawyer.pseudonym for lawyer in second.lawyers} == {"Mezquite", "Huizache", "Ceiba"}
    assert open_roster(signed_by(second, *directors[:2]), trust) == second


def test_a_revoked_lawyer_stays_on_the_list_as_revoked_and_does_not_come_back(directors, lawyers):
    trust = draft_trust(directors)
    first = draft_roster(trust, lawyers)
    revoked = lawyers[0]
    second = draft_roster(trust, [], previous=first, revoke=["Mezquite"])
    assert [one.pseudonym for one in second.active.values()] == ["Huizache"]
    with pytest.raises(LawyerRevokedError):
        draft_roster(trust, [revoked], previous=second)


def test_a_lawyer_is_named_by_pseudonym_or_id_and_never_guessed(directors, lawyers):
    trust = draft_trust(directors)
    first = draft_roster(trust, lawyers)
    own = first.lawyers[0].id.hex()
    assert len(draft_roster(trust, [], previous=first, retire=[own[:6]]).active) == 1
    for name in ("", own[:3], "mezquite", "nadie"):
        with pytest.raises(LawyerUnknownError):
            draft_roster(trust, [], previous=first, retire=[name])


def test_a_roster_with_fewer_lawyers_than_trust_demands_is_refused(directors, lawyers):
    trust = draft_trust(directors, minimum_recipients=2)
    with pytest.raises(RecipientsTooFewError):
        draft_roster(trust, lawyers[:1])


@pytest.mark.parametrize(
    "changed",
    [
        {"origins": ()},
        {"origins": ("http://a.example/path",)},
        {"expires": TODAY},
        {"expires": TODAY + timedelta(days=92)},
        {"policy": Policy(1, 4)},
    ],
)
def test_a_roster_that_nobody_would_accept_is_refused_when_it_is_drafted(
    directors, lawyers, changed
):
    with pytest.raises(DraftImpossibleError):
        draft_roster(draft_trust(directors), lawyers, **changed)


# ----------------------------------------------------------------- freshness


def keys_of(lawyers: list[Lawyer]):
    return [key for lawyer in lawyers for key in lawyer.keys]


@pytest.mark.parametrize("weeks", range(1, 7))
def test_freshness_lists_every_key_of_one_to_six_weeks(directors, lawyers, weeks):
    trust = draft_trust(directors)
    roster = draft_roster(trust, lawyers)
    freshness, absences = ceremony.draft_freshness(trust, roster, keys_of(lawyers), TODAY, weeks)
    assert [week.week for week in freshness.weeks] == list(range(WEEK, WEEK + weeks))
    assert all(len(week.keys) == 2 for week in freshness.weeks)
    assert absences == []
    verify_publication(
        signed_by(roster, *directors[:2]).to_json(),
        signed_by(freshness, *directors[:2]).to_json(),
        [key.to_json() for lawyer in lawyers for key in lawyer.keys[:weeks]],
        trust,
        NOW,
    )


@pytest.mark.parametrize("weeks", [0, 7])
def test_freshness_for_no_week_or_seven_is_refused(directors, weeks):
    trust = draft_trust(directors)
    lawyers = [Lawyer("Mezquite", 8)]
    with pytest.raises(DraftImpossibleError):
        ceremony.draft_freshness(
            trust, draft_roster(trust, lawyers), keys_of(lawyers), TODAY, weeks
        )


def test_a_lawyer_without_keys_left_is_told_and_does_not_close_the_box(directors):
    trust = draft_trust(directors)
    lawyers = [Lawyer("Mezquite", 3), Lawyer("Huizache", 2)]
    roster = draft_roster(trust, lawyers)
    freshness, absences = ceremony.draft_freshness(trust, roster, keys_of(lawyers), TODAY, 3)
    assert [(one.lawyer.pseudonym, one.week) for one in absences] == [("Huizache", WEEK + 2)]
    assert len(freshness.weeks[2].keys) == 1


def test_a_week_with_fewer_keys_than_trust_demands_is_refused(directors):
    trust = draft_trust(directors, minimum_recipients=2)
    lawyers = [Lawyer("Mezquite", 3), Lawyer("Huizache", 2)]
    roster = draft_roster(trust, lawyers)
    with pytest.raises(RecipientsTooFewError):
        ceremony.draft_freshness(trust, roster, keys_of(lawyers), TODAY, 3)


def test_two_different_keys_of_one_lawyer_for_one_week_are_refused(directors, lawyers):
    trust = draft_trust(directors)
    roster = draft_roster(trust, lawyers)
    twice = [*keys_of(lawyers), lawyers[0].key(WEEK)]
    with pytest.raises(CardKeysError):
        ceremony.draft_freshness(trust, roster, twice, TODAY, 1)


def test_a_key_that_its_lawyer_did_not_sign_is_refused(directors, lawyers):
    trust = draft_trust(directors)
    roster = draft_roster(trust, lawyers)
    forged = replace(lawyers[0].key(WEEK + 9), signatures=lawyers[1].keys[0].signatures)
    with pytest.raises(CardKeysError):
        ceremony.draft_freshness(trust, roster, [*keys_of(lawyers), forged], TODAY, 1)


def test_keys_of_strangers_and_of_revoked_lawyers_are_left_out(directors, lawyers):
    trust = draft_trust(directors)
    first = draft_roster(trust, [*lawyers, revoked := Lawyer("Ceiba")])
    roster = draft_roster(trust, [], previous=first, revoke=["Ceiba"])
    keys = [*keys_of(lawyers), *revoked.keys, *Lawyer("Nadie").keys]
    freshness, _ = ceremony.draft_freshness(trust, roster, keys, TODAY, 1)
    assert {own for own, _ in freshness.weeks[0].keys} == roster.active.keys()


@pytest.fixture
def english() -> Tongue:
    return Tongue("en")


def roster_of(trust: Trust, previous: Roster | None, cards, **changed) -> Roster:
    given = {"retire": [], "revoke": [], "origins": (ORIGIN,), "policy": Policy(2, 4),
             "issued": TODAY, "expires": TODAY + timedelta(days=91), **changed}  # fmt: skip
    return ceremony.draft_roster(trust, previous, cards, **given)


def test_weeks_that_begin_after_the_roster_has_expired_are_refused_when_they_are_drafted(
    directors, lawyers
):
    trust = draft_trust(directors)
    keys = [key for lawyer in lawyers for key in lawyer.keys]
    last = first_day(WEEK + 2)
    cards = [one.card for one in lawyers]
    ceremony.draft_freshness(trust, roster_of(trust, None, cards, expires=last), keys, TODAY, 3)
    roster = roster_of(trust, None, cards, expires=last - timedelta(days=1))
    with pytest.raises(RosterExpiresFirstError):
        ceremony.draft_freshness(trust, roster, keys, TODAY, 3)


def changes(previous: Roster | None, roster: Roster, say: Tongue, capsys) -> list[str]:
    tell_changes(previous, roster, say)
    return [line.strip() for line in capsys.readouterr().out.splitlines()]


def test_a_first_roster_is_all_new(directors, lawyers, english, capsys):
    roster = roster_of(draft_trust(directors), None, [one.card for one in lawyers])
    told = changes(None, roster, english, capsys)
    assert told[0] == "Changes:"
    assert sorted(told[1:]) == sorted(f"NEW: {one.card.pseudonym}" for one in lawyers)


def test_what_a_roster_changes_is_told_line_by_line(directors, lawyers, english, capsys):
    trust = draft_trust(directors)
    first = roster_of(trust, None, [one.card for one in lawyers])
    assert changes(first, replace(first, serial=2), english, capsys) == [
        "Changes:", "none but the dates",
    ]  # fmt: skip
    gone, renamed = lawyers[0].card, replace(lawyers[1].card, team="Sur")
    new = Lawyer("Ceiba").card
    second = roster_of(
        trust, first, [renamed, new], revoke=[gone.pseudonym], origins=("http://otro.example",)
    )
    told = changes(first, second, english, capsys)
    assert f"{gone.pseudonym}: REVOKED" in told
    assert f"{renamed.pseudonym}: before {renamed.pseudonym}, Norte, es" in told
    assert "NEW: Ceiba" in told
    assert f"addresses: http://otro.example; before: {ORIGIN}" in told


def test_whoever_is_taken_from_the_list_or_added_without_the_list_before_is_told(
    directors, lawyers, english, capsys
):
    first = roster_of(draft_trust(directors), None, [one.card for one in lawyers])
    second = replace(first, serial=2, lawyers=first.lawyers[1:])
    told = changes(first, second, english, capsys)
    assert f"TAKEN from the list: {first.lawyers[0].pseudonym}" in told
    assert "Without the roster before" in changes(None, second, english, capsys)[0]


# ----------------------------------------------------------------- a new identity


def second_card(lawyer: Lawyer, pseudonym: str, *also: Signer) -> CardFile:
    """The card of the next identity of *lawyer*, signed by it and by *also*."""
    new = Lawyer(pseudonym)
    card = new.signer.sign_document(new.card)
    for signer in also:
        card = signer.add_signature(card)
    return open_card(card_file(card, new.keys))


@pytest.fixture
def roster(directors, lawyers) -> Roster:
    return draft_roster(draft_trust(directors), lawyers)


def test_a_card_replaces_the_identity_that_signed_it(roster, lawyers):
    old = vetting.find_lawyer(roster.lawyers, "Mezquite")
    card = second_card(lawyers[0], "Ahuehuete", lawyers[0].signer)
    others = [
        second_card(lawyers[1], "Encino", lawyers[1].signer),
        second_card(lawyers[1], "Sauce"),
    ]
    assert vetting.replacement([*others, card], old) == card


@pytest.mark.parametrize("which", ["nobody", "a colleague", "itself", "two"])
def test_a_card_that_the_identity_before_did_not_sign_replaces_nobody(roster, lawyers, which):
    old, colleague = (lawyer.signer for lawyer in lawyers)
    cards = {
        "nobody": [second_card(lawyers[0], "Ahuehuete")],
        "a colleague": [second_card(lawyers[0], "Ahuehuete", colleague)],
        "itself": [open_card(card_file(old.sign_document(lawyers[0].card), lawyers[0].keys))],
        "two": [second_card(lawyers[0], name, old) for name in ("Ahuehuete", "Encino")],
    }[which]
    with pytest.raises(ReplacementUnsignedError):
        vetting.replacement(cards, vetting.find_lawyer(roster.lawyers, "Mezquite"))


def test_a_revoked_identity_vouches_for_nobody(directors, roster, lawyers):
    ceiba = Lawyer("Ceiba")
    later = draft_roster(draft_trust(directors), [ceiba], previous=roster, revoke=["Mezquite"])
    card = second_card(lawyers[0], "Ahuehuete", lawyers[0].signer)
    with pytest.raises(LawyerRevokedError):
        vetting.replacement([card], vetting.find_lawyer(later.lawyers, "Mezquite"))


@pytest.mark.parametrize("status", ["active", "retired", "revoked"])
def test_a_pseudonym_stands_for_one_key_whatever_became_of_it(directors, roster, status):
    """Else a stolen key would go on speaking under the name of its successor."""
    ended = {"retired": {"retire": ["Mezquite"]}, "revoked": {"revoke": ["Mezquite"]}}
    before = draft_roster(
        draft_trust(directors), [Lawyer("Ceiba")], previous=roster, **ended.get(status, {})
    )
    with pytest.raises(PseudonymTakenError):
        draft_roster(draft_trust(directors), [Lawyer("Mezquite")], previous=before)


def test_two_lawyers_may_exchange_their_pseudonyms(directors, roster, lawyers):
    swapped = [Lawyer("Huizache"), Lawyer("Mezquite")]
    for one, lawyer in zip(swapped, lawyers, strict=True):
        one.card = replace(one.card, identity=lawyer.signer.public_key)
    names = [
        one.pseudonym
        for one in draft_roster(draft_trust(directors), swapped, previous=roster).lawyers
    ]
    assert sorted(names) == ["Huizache", "Mezquite"]
