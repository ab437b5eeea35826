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
local = threading.local()


def connection() -> sqlite3.Connection:
    """This thread's own."""
    if not hasattr(local, "connection"):
        local.connection = sqlite3.connect(
            os.environ["BARE_DATABASE"], timeout=60, isolation_level=None
        )
        local.connection.execute("PRAGMA journal_mode=WAL")
        local.connection.execute("PRAGMA synchronous=FULL")
        local.connection.execute(
            "CREATE TABLE IF NOT EXISTS cell (digest BLOB PRIMARY KEY, body BLOB NOT NULL)"
        )
    return local.connection


@app.put("/cells/<name>")
def put_cell(name: str) -> Response:
    """Store one cell."""
    body = request.get_data()
    digest = hashlib.sha256(body)
    if digest.hexdigest() != name:
        return Response(status=422)
    connection().execute("INSERT OR IGNORE INTO cell VALUES (?, ?)", (digest.digest(), body))
    return Response(status=204)
