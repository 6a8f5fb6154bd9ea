"""What a spreadsheet holds beside its values, told in French: nothing of it is silent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dts_research.intake.sheets import Merged

MOST_RANGES = 8
Range = tuple[int, int]


@dataclass(frozen=True)
class Facts:
    """What is kept of the facts of a sheet.

    Parameters
    ----------
    notes
        French sentences.
    merged
        Merged cells: top, left, bottom, right, from 1.
    unsolved
        Rows with a formula without a result, or one in error: they hold something.
    percents
        Column (from 1) -> ranges of rows whose cells are shown as percentages.
    """

    notes: tuple[str, ...]
    merged: tuple[Merged, ...]
    unsolved: frozenset[int]
    percents: Mapping[int, list[Range]] = field(default_factory=dict)


def facts_of(head: Mapping[str, Any], book: Mapping[str, Any], *, height: int, width: int) -> Facts:
    """Tell the facts of a sheet and of its workbook, as the child gives them.

    Parameters
    ----------
    head, book
        Facts of the sheet and of the whole file.
    height, width
        Rows and columns read; what is said of cells beyond is left out.
    """
    unsolved, errors = head.get("unsolved", {}), head.get("errors", {})
    notes = [*_book_notes(book), *_hidden_notes(head, height, width)]
    notes += _formula_notes(int(head.get("formulas", 0)), unsolved)
    if errors:
        notes.append(f"Cellules en erreur dans le classeur, lues vides : {_places(errors)}.")
    shown = head.get("percents", {})
    if shown:
        notes.append(f"Cellules au format pourcentage, lues comme affichées : {_places(shown)}.")
    merged = tuple(
        (top, left, bottom, right)
        for top, left, bottom, right in head.get("merged", ())
        if top <= height and left <= width
    )
    empty = frozenset(_rows(unsolved)) | frozenset(_rows(errors))
    percents = {int(c): _within(ranges, height) for c, ranges in shown.items() if int(c) <= width}
    return Facts(tuple(notes), merged, empty, percents)


def _book_notes(book: Mapping[str, Any]) -> Iterator[str]:
    if not book.get("inspected"):
        yield (
            "Format non inspectable : lignes et colonnes masquées, formules, commentaires et liens "
            "ne peuvent pas être signalés, et une cellule en erreur (#DIV/0!) est lue vide "
            "(enregistrer au format .xlsx pour les voir)."
        )
    if book.get("macros"):
        yield "Le classeur contient des macros : elles ne sont ni lues ni exécutées."
    if book.get("links"):
        yield (
            "Le classeur est lié à d'autres fichiers : les liens ne sont pas suivis, la dernière "
            "valeur enregistrée est lue."
        )
    if book.get("since_1904"):
        yield (
            "Le classeur compte les jours depuis 1904, et non 1900 : un nombre de jours sans "
            "format de date y est lu quatre ans trop tôt ; mettre ces cellules au format Date."
        )
    if book.get("others"):
        names = ", ".join(f"« {name} »" for name in book["others"][:MOST_RANGES])
        yield f"Feuilles qui ne sont pas des tableaux (graphique, macro), non lues : {names}."
    if book.get("comments"):
        yield f"Commentaires de cellules, non lus : {book['comments']}."


def _hidden_notes(head: Mapping[str, Any], height: int, width: int) -> Iterator[str]:
    if head.get("hidden"):
        yield "La feuille est masquée dans le classeur."
    rows = _within(head.get("hidden_rows", ()), height)
    if rows:
        yield f"Lignes masquées dans le classeur, lues comme les autres : {_told(rows, str)}."
    columns = _within(head.get("hidden_columns", ()), width)
    if columns:
        said = _told(columns, letters)
        yield f"Colonnes masquées dans le classeur, lues comme les autres : {said}."


def _formula_notes(formulas: int, unsolved: Mapping[str, list[Range]]) -> Iterator[str]:
    if formulas > _count(unsolved):
        yield f"Formules dans la feuille : {formulas} ; leur dernier résultat enregistré est lu."
    if unsolved:
        yield (
            f"Formules sans résultat enregistré, lues vides : {_places(unsolved)} ; ouvrir le "
            "fichier dans un tableur, l'enregistrer, et le déposer à nouveau."
        )


def _within(ranges: Iterable[Range], last: int) -> list[Range]:
    return [(first, min(end, last)) for first, end in ranges if first <= last]


def _told(ranges: list[Range], name: Any) -> str:
    """Tell ranges in words: « 4, 7 à 9 »."""
    said = [name(a) if a == b else f"{name(a)} à {name(b)}" for a, b in ranges[:MOST_RANGES]]
    left = sum(b - a + 1 for a, b in ranges[MOST_RANGES:])
    return ", ".join(said) + (f" et {left} autres" if left else "")


def _places(cells: Mapping[str, list[Range]]) -> str:
    """Tell cells kept by column: « B2 à B9, D4 (9 cellules) »."""
    found = [(letters(int(column)), a, b) for column, ranges in cells.items() for a, b in ranges]
    said = [f"{c}{a}" if a == b else f"{c}{a} à {c}{b}" for c, a, b in found[:MOST_RANGES]]
    total = _count(cells)
    more = ", etc." if len(found) > MOST_RANGES else ""
    count = f" ({total} cellules)" if total > len(said) or more else ""
    return ", ".join(said) + more + count


def _count(cells: Mapping[str, list[Range]]) -> int:
    return sum(last - first + 1 for ranges in cells.values() for first, last in ranges)


def _rows(cells: Mapping[str, list[Range]]) -> Iterator[int]:
    for ranges in cells.values():
        for first, last in ranges:
            # A range told by the file is no bigger than a sheet may be.
            yield from range(max(1, first), min(last, 200_000) + 1)


def letters(column: int) -> str:
    """Turn 28 into AB."""
    name = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def address(merged: Merged) -> str:
    """Give a range as a spreadsheet writes it: A2:A6."""
    top, left, bottom, right = merged
    return f"{letters(left)}{top}:{letters(right)}{bottom}"
