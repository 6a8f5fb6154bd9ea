"""How fast one territory is read out of a large store, against loading everything.

``python -m benchmarks.store --json`` fills a store with 1 000 000 experiences over 200
territories, then reads the slice of one territory (every short column, no long text).
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from dts_research.schema import Field, Schema, catalogue
from dts_research.store import Store
from dts_research.store.tables import short_names, sql_name

FIRST_DAY = date(2015, 1, 1)
BATCH = 50_000


def value_of(field: Field, number: int) -> Any:
    """Give a plausible stored value of a field for the row of this number."""
    if (number + len(field.name)) % 11 == 3 and not field.required:
        return None
    if field.type == "date":
        return (FIRST_DAY + timedelta(days=number % 4000)).isoformat()
    if field.type in ("integer", "number", "boolean"):
        return {"integer": number % 60, "number": number % 997 / 10, "boolean": number % 2}[
            field.type
        ]
    if field.codelist:
        codes = list(catalogue().codelists[field.codelist].labels)
        picked = [codes[(number + step) % len(codes)] for step in range(1 + field.is_list)]
        return "|".join(picked)
    distinct = {"title": 5000}.get(field.name, 50 if field.is_list else 500)
    return f"{field.title} {number % distinct}"


def rows(schema: Schema, count: int, territories: int) -> Iterator[tuple[Any, ...]]:
    """Rows of the table in the order of the clustering key."""
    fields = [schema.field(name) for name in short_names(schema)]
    cycle = [tuple(value_of(field, number) for field in fields) for number in range(5000)]
    key = [field.name for field in fields].index(schema.key)
    for number in range(count):
        record = list(cycle[number % len(cycle)])
        record[key] = f"F-{number:07d}"
        place = f"T{number * territories // count:04d}"
        yield (place, record[key], f"{number:032x}", *record)


def fill(path: Path, table: str, count: int, territories: int) -> None:
    """Write a large store in one go, as the reception would have left it."""
    Store(path).close()
    schema = catalogue().tables[table]
    marks = ",".join("?" * (len(short_names(schema)) + 3))
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA synchronous=OFF")
        db.executemany(
            f"INSERT INTO {sql_name(table)} VALUES({marks})", rows(schema, count, territories)
        )
    db.close()
    with Store(path) as store:
        store.file(table, {})


def slice_times(path: Path, table: str, places: list[str]) -> list[tuple[float, float]]:
    """Milliseconds of each slice, on the clock and of the processor, in an open store."""
    times = []
    with Store(path, readonly=True) as store:
        for place in places:
            start, worked = time.perf_counter(), time.thread_time()
            frame = store.load(table, territory=place, texts=False)
            spent = time.perf_counter() - start, time.thread_time() - worked
            times.append((spent[0] * 1000, spent[1] * 1000))
            if frame.empty:
                raise RuntimeError(f"nothing was read for {place}")
    return times


def naive_time(path: Path, table: str, place: str) -> float:
    """Milliseconds to load the whole table with pandas and filter it."""
    with sqlite3.connect(path) as db:
        start = time.perf_counter()
        frame = pd.read_sql(f"SELECT * FROM {sql_name(table)}", db)
        frame[frame["territory"] == place].reset_index(drop=True)
        return (time.perf_counter() - start) * 1000


def measure(table: str, count: int, territories: int, *, naive: bool = True) -> dict[str, Any]:
    """Fill, read 50 slices, load everything once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "workbook.sqlite"
        fill(path, table, count, territories)
        step = max(1, territories // 50)
        places = [f"T{number:04d}" for number in range(0, territories, step)]
        times = slice_times(path, table, places)
        whole = naive_time(path, table, places[-1]) if naive else None
        size = path.stat().st_size
    clock, processor = zip(*times)
    median = statistics.median(clock)
    return {
        "table": table,
        "rows": count,
        "territories": territories,
        "rows_per_slice": count // territories,
        "columns": len(short_names(catalogue().tables[table])),
        "slice_ms": round(median, 2),
        "slice_ms_worst": round(max(clock), 2),
        "slice_cpu_ms": round(statistics.median(processor), 2),
        "naive_ms": whole and round(whole),
        "ratio_naive_over_ours": whole and round(whole / median),
        "file_mb": round(size / 1e6),
    }


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON value")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--territories", type=int, default=200)
    parser.add_argument("--table", default="experiences")
    parser.add_argument("--no-naive", action="store_true", help="leave the full load out")
    asked = parser.parse_args()
    found = measure(asked.table, asked.rows, asked.territories, naive=not asked.no_naive)
    if asked.json:
        print(json.dumps(found, indent=2))
    else:
        print("\n".join(f"{name:24} {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
