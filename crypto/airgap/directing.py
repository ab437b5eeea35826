"""What each command of `buzon-ceremony` does: files, questions and words.

What is drafted and signed stands in `crypto.airgap.ceremony`.
"""

import argparse
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar
from unicodedata import normalize

from crypto.airgap import ceremony, cosigning, durable, guiding, vetting
from crypto.airgap.ceremony_telling import (
    tell_changes,
    tell_freshness,
    tell_replacement,
    tell_roster,
    tell_trust,
    tell_trust_changes,
)
from crypto.airgap.director_keys import signer_from
from crypto.airgap.exposure import exposure as exposure_of
from crypto.airgap.exposure_telling import (
    exposure_lines,
    exposure_value,
    step_lines,
    unknown_lines,
)
from crypto.airgap.poster import poster
from crypto.airgap.program import DONE, Tongue, answer_json, now_from
from crypto.airgap.prompts import confirm
from crypto.card import MAX_FILE_BYTES, Card, CardFile, open_card
from crypto.directory import OriginUnknownError
from crypto.document import Document
from crypto.dsse import DocumentSignaturesError, Envelope
from crypto.errors import BuzonError
from crypto.fingerprint import fingerprint_words
from crypto.freshness import Freshness, open_freshness
from crypto.publication import verify_publication
from crypto.roster import Lawyer, Policy, Roster, RosterTrustError, check_successor, open_roster
from crypto.terminal import visible_line
from crypto.trust import Trust, accept_change, open_trust
from crypto.weekly_key import WeeklyKey
from crypto.weeks import first_day

Options = argparse.Namespace
Opened = TypeVar("Opened")


class PreviousTrustNeededError(BuzonError):
    """The roster before was made under a trust that was not named."""

    code = "previous-trust-needed"


ROSTER_NAME = "roster.json"
FRESHNESS_NAME = "freshness.json"
WEEKLY_KEYS_NAME = "weekly-keys"

_DEFAULT_POLICY = Policy(receipts=2, weeks=4)
_DEFAULT_MINIMUM_RECIPIENTS = 2


# ----------------------------------------------------------------- trust


def trust_draft(options: Options, say: Tongue) -> int:
    """Draft a trust."""
    previous = None if options.previous is None else _open_trust(options.previous)
    cards = [(path, _open_director_card(path)) for path in options.director]
    _vet([(path.name, key) for path, key in cards], options, say)
    organisation = options.organisation or (previous.organisation if previous else None)
    if organisation is None:
        raise ceremony.DraftImpossibleError("--organisation is needed for a first trust")
    fewest = options.minimum_recipients
    if fewest is None:
        fewest = previous.minimum_recipients if previous else _DEFAULT_MINIMUM_RECIPIENTS
    trust = ceremony.draft_trust(
        normalize("NFC", organisation),
        [key for _, key in cards],
        options.quorum,
        options.freshness_threshold,
        fewest,
        previous,
    )
    _write_draft(options.out, trust)
    tell_trust(trust, say)
    if previous is not None:
        tell_trust_changes(previous, trust, say)
    guiding.tell_trust_state(options.out, trust.to_envelope(), options.previous, previous, say)
    return DONE


def trust_sign(options: Options, say: Tongue) -> int:
    """Add a director's signature to a trust, once she has heard whoever is new in it."""
    envelope = _open_draft(options.file, Trust)
    trust = Trust.from_payload(envelope.payload)
    previous = _previous_trust(options, trust)
    tell_trust(trust, say)
    directors = list(trust.directors)
    if previous is None and trust.serial > 1:
        print(
            say(
                "¡Atención! Este documento cambia a los directores: sin el de antes (--previous) no se ve qué cambia.",
                "Take care! This document changes the directors: without the one before (--previous) nobody sees how.",
            )
        )
    if previous is not None:
        directors += previous.directors
        tell_trust_changes(previous, trust, say)
        for number, director in enumerate(trust.directors, 1):
            if director not in previous.directors:
                name = say("Directora nueva, la {n}", "New director, number {n}").format(n=number)
                _compare_by_voice(name, director, say, already=options.yes)
    signed = _sign(envelope, directors, options, say)
    guiding.tell_trust_state(options.file, signed, options.previous, previous, say)
    return DONE


def trust_show(options: Options, say: Tongue) -> int:
    """Show a trust, who has signed it, and what comes next."""
    envelope = _open_draft(options.file, Trust)
    trust = Trust.from_payload(envelope.payload)
    previous = _previous_trust(options, trust)
    tell_trust(trust, say)
    if previous is not None:
        tell_trust_changes(previous, trust, say)
    guiding.tell_trust_state(options.file, envelope, options.previous, previous, say)
    if previous is None:
        open_trust(envelope)
    else:
        accept_change(previous, envelope)
    return DONE


