"""The organisation's own words: what it adds to the first page, in each language.

Only the build and app/folder.py depend on this module.  The words stand in a folder, one
plain text for each language: `es.txt`, `en.txt`; an empty line divides paragraphs.  For
instance how often the box is read, and where else there is help.
"""

from collections.abc import Mapping
from pathlib import Path

from app.site.errors import SiteSourceError
from app.site.words import LANGUAGES

MOST_CHARACTERS = 2000  # of one language: the first page stays light

OwnWords = Mapping[str, tuple[str, ...]]  # language -> paragraphs; none of a language: nothing


def read_own_words(folder: Path) -> OwnWords:
    """The paragraphs of each language that *folder* has a text of; none when there is no folder.

    Raises:
        SiteSourceError: a file of another name; no UTF-8; too long; a character that is
            not printed.
    """
    try:
        found = sorted(folder.iterdir()) if folder.is_dir() else []
        return {path.stem: _paragraphs(path) for path in found}
    except OSError as error:
        raise SiteSourceError(f"{error.strerror}: {error.filename}") from None


def _paragraphs(path: Path) -> tuple[str, ...]:
    if path.suffix != ".txt" or path.stem not in LANGUAGES:
        expected = " or ".join(f"{language}.txt" for language in LANGUAGES)
        raise SiteSourceError(f"{path.name}: expected {expected}")
    try:
        with path.open(encoding="utf-8-sig") as file:
            text = file.read(MOST_CHARACTERS + 1)
    except UnicodeDecodeError:
        raise SiteSourceError(f"{path.name} is no text in UTF-8") from None
    if len(text) > MOST_CHARACTERS:
        raise SiteSourceError(f"{path.name} has more than {MOST_CHARACTERS} characters")
    paragraphs = tuple(" ".join(each.split()) for each in text.split("\n\n") if each.strip())
    if not all(map(str.isprintable, paragraphs)):
        raise SiteSourceError(f"{path.name} has a character that is not printed")
    return paragraphs
