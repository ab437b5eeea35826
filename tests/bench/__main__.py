"""`make bench`: everything that is measured, one table.

Name parts to run only these: `python -m tests.bench intake pulling workstation browser`.
"""

import sys

from tests.bench import browser, intake, pulling, workstation
from tests.bench.table import table

PARTS = {
    "intake": intake.measure,
    "pulling": pulling.measure,
    "workstation": workstation.measure,
    "browser": browser.measure,
}


def main(chosen: list[str]) -> int:
    """Measure the *chosen* parts, or all."""
    unknown = set(chosen) - PARTS.keys()
    if unknown:
        print(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
        return 2
    rows = []
    for name in chosen or PARTS:
        print(f"== {name}", file=sys.stderr, flush=True)
        rows += PARTS[name]()
    print(table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
