"""The kit of a session: each document, its questions, its posters and its capture rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import openpyxl
import pandas as pd
import pytest
from pypdf import PdfReader

from dts_research.display.tables_session import questions
from dts_research.errors import RequestError
from dts_research.reflection import kit
from dts_research.reflection.kit_agenda import MOMENTS
from dts_research.reflection.kit_figures import WALLS, chosen
from dts_research.reflection.kit_folder import prepared
from dts_research.reflection.kit_pieces import PIECES
from dts_research.reflection.kit_session import LENGTHS, prepare
from dts_research.reflection.selection import View, keep, selection_path
from dts_research.reports.tags import unfit
from dts_research.schema.capture import SHEET

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
EVERY = ["plain_kit", "kept_kit", "network_kit"]


def text_of(kit: Any, file: str) -> str:
    pages = PdfReader(kit.written.folder / file).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def pages(kit: Any, file: str) -> int:
    return len(PdfReader(kit.written.folder / file).pages)


def said(text: str) -> str:
    """A sentence as a PDF gives it back: French blanks and apostrophes."""
    return " ".join(text.replace("'", "’").replace("\u202f", " ").replace("\xa0", " ").split())


def readings(kit: Any) -> list[tuple[Any, Any]]:
    """Figure and title of each row of the capture sheet."""
    book = openpyxl.load_workbook(kit.written.folder / "7-feuille-de-seance.xlsx")
    head, *rows = book[SHEET["readings"].title].iter_rows(min_row=3, values_only=True)
    at = [head.index(title) for title in ("Figure", "Titre")]
    told = [tuple(row[place] for place in at) for row in rows]
    return list(dict.fromkeys(row for row in told if row[0]))


# -- the folder -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EVERY)
def test_the_folder_holds_every_file_and_nothing_else(
    name: str, request: pytest.FixtureRequest
) -> None:
    made = request.getfixturevalue(name)
    assert sorted(p.name for p in made.written.folder.iterdir()) == sorted(p.file for p in PIECES)
    for path in made.written.folder.glob("*.pdf"):
        assert not unfit(path.read_bytes()), path.name


@pytest.mark.parametrize("name", EVERY)
def test_the_handout_is_a_single_sheet_and_names_nobody(
    name: str, request: pytest.FixtureRequest, kit_book: Any
) -> None:
    made = request.getfixturevalue(name)
    assert pages(made, "3-document-participants.pdf") <= 2
    text = text_of(made, "3-document-participants.pdf")
    (decisions,) = kit_book.frames("decisions")
    carriers = [one for one in decisions["carrier_role"].dropna() if len(one) > 12]
    assert not [one for one in carriers if said(one) in text]
    assert said("On note ce qui se dit, jamais qui le dit.") in text
    assert said("À quoi reconnaît-on qu'une collectivité tient compte") in text


def test_the_first_page_leads_to_each_file(plain_kit: Any) -> None:
    page = (plain_kit.written.folder / "0-LISEZ-MOI.html").read_text(encoding="utf-8")
    for piece in PIECES[1:]:
        assert f'href="{piece.file}"' in page
    assert "dts session record 7-feuille-de-seance.xlsx" in page
    assert "dts report 71" in page


def test_the_session_is_remembered_with_its_files(plain_kit: Any, kit_book: Any) -> None:
    (one,) = [p for p in prepared(kit_book.workspace) if p.date == "2026-12-10"]
    assert one.session_id == plain_kit.session_id
    assert one.folder == "seances/71-2026-12-10"
    assert one.files == plain_kit.written.digests
    assert one.session_id.startswith("SE-71-2026-12-10-")
    assert len(one.session_id.rpartition("-")[2]) == 4


# -- what was kept ----------------------------------------------------------------------------


def test_what_was_kept_becomes_posters_slides_lines_and_rows(
    kept_kit: Any, kept_views: dict[str, str]
) -> None:
    mine = [kept_views["figure"], kept_views["sheet"]]
    assert [one["figure_id"] for one in kept_kit.figures] == mine
    assert [target for target, _ in readings(kept_kit)] == mine
    assert pages(kept_kit, "4-affiches.pdf") == 2
    asked = said("Qui a trouvé de quoi tenir la troisième année ?")
    for file in ("3-document-participants.pdf", "4-affiches.pdf", "6-diapos.pdf"):
        assert asked in text_of(kept_kit, file).replace("\xa0", " "), file
        assert "Aucun levier en face" in text_of(kept_kit, file), file
    assert said("Ce que ce récit ne dit pas") in text_of(kept_kit, "4-affiches.pdf")


def test_rows_bear_the_numbers_of_the_posters(kept_kit: Any) -> None:
    titles = [title for _, title in readings(kept_kit)]
    assert [title.split(" : ")[0] for title in titles] == ["Affiche 1", "Affiche 2"]
    assert "Affiche 1, autre groupe" in text_of(kept_kit, "7-feuille-de-seance.pdf")


def test_where_nothing_was_kept_the_figures_of_the_report_are_taken_and_it_is_said(
    plain_kit: Any,
) -> None:
    assert pages(plain_kit, "4-affiches.pdf") == len(plain_kit.figures) == 5
    assert said("Rien n'a été gardé pour cette séance dans explore.ipynb") in text_of(
        plain_kit, "2-notes-animation.pdf"
    )


def test_a_view_kept_for_a_territory_never_goes_to_the_network(
    network_kit: Any, kept_views: dict[str, str]
) -> None:
    assert [one["figure_id"] for one in network_kit.figures] == [kept_views["network"]]
    assert network_kit.session.aside == 2


def test_names_written_on_kept_views_are_masked_and_what_was_taken_back_is_not_hung(
    new_book: Callable[..., Any], demo_inbox: list[Path]
) -> None:
    book = new_book("vues", demo_inbox)
    block = {"kind": "chart", "id": "f", "title": "Titre"}
    words = {"caption": "Vu par Marie Durand", "question": "Appeler Paul Martin au 0102030405 ?"}
    keep(book.workspace, View("figure", "f", block, **words))
    keep(book.workspace, View("sheet", "F-71-0000-none", {"kind": "sheet"}))
    session = prepare(book, "reseau")
    (one,) = session.views
    assert one.view.caption == "Vu par [nom masqué]"
    assert one.view.question == "Appeler [nom masqué] au [coordonnées masquées] ?"
    assert session.gone == 1  # a sheet that its readers may no longer read
    received = selection_path(book.workspace)
    lines = [json.loads(line) | {"at": "2001-01-01T10:00:00+00:00"}
             for line in received.read_text(encoding="utf-8").splitlines()]  # fmt: skip
    received.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    after = prepare(book, "reseau")  # consents came since: what was drawn before is not shown
    assert (after.views, after.gone) == ((), 2)
    assert chosen(after) == (
        "Ce sont les affiches du rapport. 2 vues gardées ne sont pas affichées : un accord, ou la "
        "diffusion d'une fiche, a changé depuis. Pour les reprendre, les retirer dans "
        "explore.ipynb et les y garder de nouveau."
    )


@pytest.mark.parametrize(
    ("wall", "notebook"), [("territory", "territory.ipynb"), ("network", "network.ipynb")]
)
def test_the_wall_of_a_kit_is_that_of_the_report(wall: str, notebook: str) -> None:
    cells = nbformat.read(NOTEBOOKS / notebook, as_version=4).cells
    hung = [c.source for c in cells if "affiche" in c.metadata.get("tags", [])]
    hung = [source for source in hung if not source.startswith("drafts.")]  # a paper of their own
    assert [f"charts.{name}(here)" for name in WALLS[wall]] == hung


# -- questions --------------------------------------------------------------------------------


def test_questions_come_from_the_material_and_say_where(kit_book: Any) -> None:
    found = {one.text: one for one in questions(kit_book.territory("71"))}
    first = next(iter(found))
    assert (
        first == "Notre désaccord reste-t-il ouvert : faut-il montrer son fil à chaque "
        "collectivité ?"
    )
    assert found[first].origin == "Désaccord noté le 4 juin 2026"
    silent = (
        "Commune de Paray-le-Monial et Commune de Tournus : rien n'est noté ; qu'en "
        "savons-nous ici ?"
    )
    assert found[silent].origin == "Silence des registres"


def test_a_surprise_is_for_the_facilitator_only(plain_kit: Any, kit_book: Any) -> None:
    surprises = [q for q in questions(kit_book.territory("71")) if not q.shared]
    assert surprises
    for file in ("3-document-participants.pdf", "6-diapos.pdf"):
        assert "Cela nous surprend-il encore" not in text_of(plain_kit, file)
    notes = text_of(plain_kit, "2-notes-animation.pdf")
    assert "Cela nous surprend-il encore" in notes
    assert said("on pourrait y reconnaître quelqu'un") in notes


def test_a_decision_is_asked_about_once_its_day_has_passed(kit_book: Any) -> None:
    asked = "Qu'est devenue notre décision : « Montrer son fil à la Commune de Louhans"
    early = kit.prepare(kit_book, "71", date="2026-10-01")
    late = kit.prepare(kit_book, "71", date="2026-10-20")
    told = [[row[1] for row in kit.every_question(s).data["rows"]] for s in (early, late)]
    every = [[one.text for one in questions(s.material)] for s in (early, late)]
    assert told[0] != told[1] or every[0] != every[1]
    assert [any(t.startswith(asked) for t in texts) for texts in every] == [False, True]


def test_another_divergence_makes_another_kit(
    kit_of: Callable[..., Any], new_book: Callable[..., Any], demo_inbox: list[Path]
) -> None:
    tables = {path.stem: pd.read_csv(path, dtype=str) for path in demo_inbox}
    said_then = tables["contributions"]
    column = next(
        c
        for c in said_then
        if said_then[c].eq("Faut-il montrer son fil à chaque collectivité ?").any()
    )
    tables["contributions"] = said_then.replace(
        {column: {"Faut-il montrer son fil à chaque collectivité ?": "Faut-il un local commun ?"}}
    )
    made = kit_of(new_book("autre", **tables), "71")
    text = text_of(made, "3-document-participants.pdf").replace("\xa0", " ")
    assert said("Notre désaccord reste-t-il ouvert : faut-il un local commun ?") in text
    assert "son fil à chaque" not in text


def test_a_place_where_nobody_told_anything_has_a_kit_without_posters(
    kit_of: Callable[..., Any], kit_book: Any
) -> None:
    made = kit_of(kit_book, "48", "2027-01-05")
    assert "4-affiches.pdf" not in made.files
    assert not made.stories
    assert not made.figures
    assert "Qui, ici, pourrait raconter" in text_of(made, "3-document-participants.pdf")
    assert "4-affiches.pdf" not in (made.written.folder / "0-LISEZ-MOI.html").read_text("utf-8")


# -- stories ----------------------------------------------------------------------------------


def test_the_first_story_stopped_and_the_other_differs(plain_kit: Any, kit_book: Any) -> None:
    (sheets,) = kit_book.frames("experiences")
    first, second = (sheets.set_index("experience_id").loc[one] for one in plain_kit.stories)
    assert first["stage"] == "arretee"
    assert second["stage"] != "arretee"
    assert not {*first["missions"]} & {*second["missions"]}
    assert first["structure_id"] != second["structure_id"]
    text = text_of(plain_kit, "5-recits.pdf")
    assert said("Le premier s'est arrêté avant son terme") in text
    assert said("Aucun n'est un exemple à suivre.") in text


def test_the_stories_asked_for_are_told(kit_book: Any) -> None:
    session = kit.prepare(kit_book, "71", stories=["F-71-2023-c6an"])
    (told,) = kit.stories(session)
    assert told.data["title"] == "La tondeuse à cinq heures du matin"
    assert "Ces récits sont ceux que vous avez demandés." in kit.how_chosen(session).data["text"]
    with pytest.raises(RequestError, match="La fiche « F-99 » n'est pas de celles"):
        kit.stories(kit.prepare(kit_book, "71", stories=["F-99"]))


# -- the agenda -------------------------------------------------------------------------------


@pytest.mark.parametrize("length", LENGTHS)
def test_the_moments_fill_the_time(length: str) -> None:
    assert sum(moment.lasts(length) for moment in MOMENTS) == LENGTHS[length]


def test_the_agenda_is_told_at_the_time_of_the_room(kit_book: Any) -> None:
    session = kit.prepare(kit_book, "71", format="1h30", start="14h")
    table = kit.agenda(session).data
    assert [row[1] for row in table["rows"]] == [
        "14 h 00", "14 h 10", "14 h 20", "14 h 45", "15 h 05", "15 h 25",
    ]  # fmt: skip
    assert table["note"] == "Fin : 15 h 30."
    assert (
        "Commencer à décider à 15 h 05 au plus tard, quoi qu'il reste à dire."
        in (kit.when_late(session).data["items"])
    )


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ({"format": "5h"}, "Aucun déroulé ne dure « 5h »."),
        ({"start": "midi"}, "L'heure « midi » n'est pas lisible."),
        ({"date": "demain"}, "La date « demain » n'est pas lisible."),
    ],
)
def test_what_cannot_be_read_is_said(kit_book: Any, asked: dict[str, str], answer: str) -> None:
    with pytest.raises(RequestError) as refused:
        kit.prepare(kit_book, "71", **asked)
    assert refused.value.message == answer


# -- wider meetings ---------------------------------------------------------------------------


def test_the_register_of_territories_is_alphabetical_and_for_wider_meetings(kit_book: Any) -> None:
    (table,) = kit.register(kit.prepare(kit_book, "reseau"))
    names = [row[0] for row in table.data["rows"]]
    assert names[:3] == ["Ain", "Ariège", "Bassin minier"]
    assert names == sorted(names, key=lambda n: n.replace("Î", "I").replace("É", "E"))
    own = next(row for row in table.data["rows"] if row[0] == "Saône-et-Loire")
    assert own[4].startswith("Faire remonter au national")
    assert not len(kit.register(kit.prepare(kit_book, "71")))
    region = kit.prepare(kit_book, "Bourgogne-Franche-Comté")
    assert (region.level, region.material.audience) == ("regional", "network")
    (table,) = kit.register(region)
    assert "Ain" not in [row[0] for row in table.data["rows"]]


# -- the notebook -----------------------------------------------------------------------------


def test_every_document_has_its_cells_and_every_block_its_place() -> None:
    cells = nbformat.read(NOTEBOOKS / "session.ipynb", as_version=4).cells
    marks = {tag for cell in cells for tag in cell.metadata.get("tags", [])}
    assert {f"piece-{p.name}" for p in PIECES if p.name} == {m for m in marks if m[:6] == "piece-"}
    shown = {
        cell.source.removeprefix("kit.").split("(")[0] for cell in cells
        if cell.source.startswith("kit.")
    }  # fmt: skip
    assert set(kit.__all__) - {"prepare"} == shown


def test_the_register_of_sessions_is_plain_lines(kit_book: Any, plain_kit: Any) -> None:
    path = kit_book.workspace.data / "sessions" / "prepared.jsonl"
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert lines[0]["version"] == 1
    assert lines[0]["stories"] == list(plain_kit.stories)
