"""What is projected beside the figures and the questions: decisions, how to decide, a last look."""

from __future__ import annotations

from dataclasses import replace

from dts_research.analysis.decisions import still_open
from dts_research.display import blocks, tables
from dts_research.display.blocks import Block
from dts_research.display.style import agree
from dts_research.reflection.kit_session import Session

FOUR = ("Quoi : une phrase, un verbe.", "Qui porte : une structure ou un rôle, pas une personne.",
        "Pour quand : un jour, ou la prochaine séance.",
        "À quoi verra-t-on que c'est fait ?")  # fmt: skip
LAST_LOOK = ("Qu'avions-nous prévu de faire aujourd'hui, et qu'avons-nous fait ?",
             "Que gardons-nous, que changeons-nous la prochaine fois ?")  # fmt: skip


def follow_up(session: Session) -> Block:
    """Decisions still open, those of the capture sheet; all of them where none is; else none."""
    material = session.material
    still = still_open(material.decisions)
    if len(still):
        material = replace(material, frames={**material.frames, "decisions": still})
    told = tables.follow_up(material)
    if len(still) and told.kind != "absence":
        title = agree(len(still), "Une décision encore ouverte", f"{len(still)} décisions ouvertes")
        told = replace(told, data={**told.data, "title": title, "note": ""})
    text = "Rien n'a encore été décidé ensemble : ce sera la première fois."
    first = blocks.callout(id=told.data["id"], title="Un début", text=text)
    return first if told.kind == "absence" else told


def deciding(session: Session) -> Block:
    """Four things without which nothing is decided."""
    return blocks.callout(
        id="quatre-cases", title="Une décision, quatre réponses", items=list(FOUR)
    )


def looking_back(session: Session) -> Block:
    """Questions on the session itself."""
    return blocks.discussion(
        id="regard-sur-la-seance", title="Pour finir", questions=list(LAST_LOOK)
    )


def closing(session: Session) -> Block:
    """What becomes of what was written."""
    return blocks.callout(
        id="et-maintenant", title="Et maintenant",
        items=[
            "Ce qui est écrit aujourd'hui ouvre le prochain rapport.",
            "Nos désaccords restent ouverts, avec les mots de chacun.",
            "Une phrase à corriger ou à retirer ? Le dire à qui anime, aujourd'hui ou plus tard.",
        ],
    )  # fmt: skip
