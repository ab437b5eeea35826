"""What `buzon-workstation` does between two colleagues: wiring and words.

The work is in the modules beside this one.
"""

import argparse

from crypto.airgap import handing_over, taking_over
from crypto.airgap.directory_intake import take_directory
from crypto.airgap.handing_over import Plan
from crypto.airgap.opening import opened
from crypto.airgap.program import DONE, REFUSED, Tongue, answer_json, now_from
from crypto.airgap.prompts import confirm
from crypto.airgap.taking_over import Taken
from crypto.airgap.trips import progress_of, tell_refusals
from crypto.fingerprint import fingerprint_words
from crypto.stick import Folder
from crypto.terminal import visible_line

Options = argparse.Namespace


def hand_over(options: Options, say: Tongue) -> int:
    """Give a colleague threads of this vault."""
    now = now_from(options)
    with opened(options, say) as (vault, owner):
        with Folder.open_pouch(options.pouch) as pouch:
            directory = take_directory(vault, pouch, now, ())
        receiver = handing_over.receiver_of(directory, owner, options.to)
        threads = (
            vault.messages.threads()
            if options.all
            else list(dict.fromkeys(map(vault.messages.find_thread, options.thread)))
        )
        plan = handing_over.plan(vault, owner, directory, receiver, threads)
        tell_refusals(plan.refused, say)
        if not plan.threads:
            print(say("No hay nada que entregar.", "There is nothing to hand over."))
            return REFUSED if plan.refused else DONE
        _tell_plan(plan, say)
        confirm(say("¿Entregarlos?", "Hand them over?"), say, already=options.yes)
        with handing_over.make_folder(options.out) as folder:
            progress = progress_of(say, quiet=False)
            lacking = handing_over.hand_over(vault, owner, plan, folder, now, progress)
    tell_refusals(lacking, say)
    print(
        say(
            "Entrega escrita en {out}. Llévela en mano y borre la memoria después: dice quién entrega a quién.",
            "Handover written to {out}. Carry it by hand and erase the stick afterwards: it tells who gives to whom.",
        ).format(out=options.out)
    )
    return REFUSED if plan.refused or lacking else DONE


def _tell_plan(plan: Plan, say: Tongue) -> None:
    lawyer = plan.receiver.lawyer
    print(
        say(
            "Va a entregar a {name} (equipo {team}) hilos: {threads}, mensajes: {messages}, partes de archivos: {parts}.",
            "You are about to hand over to {name} (team {team}) threads: {threads}, messages: {messages}, parts of files: {parts}.",
        ).format(
            name=visible_line(lawyer.pseudonym),
            team=visible_line(lawyer.team),
            threads=len(plan.threads),
            messages=len(plan.messages),
            parts=len(plan.parts),
        )
    )
    print(
        say(
            "Compare por voz sus doce palabras:\n  {words}",
            "Compare the twelve words by voice:\n  {words}",
        ).format(words=fingerprint_words(lawyer.identity, say.language))
    )
    print(
        say(
            "Quien da un testimonio puede elegir qué equipos lo leen, y ninguna estación ve a quién dejó fuera.",
            "Whoever gives a testimony can choose which teams read it, and no station sees who was left out.",
        )
    )
    if plan.could_have_been_chosen:
        print(
            say(
                "¡Atención! Mensajes de cuando {name} ya estaba en la lista: {n}. Si no los puede abrir, tal vez no la eligieron, a propósito.",
                "Take care! Messages from when {name} was on the list already: {n}. If they do not open there, perhaps the choice was on purpose.",
            ).format(name=visible_line(lawyer.pseudonym), n=plan.could_have_been_chosen)
        )


def take_over(options: Options, say: Tongue) -> int:
    """Take in what a colleague gives."""
    now = now_from(options)
    with (
        opened(options, say) as (vault, owner),
        taking_over.opened_folder(options.folder) as folder,
    ):
        progress = progress_of(say, quiet=options.json)
        taken = taking_over.take_over(vault, owner, folder, now, progress)
    if options.json:
        answer_json(_taken_value(taken))
    else:
        _tell_taken(taken, say)
    return REFUSED if taken.refused else DONE


def _taken_value(taken: Taken) -> dict[str, object]:
    return {
        "from": taken.giver.id.hex(),
        "pseudonym": taken.giver.pseudonym,
        "messages": taken.messages,
        "own": taken.own,
        "parts": taken.parts,
        "known": taken.known,
        "refused": [{"name": one.untrusted_name, "code": one.code} for one in taken.refused],
    }


def _tell_taken(taken: Taken, say: Tongue) -> None:
    tell_refusals(taken.refused, say)
    print(
        say(
            "Entrega de {name} ({id}). Nuevos: mensajes {messages}, partes de archivos {parts}. Ya estaban: {known}.",
            "Handed over by {name} ({id}). New: messages {messages}, parts of files {parts}. Here before: {known}.",
        ).format(
            name=visible_line(taken.giver.pseudonym),
            id=taken.giver.id.hex(),
            messages=taken.messages,
            parts=taken.parts,
            known=taken.known,
        )
    )
    if taken.own:
        print(
            say(
                "Mensajes nuevos que abrió una clave de esta misma estación: {n}.",
                "New messages that a key of this very station opened: {n}.",
            ).format(n=taken.own)
        )
