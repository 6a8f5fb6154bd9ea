"""What profiles cost, beside the same formulas in plain loops, in the same run.

``python -m benchmarks.comparison_profiles --json`` makes the axes and the classes of 101
territories by 20 indicators and of 1 255 by 6 (figures drawn at random, always the same), checks
that both ways agree, and gives the ratio of their times.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from dts_research.analysis.profiles import Recipe, profile
from dts_research.analysis.stability import stability

SIZES = ((101, 20), (1255, 6))
AXES, K = 5, 4
# Plain loops are measured up to this many rows; they take minutes beyond.
LOOPED = 300
Rows = list[list[float]]


def table_of(rows: int, columns: int) -> pd.DataFrame:
    """Four groups of territories, written for the measure."""
    chance = np.random.default_rng(rows)
    corners = chance.normal(scale=2, size=(K, columns))
    values = corners[np.arange(rows) % K] + chance.normal(size=(rows, columns))
    return pd.DataFrame(values, [f"T{i:04}" for i in range(rows)])


def loop_axes(values: Rows) -> Rows:
    """Coordinates on the first axes: standardise, correlate, power iteration, deflate."""
    n, p = len(values), len(values[0])
    means = [sum(row[j] for row in values) / n for j in range(p)]
    spread = [math.sqrt(sum((row[j] - means[j]) ** 2 for row in values) / n) for j in range(p)]
    z = [[(row[j] - means[j]) / spread[j] for j in range(p)] for row in values]
    r = [[sum(row[i] * row[j] for row in z) / n for j in range(p)] for i in range(p)]
    found: Rows = [[] for _ in z]
    for _ in range(min(AXES, p)):
        v = [1.0 + j / p for j in range(p)]
        for _ in range(400):
            v = [sum(r[i][j] * v[j] for j in range(p)) for i in range(p)]
            norm = math.sqrt(sum(x * x for x in v))
            v = [x / norm for x in v]
        value = sum(v[i] * r[i][j] * v[j] for i in range(p) for j in range(p))
        r = [[r[i][j] - value * v[i] * v[j] for j in range(p)] for i in range(p)]
        for row, place in zip(z, found):
            place.append(sum(a * b for a, b in zip(row, v)))
    return found


def loop_classes(points: Rows) -> list[list[int]]:
    """Ward by looking at every pair of classes at every step."""
    classes = [([i], list(point)) for i, point in enumerate(points)]
    while len(classes) > K:
        best = (math.inf, 0, 0)
        for i, (ours, here) in enumerate(classes):
            for j in range(i):
                theirs, there = classes[j]
                weight = len(ours) * len(theirs) / (len(ours) + len(theirs))
                lost = weight * apart(here, there)
                if lost < best[0]:
                    best = (lost, i, j)
        _, i, j = best
        ours, here = classes.pop(i)
        theirs, there = classes[j]
        n = len(ours) + len(theirs)
        middle = [(a * len(ours) + b * len(theirs)) / n for a, b in zip(here, there)]
        classes[j] = (ours + theirs, middle)
    return loop_moves(points, [rows for rows, _ in classes])


def loop_moves(points: Rows, classes: list[list[int]]) -> list[list[int]]:
    """Move the row that gains most, until none does."""
    while True:
        centres = [[sum(points[i][d] for i in rows) / len(rows) for d in range(len(points[0]))]
                   for rows in classes]  # fmt: skip
        best = (1e-9, -1, -1, -1)
        for a, rows in enumerate(classes):
            for i in rows if len(rows) > 1 else []:
                leaving = len(rows) / (len(rows) - 1) * apart(points[i], centres[a])
                for b, others in enumerate(classes):
                    joining = len(others) / (len(others) + 1) * apart(points[i], centres[b])
                    if b != a and leaving - joining > best[0]:
                        best = (leaving - joining, i, a, b)
        _, i, a, b = best
        if i < 0:
            return [sorted(rows) for rows in classes]
        classes[a].remove(i)
        classes[b].append(i)


def apart(one: list[float], other: list[float]) -> float:
    """Squared distance."""
    return sum((a - b) ** 2 for a, b in zip(one, other))


def best_of(times: int, make: Callable[[], Any]) -> tuple[float, Any]:
    """Shortest time in milliseconds, and what was made."""
    spent, made = [], None
    for _ in range(times):
        start = time.perf_counter()
        made = make()
        spent.append((time.perf_counter() - start) * 1000)
    return min(spent), made


def measure(rows: int, columns: int) -> dict[str, Any]:
    """Time profiles, their stability, and plain loops on as many rows as they bear."""
    table = table_of(rows, columns)
    recipe = Recipe("pca", axes=AXES, k=K)
    ours, made = best_of(5, lambda: profile(table, recipe))
    held, _ = best_of(1, lambda: stability(table, made, runs=20, seed=1))
    small = table.iloc[:LOOPED]
    same, again = best_of(5, lambda: profile(small, recipe))
    values = small.to_numpy().tolist()
    plain, looped = best_of(1, lambda: loop_classes(loop_axes(values)))
    groups = {tuple(small.index.get_indexer(list(m))) for m in again.classes.members.values()}
    return {
        "rows": rows, "columns": columns, "profile_ms": round(ours, 1),
        "one_draw_ms": round(held / 20, 1), "compared_rows": len(small),
        "compared_ms": round(same, 1), "loops_ms": round(plain),
        "ratio_loops_over_ours": round(plain / same),
        "same_classes": groups == {tuple(rows) for rows in looped},
    }  # fmt: skip


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON value")
    asked = parser.parse_args()
    found = [measure(*size) for size in SIZES]
    if asked.json:
        print(json.dumps(found, indent=2))
        return
    for one in found:
        print("\n".join(f"{name:24} {value}" for name, value in one.items()), end="\n\n")


if __name__ == "__main__":
    main()
