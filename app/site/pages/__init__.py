"""Pages: one source for every language, filled with words when the site is built.

Only the build depends on this module.  A source is HTML with these places:

    {{key}}        a word, escaped
    {{value:x}}    a value of this build, escaped
    {{link:x}}     the path of page x in the same language
    {{block:x}}    HTML made by the build
    {{> x}}        another source
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from app.site.errors import SiteSourceError
from app.site.words import SPOKEN

_PLACE = re.compile(r"\{\{(>\s*|[a-z]+:)?([a-z0-9.-]+)\}\}")


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its source, its file in each language, and its script, if it has one."""

    name: str
    files: Mapping[str, str]
    script: str | None = None


# The names of files say nothing about what the site is for: a browser may show them.
PAGES = (
    Page("start", {"es": "index.html", "en": "en/index.html"}),
    Page("tell", {"es": "escribir.html", "en": "en/write.html"}, "client/pages/tell.js"),
    Page("read", {"es": "leer.html", "en": "en/read.html"}, "client/pages/read.js"),
    Page("safety", {"es": "acerca.html", "en": "en/about.html"}),
    Page("exit", {"es": "salir.html", "en": "en/leave.html"}),
    Page("missing", {"es": "404.html"}),
)


def address(page: str, language: str) -> str:
    """The absolute path at which *page* is served in *language*."""
    files = next(known.files for known in PAGES if known.name == page)
    name = files.get(language) or files["es"]
    return "/" if name == "index.html" else f"/{name}"


@dataclass(slots=True)
class Filler:
    """Fills sources with the words of one language and remembers which it used."""

    language: str
    words: Mapping[str, str]
    values: Mapping[str, str]
    used: set[str]

    def fill(self, source: str, blocks: Mapping[str, str]) -> str:
        """The HTML of *source*, a name without `.html`.

        Raises:
            SiteSourceError: it names a word, value, block or source that there is not.
        """

        def place(match: re.Match[str]) -> str:
            kind, name = (match[1] or "").strip(), match[2]
            try:
                if kind == ">":
                    return self.fill(name, blocks)
                if kind == "block:":
                    return blocks[name]
                if kind == "link:":
                    return html.escape(address(name, self.language))
                if kind == "value:":
                    return html.escape(self.values[name])
                if kind == "":
                    self.used.add(name)
                    return html.escape(self.words[name])
            except (KeyError, StopIteration):
                pass
            raise SiteSourceError(f"{source}.html names what there is not: {match[0]}")

        text = resources.files(__package__).joinpath(f"{source}.html").read_text("utf-8")
        return _PLACE.sub(place, text)

    def sentences(self) -> str:
        """What a page's script may say, as a template that shows nothing by itself."""
        spoken = {key: word for key, word in self.words.items() if key.startswith(SPOKEN)}
        self.used.update(spoken)
        lines = [
            f'<p data-say="{html.escape(key.removeprefix(SPOKEN))}">{html.escape(word)}</p>'
            for key, word in spoken.items()
        ]
        return "\n".join(['<template id="sentences">', *lines, "</template>"])
