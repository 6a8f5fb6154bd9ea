"""Take one sheet: the fate of each row, the records it gives, what is said about its cells."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import pandas as pd

from dts_research.intake.counts import Counts
from dts_research.intake.drafts import Draft, draft
from dts_research.intake.fields import source_columns, verify
from dts_research.intake.identifiers import row_digests
from dts_research.intake.mapping import Mapping
from dts_research.intake.merging import complete, disagreements, merge
from dts_research.intake.sheets import WHY, Sheet
from dts_research.intake.taken_ids import Received, ids_given, still_taken
from dts_research.intake.told import left, remarks
from dts_research.schema import sentences
from dts_research.schema.catalogue import Catalogue
from dts_research.schema.checks import check, to_complete
from dts_research.schema.rules import contradictions
from dts_research.schema.sentences import no_id

ISSUE_COLUMNS = (
    "sheet", "row", "column", "value", "rule", "severity", "message", "fix", "table", "field",
    "record",
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
        cells, unused = self.sheet.cells, left(self.sheet, self.mapping)
        return [c for c in unused if cells[c].fillna("").map(str.strip).ne("").any()]

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
    received: Received | None = None,
    form: bool = False,
) -> Taken:
    """Receive the rows of one sheet with a mapping; parameters as `reception.receive`.

    `form` tells that the sheet is one of our own form, whose answers are all expected.
    """
    verify(mapping, sheet.cells, ours)
    digests = row_digests(sheet.columns, sheet.cells)
    fate = _first_fate(sheet, digests, known)
    drafts = draft(mapping, sheet.cells[fate == ACCEPTED], ours)
    main = drafts[0]
    gone = main.text.index[main.text[main.schema.key].isin(set(withdrawn))]
    fate[gone] = WITHDRAWN
    received = received or Received()
    back = list(digests) if WHY in sheet.columns else []
    around = (received, digests.isin(list(received.rows(back))))
    checked = [_checked(_without(d, gone), sheet, around, form=form) for d in drafts]
    errors = [c.issues[c.issues["severity"] == "error"]["row"] for c in checked]
    fate[pd.Index(pd.concat(errors).unique())] = QUARANTINED
    accepted, raw, told = {}, {}, []
    for item in checked:
        frame, disagreeing = _kept(item, fate, _kept_elsewhere(mapping))
        accepted[item.draft.schema.name] = frame
        raw[item.draft.schema.name] = item.draft.source.loc[frame.index]
        told.append(disagreeing)
    issues = _with_records(_all_issues(sheet, mapping, ours, checked, told), checked, fate)
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


def _checked(
    item: Draft,
    sheet: Sheet,
    around: tuple[Received, pd.Series],
    *,
    form: bool,
) -> _Checked:
    text = complete(item.text, item.schema) if item.merged else item.text
    typed, issues = check(text, item.schema)
    issues = _with_marks(issues, item)
    if item.merged:
        issues = issues[issues["rule"] != "unique"]
    elif WHY in sheet.columns:
        keys, why = typed[item.schema.key], sheet.cells[WHY].loc[typed.index]
        known, before = around[0].ids.get(item.schema.name, ()), around[1][typed.index]
        issues = still_taken(issues, keys, item.schema, why=why, known=known, before=before)
    told = [issues, contradictions(typed, item.schema, text=text)]
    told += _left_blank(item, typed, sheet, form=form)
    issues = pd.concat(told)
    return _Checked(item, typed, issues.assign(table=item.schema.name))


def _left_blank(
    item: Draft, typed: pd.DataFrame, sheet: Sheet, *, form: bool
) -> Iterator[pd.DataFrame]:
    """Tell what is left blank in our form, or in rows of it given back: answers, ids."""
    if not form and WHY not in sheet.columns:
        return
    schema, key = item.schema, item.schema.key
    why = sheet.cells[WHY].fillna("") if not form else pd.Series(dtype=object)
    found = to_complete(item.text, schema)
    yield found[[form or said in why[row] for row, said in zip(found["row"], found["message"])]]
    if key in item.source:
        given = ids_given(typed[key], item.source[key].loc[typed.index], schema)
        said = no_id(schema.field(key))
        yield given[[form or said in why[row] for row in given["row"]]]


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
    sheet: Sheet,
    mapping: Mapping,
    ours: Catalogue,
    checked: list[_Checked],
    told: list[pd.DataFrame],
) -> pd.DataFrame:
    cells = pd.concat([c.issues for c in checked] + [_told(t) for t in told if len(t)])
    cells = cells.assign(field=cells["column"])
    cells["column"] = source_columns(cells, mapping, sheet.cells)
    cells = cells.drop_duplicates(["row", "column", "rule", "value", "message"])
    said = remarks(sheet, mapping, ours, checked[0].typed.index)
    whole = pd.DataFrame(said, columns=list(ISSUE_COLUMNS))
    issues = pd.concat([whole, cells], ignore_index=True).assign(sheet=sheet.name)
    issues = issues[list(ISSUE_COLUMNS)].astype({"row": "int64"})
    return issues.sort_values("row", kind="stable", ignore_index=True)


def _with_records(issues: pd.DataFrame, checked: list[_Checked], fate: pd.Series) -> pd.DataFrame:
    """Name the record that each issue speaks of, where its row is accepted."""
    issues["record"] = ""
    for item in checked:
        keys = item.typed[item.draft.schema.key]
        keys = keys[(fate.loc[keys.index] == ACCEPTED).to_numpy()]
        mine = (issues["table"] == item.draft.schema.name) & issues["row"].isin(keys.index)
        issues.loc[mine, "record"] = issues.loc[mine, "row"].map(keys).astype("str")
    return issues


def _with_marks(issues: pd.DataFrame, item: Draft) -> pd.DataFrame:
    """Quote the words that mean « not given » where a cell is said to be blank."""
    blank = issues[(issues["rule"] == "required") & issues["column"].isin(item.source.columns)]
    marks = [item.source.at[row, name] for row, name in zip(blank["row"], blank["column"])]
    for place, mark in zip(blank.index, marks):
        if isinstance(mark, str):
            said = sentences.mark_of_absence(mark, str(issues.at[place, "title"]))
            issues.loc[place, ["value", "message", "fix"]] = (mark, *said)
    return issues


def _told(found: pd.DataFrame) -> pd.DataFrame:
    said = "« {} » : une ligne précédente du même enregistrement dit « {} », qui est gardé"
    texts = [said.format(v[:80], k[:80]) for v, k in zip(found["value"], found["kept"])]
    return found.assign(
        rule="disagreement", severity="note", message=texts, fix="vérifier laquelle est juste"
    )


def _repairs(issues: pd.DataFrame, checked: list[_Checked]) -> pd.DataFrame:
    """List the repairs with the value before and after."""
    made = issues[issues["rule"] == "repair"]
    typed = {item.draft.schema.name: item.typed for item in checked}
    after = [_read(typed[t], row, f) for t, row, f in made[["table", "row", "field"]].values]
    return made.assign(before=made["value"], after=after)[list(REPAIR_COLUMNS)]


def _read(typed: pd.DataFrame, row: int, field: str) -> str:
    """What was read in a cell; nothing when its row gave no record to this table."""
    value = typed.at[row, field] if row in typed.index else ""
    return "|".join(value) if isinstance(value, tuple) else "" if pd.isna(value) else str(value)
