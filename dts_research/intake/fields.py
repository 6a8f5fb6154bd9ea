"""From the columns of a source to raw text under our field names, and back."""

from __future__ import annotations

from collections.abc import Mapping as Pairs
from collections.abc import Sequence

import pandas as pd

from dts_research.errors import MaterialError
from dts_research.intake.mapping import Mapping
from dts_research.schema import distinct
from dts_research.schema.catalogue import Catalogue, nearest_name, plain

_ADDRESS = ["table", "column", "title", "row", "value"]


def folded_cells(cells: pd.DataFrame) -> dict[str, str]:
    """Folded name -> name of the column in the sheet."""
    return {plain(name): name for name in reversed(cells.columns)}


def trimmed(mapping: Mapping, cells: pd.DataFrame) -> pd.DataFrame:
    """Cells of the columns mapped, without outer blanks; blank ones are missing."""
    spoken = {plain(column) for column in mapping.columns}
    names = [name for name in dict.fromkeys(folded_cells(cells).values()) if plain(name) in spoken]
    return pd.DataFrame({name: distinct.trimmed(cells[name]) for name in names}, index=cells.index)


def verify(mapping: Mapping, cells: pd.DataFrame, ours: Catalogue) -> None:
    """Refuse a mapping that speaks of columns or fields that are not there.

    Raises
    ------
    MaterialError
        Naming what is missing, and the nearest column or field.
    """
    if mapping.table not in ours.tables:
        raise _no_table(mapping, mapping.table, mapping.table, ours)
    fed = (*mapping.targets, *mapping.constants, *mapping.values, *mapping.compared.values())
    for target in dict.fromkeys(fed):
        _verify_field(target, mapping, ours)
    there = folded_cells(cells)
    absent = [c for c in (*mapping.columns, *mapping.key) if plain(c) not in there]
    absent = list(dict.fromkeys(absent))
    if not absent:
        return
    near = nearest_name(plain(absent[0]), there, 0.6)
    named = ", ".join(f"« {column} »" for column in absent[:5])
    many = "la colonne" if len(absent) == 1 else f"{len(absent)} colonnes absentes,"
    gone = ", absente du fichier" if len(absent) == 1 else ""
    hint = f"la plus proche est « {there[near]} »" if near else f"il a : {_listed(cells)}"
    raise MaterialError(
        f"La correspondance « {mapping.source} » attend {many} {named}{gone} ; {hint}".rstrip(".")
        + ".",
        "Corriger le titre sous [columns], y supprimer la ligne si la colonne n'existe plus, ou "
        "recevoir le fichier sans --mapping pour qu'une correspondance soit proposée.",
    )


def _listed(cells: pd.DataFrame, most: int = 6) -> str:
    names = ", ".join(f"« {column} »" for column in cells.columns[:most])
    return names + (", etc." if len(cells.columns) > most else "")


def _verify_field(target: str, mapping: Mapping, ours: Catalogue) -> None:
    table, _, name = target.partition(".")
    if table in ours.tables and name in ours.tables[table].names:
        return
    if table not in ours.tables:
        raise _no_table(mapping, target, table, ours)
    words = {plain(field.title): field.name for field in ours.tables[table].fields}
    words |= {field: field for field in ours.tables[table].names}
    near = nearest_name(plain(name), words, 0.5)
    hint = f" ; le plus proche est « {table}.{words[near]} »" if near else ""
    what = f"la table « {ours.tables[table].title} » n'a pas de champ « {name} »{hint}"
    raise _unknown(mapping, target, what)


def _no_table(mapping: Mapping, target: str, table: str, ours: Catalogue) -> MaterialError:
    near = nearest_name(table, ours.tables, 0.5)
    hint = f"la plus proche est « {near} »" if near else f"il y a : {', '.join(ours.tables)}"
    return _unknown(mapping, target, f"la table « {table} » n'existe pas ; {hint}")


def _unknown(mapping: Mapping, target: str, what: str) -> MaterialError:
    return MaterialError(
        f"La correspondance « {mapping.source} » parle de « {target} » : {what}.",
        "Écrire « table.champ » avec les noms du dictionnaire (« dts codebook »).",
    )


def raw_fields(mapping: Mapping, cells: pd.DataFrame, ours: Catalogue) -> dict[str, pd.DataFrame]:
    """Text of `trimmed` cells under our field names, for each table fed.

    The columns of each frame are field names; the index is that of `cells`.
    """
    there = folded_cells(cells)
    gone = {plain(text) for text in mapping.missing}
    frames = {table: pd.DataFrame(index=cells.index) for table in mapping.tables}
    for target, columns in mapping.targets.items():
        table, _, name = target.partition(".")
        listed = ours.tables[table].field(name).is_list
        parts = [_given(cells[there[plain(column)]], gone) for column in columns]
        text = _together(parts) if listed and len(parts) > 1 else _first_filled(parts)
        frames[table][name] = text + "|" if target in mapping.whole else text
        if target in mapping.values:
            frames[table][name] = _recoded(frames[table][name], mapping.values[target])
    return frames


def with_constants(frames: dict[str, pd.DataFrame], mapping: Mapping) -> dict[str, pd.DataFrame]:
    """Add the constant fields (they are no evidence that a row says something)."""
    for target, value in mapping.constants.items():
        table, _, name = target.partition(".")
        frames[table][name] = pd.Series(value, index=frames[table].index, dtype="str")
    return frames


def source_columns(issues: pd.DataFrame, mapping: Mapping, cells: pd.DataFrame) -> list[str]:
    """Name of the source column behind each issue: the one whose cell holds the value."""
    there = folded_cells(cells)
    feeding = {t: [there[plain(c)] for c in names] for t, names in mapping.targets.items()}
    found = []
    for table, field, title, row, value in issues[_ADDRESS].values:
        names = feeding.get(f"{table}.{field}", [])
        if len(names) > 1:
            texts = {name: cells.at[row, name] for name in names}
            names = [name for name, text in texts.items() if _holds(text, value)] or names
        found.append(names[0] if names else title)
    return found


def _holds(text: object, value: str) -> bool:
    return isinstance(text, str) and value != "" and value in text


def _recoded(text: pd.Series, values: Pairs[str, str]) -> pd.Series:
    codes = {plain(left): right for left, right in values.items()}
    return text.map(lambda t: codes.get(plain(t), t), na_action="ignore").astype("str")


def _given(text: pd.Series, gone: set[str]) -> pd.Series:
    """Leave out the words that mean « not given »."""
    if not gone:
        return text
    longest = max(map(len, gone)) + 2
    short = (t for t in set(text.tolist()) if isinstance(t, str) and len(t) <= longest)
    absent = {t for t in short if plain(t) in gone}
    return text.where(~text.isin(absent)) if absent else text


def _first_filled(parts: Sequence[pd.Series]) -> pd.Series:
    text = parts[0]
    for part in parts[1:]:
        text = text.fillna(part)
    return text


def _together(parts: Sequence[pd.Series]) -> pd.Series:
    """Put the values of several columns into one list cell."""
    frame = pd.concat(parts, axis=1)
    joined = ["|".join(dict.fromkeys(t for t in row if isinstance(t, str))) for row in frame.values]
    text = pd.Series(joined, index=frame.index, dtype="str")
    return text.where(text != "")