def _previous_trust(options: Options, trust: Trust) -> Trust | None:
    if options.previous is None:
        return None
    previous = _open_trust(options.previous)
    cosigning.check_follows(previous, trust)
    return previous


def trust_poster(options: Options, say: Tongue) -> int:
    """Write the poster that shows the site's address and the trust's words."""
    trust = _open_trust(options.file)
    origin: str = options.origin
    if options.roster is not None:
        roster = _open_roster(options.roster, trust)
        if origin not in roster.origins:
            raise OriginUnknownError("not an address of the roster")
    else:
        print(
            say(
                "¡Atención! Sin la lista (--roster) nadie comprobó que la dirección sea la del sitio.",
                "Take care! Without the roster (--roster) nobody checked that the address is the site's.",
            )
        )
    durable.write_new(options.out, poster(trust, origin).encode("utf-8"))
    print(
        say(
            "Cartel escrito en {out}. Ábralo en un navegador e imprímalo en A4, y antes de colgarlo\n"
            "compare por voz sus doce palabras:\n  {words}",
            "Poster written to {out}. Open it in a browser and print it on A4, and before you put it up\n"
            "compare its twelve words by voice:\n  {words}",
        ).format(out=options.out, words=fingerprint_words(trust.payload_hash, say.language))
    )
    return DONE


# ----------------------------------------------------------------- roster


def roster_draft(options: Options, say: Tongue) -> int:
    """Draft a roster; every card on it is vetted by voice."""
    trust = _open_trust(options.trust)
    previous = _previous_roster(options, trust)
    cards = _cards(options.card)
    _vet(
        [(f"{one.card.pseudonym} ({one.card.team})", one.card.identity) for one in cards],
        options,
        say,
    )
    replaced = _replacements(options.replaces, previous, cards)
    today = now_from(options).date()
    policy = previous.policy if previous else _DEFAULT_POLICY
    roster = ceremony.draft_roster(
        trust,
        previous,
        [one.card for one in cards],
        [*options.retire, *(before.id.hex() for before, _ in replaced)],
        options.revoke,
        tuple(dict.fromkeys(options.origin)) or (previous.origins if previous else ()),
        Policy(
            options.receipts if options.receipts is not None else policy.receipts,
            options.min_weeks if options.min_weeks is not None else policy.weeks,
            policy.batch_size,
        ),
        today,
        options.expires or ceremony.expiry(today, options.weeks),
    )
    _write_draft(options.out, roster)
    tell_roster(roster, say)
    if previous is not None:
        tell_changes(previous, roster, say)
    for before, after in replaced:
        tell_replacement(before, after, say)
    files = _roster_files(options, options.out)
    guiding.tell_roster_state(files, roster.to_envelope(), trust, say)
    return DONE


def _replacements(
    names: Sequence[str], previous: Roster | None, cards: Sequence[CardFile]
) -> list[tuple[Lawyer, Card]]:
    """Whom a card replaces, with the card that each signed for her next identity."""
    listed = () if previous is None else previous.lawyers
    replaced = [vetting.find_lawyer(listed, name) for name in names]
    return [(lawyer, vetting.replacement(cards, lawyer).card) for lawyer in replaced]


def _roster_files(options: Options, roster: Path) -> guiding.RosterFiles:
    return guiding.RosterFiles(roster, options.trust, options.previous, options.previous_trust)


def _previous_roster(options: Options, trust: Trust) -> Roster | None:
    if options.previous is None:
        return None
    if options.previous_trust is not None:
        return _open_roster(options.previous, _open_trust(options.previous_trust))
    with durable.naming(options.previous):
        payload = Roster.envelope_of(_read(options.previous, Roster)).payload
        if Roster.from_payload(payload).trust != trust.payload_hash:
            raise PreviousTrustNeededError("made under another trust")
    return _open_roster(options.previous, trust)


