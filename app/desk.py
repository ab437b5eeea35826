"""Desk, the courier's half: cells go out, replies and receipts come in.

What it answers: app/interface-v1.md, "Desk".  Wired together in app/__init__.py; the other
half, for a lawyer's browser, is app/desk_pages/.  Nothing is stored of who handed
something in.
"""

import hashlib
import json
from collections.abc import Callable

from flask import Blueprint, Response, request
from sqlalchemy import Engine

from app import answers, desk_pages
from app.acts import BATCH, CELLS, LISTING, RECEIPT, WEEKLY_KEY, Acts
from app.body import announced_length, check_type, small_body
from app.box import Deposit, Store
from app.clock import Clock
from app.db import writing_traceless
from app.errors import (
    BatchDigestError,
    CellUnknownError,
    DirectoryMissingError,
    DocumentDigestError,
    KeysWeekError,
    LoginRefusedError,
    SessionNeededError,
)
from app.limits import DayBudget
from app.logins import Logins
from app.names import digest_of
from app.published import (
    DirectoryMaker,
    Held,
    held,
    history,
    keep_weekly_key,
    knows_weekly_key,
)
from app.receipts import keep_receipt, knows_receipt
from app.sessions import Purpose, Sessions
from app.shelf import MESSAGES, PARTS, REPLIES
from app.writer import Writer
from crypto import dsse
from crypto.directory import KeysUnknownLawyerError
from crypto.dsse import Envelope
from crypto.receipt import Receipt, ReceiptWeekError, open_receipt
from crypto.reply import REPLY_CELL_BYTES, BatchSizeError, split_batch
from crypto.roster import Roster
from crypto.weekly_key import WeeklyKey, open_weekly_key
from crypto.weeks import week_of

MAX_LOGIN_BYTES = 8 * 1024
MAX_WEEKLY_KEY_BYTES = 16 * 1024
WEEKS_PAST = 8  # of receipts and weekly keys; as of cells (app/intake.py)
WEEKS_AHEAD = 30  # of weekly keys: a station makes 26
# Of each lawyer, so that a stolen key of one keeps nobody else's out.
RECEIPTS_PER_DAY = 64  # of up to 4,096 cells each
WEEKLY_KEYS_PER_DAY = 128  # a station makes 26

OPENING = ("POST", "/session")

_SCHEME = "Bearer "

View = Callable[..., Response]


def _routes(name: str) -> tuple[Blueprint, Callable[[str, str], Callable[[View], View]]]:
    blueprint = Blueprint(name, __name__)

    def route(method: str, path: str) -> Callable[[View], View]:
        return blueprint.route(path, methods=[method], provide_automatic_options=False)

    return blueprint, route


def check_session(sessions: Sessions) -> None:
    """Refuse a request of a courier without a living session, unless it asks for one.

    Raises:
        SessionNeededError, ServerBusyError
    """
    if request.blueprint != desk_pages.NAME and (request.method, request.path) != OPENING:
        sessions.check(_token(), Purpose.CARRY)


def session(logins: Logins, sessions: Sessions) -> Blueprint:
    """The routes that open and end a session."""
    blueprint, route = _routes("session")

    @route(*OPENING)
    def open_session() -> Response:
        """A token for who knows an account's passphrase and has its code."""
        body = small_body(request, MAX_LOGIN_BYTES, answers.JSON)
        token = logins.to_carry(*_login(body))
        return answers.of_value({"token": token, "minutes": sessions.minutes})

    @route("DELETE", "/session")
    def end_session() -> Response:
        """The token is dead."""
        sessions.close(_token())
        return answers.nothing()

    return blueprint


def outgoing(
    store: Store, engine: Engine, directory: DirectoryMaker, acts: Acts, now: Clock
) -> Blueprint:
    """The routes that a courier reads."""
    blueprint, route = _routes("outgoing")

    @route("GET", "/listing")
    def get_listing() -> Response:
        """The names of all cells."""
        with acts.noting(LISTING):
            listing = {
                "day": now().date().isoformat(),
                "messages": [digest.hex() for digest in store.digests(MESSAGES)],
                "parts": [digest.hex() for digest in store.digests(PARTS)],
            }
        return answers.of_value(listing)

    @route("GET", "/cells/<name>")
    def get_cell(name: str) -> Response:
        """One cell."""
        digest = digest_of(name)
        with acts.noting(CELLS):
            cell = store.cell(digest)
            if cell is None:
                raise CellUnknownError("not in the box")
        return answers.of_bytes(cell, answers.BINARY)

    @route("GET", "/directory")
    def get_directory() -> Response:
        """The directory document, as on intake."""
        document = directory.at(now())
        return answers.of_bytes(document.plain, answers.JSON, document.packed)

    @route("GET", "/rosters")
    def get_rosters() -> Response:
        """Every roster that was published."""
        return answers.of_bytes(history(engine), answers.JSON)

    return blueprint


