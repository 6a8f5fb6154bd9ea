"""The door: every text and every number passes here on its way out.

Rows whose diffusion does not reach the audience stay in; names of persons are masked; counts of
people under the threshold are « Secret », and one more with them when a subtraction would give
the first back; totals over structures need enough contributors; a quote needs consent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from dts_research.display.lettering import excerpt
from dts_research.display.style import NOT_GIVEN, SECRET, french_number
from dts_research.protect.consent import quotable
from dts_research.protect.disclosure import Policy
from dts_research.protect.names import mask_persons
from dts_research.protect.observed import guarded
from dts_research.schema import catalogue
from dts_research.workbook.material import Material, within

# Most letters of the title of a sheet, in a cell.
TITLE = 140
# What is asked again of the same material is made once: the glossary reads what the tables say.
once = lru_cache(maxsize=2)


def visible(frame: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Keep the rows whose diffusion level reaches the audience."""
    if "diffusion" not in frame.columns or frame.empty:
        return frame
    levels = {d: policy.lets_through(d) for d in frame["diffusion"].dropna().unique()}
    unsaid = policy.lets_through(None)
    return frame[[levels.get(level, unsaid) for level in frame["diffusion"]]]


def rows(material: Material, table: str) -> pd.DataFrame:
    """Give the rows of a table that this audience may read."""
    return _rows(material, table).copy(deep=False)


@lru_cache(maxsize=128)
def _rows(material: Material, table: str) -> pd.DataFrame:
    frame = getattr(material, table)
    kept = visible(frame, material.policy)
    if "experience_id" in kept.columns and table != "experiences":
        shown = set(visible(material.experiences, material.policy)["experience_id"])
        own = _own_words(kept) if table == "change_stories" else False
        kept = kept[kept["experience_id"].isin(shown) | own]
    return kept.reset_index(drop=True)


def _own_words(stories: pd.DataFrame) -> pd.Series:
    """Stories that stand without a sheet, or that say themselves how far they may go."""
    return stories["experience_id"].isna() | stories["diffusion"].notna()


def withheld(material: Material, table: str) -> int:
    """How many rows of a table this audience does not read."""
    kept_before = int(material.withheld.get(table, 0))
    return kept_before + len(getattr(material, table)) - len(rows(material, table))


def whole(material: Material, *tables: str) -> bool:
    """Tell whether this audience reads every row of these tables.

    Only then does a missing row mean that nothing is known: otherwise it may only be kept back.
    """
    return not any(withheld(material, table) for table in tables)


def all_told(material: Material) -> bool:
    """Tell whether every sheet that is known is shown: none is kept back, nor left aside."""
    return whole(material, "experiences") and not (material.period or material.cycle)


def beside(material: Material) -> tuple[pd.DataFrame, str]:
    """Give the experiences a territory is set beside, over the same period, and their name.

    They are those of the reference territory, else of the whole network. What a collective
    keeps for its own territory never reaches the report of another one.
    """
    everything = within(everywhere(material), material.period, material.cycle, material.today)
    if not material.reference:
        return everything, "réseau"
    there = material.geography.resolve(material.reference)
    inside = everything["departement_code"].isin(there.departements)
    return everything[inside], there.label


def everywhere(material: Material) -> pd.DataFrame:
    """Give the experiences of every territory that this audience may read, short columns."""
    return _everywhere(material).copy(deep=False)


@once
def _everywhere(material: Material) -> pd.DataFrame:
    own = material.others["experience_id"].isin(set(material.experiences["experience_id"]))
    kept = visible(material.others[~own], material.policy.beyond)
    return pd.concat([visible(material.others[own], material.policy), kept])