def roster_sign(options: Options, say: Tongue) -> int:
    """Add a director's signature to a roster, once she has heard whoever is new on it."""
    trust = _open_trust(options.trust)
    envelope = _open_draft(options.file, Roster)
    roster = Roster.from_payload(envelope.payload)
    cosigning.check_roster_of(trust, roster)
    previous = _previous_roster(options, trust)
    if previous is not None:
        check_successor(previous, roster)
    tell_roster(roster, say)
    tell_changes(previous, roster, say)
    known = set() if previous is None else previous.active.keys()
    for own_id, lawyer in roster.active.items():
        if own_id not in known:
            name = f"{lawyer.pseudonym} ({lawyer.team})"
            _compare_by_voice(name, lawyer.identity, say, already=options.yes)
    signed = _sign(envelope, trust.directors, options, say)
    guiding.tell_roster_state(_roster_files(options, options.file), signed, trust, say)
    return DONE


def roster_show(options: Options, say: Tongue) -> int:
    """Show a roster, who has signed it, and what comes next."""
    trust = _open_trust(options.trust)
    envelope = _open_draft(options.file, Roster)
    roster = Roster.from_payload(envelope.payload)
    previous = _previous_roster(options, trust)
    tell_roster(roster, say)
    if previous is not None:
        check_successor(previous, roster)
        tell_changes(previous, roster, say)
    guiding.tell_roster_state(_roster_files(options, options.file), envelope, trust, say)
    open_roster(envelope, trust)
    return DONE


def roster_exposure(options: Options, say: Tongue) -> int:
    """Say what a lawyer's seized station exposes, from what directors signed alone."""
    trusts = [_open_trust(options.trust)]
    if options.previous_trust is not None:
        trusts.append(_open_trust(options.previous_trust))
    rosters = [_open_under(path, trusts, Roster, open_roster) for path in options.roster]
    freshnesses = [
        _open_under(path, trusts, Freshness, open_freshness) for path in options.freshness
    ]
    found = exposure_of(
        sorted(rosters, key=lambda roster: roster.serial),
        freshnesses,
        options.lawyer,
        options.last_good or options.seized,
        options.seized,
    )
    if options.json:
        answer_json(exposure_value(found))
        return DONE
    for lines in (
        exposure_lines(found, now_from(options).date(), say),
        unknown_lines(say),
        step_lines(found, trusts[0], say),
    ):
        print("\n".join(lines))
    return DONE


# ----------------------------------------------------------------- freshness


def freshness_draft(options: Options, say: Tongue) -> int:
    """Draft a freshness, saying how slowly it lets directors revoke."""
    trust = _open_trust(options.trust)
    roster = _open_roster(options.roster, trust)
    today = now_from(options).date()
    freshness, absences = ceremony.draft_freshness(
        trust, roster, _weekly_keys(options), today, options.weeks
    )
    for absence in absences:
        print(
            say(
                "¡Atención! {who} no tiene clave para la semana del {day}: no podrá leer lo de esa semana.",
                "Take care! {who} has no key for the week of {day}: what comes that week is not for her.",
            ).format(who=visible_line(absence.lawyer.pseudonym), day=first_day(absence.week))
        )
    tell_freshness(freshness, roster, say)
    if absences:
        confirm(say("¿Seguir así?", "Go on so?"), say, already=options.yes)
    _write_draft(options.out, freshness)
    files = guiding.FreshnessFiles(options.out, options.trust, options.roster)
    guiding.tell_freshness_state(files, freshness.to_envelope(), trust, say)
    return DONE


def freshness_sign(options: Options, say: Tongue) -> int:
    """Add a director's signature to a freshness."""
    trust = _open_trust(options.trust)
    roster = _open_roster(options.roster, trust)
    envelope = _open_draft(options.file, Freshness)
    freshness = Freshness.from_payload(envelope.payload)
    cosigning.check_freshness_of(roster, freshness)
    tell_freshness(freshness, roster, say)
    signed = _sign(envelope, trust.directors, options, say)
    files = guiding.FreshnessFiles(options.file, options.trust, options.roster)
    guiding.tell_freshness_state(files, signed, trust, say)
    return DONE


def freshness_show(options: Options, say: Tongue) -> int:
    """Show a freshness, who has signed it, and what comes next."""
    trust = _open_trust(options.trust)
    roster = _open_roster(options.roster, trust)
    envelope = _open_draft(options.file, Freshness)
    freshness = Freshness.from_payload(envelope.payload)
    cosigning.check_freshness_of(roster, freshness)
    tell_freshness(freshness, roster, say)
    files = guiding.FreshnessFiles(options.file, options.trust, options.roster)
    guiding.tell_freshness_state(files, envelope, trust, say)
    open_freshness(envelope, trust)
    return DONE


