"""The moves that a status may make, declared beside the fields under ``dts:transitions``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# What is asked of the field that says who made the move.
FILLED, OTHER = "filled", "other"


@dataclass(frozen=True)
class Move:
    """Some moves that are allowed, and what they ask for.

    Parameters
    ----------
    before, after
        Codes that the status may leave, and take.
    needs
        Fields that must be filled.
    renews
        Fields that must say something else than before.
    heir
        Field by which another record must name this one; empty when none has to.
    """

    before: frozenset[str]
    after: frozenset[str]
    needs: tuple[str, ...] = ()
    renews: tuple[str, ...] = ()
    heir: str = ""

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Move:
        """Read one entry of ``moves``."""
        return cls(
            before=frozenset(raw["from"]),
            after=frozenset(raw["to"]),
            needs=tuple(raw.get("needs", ())),
            renews=tuple(raw.get("renews", ())),
            heir=raw.get("heir", ""),
        )


@dataclass(frozen=True)
class Transitions:
    """The moves of one status.

    Parameters
    ----------
    field
        The field of the status.
    by
        The field that says which session, or which analysis, made the move.
    asks
        What is asked of it: ``filled``, ``other`` (than before), or nothing.
    moves
        All the moves allowed; the first time that a record is told, any status is.
    """

    field: str
    by: str
    asks: str
    moves: tuple[Move, ...]

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Transitions:
        """Read ``dts:transitions``."""
        moves = tuple(Move.from_json(one) for one in raw["moves"])
        return cls(raw["field"], raw["by"], raw.get("asks", ""), moves)

    def move(self, before: str, after: str) -> Move | None:
        """Return what a move asks for, or None when it is not allowed."""
        return next((m for m in self.moves if before in m.before and after in m.after), None)

    def allowed(self, before: str) -> frozenset[str]:
        """Codes that a status may take from the one it has, itself left out."""
        return frozenset().union(*(m.after for m in self.moves if before in m.before)) - {before}
