"""The program `buzon-ceremony`: its arguments and its help.

What each command does stands in `crypto.airgap.directing`.
"""

import argparse
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from crypto.airgap import directing, director_keys, program
from crypto.airgap.program import Arguments, Command, Tongue
from crypto.roster import origin_of
from crypto.strictjson import DocumentMalformedError

_Group = Callable[[str, str, str], "_Add"]
_Add = Callable[[str, Command, str, str], argparse.ArgumentParser]

_EXAMPLES_ES = """\
Ejemplos, en el orden de la ceremonia:
  buzon-ceremony directors init --out director-1.key --card director-1.json
  buzon-ceremony trust draft --organisation "Casa" --director director-*.json --quorum 2 --out trust.json
  buzon-ceremony trust sign trust.json --key director-1.key
  buzon-ceremony trust show trust.json
  buzon-ceremony roster draft --trust trust.json --card mezquite.card.json huizache.card.json \\
      --origin http://buzon.onion --out roster.json
  buzon-ceremony roster sign roster.json --trust trust.json --key director-1.key
  buzon-ceremony freshness draft --trust trust.json --roster roster.json \\
      --card *.card.json --weeks 4 --out freshness.json
  buzon-ceremony freshness sign freshness.json --trust trust.json --roster roster.json --key director-1.key
  buzon-ceremony freshness bundle freshness.json --trust trust.json --roster roster.json \\
      --card *.card.json --out para-el-servidor

Cuando cambian los directores o el quórum:
  buzon-ceremony trust draft --previous trust.json --director director-*.json --quorum 2 --out nuevo.json
  buzon-ceremony trust sign nuevo.json --previous trust.json --key director-1.key
  buzon-ceremony trust show nuevo.json --previous trust.json
  buzon-ceremony roster draft --trust nuevo.json --previous roster.json --previous-trust trust.json --out lista.json
  buzon-ceremony trust poster nuevo.json --roster lista.json --origin http://buzon.onion --out cartel.html
Firman un quórum de los de antes y uno de los nuevos. `show` dice quién falta y qué sigue.

Si una abogada hace una identidad nueva, o si toman su máquina:
  buzon-ceremony roster draft --trust trust.json --previous roster.json --card ahuehuete.card.json \\
      --replaces Mezquite --out roster-2.json
  buzon-ceremony roster exposure Huizache --seized 2026-03-04 --trust trust.json \\
      --roster roster*.json --freshness freshness*.json

Cada directora firma en su propia máquina; los archivos pasan de mano en mano en una memoria.
Códigos de salida: 0 hecho, 1 algo fue rechazado, 2 uso incorrecto.
"""
_EXAMPLES_EN = """\
Examples, in the order of the ceremony:
  buzon-ceremony directors init --out director-1.key --card director-1.json
  buzon-ceremony trust draft --organisation "House" --director director-*.json --quorum 2 --out trust.json
  buzon-ceremony trust sign trust.json --key director-1.key
  buzon-ceremony trust show trust.json
  buzon-ceremony roster draft --trust trust.json --card mezquite.card.json huizache.card.json \\
      --origin http://buzon.onion --out roster.json
  buzon-ceremony roster sign roster.json --trust trust.json --key director-1.key
  buzon-ceremony freshness draft --trust trust.json --roster roster.json \\
      --card *.card.json --weeks 4 --out freshness.json
  buzon-ceremony freshness sign freshness.json --trust trust.json --roster roster.json --key director-1.key
  buzon-ceremony freshness bundle freshness.json --trust trust.json --roster roster.json \\
      --card *.card.json --out for-the-server

When the directors or the quorum change:
  buzon-ceremony trust draft --previous trust.json --director director-*.json --quorum 2 --out new.json
  buzon-ceremony trust sign new.json --previous trust.json --key director-1.key
  buzon-ceremony trust show new.json --previous trust.json
  buzon-ceremony roster draft --trust new.json --previous roster.json --previous-trust trust.json --out list.json
  buzon-ceremony trust poster new.json --roster list.json --origin http://buzon.onion --out poster.html
A quorum of those before signs, and one of the new.  `show` says who is missing and what comes next.

When a lawyer makes a new identity, or her machine is seized:
  buzon-ceremony roster draft --trust trust.json --previous roster.json --card ahuehuete.card.json \\
      --replaces Mezquite --out roster-2.json
  buzon-ceremony roster exposure Huizache --seized 2026-03-04 --trust trust.json \\
      --roster roster*.json --freshness freshness*.json

Each director signs on a machine of her own; the files pass from hand to hand on a stick.
Exit codes: 0 done, 1 something was refused, 2 wrong usage.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; return the exit code."""
    return program.run(arguments, _parser)


