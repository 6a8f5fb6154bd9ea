"""A whole country to measure with: as many experiences and territories as asked, all fictional.

``make_country(folder)`` writes tables as the field sends them and has the package receive them.
Everything is drawn from a seed: the same country each time, day and hour of reception included.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from dts_research.reference.geography import geography
from dts_research.schema import catalogue
from dts_research.store import clock
from dts_research.workbook import Workbook, open_workbook
from dts_research.workbook.arrival import receive_files

Row = dict[str, Any]
RECEIVED = "2026-11-23T04:00:00+00:00"
SETTINGS = """name = "Pays de mesure"
fictional = true

[folders]
reports = "../reports"
notebooks = "{notebooks}"
"""
SOURCE = "Donnée fictive, tirée pour mesurer"
YEARS = range(2021, 2025)
INDICATORS = ("Demandeurs d'emploi", "Foyers allocataires du RSA", "Heures d'insertion")
STEPS, STRUCTURES, ACTORS, SESSIONS, EACH = 2, 8, 6, 2, 3
SENTENCE = (
    "les collèges de la vallée cherchent des remplaçants et trois associations ouvrent un seul "
    "numéro pour la blanchisserie le maraîchage la mobilité le réemploi un contrat de six mois "
    "une chargée de mission la commune le conseil les délais de paiement un atelier sous la halle"
)
WORDS = SENTENCE.split()


def make_country(
    folder: Path, *, territories: int = 101, experiences: int = 10_000, seed: int = 0
) -> Workbook:
    """Make a workbook in a folder and receive a country in it.

    Parameters
    ----------
    folder
        Where ``data`` and ``reports`` are made; it may not be there.
    territories
        How many départements, in the order of their codes.
    experiences
        How many sheets, shared among them in turn.

    Raises
    ------
    RuntimeError
        When a row was refused: the country no longer fits the schema.
    """
    data = Path(folder) / "data"
    (data / "inbox").mkdir(parents=True)
    notebooks = (Path(__file__).resolve().parent.parent / "notebooks").as_posix()
    (data / "workbook.toml").write_text(SETTINGS.format(notebooks=notebooks), encoding="utf-8")
    tables = Country(territories, experiences, seed).tables()
    paths = [_written(data / "inbox" / f"{name}.csv", rows) for name, rows in tables.items()]
    return received(open_workbook(data), *paths)


def received(book: Workbook, *paths: Path) -> Workbook:
    """Have files received, always at the same moment."""
    with patch.object(clock, "now", return_value=RECEIVED):
        arrivals, refused = receive_files(book, paths)
    faults = [f"{path.name}: {error}" for path, error in refused]
    faults += [str(a.reception.issues.head(3)) for a in arrivals if a.reception.counts.quarantined]
    if faults:
        raise RuntimeError("\n".join(faults))
    return book


def _written(path: Path, rows: list[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


class Country:
    """Rows of every table, drawn in turn from one seed.

    Parameters
    ----------
    territories, experiences, seed
        As for `make_country`.
    """

    def __init__(self, territories: int, experiences: int, seed: int) -> None:
        self.chance = random.Random(seed)
        self.experiences = experiences
        names = geography().departement_names
        self.places = sorted(names)[:territories]
        self.names = {code: names[code] for code in self.places}
        self.communes: dict[str, list[str]] = {}
        for commune, place in geography().commune_departements.items():
            self.communes.setdefault(place, []).append(commune)

    def tables(self) -> dict[str, list[Row]]:
        """Give the rows of every table, in the order in which they are received."""
        makers: dict[str, Callable[[], Iterator[Row]]] = {
            "cycles": self._cycles, "indicators": self._indicators,
            "observations": self._observations, "structures": self._structures,
            "actors": self._actors, "sessions": self._sessions, "experiences": self._experiences,
            "experience_places": self._experience_places, "experience_steps": self._steps,
            "experience_actors": self._experience_actors, "quotes": self._quotes,
            "decisions": self._decisions, "contributions": self._contributions,
            "hypotheses": self._hypotheses, "common_references": self._references,
            "authority_events": self._events, "consents": self._consents,
        }  # fmt: skip
        return {name: [_stamped(row) for row in make()] for name, make in makers.items()}

    def _each(self) -> Iterator[tuple[str, str, int]]:
        """Every sheet: its id, its territory, its number."""
        for number in range(self.experiences):
            place = self.places[number % len(self.places)]
            yield f"F-{place}-{number:05d}", place, number

    def _per_place(self, letter: str, count: int) -> Iterator[tuple[str, str, int]]:
        for place in self.places:
            for number in range(1, count + 1):
                yield f"{letter}-{place}-{number:02d}", place, number

    def _said(self, low: int = 8, high: int = 30) -> str:
        text = " ".join(self.chance.choices(WORDS, k=self.chance.randint(low, high)))
        return f"{text[:1].upper()}{text[1:]}."

    def _code(self, name: str, most: int = 1) -> str:
        codes = list(catalogue().codelists[name].labels)
        return "|".join(self.chance.sample(codes, self.chance.randint(1, most)))

    def _cycles(self) -> Iterator[Row]:
        for number, (first, last) in enumerate((("2021", "2022"), ("2023", "2024")), start=1):
            yield {"cycle_id": f"C{number}", "label": f"Cycle {number}",
                   "research_question": self._said(), "phase": "agir",
                   "started_on": f"{first}-01-15", "ended_on": f"{last}-12-15"}  # fmt: skip

    def _indicators(self) -> Iterator[Row]:
        for number, label in enumerate(INDICATORS, start=1):
            yield {"indicator_id": f"IND-{number:02d}", "label": label, "type": "contexte",
                   "unit": "nombre", "definition": self._said()}  # fmt: skip

    def _observations(self) -> Iterator[Row]:
        spoken = [(p, i, y) for p in self.places for i in range(len(INDICATORS)) for y in YEARS]
        for number, (place, indicator, year) in enumerate(spoken, start=1):
            yield {"observation_id": f"O-{number:05d}", "indicator_id": f"IND-{indicator + 1:02d}",
                   "territory_id": place, "period": str(year), "state": "published",
                   "value": self.chance.randint(500, 60_000), "vintage": str(year + 1)}  # fmt: skip

    def _structures(self) -> Iterator[Row]:
        for key, place, number in self._per_place("S", STRUCTURES):
            yield {"structure_id": key, "label": f"Atelier {number} de {self.names[place]}",
                   "kind": self.chance.choice(("AI", "ACI", "EI", "ETTI")), "networks": "coorace",
                   "commune_code": self.chance.choice(self.communes[place]),
                   "departement_code": place}  # fmt: skip

    def _actors(self) -> Iterator[Row]:
        for key, place, number in self._per_place("A", ACTORS):
            kind = self.chance.choice(("commune", "association", "entreprise"))
            yield {"actor_id": key, "type": kind, "territory_id": place,
                   "label": f"Partenaire {number} de {self.names[place]}"}  # fmt: skip

    def _sessions(self) -> Iterator[Row]:
        for key, place, number in self._per_place("SE", SESSIONS):
            yield {"session_id": key, "label": f"Séance {number}", "cycle_id": f"C{number}",
                   "level": "local", "territory_id": place, "duration_min": 150,
                   "date": f"{2020 + 2 * number}-06-{self.chance.randint(10, 28)}"}  # fmt: skip

    def _experiences(self) -> Iterator[Row]:
        for key, place, number in self._each():
            start = date(2021, 1, 4) + timedelta(days=self.chance.randrange(1200))
            yield {
                "experience_id": key, "title": f"{self._said(3, 6)[:-1]} ({number})",
                "structure_id": f"S-{place}-{1 + number % STRUCTURES:02d}",
                "cycle_id": self.chance.choice(("C1", "C2")), "started_on": start,
                "ended_on": start + timedelta(days=self.chance.randint(60, 500)),
                "missions": self._code("missions", 2), "themes": self._code("themes", 3),
                "sector": self._code("sectors"), "stage": self._code("stages"),
                "summary": self._said(), "context": self._said(), "need": self._said(),
                "what_worked": self._said(), "what_resisted": self._said(),
                "surprises": self._said(), "open_questions": self._said()[:-1] + " ?",
                "obstacles": self._code("obstacle_types", 2),
                "levers": self._code("obstacle_types", 2),
                "evidence_level": self._code("evidence_levels"),
                "people_count": self.chance.randint(5, 60),
            }  # fmt: skip

    def _experience_places(self) -> Iterator[Row]:
        for key, place, _ in self._each():
            yield {"place_id": f"L-{key}", "experience_id": key, "stated_departement": place,
                   "stated_commune_code": self.chance.choice(self.communes[place])}  # fmt: skip

    def _steps(self) -> Iterator[Row]:
        for key, _, number in self._each():
            for step in range(STEPS):
                yield {"step_id": f"E-{key}-{step}", "experience_id": key,
                       "date": date(2021 + step, 1 + number % 12, 1 + number % 28),
                       "event": self._said(4, 9)}  # fmt: skip

    def _experience_actors(self) -> Iterator[Row]:
        for key, place, number in self._each():
            yield {"row_id": f"EA-{key}", "experience_id": key, "role": self._code("actor_roles"),
                   "actor_id": f"A-{place}-{1 + number % ACTORS:02d}"}  # fmt: skip

    def _quotes(self) -> Iterator[Row]:
        for key, *_ in self._each():
            yield {"quote_id": f"Q-{key}", "experience_id": key, "text": self._said(),
                   "speaker_role": "Salariée en parcours", "consent": "quote"}  # fmt: skip

    def _decisions(self) -> Iterator[Row]:
        for key, place, number in self._per_place("D", EACH):
            session = f"SE-{place}-{1 + number % SESSIONS:02d}"
            yield {"decision_id": key, "statement": self._said(), "session_id": session,
                   "territory_id": place, "status": self._code("decision_status"),
                   "reason": self._said(), "decided_on": f"2024-0{number}-12",
                   "due_on": f"2025-0{number}-12"}  # fmt: skip

    def _contributions(self) -> Iterator[Row]:
        for key, place, number in self._per_place("CO", EACH):
            yield {"contribution_id": key, "session_id": f"SE-{place}-{1 + number % SESSIONS:02d}",
                   "type": self.chance.choice(("finding", "question", "surprise")),
                   "text": self._said(), "territory_id": place}  # fmt: skip

    def _hypotheses(self) -> Iterator[Row]:
        for key, place, _ in self._per_place("H", 1):
            yield {"hypothesis_id": key, "statement": self._said(), "status": "stated",
                   "territory_id": place, "cycle_id": "C2"}  # fmt: skip

    def _references(self) -> Iterator[Row]:
        for key, place, _ in self._per_place("R", 1):
            yield {"reference_id": key, "statement": self._said(), "status": "adopted",
                   "territory_id": place, "session_id": f"SE-{place}-01"}  # fmt: skip

    def _events(self) -> Iterator[Row]:
        for key, place, number in self._per_place("AE", EACH):
            yield {"event_id": key, "actor_id": f"A-{place}-{number:02d}", "territory_id": place,
                   "date": f"2023-0{number}-20", "type": "contact",
                   "description": self._said()}  # fmt: skip

    def _consents(self) -> Iterator[Row]:
        for key, place, _ in self._per_place("CS", 1):
            yield {"consent_id": key, "record_table": "contributions",
                   "record_id": f"CO-{place}-01", "level": "quote",
                   "given_on": "2023-06-12", "diffusion": "private"}  # fmt: skip


def _stamped(row: Row) -> Row:
    return {"diffusion": "network", "source": SOURCE, "updated_on": "2026-11-15", **row}
