"""What `buzon-workstation` does with a pouch: wiring and words.

The work is in the modules beside this one.
"""

import argparse
import sys
from collections.abc import Iterable
from datetime import datetime

from nacl.utils import random

from crypto.airgap import chain, durable, key_ageing, receipting
from crypto.airgap import outgoing as leaving
from crypto.airgap.identity_telling import identity_lines
from crypto.airgap.importing import Progress, Refusal, Report, import_pouch
from crypto.airgap.opening import opened
from crypto.airgap.outgoing import Batch
from crypto.airgap.program import (
    DONE,
    REFUSED,
    Tongue,
    answer_json,
    complain,
    now_from,
)
from crypto.airgap.receipting import BackupLacksError, CellLackingError
from crypto.airgap.standing import standings
from crypto.airgap.vault.identity import Owner
from crypto.airgap.vault.vault import Vault
from crypto.directory import RosterSignaturesError
from crypto.errors import BuzonError
from crypto.pouch import (
    HAVE,
    HAVE_ROSTERS,
    LISTING_NAME,
    MAX_LISTING_BYTES,
    OUT,
    Listing,
    parse_listing,
)
from crypto.roster import Roster, RosterTrustError
from crypto.stick import Folder
from crypto.terminal import visible_line
from crypto.weeks import first_day, week_of

Options = argparse.Namespace

_OTHER_DIRECTORS = {RosterTrustError.code, RosterSignaturesError.code}


def import_(options: Options, say: Tongue) -> int:
    """Take in a pouch, and prepare its way back."""
    now = now_from(options)
    missed = [durable.read_file(path, Roster.max_envelope_bytes()) for path in options.roster]
    with opened(options, say) as (vault, owner), Folder.open_pouch(options.pouch) as pouch:
        report = import_pouch(
            vault, owner, pouch, now, missed, progress_of(say, quiet=options.json)
        )
        batch = _prepare_way_back(vault, report.succeeded or owner, pouch, now, report)
        unopened = vault.cells.count_unopened()
        contradictions = vault.contradictions.standing()
        shortages = chain.shortages_of(vault, report.succeeded or owner, now)
        without_backup = vault.backups.count_without()
        identities = standings(vault)
    chain.tell_contradictions(contradictions, say)
    if options.json:
        value = _report_value(report, batch, unopened)
        value["without_backup"] = without_backup
        value["identities"] = [one.to_value() for one in identities]
        answer_json({**value, **chain.value_of(contradictions, shortages)})
    else:
        _tell_report(report, batch, unopened, say)
        for line in identity_lines(report.succeeded, identities, say):
            print(line)
        _tell_without_backup(without_backup, say)
        chain.tell_shortages(shortages, say)
    return REFUSED if report.refused else DONE


def _prepare_way_back(
    vault: Vault, owner: Owner, pouch: Folder, now: datetime, report: Report
) -> Batch | None:
    """A stick that takes nothing back is told like any other refusal: the import stands."""
    batch = None
    try:
        if vault.rosters.newest() is not None:
            batch = leaving.lay_batch(vault, owner, pouch, now, random)
    except BuzonError as error:
        report.refused.append(Refusal(OUT, error.code))
    try:
        if report.listing is not None:
            leaving.lay_have(vault, owner, pouch, report.listing)
    except BuzonError as error:
        report.refused.append(Refusal(HAVE, error.code))
    try:
        leaving.lay_rosters(vault, owner, pouch)
    except BuzonError as error:
        report.refused.append(Refusal(HAVE_ROSTERS, error.code))
    return batch


def progress_of(say: Tongue, *, quiet: bool) -> Progress:
    """Tells whoever sits at the terminal how far a long run has come."""
    if quiet or not sys.stderr.isatty():
        return lambda _done, _all: None

    def tell(done: int, work: int) -> None:
        end = "\n" if done >= work else ""
        text = say("\r{done} de {work}", "\r{done} of {work}")
        print(text.format(done=done, work=work), end=end, file=sys.stderr, flush=True)

    return tell


