"""Draft map of the actors: kinds that act together, and those that nobody names, as questions."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import pandas as pd

from dts_research.analysis import acting_together as study
from dts_research.analysis.acting_together import Together
from dts_research.analysis.portrait import labels
from dts_research.display import blocks, door, style
from dts_research.display.blocks import Block
from dts_research.display.canvas import Canvas, canvas, key_line
from dts_research.display.captions import Caption, frame, no_sheet, nothing, unsaid
from dts_research.display.markup_boards import DRAFT
from dts_research.display.pictures import Picture, chart
from dts_research.display.several import Blocks
from dts_research.display.style import agree, listing, many
from dts_research.workbook.material import Material

NAME = "carte-des-acteurs"
# Kinds of actors asked after one by one; more are said in one sentence.
FEW = 8
LIMITS = (
    " Ce brouillon laisse de côté les structures porteuses, qui sont de toutes les expériences, et "
    "ce que chacun y fait. Il ne permet pas de dire que deux acteurs se parlent, ni que ceux "
    "d'aucune fiche ne font rien ici."
)


def actors(material: Material) -> Blocks:
    """Kinds of actors that act in the same experiences, then those that no sheet names."""
    experiences = door.rows(material, "experiences")
    found = study.together(
        door.rows(material, "experience_actors"), door.rows(material, "actors"),
        door.rows(material, "authority_events"), experiences,
    )  # fmt: skip
    if not found.met and not found.told:
        text = no_sheet(material) if experiences.empty else "Aucune fiche ne nomme d'acteur."
        return Blocks((nothing(NAME, "Personne encore à poser sur une carte des acteurs", text),))
    parts = (_chart(material, found), _absent(material, found))
    return Blocks(tuple(part for part in parts if part))


def _chart(material: Material, found: Together) -> Block:
    act = agree(len(found.met), "agit", "agissent")
    message = f"{many(len(found.met), 'sorte d’acteur', 'sortes d’acteurs')} {act} ici"
    message += f", {len(found.absent)} ne sont nommées nulle part" * (len(found.absent) > 1)
    pairs = many(len(found.pairs), "trait relie", "traits relient")
    left = many(len(found.absent), "point est vide", "points sont vides")
    caption = Caption(
        message,
        f"{DRAFT} · qui agit avec qui",
        f"Carte en cercle : un point par sorte d'acteur. {message}. {pairs} celles qu'une même "
        f"fiche nomme ; {left}, faute de fiche.",
        "Un trait relie deux sortes d'acteurs nommées par une même fiche, plus épais quand il y a "
        "plus de fiches ; entre parenthèses, le nombre de fiches. L'ordre est celui de la liste."
        + unsaid(found.silent, found.n, "ne nomme pas d'acteur", "ne nomment pas d'acteur")
        + LIMITS,
        "acteurs des fiches et faits des collectivités",
    )
    picture = Picture(_drawing(found, style.FULL), wide=_drawing(found, style.WIDE))
    return chart(material, NAME, caption, picture=picture, data=_data(found))


def _data(found: Together) -> pd.DataFrame:
    names = labels("actor_types")
    lines = [(names[a], names[b], count) for (a, b), count in found.pairs.items()]
    linked = {kind for pair in found.pairs for kind in pair}
    lines += [
        (names[k], "avec personne d'autre", n) for k, n in found.met.items() if k not in linked
    ]
    lines += [(names[k], "par un fait daté seulement", 0) for k in found.told]
    lines += [(names[k], "nulle part : qui est-ce, ici ?", 0) for k in found.absent]
    heads = ("Sorte d'acteur", "Agit avec, ou se rencontre", "Nombre de fiches")
    return frame({head: [line[x] for line in lines] for x, head in enumerate(heads)})  # fmt: skip


@dataclass(frozen=True)
class _Circle:
    """Places around a ring, at even heights on both sides so that no name covers another."""

    kinds: tuple[str, ...]
    x: float
    y: float
    wide: float
    high: float

    def place(self, kind: str) -> tuple[float, float]:
        """Where a kind stands: down the right side, then up the left one."""
        right = (len(self.kinds) + 1) // 2
        rank = self.kinds.index(kind)
        side, count = (1, right) if rank < right else (-1, len(self.kinds) - right)
        row = rank if rank < right else len(self.kinds) - 1 - rank
        height = 2 * (row + 0.5) / count - 1
        return self.x + side * self.wide * sqrt(1.02 - height**2), self.y + self.high * height


def _drawing(found: Together, width: float) -> str:
    kinds = tuple(k for k in labels("actor_types") if k in found.met or k in found.told
                  or k in found.absent)  # fmt: skip
    wide = width == style.WIDE
    high = max(150.0, 12.0 * len(kinds) if wide else 14.0 * len(kinds))
    ring = _Circle(kinds, width / 2, 24 + high / 2, 140 if wide else 105, high / 2)
    with canvas(high + 30, width=width, least=style.LETTERS if wide else 0.0) as sheet:
        keys = [("dot", "nommé par des fiches"), ("apart", "par un fait daté seulement")]
        keys = [key for key in keys if key[0] == "dot" or found.told]
        key_line(sheet, 0, 8, [*keys, ("hollow", "nommé nulle part : qui est-ce, ici ?")])
        for (a, b), count in found.pairs.items():
            (x, y), (u, v) = ring.place(a), ring.place(b)
            color = style.LINE if count < 3 else style.EDGE
            sheet.line([x, u], [y, v], color=color, thick=min(4.0, 0.5 + 0.5 * count))
        for kind in kinds:
            _kind(sheet, found, ring, kind)
        return sheet.svg()


def _kind(sheet: Canvas, found: Together, ring: _Circle, kind: str) -> None:
    x, y = ring.place(kind)
    count, name = found.met.get(kind, 0), labels("actor_types")[kind]
    if count:
        sheet.marks([x], [y], size=9)
    elif kind in found.told:
        sheet.marks(
            [x], [y], shape="diamond", size=8, color=style.PAPER, edge=style.HERE, thick=1.5
        )
    else:
        sheet.marks([x], [y], size=9, color=style.PAPER, edge=style.GREY)
    told = f"{name} ({count})" if count else name if kind in found.told else f"{name} ?"
    side = "left" if x >= ring.x else "right"
    shift = 9 if side == "left" else -9
    color = style.INK if count else style.GREY
    sheet.text(x + shift, y + 3.2, told, size=9, align=side, color=color)


def _absent(material: Material, found: Together) -> Block | None:
    """Kinds that no sheet names: a question each, never a reproach."""
    if not found.absent:
        return None
    names = [labels("actor_types")[kind] for kind in found.absent]
    whole = door.whole(material, "experiences", "experience_actors", "authority_events")
    told = "" if whole else "Une fiche que ce public ne lit pas en nomme peut-être."
    return blocks.callout(
        id="acteurs-absents", tone="inconnu",
        title="Qui n'est dans aucune fiche : sans objet ici, ou pas encore raconté ?",
        text=f"{told} {listing(names)}.".strip() if len(names) > FEW else told,
        items=[f"{name} ?" for name in names] if len(names) <= FEW else [],
    )  # fmt: skip
