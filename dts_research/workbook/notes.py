"""What an import notes beside its rows, for ``dts trace`` to say how each value was read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dts_research.intake.mapping import Mapping
from dts_research.intake.reception import Reception


def reading_of(mapping: Mapping) -> dict[str, Any]:
    """How the columns of a sheet were read, for `dts trace` to say it."""
    return {
        "source": mapping.source, "table": mapping.table, "key": list(mapping.key),
        "columns": mapping.targets, "constants": dict(mapping.constants),
        "part_of": mapping.part_of,
        "made": [t for t, told in mapping.targets.items() if set(told) <= set(mapping.made)],
    }  # fmt: skip


def remarks_of(reception: Reception) -> Iterator[tuple[str, int, str, str, str, str]]:
    """What was repaired or set aside in accepted rows, for `dts trace` to say it."""
    for sheet, row, table, name, before, after in reception.repairs[
        ["sheet", "row", "table", "field", "before", "after"]
    ].values:
        yield sheet, int(row), table, name, "repair", f"« {before} » lu « {after} »"
    told = reception.issues
    kept = told[told["severity"].eq("to_confirm") & told["rule"].ne("reference")]
    for sheet, row, table, name, rule, message in kept[
        ["sheet", "row", "table", "field", "rule", "message"]
    ].values:
        yield sheet, int(row), table, name, rule, message
