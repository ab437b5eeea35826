"""What `buzon-workstation` does with the lawyer's identities: wiring and words.

The work is in `crypto.airgap.succession` and `crypto.airgap.standing`.
"""

import argparse
from unicodedata import normalize

from crypto.airgap import durable, key_ageing
from crypto.airgap.opening import opened
from crypto.airgap.program import DONE, Tongue, answer_json, now_from
from crypto.airgap.prompts import confirm
from crypto.airgap.standing import Standing, standings
from crypto.airgap.succession import card_of, new_identity
from crypto.airgap.vault.identity import Owner
from crypto.fingerprint import fingerprint_words
from crypto.terminal import visible_line

Options = argparse.Namespace


def new(options: Options, say: Tongue) -> int:
    """Make a new identity in the same vault, and its card."""
    now = now_from(options)
    pseudonym = normalize("NFC", options.pseudonym)
    with opened(options, say) as (vault, owner):
        if vault.identity.waiting() is not None:
            confirm(
                say(
                    "Ya hay una identidad nueva que espera a los directores; `card` escribe otra vez su ficha. ¿Hacer una más?",
                    "A new identity waits for the directors already; `card` writes its card again. Make one more?",
                ),
                say,
                already=options.yes,
            )
        team = owner.card.team if options.team is None else normalize("NFC", options.team)
        languages = tuple(dict.fromkeys(options.speaks)) or owner.card.languages
        made = new_identity(vault, pseudonym, team, languages, now)
        durable.write_new(options.out, card_of(vault, made, now))
    _tell_card(made, options, say)
    print(
        say(
            "Los directores la ponen en la lista en lugar de “{before}”:\n"
            "  buzon-ceremony roster draft … --card {out} --replaces {id}\n"
            "Hasta que `import` traiga esa lista usted sigue firmando y respondiendo como “{before}”. "
            "Hilos, archivos y respuestas se quedan donde están.\n"
            "Respalde la bóveda antes de llevar la ficha (`backup`): ningún respaldo de antes tiene esta identidad.",
            "The directors put it on the roster in the place of “{before}”:\n"
            "  buzon-ceremony roster draft … --card {out} --replaces {id}\n"
            "Until `import` brings that roster you go on signing and answering as “{before}”. "
            "Threads, files and replies stay where they are.\n"
            "Back the vault up before you take the card there (`backup`): no backup of before has this identity.",
        ).format(before=visible_line(owner.card.pseudonym), out=options.out.name, id=owner.id.hex())
    )
    return DONE


def card(options: Options, say: Tongue) -> int:
    """Write the card that a director adds to the roster: of the newest identity, or of another."""
    now = now_from(options)
    with opened(options, say) as (vault, owner):
        shown = vault.identity.waiting() or owner
        if options.of is not None:
            shown = vault.identity.called(normalize("NFC", options.of))
        # Nobody takes a card without keys, and the last ones of who waited long are over.
        key_ageing.make_keys(vault, shown, now)
        durable.write_new(options.out, card_of(vault, shown, now))
    _tell_card(shown, options, say)
    return DONE


def _tell_card(owner: Owner, options: Options, say: Tongue) -> None:
    print(
        say(
            "Ficha escrita en {out}. Lea en voz alta al director:\n  {words}",
            "Card written to {out}. Read aloud to the director:\n  {words}",
        ).format(out=options.out, words=fingerprint_words(owner.signer.public_key, say.language))
    )


def show(options: Options, say: Tongue) -> int:
    """Show the identities and what the newest verified roster says of each."""
    with opened(options, say) as (vault, _):
        found = standings(vault)
    if options.json:
        answer_json([standing.to_value() for standing in found])
        return DONE
    for standing in found:
        owner = standing.owner
        print(f"{owner.id.hex()}  {visible_line(owner.card.pseudonym)}: {_place(standing, say)}")
        print(f"    {fingerprint_words(owner.signer.public_key, say.language)}")
    return DONE


def _place(standing: Standing, say: Tongue) -> str:
    places = {
        "speaks": say("firma y responde", "signs and answers"),
        "waits": say("espera a los directores", "waits for the directors"),
        "before": say("anterior", "before"),
    }
    statuses = {
        "active": say("en la lista: recibe", "on the roster: receives"),
        "retired": say("en la lista: ya no recibe", "on the roster: receives no more"),
        "revoked": say("en la lista: REVOCADA", "on the roster: REVOKED"),
        "absent": say("no está en la lista", "not on the roster"),
        "unknown": say("todavía no hay lista verificada", "no roster is verified yet"),
    }
    return f"{places[standing.place]}; {statuses[standing.status]}"
