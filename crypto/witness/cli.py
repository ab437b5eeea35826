"""The program `buzon-witness`: seal a testimony into a file, read the replies to it.

It opens no socket: `buzon-courier` fetches the directory and the board, and delivers
what was sealed.  Everything here is wiring and words; the work is in the modules beside
it.  Time and randomness arrive in Surroundings.
"""

import argparse
import getpass
import io
import json
import secrets
import string
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from crypto import tripwire
from crypto.directory import MAX_BYTES as MAX_DIRECTORY_BYTES
from crypto.directory import Directory, verify_directory
from crypto.errors import BuzonError
from crypto.message import MAX_ACCOUNT_BYTES
from crypto.phrase import Phrase, PhraseWordError
from crypto.reply import MAX_BOARD_BYTES, split_board
from crypto.sentences import sentence
from crypto.shuffle import RandomBytes
from crypto.streams import give_up_standard_output, open_closed_streams
from crypto.terminal import visible, visible_line
from crypto.tongue import DONE, REFUSED, tongue_of
from crypto.trust import Trust, open_trust
from crypto.weeks import LAST_WEEK, first_day
from crypto.witness.arguments import build_parser
from crypto.witness.files import (
    FileExistsAlreadyError,
    FileUnwritableError,
    new_file,
    open_attachment,
    read_file,
)
from crypto.witness.parts import FileChangedError, FileUnreadableError
from crypto.witness.replies import Reply, ReplyReader, highest_read
from crypto.witness.seal import MessageTooLongError
from crypto.witness.telling import Sealed, show_mark, tell_sealed, tell_sealed_json
from crypto.witness.testimony import Words, choose_recipients, seal_testimony
from crypto.witness.texts import text
from crypto.wordlist import Language

QUESTIONNAIRE: Final = "narrative.1"

_MAX_PHRASE_FILE_BYTES = 8_192
_SUGGESTED_NAME_LETTERS = string.ascii_lowercase + string.digits


class TextNotReadableError(BuzonError):
    """The account is no UTF-8 text."""

    code = "text-not-utf8"


class NotToldError(BuzonError):
    """What was to be told, a phrase perhaps, could not be written to standard output."""

    code = "file-unwritable"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the program takes from the machine it runs on."""

    now: Callable[[], datetime]  # UTC
    random_bytes: RandomBytes
    ask: Callable[[str], str]  # shows a prompt, returns what was typed unseen


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program where it can reach no network; the exit code."""
    tripwire.forbid_sockets()
    open_closed_streams()
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that lacks a character must not cost a witness her phrase.
        sys.stdout.reconfigure(errors="backslashreplace")
    here = Surroundings(lambda: datetime.now(UTC), secrets.token_bytes, getpass.getpass)
    return run(arguments, here)


