"""The page that leads to every report of a workbook: one file, no script, relative links only."""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from dts_research.reports.freshness import FAILED, STATES, Status
from dts_research.reports.manifest import Entry, write_whole
from dts_research.reports.press import FORMATS, HTML, Press, output_name

INDEX = "index.html"
FICTION = "Données fictives : ces rapports sont faits avec un réseau inventé."


def write_index(folder: Path, statuses: Sequence[Status], press: Press) -> Path:
    """Write `index.html` in the output folder."""
    write_whole(folder / INDEX, index_page(statuses, press).encode("utf-8"))
    return folder / INDEX


def index_page(statuses: Sequence[Status], press: Press) -> str:
    """Give the index page: reports of the whole network first, then territories by name."""
    css = files("dts_research.reports").joinpath("templates/index.css").read_text("utf-8")
    title = escape(f"Rapports – {press.name}" if press.name else "Rapports")
    network = [one for one in statuses if not one.report.territory]
    territories = [one for one in statuses if one.report.territory]
    fiction = f'<p class="fiction" role="note">{FICTION}</p>' if press.fictional else ""
    return PAGE.format(
        policy=f"default-src 'none'; style-src '{_hash(css)}'; base-uri 'none'; form-action 'none'",
        css=css,
        title=title,
        fiction=fiction,
        count=_count(statuses),
        network=_section("Le réseau", network),
        territories=_section("Les territoires", sorted(territories, key=_alphabetical)),
    )


def _hash(css: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(css.encode("utf-8")).digest()).decode()


def _alphabetical(status: Status) -> tuple[str, str]:
    label = unicodedata.normalize("NFKD", status.report.label or status.report.territory)
    bare = "".join(c for c in label if not unicodedata.combining(c))
    return bare.casefold(), status.report.id


def _count(statuses: Sequence[Status]) -> str:
    parts = []
    for state, label in STATES.items():
        number = sum(one.state == state for one in statuses)
        if number:
            parts.append(f"{number} {label}")
    return escape(", ".join(parts) or "aucun rapport")


def _section(title: str, statuses: Iterable[Status]) -> str:
    items = "\n".join(_item(one) for one in statuses)
    return f"<section>\n<h2>{title}</h2>\n<ul>\n{items}\n</ul>\n</section>" if items else ""


def _item(status: Status) -> str:
    report, entry = status.report, status.entry
    name = report.label or (entry.title if entry else "") or report.id
    extra = f' <span class="family">{escape(report.family)}</span>' if report.label else ""
    why = f" : {escape(status.why)}" if status.why else ""
    state = f'<p class="state {status.state}">{STATES[status.state].capitalize()}{why}</p>'
    cell = _failing_line(entry) if status.state == FAILED else ""
    return (
        f'<li id="{escape(report.id)}"><h3>{escape(name)}{extra}</h3>\n'
        f"{_links(entry, name)}{state}{cell}</li>"
    )


def _failing_line(entry: Entry | None) -> str:
    line = entry.failure.line if entry and entry.failure else ""
    return f'<p class="line">Ligne : <code>{escape(line)}</code></p>' if line else ""


def _links(entry: Entry | None, name: str) -> str:
    if entry is None or not entry.outputs:
        return ""
    links = [
        _link(output_name(entry.id, kind), label, name)
        for kind, label in FORMATS.items()
        if output_name(entry.id, kind) in entry.outputs
    ]
    links += [_link(path, "carnet", name) for path in entry.outputs if path.endswith(".ipynb")]
    made = f'<span class="made">fait le {_day(entry.made_at)}</span>' if entry.made_at else ""
    return f'<p class="links">{" ".join(links)} {made}</p>\n'


def _link(path: str, label: str, name: str) -> str:
    shown = label.capitalize() if label in (FORMATS[HTML], "carnet", "diaporama") else label
    return f'<a href="{quote(path)}">{shown}<span class="unseen"> – {escape(name)}</span></a>'


def _day(stamp: str) -> str:
    moment = datetime.fromisoformat(stamp).astimezone()
    return f"{moment:%d/%m/%Y à %H h %M}"


PAGE = """<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{css}</style>
</head>
<body>
<main>
<header>
{fiction}
<h1>{title}</h1>
<p class="count">{count}</p>
</header>
{network}
{territories}
</main>
</body>
</html>
"""
