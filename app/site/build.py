"""Builds the witness site: every byte that a witness may be sent, and their hashes.

    python -m app.site.build --trust trust.json --out site

No program of the server makes a page at run time: the intake hands out the files that
`manifest.json` lists.  The same sources, trust and settings give the same bytes, so
that an outside monitor can build the site again and compare.

Paths in the manifest are relative, without a leading slash; the intake serves `/` and
`/en/` as the `index.html` in them.  Beside a file that compresses well stands the same
file with `.gz` added; the manifest does not list these, because a compressor's version
changes their bytes and not what a browser sees.
"""

import argparse
import base64
import gzip
import hashlib
import html
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from app.site import modules, pages, words
from app.site.errors import SiteSourceError
from app.site.organisation import OwnWords, read_own_words
from crypto.errors import BuzonError
from crypto.fingerprint import fingerprint_words
from crypto.trust import Trust, open_trust
from crypto.wordlist import Language

MIB = 1024 * 1024
MANIFEST = "manifest.json"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
_CRYPTO_LANGUAGES: dict[str, Language] = {"es": "es", "en": "en"}


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """What an operator decides about the site.

    `max_file_bytes`: the largest file that the page lets a witness add, 1 MiB to 4 GiB.
    `own_words`: what the organisation adds to the first page.
    """

    max_file_bytes: int = 512 * MIB
    own_words: OwnWords = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not MIB <= self.max_file_bytes <= 4096 * MIB:
            raise SiteSourceError("the largest file is between 1 MiB and 4 GiB")

    @property
    def max_file_text(self) -> str:
        """The limit as a person reads it."""
        whole = self.max_file_bytes // MIB
        return f"{whole // 1024} GB" if whole % 1024 == 0 else f"{whole} MB"


def build_site(trust_envelope: bytes, out: Path, *, settings: SiteSettings) -> None:
    """Write the site into *out*, a folder that is new or empty.

    Args:
        trust_envelope: the trust document that is compiled in, as passed around.
        out: made if it is missing.
        settings: the operator's choices.

    Raises:
        DocumentMalformedError, DocumentTypeError, DocumentSignaturesError: the trust.
        SiteSourceError: the sources contradict each other, or *out* is not empty.
    """
    trust = open_trust(trust_envelope)
    files = site_files(trust, settings)
    out.mkdir(parents=True, exist_ok=True)
    if any(out.iterdir()):
        raise SiteSourceError(f"{out} is not empty")
    for path, body in sorted(files.items()):
        target = out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
        packed = gzip.compress(body, compresslevel=9, mtime=0)
        if len(packed) < len(body):
            target.with_name(target.name + ".gz").write_bytes(packed)
    (out / MANIFEST).write_bytes(manifest_of(files))


def site_files(trust: Trust, settings: SiteSettings) -> dict[str, bytes]:
    """Every file of the site but the manifest: path -> bytes."""
    here = resources.files(__package__)
    spoken = {language: words.read_words(language) for language in words.LANGUAGES}
    words.check_languages_agree(spoken)
    sources = _module_sources(here, trust)

    files = {
        name: here.joinpath(name).read_bytes() for name in ("icon.svg", "noscript.css", "style.css")
    }
    files["licences.txt"] = here.joinpath("vendor/LICENSES.txt").read_bytes()
    used: set[str] = set()
    for language, known in spoken.items():
        values = {"lang": language, "organisation": trust.organisation}
        values["maxfile"] = settings.max_file_text
        filler = pages.Filler(language, known, values, used)
        for page in pages.PAGES:
            if language not in page.files:
                continue
            needed = []
            if page.script:
                script = modules.join(page.script, sources)
                files[f"{page.name}.js"] = script.source.encode()
                files.update({path: sources[path].encode() for path in script.beside})
                needed = [f"{page.name}.js", *script.beside]
            files[page.files[language]] = _page(page, filler, needed, trust, settings).encode()
    superfluous = spoken["es"].keys() - used
    if superfluous:
        raise SiteSourceError(f"no page uses: {', '.join(sorted(superfluous))}")
    return files


