"""The commands `status` and `expire`: what the box holds, and what may go.

Only app/cli.py depends on this module.
"""

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

from app.acts import forget_acts
from app.clock import utc_now
from app.db import open_database
from app.expiry import (
    MAY_GO,
    Reason,
    Verdict,
    delete_cells,
    delete_old_replies,
    leave_no_trace,
    old_replies,
    verdicts,
)
from app.folder import open_folder
from app.published import held
from app.receipts import drop_receipts
from app.shelf import MESSAGES
from app.status import Status, status
from crypto.roster import Roster
from crypto.terminal import visible_line
from crypto.tongue import DONE, REFUSED, Arguments, Tongue

NewCommand = Callable[
    [str, Callable[[argparse.Namespace, Tongue], int], str, str], Arguments
]  # name, what it does, what it is told to be in Spanish and in English

_STATUS_ES = """\
Ejemplos:
  buzon-server status                     (cada mañana)
  buzon-server status --json              (para la vigilancia: 0 bien, 1 algo debe preocuparle)
  buzon-server status --check             (cada semana: lee la base de datos, 20 segundos a lo más)
"""
_STATUS_EN = """\
Examples:
  buzon-server status                     (every morning)
  buzon-server status --json              (for monitoring: 0 fine, 1 something should worry you)
  buzon-server status --check             (weekly: reads the database through, 20 seconds at most)
"""
_EXPIRE_ES = """\
Un envío se va cuando todos los abogados activos firmaron que sus estaciones lo tienen, o cuando
lo firmaron tantos como pide la política y ya pasaron sus semanas.  Lo borrado se sobrescribe;
un respaldo hecho antes todavía lo tiene.

Ejemplos:
  buzon-server expire            (dice qué borraría, y por qué)
  buzon-server expire --yes
"""
_EXPIRE_EN = """\
A cell goes when all active lawyers signed that their stations hold it, or when as many as
the policy asks for did and the policy's weeks have passed.  Deleted cells are overwritten;
a backup made before still holds them.

Examples:
  buzon-server expire            (tells what it would delete, and why)
  buzon-server expire --yes
"""


def add_commands(command: NewCommand, say: Tongue) -> None:
    """Add both to the program's parser."""
    json_help = say("contestar en JSON", "answer in JSON")
    looking = command(
        "status",
        _status,
        "lugar, fechas, y lo que debe preocuparle",
        "room, days, and what should worry you",
    )
    looking.epilog = say(_STATUS_ES, _STATUS_EN)
    looking.add_argument(
        "--check",
        action="store_true",
        help=say("leer también toda la base de datos", "read the database through, too"),
    )
    looking.add_argument("--json", action="store_true", help=json_help)
    expiring = command(
        "expire",
        _expire,
        "borrar lo que ya tienen suficientes estaciones",
        "delete the cells that enough stations hold",
    )
    expiring.epilog = say(_EXPIRE_ES, _EXPIRE_EN)
    how = expiring.add_mutually_exclusive_group()
    how.add_argument(
        "--dry-run",
        action="store_true",
        help=say("sólo decir (así es si no se pide más)", "only tell (the default)"),
    )
    how.add_argument("--yes", action="store_true", help=say("borrar", "delete"))
    expiring.add_argument("--json", action="store_true", help=json_help)


def _status(options: argparse.Namespace, say: Tongue) -> int:
    settings = open_folder(options.data)
    found = status(open_database(settings), settings, utc_now(), check=options.check)
    told = found.told(say.language)
    if options.json:
        print(json.dumps(found.to_value(say.language), ensure_ascii=False))
    else:
        for line in (*_room(say, found), *_documents(say, found)):
            print(line)
        if options.check:
            print(_checked(say, found.whole))
        for alarm in told:
            print(f"! {visible_line(alarm)}")
        if not told:
            print(say("Todo está bien.", "All is well."))
    return REFUSED if told else DONE


def _room(say: Tongue, found: Status) -> Iterable[str]:
    names = {
        "messages": say("mensajes", "messages"),
        "parts": say("partes de archivos", "parts of files"),
        "replies": say("respuestas", "replies"),
    }
    for name, slots in found.slots.items():
        taken, left = found.taken[name], found.budget_left[name]
        yield say(
            f"{names[name]}: {taken} de {slots} lugares ocupados; hoy caben {left} más",
            f"{names[name]}: {taken} of {slots} slots taken; {left} more are taken today",
        )
    for day, counts in found.days.items():
        yield f"{day}: " + ", ".join(f"{count} {names[name]}" for name, count in counts.items())
    if found.unsigned is not None:
        oldest, cells = found.unsigned.oldest, found.unsigned.cells
        yield say(
            f"sin recibos suficientes: {cells}, desde el {oldest}",
            f"without enough receipts: {cells}, since {oldest}",
        )
    yield say(
        f"libres en el disco: {found.disk_free >> 20} MiB",
        f"free on the disk: {found.disk_free >> 20} MiB",
    )


