"""What the courier says, Spanish and English.  Errors stand in `crypto.sentences`."""

from app.courier.progress import Pace
from crypto.wordlist import Language

_MIB = 1_048_576

_TEXTS: dict[str, tuple[str, str]] = {
    "pace": ("{stage}: {done} de {all}", "{stage}: {done} of {all}"),
    "pace-bytes": (
        "{stage}: {done} de {all}, {mib} de {all_mib} MiB, {speed}, {left}",
        "{stage}: {done} of {all}, {mib} of {all_mib} MiB, {speed}, {left}",
    ),
    "left-nothing": ("falta menos de un minuto", "less than a minute left"),
    "left-minutes": ("faltan unos {minutes} min", "about {minutes} min left"),
    "left-hours": ("faltan unas {hours} h {minutes} min", "about {hours} h {minutes} min left"),
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
    "waiting-batches": (
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
        "Código de seis dígitos, o de recuperación: ",
        "Code of six digits, or a recovery code: ",
    ),
    "interrupted": (
        "Interrumpido. Lo que ya estaba completo sigue ahí; repita la misma orden para continuar.",
        "Interrupted.  What was whole stays; run the same command again to go on.",
    ),
    # ------------------------------------------------------------ a whole trip
    "desk": ("Escritorio: {desk}", "Desk: {desk}"),
    "desk-words": (
        "Palabras del escritorio: {words}",
        "Words of the desk: {words}",
    ),
    "account": ("Cuenta: {account}", "Account: {account}"),
    "compare": (
        "Compare con el papel de su cuenta. Si algo no coincide, no escriba nada.",
        "Compare with the paper of your account.  If anything differs, type nothing.",
    ),
    "next-code": (
        "La sesión se acabó; el viaje sigue donde iba. Un código sirve una sola vez: espere el siguiente.",
        "The session is over; the trip goes on from where it was.  A code serves once: wait for the next.",
    ),
    "entering": ("Entrando al escritorio…", "Entering the desk…"),
    "waiting": (
        "El servidor no responde; se intenta otra vez en {seconds} s. No se pierde nada.",
        "The server does not answer; trying again in {seconds} s.  Nothing is lost.",
    ),
    "trip-done": ("El viaje terminó.", "The trip is over."),
    "trip-refused": (
        "El viaje terminó, pero algo no se aceptó: léalo abajo.",
        "The trip is over, but something was not accepted: read it below.",
    ),
    "trip-cut": (
        "El viaje se interrumpió. No se perdió nada: lo que llegó está completo y lo que falta sigue en su lugar. Inícielo otra vez para continuar.",
        "The trip was cut off.  Nothing was lost: what came is whole, and what is lacking is still in its place.  Start it again to go on.",
    ),
    "trip-not-begun": ("El viaje no empezó.", "The trip did not begin."),
    "handed-in": (
        "Entregado. Lotes de respuestas: {batches}. Recibos: {receipts}. Claves semanales: {keys}.",
        "Handed in.  Batches of replies: {batches}.  Receipts: {receipts}.  Weekly keys: {keys}.",
    ),
    "no-batch": (
        "La memoria no traía lote de respuestas. Si ya se entregó en un viaje interrumpido, está bien; si no, pase por la estación.",
        "The stick had no batch of replies.  If a trip that was cut off handed it in, all is well; otherwise go by the station.",
    ),
    "taken": (
        "Traído. Celdas nuevas (mensajes y partes de archivos): {new}. Ya estaban: {had}.",
        "Taken.  New cells (messages and parts of files): {new}.  There already: {had}.",
    ),
    "no-directory": (
        "El servidor no tiene una lista de abogados para esta semana, así que el buzón está cerrado. Llame a los directores.",
        "The server has no list of lawyers for this week, so the box is closed.  Call the directors.",
    ),
    "take-out": ("Ya puede sacar la memoria.", "You may take the stick out."),
    "soon": ("Pronto hará falta:", "Needed soon:"),
    "not-accepted": ("No se aceptó:", "Not accepted:"),
    "refused-item": ("{kind} {name}: {sentence} [{code}]", "{kind} {name}: {sentence} [{code}]"),
    "refused-items": (
        "{kind} {name} y otros {more}: {sentence} [{code}]",
        "{kind} {name} and {more} more: {sentence} [{code}]",
    ),
    "batches": ("lote de respuestas", "batch of replies"),
    "receipts": ("recibo", "receipt"),
    "weekly-keys": ("clave semanal", "weekly key"),
    # ------------------------------------------------------------ setup
    "set-up": (
        "La memoria ya sabe a dónde van sus viajes:",
        "The stick now knows where its trips lead:",
    ),
    "launcher": (
        "Para iniciar un viaje: abra {folder} y haga doble clic en «{name}».",
        "To start a trip: open {folder} and double-click “{name}”.",
    ),
    "launcher-inert": (
        "Este disco no deja iniciar programas (suele pasar con memorias en formato FAT). Guarde el lanzador en una carpeta de su computadora: --launcher-in CARPETA.",
        "This disk lets no program start (usual for sticks in FAT).  Keep the launcher in a folder of your computer: --launcher-in FOLDER.",
    ),
    # ------------------------------------------------------------ windows
    "title-forms": ("Buzón: entrar", "Buzón: log in"),
    "title-progress": ("Buzón: viaje", "Buzón: trip"),
    "title-end": ("Buzón: fin del viaje", "Buzón: end of the trip"),
    "form-passphrase": ("Contraseña del escritorio", "Passphrase of the desk"),
    "form-code": ("Código de seis dígitos", "Code of six digits"),
    "form-help": (
        "El código sale en la aplicación de su teléfono. Sin teléfono: un código de recuperación.",
        "The code is in your telephone's app.  Without telephone: a recovery code.",
    ),
    "begin": ("Empezar el viaje", "Begin the trip"),
    "go-on": ("Seguir", "Go on"),
    "cancel": ("Cancelar", "Cancel"),
    "stop": ("Detener", "Stop"),
    "close": ("Cerrar", "Close"),
}


def text(key: str, language: Language, **values: object) -> str:
    """The text *key* with *values* put in.  KeyError for an unknown key."""
    spanish, english = _TEXTS[key]
    return (spanish if language == "es" else english).format(**values)


def pace_line(pace: Pace, language: Language) -> str:
    """How far a stage is, on one line."""
    stage = text(pace.stage, language)
    if not pace.of_size:
        return text("pace", language, stage=stage, done=pace.count, all=pace.of_count)
    return text(
        "pace-bytes",
        language,
        stage=stage,
        done=pace.count,
        all=pace.of_count,
        mib=f"{pace.size / _MIB:.1f}",
        all_mib=f"{pace.of_size / _MIB:.1f}",
        speed=_speed(pace.speed),
        left=_left(round(pace.seconds_left / 60), language),
    )


def _speed(speed: float) -> str:
    return f"{speed / _MIB:.1f} MiB/s" if speed >= _MIB else f"{speed / 1024:.0f} KiB/s"


def _left(minutes: int, language: Language) -> str:
    if minutes < 1:
        return text("left-nothing", language)
    if minutes < 60:
        return text("left-minutes", language, minutes=minutes)
    return text("left-hours", language, hours=minutes // 60, minutes=minutes % 60)
