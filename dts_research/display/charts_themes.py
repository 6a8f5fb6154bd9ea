"""Charts of what the sheets say: themes, obstacles and levers."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from dts_research.analysis import portrait
from dts_research.analysis.result import NOT_GIVEN, counted, listed
from dts_research.display import door, style
from dts_research.display.blocks import Block
from dts_research.display.canvas import Canvas, canvas
from dts_research.display.captions import Caption, frame, no_sheet, nothing, silent, unsaid
from dts_research.display.lettering import wrap
from dts_research.display.pictures import Picture, chart
from dts_research.display.rows_of_marks import Row, drawing
from dts_research.display.style import agree, heard, listing, many
from dts_research.schema.catalogue import plain
from dts_research.workbook.material import Material

THEMES = "experiences-par-theme"
SMALL = 9.0
# More themes than this make two columns too tall for a screen.
TALL = 24
# No more themes without experience than this are named.
NAMED = 12


def themes(material: Material) -> Block:
    """Experiences by theme told, in the order of the codebook; else by the file's own words."""
    name, rows = THEMES, door.rows(material, "experiences")
    here = portrait.by_theme(rows)
    if not here.n:
        return nothing(name, "Aucune expérience à répartir entre les thèmes", no_sheet(material))
    if here.missing == here.n:
        return own_words(material, rows)
    here = replace(here, table=here.table.assign(family=here.table["family"].map(_family)))
    known = here.table[here.table["code"] != NOT_GIVEN]
    told, total = int((known["count"] > 0).sum()), len(known)
    message = _themes_message(told, total, here.n)
    families = known.groupby("family", sort=False)["count"].sum()
    sums = heard(families.items())
    caption = Caption(
        message,
        "Expériences par thème du livret de codes",
        f"Barres par thème, rangées selon le livret de codes. {message}. "
        f"Mentions par famille : {sums}.",
        f"Une fiche peut porter plusieurs thèmes.{_untold(known)}{_stopping(known)}"
        + unsaid(here.missing, here.n, "ne dit pas son thème", "ne disent pas leurs thèmes"),
    )
    data = frame(
        {"Thème": here.table["label"], "Famille": here.table["family"],
         "Expériences": here.table["count"]}
    )  # fmt: skip
    shown = known[known["count"] > 0]
    wide = _themes_drawing(shown, style.WIDE) if len(shown) > TALL else ""
    picture = Picture(_themes_drawing(shown), wide=wide, case="one" if here.n == 1 else "")
    return chart(material, name, caption, picture=picture, data=data)


def _family(name: str) -> str:
    """Name of a family of themes: that of its mission, else its own."""
    number = name.removeprefix("Mission ")
    label = portrait.labels("missions").get(f"M{number}")
    return f"{label} (mission {number})" if label else name


def _untold(known: pd.DataFrame) -> str:
    """Name the themes that no sheet tells, or count them when they are many."""
    left = [f"« {label} »" for label in known["label"][known["count"] == 0]]
    if not left:
        return ""
    if len(left) > NAMED:
        return (
            f" Aucune fiche ne raconte les {len(left)} autres thèmes du livret : la table de "
            "données les donne tous."
        )
    return f" Aucune fiche ne raconte {agree(len(left), 'le thème', 'les thèmes')} {listing(left)}."


def _stopping(known: pd.DataFrame) -> str:
    """A theme is not a stage: a sheet may tell of a stop within an experience that goes on."""
    told = known[(known["code"] == "echec_arret") & (known["count"] > 0)]
    if told.empty:
        return ""
    return f" « {told['label'].iloc[0]} » est un thème du récit, pas l'étape de l'expérience."


def own_words(material: Material, experiences: pd.DataFrame) -> Block:
    """Experiences by the labels of the file they come from, in alphabetical order."""
    cells = experiences.get("source_themes", pd.Series([()] * len(experiences)))
    words = sorted({word for cell in cells for word in listed(cell)}, key=plain)
    if not words:
        return nothing(THEMES, "Thèmes des expériences", silent(len(experiences), "ses thèmes"))
    here = counted(cells, {word: door.words(word) for word in words})
    known = here.table[here.table["code"] != NOT_GIVEN]
    values = heard((r.label, r.count) for r in known.itertuples())
    message = f"{many(len(known), 'thème')}, dans les mots du fichier reçu"
    caption = Caption(
        message,
        "Expériences par thème, tel que le fichier reçu le nomme",
        f"Rangées de points, une par thème, par ordre alphabétique. {message}. {values}.",
        "Un point est une expérience, qui peut porter plusieurs thèmes. Aucune fiche ne porte "
        "encore de thème du livret de codes."
        + unsaid(here.missing, here.n, "ne dit pas son thème", "ne disent pas leurs thèmes"),
    )
    rows = [
        Row(r.label, r.count, f"{r.count if i else many(r.count, 'expérience')} sur {here.n}")
        for i, r in enumerate(known.itertuples())
    ]
    data = frame({"Thème du fichier": here.table["label"], "Expériences": here.table["count"]})
    svg = drawing(rows)
    return chart(material, THEMES, caption, picture=Picture(svg), data=data)


def _themes_message(told: int, total: int, sheets: int) -> str:
    left = total - told
    if sheets == 1:
        return f"La seule fiche raconte {many(told, 'thème')} du livret"
    if told < left:
        return f"Les {sheets} fiches racontent {many(told, 'thème')} du livret sur {total}"
    message = f"{many(told, 'thème')} sur {total} {agree(told, 'a', 'ont')} au moins une expérience"
    return message + (f" ; {left} {agree(left, 'n’en a', 'n’en ont')} aucune" if left else "")


