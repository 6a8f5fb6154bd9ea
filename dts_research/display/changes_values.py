"""What is said of the values of an indicator that are not what they were."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dts_research.analysis.changes import Change
from dts_research.display.style import absence, agree, french_number, listing, many

PERIODS = 4
Row = Mapping[str, Any]


def observed(change: Change, label: str) -> str:
    """Say what became of the values of an indicator."""
    rows = change.among("observations")
    count = many(len(rows), "valeur")
    when = _periods([after or before for before, after in rows])
    if change.what == "corrected":
        return f"« {label} »{when} : {_corrected(rows)}"
    if change.what == "restated":
        return f"« {label} »{when} : {count} {_meaning(rows)}"
    verb = {
        "new": agree(len(rows), "nouvelle", "nouvelles"),
        "late": agree(len(rows), "d'avant la séance, arrivée après",
                      "d'avant la séance, arrivées après"),
        "undated": agree(len(rows), "sans période, arrivée après la séance",
                         "sans période, arrivées après la séance"),
        "entered": agree(len(rows), "comptée ici depuis la séance",
                         "comptées ici depuis la séance"),
        "left": agree(len(rows), "n'est plus comptée ici", "ne sont plus comptées ici"),
        "gone": agree(len(rows), "n'est plus dans le classeur", "ne sont plus dans le classeur"),
    }[change.what]  # fmt: skip
    return f"« {label} »{when} : {count} {verb}"


def _periods(rows: list[Row]) -> str:
    found = sorted({str(row["period"]) for row in rows if row.get("period")})
    shown = found[:PERIODS] + ([many(len(found) - PERIODS, "autre")] * (len(found) > PERIODS))
    return f", {listing(shown)}" if shown else ""


def _corrected(rows: tuple[tuple[Row, Row], ...]) -> str:
    """The value that was and the one that is, when it is the only one."""
    if len(rows) > 1:
        return many(len(rows), "valeur corrigée", "valeurs corrigées")
    before, after = rows[0]
    return f"{_value(after)} au lieu de {_value(before)}"


def _value(row: Row) -> str:
    value = row.get("value")
    return french_number(value, decimals=2) if value is not None else absence(str(row.get("state")))


def _meaning(rows: tuple[tuple[Row, Row], ...]) -> str:
    """From which source or vintage to which, when all the values say the same."""
    names = {"vintage": "de millésime", "source": "de source"}
    for name, said in names.items():
        pairs = {(b.get(name), a.get(name)) for b, a in rows if b and a}
        if len(pairs) == 1 and (pair := pairs.pop())[0] != pair[1]:
            return f"{said} « {pair[1]} » au lieu de « {pair[0]} »"
    return "d'une autre source ou d'un autre millésime"
