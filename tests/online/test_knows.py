"""SECURITY.md, "What the server knows", is all that it knows: compared both ways."""

import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from app.db import open_database
from app.headers import DESCRIBING, FIXED, FIXED_OF_DESK, OF_DESK
from app.logs import FIELDS
from app.making import migrate
from app.models import Base
from app.settings import Settings

ROW = re.compile(r"^\|\s*`([^`]+)`\s*\|(.*)\|\s*$", re.MULTILINE)


@pytest.fixture(scope="module")
def knows(checkout: Path) -> dict[str, dict[str, str]]:
    """Heading -> first column -> the others."""
    text = (checkout / "SECURITY.md").read_text("utf-8")
    parts = re.split(r"^## What the server knows\s*$", text, flags=re.MULTILINE)
    assert len(parts) == 2
    section = re.split(r"^## ", parts[1], flags=re.MULTILINE)[0]
    _, *tables = re.split(r"^### (.+)$", section, flags=re.MULTILINE)
    return {
        heading: dict(ROW.findall(table))
        for heading, table in zip(tables[::2], tables[1::2], strict=True)
    }


def test_every_column_of_the_database_is_listed_and_every_listed_column_is_there(knows, tmp_path):
    engine = open_database(Settings(folder=tmp_path))
    migrate(engine)
    found = inspect(engine)
    columns = {
        f"{table}.{column['name']}"
        for table in found.get_table_names()
        for column in found.get_columns(table)
    }
    engine.dispose()
    assert knows["Database columns"].keys() == columns


def test_every_header_is_listed_and_every_listed_header_is_sent(knows):
    sent = {name for name, _ in FIXED + FIXED_OF_DESK} | {*DESCRIBING, *OF_DESK, "Connection"}
    assert knows["Response headers"].keys() == sent


def test_every_field_of_the_log_is_listed_and_every_listed_field_is_written(knows):
    assert knows["Log fields"].keys() == set(FIELDS)


def test_every_row_says_what_it_holds(knows):
    for rows in knows.values():
        assert [name for name, rest in rows.items() if not rest.strip(" |")] == []


def test_the_migrations_end_where_the_models_are(tmp_path):
    engine = open_database(Settings(folder=tmp_path))
    migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_no_index_on_disk_tells_the_order_of_cells(tmp_path):
    engine = open_database(Settings(folder=tmp_path))
    migrate(engine)
    with engine.connect() as connection:
        indexes = connection.exec_driver_sql(
            "SELECT tbl_name FROM sqlite_master WHERE type = 'index'"
        ).scalars()
        assert not [name for name in indexes if name.endswith(("_slot", "_held"))]
    engine.dispose()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("secure_delete", 1), ("auto_vacuum", 0)],
)
def test_the_database_is_opened_as_promised(tmp_path, pragma, value):
    engine = open_database(Settings(folder=tmp_path))
    migrate(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() == value
    engine.dispose()
