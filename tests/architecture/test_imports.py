"""The three rings, as contracts in pyproject.toml and as what contracts cannot say."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOCKETS = {
    "_socket", "aiohttp", "asyncio", "ftplib", "http", "httpx", "imaplib", "multiprocessing",
    "poplib", "requests", "smtplib", "socket", "socketserver", "ssl", "telnetlib",
    "urllib.request", "urllib3", "webbrowser", "xmlrpc",
}  # fmt: skip
SERVER = {"alembic", "app", "flask", "flask_limiter", "gunicorn", "sqlalchemy", "werkzeug"}
SEALING_AND_KEYS = {"crypto.airgap", "crypto.hpke", "crypto.witness"}
COMPUTED = "a name computed at run time"


def imported_names(source: str, package: str) -> Iterator[str]:
    """Every dotted name that *source* imports anywhere, relative imports resolved in *package*."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")[: -(node.level - 1) or None] if node.level else []
            base = ".".join([*parts, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if called in {"import_module", "__import__"}:
                yield imported_by_call(node)


def imported_by_call(call: ast.Call) -> str:
    """The name that an import written as a call loads, or COMPUTED when it is not a literal."""
    match call.args:
        case [ast.Constant(value=str(name)), *_]:
            return name
    return COMPUTED


def within(name: str, forbidden: set[str]) -> bool:
    return any(name == root or name.startswith(root + ".") for root in forbidden)


def trespasses(checkout: Path, ring: str, forbidden: set[str]) -> list[str]:
    """Imports of *ring*'s modules that name something *forbidden*, as "file: name"."""
    found = []
    for path in sorted((checkout / ring).rglob("*.py")):
        if "node_modules" in path.parts:
            continue
        package = ".".join(path.parent.relative_to(checkout).parts)
        names = imported_names(path.read_text("utf-8"), package)
        found += [
            f"{path.relative_to(checkout)}: {name}"
            for name in sorted(set(names))
            if within(name, forbidden | {COMPUTED})
        ]
    return found


def test_every_import_contract_holds(checkout: Path) -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    outcome = subprocess.run(
        [linter, "--no-cache"], cwd=checkout, capture_output=True, text=True, check=False
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_no_module_of_crypto_names_a_module_that_opens_sockets(checkout: Path) -> None:
    assert trespasses(checkout, "crypto", SOCKETS) == []


def test_no_module_of_crypto_names_the_server_or_its_libraries(checkout: Path) -> None:
    assert trespasses(checkout, "crypto", SERVER) == []


def test_no_module_of_the_server_names_the_air_gap_the_witness_or_the_sealer(
    checkout: Path,
) -> None:
    assert trespasses(checkout, "app", SEALING_AND_KEYS) == []


@pytest.mark.parametrize(
    "source",
    [
        "import socket",
        "def late():\n    from urllib import request",
        "import urllib.request as quiet",
        "from http.client import HTTPConnection",
        "import importlib\nimportlib.import_module('ssl')",
        "import importlib\nimportlib.import_module('so' + 'cket')",
        "__import__('asyncio')",
    ],
)
def test_the_check_for_sockets_sees_an_import_however_it_is_written(
    source: str, tmp_path: Path
) -> None:
    (tmp_path / "crypto").mkdir()
    (tmp_path / "crypto" / "quiet.py").write_text(source, "utf-8")
    assert trespasses(tmp_path, "crypto", SOCKETS) != []


@pytest.mark.parametrize("source", ["from ..airgap import vault", "from .. import airgap"])
def test_the_check_resolves_relative_imports(source: str, tmp_path: Path) -> None:
    (tmp_path / "crypto" / "witness").mkdir(parents=True)
    (tmp_path / "crypto" / "witness" / "quiet.py").write_text(source, "utf-8")
    assert trespasses(tmp_path, "crypto", {"crypto.airgap"}) != []
