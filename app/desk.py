"""Desk, the program for lawyers' couriers: cells go out, replies and receipts come in.

What it answers: app/interface-v1.md, "Desk".  Wired together in app/__init__.py.
Nothing is stored of who handed something in.
"""

import hashlib
import json
from collections.abc import Callable

from flask import Blueprint, Response, request
from sqlalchemy import Engine

from app import answers
from app.accounts import Accounts
from app.body import announced_length, check_type, read_body
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
)
from app.limits import DayBudget, Limits
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
from app.sessions import Sessions
from app.shelf import MESSAGES, PARTS, REPLIES
from app.writer import Writer
from crypto import dsse
from crypto.directory import KeysUnknownLawyerError
from crypto.dsse import Envelope
from crypto.receipt import Receipt, ReceiptWeekError, open_receipt
from crypto.reply import REPLY_CELL_BYTES, BatchSizeError, split_batch
from crypto.roster import Roster
from crypto.strictjson import DocumentMalformedError
from crypto.weekly_key import WeeklyKey, open_weekly_key
from crypto.weeks import week_of

MAX_LOGIN_BYTES = 8 * 1024
MAX_WEEKLY_KEY_BYTES = 16 * 1024
WEEKS_PAST = 8  # of receipts and weekly keys; as of cells (app/intake.py)
WEEKS_AHEAD = 30  # of weekly keys: a station makes 26
RECEIPTS_PER_DAY = 256
WEEKLY_KEYS_PER_DAY = 1024  # 26 of each of 32 lawyers, and some

View = Callable[..., Response]


def _routes(name: str) -> tuple[Blueprint, Callable[[str, str], Callable[[View], View]]]:
    blueprint = Blueprint(name, __name__)

    def route(method: str, path: str) -> Callable[[View], View]:
        return blueprint.route(path, methods=[method], provide_automatic_options=False)

    return blueprint, route


def check_session(sessions: Sessions) -> None:
    """Refuse a request without a living session, unless it asks for one.

    Raises:
        SessionNeededError
    """
    if (request.method, request.path) != ("POST", "/session"):
        sessions.check(_authorization())


def session(accounts: Accounts, sessions: Sessions, limits: Limits) -> Blueprint:
    """The routes that open and end a session."""
    blueprint, route = _routes("session")

    @route("POST", "/session")
    def open_session() -> Response:
        """A token for who knows an account's passphrase."""
        body = _body(MAX_LOGIN_BYTES, answers.JSON)
        try:
            accounts.check(*_login(body))
        except LoginRefusedError:
            limits.spend_failure()
            raise
        return answers.of_value({"token": sessions.open(), "minutes": sessions.minutes})

    @route("DELETE", "/session")
    def end_session() -> Response:
        """The token is dead."""
        sessions.close(sessions.check(_authorization()))
        return answers.nothing()

    return blueprint


def outgoing(store: Store, engine: Engine, directory: DirectoryMaker, now: Clock) -> Blueprint:
    """The routes that a courier reads."""
    blueprint, route = _routes("outgoing")

    @route("GET", "/listing")
    def get_listing() -> Response:
        """The names of all cells."""
        return answers.of_value(
            {
                "day": now().date().isoformat(),
                "messages": [digest.hex() for digest in store.digests(MESSAGES)],
                "parts": [digest.hex() for digest in store.digests(PARTS)],
            }
        )

    @route("GET", "/cells/<name>")
    def get_cell(name: str) -> Response:
        """One cell."""
        cell = store.cell(digest_of(name))
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


