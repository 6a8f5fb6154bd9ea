"""Check text cells against a schema: a typed frame, and one French sentence per faulty cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from dts_research.schema import casts, sentences
from dts_research.schema.catalogue import Codelist, Field, Schema, catalogue
from dts_research.schema.departements import departements
from dts_research.schema.distinct import by_distinct, distinct, trimmed
from dts_research.schema.repairs import luhn_is_right, readable, repair_of, without_decimal

COLUMNS = ("row", "column", "title", "value", "rule", "severity", "message", "fix")
Found = list[pd.DataFrame]
_BY_TYPE = {"integer": without_decimal, "string": readable}


def check(
    frame: pd.DataFrame, schema: Schema, *, codelists: Mapping[str, Codelist] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Type text cells and list what is wrong with them.

    Parameters
    ----------
    frame
        Text cells (n rows), columns named as fields, index = row numbers of the source.
        Fields that are not there count as blank; other columns are left out.
    schema
        The table they should satisfy.
    codelists
        Closed lists by name; those of the package by default.

    Returns
    -------
    typed : pandas.DataFrame
        All rows and all fields of the schema; a faulty cell is missing. Lists are tuples.
    issues : pandas.DataFrame
        One row per faulty cell: row, column, title, value, rule, severity, message, fix.
        `severity` is ``error`` (a required cell), ``to_confirm`` (the value of an optional
        cell is set aside) or ``note`` (a repair that was made, rule ``repair``).
    """
    lists = catalogue().codelists if codelists is None else codelists
    typed: dict[str, pd.Series] = {}
    found: Found = []
    for field in schema.fields:
        once = distinct(_column(frame, field.name))
        told: Found = []
        values = _check_field(once.texts, field, lists.get(field.codelist or ""), told)
        typed[field.name] = once.spread(values)
        found += map(once.everywhere, told)
    if schema.key in typed and schema.field(schema.key).unique:
        found.append(taken_twice(typed[schema.key], schema.field(schema.key)))
    issues = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=list(COLUMNS))
    order = issues.sort_values("row", kind="stable", ignore_index=True) if len(issues) else issues
    return pd.DataFrame(typed, index=frame.index), order


def _column(frame: pd.DataFrame, name: str) -> pd.Series:
    if name not in frame.columns:
        return pd.Series(pd.NA, index=frame.index, dtype="str")
    return frame[name]


def _check_field(text: pd.Series, field: Field, codes: Codelist | None, found: Found) -> pd.Series:
    """Type the distinct texts of a column, and say once what is wrong with each."""
    text = trimmed(text)
    blank = text.isna()
    if field.required and blank.any():
        report = _Report(field, "required", "error")
        found.append(report.rows(text[blank], lambda _: sentences.missing(field)))
    text = _repaired(text, field, found)
    values = _cast(text, field, codes, found)
    _check_bounds(values, text, field, found)
    return values


def _repaired(text: pd.Series, field: Field, found: Found) -> pd.Series:
    """Make the certain repairs and list them with the text before and after."""
    repair = repair_of(field.name) or _BY_TYPE.get(field.type)
    if repair is None:
        return text
    told = (t for t in dict.fromkeys(text.tolist()) if isinstance(t, str))
    pairs = {t: after for t in told if (after := repair(t)) != t}
    if not pairs:
        return text
    report = _Report(field, "repair", "note")
    said = text[text.isin(pairs)]
    found.append(report.rows(said, lambda t: sentences.repaired(t, pairs[t])))
    return text.map(lambda t: pairs.get(t, t), na_action="ignore").astype("str")


