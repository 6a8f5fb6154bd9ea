"""Whether units differ among themselves by more than chance, and by how much more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from dts_research.analysis.intervals import Bounds, Numbers

# Under this many units, what they have in common cannot be told from chance.
FEWEST_UNITS = 10
# Part of the units taken as extreme on each side, so that they do not widen the limits.
EXTREME = 0.1
Trim = Literal["winsorise", "truncate"]


@dataclass(frozen=True)
class Scale:
    """A scale on which the spread of a unit depends on its size alone.

    Parameters
    ----------
    forward
        Value -> value on the scale, given the size of the unit (log needs it for a null count).
    back
        The reverse; below the start of the scale one stays at the start.
    spread
        Size (cases, or expected events) -> standard error on the scale.
    """

    forward: Callable[[Numbers, Numbers], Numbers]
    back: Callable[[Numbers], Numbers]
    spread: Callable[[Numbers], Numbers]


SCALES = {
    # Shares: arcsine of the square root.
    "arcsine": Scale(
        lambda value, _: np.arcsin(np.sqrt(value)),
        lambda angle: np.sin(np.clip(angle, 0, np.pi / 2)) ** 2,
        lambda size: 0.5 / np.sqrt(size),
    ),
    # Ratios of observed to expected.
    "sqrt": Scale(
        lambda value, _: np.sqrt(value),
        lambda root: np.maximum(root, 0) ** 2,
        lambda size: 0.5 / np.sqrt(size),
    ),
    # Likewise; no event at all counts as half of one.
    "log": Scale(
        lambda value, size: np.log(np.where(value == 0, 0.5 / size, value)),
        lambda log: np.exp(log),
        lambda size: 1 / np.sqrt(size),
    ),
}


@dataclass(frozen=True)
class Dispersion:
    """How much more than chance units differ among themselves.

    Parameters
    ----------
    z
        Distance of each unit to the reference in standard errors, before trimming; shape
        (units,), missing where the unit has no value.
    trimmed
        The same once extremes are drawn in, or missing once they are left out.
    units
        Units that count in what follows.
    phi
        Mean of the squared trimmed distances; about 1 when chance explains everything.
    tau2
        Variance between units that chance does not explain, on the scale; never negative.
    why_not
        Why limits are left as chance alone puts them: « few_units », « no_excess », or nothing.
    """

    scale: str
    z: Numbers
    trimmed: Numbers
    units: int
    phi: float
    tau2: float
    why_not: str

    @property
    def applies(self) -> bool:
        """The limits are to be widened."""
        return not self.why_not


def dispersion(
    values: Numbers, sizes: Numbers, reference: float, *, scale: str, trim: Trim = "winsorise"
) -> Dispersion:
    """Measure the spread of units around a reference beyond chance.

    Parameters
    ----------
    values, sizes
        Share and cases, or ratio and expected events, of each unit: shape (units,).
    reference
        Share or ratio around which units are looked at.
    scale
        « arcsine » for shares, « sqrt » or « log » for ratios.
    trim
        Draw in the tenth of the units on each side (« winsorise ») or leave it out.

    References
    ----------
    D. J. Spiegelhalter, « Handling over-dispersion of performance indicators », Quality and
    Safety in Health Care 14, 2005, 347-351. R. DerSimonian and N. Laird, Controlled Clinical
    Trials 7, 1986, 177-188, for the variance between units.
    """
    way, one = SCALES[scale], np.ones(1)
    known = np.isfinite(values) & np.isfinite(sizes) & (sizes > 0)
    size = np.where(known, sizes, 1.0)
    at = way.forward(np.where(known, values, reference), size)
    z = np.where(known, (at - way.forward(one * reference, one)) / way.spread(size), np.nan)
    trimmed = _trimmed(z, trim)
    kept = np.isfinite(trimmed)
    units = int(kept.sum())
    phi = float((trimmed[kept] ** 2).sum() / units) if units else np.nan
    weights = way.spread(size[kept]) ** -2.0
    tau2 = _between(weights, units, phi)
    why_not = "few_units" if known.sum() < FEWEST_UNITS else "" if tau2 > 0 else "no_excess"
    return Dispersion(scale, z, trimmed, units, phi, tau2, why_not)


def _trimmed(z: Numbers, trim: Trim) -> Numbers:
    if not np.isfinite(z).any():
        return z
    low, high = np.nanquantile(z, [EXTREME, 1 - EXTREME])
    if trim == "winsorise":
        return np.clip(z, low, high)
    return np.where((z >= low) & (z <= high), z, np.nan)


def _between(weights: Numbers, units: int, phi: float) -> float:
    """Variance between units by moments; none when units x phi does not exceed units - 1."""
    excess = units * phi - (units - 1)
    if units < 2 or not excess > 0:
        return 0.0
    total = weights.sum()
    return float(excess / (total - (weights**2).sum() / total))


def widened(
    sizes: Numbers, reference: float, tau2: float, *, scale: str, level: float = 0.95
) -> Bounds:
    """Limits at sqrt(s² + tau²) on the scale, brought back to shares or ratios.

    Parameters
    ----------
    sizes
        Cases or expected events of each unit, shape (units,).
    reference, tau2, scale
        As in `dispersion`; with a null ``tau2``, the approximate limits of chance alone.
    level
        Part of the units that would stand between the limits.

    Returns
    -------
    low, high : numpy.ndarray
        Shape (units,), never under 0, and never over 1 for shares; missing without any case.
    """
    way, one = SCALES[scale], np.ones(1)
    size = np.where(np.asarray(sizes, float) > 0, sizes, np.nan)
    half = special.ndtri(0.5 + level / 2) * np.sqrt(way.spread(size) ** 2 + tau2)
    middle = way.forward(one * reference, one)
    return way.back(middle - half), way.back(middle + half)
