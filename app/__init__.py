"""The online ring: ciphertext comes in, ciphertext goes out.

Two programs, wired here: the intake, which everybody reaches, and the desk, for
lawyers' couriers.  Of `crypto` this package uses parsing and signature checking only.
"""

from flask import Flask

from app.clock import Clock, utc_now
from app.settings import Settings


def create_intake(settings: Settings, now: Clock = utc_now) -> Flask:
    """The public program.  Its writer is `extensions["writer"]`; `stop` it at the end."""
    from app import answers, intake
    from app.box import Box
    from app.db import open_database
    from app.limits import Limits
    from app.shelf import MESSAGES, PARTS
    from app.writer import Writer

    app = Flask("app", static_folder=None)
    answers.prepare(app)
    engine = open_database(settings)
    budgets = {MESSAGES: settings.messages_per_day, PARTS: settings.parts_per_day}
    writer = Writer(Box(engine, budgets), lambda: now().date())
    app.register_blueprint(intake.cells(writer, Limits(settings), now))
    app.extensions["writer"] = writer
    writer.start()
    return app


def create_desk(settings: Settings, now: Clock = utc_now) -> Flask:
    raise NotImplementedError
