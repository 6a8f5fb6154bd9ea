"""What an import notes beside its rows, for ``dts trace`` to say how each value was read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from dts_research.intake.mapping import Mapping
from dts_research.intake.reception import Noted, Reception
from dts_research.schema import catalogue
from dts_research.store.rows import places_of


def reading_of(mapping: Mapping) -> dict[str, Any]:
    """How the columns of a sheet were read, for `dts trace` to say it."""
    return {
        "source": mapping.source, "table": mapping.table, "key": list(mapping.key),
        "columns": mapping.targets, "constants": dict(mapping.constants),
        "part_of": mapping.part_of,
        "made": [t for t, told in mapping.targets.items() if set(told) <= set(mapping.made)],
    }  # fmt: skip


def remarks_of(reception: Reception) -> Iterator[Noted]:
    """What was repaired or set aside in accepted rows, for `dts trace` to say it."""
    for sheet, row, table, name, before, after in reception.repairs[
        ["sheet", "row", "table", "field", "before", "after"]
    ].values:
        yield sheet, int(row), table, name, "repair", f"« {before} » lu « {after} »"
    told = reception.issues
    kept = told[told["severity"].eq("to_confirm") & told["rule"].ne("reference")]
    stands = _standing(reception)
    columns = ["sheet", "row", "table", "field", "rule", "message", "record"]
    doubts = [
        (*stands.get((table, record), (sheet, int(row))), table, name, rule, message)
        for sheet, row, table, name, rule, message, record in kept[columns].values
    ]
    yield from _numbered([*doubts, *reception.answered])


def _numbered(noted: Iterable[Noted]) -> Iterator[Noted]:
    """Tell apart what is noted several times of one cell by one rule: ``code``, ``code-2``…"""
    seen = Counter[tuple[str, int, str, str, str]]()
    for sheet, row, table, name, rule, said in noted:
        seen[(sheet, row, table, name, rule)] += 1
        many = seen[(sheet, row, table, name, rule)]
        yield sheet, row, table, name, rule if many == 1 else f"{rule}-{many}", said


def _standing(reception: Reception) -> dict[tuple[str, str], tuple[str, int]]:
    """Sheet and row on which each record stands, whichever of its rows is spoken of."""
    return {
        (table, str(key)): place
        for table, frame in reception.accepted.items()
        for key, place in zip(frame[catalogue().tables[table].key], places_of(frame))
    }


def as_rows(issues: pd.DataFrame) -> list[dict[str, Any]]:
    """Issues as plain dictionaries, absent values as None."""
    plain = issues.astype(object)
    return plain.where(plain.notna(), None).to_dict("records")
