"""Take one sheet: the fate of each row, the records it gives, what is said about its cells."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from dts_research.intake.counts import Counts
from dts_research.intake.drafts import Draft, draft
from dts_research.intake.fields import source_columns, verify
from dts_research.intake.headers import IGNORE
from dts_research.intake.identifiers import row_digests
from dts_research.intake.mapping import Mapping
from dts_research.intake.merging import complete, disagreements, merge
from dts_research.intake.sheets import RETURNED, Sheet
from dts_research.schema.catalogue import Catalogue, plain
from dts_research.schema.checks import check

ISSUE_COLUMNS = (
    "sheet", "row", "column", "value", "rule", "severity", "message", "fix", "table", "field",
)  # fmt: skip
REPAIR_COLUMNS = ("sheet", "row", "column", "table", "field", "before", "after")
ACCEPTED, QUARANTINED, DUPLICATES, WITHDRAWN = "accepted", "quarantined", "duplicates", "withdrawn"


@dataclass(frozen=True)
class Taken:
    """What became of one sheet (see `reception.Reception` for the parts)."""

    sheet: Sheet
    mapping: Mapping
    accepted: dict[str, pd.DataFrame]
    raw: dict[str, pd.DataFrame]
    issues: pd.DataFrame
    repairs: pd.DataFrame
    fate: pd.Series
    digests: pd.Series

    @property
    def unused(self) -> list[str]:
        """Columns of the source that hold something and are not used."""
        cells = self.sheet.cells
        unspoken = _unspoken(self.sheet, self.mapping)
        return [
            column for column in unspoken if cells[column].fillna("").map(str.strip).ne("").any()
        ]

    @property
    def counts(self) -> Counts:
        """Rows by fate."""
        fates = {str(fate): int(n) for fate, n in self.fate.value_counts().items()}
        return Counts(read=len(self.sheet.cells), **fates)


@dataclass(frozen=True)
class _Checked:
    """A draft once checked: all rows, typed, with their issues."""

    draft: Draft
    typed: pd.DataFrame
    issues: pd.DataFrame


def take_sheet(
    sheet: Sheet,
    mapping: Mapping,
    ours: Catalogue,
    *,
    known: Collection[str] = frozenset(),
    withdrawn: Collection[str] = frozenset(),
) -> Taken:
    """Receive the rows of one sheet with a mapping; parameters as `reception.receive`."""
    verify(mapping, sheet.cells, ours)
    digests = row_digests(sheet.columns, sheet.cells)
    fate = _first_fate(sheet, digests, known)
    drafts = draft(mapping, sheet.cells[fate == ACCEPTED], ours)
    main = drafts[0]
    gone = main.text.index[main.text[main.schema.key].isin(set(withdrawn))]
    fate[gone] = WITHDRAWN
    checked = [_checked(_without(d, gone)) for d in drafts]
    errors = [c.issues[c.issues["severity"] == "error"]["row"] for c in checked]
    fate[pd.Index(pd.concat(errors).unique())] = QUARANTINED
    accepted, raw, told = {}, {}, []
    for item in checked:
        frame, disagreeing = _kept(item, fate, _kept_elsewhere(mapping))
        accepted[item.draft.schema.name] = frame
        raw[item.draft.schema.name] = item.draft.source.loc[frame.index]
        told.append(disagreeing)
    issues = _all_issues(sheet, mapping, checked, told)
    return Taken(sheet, mapping, accepted, raw, issues, _repairs(issues, checked), fate, digests)


def _first_fate(sheet: Sheet, digests: pd.Series, known: Collection[str]) -> pd.Series:
    fate = pd.Series(ACCEPTED, index=digests.index, dtype=object)
    fate[[row for row in sheet.set_aside if row in fate.index]] = QUARANTINED
    rest = digests[fate == ACCEPTED]
    again = rest.duplicated() | rest.isin(set(known))
    fate[rest.index[again]] = DUPLICATES
    return fate


def _without(item: Draft, gone: pd.Index) -> Draft:
    kept = ~item.text.index.isin(gone)
    return Draft(item.schema, item.text[kept], item.source[kept], item.merged)


def _checked(item: Draft) -> _Checked:
    text = complete(item.text, item.schema) if item.merged else item.text
    typed, issues = check(text, item.schema)
    if item.merged:
        issues = issues[issues["rule"] != "unique"]
    return _Checked(item, typed, issues.assign(table=item.schema.name))


def _kept_elsewhere(mapping: Mapping) -> set[str]:
    """Fields of the main table whose columns also feed a table hanging on it."""
    shared = (t for targets in mapping.columns.values() if len(targets) > 1 for t in targets)
    return {t.partition(".")[2] for t in shared if t.startswith(f"{mapping.table}.")}


def _kept(
    item: _Checked, fate: pd.Series, elsewhere: set[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of a table that are accepted, each record once; and the disagreements met."""
    schema = item.draft.schema
    good = item.typed[(fate.loc[item.typed.index] == ACCEPTED).to_numpy()]
    frame = merge(good, schema) if item.draft.merged else good
    if len(frame) == len(good):
        return frame, pd.DataFrame()
    found = disagreements(good, frame, schema, kept_elsewhere=elsewhere)
    return frame, found.assign(table=schema.name) if len(found) else found