@dataclass(frozen=True)
class Titles(Mapping[str, str]):
    """Titles by id, each let out when it is asked for: there may be thousands."""

    texts: Mapping[str, Any]

    def __getitem__(self, key: str) -> str:
        return title(self.texts[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts)

    def __len__(self) -> int:
        return len(self.texts)


def titles(material: Material) -> Titles:
    """Titles of the sheets that these readers may read, those of other territories included."""
    shown = pd.concat([everywhere(material), rows(material, "experiences")])
    return Titles(dict(zip(shown["experience_id"], shown["title"])))


def elsewhere(material: Material) -> pd.DataFrame:
    """Places that a source puts here and that the evidence puts elsewhere, with their titles.

    They are not counted here; the annex says so, row by row. A sheet that another territory
    keeps for itself goes by its identifier.
    """
    found = material.frames.get("places_elsewhere", pd.DataFrame())
    if found.empty:
        return material.experience_places.iloc[:0].assign(title="")
    titles = everywhere(material).set_index("experience_id")["title"].dropna().to_dict()
    kept = visible(found, material.policy)
    kept = kept[kept["experience_id"].isin(set(material.others["experience_id"]))]
    names = [titles.get(i, f"Fiche {i}") for i in kept["experience_id"]]
    return kept.assign(title=pd.Series(names, index=kept.index, dtype=object))


def country(material: Material) -> pd.DataFrame:
    """Observations of every territory, for a map: those of the others as the network reads them."""
    found = material.frames.get("observations_everywhere", material.observations)
    own = {material.territory.id, *material.territory.departements}
    return guarded(found, material.indicators, own, material.policy)


def told_everywhere(material: Material, table: str) -> pd.DataFrame:
    """Rows of a table for every territory: those of the others as the network reads them."""
    mine = getattr(material, table)
    found = material.frames.get(f"{table}_everywhere", mine)
    own = found[catalogue().tables[table].key].isin(set(mine[catalogue().tables[table].key]))
    parts = [rows(material, table), visible(found[~own], material.policy.beyond)]
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def words(text: Any, *, length: int = 0, missing: str = NOT_GIVEN) -> str:
    """Let a text out: blanks are said, names of persons masked, long ones shortened.

    Parameters
    ----------
    text
        Any cell.
    length
        Most characters kept; 0 for all.
    missing
        What stands for a blank.
    """
    if not isinstance(text, str) or not text.strip():
        return missing
    safe = _masked(text.strip())
    return excerpt(safe, length) if length else safe


def title(text: Any) -> str:
    """Let the title of a sheet out: on one line, and no longer than a cell of a table holds."""
    return " ".join(words(text, length=TITLE).split())


_masked = lru_cache(maxsize=16384)(mask_persons)


def people(count: Any, policy: Policy) -> str:
    """Let a count of people out, or « Secret »."""
    if count is None or pd.isna(count):
        return NOT_GIVEN
    return SECRET if policy.hides_people(float(count)) else french_number(float(count))


def people_by(counts: Mapping[str, float], policy: Policy, *, total: bool = True) -> dict[str, str]:
    """Let counts of people by category out, so that no subtraction gives a hidden one back.

    Parameters
    ----------
    counts
        Category -> count of people.
    total
        Whether the total is shown too; a single hidden category then hides a second one, the
        smallest left, in the order of the categories when two are equal.
    """
    hidden = {name for name, count in counts.items() if policy.hides_people(count)}
    left = [name for name, count in counts.items() if name not in hidden and count]
    hidden_sum = sum(counts[name] for name in hidden)
    if total and hidden and left and (len(hidden) == 1 or policy.hides_people(hidden_sum)):
        hidden.add(min(left, key=lambda name: counts[name]))
    return {
        name: SECRET if name in hidden else french_number(count) for name, count in counts.items()
    }


def people_total(counts: Sequence[float], policy: Policy) -> str:
    """Let out the total of counts whose categories went through `people_by`."""
    return people(sum(counts), policy)


@dataclass(frozen=True)
class Magnitudes:
    """Totals over structures as they may be shown: text by key, and how many were hidden."""

    shown: Mapping[Any, str]
    values: Mapping[Any, float]
    hidden: int


def magnitude(contributions: Sequence[float], policy: Policy) -> str:
    """Let a total over structures out when enough of them stand behind it."""
    if not len(contributions):
        return NOT_GIVEN
    return SECRET if policy.hides_magnitude(contributions) else french_number(sum(contributions))


def magnitudes(parts: Mapping[Any, Sequence[float]], policy: Policy) -> Magnitudes:
    """Let totals that add up to a shown total out; a single hidden one takes a second with it.

    Parameters
    ----------
    parts
        Key -> one value per contributing structure.
    """
    hidden = {key for key, values in parts.items() if policy.hides_magnitude(values)}
    left = [key for key in parts if key not in hidden and len(parts[key])]
    if len(hidden) == 1 and left:
        hidden.add(min(left, key=lambda key: sum(parts[key])))
    shown = {
        key: SECRET if key in hidden else french_number(sum(values)) if len(values) else NOT_GIVEN
        for key, values in parts.items()
    }
    values = {key: float(sum(v)) for key, v in parts.items() if key not in hidden and len(v)}
    return Magnitudes(shown, values, len(hidden))


def quotes(material: Material) -> pd.DataFrame:
    """Give the quotes whose speakers agreed to be quoted, and that this audience may read."""
    return quotable(rows(material, "quotes"))


def quotes_withheld(material: Material) -> int:
    """How many quotes serve the analysis and are never shown."""
    return len(material.quotes) - len(quotes(material)) + int(material.withheld.get("quotes", 0))


def names(material: Material) -> dict[str, str]:
    """Labels of structures and actors by id, masked like any other text."""
    found: dict[str, str] = {}
    for table, key in (("structures", "structure_id"), ("actors", "actor_id")):
        frame = rows(material, table)
        found |= {i: words(label) for i, label in zip(frame[key], frame["label"])}
    return found
