"""Telling a director, in plain words, what a document says and who has signed it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from crypto.airgap import cosigning
from crypto.airgap.program import Tongue
from crypto.card import Card
from crypto.dsse import Envelope
from crypto.fingerprint import fingerprint_words
from crypto.freshness import Freshness
from crypto.roster import Lawyer, Roster
from crypto.terminal import visible_line
from crypto.trust import Trust
from crypto.weeks import first_day


def tell_trust(trust: Trust, say: Tongue) -> None:
    """Who the directors are."""
    print(
        say(
            "Directores de “{organisation}”, documento {serial}: firman {quorum} de {all}; "
            "{threshold} confirman semanas; reciben al menos {fewest} abogados.",
            "Directors of “{organisation}”, document {serial}: {quorum} of {all} sign; "
            "{threshold} confirm weeks; at least {fewest} lawyers receive.",
        ).format(
            organisation=visible_line(trust.organisation),
            serial=trust.serial,
            quorum=trust.quorum,
            all=len(trust.directors),
            threshold=trust.freshness_threshold,
            fewest=trust.minimum_recipients,
        )
    )
    for number, director in enumerate(trust.directors, 1):
        print(f"  {number}. {fingerprint_words(director, say.language)}")
    print(
        say(
            "Palabras de este documento, para el cartel y para comparar por voz:\n  {words}",
            "Words of this document, for the poster and to compare by voice:\n  {words}",
        ).format(words=fingerprint_words(trust.payload_hash, say.language))
    )


def tell_trust_changes(previous: Trust, trust: Trust, say: Tongue) -> None:
    """What *trust* changes, so that nobody slips into it unseen."""
    print(say("Cambios:", "Changes:"))
    for director in trust.directors:
        if director not in previous.directors:
            words = fingerprint_words(director, say.language)
            print(say("  DIRECTORA NUEVA: ", "  NEW DIRECTOR: ") + words)
    for director in previous.directors:
        if director not in trust.directors:
            words = fingerprint_words(director, say.language)
            print(say("  ya no es directora: ", "  director no more: ") + words)
    numbers = (
        (say("firmas de una lista", "signatures of a roster"), previous.quorum, trust.quorum),
        (say("firmas para confirmar semanas", "signatures to confirm weeks"),
         previous.freshness_threshold, trust.freshness_threshold),
        (say("abogados que al menos reciben", "fewest lawyers who receive"),
         previous.minimum_recipients, trust.minimum_recipients),
        (say("nombre", "name"), visible_line(previous.organisation),
         visible_line(trust.organisation)),
    )  # fmt: skip
    for what, before, now in numbers:
        if before != now:
            print(say("  {what}: antes {before}, ahora {now}",
                      "  {what}: before {before}, now {now}").format(
                what=what, before=before, now=now
            ))  # fmt: skip


def tell_roster(roster: Roster, say: Tongue) -> None:
    """Which lawyers receive, where, and until when."""
    print(
        say(
            "Lista de abogados {serial}, vale del {issued} al {expires}, en {origins}.",
            "Roster {serial}, valid {issued} to {expires}, at {origins}.",
        ).format(
            serial=roster.serial,
            issued=roster.issued,
            expires=roster.expires,
            origins=", ".join(roster.origins),
        )
    )
    statuses = {
        "active": say("recibe", "receives"),
        "retired": say("ya no recibe", "receives no more"),
        "revoked": say("REVOCADO", "REVOKED"),
    }
    for lawyer in roster.lawyers:
        print(
            f"  {lawyer.id.hex()}  {visible_line(lawyer.pseudonym)}"
            f" ({visible_line(lawyer.team)}; {', '.join(lawyer.languages)}):"
            f" {statuses[lawyer.status]}\n    {fingerprint_words(lawyer.identity, say.language)}"
        )
    print(
        say(
            "Se borra del servidor lo que todos confirmaron tener, o {receipts} y pasaron {weeks} semanas.",
            "The server deletes what all have said they hold, or {receipts} have and {weeks} weeks have passed.",
        ).format(receipts=roster.policy.receipts, weeks=roster.policy.weeks)
    )


def tell_replacement(before: Lawyer, after: Card, say: Tongue) -> None:
    """That a card is the next identity of somebody who is on the roster already."""
    print(
        say(
            "“{after}” toma el lugar de “{before}”, la misma persona: la clave de antes firmó la ficha nueva. "
            "“{before}” ya no recibe; lo que se selló para ella se sigue abriendo en la estación de la misma persona. "
            "Confirme enseguida semanas para esta lista (freshness), con las claves de la ficha nueva.",
            "“{after}” takes the place of “{before}”, the same person: the key of before signed the new card. "
            "“{before}” receives no more; what was sealed to it still opens at the same person's station. "
            "Confirm weeks for this roster at once (freshness), with the keys of the new card.",
        ).format(after=visible_line(after.pseudonym), before=visible_line(before.pseudonym))
    )


def tell_changes(previous: Roster | None, roster: Roster, say: Tongue) -> None:
    """What *roster* changes, so that nobody slips into it unseen."""
    if previous is None and roster.serial > 1:
        print(
            say(
                "¡Atención! Sin la lista anterior (--previous) todo cuenta como nuevo.",
                "Take care! Without the roster before (--previous) everything counts as new.",
            )
        )
    print(say("Cambios:", "Changes:"))
    for change in changes(previous, roster, say):
        print(f"  {change}")


def changes(previous: Roster | None, roster: Roster, say: Tongue) -> list[str]:
    """What *roster* has otherwise than *previous*, a line for each."""
    before = {} if previous is None else {lawyer.id: lawyer for lawyer in previous.lawyers}
    told = list(_changed_lawyers(before, roster, say))
    if previous is not None and previous.origins != roster.origins:
        told.append(
            say("direcciones: {now}; antes: {before}", "addresses: {now}; before: {before}").format(
                now=", ".join(roster.origins), before=", ".join(previous.origins)
            )
        )
    if previous is not None and previous.policy != roster.policy:
        policy = previous.policy
        told.append(
            say(
                "antes se borraba con {receipts} recibos y {weeks} semanas, y cabían {size} respuestas en un lote",
                "before, {receipts} receipts and {weeks} weeks let the server delete, and {size} replies fit a batch",
            ).format(receipts=policy.receipts, weeks=policy.weeks, size=policy.batch_size)
        )
    return told or [say("ninguno, salvo las fechas", "none but the dates")]


def _changed_lawyers(before: Mapping[bytes, Lawyer], roster: Roster, say: Tongue) -> Iterator[str]:
    now = {lawyer.id: lawyer for lawyer in roster.lawyers}
    statuses = {
        "active": say("vuelve a recibir", "receives again"),
        "retired": say("ya no recibe", "receives no more"),
        "revoked": say("REVOCADO", "REVOKED"),
    }
    for own_id, lawyer in now.items():
        held, name = before.get(own_id), visible_line(lawyer.pseudonym)
        if held is None:
            yield say("NUEVO: {name}", "NEW: {name}").format(name=name)
            continue
        if held.status != lawyer.status:
            yield f"{name}: {statuses[lawyer.status]}"
        if replace(held, status=lawyer.status) != lawyer:
            yield say("{name}: antes {pseudonym}, {team}, {languages}",
                      "{name}: before {pseudonym}, {team}, {languages}").format(
                name=name, pseudonym=visible_line(held.pseudonym), team=visible_line(held.team),
                languages=" ".join(held.languages),
            )  # fmt: skip
    for held in before.values():
        if held.id not in now:
            yield say("QUITADO de la lista: {name}", "TAKEN from the list: {name}").format(
                name=visible_line(held.pseudonym)
            )


def tell_freshness(freshness: Freshness, roster: Roster, say: Tongue) -> None:
    """For which weeks the roster holds, and what that means for revoking."""
    weeks = freshness.weeks
    names = {lawyer.id: visible_line(lawyer.pseudonym) for lawyer in roster.lawyers}
    print(
        say(
            "La lista de abogados {serial} vale {n} semanas, desde la del {first} hasta la del {last}.",
            "Roster {serial} holds for {n} weeks, from that of {first} to that of {last}.",
        ).format(
            serial=roster.serial,
            n=len(weeks),
            first=first_day(weeks[0].week),
            last=first_day(weeks[-1].week),
        )
    )
    for week in weeks:
        listed = ", ".join(names.get(lawyer, lawyer.hex()) for lawyer, _ in week.keys)
        print(f"  {first_day(week.week)}: {listed}")
    print(
        say(
            "Si mañana hay que revocar a alguien, un servidor hostil puede seguir usando esta lista {n} semanas.",
            "Should somebody have to be revoked tomorrow, a hostile server can go on using this roster for {n} weeks.",
        ).format(n=len(weeks))
    )
    if first_day(weeks[-1].week) > roster.expires:
        print(
            say(
                "¡Atención! La lista vence el {day}, antes que la última semana.",
                "Take care! The roster expires on {day}, before the last week.",
            ).format(day=roster.expires)
        )


def tell_signatures(
    envelope: Envelope, directors: Iterable[bytes], needed: int, say: Tongue
) -> int:
    """Which directors have signed, and who still may; returns how many more it takes."""
    directors = list(directors)
    signed = cosigning.signers(envelope, directors)
    for director in signed:
        print(say("  firmó: ", "  signed: ") + fingerprint_words(director, say.language))
    lacking = max(0, needed - len(signed))
    print(
        say(
            "Firmas válidas: {n}; faltan {lacking}.", "Valid signatures: {n}; {lacking} to go."
        ).format(n=len(signed), lacking=lacking)
    )
    if lacking:
        print(say("Pueden firmar todavía:", "Who may still sign:"))
        for director in directors:
            if director not in signed:
                print(f"  {fingerprint_words(director, say.language)}")
    return lacking
