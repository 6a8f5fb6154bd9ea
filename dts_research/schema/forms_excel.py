"""The form as a workbook: one sheet per table, drop-down lists, an example, what to do."""

from __future__ import annotations

import io
import re
from datetime import date, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from dts_research.schema.catalogue import Catalogue, catalogue
from dts_research.schema.forms import (
    EXAMPLE,
    GUIDE,
    LISTS,
    NO_EXAMPLE,
    FormTable,
    Question,
    form_tables,
)

# Title, example, header: the example stands above the header, where no row is ever read.
EXAMPLE_ROW, HEADER_ROW, FIRST_ROW = 1, 2, 3
ROWS = 500
MARGIN = 9
FIXED = "\u00a0"
_GAPS = re.compile(r"(?<=«) | (?=[»:;?!])")
# Characters that an A4 page holds, lying, when it is still easy to read.
PAGE = 210
EARLIEST, LATEST = date(1950, 1, 1), date(2199, 12, 31)
WIDTHS = {"long": 42, "several": 30, "one": 26, "link": 22, "date": 13, "boolean": 10,
          "integer": 12, "number": 12, "string": 26}  # fmt: skip
_GUIDE: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Remplir",
        (
            "Une ligne par fiche dans la feuille « Fiches d'expérience ». Les autres feuilles "
            "la complètent : ses lieux, ses étapes, les paroles recueillies, les acteurs.",
            "Écrire sous la ligne des titres, à partir de la ligne 4. La ligne 2 montre un "
            "exemple : elle n'est jamais lue, il n'y a rien à effacer.",
            "Les titres en blanc sur fond bleu sont à remplir ; les autres, en bleu sur fond "
            "clair, quand on le peut. Une cellule vide se lit « non renseigné », jamais zéro.",
            "S'il n'y a rien eu qui résiste, qui surprenne ou qui reste ouvert, écrire « rien à "
            "signaler » : cela aussi est une réponse.",
        ),
    ),
    (
        "Relier les feuilles",
        (
            "Donner à chaque fiche un identifiant : le sigle de la structure, l'année, un numéro "
            "(RELAIS-2026-01). Dans les autres feuilles, la colonne « Fiche » propose ceux qui "
            "ont été écrits. De même pour les acteurs.",
            "Garder le même identifiant d'un envoi à l'autre : la nouvelle version remplace "
            "l'ancienne, qui reste dans l'historique.",
        ),
    ),
    (
        "Dates, listes, codes",
        (
            "Les dates s'écrivent jj/mm/aaaa : 05/09/2024.",
            "Une flèche à droite de la cellule ouvre la liste des réponses possibles.",
            "Quand plusieurs réponses sont possibles (missions, thèmes, freins…), les séparer par "
            "une barre : « Animation des territoires | Création d'activités ».",
            "Les codes gardent leurs zéros : 01 pour l'Ain, 2A pour la Corse-du-Sud. Un SIRET a "
            "quatorze chiffres.",
        ),
    ),
    (
        "Confidentialité",
        (
            "Écrire des fonctions, jamais des noms de personnes : « une salariée en parcours », "
            "« la directrice ». Ni téléphone, ni adresse personnelle, ni état de santé.",
            "La colonne « Diffusion » dit jusqu'où la ligne peut circuler : Privé, Territoire, "
            "Réseau ou Public. Sans réponse, elle ne sort pas du territoire.",
            "Pour une parole, « Consentement » dit ce que la personne a accepté. Dans le doute, "
            "choisir « Analyse » : la parole ne sera jamais montrée.",
        ),
    ),
    (
        "Après",
        (
            "Enregistrer (.xlsx ou .ods) et envoyer le fichier à la personne qui anime. Ne pas "
            "changer les titres ni le nom des feuilles.",
            "Si une ligne ne peut pas être reçue, elle revient dans un classeur, avec une phrase "
            "par cellule à corriger. La corriger là, et renvoyer ce classeur.",
        ),
    ),
)


def excel_form(source: Catalogue | None = None) -> bytes:
    """Write the form as an .xlsx workbook, which comes back in without any mapping.

    Parameters
    ----------
    source
        The catalogue; that of the package by default.
    """
    ours = source or catalogue()
    tables = form_tables(ours)
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"title": "Fiche d'expérience", "created": datetime(2000, 1, 1)})
        looks = _looks(book)
        _guide(book, looks)
        sheets = [book.add_worksheet(table.schema.title) for table in tables]
        ranges = {**_lists(book, ours, tables), **_keys(tables)}
        for sheet, table in zip(sheets, tables):
            _Filled(sheet, looks, ranges).write(table)
        sheets[0].activate()
    return out.getvalue()