def manifest_of(files: dict[str, bytes]) -> bytes:
    """The manifest's bytes: for each file its path, size, SHA-256 and content type."""
    listed = [
        {
            "path": path,
            "bytes": len(body),
            "sha256": hashlib.sha256(body).hexdigest(),
            "type": _TYPES[Path(path).suffix],
        }
        for path, body in sorted(files.items())
    ]
    return (json.dumps({"files": listed}, indent=1, ensure_ascii=False) + "\n").encode()


def _page(
    page: pages.Page,
    filler: pages.Filler,
    needed: Sequence[str],
    trust: Trust,
    settings: SiteSettings,
) -> str:
    other = next(language for language in words.LANGUAGES if language != filler.language)
    filler.values = {
        **filler.values,
        "otherlang": other,
        "other": pages.address(page.name if other in page.files else "start", other),
    }
    blocks = {"fingerprint": _fingerprint(trust, filler.language)}
    if page.script:
        blocks["sentences"] = filler.sentences()
    blocks["own"] = _own(filler, settings.own_words.get(filler.language, ()))
    blocks["main"] = filler.fill(page.name, blocks)
    blocks["head"] = _head(needed)
    # The page on which one has left shows nothing of where one was.
    blocks["bar"] = "" if page.name == "exit" else filler.fill("bar", blocks)
    blocks["mainattributes"] = (
        f' data-max-file-bytes="{settings.max_file_bytes}"' if page.script else ""
    )
    return filler.fill("layout", blocks)


def _head(needed: Sequence[str]) -> str:
    """Links to the page's script and to all that it needs, so that they load at once."""
    if not needed:
        return ""
    entry, *others = needed
    lines = [f'<link rel="modulepreload" href="/{path}">' for path in others]
    lines.append(f'<script type="module" src="/{entry}"></script>')
    lines.append('<noscript><link rel="stylesheet" href="/noscript.css"></noscript>')
    return "".join(f"{line}\n" for line in lines)


def _fingerprint(trust: Trust, language: str) -> str:
    named = fingerprint_words(trust.payload_hash, _CRYPTO_LANGUAGES[language]).split()
    items = "".join(f"<li>{html.escape(word)}</li>" for word in named)
    return f'<ol class="words" translate="no">{items}</ol>'


def _own(filler: pages.Filler, paragraphs: Sequence[str]) -> str:
    said = "".join(f"<p>{html.escape(paragraph)}</p>\n" for paragraph in paragraphs)
    filled = filler.fill("own", {"paragraphs": said})
    return filled if paragraphs else ""


def _module_sources(here: Traversable, trust: Trust) -> dict[str, str]:
    """Path -> text of every module there is, the trust's own among them."""
    sources = {}
    for folder in ("client", "client/pages", "vendor"):
        for entry in here.joinpath(folder).iterdir():
            if entry.name.endswith(".js"):
                sources[f"{folder}/{entry.name}"] = entry.read_text("utf-8")
    payload = base64.b64encode(trust.to_payload()).decode()
    sources[modules.TRUST_MODULE] = (
        "/** The trust that this site was built with.  Made by the build. */\n"
        f'export const PAYLOAD = "{payload}";\n'
        f'export const HASH = "{trust.payload_hash.hex()}";\n'
    )
    return sources


def main(arguments: Sequence[str] | None = None) -> int:
    """The command: 0 built, 1 refused, 2 wrong usage."""
    parser = argparse.ArgumentParser(
        prog="python -m app.site.build", description="Build the witness site's static files."
    )
    parser.add_argument("--trust", type=Path, required=True, help="the trust document, trust.json")
    parser.add_argument("--out", type=Path, required=True, help="a new or empty folder")
    parser.add_argument(
        "--max-file-mib",
        type=int,
        default=512,
        metavar="N",
        help="largest file that a witness may add, in MiB, at most 4096 (default: 512)",
    )
    parser.add_argument(
        "--own-words", type=Path, metavar="FOLDER", help="es.txt and en.txt of the organisation"
    )
    chosen = parser.parse_args(arguments)
    try:
        own = {} if chosen.own_words is None else read_own_words(chosen.own_words)
        settings = SiteSettings(max_file_bytes=chosen.max_file_mib * MIB, own_words=own)
        build_site(chosen.trust.read_bytes(), chosen.out, settings=settings)
    except OSError as error:
        print(f"site: {error.strerror}: {error.filename}", file=sys.stderr)
        return 1
    except BuzonError as error:
        print(f"site: {error.code}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
