"""The reviewer's grid: a workbook to fill in, and what is read in it when it comes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from dts_research.errors import MaterialError
from dts_research.intake.workbooks import read_workbook
from dts_research.reflection.commentary import iso_day
from dts_research.reflection.criteria import ANSWERS, answer_of, criteria
from dts_research.reflection.reviewing import STATES, Answer, Standing
from dts_research.schema import catalogue
from dts_research.schema.catalogue import plain

SHEET, SUFFIX = "Grille de relecture", ".xlsx"
SUBJECT, SEEN, GOAL, ROLE, DAY = (
    "Ce qui est relu (ne pas changer)", "Version lue (ne pas changer)", "État proposé",
    "Rôle de la personne qui relit (jamais son nom)", "Date de la relecture",
)  # fmt: skip
HEADS = ("Critère", "Réponse", "Commentaire", "Code (ne pas changer)")
HOW = "Répondre oui, non ou sans objet à chaque ligne, dire pourquoi en face, enregistrer, puis :"


@dataclass(frozen=True)
class Grid:
    """A grid as it was filled in.

    Parameters
    ----------
    seen
        Digest of the words and of the data that were read.
    faults
        What was not understood, in French.
    """

    subject: str
    seen: str
    state: str
    role: str
    day: str
    answers: dict[str, Answer] = field(default_factory=dict)
    faults: tuple[str, ...] = ()


def write_grid(path: Path, one: Standing, *, text: str = "", role: str = "") -> None:
    """Write a grid to fill in, with what is to be read when it is a comment."""
    import xlsxwriter

    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as out:
        styles = _styles(out)
        sheet = out.add_worksheet(SHEET)
        sheet.set_column(0, 0, 62)
        sheet.set_column(1, 1, 18)
        sheet.set_column(2, 2, 60)
        sheet.set_column(3, 3, 24)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        row = _head(sheet, one, styles, text=text, role=role)
        _criteria(sheet, row, styles)


def _styles(out: Any) -> dict[str, Any]:
    base = {"text_wrap": True, "valign": "top"}
    return {
        "title": out.add_format({"bold": True, "font_size": 16, "font_color": "#12436d"}),
        "label": out.add_format({**base, "bold": True}),
        "plain": out.add_format(base),
        "soft": out.add_format({**base, "font_color": "#4d545c", "italic": True}),
        "head": out.add_format({**base, "bold": True, "font_color": "white",
                                "bg_color": "#12436d"}),
        "group": out.add_format({**base, "bold": True, "bg_color": "#fdf1ea"}),
        "fill": out.add_format({**base, "border": 1, "border_color": "#c9d1d9", "locked": False}),
    }  # fmt: skip


def _head(sheet: Any, one: Standing, styles: dict[str, Any], *, text: str, role: str) -> int:
    known = catalogue().codelists["review_status"]
    sheet.write(0, 0, f"Relecture : {one.subject.title}", styles["title"])
    sheet.merge_range(1, 0, 1, 3, HOW, styles["soft"])
    sheet.merge_range(2, 0, 2, 3, "dts review ce-fichier.xlsx", styles["soft"])
    facts = {SUBJECT: one.subject.id, SEEN: one.subject.seen, GOAL: known.label(one.next),
             ROLE: role, DAY: ""}  # fmt: skip
    for row, (label, value) in enumerate(facts.items(), start=4):
        sheet.write(row, 0, label, styles["label"])
        sheet.merge_range(row, 1, row, 2, value, styles["fill"])
    labels = [known.label(state) for state in STATES]
    sheet.data_validation(6, 1, 6, 1, {"validate": "list", "source": labels})
    if not text:
        return 10
    sheet.write(10, 0, "Le texte à relire", styles["label"])
    sheet.merge_range(10, 1, 10, 2, text[:32_000], styles["plain"])
    sheet.set_row(10, min(400, 15 * (2 + len(text) // 70 + text.count("\n"))))
    return 12


def _criteria(sheet: Any, row: int, styles: dict[str, Any]) -> None:
    for column, words in enumerate(HEADS):
        sheet.write(row, column, words, styles["head"])
    group = ""
    for code, one in criteria().items():
        if one.group != group:
            row, group = row + 1, one.group
            sheet.merge_range(row, 0, row, 3, group, styles["group"])
        row += 1
        sheet.write(row, 0, f"{one.label}\n{one.definition}", styles["plain"])
        sheet.set_row(row, 46)
        sheet.write_blank(row, 1, None, styles["fill"])
        sheet.write_blank(row, 2, None, styles["fill"])
        sheet.write(row, 3, code, styles["soft"])
        choice = {"validate": "list", "source": list(ANSWERS.values())}
        sheet.data_validation(row, 1, row, 1, choice)


def read_grid(path: Path, *, today: date) -> Grid:
    """Read a grid that came back, filled in or in part.

    Raises
    ------
    MaterialError
        When the file is no grid.
    """
    sheets = read_workbook(path)
    cells = [tuple((cell or "").strip() for cell in row) for sheet in sheets for row in sheet.rows]
    facts = {plain(row[0]): next(filter(None, row[1:]), "") for row in cells if row}
    subject = facts.get(plain(SUBJECT), "")
    if not subject:
        raise MaterialError(
            f"« {path.name} » n'est pas une grille de relecture.",
            "En écrire une : dts review IDENTIFIANT --grid",
        )
    faults: list[str] = []
    answers = dict(_answers(cells, faults))
    goal = facts.get(plain(GOAL), "")
    state = catalogue().codelists["review_status"].code_of(goal) or ""
    if goal and not state:
        faults.append(f"L'état proposé « {goal} » n'est pas connu.")
    typed = facts.get(plain(DAY), "")
    day = iso_day(typed[:10]) or today.isoformat()
    if typed and not iso_day(typed[:10]):
        faults.append(f"La date « {typed} » n'est pas comprise : celle d'aujourd'hui est prise.")
    seen = facts.get(plain(SEEN), "")
    return Grid(subject, seen, state, facts.get(plain(ROLE), ""), day, answers, tuple(faults))


def _answers(cells: list[tuple[str, ...]], faults: list[str]) -> Iterator[tuple[str, Answer]]:
    known = criteria()
    for row in cells:
        code = next((cell for cell in row if cell in known), "")
        if not code:
            continue
        said = row[1] if len(row) > 1 else ""
        answer = answer_of(said)
        if said and not answer:
            faults.append(
                f"« {said} » n'est pas une réponse à « {known[code].label} » : "
                "répondre oui, non ou sans objet."
            )
        yield code, Answer(answer, row[2] if len(row) > 2 else "")
