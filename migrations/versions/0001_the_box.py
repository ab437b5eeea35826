"""The box, what is published, receipts and accounts."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Every table of the first version."""
    for shelf in ("message", "part", "reply"):
        op.create_table(
            f"{shelf}_slot",
            sa.Column("slot", sa.Integer(), primary_key=True, autoincrement=False),
            sa.Column("day", sa.String(10), nullable=False),
            sa.Column("digest", sa.LargeBinary(32), nullable=False),
        )
        op.create_table(
            f"{shelf}_held",
            sa.Column("slot", sa.Integer(), primary_key=True, autoincrement=False),
            sa.Column("cell", sa.LargeBinary(), nullable=False),
        )
    op.create_table(
        "roster",
        sa.Column("serial", _KEY, primary_key=True, autoincrement=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "freshness",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
    )
    for name in ("weekly_key", "receipt"):
        op.create_table(
            name,
            sa.Column("digest", sa.LargeBinary(32), primary_key=True),
            sa.Column("envelope", sa.LargeBinary(), nullable=False),
            sqlite_with_rowid=False,
        )
    op.create_table(
        "account",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("passphrase", sa.String(200), nullable=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """There is no way back: restore a backup."""
    raise NotImplementedError
