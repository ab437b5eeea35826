"""Backup and restore: whole, encrypted, while the server works; or nothing at all."""

import io
import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from app import cli
from app.accounts import Accounts
from app.backup import step_of, write_backup
from app.box import Box, Deposit, Store
from app.clock import utc_now
from app.courier.connection import Connection, Desk
from app.courier.login import Login
from app.courier.progress import Progress
from app.courier.pull import pull
from app.db import open_database
from app.making import Plan, make_box, migrate
from app.published import held
from app.publishing import publish_folder
from app.receipts import keep_receipt, knows_receipt
from app.settings import Settings
from app.shelf import MESSAGES, PARTS, REPLIES
from crypto.stick import Folder
from crypto.weeks import week_of
from tests.online import cells
from tests.online.conftest import ACCOUNT, PASSPHRASE, SECRET, TODAY, code_at, copied
from tests.online.organisation import Organisation
from tests.online.running import Line, put, running

WEEK = week_of(TODAY)
SENDERS = 8


@pytest.fixture(scope="module")
def keys(tmp_path_factory) -> tuple[Path, str]:
    """The operator's identity file, and its recipient."""
    file = tmp_path_factory.mktemp("keys") / "backup.key"
    made = subprocess.run(["age-keygen", "-o", file], capture_output=True, text=True, check=True)
    return file, made.stderr.removeprefix("Public key: ").strip()


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    engine = open_database(settings)
    yield engine
    engine.dispose()


def server(*arguments: object, home: Path | None = None, **options) -> subprocess.CompletedProcess:
    """Run `buzon-server`, in a home folder of its own where *home* is given."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home or "/nonexistent"), "LANG": "en"}
    return subprocess.run(
        [Path(sys.executable).with_name("buzon-server"), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=environment,
        **options,
    )


def back_up(settings: Settings, out: Path, recipient: str) -> subprocess.CompletedProcess:
    return server("backup", "--data", settings.folder, "--out", out, "--recipient", recipient)


def restore(source: Path, identity: Path, data: Path, **options) -> subprocess.CompletedProcess:
    arguments = ("--from", source, "--identity-file", identity, "--data", data)
    return server("restore", *arguments, **options)


def store(engine: Engine, *bodies: bytes, shelf=MESSAGES) -> None:
    box = Box(engine, {shelf: 10_000})
    deposit = Deposit(shelf, [(sha256(body).digest(), body) for body in bodies])
    box.store([deposit], TODAY)
    assert deposit.refusal is None
    box.close()


def everything(settings: Settings) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table; free slots without their random bytes."""
    engine = open_database(settings)
    found: dict[str, list[tuple[object, ...]]] = {}
    with engine.connect() as connection:
        names = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        ).scalars()
        for name in list(names):
            rows = connection.exec_driver_sql(f'SELECT * FROM "{name}"').all()
            found[name] = sorted(map(tuple, rows), key=repr)
    engine.dispose()
    return found


# ------------------------------------------------------------------ there and back


def test_everything_comes_back_and_no_key_of_the_backup_was_needed(
    settings, engine, organisation, keys, tmp_path
):
    identity, recipient = keys
    store(engine, *(cells.message(WEEK) for _ in range(9)))
    store(engine, cells.part(), shelf=PARTS)
    store(engine, cells.batch(1), shelf=REPLIES)
    receipt = organisation.receipt("ceiba", [bytes(32)])
    keep_receipt(engine, receipt)
    (settings.folder / "settings.toml").write_text("threads = 7\n")
    (settings.organisation / "es.txt").write_text("Leemos el buzón los lunes.", "utf-8")
    engine.dispose()
    made = back_up(settings, tmp_path / "box.age", recipient)
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "box.age").stat().st_mode & 0o777 == 0o600
    home = tmp_path / "another machine"
    home.mkdir()
    ended = restore(tmp_path / "box.age", identity, home / "data", home=home)
    assert ended.returncode == 0, ended.stderr
    assert "11 cells" in ended.stdout
    assert everything(Settings(folder=home / "data")) == everything(settings)
    assert (home / "data" / "settings.toml").read_text() == "threads = 7\n"
    assert (home / "data" / "trust.json").read_bytes() == organisation.trust_envelope
    assert "los lunes" in (home / "data" / "site" / "index.html").read_text("utf-8")
    assert not (home / "data" / "organisation" / "en.txt").exists()
    assert (home / "data").stat().st_mode & 0o777 == 0o700
    assert sorted(path.name for path in home.iterdir()) == ["data"]
    told = server("status", "--data", home / "data", "--json", "--check")
    assert json.loads(told.stdout)["database_whole"] is True
    assert "site-missing" not in told.stdout
    assert knows_receipt(open_database(Settings(folder=home / "data")), receipt.payload_hash)


