#!/usr/bin/env python3
"""Writes the browser's word lists from those of `crypto/wordlists/`.

    app/site/wordlists.py           writes app/site/client/wordlist-*.js
    app/site/wordlists.py --check   fails when they are not what it would write

Nobody edits those files by hand.
"""

import argparse
import sys
import unicodedata
from pathlib import Path

_SITE = Path(__file__).resolve().parent
_LISTS = _SITE.parents[1] / "crypto" / "wordlists"
_LANGUAGES = {"es": ("spanish.txt", "Spanish"), "en": ("english.txt", "English")}
_WORDS_A_LINE = 8


def module(language: str) -> str:
    """The source of the module that holds the list of *language*, in NFC."""
    file, name = _LANGUAGES[language]
    words = unicodedata.normalize("NFC", (_LISTS / file).read_text("utf-8")).split()
    lines = [
        " ".join(words[start : start + _WORDS_A_LINE])
        for start in range(0, len(words), _WORDS_A_LINE)
    ]
    return "\n".join(
        [
            f"/** BIP39's {name} words.  Written by app/site/wordlists.py. */",
            "export const words = `",
            *lines,
            "`;\n",
        ]
    )


def main() -> int:
    """Write or compare; 1 when the comparison fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    check: bool = parser.parse_args().check
    stale = []
    for language in _LANGUAGES:
        target = _SITE / "client" / f"wordlist-{language}.js"
        source = module(language)
        if not check:
            target.write_text(source, "utf-8")
        elif not target.is_file() or target.read_text("utf-8") != source:
            stale.append(target.name)
    for name in stale:
        print(f"{name} is not what the word lists say", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
