"""A courier that pulls every cell of the desk's listing and keeps none.

    python -m tests.bench.puller DESK ACCOUNT LOGIN-FILE

The file has two lines, a passphrase and a code.  Prints a line when it is let in, and begins
when it is told to, by a line; prints how many it got, and ends.  A process of its own, as a team's courier is, but with the lowest priority:
couriers run on other machines.  A pouch on this machine's disk would be measured with it.
"""

import hashlib
import os
import sys
from pathlib import Path

from app.courier.connection import Connection, Desk
from app.courier.login import Login
from crypto.cell import MESSAGE_CELL_BYTES
from crypto.pouch import parse_listing


def main(origin: str, account: str, login_file: str) -> int:
    """Pull everything; returns how many cells."""
    login = Login(*Path(login_file).read_text("utf-8").splitlines())
    with Connection(origin) as connection, Desk(connection, account, lambda _: login) as desk:
        print("in", flush=True)
        sys.stdin.readline()
        listing = parse_listing(desk.listing())
        for digest in listing.messages:
            cell = desk.cell(digest.hex(), MESSAGE_CELL_BYTES)
            if hashlib.sha256(cell).digest() != digest:
                raise SystemExit("another cell")
        return len(listing.messages)


if __name__ == "__main__":
    os.nice(19)
    print(main(*sys.argv[1:]))
