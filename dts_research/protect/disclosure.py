"""Disclosure rules that stand at the door of display.

Counts of people under a threshold are never shown. Counts of experiences, structures and
contracts are never hidden for being small, but magnitudes of structures need enough
contributors and none that dominates.

References
----------
INSEE, *Manuel de protection des tableaux*: at least 3 units in a cell, none above 85 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dts_research.errors import ProtectionError

PEOPLE_FLOOR = 5
CONTRIBUTORS_FLOOR = 3
DOMINANCE = 0.85


@dataclass(frozen=True)
class Policy:
    """What may be shown to one audience.

    Parameters
    ----------
    people
        Smallest count of people that may be shown; a notebook may raise it, never lower it.
    audience
        Widest circle that will read: ``territory``, ``network`` or ``public``.

    Raises
    ------
    ProtectionError
        When the threshold is under the floor.
    """

    people: int = PEOPLE_FLOOR
    audience: str = "territory"

    def __post_init__(self) -> None:
        if self.people < PEOPLE_FLOOR:
            raise ProtectionError(
                f"Le seuil demandé ({self.people}) est plus bas que le plancher ({PEOPLE_FLOOR}).",
                f"Choisir {PEOPLE_FLOOR} ou plus : un seuil peut être relevé, jamais abaissé.",
            )

    @property
    def beyond(self) -> Policy:
        """How this audience reads other territories: what one keeps for itself stays there."""
        return replace(self, audience="network") if self.audience == "territory" else self

    def hides_people(self, count: float | None) -> bool:
        """Tell whether a count of people must be printed « Secret » (zero is not a person)."""
        return count is not None and 0 < count < self.people

    def hides_magnitude(self, contributions: Sequence[float]) -> bool:
        """Tell whether a total over structures must be hidden.

        Parameters
        ----------
        contributions
            One non-negative value per contributing structure.
        """
        values = [value for value in contributions if value]
        if not values:
            return False
        return len(values) < CONTRIBUTORS_FLOOR or max(values) > DOMINANCE * sum(values)

    def lets_through(self, diffusion: str | None) -> bool:
        """Tell whether material of a diffusion level may reach this audience.

        Material without a level is held to circulate inside the territory only.
        """
        circles = ("private", "territory", "network", "public")
        level = diffusion if diffusion in circles else "territory"
        return circles.index(level) >= circles.index(self.audience)
