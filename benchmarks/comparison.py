"""How fast territories are compared, beside plain loops over scipy in the same run.

``python -m benchmarks.comparison --json`` computes the funnel limits of 35 000 communes, then
compares 101 départements and 1 255 EPCI on 20 indicators: for each indicator the funnel with its
spread, the intervals and the shrunk shares; then the nearest territories with the stability of
each. Loops that would take minutes run on part of the units (``--sample``) and are scaled up.
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
from scipy import optimize, stats
from scipy.spatial import distance

from dts_research.analysis.funnel import LEVELS, funnel_of_shares
from dts_research.analysis.intervals import bounds
from dts_research.analysis.neighbours import nearest
from dts_research.analysis.shrinkage import beta_binomial

COMMUNES, DEPARTEMENTS, EPCI = 35_000, 101, 1_255
INDICATORS, NEIGHBOURS = 20, 5
TARGETS = {COMMUNES: 5.0, DEPARTEMENTS: 2.0, EPCI: 10.0}


def drawn(units: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Counts and totals of units of very unlike sizes, which differ beyond chance."""
    random = np.random.default_rng(seed)
    total = np.maximum(5, random.lognormal(6, 1.3, units)).astype(int)
    return random.binomial(total, random.beta(30, 60, units)), total


def seconds(task: Callable[[], Any]) -> float:
    """Time that a task takes."""
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


def funnel(units: int, seed: int = 0) -> None:
    """Funnel of one indicator."""
    funnel_of_shares([f"T{i}" for i in range(units)], *drawn(units, seed))


def compare(units: int) -> None:
    """Compare units on every indicator, then find the nearest of each."""
    names = [f"T{i}" for i in range(units)]
    values = {}
    for seed in range(INDICATORS):
        count, total = drawn(units, seed)
        funnel_of_shares(names, count, total)
        beta_binomial(names, count, total)
        bounds(count, total)
        values[f"V{seed}"] = count / total
    nearest(pd.DataFrame(values, index=names), list(values), k=NEIGHBOURS)


def plain_limits(count: np.ndarray, total: np.ndarray) -> None:
    """Limits of a funnel, unit after unit."""
    share = count.sum() / total.sum()
    for n in total:
        for level in LEVELS:
            for q in ((1 - level) / 2, (1 + level) / 2):
                r = stats.binom.ppf(q, n, share)
                at, before = stats.binom.cdf(r, n, share), stats.binom.cdf(r - 1, n, share)
                (r - (at - q) / (at - before)) / n


def plain_shares(count: np.ndarray, total: np.ndarray) -> None:
    """Intervals unit after unit, and the likelihood without its slopes."""
    for x, n in zip(count, total):
        stats.binomtest(int(x), int(n)).proportion_ci(method="wilson")

    def lost(logs: np.ndarray) -> float:
        return -float(stats.betabinom.logpmf(count, total, *np.exp(logs)).sum())

    alpha, beta = np.exp(optimize.minimize(lost, [1.0, 1.0], method="Nelder-Mead").x)
    for x, n in zip(count, total):
        stats.beta.ppf([0.025, 0.975], alpha + x, beta + n - x)


def plain_nearest(values: np.ndarray, part: int) -> None:
    """Nearest of the first units, with every variable and without each."""
    scaled = stats.zscore(values)
    for unit in range(part):
        for left in range(-1, scaled.shape[1]):
            kept = scaled if left < 0 else np.delete(scaled, left, axis=1)
            away = distance.cdist(kept[unit : unit + 1], kept)[0]
            np.argsort(away, kind="stable")[: NEIGHBOURS + 1]


def plain_seconds(units: int, sample: int, *, indicators: int) -> float:
    """Seconds of the same in plain loops, on part of the units and scaled up."""
    part = min(units, sample)
    count, total = drawn(units, 0)
    some = count[:part], total[:part]
    limits = seconds(lambda: plain_limits(*some)) * units / part
    if not indicators:
        return limits
    shares = seconds(lambda: plain_shares(*some)) * units / part
    values = np.random.default_rng(1).normal(size=(units, indicators))
    near = seconds(lambda: plain_nearest(values, part)) * units / part
    return indicators * (limits + shares) + near


def line(units: int, ours: float, plain: float, what: str) -> dict[str, Any]:
    """What is printed of one measure."""
    return {
        "what": what,
        "units": units,
        "seconds": round(ours, 3),
        "target_s": TARGETS.get(units, math.nan),
        "plain_s": round(plain, 1),
        "ratio_plain_over_ours": round(plain / ours, 1),
    }


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON value")
    parser.add_argument("--sample", type=int, default=100, help="units looped over plainly")
    parser.add_argument("--communes", type=int, default=COMMUNES)
    asked = parser.parse_args()
    funnel(100)
    ours = seconds(lambda: funnel(asked.communes))
    plain = plain_seconds(asked.communes, asked.sample, indicators=0)
    found = [line(asked.communes, ours, plain, "funnel")]
    for units in (DEPARTEMENTS, EPCI):
        ours = seconds(lambda units=units: compare(units))  # type: ignore[misc]
        plain = plain_seconds(units, asked.sample, indicators=INDICATORS)
        found.append(line(units, ours, plain, f"{INDICATORS} indicators"))
    if asked.json:
        print(json.dumps(found, indent=2))
    else:
        for one in found:
            print("  ".join(f"{name} {value}" for name, value in one.items()))


if __name__ == "__main__":
    main()
