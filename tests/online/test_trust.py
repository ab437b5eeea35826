"""`buzon-server trust`: a change of directors that both quorums signed, and nothing else."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from app import cli, create_intake, folder
from app.db import open_database
from app.errors import FolderError
from app.folder import change_trust, held_trust, make_folder
from app.making import Plan
from app.pages import load_pages
from app.published import held
from app.publishing import publish_folder
from app.settings import Settings
from app.status import status
from crypto.directory import OriginUnknownError, verify_directory
from tests.online.conftest import NOON
from tests.online.organisation import ORIGIN, Organisation, signed

NEW_DIRECTORS = ("bea", "celia", "dalia")


@pytest.fixture(scope="module")
def changed(organisation: Organisation) -> Organisation:
    """The organisation after Ana went and Dalia came, under its next roster."""
    return organisation.successor(
        directors=NEW_DIRECTORS, before=organisation.trust, earlier_directors=("ana",)
    )


@pytest.fixture
def own(tmp_path, organisation) -> Settings:
    """A server of its own, where the organisation is published."""
    data = tmp_path / "data"
    make_folder(data, organisation.trust_envelope, Plan(2, 1, 16))
    engine = open_database(Settings(folder=data))
    publication = organisation.publication(tmp_path / "first")
    publish_folder(engine, publication, organisation.trust, NOON)
    engine.dispose()
    return Settings(folder=data)


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr(cli, "utc_now", lambda: NOON)
    monkeypatch.setattr("app.tripwire.install", lambda: None)


def names_trust(settings: Settings, organisation: Organisation) -> bool:
    """Whether the site was built for *organisation*'s directors."""
    wanted = organisation.trust.payload_hash.hex().encode()
    return any(wanted in page.plain for page in load_pages(settings.site).values())


def is_untouched(settings: Settings, organisation: Organisation) -> bool:
    return (
        held_trust(settings) == organisation.trust
        and names_trust(settings, organisation)
        and not [path for path in settings.folder.iterdir() if path.name.startswith(".")]
    )


def run(*arguments: object) -> int:
    return cli.main([str(argument) for argument in arguments])


def test_trust_site_and_roster_pass_to_the_new_directors(
    own, organisation, changed, tmp_path, capsys, serve
):
    (tmp_path / "trust.json").write_bytes(changed.trust_envelope)
    publication = changed.publication(tmp_path / "next")
    assert run("publish", "--data", own.folder, publication) == 1  # not before the trust
    assert run("trust", "--data", own.folder, tmp_path / "trust.json") == 0
    assert held_trust(own) == changed.trust
    assert names_trust(own, changed)
    assert not names_trust(own, organisation)
    assert run("publish", "--data", own.folder, publication) == 0
    answer = serve(create_intake, own).get("/directory")
    engine = open_database(own)
    published = held(engine)
    assert published is not None
    assert published.roster == changed.roster
    assert "site-of-another-trust" not in {a.code for a in status(engine, own, NOON).alarms}
    engine.dispose()
    assert answer.status_code == 200
    assert verify_directory(answer.data, changed.trust, NOON, ORIGIN).roster == changed.roster


def of_new_directors_only(organisation, changed):
    return signed(changed.trust, NEW_DIRECTORS[1:]).to_json()


def of_old_directors_only(organisation, changed):
    return signed(changed.trust, ("ana", "bea")).to_json()


def of_one_old_director(organisation, changed):
    stranger = replace(changed, directors=("dalia", "elisa", "flora"))
    return signed(stranger.trust, ("ana", *stranger.directors)).to_json()


def the_same_again(organisation, changed):
    return organisation.trust_envelope


def one_that_skips(organisation, changed):
    other = replace(changed, before=changed.trust)
    return signed(replace(other.trust, serial=3), ("ana", *NEW_DIRECTORS)).to_json()


def one_from_nowhere(organisation, changed):
    return Organisation(organisation.today, directors=("xul", "yaz", "zea")).trust_envelope


def no_document(organisation, changed):
    return b"{}"


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (of_new_directors_only, "document-signatures"),
        (of_old_directors_only, "document-signatures"),
        (of_one_old_director, "document-signatures"),
        (the_same_again, "trust-chain"),
        (one_that_skips, "trust-chain"),
        (one_from_nowhere, "trust-chain"),
        (no_document, "document-malformed"),
    ],
)
def test_a_trust_that_both_quorums_did_not_sign_changes_nothing(
    own, organisation, changed, tmp_path, capsys, make, code
):
    (tmp_path / "trust.json").write_bytes(make(organisation, changed))
    assert run("trust", "--data", own.folder, tmp_path / "trust.json") == 1
    assert f"[{code}]" in capsys.readouterr().err
    assert is_untouched(own, organisation)


def test_a_file_that_is_not_there_changes_nothing(own, organisation, tmp_path, capsys):
    assert run("trust", "--data", own.folder, tmp_path / "trust.json") == 1
    assert "[file-unreadable]" in capsys.readouterr().err
    assert is_untouched(own, organisation)


@pytest.mark.parametrize("failing", [".site.new", ".trust.new"])
def test_a_disk_that_fails_at_any_renaming_leaves_old_trust_and_old_site(
    own, organisation, changed, monkeypatch, failing
):
    rename = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if self.name == failing:
            raise OSError(5, "broken", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(FolderError):
        change_trust(own, changed.trust_envelope)
    assert is_untouched(own, organisation)


def test_a_site_that_cannot_be_built_leaves_old_trust_and_old_site(
    own, organisation, changed, monkeypatch
):
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "no room", "x")

    monkeypatch.setattr(folder, "build_site", fail)
    with pytest.raises(FolderError):
        change_trust(own, changed.trust_envelope)
    assert is_untouched(own, organisation)


@pytest.mark.parametrize("pause", [0.0, 0.05, 0.3])
def test_a_change_that_is_killed_is_whole_or_can_be_made_again(
    own, organisation, changed, tmp_path, pause
):
    file = tmp_path / "trust.json"
    file.write_bytes(changed.trust_envelope)
    program = [
        Path(sys.executable).with_name("buzon-server"),
        *("trust", "--data", own.folder, file),
    ]
    process = subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 30
    while not (own.folder / ".site.new").exists() and process.poll() is None:
        assert time.monotonic() < end
    time.sleep(pause)
    if process.poll() is None:
        os.kill(process.pid, signal.SIGKILL)
    process.wait(30)
    if held_trust(own) != changed.trust:
        assert held_trust(own) == organisation.trust
        subprocess.run(program, check=True, stdout=subprocess.DEVNULL)
    assert held_trust(own) == changed.trust
    assert names_trust(own, changed)


def test_a_site_of_other_directors_is_an_alarm(own, changed):
    own.trust.write_bytes(changed.trust_envelope)
    engine = open_database(own)
    codes = {alarm.code for alarm in status(engine, own, NOON).alarms}
    engine.dispose()
    assert "site-of-another-trust" in codes


def test_a_directory_with_two_addresses_is_accepted_at_both_and_at_no_other(
    own, organisation, tmp_path, serve
):
    moving = organisation.successor(origins=("http://new.test", ORIGIN))
    engine = open_database(own)
    publish_folder(engine, moving.publication(tmp_path / "moving"), organisation.trust, NOON)
    engine.dispose()
    document = serve(create_intake, own).get("/directory").data
    for origin in ("http://new.test", ORIGIN):
        assert verify_directory(document, organisation.trust, NOON, origin).roster == moving.roster
    with pytest.raises(OriginUnknownError):
        verify_directory(document, organisation.trust, NOON, "http://other.test")
