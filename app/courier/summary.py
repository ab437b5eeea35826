"""What a trip came to, in lines that a lawyer reads at a terminal or in a window."""

from collections import Counter

from app.courier.errors import BatchMissingError
from app.courier.texts import text
from app.courier.trip import Trip
from crypto.pouch import BATCHES, RECEIPTS, WEEKLY_KEYS
from crypto.sentences import sentence
from crypto.terminal import visible_line
from crypto.wordlist import Language

_NAME_CHARACTERS = 12  # enough of a digest to tell two apart
_MOST_KINDS = 12  # of refusals; a window has no more room


def refusals(trip: Trip) -> list[tuple[str, str]]:
    """What was refused: (untrusted kind/name, code).

    A lacking batch is none: a trip that was cut off has handed it in already.
    """
    return [each for each in trip.pushed.refused if each != (BATCHES, BatchMissingError.code)]


def went_well(trip: Trip) -> bool:
    """Whether it is whole and nothing was refused."""
    return trip.whole and not refusals(trip) and not trip.pulled.wrong


def lines(trip: Trip, language: Language, failure: str = "") -> list[str]:
    """The summary.  *failure* is the sentence of what ended the trip, if anything did."""
    told = [failure] if failure else []
    if not trip.begun:
        return [*told, text("trip-not-begun", language)]
    if not trip.whole:
        told.append(text("trip-cut", language))
    else:
        told.append(text("trip-done" if went_well(trip) else "trip-refused", language))
    told += ["", *_carried(trip, language)]
    if refusals(trip):
        told += ["", text("not-accepted", language), *_refused(trip, language)]
    if trip.shortages:
        told += ["", text("soon", language)]
        told += [shortage.told(language) for shortage in trip.shortages]
    if trip.whole:
        told += ["", text("take-out", language)]
    return told


def _carried(trip: Trip, language: Language) -> list[str]:
    pushed, pulled = trip.pushed, trip.pulled
    kinds = Counter(name.partition("/")[0] for name in pushed.accepted)
    told = [
        text(
            "handed-in",
            language,
            batches=kinds[BATCHES],
            receipts=kinds[RECEIPTS],
            keys=kinds[WEEKLY_KEYS],
        )
    ]
    if (BATCHES, BatchMissingError.code) in pushed.refused:
        told.append(text("no-batch", language))
    if pushed.waiting:
        told.append(text("waiting-batches", language, waiting=pushed.waiting))
    told.append(text("taken", language, new=pulled.new, had=pulled.had + pulled.held))
    if pulled.gone:
        told.append(text("pulled-gone", language, gone=len(pulled.gone)))
    if pulled.wrong:
        told.append(text("pulled-wrong", language, wrong=len(pulled.wrong)))
    if pulled.closed:
        told.append(text("no-directory", language))
    return told


def _refused(trip: Trip, language: Language) -> list[str]:
    """A line for each kind of thing and of refusal: a stick may hold thousands of files."""
    alike: dict[tuple[str, str], list[str]] = {}
    for untrusted_name, code in refusals(trip):
        kind, _, name = untrusted_name.partition("/")
        alike.setdefault((kind, code), []).append(name)
    return [
        text(
            "refused-item" if len(names) == 1 else "refused-items",
            language,
            kind=text(kind, language).capitalize(),
            name=visible_line(names[0])[:_NAME_CHARACTERS],
            more=len(names) - 1,
            sentence=sentence(code, language),
            code=code,
        )
        for (kind, code), names in list(alike.items())[:_MOST_KINDS]
    ]