def _documents(say: Tongue, found: Status) -> Iterable[str]:
    if found.roster_serial is not None:
        yield say(
            f"lista de abogados: número {found.roster_serial}, vale hasta el {found.roster_expires}",
            f"list of lawyers: number {found.roster_serial}, valid to {found.roster_expires}",
        )
        yield say(
            f"semanas confirmadas, con esta: {len(found.fresh_weeks)}",
            f"weeks signed from this one on: {len(found.fresh_weeks)}",
        )
    for pseudonym, weeks in found.key_weeks.items():
        who = visible_line(pseudonym)
        yield say(f"claves de {who}: {weeks} semanas", f"keys of {who}: {weeks} weeks")


def _checked(say: Tongue, whole: bool | None) -> str:
    if whole is None:
        return say(
            "base de datos: sin daño hasta donde dio el tiempo",
            "database: no damage as far as time allowed",
        )
    if whole:
        return say("base de datos: sin daño", "database: no damage")
    return say("base de datos: dañada", "database: damaged")


def _expire(options: argparse.Namespace, say: Tongue) -> int:
    settings = open_folder(options.data)
    engine = open_database(settings)
    today = utc_now().date()
    published = held(engine)
    found = verdicts(engine, published, today)
    assert published is not None  # or `verdicts` refused
    going = [each for each in found if each.reason in MAY_GO]
    lacking = _lacking(found, published.roster)
    told = {
        "would_delete": len(going),
        "deleted": 0,
        "reasons": [
            {
                "reason": reason.value,
                "cell_bytes": size,
                "cells": len(days),
                "oldest": min(days),
            }
            for (reason, size), days in _by_reason(found).items()
        ],
        "lacking": lacking,
        "old_replies": old_replies(engine, today),
    }
    traceless = True
    if options.yes:
        told["deleted"] = delete_cells(engine, going, today)
        delete_old_replies(engine, today)
        drop_receipts(engine, today)
        forget_acts(engine, today)
        traceless = leave_no_trace(engine, today)
    if options.json:
        print(json.dumps(told, ensure_ascii=False))
        return DONE
    for line in _verdicts(say, found, lacking):
        print(line)
    print(_outcome(say, told, done=options.yes))
    if not traceless:
        print(
            say(
                "Alguien leía mientras tanto: el servidor quita los últimos rastros en un minuto.",
                "Somebody was reading meanwhile: the server removes the last traces in a minute.",
            )
        )
    return DONE


def _by_reason(found: Iterable[Verdict]) -> dict[tuple[Reason, int], list[str]]:
    """The days on which the cells of each reason and size came."""
    days: defaultdict[tuple[Reason, int], list[str]] = defaultdict(list)
    for each in found:
        days[each.reason, each.shelf.size].append(each.day)
    return dict(sorted(days.items()))


def _lacking(found: Iterable[Verdict], roster: Roster) -> dict[str, int]:
    """How many of the cells that stay each lawyer has not signed for."""
    counts = Counter(
        roster.active[lawyer].pseudonym
        for each in found
        if each.reason not in MAY_GO
        for lawyer in each.lacking
    )
    return dict(sorted(counts.items()))


def _verdicts(say: Tongue, found: Iterable[Verdict], lacking: dict[str, int]) -> Iterable[str]:
    why = {
        Reason.ALL: say(
            "se van: los tienen todos los abogados activos",
            "go: all active lawyers hold them",
        ),
        Reason.ENOUGH: say(
            "se van: los tienen suficientes abogados y ya pasó el plazo",
            "go: enough lawyers hold them and the policy's weeks have passed",
        ),
        Reason.YOUNG: say(
            "se quedan: los tienen suficientes abogados, pero falta que pase el plazo",
            "stay: enough lawyers hold them but the policy's weeks have not passed",
        ),
        Reason.TOO_FEW: say(
            "se quedan: muy pocos abogados dicen que los tienen",
            "stay: too few lawyers say that they hold them",
        ),
    }
    for (reason, size), days in _by_reason(found).items():
        name = (
            say("mensajes", "messages")
            if size == MESSAGES.size
            else say("partes de archivos", "parts of files")
        )
        cells, oldest = len(days), min(days)
        yield say(
            f"{cells} {name} {why[reason]}; lo más antiguo es del {oldest}",
            f"{cells} {name} {why[reason]}; the oldest came on {oldest}",
        )
    for pseudonym, cells in lacking.items():
        who = visible_line(pseudonym)
        yield say(
            f"  de los que se quedan, {who} no ha firmado {cells}",
            f"  of those that stay, {who} has not signed for {cells}",
        )


def _outcome(say: Tongue, told: dict[str, object], *, done: bool) -> str:
    if done:
        deleted = told["deleted"]
        return say(f"Se borraron {deleted}.", f"{deleted} cells deleted.")
    going, replies = told["would_delete"], told["old_replies"]
    return say(
        f"Se borrarían {going}, y {replies} respuestas vencidas.  No se borró nada; con --yes sí.",
        f"{going} cells would be deleted, and {replies} replies whose days are over."
        "  Nothing was; --yes does it.",
    )
