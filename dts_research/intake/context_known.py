"""Which description a sheet of context data is read with: a saved one, or one proposed anew."""

from __future__ import annotations

from pathlib import Path

from dts_research.intake.context import (
    Country,
    Description,
    described,
    source_of,
    sources_of,
)
from dts_research.intake.context_draft import recognise
from dts_research.intake.context_marks import number_of
from dts_research.intake.context_roles import NEARLY_ALL
from dts_research.intake.context_rows import rows_of
from dts_research.intake.context_series import differing
from dts_research.intake.mapping import find
from dts_research.intake.sheets import RETURNED, Sheet
from dts_research.intake.suggest import own_form
from dts_research.schema.catalogue import Catalogue

MOSTLY_OTHER = 0.5


def description_of(
    sheet: Sheet, ours: Catalogue, country: Country, folder: Path | None
) -> Description | None:
    """Find or propose the description of a sheet; None when it is not one of context data."""
    if sheet.table or sheet.cells.empty:
        return None
    saved = described(sheet, folder)
    if saved is not None and _another(sheet, saved, country):
        return recognise(sheet, country, sources_of(folder))
    if saved is not None or set(RETURNED) & set(sheet.columns):
        return saved
    if find(sheet, folder) is not None or own_form(sheet, ours, None) is not None:
        return None
    return recognise(sheet, country, sources_of(folder))


def _another(sheet: Sheet, saved: Description, country: Country) -> bool:
    """Tell a file that a saved description suits by its titles alone.

    Its territories repeat, or it has another name and its values mostly contradict those
    received before.
    """
    cells = rows_of(sheet, saved, country).cells
    if cells.drop_duplicates()["observation_id"].duplicated().mean() > 1 - NEARLY_ALL:
        return True
    if source_of(sheet.file) == source_of(saved.mapping.source):
        return False
    values = cells.assign(value=cells["value"].map(number_of, na_action="ignore"))
    return bool(differing(values.fillna({"period": ""}), country.held()).mean() > MOSTLY_OTHER)
