"""Merged cells in the body of a table: labels are said again on the rows they cover, and told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dts_research.intake.facts import address
from dts_research.intake.sheets import Merged, Row
from dts_research.intake.titles import has_text, is_value

MOST_TOLD = 50


def fill_down(
    body: Mapping[int, Row], merged: Iterable[Merged]
) -> tuple[dict[int, Row], list[str]]:
    """Give the rows with the labels merged over several of them, and what was done.

    A word merged downwards over one column is said of every row that it covers. A number or a date
    is not repeated: it may be a total. Nor is what is merged over several columns.
    """
    filled = dict(body)
    repeated, left_alone = [], []
    for span in merged:
        top, left, bottom, right = span
        text = body[top][left - 1] if top in body and left <= len(body[top]) else None
        if not has_text(text) or text is None:
            continue
        if left == right and bottom > top and not is_value(text):
            _say_again(filled, span, text)
            repeated.append(f"{address(span)} « {text.strip()[:40]} »")
        else:
            left_alone.append(address(span))
    notes = []
    if repeated:
        notes.append(
            f"Cellules fusionnées, dont la valeur est reprise sur chaque ligne : {_list(repeated)}."
        )
    if left_alone:
        notes.append(
            "Cellules fusionnées, dont la valeur reste à la première cellule : "
            f"{_list(left_alone)}."
        )
    return filled, notes


def _say_again(rows: dict[int, Row], span: Merged, text: str) -> None:
    top, left, bottom, _ = span
    for number in range(top + 1, bottom + 1):
        row = rows.get(number)
        if row is not None and left <= len(row) and not has_text(row[left - 1]):
            rows[number] = (*row[: left - 1], text, *row[left:])


def _list(said: list[str]) -> str:
    more = f" et {len(said) - MOST_TOLD} autres" if len(said) > MOST_TOLD else ""
    return ", ".join(said[:MOST_TOLD]) + more
