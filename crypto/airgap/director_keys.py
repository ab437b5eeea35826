"""What `buzon-ceremony directors` does: a director's key, her card, her passphrase."""

import argparse

from nacl.utils import random

from crypto.airgap import durable, keyfile, vetting
from crypto.airgap.program import DONE, Tongue, cost_from
from crypto.airgap.prompts import new_passphrase_from, passphrase_from
from crypto.airgap.signer import Signer
from crypto.fingerprint import fingerprint_words

Options = argparse.Namespace

_SEED_BYTES = 32


def init(options: Options, say: Tongue) -> int:
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


def card(options: Options, say: Tongue) -> int:
    """Write a director's card."""
    signer = signer_from(options, say)
    durable.write_new(options.out, vetting.director_card(signer.public_key))
    print(say("Ficha escrita en {out}.", "Card written to {out}.").format(out=options.out))
    _tell_own_words(signer, say)
    return DONE


def passphrase(options: Options, say: Tongue) -> int:
    """Put a new key file around the same key."""
    seed = _seed_from(options, say)
    options.passphrase_file = options.new_passphrase_file
    changed = keyfile.lock(
        seed, "director", new_passphrase_from(options, say), cost_from(options, "director")
    )
    durable.replace(options.key, changed)
    print(
        say(
            "Contraseña cambiada en {key}. Las copias que hizo antes se abren todavía con la de antes: destrúyalas.",
            "Passphrase changed in {key}. Copies made before still open with the one before: destroy them.",
        ).format(key=options.key)
    )
    return DONE


def signer_from(options: Options, say: Tongue) -> Signer:
    """The director's key that the arguments name.

    Raises:
        what asking for the passphrase and `keyfile.open_file` raise.
    """
    return Signer(_seed_from(options, say))


def _seed_from(options: Options, say: Tongue) -> bytes:
    with durable.naming(options.key):
        return keyfile.open_file(options.key, "director", passphrase_from(options, say))


def _tell_own_words(signer: Signer, say: Tongue) -> None:
    words = fingerprint_words(signer.public_key, say.language)
    print(say("Lea en voz alta a los demás:\n  ", "Read aloud to the others:\n  ") + words)
