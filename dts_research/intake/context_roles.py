"""What each column of a sheet of context data is for; what it lacks when it nearly is one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pandas as pd

from dts_research.intake import content
from dts_research.intake.columns import told_columns
from dts_research.intake.context import LEVELS, Country
from dts_research.intake.context_marks import is_mark, is_value
from dts_research.intake.context_places import (
    CODED,
    folded,
    level_of,
    names_of,
    unknown_codes,
    whole_country,
)
from dts_research.intake.context_titles import announces, listed, names_indicators, period_of
from dts_research.intake.sheets import Sheet
from dts_research.schema.catalogue import plain

FEWEST_ROWS = 3
MOSTLY, NEARLY_ALL = 0.8, 0.95
MOST_NAMES = 200
FEW_NAMES = 0.2
_NAMED = re.compile(r"\b(nom|libelle|lib|intitule|territoire|departement|epci|commune|region)")
_TIMED = re.compile(r"\b(an|annee|year|date|mois|periode|millesime|trimestre|time)")
_PERSONS = (
    "La colonne « {column} » annonce des personnes ou des structures, et non des territoires ; si "
    "elle dit bien le territoire, lui donner un titre qui le dise (« Revenu médian »)"
)
_POINT = re.compile(r"(lat|lon|lng|latitude|longitude|x|y|coord\w*|code postal|cp)")


@dataclass
class Roles:
    """What each column of a sheet is for, and why it is not one of context data, in French."""

    place: str
    level: str
    label: str = ""
    time: str = ""
    name: str = ""
    values: list[str] = field(default_factory=list)
    aside: dict[str, str] = field(default_factory=dict)
    lacking: str = ""

    @property
    def key(self) -> list[str]:
        """Columns that tell rows apart."""
        return [column for column in (self.place, self.time, self.name) if column]


def stripped(sheet: Sheet) -> pd.DataFrame:
    """Cells of the source's own columns without outer blanks, blank ones as empty texts."""
    cells = sheet.cells[told_columns(sheet)]
    return cells.apply(lambda c: c.astype("object").where(c.notna(), "").map(str.strip))


def roles_of(texts: pd.DataFrame, country: Country) -> Roles | None:
    """Give each column its part; None when none holds codes of territories."""
    roles = _place(texts, country) if len(texts) >= FEWEST_ROWS else None
    if roles is None:
        return None
    words: list[str] = []
    for column in texts.columns.drop(roles.place):
        private = content.private(column, texts[column]) or announces(column)
        if private or _other_names(texts[[roles.place, column]], roles.level, country):
            roles.lacking = roles.lacking or _PERSONS.format(column=column)
        if not _give(column, texts, roles, country):
            words.append(column)
    _name(words, texts, roles)
    roles.lacking = roles.lacking or _lacking(words, texts, roles)
    return roles


def _name(words: list[str], texts: pd.DataFrame, roles: Roles) -> None:
    """Find the names of indicators among the columns of words; leave another one aside."""
    places = texts[roles.place].nunique()
    for column in [one for one in words if names_indicators(one) and len(roles.values) == 1]:
        over = texts.groupby(column)[roles.place].nunique()
        if len(over) <= MOST_NAMES and (over >= places / 2).all():
            roles.name = column
            words.remove(column)
            return
    if len(words) == 1:
        roles.aside[words.pop()] = "laissée de côté : des mots, qui ne nomment pas d'indicateurs"


def _lacking(words: list[str], texts: pd.DataFrame, roles: Roles) -> str:
    """Say in French what keeps a sheet from being one of context data; empty when nothing."""
    if not roles.values:
        return "Aucune colonne n'y tient des nombres"
    if words:
        named = ", ".join(f"« {column} »" for column in words)
        return f"Des colonnes n'y sont ni des nombres ni des noms d'indicateurs : {named}"
    again = texts.duplicated(roles.key)
    if again.mean() <= 1 - NEARLY_ALL:
        return ""
    row = again.index[again][0]
    return (
        f"Les codes de « {roles.place} » se répètent (« {texts.at[row, roles.place]} », "
        f"ligne {row}) sans qu'une colonne de dates ou de noms d'indicateurs distingue les "
        "lignes : ce sont peut-être des réponses de personnes"
    )


def strange_codes(texts: pd.DataFrame, country: Country) -> str:
    """Say which codes keep a sheet of numbers from being one of context data; else empty."""
    if not any(_are_numbers(given) for c in texts if len(given := texts[c][texts[c] != ""])):
        return ""
    for column in texts.columns[:1] if len(texts) >= FEWEST_ROWS else ():
        told = list(texts[column].unique())
        level, others = unknown_codes(column, told, country)
        if level and others:
            return (
                f"Dans la colonne « {column} », trop de codes ne sont pas ceux de "
                f"{LEVELS[level]} : {listed(others)}"
            )
    return ""


def _place(texts: pd.DataFrame, country: Country) -> Roles | None:
    """Find the column of codes: the first one, or one whose title says so."""
    for position, column in enumerate(texts.columns):
        title = plain(column.replace("_", " "))
        told = [text for text in texts[column].unique() if text and not whole_country(text)]
        titled = CODED.search(title) or _NAMED.search(title)
        if (position and not titled) or _POINT.fullmatch(title):
            continue
        names = {word for other in texts for word in texts[other].unique()[:MOST_NAMES]}
        level = level_of(column, told, names, country) if len(told) >= FEWEST_ROWS else None
        if level is not None:
            return Roles(column, level)
    return None


def _give(column: str, texts: pd.DataFrame, roles: Roles, country: Country) -> bool:
    """Give its part to a column other than that of the codes; False for words of another kind."""
    title, told = plain(column.replace("_", " ")), texts[column]
    given = told[told != ""]
    if given.empty:
        roles.aside[column] = "laissée de côté : vide"
    elif CODED.search(title) or _POINT.fullmatch(title):
        roles.aside[column] = "laissée de côté : un code ou un repère, pas une valeur"
    elif not roles.time and _is_time(title, given):
        roles.time = column
    elif given.map(is_mark).all() or _are_numbers(given):
        roles.values.append(column)
    elif not roles.label and _is_label(title, texts[[roles.place, column]], roles.level, country):
        roles.label = column
    else:
        return False
    return True


def _are_numbers(given: pd.Series) -> bool:
    return bool(given.map(is_value).mean() >= MOSTLY and given.str.contains(r"\d").any())


def _is_time(title: str, given: pd.Series) -> bool:
    told = pd.Series(given.unique())
    years = told.str.fullmatch(r"\d{4}(?:\.0)?").all()
    return bool(told.map(period_of).ne("").all()) and (not years or bool(_TIMED.search(title)))


def _other_names(pairs: pd.DataFrame, level: str, country: Country) -> bool:
    """Tell a column « Nom » that hardly holds a name of territory."""
    told = [name for name in pairs.iloc[:, 1].unique() if name]
    if plain(str(pairs.columns[1])) not in ("nom", "noms") or not told:
        return False
    names = names_of(level, country)
    return sum(folded(name) in names for name in told) < FEW_NAMES * len(told)


def _is_label(title: str, pairs: pd.DataFrame, level: str, country: Country) -> bool:
    """Tell names of the territories: most are those of their codes, or the title says so."""
    pairs = pairs.drop_duplicates()
    names = names_of(level, country)
    share = pairs.iloc[:, 1].map(lambda name: folded(name) in names).mean()
    once = pairs.iloc[:, 0].duplicated().mean() <= 1 - NEARLY_ALL
    return bool(share >= 0.5 or (_NAMED.search(title) and once))
