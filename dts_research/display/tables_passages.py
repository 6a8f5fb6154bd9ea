"""Words of the sheets and of people: what worked, what resisted, what surprised, what they say."""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass

import pandas as pd

from dts_research.analysis.portrait import said, says_nothing
from dts_research.analysis.result import listed
from dts_research.analysis.spread import spread
from dts_research.display import blocks, door
from dts_research.display.blocks import Block
from dts_research.display.captions import no_sheet, nothing
from dts_research.display.depth import more, most
from dts_research.display.fields import Quote
from dts_research.display.grids import grid, seats
from dts_research.display.style import agree, french_number, many
from dts_research.display.tables_experiences import by_title
from dts_research.display.tables_method import real_sheets
from dts_research.workbook.material import Material

EXCERPT = 200
# « 16. Le plus âgé… »: the number of a line in somebody's sheet.
LIST_MARK = re.compile(r"^\s*(?:\d{1,2}[.)]|[-–—•*])\s+")
NEXT_MARK = re.compile(r"(?<=[.!?])\s+(?:\d{1,2}[.)]|[-–—•*])\s+(?=[A-ZÀ-Ý])")
# Passages of one kind, and quotes, in the report of a meeting.
FEW, FEW_QUOTES, EVERY_QUOTE = 6, 8, 80


@dataclass(frozen=True)
class _Passage:
    """One long field of the sheets, shown as excerpts.

    Parameters
    ----------
    column
        Field of the sheet.
    name, head
        Identifier of the table, and head of its column.
    none
        What no sheet does.
    start
        Sheet from which the choice starts, in hundredths, so that each table shows others.
    """

    column: str
    name: str
    head: str
    none: str
    start: int


WORKED = _Passage("what_worked", "ce-qui-a-marche", "Ce qui a marché",
                  "dit ce qui a marché", 0)  # fmt: skip
RESISTED = _Passage("what_resisted", "ce-qui-a-resiste", "Ce qui a résisté",
                    "dit ce qui a résisté", 25)  # fmt: skip
SURPRISES = _Passage("surprises", "ce-qui-a-surpris", "Ce qui a surpris",
                     "raconte de surprise", 50)  # fmt: skip
QUESTIONS = _Passage("open_questions", "questions-des-fiches", "Question laissée ouverte",
                     "laisse de question ouverte", 75)  # fmt: skip


@door.once
def what_worked(material: Material) -> Block:
    """Excerpts on what worked."""
    return _excerpts(material, WORKED)


@door.once
def what_resisted(material: Material) -> Block:
    """Excerpts on what resisted."""
    return _excerpts(material, RESISTED)


@door.once
def surprises(material: Material) -> Block:
    """Excerpts on what surprised."""
    return _excerpts(material, SURPRISES)


@door.once
def open_questions(material: Material) -> Block:
    """Questions that the sheets leave open."""
    return _excerpts(material, QUESTIONS)


def _excerpts(material: Material, passage: _Passage) -> Block:
    rows = by_title(door.rows(material, "experiences"))
    told = rows[[not says_nothing(text) for text in rows[passage.column]]]
    if told.empty:
        title = f"Aucune fiche ne {passage.none}"
        why = no_sheet(material) if rows.empty else _unanswered(rows, passage) or SILENT
        return nothing(passage.name, title, why)
    shown = _chosen(material, told, passage)
    return grid(
        material,
        passage.name,
        _title(passage, len(shown), len(rows)),
        {
            "Expérience": [door.title(title) for title in shown["title"]],
            passage.head: [_passage(text) for text in shown[passage.column]],
            "Fiche": list(shown["experience_id"]),
        },
        note=" ".join(
            filter(None, (_note(material, len(shown), len(told)), _unanswered(rows, passage)))
        ),
    )


def _unanswered(rows: pd.DataFrame, passage: _Passage) -> str:
    """Tell the sheets that answer « rien à signaler » from the blanks, "" where none does."""
    states = said(rows, passage.column).table.set_index("state")["count"]
    answered, blank = int(states["nothing"]), int(states["blank"])
    if not answered:
        return ""
    write = agree(answered, "écrit", "écrivent")
    left = (
        f", {french_number(blank)} {agree(blank, 'laisse', 'laissent')} un blanc" if blank else ""
    )
    return f"{many(answered, 'fiche')} {write} « rien à signaler »{left}."


