"""What `buzon-workstation` says of the chain of rosters: who reads, what ends soon, what lies.

The work is in the modules beside this one.
"""

import argparse
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TextIO

from crypto import horizon
from crypto.airgap import durable
from crypto.airgap.ceremony_telling import changes
from crypto.airgap.opening import opened
from crypto.airgap.program import DONE, Tongue, answer_json, now_from
from crypto.airgap.vault.contradictions import Contradiction
from crypto.airgap.vault.identity import Owner
from crypto.airgap.vault.vault import Vault
from crypto.fingerprint import fingerprint_words
from crypto.horizon import Shortage
from crypto.roster import Roster
from crypto.terminal import visible_line
from crypto.weeks import week_of

Options = argparse.Namespace

SHORT_ID = 8


def rosters(options: Options, say: Tongue) -> int:
    """Show the chain and what contradicts it; write it out, or set a contradiction aside."""
    now = now_from(options)
    with opened(options, say) as (vault, owner):
        if options.set_aside is not None:
            _set_aside(vault, owner, options.set_aside, now, say)
            return DONE
        chain = [Roster.from_payload(envelope.payload) for envelope in vault.rosters.chain()]
        contradictions = vault.contradictions.all()
        if options.out is not None:
            _write_out(vault, contradictions, options.out)
        shortages = shortages_of(vault, owner, now)
    if options.json:
        told = [_roster_value(roster) for roster in chain]
        answer_json({"rosters": told, **value_of(contradictions, shortages)})
        return DONE
    previous = None
    for roster in chain:
        _tell_link(previous, roster, say)
        previous = roster
    if not chain:
        print(say("Todavía no hay ninguna lista verificada.", "There is no verified list yet."))
    tell_shortages(shortages, say)
    tell_contradictions([one for one in contradictions if one.set_aside is None], say)
    for one in contradictions:
        if one.set_aside is not None:
            print(
                say(
                    "Contradicción {id}, apartada el {day}; la prueba sigue aquí.",
                    "Contradiction {id}, set aside on {day}; the evidence is still here.",
                ).format(id=one.id[:SHORT_ID], day=one.set_aside)
            )
    if options.out is not None:
        print(say("Escrito en {out}.", "Written to {out}.").format(out=options.out))
    return DONE


def _set_aside(vault: Vault, owner: Owner, name: str, now: datetime, say: Tongue) -> None:
    contradiction = vault.contradictions.find(name)
    both = [contradiction.held.payload_hash, contradiction.other.payload_hash]
    with vault.transaction():
        vault.contradictions.set_aside(contradiction, now.date())
        vault.record(owner.signer, now, "noted", both, "contradiction set aside")
    print(
        say(
            "Apartada. No se avisará más de ella; la prueba y su nota de custodia se quedan.",
            "Set aside. It is warned of no more; the evidence and its note of custody stay.",
        )
    )


def _write_out(vault: Vault, contradictions: Iterable[Contradiction], out: Path) -> None:
    durable.make_empty_folder(out)
    for envelope in vault.rosters.chain():
        serial = Roster.from_payload(envelope.payload).serial
        durable.write_new(out / f"roster-{serial:04}.json", envelope.to_json())
    for one in contradictions:
        name = f"contradiction-{one.other_roster.serial:04}-{one.id[:SHORT_ID]}.json"
        durable.write_new(out / name, one.other.to_json())


def _tell_link(previous: Roster | None, roster: Roster, say: Tongue) -> None:
    print(
        say(
            "Lista {serial}, del {issued} al {expires}\n  {words}",
            "List {serial}, from {issued} to {expires}\n  {words}",
        ).format(
            serial=roster.serial,
            issued=roster.issued,
            expires=roster.expires,
            words=fingerprint_words(roster.payload_hash, say.language),
        )
    )
    if previous is None:
        for lawyer in roster.active.values():
            print(f"  {visible_line(lawyer.pseudonym)} ({visible_line(lawyer.team)})")
    else:
        if previous.trust != roster.trust:
            print(say("  firmada por otros directores", "  signed by other directors"))
        for change in changes(previous, roster, say):
            print(f"  {change}")


# ----------------------------------------------------------------- contradictions


