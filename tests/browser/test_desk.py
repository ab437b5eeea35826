"""A lawyer in Chromium, with scripts switched off: she logs in, enrols, looks, and leaves.

For whoever works on a page: pictures of each are in tests/browser/screenshots after a run.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from app.accounts import Accounts
from app.acts import CELLS, LISTING, RECEIPT, SESSION, Acts
from app.box import Box, Deposit
from app.clock import utc_now
from app.db import open_database
from app.errors import CellUnknownError
from app.folder import make_folder
from app.making import Plan
from app.publishing import publish_folder
from app.settings import Settings
from app.shelf import MESSAGES, PARTS
from crypto.receipt import ReceiptOriginError
from crypto.weeks import week_of
from tests.online import cells
from tests.online.organisation import Organisation
from tests.online.running import running

ACCOUNT, PASSPHRASE = "mezquite", "cuatro palabras que nadie sabe"
SECONDS = 120

pytestmark = pytest.mark.browser


def fill(settings: Settings) -> None:
    """Three days of cells, and something to read in the log."""
    today = utc_now().date()
    engine = open_database(settings)
    box = Box(engine, {MESSAGES: 0, PARTS: 0})
    for ago, shelf, count in (
        (0, MESSAGES, 3),
        (2, MESSAGES, 11),
        (2, PARTS, 4),
        (20, MESSAGES, 2),
    ):
        made = [
            cells.part() if shelf is PARTS else cells.message(week_of(today)) for _ in range(count)
        ]
        deposit = Deposit(shelf, [(sha256(cell).digest(), cell) for cell in made])
        box.store([deposit], today - timedelta(days=ago))
        assert deposit.refusal is None
    box.close()
    acts = Acts(engine, lambda: datetime.combine(today - timedelta(days=1), time(12), UTC))
    for act, name, times in (
        (SESSION, "", 2), (LISTING, "", 2), (CELLS, "", 18), (RECEIPT, "2f9a77c0" + "0" * 56, 1),
    ):  # fmt: skip
        for _ in range(times):
            with acts.noting(act, name):
                pass
    with pytest.raises(ReceiptOriginError), acts.noting(RECEIPT, "b7013e44" + "0" * 56):
        raise ReceiptOriginError("another box")
    with pytest.raises(CellUnknownError), acts.noting(CELLS):
        raise CellUnknownError("gone")
    acts.write()
    engine.dispose()


@pytest.fixture(scope="module")
def seen(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What the browser saw."""
    folder = tmp_path_factory.mktemp("desk")
    settings = Settings(folder=folder / "data")
    organisation = Organisation(utc_now().date())
    make_folder(settings.folder, organisation.trust_envelope, Plan(64, 8, 64))
    engine = open_database(settings)
    publication = organisation.publication(folder / "publication")
    publish_folder(engine, publication, organisation.trust, utc_now())
    Accounts(engine).add(ACCOUNT, PASSPHRASE)
    engine.dispose()
    fill(settings)
    screenshots = checkout / "tests/browser/screenshots"
    screenshots.mkdir(exist_ok=True)
    node = shutil.which("node")
    assert node is not None, "node is missing: make setup"
    with running(settings.folder) as server:
        config = folder / "config.json"
        config.write_text(
            json.dumps(
                {
                    "origin": f"http://{server.desk[0]}:{server.desk[1]}",
                    "account": ACCOUNT,
                    "passphrase": PASSPHRASE,
                    "screenshots": str(screenshots),
                }
            )
        )
        finished = subprocess.run(
            [node, "tests/browser/desk/look.mjs", str(config)],
            cwd=checkout,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert finished.returncode == 0, finished.stderr
        yield json.loads(finished.stdout)
        assert server.log.read_text() == ""


def test_she_is_refused_in_words_and_let_in_with_her_passphrase_to_enrol(seen):
    assert "no son correctos" in seen["wrong"]
    assert len(seen["secret"]) == 32
    assert seen["square"] > 150
    assert "El código no es correcto" in seen["refusedCode"]
    assert len(set(seen["recovery"])) == 10


def test_the_cookie_is_gone_with_the_browser_and_seen_by_no_script_and_no_other_site(seen):
    assert seen["cookies"] == [
        {"name": "session", "httpOnly": True, "sameSite": "Strict", "session": True, "path": "/"}
    ]
    assert seen["left"] == 0


def test_she_sees_what_waits_what_ends_and_what_was_done_in_both_languages(seen):
    for said in ("Antes 2 0 0.1 MiB", "Total 16 4 5.0 MiB", "✓ sí", "ceiba"):
        assert said in seen["status"]
    for said in ("Celdas llevadas", "b7013e44", "receipt-origin", "✓ aceptado"):
        assert said in seen["acts"]
    assert "Receipt handed in" in seen["english"]


def test_she_leaves_and_comes_back_with_a_recovery_code(seen):
    assert "La sesión terminó" in seen["ended"]
    assert seen["outside"] == "Entrar"
    assert seen["again"] == "Estado"


def test_the_browser_refuses_nothing_of_the_pages_and_asks_nobody_else(seen):
    assert seen["complaints"] == []
    assert seen["foreign"] == []
