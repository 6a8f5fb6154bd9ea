"""Which columns and which codes are not those of another day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Renamed:
    """A table or a closed list that does not say what it said.

    Parameters
    ----------
    name
        Name of the table or of the list.
    added, removed
        Titles of columns, labels of codes.
    renamed
        Former and present titles or labels.
    """

    name: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()


Names = Mapping[str, Mapping[str, str]]


def renamed(before: Names, after: Names) -> Iterator[Renamed]:
    """Compare what tables or lists held, by name; those that are the same are left out."""
    for name in sorted({*before, *after}):
        old, new = before.get(name, {}), after.get(name, {})
        found = Renamed(
            name,
            tuple(new[code] for code in new if code not in old),
            tuple(old[code] for code in old if code not in new),
            tuple((old[c], new[c]) for c in new if c in old and old[c] != new[c]),
        )
        if found != Renamed(name):
            yield found