def _report_value(report: Report, batch: Batch | None, unopened: int) -> dict[str, object]:
    return {
        "directory_verified": report.directory_verified,
        "rosters": report.rosters,
        "messages": report.messages,
        "opened": report.opened,
        "parts": report.parts,
        "known": report.known,
        "unopened_held": unopened,
        "complete": report.complete,
        "lacking": report.lacking,
        "refused": [{"name": one.untrusted_name, "code": one.code} for one in report.refused],
        "keys": {"destroyed": report.keys.destroyed, "weeks_left": report.keys.weeks_left},
        "batch": None if batch is None else batch.digest.hex(),
    }


def _tell_report(report: Report, batch: Batch | None, unopened: int, say: Tongue) -> None:
    tell_refusals(report.refused, say)
    if any(refusal.code in _OTHER_DIRECTORS for refusal in report.refused):
        print(
            say(
                "Si los directores cambiaron: pídales en mano el documento nuevo y tómelo con la orden `trust`.",
                "If the directors changed: have them hand you the new document and take it with the command `trust`.",
            ),
            file=sys.stderr,
        )
    if report.rosters:
        print(
            say(
                "Listas de abogados que faltaban a esta estación: {n}.",
                "Lists of lawyers that this station had missed: {n}.",
            ).format(n=report.rosters)
        )
    print(
        say(
            "Nuevos: mensajes {messages} (abiertos {opened}), partes de archivos {parts}. "
            "Ya estaban: {known}.",
            "New: messages {messages} (opened {opened}), parts of files {parts}. "
            "Here before: {known}.",
        ).format(
            messages=report.messages, opened=report.opened, parts=report.parts, known=report.known
        )
    )
    if unopened:
        print(
            say(
                "Celdas guardadas que no se abren con las claves de esta estación: {n}. Pueden ser para otros, o falsas.",
                "Cells kept that do not open with this station's keys: {n}. They may be for others, or false.",
            ).format(n=unopened)
        )
    if report.lacking:
        print(
            say("Celdas que faltan en la bolsa: {n}.", "Cells that the pouch lacks: {n}.").format(
                n=report.lacking
            )
        )
    _tell_keys(report, say)
    if batch is None:
        print(
            say(
                "No se preparó ningún lote para el viaje: hace falta una lista de abogados verificada y una memoria que se deje escribir.",
                "No batch was prepared for the trip: it takes a verified list of lawyers, and a stick that can be written to.",
            )
        )
    else:
        tell_batch(batch, say)


def _tell_without_backup(cells: int, say: Tongue) -> None:
    if cells:
        print(
            say(
                "Celdas que ningún respaldo tiene todavía: {n}. Use la orden `backup`.",
                "Cells that no backup holds yet: {n}. Use the command `backup`.",
            ).format(n=cells)
        )


def tell_refusals(refused: Iterable[Refusal], say: Tongue) -> None:
    """What was left out, and why."""
    for refusal in refused:
        told = say("Rechazado: {name}: {sentence} [{code}]", "Refused: {name}: {sentence} [{code}]")
        name = visible_line(refusal.untrusted_name)
        sentence = say.sentence(refusal.code)
        print(told.format(name=name, sentence=sentence, code=refusal.code), file=sys.stderr)


def _tell_keys(report: Report, say: Tongue) -> None:
    keys = report.keys
    if keys.destroyed:
        print(
            say(
                "Claves semanales destruidas porque su tiempo pasó: {n}.",
                "Weekly keys destroyed because their time is over: {n}.",
            ).format(n=keys.destroyed)
        )
    if keys.without_a_complete_pouch:
        print(
            say(
                "¡Atención! Algunas se destruyeron sin que llegara una bolsa completa de después: tal vez faltan mensajes.",
                "Take care! Some were destroyed although no complete pouch from afterwards has come: messages may be missing.",
            )
        )
    if keys.weeks_left < key_ageing.WEEKS_LEFT_TO_WARN:
        print(
            say(
                "Semanas para las que quedan claves: {n}. Use la orden `keys`.",
                "Weeks for which keys are left: {n}. Use the command `keys`.",
            ).format(n=keys.weeks_left)
        )


