"""What a funnel says in words: plain ones first, then the figures."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dts_research.analysis.funnel import ABOVE, BELOW, LEVELS, Funnel, column
from dts_research.analysis.funnel_limits import poisson_limits
from dts_research.display import door
from dts_research.display.style import french_number, many
from dts_research.workbook.comparing import Comparison

# What the curves hold, said of territories: of the same size, varying by chance or as these do.
CURVES = (
    "95 territoires sur 100 seraient entre les courbes tiretées, 998 sur 1 000 entre les pleines"
)
PLAIN = (
    "Un petit territoire varie beaucoup par le seul hasard, un grand très peu : d'où la forme "
    f"d'entonnoir. Si le hasard jouait seul, {CURVES}. Entre les courbes, un écart ne demande pas "
    "d'explication. "
)
SHRUNK = (
    "Dans les données, une dernière colonne donne un taux plus prudent : celui d'un petit "
    "territoire y est ramené vers celui du groupe, parce que quelques personnes de plus ou de "
    "moins suffisent à le changer."
)
BEYOND = (
    "Écart plus grand que ce que le hasard explique d'habitude avec ces effectifs. À comprendre "
    "ensemble : contexte, définition, collecte, pratique ?"
)


@dataclass(frozen=True)
class Rates:
    """What is counted over what, and the funnel of it."""

    found: Funnel
    rate: float
    label: str
    here: pd.Series | None
    over: str

    def value(self, ratio: float) -> float:
        """Rate per thousand that a ratio makes."""
        return ratio * self.rate


def message(comparison: Comparison, rates: Rates) -> str:
    """Where the territory stands, in a sentence."""
    name = door.words(comparison.material.territory.label)
    if rates.here is None:
        return f"{name} n'a pas de valeur connue ici"
    sides = {level: rates.here[column("position", level)] for level in LEVELS}
    if sides[LEVELS[-1]] in (ABOVE, BELOW):
        more = "que ces territoires d'habitude" if rates.found.widened else "que par le hasard"
        return f"{name} s'écarte du groupe plus {more} : à comprendre ensemble"
    if sides[LEVELS[0]] in (ABOVE, BELOW):
        return f"{name} est en bordure de la variation habituelle : à comprendre ensemble"
    if rates.found.widened:
        return f"{name} est dans la variation habituelle entre ces territoires"
    return f"{name} est dans la variation que le hasard explique"


def reading(comparison: Comparison, rates: Rates) -> str:
    """How to read the figure: what is drawn, what the curves hold, where the territory is."""
    name = door.words(comparison.material.territory.label)
    words = (
        "Chaque point est un territoire, les plus petits à gauche ; le trait du milieu est "
        f"l'ensemble du groupe : {per(rates.rate)}. "
    )
    words += _apart(rates) if rates.found.widened else PLAIN
    if rates.here is not None:
        near, far = (_limits(rates, level) for level in LEVELS)
        words += f"{name} : {per(rates.value(float(rates.here['value'])))} ; à sa taille, les "
        words += f"courbes tiretées vont de {near}, les pleines de {far}. "
        if rates.here[column("position", LEVELS[-1])] in (ABOVE, BELOW):
            words += f"{BEYOND} "
    missing = len(rates.found.table) - rates.found.n
    if missing:
        words += f"{many(missing, 'territoire')} sans valeur : voir les données. "
    words += SHRUNK
    return words.strip()


def _apart(rates: Rates) -> str:
    """Say how much further than chance these territories go, and what the curves hold then."""
    table = rates.found.table.dropna(subset=["value"])
    low, high = poisson_limits(table["base"].to_numpy(float), reference=1.0, level=LEVELS[0])
    out = int(((table["value"] < low) | (table["value"] > high)).sum())
    return (
        f"La bande pâle montre ce que le hasard ferait seul : {out} territoires sur {len(table)} "
        "n'y sont pas, ils diffèrent donc pour d'autres raisons. Les courbes laissent la place à "
        f"ces différences : parmi des territoires qui varient comme ceux-ci, {CURVES}. Être dedans "
        "ne dit pas qu'il n'y a rien à comprendre ; être dehors invite à chercher pourquoi. "
    )


def _limits(rates: Rates, level: float) -> str:
    low, high = (rates.value(float(rates.here[column(name, level)])) for name in ("low", "high"))  # type: ignore[index]
    return f"{french_number(low, decimals=1)} à {french_number(high, decimals=1)}"


def per(value: float) -> str:
    """Write a rate: « 2,1 pour 1 000 »."""
    return f"{french_number(value, decimals=1)} pour 1 000"
