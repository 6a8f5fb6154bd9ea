"""How many source rows were read, and what became of each."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Counts:
    """Source rows: read = accepted + quarantined + duplicates + withdrawn."""

    read: int = 0
    accepted: int = 0
    quarantined: int = 0
    duplicates: int = 0
    withdrawn: int = 0

    def __add__(self, other: Counts) -> Counts:
        mine, theirs = self.as_dict(), other.as_dict()
        return Counts(**{name: mine[name] + theirs[name] for name in mine})

    def as_dict(self) -> dict[str, int]:
        """Give the counts by name."""
        return asdict(self)

    @property
    def balanced(self) -> bool:
        """True when every row read is accounted for."""
        return self.read == self.accepted + self.quarantined + self.duplicates + self.withdrawn
