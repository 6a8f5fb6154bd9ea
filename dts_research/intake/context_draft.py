"""Recognise a sheet of context data by its content, and propose its description."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from collections.abc import Mapping as Pairs
from dataclasses import replace

import pandas as pd

from dts_research.intake.context import (
    NAME,
    PERIOD,
    PLACE,
    VALUE,
    Country,
    Description,
    Series,
    source_of,
)
from dts_research.intake.context_marks import (
    UNCOVERED_SENTENCE,
    comes_late,
    marks_of,
    number_of,
    states_of,
)
from dts_research.intake.context_places import code_of, territory_id
from dts_research.intake.context_roles import Roles, roles_of, strange_codes, stripped
from dts_research.intake.context_series import kept_apart, series_of
from dts_research.intake.context_titles import listed, period_of
from dts_research.intake.mapping import Mapping, fingerprint
from dts_research.intake.sheets import Sheet


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
    roles = roles_of(texts, country)
    if roles is None or roles.lacking:
        return None
    series = series_of(sheet, roles, texts, country.cards)
    marks = marks_of(t for c in roles.values for t in texts[c].unique())
    values = _long(texts, roles, series, marks)
    late = comes_late(values) if roles.time else set()
    series = {
        title: replace(one, uncovered=UNCOVERED_SENTENCE) if one.indicator in late else one
        for title, one in series.items()
    }
    series, apart = kept_apart(series, source_of(sheet.file), known or {}, (values, country))
    doubts = (*_doubts(roles, series), *apart, *_shares(texts, roles, series))
    return Description(_mapping(sheet, roles), roles.level, series, marks, doubts)


def nearly(sheet: Sheet, country: Country) -> str:
    """Say in French what a sheet that looks like context data lacks; empty when it does not."""
    texts = stripped(sheet)
    roles = roles_of(texts, country)
    if roles is None:
        return strange_codes(texts, country)
    return roles.lacking if roles.values else ""


def _mapping(sheet: Sheet, roles: Roles) -> Mapping:
    """The correspondence of its columns, as that of any file."""
    fed = {roles.place: PLACE, roles.time: PERIOD, roles.name: NAME}
    fed |= dict.fromkeys(roles.values, VALUE)
    columns = {column: (fed[column],) for column in sheet.columns if fed.get(column)}
    return Mapping(
        source=sheet.file, table="observations", columns=columns, sheet=sheet.name,
        fingerprint=fingerprint(sheet.columns), kept_aside=tuple(roles.aside), proposed=True,
        missing=(), why=roles.aside, compared={roles.label: PLACE} if roles.label else {},
    )  # fmt: skip


def _long(
    texts: pd.DataFrame, roles: Roles, series: dict[str, Series], marks: dict[str, str]
) -> pd.DataFrame:
    """One row per value with its state, to look at the zeros of a series."""
    parts = []
    for column in roles.values:
        names: pd.Series | str = series[column].indicator if not roles.name else ""
        period: pd.Series | str = series[column].period if not roles.name else ""
        if roles.name:
            names = texts[roles.name].map(lambda n: series[n].indicator if n else "")
        parts.append(pd.DataFrame({
            "indicator_id": names,
            "territory_id": texts[roles.place].map(
                lambda t: territory_id(code_of(t, roles.level), roles.level)
            ),
            "period": texts[roles.time].map(period_of) if roles.time else period,
            "state": states_of(texts[column], marks),
            "value": texts[column].map(number_of),
        }))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _doubts(roles: Roles, series: dict[str, Series]) -> Iterator[str]:
    """What a person must confirm of a description that was proposed."""
    untimed = [title for title, one in series.items() if not one.period and not roles.time]
    if untimed:
        yield (
            f"Période inconnue pour {listed(untimed)} : ni le titre ni une colonne ne la disent. "
            "L'écrire dans la correspondance, à « period »"
        )
    for title, one in series.items():
        if one.uncovered:
            yield (
                f"Règle proposée pour « {title} » : {one.uncovered[0].lower()}{one.uncovered[1:]}. "
                "Ces zéros sont gardés comme « Sans objet ». Vérifier auprès de la source ; pour "
                "en faire des zéros constatés, vider « uncovered » dans la correspondance"
            )


def _shares(texts: pd.DataFrame, roles: Roles, series: dict[str, Series]) -> Iterator[str]:
    """Columns of percentages that may be written as shares of one."""
    for column in [c for c in roles.values if not roles.name and series[c].unit[:1] == "%"]:
        numbers = texts[column].map(number_of).dropna()
        bare = not texts[column].str.endswith("%").any()
        if bare and len(numbers) and numbers.abs().max() <= 1 and numbers.any():
            yield (
                f"« {column} » est en %, et aucune valeur n'y dépasse 1 : si 0,05 y veut dire 5 %, "
                "multiplier la colonne par 100 et recevoir à nouveau"
            )
