"""Second factors of accounts, what ends their sessions, and the acts at the desk."""

import os
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Accounts keep name and passphrase; each enrols a second factor at its next login."""
    before = sa.table("account", sa.column("name"), sa.column("passphrase"))
    kept = op.get_bind().execute(sa.select(before.c.name, before.c.passphrase)).all()
    op.drop_table("account")  # SQLite adds no column that is random in every row
    account = op.create_table(
        "account",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("passphrase", sa.String(200), nullable=False),
        sa.Column("epoch", sa.LargeBinary(16), nullable=False),
        sa.Column("secret", sa.LargeBinary(20), nullable=False),
        sa.Column("step", _KEY, nullable=False),
        sa.Column("recovery", sa.LargeBinary(320), nullable=False),
        sqlite_with_rowid=False,
    )
    without = {"secret": b"", "step": 0, "recovery": b""}
    op.bulk_insert(
        account,
        [
            {"name": name, "passphrase": passphrase, "epoch": os.urandom(16), **without}
            for name, passphrase in kept
        ],
    )
    op.create_table(
        "act",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("act", sa.String(20), primary_key=True),
        sa.Column("item", sa.String(8), primary_key=True),
        sa.Column("outcome", sa.String(40), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """There is no way back: restore a backup."""
    raise NotImplementedError
