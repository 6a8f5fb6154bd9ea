"""From a sheet of context data to rows of observations, each with the cell that it comes from."""

from __future__ import annotations

import re
from collections.abc import Mapping as Pairs
from dataclasses import dataclass, replace

import pandas as pd

from dts_research.intake.context import NAME, PERIOD, PLACE, Country, Description, Series
from dts_research.intake.context_marks import UNCOVERED, ZERO, before_first, number_of, states_of
from dts_research.intake.context_places import code_of, known, shaped, territory_id, whole_country
from dts_research.intake.context_roles import stripped
from dts_research.intake.context_titles import counts, period_of
from dts_research.intake.identifiers import row_digests
from dts_research.intake.sheets import WHY, Sheet
from dts_research.intake.taken_ids import Received
from dts_research.schema import catalogue
from dts_research.schema.sentences import shown

_TWICE = "ce territoire est déjà dit par la ligne "
LARGEST = 1e14  # more than the wealth of the country, in euros
_TOLD = ("period", "vintage", "source", "diffusion")
_KINDS = {
    "departement": "un code de département", "region": "un code de région",
    "epci": "un numéro SIREN d'EPCI", "commune": "un code de commune",
}  # fmt: skip


@dataclass(frozen=True)
class Rows:
    """Values of a sheet, one per row, numbered from 1.

    Parameters
    ----------
    cells
        Text under the names of the fields of `observations`.
    raw
        The same cells as they are written in the source, for the fields that it holds.
    address
        Columns row, column: where each value stands in the sheet.
    refused
        Number -> column at fault, and why in French.
    """

    cells: pd.DataFrame
    raw: pd.DataFrame
    address: pd.DataFrame
    refused: Pairs[int, tuple[str, str]]


def rows_of(sheet: Sheet, description: Description, country: Country) -> Rows:
    """Reshape a sheet: one value is one row of observations."""
    texts = stripped(sheet)
    parts = [_of_column(column, texts, sheet, description) for column in description.values]
    whole = pd.concat(parts, ignore_index=True)
    whole.index += 1
    codes = _by_text(whole["_place"], lambda t: code_of(t, description.level))
    whole["territory_id"] = _by_text(codes, lambda c: territory_id(c, description.level))
    whole["state"] = states_of(whole["_text"], description.absences)
    early = before_first(whole) & whole["_uncovered"]
    whole.loc[early, "state"] = UNCOVERED
    number = whole["state"].isin(("published", ZERO))
    whole["value"] = whole["_text"].str.removesuffix("%").str.strip().where(number)
    ids = whole["indicator_id"] + ":" + whole["territory_id"]
    whole["observation_id"] = ids.where(whole["period"] == "", ids + ":" + whole["period"])
    fields = ["observation_id", "indicator_id", "territory_id", "period", "value", "state"]
    cells = whole[[*fields, *_TOLD[1:]]].replace("", None)
    return Rows(
        cells.astype("str"),
        _raw(whole, sheet, description),
        whole[["row", "column"]],
        {**_refused(whole, codes, description, country), **_set_aside(whole, sheet)},
    )


def still_told(rows: Rows, sheet: Sheet, description: Description, received: Received) -> Rows:
    """Refuse again, in the same words, the values that an earlier row told when they came back.

    Until its reason is blanked, or its territory is one that no other row told; a value received
    as it is before is no double.
    """
    if WHY not in sheet.columns:
        return rows
    digests = row_digests(tuple(rows.cells.columns), rows.cells)
    standing = rows.cells["observation_id"].isin(list(received.ids.get("observations", ())))
    standing &= ~digests.isin(list(received.rows(list(digests))))
    why = sheet.cells[WHY].fillna("").loc[rows.address["row"]].set_axis(rows.address.index)
    said = why[standing].map(lambda text: re.search(rf"{_TWICE}\d+", text))
    place = description.column(PLACE)
    again = {number: (place, found[0]) for number, found in said.items() if found}
    return replace(rows, refused={**again, **rows.refused})


def _of_column(
    column: str, texts: pd.DataFrame, sheet: Sheet, description: Description
) -> pd.DataFrame:
    """Values of one column, with what their series says of them."""
    time, name = description.column(PERIOD), description.column(NAME)
    rows = pd.DataFrame({"row": texts.index, "column": column})
    rows["_text"] = texts[column].to_numpy()
    rows["_place"] = texts[description.column(PLACE)].to_numpy()
    titles = texts[name].to_numpy() if name else [column] * len(texts)
    rows["_title"] = pd.Series(titles, dtype=object)
    told = {title: description.series.get(title) for title in rows["_title"].unique()}
    rows["indicator_id"] = rows["_title"].map(lambda t: one.indicator if (one := told[t]) else "")
    rows["_uncovered"] = rows["_title"].map({t: bool(s and s.uncovered) for t, s in told.items()})
    for part in _TOLD:
        rows[part] = rows["_title"].map(lambda t, p=part: getattr(told[t], p) if told[t] else "")
    if time:
        rows["_time"] = texts[time].to_numpy()
        rows["period"] = _by_text(rows["_time"], period_of)
    rows["source"] = rows["source"].where(rows["source"] != "", description.mapping.source)
    return rows


def _by_text(texts: pd.Series, read: object) -> pd.Series:
    """Read each distinct text once."""
    return texts.map({text: read(text) for text in texts.unique()})  # type: ignore[operator]


