"""Links between records of files received in the same go, looked at once all are in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import pandas as pd

from dts_research.intake.reception import Reception
from dts_research.schema import catalogue


def with_links_settled(reception: Reception, ids: Mapping[str, Collection[str]]) -> Reception:
    """Forget the doubts about links to records that another file has brought since.

    Parameters
    ----------
    reception
        What became of one file.
    ids
        Table -> ids of the records in the store.
    """
    issues = reception.issues
    links = issues[issues["rule"] == "reference"]
    known = [
        value in ids.get(dict(catalogue().tables[table].foreign_keys)[field], ())
        for table, field, value in links[["table", "field", "value"]].values
    ]
    settled = links.index[pd.Series(known, index=links.index, dtype=bool)]
    return replace(reception, issues=issues.drop(settled)) if len(settled) else reception
