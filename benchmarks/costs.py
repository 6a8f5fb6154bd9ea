"""Seconds of processor of a report beside those of its cells alone, in processes forked warm."""

from __future__ import annotations

import ast
import multiprocessing
import os
import resource
import statistics
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from dts_research.reports.freshness import beside, rendering_digest
from dts_research.reports.notebooks import read_notebook
from dts_research.reports.plan import Report
from dts_research.reports.press import HTML, PDF, WARM, Press

ROUNDS = 5


def costs(data: Path, codes: Sequence[str]) -> dict[str, Any]:
    """Cells alone, execution and HTML, the whole with PDF; each territory in turn."""
    spent: dict[str, list[float]] = {"cells": [], "html": [], "whole": []}
    drawn: dict[str, list[float]] = {}
    notebooks = data.parent / "notebooks"
    whole = Press(notebooks, data, data, version="mesure", beside=beside(notebooks),
                  rendering=rendering_digest(), engine=WARM)  # fmt: skip
    for code in list(codes) * ROUNDS:
        for kind in spent:
            seconds, charts = _forked(kind, whole, code)
            spent[kind].append(seconds)
            for name, value in charts.items():
                drawn.setdefault(name, []).append(value)
    middle = {kind: statistics.median(values) for kind, values in spent.items()}
    ratios = [html / cells for html, cells in zip(spent["html"], spent["cells"])]
    return {
        "cells_cpu_s": round(middle["cells"], 3), "html_cpu_s": round(middle["html"], 3),
        "report_cpu_s": round(middle["whole"], 3),
        "overhead_ratio": round(statistics.median(ratios), 2),
        "charts_ms": {name: round(statistics.median(v) * 1000) for name, v in drawn.items()},
    }  # fmt: skip


def _forked(kind: str, press: Press, code: str) -> tuple[float, dict[str, float]]:
    """Run in a process forked from one that has imported everything."""
    context: Any = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["dts_research.reports.zygote"])
    here, there = context.Pipe()
    with tempfile.TemporaryDirectory() as out:
        process = context.Process(target=_measured, args=(there, kind, press, code, out))
        process.start()
        there.close()
        found: tuple[float, dict[str, float]] = here.recv()
        process.join()
    return found


def _measured(pipe: Any, kind: str, press: Press, code: str, out: str) -> None:
    os.environ["DTS_WORKBOOK"] = str(press.data)
    press = replace(press, out=Path(out))
    work: dict[str, Callable[[], dict[str, float]]] = {
        "cells": lambda: _cells(press.data, code),
        "html": lambda: _report(replace(press, formats=(HTML,)), code),
        "whole": lambda: _report(replace(press, formats=(HTML, PDF)), code),
    }
    start = _processor()
    charts = work[kind]()
    pipe.send((_processor() - start, charts))


def _processor() -> float:
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return spent.ru_utime + spent.ru_stime


def _report(press: Press, code: str) -> dict[str, float]:
    from dts_research.reports.run import make_report

    entry = make_report(Report(f"r-{code}", "factory.ipynb", code), press)
    if entry.failure:
        raise RuntimeError(entry.failure.message)
    return {}


def _cells(data: Path, code: str) -> dict[str, float]:
    """Run the cells as plain code, and show what each ends with; seconds of each chart."""
    names: dict[str, Any] = {}
    charts: dict[str, float] = {}
    for cell in read_notebook(data.parent / "notebooks" / "factory.ipynb").cells:
        if cell.cell_type == "code":
            start = _processor()
            _shown(cell.source, names)
            if cell.source.startswith("charts."):
                charts[cell.source.partition("(")[0].removeprefix("charts.")] = _processor() - start
        if "parameters" in cell.metadata.get("tags", []):
            names["territory"] = code
    return charts


def _shown(source: str, names: dict[str, Any]) -> None:
    body = ast.parse(source)
    last = body.body.pop() if isinstance(body.body[-1], ast.Expr) else None
    exec(compile(body, "cell", "exec"), names)
    if isinstance(last, ast.Expr):
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
        for one in value if hasattr(value, "__iter__") else (value,):
            one._repr_mimebundle_()
