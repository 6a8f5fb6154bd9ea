"""A large file such as the field could send: 100 000 experiences of 40 columns, some mistakes.

The same rows as .csv (semicolons, French decimals) and as .xlsx (real dates and numbers); cells
are what people write: codes and labels, lists, dates in several shapes, sentences, blanks.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter

from dts_research.schema import Field, catalogue

Cell = str | int | float | date | None
PLACES = ("Commune", "Code postal", "Département")
FILLED = {"long": 0.4, "other": 0.7}
MISTAKES = 0.002
SENTENCE = (
    "les collèges de la vallée peinent à remplacer leurs agents absents et trois associations se "
    "regroupent pour proposer un seul numéro de téléphone : l'accueil, la blanchisserie, le "
    "maraîchage, la mobilité, un contrat d'un an, une chargée de mission à mi-temps, la commune, "
    "le département, l'œuvre commune, « on ne savait pas », des délais de paiement"
)
WRONG = ("31/02/2024", "à voir", "ETII", "douze", "2024-13-01", "<b>gras</b>", "=1+1", "-")
WORDS = SENTENCE.split()
FIRST_DAY = date(2012, 1, 1)
ORDER = [f.name for f in catalogue().tables["experiences"].fields if f.type == "date"]


def header() -> list[str]:
    """Titles of the 40 columns: ours, and where it takes place."""
    titles = [field.title for field in catalogue().tables["experiences"].fields]
    return [*titles, *PLACES]


def rows(count: int, *, seed: int = 0) -> Iterator[list[Cell]]:
    """Rows under that header, the same ones for the same seed."""
    chance = random.Random(seed)
    fields = catalogue().tables["experiences"].fields
    for number in range(count):
        row: list[Cell] = [_cell(field, number, chance) for field in fields]
        departement = chance.randrange(1, 96)
        row += ["Marseille", departement * 1000 + chance.randrange(999), departement]
        if chance.random() < MISTAKES * len(row):
            row[chance.randrange(2, len(row))] = chance.choice(WRONG)
        yield row


def _cell(field: Field, number: int, chance: random.Random) -> Cell:
    if field.name == "experience_id":
        return f"F-{number:06d}"
    if field.required:
        return None if chance.random() < MISTAKES else f"{field.example} {number}"
    if chance.random() > FILLED["long" if field.long else "other"]:
        return None
    if field.type == "date":  # one after the other: the start comes first in our tables
        return FIRST_DAY + timedelta(days=5 * (number % 700) + ORDER.index(field.name) * 90)
    if field.type == "integer":
        return chance.randrange(400)
    if field.codelist:
        return _coded(field, chance)
    if field.long:
        return " ".join(chance.choices(WORDS, k=chance.randrange(4, 26)))
    return f"{field.example or field.title} {chance.randrange(300)}"


def _coded(field: Field, chance: random.Random) -> str:
    """Codes of the list, or their labels, one cell in three."""
    labels = catalogue().codelists[field.codelist or ""].labels
    picked = chance.sample(list(labels), min(len(labels), chance.randrange(1, 3)))
    shown = [labels[code] for code in picked] if chance.random() < 1 / 3 else picked
    return "|".join(shown) if field.is_list else shown[0]


def write_csv(path: Path, count: int) -> None:
    """Write the rows as a French spreadsheet exports them."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(header())
        for row in rows(count):
            writer.writerow([f"{v:%d/%m/%Y}" if isinstance(v, date) else v for v in row])


def write_xlsx(path: Path, count: int) -> None:
    """Write the rows as a workbook, with dates and numbers that are some."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet("Fiches")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, header())
        for number, row in enumerate(rows(count), start=1):
            for place, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(number, place, value, day)
                elif value is not None:
                    sheet.write(number, place, value)
