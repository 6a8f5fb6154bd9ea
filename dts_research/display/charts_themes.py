"""Charts of what the sheets say: themes, obstacles and levers, stages of each mission."""

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
from dts_research.display.style import agree, listing, many
from dts_research.schema.catalogue import plain
from dts_research.workbook.material import Material

THEMES = "experiences-par-theme"
SMALL = 9.0
# More themes than this make two columns too tall for a screen.
TALL = 24


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
    message = _themes_message(told, total)
    families = known.groupby("family", sort=False)["count"].sum()
    sums = listing([f"{family}, {count}" for family, count in families.items()])
    caption = Caption(
        message,
        "Expériences par thème du livret de codes",
        f"Barres par thème, rangées selon le livret de codes. {message}. "
        f"Mentions par famille : {sums}.",
        f"Une fiche peut porter plusieurs thèmes.{_untold(total - told)}"
        + unsaid(here.missing, here.n, "ne dit pas son thème", "ne disent pas leurs thèmes"),
    )
    data = frame(
        {"Thème": here.table["label"], "Famille": here.table["family"],
         "Expériences": here.table["count"]}
    )  # fmt: skip
    shown = known[known["count"] > 0]
    wide = _themes_drawing(shown, name, style.WIDE) if len(shown) > TALL else ""
    picture = Picture(_themes_drawing(shown, name), wide=wide)
    return chart(material, name, caption, picture=picture, data=data)


def _family(name: str) -> str:
    """Name of a family of themes: that of its mission, else its own."""
    number = name.removeprefix("Mission ")
    label = portrait.labels("missions").get(f"M{number}")
    return f"{label} (mission {number})" if label else name


def _untold(count: int) -> str:
    if not count:
        return ""
    which = agree(count, "l'autre thème", f"les {count} autres thèmes")
    return f" Aucune fiche ne raconte {which} du livret : la table de données les donne tous."


def own_words(material: Material, experiences: pd.DataFrame) -> Block:
    """Experiences by the labels of the file they come from, in alphabetical order."""
    cells = experiences.get("source_themes", pd.Series([()] * len(experiences)))
    words = sorted({word for cell in cells for word in listed(cell)}, key=plain)
    if not words:
        return nothing(THEMES, "Thèmes des expériences", silent(len(experiences), "ses thèmes"))
    here = counted(cells, {word: door.words(word) for word in words})
    known = here.table[here.table["code"] != NOT_GIVEN]
    values = listing([f"{r.label}, {r.count}" for r in known.itertuples()])
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
    svg = drawing(rows, salt=THEMES)
    return chart(material, THEMES, caption, picture=Picture(svg), data=data)


def _themes_message(told: int, total: int) -> str:
    left = total - told
    message = f"{many(told, 'thème')} sur {total} {agree(told, 'a', 'ont')} au moins une expérience"
    return message + (f" ; {left} {agree(left, 'n’en a', 'n’en ont')} aucune" if left else "")


def _themes_drawing(table: pd.DataFrame, salt: str, width: float = style.FULL) -> str:
    """Families one under the other, in as many columns as the sheet has room for."""
    parts = [part for _, part in table.groupby("family", sort=False)]
    most, room = (2, 148.0) if width == style.FULL else (3, 124.0)
    columns = _shared(parts, most, room)
    apart = width / max(2, len(columns))
    scale = min(14.0, (apart - room - 32) / max(1, int(table["count"].max())))
    with canvas(max(_tall(column, room) for column in columns) + 2, width=width) as sheet:
        for i, column in enumerate(columns):
            _themes_column(sheet, column, x=i * apart, room=room, scale=scale)
        return sheet.svg(salt)


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
    values = listing(
        [f"{r.label}, {many(r.obstacles, 'frein')} et {many(r.levers, 'levier')}"
         for r in known.itertuples()]
    )  # fmt: skip
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
    return chart(material, name, caption, picture=Picture(_facing(known, name)), data=data)


def _facing_message(both: int, total: int) -> str:
    if not both:
        return "Aucun type n'apparaît à la fois comme frein et comme levier"
    named = agree(both, "apparaît", "apparaissent")
    return f"{many(both, 'type')} sur {total} {named} à la fois comme frein et comme levier"


