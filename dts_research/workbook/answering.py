"""Answers to what was to be confirmed: a right value for one cell, or « it is right as it is ».

An answer speaks of one cell of one record, as the record stands: what another file told of its
other cells since then stays. It is refused when it cannot be taken as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from dts_research.intake.answers import FIELD, RECORD, TO_CONFIRM, VALUE, YES
from dts_research.intake.counts import Counts
from dts_research.intake.identifiers import row_digests
from dts_research.intake.mapping import Mapping as Correspondence
from dts_research.intake.reception import Reception
from dts_research.intake.sheets import Sheet
from dts_research.intake.taking import ISSUE_COLUMNS
from dts_research.reference.geography import Geography
from dts_research.reference.places import settle
from dts_research.schema import Field, catalogue
from dts_research.schema.casts import to_boolean
from dts_research.schema.checks import check
from dts_research.schema.rules import contradictions
from dts_research.schema.sentences import Said
from dts_research.store import Store
from dts_research.workbook.questions import ORIGIN, Answer, Questions
from dts_research.workbook.situating import PLACES

WHEREABOUTS = (
    "latitude", "longitude", "stated_commune_code", "stated_departement", "stated_postal_code",
    "stated_label", "stated_region",
)  # fmt: skip


def with_answers(
    reception: Reception,
    store: Store,
    geography: Geography,
    gone: Mapping[str, Collection[str]],
) -> Reception:
    """Take the answers of a workbook given back, each as a telling of its record.

    Parameters
    ----------
    reception
        What became of the other sheets of the file.
    store
        Where the records stand.
    geography
        Where a place that is answered is settled again.
    gone
        Table -> ids of the records taken back.
    """
    read = [_answers(sheet) for sheet in reception.answers]
    questions = Questions(store, (answer for answers in read for answer in answers))
    for sheet, answers in zip(reception.answers, read):
        records = _standing(answers, store)
        sorted_out = _sorted(answers, records, questions, gone)
        reception = _taken(reception, sheet, sorted_out, (records, geography))
    return reception


def _answers(sheet: Sheet) -> list[Answer]:
    return [Answer.read(row, cells) for row, cells in sheet.cells.fillna("").iterrows()]


@dataclass(frozen=True)
class _Sorted:
    """The answers of a sheet by fate; `refused` says why, by row."""

    good: list[Answer]
    refused: dict[int, Said]
    again: int
    held: int

    @property
    def counts(self) -> Counts:
        good, refused = len(self.good), len(self.refused)
        read = good + refused + self.again + self.held
        return Counts(read, good, refused, self.again, self.held)


def _sorted(
    answers: list[Answer],
    records: Mapping[str, pd.DataFrame],
    questions: Questions,
    gone: Mapping[str, Collection[str]],
) -> _Sorted:
    """Tell the answers to take from the others: of a record taken back, known, or refused."""
    free = [a for a in answers if a.record not in gone.get(a.table, ())]
    rest = [a for a in free if not questions.taken(a)]
    refused = {a.row: why for a in rest if (why := _wrong(a, records, questions))}
    good = [a for a in rest if a.row not in refused]
    return _Sorted(good, refused, len(free) - len(rest), len(answers) - len(free))


def _taken(
    reception: Reception,
    sheet: Sheet,
    answers: _Sorted,
    around: tuple[Mapping[str, pd.DataFrame], Geography],
) -> Reception:
    records, geography = around
    good, refused, counts = answers.good, answers.refused, answers.counts
    cells = sheet.cells.loc[[a.row for a in good]]
    back = sheet.cells.loc[list(refused)].copy()
    back.insert(0, "", sheet.name)
    firsts = {a.key: a.row for a in reversed(good)}
    whole = replace(
        reception,
        issues=pd.concat([reception.issues, _errors(refused, sheet)], ignore_index=True),
        quarantined=pd.concat([reception.quarantined, back]),
        counts=reception.counts + counts,
        row_digests={**reception.row_digests, sheet.name: row_digests(sheet.columns, cells)},
        by_sheet={**reception.by_sheet, sheet.name: counts},
        mappings={**reception.mappings, sheet.name: _mapping(good, sheet)},
        answered=(*reception.answered, *(a.noted(sheet.name, firsts[a.key]) for a in good)),
    )
    return _with_records(whole, good, records, (sheet, geography))


def _with_records(
    reception: Reception,
    answers: list[Answer],
    records: Mapping[str, pd.DataFrame],
    around: tuple[Sheet, Geography],
) -> Reception:
    """Put the records answered among those that the file tells."""
    sheet, geography = around
    accepted, raw, issues = dict(reception.accepted), dict(reception.raw), [reception.issues]
    for table in dict.fromkeys(a.table for a in answers):
        mine = [a for a in answers if a.table == table]
        frame, text = _told(mine, records[table], geography)
        issues.append(_contradictions(frame, mine, sheet.name))
        accepted[table] = _beside(accepted.get(table), frame, sheet, reception.file)
        raw[table] = _beside(raw.get(table), text, sheet, reception.file)
    told = pd.concat(issues, ignore_index=True)
    return replace(reception, accepted=accepted, raw=raw, issues=told)


def _standing(answers: list[Answer], store: Store) -> dict[str, pd.DataFrame]:
    """Records that the answers speak of, as they stand, by table."""
    wanted: dict[str, set[str]] = {}
    for answer in answers:
        if answer.table in catalogue().tables:
            wanted.setdefault(answer.table, set()).add(answer.record)
    frames = {table: store.load(table, ids=ids) for table, ids in wanted.items()}
    return {table: f.set_index(f.columns[0], drop=False) for table, f in frames.items()}


def _wrong(
    answer: Answer, records: Mapping[str, pd.DataFrame], questions: Questions
) -> Said | None:
    """Say why an answer cannot be taken, and what to do."""
    if not answer.known or answer.record not in records[answer.table].index:
        cell = f"« {answer.record} » ({answer.table}.{answer.field})"
        fix = f"laisser les colonnes « {RECORD} » et « {FIELD} » comme elles étaient"
        return f"{cell} n'est pas une cellule du classeur", fix
    record = records[answer.table].loc[answer.record]
    return questions.wrong(answer, record) or _misread(answer)


def _misread(answer: Answer) -> Said | None:
    """Say why what is answered cannot be read."""
    if answer.yes and answer.value:
        said = f"« {answer.value} » et « {answer.yes} » sont deux réponses"
        return said, f"garder « {VALUE} » ou « {YES} »"
    if answer.yes and not to_boolean(answer.yes):
        said = f"« {answer.yes} » n'est pas oui"
        return said, f"écrire oui sous « {YES} », ou la bonne valeur sous « {VALUE} »"
    if answer.yes:
        return None
    if not answer.field:
        return "le lieu se lit dans plusieurs cellules", ORIGIN
    if answer.field == answer.schema.key:
        return "un identifiant ne se change pas ici", ORIGIN
    return _unreadable(answer)


def _unreadable(answer: Answer) -> Said | None:
    _, issues = _typed(answer)
    wrong = issues[issues["severity"] != "note"]
    return (wrong["message"].iloc[0], wrong["fix"].iloc[0]) if len(wrong) else None


def _typed(answer: Answer) -> tuple[Any, pd.DataFrame]:
    """Read a right value; with what is said of it."""
    text = pd.DataFrame({answer.field: [answer.value]}, index=[answer.row], dtype="str")
    alone = replace(answer.schema, fields=(answer.schema.field(answer.field),))
    typed, issues = check(text, alone)
    return typed[answer.field].iloc[0], issues


def _told(
    answers: list[Answer], standing: pd.DataFrame, geography: Geography
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the records with their right values, on the row of their first answer; and the texts.

    The texts are the values themselves but for the cells that are answered.
    """
    firsts = {a.record: a.row for a in reversed(answers)}
    frame = standing.loc[list(firsts)].copy()
    valued = [a for a in answers if not a.yes]
    for answer in valued:
        field = answer.schema.field(answer.field)
        column, place = frame[field.name].tolist(), frame.index.get_loc(answer.record)
        column[place] = _added(column[place], _typed(answer)[0], field)
        frame[field.name] = pd.Series(column, index=frame.index, dtype=frame[field.name].dtype)
    if answers[0].table == PLACES:
        frame = _settled(frame, {a.record for a in valued if a.field in WHEREABOUTS}, geography)
    written = frame.astype(object)
    for answer in valued:
        written.at[answer.record, answer.field] = answer.value
    rows = pd.Index(firsts.values(), name="row")
    return frame.set_axis(rows), written.set_axis(rows)


