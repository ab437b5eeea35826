"""The pages: the built witness site, held in memory and handed out as it is.

Only `app` depends on this module.  What is in the site: app/site/build.py.
"""

import gzip
import hashlib
import json
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from app.errors import SiteError

MANIFEST = "manifest.json"
INDEX = "index.html"
MISSING = "/404.html"

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Page:
    """One file, plain and, when that is smaller, gzip-encoded."""

    content_type: str
    plain: bytes
    packed: bytes | None


def load_pages(folder: Path) -> dict[str, Page]:
    """Every page of the site in *folder* by its path, which begins with a slash.

    An `index.html` is also the page of its folder.  Empty when there is no site.

    Raises:
        SiteError: a file is missing or not what the manifest says.
    """
    if not folder.exists():
        return {}
    pages: dict[str, Page] = {}
    try:
        listed = json.loads((folder / MANIFEST).read_bytes())["files"]
        for entry in listed:
            path = PurePosixPath(entry["path"])
            page = _load(folder, path, entry["sha256"])
            pages[f"/{path}"] = page
            if path.name == INDEX:
                pages[f"/{path}".removesuffix(INDEX)] = page
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SiteError(f"{folder}: {type(error).__name__}") from None
    return pages


def _load(folder: Path, path: PurePosixPath, sha256: str) -> Page:
    if path.is_absolute() or ".." in path.parts or path.suffix not in TYPES:
        raise SiteError(f"a path that cannot be: {path}")
    plain = (folder / path).read_bytes()
    if hashlib.sha256(plain).hexdigest() != sha256:
        raise SiteError(f"{path} differs from the manifest")
    beside = folder / path.with_name(path.name + ".gz")
    packed = beside.read_bytes() if beside.exists() else None
    if packed is not None and _unpacked(packed) != plain:
        raise SiteError(f"{path}.gz is of another file")
    return Page(TYPES[path.suffix], plain, packed)


def _unpacked(packed: bytes) -> bytes | None:
    try:
        return gzip.decompress(packed)
    except (OSError, EOFError, zlib.error):
        return None
