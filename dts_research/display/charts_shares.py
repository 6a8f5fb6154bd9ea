"""Chart of the share of experiences that name each obstacle, with what chance alone may change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from dts_research.analysis import portrait
from dts_research.analysis.intervals import FEWEST, Share, wilson
from dts_research.analysis.result import NOT_GIVEN, Result
from dts_research.display import door, style
from dts_research.display.blocks import Block
from dts_research.display.canvas import Canvas, canvas
from dts_research.display.captions import Caption, frame, no_sheet, nothing, unsaid
from dts_research.display.pictures import Picture, chart
from dts_research.display.rows_of_marks import Row, drawing
from dts_research.display.style import agree, french_number, heard, many
from dts_research.workbook.material import Material

NAME = "freins-part-des-fiches"
LEFT, LONG, HIGH = 96.0, 224.0, 27.0


@dataclass(frozen=True)
class _Named:
    """One obstacle, its share here, and elsewhere when there is an elsewhere."""

    label: str
    here: Share
    there: Share | None

    def told(self, noun: str = "") -> str:
        """Count over total: « 3 sur 7 »."""
        count = many(self.here.count, noun) if noun else str(self.here.count)
        return f"{count} sur {self.here.n}"


def obstacle_shares(material: Material) -> Block:
    """Share of the experiences that name each type of obstacle; under ten sheets, counts alone."""
    here = portrait.obstacles_and_levers(door.rows(material, "experiences"))
    answered = here.n - here.missing
    if not answered:
        text = "Aucune fiche ne nomme de frein ni de levier." if here.n else no_sheet(material)
        return nothing(NAME, "Aucun frein à compter", text)
    named, there = _shares(material, here)
    few = answered < FEWEST
    message = _message(named, answered)
    values = heard((one.label, f"{one.told()}{'' if few else _span(one)}") for one in named)
    kind = "Rangées de points" if few else "Points et intervalles"
    caption = Caption(
        message,
        f"{'Fiches' if few else 'Part des fiches'} qui nomment un frein de chaque type",
        f"{kind}, une rangée par type de frein. {message}. {values}.",
        _reading(few)
        + unsaid(here.missing, here.n, "ne nomme ni frein ni levier et n'est pas comptée",
                 "ne nomment ni frein ni levier et ne sont pas comptées"),
    )  # fmt: skip
    svg = _counts(named) if few else _intervals(named, there)
    picture = Picture(svg, case="none" if few else "")
    return chart(material, NAME, caption, picture=picture, data=_data(named, few))


def _shares(material: Material, here: Result) -> tuple[list[_Named], str]:
    """Shares here and in what the territory is set beside, and the name of the latter."""
    everywhere, there = door.beside(material)
    wide = portrait.obstacles_and_levers(everywhere)
    compared = not material.whole_network and wide.n > here.n
    counts = dict(zip(wide.table["code"], wide.table["obstacles"]))
    answered, total = here.n - here.missing, wide.n - wide.missing
    named = [
        _Named(r.label, wilson(int(r.obstacles), answered),
               wilson(int(counts[r.code]), total) if compared and total else None)
        for r in here.table.itertuples()
        if r.code != NOT_GIVEN
    ]  # fmt: skip
    return named, there


def _message(named: Sequence[_Named], answered: int) -> str:
    if answered < FEWEST:
        met = sum(one.here.count > 0 for one in named)
        sheets = agree(answered, "La seule fiche nomme", f"Les {answered} fiches nomment")
        return f"{sheets} {many(met, 'type de frein', 'types de freins')} sur {len(named)}"
    half = max((one.here.high - one.here.low) / 2 for one in named)
    return (
        f"Avec {many(answered, 'fiche')}, chaque part n'est connue "
        f"qu'à {french_number(100 * half)} points près"
    )


def _span(one: _Named) -> str:
    return f", de {french_number(100 * one.here.low)} à {french_number(100 * one.here.high)} %"


def _reading(few: bool) -> str:
    if few:
        return f"Un point est une fiche. Sous {FEWEST} fiches, aucune part n'est calculée."
    return (
        "Le point est la part observée ; la barre pâle, l'intervalle de Wilson à 95 % : ce que le "
        "hasard seul pourrait changer si ces fiches étaient tirées d'un ensemble plus grand. "
        "Elles ne sont pas tirées au sort : qui a écrit compte autant. Quand deux barres se "
        "recouvrent, rien ne dit qu'un frein soit plus fréquent que l'autre."
    )


def _data(named: Sequence[_Named], few: bool) -> pd.DataFrame:
    columns: dict[str, list[object]] = {
        "Type de frein": [one.label for one in named],
        "Fiches": [one.here.count for one in named],
        "Sur": [one.here.n for one in named],
    }
    if not few:
        columns["Part (%)"] = [round(100 * one.here.share) for one in named]
        columns["De (%)"] = [round(100 * one.here.low) for one in named]
        columns["À (%)"] = [round(100 * one.here.high) for one in named]
    return frame(columns)


def _counts(named: Sequence[_Named]) -> str:
    rows = [
        Row(one.label, one.here.count, one.told("" if i else "fiche"))
        for i, one in enumerate(named)
    ]
    return drawing(rows)


def _intervals(named: Sequence[_Named], there: str) -> str:
    """One row each: the interval pale, the share above it, the comparison as a thin line."""
    with canvas(24 + HIGH * len(named)) as sheet:
        bottom = 20 + HIGH * len(named)
        for share, words in ((0.0, "0 %"), (0.5, "50 %"), (1.0, "100 %")):
            x = LEFT + LONG * share
            sheet.line([x, x], [16, bottom], color=style.EDGE if not share else style.PALE)
            sheet.text(x, 11, words, size=8.5, color=style.GREY, align="center")
        for i, one in enumerate(named):
            _row(sheet, one, there, 20 + HIGH * (i + 0.5), first=not i)
        return sheet.svg()


def _row(sheet: Canvas, one: _Named, there: str, y: float, *, first: bool) -> None:
    here, end = one.here, LEFT + LONG + 12
    sheet.text(LEFT - 9, y + 3.5, one.label, align="right")
    sheet.bar(LEFT + LONG * here.low, y - 4.5, LONG * (here.high - here.low), 9, color=style.LINE)
    sheet.marks([LEFT + LONG * here.share], [y], size=8)
    words = f"{one.told('fiche' if first else '')}{_span(one)}"
    sheet.text(end, y - 1.5 if one.there else y + 3.5, words, bold=True, size=9.5)
    if one.there:
        x = LEFT + LONG * one.there.share
        sheet.line([x, x], [y - 8, y + 8], color=style.INK, thick=1.2)
        mark = f"{there} (trait)" if first else there
        beside = f"{mark} : {one.there.count} sur {one.there.n}"
        sheet.text(end, y + 9, beside, size=8.5, color=style.GREY)
