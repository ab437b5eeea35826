#!/usr/bin/env python3
"""Build the vendored JavaScript again from pinned npm packages.

    app/site/vendor/rebuild.py            write hpke.js, ed25519.js, LICENSES.txt, VENDORED.md's table
    app/site/vendor/rebuild.py --check    write nothing; exit 1 when one byte would differ

Packages are what package-lock.json's integrity hashes name; npm refuses any other
bytes.  They are unpacked under .cache/vendor/, no package's scripts are run, and
esbuild, itself pinned, makes the same bytes on every machine.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
WORK = HERE.parents[2] / ".cache" / "vendor"
BUNDLES = ("hpke.js", "ed25519.js")
ESBUILD = (
    "--bundle",
    "--format=esm",
    "--platform=browser",
    "--target=es2022",
    "--minify",
    "--charset=ascii",
    "--legal-comments=none",
    "--alias:crypto=./sources/no-node-crypto.js",
    "--log-level=warning",
    "--metafile=metafile.json",
)


def install() -> None:
    """Unpack exactly the packages that package-lock.json names."""
    WORK.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(WORK / "sources", ignore_errors=True)
    shutil.copytree(HERE / "sources", WORK / "sources")
    lock = (HERE / "package-lock.json").read_bytes()
    installed = WORK / "node_modules" / ".installed"
    if installed.exists() and installed.read_bytes() == lock:
        return
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(HERE / name, WORK / name)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=WORK, check=True)
    installed.write_bytes(lock)


def package_of(path: str) -> str:
    """The npm package that a bundled file belongs to; '' for our own entry files."""
    match = re.match(r"node_modules/((?:@[^/]+/)?[^/]+)/", path)
    return match.group(1) if match else ""


def bundle(name: str) -> tuple[bytes, set[str]]:
    """Bundle sources/*name*; return its bytes and the packages inside."""
    esbuild = str(WORK / "node_modules" / ".bin" / "esbuild")
    subprocess.run(
        [esbuild, f"sources/{name}", f"--outfile={name}", *ESBUILD], cwd=WORK, check=True
    )
    inputs = json.loads((WORK / "metafile.json").read_text())["inputs"]
    packages = {package_of(path) for path in inputs} - {""}
    listed = ", ".join(f"{package} {version_of(package)}" for package in sorted(packages))
    banner = f"/* {listed}; MIT, see LICENSES.txt; made by rebuild.py */\n"
    return banner.encode("ascii") + (WORK / name).read_bytes(), packages


def version_of(package: str) -> str:
    """The installed version of *package*."""
    manifest = json.loads((WORK / "node_modules" / package / "package.json").read_text())
    return str(manifest["version"])


def licences(packages: set[str]) -> bytes:
    """The licence texts of all *packages*, one after the other."""
    texts = []
    for package in sorted(packages):
        title = f"{package} {version_of(package)}"
        text = (WORK / "node_modules" / package / "LICENSE").read_text("utf-8").strip()
        texts.append(f"{title}\n{'=' * len(title)}\n\n{text}\n")
    return "\n\n".join(texts).encode()


def table(files: dict[str, bytes]) -> Iterator[str]:
    """The rows of VENDORED.md's table of files."""
    for name in BUNDLES:
        content = files[name]
        digest = hashlib.sha256(content).hexdigest()
        yield f"| `{name}` | {len(content):,} | `{digest}` |"


def build() -> dict[str, bytes]:
    """All files that this program writes, by name."""
    install()
    files: dict[str, bytes] = {}
    packages: set[str] = set()
    for name in BUNDLES:
        files[name], inside = bundle(name)
        packages |= inside
    files["LICENSES.txt"] = licences(packages)
    lines = (HERE / "VENDORED.md").read_text("utf-8").splitlines()
    kept = [line for line in lines if not re.match(r"\| `[a-z0-9]+\.js` \|", line)]
    rule = next(i for i, line in enumerate(kept) if re.fullmatch(r"\|( -+:? \|)+", line)) + 1
    files["VENDORED.md"] = ("\n".join([*kept[:rule], *table(files), *kept[rule:]]) + "\n").encode()
    return files


def main() -> int:
    """Run the program; return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    check = parser.parse_args().check
    different = []
    for name, content in build().items():
        path = HERE / name
        if path.exists() and path.read_bytes() == content:
            continue
        different.append(name)
        if not check:
            path.write_bytes(content)
    if check and different:
        print(f"vendored files differ from their sources: {', '.join(different)}", file=sys.stderr)
        return 1
    print("vendored files are what their sources make" if not different else f"wrote {different}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
