"""Charts of partners, and of what the places of the experiences rest upon."""

from __future__ import annotations

from dts_research.analysis import partners as study
from dts_research.analysis import places
from dts_research.analysis.portrait import labels
from dts_research.analysis.result import NOT_GIVEN
from dts_research.display import door, style
from dts_research.display.blocks import Block
from dts_research.display.canvas import canvas, key_line
from dts_research.display.captions import Caption, chart, frame, no_sheet, nothing, unsaid
from dts_research.display.lettering import wrap
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
    return chart(material, name, caption, svg=_grid(found, name), data=data)


def _partners_message(outside: int, total: int) -> str:
    if not outside:
        return "Aucun acteur ne vient de l'extérieur du réseau"
    if outside == total > 1:
        return f"Les {total} acteurs viennent tous de l'extérieur du réseau"
    come = agree(outside, "vient", "viennent")
    return f"{many(outside, 'acteur')} sur {total} {come} de l'extérieur du réseau"


def _place(outside: bool | None) -> str:
    return "selon les cas" if outside is None else "oui" if outside else "non"


def _grid(found: study.Partners, salt: str) -> str:
    roles = [r for r in labels("actor_roles") if r in set(found.table["role"])]
    names = labels("actor_roles")
    left, head = 172.0, 58.0
    wide = min(74.0, (style.FULL - left) / len(roles))
    cells = {(r.type, r.role): int(r.experiences) for r in found.table.itertuples()}
    outside = dict(zip(found.by_type["type"], found.by_type["outside"]))
    most = max(cells.values())
    tall = 23.0
    with canvas(head + tall * len(outside) + 4) as sheet:
        keys = [("dot", "hors du réseau"), ("hollow", "dans le réseau, ou selon les cas")]
        key_line(sheet, left, 7, keys)
        for j, role in enumerate(roles):
            lines = wrap(names[role], wide - 6, SMALL)
            for k, line in enumerate(lines):
                y = head - 8 - 11 * (len(lines) - 1 - k)
                sheet.text(left + wide * (j + 0.5), y, line, size=SMALL, align="center")
        circles: dict[bool, list[tuple[float, float, float]]] = {}
        for i, (kind, label) in enumerate(zip(found.by_type["type"], found.by_type["label"])):
            y = head + tall * (i + 0.5)
            sheet.line([0, left + wide * len(roles)], [y + tall / 2] * 2, color=style.PALE)
            sheet.lines(left - 10, y, wrap(label, left - 14, SMALL), size=SMALL, align="right")
            for j, role in enumerate(roles):
                count = cells.get((kind, role), 0)
                if count:
                    x, size = left + wide * (j + 0.5), 19.0 * (count / most) ** 0.5
                    circles.setdefault(outside[kind] is True, []).append((x - 6, y, size))
                    sheet.text(x + 7, y + 3.2, str(count), size=SMALL, bold=True)
        for filled, places in circles.items():
            xs, ys, sizes = zip(*places)
            color, edge = (style.HERE, style.PAPER) if filled else (style.PAPER, style.INK)
            sheet.marks(xs, ys, size=[max(6.0, s) for s in sizes], color=color, edge=edge)
        return sheet.svg(salt)


def evidence_of_place(material: Material) -> Block:
    """What the place of each experience rests upon, and where a source contradicts it."""
    name = "preuves-de-lieu"
    experiences = door.rows(material, "experiences")
    found = places.evidence(door.rows(material, "experience_places"), experiences)
    if not found.n:
        text = "Aucun lieu n'est renseigné." if len(experiences) else no_sheet(material)
        return nothing(name, "Aucun lieu à justifier", text)
    doubted = int(found.table["contradicted"].sum())
    message = (
        f"La source contredit {many(doubted, 'lieu', 'lieux')} sur {found.n}"
        if doubted
        else f"Aucune source ne contredit {agree(found.n, 'le lieu retenu', 'les lieux retenus')}"
    )
    away = len(door.elsewhere(material))
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
        + (f" {many(away, 'autre lieu', 'autres lieux')} que la source dit ici : retenus ailleurs, "
           "voir l'annexe." if away else ""),
        "lieux des fiches d'expérience",
    )  # fmt: skip
    data = frame({"Preuve": known["label"], "Lieux": known["count"],
                  "Contredits par la source": known["contradicted"]})  # fmt: skip
    key = [("dot", "un lieu"), ("accent", "contredit par la source"), ("hollow", "sans preuve")]
    return chart(material, name, caption, svg=drawing(rows, salt=name, key=key), data=data)