def test_restored_slots_lie_where_they_lay_and_a_backup_is_as_long_as_the_box(
    settings, engine, keys, tmp_path
):
    identity, recipient = keys
    assert back_up(settings, tmp_path / "empty.age", recipient).returncode == 0
    store(engine, *(cells.message(WEEK) for _ in range(20)))
    assert back_up(settings, tmp_path / "full.age", recipient).returncode == 0
    sizes = [(tmp_path / f"{name}.age").stat().st_size for name in ("empty", "full")]
    assert sizes[0] == sizes[1]
    assert restore(tmp_path / "full.age", identity, tmp_path / "new").returncode == 0
    other = open_database(Settings(folder=tmp_path / "new"))
    with engine.connect() as before, other.connect() as after:
        assert MESSAGES.index(before).where == MESSAGES.index(after).where
    other.dispose()


def test_nothing_in_a_backup_can_be_read_without_the_identity(settings, engine, keys, tmp_path):
    cell = cells.message(WEEK)
    store(engine, cell)
    assert back_up(settings, tmp_path / "box.age", keys[1]).returncode == 0
    content = (tmp_path / "box.age").read_bytes()
    for piece in (cell[:64], cell[-64:], b"trust.json", b"argon2", b"mezquite"):
        assert piece not in content


def test_a_broken_cell_and_one_that_is_there_twice_are_left_out_and_told(
    settings, engine, keys, tmp_path
):
    good, broken = cells.message(WEEK), cells.message(WEEK)
    store(engine, good, broken)
    with engine.begin() as connection:
        slots = MESSAGES.index(connection)
        connection.exec_driver_sql(
            "UPDATE message_held SET cell = ? WHERE slot = ?",
            (cells.message(WEEK), slots.where[sha256(broken).digest()]),
        )
        free = slots.free[0]
        connection.exec_driver_sql(
            "UPDATE message_slot SET day = ?, digest = ? WHERE slot = ?",
            (TODAY.isoformat(), sha256(good).digest(), free),
        )
        connection.exec_driver_sql("UPDATE message_held SET cell = ? WHERE slot = ?", (good, free))
    assert back_up(settings, tmp_path / "box.age", keys[1]).returncode == 0
    ended = restore(tmp_path / "box.age", keys[0], tmp_path / "new")
    assert "1 were damaged" in ended.stdout
    other = open_database(Settings(folder=tmp_path / "new"))
    assert Store(other).digests(MESSAGES) == [sha256(good).digest()]
    assert broken[:900] not in (tmp_path / "new" / "buzon.db").read_bytes()
    other.dispose()


# ------------------------------------------------------------------ under load


def send_until_told(to, acknowledged, sent, stop, week):
    with Line(to) as line:
        while not stop.is_set():
            cell = cells.message(week)
            name = cells.name(cell)
            sent[name] = cell
            line.send(put(name, cell))
            if line.answer().status != 204:
                return
            acknowledged.add(name)


