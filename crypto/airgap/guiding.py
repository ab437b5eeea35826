"""Guiding a ceremony: what is still missing on a document, and which command comes next.

Every command that drafts, signs or shows a document ends with it.
"""

import shlex
from dataclasses import dataclass
from pathlib import Path

from crypto.airgap.ceremony_telling import tell_signatures
from crypto.airgap.program import Tongue
from crypto.dsse import Envelope
from crypto.terminal import visible_line
from crypto.trust import Trust

_KEY = "director.key"
_NOT_QUOTED = {"*.card.json", "…", "http://….onion"}


@dataclass(frozen=True, slots=True)
class RosterFiles:
    """A roster and what it stands on, as this command was given them."""

    roster: Path
    trust: Path
    previous: Path | None
    previous_trust: Path | None


@dataclass(frozen=True, slots=True)
class FreshnessFiles:
    """A freshness and what it stands on, as this command was given them."""

    freshness: Path
    trust: Path
    roster: Path


def tell_trust_state(
    file: Path, envelope: Envelope, previous_file: Path | None, previous: Trust | None, say: Tongue
) -> None:
    """Who has signed a trust, of those before too when it changes them; then the next step."""
    trust = Trust.from_payload(envelope.payload)
    if previous is not None:
        print(say("Los directores nuevos:", "The new directors:"))
    lacking = tell_signatures(envelope, trust.directors, trust.quorum, say)
    if previous is not None:
        print(say("Los directores de antes:", "The directors before:"))
        lacking += tell_signatures(envelope, previous.directors, previous.quorum, say)
    if lacking:
        before = () if previous_file is None else ("--previous", previous_file)
        _next(say, [("buzon-ceremony", "trust", "sign", file, "--key", _KEY, *before)],
              say("Falta que firmen, cada quien en su máquina:",
                  "Still to sign, each on a machine of her own:"))  # fmt: skip
    elif trust.serial > 1 and previous is None:
        print(
            say(
                "Este documento cambia a los directores: lo firman también los de antes. Repita con --previous y el documento de antes.",
                "This document changes the directors: those before sign it too. Say it again with --previous and the document before.",
            )
        )
    elif previous is None:
        _next(say, [
            ("buzon-workstation", "init", "--trust", file, "--pseudonym", "…", "--team", "…"),
            ("buzon-ceremony", "roster", "draft", "--trust", file, "--card", "*.card.json",
             "--origin", "http://….onion", "--out", "roster.json"),
            ("buzon-ceremony", "trust", "poster", file, "--roster", "roster.json",
             "--origin", "http://….onion", "--out", "poster.html"),
        ], say("Está completo. Sigue: cada abogado hace su bóveda y su ficha, luego la lista y el cartel:",
               "It is complete. Next: each lawyer makes a vault and a card, then the roster and the poster:"))  # fmt: skip
    else:
        _next(say, [
            ("buzon-workstation", "trust", file),
            ("buzon-ceremony", "roster", "draft", "--trust", file, "--previous", "roster.json",
             "--previous-trust", previous_file or "", "--out", "roster-new.json"),
            ("buzon-server", "trust", file),
            ("buzon-ceremony", "trust", "poster", file, "--roster", "roster-new.json",
             "--origin", "http://….onion", "--out", "poster.html"),
        ], say("Está completo. Sigue, en este orden: cada estación pasa a los directores nuevos, ellos firman una lista\n"
               "nueva y sus semanas, y quien opera el servidor publica todo junto. Los carteles de antes dejan de valer:",
               "It is complete. Next, in this order: every station goes over to the new directors, they sign a new roster\n"
               "and its weeks, and the operator publishes all of it together. The posters of before hold no more:"))  # fmt: skip


def tell_roster_state(files: RosterFiles, envelope: Envelope, trust: Trust, say: Tongue) -> None:
    """Who has signed a roster, and the next step."""
    if tell_signatures(envelope, trust.directors, trust.quorum, say):
        before = () if files.previous is None else ("--previous", files.previous)
        under = () if files.previous_trust is None else ("--previous-trust", files.previous_trust)
        sign = ("buzon-ceremony", "roster", "sign", files.roster, "--trust", files.trust)
        _next(say, [(*sign, "--key", _KEY, *before, *under)],
              say("Falta que firmen, cada quien en su máquina:",
                  "Still to sign, each on a machine of her own:"))  # fmt: skip
    else:
        _next(say, [
            ("buzon-ceremony", "freshness", "draft", "--trust", files.trust, "--roster",
             files.roster, "--keys", "weekly-keys", "--weeks", "4", "--out", "freshness.json"),
        ], say("Está completa. Sigue confirmar para qué semanas vale, con las claves que hicieron los abogados:",
               "It is complete. Next, confirm for which weeks it holds, with the keys that the lawyers made:"))  # fmt: skip


def tell_freshness_state(
    files: FreshnessFiles, envelope: Envelope, trust: Trust, say: Tongue
) -> None:
    """Who has signed a freshness, and the next step."""
    bound = ("--trust", files.trust, "--roster", files.roster)
    if tell_signatures(envelope, trust.directors, trust.freshness_threshold, say):
        sign = ("buzon-ceremony", "freshness", "sign", files.freshness, *bound)
        _next(say, [(*sign, "--key", _KEY)],
              say("Falta que firmen, cada quien en su máquina:",
                  "Still to sign, each on a machine of her own:"))  # fmt: skip
    else:
        bundle = ("buzon-ceremony", "freshness", "bundle", files.freshness, *bound)
        _next(say, [(*bundle, "--keys", "weekly-keys", "--out", "publication")],
              say("Está completa. Sigue hacer la carpeta para quien opera el servidor:",
                  "It is complete. Next, make the folder for the operator:"))  # fmt: skip


def _next(say: Tongue, commands: list[tuple[str | Path, ...]], what: str) -> None:
    """The next commands, as they would be typed."""
    print(what)
    for command in commands:
        print("  " + " ".join(_word(word) for word in command))
    if any(_KEY in command for command in commands):
        print(
            say(
                "  (en lugar de {key}, el archivo de la clave de cada quien)",
                "  (in the place of {key}, everybody's own key file)",
            ).format(key=_KEY)
        )


def _word(word: str | Path) -> str:
    return str(word) if word in _NOT_QUOTED else visible_line(shlex.quote(str(word)))