def incoming(writer: Writer, engine: Engine, now: Clock) -> Blueprint:
    """The routes on which a courier hands in what a station made."""
    blueprint, route = _routes("incoming")
    receipts, weekly_keys = DayBudget(RECEIPTS_PER_DAY), DayBudget(WEEKLY_KEYS_PER_DAY)

    @route("PUT", "/batches/<name>")
    def put_batch(name: str) -> Response:
        """The reply cells of one trip, all or none."""
        size = _published(engine).roster.policy.batch_size
        length = announced_length(request)
        check_type(request, answers.BINARY)
        if length != size * REPLY_CELL_BYTES:
            raise BatchSizeError("another size than the policy's")
        batch = _body(size * REPLY_CELL_BYTES, answers.BINARY)
        if hashlib.sha256(batch).digest() != digest_of(name):
            raise BatchDigestError("another hash")
        cells = split_batch(batch, size)
        writer.store(Deposit(REPLIES, [(hashlib.sha256(cell).digest(), cell) for cell in cells]))
        return answers.nothing()

    @route("PUT", "/receipts/<name>")
    def put_receipt(name: str) -> Response:
        """A station's statement that it holds cells."""
        envelope = _envelope(name, Receipt.max_envelope_bytes())
        published = _published(engine)
        receipt = open_receipt(envelope, published.roster, published.earlier_rosters, now())
        today = now().date()
        if receipt.week < week_of(today) - WEEKS_PAST:
            raise ReceiptWeekError("a receipt of long ago")
        if not knows_receipt(engine, envelope.payload_hash):
            receipts.spend(today)
            keep_receipt(engine, envelope, today)
            writer.tidy()
        return answers.nothing()

    @route("PUT", "/weekly-keys/<name>")
    def put_weekly_key(name: str) -> Response:
        """A lawyer's key of a week to come, for the directors to sign for."""
        envelope = _envelope(name, MAX_WEEKLY_KEY_BYTES)
        week = _check_weekly_key(envelope, _published(engine).roster)
        today = now().date()
        if not -WEEKS_PAST <= week - week_of(today) <= WEEKS_AHEAD:
            raise KeysWeekError(f"week {week}")
        if not knows_weekly_key(engine, envelope.payload_hash):
            weekly_keys.spend(today)
            with writing_traceless(engine, today) as connection:
                keep_weekly_key(connection, envelope)
            writer.tidy()
        return answers.nothing()

    return blueprint


def _authorization() -> str:
    return str(request.environ.get("HTTP_AUTHORIZATION", ""))


def _login(body: bytes) -> tuple[str, str]:
    """Account and passphrase.

    Raises:
        LoginRefusedError: nothing that could be either.
    """
    try:
        value = json.loads(body)
        account, passphrase = value["account"], value["passphrase"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise LoginRefusedError("no account and passphrase") from None
    if not isinstance(account, str) or not isinstance(passphrase, str):
        raise LoginRefusedError("no account and passphrase")
    return account, passphrase


def _published(engine: Engine) -> Held:
    published = held(engine)
    if published is None:
        raise DirectoryMissingError("nothing is published")
    return published


def _body(most: int, content_type: str) -> bytes:
    """The body of a small request, whole.

    Raises:
        LengthNeededError, ContentTypeError, DocumentMalformedError (more than *most*
            bytes), CellCutOffError: in this order.
    """
    length = announced_length(request)
    check_type(request, content_type)
    if length > most:
        raise DocumentMalformedError("too long")
    body = bytearray(length)
    read_body(request, memoryview(body))
    return bytes(body)


def _envelope(name: str, most: int) -> Envelope:
    """The envelope that a request hands in, if *name* is the hash of its payload."""
    envelope = dsse.parse_envelope(_body(most, answers.JSON), most)
    if envelope.payload_hash != digest_of(name):
        raise DocumentDigestError("another payload")
    return envelope


def _check_weekly_key(envelope: Envelope, roster: Roster) -> int:
    """The week of a weekly key that an active lawyer of *roster* signed for herself.

    Raises:
        DocumentMalformedError, DocumentTypeError, KeysUnknownLawyerError,
        DocumentSignaturesError: in this order.
    """
    dsse.check_type(envelope, WeeklyKey.PAYLOAD_TYPE)
    lawyer = roster.active.get(WeeklyKey.from_payload(envelope.payload).lawyer)
    if lawyer is None:
        raise KeysUnknownLawyerError("a weekly key of somebody who is not active")
    return open_weekly_key(envelope, lawyer.identity).week
