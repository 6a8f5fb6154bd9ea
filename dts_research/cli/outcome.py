"""What a reception says: what was read, kept, sent back, and what is left to do."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dts_research.errors import DtsError
from dts_research.schema import catalogue

if TYPE_CHECKING:
    from pandas import DataFrame

    from dts_research.intake.reception import Reception
    from dts_research.store.writing import Written
    from dts_research.workbook.arrival import Arrival
    from dts_research.workbook.familiar import Familiar

COUNTS = {
    "accepted": ("acceptée", "acceptées"),
    "quarantined": ("en quarantaine", "en quarantaine"),
    "duplicates": ("déjà reçue", "déjà reçues"),
    "withdrawn": ("retirée", "retirées"),
}
ALWAYS = ("accepted", "duplicates")
BLANK = ("to_complete", "id_given")
ANSWERS = ("answered", "confirmed")
INTERRUPTED = 130


@dataclass(frozen=True)
class Outcome:
    """What became of several files.

    Parameters
    ----------
    arrivals
        Files that were read.
    refused
        Files that could not be, with their error.
    workbook
        Name of the workbook.
    familiar
        Files received before, byte for byte, that were not read again.
    unread
        Files left when the reception was interrupted.
    """

    arrivals: Sequence[Arrival] = ()
    refused: Sequence[tuple[Path, DtsError]] = ()
    workbook: str = ""
    familiar: Sequence[Familiar] = ()
    unread: Sequence[Path] = ()

    @property
    def exit_code(self) -> int:
        """0 all taken in, 1 some rows or files refused, 3 nothing could be read."""
        if self.unread:
            return INTERRUPTED
        if self.refused and not self.arrivals and not self.familiar:
            return max(error.exit_code for _, error in self.refused)
        quarantined = any(a.reception.counts.quarantined for a in self.arrivals)
        return int(bool(self.refused) or quarantined)

    def as_json(self) -> list[dict[str, Any]]:
        """One object per file, refused and unread files included."""
        none = {**dict.fromkeys(("read", *COUNTS), 0), "table": "", "repairs": 0, "issues": []}
        known = [
            none | {"file": one.path.name, "table": one.table, "read": one.rows,
                    "duplicates": one.rows, "import": one.import_id}
            for one in self.familiar
        ]  # fmt: skip
        failed = [
            none | {"file": path.name, "error": error.message, "fix": error.fix}
            for path, error in self.refused
        ]
        left = [none | {"file": path.name, "unread": True} for path in self.unread]
        return [*known, *(arrival.as_json() for arrival in self.arrivals), *failed, *left]

    def lines(self, *, quiet: bool = False) -> Iterator[str]:
        """Say what was read, kept and sent back."""
        for one in () if quiet else self.familiar:
            counts = {"read": one.rows, "duplicates": one.rows}
            head, when = _head(one.path.name, counts), day(one.received_at)
            yield f"{head} (import n° {one.import_id}, {when})"
        for arrival in () if quiet else self.arrivals:
            yield from _lines_of(arrival)
        told = [arrival.reception.counts.as_dict() for arrival in self.arrivals]
        told += [{"read": one.rows, "duplicates": one.rows} for one in self.familiar]
        sums = {name: sum(one.get(name, 0) for one in told) for name in ("read", *COUNTS)}
        parts = [plural(sums[name], *words) for name, words in COUNTS.items()
                 if sums[name] or name in ALWAYS]  # fmt: skip
        files = plural(len(told), "fichier reçu", "fichiers reçus")
        read = plural(sums["read"], "ligne lue", "lignes lues")
        yield f"{files} dans « {self.workbook} » : {', '.join([read, *parts])}."

    def refusals(self, *, debug: bool = False) -> Iterator[str]:
        """Say which files could not be read, and what to do; with `debug`, where it happened."""
        for path, error in self.refused:
            yield f"{path.name} : {error.message}"
            if error.fix:
                yield f"→ {error.fix}"
            if debug:
                yield "".join(traceback.format_exception(error)).rstrip()
        if self.unread:
            names = ", ".join(path.name for path in self.unread)
            yield f"Interrompu. Rien n'a été gardé de : {names}."
            yield "→ La même commande reprendra le travail."


def _lines_of(arrival: Arrival) -> Iterator[str]:
    reception = arrival.reception
    yield from _opening(reception)
    for table, written in arrival.written.items():
        if written.rows:
            yield f"    {catalogue().tables[table].title} : {_brought(written)}"
    if arrival.contradictions:
        many = plural(arrival.contradictions, "lieu contredit", "lieux contredisent")
        yield f"    {many} ce que le fichier déclare ; les deux sont gardés."
    yield from _answers_of([rule for *_, rule, _ in reception.answered if rule in ANSWERS])
    yield from _doubts_of(reception.issues)
    if len(reception.repairs):
        many = plural(len(reception.repairs), "réparation sûre", "réparations sûres")
        yield f"    {many} (zéro perdu, code complété…), toutes listées."
    unread = reception.issues.loc[reception.issues["rule"] == "sheet", "sheet"]
    if len(unread):
        names = ", ".join(f"« {name} »" for name in unread)
        yield f"    {plural(len(unread), 'feuille non lue', 'feuilles non lues')} : {names}."
    if reception.unused:
        names = ", ".join(reception.unused)
        yield f"    Colonnes non utilisées, gardées avec le fichier : {names}."
    if reception.mapping_saved:
        yield f"    Correspondance des colonnes proposée, à relire : {reception.mapping_saved}"
    if arrival.quarantine:
        yield f"    À lire, ligne par ligne : {arrival.quarantine}"


def _answers_of(rules: Sequence[str]) -> Iterator[str]:
    if rules:
        confirmed = rules.count("confirmed")
        told = {("valeur juste", "valeurs justes"): len(rules) - confirmed,
                ("cellule confirmée", "cellules confirmées"): confirmed}  # fmt: skip
        parts = ", ".join(plural(many, *words) for words, many in told.items() if many)
        yield f"    Réponses prises : {parts}."


def _doubts_of(issues: DataFrame) -> Iterator[str]:
    told = issues.loc[issues["severity"] == "to_confirm", "rule"]
    blank, doubts = told.isin(BLANK).sum(), (~told.isin(("place", "context", *BLANK))).sum()
    if blank:
        many, them = plural(blank, "cellule", "cellules"), "la" if blank == 1 else "les"
        yield f"    {many} à compléter : le formulaire {them} demande."
    if doubts:
        many = plural(doubts, "cellule", "cellules")
        yield f"    {many} à confirmer : illisible, inconnue ou contredite par une autre."


def _head(file: str, counts: Mapping[str, int], context: Mapping[str, int] | None = None) -> str:
    parts = [plural(counts[key], *words) for key, words in COUNTS.items() if counts.get(key)]
    read = plural(counts["read"], "ligne lue", "lignes lues")
    if context:
        places = plural(context["territories"], "territoire", "territoires")
        many = plural(context["indicators"], "indicateur", "indicateurs")
        read = f"{places}, {many}, {plural(counts['read'], 'valeur lue', 'valeurs lues')}"
    return f"{file} : {read} = {' + '.join(parts) or '0'}"


def _opening(reception: Reception) -> Iterator[str]:
    """Say the counts; of context data, the states of the values and what is to confirm too."""
    context, issues = reception.context, reception.issues
    yield _head(reception.file, reception.counts.as_dict(), context)
    if not context:
        return
    states = catalogue().codelists["observation_states"].labels
    told = [f"{label.lower()} {context[state]}" for state, label in states.items()
            if state in context]  # fmt: skip
    yield f"    Valeurs par état : {', '.join(told)}."
    for message in issues.loc[issues["rule"] == "context", "message"]:
        yield f"    À confirmer : {message}."


def _brought(written: Written) -> str:
    """Say how many records are new, changed, or back to what they were."""
    new, changed = len(written.new), len(written.changed)
    if not changed:
        return str(new)
    parts = [plural(new, "ligne nouvelle", "lignes nouvelles")] if new else []
    first = ", ".join(list(written.changed)[:3]) + (", …" if changed > 3 else "")
    many = plural(changed, "ligne modifiée", "lignes modifiées")
    parts.append(f"{many} ({first}), l'état d'avant est gardé")
    if written.back:
        many = plural(len(written.back), "revient", "reviennent")
        parts.append(f"dont {many} à un état antérieur")
    return ", ".join(parts) + " (dts history IDENTIFIANT)"


def plural(count: int, one: str, many: str) -> str:
    """Agree a noun with a count: « 1 ligne », « 2 lignes »."""
    return f"{count} {one if count < 2 else many}"


def day(moment: str) -> str:
    """Say a moment kept in UTC as the clock on the wall did: 27/11/2026 21:44."""
    return datetime.fromisoformat(moment).astimezone().strftime("%d/%m/%Y %H:%M")
