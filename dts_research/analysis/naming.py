"""Names that a group gave to classes, given back to the classes that hold the same rows."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping

UNNAMED = "à nommer"
# Two classes that share more than half of their rows: at most one of each can, so no name is
# given twice and no order settles who has it.
LEAST = 0.5


def jaccard(one: Collection[Hashable], other: Collection[Hashable]) -> float:
    """Share of rows in common among the rows of either."""
    ours, theirs = set(one), set(other)
    return len(ours & theirs) / len(ours | theirs) if ours | theirs else 0.0


def named(
    classes: Mapping[str, Collection[Hashable]], saved: Mapping[str, Collection[Hashable]]
) -> dict[str, str]:
    """Name classes by the rows they hold.

    Parameters
    ----------
    classes
        Letter of a class -> its rows.
    saved
        Name given by the group -> rows that the class held then; no row stands under two names.

    Returns
    -------
    dict
        Letter -> name, in the order of ``classes``; « à nommer » when no saved class shares
        more than half of the rows of the two.
    """
    return {
        letter: next((n for n, held in saved.items() if jaccard(rows, held) > LEAST), UNNAMED)
        for letter, rows in classes.items()
    }
