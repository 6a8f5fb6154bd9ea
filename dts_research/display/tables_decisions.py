"""« Ce que nous avions décidé »: each decision with its age, its evidence and its story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from dts_research.analysis import decisions as study
from dts_research.analysis.evidence import months_between
from dts_research.display import blocks, door
from dts_research.display.blocks import Block
from dts_research.display.captions import from_elsewhere, mark_of, none_of, nothing
from dts_research.display.depth import full, more
from dts_research.display.fields import Decision
from dts_research.display.grids import iso, named
from dts_research.display.style import NOT_GIVEN, agree, french_date, listing, many
from dts_research.workbook.material import Material
from dts_research.workbook.meetings import last_meeting

# What the report of a meeting keeps.
RECENT_YEARS = 2
REASON = 120


@door.once
def follow_up(material: Material) -> Block:
    """What became of each decision, oldest first; a meeting reads those still open or recent."""
    table = study.followed(door.rows(material, "decisions"), today=material.today)
    if table.empty:
        text = "Aucune décision n'a été enregistrée pour ce territoire."
        text = none_of(material, "decisions", "éléments de suivi", text)
        mark = mark_of(material, "decisions")
        return nothing("suite-des-decisions", "Aucune décision à suivre", text, mark=mark)
    told = moves_of(material, "decisions")
    shown = table if full(material) else table[table["open"] | _recent(material, table, told)]
    names, chains = door.names(material), _chains(table)
    items = [_decision(r, names, chains, told.get(r.decision_id, ()), material) for r in
             shown.itertuples()]  # fmt: skip
    title = (
        f"{many(len(table), 'décision prise', 'décisions prises')}, et ce qui s'est passé depuis"
    )
    left = more(material, len(table) - len(shown), "décision, close plus tôt",
                "décisions, closes plus tôt")  # fmt: skip
    if left:
        title = f"{many(len(shown), 'décision')} sur {len(table)}, ouvertes ou closes depuis peu"
    parts = [from_elsewhere(material, table), _since(material, table, told), left]
    note = " ".join(filter(None, parts))
    return blocks.follow_up(id="suite-des-decisions", title=title, items=items, note=note)


def _recent(material: Material, table: pd.DataFrame, told: Mapping[str, Any]) -> pd.Series:
    """Tell the decisions that fell due in the last two years, or moved since the last session."""
    since = material.today.replace(year=material.today.year - RECENT_YEARS, day=1)
    moved = {key for key, rows in told.items() if len(rows) > 1}
    due = [isinstance(d, date) and d >= since for d in table["due_on"]]
    return pd.Series(due, table.index) | table["decision_id"].isin(moved)


def _decision(
    r: Any, names: Mapping[str, str], chains: Mapping[str, tuple[str, str]],
    told: Sequence[Any], material: Material,
) -> Decision:  # fmt: skip
    carrier = names.get(r.carrier_id, "") if isinstance(r.carrier_id, str) else ""
    came_from, became = chains.get(r.decision_id, ("", ""))
    status = door.words(r.status_label)
    if r.overdue:
        status += ", échéance dépassée"
    return Decision(
        statement=door.words(r.statement), decided=aged(r.decided_on, material.today),
        carrier=door.words(r.carrier_role, missing="") or carrier or NOT_GIVEN,
        due=iso(r.due_on) or NOT_GIVEN, expected=door.words(r.expected_evidence), status=status,
        since=door.words(r.what_happened), evidence=door.words(r.evidence, missing=""),
        reason=door.words(r.reason, missing=""), came_from=came_from, became=became,
        moves=path(told, "decision_status", sessions_of(material)),
    )  # fmt: skip


def aged(day: Any, today: date) -> str:
    """Write a day with its age: « 14 novembre 2024, il y a 2 ans »."""
    if not isinstance(day, date):
        return ""
    if day > today:
        return french_date(day)
    months = months_between(day, today)
    age = f"{months} mois" if months else "moins d'un mois"
    age = many(months // 12, "an") if months >= 24 else age
    return f"{french_date(day)}, il y a {age}"


def _chains(table: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Of each decision, the statements it came from and those it became, nearest first."""
    said = {r.decision_id: door.words(r.statement).rstrip(" .") for r in table.itertuples()}
    found = {}
    for key in table["decision_id"]:
        before = reversed(study.lineage(table, key)[:-1])
        came = [f"« {said[one]} »" for one in before if one in said]
        became = [f"« {said[one]} »" for one in study.descendants(table, key)]
        found[key] = (", elle-même de ".join(came), ", puis ".join(became))
    return found


def sessions_of(material: Material) -> dict[str, date]:
    """Days of the sessions, by id."""
    rows = door.rows(material, "sessions").drop_duplicates("session_id")
    return dict(zip(rows["session_id"], rows["date"]))


def moves_of(material: Material, table: str) -> dict[str, list[Any]]:
    """States that each record of a register went through, the first one first."""
    found: dict[str, list[Any]] = {}
    for row in material.moves[material.moves["table"] == table].itertuples():
        found.setdefault(row.record_id, []).append(row)
    return found


def path(told: Sequence[Any], codelist: str, days: Mapping[str, date]) -> str:
    """Say the states a record went through and who moved it: "" when only one is known."""
    if len(told) < 2:
        return ""
    first, *others = told
    steps = [f"{named(codelist, one.status)} ({moved_at(one, days)})" for one in others]
    return ", puis ".join([named(codelist, first.status), *steps])


def moved_at(one: Any, days: Mapping[str, date]) -> str:
    """Say which session or analysis moved a record, else when its file was received."""
    by = one.session_id if isinstance(one.session_id, str) else ""
    if isinstance(held := days.get(by), date):
        return f"séance du {french_date(held)}"
    if by and not by.startswith("SE-"):
        return f"analyse « {door.words(by)} »"
    return f"noté le {french_date(one.told_on)}"


def _since(material: Material, table: pd.DataFrame, told: Mapping[str, Any]) -> str:
    """What moved at the last session, and since: « Depuis la séance du … : 3 décisions faites »."""
    meeting = last_meeting(
        door.rows(material, "sessions"), material.territory, before=material.today
    )
    if meeting is None:
        return ""
    last = {key: (rows[-1].session_id, rows[-1].told_on) for key, rows in told.items() if rows[1:]}
    during, after = study.moved(table, last, day=meeting.day, session_id=meeting.session_id)
    day = french_date(meeting.day)
    parts = [f"À la séance du {day} : {_statuses(during)}." if len(during) else ""]
    parts += [f"Depuis la séance du {day} : {_statuses(after)}." if len(after) else ""]
    return " ".join(filter(None, parts))


def _statuses(rows: pd.DataFrame) -> str:
    """How many decisions are in each state: « 3 décisions faites, 1 abandonnée (motif) »."""
    told: list[str] = []
    for label in dict.fromkeys(rows["status_label"]):
        some = rows[rows["status_label"] == label]
        noun = agree(len(some), "décision ", "décisions ") if not told else ""
        why = [door.words(r, length=REASON) for r in some["reason"] if isinstance(r, str)]
        reasons = f" ({' ; '.join(one.rstrip(' .') for one in why)})" if why else ""
        told.append(f"{len(some)} {noun}{_stated(label.lower(), len(some))}{reasons}")
    return listing(told)


def _stated(label: str, count: int) -> str:
    """State of some decisions: « à faire » and « en cours » have one form."""
    return label if label.startswith(("à ", "en ")) else agree(count, label)
