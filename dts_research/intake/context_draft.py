"""Recognise a sheet of context data by its content, and propose its description."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from collections.abc import Mapping as Pairs
from dataclasses import dataclass, field, replace
from pathlib import PurePath

import pandas as pd

from dts_research.intake import content
from dts_research.intake.columns import told_columns
from dts_research.intake.context import (
    NAME,
    PERIOD,
    PLACE,
    VALUE,
    Card,
    Country,
    Description,
    Series,
)
from dts_research.intake.context_marks import (
    UNCOVERED_SENTENCE,
    comes_late,
    is_value,
    marks_of,
    states_of,
)
from dts_research.intake.context_places import CODED, code_of, folded, level_of, names_of
from dts_research.intake.context_titles import (
    bare_title,
    card_of,
    generic,
    period_of,
    slug,
    split_title,
)
from dts_research.intake.mapping import Mapping, fingerprint
from dts_research.intake.sheets import Sheet
from dts_research.schema.catalogue import plain

FEWEST_ROWS = 3
MOSTLY, NEARLY_ALL = 0.8, 0.95
MOST_NAMES = 200
_NAMED = re.compile(r"\b(nom|libelle|lib|intitule|territoire|departement|epci|commune|region)")
_TIMED = re.compile(r"\b(an|annee|year|date|mois|periode|millesime|trimestre|time)")
_POINT = re.compile(r"(lat|lon|lng|latitude|longitude|x|y|coord\w*|code postal|cp)")


@dataclass
class _Roles:
    """What each column of a sheet is for."""

    place: str
    level: str
    label: str = ""
    time: str = ""
    name: str = ""
    values: list[str] = field(default_factory=list)
    aside: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> list[str]:
        """Columns that tell rows apart."""
        return [column for column in (self.place, self.time, self.name) if column]


def recognise(
    sheet: Sheet, country: Country, known: Pairs[str, Collection[str]] | None = None
) -> Description | None:
    """Propose the description of a sheet of context data; None when it is something else.

    One column holds the codes of territories of one level, each row is one territory (at one
    period, for one indicator), and every other column holds numbers, but for one of labels.

    Parameters
    ----------
    known
        Id of an indicator received before -> the sources that gave it.
    """
    texts = stripped(sheet)
    roles = _roles(texts, country) if len(texts) >= FEWEST_ROWS else None
    if roles is None or texts.duplicated(roles.key).mean() > 1 - NEARLY_ALL:
        return None
    series = _series_of(sheet, roles, texts, country.cards)
    marks = marks_of(t for c in roles.values for t in texts[c].unique())
    late = comes_late(_long(texts, roles, series, marks)) if roles.time else set()
    series = {
        title: replace(one, uncovered=UNCOVERED_SENTENCE) if one.indicator in late else one
        for title, one in series.items()
    }
    doubts = list(_doubts(roles, series))
    series = _kept_apart(series, _source(sheet.file), known or {}, doubts)
    return Description(_mapping(sheet, roles), roles.level, series, marks, tuple(doubts))


def stripped(sheet: Sheet) -> pd.DataFrame:
    """Cells of the source's own columns without outer blanks, blank ones as empty texts."""
    cells = sheet.cells[told_columns(sheet)]
    return cells.apply(lambda c: c.astype("object").where(c.notna(), "").map(str.strip))


def _roles(texts: pd.DataFrame, country: Country) -> _Roles | None:
    """Give each column its part; None when one of them has none in context data."""
    roles = _place(texts, country)
    if roles is None:
        return None
    words: list[str] = []
    for column in texts.columns.drop(roles.place):
        if content.private(column, texts[column]) is not None:
            return None
        if not _give(column, texts, roles, country):
            words.append(column)
    if len(words) == 1 and len(roles.values) == 1 and texts[words[0]].nunique() <= MOST_NAMES:
        roles.name, words = words[0], []
    return roles if roles.values and not words else None


def _place(texts: pd.DataFrame, country: Country) -> _Roles | None:
    """Find the column of codes: the first one, or one whose title says so."""
    for position, column in enumerate(texts.columns):
        title = plain(column.replace("_", " "))
        told = [text for text in texts[column].unique() if text]
        titled = CODED.search(title) or _NAMED.search(title)
        if (position and not titled) or _POINT.fullmatch(title):
            continue
        names = {word for other in texts for word in texts[other].unique()[:MOST_NAMES]}
        level = level_of(column, told, names, country) if len(told) >= FEWEST_ROWS else None
        if level is not None:
            return _Roles(column, level)
    return None


def _give(column: str, texts: pd.DataFrame, roles: _Roles, country: Country) -> bool:
    """Give its part to a column other than that of the codes; False for words of another kind."""
    title, told = plain(column.replace("_", " ")), texts[column]
    given = told[told != ""]
    if given.empty:
        roles.aside[column] = "laissée de côté : vide"
    elif CODED.search(title) or _POINT.fullmatch(title):
        roles.aside[column] = "laissée de côté : un code ou un repère, pas une valeur"
    elif not roles.time and _is_time(title, given):
        roles.time = column
    elif given.map(is_value).mean() >= MOSTLY and given.str.contains(r"\d").any():
        roles.values.append(column)
    elif not roles.label and _is_label(title, texts[[roles.place, column]], roles.level, country):
        roles.label = column
    else:
        return False
    return True


def _is_time(title: str, given: pd.Series) -> bool:
    told = pd.Series(given.unique())
    years = told.str.fullmatch(r"\d{4}(?:\.0)?").all()
    return bool(told.map(period_of).ne("").all()) and (not years or bool(_TIMED.search(title)))