def _looks(book: Any) -> dict[str, Any]:
    text = {"text_wrap": True, "valign": "top", "font_name": "Calibri"}
    cell = {**text, "locked": False, "font_size": 11}
    head = {**text, "valign": "vcenter", "bold": True, "border": 1, "border_color": "#FFFFFF"}
    shown = {**text, "num_format": "@", "italic": True, "font_color": "#4D545C"}
    kinds = {"date": "dd/mm/yyyy", "integer": "0", "number": "General"}
    looks = {
        "title": {"font_size": 15, "bold": True, "font_color": "#12436D", "valign": "vcenter"},
        "part": {"font_size": 12, "bold": True, "font_color": "#A83E07", "top": 0},
        "said": {**text, "font_size": 11},
        "required": {**head, "bg_color": "#12436D", "font_color": "#FFFFFF"},
        "optional": {**head, "bold": False, "bg_color": "#DCE7F1", "font_color": "#12436D"},
        "example": {**shown, "bg_color": "#FDF1EA", "font_size": 10},
        "mark": {**shown, "bold": True, "italic": False, "font_color": "#A83E07", "font_size": 10},
        "margin": {"locked": False, "bg_color": "#F3F6F9", "right": 1, "right_color": "#C9D1D9"},
        **{kind: {**cell, "num_format": shape} for kind, shape in kinds.items()},
        **{kind: {**cell, "num_format": "@"} for kind in WIDTHS if kind not in kinds},
    }
    return {name: book.add_format(look) for name, look in looks.items()}