def _added(before: Any, value: Any, field: Field) -> Any:
    """A list keeps what was understood of it: only the piece set aside is answered."""
    return tuple(dict.fromkeys((*before, *value))) if field.is_list else value


def _settled(places: pd.DataFrame, moved: Collection[str], geography: Geography) -> pd.DataFrame:
    """Settle again the places of which one of the cells that situate it is answered."""
    there = places.index.isin(list(moved))
    parts = [places[~there], settle(places[there], geography)] if there.any() else [places]
    return pd.concat(parts).loc[places.index]


def _beside(
    former: pd.DataFrame | None, frame: pd.DataFrame, sheet: Sheet, file: str
) -> pd.DataFrame:
    """Put records beside those of the other sheets of the file."""
    if former is None:
        frame.attrs = {"file": file, "sheet": sheet.name}
        return frame
    other = str(former.attrs.get("sheet", ""))
    parts = [former] if former.index.nlevels > 1 else [pd.concat({other: former})]
    whole = pd.concat([*parts, pd.concat({sheet.name: frame})])
    whole.index = whole.index.set_names(["sheet", "row"])
    whole.attrs = {"file": file, "sheet": f"{other}, {sheet.name}"}
    return whole


def _mapping(answers: list[Answer], sheet: Sheet) -> Correspondence:
    targets = tuple(dict.fromkeys(f"{a.table}.{a.field}" for a in answers))
    return Correspondence(
        source=f"Feuille « {TO_CONFIRM} »", table=targets[0].partition(".")[0] if targets else "",
        columns={VALUE: targets}, kept_aside=sheet.columns, told=True,
    )  # fmt: skip


def _errors(refused: Mapping[int, Said], sheet: Sheet) -> pd.DataFrame:
    texts = dict.fromkeys(ISSUE_COLUMNS, "") | {
        "sheet": sheet.name, "column": VALUE, "rule": "answer", "severity": "error",
    }  # fmt: skip
    said = [{**texts, "row": row, "message": m, "fix": f} for row, (m, f) in refused.items()]
    return pd.DataFrame(said, columns=list(ISSUE_COLUMNS))


def _contradictions(frame: pd.DataFrame, answers: list[Answer], sheet: str) -> pd.DataFrame:
    """What the cells of the records still say against each other, where one was answered."""
    schema = answers[0].schema
    told = contradictions(frame, schema)
    asked = {(a.record, a.field) for a in answers if not a.yes}
    told = told.assign(
        sheet=sheet, table=schema.name, field=told["column"], column=VALUE,
        record=told["row"].map(frame[schema.key]).astype("str"),
    )  # fmt: skip
    mine = [(record, field) in asked for record, field in zip(told["record"], told["field"])]
    return told.loc[mine, list(ISSUE_COLUMNS)]
