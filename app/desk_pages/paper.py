"""Paper: what the desk's pages are drawn on.  Everything that is put in is escaped.

Only app/desk_pages/ depends on this module.
"""

import functools
from functools import partial
from importlib import resources

import segno
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from app import second_factor
from app.desk_pages.words import word
from crypto.sentences import sentence
from crypto.terminal import visible_line
from crypto.wordlist import Language

STYLE = "desk.css"
ICON = "icon.svg"


@functools.cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def drawn(template: str, language: Language, **values: object) -> str:
    """The page *template*, in *language*, with *values*."""
    return (
        _environment()
        .get_template(f"{template}.html")
        .render(
            say=partial(word, language=language),
            said=partial(sentence, language=language),
            visible=visible_line,
            language=language,
            root="/en/" if language == "en" else "/",
            **values,
        )
    )


def square(name: str, secret: bytes) -> Markup:
    """The QR code of *secret*, as SVG that needs nothing from elsewhere."""
    code = segno.make_qr(second_factor.uri(name, secret), error="m")
    drawing = code.svg_inline(scale=4, border=4, dark="#000", light="#fff", omitsize=True)
    return Markup(drawing)  # noqa: S704 - what it is made of is ours: a name of a-z, and base32


def style() -> bytes:
    """The one sheet of all pages."""
    return (resources.files(__package__) / STYLE).read_bytes()


def icon() -> bytes:
    """The witness site's icon."""
    return (resources.files("app.site") / ICON).read_bytes()
