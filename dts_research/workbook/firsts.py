"""A record told by two sheets of one file: the first row is kept, and the others are told."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from dts_research.intake.reception import Reception
from dts_research.intake.taking import ISSUE_COLUMNS
from dts_research.schema import Schema, catalogue
from dts_research.store.rows import places_of


def first_told(reception: Reception) -> Reception:
    """Keep each record once per file, as its first row tells it."""
    accepted, raw, notes = dict(reception.accepted), dict(reception.raw), []
    for table, frame in reception.accepted.items():
        schema = catalogue().tables[table]
        again = frame[schema.key].duplicated()
        if again.any():
            notes.append(_told(frame, schema, again))
            for frames in (accepted, raw):
                attrs = frames[table].attrs
                frames[table] = frames[table][~again.to_numpy()]
                frames[table].attrs = attrs
    if not notes:
        return reception
    issues = pd.concat([reception.issues, *notes], ignore_index=True)
    return replace(reception, accepted=accepted, raw=raw, issues=issues)


def _told(frame: pd.DataFrame, schema: Schema, again: pd.Series) -> pd.DataFrame:
    """Say of each later row that tells something else that it is not the one kept."""
    numbered = frame.astype(object).where(frame.notna(), None).reset_index(drop=True)
    numbered["_place"] = places_of(frame)
    firsts = numbered[~again.to_numpy()].set_index(schema.key)
    texts = dict.fromkeys(ISSUE_COLUMNS, "") | {
        "rule": "disagreement", "severity": "note", "table": schema.name,
        "fix": "garder la bonne ligne, et recevoir à nouveau",
    }  # fmt: skip
    notes = []
    for row in numbered[again.to_numpy()].to_dict("records"):
        first = firsts.loc[row[schema.key]]
        differ = [f.title for f in schema.fields
                  if f.name in first.index and first[f.name] != row[f.name]]  # fmt: skip
        if differ:
            (sheet, line), (other, first_line) = row["_place"], first["_place"]
            said = (
                f"« {row[schema.key]} » est déjà dit par la ligne {first_line} de la feuille "
                f"« {other} », qui est gardée ; diffère : {', '.join(differ)}"
            )
            notes.append({**texts, "sheet": sheet, "row": line, "value": str(row[schema.key]),
                          "message": said})  # fmt: skip
    return pd.DataFrame(notes, columns=list(ISSUE_COLUMNS))
