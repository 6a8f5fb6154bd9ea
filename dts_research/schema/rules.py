"""What the cells of one record must say together: rules declared in the schema (``dts:rules``).

A contradiction never refuses a row nor blanks a value: nobody but the person who wrote it knows
which cell is wrong. Both values are kept and told in one French sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from itertools import repeat
from typing import Any

import pandas as pd

from dts_research.schema.catalogue import Catalogue, Rule, Schema, catalogue
from dts_research.schema.checks import COLUMNS
from dts_research.schema.repairs import same_departement

Row = dict[str, Any]
Said = tuple[str, str]  # what contradicts what; what to do
_EITHER = "corriger celle des deux cellules qui est fausse"


def contradictions(
    typed: pd.DataFrame,
    schema: Schema,
    *,
    text: pd.DataFrame | None = None,
    source: Catalogue | None = None,
) -> pd.DataFrame:
    """List the records whose cells contradict each other.

    Parameters
    ----------
    typed
        Typed rows of the table, as `checks.check` gives them; index = row numbers.
    schema
        The table, with its rules.
    text
        The same cells as written, to be quoted (same index); the typed values by default.
    source
        The catalogue that gives the labels of codes; the package's own by default.

    Returns
    -------
    pandas.DataFrame
        One row per contradiction, with the columns of `checks.check`'s issues.
    """
    ours = catalogue() if source is None else source
    issues = []
    for rule in schema.rules:
        find, explain = _KINDS[rule.kind]
        wrong = find(typed, rule)
        names = [*dict.fromkeys((*rule.fields, *rule.by))]
        written = _written(text, wrong, names)
        for row, cells, number in zip(_rows(typed.loc[wrong, names]), written, typed.index[wrong]):
            message, fix = explain(_Words(schema, ours), rule, row)
            column = _blamed(rule, row)
            value = cells.get(column) or ("" if row[column] is None else _shown(row[column]))
            issues.append((number, column, schema.field(column).title, value,
                           rule.kind, rule.severity, message, fix))  # fmt: skip
    return pd.DataFrame(issues, columns=list(COLUMNS))


def _rows(frame: pd.DataFrame) -> Iterator[Row]:
    """Rows as dictionaries, absent values as None."""
    plain = frame.astype(object)
    yield from plain.where(plain.notna(), None).to_dict("records")


def _blamed(rule: Rule, row: Row) -> str:
    """The last field that is filled: the one a person would look at."""
    filled = [name for name in rule.fields if row.get(name) is not None]
    return filled[-1] if filled else rule.fields[-1]


def _written(text: pd.DataFrame | None, wrong: pd.Series, names: list[str]) -> Iterator[Row]:
    """Cells of some rows as they were written."""
    if text is None:
        return repeat({})
    return _rows(text.loc[wrong, [name for name in names if name in text]])


def _shown(value: Any) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float):
        return f"{value:.6g}".replace(".", ",")
    return str(value)


class _Words:
    """Titles and labels of one table, for sentences."""

    def __init__(self, schema: Schema, ours: Catalogue) -> None:
        self.schema = schema
        self.ours = ours

    def title(self, name: str) -> str:
        """French title of a field, quoted."""
        return f"« {self.schema.field(name).title} »"

    def cell(self, name: str, row: Row) -> str:
        """Title and value of a cell: ``« Date de fin » (12/03/2023)``."""
        codes = self.schema.field(name).codelist
        value = row[name]
        said = self.ours.label(codes, value) if codes else _shown(value)
        return f"{self.title(name)} ({said})"


Find = Callable[[pd.DataFrame, Rule], pd.Series]
Explain = Callable[[_Words, Rule, Row], Said]


def _filled(frame: pd.DataFrame, names: tuple[str, ...]) -> pd.Series:
    return frame[list(names)].notna().all(axis=1)


def _by_distinct(
    frame: pd.DataFrame, names: tuple[str, ...], wrong: Callable[..., bool]
) -> pd.Series:
    """Ask once per distinct combination of filled cells."""
    there = _filled(frame, names)
    cells = list(frame.loc[there, list(names)].itertuples(index=False, name=None))
    answers = {cell: wrong(*cell) for cell in set(cells)}
    found = there.to_numpy(dtype=bool, copy=True)
    found[found] = [answers[cell] for cell in cells]
    return pd.Series(found, index=frame.index)


def _out_of_order(frame: pd.DataFrame, rule: Rule) -> pd.Series:
    return _by_distinct(frame, rule.fields, lambda first, last: bool(last < first))


def _say_order(words: _Words, rule: Rule, row: Row) -> Said:
    first, last = rule.fields
    is_date = isinstance(row[last], date)
    verb = "vient avant" if is_date else "est plus petit que"
    fix = "corriger celle des deux dates qui est fausse" if is_date else _EITHER
    return f"{words.cell(last, row)} {verb} {words.cell(first, row)}", fix


def _lacking(frame: pd.DataFrame, rule: Rule) -> pd.Series:
    return frame[rule.fields[0]].isin(rule.values) & frame[list(rule.fields[1:])].isna().all(axis=1)


def _say_needs(words: _Words, rule: Rule, row: Row) -> Said:
    state, *wanted = rule.fields
    names = [words.title(name) for name in wanted]
    blank = f"{names[0]} est vide" if len(names) == 1 else f"ni {' ni '.join(names)} n'est rempli"
    fix = f"remplir {names[0]}, ou corriger {words.title(state)}"
    return f"{words.cell(state, row)}, mais {blank}", fix


def _too_much(frame: pd.DataFrame, rule: Rule) -> pd.Series:
    return frame[rule.fields[0]].isin(rule.values) & frame[rule.fields[1]].notna()


def _say_excludes(words: _Words, rule: Rule, row: Row) -> Said:
    state, value = rule.fields
    said = f"{words.cell(state, row)} ne va pas avec une valeur écrite, {words.cell(value, row)}"
    return said, f"vider {words.title(value)}, ou corriger {words.title(state)}"


def _half_filled(frame: pd.DataFrame, rule: Rule) -> pd.Series:
    there = frame[list(rule.fields)].notna()
    return there.any(axis=1) & ~there.all(axis=1)


def _say_together(words: _Words, rule: Rule, row: Row) -> Said:
    given = next(name for name in rule.fields if row[name] is not None)
    lacking = next(name for name in rule.fields if row[name] is None)
    said = f"{words.title(given)} vaut {_shown(row[given])}, mais {words.title(lacking)} est vide"
    return said, "remplir les deux cellules, ou aucune"


def _otherwise_begun(frame: pd.DataFrame, rule: Rule) -> pd.Series:
    return _by_distinct(frame, rule.fields, lambda whole, start: not whole.startswith(start))


def _say_begins(words: _Words, rule: Rule, row: Row) -> Said:
    whole, start = rule.fields
    said = f"{words.cell(whole, row)} ne commence pas par {words.cell(start, row)}"
    return said, "vérifier les deux numéros (les 9 premiers chiffres du SIRET sont le SIREN)"


def _elsewhere(frame: pd.DataFrame, rule: Rule) -> pd.Series:
    return _by_distinct(frame, rule.fields, lambda place, code: not same_departement(place, code))


def _say_departement(words: _Words, rule: Rule, row: Row) -> Said:
    place, code = rule.fields
    said = f"{words.cell(place, row)} n'est pas dans {words.cell(code, row)}"
    doubt = " (quelques communes ont le code postal d'un département voisin)"
    return said, _EITHER + (doubt if place.endswith("postal_code") else "")


def _misshaped(frame: pd.DataFrame, rule: Rule) -> pd.Series:
    shapes = dict(rule.shapes)

    def wrong(level: str, code: str) -> bool:
        return level in shapes and re.fullmatch(shapes[level], code) is None

    return _by_distinct(frame, rule.fields, wrong)


def _say_shape(words: _Words, rule: Rule, row: Row) -> Said:
    level, code = rule.fields
    said = f"{words.cell(code, row)} n'a pas la forme d'un code pour {words.cell(level, row)}"
    return said, "corriger le code ou le niveau"


def _taken_twice(frame: pd.DataFrame, rule: Rule) -> pd.Series:
    """Rows that give a value already given by another record (the key tells records apart)."""
    (name,) = rule.fields
    key = frame[frame.columns[0]]
    there = frame[name].notna() & key.notna()
    owner = key.where(there).groupby(frame[name]).transform("first")
    return there & (owner != key).fillna(False)


def _say_distinct(words: _Words, rule: Rule, row: Row) -> Said:
    (name,) = rule.fields
    said = f"{words.cell(name, row)} est déjà celui d'un autre enregistrement"
    return said, "garder une seule ligne, ou corriger l'un des deux numéros"


def _overflowing(frame: pd.DataFrame, rule: Rule) -> pd.Series:
    """Parts whose whole does not come to what it should; told on its last row."""
    (name,) = rule.fields
    parts = frame[name].astype("Float64")
    keys = [frame[column] for column in rule.by]
    whole = parts.groupby(keys).transform("sum").astype(float)
    wrong = pd.Series(False, index=frame.index)
    if rule.at_most is not None:
        wrong |= whole > rule.at_most * 1.01
    if rule.total is not None:
        wrong |= (whole - rule.total).abs() > rule.total / 100
    last = ~frame.duplicated(list(rule.by), keep="last")
    return wrong & last & parts.notna()


def _say_total(words: _Words, rule: Rule, row: Row) -> Said:
    (name,) = rule.fields
    wanted = _shown(float(rule.total if rule.at_most is None else rule.at_most))  # type: ignore[arg-type]
    group = " et ".join(words.cell(column, row) for column in rule.by)
    most = "" if rule.at_most is None else " au plus"
    said = f"les parts {words.title(name)} de {group} ne font pas {wanted}{most}"
    return said, f"vérifier ces parts : leur somme doit faire {wanted}{most}"


def _no_share(value: float, part: float, whole: float) -> bool:
    """Tell whether a value is neither the ratio nor that ratio in percent, per thousand…"""
    if whole == 0:
        return True
    ratio = part / whole
    scales = [scale for scale in (1, 100, 1e3, 1e4, 1e5) if _near(value, ratio * scale)]
    return not scales or (scales[0] == 100 and ratio > 1)


def _near(value: float, other: float) -> bool:
    return abs(value - other) <= max(0.01 * abs(other), 0.0051)


def _unequal(frame: pd.DataFrame, rule: Rule) -> pd.Series:
    return _by_distinct(frame, rule.fields, _no_share)


def _say_share(words: _Words, rule: Rule, row: Row) -> Said:
    value, part, whole = rule.fields
    above, below = words.cell(part, row), words.cell(whole, row)
    if row[whole] == 0:
        return f"{below} est nul : {words.cell(value, row)} ne peut pas se calculer", _EITHER
    if row[part] > row[whole] and _near(row[value], 100 * row[part] / row[whole]):
        return f"{above} est plus grand que {below} : une part dépasse 100 %", _EITHER
    said = f"{words.cell(value, row)} n'est pas {above} rapporté à {below}"
    return said, "vérifier les trois nombres"


_KINDS: dict[str, tuple[Find, Explain]] = {
    "order": (_out_of_order, _say_order),
    "needs": (_lacking, _say_needs),
    "excludes": (_too_much, _say_excludes),
    "together": (_half_filled, _say_together),
    "begins": (_otherwise_begun, _say_begins),
    "departement": (_elsewhere, _say_departement),
    "shape": (_misshaped, _say_shape),
    "distinct": (_taken_twice, _say_distinct),
    "total": (_overflowing, _say_total),
    "share": (_unequal, _say_share),
}