def _is_label(title: str, pairs: pd.DataFrame, level: str, country: Country) -> bool:
    """Tell names of the territories: most are those of their codes, or the title says so."""
    pairs = pairs.drop_duplicates()
    names = names_of(level, country)
    share = pairs.iloc[:, 1].map(lambda name: folded(name) in names).mean()
    once = pairs.iloc[:, 0].duplicated().mean() <= 1 - NEARLY_ALL
    return bool(share >= 0.5 or (_NAMED.search(title) and once))


def _mapping(sheet: Sheet, roles: _Roles) -> Mapping:
    """The correspondence of its columns, as that of any file."""
    fed = {roles.place: PLACE, roles.time: PERIOD, roles.name: NAME}
    fed |= dict.fromkeys(roles.values, VALUE)
    columns = {column: (fed[column],) for column in sheet.columns if fed.get(column)}
    return Mapping(
        source=sheet.file, table="observations", columns=columns, sheet=sheet.name,
        fingerprint=fingerprint(sheet.columns), kept_aside=tuple(roles.aside), proposed=True,
        missing=(), why=roles.aside, compared={roles.label: PLACE} if roles.label else {},
    )  # fmt: skip


def _series_of(
    sheet: Sheet, roles: _Roles, texts: pd.DataFrame, cards: tuple[Card, ...]
) -> dict[str, Series]:
    """Describe each column of values, or each name of indicator, from its title."""
    if roles.name:
        return {name: _series(name, (), cards) for name in texts[roles.name].unique() if name}
    called = (sheet.name, PurePath(sheet.file).stem)
    made = {title: _series(title, called, cards) for title in roles.values}
    seen: dict[tuple[str, str], int] = {}
    for title, one in made.items():
        place = (one.indicator, one.period)
        seen[place] = seen.get(place, 0) + 1
        if seen[place] > 1:  # two titles cannot be the same series at the same period
            made[title] = replace(one, indicator=f"{slug(title)}_{seen[place]}", label=title)
    return made


def _series(title: str, called: tuple[str, ...], cards: tuple[Card, ...]) -> Series:
    """Describe one series; `called` are names to fall back on when its title says nothing."""
    name, period = split_title(title)
    fallback = [one for one in called if one] if generic(name) else []
    for words in (title, *fallback):
        found = card_of(words, cards)
        if found is not None:
            return _from_card(found[0], period or found[1])
    words = next((one for one in fallback if not generic(split_title(one)[0])), title)
    name, other = split_title(words)
    label = bare_title(words) or title
    return Series(name or slug(title), label, period=period or other)


def _from_card(card: Card, period: str) -> Series:
    return Series(
        indicator=card.id, label=card.label, unit=card.unit, period=period,
        vintage=card.vintage, numerator=card.numerator, denominator=card.denominator,
        definition=card.definition, limits=card.guard, source=card.source, diffusion="public",
    )  # fmt: skip


def _long(
    texts: pd.DataFrame, roles: _Roles, series: dict[str, Series], marks: dict[str, str]
) -> pd.DataFrame:
    """One row per value with its state, to look at the zeros of a series."""
    parts = []
    for column in roles.values:
        names: pd.Series | str = series[column].indicator if not roles.name else ""
        if roles.name:
            names = texts[roles.name].map(lambda n: series[n].indicator if n else "")
        parts.append(pd.DataFrame({
            "indicator_id": names,
            "territory_id": texts[roles.place].map(lambda t: code_of(t, roles.level)),
            "period": texts[roles.time].map(period_of),
            "state": states_of(texts[column], marks),
        }))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _source(file: str) -> str:
    """Name of a file without what changes from an edition to the next."""
    return re.sub(r"_?\d+|_v\d*$", "", split_title(PurePath(file).stem)[0]) or "autre"


def _kept_apart(
    series: dict[str, Series],
    source: str,
    known: Pairs[str, Collection[str]],
    doubts: list[str],
) -> dict[str, Series]:
    """Make no series with an indicator of the same name that another source gave."""
    apart = {
        one.indicator: f"{one.indicator}_{source}"
        for one in series.values()
        if one.indicator in known
        and not (one.definition or source in map(_source, known[one.indicator]))
    }
    doubts += [
        f"« {before} » est déjà un indicateur, d'une autre source : celui de ce fichier est tenu à "
        f"part, sous « {after} ». Si c'est la même série, écrire « {before} » à « indicator »"
        for before, after in apart.items()
    ]
    return {
        title: replace(one, indicator=apart.get(one.indicator, one.indicator))
        for title, one in series.items()
    }


def _doubts(roles: _Roles, series: dict[str, Series]) -> Iterator[str]:
    """What a person must confirm of a description that was proposed."""
    untimed = [title for title, one in series.items() if not one.period and not roles.time]
    if untimed:
        yield (
            f"Période inconnue pour {_listed(untimed)} : ni le titre ni une colonne ne la disent. "
            "L'écrire dans la correspondance, à « period »"
        )
    for title, one in series.items():
        if one.uncovered:
            yield (
                f"Règle proposée pour « {title} » : {one.uncovered[0].lower()}{one.uncovered[1:]}. "
                "Ces zéros sont gardés comme « Sans objet ». Vérifier auprès de la source ; pour "
                "en faire des zéros constatés, vider « uncovered » dans la correspondance"
            )


def _listed(names: list[str], most: int = 6) -> str:
    more = f" et {len(names) - most} autres" if len(names) > most else ""
    return ", ".join(f"« {name} »" for name in names[:most]) + more
