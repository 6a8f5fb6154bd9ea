"""What every draft to contest shares: passages on their way out, and how the rest is told."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from dts_research.analysis.passages import Passage
from dts_research.analysis.result import listed
from dts_research.analysis.spread import spread
from dts_research.display import blocks, door, fields
from dts_research.display.captions import no_sheet
from dts_research.display.depth import most
from dts_research.display.style import agree, listing, many
from dts_research.display.tables_experiences import by_title
from dts_research.errors import RequestError
from dts_research.schema.catalogue import catalogue
from dts_research.workbook.material import Material

EXCERPT = 200
BEHIND = "à lire en entier sous ce brouillon, sur la page web, et dans le classeur de reprise"


def sheets_of(material: Material, chosen: Collection[str] = ()) -> pd.DataFrame:
    """Sheets this audience may read, by title; those asked for only, when some are.

    Raises
    ------
    RequestError
        When a sheet asked for is not among them.
    """
    rows = by_title(door.rows(material, "experiences"))
    lost = sorted(set(chosen) - set(rows["experience_id"]))
    if lost:
        raise RequestError(
            f"La fiche « {lost[0]} » n'est pas parmi celles que ce public peut lire ici.",
            "Choisir dans la colonne « Fiche » du tableau des expériences.",
        )
    return rows[rows["experience_id"].isin(set(chosen))] if chosen else rows


def some(rows: pd.DataFrame, count: int, *, start: int = 0) -> pd.DataFrame:
    """Choose fewer sheets, spread over missions, stages and structures, never by merit."""
    if len(rows) <= count:
        return rows
    traits = _traits(rows)
    return rows.iloc[spread([traits[i] for i in rows["experience_id"]], count, start=start)]


def _traits(rows: pd.DataFrame) -> dict[str, list[str]]:
    return {
        r.experience_id: [*listed(r.missions), *listed(r.stage), *listed(r.structure_id)]
        for r in rows.itertuples()
    }


def field_title(name: str) -> str:
    """Title of a field of a sheet, for readers."""
    return catalogue().tables["experiences"].field(name).title


def place_of(sheet: str, field: str = "") -> str:
    """Identifier of the place where a sheet, or one field of it, is read in full."""
    return blocks.slug(f"fiche {sheet}") + (f"--{field}" if field else "")


def shown(passage: Passage, *, length: int = EXCERPT) -> fields.Passage:
    """Let a passage out, with the title of its sheet and the place where it is read in full."""
    return fields.Passage(
        text=f"« {quoted(door.words(passage.text, length=length))} »",
        origin=f"{door.title(passage.title)} · {field_title(passage.field)}",
        leads_to=place_of(passage.sheet, passage.field),
    )


def quoted(text: str) -> str:
    """Words about to stand between guillemets: theirs become plain quotes."""
    return text.replace("« ", "“").replace(" »", "”").replace("«", "“").replace("»", "”")


def chosen_passages(
    material: Material, passages: Sequence[Passage], few: int, *, start: int
) -> list[Passage]:
    """Choose a few passages, spread over sheets, missions, stages and structures."""
    known = _traits(door.rows(material, "experiences"))
    traits = [[passage.sheet, passage.field, *known[passage.sheet]] for passage in passages]
    count = most(material, few, every=4 * few)
    return [passages[i] for i in spread(traits, count, start=start)] if passages else []


def others(left: int) -> str:
    """Say how many passages have no room on the board, and where they are."""
    return f"{many(left, 'autre passage', 'autres passages')} en entier dans le tableau." * bool(
        left
    )


def silence(nothing: int, blank: int) -> str:
    """Say how many answers say nothing, and how many are left blank."""
    say, are = agree(nothing, "dit", "disent"), agree(blank, "est restée", "sont restées")
    told = f"{many(nothing, 'réponse')} {say} « rien à signaler »" * bool(nothing)
    left = f"{many(blank, 'réponse')} {are} en blanc" * bool(blank)
    return f"{listing([part for part in (told, left) if part])}." if told or left else ""


def none_here(material: Material, name: str, title: str) -> blocks.Block:
    """Say that no sheet can be drafted from, and why."""
    return blocks.absence(id=name, title=title, mark="Non renseigné", text=no_sheet(material))
