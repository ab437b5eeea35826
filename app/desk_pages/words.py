"""Words of the desk's pages, Spanish and English.  Refusals stand in `crypto.sentences`.

Only app/desk_pages/ depends on this module.
"""

from crypto.wordlist import Language

WORDS: dict[str, tuple[str, str]] = {
    "lang": ("es", "en"),
    "title": ("Escritorio", "Desk"),
    "pages": ("Páginas", "Pages"),
    "other-language": ("English", "Español"),
    "status": ("Estado", "Status"),
    "acts": ("Registro", "Log"),
    "sessions": ("Sesiones", "Sessions"),
    # ------------------------------------------------------------ logging in
    "login-lead": (
        "Para abogadas y abogados del buzón.  Aquí solo se ve el estado; las celdas las lleva el mensajero.",
        "For the lawyers of the box.  Only its state is seen here; cells are carried by the courier.",
    ),
    "account": ("Cuenta", "Account"),
    "passphrase": ("Contraseña", "Passphrase"),
    "code": ("Código", "Code"),
    "code-help": (
        "Seis cifras de su teléfono, o un código de recuperación.  Déjelo vacío solo si entra por primera vez.",
        "Six digits of your telephone, or a recovery code.  Leave it empty only when you log in for the first time.",
    ),
    "log-in": ("Entrar", "Log in"),
    "ended-this": (
        "La sesión terminó.  Cierre también el navegador.",
        "The session is over.  Close the browser too.",
    ),
    "ended-all": (
        "Terminaron todas las sesiones de su cuenta, también las del mensajero.",
        "All sessions of your account are over, the courier's too.",
    ),
    # ------------------------------------------------------------ enrolling
    "enrol-heading": ("Active el código de su teléfono", "Set up your telephone's code"),
    "enrol-lead": (
        "Desde hoy se entra con la contraseña y un código que cambia cada 30 segundos.  Lo muestra una aplicación de códigos (TOTP) en un teléfono; no necesita internet.",
        "From today on you log in with the passphrase and a code that changes every 30 seconds.  An app for codes (TOTP) on a telephone shows it; it needs no internet.",
    ),
    "enrol-scan": (
        "1.  En la aplicación, agregue una cuenta y escanee este cuadro.",
        "1.  In the app, add an account and scan this square.",
    ),
    "enrol-square": ("Cuadro para escanear (código QR)", "Square to scan (QR code)"),
    "enrol-type": (
        "Si no puede escanear, escriba esta clave (basada en tiempo, 6 cifras):",
        "If you cannot scan, type this key (time based, 6 digits):",
    ),
    "enrol-confirm": (
        "2.  Escriba aquí el código que la aplicación muestra.",
        "2.  Type here the code that the app shows.",
    ),
    "enrol": ("Activar", "Set up"),
    "enrol-secret": (
        "No guarde una foto del cuadro: con ella y su contraseña cualquiera entra.",
        "Keep no photo of the square: with it and your passphrase anybody gets in.",
    ),
    "recovery-heading": ("Sus diez códigos de recuperación", "Your ten recovery codes"),
    "recovery-lead": (
        "El código del teléfono quedó activado.  Si pierde el teléfono, entre con uno de estos; cada uno sirve una sola vez.",
        "The telephone's code is set up.  If you lose the telephone, log in with one of these; each works once.",
    ),
    "recovery-once": (
        "Se muestran solo ahora.  Escríbalos en papel, lejos del teléfono y de la contraseña.",
        "They are shown only now.  Write them on paper, away from the telephone and the passphrase.",
    ),
    "recovery-done": ("Ya los escribí", "I have written them down"),
    # ------------------------------------------------------------ status
    "as-of": ("Día {day} (hora universal)", "Day {day} (universal time)"),
    "all-well": (
        "Nada vence en las próximas tres semanas.",
        "Nothing runs out within the next three weeks.",
    ),
    "warnings": ("Avisos", "Warnings"),
    "unpublished": (
        "Todavía no hay una lista de abogados publicada: los testigos no pueden enviar nada.",
        "No list of lawyers is published yet: witnesses cannot send anything.",
    ),
    "waiting": ("Qué hay en el buzón", "What is in the box"),
    "waiting-none": ("El buzón está vacío.", "The box is empty."),
    "waiting-lead": (
        "Mensajes y partes de archivos que el mensajero puede traer, según el día en que llegaron.  Cada cosa se queda hasta que suficientes estaciones firman que lo tienen.",
        "Messages and parts of files that the courier can bring, by the day on which they came.  Each stays until enough stations sign that they hold it.",
    ),
    "day": ("Día", "Day"),
    "earlier": ("Antes", "Earlier"),
    "total": ("Total", "Total"),
    "messages": ("Mensajes", "Messages"),
    "parts": ("Partes", "Parts"),
    "size": ("Tamaño", "Size"),
    "calendar": ("Próximas semanas", "Coming weeks"),
    "calendar-lead": (
        "El buzón abre en las semanas que tienen «sí» en Lista y en Confirmada.  Claves dice cuántos de los abogados tienen una para leer lo que llegue esa semana.",
        "The box is open in the weeks that say “yes” under List and under Confirmed.  Keys says how many of the lawyers have one to read what comes that week.",
    ),
    "week": ("Semana", "Week"),
    "list": ("Lista", "List"),
    "confirmed": ("Confirmada", "Confirmed"),
    "keys": ("Claves", "Keys"),
    "yes": ("✓ sí", "✓ yes"),
    "no": ("✗ no", "✗ no"),
    "keys-all": ("✓ {count}/{all}", "✓ {count}/{all}"),
    "keys-lacking": ("✗ {count}/{all}", "✗ {count}/{all}"),
    "lawyers": ("Claves de cada quien", "Everybody's keys"),
    "lawyer": ("Seudónimo", "Pseudonym"),
    "weeks-left": ("Semanas", "Weeks"),
    "until": ("Sin falta hasta", "Without a gap until"),
    "none-now": ("✗ ninguna ahora", "✗ none now"),
    # ------------------------------------------------------------ log
    "acts-lead": (
        "Cuántas veces pasó qué, por día.  No se guarda quién ni a qué hora, y a las ocho semanas se olvida.",
        "How often what happened, by day.  Neither who nor when is kept, and after eight weeks it is forgotten.",
    ),
    "acts-none": ("Todavía no hay nada.", "There is nothing yet."),
    "act": ("Qué, y si se aceptó", "What, and whether it was accepted"),
    "count": ("Veces", "Times"),
    "taken": ("✓ aceptado", "✓ accepted"),
    "act-session": ("Entrada", "Login"),
    "act-enrolment": ("Activación de un código", "Setting up a code"),
    "act-sessions-ended": ("Cierre de todas las sesiones", "Ending all sessions"),
    "act-listing": ("Lista de celdas pedida", "List of cells fetched"),
    "act-cells": ("Celdas llevadas", "Cells taken"),
    "act-batch": ("Lote de respuestas entregado", "Batch of replies handed in"),
    "act-receipt": ("Recibo entregado", "Receipt handed in"),
    "act-weekly-key": ("Clave semanal entregada", "Weekly key handed in"),
    # ------------------------------------------------------------ sessions
    "sessions-lead": (
        "Usted entró como {name}.  Sesiones abiertas de su cuenta, con esta y las del mensajero: {count}.",
        "You are logged in as {name}.  Open sessions of your account, this one and the courier's included: {count}.",
    ),
    "sessions-minutes": (
        "Una sesión termina sola a los {minutes} minutos sin uso.",
        "A session ends by itself after {minutes} minutes without use.",
    ),
    "codes-left": (
        "Códigos de recuperación que le quedan: {count}.",
        "Recovery codes left: {count}.",
    ),
    "codes-few": (
        "Le quedan pocos.  Pida a quien opera el servidor que reinicie su código para recibir diez nuevos.",
        "Few are left.  Ask the operator to reset your code, so that you get ten new ones.",
    ),
    "end-this": ("Salir", "Log out"),
    "end-all": ("Terminar todas mis sesiones", "End all my sessions"),
    "end-all-lead": (
        "Si perdió una computadora o cree que alguien más entró:",
        "If you lost a computer or think that somebody else logged in:",
    ),
    # ------------------------------------------------------------ refusals
    "refused-heading": ("No se pudo", "That did not work"),
    "back": ("Volver al inicio", "Back to the start"),
}


def word(key: str, language: Language, **values: object) -> str:
    """The word *key* with *values* put in.  KeyError for an unknown key."""
    spanish, english = WORDS[key]
    return (spanish if language == "es" else english).format(**values)
