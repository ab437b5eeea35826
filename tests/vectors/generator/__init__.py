"""The generator of the test vectors: one module for each format.

A module has `document()`, which returns what the file of the same name holds.
Outcomes are written by hand, from the specifications; good documents are built
without the code under test wherever that is possible.
"""

FORMATS = (
    # Phrase and signed documents.
    "strict_json",
    "fields",
    "envelope",
    "phrase",
    "mark",
    "fingerprint",
    "trust",
    "roster",
    "card",
    "weekly_key",
    "freshness",
    "directory",
    "publication",
    "receipt",
    "listing",
    "have",
    "history",
    # Cells.
    "manifest",
    "message",
    "message_cell",
    "segments",
    "part_cell",
    "reply_cell",
    "batch",
    "board",
    "sealed_file",
)
