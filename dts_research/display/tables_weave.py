"""What a territory brought to the others, and what comes back to it."""

from __future__ import annotations

from typing import Any

from dts_research.analysis import weave as study
from dts_research.analysis.weave import Weave
from dts_research.display import door
from dts_research.display.blocks import Block
from dts_research.display.captions import mark_of, none_of, nothing
from dts_research.display.grids import grid
from dts_research.display.style import agree, listing, many
from dts_research.display.woven import (
    KINDS,
    PRODUCED,
    became,
    place,
    quoted,
    stated,
    told,
    weave_of,
)
from dts_research.workbook.material import Material

NOTHING_HERE = "Rien n'est encore noté ici."
OURS = "C'est d'ici que cela est parti."


def brought(material: Material) -> Block:
    """What this territory raised or let others rest upon, and what became of it further up."""
    weave, title = weave_of(material), "Ce que notre territoire a apporté"
    found = study.raised(weave)
    found = found[found["territory"] == material.territory.id]
    sheets = _leant_on(material, weave)
    if found.empty and not sheets:
        text = "Rien de ce territoire n'a encore été noté comme remonté au national."
        text = none_of(material, "decisions", "éléments", text)
        mark = mark_of(material, "decisions", "hypotheses", "common_references")
        return nothing("apporte", title, text, mark=mark)
    waiting = int((~found["answers"].map(bool)).sum())
    left = agree(waiting, "attend encore une réponse", "attendent encore une réponse")
    said = many(len(found) + len(sheets), "apport")
    return grid(
        material, "apporte", f"{said}, dont {waiting} {left}" if waiting else f"{said} au national",
        {
            "Ce que nous avons apporté": [*map(quoted, found["statement"]), *sheets],
            "Nature": [*(KINDS[kind] for kind in found["kind"]), *["Fiche"] * len(sheets)],
            "Ce que c'est devenu": [*(became(material, weave, r) for r in found.itertuples()),
                                    *sheets.values()],
        },
        produced=PRODUCED,
    )  # fmt: skip


def comes_back(material: Material) -> Block:
    """What comes down to this territory, where it comes from, and what is done with it here."""
    weave, title = weave_of(material), "Ce qui nous revient"
    found = study.come_down(weave, material.territory.id)
    if found.empty:
        text = "Rien n'est encore descendu du national vers les territoires."
        text = none_of(material, "decisions", "éléments", text)
        mark = mark_of(material, "decisions", "hypotheses", "common_references")
        return nothing("revient", title, text, mark=mark)
    here = [_done_here(material, weave, r) for r in found.itertuples()]
    blank = here.count(NOTHING_HERE)
    said = f"{many(len(found), 'apport')} du national {agree(len(found), 'revient', 'reviennent')}"
    tail = f", dont {blank} sans suite notée ici" if blank else ", et ce que nous en faisons"
    return grid(
        material, "revient", said + tail,
        {
            "Ce qui nous revient": [stated(r) for r in found.itertuples()],
            "Nature": [KINDS[kind] for kind in found["kind"]],
            "D'où cela vient": [_origin(material, weave, r) for r in found.itertuples()],
            "Ce que nous en faisons": here,
        },
        note="« Sans suite notée » ne veut pas dire que rien n'a été fait.",
        produced=PRODUCED,
    )  # fmt: skip


def _origin(material: Material, weave: Weave, row: Any) -> str:
    """Local records that something comes from, else the session that said it."""
    said = door.words(row.session, missing=place(material, row))
    return told(material, weave, row.origins) or f"{said}."


def _done_here(material: Material, weave: Weave, row: Any) -> str:
    """What this territory does with what came down, or that it began here."""
    ours = material.territory.id in set(weave.of(row.origins)["territory"])
    done = told(material, weave, row.here, where=False)
    return "\n".join(filter(None, [OURS * ours, done])) or NOTHING_HERE


def _leant_on(material: Material, weave: Weave) -> dict[str, str]:
    """Sheets of this territory that a wider reference rests on: title -> that reference."""
    wider = weave.table[(weave.table["level"] != study.LOCAL)]
    found: dict[str, str] = {}
    for r in door.rows(material, "experiences").itertuples():
        on = [w for w in wider.itertuples() if r.experience_id in w.cites]
        if on:
            told = listing([stated(w) for w in on])
            said = f"{place(material, on[0])}, sur elle s'appuie {told}."
            found[quoted(door.title(r.title))] = said
    return found