def tell_contradictions(contradictions: Iterable[Contradiction], say: Tongue) -> None:
    """Warn of each on the error stream, and say what is to be done."""
    for one in contradictions:
        held, other = one.held_roster, one.other_roster
        if other.serial == held.serial:
            head = say(
                "¡ALARMA! Hay dos listas de abogados con el número {held}, firmadas por directores las dos.",
                "ALARM! There are two lists of lawyers with the number {held}, both signed by directors.",
            )
        elif other.serial > held.serial:
            head = say(
                "¡ALARMA! Hay una lista de abogados {other}, firmada por directores, que sigue a otra lista {held} que la de esta estación.",
                "ALARM! There is a list of lawyers {other}, signed by directors, that follows another list {held} than this station's.",
            )
        else:
            head = say(
                "¡ALARMA! Hay una lista de abogados {other}, firmada por directores, que no es aquella a la que sigue la lista {held} de esta estación.",
                "ALARM! There is a list of lawyers {other}, signed by directors, that is not the one which this station's list {held} follows.",
            )
        lines = [
            head.format(held=held.serial, other=other.serial),
            say("  La de esta estación, que se conserva:", "  This station's, which stays:"),
            f"    {fingerprint_words(held.payload_hash, say.language)}",
            say(
                "  La otra, vista el {day} en {file}:", "  The other, seen on {day} in {file}:"
            ).format(day=one.day, file=visible_line(one.untrusted_seen_in)),
            f"    {fingerprint_words(other.payload_hash, say.language)}",
            *(f"    {change}" for change in changes(held, other, say)),
            say(
                "  O los directores firmaron dos por error, o alguien tiene sus claves, y puede que a algunos testigos se les muestre la otra.\n"
                "  Qué hacer: guarde aparte esta memoria. Llame a los directores y léales las doce palabras de ambas. Lléveles las dos con\n"
                "  `rosters --out`. Cuando lo hayan aclarado: `rosters --set-aside {id}`.",
                "  Either the directors signed two by mistake, or somebody has their keys; some witnesses may be shown the other.\n"
                "  What to do: keep this stick apart. Call the directors and read them the twelve words of both. Bring them both with\n"
                "  `rosters --out`. Once it is cleared up: `rosters --set-aside {id}`.",
            ).format(id=one.id[:SHORT_ID]),
        ]
        print("\n".join(lines), file=sys.stderr)


# ----------------------------------------------------------------- what ends soon


def shortages_of(vault: Vault, owner: Owner, now: datetime) -> list[Shortage]:
    """What ends within three weeks, as far as this station knows: the keys are its own."""
    roster = vault.rosters.newest()
    if roster is None:
        return []
    week = week_of(now.date())
    own = horizon.last_of(vault.weekly_keys.held_from(owner, week), week)
    freshness = vault.rosters.freshness_of(roster)
    return horizon.shortages(roster, freshness, {owner.id: own}, now.date())


def tell_shortages(shortages: Iterable[Shortage], say: Tongue, file: TextIO | None = None) -> None:
    """A line for each."""
    for shortage in shortages:
        print(say("¡Atención! ", "Take care! ") + shortage.told(say.language), file=file)


# ----------------------------------------------------------------- for scripts


def value_of(
    contradictions: Iterable[Contradiction], shortages: Iterable[Shortage]
) -> dict[str, object]:
    """Both, as one part of an answer."""
    return {
        "contradictions": [
            {
                "id": one.id,
                "serial": one.other_roster.serial,
                "held": one.held.payload_hash.hex(),
                "seen_in": one.untrusted_seen_in,
                "day": one.day.isoformat(),
                "set_aside": None if one.set_aside is None else one.set_aside.isoformat(),
            }
            for one in contradictions
        ],
        "shortages": [shortage.to_value() for shortage in shortages],
    }


def _roster_value(roster: Roster) -> dict[str, object]:
    return {
        "serial": roster.serial,
        "hash": roster.payload_hash.hex(),
        "issued": roster.issued.isoformat(),
        "expires": roster.expires.isoformat(),
        "active": [lawyer.pseudonym for lawyer in roster.active.values()],
    }
