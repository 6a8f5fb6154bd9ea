"""Charts of partners, and of what the places of the experiences rest upon."""

from __future__ import annotations

from dataclasses import dataclass

from dts_research.analysis import partners as study
from dts_research.analysis import places
from dts_research.analysis.portrait import labels
from dts_research.analysis.result import NOT_GIVEN
from dts_research.display import door, style
from dts_research.display.blocks import Block
from dts_research.display.canvas import Canvas, canvas, key_line
from dts_research.display.captions import Caption, frame, no_sheet, nothing, unsaid
from dts_research.display.lettering import wrap
from dts_research.display.pictures import Picture, chart
from dts_research.display.rows_of_marks import Row, drawing
from dts_research.display.style import agree, listing, many
from dts_research.workbook.material import Material

SMALL = 9.0


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
    message = _partners_message(found.outside, found.actors)
    values = listing([f"{r.label}, {many(r.experiences, 'expérience')}"
                      for r in found.by_type.itertuples()])  # fmt: skip
    caption = Caption(
        message,
        "Expériences où agit chaque type d'acteur, par rôle",
        f"Grille de cercles, types d'acteurs en lignes et rôles en colonnes. {message}. {values}.",
        f"Le nombre est celui des expériences. {found.reading}"
        + unsaid(found.missing, found.n, "ne nomme aucun acteur", "ne nomment aucun acteur"),
    )  # fmt: skip
    places_of = dict(zip(found.by_type["type"], found.by_type["outside"]))
    data = frame(
        {"Type d'acteur": found.table["type_label"], "Rôle": found.table["role_label"],
         "Expériences": found.table["experiences"], "Acteurs": found.table["actors"],
         "Hors du réseau": [_place(places_of.get(t)) for t in found.table["type"]]}
    )  # fmt: skip
    return chart(material, name, caption, picture=Picture(_grid(found, name)), data=data)


def _partners_message(outside: int, total: int) -> str:
    if not outside:
        return "Aucun acteur ne vient de l'extérieur du réseau"
    if outside == total > 1:
        return f"Les {total} acteurs viennent tous de l'extérieur du réseau"
    come = agree(outside, "vient", "viennent")
    return f"{many(outside, 'acteur')} sur {total} {come} de l'extérieur du réseau"


def _place(outside: bool | None) -> str:
    return "selon les cas" if outside is None else "oui" if outside else "non"


@dataclass(frozen=True)
class _Grid:
    """Rows (types), columns (roles) and counts of the grid, and where they stand."""

    types: dict[str, str]
    roles: dict[str, str]
    counts: dict[tuple[str, str], int]
    left: float = 172.0
    head: float = 58.0
    tall: float = 23.0

    @property
    def wide(self) -> float:
        """Width of a column."""
        return min(74.0, (style.FULL - self.left) / len(self.roles))

    def middle(self, kind: str, role: str) -> tuple[float, float]:
        """Middle of a cell."""
        x = self.left + self.wide * (list(self.roles).index(role) + 0.5)
        return x, self.head + self.tall * (list(self.types).index(kind) + 0.5)


def _grid(found: study.Partners, salt: str) -> str:
    roles = {r: n for r, n in labels("actor_roles").items() if r in set(found.table["role"])}
    counts = {(r.type, r.role): int(r.experiences) for r in found.table.itertuples()}
    cells = _Grid(dict(zip(found.by_type["type"], found.by_type["label"])), roles, counts)
    with canvas(cells.head + cells.tall * len(cells.types) + 4) as sheet:
        keys = [("dot", "hors du réseau"), ("hollow", "dans le réseau, ou selon les cas")]
        key_line(sheet, cells.left, 7, keys)
        _heads(sheet, cells)
        _circles(sheet, cells, dict(zip(found.by_type["type"], found.by_type["outside"])))
        return sheet.svg(salt)


def _heads(sheet: Canvas, cells: _Grid) -> None:
    for j, name in enumerate(cells.roles.values()):
        lines = wrap(name, cells.wide - 6, SMALL)
        for k, line in enumerate(lines):
            y = cells.head - 8 - 11 * (len(lines) - 1 - k)
            x = cells.left + cells.wide * (j + 0.5)
            sheet.text(x, y, line, size=SMALL, align="center")
    right = cells.left + cells.wide * len(cells.roles)
    for i, label in enumerate(cells.types.values()):
        y = cells.head + cells.tall * (i + 0.5)
        sheet.line([0, right], [y + cells.tall / 2] * 2, color=style.PALE)
        lines = wrap(label, cells.left - 14, SMALL)
        sheet.lines(cells.left - 10, y, lines, size=SMALL, align="right")


def _circles(sheet: Canvas, cells: _Grid, outside: dict[str, bool | None]) -> None:
    """Draw circles whose area follows the count, full for what stands outside the network."""
    most = max(cells.counts.values())
    for filled in (True, False):
        kept = [(key, n) for key, n in cells.counts.items() if (outside[key[0]] is True) is filled]
        places = [cells.middle(*key) for key, _ in kept]
        sizes = [max(6.0, 19.0 * (n / most) ** 0.5) for _, n in kept]
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
        Row(r.label, r.count, f"{r.count} sur {found.n}", special=r.contradicted,
            hollow=r.count if r.code in ("none", NOT_GIVEN) else 0)
        for r in known.itertuples()
    ]  # fmt: skip
    values = listing([f"{row.label}, {row.value}" for row in rows])
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
    key = [("dot", "un lieu"), ("accent", "contredit par la source"), ("hollow", "sans preuve")]
    return chart(
        material, name, caption, picture=Picture(drawing(rows, salt=name, key=key)), data=data
    )


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