def incoming(writer: Writer, engine: Engine, acts: Acts, now: Clock) -> Blueprint:
    """The routes on which a courier hands in what a station made."""
    blueprint, route = _routes("incoming")
    receipts, weekly_keys = DayBudget(RECEIPTS_PER_DAY), DayBudget(WEEKLY_KEYS_PER_DAY)

    @route("PUT", "/batches/<name>")
    def put_batch(name: str) -> Response:
        """The reply cells of one trip, all or none."""
        digest = digest_of(name)
        with acts.noting(BATCH):
            size = _published(engine).roster.policy.batch_size
            length = announced_length(request)
            check_type(request, answers.BINARY)
            if length != size * REPLY_CELL_BYTES:
                raise BatchSizeError("another size than the policy's")
            batch = small_body(request, size * REPLY_CELL_BYTES, answers.BINARY)
            if hashlib.sha256(batch).digest() != digest:
                raise BatchDigestError("another hash")
            cells = split_batch(batch, size)
            writer.store(
                Deposit(REPLIES, [(hashlib.sha256(each).digest(), each) for each in cells])
            )
        return answers.nothing()

    @route("PUT", "/receipts/<name>")
    def put_receipt(name: str) -> Response:
        """A station's statement that it holds cells."""
        digest = digest_of(name)
        with acts.noting(RECEIPT, name):
            envelope = _envelope(digest, Receipt.max_envelope_bytes())
            published = _published(engine)
            receipt = open_receipt(envelope, published.roster, published.earlier_rosters, now())
            today = now().date()
            if receipt.week < week_of(today) - WEEKS_PAST:
                raise ReceiptWeekError("a receipt of long ago")
            if not knows_receipt(engine, digest):
                receipts.spend(today, receipt.lawyer)
                keep_receipt(engine, envelope, today)
                writer.tidy()
        return answers.nothing()

    @route("PUT", "/weekly-keys/<name>")
    def put_weekly_key(name: str) -> Response:
        """A lawyer's key of a week to come, for the directors to sign for."""
        digest = digest_of(name)
        with acts.noting(WEEKLY_KEY, name):
            envelope = _envelope(digest, MAX_WEEKLY_KEY_BYTES)
            key = _checked_weekly_key(envelope, _published(engine).roster)
            today = now().date()
            if not -WEEKS_PAST <= key.week - week_of(today) <= WEEKS_AHEAD:
                raise KeysWeekError(f"week {key.week}")
            if not knows_weekly_key(engine, digest):
                weekly_keys.spend(today, key.lawyer)
                with writing_traceless(engine, today) as connection:
                    keep_weekly_key(connection, envelope)
                writer.tidy()
        return answers.nothing()

    return blueprint


def _token() -> str:
    """What follows "Bearer " in the `Authorization` header.

    Raises:
        SessionNeededError: there is no such header.
    """
    header = str(request.environ.get("HTTP_AUTHORIZATION", ""))
    if not header.startswith(_SCHEME):
        raise SessionNeededError("no token")
    return header.removeprefix(_SCHEME)


def _login(body: bytes) -> tuple[str, str, str]:
    """Account, passphrase and code.

    Raises:
        LoginRefusedError: nothing that could be these.
    """
    try:
        value = json.loads(body)
        account, passphrase, code = value["account"], value["passphrase"], value["code"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise LoginRefusedError("no account, passphrase and code") from None
    if not (isinstance(account, str) and isinstance(passphrase, str) and isinstance(code, str)):
        raise LoginRefusedError("no account, passphrase and code")
    return account, passphrase, code


def _published(engine: Engine) -> Held:
    published = held(engine)
    if published is None:
        raise DirectoryMissingError("nothing is published")
    return published


def _envelope(digest: bytes, most: int) -> Envelope:
    """The envelope that a request hands in, if *digest* is the hash of its payload."""
    envelope = dsse.parse_envelope(small_body(request, most, answers.JSON), most)
    if envelope.payload_hash != digest:
        raise DocumentDigestError("another payload")
    return envelope


def _checked_weekly_key(envelope: Envelope, roster: Roster) -> WeeklyKey:
    """A weekly key that an active lawyer of *roster* signed for herself.

    Raises:
        DocumentMalformedError, DocumentTypeError, KeysUnknownLawyerError,
        DocumentSignaturesError: in this order.
    """
    dsse.check_type(envelope, WeeklyKey.PAYLOAD_TYPE)
    lawyer = roster.active.get(WeeklyKey.from_payload(envelope.payload).lawyer)
    if lawyer is None:
        raise KeysUnknownLawyerError("a weekly key of somebody who is not active")
    return open_weekly_key(envelope, lawyer.identity)
