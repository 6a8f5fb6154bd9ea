"""A territory beside others, indicator by indicator: where they are, never who comes first."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from dts_research.analysis.together import FEWEST, standing
from dts_research.display import door
from dts_research.display.beside import Line, drawn, for_screen
from dts_research.display.blocks import Block
from dts_research.display.captions import Caption, frame, nothing
from dts_research.display.compared import (
    NO_PERIOD,
    like,
    one_of,
    periods_told,
    produced,
    together_of,
)
from dts_research.display.pictures import Picture, chart
from dts_research.display.style import agree, heard, many
from dts_research.workbook.comparing import Comparison

NAME = "profil"


def profile(comparison: Comparison) -> Block:
    """Each indicator on a line of its own: the others' middle half, and the territory's point."""
    lines = lines_of(comparison)
    shown = [line for line in lines if not math.isnan(line.here.value)]
    if not shown:
        name = door.words(comparison.material.territory.label)
        text = f"Aucune valeur n'est connue pour {name} à la période demandée."
        return nothing(NAME, "Aucun profil à montrer", text)
    message = _message(shown)
    told = heard(
        (f"{line.label} ({line.period or NO_PERIOD})", line.told(line.here.value)) for line in shown
    )
    caption = Caption(
        message,
        f"Valeur du territoire et moitié centrale du groupe ({comparison.group})",
        f"Une ligne par indicateur, chacune à sa propre échelle. {message}. {told}.",
        _reading(comparison, lines, shown),
        produced(comparison, [line.indicator for line in shown]),
        period=periods_told(comparison, [line.indicator for line in shown]),
    )
    picture = Picture(drawn(shown), wide=for_screen(shown))
    return chart(comparison.material, NAME, caption, picture=picture,
                 data=_data(comparison, lines))  # fmt: skip


def lines_of(comparison: Comparison) -> list[Line]:
    """Each indicator that tells what a place is like, with the territory beside the others."""
    together = together_of(comparison)
    return [
        Line(code, door.words(comparison.label(code)), comparison.unit(code),
              together.periods[code], standing(together.values[code], comparison.here))
        for code in like(comparison)
    ]  # fmt: skip


def _message(shown: Sequence[Line]) -> str:
    placed = [line for line in shown if line.here.where]
    inside = sum(line.here.where == "inside" for line in placed)
    if not placed:
        return f"{many(len(shown), 'valeur')}, sans assez de territoires pour un groupe"
    verb = agree(inside, "est", "sont")
    return (
        f"{inside} {agree(inside, 'valeur')} sur {len(placed)} {verb} dans la moitié centrale "
        "du groupe"
    )


def _reading(comparison: Comparison, lines: Sequence[Line], shown: Sequence[Line]) -> str:
    first = next((line for line in shown if line.here.where), None)
    words = "Chaque ligne a sa propre échelle, du plus bas au plus haut du groupe. "
    if first:
        words += (
            f"« {first.label} » : {first.told(first.here.value)} ici ; la moitié des autres va de "
            f"{first.told(first.here.low)} à {first.told(first.here.high)} (bande pâle). "
        )
    words += "Être hors de la bande n'est ni bien ni mal : c'est une question à poser. "
    left = len(lines) - len(shown)
    if left:
        words += f"{many(left, 'indicateur')} sans valeur ici : voir les données. "
    counts = sorted({line.here.n for line in shown})
    if len(counts) > 1:
        words += f"De {counts[0]} à {counts[-1]} autres territoires connus selon l'indicateur. "
    few = [line for line in shown if line.here.n < FEWEST]
    if few:
        words += f"Sous {FEWEST} territoires connus, aucune bande n'est dessinée. "
    return words.strip()


def _data(comparison: Comparison, lines: Sequence[Line]) -> pd.DataFrame:
    together, here = together_of(comparison), comparison.here
    return frame({
        "Indicateur": [line.label for line in lines],
        "Période": [line.period or NO_PERIOD for line in lines],
        "Unité": [line.unit or "—" for line in lines],
        "Ici": [one_of(line.here.value, str(together.states.loc[here, line.indicator]))
                for line in lines],
        "Premier quartile": [one_of(line.here.low, "not_applicable") for line in lines],
        "Médiane": [one_of(line.here.middle, "not_applicable") for line in lines],
        "Troisième quartile": [one_of(line.here.high, "not_applicable") for line in lines],
        "Territoires connus": [line.here.n for line in lines],
    })  # fmt: skip
