"""Write the vectors; with `--check`, compare them with the committed ones instead.

    python tests/vectors/generate.py [--check] [format ...]

Everything is derived from labels, so that every run on every machine writes the
same bytes.
"""

import argparse
import json
import sys
from importlib import import_module
from pathlib import Path

# As a script it is started from anywhere.
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.vectors.generator import FORMATS  # noqa: E402 -- needs the line above

FOLDER = Path(__file__).parent


def written(name: str) -> str:
    """What `<name>.json` should hold."""
    document = import_module(f"tests.vectors.generator.{name}").document()
    names = [vector["name"] for vector in document["vectors"]]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise SystemExit(f"{name}: two vectors are called {sorted(twice)}")
    return json.dumps(document, indent=1) + "\n"


def main() -> int:
    """Returns 1 when a committed file differs from what the generator writes."""
    parser = argparse.ArgumentParser(description=__doc__, usage=argparse.SUPPRESS)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("formats", nargs="*", metavar="format", help="which; all unless given")
    options = parser.parse_args()
    different = []
    for name in options.formats or FORMATS:
        path = FOLDER / f"{name}.json"
        text = written(name)
        if not options.check:
            path.write_text(text, "ascii")
        elif not path.exists() or path.read_text("ascii") != text:
            different.append(path.name)
    for name in different:
        print(f"{name}: not what the generator writes; run `make vectors`", file=sys.stderr)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