def _cast(text: pd.Series, field: Field, codes: Codelist | None, found: Found) -> pd.Series:
    if field.is_list:
        return _cast_list(text, field, codes, found)
    if codes is not None:
        return _codes(text, field, codes, found).astype("str")
    if field.type == "string":
        return _cast_string(text, field, found)
    cast, dtype = _CASTS[field.type]
    values = _fast(text, field.type)
    rest = values.isna() & text.notna()
    if rest.any():
        values = values.astype(object)
        values[rest] = by_distinct(text[rest], cast)
    _reject(text, values, _Report(field, "type"), found, sentences.NOT_OF_TYPE[field.type])
    if field.type == "date":
        return _dates(_one_reading(values, text, field, found), text, field, found)
    return values.where(values.notna(), pd.NA).astype(dtype)


def _fast(text: pd.Series, kind: str) -> pd.Series:
    """Read the plainest spellings for the whole column at once; the others stay missing."""
    if kind in ("integer", "number"):
        whole = text.str.fullmatch(
            r"-?[0-9]{1,15}" if kind == "integer" else r"-?[0-9]{1,300}(?:\.[0-9]+)?"
        )
        return pd.to_numeric(text.where(whole.astype("boolean").fillna(False).astype(bool)))
    return pd.Series(pd.NA, index=text.index, dtype=object)


def _one_reading(values: pd.Series, text: pd.Series, field: Field, found: Found) -> pd.Series:
    """Set aside the days that can be read in two ways, in a column of American dates."""
    bad = text[values.isna() & text.notna()].unique()
    other = next((t for t in bad if casts.month_first(t)), None)
    if other is None or any(casts.day_first(t) for t in text.dropna().unique()):
        return values
    both = by_distinct(text, casts.either_first).eq(True)
    report = _Report(field, "type")
    found.append(report.rows(text[both], lambda t: sentences.american(t, other)))
    return values.mask(both, None)


def _dates(values: pd.Series, text: pd.Series, field: Field, found: Found) -> pd.Series:
    serial = values.notna() & by_distinct(text, casts.is_serial_date).eq(True)
    if serial.any():
        days = dict(zip(text[serial], values[serial]))
        odd = serial & text.map(days).map(casts.is_odd_day, na_action="ignore").eq(True)
        doubt, report = _Report(field, "type"), _Report(field, "repair", "note")
        found.append(doubt.rows(text[odd], lambda t: sentences.odd_serial(t, days[t])))
        said = text[serial & ~odd]
        found.append(report.rows(said, lambda t: sentences.serial(t, days[t])))
        values = values.mask(odd, None)
    return values.astype(object).where(values.notna(), None)


def _cast_string(text: pd.Series, field: Field, found: Found) -> pd.Series:
    if field.pattern is None:
        return text
    fits = text.str.fullmatch(field.pattern, flags=re.ASCII, na=False).astype(bool)
    if field.name.endswith("departement_code"):
        fits &= text.isin(list(departements().labels))
    values = text.where(fits)
    _reject(text, values, _Report(field, "pattern"), found, sentences.misshapen(field))
    if field.name.endswith(("siret", "siren")):
        wrong = by_distinct(values, luhn_is_right).eq(False)
        if wrong.any():
            report = _Report(field, "checksum", "to_confirm")
            found.append(report.rows(text[wrong], sentences.wrong_key))
    return values


def _cast_list(text: pd.Series, field: Field, codes: Codelist | None, found: Found) -> pd.Series:
    """Cut lists into tuples; pieces outside the code list are set aside one by one."""
    pieces = by_distinct(text, lambda t: casts.split_list(t, codes))
    pieces = pieces.astype(object).where(text.notna(), None)
    if codes is None:
        return pieces.map(lambda items: items or ())
    long = pieces.explode().dropna().astype("str")
    kept = dict(zip(long, _codes(long, field, codes, found)))
    return pieces.map(
        lambda items: tuple(dict.fromkeys(kept[i] for i in items or () if pd.notna(kept[i])))
    )