def _facing(table: pd.DataFrame, salt: str) -> str:
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
        return sheet.svg(salt)


def small_multiples_missions(material: Material) -> Block:
    """Stages of the experiences of each mission, on the same scale."""
    name = "etapes-par-mission"
    here = portrait.missions_by_stage(door.rows(material, "experiences"))
    if not here.n:
        title = "Aucune expérience à croiser par mission et par étape"
        return nothing(name, title, no_sheet(material))
    table = here.table
    if not table["count"][(table["mission"] != NOT_GIVEN) & (table["stage"] != NOT_GIVEN)].sum():
        text = silent(here.n, "à la fois sa mission et son étape")
        return nothing(name, "Étapes de chaque mission", text)
    message = _stops_message(table)
    parts = [
        f"{label} : " + listing([f"{r.stage_label}, {r.count}" for r in part.itertuples()])
        for label, part in table.groupby("mission_label", sort=False)
    ]
    caption = Caption(
        message,
        "Expériences de chaque mission, par étape",
        f"Petits diagrammes à la même échelle, un par mission. {message}. {' ; '.join(parts)}.",
        f"Un point est une expérience. {here.reading}".strip(),
    )
    data = table.pivot(index="stage_label", columns="mission_label", values="count")
    data = data.loc[list(dict.fromkeys(table["stage_label"])),
                    list(dict.fromkeys(table["mission_label"]))].reset_index()  # fmt: skip
    data = data.rename(columns={"stage_label": "Étape"})
    return chart(material, name, caption, picture=Picture(_panels(table, name)), data=data)


def _stops_message(table: pd.DataFrame) -> str:
    stopped = table[(table["stage"] == "arretee") & (table["mission"] != NOT_GIVEN)]
    where = int((stopped["count"] > 0).sum())
    if not where:
        return "Aucune mission ne raconte d'expérience arrêtée avant son terme"
    place = f"{many(where, 'mission')} sur {len(stopped)}"
    place = "les trois missions" if where == len(stopped) == 3 else place
    return f"Des expériences s'arrêtent avant leur terme dans {place}"


def _panels(table: pd.DataFrame, salt: str) -> str:
    labels = list(dict.fromkeys(table["stage_label"]))
    missions = list(dict.fromkeys(table["mission_label"]))
    left, high = 78.0, 20.0
    wide = (style.FULL - left) / len(missions)
    most = max(1, int(table["count"].max()))
    pitch = min(9.0, (wide - 34) / most)
    names = [wrap(m, wide - 14, 10, bold=True) for m in missions]
    head = 8 + 13 * max(len(n) for n in names)
    with canvas(head + high * len(labels) + 2) as sheet:
        for j, label in enumerate(labels):
            sheet.text(left - 8, head + high * (j + 0.5) + 3.5, label, align="right")
        for i, mission in enumerate(missions):
            x = left + wide * i
            for k, line in enumerate(names[i]):
                sheet.text(x, 11 + 13 * k, line, bold=True)
            sheet.line([x, x], [head, head + high * len(labels)], color=style.EDGE)
            part = table[table["mission_label"] == mission]
            for j, (code, count) in enumerate(zip(part["stage"], part["count"])):
                _panel_row(sheet, x, head + high * (j + 0.5), pitch, (code, int(count)))
        return sheet.svg(salt)


def _panel_row(sheet: Canvas, x: float, y: float, pitch: float, cell: tuple[str, int]) -> None:
    code, count = cell
    stop = code == "arretee"
    color, edge = (style.ACCENT, style.INK) if stop else (style.HERE, style.PAPER)
    if pitch >= 4.5:
        xs = [x + 4 + pitch * (k + 0.5) for k in range(count)]
        shape = "diamond" if stop else "dot"
        size = min(7.0, pitch - 0.8)
        sheet.marks(xs, [y] * count, shape=shape, size=size, color=color, edge=edge)
    else:
        sheet.bar(x + 4, y - 4, pitch * count, 8, color=color, edge=edge)
    ink = style.INK if count else style.GREY
    sheet.text(x + 9 + pitch * count, y + 3.2, str(count), size=SMALL, color=ink)