def _parser(say: Tongue) -> argparse.ArgumentParser:
    examples = say(_EXAMPLES_ES, _EXAMPLES_EN)
    parser = Arguments(
        say,
        prog="buzon-ceremony",
        description=say(
            "Quiénes pueden leer: directores, abogados y semanas, firmados sin red.",
            "Who may read: directors, lawyers and weeks, signed without network.",
        ),
        epilog=examples,
    )
    new_group = parser.commands(say("ASUNTO", "SUBJECT"))

    def group(name: str, es: str, en: str) -> _Add:
        of_group = new_group(name, help=say(es, en), epilog=examples)
        new_command = of_group.commands(say("ORDEN", "COMMAND"))

        def add(name: str, command: Command, es: str, en: str) -> argparse.ArgumentParser:
            added: Arguments = new_command(
                name, help=say(es, en), description=say(es, en), epilog=examples
            )
            added.set_defaults(command=command)
            program.add_today(added, say)
            return added

        return add

    _directors(group, say)
    _trust(group, say)
    _roster(group, say)
    _freshness(group, say)
    return parser


def _directors(group: _Group, say: Tongue) -> None:
    add = group("directors", "la clave de una directora", "a director's key")
    init = add("init", director_keys.init, "hacer una clave", "make a key")
    program.add_passphrase(init, say)
    program.add_memory(init, say)
    _add_out(init, say("archivo de la clave, secreto", "key file, secret"))
    init.add_argument(
        "--card",
        type=Path,
        metavar="FILE",
        help=say("escribir también la ficha", "write the card too"),
    )
    card = add("card", director_keys.card, "escribir la ficha, pública", "write the card, public")
    _add_key(card, say)
    _add_out(card, say("la ficha", "the card"))
    passphrase = add(
        "passphrase", director_keys.passphrase, "cambiar la contraseña", "change the passphrase"
    )
    _add_key(passphrase, say)
    program.add_memory(passphrase, say)
    passphrase.add_argument(
        "--new-passphrase-file",
        type=Path,
        metavar="FILE",
        help=say("leer la contraseña nueva de aquí", "read the new passphrase from here"),
    )


def _trust(group: _Group, say: Tongue) -> None:
    add = group("trust", "quiénes son los directores", "who the directors are")
    draft = add("draft", directing.trust_draft, "hacer un borrador", "make a draft")
    draft.add_argument(
        "--organisation", help=say("nombre que muestran las páginas", "name that the pages show")
    )
    draft.add_argument(
        "--director",
        type=Path,
        nargs="+",
        action="extend",
        required=True,
        metavar="CARD",
        help=say("fichas de directores", "directors' cards"),
    )
    draft.add_argument("--quorum", type=int, required=True, metavar="N")
    draft.add_argument(
        "--freshness-threshold",
        type=int,
        metavar="N",
        help=say(
            "firmas que confirman semanas (las del quórum, si no se dice)",
            "signatures that confirm weeks (as many as the quorum unless said)",
        ),
    )
    draft.add_argument(
        "--minimum-recipients",
        type=int,
        metavar="N",
        help=say(
            "abogados que al menos reciben (2, o como antes)",
            "fewest lawyers who receive (2, or as before)",
        ),
    )
    _add_previous_trust(draft, say)
    _add_vetting(draft, say)
    _add_out(draft, "trust.json")
    sign = add("sign", directing.trust_sign, "firmar", "sign")
    _add_signing(sign, say, "trust.json")
    _add_previous_trust(sign, say)
    show = add(
        "show",
        directing.trust_show,
        "mostrar quién firmó, quién falta y qué sigue",
        "show who signed, who has yet to, and what comes next",
    )
    show.add_argument("file", type=Path, metavar="trust.json")
    _add_previous_trust(show, say)
    poster = add(
        "poster",
        directing.trust_poster,
        "hacer el cartel, una hoja A4: la dirección y las doce palabras",
        "make the poster, a page of A4: the address and the twelve words",
    )
    poster.add_argument("file", type=Path, metavar="trust.json")
    poster.add_argument(
        "--origin",
        type=_origin,
        required=True,
        metavar="URL",
        help=say("dirección del sitio", "address of the site"),
    )
    poster.add_argument(
        "--roster",
        type=Path,
        metavar="roster.json",
        help=say(
            "la lista que vale: comprueba que la dirección esté en ella",
            "the roster that holds: checks that the address is on it",
        ),
    )
    _add_out(poster, "poster.html")