def _passage(text: str) -> str:
    """Let a passage out, without the marks of a list that it no longer belongs to."""
    bare = LIST_MARK.sub("", text)
    bare = NEXT_MARK.sub(" ", bare) if bare != text else bare
    return door.words(bare, length=EXCERPT)


SILENT = "Un blanc n'est pas « rien à signaler » : la question reste à poser."


def _title(passage: _Passage, shown: int, total: int) -> str:
    """Say how many passages are there to read, out of how many sheets."""
    if total == 1:
        return f"{passage.head} : la seule fiche"
    return f"{passage.head} : {many(shown, 'fiche')} sur {french_number(total)}"


def _note(material: Material, shown: int, told: int) -> str:
    """Say how the passages are chosen, in which order they stand, and where the others are."""
    if shown == told:
        return "Extraits, par ordre alphabétique des titres." if told > 1 else "Extrait."
    how = "Extraits répartis entre missions, étapes et lieux, par ordre alphabétique des titres."
    return f"{how} {more(material, told - shown, 'fiche')}"


def _chosen(material: Material, sheets: pd.DataFrame, passage: _Passage) -> pd.DataFrame:
    """Choose a few sheets, spread over missions, stages, places and structures."""
    count = most(material, FEW)
    if len(sheets) <= count:
        return sheets
    places = door.rows(material, "experience_places").groupby("experience_id")
    seats_of = {key: tuple(part["departement_code"].dropna()) for key, part in places}
    traits: list[list[Hashable]] = [
        [*listed(r.missions), *listed(r.stage), *listed(r.structure_id),
         *seats_of.get(r.experience_id, ())]
        for r in sheets.itertuples()
    ]  # fmt: skip
    return sheets.iloc[spread(traits, count, start=len(sheets) * passage.start // 100)]


@door.once
def voices(material: Material) -> Block:
    """Words of people who agreed to be quoted, those that contradict the figures included."""
    rows = door.quotes(material)
    kept = door.quotes_withheld(material)
    if rows.empty:
        text = "Aucune parole ne peut être citée ici"
        text += f" ; {many(kept, 'reste', 'restent')} pour l'analyse seule." if kept else "."
        return nothing("paroles", "Aucune parole à citer", text)
    places, published = seats(material), _published(material)
    shown = _heard(rows, most(material, FEW_QUOTES, every=EVERY_QUOTE))
    items: list[Quote] = []
    for r in shown.itertuples():
        against = r.contradicts_figures is not pd.NA and bool(r.contradicts_figures)
        consent = published.get(r.experience_id, "citée avec son accord")
        consent += " ; elle contredit les chiffres" if against else ""
        items.append(
            Quote(text=door.words(r.text), speaker=door.words(r.speaker_role),
                  place=places.get(r.experience_id, ""), consent=consent)
        )  # fmt: skip
    title = _voices_title(len(shown), len(rows))
    note = more(material, len(rows) - len(shown), "parole")
    return blocks.quotes(id="paroles", title=title, items=items, note=note)


def _published(material: Material) -> dict[str, str]:
    """Say where the words of the sheets that are not invented were published."""
    if not material.fictional:
        return {}
    real = real_sheets(door.rows(material, "experiences"))
    return {r.experience_id: f"déjà publiée : {door.words(r.source)}" for r in real.itertuples()}


def _heard(rows: pd.DataFrame, count: int) -> pd.DataFrame:
    """Choose fewer quotes, spread over sheets, roles and what they say of the figures."""
    if len(rows) <= count:
        return rows
    traits = [(r.experience_id, r.speaker_role, str(r.contradicts_figures))
              for r in rows.itertuples()]  # fmt: skip
    return rows.iloc[spread(traits, count)]


def _voices_title(shown: int, count: int) -> str:
    said = agree(count, "de qui l'a dite", "de qui les a dites")
    if shown == count:
        return f"{many(count, 'parole')}, avec l'accord {said}"
    return f"{many(shown, 'parole')} sur {count}, avec l'accord {said}"
