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

from nacl.utils import random

from crypto.airgap import ceremony, cosigning, durable, keyfile, vetting
from crypto.airgap.ceremony_telling import (
    tell_changes,
    tell_freshness,
    tell_replacement,
    tell_roster,
    tell_signatures,
    tell_trust,
)
from crypto.airgap.exposure import exposure as exposure_of
from crypto.airgap.exposure_telling import (
    exposure_lines,
    exposure_value,
    step_lines,
    unknown_lines,
)
from crypto.airgap.program import DONE, Tongue, answer_json, cost_from, now_from
from crypto.airgap.prompts import confirm, new_passphrase_from, passphrase_from
from crypto.airgap.signer import Signer
from crypto.card import MAX_FILE_BYTES, Card, CardFile, open_card
from crypto.document import Document
from crypto.dsse import DocumentSignaturesError, Envelope
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

ROSTER_NAME = "roster.json"
FRESHNESS_NAME = "freshness.json"
WEEKLY_KEYS_NAME = "weekly-keys"

_SEED_BYTES = 32
_DEFAULT_POLICY = Policy(receipts=2, weeks=4)


# ----------------------------------------------------------------- directors


def directors_init(options: Options, say: Tongue) -> int:
    """Make a director's key."""
    seed = random(_SEED_BYTES)
    signer = Signer(seed)
    passphrase = new_passphrase_from(options, say)
    keyfile.create(options.out, seed, "director", passphrase, cost_from(options, "director"))
    if options.card is not None:
        durable.write_new(options.card, vetting.director_card(signer.public_key))
    print(say("Clave guardada en {out}.", "Key kept in {out}.").format(out=options.out))
    _tell_own_words(signer, say)
    return DONE


def directors_card(options: Options, say: Tongue) -> int:
    """Write a director's card."""
    signer = _signer(options, say)
    durable.write_new(options.out, vetting.director_card(signer.public_key))
    print(say("Ficha escrita en {out}.", "Card written to {out}.").format(out=options.out))
    _tell_own_words(signer, say)
    return DONE


def _tell_own_words(signer: Signer, say: Tongue) -> None:
    words = fingerprint_words(signer.public_key, say.language)
    print(say("Lea en voz alta a los demás:\n  ", "Read aloud to the others:\n  ") + words)


# ----------------------------------------------------------------- trust


def trust_draft(options: Options, say: Tongue) -> int:
    """Draft a trust."""
    previous = None if options.previous is None else _open_trust(options.previous)
    cards = [(path, _open_director_card(path)) for path in options.director]
    _vet([(path.name, key) for path, key in cards], options, say)
    organisation = options.organisation or (previous.organisation if previous else None)
    if organisation is None:
        raise ceremony.DraftImpossibleError("--organisation is needed for a first trust")
    trust = ceremony.draft_trust(
        normalize("NFC", organisation),
        [key for _, key in cards],
        options.quorum,
        options.freshness_threshold,
        options.minimum_recipients,
        previous,
    )
    _write_draft(options.out, trust)
    tell_trust(trust, say)
    return DONE


def trust_sign(options: Options, say: Tongue) -> int:
    """Add a director's signature to a trust."""
    envelope = _open_draft(options.file, Trust)
    trust = Trust.from_payload(envelope.payload)
    directors = list(trust.directors)
    if options.previous is not None:
        previous = _open_trust(options.previous)
        cosigning.check_follows(previous, trust)
        directors += previous.directors
    tell_trust(trust, say)
    return _sign(envelope, directors, options, say)


def trust_show(options: Options, say: Tongue) -> int:
    """Show a trust and check its signatures."""
    envelope = _open_draft(options.file, Trust)
    trust = Trust.from_payload(envelope.payload)
    tell_trust(trust, say)
    tell_signatures(envelope, trust.directors, trust.quorum, say)
    if options.previous is None:
        open_trust(envelope)
        return DONE
    previous = _open_trust(options.previous)
    print(say("Directores de antes:", "Directors before:"))
    tell_signatures(envelope, previous.directors, previous.quorum, say)
    accept_change(previous, envelope)
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
    for before, after in replaced:
        tell_replacement(before, after, say)
    return DONE


def _replacements(
    names: Sequence[str], previous: Roster | None, cards: Sequence[CardFile]
) -> list[tuple[Lawyer, Card]]:
    """Whom a card replaces, with the card that each signed for her next identity."""
    listed = () if previous is None else previous.lawyers
    replaced = [vetting.find_lawyer(listed, name) for name in names]
    return [(lawyer, vetting.replacement(cards, lawyer).card) for lawyer in replaced]


def _previous_roster(options: Options, trust: Trust) -> Roster | None:
    if options.previous is None:
        return None
    under = trust if options.previous_trust is None else _open_trust(options.previous_trust)
    return _open_roster(options.previous, under)


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
    return _sign(envelope, trust.directors, options, say)


def roster_show(options: Options, say: Tongue) -> int:
    """Show a roster and check its signatures."""
    trust = _open_trust(options.trust)
    envelope = _open_draft(options.file, Roster)
    tell_roster(Roster.from_payload(envelope.payload), say)
    tell_signatures(envelope, trust.directors, trust.quorum, say)
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
    return DONE


def freshness_sign(options: Options, say: Tongue) -> int:
    """Add a director's signature to a freshness."""
    trust = _open_trust(options.trust)
    roster = _open_roster(options.roster, trust)
    envelope = _open_draft(options.file, Freshness)
    freshness = Freshness.from_payload(envelope.payload)
    cosigning.check_freshness_of(roster, freshness)
    tell_freshness(freshness, roster, say)
    return _sign(envelope, trust.directors, options, say)


def freshness_show(options: Options, say: Tongue) -> int:
    """Show a freshness and check its signatures."""
    trust = _open_trust(options.trust)
    roster = _open_roster(options.roster, trust)
    envelope = _open_draft(options.file, Freshness)
    freshness = Freshness.from_payload(envelope.payload)
    cosigning.check_freshness_of(roster, freshness)
    tell_freshness(freshness, roster, say)
    tell_signatures(envelope, trust.directors, trust.freshness_threshold, say)
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
    durable.make_folder(out)
    if any(out.iterdir()):
        raise durable.FileExistsRefusedError(out.name)
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


def _sign(envelope: Envelope, directors: Iterable[bytes], options: Options, say: Tongue) -> int:
    confirm(say("¿Firmar esto?", "Sign this?"), say, already=options.yes)
    signed = cosigning.add_signature(envelope, _signer(options, say), directors)
    durable.replace(options.file, signed.to_json())
    print(
        say("Firmado. Firmas en {file}: {n}.", "Signed. Signatures in {file}: {n}.").format(
            n=len(signed.signatures), file=options.file
        )
    )
    return DONE


def _signer(options: Options, say: Tongue) -> Signer:
    with durable.naming(options.key):
        return Signer(keyfile.open_file(options.key, "director", passphrase_from(options, say)))


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
    envelopes = ceremony.keys_of_cards(_cards(options.card))
    for path in options.keys:
        files = sorted(path.glob("*.json")) if os.path.isdir(path) else [path]  # noqa: PTH112
        for file in files:
            envelopes.append(_open_draft(file, WeeklyKey))
    return envelopes
