"""The vendored JavaScript is what VENDORED.md says, and can do nothing but compute."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

FILES = ["ed25519.js", "hpke.js"]

# The witness pays for every byte, over Tor.  Gzip differs a little between machines.
GZIPPED_BYTES = 22_500

# What a library that only computes has no use for, and the site's policy refuses anyway.
FORBIDDEN = [
    r"\bWebAssembly\b",
    r"\beval\b",
    r"\bFunction\s*\(",
    r"\bimport\s*\(",
    r"\bfetch\b",
    r"\bXMLHttpRequest\b",
    r"\bWebSocket\b",
    r"\bEventSource\b",
    r"\bsendBeacon\b",
    r"\bimportScripts\b",
    r"\blocalStorage\b",
    r"\bsessionStorage\b",
    r"\bindexedDB\b",
    r"\bcaches\b",
    r"\bdocument\b",
    r"\bpostMessage\b",
    r"https?://",
]


@pytest.fixture(scope="module")
def vendor(checkout: Path) -> Path:
    return checkout / "app" / "site" / "vendor"


def test_every_vendored_file_is_listed(vendor):
    assert sorted(path.name for path in vendor.glob("*.js")) == FILES


@pytest.mark.parametrize("name", FILES)
def test_the_bytes_are_those_that_vendored_md_names(vendor, name):
    content = (vendor / name).read_bytes()
    row = f"| `{name}` | {len(content):,} | `{hashlib.sha256(content).hexdigest()}` |"
    assert row in (vendor / "VENDORED.md").read_text("utf-8").splitlines()


def test_the_files_are_what_their_pinned_sources_make(vendor):
    command = [sys.executable, str(vendor / "rebuild.py"), "--check"]
    finished = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_every_pinned_package_has_a_strong_hash(vendor):
    packages = json.loads((vendor / "package-lock.json").read_text("utf-8"))["packages"]
    pinned = {name: entry.get("integrity", "") for name, entry in packages.items() if name}
    assert pinned
    assert [name for name, hashed in pinned.items() if not hashed.startswith("sha512-")] == []


@pytest.mark.parametrize("name", FILES)
def test_the_licence_of_every_bundled_package_comes_along(vendor, name):
    banner = (vendor / name).read_text("ascii").partition("\n")[0]
    packages = re.findall(r"(?:@[\w-]+/)?[\w-]+ \d+\.\d+\.\d+", banner)
    assert packages
    titles = (vendor / "LICENSES.txt").read_text("utf-8").splitlines()
    assert [package for package in packages if package not in titles] == []


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_a_vendored_file_only_computes(vendor, name, pattern):
    code = (vendor / name).read_text("ascii").partition("\n")[2]
    assert re.search(pattern, code) is None


def test_all_of_it_is_light(vendor):
    packed = sum(len(gzip.compress((vendor / name).read_bytes(), 9, mtime=0)) for name in FILES)
    assert packed <= GZIPPED_BYTES
