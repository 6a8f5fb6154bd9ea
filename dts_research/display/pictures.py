"""A drawing, its words, its questions and the table behind it, put into one block."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dts_research.display import blocks
from dts_research.display.blocks import Block
from dts_research.display.captions import Caption, cells, short, source, subtitle
from dts_research.display.charts_questions import questions
from dts_research.workbook.material import Material


@dataclass(frozen=True)
class Picture:
    """What is drawn.

    Parameters
    ----------
    svg
        The drawing, for a page.
    wide
        The same figure for a screen or a wall, where the first is too tall for them.
    half
        Small enough to take half the width of a page.
    card
        Keep the colours as they are on a white card (maps).
    case
        What makes the questions differ: « one », « none », « part »; see `charts_questions`.
    """

    svg: str
    wide: str = ""
    half: bool = False
    card: bool = False
    case: str = ""


def chart(
    material: Material, name: str, caption: Caption, *, picture: Picture, data: pd.DataFrame
) -> Block:
    """Make the block of a figure.

    Parameters
    ----------
    name
        Stable French identifier of the figure.
    data
        Table behind the figure; heads are its column names.
    """
    also = {"wide": picture.wide} if picture.wide else {}
    return blocks.chart(
        id=name,
        title=short(caption.message),
        subtitle=subtitle(material, caption),
        alt=caption.alt,
        source=source(material, caption.produced),
        reading=caption.reading,
        svg=picture.svg,
        width="half" if picture.half else "full",
        scale_card=picture.card,
        data={"caption": caption.measure, "columns": list(data.columns), "rows": cells(data)},
        questions=questions(name, picture.case, "network" if material.whole_network else ""),
        **also,
    )
