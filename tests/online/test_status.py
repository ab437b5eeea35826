"""`buzon-server status`: what is well, what should worry the operator, and nothing more."""

import json
import shutil
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine

from app import cli
from app.box import Box, Deposit
from app.db import open_database, quick_check
from app.settings import Settings
from app.shelf import MESSAGES
from app.status import FREE_DISK_BYTES, status
from crypto.weeks import week_of
from tests.online import cells
from tests.online.conftest import NOON, TODAY

WEEK = week_of(TODAY)


@pytest.fixture
def engine(settings: Settings):
    engine = open_database(settings)
    yield engine
    engine.dispose()


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr("app.cli_status.utc_now", lambda: NOON)
    monkeypatch.setattr("app.tripwire.install", lambda: None)


def store(engine: Engine, count: int) -> None:
    box = Box(engine, {MESSAGES: 10_000})
    made = [cells.message(WEEK) for _ in range(count)]
    box.store([Deposit(MESSAGES, [(bytes.fromhex(cells.name(c)), c) for c in made])], TODAY)
    box.close()


def asked(settings: Settings, capsys, *options: str) -> tuple[int, dict]:
    code = cli.main(["status", "--data", str(settings.folder), "--json", *options])
    return code, json.loads(capsys.readouterr().out)


def codes(engine: Engine, settings: Settings, **later: int) -> list[str]:
    found = status(engine, settings, NOON + timedelta(**later))
    return [*(each.code for each in found.alarms), *(each.code for each in found.shortages)]


def test_json_keeps_what_it_had_and_tells_what_is_left(settings, engine, capsys):
    store(engine, 5)
    code, told = asked(settings, capsys)
    assert code == 0
    assert told.keys() == {
        *("slots", "taken", "days", "roster", "fresh_weeks", "key_weeks", "alarms"),
        *("free", "budget_left", "without_receipts", "shortages", "disk_free_bytes"),
        *("database_whole", "alarm_codes"),
    }
    assert told["free"] == {"messages": 19, "parts": 3, "replies": 64}
    assert told["budget_left"] == {"messages": 19, "parts": 3, "replies": 64}
    assert told["without_receipts"] == {"oldest": TODAY.isoformat(), "cells": 5}
    assert told["database_whole"] is None
    assert told["alarm_codes"] == told["alarms"] == told["shortages"] == []


def test_what_the_settings_allow_for_a_day_is_what_is_left_of_it(settings, engine, capsys):
    (settings.folder / "settings.toml").write_text("messages_per_day = 7\n")
    store(engine, 5)
    assert asked(settings, capsys)[1]["budget_left"]["messages"] == 2
    store(engine, 2)
    code, told = asked(settings, capsys)
    assert (code, told["alarm_codes"]) == (1, ["budget-spent"])
    assert told["budget_left"]["messages"] == 0


@pytest.mark.parametrize(("language", "word"), [("es", "mensajes"), ("en", "messages")])
def test_it_speaks_the_language_that_is_asked_for(settings, engine, capsys, language, word):
    store(engine, 22)
    said = []
    for options in ([], ["--check"]):
        arguments = ["status", "--data", str(settings.folder), "--language", language, *options]
        assert cli.main(arguments) == 1
        said.append(capsys.readouterr().out)
    assert all(f"{word}: 22" in each for each in said)
    other = {"es": "messages", "en": "mensajes"}[language]
    assert not any(other in each for each in said)
    assert asked(settings, capsys, "--language", language)[1]["alarm_codes"] == ["box-nearly-full"]


def test_alarms_stand_in_words_beside_their_codes(settings, engine, capsys):
    store(engine, 22)
    _, spanish = asked(settings, capsys, "--language", "es")
    _, english = asked(settings, capsys, "--language", "en")
    assert spanish["alarm_codes"] == english["alarm_codes"]
    assert spanish["alarms"] != english["alarms"]
    assert all(each[0].isupper() and each[-1] == "." for each in spanish["alarms"])


def test_what_runs_out_is_told_with_its_day_and_who(settings, engine):
    found = status(engine, settings, NOON + timedelta(days=20))
    assert {(each.code, each.untrusted_who) for each in found.shortages} == {
        ("freshness-ends", ""),
        *(("keys-end", name) for name in ("mezquite", "ceiba", "huizache")),
    }
    assert not any(each.over for each in found.shortages)
    assert "freshness-ends" in codes(engine, settings, weeks=4)


def test_a_disk_that_is_nearly_full_is_an_alarm(settings, engine, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=FREE_DISK_BYTES))
    assert "disk-nearly-full" not in codes(engine, settings)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=FREE_DISK_BYTES - 1))
    assert "disk-nearly-full" in codes(engine, settings)


def test_a_site_that_is_missing_is_an_alarm(settings, engine):
    settings.site.unlink()
    assert codes(engine, settings) == ["site-missing"]


def test_nothing_published_is_an_alarm_in_words(empty_settings, capsys):
    code, told = asked(empty_settings, capsys)
    assert (code, told["alarm_codes"]) == (1, ["nothing-published"])


def test_the_check_finds_a_database_that_is_whole(settings, engine, capsys):
    assert asked(settings, capsys, "--check")[1]["database_whole"] is True


def test_the_check_finds_damage(settings, engine, capsys):
    store(engine, 5)
    engine.dispose()
    pages = bytearray(settings.database_file.read_bytes())
    for start in range(8192 * 20, 8192 * 60, 8192):
        pages[start : start + 8] = b"\xff" * 8
    settings.database_file.write_bytes(pages)
    found = open_database(settings)
    assert quick_check(found, 20) is False
    found.dispose()


def test_the_check_ends_when_its_time_is_over(settings, engine, monkeypatch):
    monkeypatch.setattr("app.db.INSTRUCTIONS", 1)
    assert quick_check(engine, -1.0) is None
    assert quick_check(engine, 20) is True


def test_a_database_that_does_not_answer_is_refused_in_words(settings, capsys):
    settings.database_file.write_bytes(b"no database at all" * 1000)
    assert cli.main(["status", "--data", str(settings.folder)]) == 1
    assert "[server-busy]" in capsys.readouterr().err
