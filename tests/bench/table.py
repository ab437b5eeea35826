"""A row of the table of measurements, and the table."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement.

    *ours* and *theirs* are in *unit* and from the same run; *theirs* is None where there
    is nothing to compare with.  *goal* is what the ratio, or *ours* where there is no
    ratio, should be: text for people, as ">= 0.8".
    """

    what: str
    unit: str
    ours: float
    theirs: float | None = None
    against: str = ""
    goal: str = ""

    @property
    def ratio(self) -> float | None:
        """*ours* / *theirs*."""
        return self.ours / self.theirs if self.theirs else None


def table(rows: Iterable[Row]) -> str:
    """The rows, aligned, as text."""
    heading = ("measured", "unit", "ours", "compared with", "theirs", "ratio", "goal")
    lines = [heading, *map(_cells, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    numeric = {2, 4, 5}
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column in numeric else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.what,
        row.unit,
        _number(row.ours),
        row.against,
        _number(row.theirs),
        _number(row.ratio),
        row.goal,
    )


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"
