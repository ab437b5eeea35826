"""What `buzon-workstation` does with a thread: wiring and words.

The work is in the modules beside this one.
"""

import argparse
import sys
from contextlib import suppress
from pathlib import Path

from nacl.utils import random

from crypto.airgap import chain, durable, exporting
from crypto.airgap import outgoing as leaving
from crypto.airgap.opening import opened
from crypto.airgap.program import (
    DONE,
    REFUSED,
    ClockWrongError,
    Tongue,
    answer_json,
    complain,
    now_from,
)
from crypto.airgap.telling import Telling, told_messages
from crypto.airgap.trips import tell_batch
from crypto.reply import MAX_REPLY_PARTS, REPLY_TEXT_BYTES, ReplyNotTextError, ReplyTooLongError
from crypto.stick import Folder

Options = argparse.Namespace


_MAX_REPLY_FILE_BYTES = MAX_REPLY_PARTS * REPLY_TEXT_BYTES


def list_(options: Options, say: Tongue) -> int:
    """Show the threads."""
    telling = Telling(say)
    with opened(options, say) as (vault, owner):
        # Beside the list, which may be for a script.
        chain.tell_contradictions(vault.contradictions.standing(), say)
        with suppress(ClockWrongError):  # whoever reads can do without a calendar
            chain.tell_shortages(
                chain.shortages_of(vault, owner, now_from(options)), say, sys.stderr
            )
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
    with opened(options, say) as (vault, _):
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
    with opened(options, say) as (vault, owner):
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
                "Archivos escritos en {out}: {n}. Están sin cifrar: cuide esta carpeta y bórrela después.",
                "Files written to {out}: {n}. They are not encrypted: guard this folder and delete it afterwards.",
            ).format(n=len(exported.files), out=options.out)
        )
    return REFUSED if exported.refused else DONE


def reply(options: Options, say: Tongue) -> int:
    """Answer a thread, or withdraw an answer."""
    now = now_from(options)
    with opened(options, say) as (vault, owner):
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
                    "Guardada. Celdas de respuesta que ocupa: {cells}.",
                    "Kept. Reply cells that it takes: {cells}.",
                ).format(cells=cells)
            )
        if options.pouch is not None:
            with Folder.open_pouch(options.pouch) as pouch:
                tell_batch(leaving.lay_batch(vault, owner, pouch, now, random), say)
    return DONE


def _reply_text(source: str) -> str:
    if source == "-":
        content = sys.stdin.buffer.read(_MAX_REPLY_FILE_BYTES + 1)
    else:
        content = durable.read_file(Path(source), _MAX_REPLY_FILE_BYTES)
    if len(content) > _MAX_REPLY_FILE_BYTES:
        raise ReplyTooLongError(f"more than {_MAX_REPLY_FILE_BYTES} bytes")
    try:
        return content.decode("utf-8").removeprefix("\ufeff").strip("\n")
    except UnicodeDecodeError:
        raise ReplyNotTextError("not UTF-8") from None
