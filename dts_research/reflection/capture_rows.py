"""Rows of each capture sheet: what is printed in them, and what each cell offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dts_research.schema import catalogue
from dts_research.schema.capture import (
    AGREEMENT_TYPES,
    BALANCE,
    ID,
    NOW,
    SCOPES,
    STATEMENT,
    CaptureSheet,
    row_id,
)

if TYPE_CHECKING:
    from dts_research.reflection.capture import Capture

# Groups that read one figure, each on its row.
GROUPS = 3


@dataclass(frozen=True)
class Row:
    """One row.

    Parameters
    ----------
    values
        Title of the column -> what is printed.
    choices
        Title of the column -> the labels offered.
    open
        Titles of the columns that are written on this row though they are printed on others.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    open: frozenset[str] = frozenset()


def rows_of(sheet: CaptureSheet, capture: Capture) -> list[Row]:
    """Rows of one sheet, filled ones first, then the spare ones."""
    return _ROWS[sheet.name](sheet, capture)


def _followed(sheet: CaptureSheet, capture: Capture) -> list[Row]:
    rows = [
        Row(
            {ID: one["decision_id"], STATEMENT: one["statement"], "Porteur": one["carrier"],
             "Échéance": one["due"], "Statut précédent": _label("decision_status", one)},
            {NOW: _moves("decisions", one["status"])},
        )
        for one in capture.decisions
    ]  # fmt: skip
    spare = Row({}, {NOW: _moves("decisions", None)}, frozenset({STATEMENT}))
    return [*rows, *[spare] * sheet.spare]


def _readings(sheet: CaptureSheet, capture: Capture) -> list[Row]:
    shown = [one for one in capture.figures for _ in range(GROUPS)]
    ids = [
        row_id("CO", capture.session_id, n + 1, mark="L") for n in range(len(shown) + sheet.spare)
    ]
    rows = [
        Row({ID: new, "Figure": one["figure_id"], "Titre": one["title"]})
        for new, one in zip(ids, shown)
    ]
    return [*rows, *(Row({ID: new}, open=frozenset({"Titre"})) for new in ids[len(shown) :])]


def _agreements(sheet: CaptureSheet, capture: Capture) -> list[Row]:
    types = {sheet.column("type").title: _labels("contribution_types", AGREEMENT_TYPES)}
    return [Row({ID: new}, types) for new in _new("CO", sheet, capture)]


def _decisions(sheet: CaptureSheet, capture: Capture) -> list[Row]:
    scopes = {sheet.column("scope").title: _labels("decision_scopes", SCOPES)}
    return [Row({ID: new}, scopes) for new in _new("D", sheet, capture)]


def _hypotheses(sheet: CaptureSheet, capture: Capture) -> list[Row]:
    return _stated(sheet, capture, capture.hypotheses, "H")


def _references(sheet: CaptureSheet, capture: Capture) -> list[Row]:
    return _stated(sheet, capture, capture.references, "R")


def _stated(
    sheet: CaptureSheet, capture: Capture, known: tuple[Mapping[str, Any], ...], prefix: str
) -> list[Row]:
    """Statements known, with the moves they may make; then blank rows for new ones."""
    key = sheet.columns[0].field
    statuses = sheet.column("status").codelist
    rows = [
        Row(
            {ID: one[key], STATEMENT: one["statement"],
             "Statut précédent": _label(statuses, one)},
            {NOW: _moves(sheet.table, one["status"])},
        )
        for one in known
    ]  # fmt: skip
    offered = {NOW: _moves(sheet.table, None)}
    new = _new(prefix, sheet, capture)
    return [*rows, *(Row({ID: one}, offered, frozenset({STATEMENT})) for one in new)]


def _balance(sheet: CaptureSheet, capture: Capture) -> list[Row]:
    return [Row({"Question": question}) for question, _ in BALANCE.values()]


def _participants(sheet: CaptureSheet, capture: Capture) -> list[Row]:
    labels = catalogue().codelists["participant_categories"].labels
    return [Row({"Catégorie": label}) for label in labels.values()]


def _new(prefix: str, sheet: CaptureSheet, capture: Capture) -> list[str]:
    """Ids of the blank rows of a sheet."""
    return [row_id(prefix, capture.session_id, n + 1) for n in range(sheet.spare)]


def _label(codelist: str, one: Mapping[str, Any]) -> str:
    return catalogue().label(codelist, one["status"])


def _labels(codelist: str, codes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(catalogue().label(codelist, code) for code in codes)


def _moves(table: str, status: str | None) -> tuple[str, ...]:
    """Labels of the statuses that a record may take from the one it has; of a new one, all."""
    schema = catalogue().tables[table]
    labels = catalogue().codelists[schema.field("status").codelist or ""].labels
    if status is None or schema.transitions is None:
        return tuple(labels.values())
    may = schema.transitions.allowed(status) | {status}
    return tuple(label for code, label in labels.items() if code in may)


_ROWS: Mapping[str, Callable[[CaptureSheet, Capture], list[Row]]] = {
    "followed": _followed, "readings": _readings, "agreements": _agreements,
    "hypotheses": _hypotheses, "references": _references, "decisions": _decisions,
    "balance": _balance, "participants": _participants,
}  # fmt: skip
