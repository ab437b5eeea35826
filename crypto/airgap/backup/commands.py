"""What `buzon-workstation` does about backups: wiring and words.

The work is in the modules beside this one.
"""

import argparse
import hmac
import sys

from nacl.utils import random

from crypto.airgap.backup import paper, restoring, shares
from crypto.airgap.backup.errors import BackupDamagedError, BackupKeyExistsError
from crypto.airgap.backup.keys import backup_keys
from crypto.airgap.backup.manifest import Manifest
from crypto.airgap.backup.restoring import Restored
from crypto.airgap.backup.shares import ShareOtherError
from crypto.airgap.backup.shelf import Shelf
from crypto.airgap.backup.writing import Written, write_backup
from crypto.airgap.custody import CustodyBrokenError
from crypto.airgap.opening import opened
from crypto.airgap.program import (
    DONE,
    REFUSED,
    Tongue,
    answer_json,
    complain,
    cost_from,
    now_from,
)
from crypto.airgap.prompts import confirm, new_passphrase_from
from crypto.airgap.receipting import CellLackingError
from crypto.airgap.trips import progress_of
from crypto.airgap.vault.backups import BackupKey
from crypto.terminal import visible_line

Options = argparse.Namespace


def init(options: Options, say: Tongue) -> int:
    """Make the backup's key, hand it out in shares, and keep what writes backups."""
    now = now_from(options)
    with opened(options, say) as (vault, owner):
        if vault.backups.key() is not None and not options.replace:
            raise BackupKeyExistsError("--replace")
        secret = random(shares.SECRET_BYTES)
        made = shares.split(secret, options.shares, options.threshold)
        if options.pages is None:
            paper.show_each(made, random, say)
        else:
            paper.write_pages(made, options.pages, say)
        key = BackupKey(backup_keys(secret).write, options.shares, options.threshold)
        with vault.transaction():
            vault.backups.keep_key(key)
            note = f"{key.threshold} of {key.shares}"
            vault.record(owner.signer, now, "backup", [], f"shares: {note}")
    print(
        say(
            "Hecho: {shares} listas; {threshold} cualesquiera restauran. La bóveda no las guarda. "
            "Deje cada una en un lugar distinto, y escriba el primer respaldo con `backup`.",
            "Done: {shares} lists; any {threshold} restore. The vault does not keep them. "
            "Leave each in a place of its own, and write the first backup with `backup`.",
        ).format(shares=key.shares, threshold=key.threshold)
    )
    if options.pages is not None:
        print(
            say(
                "Imprima las páginas, compruébelas con `backup-check` y borre la carpeta {pages}.",
                "Print the pages, check them with `backup-check` and delete the folder {pages}.",
            ).format(pages=options.pages)
        )
    return DONE


def check(options: Options, say: Tongue) -> int:
    """See whether shares still make the key of this vault's backups."""
    with opened(options, say) as (vault, _):
        key = vault.backups.require_key()
    found = paper.shares_from(options.share_file, say, all_there_are=True)
    write = backup_keys(shares.combine(found)).write
    if not hmac.compare_digest(write.public_key, key.write.public_key):
        raise ShareOtherError("not of this vault")
    print(
        say(
            "Las {n} listas sirven: hacen la clave de los respaldos de esta bóveda. "
            "Son {shares} en total; hacen falta {threshold}.",
            "The {n} lists are good: they make the key of this vault's backups. "
            "There are {shares} in all; it takes {threshold}.",
        ).format(n=len(found), shares=key.shares, threshold=key.threshold)
    )
    return DONE


def backup(options: Options, say: Tongue) -> int:
    """Write a backup and read it back."""
    now = now_from(options)
    with opened(options, say) as (vault, owner):
        written = write_backup(
            vault, owner, options.stick, now, random, progress_of(say, quiet=options.json)
        )
    for digest in written.lacking:
        complain(say, CellLackingError.code, [digest.hex()])
    if options.json:
        answer_json(
            {
                "number": written.number,
                "cells": written.cells,
                "new_parts": written.new_parts,
                "brought_back": written.brought_back,
                "lacking": [digest.hex() for digest in written.lacking],
            }
        )
    else:
        _tell_written(written, now.date().isoformat(), say)
    return REFUSED if written.lacking else DONE


def _tell_written(written: Written, day: str, say: Tongue) -> None:
    print(
        say(
            "Respaldo número {number}, del {day}, leído de vuelta y entero. Celdas en él: {cells}; "
            "partes de archivos que esta memoria no tenía: {new}.\n"
            "Apunte el número junto a sus listas: así sabrá si una memoria tiene el último.",
            "Backup number {number}, of {day}, read back and whole. Cells in it: {cells}; parts of "
            "files that this stick lacked: {new}.\n"
            "Note the number with your lists: so you will know whether a stick has the last one.",
        ).format(number=written.number, day=day, cells=written.cells, new=written.new_parts)
    )
    if written.brought_back:
        print(
            say(
                "Partes que el disco había perdido y volvieron de esta memoria: {n}. Revise el disco.",
                "Parts that the disk had lost and that came back from this stick: {n}. Check the disk.",
            ).format(n=written.brought_back)
        )


