"""What ``dts receive``, ``dts check`` and ``dts history`` say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dts_research.errors import DtsError, MaterialError, RequestError
from dts_research.intake.mapping import Mapping
from dts_research.schema import catalogue
from dts_research.workbook import Workbook, counts_of
from dts_research.workbook.arrival import Arrival, as_rows, receive_files
from dts_research.workbook.review import review

READABLE = {".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".json", ".jsonl"}
_COUNTS = {
    "accepted": ("acceptée", "acceptées"),
    "quarantined": ("en quarantaine", "en quarantaine"),
    "duplicates": ("déjà reçue", "déjà reçues"),
    "withdrawn": ("retirée", "retirées"),
}


@dataclass(frozen=True)
class Outcome:
    """What became of several files."""

    arrivals: list[Arrival]
    refused: list[tuple[Path, DtsError]]
    workbook: str = ""

    @property
    def exit_code(self) -> int:
        """0 all taken in, 1 some rows or files refused, 3 nothing could be read."""
        if self.refused and not self.arrivals:
            return max(error.exit_code for _, error in self.refused)
        quarantined = any(a.reception.counts.quarantined for a in self.arrivals)
        return int(bool(self.refused) or quarantined)

    def as_json(self) -> list[dict[str, Any]]:
        """One object per file, refused files included."""
        failed = [
            {"file": path.name, "read": 0, "accepted": 0, "quarantined": 0, "duplicates": 0,
             "withdrawn": 0, "error": error.message, "fix": error.fix, "issues": []}
            for path, error in self.refused
        ]  # fmt: skip
        return [arrival.as_json() for arrival in self.arrivals] + failed

    def lines(self, *, quiet: bool = False) -> Iterator[str]:
        """Say what was read, kept and sent back."""
        for arrival in () if quiet else self.arrivals:
            yield from _lines_of(arrival)
        rows = sum(a.reception.counts.read for a in self.arrivals)
        kept = sum(a.reception.counts.accepted for a in self.arrivals)
        known = sum(a.reception.counts.duplicates for a in self.arrivals)
        files = plural(len(self.arrivals), "fichier reçu", "fichiers reçus")
        total = f"{rows} lignes lues, {kept} acceptées, {known} déjà reçues"
        yield f"{files} dans « {self.workbook} » : {total}."

    def refusals(self) -> Iterator[str]:
        """Say which files could not be read, and what to do."""
        for path, error in self.refused:
            yield f"{path.name} : {error.message}"
            if error.fix:
                yield f"→ {error.fix}"


def _lines_of(arrival: Arrival) -> Iterator[str]:
    counts = arrival.reception.counts.as_dict()
    parts = [plural(counts[key], *words) for key, words in _COUNTS.items() if counts[key]]
    read = plural(counts["read"], "ligne lue", "lignes lues")
    yield f"{arrival.reception.file} : {read} = {' + '.join(parts) or '0'}"
    for table, frame in arrival.reception.accepted.items():
        yield f"    {catalogue().tables[table].title} : {len(frame)}"
    if arrival.contradictions:
        many = plural(arrival.contradictions, "lieu contredit", "lieux contredisent")
        yield f"    {many} ce que le fichier déclare ; les deux sont gardés."
    doubts = int((arrival.reception.issues["severity"] == "to_confirm").sum())
    if doubts:
        many = plural(doubts, "cellule mise de côté", "cellules mises de côté")
        yield f"    {many}, à confirmer : la valeur n'a pas pu être lue, la ligne est gardée."
    if len(arrival.reception.repairs):
        many = plural(len(arrival.reception.repairs), "réparation sûre", "réparations sûres")
        yield f"    {many} (zéro perdu, code complété…), toutes listées."
    unused = arrival.reception.unused
    if unused:
        yield f"    Colonnes non utilisées, gardées avec le fichier : {', '.join(unused)}."
    saved = arrival.reception.mapping_saved
    if saved:
        yield f"    Correspondance des colonnes proposée, à relire : {saved}"
    if arrival.quarantine:
        yield f"    À lire, ligne par ligne : {arrival.quarantine}"


def plural(count: int, one: str, many: str) -> str:
    """Agree a noun with a count: « 1 ligne », « 2 lignes »."""
    return f"{count} {one if count < 2 else many}"


def receive(
    book: Workbook, paths: Sequence[Path], *, mapping: Path | None, table: str | None
) -> Outcome:
    """Receive the files named, or all of the inbox."""
    if table is not None and table not in catalogue().tables:
        raise RequestError(
            f"Table « {table} » inconnue.", f"Choisir parmi : {', '.join(catalogue().tables)}."
        )
    if mapping is not None and not mapping.is_file():
        raise RequestError(
            f"La correspondance « {mapping} » est introuvable.",
            "Les correspondances enregistrées sont dans « data/mappings ».",
        )
    chosen = Mapping.load(mapping) if mapping else None
    files = [Path(path) for path in paths] or _inbox(book)
    arrivals, refused = receive_files(book, files, mapping=chosen, table=table)
    return Outcome(arrivals, refused, book.workspace.name or str(book.workspace.data))


def _inbox(book: Workbook) -> list[Path]:
    inbox = book.workspace.inbox
    found = (
        sorted(p for p in inbox.glob("*") if p.suffix.lower() in READABLE) if inbox.is_dir() else []
    )
    if not found:
        raise MaterialError(
            f"Le dossier « {inbox} » ne contient aucun fichier à recevoir.",
            "Y déposer des fichiers Excel, LibreOffice ou CSV, puis recommencer.",
        )
    return found


def check(book: Workbook) -> list[dict[str, Any]]:
    """Read the whole store again."""
    with book.store() as store:
        return as_rows(review(store))


def check_lines(issues: list[dict[str, Any]], *, each: int = 5) -> Iterator[str]:
    """Say the problems of the store, those of one kind together, the first ones in full."""
    marks = {"error": "Erreur", "to_confirm": "À confirmer", "note": "À noter"}
    kinds: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for issue in issues:
        kinds.setdefault((issue["severity"], issue["table"], issue["rule"]), []).append(issue)
    for (severity, table, _), found in kinds.items():
        yield f"{marks[severity]} · {catalogue().tables[table].title} : {len(found)}"
        for issue in found[:each]:
            yield f"    {issue['record']} : {issue['message']}"
        if len(found) > each:
            yield f"    … et {len(found) - each} de plus (dts check --json les donne toutes)."
        yield f"    → {found[0]['fix']}"
    errors = sum(issue["severity"] == "error" for issue in issues)
    others = len(issues) - errors
    yield f"{plural(errors, 'erreur', 'erreurs')}, {plural(others, 'remarque', 'remarques')}."


def history(book: Workbook) -> list[dict[str, Any]]:
    """Imports, oldest first, with their counts."""
    with book.store() as store:
        return as_rows(counts_of(store.imports()))
