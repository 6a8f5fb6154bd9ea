"""Questions drawn from the material: disagreements, silences, surprises, what sheets leave open."""

from __future__ import annotations

from dts_research.analysis import portrait
from dts_research.analysis.portrait import says_nothing
from dts_research.display import blocks, door
from dts_research.display.blocks import Block
from dts_research.display.charts_authorities import threads_of
from dts_research.display.style import NOT_GIVEN, listing
from dts_research.display.tables_findings import EVENTS
from dts_research.workbook.material import Material

LAST_QUESTION = "Qui n'est pas dans la pièce ?"
QUESTIONS = 5


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
    kinds = (_disputed, _silent, _surprising, _left_open, _doubted, _untold)
    found = [question for ask in kinds for question in ask(material)]
    kept = list(dict.fromkeys(found))[: most - 1]
    if not kept:
        kept = ["Qu'est-ce que ce rapport ne dit pas, et que nous savons pourtant ?"]
    return [*kept, LAST_QUESTION]


def _quoted(text: str, length: int) -> str:
    """Put a passage between guillemets, inside a question."""
    return f"« {door.words(text, length=length).rstrip(' .?')} »"


def _disputed(material: Material) -> list[str]:
    rows = door.rows(material, "contributions")
    last = rows[rows["type"] == "divergence"].tail(1)
    return [f"Où en est notre désaccord : {_quoted(text, 150)} ?" for text in last["text"]]


def _silent(material: Material) -> list[str]:
    unknown = [t.who for t in threads_of(material) if t.unknown]
    if unknown and not material.whole_network and door.whole(material, *EVENTS):
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
    return asked if every else []


def _surprising(material: Material) -> list[str]:
    rows = door.rows(material, "contributions")
    texts = [t for t in rows["text"][rows["type"] == "surprise"] if not says_nothing(t)]
    if not texts:
        told = door.rows(material, "experiences")["surprises"]
        texts = [t for t in told if not says_nothing(t)]
    return [f"Que nous apprend cette surprise : {_quoted(t, 140)} ?" for t in texts[-1:]]


def _left_open(material: Material) -> list[str]:
    rows = door.rows(material, "experiences")
    found: list[str] = []
    for text in rows["open_questions"]:
        if says_nothing(text):
            continue
        first = door.words(text).split("?")[0].strip()
        if 20 < len(first) < 160 and "?" in text:
            found.append(f"{first} ?")
    return found[:: max(1, len(found) // 2)][:2]


def _doubted(material: Material) -> list[str]:
    """Ask about the places that their source contradicts."""
    doubted = door.rows(material, "experience_places")["contradiction"].eq(True).fillna(False)
    asked = "Où se passent vraiment les expériences dont la source contredit le lieu ?"
    return [asked] if doubted.any() else []


def _untold(material: Material) -> list[str]:
    """Ask what resisted, where sheets tell successes only or nothing."""
    told = door.rows(material, "experiences")["what_resisted"]
    silent = len(told) and all(map(says_nothing, told))
    return ["Qu'est-ce qui a résisté, que les fiches ne disent pas ?"] if silent else []