def freshness_bundle(options: Options, say: Tongue) -> int:
    """Write the folder that the operator publishes, verified as the server will."""
    trust = _open_trust(options.trust)
    roster_file = _read(options.roster, Roster)
    freshness_file = _read(options.file, Freshness)
    roster = open_roster(roster_file, trust)
    freshness = open_freshness(freshness_file, trust)
    listed = {key_hash for week in freshness.weeks for _, key_hash in week.keys}
    keys = {
        envelope.payload_hash: envelope.to_json()
        for envelope in ceremony.listed_keys(roster, _weekly_keys(options)).values()
        if envelope.payload_hash in listed
    }
    verify_publication(roster_file, freshness_file, list(keys.values()), trust, now_from(options))
    out: Path = options.out
    durable.make_empty_folder(out)
    durable.make_folder(out / WEEKLY_KEYS_NAME)
    for key_hash, envelope_file in keys.items():
        durable.write_new(out / WEEKLY_KEYS_NAME / f"{key_hash.hex()}.json", envelope_file)
    durable.write_new(out / FRESHNESS_NAME, freshness_file)
    durable.write_new(out / ROSTER_NAME, roster_file)
    print(
        say(
            "Carpeta lista en {out}: entréguela a quien opera el servidor (buzon-server publish).",
            "Folder ready in {out}: hand it to the operator (buzon-server publish).",
        ).format(out=out)
    )
    return DONE


# ----------------------------------------------------------------- in common


def _vet(cards: Sequence[tuple[str, bytes]], options: Options, say: Tongue) -> None:
    """Go on only when the words of each key were compared by voice."""
    for untrusted_name, key in cards:
        already = options.confirmed or bool(options.fingerprint)
        _compare_by_voice(untrusted_name, key, say, already=already)
        if options.fingerprint:
            vetting.check_fingerprint(key, options.fingerprint)


def _compare_by_voice(untrusted_name: str, key: bytes, say: Tongue, *, already: bool) -> None:
    print(f"{visible_line(untrusted_name)}:\n  {fingerprint_words(key, say.language)}")
    confirm(
        say(
            "¿Leyó esta persona en voz alta exactamente estas palabras?",
            "Did this person read exactly these words aloud?",
        ),
        say,
        already=already,
    )


def _sign(
    envelope: Envelope, directors: Iterable[bytes], options: Options, say: Tongue
) -> Envelope:
    confirm(say("¿Firmar esto?", "Sign this?"), say, already=options.yes)
    signed = cosigning.add_signature(envelope, signer_from(options, say), directors)
    durable.replace(options.file, signed.to_json())
    print(
        say("Firmado. Firmas en {file}: {n}.", "Signed. Signatures in {file}: {n}.").format(
            n=len(signed.signatures), file=options.file
        )
    )
    return signed


def _read(path: Path, kind: type[Document]) -> bytes:
    return durable.read_file(path, kind.max_envelope_bytes())


def _open_trust(path: Path) -> Trust:
    with durable.naming(path):
        return open_trust(_read(path, Trust))


def _open_under(
    path: Path,
    trusts: Sequence[Trust],
    kind: type[Document],
    open_document: Callable[[bytes, Trust], Opened],
) -> Opened:
    """The document in *path*, under whichever of *trusts* it was signed."""
    with durable.naming(path):
        content = _read(path, kind)
        for trust in trusts[:-1]:
            with suppress(DocumentSignaturesError, RosterTrustError):
                return open_document(content, trust)
        return open_document(content, trusts[-1])


def _open_roster(path: Path, trust: Trust) -> Roster:
    with durable.naming(path):
        return open_roster(_read(path, Roster), trust)


def _open_draft(path: Path, kind: type[Document]) -> Envelope:
    with durable.naming(path):
        return cosigning.parse_draft(_read(path, kind), kind)


def _open_card(path: Path) -> CardFile:
    with durable.naming(path):
        return open_card(durable.read_file(path, MAX_FILE_BYTES))


def _open_director_card(path: Path) -> bytes:
    with durable.naming(path):
        return vetting.open_director_card(durable.read_file(path, MAX_FILE_BYTES))


def _write_draft(path: Path, document: Document) -> None:
    durable.write_new(path, document.to_envelope().to_json())


def _cards(paths: Iterable[Path]) -> list[CardFile]:
    return [_open_card(path) for path in paths]


def _weekly_keys(options: Options) -> list[Envelope]:
    others: list[Envelope] = []
    for path in options.keys:
        files = sorted(path.glob("*.json")) if os.path.isdir(path) else [path]  # noqa: PTH112
        others += [_open_draft(file, WeeklyKey) for file in files]
    return ceremony.gathered_keys(_cards(options.card), others)
