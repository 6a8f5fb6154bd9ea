"""A territory beside itself: each indicator through time, cut where the series breaks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from dts_research.analysis.together import value_of
from dts_research.analysis.trajectory import KNOWN, Trajectory, of_values
from dts_research.display import door, style
from dts_research.display.blocks import Block
from dts_research.display.canvas import Canvas, canvas
from dts_research.display.captions import Caption, frame, nothing
from dts_research.display.compared import amount, one_of, produced
from dts_research.display.lettering import wrap
from dts_research.display.pictures import Picture, chart
from dts_research.display.style import heard, listing, many
from dts_research.workbook.comparing import Comparison

NAME = "trajectoire"
# Panels in a row, and how many are drawn; the others are in the table.
ACROSS, MOST = 3, 12
WIDE, HIGH, GAP = 148.0, 112.0, 17.0
# On a screen: most rows of panels.
ROWS = 3
SMALL, FLAT = 8.5, 0.2
# Periods that can be set on an axis: a year, or a month.
DATED = r"\d{4}(-\d{2})?$"
READING = (
    "Chaque cadre a sa propre échelle : une pente ne se compare pas d'un cadre à l'autre, et ce "
    "qui change peu y paraît presque plat. Un trait "
    "s'interrompt là où la source, la définition ou le périmètre change : rien ne se lit à travers."
)


@dataclass(frozen=True)
class _Path:
    """One indicator of the territory through time."""

    code: str
    label: str
    unit: str
    path: Trajectory
    states: dict[str, str]

    @property
    def known(self) -> pd.DataFrame:
        """Periods whose value is known."""
        return self.path.table[self.path.table["state"] == KNOWN]

    def told(self) -> str:
        """From its first value to its last, within the last stretch."""
        last = self.path.latest
        if last is None:
            return "rien ne se compare d'une période à l'autre"
        one, two = self.known.set_index("period")["value"].loc[[last.first, last.last]]
        return f"{amount(one, '')} en {last.first}, {amount(two, self.unit)} en {last.last}"


def trajectory(comparison: Comparison) -> Block:
    """The territory beside itself, before any other: one panel per indicator."""
    paths = _paths(comparison)
    if not paths:
        name = door.words(comparison.material.territory.label)
        text = f"Aucun indicateur de {name} n'est connu à deux périodes."
        return nothing(NAME, "Aucune évolution à montrer", text)
    shown = paths[:MOST]
    told = heard((one.label, one.told()) for one in shown)
    message = (
        f"{many(len(paths), 'indicateur se suit', 'indicateurs se suivent')} dans le temps, "
        "sur ce seul territoire"
    )
    left = len(paths) - len(shown)
    more = f" {many(left, 'autre est', 'autres sont')} dans les données." if left else ""
    caption = Caption(
        message,
        "Valeurs du territoire, période par période",
        f"Petites courbes, un cadre par indicateur. {message}. {told}.",
        READING + _not_covered(paths) + more,
        produced(comparison, [one.code for one in paths]),
        period=_span(paths),
    )
    screen = _drawn(shown, screen=True) if len(shown) > ACROSS else ""
    picture = Picture(_drawn(shown), wide=screen)
    return chart(comparison.material, NAME, caption, picture=picture, data=_data(paths))


def _paths(comparison: Comparison) -> list[_Path]:
    mine = comparison.observations
    mine = mine[mine["territory_id"] == comparison.here]
    found = []
    for code in comparison.indicators["indicator_id"]:
        rows = mine[mine["indicator_id"] == code].drop_duplicates("period", keep="last")
        rows = rows[rows["period"].astype("str").str.match(DATED)].sort_values("period")
        states = dict(zip(rows["period"], map(str, rows["state"])))
        path = of_values(list(rows["period"]), [value_of(r) for r in rows.itertuples()],
                         breaks=comparison.breaks(code))  # fmt: skip
        label = door.words(comparison.label(code))
        one = _Path(code, label, comparison.unit(code), path, states)
        found += [one] if len(one.known) > 1 else []
    return found


def _not_covered(paths: Sequence[_Path]) -> str:
    """Say since when a source covers the territory, where it says that it did not before."""
    told = [
        f"{one.label} avant {one.known['period'].iloc[0]}"
        for one in paths
        if "not_applicable" in [one.states[p] for p in one.path.table["period"].iloc[:1]]
    ]
    return f" Sans objet, la source ne le couvrant pas encore : {listing(told)}." if told else ""


def _span(paths: Sequence[_Path]) -> str:
    years = sorted({str(period)[:4] for one in paths for period in one.known["period"]})
    return f"{years[0]}–{years[-1]}"


def _data(paths: Sequence[_Path]) -> pd.DataFrame:
    rows = [
        (one.label, r.period, one_of(r.value, one.states[r.period]), one.unit or "—",
         "oui" if r.period in one.path.breaks else "non")
        for one in paths
        for r in one.path.table.itertuples()
    ]  # fmt: skip
    heads = ("Indicateur", "Période", "Valeur", "Unité", "Rupture à partir d'ici")
    return frame(dict(zip(heads, zip(*rows), strict=True)))


def _drawn(shown: Sequence[_Path], *, screen: bool = False) -> str:
    """Panels in rows; on a screen, fewer rows and larger letters."""
    across = min(-(-len(shown) // ROWS) if screen else ACROSS, len(shown))
    width = style.WIDE if screen else style.FULL
    wide = (width + GAP) / across - GAP if screen else WIDE
    high = style.TALLEST / ROWS - GAP if screen else HIGH
    rows = -(-len(shown) // across)
    with canvas((high + GAP) * rows, width=width, least=style.LETTERS if screen else 0) as sheet:
        for rank, one in enumerate(shown):
            x, y = (rank % across) * (wide + GAP), (rank // across) * (high + GAP)
            _panel(sheet, one, (x, y), (wide, high))
        return sheet.svg()


def _moment(period: str) -> float:
    """A period as a year: « 2021-07 » stands in the middle of 2021."""
    year, _, month = period[:7].partition("-")
    return float(year) + ((int(month) - 1) / 12 if month.isdigit() else 0.0)


def stretches(table: pd.DataFrame) -> list[pd.DataFrame]:
    """Periods that follow one another without a break nor a missing value."""
    known = table["state"] == KNOWN
    apart = (~known).cumsum() + table["stretch"] * (len(table) + 1)
    return [part for _, part in table[known].groupby(apart[known], sort=False)]


def _range(values: pd.Series) -> tuple[float, float]:
    """Scale of a panel: a change of less than a tenth does not fill its height."""
    low, high = float(values.min()), float(values.max())
    least = FLAT * abs(low + high) / 2
    if high - low >= least:
        return low, high
    middle = (low + high) / 2
    return middle - least / 2, middle + least / 2


def _panel(
    sheet: Canvas, one: _Path, corner: tuple[float, float], size: tuple[float, float]
) -> None:
    """Its name, its stretches, its first and last values."""
    (left, top), (wide, high) = corner, size
    words = wrap(one.label, wide, sheet.size(9.5), bold=True, most=2)
    sheet.lines(left, top + 12, words, size=9.5, bold=True)
    periods, least, most = list(one.path.table["period"]), *_range(one.known["value"])
    floor, roof = top + high - 14, top + 46
    days = [_moment(period) for period in periods]
    first, span = days[0], (days[-1] - days[0]) or 1.0

    def x(period: str) -> float:
        return left + 12 + (wide - 40) * (_moment(period) - first) / span

    def y(value: float) -> float:
        return floor - (floor - roof) * ((value - least) / (most - least) if most > least else 0.5)

    for cut in one.path.breaks:
        after = next(rank for rank, period in enumerate(periods) if period >= cut)
        middle = (x(periods[after]) + x(periods[after - 1])) / 2
        sheet.line([middle] * 2, [roof - 6, floor + 4], color=style.GREY, dashed=True)
    for part in stretches(one.path.table):
        xs, ys = [x(p) for p in part["period"]], [y(v) for v in part["value"]]
        sheet.line(xs, ys, color=style.HERE, thick=1.6)
        sheet.marks(xs, ys, size=5 if len(xs) > 12 else 6)
    _ends(sheet, one, (x, y), floor)


def _ends(
    sheet: Canvas, one: _Path,
    scales: tuple[Callable[[str], float], Callable[[float], float]], floor: float,
) -> None:  # fmt: skip
    """First and last values of a panel, and their periods under them."""
    for place, align, shift in ((0, "left", -6), (-1, "right", 6)):
        r = one.known.iloc[place]
        at = scales[0](r["period"]) + shift
        value, y = amount(r["value"], ""), scales[1](r["value"]) - 8
        sheet.text(at, y, value, size=SMALL, bold=True, align=align)
        sheet.text(at, floor + 14, str(r["period"]), size=SMALL, color=style.GREY, align=align)
