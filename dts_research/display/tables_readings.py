"""What the group read in the figures, with the views that it had kept for its session."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from dts_research.display import blocks, door
from dts_research.display.blocks import Block
from dts_research.display.captions import from_elsewhere, nothing
from dts_research.display.depth import more, most
from dts_research.display.fields import Decision, Shown
from dts_research.display.grids import named
from dts_research.display.several import Blocks
from dts_research.display.style import NOT_APPLICABLE, NOT_PUBLISHED, french_date, many
from dts_research.display.tables_decisions import sessions_of
from dts_research.errors import DtsError
from dts_research.workbook.material import Material
from dts_research.workbook.views import Kept

FEW = 12
# Circles, from the narrowest: what was drawn for one may be shown to it and to narrower ones.
CIRCLES = ("territory", "network", "public")
GONE = (
    "Une parole a été retirée ou restreinte depuis qu'elle a été gardée : elle n'est pas reprise."
)
NOT_FOR = "Elle a été gardée pour un public plus restreint que celui de ce rapport."
UNREADABLE = "Ce qui en a été gardé n'est plus lisible."
MAKERS = {
    make.__name__: make
    for make in (blocks.chart, blocks.table, blocks.sheet, blocks.quotes, blocks.thread,
                 blocks.callout, blocks.discussion, blocks.follow_up, blocks.absence)
}  # fmt: skip


def readings(material: Material) -> Blocks:
    """The views that come back, then what the group said of them and of the figures."""
    rows = door.rows(material, "contributions").dropna(subset=["target"])
    rows = rows[rows["target"] != rows["session_id"]]  # said of the session, not of a figure
    days = sessions_of(material)
    order = sorted(rows.index, key=lambda i: (str(days.get(rows["session_id"][i], "")), i))
    rows = rows.loc[order[::-1]]
    views = [_view(one, material) for one in material.views]
    if rows.empty:
        text = "Aucune lecture de figure n'a été notée en séance."
        title = "Pas encore de lecture de figure"
        return Blocks((*views, nothing("lectures", title, text, mark=NOT_APPLICABLE)))
    shown = rows.head(most(material, FEW))
    indicators = door.rows(material, "indicators")
    labels = {k: door.words(v) for k, v in zip(indicators["indicator_id"], indicators["label"])}
    known: Any = (door.titles(material), labels)
    titles = ChainMap(*known)
    items = [_card(r, titles, days) for r in shown.itertuples()]
    left = more(material, len(rows) - len(shown), "lecture")
    note = f"De la plus récente à la plus ancienne. {from_elsewhere(material, rows)} {left}"
    title = f"{many(len(rows), 'lecture notée', 'lectures notées')} en séance"
    card = blocks.follow_up(id="lectures", title=title, items=items, note=" ".join(note.split()))
    return Blocks((*views, card))


def _card(r: Any, titles: Mapping[str, str], days: Mapping[str, date]) -> Decision:
    held = days.get(r.session_id)
    said = f"à la séance du {french_date(held)}" if isinstance(held, date) else "en séance"
    return Decision(
        statement=door.words(r.text), status=named("contribution_types", r.type), said=said,
        positions=door.words(r.positions, missing=""), figures=[_target(r.target, titles)],
    )  # fmt: skip


def _target(target: str, titles: Mapping[str, str]) -> Shown:
    """What was spoken of: a figure by its id, else a sheet, an indicator, or words."""
    if target in titles:
        return Shown(figure=target, label=f"« {titles[target]} »")
    if " " in target.strip():
        return Shown(figure="", label=door.words(target))
    return Shown(figure=door.words(target))


def _view(one: Kept, material: Material) -> Block:
    """A kept view under its own id, as the group saw it; or why it is not shown again."""
    view, title = one.view, door.words(one.view.caption or one.view.block.get("title"))
    if view.audience not in CIRCLES[CIRCLES.index(material.audience) :]:
        return nothing(one.id, "Une vue gardée pour la séance", NOT_FOR, mark=NOT_PUBLISHED)
    if not view.block:
        return nothing(one.id, f"Vue gardée : {title}", GONE, mark=NOT_PUBLISHED)
    fields = {key: value for key, value in view.block.items() if key != "kind"} | {"id": one.id}
    place = {"chart": "reading", "table": "note"}.get(str(view.block.get("kind")))
    if place:
        fields[place] = f"{_kept(one)} {fields.get(place) or ''}".strip()
    try:
        return MAKERS[str(view.block["kind"])](**fields)
    except (DtsError, KeyError, TypeError, AttributeError):
        return nothing(one.id, f"Vue gardée : {title}", UNREADABLE, mark=NOT_PUBLISHED)


def _kept(one: Kept) -> str:
    """Say when a view was kept, on what, and what was asked of it."""
    day = french_date(datetime.fromisoformat(one.at).date())
    told = [f"Vue gardée pour la séance le {day}, telle qu'elle était alors.", one.view.scope]
    told += [f"Légende : {one.view.caption}."] if one.view.caption else []
    told += [f"Question posée : {one.view.question}"] if one.view.question else []
    return " ".join(door.words(text, missing="") for text in told).strip()
