"""What each column of values, or name of indicator, is: proposed from its title."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Mapping as Pairs
from dataclasses import replace
from pathlib import PurePath

import pandas as pd

from dts_research.intake.context import Card, Country, Series, source_of
from dts_research.intake.context_roles import Roles
from dts_research.intake.context_titles import bare_title, card_of, generic, slug, split_title
from dts_research.intake.sheets import Sheet

FAR = 2  # times the expected values


def series_of(
    sheet: Sheet, roles: Roles, texts: pd.DataFrame, cards: tuple[Card, ...]
) -> dict[str, Series]:
    """Describe each column of values, or each name of indicator, from its title."""
    if roles.name:
        return {name: _series(name, (), cards) for name in texts[roles.name].unique() if name}
    called = (sheet.name, PurePath(sheet.file).stem)
    made = {title: _series(title, called, cards) for title in roles.values}
    for title, one in made.items():
        if not one.unit and texts[title].str.endswith("%").any():
            made[title] = replace(one, unit="%")
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


def kept_apart(
    series: dict[str, Series],
    source: str,
    known: Pairs[str, Collection[str]],
    against: tuple[pd.DataFrame, Country],
) -> tuple[dict[str, Series], list[str]]:
    """Make no series with one of the same name that another source gave, or that says otherwise.

    Parameters
    ----------
    against
        The values of the sheet (indicator_id, territory_id, period, value), and the country with
        those that were received before.

    Returns
    -------
    tuple
        The series, and what is to be confirmed.
    """
    values, country = against
    others = {name for name, told in known.items() if source not in map(source_of, told)}
    apart, doubts = {}, []
    for one in series.values():
        mine = values[values["indicator_id"] == one.indicator]
        met = one.indicator in others and (
            not one.definition or differing(mine, country.held()).any()
        )
        if one.indicator not in apart and (met or _far(mine, country, one.indicator)):
            apart[one.indicator] = f"{one.indicator}_{source}"
            doubts.append((_OTHER if met else _FAR).format(
                before=one.indicator, after=apart[one.indicator], label=one.label
            ))  # fmt: skip
    return {
        title: _renamed(title, one, apart) if one.indicator in apart else one
        for title, one in series.items()
    }, doubts


_SAME = "Si c'est la même série, écrire « {before} » à « indicator »"
_OTHER = (
    "« {before} » est déjà un indicateur, d'une autre source : celui de ce fichier est tenu à "
    "part, sous « {after} ». " + _SAME
)
_FAR = (
    "Les valeurs sont loin de celles de « {label} » : ce n'est sans doute pas cet indicateur, et "
    "celui de ce fichier est tenu à part, sous « {after} ». " + _SAME
)


def _renamed(title: str, one: Series, apart: Pairs[str, str]) -> Series:
    """A series of its own: it says nothing of what the card of its title says."""
    name = apart[one.indicator]
    if not one.definition:
        return replace(one, indicator=name)
    return Series(name, bare_title(title) or title, period=one.period, uncovered=one.uncovered)


def differing(values: pd.DataFrame, held: Pairs[str, float]) -> pd.Series:
    """Tell the values that are not those received before, among those of the same ids."""
    ids = values["indicator_id"] + ":" + values["territory_id"]
    before = ids.where(values["period"] == "", ids + ":" + values["period"]).map(held)
    both = before.notna() & values["value"].notna()
    before, now = before[both].astype(float), values.loc[both, "value"].astype(float)
    return (before - now).abs() > 1e-9 * before.abs()


def _far(values: pd.DataFrame, country: Country, indicator: str) -> bool:
    """Tell values that are mostly far from what is known of the same territories."""
    expected = values["territory_id"].map(country.expected.get(indicator, {})).astype(float)
    ratio = (values["value"].astype(float) / expected).dropna()
    return bool(len(ratio) and not 1 / FAR <= ratio.median() <= FAR)
