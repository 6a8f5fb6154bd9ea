"""Charts of partners, and of what the places of the experiences rest upon."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dts_research.analysis import partners as study
from dts_research.analysis import places
from dts_research.analysis.portrait import labels
from dts_research.analysis.result import NOT_GIVEN
from dts_research.display import door, style
from dts_research.display.blocks import Block
from dts_research.display.canvas import Canvas, canvas
from dts_research.display.captions import Caption, frame, no_sheet, nothing, unsaid
from dts_research.display.lettering import wrap
from dts_research.display.pictures import Picture, chart
from dts_research.display.rows_of_marks import Row, drawing
from dts_research.display.style import agree, heard, many
from dts_research.workbook.material import Material

SMALL = 9.0
# More types than this make a grid too tall for a screen.
TALL = 11


def partners(material: Material) -> Block:
    """Types of partners by role, inside and outside the network."""
    name = "partenaires-par-role"
    found = study.acting(
        door.rows(material, "experience_actors"), door.rows(material, "actors"),
        door.rows(material, "experiences"),
    )  # fmt: skip
    if found.table.empty:
        text = "Aucune fiche ne nomme d'acteur." if found.n else no_sheet(material)
        return nothing(name, "Aucun partenaire n'est nommé", text)
    message = _partners_message(found)
    values = heard((r.label, many(r.experiences, "expérience")) for r in found.by_type.itertuples())
    caption = Caption(
        message,
        "Expériences où agit chaque type d'acteur, par rôle",
        f"Grille de cercles, types d'acteurs en lignes et rôles en colonnes. {message}. {values}.",
        "Le nombre est celui des expériences. Un cercle plein est un type d'acteur hors du réseau, "
        f"un cercle creux ne l'est pas toujours.{_outside(found)} {found.reading}"
        + unsaid(found.missing, found.n, "ne nomme aucun acteur", "ne nomment aucun acteur"),
    )  # fmt: skip
    places_of = dict(zip(found.by_type["type"], found.by_type["outside"]))
    data = frame(
        {"Type d'acteur": found.table["type_label"], "Rôle": found.table["role_label"],
         "Expériences": found.table["experiences"], "Acteurs": found.table["actors"],
         "Hors du réseau": [_place(places_of.get(t)) for t in found.table["type"]]}
    )  # fmt: skip
    tall = len(found.by_type) > TALL
    wide = _grid(found, wide=True) if tall else ""
    picture = Picture(_grid(found), wide=wide, case="one" if found.actors == 1 else "")
    return chart(material, name, caption, picture=picture, data=data)


def _partners_message(found: study.Partners) -> str:
    """What the grid shows: how many types and roles, and how many types stand outside."""
    types, roles = len(found.by_type), found.table["role"].nunique()
    message = f"{many(types, 'type d’acteur', 'types d’acteurs')} dans {many(roles, 'rôle')}"
    away = sum(place is True for place in found.by_type["outside"])
    if not away:
        return f"{message}, aucun entièrement hors du réseau"
    if away == types:
        return f"{message}, {agree(types, '', 'tous ')}hors du réseau"
    return f"{message}, dont {away} entièrement hors du réseau"


def _outside(found: study.Partners) -> str:
    """How many of the actors named stand outside the network."""
    if found.actors == 1:
        return ""
    stand = agree(found.outside, "est", "sont")
    return f" {many(found.outside, 'acteur')} sur {found.actors} {stand} hors du réseau."


def _place(outside: bool | None) -> str:
    return "selon les cas" if outside is None else "oui" if outside else "non"


@dataclass(frozen=True)
class _Grid:
    """Rows (types), columns (roles) and counts of the grid, and where they stand."""

    types: dict[str, str]
    roles: dict[str, str]
    counts: dict[tuple[str, str], int]
    outside: dict[str, bool | None]
    width: float = style.FULL
    tall: float = 20.5
    left: float = 172.0
    head: float = 38.0

    @property
    def wide(self) -> float:
        """Width of a column."""
        return min(74.0, (self.width - self.left) / len(self.roles))

    def label(self, kind: str) -> str:
        """Name of a type, and where it stands when that is not outside the network."""
        where = {True: "", False: " (dans le réseau)", None: " (selon les cas)"}
        return self.types[kind] + where[self.outside.get(kind)]

    def middle(self, kind: str, role: str) -> tuple[float, float]:
        """Middle of a cell."""
        x = self.left + self.wide * (list(self.roles).index(role) + 0.5)
        return x, self.head + self.tall * (list(self.types).index(kind) + 0.5)


def _grid(found: study.Partners, *, wide: bool = False) -> str:
    roles = {r: n for r, n in labels("actor_roles").items() if r in set(found.table["role"])}
    counts = {(r.type, r.role): int(r.experiences) for r in found.table.itertuples()}
    types, outside = (
        dict(zip(found.by_type["type"], found.by_type[c])) for c in ("label", "outside")
    )
    cells = _Grid(types, roles, counts, outside)
    if wide:
        tall = min(20.5, max(14.0, (style.TALLEST - cells.head) / len(types)))
        cells = replace(cells, width=style.WIDE, left=230.0, tall=tall)
    high = cells.head + cells.tall * len(cells.types) + 4
    with canvas(high, width=cells.width, least=style.LETTERS if wide else 0) as sheet:
        _heads(sheet, cells)
        _circles(sheet, cells)
        return sheet.svg()


def _heads(sheet: Canvas, cells: _Grid) -> None:
    for j, name in enumerate(cells.roles.values()):
        lines = wrap(name, cells.wide - 6, sheet.size(SMALL))
        for k, line in enumerate(lines):
            y = cells.head - 8 - 11 * (len(lines) - 1 - k)
            x = cells.left + cells.wide * (j + 0.5)
            sheet.text(x, y, line, size=SMALL, align="center")
    right = cells.left + cells.wide * len(cells.roles)
    for i, kind in enumerate(cells.types):
        y = cells.head + cells.tall * (i + 0.5)
        sheet.line([0, right], [y + cells.tall / 2] * 2, color=style.PALE)
        lines = wrap(cells.label(kind), cells.left - 14, sheet.size(SMALL))
        sheet.lines(cells.left - 10, y, lines, size=SMALL, align="right")


def _circles(sheet: Canvas, cells: _Grid) -> None:
    """Draw circles whose area follows the count, full for what stands outside the network."""
    most = max(cells.counts.values())
    for filled in (True, False):
        kept = [
            (key, n) for key, n in cells.counts.items() if (cells.outside[key[0]] is True) is filled
        ]
        places = [cells.middle(*key) for key, _ in kept]
        sizes = [max(6.0, min(19.0, cells.tall - 2) * (n / most) ** 0.5) for _, n in kept]
        color, edge = (style.HERE, style.PAPER) if filled else (style.PAPER, style.INK)
        xs, ys = [x - 6 for x, _ in places], [y for _, y in places]
        sheet.marks(xs, ys, size=sizes, color=color, edge=edge)
        for (_, n), (x, y) in zip(kept, places):
            sheet.text(x + 7, y + 3.2, str(n), size=SMALL, bold=True)


def evidence_of_place(material: Material) -> Block:
    """What the place of each experience rests upon, and where a source contradicts it."""
    name = "preuves-de-lieu"
    experiences = door.rows(material, "experiences")
    found = places.evidence(door.rows(material, "experience_places"), experiences)
    if not found.n:
        text = "Aucun lieu n'est renseigné." if len(experiences) else no_sheet(material)
        return nothing(name, "Aucun lieu à justifier", text)
    message = _place_message(int(found.table["contradicted"].sum()), found.n)
    known = found.table[(found.table["count"] > 0) | (found.table["code"] == "none")]
    rows = [
        Row(r.label, r.count, f"{many(r.count, 'lieu', 'lieux') if not i else r.count} "
            f"sur {found.n}", note=_doubted(r.contradicted), special=r.contradicted,
            hollow=r.count if r.code in ("none", NOT_GIVEN) else 0)
        for i, r in enumerate(known.itertuples())
    ]  # fmt: skip
    values = heard((row.label, row.value) for row in rows)
    caption = Caption(
        message,
        "Lieux des expériences, selon ce qui permet de les situer",
        f"Rangées de points, une par sorte de preuve. {message}. {values}.",
        found.reading
        + unsaid(found.missing, len(experiences), "n'a pas de lieu assuré",
                 "n'ont pas de lieu assuré")
        + _away(len(door.elsewhere(material))),
        "lieux des fiches d'expérience",
    )  # fmt: skip
    data = frame({"Preuve": known["label"], "Lieux": known["count"],
                  "Contredits par la source": known["contradicted"]})  # fmt: skip
    return chart(material, name, caption, picture=Picture(drawing(rows)), data=data)


def _doubted(count: int) -> str:
    if not count:
        return ""
    return f"dont {count} {agree(count, 'contredit', 'contredits')} par la source"


def _place_message(doubted: int, total: int) -> str:
    if doubted:
        return f"La source contredit {many(doubted, 'lieu', 'lieux')} sur {total}"
    return f"Aucune source ne contredit {agree(total, 'le lieu retenu', 'les lieux retenus')}"


def _away(count: int) -> str:
    if not count:
        return ""
    verb = agree(count, "est situé", "sont situés")
    place = many(count, "autre lieu", "autres lieux")
    return f" {place} que le fichier situe ici {verb} ailleurs par la preuve : voir l'annexe."
