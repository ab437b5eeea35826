"""Telling a lawyer, after an import, what the newest verified roster means for her."""

from collections.abc import Iterator

from crypto.airgap.program import Tongue
from crypto.airgap.standing import Standing
from crypto.airgap.vault.identity import Owner
from crypto.terminal import visible_line
from crypto.weeks import first_day


def identity_lines(
    succeeded: Owner | None, standings: list[Standing], say: Tongue
) -> Iterator[str]:
    """Nothing while the identity that speaks receives, and no other does.

    Args:
        succeeded: who speaks since this import, if that is another than before.
    """
    if succeeded is not None:
        yield say(
            "Los directores ya tienen su identidad nueva en la lista: desde ahora usted firma y responde como “{name}”. "
            "Las respuestas que todavía se reenvían se sellan otra vez con ella. Lo que se selló para la anterior se sigue abriendo. "
            "Los recibos que firmó la anterior ya no cuentan: firme otra vez con `receipts`.",
            "The directors have your new identity on the roster: from now on you sign and answer as “{name}”. "
            "Replies that still stand are sealed again under it. What was sealed to the one before still opens. "
            "Receipts that the one before signed no longer count: sign again with `receipts`.",
        ).format(name=_name(succeeded))
    for standing in standings:
        if standing.place == "speaks":
            yield from _of_the_speaking(standing, say)
        elif standing.place == "before" and standing.status == "active":
            yield say(
                "Su identidad anterior “{name}” sigue recibiendo. Pida a los directores que la retiren.",
                "Your identity before, “{name}”, still receives. Ask the directors to retire it.",
            ).format(name=_name(standing.owner))
        elif standing.place == "waits" and standing.status in {"retired", "revoked"}:
            yield say(
                "Su identidad nueva “{name}” está en la lista, pero no recibe. Pregunte a los directores.",
                "Your new identity “{name}” is on the roster, but does not receive. Ask the directors.",
            ).format(name=_name(standing.owner))


def _of_the_speaking(standing: Standing, say: Tongue) -> Iterator[str]:
    name = _name(standing.owner)
    if standing.status == "revoked":
        yield say(
            "¡ATENCIÓN! Los directores REVOCARON a “{name}”: ya no confían en esta clave. Nada nuevo se sella para ella, y sus recibos ya no cuentan. "
            "Si usted no lo esperaba, hable hoy con los directores, en persona o por voz. No borre nada.",
            "TAKE CARE! The directors REVOKED “{name}”: they trust this key no more. Nothing new is sealed to it, and its receipts no longer count. "
            "If you did not expect this, speak with the directors today, in person or by voice. Delete nothing.",
        ).format(name=name)
    elif standing.status == "retired":
        yield say(
            "La lista de los directores dice que “{name}” ya no recibe. Nada nuevo se sella para usted, y sus recibos ya no cuentan.",
            "The directors' roster says that “{name}” receives no more. Nothing new is sealed to you, and your receipts no longer count.",
        ).format(name=name)
    elif standing.status == "absent":
        yield say(
            "“{name}” no está en la lista de los directores: nada se sella para usted, y sus recibos no cuentan.",
            "“{name}” is not on the directors' roster: nothing is sealed to you, and your receipts do not count.",
        ).format(name=name)
    if standing.last_week is not None and standing.needless_from is not None:
        yield say(
            "Lo que se selló antes puede llegar todavía: hay claves suyas firmadas hasta la semana del {last}, si acaso. "
            "Siga importando bolsas hasta una completa de la semana del {end} o después: entonces esta estación habrá destruido "
            "las claves semanales que hacían falta, y la bóveda se puede guardar cerrada o entregar.",
            "What was sealed before may still come: keys of yours are signed up to the week of {last} at most. "
            "Go on importing pouches until a complete one from the week of {end} or later: by then this station has destroyed "
            "the weekly keys that were needed, and the vault can be put away locked, or handed over.",
        ).format(last=first_day(standing.last_week), end=first_day(standing.needless_from))


def _name(owner: Owner) -> str:
    return visible_line(owner.card.pseudonym)