def _raw(whole: pd.DataFrame, sheet: Sheet, description: Description) -> pd.DataFrame:
    """Texts as written, blanks around them included."""
    place, time = description.column(PLACE), description.column(PERIOD)
    rows = whole["row"].to_numpy()
    parts = [sheet.cells.loc[mine["row"], column].to_numpy()
             for column, mine in whole.groupby("column", sort=False)]  # fmt: skip
    values = [text for part in parts for text in part]
    raw = {"value": values, "territory_id": sheet.cells.loc[rows, place].tolist()}
    if time:
        raw["period"] = sheet.cells.loc[rows, time].tolist()
    if name := description.column(NAME):
        raw["indicator_id"] = sheet.cells.loc[rows, name].tolist()
    return pd.DataFrame(raw, index=whole.index, dtype="str")


def _refused(
    whole: pd.DataFrame, codes: pd.Series, description: Description, country: Country
) -> dict[int, tuple[str, str]]:
    """Values that cannot be kept: no territory, no reading, or told twice."""
    place = description.column(PLACE)
    found: dict[int, tuple[str, str]] = {}
    first = whole["observation_id"].map(
        whole.drop_duplicates("observation_id").set_index("observation_id")["row"]
    )
    again = whole["observation_id"].duplicated() & ~_same(whole)
    for number in whole.index[again]:
        found[number] = (place, f"{_TWICE}{first[number]}")
    for number in whole.index[whole["state"].isna()]:
        text = shown(whole.at[number, "_text"])
        said = f"« {text} » n'est ni un nombre ni une marque d'absence connue ; si c'en est une, "
        found[number] = (whole.at[number, "column"], f"{said}l'ajouter sous [context.absences]")
    untimed = whole["period"].eq("") & whole.get("_time", "").ne("") if "_time" in whole else None
    for number in whole.index[untimed] if untimed is not None else ():
        said = f"« {shown(whole.at[number, '_time'])} » n'est ni une année, ni un mois, ni un jour"
        found[number] = (description.column(PERIOD), said)
    found |= _implausible(whole, description)
    for number in whole.index[whole["indicator_id"] == ""]:
        said = f"« {shown(whole.at[number, '_title'])} » n'est pas décrit dans la correspondance"
        found[number] = (description.column(NAME), said)
    return found | _no_place(whole, codes, description, country)


def _implausible(whole: pd.DataFrame, description: Description) -> dict[int, tuple[str, str]]:
    """Numbers beyond any size, and people less than none."""
    found = {}
    numbers = whole["value"].map(number_of, na_action="ignore").astype(float)
    counting = {title for title, one in description.series.items() if counts(title, one.unit)}
    below = (numbers < 0) & whole["_title"].isin(counting)
    for number in whole.index[below | (numbers.abs() > LARGEST)]:
        text, title = shown(whole.at[number, "_text"]), whole.at[number, "_title"]
        said = f"« {text} » dépasse toute grandeur plausible"
        if below[number]:
            said = f"« {text} » est négatif, et « {title} » compte des personnes ou des choses"
        found[number] = (whole.at[number, "column"], said)
    return found


def _no_place(
    whole: pd.DataFrame, codes: pd.Series, description: Description, country: Country
) -> dict[int, tuple[str, str]]:
    """Values of rows of totals, or whose code is none."""
    level, place, found = description.level, description.column(PLACE), {}
    good = {code: shaped(code, level) or known(code, level, country) for code in codes.unique()}
    for number in whole.index[~codes.map(good)]:
        text = whole.at[number, "_place"]
        total = whole_country(text)
        what = "est un total, laissé de côté" if total else f"n'est pas {_KINDS[level]}"
        found[number] = (place, f"« {shown(text if total else codes[number])} » {what}")
    return found


def _same(whole: pd.DataFrame) -> pd.Series:
    """Tell the values that an earlier row says in the same words."""
    return whole.duplicated(["observation_id", "_text", "column"])


def _set_aside(whole: pd.DataFrame, sheet: Sheet) -> dict[int, tuple[str, str]]:
    """Rows that the file itself says not to read."""
    mine = whole["row"][whole["row"].isin(list(sheet.set_aside))]
    return {number: ("", sheet.set_aside[row]) for number, row in mine.items()}


def rule_of(absences: Pairs[str, str]) -> str:
    """Sentence that says what each text without a number means in a source."""
    labels = catalogue().codelists["observation_states"].labels
    told = [
        f"{f'« {text} »' if text else 'une cellule vide'} veut dire « {labels[state].lower()} »"
        for text, state in absences.items()
    ]
    return f"Dans la source, {', '.join(told)}." if told else ""


def indicator_rows(
    series: Pairs[str, Series], source: str, absences: Pairs[str, str]
) -> pd.DataFrame:
    """Text of the records of `indicators`, one per indicator; index = title that describes it."""
    rule = rule_of(absences)
    found: dict[str, dict[str, str | None]] = {}
    for title, one in series.items():
        found.setdefault(one.indicator, {
            "_title": title, "indicator_id": one.indicator, "label": one.label,
            "type": "contexte", "numerator": one.numerator, "denominator": one.denominator,
            "unit": one.unit, "definition": one.definition,
            "comparability": f"{one.comparability} {rule}".strip(),
            "source": one.source or source, "diffusion": one.diffusion,
        })  # fmt: skip
    frame = pd.DataFrame(list(found.values())).set_index("_title")
    return frame.replace("", None).astype("str")
