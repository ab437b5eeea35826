"""The site's words, one JSON file for each language, every key in each of them.

Only the build reads them.  `{{key}}` in a page names one.  Keys that begin with
`say.` are spoken by a page's script and may hold gaps such as `{size}`.
"""

import json
import re
from collections.abc import Mapping
from importlib import resources

from app.site.errors import SiteSourceError

LANGUAGES = ("es", "en")
SPOKEN = "say."
_GAP = re.compile(r"\{([a-z]+)\}")


def read_words(language: str) -> dict[str, str]:
    """The words of one language.

    Raises:
        SiteSourceError: the file is not an object of texts, or names a key twice.
    """
    text = resources.files(__package__).joinpath(f"{language}.json").read_text("utf-8")
    try:
        words = json.loads(text, object_pairs_hook=_unrepeated)
    except ValueError:
        raise SiteSourceError(f"words/{language}.json is not JSON") from None
    if not isinstance(words, dict) or not all(
        isinstance(word, str) and word for word in words.values()
    ):
        raise SiteSourceError(f"words/{language}.json is not an object of texts")
    return words


def check_languages_agree(words: Mapping[str, Mapping[str, str]]) -> None:
    """Refuse words that one language has and another lacks, or whose gaps differ.

    Raises:
        SiteSourceError: naming the keys.
    """
    first, *others = words
    for other in others:
        lonely = words[first].keys() ^ words[other].keys()
        if lonely:
            raise SiteSourceError(f"only in one of {first}, {other}: {', '.join(sorted(lonely))}")
        for key, word in words[first].items():
            if set(_GAP.findall(word)) != set(_GAP.findall(words[other][key])):
                raise SiteSourceError(f"gaps differ between {first} and {other}: {key}")


def _unrepeated(pairs: list[tuple[str, object]]) -> dict[str, object]:
    keys = [key for key, _ in pairs]
    repeated = {key for key in keys if keys.count(key) > 1}
    if repeated:
        raise SiteSourceError(f"named twice: {', '.join(sorted(repeated))}")
    return dict(pairs)