def restore(options: Options, say: Tongue) -> int:
    """Make the vault again from a stick and shares."""
    now = now_from(options)
    restoring.refuse_what_is_there(options.vault)
    keys = backup_keys(
        shares.combine(paper.shares_from(options.share_file, say, all_there_are=False))
    )
    with Shelf.opened(options.stick, keys.write) as shelf:
        manifest, digest = restoring.choose(shelf, keys, options.number)
        _tell_manifest(manifest, say)
        confirm(say("¿Es el que busca?", "Is it the one you want?"), say, already=options.yes)
        passphrase = new_passphrase_from(options, say)
        restoring.prepare(options.vault)
        restored = restoring.restore(
            shelf, manifest, digest, options.vault, passphrase, cost_from(options, "vault"), now,
            progress_of(say, quiet=False),
        )  # fmt: skip
    for part in restored.missing:
        complain(say, BackupDamagedError.code, [part.hex()])
    if not restored.custody_whole:
        complain(say, CustodyBrokenError.code)
    _tell_restored(restored, options, say)
    return REFUSED if restored.missing or not restored.custody_whole else DONE


def _tell_manifest(manifest: Manifest, say: Tongue) -> None:
    print(
        say(
            "Respaldo número {number}, del {day}; el registro de custodia tenía {entries} entradas. "
            "Lo que llegó después no está en él. Si usted apuntó un número mayor, esta memoria no "
            "tiene el último respaldo.",
            "Backup number {number}, of {day}; the custody log had {entries} entries. What came "
            "later is not in it. If you noted a higher number, this stick does not hold the last "
            "backup.",
        ).format(number=manifest.number, day=manifest.day, entries=manifest.entries)
    )
    sys.stdout.flush()


def _tell_restored(restored: Restored, options: Options, say: Tongue) -> None:
    print(
        say(
            "Bóveda restaurada en {vault}. Celdas en ella: {cells}; partes de archivos que faltan: "
            "{missing}.",
            "Vault restored in {vault}. Cells in it: {cells}; parts of files that are missing: "
            "{missing}.",
        ).format(vault=options.vault, cells=restored.cells, missing=len(restored.missing))
    )
    if restored.missing:
        print(
            say(
                "Lo que falta se toma otra vez de la próxima bolsa, si el buzón todavía lo tiene. "
                "Si hay otra memoria de respaldo, restaure de ella en otra carpeta.",
                "What is missing is taken from the next pouch again, if the box still has it. If "
                "there is another backup's stick, restore from that into another folder.",
            )
        )
    print(
        say(
            "Los respaldos no llevan claves semanales. Lo que no se había importado antes de este "
            "respaldo, esta estación ya no lo abre; sus colegas, sí.",
            "Backups hold no weekly keys. What had not been imported before this backup, this "
            "station opens no more; your colleagues do.",
        )
    )
    if restored.signed_through is not None:
        print(
            say(
                "Los directores ya firmaron claves suyas, ahora perdidas, hasta el {day}: tampoco se "
                "abrirá aquí lo que se selle con ellas, hasta que firmen otras.",
                "The directors have signed keys of yours, now lost, up to {day}: what is sealed "
                "with those will not open here either, until they sign others.",
            ).format(day=restored.signed_through)
        )
    print(
        say(
            "Se hicieron claves nuevas para {made} semanas. Ahora:\n"
            "  1. Lleve una ficha nueva a los directores (`card`) y pídales que la usen en lugar de "
            "la anterior y confirmen de nuevo la lista de abogados. Sus doce palabras son las de siempre.\n"
            "  2. Ponga las claves en la bolsa (`keys`), e importe la próxima (`import`).\n"
            "  3. Pida a sus colegas lo que llegó mientras tanto: se lo entregan con `hand-over`.\n"
            "  4. Si alguien tiene la máquina perdida, dígalo a los directores: con su contraseña "
            "abre la bóveda, y deben revocar su clave.",
            "New keys were made for {made} weeks. Now:\n"
            "  1. Take a new card to the directors (`card`), and ask them to use it in the place of "
            "the old one and to confirm the list of lawyers again. Its twelve words are the same as ever.\n"
            "  2. Put the keys into the pouch (`keys`), and import the next one (`import`).\n"
            "  3. Ask your colleagues for what came in the meantime: they give it with `hand-over`.\n"
            "  4. If somebody has the lost machine, tell the directors: with the passphrase it "
            "opens the vault, and they must revoke your key.",
        ).format(made=next(iter(restored.keys_made.values())))
    )
    for pseudonym in list(restored.keys_made)[1:]:
        print(
            say(
                "También para la identidad “{pseudonym}”, que espera a los directores. Lléveles una ficha "
                "nueva de cada identidad: `card --of {pseudonym}` y `card --of {speaking}`.",
                "For the identity “{pseudonym}” too, which waits for the directors. Take them a new card "
                "of each identity: `card --of {pseudonym}` and `card --of {speaking}`.",
            ).format(
                pseudonym=visible_line(pseudonym),
                speaking=visible_line(next(iter(restored.keys_made))),
            )
        )
    if restored.replies_standing:
        print(
            say(
                "Respuestas que siguen en pie: {n}. Si retiró alguna después de este respaldo, vuelva a "
                "retirarla antes de preparar la memoria para el próximo viaje: aquí no consta.",
                "Replies that stand: {n}. If you withdrew any after this backup, withdraw it again "
                "before you prepare the stick for the next trip: nothing here knows of it.",
            ).format(n=restored.replies_standing)
        )
