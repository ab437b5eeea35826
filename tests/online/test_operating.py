"""`buzon-server` as an operator uses it."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app import cli
from app.box import Box, Deposit, Store
from app.db import open_database
from app.expiry import Reason, delete_cells, delete_old_replies, verdicts
from app.folder import make_folder
from app.making import Plan
from app.published import held
from app.publishing import publish_folder
from app.receipts import keep_receipt
from app.settings import Settings, load_settings
from app.shelf import MESSAGES, PARTS, REPLIES
from app.status import status
from crypto.errors import BuzonError
from crypto.roster import Policy
from crypto.weeks import week_of
from tests.online import cells
from tests.online.conftest import NOON, TODAY
from tests.online.running import Line, running

WEEK = week_of(TODAY)


@pytest.fixture
def engine(settings: Settings):
    engine = open_database(settings)
    yield engine
    engine.dispose()


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr(cli, "utc_now", lambda: NOON)
    monkeypatch.setattr("app.cli_status.utc_now", lambda: NOON)
    # This process may have loaded, or may yet load, what a server's must not.
    monkeypatch.setattr("app.tripwire.install", lambda: None)
    monkeypatch.setenv("LANG", "en_US.UTF-8")


def store(engine: Engine, *bodies: bytes, shelf=MESSAGES, day=TODAY) -> list[bytes]:
    """Put cells into the box as of *day*; their digests."""
    digests = [sha256(body).digest() for body in bodies]
    box = Box(engine, {shelf: 10_000})
    deposits = [Deposit(shelf, [pair]) for pair in zip(digests, bodies, strict=True)]
    box.store(deposits, day)
    assert [deposit.refusal for deposit in deposits] == [None] * len(bodies)
    box.close()
    return digests


def run(*arguments: object) -> int:
    return cli.main([str(argument) for argument in arguments])


# ------------------------------------------------------------------ init


def test_init_makes_a_box_of_the_size_that_was_asked_for(tmp_path, organisation, capsys):
    (tmp_path / "trust.json").write_bytes(organisation.trust_envelope)
    data = tmp_path / "data"
    assert run("init", "--data", data, "--size", "16MiB", "--trust", tmp_path / "trust.json") == 0
    engine = open_database(Settings(folder=data))
    with engine.connect() as connection:
        counts = [len(shelf.index(connection).free) for shelf in (MESSAGES, PARTS, REPLIES)]
    engine.dispose()
    assert sum(n * s for n, s in zip(counts, (65_536, 1_048_576, 4_096), strict=True)) <= 16 << 20
    assert all(counts)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "trust.json"]


@pytest.mark.parametrize("size", ["64", "64GB", "-1GiB", "1.5GiB", ""])
def test_a_size_that_is_none_is_wrong_usage(tmp_path, size):
    with pytest.raises(SystemExit) as ended:
        run("init", "--data", tmp_path / "d", "--size", size, "--trust", "trust.json")
    assert ended.value.code == 2


@pytest.mark.parametrize(
    "what", ["full", "file", "no trust", "bad trust", "too small", "too large"]
)
def test_a_failed_init_leaves_everything_as_it_was(tmp_path, organisation, capsys, what):
    data, trust = tmp_path / "data", tmp_path / "trust.json"
    trust.write_bytes(organisation.trust_envelope)
    size = {"too small": "1MiB", "too large": "9999TiB"}.get(what, "16MiB")
    if what == "full":
        data.mkdir()
        (data / "something").write_text("mine")
    elif what == "file":
        data.write_text("mine")
    elif what == "no trust":
        trust.unlink()
    elif what == "bad trust":
        trust.write_bytes(organisation.trust_envelope.replace(b'"sig":"', b'"sig":"AAAA', 1))
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert run("init", "--data", data, "--size", size, "--trust", trust) == 1
    after = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert after == before
    assert "Traceback" not in capsys.readouterr().err


def test_no_slot_of_a_new_box_is_like_another(engine):
    with engine.connect() as connection:
        for shelf in (MESSAGES, PARTS, REPLIES):
            held_bytes = [shelf.cell(connection, s) for s in shelf.index(connection).free]
            assert len(set(held_bytes)) == len(held_bytes)
            assert {len(each) for each in held_bytes} == {shelf.size}


# ------------------------------------------------------------------ settings


@pytest.mark.parametrize(
    "text",
    ["threads = 0", 'threads = "8"', "threads = true", "unknown = 1", "= 1", 'folder = "x"',
     "circuit_ids = 1", "messages_per_day = -1"],
)  # fmt: skip
def test_settings_that_cannot_be_are_refused(settings, text, capsys):
    (settings.folder / "settings.toml").write_text(text)
    assert run("status", "--data", settings.folder) == 1
    assert "[settings]" in capsys.readouterr().err


def test_the_settings_file_that_init_writes_lists_every_setting(settings):
    written = (settings.folder / "settings.toml").read_text()
    fields = {name for name in Settings.__dataclass_fields__ if name not in {"folder", "database"}}
    assert {line.split()[1] for line in written.splitlines() if " = " in line} == fields
    (settings.folder / "settings.toml").write_text(
        "\n".join(line.removeprefix("# ") for line in written.splitlines() if " = " in line)
    )
    assert load_settings(settings.folder) == settings


def test_a_folder_that_is_no_servers_is_refused(tmp_path, capsys):
    assert run("status", "--data", tmp_path) == 1
    assert "[server-folder]" in capsys.readouterr().err


@pytest.mark.parametrize("output", [">/dev/full", ">&-", "| true"])
def test_who_cannot_tell_the_operator_ends_with_1_and_no_trace(settings, output):
    program = Path(sys.executable).with_name("buzon-server")
    answer = subprocess.run(
        ["bash", "-c", f'"$@" {output}; exit ${{PIPESTATUS[0]}}', "bash", program,
         *("status", "--data", settings.folder)],
        stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    assert answer.returncode == 1
    assert "[file-unwritable]" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert "Exception" not in answer.stderr


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("init", "[server-folder]"),
        ("publish", "[file-unreadable]"),
        ("weekly-keys", "[file-unwritable]"),
        ("status", "[settings]"),
    ],
)
def test_a_path_that_no_disk_takes_is_refused_in_words(
    settings, tmp_path, organisation, capsys, command, expected
):
    trust, longest = tmp_path / "trust.json", tmp_path / ("a" * 300)
    trust.write_bytes(organisation.trust_envelope)
    arguments = {
        "init": ("--data", longest, "--size", "16MiB", "--trust", trust),
        "status": ("--data", longest),
    }.get(command, ("--data", settings.folder, longest))
    assert run(command, *arguments) == 1
    assert expected in capsys.readouterr().err


# ------------------------------------------------------------------ publish


def test_what_is_published_twice_changes_nothing(settings, engine, organisation, tmp_path):
    before = held(engine)
    folder = organisation.publication(tmp_path / "again")
    assert run("publish", "--data", settings.folder, folder) == 0
    assert held(engine) == before


def test_the_next_roster_is_published_over_the_one_before(settings, engine, organisation, tmp_path):
    later = organisation.successor(revoked=("ceiba",))
    assert run("publish", "--data", settings.folder, later.publication(tmp_path / "next")) == 0
    published = held(engine)
    assert published is not None
    assert published.roster == later.roster
    assert published.earlier_rosters.keys() == {
        organisation.roster.payload_hash, later.roster.payload_hash,
    }  # fmt: skip


def rolled_back(organisation):
    return replace(organisation, policy=Policy(3, 4))


def skipped(organisation):
    return organisation.successor().successor()


def expired(organisation):
    return replace(organisation.successor(), today=TODAY - timedelta(days=90))


def of_others(organisation):
    return replace(organisation.successor(), directors=("mallory", "trudy", "oscar"))


def too_short(organisation):
    return replace(organisation.successor(), today=TODAY - timedelta(days=28))


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (rolled_back, "roster-fork"),
        (skipped, "roster-chain"),
        (expired, "roster-expired"),
        (of_others, "roster-signatures"),
        (too_short, "freshness-week"),
    ],
)
def test_a_publication_that_is_refused_changes_nothing(
    settings, engine, organisation, tmp_path, capsys, make, code
):
    before = held(engine)
    folder = make(organisation).publication(tmp_path / "refused")
    assert run("publish", "--data", settings.folder, folder) == 1
    assert f"[{code}]" in capsys.readouterr().err
    assert held(engine) == before


def test_an_earlier_roster_is_refused(settings, engine, organisation, tmp_path, capsys):
    later = organisation.successor()
    run("publish", "--data", settings.folder, later.publication(tmp_path / "next"))
    assert (
        run("publish", "--data", settings.folder, organisation.publication(tmp_path / "old")) == 1
    )
    assert "[roster-rollback]" in capsys.readouterr().err
    published = held(engine)
    assert published is not None
    assert published.roster == later.roster


@pytest.mark.parametrize("what", ["key missing", "key forged", "key of a stranger", "no roster"])
def test_a_folder_that_was_tampered_with_is_refused(
    settings, engine, organisation, tmp_path, capsys, what
):
    folder = organisation.publication(tmp_path / "tampered")
    files = sorted((folder / "weekly-keys").iterdir())
    if what == "key missing":
        files[0].unlink()
    elif what == "key forged":
        files[0].write_bytes(files[0].read_bytes().replace(b'"sig":"', b'"sig":"AAAA', 1))
    elif what == "key of a stranger":
        (folder / "weekly-keys" / "z.json").write_bytes(
            organisation.weekly_key("mallory", WEEK).to_json()
        )
    else:
        (folder / "roster.json").unlink()
    before = held(engine)
    assert run("publish", "--data", settings.folder, folder) == 1
    assert "Traceback" not in capsys.readouterr().err
    assert held(engine) == before


# ------------------------------------------------------------------ expire


def reasons(engine: Engine, today=TODAY) -> dict[bytes, Reason]:
    return {each.digest: each.reason for each in verdicts(engine, held(engine), today)}


def test_a_cell_that_nobody_signed_for_stays(engine):
    (digest,) = store(engine, cells.message(WEEK))
    assert reasons(engine, TODAY + timedelta(weeks=500)) == {digest: Reason.TOO_FEW}


def test_a_cell_that_all_active_lawyers_hold_goes_at_once(engine, organisation):
    held_digest, other = store(engine, cells.message(WEEK), cells.message(WEEK))
    for name in organisation.lawyers:
        keep_receipt(engine, organisation.receipt(name, [held_digest]))
    assert reasons(engine) == {held_digest: Reason.ALL, other: Reason.TOO_FEW}


def test_a_cell_that_enough_lawyers_hold_goes_after_the_policys_weeks(engine, organisation):
    (digest,) = store(engine, cells.part(), shelf=PARTS)
    for name in organisation.lawyers[:2]:
        keep_receipt(engine, organisation.receipt(name, [digest]))
    assert reasons(engine, TODAY + timedelta(days=27)) == {digest: Reason.YOUNG}
    assert reasons(engine, TODAY + timedelta(days=28)) == {digest: Reason.ENOUGH}


def test_a_lawyer_counts_once_for_a_cell(engine, organisation):
    (digest,) = store(engine, cells.message(WEEK))
    for week in range(WEEK - 3, WEEK):
        keep_receipt(engine, organisation.receipt("ceiba", [digest], week=week))
    assert reasons(engine, TODAY + timedelta(weeks=9)) == {digest: Reason.TOO_FEW}


def test_a_revoked_lawyer_does_not_count(engine, organisation, tmp_path):
    (digest,) = store(engine, cells.message(WEEK))
    for name in ("ceiba", "mezquite"):
        keep_receipt(engine, organisation.receipt(name, [digest]))
    later = organisation.successor(revoked=("ceiba",))
    publish_folder(engine, later.publication(tmp_path / "next"), organisation.trust, NOON)
    assert reasons(engine, TODAY + timedelta(weeks=9)) == {digest: Reason.TOO_FEW}
    keep_receipt(engine, later.receipt("huizache", [digest]))
    assert reasons(engine) == {digest: Reason.ALL}


def test_expire_deletes_only_when_told_and_tells_why(settings, engine, organisation, capsys):
    goes, stays = cells.message(WEEK), cells.message(WEEK)
    digest, other = store(engine, goes, stays)
    for name in organisation.lawyers:
        keep_receipt(engine, organisation.receipt(name, [digest]))
    for option in ((), ("--dry-run",)):
        assert run("expire", "--data", settings.folder, *option, "--json") == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["would_delete"], told["deleted"]) == (1, 0)
    assert Store(engine).digests(MESSAGES) == sorted([digest, other])
    assert run("expire", "--data", settings.folder, "--yes", "--language", "en") == 0
    assert "1 cells deleted" in capsys.readouterr().out
    assert Store(engine).digests(MESSAGES) == [other]
    engine.dispose()
    stored = settings.database_file.read_bytes()
    assert goes[:900] not in stored
    assert digest not in stored.replace(organisation.receipt("ceiba", [digest]).payload, b"")
    assert stays[:900] in stored


def test_a_deleted_slot_is_used_again(engine, organisation):
    first = store(engine, *(cells.message(WEEK) for _ in range(24)))
    for name in organisation.lawyers:
        keep_receipt(engine, organisation.receipt(name, first[:5]))
    assert delete_cells(engine, verdicts(engine, held(engine), TODAY)) == 5
    assert len(store(engine, *(cells.message(WEEK) for _ in range(5)))) == 5


def test_old_replies_are_deleted_too(engine):
    store(engine, cells.batch(1), shelf=REPLIES)
    assert delete_old_replies(engine, TODAY + timedelta(days=13)) == 0
    assert delete_old_replies(engine, TODAY + timedelta(days=14)) == 1


def test_nothing_expires_while_nothing_is_published(empty_settings, capsys):
    assert run("expire", "--data", empty_settings.folder, "--yes") == 1
    assert "[directory-missing]" in capsys.readouterr().err


def test_a_server_that_runs_sees_what_expire_freed(engine, organisation):
    box = Box(engine, {MESSAGES: 10_000})
    bodies = [cells.message(WEEK) for _ in range(24)]
    digests = [sha256(body).digest() for body in bodies]
    box.store([Deposit(MESSAGES, list(zip(digests, bodies, strict=True)))], TODAY)
    full = Deposit(MESSAGES, [(bytes(32), cells.message(WEEK))])
    box.store([full], TODAY)
    assert full.refusal is not None
    for name in organisation.lawyers:
        keep_receipt(engine, organisation.receipt(name, digests[:1]))
    delete_cells(engine, verdicts(engine, held(engine), TODAY))
    again = Deposit(MESSAGES, [(bytes(32), cells.message(WEEK))])
    box.store([again], TODAY)
    assert again.refusal is None
    box.close()


# ------------------------------------------------------------------ status


def test_a_server_where_all_is_well_has_no_alarm(settings, capsys):
    assert run("status", "--data", settings.folder, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["alarms"] == []
    assert told["slots"] == {"messages": 24, "parts": 3, "replies": 64}
    assert [each["week"] for each in told["fresh_weeks"]] == list(range(WEEK, WEEK + 4))
    assert told["key_weeks"] == {"mezquite": 4, "ceiba": 4, "huizache": 4}


def test_status_counts_by_day(settings, engine, capsys):
    store(engine, cells.message(WEEK))
    store(engine, cells.message(WEEK), cells.message(WEEK), day=TODAY - timedelta(days=1))
    run("status", "--data", settings.folder, "--language", "en")
    told = capsys.readouterr().out
    assert "2026-03-17: 2 messages" in told
    assert "2026-03-18: 1 messages" in told


@pytest.mark.parametrize(
    ("later", "codes"),
    [
        (3, []),
        (4, ["freshness-ends"]),
        (26, ["freshness-ends"]),
        (60, ["roster-ends"]),
        (71, ["roster-ends"]),
    ],
)
def test_what_is_about_to_expire_is_an_alarm(settings, engine, later, codes):
    found = status(engine, settings, NOON + timedelta(days=later))
    assert set(codes) <= {each.code for each in found.shortages}
    assert bool(codes) == bool(found.told("en"))


def test_a_full_box_and_a_changed_site_are_alarms(settings, engine, capsys):
    store(engine, *(cells.message(WEEK) for _ in range(22)))
    settings.site.unlink()
    settings.site.mkdir()
    (settings.site / "manifest.json").write_text('{"files": [{"path": "x.js", "sha256": ""}]}')
    assert run("status", "--data", settings.folder, "--language", "en") == 1
    told = capsys.readouterr().out
    assert "! The box is nearly full of messages:" in told
    assert "! The witness site differs from its manifest:" in told


def test_nothing_published_is_an_alarm(empty_settings):
    assert run("status", "--data", empty_settings.folder) == 1


# ------------------------------------------------------------------ site, keys


def test_the_site_is_built_again_the_same(empty_settings, made_empty):
    empty_settings.site.unlink()
    assert run("site", "--data", empty_settings.folder) == 0
    before, after = made_empty / "site", empty_settings.site
    names = {path.relative_to(before) for path in before.rglob("*")}
    assert names == {path.relative_to(after) for path in after.rglob("*")}
    assert all(
        (after / n).read_bytes() == (before / n).read_bytes()
        for n in names
        if (after / n).is_file()
    )
    assert not (empty_settings.folder / ".site.new").exists()


def test_upgrade_changes_nothing_where_nothing_is_to_be_done(settings, engine):
    before = held(engine)
    assert run("upgrade", "--data", settings.folder) == 0
    assert held(engine) == before


def test_weekly_keys_are_written_for_the_directors(settings, tmp_path):
    assert run("weekly-keys", "--data", settings.folder, tmp_path / "keys") == 0
    assert len(list((tmp_path / "keys").glob("*.json"))) == 12


@pytest.mark.parametrize(
    "address", ["0.0.0.0:0", "192.0.2.1:0", "box.test:0", "127.0.0.1", "x", ""]
)
def test_the_server_listens_to_this_machine_only(settings, address, capsys):
    assert run("serve", "--data", settings.folder, "--intake", address) == 1
    assert "[server-address]" in capsys.readouterr().err


def test_the_server_runs_no_code_of_the_folder_that_the_operator_stands_in(settings, tmp_path):
    for name in ("app.py", "flask.py", "sqlalchemy.py", "secrets.py", "sitecustomize.py"):
        (tmp_path / name).write_text("from pathlib import Path\nPath(__file__ + '.ran').touch()\n")
    with running(settings.folder, standing_in=tmp_path) as server, Line(server.intake) as line:
        line.send(b"GET /board/size HTTP/1.1\r\nHost: box.test\r\n\r\n")
        assert line.answer().status == 200
    assert not list(tmp_path.glob("*.ran"))


def test_a_refusal_is_said_in_the_language_that_was_asked_for(tmp_path, capsys):
    run("status", "--data", tmp_path, "--language", "es")
    spanish = capsys.readouterr().err
    run("status", "--data", tmp_path, "--language", "en")
    assert spanish != capsys.readouterr().err


def test_making_is_thrown_away_when_it_fails(tmp_path, organisation, monkeypatch):
    def broken(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.folder.make_box", broken)
    with pytest.raises(BuzonError):
        make_folder(tmp_path / "data", organisation.trust_envelope, Plan(1, 1, 1))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["publish", "weekly-keys", "upgrade"])
def test_what_was_done_is_said_in_the_language_that_was_asked_for(
    settings, organisation, tmp_path, monkeypatch, capsys, command
):
    monkeypatch.setattr("app.cli.utc_now", lambda: NOON)
    folder = {
        "publish": [organisation.publication(tmp_path / "publication")],
        "weekly-keys": [tmp_path / "keys"],
    }.get(command, [])
    said = []
    for language in ("es", "en"):
        assert run(command, *folder, "--data", settings.folder, "--language", language) == 0
        said.append(capsys.readouterr().out)
    assert said[0] != said[1]
    assert re.search(r"\b(el|la|los)\b", said[0])
    assert re.search(r"\b(the|of|to)\b", said[1])
