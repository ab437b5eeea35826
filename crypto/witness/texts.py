"""What the witness's program says, Spanish and English.  Errors: `crypto.sentences`."""

from typing import Final

from crypto.wordlist import Language

_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "sealed": (
        "Sellado: {path} ({mib:.1f} MiB: mensajes {messages}, partes de archivos {parts}).",
        "Sealed: {path} ({mib:.1f} MiB: messages {messages}, parts of files {parts}).",
    ),
    "readers": ("Lo pueden abrir: {readers}.", "It can be opened by: {readers}."),
    "trust": (
        "Los eligieron los directores de “{organisation}”; su cartel debe decir: {words}.",
        "The directors of “{organisation}” chose them; their poster must say: {words}.",
    ),
    "not-sent": (
        "Todavía no se ha enviado.  Envíelo con: buzon-courier deliver",
        "It has not been sent yet.  Send it with: buzon-courier deliver",
    ),
    "phrase": (
        (
            "Su frase.  Apúntela donde nadie la busque: con ella se leen las respuestas y se "
            "puede volver a hablar.  No se muestra otra vez, y no abre lo que envió."
        ),
        (
            "Your phrase.  Write it down where nobody looks: with it the replies are read, and "
            "you can speak again.  It is not shown again, and it does not open what you sent."
        ),
    ),
    "mark": (
        "La marca de esta frase ({colour}); debe verse igual cuando la escriba:",
        "The mark of this phrase ({colour}); it must look the same when you type it:",
    ),
    "ask-phrase": ("Su frase, doce palabras: ", "Your phrase, twelve words: "),
    "replies": ("Respuestas: {count}.", "Replies: {count}."),
    "no-replies": (
        "No hay respuestas para esta frase.  Compare la marca; vuelva a mirar en unos días.",
        "There are no replies for this phrase.  Compare the mark; look again in some days.",
    ),
    "reply": (
        "De {pseudonym} ({team}), respuesta {sequence}, semana del {week}:",
        "From {pseudonym} ({team}), reply {sequence}, week of {week}:",
    ),
    "revoked": (
        (
            "[¡Cuidado! Los directores ya no confían en esta clave: tal vez otra persona escribió "
            "esto.  No haga lo que pide, no diga dónde está y no vaya a ninguna cita.]"
        ),
        (
            "[Take care! The directors no longer trust this key: somebody else may have written "
            "this.  Do not do what it asks, do not say where you are, and meet nobody.]"
        ),
    ),
    "incomplete": (
        "[Faltan partes de esta respuesta: están {have} de {all}.]",
        "[Parts of this reply are missing: {have} of {all} are here.]",
    ),
    "words-at": ("Palabras por revisar: {positions}.", "Words to check: {positions}."),
    "interrupted": ("Interrumpido.", "Interrupted."),
}

_COLOURS: Final[dict[str, str]] = {
    "black": "negro",
    "red": "rojo",
    "orange": "naranja",
    "green": "verde",
    "blue": "azul",
    "purple": "morado",
    "brown": "café",
    "grey": "gris",
}


def text(key: str, language: Language, **values: object) -> str:
    """The text *key* with *values* put in.  KeyError for an unknown key."""
    spanish, english = _TEXTS[key]
    return (english if language == "en" else spanish).format(**values)


def colour(name: str, language: Language) -> str:
    """The name of a mark's colour."""
    return name if language == "en" else _COLOURS[name]
