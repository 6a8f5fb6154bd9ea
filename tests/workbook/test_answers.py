"""What is « À confirmer » is answered in the workbook given back, and received again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from dts_research.cli import main
from dts_research.cli.receiving import receive
from dts_research.workbook.arrival import Arrival, receive_files
from dts_research.workbook.review import review
from dts_research.workbook.tracing import trace

HEAD = "Identifiant de l'acteur;Type d'acteur;Nom diffusable;SIRET;SIREN\n"
GOOD, BAD, SIREN = "55208131766522", "55208131766523", "552081317"
DOUBT = f"« {BAD} » : la clé de contrôle ne tombe pas juste"
COLUMNS = [
    "Feuille", "Ligne", "Colonne", "Valeur", "Ce qui est à confirmer", "Que faire",
    "Valeur juste", "C'est bien cela", "Enregistrement", "Champ",
]  # fmt: skip
VALUE, YES, RECORD = (
    COLUMNS.index(name) + 1 for name in ("Valeur juste", "C'est bien cela", "Enregistrement")
)


@pytest.fixture
def book(new_book: Any) -> Any:
    return new_book("reponses")


def sent(book: Any, name: str, *rows: str, head: str = HEAD) -> Arrival:
    path = book.workspace.inbox / name
    path.write_text(head + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return received(book, path)


def received(book: Any, path: Path | None) -> Arrival:
    assert path is not None
    arrivals, refused = receive_files(book, [path])
    assert not refused, [str(error) for _, error in refused]
    assert arrivals[0].reception.counts.balanced
    return arrivals[0]


def answered(back: Path | None, *cells: tuple[int, int, str]) -> Path:
    """Answer as a person does: cells (row, column, text) of the sheet."""
    assert back is not None
    book = openpyxl.load_workbook(back)
    for row, column, text in cells:
        book["À confirmer"].cell(row, column, text)
    book.save(back)
    return back


def doubts(book: Any) -> list[tuple[str, str]]:
    with book.store() as store:
        told = review(store)
    told = told[told["severity"].eq("to_confirm") & told["message"].ne(NO_PLACE)]
    return list(zip(told["record"], told["column"]))


NO_PLACE = "Aucun lieu : la fiche n'apparaît dans aucun rapport de territoire."


def actor(book: Any, key: str = "A1") -> dict[str, Any]:
    (actors,) = book.frames("actors")
    return dict(actors.set_index("actor_id").loc[key])


def state(book: Any) -> str:
    with book.store() as store:
        return str(store.state())


def test_each_doubt_is_asked_on_its_line_with_its_record(book: Any) -> None:
    back = sent(book, "a.csv", f"A1;commune;Autun;{BAD};", f"A2;licorne;Cluny;{BAD};").quarantine
    assert back is not None
    issues = openpyxl.load_workbook(back)
    header, *lines = [[cell.value for cell in row] for row in issues["À confirmer"].iter_rows()]
    fix = "vérifier les chiffres (un chiffre faux ou deux inversés)"
    assert header == COLUMNS
    assert lines == [[None, "2", "SIRET", BAD, DOUBT, fix, None, None, "A1", "actors.siret"]]
    said = {row[0].value: row[1].value for row in issues["À lire"].iter_rows()}["Que faire"]
    assert said == (
        "Corriger dans les feuilles « Lignes refusées… », enregistrer, puis lancer « dts receive » "
        "suivi du chemin de ce classeur. Dans la feuille « À confirmer », écrire la bonne valeur "
        "sous « Valeur juste », ou oui sous « C'est bien cela » : la cellule reste alors comme "
        "elle est reçue, et il n'en est plus question. Sans réponse, rien ne change, et « dts "
        "check » le redit. Ne pas toucher aux deux dernières colonnes."
    )


def test_a_right_value_makes_a_new_version_and_ends_the_doubt(book: Any) -> None:
    back = sent(book, "a.csv", f"A1;commune;Autun;{BAD};{SIREN}").quarantine
    assert doubts(book) == [("A1", "siret")]
    again = received(book, answered(back, (2, VALUE, GOOD)))
    assert list(again.written["actors"].changed) == ["A1"]
    assert (actor(book)["siret"], actor(book)["label"]) == (GOOD, "Autun")
    assert doubts(book) == []
    with book.store() as store:
        assert store.history("actors", "A1")["siret"].tolist() == [BAD]


def test_where_each_value_comes_from_is_told(book: Any) -> None:
    back = sent(book, "a.csv", f"A1;commune;Autun;{BAD};").quarantine
    received(book, answered(back, (2, VALUE, GOOD)))
    with book.store() as store:
        origins = {one.column: one for one in trace(store, "A1")}
    siret, label = origins["siret"], origins["label"]
    assert (siret.file, siret.sheet, siret.row) == ("a.issues.xlsx", "À confirmer", 2)
    assert (siret.source_column, siret.raw, siret.rule) == ("Valeur juste", GOOD, "answered")
    assert siret.said == f"{DOUBT} ; répondu : « {GOOD} »"
    assert (label.file, label.row, label.source_column) == ("a.csv", 2, "Nom diffusable")


def test_yes_keeps_the_cell_and_ends_the_doubt_for_good(book: Any) -> None:
    back = sent(book, "a.csv", f"A1;commune;Autun;{BAD};").quarantine
    again = received(book, answered(back, (2, YES, "oui")))
    assert not again.written["actors"].changed and actor(book)["siret"] == BAD
    assert doubts(book) == []
    later = sent(book, "b.csv", f"A1;commune;Ville d'Autun;{BAD};")
    assert later.reception.issues["rule"].tolist() == []
    assert doubts(book) == []
    sent(book, "c.csv", "A1;commune;Autun;55208131766524;")
    assert doubts(book) == [("A1", "siret")]


def test_the_same_answers_twice_change_nothing_and_an_undo_takes_them_back(book: Any) -> None:
    back = sent(book, "a.csv", f"A1;commune;Autun;{BAD};", "A2;commune;Cluny;abc;").quarantine
    before = state(book)
    done = received(book, answered(back, (2, VALUE, GOOD), (3, YES, "oui")))
    after = state(book)
    assert done.reception.counts.accepted == 2
    received(book, back)
    assert state(book) == after != before
    with book.store(readonly=False) as store:
        store.undo(done.import_id)
    assert state(book) == before
    assert doubts(book) == [("A1", "siret"), ("A2", "siret")]


def test_without_an_answer_nothing_changes_and_it_is_still_asked(book: Any) -> None:
    rows = (f"A1;commune;Autun;{BAD};", "A2;licorne;Cluny;;")
    back = sent(book, "a.csv", *rows).quarantine
    assert back is not None
    issues = openpyxl.load_workbook(back)
    issues["Lignes refusées"]["D2"] = "commune"
    issues.save(back)
    sent(book, "b.csv", f"A1;commune;Ville d'Autun;{BAD};")
    assert received(book, back).reception.counts.read == 1
    assert (actor(book)["label"], actor(book, "A2")["label"]) == ("Ville d'Autun", "Cluny")
    assert doubts(book) == [("A1", "siret")]


def test_an_answer_leaves_what_came_since_in_the_other_cells(book: Any) -> None:
    back = sent(book, "a.csv", f"A1;commune;Autun;{BAD};").quarantine
    sent(book, "b.csv", f"A1;commune;Ville d'Autun;{BAD};")
    received(book, answered(back, (2, VALUE, GOOD)))
    assert (actor(book)["siret"], actor(book)["label"]) == (GOOD, "Ville d'Autun")


def test_a_refused_row_and_an_answer_come_in_together(book: Any) -> None:
    back = sent(book, "a.csv", f"A1;commune;Autun;{BAD};", "A2;licorne;Cluny;;").quarantine
    issues = openpyxl.load_workbook(answered(back, (2, VALUE, GOOD)))
    issues["Lignes refusées"]["D2"] = "commune"
    issues.save(back)
    again = received(book, back)
    assert again.reception.counts.as_dict() == {
        "read": 2, "accepted": 2, "quarantined": 0, "duplicates": 0, "withdrawn": 0
    }  # fmt: skip
    assert actor(book)["siret"] == GOOD and actor(book, "A2")["label"] == "Cluny"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([(2, YES, "non")], "« non » n'est pas oui ; écrire oui sous « C'est bien cela », ou la "
         "bonne valeur sous « Valeur juste »"),
        ([(2, VALUE, GOOD), (2, YES, "oui")], f"« {GOOD} » et « oui » sont deux réponses ; garder "
         "« Valeur juste » ou « C'est bien cela »"),
        ([(2, VALUE, BAD)], f"{DOUBT} ; vérifier les chiffres (un chiffre faux ou deux inversés)"),
        ([(2, VALUE, GOOD), (2, RECORD, "A9")], "« A9 » (actors.siret) n'est pas une cellule du "
         "classeur ; laisser les colonnes « Enregistrement » et « Champ » comme elles étaient"),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_taken_comes_back_and_can_be_corrected(
    book: Any, cells: list[tuple[int, int, str]], said: str
) -> None:
    back = sent(book, "a.csv", f"A1;commune;Autun;{BAD};").quarantine
    again = received(book, answered(back, *cells))
    assert again.reception.counts.quarantined == 1 and again.quarantine is not None
    issues = openpyxl.load_workbook(again.quarantine)
    sheet = issues["Lignes refusées"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    told = sheet.cell(2, columns["Ce qui ne va pas"]).value
    assert told == f"Ligne 2, colonne « Valeur juste » : {said}."
    assert actor(book)["siret"] == BAD and doubts(book) == [("A1", "siret")]
    for name, text in (("Valeur juste", GOOD), ("C'est bien cela", ""), ("Enregistrement", "A1")):
        sheet.cell(2, columns[name]).value = text
    issues.save(again.quarantine)
    received(book, again.quarantine)
    assert actor(book)["siret"] == GOOD and doubts(book) == []


def test_of_a_list_only_the_piece_set_aside_is_answered(book: Any) -> None:
    head = "Identifiant de la fiche;Titre;Missions;Date de début;Date de fin\n"
    row = "F-1;Un verger;M1|licorne|dragon;01/05/2024;30/04/2024"
    back = sent(book, "f.csv", row, head=head).quarantine
    assert back is not None
    sheet = openpyxl.load_workbook(back)["À confirmer"]
    rows = {sheet.cell(n, 4).value: n for n in range(2, sheet.max_row + 1)}
    received(book, answered(back, (rows["licorne"], VALUE, "M2"), (rows["30/04/2024"], VALUE,
                                                                   "30/06/2024")))  # fmt: skip
    (kept,) = book.frames("experiences")
    assert kept["missions"].tolist() == [("M1", "M2")]
    assert str(kept["ended_on"].iloc[0]) == "2024-06-30"
    assert doubts(book) == [("F-1", "missions")]


def test_a_place_is_settled_again_when_a_cell_that_situates_it_is_answered(book: Any) -> None:
    sent(book, "f.csv", "F-1;Un verger", head="Identifiant de la fiche;Titre\n")
    head = "Identifiant du lieu;Fiche;Latitude;Longitude;Code postal déclaré;Diffusion\n"
    back = sent(book, "lieux.csv", "L-1;F-1;465;4,43;71400;licorne", head=head).quarantine
    assert back is not None
    sheet = openpyxl.load_workbook(back)["À confirmer"]
    rows = {sheet.cell(n, 3).value: n for n in range(2, sheet.max_row + 1)}
    (before,) = book.frames("experience_places")
    received(book, answered(back, (rows["Diffusion"], VALUE, "Réseau")))
    (same,) = book.frames("experience_places")
    places = ["commune_code", "departement_code", "evidence", "contradiction"]
    assert same[places].astype(str).values.tolist() == before[places].astype(str).values.tolist()
    assert same["diffusion"].tolist() == ["network"]
    received(book, answered(back, (rows["Latitude"], VALUE, "46,5")))
    (after,) = book.frames("experience_places")
    assert after["latitude"].tolist() == [46.5]
    assert after["evidence"].iloc[0].startswith("coordinates") != before["evidence"].iloc[0]


def test_a_record_taken_back_is_not_answered(book: Any) -> None:
    head = "Identifiant de la fiche;Titre;Date de début\n"
    back = sent(book, "f.csv", "F-1;Un verger;31/02/2024", head=head).quarantine
    consent = (
        "Identifiant du consentement;Table;Enregistrement;Niveau;Donné le;Retiré le\n"
        "C-1;experiences;F-1;analysis;01/01/2023;01/01/2024\n"
    )
    path = book.workspace.inbox / "consents.csv"
    path.write_text(consent, encoding="utf-8")
    received(book, path)
    again = received(book, answered(back, (2, VALUE, "28/02/2024")))
    assert again.reception.counts.withdrawn == 1 and not again.brings


def test_unanswered_it_is_said_and_the_sheet_alone_is_enough(book: Any) -> None:
    back = sent(book, "a.csv", f"A1;commune;Autun;{BAD};").quarantine
    assert back is not None
    issues = openpyxl.load_workbook(back)
    for name in (None, *sorted(set(issues.sheetnames) - {"À confirmer"})):
        if name is not None:
            del issues[name]
        issues.save(back)
        _, refused = receive_files(book, [back])
        assert [error.message for _, error in refused] == [
            "« a.issues.xlsx » ne porte ni réponse ni ligne corrigée."
        ]
    received(book, answered(back, (2, VALUE, GOOD)))
    assert actor(book)["siret"] == GOOD


def test_the_inbox_received_again_keeps_the_answers_and_a_new_workbook_takes_them(
    book: Any, new_book: Any
) -> None:
    inbox = book.workspace.inbox
    back = sent(book, "a.csv", f"A1;commune;Autun;{BAD};", "A2;licorne;Cluny;;").quarantine
    (inbox / "a.issues.xlsx").write_bytes(answered(back, (2, VALUE, GOOD)).read_bytes())
    other = new_book("autre")
    for name in ("a.csv", "a.issues.xlsx"):
        (other.workspace.inbox / name).write_bytes((inbox / name).read_bytes())
    for one in (book, book, other, other):
        receive(one.workspace, [], mapping=None, table=None)
        assert actor(one)["siret"] == GOOD


def test_answered_in_libreoffice_and_said_by_the_command(
    book: Any, in_calc: Callable[..., Path]
) -> None:
    back = sent(book, "a.csv", f"A1;commune;Autun;{BAD};", "A2;commune;Cluny;abc;").quarantine
    cells = [("À confirmer", VALUE - 1, 1, GOOD), ("À confirmer", YES - 1, 2, "oui")]
    out = in_calc(back, book.workspace.inbox / "a.issues.xlsx", cells)
    words = ("--workbook", str(book.workspace.data), "receive", str(out))
    done = CliRunner().invoke(main, words, prog_name="dts")
    assert done.exit_code == 0, done.output
    assert "    Réponses prises : 1 valeur juste, 1 cellule confirmée." in done.stdout.splitlines()
    assert actor(book)["siret"] == GOOD and doubts(book) == []
