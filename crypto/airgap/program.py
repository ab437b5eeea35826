"""What the two programs of the air gap share: language, arguments, tripwires, exit codes.

No secret is ever an argument: `crypto.airgap.prompts` asks for passphrases.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from crypto.airgap import keyfile
from crypto.airgap.keyfile import Cost, Purpose
from crypto.endings import ended_like_ctrl_c
from crypto.errors import BuzonError
from crypto.streams import give_up_standard_output, open_closed_streams
from crypto.tongue import (
    DONE,
    REFUSED,
    WRONG_USAGE,
    Arguments,
    Tongue,
    complain,
    print_every_character,
    tongue_of,
)
from crypto.tripwire import forbid_sockets
from crypto.weeks import FIRST_DAY

# What every command of the air gap needs of this module, wherever it is defined.
__all__ = [
    "DONE", "REFUSED", "WRONG_USAGE", "Arguments", "ClockWrongError", "Command",
    "MemoryShortError", "NotToldError", "ServerRingError", "Tongue", "add_json", "add_memory",
    "add_passphrase", "add_today", "answer_json", "complain", "cost_from", "now_from", "run",
    "tongue_of",
]  # fmt: skip


class ClockWrongError(BuzonError):
    """The clock says a day before the system's calendar begins: a dead battery."""

    code = "clock-wrong"


class NotToldError(BuzonError):
    """What was to be told could not be written to standard output."""

    code = "file-unwritable"


class MemoryShortError(BuzonError):
    """This machine's memory does not suffice for what was asked."""

    code = "memory-short"


class ServerRingError(BuzonError):
    """The server's code is in this process, where private keys are."""

    code = "rings-mixed"


Command = Callable[[argparse.Namespace, Tongue], int]


def run(
    arguments: Sequence[str] | None, parser: Callable[[Tongue], argparse.ArgumentParser]
) -> int:
    """Run one program: the tripwires, the arguments, the command, the exit code.

    Every parser sets `command` to what is to be run.
    """
    forbid_sockets()
    _forbid_the_server()
    open_closed_streams()
    print_every_character()
    given = sys.argv[1:] if arguments is None else list(arguments)
    say = tongue_of(given)
    options = parser(say).parse_args(given)
    command: Command = options.command
    try:
        with ended_like_ctrl_c():
            code = command(options, say)
            sys.stdout.flush()
    except BuzonError as error:
        complain(say, error.code, getattr(error, "__notes__", ()))
    except (KeyboardInterrupt, EOFError):  # Ctrl-C, or Ctrl-D where something is asked
        print(say("\nInterrumpido.", "\nInterrupted."), file=sys.stderr)
    except MemoryError:
        complain(say, MemoryShortError.code)
    except BrokenPipeError:
        give_up_standard_output()  # whoever read our output has stopped
    except OSError:
        # Every file has an error of its own: this is standard output, full or closed.
        complain(say, NotToldError.code, [say("la salida estándar", "standard output")])
        give_up_standard_output()
    else:
        return code
    return REFUSED


def answer_json(value: object) -> None:
    """Print *value* for a script: ASCII, so that no terminal obeys what a stranger wrote."""
    print(json.dumps(value, indent=2))


# ----------------------------------------------------------------- arguments


def add_today(parser: argparse.ArgumentParser, say: Tongue) -> None:
    """For commands that look at the calendar."""
    parser.add_argument(
        "--today",
        type=_day,
        metavar="YYYY-MM-DD",
        help=say(
            "la fecha (UTC), cuando el reloj de esta máquina está mal",
            "the date (UTC), when this machine's clock is wrong",
        ),
    )


def add_passphrase(parser: argparse.ArgumentParser, say: Tongue) -> None:
    """For commands that open a key file."""
    parser.add_argument(
        "--passphrase-file",
        type=Path,
        metavar="FILE",
        help=say(
            "leer la contraseña de la primera línea de este archivo, en vez de preguntarla",
            "read the passphrase from the first line of this file instead of asking",
        ),
    )


def add_memory(parser: argparse.ArgumentParser, say: Tongue) -> None:
    """For commands that write a new key file."""
    parser.add_argument(
        "--memory",
        type=_mebibytes,
        metavar="MIB",
        help=say(
            "memoria que cuesta probar una contraseña (bóveda 64; directora 1024, o 256 "
            "donde hay poca)",
            "memory that one guess at the passphrase costs (vault 64; director 1024, or 256 "
            "where there is little)",
        ),
    )


def add_json(parser: argparse.ArgumentParser, say: Tongue) -> None:
    """For commands that a script runs."""
    parser.add_argument(
        "--json", action="store_true", help=say("responder en JSON", "answer in JSON")
    )


def add_seizure(parser: argparse.ArgumentParser, say: Tongue) -> None:
    """For commands that say what a seized station exposes."""
    parser.add_argument(
        "lawyer",
        metavar="LAWYER",
        help=say("seudónimo, o principio del número", "pseudonym, or beginning of the id"),
    )
    parser.add_argument(
        "--seized",
        type=_day,
        required=True,
        metavar="YYYY-MM-DD",
        help=say("día en que tomaron la máquina", "day on which the machine was taken"),
    )
    parser.add_argument(
        "--last-good",
        type=_day,
        metavar="YYYY-MM-DD",
        help=say(
            "último día en que la tenía ella sola, con seguridad (el mismo)",
            "last day on which she alone surely had it (the same)",
        ),
    )


def now_from(options: argparse.Namespace) -> datetime:
    """The clock, UTC, on the day that the person says it is.

    Raises:
        ClockWrongError: before 2024.
    """
    clock = datetime.now(UTC)
    today: date | None = options.today
    now = clock if today is None else datetime.combine(today, clock.timetz())
    if now.date() < FIRST_DAY:
        raise ClockWrongError("before the calendar")
    return now


def cost_from(options: argparse.Namespace, purpose: Purpose) -> Cost:
    """What one guess at the passphrase of a new key file is to cost."""
    memory: int | None = options.memory
    if memory is not None:
        return keyfile.cost_of(memory)
    if purpose == "vault":
        return keyfile.cost_of(keyfile.VAULT_MEMORY_MIB)
    return keyfile.director_cost(_free_mib())


def _day(written: str) -> date:
    return date.fromisoformat(written)


def _mebibytes(written: str) -> int:
    number = int(written)
    if not 1 <= number <= 4 * 1024:
        raise ValueError
    return number


def _free_mib() -> int:
    """What the kernel could give without swapping; 0 where it does not say."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
        kib = next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError):
        return 0
    return kib // 1024


# ----------------------------------------------------------------- tripwire


class _Refuser(MetaPathFinder):
    """Finds no module of the server."""

    def find_spec(
        self, fullname: str, _path: object = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] == "app":
            _refuse_the_server()
        return None


def _forbid_the_server() -> None:
    """From now on an import of the server's code ends this program.

    Raises:
        ServerRingError: it is in this process already.
    """
    if any(name.partition(".")[0] == "app" for name in sys.modules):
        _refuse_the_server()
    sys.meta_path.insert(0, _Refuser())


def _refuse_the_server() -> NoReturn:
    raise ServerRingError("private keys and the server's code do not share a process")
