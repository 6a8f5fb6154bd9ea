"""What a row says about its place: each cell is a claim that a settled place may contradict."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dts_research.reference import spelling
from dts_research.reference.geography import Geography

CODE_AND_NAME = re.compile(r"\(?(\d{1,3}[A-Z]?|2[AB])\)?\s*[-–:,]?\s+(.{3,})", re.IGNORECASE)
NAME_AND_CODE = re.compile(r"(.{3,}?)\s*[-–,]?\s*\(?\b(\d{2,3}[A-Z]?|2[AB])\)?", re.IGNORECASE)
AFTER_NAME = re.compile(r"\s*(\bcedex\b.*|\(.*\)|\b\d+\s*(er|e|eme|ème)?(\s+arr\w*\.?)?)\s*$", re.I)


@dataclass(frozen=True)
class Claim:
    """One thing a row says: in words, and the places that would make it true.

    `communes` is None when the claim says nothing of the commune; `departements` is None when it
    says nothing finer than a région. `clash` is filled when the cell contradicts itself.
    """

    said: str
    evidence: str
    communes: frozenset[str] | None
    departements: frozenset[str] | None
    regions: frozenset[str]
    clash: str = ""

    def allows(self, place: tuple[str, str, str]) -> bool:
        """Say whether a place (commune, département, région; "" when unknown) fits the claim."""
        commune, departement, region = place
        if self.communes is not None and commune:
            return commune in self.communes
        if self.departements is not None and departement:
            return departement in self.departements
        return region in self.regions

    def meets(self, other: Claim) -> bool:
        """Say whether some place would make both claims true."""
        if self.communes is not None and other.communes is not None:
            return bool(self.communes & other.communes)
        if self.departements is not None and other.departements is not None:
            return bool(self.departements & other.departements)
        return bool(self.regions & other.regions)


@dataclass(frozen=True, eq=False)
class Reader:
    """Reads each kind of cell as a claim, or None when it says nothing that can be recognised."""

    geography: Geography

    def readers(self) -> dict[str, Callable[[str], Claim | None]]:
        """Give the reader of each stated column, finest evidence first."""
        return {
            "stated_commune_code": self.commune_code,
            "stated_label": self.label,
            "stated_postal_code": self.postal_code,
            "stated_departement": self.departement,
            "stated_region": self.region,
        }

    def read(self, column: str, value: Any) -> Claim | None:
        """Read one cell."""
        text = spelling.stated(value)
        return self.readers()[column](text) if text else None

    def commune_code(self, text: str) -> Claim | None:
        """Read a commune code, past or present."""
        code = spelling.commune_code(text)
        current = self.geography.current_codes.get(code or "")
        if not current:
            return None
        name = self.geography.commune_names[current]
        return self._communes(f"code commune {code} ({name})", "commune_code", [current])

    def label(self, text: str) -> Claim | None:
        """Read the name of a commune, else of a département."""
        named = self.geography.named_communes
        short = AFTER_NAME.sub("", AFTER_NAME.sub("", text))
        found = named.get(spelling.key(text)) or named.get(spelling.key(short))
        if found:
            return self._communes(text, "label", found)
        code = self._departement_named(text)
        return self._departement(code, "label") if code else None

    def postal_code(self, text: str) -> Claim | None:
        """Read a postal code; one that serves no commune (CEDEX) still says its département."""
        postal = spelling.postal_code(text)
        if not postal:
            return None
        said = f"code postal {postal}"
        served = self.geography.postal_communes.get(postal)
        if served:
            return self._communes(said, "postal_code", served)
        corsica = "2A" if postal[:3] in ("200", "201") else "2B"
        start = corsica if postal[:2] == "20" else postal[:3] if postal[0] == "9" else postal[:2]
        known = self.geography.departement_names
        code = start if start in known else start[:2]
        return self._departement(code, "postal_code", said) if code in known else None

    def departement(self, text: str) -> Claim | None:
        """Read a département code, a name, or both (« 28 - Eure-et-Loir »)."""
        code = spelling.departement_code(text)
        if code in self.geography.departement_names:
            return self._departement(code, "departement_code")
        named = self._departement_named(text)
        if named:
            return self._departement(named, "label")
        return self._code_and_name(text)

    def region(self, text: str) -> Claim | None:
        """Read a région code or name."""
        names = self.geography.region_names
        code = spelling.region_code(text)
        if code not in names:
            by_name = {spelling.key(name): code for code, name in names.items()}
            code = by_name.get(spelling.key(text))
        if code is None:
            return None
        return Claim(f"région {names[code]}", "label", None, None, frozenset([code]))

    def _code_and_name(self, text: str) -> Claim | None:
        ahead, behind = CODE_AND_NAME.fullmatch(text), NAME_AND_CODE.fullmatch(text)
        if not ahead and not behind:
            return None
        written, name = ahead.groups() if ahead else behind.groups()[::-1]  # type: ignore[union-attr]
        code, named = spelling.departement_code(written), self._departement_named(name)
        if code not in self.geography.departement_names:
            return None
        clash = ""
        if named and named != code:
            first, second = (self.geography.departement_names[c] for c in (code, named))
            clash = f"le code {code} ({first}) et le nom {second} ({named})"
        return self._departement(code, "departement_code", clash=clash)

    def _departement_named(self, name: str) -> str | None:
        level, code = self.geography.named_wholes.get(spelling.key(name), ("", ""))
        return code if level == "departement" else None

    def _communes(self, said: str, evidence: str, communes: Any) -> Claim:
        departements = {self.geography.commune_departements[c] for c in communes}
        regions = frozenset(self.geography.departement_regions[d] for d in departements)
        return Claim(said, evidence, frozenset(communes), frozenset(departements), regions)

    def _departement(self, code: str, evidence: str, said: str = "", clash: str = "") -> Claim:
        said = said or f"{self.geography.departement_names[code]} ({code})"
        regions = frozenset([self.geography.departement_regions[code]])
        return Claim(said, evidence, None, frozenset([code]), regions, clash)
