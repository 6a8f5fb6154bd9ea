"""Take sheets of context data: recognised, reshaped, checked, and addressed back to the source.

Each column of values is received as a part of its sheet, so that a row of one part is one value:
counts, provenance and what was received before all speak of values.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from dts_research.errors import MaterialError
from dts_research.intake.context import (
    VALUE,
    Country,
    Description,
)
from dts_research.intake.context_draft import nearly
from dts_research.intake.context_known import description_of
from dts_research.intake.context_rows import Rows, indicator_rows, rows_of, still_told
from dts_research.intake.context_titles import card_of
from dts_research.intake.context_told import remarks_on
from dts_research.intake.mapping import Mapping
from dts_research.intake.sheets import Sheet
from dts_research.intake.taken_ids import Received
from dts_research.intake.taking import ISSUE_COLUMNS, Taken, take_sheet
from dts_research.schema.catalogue import Catalogue
from dts_research.schema.checks import check

if TYPE_CHECKING:
    from dts_research.intake.reception import Reception


@dataclass(frozen=True)
class Context:
    """The sheets of one file that hold context data, and the others.

    Parameters
    ----------
    found
        Sheets of context data with their description.
    rest
        The others.
    country
        What they are recognised by.
    given
        True when the description was asked for by name.
    """

    found: tuple[tuple[Sheet, Description], ...] = ()
    rest: tuple[Sheet, ...] = ()
    country: Country = field(default_factory=lambda: Country({}))
    given: bool = False

    @classmethod
    def of(
        cls,
        sheets: Iterable[Sheet],
        ours: Catalogue,
        country: Country | None,
        *,
        folder: Path | None,
        given: Mapping | Path | str | None = None,
    ) -> Context:
        """Tell the sheets of context data from all others.

        Never one that has the columns of our own tables, or a correspondence already.
        """
        if country is None:
            return cls(rest=tuple(sheets))
        asked = Description.load(given) if isinstance(given, Path | str) else None
        pairs = []
        for sheet in sheets:
            if given is not None:
                fits = asked is not None and asked.mapping.covered_by(sheet)
                pairs.append((sheet, asked if fits else None))
            else:
                pairs.append((sheet, description_of(sheet, ours, country, folder)))
        found = tuple((sheet, one) for sheet, one in pairs if one is not None)
        rest = tuple(sheet for sheet, one in pairs if one is None)
        return cls(found, rest, country, given is not None)

    def explained(self, error: MaterialError) -> MaterialError:
        """Add to the refusal of a file what keeps it from being one of context data."""
        said = [nearly(sheet, self.country) for sheet in self.rest if not sheet.table]
        told = next(filter(None, said), "")
        whole = f"{error.message} Ce n'est pas non plus un tableau d'indicateurs par territoire."
        return MaterialError(f"{whole} {told}.", error.fix) if told else error

    def taken(
        self,
        ours: Catalogue,
        *,
        known: Collection[str],
        withdrawn: Collection[str],
        received: Received | None,
    ) -> list[Taken]:
        """Receive the values of all the sheets; parameters as `reception.receive`."""
        before = {"known": known, "withdrawn": withdrawn}
        return [
            part
            for sheet, one in self.found
            for part in take_context(sheet, one, ours, self.country, received=received, **before)
        ]

    def keep(self, folder: Path | None, name: str) -> Path | None:
        """Save the descriptions that have just been proposed; give the file of the first."""
        if folder is None or self.given:
            return None
        new = {one.mapping.fingerprint: one for _, one in self.found if not one.mapping.told}
        kept = [one.keep(folder, name) for one in new.values()]
        return kept[0] if kept else None

    def addressed(self, whole: Reception) -> Reception:
        """Give back to refused rows their sheet, whole and once; count what was brought."""
        if not self.found:
            return whole
        of = {part: one.part_of for part, one in whole.mappings.items() if one.part_of is not None}
        refused = whole.quarantined
        names = [of.get(name, name) for name in refused.iloc[:, 0]]
        once = ~pd.DataFrame({"sheet": names, "row": refused.index}).duplicated().to_numpy()
        refused = refused.assign(**{refused.columns[0]: names})[once]
        asides = [c for _, one in self.found for c in one.mapping.kept_aside]
        mappings = {sheet.name: one.mapping for sheet, one in self.found}
        return replace(
            whole,
            quarantined=refused,
            unused=(*whole.unused, *dict.fromkeys(asides)),
            mappings={**mappings, **whole.mappings},
            context=summary(whole.accepted["observations"]),
        )


def summary(frame: pd.DataFrame) -> dict[str, int]:
    """Count the territories, the indicators, and the values of each state."""
    states = {str(state): int(n) for state, n in frame["state"].value_counts().items()}
    names = {"territories": "territory_id", "indicators": "indicator_id"}
    return {**{name: int(frame[c].nunique()) for name, c in names.items()}, **states}


def take_context(
    sheet: Sheet,
    description: Description,
    ours: Catalogue,
    country: Country,
    *,
    known: Collection[str],
    withdrawn: Collection[str],
    received: Received | None,
) -> list[Taken]:
    """Receive the values of a sheet; one `Taken` per column of values, named after it."""
    verified(description, country)
    rows = rows_of(sheet, description, country)
    rows = still_told(rows, sheet, description, received or Received())
    aside = {number: why for number, (_, why) in rows.refused.items()}
    fields = {name: (f"observations.{name}",) for name in rows.cells.columns}
    own = replace(sheet, columns=tuple(fields), cells=rows.cells, set_aside=aside, notes=())
    plain = Mapping(description.mapping.source, "observations", fields, missing=())
    whole = take_sheet(own, plain, ours, known=known, withdrawn=withdrawn)
    parts = [_part(column, sheet, description, rows, whole) for column in description.values]
    parts = _with_indicators(parts, sheet, description, ours)
    told, repairs = remarks_on(sheet, description, country)
    issues = pd.concat([told, _refusals(sheet, rows), _addressed(whole.issues, sheet, rows)])
    issues = issues.astype({"row": "int64"}).sort_values("row", kind="stable", ignore_index=True)
    return [replace(parts[0], issues=issues, repairs=repairs), *parts[1:]]


def part_name(column: str, sheet: Sheet, description: Description) -> str:
    """Name of the part of a sheet that a column of values is."""
    if len(description.values) == 1:
        return sheet.name
    return f"{sheet.name} · {column}" if sheet.name else column


def _part(column: str, sheet: Sheet, description: Description, rows: Rows, whole: Taken) -> Taken:
    """The values of one column, each on its row of the sheet."""
    mine = rows.address["row"][rows.address["column"] == column]
    frame = whole.accepted["observations"]
    frame = frame[frame.index.isin(mine.index)]
    raw = rows.raw.loc[frame.index]
    frame, raw = (one.set_axis(pd.Index(mine[frame.index]), axis=0) for one in (frame, raw))
    fate, digests = (one[mine.index].set_axis(pd.Index(mine), axis=0)
                     for one in (whole.fate, whole.digests))  # fmt: skip
    kept = {c: fed for c, fed in description.mapping.columns.items() if VALUE not in fed}
    mapping = replace(
        description.mapping, columns={**kept, column: (VALUE,)}, part_of=sheet.name,
        kept_aside=tuple(c for c in sheet.columns if c not in kept and c != column),
        compared={}, told=True,
    )  # fmt: skip
    named = replace(sheet, name=part_name(column, sheet, description))
    none = whole.issues.iloc[:0]
    return Taken(named, mapping, {"observations": frame}, {"observations": raw}, none,
                 whole.repairs.iloc[:0], fate, digests)  # fmt: skip


def _with_indicators(
    parts: list[Taken], sheet: Sheet, description: Description, ours: Catalogue
) -> list[Taken]:
    """Add the record of each indicator to the first column that gives values of it."""
    text = indicator_rows(description.series, description.mapping.source, description.absences)
    typed, _ = check(text, ours.tables["indicators"])
    found = []
    for column, part in zip(description.values, parts):
        titles = [title for title in text.index if title == column or len(parts) == 1]
        rows = [_first_row(part, str(text.at[title, "indicator_id"])) or sheet.header_row
                for title in titles]  # fmt: skip
        frame = typed.loc[titles].set_axis(pd.Index(rows, dtype="int64"), axis=0)
        raw = pd.DataFrame({"label": titles}, index=frame.index, dtype="str")
        accepted = {"indicators": frame, **part.accepted}
        found.append(replace(part, accepted=accepted, raw={"indicators": raw, **part.raw}))
    return found


def _first_row(part: Taken, indicator: str) -> int | None:
    """First row of a long sheet that speaks of an indicator; None where its title is a column's."""
    if len(part.mapping.targets.get("observations.indicator_id", ())) == 0:
        return None
    frame = part.accepted["observations"]
    rows = frame.index[frame["indicator_id"] == indicator]
    return int(rows[0]) if len(rows) else None


