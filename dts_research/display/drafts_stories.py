"""Rounds of stories of change: what was read, what was kept and why, and all the others."""

from __future__ import annotations

import pandas as pd

from dts_research.analysis import stories as study
from dts_research.analysis.portrait import labels, says_nothing
from dts_research.analysis.stories import Round, Stories, Story
from dts_research.display import blocks, door
from dts_research.display.blocks import Block
from dts_research.display.captions import nothing
from dts_research.display.depth import most
from dts_research.display.draft_words import field_title, quoted, sheets_of, some
from dts_research.display.grids import grid
from dts_research.display.markup_boards import DRAFT
from dts_research.display.several import Blocks
from dts_research.display.style import NOT_GIVEN, agree, french_date, many
from dts_research.workbook.material import Material

NAME = "recits-de-changement"
PROPOSED, EXCERPT = 8, 260
LIMITS = (
    "Ce choix ne dit pas qu'un récit vaut mieux qu'un autre : il dit ce qui comptait pour ce "
    "groupe, ce jour-là."
)


def stories(material: Material) -> Blocks:
    """Rounds in time, then the stories not read yet; else passages to begin with."""
    found = study.rounds(
        *(door.rows(material, t) for t in ("change_stories", "change_selections", "sessions"))
    )
    shown = [block for one in found.rounds for block in _round(material, found, one)]
    if found.unread:
        shown.append(_unread(material, found))
    return Blocks(tuple(shown) or (_proposed(material),))


def _round(material: Material, found: Stories, one: Round) -> tuple[Block, Block]:
    name = blocks.slug(f"{NAME} {one.id}")
    level = labels("session_levels").get(one.level, "").lower()
    label = door.words(one.label, missing="une séance non nommée")
    kept = one.kept
    note = f"{label}, {french_date(one.day)}" if one.day else f"{label}, à une date non notée"
    note += f", niveau {level}" if level else ""
    note += f". Par ordre alphabétique ; {LIMITS[:1].lower()}{LIMITS[1:]}"
    if one.unseen:
        are = agree(one.unseen, "lu n'est pas montré", "lus ne sont pas montrés")
        note += f" {many(one.unseen, 'récit')} {are} à ce public."
    domain = f" : {door.words(one.domain)}" if one.domain else ""
    read = many(len(one.read) + one.unseen, "récit lu ensemble", "récits lus ensemble")
    table = grid(
        material, name, f"{read}{domain}", _columns(material, found, one.read),
        note=note, produced="récits de changement",
    )  # fmt: skip
    if not one.read:
        table = nothing(name, f"{read}{domain}", note, mark="Non publié")
    return table, _reasons(name, one, kept)


def _reasons(name: str, one: Round, kept: Story | None) -> Block:
    """Why this story, in the words of the group, and what those say who would take another."""
    title = "Le groupe n'a pas tranché : voici pourquoi"
    if one.chosen:
        title = "Pourquoi le récit retenu, que ce public ne lit pas"
    if kept:
        title = f"Pourquoi « {quoted(door.words(kept.title))} »"
    views = door.words(one.other_views, missing="personne n'en a noté.")
    reason = door.words(one.reason, missing="Les raisons ne sont pas notées.")
    text = f"{reason}\n\nAutres avis : {views}"
    return blocks.callout(id=f"{name}-raisons", tone="note", title=title, text=text)


def _columns(material: Material, found: Stories, read: tuple[Story, ...]) -> dict[str, list[str]]:
    return {
        "Récit": [door.words(story.title) for story in read],
        "Ce qui est raconté": [door.words(story.text) for story in read],
        "Qui raconte": [door.words(story.narrator) for story in read],
        "Son chemin": [_path(found, story) for story in read],
    }


def _path(found: Stories, story: Story) -> str:
    """Rounds that read a story, and those that kept it: both are told, nothing is counted."""
    names = labels("session_levels")
    told = []
    for number, one in enumerate(found.rounds):
        if not any(story.id == other.id for other in one.read):
            continue
        level = names.get(one.level, "").lower() or "autre"
        when = f" en {french_date(one.day, short=True)}" if one.day else ""
        did = "lu et retenu" if number in story.path else "lu et gardé"
        told.append(f"{did} au niveau {level}{when}")
    path = ", puis ".join(told) or "pas encore lu ensemble"
    return path[:1].upper() + path[1:]


def _unread(material: Material, found: Stories) -> Block:
    count = many(len(found.unread), "récit attend", "récits attendent")
    columns = _columns(material, found, found.unread)
    columns["Domaine"] = [door.words(story.domain) for story in found.unread]
    del columns["Son chemin"]
    seen = door.whole(material, "change_selections")
    note = "" if seen else " Un choix que ce public ne lit pas en a peut-être déjà lu."
    return grid(
        material, f"{NAME}-a-lire", f"{count} d'être {agree(len(found.unread), 'lu')} ensemble",
        columns, note=f"Par ordre alphabétique.{note}", produced="récits de changement",
    )  # fmt: skip


def _proposed(material: Material) -> Block:
    """Changes that sheets tell, when no story was written: to begin with, not to choose among."""
    rows = sheets_of(material)
    if kept := door.withheld(material, "change_stories"):
        are = agree(kept, "récit n'est pas destiné", "récits ne sont pas destinés")
        text = f"{kept} {are} à ce public."
        return nothing(NAME, "Des récits de changement existent", text, mark="Non publié")
    told = rows[[bool(_change(r)) for r in rows.to_dict("records")]]
    if told.empty:
        text = (
            "Aucun récit n'est écrit, et aucune fiche ne dit d'effet observé ni de surprise. Pour "
            "commencer : qu'est-ce qui a changé, pour qui, et pourquoi est-ce important ?"
        )
        return nothing(NAME, "Aucun récit de changement à lire", text, mark=NOT_GIVEN)
    shown = some(told, most(material, PROPOSED), start=len(told) // 3)
    return _proposals(material, shown, len(told))


def _proposals(material: Material, shown: pd.DataFrame, count: int) -> Block:
    records = shown.to_dict("records")
    fields = [_change(record) for record in records]
    left = count - len(shown)
    tell = agree(left, "raconte", "racontent")
    others = f"{many(left, 'autre fiche', 'autres fiches')} {tell} aussi un changement. "
    return grid(
        material, NAME, "Récits que l'on pourrait lire",
        {
            "Expérience": [door.title(record["title"]) for record in records],
            "Ce qui a changé, d'après la fiche": [
                f"« {quoted(door.words(record[field], length=EXCERPT))} » ({field_title(field)})"
                for record, field in zip(records, fields)
            ],
            "Fiche": [record["experience_id"] for record in records],
        },
        note=f"{DRAFT}. Aucun récit n'est encore écrit : ces passages donnent de quoi commencer. "
        "Ils sont répartis entre missions, étapes et structures, par ordre alphabétique, sans "
        f"choix de mérite. {others * bool(left)}Un récit dit ce qui a changé, pour qui, et "
        "pourquoi c'est important.",
    )  # fmt: skip


def _change(record: dict) -> str:
    """Field of a sheet where a change is told, "" where none is."""
    fields = ("observed_effects", "surprises")
    return next((name for name in fields if not says_nothing(record.get(name))), "")
