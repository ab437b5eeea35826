"""What the courier says, Spanish and English.  Errors stand in `crypto.sentences`."""

from typing import Literal

Language = Literal["es", "en"]

_TEXTS: dict[str, tuple[str, str]] = {
    "progress": (
        "{stage}: {done} de {all}, {mib} MiB, {speed} MiB/s, faltan unos {minutes} min",
        "{stage}: {done} of {all}, {mib} MiB, {speed} MiB/s, about {minutes} min left",
    ),
    "messages": ("Mensajes", "Messages"),
    "parts": ("Partes de archivos", "Parts of files"),
    "handing-in": ("Entrega", "Handing in"),
    "sending": ("Envío", "Sending"),
    "looking": (
        "Revisando lo que ya trae la memoria…",
        "Checking what the stick already holds…",
    ),
    "room": (
        (
            "Aviso: faltan {need} MiB y la memoria tiene libres {free} MiB. "
            "Se trae primero lo que quepa."
        ),
        "Note: {need} MiB are to come and the stick has {free} MiB free. What fits comes first.",
    ),
    "pulled": (
        (
            "Listo: {new} celdas nuevas, {had} ya estaban. La bolsa está completa: "
            "puede sacar la memoria."
        ),
        (
            "Done: {new} new cells, {had} were there already. The pouch is complete: "
            "you may take the stick out."
        ),
    ),
    "pulled-gone": (
        "{gone} celdas se borraron del buzón durante el viaje; no es una falla.",
        "{gone} cells were deleted from the box during the trip; this is no fault.",
    ),
    "pulled-wrong": (
        (
            "{wrong} celdas no llegaron bien (el servidor envió otra cosa). "
            "Repita la carga más tarde y avise a quien opera el servidor."
        ),
        (
            "{wrong} cells did not arrive whole (the server sent something else). "
            "Pull again later and tell the operator."
        ),
    ),
    "pushed": (
        "Listo: {accepted} entregados. Nada de lo entregado queda en la memoria.",
        "Done: {accepted} handed in.  Nothing handed in stays on the stick.",
    ),
    "waiting": (
        "{waiting} lotes de respuestas de colegas esperan el siguiente viaje: cada viaje lleva uno.",
        "{waiting} batches of colleagues wait for the next trip: every trip carries one.",
    ),
    "refused": ("Rechazado: {name}: {sentence} [{code}]", "Refused: {name}: {sentence} [{code}]"),
    "delivered": (
        "Listo: {accepted} celdas entregadas al buzón.",
        "Done: {accepted} cells delivered to the box.",
    ),
    "fetched": (
        "Listo: directorio y tablero guardados en {folder} ({cells} celdas de respuesta).",
        "Done: directory and board saved in {folder} ({cells} reply cells).",
    ),
    "passphrase": ("Contraseña del escritorio: ", "Passphrase of the desk: "),
    "code": (
        "Código del teléfono, o uno de recuperación: ",
        "The telephone's code, or a recovery code: ",
    ),
    "interrupted": (
        "Interrumpido. Lo que ya estaba completo sigue ahí; repita la misma orden para continuar.",
        "Interrupted.  What was whole stays; run the same command again to go on.",
    ),
}


def text(key: str, language: Language, **values: object) -> str:
    """The text *key* with *values* put in.  KeyError for an unknown key."""
    spanish, english = _TEXTS[key]
    return (spanish if language == "es" else english).format(**values)