def run(arguments: Sequence[str] | None, here: Surroundings) -> int:
    """Run the program; the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    say = tongue_of(given)
    parser = build_parser(say)
    options = parser.parse_args(given)
    if options.command == "seal":
        options.follow_up = options.follow_up or options.phrase_file is not None
        if options.read_board is not None and not options.follow_up:
            parser.error(
                say(
                    "--read-board necesita una frase: --follow-up o --phrase-file",
                    "--read-board needs a phrase: --follow-up or --phrase-file",
                )
            )
    language = say.language
    try:
        return _COMMANDS[options.command](options, language, here)
    except OSError:
        # Every file has an error of its own: this is standard output, full or closed.
        _tell_error(NotToldError("standard output"), language)
        give_up_standard_output()
        return REFUSED
    except PhraseWordError as error:
        _tell_error(error, language)
        positions = ", ".join(str(position) for position in error.positions)
        print(text("words-at", language, positions=positions), file=sys.stderr)
        return REFUSED
    except BuzonError as error:
        _tell_error(error, language)
        return REFUSED
    except (KeyboardInterrupt, EOFError):
        print(f"\n{text('interrupted', language)}", file=sys.stderr)
        return REFUSED


def _seal(options: argparse.Namespace, language: Language, here: Surroundings) -> int:
    trust, directory = _trust_and_directory(options, here)
    teams = [] if "all" in options.to else options.to
    recipients = choose_recipients(directory, teams)
    read: dict[bytes, int] = {}
    if options.follow_up:
        phrase = _phrase(options, language, here)
        if options.read_board is not None:
            read = highest_read(_replies(options.read_board, phrase, directory))
    else:
        phrase = Phrase.generate(here.random_bytes)
    words = Words(
        kind="follow-up" if options.follow_up else "account",
        questionnaire=QUESTIONNAIRE,
        answers={"narrative": _account(options.text)},
        read=read,
    )
    path = options.out
    if path.is_dir():
        path /= _suggested_name(here.random_bytes)
    with ExitStack() as stack:
        attachments = [stack.enter_context(open_attachment(file)) for file in options.attach]
        out = stack.enter_context(new_file(path))
        counts = seal_testimony(
            out, directory, recipients, phrase, words, attachments, here.random_bytes
        )
    readers = [recipient.lawyer.pseudonym for recipient in recipients]
    told = Sealed(path, counts, readers, trust, None if options.follow_up else phrase)
    try:
        tell_sealed_json(told, language) if options.json else tell_sealed(told, language)
        sys.stdout.flush()
    except OSError:
        if not options.follow_up:
            path.unlink()  # nobody has seen its phrase
        raise
    return DONE


def _read(options: argparse.Namespace, language: Language, here: Surroundings) -> int:
    _, directory = _trust_and_directory(options, here)
    phrase = _phrase(options, language, here)
    replies = _replies(options.board, phrase, directory)
    lawyers = {lawyer.id: lawyer for lawyer in directory.roster.lawyers}
    if options.json:
        report = [
            {
                "lawyer": reply.lawyer.hex(),
                "pseudonym": lawyers[reply.lawyer].pseudonym,
                "team": lawyers[reply.lawyer].team,
                "sequence": reply.sequence,
                "week": reply.week,
                "complete": reply.is_complete,
                "revoked": lawyers[reply.lawyer].status == "revoked",
                "text": reply.text,
            }
            for reply in replies
        ]
        print(json.dumps(report, ensure_ascii=True))
        return DONE
    show_mark(phrase.mark, language)
    if not replies:
        print(text("no-replies", language))
        return DONE
    print(text("replies", language, count=len(replies)))
    for reply in replies:
        heading = text(
            "reply",
            language,
            pseudonym=visible_line(lawyers[reply.lawyer].pseudonym),
            team=visible_line(lawyers[reply.lawyer].team),
            sequence=reply.sequence,
            week=first_day(reply.week) if reply.week <= LAST_WEEK else reply.week,
        )
        print(f"\n{heading}\n")
        if lawyers[reply.lawyer].status == "revoked":
            print(text("revoked", language))
        for line in visible(reply.text).split("\n"):
            print(f"    {line}")
        if not reply.is_complete:
            print(text("incomplete", language, have=len(reply.parts), all=reply.of))
    return DONE


_NAMES_A_FILE = (
    FileExistsAlreadyError,
    FileUnwritableError,
    FileUnreadableError,
    FileChangedError,
)
_COMMANDS = {"seal": _seal, "read": _read}


def _trust_and_directory(
    options: argparse.Namespace, here: Surroundings
) -> tuple[Trust, Directory]:
    trust = open_trust(read_file(options.trust, Trust.max_envelope_bytes()))
    document = read_file(options.directory, MAX_DIRECTORY_BYTES)
    return trust, verify_directory(document, trust, here.now())


def _phrase(options: argparse.Namespace, language: Language, here: Surroundings) -> Phrase:
    if options.phrase_file is None:
        return Phrase.from_words(here.ask(text("ask-phrase", language)))
    typed = read_file(options.phrase_file, _MAX_PHRASE_FILE_BYTES)
    return Phrase.from_words(typed.decode("utf-8", errors="replace").strip())


def _replies(board: Path, phrase: Phrase, directory: Directory) -> list[Reply]:
    identities = {lawyer.id: lawyer.identity for lawyer in directory.roster.lawyers}
    reader = ReplyReader(phrase.reply_seed, phrase.tag_key, identities)
    return reader.read(split_board(read_file(board, MAX_BOARD_BYTES)))


def _account(source: str) -> str:
    if source == "-":
        account = sys.stdin.buffer.read(MAX_ACCOUNT_BYTES + 1)
    else:
        account = read_file(Path(source), MAX_ACCOUNT_BYTES)
    if len(account) > MAX_ACCOUNT_BYTES:
        raise MessageTooLongError(f"more than {MAX_ACCOUNT_BYTES} bytes")
    try:
        return account.decode("utf-8")
    except UnicodeDecodeError:
        raise TextNotReadableError("not UTF-8") from None


def _suggested_name(random_bytes: RandomBytes) -> str:
    """Says nothing about when or by whom.  Source: sealed-file-v1.md."""
    letters = [
        _SUGGESTED_NAME_LETTERS[int.from_bytes(random_bytes(8)) % len(_SUGGESTED_NAME_LETTERS)]
        for _ in range(8)
    ]
    return f"buzon-{''.join(letters)}.sealed"


def _tell_error(error: BuzonError, language: Language) -> None:
    line = f"{sentence(error.code, language)} [{error.code}]"
    if isinstance(error, _NAMES_A_FILE):
        line = f"{visible_line(str(error))}: {line}"
    print(line, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