def _roster(group: _Group, say: Tongue) -> None:
    add = group("roster", "qué abogados reciben", "which lawyers receive")
    draft = add("draft", directing.roster_draft, "hacer un borrador", "make a draft")
    _add_trust(draft)
    _add_previous_roster(draft, say)
    _add_cards(draft, say)
    for option, es, en in (
        (
            "--replaces",
            "abogados que tienen identidad nueva en una de las fichas, firmada por la de antes; se retiran",
            "lawyers with a new identity on one of the cards, signed by the one before; retired",
        ),
        ("--retire", "abogados que ya no reciben", "lawyers who receive no more"),
        ("--revoke", "abogados en quienes ya no se confía", "lawyers trusted no more"),
    ):
        draft.add_argument(
            option, nargs="+", action="extend", default=[], metavar="ID", help=say(es, en)
        )
    draft.add_argument(
        "--origin",
        nargs="+",
        action="extend",
        default=[],
        metavar="URL",
        help=say("direcciones del sitio (las de antes)", "addresses of the site (as before)"),
    )
    validity = draft.add_mutually_exclusive_group()
    validity.add_argument(
        "--weeks",
        type=int,
        default=13,
        choices=range(1, 14),
        metavar="N",
        help=say("semanas que vale, 1 a 13 (13)", "weeks that it is valid, 1 to 13 (13)"),
    )
    validity.add_argument(
        "--expires",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help=say("último día en que vale", "last day on which it is valid"),
    )
    draft.add_argument(
        "--receipts",
        type=int,
        metavar="N",
        help=say(
            "recibos antes de borrar (2, o como antes)",
            "receipts before deletion (2, or as before)",
        ),
    )
    draft.add_argument(
        "--min-weeks",
        type=int,
        metavar="N",
        help=say(
            "semanas antes de borrar sin todos los recibos (4, o como antes)",
            "weeks before deletion without all receipts (4, or as before)",
        ),
    )
    _add_vetting(draft, say)
    _add_out(draft, "roster.json")
    sign = add("sign", directing.roster_sign, "firmar", "sign")
    _add_signing(sign, say, "roster.json")
    _add_trust(sign)
    _add_previous_roster(sign, say)
    show = add(
        "show",
        directing.roster_show,
        "mostrar quién firmó, quién falta y qué sigue",
        "show who signed, who has yet to, and what comes next",
    )
    show.add_argument("file", type=Path, metavar="roster.json")
    _add_trust(show)
    _add_previous_roster(show, say)
    exposure = add(
        "exposure",
        directing.roster_exposure,
        "si toman la máquina de un abogado: qué queda expuesto, y qué hacer",
        "when a lawyer's machine is seized: what is exposed, and what to do",
    )
    program.add_seizure(exposure, say)
    _add_trust(exposure)
    _add_documents(exposure, say)
    program.add_json(exposure, say)


def _freshness(group: _Group, say: Tongue) -> None:
    add = group("freshness", "para qué semanas vale la lista", "for which weeks the roster holds")
    draft = add("draft", directing.freshness_draft, "hacer un borrador", "make a draft")
    _add_trust(draft)
    _add_roster(draft)
    _add_weekly_keys(draft, say)
    draft.add_argument(
        "--weeks",
        type=int,
        required=True,
        choices=range(1, 7),
        metavar="N",
        help=say(
            "semanas, de 1 a 6, desde la de hoy: tanto se tarda en revocar a alguien",
            "weeks, 1 to 6, from today's on: as long does it take to revoke somebody",
        ),
    )
    _add_yes(draft, say)
    _add_out(draft, "freshness.json")
    sign = add("sign", directing.freshness_sign, "firmar", "sign")
    _add_signing(sign, say, "freshness.json")
    _add_trust(sign)
    _add_roster(sign)
    show = add(
        "show",
        directing.freshness_show,
        "mostrar quién firmó, quién falta y qué sigue",
        "show who signed, who has yet to, and what comes next",
    )
    show.add_argument("file", type=Path, metavar="freshness.json")
    _add_trust(show)
    _add_roster(show)
    bundle = add(
        "bundle",
        directing.freshness_bundle,
        "hacer la carpeta que toma `buzon-server publish`",
        "make the folder that `buzon-server publish` takes",
    )
    bundle.add_argument("file", type=Path, metavar="freshness.json")
    _add_trust(bundle)
    _add_roster(bundle)
    _add_weekly_keys(bundle, say)
    _add_out(bundle, say("carpeta nueva o vacía", "new or empty folder"))


