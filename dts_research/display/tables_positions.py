"""All territories side by side: what unites, what divides, each reading with its own status."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from dts_research.analysis import weave as study
from dts_research.analysis.portrait import labels
from dts_research.analysis.weave import Weave
from dts_research.display import door
from dts_research.display.blocks import Block, slug
from dts_research.display.captions import mark_of, none_of, nothing
from dts_research.display.depth import more, most
from dts_research.display.grids import grid
from dts_research.display.several import Blocks
from dts_research.display.style import listing, many
from dts_research.display.woven import (
    KINDS,
    PRODUCED,
    became,
    in_order,
    place,
    quoted,
    stated,
    weave_of,
)
from dts_research.schema.catalogue import plain
from dts_research.workbook.material import Material

FEW = 3  # of what unites and of what divides, by territory
UNSETTLED = ("set_aside", "qualified", "contested", "nuanced")


def side_by_side(material: Material) -> Block:
    """What unites and what divides in each territory, in alphabetical order."""
    rows = door.rows(material, "contributions")
    rows = rows[rows["type"].isin(("convergence", "divergence"))]
    title = "Ce qui rassemble et ce qui divise"
    if rows.empty:
        text = "Aucun accord ni désaccord de séance n'est noté."
        text = none_of(material, "contributions", "échanges de séance", text)
        return nothing("cote-a-cote", title, text, mark=mark_of(material, "contributions"))
    weave = weave_of(material)
    places = dict(zip(weave.table["id"], (place(material, r) for r in weave.table.itertuples())))
    rows = rows.assign(place=[places.get(i, "") for i in rows["contribution_id"]])
    names = in_order(rows["place"])
    return grid(
        material, "cote-a-cote", f"{title}, territoire par territoire",
        {
            "Où": names,
            "Ce qui rassemble": [_debate(material, rows, name, "convergence") for name in names],
            "Ce qui divise": [_debate(material, rows, name, "divergence") for name in names],
        },
        note="Ordre alphabétique. Un territoire qui n'y est pas n'a rien noté, ou le garde. Les "
        "positions de chaque désaccord sont plus loin.",
        produced="feuilles de séance",
    )  # fmt: skip


def same_hypotheses(material: Material) -> Blocks:
    """One hypothesis read in several places: each reading with its own status, none averaged."""
    weave = weave_of(material)
    found = [_readings(material, weave, family) for family in weave.families()]
    if not found:
        text = "Aucune hypothèse n'est encore lue à plusieurs endroits."
        text = none_of(material, "hypotheses", "énoncés", text)
        title = "La même hypothèse, lue ailleurs"
        return Blocks(
            (nothing("memes-hypotheses", title, text, mark=mark_of(material, "hypotheses")),)
        )
    return Blocks(tuple(found))


def minority_views(material: Material) -> Block:
    """Positions that one place alone holds, in its own words."""
    weave = weave_of(material)
    alone = [r for family in _tied(weave) for r in _alone(weave, family)]
    title = "Des positions tenues à un seul endroit"
    if not alone:
        text = "Aucune position tenue à un seul endroit n'est notée."
        text = none_of(material, "hypotheses", "énoncés", text)
        return nothing("positions", title, text, mark=mark_of(material, "hypotheses"))
    alone.sort(key=lambda r: plain(place(material, r)))
    return grid(
        material, "positions", title,
        {
            "Qui la tient": [place(material, r) for r in alone],
            "Ce qui est dit": [stated(r) for r in alone],
            "Dans ses mots": [door.words(r.opposes, missing=door.words(r.supports))
                              for r in alone],
        },
        note="Elles restent telles quelles : ce n'est pas un vote. Les désaccords de séance, avec "
        "les positions en présence, sont plus loin.",
        produced=PRODUCED,
    )  # fmt: skip


def raised(material: Material) -> Blocks:
    """What territories raised and was answered, then what nobody has answered yet."""
    weave = weave_of(material)
    found = study.raised(weave)
    if found.empty:
        text = "Aucun territoire n'a encore noté ce qu'il fait remonter."
        text = none_of(material, "decisions", "éléments", text)
        title = "Rien n'est noté comme remonté"
        return Blocks((nothing("remonte", title, text, mark=mark_of(material, "decisions")),))
    order = sorted(found.index, key=lambda i: plain(place(material, found.loc[i])))
    found = found.loc[order]
    heard = found["answers"].map(bool)
    parts = (_answered(material, weave, found[heard]), _waiting(material, found[~heard]))
    return Blocks(tuple(part for part in parts if part))


def _answered(material: Material, weave: Weave, rows: pd.DataFrame) -> Block | None:
    if rows.empty:
        return None
    return grid(
        material, "remonte", "Ce qui est remonté, et ce qui en a été fait",
        {
            "Remonté": [quoted(text) for text in rows["statement"]],
            "Par": [place(material, r) for r in rows.itertuples()],
            "Nature": [KINDS[kind] for kind in rows["kind"]],
            "Ce que c'est devenu": [became(material, weave, r) for r in rows.itertuples()],
        },
        produced=PRODUCED,
    )  # fmt: skip


def _waiting(material: Material, rows: pd.DataFrame) -> Block | None:
    if rows.empty:
        return None
    return grid(
        material, "sans-reponse", "Ce à quoi personne n'a encore répondu",
        {
            "Remonté": [quoted(text) for text in rows["statement"]],
            "Par": [place(material, r) for r in rows.itertuples()],
            "Nature": [KINDS[kind] for kind in rows["kind"]],
            "Où cela en est": [door.words(text, missing="—") for text in rows["since"]],
        },
        produced=PRODUCED,
    )  # fmt: skip


def _readings(material: Material, weave: Weave, family: Sequence[str]) -> Block:
    """Readings of one hypothesis: further up first, then territories in alphabetical order."""
    rows = list(weave.of(tuple(family)).itertuples())
    rows.sort(key=lambda r: (r.level == study.LOCAL, plain(place(material, r))))
    head = next((r for r in rows if r.level != study.LOCAL), rows[0])
    statuses = listing([s.lower() for s in dict.fromkeys(r.status_label for r in rows)])
    title = f"Une hypothèse, {many(len(rows), 'lecture')} : {statuses}"
    return grid(
        material, f"lectures-{slug(head.id)}", title,
        {
            "Où": [place(material, r) for r in rows],
            "Comment elle s'y dit": [door.words(r.statement) for r in rows],
            "Statut": [door.words(r.status_label) for r in rows],
            "Ce qui l'appuie": [door.words(r.supports) for r in rows],
            "Ce qui la contredit": [door.words(r.opposes) for r in rows],
        },
        note="Chaque lecture garde son statut : aucune ne l'emporte.",
        produced="registre des hypothèses",
    )  # fmt: skip


def _tied(weave: Weave) -> list[list[str]]:
    """Hypotheses read in several places, and references with what they come from."""
    references = weave.table[weave.table["kind"] == "common_references"]["id"]
    paths = [weave.path(one) for one in references if not weave.outcomes(one)]
    return [*weave.families(), *(path for path in paths if len(path) > 1)]


def _alone(weave: Weave, family: Sequence[str]) -> list[Any]:
    """Readings of a territory that holds alone a status which questions the others'."""
    rows = list(weave.of(tuple(family)).itertuples())
    held = [r.status for r in rows]
    return [
        r for r in rows
        if r.level == study.LOCAL and r.status in UNSETTLED and held.count(r.status) == 1
    ]  # fmt: skip


def _debate(material: Material, rows: pd.DataFrame, place: str, kind: str) -> str:
    """What one place said that unites or divides it, the last said first."""
    mine = rows[(rows["place"] == place) & (rows["type"] == kind)].iloc[::-1]
    shown = mine.head(most(material, FEW))
    said = [door.words(text) for text in shown["text"]]
    said.append(more(material, len(mine) - len(shown), labels("contribution_types")[kind].lower()))
    return "\n".join(filter(None, said)) or "—"
