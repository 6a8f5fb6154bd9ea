"""Values of a file that a corrected description gives other names: the former ones are retired."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from dts_research.intake.reception import Reception
from dts_research.intake.taking import ISSUE_COLUMNS
from dts_research.store import Store


def without_former_names(reception: Reception, store: Store, number: int) -> Reception:
    """Retire what the same cells of the same file told under other ids, and tell it."""
    if not reception.context:
        return reception
    gone = store.retire("observations", import_id=number, sha256=reception.sha256)
    store.retire("indicators", import_id=number, sha256=reception.sha256)
    if not gone:
        return reception
    count = len(gone)
    many = f"{count} valeurs déjà reçues de ces cellules portaient" if count > 1 else (
        "Une valeur déjà reçue de ces cellules portait"
    )  # fmt: skip
    said = (
        f"{many} un autre nom (« {gone[0]} »{', etc.' if count > 1 else ''}) : celles "
        "d'aujourd'hui les remplacent ; annuler cet import (dts undo) ramène les anciennes"
    )
    note = dict.fromkeys(ISSUE_COLUMNS, "") | {
        "row": 0, "rule": "renamed", "severity": "note", "table": "observations", "message": said,
    }  # fmt: skip
    issues = pd.concat([reception.issues, pd.DataFrame([note])[list(ISSUE_COLUMNS)]])
    return replace(reception, issues=issues.reset_index(drop=True))
