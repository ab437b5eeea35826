"""The endpoint that intake is measured against: it hashes, inserts, and that is all.

Plain Flask, gunicorn and SQLite, as one would write them: WAL, full sync, one transaction
for each cell.  No names checked beyond the hash, no header, no limit, no box.
"""

import hashlib
import os
import sqlite3
import threading

from flask import Flask, Response, request

app = Flask(__name__)


class Local(threading.local):
    """A connection for each thread."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(
            os.environ["BARE_DATABASE"], timeout=60, isolation_level=None
        )
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=FULL")
        self.connection.execute(
            "CREATE TABLE IF NOT EXISTS cell (digest BLOB PRIMARY KEY, body BLOB NOT NULL)"
        )


local = Local()


@app.put("/cells/<name>")
def put_cell(name: str) -> Response:
    """Store one cell."""
    body = request.get_data()
    digest = hashlib.sha256(body)
    if digest.hexdigest() != name:
        return Response(status=422)
    local.connection.execute("INSERT OR IGNORE INTO cell VALUES (?, ?)", (digest.digest(), body))
    return Response(status=204)
