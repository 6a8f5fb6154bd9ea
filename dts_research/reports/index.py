"""The page that leads to every report of a workbook: one file, no script, relative links only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from dts_research.display.fragments import attribute, tag, words
from dts_research.reports.freshness import FAILED, STATES, Status
from dts_research.reports.manifest import Entry, write_whole
from dts_research.reports.names import plain
from dts_research.reports.press import FORMATS, HTML, Press, output_name

INDEX = "index.html"
FICTION = "Données fictives : ce réseau est inventé pour la démonstration."


def write_index(folder: Path, statuses: Sequence[Status], press: Press) -> Path:
    """Write `index.html` in the output folder."""
    write_whole(folder / INDEX, index_page(statuses, press).encode("utf-8"))
    return folder / INDEX


def index_page(statuses: Sequence[Status], press: Press) -> str:
    """Give the index page: reports of the whole network first, then territories by name."""
    from dts_research.reports.html import CSP
    from dts_research.reports.html_style import style

    network = [one for one in statuses if not one.report.territory]
    territories = sorted((one for one in statuses if one.report.territory), key=_alphabetical)
    css = files("dts_research.reports").joinpath("templates/index.css").read_text("utf-8")
    warning = tag("strong", words(FICTION))
    band = f'<aside class="band" aria-label="Avertissement">{warning}</aside>\n'
    return PAGE.format(
        policy=CSP,
        css=style() + css,
        title=words(press.name or "Rapports"),
        band=band if press.fictional else "",
        count=words(_count(statuses)),
        network=_section("Le réseau", "ensemble", network),
        territories=_section("Les territoires", "territoires", territories),
    )


def _alphabetical(status: Status) -> tuple[str, str]:
    return plain(status.report.label or status.report.territory), status.report.id


def _count(statuses: Sequence[Status]) -> str:
    numbers = {state: sum(one.state == state for one in statuses) for state in STATES}
    parts = [f"{numbers[state]} {label}" for state, label in STATES.items() if numbers[state]]
    return f"Rapports : {', '.join(parts) or 'aucun'}."


def _section(title: str, name: str, statuses: Iterable[Status]) -> str:
    items = "\n".join(_item(one) for one in statuses)
    if not items:
        return ""
    return (
        f'<section aria-labelledby="{name}">\n<h2 id="{name}">{title}</h2>\n'
        f'<ul class="reports">\n{items}\n</ul>\n</section>'
    )


def _item(status: Status) -> str:
    report, entry = status.report, status.entry
    name = report.label or (entry.title if entry else "") or report.id
    page = output_name(report.id, HTML)
    made = entry is not None and page in entry.outputs
    shown = f'<a href="{quote(page)}">{words(name)}</a>' if made else words(name)
    variant = f'<p class="variant">{words(report.variant)}</p>' if report.variant else ""
    return (
        f'<li id="rapport-{attribute(report.id)}"><h3>{shown}</h3>\n'
        f"<div>{variant}{_links(entry, name)}{_state(status)}</div></li>"
    )


def _state(status: Status) -> str:
    entry = status.entry
    said = STATES[status.state].capitalize() + (f" : {status.why}" if status.why else "")
    day = f"Fait le {_day(entry.made_at)}." if entry and entry.made_at else ""
    failure = entry.failure if entry and status.state == FAILED else None
    line = f"Ligne : <code>{escape(failure.line)}</code>" if failure and failure.line else ""
    after = "".join(f' <span class="made">{one}</span>' for one in (words(day), line) if one)
    stop = "" if said.endswith((".", "?", "!")) else "."
    return f'<p class="state {status.state}"><strong>{words(said)}{stop}</strong>{after}</p>'


def _links(entry: Entry | None, name: str) -> str:
    if entry is None:
        return ""
    labels = {output_name(entry.id, kind): label for kind, label in FORMATS.items()}
    labels |= {path: "carnet exécuté" for path in entry.outputs if path not in labels}
    links = [
        f'<a href="{quote(path)}">{words(_upper(label))}'
        f'<span class="unseen">{words(f" – {name}")}</span></a>'
        for path, label in labels.items()
        if path in entry.outputs and path != output_name(entry.id, HTML)
    ]
    return f'<p class="links">{" ".join(links)}</p>\n' if links else ""


def _upper(label: str) -> str:
    return label[:1].upper() + label[1:]


def _day(stamp: str) -> str:
    return f"{datetime.fromisoformat(stamp).astimezone():%d/%m/%Y à %H h %M}"


PAGE = """<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>{title} – rapports</title>
<style>{css}</style>
</head>
<body class="dts">
<a class="skip" href="#contenu">Aller aux rapports</a>
{band}<header class="top index"><h1>{title}</h1>
<p class="count">{count}</p></header>
<main id="contenu" class="index" tabindex="-1">
{network}
{territories}
</main>
</body>
</html>
"""