def _refusals(sheet: Sheet, rows: Rows) -> pd.DataFrame:
    """One issue per cell that keeps a value, or all those of its row, from being received."""
    texts = dict.fromkeys(ISSUE_COLUMNS, "") | {
        "sheet": sheet.name, "rule": "set_aside", "severity": "error", "table": "observations",
        "fix": "corriger la ligne et la déposer à nouveau, ou l'ignorer",
    }  # fmt: skip
    said = [
        {**texts, "row": int(rows.address.at[number, "row"]), "column": column, "message": why}
        for number, (column, why) in rows.refused.items()
    ]
    return pd.DataFrame(said, columns=list(ISSUE_COLUMNS)).drop_duplicates()


def _addressed(issues: pd.DataFrame, sheet: Sheet, rows: Rows) -> pd.DataFrame:
    """Issues of checks, told of the cells of the source."""
    kept = issues[(issues["rule"] != "set_aside") & issues["row"].isin(rows.address.index)]
    where = rows.address.loc[kept["row"]]
    return kept.assign(
        sheet=sheet.name, row=where["row"].to_numpy(), column=where["column"].to_numpy()
    )


def verified(description: Description, country: Country) -> None:
    """Refuse that two indicators known to be different be one series.

    Raises
    ------
    MaterialError
        Naming the columns; their ``indicator`` is to be told apart.
    """
    labels = {card.id: card.label for card in country.cards}
    seen: dict[str, tuple[str, str]] = {}
    for title, one in description.series.items():
        known = card_of(title, country.cards)
        card = known[0].id if known else ""
        before, other = seen.setdefault(one.indicator, (title, card))
        if card and other and card != other:
            raise _one_series(f"« {before} » et « {title} »", one.indicator)
        if card and one.indicator in labels and one.indicator != card:
            raise _one_series(f"« {title} » et « {labels[one.indicator]} »", one.indicator)


def _one_series(two: str, indicator: str) -> MaterialError:
    return MaterialError(
        f"{two} sont deux indicateurs différents : la correspondance en fait une seule série, "
        f"« {indicator} ».",
        "Donner à chacun son « indicator » dans la correspondance.",
    )
