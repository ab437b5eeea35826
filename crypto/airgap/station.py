"""What `buzon-workstation` does to a vault itself: wiring and words.

The work is in the modules beside this one.
"""

import argparse
from pathlib import Path
from unicodedata import normalize

from crypto.airgap import durable, key_ageing, keyfile
from crypto.airgap.opening import opened
from crypto.airgap.program import (
    DONE,
    Tongue,
    answer_json,
    cost_from,
    now_from,
)
from crypto.airgap.prompts import new_passphrase_from, passphrase_from
from crypto.airgap.succession import new_seed
from crypto.airgap.vault.vault import KEY_NAME, Vault
from crypto.fingerprint import fingerprint_words
from crypto.terminal import visible_line
from crypto.trust import Trust, open_trust

Options = argparse.Namespace


def init(options: Options, say: Tongue) -> int:
    """Make a vault, an identity and the first 26 weekly keys."""
    now = now_from(options)
    envelope = durable.read_file(options.trust, Trust.max_envelope_bytes())
    with durable.naming(options.trust):
        trusted = open_trust(envelope)
    pseudonym, team = (normalize("NFC", name) for name in (options.pseudonym, options.team))
    languages = tuple(dict.fromkeys(options.speaks))
    # What the card will say is checked before anything is made.
    seed = new_seed(pseudonym, team, languages)
    passphrase = new_passphrase_from(options, say)
    with Vault.created(options.vault, passphrase, cost_from(options, "vault")) as vault:
        with vault.transaction():
            vault.identity.create(seed, pseudonym, team, languages)
            vault.rosters.pin_trust(envelope)
        made = key_ageing.make_keys(vault, vault.identity.owner(), now)
    print(
        say(
            "Bóveda hecha en {vault}, con claves para {weeks} semanas.",
            "Vault made in {vault}, with keys for {weeks} weeks.",
        ).format(vault=options.vault, weeks=made)
    )
    _tell_trust(trusted, say)
    return DONE


def _tell_trust(trusted: Trust, say: Tongue) -> None:
    print(
        say(
            "Directores de “{organisation}”. Compare por voz con un director:\n  {words}",
            "Directors of “{organisation}”. Compare with a director by voice:\n  {words}",
        ).format(
            organisation=trusted.organisation,
            words=fingerprint_words(trusted.payload_hash, say.language),
        )
    )


def trust(options: Options, say: Tongue) -> int:
    """Go over to a new trust."""
    envelope = durable.read_file(options.file, Trust.max_envelope_bytes())
    with opened(options, say) as (vault, _), vault.transaction(), durable.naming(options.file):
        _tell_trust(vault.rosters.change_trust(envelope), say)
    return DONE


def passphrase(options: Options, say: Tongue) -> int:
    """Put a new key file around the same secret."""
    path: Path = options.vault / KEY_NAME
    secret = keyfile.open_file(path, "vault", passphrase_from(options, say))
    options.passphrase_file = options.new_passphrase_file
    changed = keyfile.lock(
        secret, "vault", new_passphrase_from(options, say), cost_from(options, "vault")
    )
    durable.replace(path, changed)
    print(say("Contraseña cambiada.", "Passphrase changed."))
    return DONE


def custody(options: Options, say: Tongue) -> int:
    """Check the custody log and show it."""
    with opened(options, say) as (vault, _):
        entries = vault.verified_custody()
    if options.json:
        answer_json([entry.to_value() for entry in entries])
        return DONE
    for entry in entries:
        objects = entry.objects[0].hex()[:8] if len(entry.objects) == 1 else len(entry.objects)
        note = visible_line(entry.note)
        print(f"{entry.sequence:5}  {entry.day} {entry.time}  {entry.act:9}  {objects}  {note}")
    print(say("La cadena está entera.", "The chain is whole."))
    return DONE
