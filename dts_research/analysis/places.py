"""On what the place of each experience rests, and where the source contradicts itself."""

from __future__ import annotations

import pandas as pd

from dts_research.analysis.portrait import labels
from dts_research.analysis.result import NOT_GIVEN, Result


def evidence(places: pd.DataFrame, experiences: pd.DataFrame) -> Result:
    """Count places by what they rest upon, and those that a source contradicts.

    Returns
    -------
    Result
        ``table`` has columns code, label, count, contradicted; ``missing`` counts experiences
        without any settled place.
    """
    kinds = places["evidence"].fillna(NOT_GIVEN).astype(object)
    doubted = places["contradiction"].eq(True).fillna(False).astype(bool)
    names = labels("place_evidence")
    if (kinds == NOT_GIVEN).any():
        names[NOT_GIVEN] = "Non renseigné"
    rows = [
        (code, label, int((kinds == code).sum()), int(((kinds == code) & doubted).sum()))
        for code, label in names.items()
    ]
    table = pd.DataFrame(rows, columns=["code", "label", "count", "contradicted"])
    settled = places[~kinds.isin(("none", NOT_GIVEN))]
    lost = len(set(experiences["experience_id"]) - set(settled["experience_id"]))
    reading = "Un lieu repose sur une seule preuve, la plus solide que donne la source."
    return Result(table, len(places), lost, reading)


def rows(places: pd.DataFrame, experiences: pd.DataFrame, provenance: pd.DataFrame) -> pd.DataFrame:
    """Find the rows behind the place of each experience.

    Returns
    -------
    pandas.DataFrame
        One row per place, by sheet title: experience_id, title, commune_code, departement_code,
        evidence, contradiction, contradiction_note, file, sheet, row.
    """
    last = provenance.drop_duplicates("id", keep="last").set_index("id")
    titles = experiences.set_index("experience_id")["title"].to_dict()
    names = labels("place_evidence")
    found = places[places["experience_id"].isin(titles)]
    table = pd.DataFrame(
        {
            "experience_id": found["experience_id"],
            "title": found["experience_id"].map(titles),
            "commune_code": found["commune_code"],
            "departement_code": found["departement_code"],
            "evidence": found["evidence"].map(names).astype(object),
            "contradiction": found["contradiction"].eq(True).fillna(False),
            "contradiction_note": found["contradiction_note"],
            "file": found["place_id"].map(last["file"]).astype(object),
            "sheet": found["place_id"].map(last["sheet"]).astype(object),
            "row": found["place_id"].map(last["row"]).astype(object),
        }
    )
    return table.sort_values(["title", "commune_code"], kind="stable").reset_index(drop=True)