def _codes(text: pd.Series, field: Field, codes: Codelist, found: Found) -> pd.Series:
    """Read codes and labels; those of another gender or number are repairs."""
    values = by_distinct(text, codes.code_of)
    if values.isna().sum() > text.isna().sum():
        alike = by_distinct(text.where(values.isna()), codes.alike)
        report = _Report(field, "repair", "note")
        said = {t: f"« {t} » a été lu « {codes.label(code)} »" for t, code in zip(text, alike)}
        if alike.notna().any():
            found.append(report.rows(text[alike.notna()], lambda t: (said[t], "")))
        values = values.where(values.notna(), alike)
    _reject(text, values, _Report(field, "code"), found, sentences.unknown_code(codes))
    return values


def _check_bounds(values: pd.Series, text: pd.Series, field: Field, found: Found) -> None:
    """Report and blank the numbers outside the bounds of the field."""
    if field.minimum is not None:
        low = (values < field.minimum).fillna(False).astype(bool)
        _outside(low, text, _Report(field, "minimum"), found)
        values[low] = pd.NA
    if field.maximum is not None:
        high = (values > field.maximum).fillna(False).astype(bool)
        _outside(high, text, _Report(field, "maximum"), found)
        values[high] = pd.NA


def _outside(wrong: pd.Series, text: pd.Series, report: _Report, found: Found) -> None:
    if wrong.any():
        low = report.rule == "minimum"
        limit = f"{report.field.minimum if low else report.field.maximum:g}".replace(".", ",")
        said = f"est plus petit que {limit}" if low else f"est plus grand que {limit}"
        fix = f"écrire un nombre au {'moins' if low else 'plus'} égal à {limit}"
        found.append(report.rows(text[wrong], lambda t: (f"« {t} » {said}", fix)))


def to_complete(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """List the blank cells of the columns that our form asks for (text cells, as `check`)."""
    asked = [field for field in schema.fields if field.required_in_form and field.name in frame]
    none = pd.DataFrame(columns=list(COLUMNS))
    return pd.concat([none, *(_blanks(frame[f.name], f) for f in asked)], ignore_index=True)


def _blanks(text: pd.Series, field: Field) -> pd.DataFrame:
    blank = text[text.fillna("").str.strip() == ""]
    report = _Report(field, "to_complete", "to_confirm")
    return report.rows(blank, lambda _: sentences.to_complete(field))


def taken_twice(keys: pd.Series, field: Field) -> pd.DataFrame:
    """List the ids that an earlier row has already (index = row numbers)."""
    again = keys.notna() & keys.duplicated()
    first = keys[~keys.duplicated()]
    rows = dict(zip(first, first.index))
    report = _Report(field, "unique", "error")
    return report.rows(keys[again], lambda t: sentences.taken(t, rows[t]))


class _Report:
    """Issues of one field and one rule."""

    def __init__(self, field: Field, rule: str, severity: str = "") -> None:
        self.field = field
        self.rule = rule
        self.severity = severity or ("error" if field.required else "to_confirm")

    def rows(self, text: pd.Series, sentence: Callable[[str], tuple[str, str]]) -> pd.DataFrame:
        """One issue per cell of `text` (index = row numbers)."""
        said = {t: sentence(t) for t in text.dropna().unique()}
        sentences = [said[t] if t in said else sentence("") for t in text]
        return pd.DataFrame(
            {
                "row": text.index,
                "column": self.field.name,
                "title": self.field.title,
                "value": text.fillna("").tolist(),
                "rule": self.rule,
                "severity": self.severity,
                "message": [message for message, _ in sentences],
                "fix": [fix for _, fix in sentences],
            },
            columns=list(COLUMNS),
        )


def _reject(
    text: pd.Series,
    values: pd.Series,
    report: _Report,
    found: Found,
    sentence: Callable[[str], tuple[str, str]],
) -> None:
    bad = text.notna() & values.isna()
    if bad.any():
        found.append(report.rows(text[bad], sentence))


_CASTS: dict[str, tuple[Callable[[str], Any], Any]] = {
    "integer": (casts.to_integer, "Int64"),
    "number": (casts.to_number, "Float64"),
    "boolean": (casts.to_boolean, "boolean"),
    "date": (casts.to_date, "object"),
}
