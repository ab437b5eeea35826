"""Telling what a seized station exposes, and what to do next, in order."""

from collections.abc import Iterator
from datetime import date

from crypto.airgap.exposure import Exposure
from crypto.airgap.program import Tongue
from crypto.airgap.reach import Reach
from crypto.airgap.telling import SHORT_ID
from crypto.terminal import visible_line
from crypto.trust import Trust
from crypto.weeks import first_day


def exposure_value(found: Exposure) -> dict[str, object]:
    """For scripts."""
    until = found.sealed_until
    return {
        "lawyer": found.lawyer.id.hex(),
        "pseudonym": found.lawyer.pseudonym,
        "status": found.lawyer.status,
        "active": found.active,
        "remaining": found.remaining,
        "last_good": found.last_good.isoformat(),
        "seized": found.seized.isoformat(),
        "first_week": found.first_week,
        "first_week_at_most": found.first_week_at_most,
        "last_week_listed": found.last_week_listed,
        "last_week_made": found.last_week_made,
        "sealed_until": None if until is None else until.isoformat(),
    }


def reach_value(reach: Reach) -> dict[str, object]:
    """For scripts."""
    return {
        "thread": reach.thread.id,
        "could": reach.could,
        "unknown": reach.unknown,
        "standing_replies": reach.standing,
    }


def exposure_lines(found: Exposure, today: date, say: Tongue) -> Iterator[str]:
    """What is exposed."""
    yield say(
        "Lo que expone la estación de “{name}” ({id}), si se abre su bóveda:",
        "What the station of “{name}” ({id}) exposes, if its vault is opened:",
    ).format(name=visible_line(found.lawyer.pseudonym), id=found.lawyer.id.hex())
    yield say(
        "- Todo lo que está en la bóveda: cada mensaje y archivo que ella abrió alguna vez, sus notas y sus respuestas, de cualquier semana.",
        "- All that is in the vault: every message and file that she ever opened, her notes and replies, of any week.",
    )
    yield say(
        "- Celdas interceptadas o tomadas del servidor: las que se sellaron desde la semana del {first}; "
        "desde la del {at_most}, si no le llegaba ninguna bolsa completa.",
        "- Cells that were intercepted, or taken from the server: those sealed from the week of {first} on; "
        "from that of {at_most} on, if no complete pouch reached her.",
    ).format(first=first_day(found.first_week), at_most=first_day(found.first_week_at_most))
    if found.last_week_listed is not None:
        yield say(
            "- Celdas por venir: hasta la semana del {week}, la última para la que los directores firmaron una clave suya.",
            "- Cells to come: up to the week of {week}, the last for which directors signed a key of hers.",
        ).format(week=first_day(found.last_week_listed))
    yield say(
        "- Ella pudo tener claves hechas hasta la semana del {week}: valen sólo si los directores las llegaran a firmar. No firmen ninguna más.",
        "- She may have keys made up to the week of {week}: they count only if directors came to sign them. Sign none of them any more.",
    ).format(week=first_day(found.last_week_made))
    yield _sealing_line(found, today, say)
    yield say(
        "- Con su clave se firman respuestas en su nombre, y la página las muestra aunque esté revocada. "
        "No se pueden leer las respuestas de otros, pero sí ver qué celdas del tablón contestan a los hilos que ella tiene.",
        "- Her key signs replies in her name, and the page shows them even when she is revoked. "
        "Replies of others cannot be read with it, but it shows which cells of the board answer threads that she holds.",
    )


def _sealing_line(found: Exposure, today: date, say: Tongue) -> str:
    until = found.sealed_until
    if until is None:
        return say(
            "- Nada de lo que está aquí hace que un navegador selle para ella.",
            "- Nothing that is here makes a browser seal to her.",
        )
    if until < today:
        return say(
            "- Los navegadores dejaron de sellar para ella después del {until}.",
            "- Browsers have stopped sealing to her after {until}.",
        ).format(until=until)
    replaced = (
        say(
            "Mientras no se publiquen una lista sin ella y semanas nuevas, los navegadores de los testigos siguen sellando para ella hasta el {until}, según el reloj de cada uno.",
            "Until a roster without her and new weeks are published, witnesses' browsers go on sealing to her through {until}, by the clock of each.",
        )
        if found.active
        else say(
            "La lista más nueva de aquí ya no la tiene, pero un servidor hostil puede mostrar la de antes: hasta el {until} hay navegadores que sellarían para ella.",
            "The newest roster here no longer has her, but a hostile server can show the one before: through {until} browsers would seal to her.",
        )
    )
    return "- " + replaced.format(until=until)