def _guide(book: Any, looks: dict[str, Any]) -> None:
    sheet = book.add_worksheet(GUIDE)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 68, looks["said"])
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, "Raconter une expérience", looks["title"])
    told = [(text, look) for title, said in _GUIDE
            for text, look in ((title, "part"), *((text, "said") for text in said))]  # fmt: skip
    for row, (text, look) in enumerate(told, start=1):
        sheet.set_row(row, 28 if look == "part" else 15.5 * (1 + len(text) // 76))
        sheet.write_string(row, 0, _GAPS.sub(FIXED, text), looks[look])
    sheet.protect(options={"format_columns": True})
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)


def _lists(book: Any, ours: Catalogue, tables: tuple[FormTable, ...]) -> dict[str, str]:
    """Write the labels of each closed list in a hidden sheet; name -> where they stand."""
    used = [q.codelist for table in tables for q in table.questions if q.codelist is not None]
    sheet = book.add_worksheet(LISTS)
    found = {}
    for column, codes in enumerate({codes.name: codes for codes in used}.values()):
        sheet.write_column(0, column, [f"liste {codes.name}", *codes.labels.values()])
        letter = xl_col_to_name(column, col_abs=True)
        found[codes.name] = f"={LISTS}!{letter}$2:{letter}${len(codes.labels) + 1}"
    sheet.protect()
    sheet.hide()
    return found


def _keys(tables: tuple[FormTable, ...]) -> dict[str, str]:
    """Where the keys are written that other sheets refer to: table -> range."""
    found = {}
    for table in tables:
        for column, question in enumerate(table.questions, start=1):
            if question.is_key:
                letter = xl_col_to_name(column, col_abs=True)
                name = table.schema.title.replace("'", "''")
                cells = f"{letter}${FIRST_ROW + 1}:{letter}${FIRST_ROW + ROWS}"
                found[table.schema.name] = f"='{name}'!{cells}"
    return found


class _Filled:
    """One sheet to be filled in."""

    def __init__(self, sheet: Any, looks: dict[str, Any], ranges: dict[str, str]) -> None:
        self.sheet = sheet
        self.looks = looks
        self.ranges = ranges

    def write(self, table: FormTable) -> None:
        """Write the title, the example, the header, and what each column takes."""
        self._frame(table)
        for column, question in enumerate(table.questions, start=1):
            look = "required" if question.required else "optional"
            self.sheet.set_column(column, column, WIDTHS[question.kind], self.looks[question.kind])
            self.sheet.write_string(
                EXAMPLE_ROW, column, question.example or NO_EXAMPLE, self.looks["example"]
            )
            self.sheet.write_string(HEADER_ROW, column, question.field.title, self.looks[look])
            rule = {"ignore_blank": True, **_asked(question), **self._rule(question, column)}
            self.sheet.data_validation(FIRST_ROW, column, FIRST_ROW + ROWS - 1, column, rule)
        self._print(table)

    def _frame(self, table: FormTable) -> None:
        sheet = self.sheet
        sheet.set_column(0, 0, MARGIN, self.looks["margin"])
        for row, height in ((0, 30), (EXAMPLE_ROW, 64), (HEADER_ROW, 34)):
            sheet.set_row(row, height)
        sheet.write_string(0, 1, table.schema.title, self.looks["title"])
        sheet.write_string(EXAMPLE_ROW, 0, EXAMPLE, self.looks["mark"])
        # Left open, so that rows can be deleted and sorted, but nothing is written in it.
        sheet.data_validation(FIRST_ROW, 0, FIRST_ROW + ROWS - 1, 0, {
            "validate": "custom", "value": "=FALSE",
            **_refusal("Colonne vide", "Cette colonne reste vide."),
        })  # fmt: skip
        sheet.freeze_panes(FIRST_ROW, 2)
        allowed = ("format_cells", "format_columns", "format_rows", "insert_rows", "delete_rows",
                   "sort", "select_locked_cells", "select_unlocked_cells")  # fmt: skip
        sheet.protect(options=dict.fromkeys(allowed, True))

    def _print(self, table: FormTable) -> None:
        width = MARGIN + sum(WIDTHS[question.kind] for question in table.questions)
        self.sheet.set_landscape()
        self.sheet.hide_gridlines(0)
        self.sheet.set_paper(9)
        self.sheet.set_margins(0.4, 0.4, 0.5, 0.5)
        self.sheet.fit_to_pages(max(1, round(width / PAGE)), 0)
        self.sheet.repeat_rows(EXAMPLE_ROW, HEADER_ROW)
        self.sheet.set_footer(f"&L{table.schema.title}&R&P / &N")

    def _rule(self, question: Question, column: int) -> dict[str, Any]:
        """What the cells of a column accept."""
        kind = question.kind
        if kind in ("one", "several"):
            assert question.codelist is not None
            return _chosen(self.ranges[question.codelist.name], several=kind == "several")
        if kind == "link":
            said = "Choisir un identifiant déjà écrit dans l'autre feuille."
            return {"validate": "list", "source": self.ranges[str(question.refers_to)],
                    **_refusal("Identifiant inconnu", said)}  # fmt: skip
        if question.is_key:
            return _alone(xl_col_to_name(column))
        return _typed(question)


def _asked(question: Question) -> dict[str, str]:
    """Give the words shown when a cell is chosen."""
    several = " Plusieurs réponses : les séparer par « | »." if question.field.is_list else ""
    day = " Écrire jj/mm/aaaa." if question.kind == "date" else ""
    return {
        "input_title": question.field.title[:32],
        "input_message": f"{question.hint}.{several}{day}"[:255],
    }


def _chosen(source: str, *, several: bool) -> dict[str, Any]:
    """Offer a list; a cell that may hold several answers is not refused for holding two."""
    if several:
        return {"validate": "list", "source": source, "show_error": False}
    said = "Choisir une réponse de la liste (flèche à droite de la cellule)."
    return {"validate": "list", "source": source, **_refusal("Pas dans la liste", said)}


def _alone(letter: str) -> dict[str, Any]:
    cells = f"${letter}${FIRST_ROW + 1}:${letter}${FIRST_ROW + ROWS}"
    return {
        "validate": "custom",
        "value": f"=COUNTIF({cells},{letter}{FIRST_ROW + 1})=1",
        **_refusal("Identifiant déjà pris", "Donner un identifiant différent à chaque ligne."),
    }


def _typed(question: Question) -> dict[str, Any]:
    """Give the rule of a date, a number, a yes or no; a text takes anything."""
    field = question.field
    if field.type == "boolean":
        said = "Choisir Oui ou Non."
        return {"validate": "list", "source": ["Oui", "Non"], **_refusal("Oui ou Non", said)}
    if field.type == "date":
        said = "Écrire jj/mm/aaaa, par exemple 05/09/2024. Le jour doit exister."
        return {"validate": "date", "criteria": "between", "minimum": EARLIEST,
                "maximum": LATEST, **_refusal("Ce n'est pas une date", said)}  # fmt: skip
    if field.type in ("integer", "number"):
        lowest = -1e9 if field.minimum is None else field.minimum
        highest = 1e9 if field.maximum is None else field.maximum
        whole = field.type == "integer"
        said = "Écrire un nombre, sans lettres ni unité."
        return {"validate": "integer" if whole else "decimal", "criteria": "between",
                "minimum": int(lowest) if whole else lowest,
                "maximum": int(highest) if whole else highest,
                **_refusal("Ce n'est pas un nombre possible", said)}  # fmt: skip
    return {"validate": "any"}


def _refusal(title: str, said: str) -> dict[str, str]:
    return {"error_title": title[:32], "error_message": said}