def tell_batch(batch: Batch, say: Tongue) -> None:
    """What the batch in the pouch carries."""
    print(
        say(
            "En la bolsa espera un lote. Celdas de respuestas en él: {replies}; el resto es relleno.",
            "A batch waits in the pouch. Cells of replies in it: {replies}; the rest is decoys.",
        ).format(replies=batch.replies)
    )
    if batch.waiting:
        print(
            say(
                "Celdas de respuestas que no cupieron y van en otro viaje: {n}.",
                "Cells of replies that did not fit and go with another trip: {n}.",
            ).format(n=batch.waiting)
        )


def outgoing(options: Options, say: Tongue) -> int:
    """Make the batch in the pouch again, if need be."""
    now = now_from(options)
    with opened(options, say) as (vault, owner), Folder.open_pouch(options.pouch) as pouch:
        tell_batch(leaving.lay_batch(vault, owner, pouch, now, random), say)
    return DONE


def receipts(options: Options, say: Tongue) -> int:
    """Sign for the cells that this station holds."""
    now = now_from(options)
    with opened(options, say) as (vault, owner), Folder.open_pouch(options.pouch) as pouch:
        listing = _listing(pouch)
        progress = progress_of(say, quiet=options.json)
        signed = receipting.sign_receipts(
            vault, owner, pouch, listing, now, progress, held_by_two=options.held_by_two
        )
    for digest in signed.lacking:
        complain(say, CellLackingError.code, [digest.hex()])
    if signed.without_backup:
        complain(say, BackupLacksError.code, [str(signed.without_backup)])
    if options.json:
        lacking = [digest.hex() for digest in signed.lacking]
        answer_json(
            {
                "cells": signed.cells,
                "receipts": signed.receipts,
                "lacking": lacking,
                "without_backup": signed.without_backup,
            }
        )
    else:
        print(
            say(
                "Firmado. Celdas que esta estación tiene: {cells}; recibos en la bolsa: {receipts}.",
                "Signed. Cells that this station holds: {cells}; receipts in the pouch: {receipts}.",
            ).format(cells=signed.cells, receipts=signed.receipts)
        )
    return REFUSED if signed.lacking or signed.without_backup else DONE


def _listing(pouch: Folder) -> Listing:
    return parse_listing(pouch.read(LISTING_NAME, MAX_LISTING_BYTES))


def keys(options: Options, say: Tongue) -> int:
    """Make weekly keys and put the public ones into the pouch, with the batch of the trip."""
    now = now_from(options)
    with opened(options, say) as (vault, owner), Folder.open_pouch(options.pouch) as pouch:
        made = key_ageing.make_keys(vault, owner, now)
        laid = leaving.lay_weekly_keys(vault, owner, pouch, now)
        waiting = vault.identity.waiting()
        for_card = 0 if waiting is None else key_ageing.make_keys(vault, waiting, now)
        covered = key_ageing.last_week_signed(vault)
        known = vault.rosters.newest() is not None
        batch = leaving.lay_batch(vault, owner, pouch, now, random) if known else None
    first = week_of(now.date())
    print(
        say(
            "Claves nuevas: {made}; en la bolsa: {laid}, para las semanas del {first} al {last}. "
            "Los directores las necesitan para firmar.",
            "New keys: {made}; in the pouch: {laid}, for the weeks from {first} to {last}. "
            "The directors need them to sign.",
        ).format(
            made=made,
            laid=laid,
            first=first_day(first),
            last=first_day(first + key_ageing.WEEKS_MADE_AT_ONCE - 1),
        )
    )
    if batch is not None:
        tell_batch(batch, say)
    if for_card:
        print(
            say(
                "También para la identidad que espera: {n}. Escriba otra vez su ficha con `card`.",
                "For the identity that waits, too: {n}. Write its card again with `card`.",
            ).format(n=for_card)
        )
    if covered is not None and first > covered:
        print(
            say(
                "¡Atención! El reloj dice {today}, y lo último que los directores firmaron aquí llega a la semana del {covered}. "
                "Si la fecha no es la de hoy, corríjala y use `keys` otra vez.",
                "Take care! The clock says {today}, and the last that directors signed here reaches to the week of {covered}. "
                "If that is not today's date, set it right and use `keys` again.",
            ).format(today=now.date(), covered=first_day(covered))
        )
    return DONE
