"""What each command of `buzon-workstation` does: wiring and words.

The work is in the modules beside this one.
"""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from unicodedata import normalize

from nacl.utils import random

from crypto.airgap import durable, exporting, key_ageing, keyfile, receipting
from crypto.airgap import outgoing as leaving
from crypto.airgap.importing import Progress, Report, import_pouch
from crypto.airgap.outgoing import Batch
from crypto.airgap.program import (
    DONE,
    REFUSED,
    NotConfirmedError,
    Tongue,
    answer_json,
    complain,
    cost_from,
    new_passphrase_from,
    now_from,
    passphrase_from,
)
from crypto.airgap.signer import Signer
from crypto.airgap.stick import Folder
from crypto.airgap.telling import Telling, told_messages
from crypto.airgap.vault.identity import Owner
from crypto.airgap.vault.vault import KEY_NAME, Vault
from crypto.card import Card, card_file
from crypto.fingerprint import fingerprint_words
from crypto.pouch import LISTING_NAME, MAX_LISTING_BYTES, Listing, parse_listing
from crypto.reply import MAX_REPLY_PARTS, REPLY_TEXT_BYTES, ReplyNotTextError
from crypto.roster import Roster
from crypto.terminal import visible_line
from crypto.trust import Trust, open_trust
from crypto.weekly_key import WeeklyKey
from crypto.weeks import week_of

Options = argparse.Namespace

_SEED_BYTES = 32
_MAX_REPLY_FILE_BYTES = MAX_REPLY_PARTS * REPLY_TEXT_BYTES


@contextmanager
def _opened(options: Options, say: Tongue) -> Iterator[tuple[Vault, Owner]]:
    with Vault.open(options.vault, passphrase_from(options, say)) as vault:
        yield vault, vault.identity.owner()


# ----------------------------------------------------------------- keeping a vault


def init(options: Options, say: Tongue) -> int:
    """Make a vault, an identity and the first 26 weekly keys."""
    now = now_from(options)
    envelope = durable.read_file(options.trust, Trust.max_envelope_bytes())
    trusted = open_trust(envelope)
    pseudonym, team = (normalize("NFC", name) for name in (options.pseudonym, options.team))
    languages = tuple(dict.fromkeys(options.speaks))
    seed = random(_SEED_BYTES)
    # What the card will say is checked before anything is made.
    Card(pseudonym, team, languages, Signer(seed).public_key).to_payload()
    vault = Vault.create(options.vault, new_passphrase_from(options, say), cost_from(options))
    with vault:
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


def card(options: Options, say: Tongue) -> int:
    """Write the card that a director adds to the roster."""
    now = now_from(options)
    with _opened(options, say) as (vault, owner):
        envelopes = vault.weekly_keys.envelopes(week_of(now.date()))
        written = card_file(
            owner.signer.sign_document(owner.card),
            [WeeklyKey.envelope_of(envelope) for envelope in envelopes],
        )
        durable.write_new(options.out, written)
    print(
        say(
            "Ficha escrita en {out}. Lea en voz alta al director:\n  {words}",
            "Card written to {out}. Read aloud to the director:\n  {words}",
        ).format(out=options.out, words=fingerprint_words(owner.signer.public_key, say.language))
    )
    return DONE


def trust(options: Options, say: Tongue) -> int:
    """Go over to a new trust."""
    envelope = durable.read_file(options.file, Trust.max_envelope_bytes())
    with _opened(options, say) as (vault, _), vault.transaction():
        _tell_trust(vault.rosters.change_trust(envelope), say)
    return DONE


def passphrase(options: Options, say: Tongue) -> int:
    """Put a new key file around the same secret."""
    path: Path = options.vault / KEY_NAME
    secret = keyfile.open_file(path, "vault", passphrase_from(options, say))
    options.passphrase_file = options.new_passphrase_file
    changed = keyfile.lock(secret, "vault", new_passphrase_from(options, say), cost_from(options))
    durable.replace(path, changed)
    print(say("Contraseña cambiada.", "Passphrase changed."))
    return DONE


def custody(options: Options, say: Tongue) -> int:
    """Check the custody log and show it."""
    with _opened(options, say) as (vault, _):
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


# ----------------------------------------------------------------- the pouch


def import_(options: Options, say: Tongue) -> int:
    """Take in a pouch, and prepare its way back."""
    now = now_from(options)
    missed = [durable.read_file(path, Roster.max_envelope_bytes()) for path in options.roster]
    with _opened(options, say) as (vault, owner), Folder.open_pouch(options.pouch) as pouch:
        report = import_pouch(vault, owner, pouch, now, missed, _progress(options, say))
        batch = _prepare_way_back(vault, owner, pouch, now, report)
        unopened = vault.cells.count_unopened()
    if options.json:
        answer_json(_report_value(report, batch, unopened))
    else:
        _tell_report(report, batch, unopened, say)
    return REFUSED if report.refused else DONE