# ----------------------------------------------------------------- arguments in common


def _origin(written: str) -> str:
    try:
        return origin_of(written)
    except DocumentMalformedError:
        raise ValueError from None


def _add_out(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("--out", type=Path, required=True, metavar="PATH", help=what)


def _add_key(parser: argparse.ArgumentParser, say: Tongue) -> None:
    program.add_passphrase(parser, say)
    parser.add_argument(
        "--key",
        type=Path,
        required=True,
        metavar="FILE",
        help=say("archivo de clave de la directora", "the director's key file"),
    )


def _add_trust(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--trust", type=Path, required=True, metavar="trust.json")


def _add_roster(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--roster", type=Path, required=True, metavar="roster.json")


def _add_previous_trust(parser: argparse.ArgumentParser, say: Tongue) -> None:
    parser.add_argument(
        "--previous",
        type=Path,
        metavar="trust.json",
        help=say(
            "los directores de hoy, cuando esto los cambia",
            "today's directors, when this changes them",
        ),
    )


def _add_previous_roster(parser: argparse.ArgumentParser, say: Tongue) -> None:
    parser.add_argument(
        "--previous",
        type=Path,
        metavar="roster.json",
        help=say(
            "la lista que vale hoy; falta sólo la primera vez",
            "the roster that holds today; left out only the first time",
        ),
    )
    parser.add_argument(
        "--previous-trust",
        type=Path,
        metavar="trust.json",
        help=say(
            "los directores de esa lista, si cambiaron desde entonces",
            "that roster's directors, if they changed since",
        ),
    )


def _add_documents(parser: argparse.ArgumentParser, say: Tongue) -> None:
    parser.add_argument(
        "--previous-trust",
        type=Path,
        metavar="trust.json",
        help=say("los directores de antes, si cambiaron", "the directors before, if they changed"),
    )
    for option, es, en in (
        ("--roster", "las listas que firmaron los directores", "rosters that directors signed"),
        ("--freshness", "todo lo que se firmó para ellas", "all that was signed for them"),
    ):
        parser.add_argument(
            option, type=Path, nargs="+", action="extend", required=True, metavar="FILE",
            help=say(es, en),
        )  # fmt: skip


def _add_cards(parser: argparse.ArgumentParser, say: Tongue) -> None:
    parser.add_argument(
        "--card",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        metavar="CARD",
        help=say("fichas de abogados", "lawyers' cards"),
    )


def _add_weekly_keys(parser: argparse.ArgumentParser, say: Tongue) -> None:
    _add_cards(parser, say)
    parser.add_argument(
        "--keys",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        metavar="PATH",
        help=say(
            "claves semanales: archivos, o carpetas de ellos",
            "weekly keys: files, or folders of them",
        ),
    )


def _add_vetting(parser: argparse.ArgumentParser, say: Tongue) -> None:
    vetting = parser.add_mutually_exclusive_group()
    vetting.add_argument(
        "--fingerprint",
        action="append",
        default=[],
        metavar="WORDS",
        help=say(
            "las doce palabras que se leyeron en voz alta; una vez por ficha",
            "the twelve words that were read aloud; once for each card",
        ),
    )
    vetting.add_argument(
        "--confirmed",
        action="store_true",
        help=say(
            "usted ya comparó por voz las palabras de cada ficha",
            "you have compared the words of every card by voice already",
        ),
    )


def _add_signing(parser: argparse.ArgumentParser, say: Tongue, what: str) -> None:
    parser.add_argument(
        "file",
        type=Path,
        metavar=what,
        help=say("el borrador; se le agrega su firma", "the draft; your signature is added to it"),
    )
    _add_key(parser, say)
    _add_yes(parser, say)


def _add_yes(parser: argparse.ArgumentParser, say: Tongue) -> None:
    parser.add_argument("--yes", action="store_true", help=say("no preguntar", "do not ask"))
