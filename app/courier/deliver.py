"""Hand a sealed file in, cell by cell, as a witness's browser would."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from app.courier.connection import Connection
from app.courier.errors import RefusedError
from app.courier.progress import Progress
from crypto.sealed_file import CellCounts, FiledCell


@dataclass
class Delivered:
    """What one delivery did.  `refused`: (position in the file from 1, code)."""

    accepted: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def deliver(
    intake: Connection, counts: CellCounts, cells: Iterable[FiledCell], progress: Progress
) -> Delivered:
    """Send *cells*, one in memory at a time; one that is refused stops nothing.

    Delivering twice changes nothing: a cell is named by its digest.

    Raises:
        CourierError: the server is gone; run the same again later.
        SealedFileError: the file cannot be read to its end.
    """
    delivered = Delivered()
    progress.begin("sending", counts.messages + counts.parts, counts.file_bytes)
    for position, filed in enumerate(cells, start=1):
        if filed.refusal is not None:
            delivered.refused.append((position, filed.refusal.code))
        else:
            name = hashlib.sha256(filed.cell).hexdigest()
            try:
                intake.put(f"cells/{name}", filed.cell, "application/octet-stream")
            except RefusedError as refused:
                delivered.refused.append((position, refused.refusal))
            else:
                delivered.accepted += 1
        progress.step(len(filed.cell))
    return delivered
