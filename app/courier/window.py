"""A trip in windows, which the program `zenity` of Debian and Tails opens.

What was typed comes back on zenity's standard output and is never an argument.  What is
shown may come from the stick or the server, so what zenity would obey is written out.
"""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from app.courier.destination import Destination
from app.courier.errors import WindowError
from app.courier.face import before_login
from app.courier.login import Login
from app.courier.progress import Pace
from app.courier.texts import pace_line, text
from crypto.terminal import visible_line
from crypto.wordlist import Language

_OK, _CANCELLED = 0, 1  # zenity's exit codes
_SEPARATOR = "\n"  # nobody types one into a field
_WIDTH = 620  # pixels
_COLUMNS = 80  # characters


def zenity() -> Path | None:
    """Where zenity is, when there is a screen for it too."""
    found = shutil.which("zenity")
    screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return Path(found) if found and screen else None


class Window:
    """A `Face`."""

    def __init__(self, program: Path, language: Language, stop: Callable[[], None]) -> None:
        """*stop* is called, in another thread, when the person presses "Stop"."""
        self._program = program
        self._language = language
        self._stop = stop
        self._progress: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def ask(self, destination: Destination, reason: str) -> Login:
        """As `Face.ask`.

        Raises:
            WindowError: no window opens.
        """
        self.close()  # one window at a time: none hides the form or takes its keyboard
        while True:
            login = self._filled_in(destination, reason)
            if login.passphrase and login.code:
                return login

    def _filled_in(self, destination: Destination, reason: str) -> Login:
        """What one form brings; its fields may be empty."""
        lines = [
            *before_login(destination, reason, self._language),
            "",
            text("form-help", self._language),
        ]
        with self._opened(
            "--forms",
            "title-forms",
            f"--text={_label_of(lines)}",
            f"--add-password={text('form-passphrase', self._language)}",
            f"--add-entry={text('form-code', self._language)}",
            f"--separator={_SEPARATOR}",
            self._label("ok", "go-on" if reason == "session-needed" else "begin"),
            self._label("cancel", "cancel"),
        ) as form:
            assert form.stdout is not None
            answer = form.stdout.read()
            ended = form.wait()
        if ended == _CANCELLED:
            self._stopped = True
            raise KeyboardInterrupt
        if ended != _OK:
            raise WindowError(f"zenity ended with {ended}")
        passphrase, _, code = answer.decode("utf-8", "replace").rstrip("\n").partition(_SEPARATOR)
        return Login(passphrase, "".join(code.split()))

    def show(self, pace: Pace) -> None:
        """As `Face.show`."""
        done, of = (pace.size, pace.of_size) if pace.of_size else (pace.count, pace.of_count)
        # At 100 zenity believes that all is over; the next stage may follow.
        self._write(min(99, 100 * done // max(of, 1)), pace_line(pace, self._language))

    def tell(self, line: str) -> None:
        """As `Face.tell`."""
        self._write(None, line)

    def end(self, lines: Sequence[str], *, well: bool) -> None:
        """As `Face.end`; returns when the person has closed the window."""
        self.close()
        if sys.stderr.isatty():  # and not into the journal of a desktop
            print("\n".join(map(visible_line, lines)), file=sys.stderr)
        with self._opened(
            "--info" if well else "--warning",
            "title-end",
            "--no-markup",
            f"--text={_escaped(_wrapped(lines))}",
            self._label("ok", "close"),
        ) as told:
            told.wait()

    def break_off(self, lines: Sequence[str]) -> None:
        """As `Face.break_off`; a system that shuts down waits for no window."""
        if self._stopped:
            self.end(lines, well=False)
        else:
            self.close()

    def close(self) -> None:
        """Take the progress away, if it is there."""
        progress, self._progress = self._progress, None
        if progress is not None:
            progress.terminate()
            with suppress(BrokenPipeError):
                progress.__exit__(None, None, None)

    def _write(self, percent: int | None, line: str) -> None:
        if self._progress is None:
            self._progress = self._start(
                "--progress",
                "title-progress",
                f"--text={_label_of([line])}",
                self._label("cancel", "stop"),
                self._label("ok", "close"),
                "--auto-close",
            )
            threading.Thread(target=self._watch, args=(self._progress,), daemon=True).start()
        assert self._progress.stdin is not None
        told = "" if percent is None else f"{percent}\n"
        # What follows a line break zenity would obey: a number from 100 on closes the window.
        label = _label_of([line]).replace("\n", "\\n")
        with suppress(BrokenPipeError):  # she stops it: the watching thread says so
            self._progress.stdin.write(f"{told}# {label}\n".encode())
            self._progress.stdin.flush()

    def _watch(self, progress: "subprocess.Popen[bytes]") -> None:
        progress.wait()
        if progress is self._progress:  # nobody here has closed it
            self._stopped = True
            self._stop()

    def _label(self, button: str, words: str) -> str:
        return f"--{button}-label={text(words, self._language)}"

    @contextmanager
    def _opened(self, kind: str, title: str, *options: str) -> "Iterator[subprocess.Popen[bytes]]":
        """A window that is closed whatever happens."""
        with self._start(kind, title, *options) as window:
            try:
                yield window
            finally:
                window.terminate()

    def _start(self, kind: str, title: str, *options: str) -> "subprocess.Popen[bytes]":
        try:
            return subprocess.Popen(
                [
                    self._program,
                    kind,
                    f"--title={text(title, self._language)}",
                    f"--width={_WIDTH}",
                    *options,
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                # What was typed comes back in the character set of the locale.
                env={**os.environ, "LC_ALL": "C.UTF-8"},
            )
        except OSError:
            raise WindowError("zenity does not start") from None


def stop_this_program() -> None:
    """Interrupt the main thread as Ctrl-C does, even while it waits for a server."""
    main = threading.main_thread().ident
    if main is not None:
        signal.pthread_kill(main, signal.SIGINT)


def _label_of(untrusted_lines: Sequence[str]) -> str:
    """Text for a label that zenity reads as markup: what it would obey is written out."""
    shown = _escaped(_wrapped(untrusted_lines))
    for obeyed, plain in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        shown = shown.replace(obeyed, plain)
    return shown


def _wrapped(untrusted_lines: Sequence[str]) -> str:
    """Lines that a screen has room for; a label breaks none by itself."""
    return "\n".join(textwrap.fill(visible_line(line), _COLUMNS) for line in untrusted_lines)


def _escaped(shown: str) -> str:
    """Zenity takes a backslash for the beginning of an escape, in every text."""
    return shown.replace("\\", "\\\\")
