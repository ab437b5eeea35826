"""Serving: one program under gunicorn, one process with threads.

`buzon-server serve` starts this twice, each with a socket that listens already:

    python -m app.serving intake|desk FOLDER FILE-DESCRIPTOR

One process, because one writer and SQLite want one; its threads wait for the disk and the
line most of the time.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from app import create_desk, create_intake, stop, tripwire
from app.logs import CodesOnly
from app.settings import Settings, load_settings

PROGRAMS = {"intake": create_intake, "desk": create_desk}
CONNECTIONS = 512
NICENESS = {"intake": 0, "desk": 5}  # couriers can wait; a witness may have minutes
PDEATHSIG = 1  # prctl(2), PR_SET_PDEATHSIG


class Program(BaseApplication):  # type: ignore[misc]
    """One of the two programs, as gunicorn wants it."""

    def __init__(self, name: str, settings: Settings, bind: str) -> None:
        self._name = name
        self._settings = settings
        self._bind = bind
        super().__init__()

    def load_config(self) -> None:
        """What gunicorn is told; its defaults otherwise, from no file and no environment."""
        chosen = {
            "bind": self._bind,
            "workers": 1,
            "threads": self._settings.threads,
            "worker_class": "app.worker.QuietWorker",
            "worker_connections": CONNECTIONS + self._settings.threads,
            "graceful_timeout": 10,
            "timeout": 120,
            "logger_class": CodesOnly,
            "accesslog": None,
            "control_socket_disable": True,
            "http_parser": "python",
            "limit_request_line": 2048,
            "limit_request_fields": 40,
            "proxy_protocol": "v1" if self._settings.circuit_ids else "off",
            "worker_exit": _stop_writing,
        }
        for key, value in chosen.items():
            self.cfg.set(key, value)

    def load(self) -> Flask:
        """Make the program; in the worker's process."""
        return PROGRAMS[self._name](self._settings)


def _stop_writing(_: Any, worker: Any) -> None:
    program = getattr(worker, "wsgi", None)
    if program is not None:
        stop(program)


def main(arguments: list[str]) -> None:
    """Serve until told to stop."""
    name, folder, descriptor = arguments
    tripwire.install()
    # When `buzon-server serve` is killed, nothing stays behind.
    ctypes.CDLL(None).prctl(PDEATHSIG, signal.SIGTERM)
    os.nice(NICENESS[name])
    sys.argv = sys.argv[:1]  # gunicorn reads no options
    Program(name, load_settings(Path(folder)), f"fd://{descriptor}").run()


if __name__ == "__main__":
    main(sys.argv[1:])
