"""The facilitator's round trip, in real files: a form is filled in with mistakes, received, its
refused rows corrected in LibreOffice, received again, and a report made."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from dts_research.cli import main
from dts_research.schema import catalogue

TITLES = {name: schema.title for name, schema in catalogue().tables.items()}
FIRST_ROW = 4
Row = dict[str, Any]


@dataclass(frozen=True)
class Mistake:
    """One wrong cell: where, what is written, what is meant, and the rule that says so."""

    table: str
    row: int
    column: str
    written: str
    meant: str
    rule: str
    said: str


EXPERIENCES, PLACES, STEPS = "experiences", "experience_places", "experience_steps"
MISTAKES = (
    Mistake(EXPERIENCES, 7, "Titre", "", "Une plaquette commune", "required",
            "« Titre » est obligatoire et la cellule est vide ; la remplir (exemple : Remplacer "
            "les agents absents des collèges)"),
    Mistake(EXPERIENCES, 7, "Date de début", "31/02/2024", "28/02/2024", "type",
            "« 31/02/2024 » n'est pas une date ; écrire jj/mm/aaaa"),
    Mistake(EXPERIENCES, 8, "Identifiant de la fiche", "RELAIS-2026-01", "RELAIS-2026-05", "unique",
            "« RELAIS-2026-01 » est déjà pris par la ligne 4 ; donner un identifiant "
            "différent à chaque ligne"),
    Mistake(EXPERIENCES, 8, "Étape", "En coours", "En cours", "code",
            "« En coours » n'est pas dans la liste ; écrire peut-être « En cours »"),
    Mistake(EXPERIENCES, 8, "Personnes concernées", "douze", "12", "type",
            "« douze » n'est pas un nombre entier ; écrire par exemple 12"),
    Mistake(EXPERIENCES, 8, "Date de fin", "30/06/2021", "30/06/2025", "order",
            "« Date de fin » (30/06/2021) vient avant « Date de début » (01/09/2022) ; corriger "
            "celle des deux dates qui est fausse"),
    Mistake(PLACES, 7, "Fiche", "", "RELAIS-2026-04", "required",
            "« Fiche » est obligatoire et la cellule est vide ; la remplir (exemple : "
            "F-013-2026-k7q2)"),
    Mistake(PLACES, 7, "Latitude", "465", "46,5", "maximum",
            "« 465 » est plus grand que 90 ; écrire un nombre au plus égal à 90"),
    Mistake(PLACES, 6, "Département déclaré", "71D", "71", "repair", "« 71D » a été lu « 71 »"),
    Mistake(STEPS, 5, "Date", "au printemps", "21/03/2024", "type",
            "« au printemps » n'est pas une date ; écrire jj/mm/aaaa"),
    Mistake("quotes", 5, "Consentement", "Cittation", "Citation", "code",
            "« Cittation » n'est pas dans la liste ; écrire peut-être « Citation »"),
    Mistake("actors", 5, "SIRET", "55208131766523", "55208131766522", "checksum",
            "« 55208131766523 » : la clé de contrôle ne tombe pas juste ; vérifier les chiffres "
            "(un chiffre faux ou deux inversés)"),
    Mistake("actors", 5, "Type d'acteur", "Comune", "Commune", "code",
            "« Comune » n'est pas dans la liste ; écrire peut-être « Commune »"),
)  # fmt: skip
TOLD = "On nous a enfin appelés pour autre chose qu'un dépannage."


def fiche(number: int, title: str, **more: Any) -> Row:
    return {
        "Identifiant de la fiche": f"RELAIS-2026-0{number}", "Titre": title,
        "Structure porteuse (libellé)": "Relais Emploi", "Missions": "Animation des territoires | "
        "Création d'activités", "Étape": "Terminée", "Date de début": date(2022, 9, 1),
        "Résumé": f"{title}, en quelques mots.", "Ce qui a marché": "Un seul interlocuteur.",
        "Ce qui a résisté": "Les délais de paiement.", "Ce qui a surpris": "rien à signaler",
        "Questions ouvertes": "Que devient l'accord après les élections ?",
        "Diffusion": "Territoire", **more,
    }  # fmt: skip


def place(number: int, commune: str, code: str, **more: Any) -> Row:
    return {"Fiche": f"RELAIS-2026-0{number}", "Commune déclarée": commune,
            "Code postal déclaré": code, "Diffusion": "Territoire", **more}  # fmt: skip


RIGHT: dict[str, list[Row]] = {
    EXPERIENCES: [
        fiche(1, "Un atelier vélo au pied des immeubles"),
        fiche(2, "Des remplacements dans les collèges"),
        fiche(3, "Une ressourcerie à trois"),
        fiche(4, "Une plaquette commune"),
        fiche(5, "Un verger partagé", **{"Étape": "En cours", "Personnes concernées": 12}),
    ],
    PLACES: [
        place(1, "Mâcon", "71000"),
        place(2, "Autun", "71400"),
        place(3, "", "", **{"Département déclaré": "71"}),
        place(4, "", "", Latitude=46.5, Longitude=4.43),
        place(5, "Cluny", "71250"),
    ],
    STEPS: [
        {"Fiche": "RELAIS-2026-01", "Date": date(2023, 1, 12), "Événement": "Première réunion"},
        {"Fiche": "RELAIS-2026-02", "Date": "", "Événement": "Le collège rappelle"},
    ],
    "quotes": [
        {"Fiche": "RELAIS-2026-01", "Parole": "J'ai appris un métier.",
         "Rôle de la personne": "Salarié en parcours", "Consentement": "Analyse"},
        {"Fiche": "RELAIS-2026-02", "Parole": TOLD, "Diffusion": "Territoire",
         "Rôle de la personne": "Salariée en parcours", "Consentement": ""},
    ],
    "actors": [
        {"Identifiant de l'acteur": "A-01", "Type d'acteur": "PLIE", "Nom diffusable": "PLIE"},
        {"Identifiant de l'acteur": "A-02", "Type d'acteur": "", "Nom diffusable": "Ville d'Autun"},
    ],
    "experience_actors": [
        {"Fiche": "RELAIS-2026-01", "Acteur": "A-01", "Rôle": "Partenaire"},
    ],
}  # fmt: skip


def dts(*words: object, book: Path) -> Any:
    return CliRunner().invoke(main, ["--workbook", str(book), *map(str, words)], prog_name="dts")


def fill(form: Path, out: Path) -> int:
    """Fill the form in as a member does, mistakes included; give the number of rows."""
    book = openpyxl.load_workbook(form)
    for table, rows in RIGHT.items():
        sheet = book[TITLES[table]]
        columns = {cell.value: cell.column for cell in sheet[FIRST_ROW - 1] if cell.value}
        for number, row in enumerate(rows, start=FIRST_ROW):
            wrong = {m.column: m.written for m in MISTAKES if (m.table, m.row) == (table, number)}
            for title, value in (row | wrong).items():
                sheet.cell(number, columns[title], value if value != "" else None)
    book.save(out)
    return sum(map(len, RIGHT.values()))


@dataclass(frozen=True)
class Back:
    """A mistake in the workbook given back: the cell, and what stands beside it."""

    mistake: Mistake
    cell: tuple[str, int, int, str]
    reason: str


def given_back(issues: Path) -> list[Back]:
    """Find each mistake in the refused rows."""
    book = openpyxl.load_workbook(issues)
    found = []
    for mistake in MISTAKES:
        wanted = plain_name(f"Lignes refusées {TITLES[mistake.table]}")
        sheet = next((s for s in book if wanted.startswith(plain_name(s.title))), None)
        heads = [cell.value for cell in sheet[1]] if sheet else []
        for line in sheet.iter_rows(min_row=2) if sheet else ():
            if line[heads.index("Ligne d'origine")].value == str(mistake.row):
                at = line[heads.index(mistake.column)]
                cell = (sheet.title, at.column - 1, at.row - 1, mistake.meant)
                found.append(Back(mistake, cell, line[heads.index("Ce qui ne va pas")].value))
    return found


def plain_name(name: str) -> str:
    return " ".join(re.findall(r"\w+", name))


@pytest.fixture(scope="module")
def trip(tmp_path_factory: pytest.TempPathFactory, in_calc: Callable[..., Path]) -> dict[str, Any]:
    """Go round once: form, mistakes, reception, correction in LibreOffice, reception."""
    book = tmp_path_factory.mktemp("trip") / "classeur"
    assert dts("init", book, book=book).exit_code == 0
    made = json.loads(dts("forms", "--excel", "--json", book=book).stdout)
    sent = book / "data" / "inbox" / "relais.xlsx"
    rows = fill(Path(made[0]), sent)
    first = dts("receive", "--json", book=book)
    issues = book / "data" / "quarantine" / "relais.issues.xlsx"
    back = given_back(issues)
    corrected = book / "data" / "inbox" / "relais.issues.xlsx"
    again = dts("receive", in_calc(issues, corrected, [b.cell for b in back]), "--json", book=book)
    return {"book": book, "rows": rows, "first": first, "again": again, "back": back}


def test_the_form_comes_in_without_mapping_and_every_row_is_counted(trip: dict[str, Any]) -> None:
    (arrival,) = json.loads(trip["first"].stdout)
    assert arrival["read"] == trip["rows"]
    fates = ("accepted", "quarantined", "duplicates", "withdrawn")
    assert arrival["read"] == sum(arrival[fate] for fate in fates)
    assert not list((trip["book"] / "data" / "mappings").glob("*.toml"))
    assert arrival["quarantined"] == len({(m.table, m.row) for m in MISTAKES}) - 1


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: f"{m.column} {m.written}")
def test_each_mistake_is_said_in_one_sentence(trip: dict[str, Any], mistake: Mistake) -> None:
    (arrival,) = json.loads(trip["first"].stdout)
    said = [
        " ; ".join(filter(None, (issue["message"], issue["fix"])))
        for issue in arrival["issues"]
        if (issue["sheet"], issue["row"]) == (TITLES[mistake.table], mistake.row)
        and issue["column"] == mistake.column
        and issue["rule"] == mistake.rule
    ]
    assert said == [mistake.said]


def test_what_is_wrong_stands_beside_each_refused_row(trip: dict[str, Any]) -> None:
    """But for the certain repair, every mistake comes back in the workbook to be corrected."""
    back = {b.mistake: b.reason for b in trip["back"]}
    assert set(back) == {m for m in MISTAKES if m.rule != "repair"}
    for mistake, reason in back.items():
        sentence = f"Ligne {mistake.row}, colonne « {mistake.column} » : {mistake.said}."
        assert sentence in reason.splitlines(), reason


def test_corrected_in_libreoffice_everything_is_received(trip: dict[str, Any]) -> None:
    (arrival,) = json.loads(trip["again"].stdout)
    assert arrival["quarantined"] == 0, arrival["issues"]
    kept = json.loads(dts("list", "experiences", "--json", book=trip["book"]).stdout)
    assert {row["experience_id"]: row["title"] for row in kept} == {
        row["Identifiant de la fiche"]: row["Titre"] for row in RIGHT[EXPERIENCES]
    }


def test_the_report_tells_what_was_corrected(trip: dict[str, Any]) -> None:
    words = ("report", "71", "--reader", "chercheur", "--formats", "html", "--json")
    made = dts(*words, book=trip["book"])
    assert made.exit_code == 0, made.output
    pages = list((trip["book"] / "reports").glob("territoire-71*.html"))
    text = " ".join(re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8")) for page in pages)
    for words_told in ("Une plaquette commune", "Un verger partagé", "autre chose qu"):
        assert words_told in text
