"""A courier that pulls every cell of the desk's listing and keeps none.

    python -m tests.bench.puller DESK ACCOUNT PASSPHRASE-FILE

Prints how many it got, and ends.  A process of its own, as a team's courier is; a pouch
on this machine's disk would be measured with it.
"""

import hashlib
import sys
from pathlib import Path

from app.courier.connection import Connection, Desk
from crypto.cell import MESSAGE_CELL_BYTES
from crypto.pouch import parse_listing


def main(origin: str, account: str, passphrase_file: str) -> int:
    """Pull everything; returns how many cells."""
    passphrase = Path(passphrase_file).read_text("utf-8").strip()
    with Connection(origin) as connection, Desk(connection, account, passphrase) as desk:
        listing = parse_listing(desk.listing())
        for digest in listing.messages:
            cell = desk.cell(digest.hex(), MESSAGE_CELL_BYTES)
            if hashlib.sha256(cell).digest() != digest:
                raise SystemExit("another cell")
        return len(listing.messages)


if __name__ == "__main__":
    print(main(*sys.argv[1:]))