def _prepare_way_back(
    vault: Vault, owner: Owner, pouch: Folder, now: datetime, report: Report
) -> Batch | None:
    if report.listing is not None:
        leaving.lay_have(vault, pouch, report.listing)
    if vault.rosters.newest() is None:
        return None
    return leaving.lay_batch(vault, owner, pouch, now, random)


def _progress(options: Options, say: Tongue) -> Progress:
    if options.json or not sys.stderr.isatty():
        return lambda _done, _all: None

    def tell(done: int, work: int) -> None:
        end = "\n" if done >= work else ""
        text = say("\r{done} de {work} celdas", "\r{done} of {work} cells")
        print(text.format(done=done, work=work), end=end, file=sys.stderr, flush=True)

    return tell


def _report_value(report: Report, batch: Batch | None, unopened: int) -> dict[str, object]:
    return {
        "directory_verified": report.directory_verified,
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
    for refusal in report.refused:
        told = say("Rechazado: {name}: {sentence} [{code}]", "Refused: {name}: {sentence} [{code}]")
        name = visible_line(refusal.untrusted_name)
        sentence = say.sentence(refusal.code)
        print(told.format(name=name, sentence=sentence, code=refusal.code), file=sys.stderr)
    print(
        say(
            "Nuevos: {messages} mensajes, {opened} de ellos abiertos; {parts} partes de archivos. "
            "Ya estaban: {known}.",
            "New: {messages} messages, {opened} of them opened; {parts} parts of files. "
            "Here before: {known}.",
        ).format(
            messages=report.messages, opened=report.opened, parts=report.parts, known=report.known
        )
    )
    if unopened:
        print(
            say(
                "{n} celdas guardadas no se abren con las claves de esta estación: pueden ser para otros, o falsas.",
                "{n} cells kept do not open with this station's keys: they may be for others, or false.",
            ).format(n=unopened)
        )
    if report.lacking:
        print(
            say("A la bolsa le faltan {n} celdas.", "The pouch lacks {n} cells.").format(
                n=report.lacking
            )
        )
    _tell_keys(report, say)
    if batch is None:
        print(
            say(
                "Sin una lista de abogados verificada no se prepara ningún lote.",
                "Without a verified list of lawyers no batch is prepared.",
            )
        )
    else:
        _tell_batch(batch, say)


def _tell_keys(report: Report, say: Tongue) -> None:
    keys = report.keys
    if keys.destroyed:
        print(
            say(
                "Se destruyeron {n} claves semanales cuyo tiempo pasó.",
                "{n} weekly keys whose time is over were destroyed.",
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
                "Quedan claves para {n} semanas: use la orden `keys`.",
                "There are keys for {n} weeks left: use the command `keys`.",
            ).format(n=keys.weeks_left)
        )


def _tell_batch(batch: Batch, say: Tongue) -> None:
    print(
        say(
            "En la bolsa espera un lote con {replies} celdas de respuestas; el resto es relleno.",
            "A batch with {replies} cells of replies waits in the pouch; the rest is decoys.",
        ).format(replies=batch.replies)
    )
    if batch.waiting:
        print(
            say(
                "{n} celdas de respuestas no cupieron y van en otro viaje.",
                "{n} cells of replies did not fit and go with another trip.",
            ).format(n=batch.waiting)
        )


def outgoing(options: Options, say: Tongue) -> int:
    """Make the batch in the pouch again, if need be."""
    now = now_from(options)
    with _opened(options, say) as (vault, owner), Folder.open_pouch(options.pouch) as pouch:
        _tell_batch(leaving.lay_batch(vault, owner, pouch, now, random), say)
    return DONE


def receipts(options: Options, say: Tongue) -> int:
    """Sign for the cells that this station holds."""
    if not options.held_by_two:
        print(
            say(
                "No se firmó nada. El buzón borra lo que suficientes estaciones firman: firme sólo "
                "cuando otra estación o un respaldo también lo tenga, y dígalo con --held-by-two.",
                "Nothing was signed. The box deletes what enough stations sign for: sign only when "
                "a second station or a backup holds it too, and say so with --held-by-two.",
            ),
            file=sys.stderr,
        )
        raise NotConfirmedError("--held-by-two")
    now = now_from(options)
    with _opened(options, say) as (vault, owner), Folder.open_pouch(options.pouch) as pouch:
        listing = _listing(pouch)
        signed = receipting.sign_receipts(vault, owner, pouch, listing, now)
    if options.json:
        answer_json({"cells": signed.cells, "receipts": signed.receipts})
    else:
        print(
            say(
                "Firmado: esta estación tiene {cells} celdas ({receipts} recibos en la bolsa).",
                "Signed: this station holds {cells} cells ({receipts} receipts in the pouch).",
            ).format(cells=signed.cells, receipts=signed.receipts)
        )
    return DONE


def _listing(pouch: Folder) -> Listing:
    return parse_listing(pouch.read(LISTING_NAME, MAX_LISTING_BYTES))


def keys(options: Options, say: Tongue) -> int:
    """Make weekly keys and put the public ones into the pouch."""
    now = now_from(options)
    with _opened(options, say) as (vault, owner), Folder.open_pouch(options.pouch) as pouch:
        made = key_ageing.make_keys(vault, owner, now)
        laid = leaving.lay_weekly_keys(vault, pouch, now)
    print(
        say(
            "{made} claves nuevas; {laid} en la bolsa. Los directores las necesitan para firmar.",
            "{made} new keys; {laid} in the pouch. The directors need them to sign.",
        ).format(made=made, laid=laid)
    )
    return DONE


# ----------------------------------------------------------------- reading and answering


def list_(options: Options, say: Tongue) -> int:
    """Show the threads."""
    telling = Telling(say)
    with _opened(options, say) as (vault, _):
        threads = vault.messages.threads()
        if options.json:
            answer_json([telling.thread_summary(vault, thread) for thread in threads])
            return DONE
        for thread in threads:
            print(telling.thread_line(vault, thread))
        if not threads:
            print(say("Todavía no hay ningún hilo.", "There is no thread yet."))
    return DONE


def show(options: Options, say: Tongue) -> int:
    """Show one thread."""
    telling = Telling(say)
    with _opened(options, say) as (vault, _):
        thread = vault.messages.find_thread(options.thread)
        if options.json:
            answer_json(telling.thread_value(vault, thread))
            return DONE
        print(say("Hilo {id}", "Thread {id}").format(id=thread.id))
        before = None
        for told in told_messages(vault, thread):
            print()
            print(telling.message(told, before), end="")
            before = told
        files = vault.files.of_thread(thread)
        if files:
            print(say("\nArchivos:", "\nFiles:"))
        for file in files:
            print("  " + telling.file(file))
        replies = vault.replies.of_thread(thread)
        if replies:
            print(say("\nRespuestas suyas:", "\nYour replies:"))
        for one in replies:
            print(telling.reply(one))
    return DONE


def export(options: Options, say: Tongue) -> int:
    """Write a thread or one file outside the vault."""
    now = now_from(options)
    telling = Telling(say)
    with _opened(options, say) as (vault, owner):
        thread = vault.messages.find_thread(options.thread)
        if options.file is not None:
            file = vault.files.find(thread, options.file)
            if str(options.out) == "-":
                exporting.stream_out(vault, owner, thread, file, sys.stdout.buffer, now)
                return DONE
            exporting.export_file(vault, owner, thread, file, options.out, now)
            print(say("Escrito: {out}", "Written: {out}").format(out=options.out))
            return DONE
        exported = exporting.export_thread(vault, owner, thread, options.out, now, telling)
    for name, code in exported.refused:
        print(say("Archivo {name}: ", "File {name}: ").format(name=name), end="", file=sys.stderr)
        complain(say, code)
    if options.json:
        refused = [{"file": name, "code": code} for name, code in exported.refused]
        answer_json({"files": exported.files, "refused": refused})
    else:
        print(
            say(
                "Escritos {n} archivos en {out}. Están sin cifrar: cuide esta carpeta y bórrela después.",
                "{n} files written to {out}. They are not encrypted: guard this folder and delete it afterwards.",
            ).format(n=len(exported.files), out=options.out)
        )
    return REFUSED if exported.refused else DONE


def reply(options: Options, say: Tongue) -> int:
    """Answer a thread, or withdraw an answer."""
    now = now_from(options)
    with _opened(options, say) as (vault, owner):
        thread = vault.messages.find_thread(options.thread)
        if options.withdraw is not None:
            leaving.withdraw_reply(vault, owner, thread, options.withdraw, now)
            print(
                say(
                    "Retirada: ya no se envía. Lo que ya está en el tablón queda dos semanas.",
                    "Withdrawn: it is sent no more. What is on the board stays two weeks.",
                )
            )
        else:
            cells = leaving.write_reply(vault, owner, thread, _reply_text(options.text), now)
            print(
                say(
                    "Guardada: ocupa {cells} celdas de respuesta.",
                    "Kept: it takes {cells} reply cells.",
                ).format(cells=cells)
            )
        if options.pouch is not None:
            with Folder.open_pouch(options.pouch) as pouch:
                _tell_batch(leaving.lay_batch(vault, owner, pouch, now, random), say)
    return DONE


def _reply_text(source: str) -> str:
    if source == "-":
        content = sys.stdin.buffer.read(_MAX_REPLY_FILE_BYTES + 1)
    else:
        content = durable.read_file(Path(source), _MAX_REPLY_FILE_BYTES)
    try:
        return content.decode("utf-8").removeprefix("\ufeff").strip("\n")
    except UnicodeDecodeError:
        raise ReplyNotTextError("not UTF-8") from None
