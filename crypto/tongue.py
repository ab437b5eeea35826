"""Tongue: how a program speaks to people, Spanish first, English beside it.

Help, wrong usage, refusals; what each program has to say stands in the program.  Anybody
may depend on this module.
"""

import argparse
import io
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NoReturn

from crypto import sentences
from crypto.terminal import visible_line
from crypto.wordlist import Language

DONE, REFUSED, WRONG_USAGE = 0, 1, 2  # exit codes of every program


@dataclass(frozen=True, slots=True)
class Tongue:
    """Chooses between the same thing said in Spanish and in English."""

    language: Language

    def __call__(self, es: str, en: str) -> str:
        """What was said in this language."""
        return es if self.language == "es" else en

    def sentence(self, code: str) -> str:
        """What an error code means."""
        return sentences.sentence(code, self.language)


def tongue_of(arguments: Sequence[str]) -> Tongue:
    """The language that the arguments ask for last, else the environment's, else Spanish.

    Known before the arguments are parsed, because help is written in it.
    """
    for place, argument in reversed(list(enumerate(arguments))):
        wanted = argument.removeprefix("--language=") if "=" in argument else ""
        if argument == "--language" and place + 1 < len(arguments):
            wanted = arguments[place + 1]
        if wanted in {"es", "en"}:
            return Tongue("en" if wanted == "en" else "es")
    locale = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return Tongue("en" if locale.startswith("en") else "es")


class Arguments(argparse.ArgumentParser):
    """A parser that speaks one language, keeps examples as written and guesses no option."""

    def __init__(self, say: Tongue, **options: object) -> None:
        options.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(allow_abbrev=False, add_help=False, **options)  # type: ignore[arg-type]
        self._say = say
        self.add_argument(
            "-h", "--help", action="help", help=say("mostrar esta ayuda", "show this help")
        )
        self.add_argument(
            "--language",
            choices=("es", "en"),
            help=say("idioma de lo que dice el programa", "language that the program speaks"),
        )

    def commands(self, metavar: str) -> "Callable[..., Arguments]":
        """What adds a command to this parser, which then needs one."""
        speaking = partial(Arguments, self._say)
        added = self.add_subparsers(required=True, metavar=metavar, parser_class=speaking)  # type: ignore[call-overload]
        return added.add_parser  # type: ignore[no-any-return]

    def format_help(self) -> str:
        """The help, with the titles that argparse has in English only."""
        said = self._in_language(super().format_help())
        for en, es in (("\npositional arguments:", "\nargumentos:"), ("\noptions:", "\nopciones:")):
            said = said.replace(en, self._say(es, en), 1)
        return said

    def format_usage(self) -> str:
        """One line."""
        return self._in_language(super().format_usage())

    def error(self, message: str) -> NoReturn:
        """Explain on the error stream, and end with 2."""
        self.print_usage(sys.stderr)
        self.exit(WRONG_USAGE, f"{self._say('Uso incorrecto', 'Wrong usage')}: {message}\n")

    def _in_language(self, said: str) -> str:
        return said.replace("usage:", self._say("uso:", "usage:"), 1)


def complain(say: Tongue, code: str, untrusted_names: Iterable[str] = ()) -> None:
    """Tell a person of a refusal, and of what by name, on the error stream."""
    names = "".join(f"{visible_line(name)}: " for name in untrusted_names)
    print(f"{names}{say.sentence(code)} [{code}]", file=sys.stderr)


def print_every_character() -> None:
    """Let a terminal that lacks a character show its number, instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
