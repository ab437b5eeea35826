"""The online ring: it holds ciphertext, and nothing that opens any.

Two programs, wired here: the intake, which everybody reaches, and the desk, for
lawyers' couriers.  Of `crypto` this package uses parsing and signature checking only.
"""

from typing import TYPE_CHECKING

from app.clock import Clock, utc_now

if TYPE_CHECKING:
    from flask import Flask

    from app.settings import Settings

# The imports below are late, so that the courier, which is in this package, loads nothing
# of the server.


def create_intake(settings: "Settings", now: Clock = utc_now) -> "Flask":
    """The public program; `stop` it at the end.

    Raises:
        SiteError, SettingsError
    """
    from flask import Flask

    from app import answers, intake
    from app.board import Board
    from app.box import Box
    from app.db import open_database
    from app.limits import Limits
    from app.pages import MISSING, load_pages
    from app.published import DirectoryMaker
    from app.shelf import MESSAGES, PARTS
    from app.writer import Writer

    app = Flask("app", static_folder=None)
    pages = load_pages(settings.site)
    answers.prepare(app, "/cells/", missing=pages.get(MISSING))
    engine = open_database(settings)
    budgets = {MESSAGES: settings.messages_per_day, PARTS: settings.parts_per_day}
    writer = Writer(Box(engine, budgets), lambda: now().date())
    app.register_blueprint(intake.cells(writer, Limits(settings), now))
    app.register_blueprint(intake.public(DirectoryMaker(engine), Board(engine), pages, now))
    app.extensions.update(writer=writer, engine=engine, needed=frozenset())
    writer.start()
    return app


def create_desk(settings: "Settings", now: Clock = utc_now) -> "Flask":
    """The lawyers' program: the courier's routes and the pages; `stop` it at the end.

    Raises:
        SettingsError
    """
    from flask import Flask

    from app import answers, desk, desk_pages
    from app.accounts import Accounts
    from app.acts import Acts
    from app.box import Box, Store
    from app.db import open_database
    from app.limits import Limits
    from app.logins import Logins
    from app.published import DirectoryMaker
    from app.rounds import Rounds
    from app.sessions import Sessions
    from app.shelf import REPLIES
    from app.writer import Writer

    app = Flask("app", static_folder=None)
    engine = open_database(settings)
    accounts, acts = Accounts(engine), Acts(engine, now)
    sessions = Sessions(settings.session_minutes, accounts.check_epoch)
    logins = Logins(accounts, sessions, Limits(settings), acts, now)
    app.before_request(lambda: desk.check_session(sessions))
    answers.prepare(app, "/cells/", "/batches/", "/receipts/", "/weekly-keys/", is_desk=True)
    writer = Writer(Box(engine, {REPLIES: settings.replies_per_day}), lambda: now().date())
    app.register_blueprint(desk.session(logins, sessions))
    app.register_blueprint(desk.outgoing(Store(engine), engine, DirectoryMaker(engine), acts, now))
    app.register_blueprint(desk.incoming(writer, engine, acts, now))
    pages = desk_pages.Pages(engine, accounts, acts, logins, sessions, now, settings.desk_https)
    app.register_blueprint(desk_pages.blueprint(pages))
    rounds = Rounds([acts.write, lambda: accounts.forget_steps(now()), writer.tidy])
    app.extensions.update(writer=writer, engine=engine, rounds=rounds, needed=desk_pages.NEEDED)
    writer.start()
    rounds.start()
    return app


def stop(app: "Flask") -> None:
    """Write down what is to be written, and let go of the database."""
    for part in ("rounds", "writer"):
        if part in app.extensions:
            app.extensions[part].stop()
    app.extensions["engine"].dispose()
