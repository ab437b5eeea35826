"""The browser's modules: one file for each page's script.

Only the build depends on this module.  Over Tor every request costs a second and a
kilobyte of headers, so the modules of `client/` that a page needs are joined into one:
each becomes a function that returns what it exports, comments are left out, nothing is
renamed, and the lines are otherwise those of the source.  Third-party files and the trust
stay files of their own, byte for byte.

Nothing is loaded later: a page whose connection breaks has all of its script or none.

This is no general bundler: it reads the discipline of this project (imports and exports
begin a line; no default exports, no circles) and refuses everything else.
"""

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.site.errors import SiteSourceError

TRUST_MODULE = "trust.js"
_JOINED = "client/"

_COMMENT = re.compile(
    r"^[ \t]*/\*\*?[^/].*?\*/[ \t]*\n|^[ \t]*//[^\n]*\n", re.DOTALL | re.MULTILINE
)
_BLANK = re.compile(r"\n{2,}")
_IMPORT = re.compile(
    r'^import (?:\{([^}]*)\}|\* as (\w+)) from "([^"]+)";$|^import "([^"]+)";$', re.MULTILINE
)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|const|class) (\w+))", re.MULTILINE)
_LEFT_OVER = re.compile(r"^(?:import|export)\b[^\n]*|\bimport\s*\([^\n]*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Script:
    """One page's script, and the files that it loads beside it."""

    source: str
    beside: tuple[str, ...]


def join(entry: str, sources: Mapping[str, str]) -> Script:
    """The script that begins at *entry*, with all that it imports from `client/`.

    Args:
        entry: path of a module, relative to the site; it may await at its top.
        sources: path -> text of every module there is.

    Raises:
        SiteSourceError: a module is missing, is part of a circle, or is written in a way
            that is not understood.
    """
    joined: dict[str, str] = {}
    beside: list[str] = []

    def add(path: str, before: tuple[str, ...]) -> None:
        if path in before:
            raise SiteSourceError(f"modules in a circle: {' '.join([*before, path])}")
        if path in joined or path in beside:
            return
        if path not in sources:
            raise SiteSourceError(f"there is no module {path}")
        if not path.startswith(_JOINED):
            beside.append(path)
            return
        source = without_comments(sources[path])
        for match in _IMPORT.finditer(source):
            add(_resolved(path, match[3] or match[4]), (*before, path))
        joined[path] = _wrapped(path, source, bare=path == entry)

    add(entry, ())
    lines = [f'import * as {_name(path)} from "/{path}";' for path in sorted(beside)]
    source = "\n".join([*lines, *joined.values()])
    return Script(source, tuple(sorted(beside)))


def without_comments(source: str) -> str:
    """*source* without comments that have lines of their own, and without empty lines.

    A test compares what remains with the original through a real parser.
    """
    return _BLANK.sub("\n", _COMMENT.sub("", source)).lstrip("\n")


def _wrapped(path: str, source: str, *, bare: bool) -> str:
    """One module as a function that is called at once and returns what it exports."""
    exported = _EXPORT.findall(source)
    body = _IMPORT.sub(_taken_from(path), _EXPORT.sub("", source))
    left_over = _LEFT_OVER.search(body)
    if left_over:
        raise SiteSourceError(f"{path} is written in a way that is not understood: {left_over[0]}")
    if bare:
        return f"// {path}\n{{\n{body}}}\n"
    return (
        f"// {path}\nconst {_name(path)} = (() => {{\n{body}"
        f"return {{ {', '.join(exported)} }};\n}})();\n"
    )


def _taken_from(path: str) -> Callable[[re.Match[str]], str]:
    """Writes an import of the module at *path* as taking from a joined module."""

    def taken(match: re.Match[str]) -> str:
        names, whole, origin, _ = match.groups()
        if origin is None:
            return ""
        module = _name(_resolved(path, origin))
        if whole:
            return f"const {whole} = {module};"
        return f"const {{{names.replace(' as ', ': ')}}} = {module};"

    return taken


def _name(path: str) -> str:
    return "$" + re.sub(r"[^a-z0-9]", "_", path.removesuffix(".js"))


def _resolved(path: str, name: str) -> str:
    if not name.startswith(("./", "../")):
        raise SiteSourceError(f"{path} names a module outside the site: {name}")
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