@pytest.mark.slow
def test_a_backup_under_load_holds_every_cell_acknowledged_before_and_lets_the_log_be_emptied(
    made_empty, keys, tmp_path
):
    now = datetime.now(UTC)
    organisation = Organisation(now.date())
    settings = copied(made_empty, tmp_path / "data")
    settings.database_file.unlink()
    engine = open_database(settings, making=True)
    migrate(engine)
    make_box(engine, Plan(messages=3_000, parts=20, replies=16))
    engine.dispose()
    engine = open_database(settings)
    Accounts(engine).add(ACCOUNT, PASSPHRASE)
    Accounts(engine).enrol(ACCOUNT, SECRET)
    publish_folder(engine, organisation.publication(tmp_path / "p"), organisation.trust, now)
    engine.dispose()
    (settings.folder / "settings.toml").write_text(
        'shared_rate = "1000000 per minute"\nmessages_per_day = 100000\n'
    )
    acknowledged: set[str] = set()
    sent: dict[str, bytes] = {}
    stop = threading.Event()
    log = settings.database_file.with_name("buzon.db-wal")
    longest = 0
    with running(settings.folder) as serving:
        arguments = (serving.intake, acknowledged, sent, stop, week_of(now.date()))
        senders = [threading.Thread(target=send_until_told, args=arguments) for _ in range(SENDERS)]
        for sender in senders:
            sender.start()
        wait_for(lambda: len(acknowledged) > 100)
        before = set(acknowledged)
        backing = threading.Thread(
            target=lambda: ended.append(back_up(settings, tmp_path / "box.age", keys[1]))
        )
        ended: list[subprocess.CompletedProcess] = []
        backing.start()
        while backing.is_alive():
            longest = max(longest, log.stat().st_size)
            time.sleep(0.01)
        during = len(acknowledged) - len(before)
        stop.set()
        for sender in senders:
            sender.join()
        wait_for(lambda: log.stat().st_size == 0)
    assert ended[0].returncode == 0, ended[0].stderr
    assert during > 20
    assert longest < 64 * 2**20
    home = tmp_path / "another machine"
    home.mkdir()
    assert restore(tmp_path / "box.age", keys[0], home / "data", home=home).returncode == 0
    pouch = home / "stick"
    pouch.mkdir()
    with running(home / "data") as serving:
        desk = f"http://{serving.desk[0]}:{serving.desk[1]}"
        with (
            Connection(desk) as connection,
            Desk(connection, ACCOUNT, lambda _: Login(PASSPHRASE, code_at(utc_now()))) as session,
            Folder.open(pouch) as folder,
        ):
            pulled = pull(session, folder, Progress(None, time.monotonic), lambda *_: None)
        intake = f"http://{serving.intake[0]}:{serving.intake[1]}"
        assert httpx.get(f"{intake}/", trust_env=False).status_code == 200
    assert pulled.wrong == pulled.gone == []
    arrived = {path.name: path.read_bytes() for path in (pouch / "cells").iterdir()}
    assert before <= arrived.keys() <= sent.keys()
    assert all(sent[name] == cell for name, cell in arrived.items())


def wait_for(holds) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


# ------------------------------------------------------------------ or nothing


@pytest.fixture
def backed_up(settings: Settings, engine: Engine, keys: tuple[Path, str], tmp_path: Path) -> Path:
    store(engine, *(cells.message(WEEK) for _ in range(5)))
    out = tmp_path / "backups" / "box.age"
    out.parent.mkdir()
    assert back_up(settings, out, keys[1]).returncode == 0
    return out


def refused(ended: subprocess.CompletedProcess, code: str) -> bool:
    assert "Traceback" not in ended.stderr
    return ended.returncode == 1 and f"[{code}]" in ended.stderr


def test_another_identity_opens_nothing(backed_up, tmp_path):
    other = tmp_path / "other.key"
    subprocess.run(["age-keygen", "-o", other], capture_output=True, check=True)
    ended = restore(backed_up, other, tmp_path / "new" / "data")
    assert refused(ended, "backup-unreadable")
    assert not any((tmp_path / "new").glob("*"))


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.99, 0.9999])
def test_a_backup_that_is_cut_off_makes_nothing(backed_up, keys, tmp_path, kept):
    content = backed_up.read_bytes()
    backed_up.write_bytes(content[: int(len(content) * kept)])
    ended = restore(backed_up, keys[0], tmp_path / "new" / "data")
    assert refused(ended, "backup-unreadable")
    assert not any((tmp_path / "new").glob("*"))


