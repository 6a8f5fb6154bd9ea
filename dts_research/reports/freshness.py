"""Which reports are out of date, and why."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

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
}
CODE = (".py", ".json", ".csv", ".css", ".typ", ".toml")


@dataclass(frozen=True)
class Status:
    """A report, its state and the French reason of it."""

    report: Report
    state: str
    why: str = ""
    entry: Entry | None = None


@cache
def code_digest() -> str:
    """Digest of the package itself: code, schema, templates."""
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
    path = press.notebooks / report.notebook
    asked = {"parameters": report.parameters, "territory": report.territory}
    asked |= {"audience": report.audience, "label": report.label}
    return {
        "notebook": digest(path.read_bytes()) if path.is_file() else "",
        "data": press.digest,
        "parameters": digest(json.dumps(asked, sort_keys=True, ensure_ascii=False, default=str)),
        "version": code_digest(),
    }


def states(reports: Sequence[Report], press: Press) -> tuple[Status, ...]:
    """Say for each report whether it is missing, fresh, stale or failed, and why."""
    entries = Manifest(press.out).read()
    return tuple(_status(report, press, entries.get(report.id)) for report in reports)


def _status(report: Report, press: Press, entry: Entry | None) -> Status:
    if entry is None:
        return Status(report, MISSING, "jamais fait")
    if entry.state == FAILED:
        why = entry.failure.message if entry.failure else "raison inconnue"
        return Status(report, FAILED, why, entry)
    now = digests(report, press)
    reasons = [why for name, why in CHANGES.items() if now[name] != entry.digests.get(name)]
    fault = Manifest(press.out).faults(entry) or press.lacks(entry)
    if fault:
        reasons.append(fault)
    return Status(report, STALE if reasons else FRESH, ", ".join(reasons), entry)
