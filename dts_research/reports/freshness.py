"""Which reports are out of date, and why."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from textwrap import shorten

from dts_research.reports.comments import comments_digest, comments_in
from dts_research.reports.manifest import Entry, Manifest, digest
from dts_research.reports.plan import Report
from dts_research.reports.press import Press

MISSING, FRESH, STALE, FAILED = "missing", "fresh", "stale", "failed"
STATES = {MISSING: "à faire", FRESH: "à jour", STALE: "à refaire", FAILED: "en échec"}
CHANGES = {
    "notebook": "le carnet a changé",
    "data": "les données ont changé",
    "parameters": "les paramètres ont changé",
    "version": "le programme a changé",
    "comments": "un commentaire a changé",
}
CODE = (".py", ".json", ".csv", ".css", ".typ", ".toml")


@dataclass(frozen=True)
class Status:
    """A report, its state and the French reason of it."""

    report: Report
    state: str
    why: str = ""
    entry: Entry | None = None


def brief(why: str, width: int) -> str:
    """Say a reason on one line: of several faults the first, and how many others."""
    faults = [line[2:] for line in why.splitlines() if line.startswith("- ")]
    others = len(faults) - 1
    more = f" et {others} autre{'s' if others > 1 else ''}" if others > 0 else ""
    return shorten((faults or [why])[0], width - len(more), placeholder="…") + more


@cache
def code_digest() -> str:
    """Digest of the package itself: code, schema, templates; as it was when first asked."""
    return present_code()


def present_code() -> str:
    """Digest of the package as it stands at this moment: it may have changed during a run."""
    return digest("".join(_digests(files("dts_research"), depth=4)))


def _digests(folder: Traversable, *, depth: int) -> list[str]:
    found = []
    for child in sorted(folder.iterdir(), key=lambda one: one.name):
        if child.is_file() and child.name.endswith(CODE):
            found.append(child.name + digest(child.read_bytes()))
        elif depth and not child.name.startswith(("_", ".")) and child.is_dir():
            found += _digests(child, depth=depth - 1)
    return found


def digests(report: Report, press: Press) -> dict[str, str]:
    """Give what a report depends on, as digests."""
    asked = {"parameters": report.parameters, "territory": report.territory}
    asked |= {"audience": report.audience, "label": report.label}
    return {
        "notebook": _file_digest(press.notebooks / report.notebook),
        "data": press.digest,
        "parameters": digest(json.dumps(asked, sort_keys=True, ensure_ascii=False, default=str)),
        "version": press.version or code_digest(),
        "comments": comments_digest(comments_in(press.comments, report)),
    }


def _file_digest(path: Path) -> str:
    try:
        stat = path.stat()
    except OSError:
        return ""
    return _stamped_digest(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=256)
def _stamped_digest(path: Path, _mtime_ns: int, _size: int) -> str:
    return digest(path.read_bytes())


def variants(plan: Sequence[Report], press: Press) -> tuple[Report, ...]:
    """Give the reports made besides the plan, for other readers or periods, that still stand."""
    wanted = {(report.family, report.territory) for report in plan}
    names = [name.name for name in fields(Report)]
    return tuple(
        Report(**{name: getattr(entry, name) for name in names})
        for entry in Manifest(press.out).read().values()
        if entry.variant and (entry.family, entry.territory) in wanted
    )


def states(reports: Sequence[Report], press: Press) -> tuple[Status, ...]:
    """Say for each report whether it is missing, fresh, stale or failed, and why.

    The formats and the check that one command asks for have no part in it: see `Press.lacks`.
    """
    entries = Manifest(press.out).read()
    return tuple(_status(report, press, entries.get(report.id)) for report in reports)


def _status(report: Report, press: Press, entry: Entry | None) -> Status:
    if entry is None:
        return Status(report, MISSING, "jamais fait")
    if entry.state == FAILED:
        why = entry.failure.message if entry.failure else "raison inconnue"
        return Status(report, FAILED, why, entry)
    now = digests(report, press)
    reasons = [why for name, why in CHANGES.items() if now[name] != entry.digests.get(name, "")]
    fault = Manifest(press.out).faults(entry)
    if fault:
        reasons.append(fault)
    return Status(report, STALE if reasons else FRESH, ", ".join(reasons), entry)
