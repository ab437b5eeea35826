"""Shares on paper: shown one at a time and asked for again, or written as pages.

What is typed here is shown as it is typed: whoever copies from paper must see it.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from crypto.airgap import durable
from crypto.airgap.backup.shares import (
    MAX_CHARACTERS,
    WORDS,
    Share,
    ShareError,
    ShareLengthError,
    SharesFewError,
    check_together,
    read_share,
    words_in,
)
from crypto.airgap.program import Tongue, complain
from crypto.airgap.prompts import NotConfirmedError
from crypto.shuffle import RandomBytes, shuffled
from crypto.wordlist import PREFIX_LETTERS, normalised

_WORDS_ASKED = 3
_COLUMNS = 4
_CLEARED = "\033[2J\033[3J\033[H"


def show_each(shares: Sequence[Share], random_bytes: RandomBytes, say: Tongue) -> None:
    """Show each of *shares* on a screen of its own until three of its words come back.

    Raises:
        NotConfirmedError: the person stopped answering.
    """
    for place, share in enumerate(shares, 1):
        while True:
            _clear_screen()
            print(_titled(share, place, len(shares), say))
            print(_table(share))
            _ask(
                say(
                    "Escríbala en papel con sus números. Al terminar, oprima Enter.",
                    "Write it on paper with its numbers. When done, press Enter.",
                )
            )
            _clear_screen()
            if _asked_back(share, random_bytes, say):
                break
            _ask(
                say(
                    "No coincide. Oprima Enter para ver la lista otra vez.",
                    "That does not match. Press Enter to see the list again.",
                )
            )


def write_pages(shares: Sequence[Share], folder: Path, say: Tongue) -> None:
    """Write each of *shares* as a page into *folder*, which is made if it is missing.

    Raises:
        FileExistsRefusedError, FileUnwritableError
    """
    durable.make_folder(folder)
    for place, share in enumerate(shares, 1):
        title = "".join(
            f"# {line}\n" for line in _titled(share, place, len(shares), say).splitlines()
        )
        page = f"{title}\n{_table(share)}\n"
        durable.write_new(folder / f"share-{place}.txt", page.encode("utf-8"))


def shares_from(files: Sequence[Path], say: Tongue, *, all_there_are: bool) -> list[Share]:
    """The shares in *files*, or else those that a person types.

    Args:
        all_there_are: ask on after the threshold, until nothing is typed.

    Raises:
        FileUnreadableError; what `read_share` and `check_together` raise of a file;
        SharesFewError: the person stopped before the threshold.
    """
    shares: list[Share] = []
    for file in files:
        content = durable.read_file(file, MAX_CHARACTERS)
        try:
            share = read_share(content.decode("utf-8", errors="replace"))
            check_together(shares, share)
        except ShareError as error:
            error.__notes__ = [file.name, *getattr(error, "__notes__", ())]
            raise
        shares.append(share)
    while not files and (not shares or len(shares) < shares[0].threshold or all_there_are):
        try:
            typed = _typed(len(shares) + 1, say)
            if not typed:
                break
            share = read_share(typed)
            check_together(shares, share)
        except ShareError as error:
            complain(say, error.code, getattr(error, "__notes__", ()))
        else:
            shares.append(share)
    if not shares or len(shares) < shares[0].threshold:
        raise SharesFewError("below the threshold")
    return shares


def _typed(place: int, say: Tongue) -> str:
    """What the person types of one share, over as many lines as she likes."""
    print(
        say(
            "Lista {place}: escriba sus {words} palabras en orden; bastan cuatro letras de cada una.",
            "List {place}: type its {words} words in order; four letters of each suffice.",
        ).format(place=place, words=WORDS)
    )
    typed = ""
    while len(words_in(typed)) < WORDS:
        try:
            line = input("> ").strip()
        except (EOFError, UnicodeDecodeError):
            return ""
        if not line:
            break
        typed = f"{typed} {line}".strip()
    if len(typed) > MAX_CHARACTERS:
        raise ShareLengthError("too many characters")
    return typed


def _asked_back(share: Share, random_bytes: RandomBytes, say: Tongue) -> bool:
    places = sorted(shuffled(range(1, WORDS + 1), random_bytes)[:_WORDS_ASKED])
    listed = ", ".join(map(str, places))
    answer = _ask(
        say(
            f"Del papel, escriba las palabras {listed}:",
            f"From the paper, type the words {listed}:",
        )
    )
    typed = normalised(answer).replace(",", " ").split()
    return len(typed) == len(places) and all(
        len(word) >= PREFIX_LETTERS and share.words[place - 1].startswith(word)
        for word, place in zip(typed, places, strict=True)
    )


def _ask(question: str) -> str:
    try:
        return input(f"{question} ")
    except (EOFError, UnicodeDecodeError):
        raise NotConfirmedError("nobody answers") from None


def _titled(share: Share, place: int, of: int, say: Tongue) -> str:
    return say(
        "Buzón: respaldo de una bóveda. Lista {place} de {of}; hacen falta {threshold}.\n"
        "Guárdela lejos de las demás y de la memoria del respaldo.",
        "Buzón: backup of a vault. List {place} of {of}; it takes {threshold}.\n"
        "Keep it away from the others and from the backup's stick.",
    ).format(place=place, of=of, threshold=share.threshold)


def _table(share: Share) -> str:
    cells = [f"{place:2} {word:10}" for place, word in enumerate(share.words, 1)]
    rows = [cells[start : start + _COLUMNS] for start in range(0, WORDS, _COLUMNS)]
    return "\n".join("  ".join(row).rstrip() for row in rows)


def _clear_screen() -> None:
    """So that the next person, or a photograph, sees one list at most."""
    if sys.stdout.isatty():
        print(_CLEARED, end="")
