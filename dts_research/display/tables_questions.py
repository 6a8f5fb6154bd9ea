"""Questions drawn from the material: disagreements, silences, surprises, what sheets leave open."""

from __future__ import annotations

import pandas as pd

from dts_research.analysis import portrait
from dts_research.analysis.portrait import said, says_nothing
from dts_research.display import blocks, door
from dts_research.display.blocks import Block
from dts_research.display.charts_authorities import threads_of
from dts_research.display.style import NOT_GIVEN, agree, elide, listing
from dts_research.display.tables_findings import EVENTS, FEW
from dts_research.display.tables_passages import LIST_MARK
from dts_research.workbook.material import Material

LAST_QUESTION = "Qui n'est pas dans la pièce ?"
QUESTIONS = 5


@door.once
def discussion(material: Material) -> Block:
    """Questions to open the exchange; the last asks who is missing."""
    return blocks.discussion(
        id="questions-pour-en-parler",
        title="Pour en parler ensemble",
        questions=asked(material, most=QUESTIONS),
        lines=3,
    )


def asked(material: Material, *, most: int) -> list[str]:
    """Give the first questions, one of each kind before a second of any, and who is missing."""
    kinds = FOR_ALL if material.reader == "élu" else (*FOR_ALL, _raised, _disputed)
    found = [question for ask in kinds for question in ask(material)]
    kept = list(dict.fromkeys(found))[: most - 1]
    if not kept:
        kept = ["Qu'est-ce que ce rapport ne dit pas, et que nous savons pourtant ?"]
    return [*kept, LAST_QUESTION]


def quoted(text: str, length: int) -> str:
    """Put a passage between guillemets, inside a question."""
    return f"« {door.words(text, length=length).rstrip(' .?')} »"


def _disputed(material: Material) -> list[str]:
    """Ask where the last disagreement of this place stands; it is the group's own affair."""
    rows = own(material, "divergence").tail(1)
    return [
        f"Notre désaccord reste-t-il ouvert : {inside(text)} ?"
        if asks(text)
        else f"Où en est notre désaccord : {quoted(text, 150)} ?"
        for text in rows["text"]
    ]


def inside(text: str) -> str:
    """Write a question inside another one: no capital, no mark of its own."""
    asked = door.words(text).rstrip(" ?")
    return asked[:1].lower() + asked[1:] if asked[1:2].islower() else asked


def asks(text: str) -> bool:
    """Tell whether a text is a question already."""
    return text.rstrip().endswith("?")


def own(material: Material, kind: str) -> pd.DataFrame:
    """Contributions of a kind that were made here, oldest first."""
    rows = door.rows(material, "contributions")
    rows = rows[rows["type"] == kind]
    if material.whole_network:
        return rows
    return rows[
        rows["territory_id"].isin({material.territory.id, *material.territory.departements})
    ]


def silent(material: Material) -> list[str]:
    """Ask about the authorities, or the missions, of which nothing is known."""
    unknown = [t.who for t in threads_of(material) if t.unknown]
    if unknown and not material.whole_network and door.whole(material, *EVENTS):
        if material.audience == "public":  # none is pointed at in a page for everybody
            who = agree(len(unknown), "une collectivité suivie", "les collectivités suivies")
            return [f"Que savons-nous {elide('de', who)} dont rien n'est noté ?"]
        some = unknown if len(unknown) <= 4 else [*unknown[:3], f"{len(unknown) - 3} autres"]
        return [f"{listing(some)} : rien n'est noté ; qu'en savons-nous ici ?"]
    sheets, every = door.rows(material, "experiences"), door.all_told(material)
    if sheets.empty:
        return ["Qui, ici, pourrait raconter une première expérience ?"] * every
    missions = portrait.by_mission(sheets).table
    told = missions[missions["label"] != NOT_GIVEN]
    if not told["count"].sum():
        return ["À quelles missions ces expériences se rattachent-elles ?"]
    blank = told["label"][told["count"] == 0]
    asked = [f"Pourquoi aucune fiche pour la mission « {label} » ?" for label in blank[:1]]
    return asked if every and len(sheets) >= FEW else []


def _raised(material: Material) -> list[str]:
    """Give the last question that a session asked here.

    A surprise may be about one agent that all would recognise: it is read in its table, with
    what stands around it, and is never a question thrown on a wall.
    """
    return [text for text in map(first_question, own(material, "question")["text"]) if text][-1:]


def first_question(text: str) -> str:
    """First question of a text, when it stands alone."""
    if says_nothing(text):
        return ""
    first = LIST_MARK.sub("", door.words(text)).split("?")[0].strip()
    return f"{first} ?" if 20 < len(first) < 160 and "?" in text else ""


def left_open(material: Material) -> list[str]:
    """Ask what two sheets leave open, each beside the title of its sheet."""
    rows = door.rows(material, "experiences")
    told = [(r.title, first_question(r.open_questions)) for r in rows.itertuples()]
    found = [
        f"La fiche {quoted(title, 80)} demande : {inside(asked)} ?"
        for title, asked in told
        if asked
    ]
    return found[:: max(1, len(found) // 2)][:2]


def doubted(material: Material) -> list[str]:
    """Ask about the places that their source contradicts."""
    doubted = door.rows(material, "experience_places")["contradiction"].eq(True).fillna(False)
    asked = "Où se passent vraiment les expériences dont la source contredit le lieu ?"
    return [asked] if doubted.any() else []


def untold(material: Material) -> list[str]:
    """Ask what resisted, where sheets tell successes only or nothing."""
    told = said(door.rows(material, "experiences"), "what_resisted")
    states = told.table.set_index("state")["count"]
    if not told.n or states["told"]:
        return []
    if states["blank"]:
        return ["Qu'est-ce qui a résisté, que les fiches ne disent pas ?"]
    return ["Les fiches ne signalent rien qui ait résisté : qu'en dit-on autour de la table ?"]


# What may be asked of anybody; the group's own matters come after, and never to an official.
FOR_ALL = (silent, left_open, doubted, untold)