def test_a_backup_with_one_flipped_bit_makes_nothing(backed_up, keys, tmp_path):
    content = bytearray(backed_up.read_bytes())
    content[len(content) // 2] ^= 1
    backed_up.write_bytes(content)
    ended = restore(backed_up, keys[0], tmp_path / "new" / "data")
    assert refused(ended, "backup-unreadable")
    assert not any((tmp_path / "new").glob("*"))


def members(settings: Settings) -> list[tuple[str, bytes]]:
    """The members of a backup, unencrypted."""
    out = io.BytesIO()
    engine = open_database(settings)
    write_backup(engine, settings, out, TODAY)
    engine.dispose()
    out.seek(0)
    with tarfile.open(fileobj=out) as tar:
        files = [(entry.name, tar.extractfile(entry)) for entry in tar]
        return [(name, file.read()) for name, file in files if file is not None]


def encrypted(made: list[tuple[str, bytes]], recipient: str, out: Path) -> Path:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in made:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    command = ["age", "-r", recipient, "-o", str(out)]
    subprocess.run(command, input=plain.getvalue(), check=True)
    return out


def test_the_members_are_those_of_the_specification(settings):
    names = [name for name, _ in members(settings)]
    assert names == [
        *("about.json", "settings.toml", "trust.json"),
        *("organisation/es.txt", "organisation/en.txt", "tables.db"),
        *("message/00000000", "part/00000000", "reply/00000000", "manifest.json"),
    ]
    assert (step_of(MESSAGES), step_of(PARTS), step_of(REPLIES)) == (64, 4, 1024)


def with_statement(statement: str) -> Callable[[bytes], bytes]:
    """Tables after one *statement*."""

    def change(tables: bytes) -> bytes:
        memory = sqlite3.connect(":memory:")
        memory.deserialize(tables)
        memory.execute(statement)
        memory.commit()
        changed = memory.serialize()
        memory.close()
        return changed

    return change


TRIGGER = "CREATE TRIGGER t AFTER INSERT ON account BEGIN DELETE FROM receipt; END"


def manifest_of(made: list[tuple[str, bytes]]) -> bytes:
    listed = [
        {"name": name, "bytes": len(content), "sha256": sha256(content).hexdigest()}
        for name, content in made
    ]
    return json.dumps({"members": listed}).encode()


Members = list[tuple[str, bytes]]


def with_content(name: str, change: Callable[[bytes], bytes]) -> Callable[[Members], Members]:
    """Members of which one has a changed content."""
    return lambda made: [(each, change(body) if each == name else body) for each, body in made]


FALSE: dict[str, Callable[[Members], Members]] = {
    "a member missing": lambda made: [pair for pair in made if pair[0] != "part/00000000"],
    "another order": lambda made: [*made[:6], made[5], made[4], *made[6:]],
    "one too many": lambda made: [*made, ("reply/00001024", b"")],
    "a path": lambda made: [("../planted", b"x"), *made],
    "a slot too few": with_content("message/00000000", lambda body: body[: -(65_536 + 46)]),
    "slots in another order": with_content(
        "part/00000000", lambda body: body[1_048_622:] + body[:1_048_622]
    ),
    "a trigger": with_content("tables.db", with_statement(TRIGGER)),
    "a view": with_content("tables.db", with_statement("CREATE VIEW v AS SELECT 1")),
    "a table too many": with_content("tables.db", with_statement("CREATE TABLE more (x)")),
    "a virtual table": with_content(
        "tables.db", with_statement("CREATE VIRTUAL TABLE more USING fts5(x)")
    ),
    "an index of an expression": with_content(
        "tables.db", with_statement("CREATE INDEX i ON message_slot (hex(digest))")
    ),
    "a column that is worked out": with_content(
        "tables.db", with_statement("ALTER TABLE account ADD COLUMN x AS (length(name))")
    ),
    "a table too few": with_content("tables.db", with_statement("DROP TABLE receipt")),
    "tables of a newer program": with_content(
        "tables.db", with_statement("UPDATE alembic_version SET version_num = '9999'")
    ),
    "settings that cannot be": with_content("settings.toml", lambda _: b"threads = 0"),
    "a database elsewhere": with_content(
        "settings.toml", lambda _: b'database = "sqlite:////tmp/elsewhere.db"'
    ),
    "damaged tables": with_content("tables.db", lambda _: b"SQLite format 3\0" + bytes(8_000)),
    "another version": with_content("about.json", lambda body: body.replace(b"/v1", b"/v2")),
    "a number that is no count": with_content(
        "about.json", lambda body: body.replace(b'"message": 24', b'"message": -1')
    ),
    "a forged trust": with_content(
        "trust.json", lambda body: body.replace(b'"sig":"', b'"sig":"AAAA', 1)
    ),
    "a trust that is none": with_content("trust.json", lambda _: b"{}"),
}


@pytest.mark.parametrize("what", FALSE)
def test_a_false_archive_of_somebody_who_knows_the_recipient_makes_no_folder(
    settings, keys, tmp_path, what
):
    made = FALSE[what](members(settings)[:-1])
    made.append(("manifest.json", manifest_of(made)))
    source = encrypted(made, keys[1], tmp_path / "false.age")
    ended = restore(source, keys[0], tmp_path / "new" / "data")
    assert refused(ended, "backup-unreadable"), ended.stderr
    assert not any((tmp_path / "new").glob("*"))


def test_a_changed_slot_and_a_missing_manifest_are_noticed(settings, keys, tmp_path):
    *made, manifest = members(settings)
    name, body = made[6]
    changed = [*made[:6], (name, body[:-1] + bytes([body[-1] ^ 1])), *made[7:], manifest]
    for number, archive in enumerate((changed, made)):
        source = encrypted(archive, keys[1], tmp_path / f"{number}.age")
        ended = restore(source, keys[0], tmp_path / "new" / "data")
        assert refused(ended, "backup-unreadable")
        assert not any((tmp_path / "new").glob("*"))


@pytest.mark.parametrize("what", ["no archive", "a link"])
def test_what_is_no_archive_or_holds_a_link_makes_no_folder(keys, tmp_path, what):
    plain = io.BytesIO(b"hello" * 999)
    if what == "a link":
        with tarfile.open(fileobj=plain, mode="w") as tar:
            entry = tarfile.TarInfo("about.json")
            entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
            tar.addfile(entry)
    source = tmp_path / "false.age"
    subprocess.run(["age", "-r", keys[1], "-o", source], input=plain.getvalue(), check=True)
    ended = restore(source, keys[0], tmp_path / "new" / "data")
    assert refused(ended, "backup-unreadable")
    assert not any((tmp_path / "new").glob("*"))


def test_the_same_archive_unchanged_is_restored(settings, keys, tmp_path):
    source = encrypted(members(settings), keys[1], tmp_path / "true.age")
    ended = restore(source, keys[0], tmp_path / "new" / "data")
    assert ended.returncode == 0, ended.stderr


NUMBERED = """
    CREATE TABLE other AS SELECT * FROM receipt;
    DROP TABLE receipt;
    CREATE TABLE receipt (digest BLOB NOT NULL, envelope BLOB NOT NULL CHECK (digest <> x'00'));
    INSERT INTO receipt SELECT * FROM other;
    DROP TABLE other;
    INSERT INTO message_slot VALUES (99, '2026-03-18', zeroblob(32));
    PRAGMA auto_vacuum = FULL;
    VACUUM
"""


def with_tables_of_her_own(tables: bytes) -> bytes:
    with sqlite3.connect(":memory:", isolation_level=None) as memory:
        memory.deserialize(tables)
        memory.executescript(NUMBERED)
        changed = memory.serialize()
    memory.close()
    return changed


def test_a_false_archive_brings_rows_and_no_table_of_its_maker(
    settings, engine, organisation, keys, tmp_path
):
    keep_receipt(engine, organisation.receipt("ceiba", [bytes(32)]))
    engine.dispose()
    made = with_content("tables.db", with_tables_of_her_own)(members(settings)[:-1])
    made.append(("manifest.json", manifest_of(made)))
    source = encrypted(made, keys[1], tmp_path / "false.age")
    new = tmp_path / "new" / "data"
    assert restore(source, keys[0], new).returncode == 0
    assert everything(Settings(folder=new)) == everything(settings)
    with (
        sqlite3.connect(settings.database_file) as true,
        sqlite3.connect(new / "buzon.db") as restored,
    ):
        for asked in (
            "SELECT type, name, sql FROM sqlite_master ORDER BY name",
            "PRAGMA auto_vacuum",
        ):
            assert restored.execute(asked).fetchall() == true.execute(asked).fetchall()


def test_restoring_shows_whom_the_desk_lets_in(settings, engine, keys, tmp_path):
    Accounts(engine).add("intrusa", PASSPHRASE)
    engine.dispose()
    source = encrypted(members(settings), keys[1], tmp_path / "true.age")
    ended = restore(source, keys[0], tmp_path / "new" / "data")
    assert f"Accounts of the desk: intrusa, {ACCOUNT}." in ended.stdout


def test_a_folder_that_holds_something_is_left_alone(backed_up, keys, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").write_text("mine")
    assert refused(restore(backed_up, keys[0], tmp_path / "mine"), "server-folder")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["file"]


def test_a_backup_that_is_there_is_not_overwritten(backed_up, settings, keys):
    before = backed_up.read_bytes()
    assert refused(back_up(settings, backed_up, keys[1]), "file-exists")
    assert backed_up.read_bytes() == before


def test_without_a_recipient_it_is_wrong_usage_and_nothing_is_written(settings, tmp_path):
    arguments = ("backup", "--data", settings.folder, "--out", tmp_path / "x.age")
    for more in ((), ("--recipient", "-o/tmp/x"), ("--recipient", "ssh-rsa x")):
        assert server(*arguments, *more).returncode == 2
    ended = server(*arguments, "--recipient", "age1" + "q" * 58)
    assert refused(ended, "backup-failed")
    assert not list(tmp_path.glob("*.age")) + list(tmp_path.glob(".*"))


def test_a_full_disk_leaves_no_half_backup(settings, keys, tmp_path):
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))

    arguments = ("--data", settings.folder, "--out", tmp_path / "x.age", "--recipient", keys[1])
    ended = server("backup", *arguments, preexec_fn=limit)
    assert refused(ended, "backup-failed")
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_a_full_disk_leaves_no_half_restored_folder(backed_up, keys, tmp_path):
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))

    new = tmp_path / "new"
    ended = restore(backed_up, keys[0], new / "data", preexec_fn=limit)
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert not any(new.glob("*"))


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_what_is_killed_in_the_middle_leaves_nothing_under_its_name_and_the_next_one_works(
    settings, keys, tmp_path, backed_up, command
):
    out = tmp_path / "out" / ("box.age" if command == "backup" else "data")
    out.parent.mkdir()
    arguments: tuple[object, ...] = (
        ("--data", settings.folder, "--out", out, "--recipient", keys[1])
        if command == "backup"
        else ("--from", backed_up, "--identity-file", keys[0], "--data", out)
    )
    program = [Path(sys.executable).with_name("buzon-server"), command, *map(str, arguments)]
    killed = 0
    for pause in (0.0, 0.003, 0.02, 0.05):
        process = subprocess.Popen(
            program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        end = time.monotonic() + 20
        while not any(out.parent.iterdir()) and process.poll() is None:
            assert time.monotonic() < end
        time.sleep(pause)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.wait(30)
        killed += process.returncode == -signal.SIGKILL and not out.exists()
        if out.exists():
            break
    assert killed
    if not out.exists():
        ended = server(command, *arguments)
        assert ended.returncode == 0, ended.stderr
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def test_ctrl_c_leaves_nothing(settings, keys, tmp_path):
    out = tmp_path / "out" / "box.age"
    out.parent.mkdir()
    process = subprocess.Popen(
        [
            *(Path(sys.executable).with_name("buzon-server"), "backup", "--data", settings.folder),
            *("--out", out, "--recipient", keys[1]),
        ],
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(lambda: any(out.parent.iterdir()))
    process.terminate()
    _, said = process.communicate(timeout=30)
    assert "Traceback" not in said
    left = [path.name for path in out.parent.iterdir()]
    assert left == ([] if process.returncode else ["box.age"])


def test_a_restored_box_is_published_as_before(settings, engine, keys, backed_up, tmp_path):
    assert restore(backed_up, keys[0], tmp_path / "new").returncode == 0
    other = open_database(Settings(folder=tmp_path / "new"))
    assert held(other) == held(engine)
    other.dispose()


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_machine_without_age_is_told_so(settings, keys, tmp_path, monkeypatch, capsys, command):
    monkeypatch.setattr("app.tripwire.install", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    arguments = {
        "backup": ["--out", tmp_path / "x.age", "--recipient", keys[1], "--data", settings.folder],
        "restore": ["--from", keys[0], "--identity-file", keys[0], "--data", tmp_path / "new"],
    }[command]
    assert cli.main([command, *map(str, arguments)]) == 1
    assert "[age-missing]" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_a_server_whose_database_is_elsewhere_has_no_such_backup(settings, keys, tmp_path):
    (settings.folder / "settings.toml").write_text(f'database = "sqlite:///{tmp_path}/other.db"\n')
    assert refused(back_up(settings, tmp_path / "x.age", keys[1]), "backup-failed")
    assert not (tmp_path / "x.age").exists()
