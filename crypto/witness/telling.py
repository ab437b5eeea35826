"""Telling a witness what was sealed.

Only the reference witness depends on this module.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from crypto.fingerprint import fingerprint_words
from crypto.mark import Mark
from crypto.phrase import Phrase
from crypto.sealed_file import CellCounts
from crypto.terminal import visible_line
from crypto.trust import Trust
from crypto.witness.texts import colour, text
from crypto.wordlist import Language


@dataclass(frozen=True, slots=True)
class Sealed:
    """What there is to tell of a sealed file; a phrase only when it is new."""

    path: Path
    counts: CellCounts
    readers: list[str]
    trust: Trust
    phrase: Phrase | None


def tell_sealed_json(told: Sealed, language: Language) -> None:
    """The same, for a script."""
    report: dict[str, object] = {
        "file": str(told.path),
        "bytes": told.counts.file_bytes,
        "messages": told.counts.messages,
        "parts": told.counts.parts,
        "readers": told.readers,
        "trust": fingerprint_words(told.trust.payload_hash, language),
    }
    if told.phrase is not None:
        report["phrase"] = told.phrase.words(language)
    print(json.dumps(report, ensure_ascii=True))


def tell_sealed(told: Sealed, language: Language) -> None:
    """What was sealed, who reads it, who vouches for them, and the phrase."""
    print(
        text(
            "sealed",
            language,
            path=visible_line(str(told.path)),
            mib=told.counts.file_bytes / 2**20,
            messages=told.counts.messages,
            parts=told.counts.parts,
        )
    )
    print(text("readers", language, readers=visible_line(", ".join(told.readers))))
    words = fingerprint_words(told.trust.payload_hash, language)
    organisation = visible_line(told.trust.organisation)
    print(text("trust", language, organisation=organisation, words=words))
    print(text("not-sent", language))
    if told.phrase is not None:
        print(f"\n{text('phrase', language)}\n\n    {told.phrase.words(language)}\n")
        show_mark(told.phrase.mark, language)


def show_mark(mark: Mark, language: Language) -> None:
    """The figure by which a witness knows her phrase again."""
    print(text("mark", language, colour=colour(mark.colour, language)))
    for row in mark.rows:
        print("    " + "".join("██" if filled else "··" for filled in row))
