"""How tall a row of a sheet must be for its wrapped cells to be read whole.

Spreadsheets do not work it out by themselves in a file they have not written.
"""

from __future__ import annotations

from collections.abc import Sequence

LINE_HEIGHT, TALLEST = 15, 409


def row_height(texts: Sequence[str], widths: Sequence[float]) -> int:
    """Height that shows the longest cell of a row once it is wrapped.

    Parameters
    ----------
    texts
        Cells of the row.
    widths
        Widths of their columns, in signs.
    """
    tallest = TALLEST // LINE_HEIGHT + 1
    long = ((t, w) for t, w in zip(texts, widths) if len(t) > w - 2 or "\n" in t)
    most = max((_wrapped(t, w) for t, w in long), default=1)
    return min(TALLEST, LINE_HEIGHT * min(most, tallest))


def _wrapped(text: str, width: float) -> int:
    """Lines that a text takes: words that do not fit leave some of each line blank."""
    return sum(max(1, int(-(-len(line) // (width - 2)))) for line in text.splitlines())
