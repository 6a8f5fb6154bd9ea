"""The same offer under three denominators, side by side: the reading may flip."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

import pandas as pd

from dts_research.analysis.equipment import DENOMINATORS, Equipment, Flip, equipment, flip
from dts_research.analysis.together import standing
from dts_research.display import door
from dts_research.display.beside import Line, drawn
from dts_research.display.blocks import Block
from dts_research.display.captions import Caption, frame, nothing
from dts_research.display.compared import TOTALS, of_period, one_of, produced, together_of
from dts_research.display.pictures import Picture, chart
from dts_research.display.style import heard, listing
from dts_research.schema.catalogue import plain
from dts_research.workbook.comparing import Comparison

NAME = "trois-denominateurs"
NONE = "Aucune offre à rapporter"
# What each denominator is called, and how its indicator is known: its identifier, or its name
# where it counts people or homes.
WORDS = {
    "job_seekers": ("demandeurs d'emploi", "demandeurs_emploi", r"^demandeurs d.?emploi"),
    "active_population": ("actifs", "actifs_15_64", r"^(actifs|population active)"),
    "minimum_income": ("foyers allocataires du RSA", "allocataires_rsa", r"allocataires du rsa"),
}
READING = (
    "Trois façons de rapporter la même offre, côte à côte, parce que la lecture peut s'inverser de "
    "l'une à l'autre : aucune n'est la bonne à elle seule. Chaque ligne a sa propre échelle."
)


def equipment_rates(comparison: Comparison, *, count: str) -> Block:
    """What is counted over job-seekers, active people and recipients of the minimum income.

    Parameters
    ----------
    count
        Identifier of the indicator that counts jobs or people in work integration.
    """
    together = together_of(comparison)
    if count not in together.values:
        text = "La comparaison ne contient pas l'indicateur à rapporter aux trois dénominateurs."
        return nothing(NAME, NONE, text)
    period = together.periods[count]
    under = {name: of_period(comparison, code, period) for name, code in _codes(comparison).items()}
    found = equipment(
        list(together.values.index), together.values[count],
        {name: values for name, (values, _) in under.items()},
    )  # fmt: skip
    lines = _lines(comparison, found, {name: told for name, (_, told) in under.items()})
    shown = [line for line in lines if not math.isnan(line.here.value)]
    if not shown:
        return nothing(NAME, NONE, _absent(found) or "Rien n'est connu ici.")
    caption = _caption(comparison, count, found, shown)
    return chart(comparison.material, NAME, caption, picture=Picture(drawn(shown)),
                 data=_data(found, lines))  # fmt: skip


def _caption(
    comparison: Comparison, count: str, found: Equipment, shown: Sequence[Line]
) -> Caption:
    turned = flip(found, comparison.here)
    message = _message(turned)
    told = heard((line.label, line.told(line.here.value)) for line in shown)
    return Caption(
        message,
        f"{door.words(comparison.label(count))}, rapportés à trois dénominateurs",
        f"Une ligne par dénominateur. {message}. {told}.",
        " ".join(filter(None, (_flipped(turned), READING, _absent(found)))),
        produced(comparison, (count, *_codes(comparison).values())),
        period=together_of(comparison).periods[count],
    )


def _data(found: Equipment, lines: Sequence[Line]) -> pd.DataFrame:
    return frame({
        "Dénominateur": [line.label for line in lines],
        "Ici, pour 1 000": [one_of(line.here.value, "not_given") for line in lines],
        "Médiane du groupe": [one_of(line.here.middle, "not_applicable") for line in lines],
        "Ensemble du groupe": [one_of(found.reference[line.indicator], "not_given")
                               for line in lines],
        "Autres territoires connus": [line.here.n for line in lines],
    })  # fmt: skip


def _codes(comparison: Comparison) -> dict[str, str]:
    """Denominator -> identifier of the indicator that holds it."""
    known = together_of(comparison).values
    names = {code: plain(comparison.label(code)) for code in known}
    found: dict[str, str] = {}
    totals = [code for code in known if comparison.unit(code) in TOTALS]
    for name, (_, usual, pattern) in WORDS.items():
        named = [code for code in totals if re.search(pattern, names[code])]
        chosen = usual if usual in known else next(iter(named), "")
        found |= {name: chosen} if chosen else {}
    return found


def _lines(comparison: Comparison, found: Equipment, periods: Mapping[str, str]) -> list[Line]:
    rates = found.table.set_index("unit")
    return [
        Line(name, f"Pour 1 000 {WORDS[name][0]}", "", periods[name],
             standing(rates[name], comparison.here))
        for name in found.given
    ]  # fmt: skip


def _message(found: Flip) -> str:
    if found.flips:
        return "La lecture s'inverse selon le dénominateur"
    if not found.higher and not found.lower:
        return "Le même nombre, rapporté à trois dénominateurs"
    side = "au-dessus" if found.higher else "au-dessous"
    return f"Rapporté à ce que l'on connaît, le nombre est {side} de l'ensemble du groupe"


def _flipped(found: Flip) -> str:
    """Say under which denominators there is more, and under which there is less."""
    if not found.flips:
        return ""
    over, under = (_named(names) for names in (found.higher, found.lower))
    return f"Au-dessus de l'ensemble du groupe pour {over}, au-dessous pour {under}."


def _named(names: tuple[str, ...]) -> str:
    return listing([f"les {WORDS[name][0]}" for name in names])


def _absent(found: Equipment) -> str:
    if not found.absent:
        return ""
    missing = listing([WORDS[name][0] for name in DENOMINATORS if name in found.absent], last="ni")
    return f"Aucun tableau reçu ne dit : {missing}."
