"""Every table of the server.  A column is a confession: each stands in SECURITY.md,
"What the server knows", and a test fails when the two differ.

Only `app` and `migrations` depend on this module.

A shelf is a pair of tables with the same slots: what is known of a slot, and its
bytes, apart so that the first can be read whole in a moment.  Every row of a shelf is
made once, of fixed width, filled with random bytes, and only ever overwritten in place.
There is no index on `digest`: its pages would tell the order of arrival.
"""

from sqlalchemy import BigInteger, Integer, LargeBinary, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

DIGEST_BYTES = 32
DAY_CHARACTERS = 10
NAME_CHARACTERS = 40
PASSPHRASE_CHARACTERS = 200
EPOCH_BYTES = 16
SECRET_BYTES = 20  # RFC 4226, section 4, R6: the recommended length
RECOVERY_CODES = 10
ACT_CHARACTERS = 20
ITEM_CHARACTERS = 8
OUTCOME_CHARACTERS = 40

FREE = "0001-01-01"  # the day of a slot that holds nothing
FIRST_DAY = "0001-01-02"  # before the day of every cell

# SQLite gives only INTEGER keys to the row itself; others would get an index.
Key = BigInteger().with_variant(Integer(), "sqlite")

# SQLite would number the rows in the order in which they come.
UNNUMBERED = {"sqlite_with_rowid": False}


class Base(DeclarativeBase):
    """The metadata that migrations are compared with."""


class Slot:
    """What the server knows of one slot of a shelf."""

    slot: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    day: Mapped[str] = mapped_column(String(DAY_CHARACTERS))
    digest: Mapped[bytes] = mapped_column(LargeBinary(DIGEST_BYTES))


class Held:
    """What a slot holds: a cell, or random bytes of the same length."""

    slot: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    cell: Mapped[bytes] = mapped_column(LargeBinary)


class MessageSlot(Slot, Base):
    """A slot of 65,536 bytes."""

    __tablename__ = "message_slot"


class MessageHeld(Held, Base):
    """The bytes of a message slot."""

    __tablename__ = "message_held"


class PartSlot(Slot, Base):
    """A slot of 1,048,576 bytes."""

    __tablename__ = "part_slot"


class PartHeld(Held, Base):
    """The bytes of a part slot."""

    __tablename__ = "part_held"


class ReplySlot(Slot, Base):
    """A slot of 4,096 bytes, for the board."""

    __tablename__ = "reply_slot"


class ReplyHeld(Held, Base):
    """The bytes of a reply slot."""

    __tablename__ = "reply_held"


class RosterRow(Base):
    """A roster that was published.  The highest serial is the one that holds."""

    __tablename__ = "roster"

    serial: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    digest: Mapped[bytes] = mapped_column(LargeBinary(DIGEST_BYTES))
    envelope: Mapped[bytes] = mapped_column(LargeBinary)


class FreshnessRow(Base):
    """The one freshness that is published; row 1."""

    __tablename__ = "freshness"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    envelope: Mapped[bytes] = mapped_column(LargeBinary)


class WeeklyKeyRow(Base):
    """A weekly key, published or handed in to be signed for."""

    __tablename__ = "weekly_key"
    __table_args__ = UNNUMBERED

    digest: Mapped[bytes] = mapped_column(LargeBinary(DIGEST_BYTES), primary_key=True)
    envelope: Mapped[bytes] = mapped_column(LargeBinary)


class ReceiptRow(Base):
    """A receipt that a station signed."""

    __tablename__ = "receipt"
    __table_args__ = UNNUMBERED

    digest: Mapped[bytes] = mapped_column(LargeBinary(DIGEST_BYTES), primary_key=True)
    envelope: Mapped[bytes] = mapped_column(LargeBinary)


class Account(Base):
    """Who may speak to the desk."""

    __tablename__ = "account"
    __table_args__ = UNNUMBERED

    name: Mapped[str] = mapped_column(String(NAME_CHARACTERS), primary_key=True)
    passphrase: Mapped[str] = mapped_column(String(PASSPHRASE_CHARACTERS))
    epoch: Mapped[bytes] = mapped_column(LargeBinary(EPOCH_BYTES))  # a session holds the same
    secret: Mapped[bytes] = mapped_column(LargeBinary(SECRET_BYTES))  # empty: not enrolled yet
    step: Mapped[int] = mapped_column(Key)  # of the last code, while it could be replayed; else 0
    recovery: Mapped[bytes] = mapped_column(LargeBinary(RECOVERY_CODES * DIGEST_BYTES))


class ActRow(Base):
    """How often something happened at the desk on a day, with which outcome."""

    __tablename__ = "act"
    __table_args__ = UNNUMBERED

    day: Mapped[str] = mapped_column(String(DAY_CHARACTERS), primary_key=True)
    act: Mapped[str] = mapped_column(String(ACT_CHARACTERS), primary_key=True)
    item: Mapped[str] = mapped_column(String(ITEM_CHARACTERS), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(OUTCOME_CHARACTERS), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