def _themes_drawing(table: pd.DataFrame, width: float = style.FULL) -> str:
    """Families one under the other, in as many columns as the sheet has room for."""
    parts = [part for _, part in table.groupby("family", sort=False)]
    most, room = (2, 148.0) if width == style.FULL else (3, 124.0)
    columns = _shared(parts, most, room)
    apart = width / max(2, len(columns))
    scale = min(14.0, (apart - room - 32) / max(1, int(table["count"].max())))
    with canvas(max(_tall(column, room) for column in columns) + 2, width=width) as sheet:
        for i, column in enumerate(columns):
            _themes_column(sheet, column, x=i * apart, room=room, scale=scale)
        return sheet.svg()


def _shared(parts: Sequence[pd.DataFrame], most: int, room: float) -> list[list[pd.DataFrame]]:
    """Cut a list of families into columns, in their order, so that the tallest is the shortest."""
    ways = [
        [list(parts[a:b]) for a, b in itertools.pairwise((0, *cuts, len(parts)))]
        for cuts in itertools.combinations(range(1, len(parts)), min(most, len(parts)) - 1)
    ]
    return min(ways, key=lambda columns: max(_tall(column, room) for column in columns))


def _tall(column: Sequence[pd.DataFrame], room: float) -> float:
    return sum(24 + sum(_theme_height(label, room) for label in part["label"]) for part in column)


def _theme_height(label: str, room: float) -> float:
    return 4.5 + 11 * len(wrap(label, room - 8, SMALL))


def _themes_column(
    sheet: Canvas, parts: Sequence[pd.DataFrame], *, x: float, room: float, scale: float
) -> None:
    top, axis = 0.0, x + room
    for part in parts:
        sheet.text(x, top + 15, str(part["family"].iloc[0]), size=SMALL, bold=True)
        top += 22
        start = top
        for label, count in zip(part["label"], part["count"]):
            high = _theme_height(label, room)
            lines = wrap(label, room - 8, SMALL)
            sheet.lines(axis - 6, top + high / 2, lines, size=SMALL, align="right")
            sheet.bar(axis, top + high / 2 - 3.5, count * scale, 7)
            end = axis + count * scale + 5
            sheet.text(end, top + high / 2 + 3.2, str(count), size=SMALL, bold=True)
            top += high
        sheet.line([axis, axis], [start, top], color=style.EDGE)
        top += 2


def obstacles(material: Material) -> Block:
    """Types of obstacles met and of levers found, face to face."""
    name = "freins-et-leviers"
    here = portrait.obstacles_and_levers(door.rows(material, "experiences"))
    if here.n == here.missing:
        text = "Aucune fiche ne nomme de frein ni de levier."
        return nothing(name, "Aucun frein ni levier n'est nommé", text)
    known = here.table[here.table["code"] != NOT_GIVEN]
    both = int(((known["obstacles"] > 0) & (known["levers"] > 0)).sum())
    message = _facing_message(both, len(known))
    values = heard(
        (r.label, f"{many(r.obstacles, 'frein')} et {many(r.levers, 'levier')}")
        for r in known.itertuples()
    )
    caption = Caption(
        message,
        "Expériences qui nomment un frein ou un levier de chaque type",
        f"Barres face à face, freins à gauche et leviers à droite. {message}. {values}.",
        here.reading + unsaid(here.missing, here.n, "n'en nomme aucun", "n'en nomment aucun"),
    )
    data = frame(
        {"Type": known["label"], "Freins": known["obstacles"], "Leviers": known["levers"],
         "Les deux dans la même fiche": known["both"]}
    )  # fmt: skip
    picture = Picture(_facing(known), case="" if both else "none")
    return chart(material, name, caption, picture=picture, data=data)


def _facing_message(both: int, total: int) -> str:
    if not both:
        return "Aucun type n'apparaît à la fois comme frein et comme levier"
    named = agree(both, "apparaît", "apparaissent")
    return f"{many(both, 'type')} sur {total} {named} à la fois comme frein et comme levier"


def _facing(table: pd.DataFrame) -> str:
    most = max(1, int(table[["obstacles", "levers"]].max().max()))
    middle, gap, high = style.FULL / 2, 58.0, 21.0
    scale = min(14.0, (style.FULL / 2 - gap - 26) / most)
    with canvas(26 + high * len(table)) as sheet:
        sheet.text(middle - gap, 11, "Freins", bold=True, align="right")
        sheet.text(middle + gap, 11, "Leviers", bold=True)
        for i, r in enumerate(table.itertuples()):
            y = 20 + high * i + high / 2
            sheet.text(middle, y + 3.5, r.label, align="center")
            wide = r.obstacles * scale
            edge = style.GREY if wide else "none"
            sheet.bar(middle - gap - wide, y - 5.5, wide, 11, color=style.PALE, edge=edge)
            sheet.text(middle - gap - wide - 5, y + 3.5, str(r.obstacles), bold=True, align="right")
            wide = r.levers * scale
            sheet.bar(middle + gap, y - 5.5, wide, 11)
            sheet.text(middle + gap + wide + 5, y + 3.5, str(r.levers), bold=True)
        return sheet.svg()
