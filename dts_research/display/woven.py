"""Records of every level as texts: where they were said, where they stand, what they became."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dts_research.analysis import weave as study
from dts_research.analysis.weave import Weave
from dts_research.display import door
from dts_research.display.style import listing
from dts_research.schema.catalogue import plain
from dts_research.workbook.material import Material

KINDS = {
    "decisions": "Décision",
    "hypotheses": "Hypothèse",
    "common_references": "Repère",
    "contributions": "Contribution",
}
NATIONAL, REGIONAL = "Au national", "En région"
PRODUCED = "registres des séances"
NO_ANSWER = "Pas encore de réponse."


def weave_of(material: Material) -> Weave:
    """Records of every level, as this audience may read them."""
    frames = {kind: door.told_everywhere(material, kind) for kind in study.KINDS}
    return study.woven(frames, door.rows(material, "sessions"))


def became(material: Material, weave: Weave, row: Any) -> str:
    """What came of a record further up, then where it came back down."""
    if not row.answers:
        since = door.words(row.since, missing="")
        return f"{NO_ANSWER} {since}".strip()
    up = told(material, weave, row.answers)
    back = weave.of(row.back)
    if back.empty:
        return up
    places = in_order(place(material, r) for r in back.itertuples())
    return f"{up}\nRedescendu : {listing(places)}."


def told(material: Material, weave: Weave, ids: Iterable[str], *, where: bool = True) -> str:
    """Say records one after the other, each with its place, its status and what happened."""
    said = []
    for r in weave.of(tuple(ids)).itertuples():
        head = f"{place(material, r)} : " if where else ""
        since = door.words(r.since, missing="")
        said.append(f"{head}{stated(r)}" + (f". {since}" if since else ""))
    return "\n".join(said)


def stated(row: Any) -> str:
    """Words of a record, and where it stands: « … » (en cours)."""
    status = door.words(row.status_label)
    return f"{quoted(row.statement)} ({status[:1].lower()}{status[1:]})"


def quoted(text: Any) -> str:
    """Words of a record between quotation marks, without the last full stop."""
    return f"« {door.words(text).rstrip('.')} »"


def place(material: Material, row: Any) -> str:
    """Where a record was said: a territory by its name, else the level."""
    if row.level == study.REGIONAL or not row.territory:
        return REGIONAL if row.level == study.REGIONAL else NATIONAL
    own = dict(zip(material.territories["territory_id"], material.territories["label"]))
    names = material.geography.departement_names | own
    return door.words(names.get(row.territory, row.territory))


def in_order(names: Iterable[str]) -> list[str]:
    """Places once each: the wider levels first, then the territories by name."""
    once = dict.fromkeys(name for name in names if name)
    return sorted(once, key=lambda name: (name not in (NATIONAL, REGIONAL), plain(name)))
