"""Which reports are out of date, and why."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from textwrap import shorten

from dts_research.reports.comments import comments_digest, comments_in
from dts_research.reports.disk import digest, inside
from dts_research.reports.manifest import Entry, Manifest
from dts_research.reports.plan import Report
from dts_research.reports.press import Press
from dts_research.reports.reads import Rereading, rereading

MISSING, FRESH, STALE, FAILED = "missing", "fresh", "stale", "failed"
STATES = {MISSING: "à faire", FRESH: "à jour", STALE: "à refaire", FAILED: "en échec"}
CHANGES = {
    "notebook": "le carnet a changé",
    "data": "les données ont changé",
    "parameters": "les paramètres ont changé",
    "version": "le programme a changé",
    "comments": "un commentaire a changé",
    "rendering": "la mise en page a changé",
    "beside": "un fichier posé à côté des carnets a changé",
    "dependencies": "",
}
# Parts of this room that only set what a notebook gave: it need not run again for them.
SETTING = ("arrange", "extras", "foreign", "html", "index", "leaflet", "links", "onepage", "pages",
           "paper", "pictures", "projected", "prose", "provenance", "signs", "slides", "tags",
           "templates", "typst", "widths")  # fmt: skip
# What a notebook is run and set with, beside this package and Python.
LIBRARIES = ("numpy", "pandas", "scipy", "shapely", "matplotlib", "papermill", "nbclient",
             "nbconvert", "ipykernel", "mistune", "fonttools", "typst", "pikepdf")  # fmt: skip
# Files that a notebook may read, or import, from beside it.
READ = (".py", ".csv", ".tsv", ".txt", ".md", ".json", ".geojson", ".toml", ".yaml", ".yml",
        ".xlsx", ".xls", ".ods", ".parquet")  # fmt: skip
# Stands for the digest of what is beside the notebooks, where nothing is.
ALONE = "rien"
CODE = (".py", ".json", ".csv", ".css", ".typ", ".toml", ".gz", ".npz", ".ttf", ".otf", ".woff2",
        ".mo", ".html", ".js")  # fmt: skip


@dataclass(frozen=True)
class Status:
    """A report, its state and the French reason of it.

    Parameters
    ----------
    checked
        True when the store changed but not what the report read: its line, once written again
        with the present stamp, spares the next check.
    """

    report: Report
    state: str
    why: str = ""
    entry: Entry | None = None
    checked: bool = False


def brief(why: str, width: int) -> str:
    """Say a reason on one line: of several faults the first, and how many others."""
    faults = [line[2:] for line in why.splitlines() if line.startswith("- ")]
    others = len(faults) - 1
    more = f" et {others} autre{'s' if others > 1 else ''}" if others > 0 else ""
    return shorten((faults or [why])[0], width - len(more), placeholder="…") + more


def code_digest() -> str:
    """Digest of the package itself: code and schema, but what only sets documents."""
    return _code()[0]


def rendering_digest() -> str:
    """Digest of what sets documents once their notebooks ran: templates and their code."""
    return _code()[1]


@cache
def _code() -> tuple[str, str]:
    return present_code()


def present_code() -> tuple[str, str]:
    """Both digests as the package stands at this moment: it may have changed during a run."""
    found = _digests(files("dts_research"), depth=4)
    setting = [one for one in found if one[0].startswith(tuple(f"reports/{n}" for n in SETTING))]
    rest = [one for one in found if one not in setting]
    return digest(repr(rest)), digest(repr(setting))


def _digests(folder: Traversable, *, depth: int, inside: str = "") -> list[tuple[str, str]]:
    found = []
    for child in sorted(folder.iterdir(), key=lambda one: one.name):
        name = inside + child.name
        if child.is_file() and name.endswith(CODE):
            found.append((name, digest(child.read_bytes())))
        elif depth and not child.name.startswith(("_", ".")) and child.is_dir():
            found += _digests(child, depth=depth - 1, inside=f"{name}/")
    return found


@cache
def dependencies() -> str:
    """Name what a report is made with, and in which version."""
    told = [f"Python {platform.python_version()}"]
    for name in LIBRARIES:
        with suppress(PackageNotFoundError):
            told.append(f"{name} {version(name)}")
    return ", ".join(told)


def _other(now: str, then: str) -> str:
    """Say which libraries are not those of then."""
    there = {*then.split(", ")}
    return "version changée : " + ", ".join(one for one in now.split(", ") if one not in there)


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
        "rendering": press.rendering or rendering_digest(),
        "beside": press.beside or beside(press.notebooks),
        "dependencies": dependencies(),
    }


def beside(notebooks: Path) -> str:
    """Digest of what stands beside the notebooks: any of them may read it, or import it."""
    found = (one for one in inside(notebooks) if one[1].suffix.lower() in READ)
    told = [(name, _file_digest(path)) for name, path in found if path.name != "plan.toml"]
    return digest(repr(told)) if told else ALONE


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
        if entry.variant and entry.made_at and (entry.family, entry.territory) in wanted
    )


def states(reports: Sequence[Report], press: Press) -> tuple[Status, ...]:
    """Say for each report whether it is missing, fresh, stale or failed, and why.

    The formats and the check that one command asks for have no part in it: see `Press.lacks`.
    """
    entries = Manifest(press.out).read()
    press = replace(press, beside=press.beside or beside(press.notebooks))
    with rereading(press) as again:
        return tuple(_status(one, press, entries.get(one.id), again) for one in reports)


def _status(report: Report, press: Press, entry: Entry | None, again: Rereading) -> Status:
    if entry is None:
        return Status(report, MISSING, "jamais fait")
    if entry.state == FAILED:
        why = entry.failure.message if entry.failure else "raison inconnue"
        return Status(report, FAILED, why, entry)
    now, then = digests(report, press), {"beside": ALONE, **entry.digests}
    why = again.why(entry)
    checked = not why and now["data"] != then.get("data", "")
    if checked:
        then["data"] = now["data"]
        entry = replace(entry, digests=then)
    said = CHANGES | {"data": why}
    if not now["notebook"]:
        said["notebook"] = "le carnet est introuvable"
    if now["dependencies"] != then.get("dependencies", ""):
        said["dependencies"] = _other(now["dependencies"], then.get("dependencies", ""))
    reasons = [said[name] for name in CHANGES if now[name] != then.get(name, "")]
    fault = Manifest(press.out).faults(entry)
    if fault:
        reasons.append(fault)
    return Status(report, STALE if reasons else FRESH, ", ".join(reasons), entry, checked)