def _all_issues(
    sheet: Sheet, mapping: Mapping, checked: list[_Checked], told: list[pd.DataFrame]
) -> pd.DataFrame:
    cells = pd.concat([c.issues for c in checked] + [_told(t) for t in told if len(t)])
    cells = cells.assign(field=cells["column"])
    cells["column"] = source_columns(cells, mapping, sheet.cells)
    cells = cells.drop_duplicates(["row", "column", "rule", "value", "message"])
    whole = pd.DataFrame(_sheet_issues(sheet, mapping), columns=list(ISSUE_COLUMNS))
    issues = pd.concat([whole, cells], ignore_index=True).assign(sheet=sheet.name)
    issues = issues[list(ISSUE_COLUMNS)].astype({"row": "int64"})
    return issues.sort_values("row", kind="stable", ignore_index=True)


def _told(found: pd.DataFrame) -> pd.DataFrame:
    said = "« {} » : une ligne précédente du même enregistrement dit « {} », qui est gardé"
    texts = [said.format(v[:80], k[:80]) for v, k in zip(found["value"], found["kept"])]
    return found.assign(
        rule="disagreement", severity="note", message=texts, fix="vérifier laquelle est juste"
    )


def _sheet_issues(sheet: Sheet, mapping: Mapping) -> list[dict[str, object]]:
    """What is said of rows and columns as a whole; row 0 is the sheet itself."""
    said: list[dict[str, object]] = [_note(0, "reading", note) for note in sheet.notes]
    for row, reason in sheet.set_aside.items():
        fix = "la corriger et la déposer à nouveau, ou l'ignorer"
        said.append(_note(row, "set_aside", f"Ligne non lue : {reason}", fix=fix, severity="error"))
    for column in _unspoken(sheet, mapping):
        text = f"La colonne « {column} » n'a pas de correspondance ; elle reste dans le fichier"
        said.append(_note(sheet.header_row, "column", text, column=column))
    for column in mapping.guessed:
        target = ", ".join(mapping.columns.get(column, ()))
        text = f"La colonne « {column} » a été reconnue à son contenu ({target})"
        fix = "vérifier, et l'écrire dans une correspondance"
        said.append(_note(sheet.header_row, "guess", text, column=column, fix=fix))
    return said


def _unspoken(sheet: Sheet, mapping: Mapping) -> list[str]:
    spoken = (*mapping.columns, *mapping.key, *mapping.kept_aside, IGNORE, *RETURNED)
    used = {plain(column) for column in spoken}
    return [column for column in sheet.columns if plain(column) not in used]


def _note(
    row: int, rule: str, message: str, *, column: str = "", fix: str = "", severity: str = "note"
) -> dict[str, object]:
    texts = {"column": column, "value": "", "message": message, "fix": fix}
    return {"row": row, "rule": rule, "severity": severity, "table": "", "field": "", **texts}


def _repairs(issues: pd.DataFrame, checked: list[_Checked]) -> pd.DataFrame:
    """List the repairs with the value before and after."""
    made = issues[issues["rule"] == "repair"]
    typed = {item.draft.schema.name: item.typed for item in checked}
    after = [str(typed[t].at[row, f]) for t, row, f in made[["table", "row", "field"]].values]
    return made.assign(before=made["value"], after=after)[list(REPAIR_COLUMNS)]
