"""The demonstration's ceremony: three directors, quorum two; three lawyers, two teams.

Files pass from home to home as they would on a stick.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from deploy.demo.people import PASSPHRASE_MEMORY_MIB, Person

WEEKS_AHEAD = "6"
LAWYERS = (("Mezquite", "Norte"), ("Huizache", "Norte"), ("Ceiba", "Sur"))


@dataclass(frozen=True)
class Held:
    """What the ceremony leaves behind."""

    directors: list[Person]
    lawyers: list[Person]
    trust: Path
    publication: Path


def meet(root: Path) -> tuple[list[Person], Path]:
    """Three directors make keys and the trust; they, and the signed `trust.json`."""
    directors = [Person(f"director {n}", root / f"director-{n}") for n in (1, 2, 3)]
    table = _folder(root / "table")
    for director in directors:
        card = director.home / "card.json"
        director.run(
            "buzon-ceremony",
            *("directors", "init", "--out", "director.key", "--card", card),
            *("--memory", PASSPHRASE_MEMORY_MIB, "--passphrase-file", director.passphrase_file),
        )
        shutil.copy(card, table / f"{director.home.name}.card.json")
    trust = table / "trust.json"
    directors[0].run(
        "buzon-ceremony",
        *("trust", "draft", "--organisation", "Buzón de demostración", "--director"),
        *sorted(table.glob("director-*.card.json")),
        *("--quorum", "2", "--minimum-recipients", "2", "--confirmed", "--out", trust),
    )
    for director in directors[:2]:
        _sign(director, "trust", trust)
    return directors, trust


def join(root: Path, trust: Path) -> list[Person]:
    """Three lawyers make vaults and cards."""
    lawyers = []
    for pseudonym, team in LAWYERS:
        lawyer = Person(pseudonym, root / pseudonym.lower())
        lawyer.run(
            "buzon-workstation",
            *("init", "--trust", trust, "--pseudonym", pseudonym, "--team", team),
            *("--speaks", "es", "en", "--memory", PASSPHRASE_MEMORY_MIB),
            *("--passphrase-file", lawyer.passphrase_file),
        )
        card = lawyer.home / "lawyer.card.json"
        lawyer.run(
            "buzon-workstation",
            *("card", "--out", card, "--passphrase-file", lawyer.passphrase_file),
        )
        shutil.copy(card, trust.parent / f"{lawyer.home.name}.lawyer.json")
        lawyers.append(lawyer)
    return lawyers


def vet(directors: list[Person], lawyers: list[Person], trust: Path, origin: str) -> Held:
    """Two directors sign roster and freshness for *origin*, and bundle them."""
    table = trust.parent
    roster, freshness = table / "roster.json", table / "freshness.json"
    cards: tuple[str | Path, ...] = ("--card", *sorted(table.glob("*.lawyer.json")))
    drafting = directors[0]
    drafting.run(
        "buzon-ceremony",
        *("roster", "draft", "--trust", trust, *cards, "--origin", origin),
        *("--confirmed", "--out", roster),
    )
    for director in directors[:2]:
        _sign(director, "roster", roster, "--trust", trust)
    drafting.run(
        "buzon-ceremony",
        *("freshness", "draft", "--trust", trust, "--roster", roster, *cards),
        *("--weeks", WEEKS_AHEAD, "--yes", "--out", freshness),
    )
    for director in directors[:2]:
        _sign(director, "freshness", freshness, "--trust", trust, "--roster", roster)
    publication = table / "publication"
    drafting.run(
        "buzon-ceremony",
        *("freshness", "bundle", freshness, "--trust", trust, "--roster", roster, *cards),
        *("--out", publication),
    )
    return Held(directors, lawyers, trust, publication)


def _sign(director: Person, subject: str, document: Path, *more: str | Path) -> None:
    director.run(
        "buzon-ceremony",
        *(subject, "sign", document, "--key", "director.key", "--yes", *more),
        *("--passphrase-file", director.passphrase_file),
    )


def _folder(path: Path) -> Path:
    path.mkdir(mode=0o700, parents=True)
    return path
