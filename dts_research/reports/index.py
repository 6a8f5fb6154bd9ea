"""The page that leads to every report of a workbook: one file, relative links only.

A map, then a list by letter. A short script, allowed by its digest, filters the list; without it
everything is still there.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any

from dts_research.display.fragments import attribute, tag, words
from dts_research.reports.disk import write_whole
from dts_research.reports.document import FICTION
from dts_research.reports.freshness import STATES, Status
from dts_research.reports.index_entries import Group, grouped, item_html, key, page_of
from dts_research.reports.index_map import Link, departements, map_html
from dts_research.reports.index_states import Shared, day_of, overall, shared
from dts_research.reports.names import bare
from dts_research.reports.press import Press
from dts_research.reports.storage import Object, Objects

INDEX = "index.html"
# Under this number of territories, letters to jump to and a field to search are in the way.
FEW = 8
# Where the page says from what it was made, in bytes.
HEAD = 2000


def write_index(folder: Path | Objects, statuses: Sequence[Status], press: Press) -> Path | Object:
    """Write `index.html` in the output folder, unless it tells the same already."""
    path = folder / INDEX
    if not _told(path, f'"{_stamp(statuses, press)}"'.encode()):
        write_whole(path, index_page(statuses, press).encode("utf-8"))
    return path


def _told(path: Path | Object, stamp: bytes) -> bool:
    with suppress(OSError):
        return isinstance(path, Path) and stamp in path.read_bytes()[:HEAD]
    return False


def _stamp(statuses: Sequence[Status], press: Press) -> str:
    """Digest of all that the page is made from: it is long to write for a whole country."""
    told = [(press.name, press.fictional, press.version, press.rendering), *map(_facts, statuses)]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def _facts(one: Status) -> tuple[Any, ...]:
    made = one.entry
    if made is None:
        return one.report, one.state, one.why
    days = day_of(made.made_at), day_of(made.tried_at)  # the hour is told nowhere
    return (one.report, one.state, one.why, *days, made.title, made.faults, made.strict,
            made.failure, *made.outputs)  # fmt: skip


def index_page(statuses: Sequence[Status], press: Press) -> str:
    """Give the index page: reports of the whole network first, then territories by name."""
    from dts_research.reports.html_style import style

    common = shared(statuses)
    network, territories = grouped(statuses)
    css = files("dts_research.reports").joinpath("templates/index.css").read_text("utf-8")
    more = tag("span", words(" : ce réseau est inventé pour la démonstration."))
    warning = tag("strong", words(FICTION) + more)
    band = f'<aside class="band" aria-label="Avertissement">{warning}</aside>\n'
    searched = len(territories) > FEW
    return PAGE.format(
        policy=_policy(searched),
        stamp=_stamp(statuses, press),
        css=style() + css,
        title=words(press.name or "Rapports"),
        band=band if press.fictional else "",
        count=overall(statuses, common),
        network=_network(network, common),
        map=_map(territories),
        territories=_territories(territories, common, searched),
        script=f"<script>{_script()}</script>\n" if searched else "",
    )


@cache
def _script() -> str:
    return files("dts_research.reports").joinpath("templates/index.js").read_text("utf-8")


def _policy(searched: bool) -> str:
    """Policy of the page: of all scripts, the one whose digest is said may run."""
    from dts_research.reports.html import CSP

    digest = base64.b64encode(hashlib.sha256(_script().encode("utf-8")).digest()).decode()
    return f"{CSP}; script-src 'sha256-{digest}'" if searched else CSP


def _network(groups: Sequence[Group], common: Shared) -> str:
    if not groups:
        return ""
    items = "\n".join(item_html(group, common) for group in groups)
    return (
        '<section aria-labelledby="ensemble"><h2 id="ensemble">Le réseau</h2>\n'
        f'<ul class="reports">{items}</ul></section>'
    )


def _map(groups: Sequence[Group]) -> str:
    """The map and, beside it, the territories it does not show."""
    known = departements() if groups else frozenset()
    links = {group.code: _link(group) for group in groups if group.code in known}
    drawn = map_html(links)
    if not drawn:
        return ""
    others = "".join(
        f'<li><a href="{attribute(_link(group).href)}">{words(group.label)}</a>'
        f'<span class="unseen">{words(f" : rapport {STATES[group.main.state]}")}</span></li>'
        for group in groups
        if group.code not in known
    )
    beside = f'<h3 id="hors-carte">Hors de la carte</h3><ul class="plain">{others}</ul>'
    return (
        '<section aria-labelledby="carte"><h2 id="carte">La carte</h2>\n'
        f'<div class="mapped">{drawn}<div class="beside">{beside if others else ""}</div></div>'
        "</section>"
    )


def _link(group: Group) -> Link:
    """Page of the main report or, where it was never made, its line in the list."""
    status = group.main
    name = f"{group.label} : rapport {STATES[status.state]}"
    return Link(page_of(status) or f"#rapport-{status.report.id}", name, status.state)


def _territories(groups: Sequence[Group], common: Shared, searched: bool) -> str:
    if not groups:
        return ""
    letters = [(one, list(some)) for one, some in groupby(groups, key=_letter)]
    several = len(groups) > FEW
    lists = "\n".join(
        f'<section class="letter" data-groupe aria-label="{letter}">'
        f"{f'<h3 id={chr(34)}lettre-{letter}{chr(34)}>{letter}</h3>' if several else ''}"
        f"{_list(some, common)}</section>"
        for letter, some in letters
    )
    jumps = "".join(f'<li><a href="#lettre-{letter}">{letter}</a></li>' for letter, _ in letters)
    nav = f'<nav class="letters" aria-label="Lettres"><ul>{jumps}</ul></nav>\n' if several else ""
    return (
        '<section aria-labelledby="territoires"><h2 id="territoires">Les territoires</h2>\n'
        f"{SEARCH if searched else ''}{nav}{lists}</section>"
    )


def _list(groups: Iterable[Group], common: Shared) -> str:
    items = "\n".join(item_html(group, common) for group in groups)
    return f'<ul class="reports">{items}</ul>'


def _letter(group: Group) -> str:
    first = bare(key(group.label))[:1].upper()
    return first if first.isalpha() else "0"


SEARCH = """<p id="sans-script" class="hint">Pour trouver un territoire : Ctrl+F.</p>
<div id="chercher" class="search" role="search" hidden>
<label for="mots">Chercher un territoire, par son nom ou son code</label>
<input id="mots" type="search" autocomplete="off" spellcheck="false" aria-describedby="trouves">
<p id="trouves" role="status"></p>
</div>
"""
PAGE = """<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<meta name="dts-etat" content="{stamp}">
<title>{title} – rapports</title>
<style>{css}</style>
</head>
<body class="dts">
<a class="skip" href="#contenu">Aller aux rapports</a>
{band}<header class="top index"><h1>{title}</h1>
{count}</header>
<main id="contenu" class="index" tabindex="-1">
{network}
{map}
{territories}
</main>
{script}</body>
</html>
"""
