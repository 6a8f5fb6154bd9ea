"""Two columns of a source that say the same thing, a code and its label, must agree."""

from __future__ import annotations

import pandas as pd

from dts_research.schema import casts
from dts_research.schema.catalogue import Catalogue, Field, plain
from dts_research.schema.departements import departements
from dts_research.schema.repairs import departement_code, repair_of

_CASTS = {"date": casts.to_date, "number": casts.to_number, "integer": casts.to_integer}
FEWEST = 3


def meaning(text: str, field: Field, ours: Catalogue) -> object:
    """What a cell of a field stands for, whether a code or its label was written."""
    if field.name.endswith(("departement", "departement_code")):
        code = departement_code(text)
        return code if code in departements().labels else None
    if field.codelist:
        codes = ours.codelists[field.codelist]
        return codes.code_of(text) or codes.alike(text)
    cast, repair = _CASTS.get(field.type), repair_of(field.name)
    return cast(text) if cast else repair(text) if repair else plain(text)


def _meanings(cells: pd.Series, field: Field, ours: Catalogue) -> pd.Series:
    text = cells.astype("str").str.strip()
    text = text.where(text != "")
    known = {t: meaning(t, field, ours) for t in text.dropna().unique()}
    return text.astype(object).map(known)


def agree(first: pd.Series, second: pd.Series, field: Field, ours: Catalogue) -> bool:
    """Tell whether two columns say the same thing in most of the rows where both speak."""
    one, two = _meanings(first, field, ours), _meanings(second, field, ours)
    both = one.notna() & two.notna()
    return int(both.sum()) >= FEWEST and float((one == two)[both].mean()) >= 0.5


def disagreeing(first: pd.Series, second: pd.Series, field: Field, ours: Catalogue) -> pd.Series:
    """Rows where two columns both speak and do not say the same thing."""
    one, two = _meanings(first, field, ours), _meanings(second, field, ours)
    return one.notna() & two.notna() & (one != two)
