"""Tables of what the group says together: disagreements, questions, common ground."""

from __future__ import annotations

import pandas as pd

from dts_research.display import door
from dts_research.display.blocks import Block
from dts_research.display.captions import from_elsewhere, mark_of, none_of, nothing
from dts_research.display.depth import more, most
from dts_research.display.grids import grid, iso, named
from dts_research.display.several import Blocks
from dts_research.display.style import agree, french_date, many
from dts_research.workbook.material import Material

# What the report of a meeting keeps.
FEW_CONTRIBUTIONS = 8
OPEN_FIRST = ("question", "data_alert", "surprise", "hypothesis")
NO_DEBATE = "Aucun repère ne fait débat"


@door.once
def contributions(material: Material) -> Blocks:
    """What the sessions said: disagreements with the positions of each side, then the rest."""
    rows = door.rows(material, "contributions")
    if rows.empty:
        text = "Aucune contribution de séance n'est notée."
        text = none_of(material, "contributions", "échanges de séance", text)
        mark = mark_of(material, "contributions")
        title = "Aucun échange de séance à montrer"
        return Blocks((nothing("contributions", title, text, mark=mark),))
    apart = rows["type"] == "divergence"
    agreed, said = rows["type"] == "convergence", rows["target"] == rows["session_id"]
    rest = rows[~apart & ~agreed & ~said.fillna(False).astype(bool)]
    parts = (
        _sides(material, rows[apart], agreed=False),
        _sides(material, rows[agreed], agreed=True),
        _others(material, _in_order(rest)),
        _balance(material, rows[~apart & ~agreed & said.fillna(False).astype(bool)]),
    )
    return Blocks(tuple(part for part in parts if part))


def _sides(material: Material, rows: pd.DataFrame, *, agreed: bool) -> Block | None:
    """What the sessions agree on, or not, the last one first; disagreements are never cut short."""
    if rows.empty:
        return None
    shown, told = (
        _latest_first(material, rows),
        many(len(rows), "accord" if agreed else "désaccord"),
    )
    if agreed:
        shown = shown.head(most(material, FEW_CONTRIBUTIONS))
        beside = {"Appuis": [door.people(s, material.policy) for s in shown["supports"]]}
    else:
        beside = {"Positions en présence": [door.words(p) for p in shown["positions"]]}
    left = more(material, len(rows) - len(shown), "accord")
    return grid(
        material, "accords" if agreed else "desaccords",
        told if agreed else f"{told}, avec les positions de chacun",
        {"Énoncé": [door.words(t) for t in shown["text"]], **beside,
         "Séance": _days(material, shown)},
        note=f"Du plus récent au plus ancien. {from_elsewhere(material, rows)} {left}".strip(),
        produced="feuilles de séance",
    )  # fmt: skip


def _balance(material: Material, rows: pd.DataFrame) -> Block | None:
    """What the last session said of itself."""
    if rows.empty:
        return None
    rows = _latest_first(material, rows)
    last = rows[rows["session_id"] == rows["session_id"].iloc[0]].iloc[::-1]
    return grid(
        material, "bilan-de-seance", "Ce que la dernière séance a dit d'elle-même",
        {"Ce qui est dit": [door.words(t) for t in last["text"]], "Séance": _days(material, last)},
        produced="feuilles de séance",
    )  # fmt: skip


def _latest_first(material: Material, rows: pd.DataFrame) -> pd.DataFrame:
    """Put what the last session said first; what has no date stands last."""
    sessions = door.rows(material, "sessions").drop_duplicates("session_id")
    days = dict(zip(sessions["session_id"], map(iso, sessions["date"])))
    said = [days.get(session, "") for session in rows["session_id"]]
    return rows.iloc[sorted(range(len(rows)), key=lambda i: (said[i], i), reverse=True)]


def _others(material: Material, rows: pd.DataFrame) -> Block | None:
    """What stays open first: questions, alerts, surprises; then what is agreed."""
    if rows.empty:
        return None
    shown = rows.head(most(material, FEW_CONTRIBUTIONS))
    said = many(len(rows), "contribution", "contributions")
    asked = int((rows["type"] == "question").sum())
    left = more(material, len(rows) - len(shown), "contribution")
    left = "".join(f" {part}" for part in (from_elsewhere(material, rows), left) if part)
    if kept := door.withheld(material, "contributions"):
        shy = many(kept, "autre n'est pas montrée", "autres ne sont pas montrées")
        left += f" {shy} à ce public."
    return grid(
        material, "contributions", f"{said}, dont {many(asked, 'question')}" if asked else said,
        {
            "Énoncé": [door.words(t) for t in shown["text"]],
            "Nature": [named("contribution_types", t) for t in shown["type"]],
            "Séance": _days(material, shown),
            "Appuis": [door.people(s, material.policy) for s in shown["supports"]],
        },
        note="Les questions d'abord. Appuis : nombre de personnes qui reprennent l'énoncé, "
        f"« Secret » sous {material.policy.people}.{left}",
        produced="feuilles de séance",
    )  # fmt: skip


def _days(material: Material, rows: pd.DataFrame) -> list[str]:
    sessions = door.rows(material, "sessions").drop_duplicates("session_id")
    days = dict(zip(sessions["session_id"], sessions["date"]))
    return [french_date(days.get(session), short=True) for session in rows["session_id"]]


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """What stays open first, then the last said."""
    first = {code: rank for rank, code in enumerate(OPEN_FIRST)}
    keys = [(first.get(kind, len(first)), -place) for place, kind in enumerate(rows["type"])]
    return rows.iloc[sorted(range(len(rows)), key=lambda i: keys[i])]


@door.once
def references(material: Material) -> Block:
    """Common ground, with what qualifies or contests it."""
    rows = door.rows(material, "common_references")
    if rows.empty:
        text = "Aucun repère commun n'a encore été écrit."
        text = none_of(material, "common_references", "repères", text)
        mark = mark_of(material, "common_references")
        return nothing("reperes", "Aucun repère commun à montrer", text, mark=mark)
    doubted = int(rows["status"].isin(("nuanced", "contested")).sum())
    verb = agree(doubted, "fait débat", "font débat")
    title = f"{many(doubted, 'repère')} sur {len(rows)} {verb}" if doubted else NO_DEBATE
    return grid(
        material, "reperes", title,
        {
            "Repère": [door.words(s) for s in rows["statement"]],
            "Statut": [named("reference_status", s) for s in rows["status"]],
            "Nuance ou contestation": [door.words(n, missing="—") for n in rows["nuance"]],
        },
        produced="registre des repères",
    )  # fmt: skip
