"""Tables of what the group does together: decisions, disagreements, hypotheses, common ground."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from dts_research.analysis import decisions as study
from dts_research.display import blocks, door
from dts_research.display.blocks import Block
from dts_research.display.captions import from_elsewhere, mark_of, none_of, nothing
from dts_research.display.depth import full, more, most
from dts_research.display.fields import Decision
from dts_research.display.grids import grid, iso, named
from dts_research.display.several import Blocks
from dts_research.display.style import NOT_GIVEN, agree, french_date, many
from dts_research.workbook.material import Material

# What the report of a meeting keeps.
FEW_CONTRIBUTIONS, FEW_HYPOTHESES, RECENT_YEARS = 8, 8, 2
OPEN_FIRST = ("question", "data_alert", "surprise", "hypothesis")
MOVED = ("supported", "qualified", "set_aside")
NO_DEBATE = "Aucun repère ne fait débat"


def follow_up(material: Material) -> Block:
    """What became of each decision, oldest first; a meeting reads those still open or recent."""
    table = study.followed(door.rows(material, "decisions"), today=material.today)
    if table.empty:
        text = "Aucune décision n'a été enregistrée pour ce territoire."
        text = none_of(material, "decisions", "éléments de suivi", text)
        mark = mark_of(material, "decisions")
        return nothing("suite-des-decisions", "Aucune décision à suivre", text, mark=mark)
    names = door.names(material)
    shown = table if full(material) else table[table["open"] | _recent(table, material.today)]
    items = [_decision(r, names) for r in shown.itertuples()]
    title = (
        f"{many(len(table), 'décision prise', 'décisions prises')}, et ce qui s'est passé depuis"
    )
    note = more(material, len(table) - len(shown), "décision, close plus tôt",
                "décisions, closes plus tôt")  # fmt: skip
    if note:
        title = f"{many(len(shown), 'décision')} à revoir sur {len(table)}"
    note = f"{from_elsewhere(material, table)} {note}".strip()
    return blocks.follow_up(id="suite-des-decisions", title=title, items=items, note=note)


def _recent(table: pd.DataFrame, today: date) -> pd.Series:
    """Tell the decisions that fell due in the last two years."""
    since = today.replace(year=today.year - RECENT_YEARS, day=1)
    return pd.Series([isinstance(d, date) and d >= since for d in table["due_on"]], table.index)


def _decision(r: Any, names: dict[str, str]) -> Decision:
    role = door.words(r.carrier_role, missing="")
    carrier = names.get(r.carrier_id, "") if isinstance(r.carrier_id, str) else ""
    status = door.words(r.status_label)
    if r.overdue:
        status += ", échéance dépassée"
    since = door.words(r.what_happened, missing=NOT_GIVEN)
    if isinstance(r.evidence, str):
        since += f" Preuve : {door.words(r.evidence)}."
    if isinstance(r.turned_into, str):
        since += f" Devenue : {door.words(r.turned_into)}"
    return Decision(
        statement=door.words(r.statement), decided=iso(r.decided_on),
        carrier=role or carrier or NOT_GIVEN, due=iso(r.due_on) or NOT_GIVEN,
        expected=door.words(r.expected_evidence), status=status, since=since,
        reason=door.words(r.reason, missing=""),
    )  # fmt: skip


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
    parts = (_disagreements(material, rows[apart]), _others(material, _in_order(rows[~apart])))
    return Blocks(tuple(part for part in parts if part))


def _disagreements(material: Material, rows: pd.DataFrame) -> Block | None:
    """Disagreements, the last one first: they are never cut short."""
    if rows.empty:
        return None
    rows = _latest_first(material, rows)
    title = f"{many(len(rows), 'désaccord')}, avec les positions de chacun"
    return grid(
        material, "desaccords", title,
        {
            "Énoncé": [door.words(t) for t in rows["text"]],
            "Positions en présence": [door.words(p) for p in rows["positions"]],
            "Séance": _days(material, rows),
        },
        note=f"Du plus récent au plus ancien. {from_elsewhere(material, rows)}".strip(),
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


def hypotheses(material: Material) -> Block:
    """Hypotheses with what supports them and what goes against them."""
    rows = door.rows(material, "hypotheses")
    if rows.empty:
        text = "Aucune hypothèse n'a été posée sur ce territoire."
        text = none_of(material, "hypotheses", "énoncés", text)
        mark = mark_of(material, "hypotheses")
        return nothing("hypotheses", "Aucune hypothèse à montrer", text, mark=mark)
    moved = int(rows["status"].isin(MOVED).sum())
    every, settled = len(rows), rows["status"].isin(("supported", "set_aside"))
    if not full(material) and len(rows) > FEW_HYPOTHESES and not settled.all():
        rows = rows[~settled]
    left = every - len(rows)
    return grid(
        material, "hypotheses", _hypotheses_title(moved, every),
        {
            "Hypothèse": [door.words(s) for s in rows["statement"]],
            "Statut": [named("hypothesis_status", s) for s in rows["status"]],
            "Ce qui l'appuie": [door.words(t) for t in rows["evidence_for"]],
            "Ce qui la contredit": [door.words(t) for t in rows["evidence_against"]],
        },
        note=f"Celles qui restent à discuter. {more(material, left, 'hypothèse')}" if left else "",
        produced="registre des hypothèses",
    )  # fmt: skip


def _hypotheses_title(moved: int, total: int) -> str:
    if not moved:
        return agree(total, "Une hypothèse en travail", f"{total} hypothèses en travail")
    verb = agree(moved, "a été étayée, nuancée ou écartée", "ont été étayées, nuancées ou écartées")
    return f"{many(moved, 'hypothèse')} sur {total} {verb}"


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