def unknown_lines(say: Tongue) -> Iterator[str]:
    """What nobody can tell from documents."""
    yield say("Lo que no se puede saber:", "What cannot be known:")
    yield say(
        "- Si adivinan la contraseña. Una sola prueba cuesta cerca de un segundo; una contraseña corta no resiste.",
        "- Whether they guess the passphrase. One guess costs about a second; a short passphrase does not hold.",
    )
    yield say(
        "- A quién eligió cada testigo: quien escribió sólo a otro equipo no selló para ella. Por eso aquí se dice “pudo”.",
        "- Whom each witness chose: whoever wrote to another team alone did not seal to her. That is why this says “could”.",
    )
    yield say(
        "- Si ella llevaba mucho sin importar, o con la fecha mal: entonces guarda claves más viejas.",
        "- Whether she had not imported for long, or had a wrong date: then she keeps older keys.",
    )
    yield say(
        "- Lo que los directores firmaron y no está aquí. Compare con la otra orden: `buzon-ceremony roster exposure`, `buzon-workstation exposure`.",
        "- What directors signed that is not here. Compare with the other command: `buzon-ceremony roster exposure`, `buzon-workstation exposure`.",
    )
    yield say(
        "- Si tuvo antes otra identidad: sus claves están en la misma bóveda. Repita esta orden con ella.",
        "- Whether she had another identity before: its keys are in the same vault. Repeat this command with it.",
    )


def reach_lines(reaches: list[Reach], unopened: int, say: Tongue) -> Iterator[str]:
    """Which threads of this vault the seized station may hold."""
    yield say(
        "Hilos de esta bóveda que ella pudo leer: {n}.",
        "Threads of this vault that she could read: {n}.",
    ).format(n=len(reaches))
    for reach in reaches:
        yield say(
            "  {id}  mensajes que pudo abrir: {could}; de los que aquí no consta: {unknown}; respuestas que aún se envían: {standing}",
            "  {id}  messages that she could open: {could}; that nothing here tells of: {unknown}; replies still sent: {standing}",
        ).format(
            id=reach.thread.id[:SHORT_ID],
            could=reach.could,
            unknown=reach.unknown,
            standing=reach.standing,
        )
    if unopened:
        yield say(
            "Además hay celdas que esta estación no abre: {n}. Algunas pueden ser para ella.",
            "There are also cells that this station does not open: {n}. Some may be for her.",
        ).format(n=unopened)


def step_lines(found: Exposure, trust: Trust, say: Tongue) -> Iterator[str]:
    """What to do next, in order."""
    own_id = found.lawyer.id.hex()
    yield say("Qué hacer ahora, en este orden:", "What to do now, in this order:")
    steps = []
    if found.active or found.lawyer.status != "revoked":
        steps.append(
            say(
                "Directores, hoy: una lista sin ella, firmada por los que hacen falta ({quorum}): "
                "buzon-ceremony roster draft … --previous roster.json --revoke {id}",
                "Directors, today: a roster without her, signed by as many as it takes ({quorum}): "
                "buzon-ceremony roster draft … --previous roster.json --revoke {id}",
            ).format(quorum=trust.quorum, id=own_id)
        )
    if found.remaining < trust.minimum_recipients:
        steps.append(
            say(
                "Quedan {remaining} abogados activos y hacen falta {least}: sin otro en la lista nueva (--card) el buzón se cierra.",
                "{remaining} active lawyers are left and it takes {least}: without another on the new roster (--card) the box closes.",
            ).format(remaining=found.remaining, least=trust.minimum_recipients)
        )
    steps += [
        say(
            "Enseguida, semanas para la lista sin ella, pocas: buzon-ceremony freshness draft … --weeks 2; luego sign y bundle.",
            "At once, weeks for the roster without her, few of them: buzon-ceremony freshness draft … --weeks 2; then sign and bundle.",
        ),
        say(
            "Avisen a quien opera el servidor: que publique esa carpeta (buzon-server publish) y quite la cuenta de ella (buzon-server account remove), y que cambie lo que ella sabía para entrar.",
            "Tell the operator: to publish that folder (buzon-server publish), to remove her account (buzon-server account remove), and to change what she knew to get in.",
        ),
        say(
            "Cada abogado importa la bolsa siguiente y comprueba que su estación dice lo mismo: buzon-workstation exposure {id} …",
            "Every lawyer imports the next pouch and checks that her station says the same: buzon-workstation exposure {id} …",
        ).format(id=own_id),
        say(
            "Avise con una respuesta a los testigos de los hilos que ella pudo leer: que otros pudieron leer lo que contaron, y que no crean en respuestas de “{name}” desde el {day}.",
            "Warn the witnesses of the threads that she could read by a reply: that others could read what they told, and not to believe replies of “{name}” from {day} on.",
        ).format(name=visible_line(found.lawyer.pseudonym), day=found.last_good),
        say(
            "Si en esa máquina había también una clave de directora, cambien de directores: buzon-ceremony trust draft --previous trust.json …",
            "If a director's key was on that machine too, change the directors: buzon-ceremony trust draft --previous trust.json …",
        ),
        say(
            "Cuando ella vuelva: máquina nueva, bóveda nueva (buzon-workstation init), y se conoce su ficha como la de alguien nuevo, sin --replaces.",
            "When she comes back: a new machine, a new vault (buzon-workstation init), and her card vetted as that of somebody new, without --replaces.",
        ),
    ]
    yield from (f"  {number}. {step}" for number, step in enumerate(steps, 1))
