"""Tables and text blocks: complete on the demo network, honest on an empty one."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from dts_research.display import tables
from dts_research.display.blocks import Block
from dts_research.display.several import Blocks
from dts_research.display.tables_findings import ON_THE_PAGE
from dts_research.display.tables_places import MOST, ranges
from dts_research.display.tables_questions import LAST_QUESTION
from dts_research.schema.catalogue import plain
from dts_research.workbook.material import Material

FORBIDDEN = re.compile(
    r"\b(?:classement|palmarès|top|podium|pires?|bons? élèves?|retardataires?|champions?|scores?|"
    r"benchmark|performances?)\b",
    re.IGNORECASE,
)
named = pytest.mark.parametrize("name", tables.__all__)


@pytest.fixture(scope="module")
def here(demo_book: Any) -> Material:
    return demo_book.territory("71", reader="chercheur")


def shown(name: str, material: Material) -> list[Block]:
    block = getattr(tables, name)(material)
    return list(block) if isinstance(block, Blocks) else [block]


def test_every_table_of_the_notebooks_is_there() -> None:
    assert set(tables.__all__) >= {
        "cover", "key_figures", "follow_up", "threads", "voices", "unknowns", "place_evidence",
        "sources", "sheets", "discussion", "method", "glossary", "what_resisted",
    }  # fmt: skip


@named
def test_it_shows_on_the_demo_network(name: str, here: Material, demo_book: Any) -> None:
    for material in (here, demo_book.network(), demo_book.territory("93")):
        for block in shown(name, material):
            assert block._repr_mimebundle_()["text/html"]
            assert not FORBIDDEN.search(json.dumps(block.as_json(), ensure_ascii=False))


@named
def test_it_speaks_on_an_empty_workbook(name: str, empty_book: Any, single_book: Any) -> None:
    for book in (empty_book, single_book):
        assert shown(name, book.territory("13"))


@named
def test_identifiers_are_unique(name: str, here: Material) -> None:
    ids = [block.data["id"] for block in shown(name, here) if block.kind != "cover"]
    assert len(ids) == len(set(ids))


def test_at_most_four_key_figures_each_set_beside_something(here: Material) -> None:
    items = tables.key_figures(here).data["items"]
    assert 0 < len(items) <= 4
    assert all(item["value"] and item["label"] and item["comparison"] for item in items)


def test_the_cover_says_that_it_is_fiction_and_a_draft(here: Material) -> None:
    data = tables.cover(here).data
    assert data["fictional"] is True
    assert "soumis à la discussion" in data["status"]
    assert tables.cover(here, "Un titre").data["title"] == "Un titre"


def test_the_last_question_is_who_is_missing(here: Material, empty_book: Any) -> None:
    for material in (here, empty_book.territory("13")):
        questions = tables.discussion(material).data["questions"]
        assert questions[-1] == LAST_QUESTION
        assert 2 <= len(questions) <= 5
        assert all(question.rstrip().endswith("?") for question in questions)


def test_lists_are_alphabetical(here: Material) -> None:
    for name in ("experiences", "structures", "partners", "what_worked"):
        names = [row[0] for row in getattr(tables, name)(here).data["rows"]]
        assert names == sorted(names, key=plain)


def test_each_excerpt_points_at_its_sheet(here: Material) -> None:
    ids = set(here.experiences["experience_id"])
    block = tables.what_resisted(here)
    assert {row[-1] for row in block.data["rows"]} <= ids
    assert all(len(row[1]) <= 210 for row in block.data["rows"])


def test_a_disagreement_keeps_its_positions(here: Material) -> None:
    apart, agreed, together = tables.contributions(here)
    assert agreed.data["id"] == "accords"
    assert apart.data["id"] == "desaccords"
    assert all(len(row[1]) > 20 for row in apart.data["rows"])
    assert "Divergence" not in {row[1] for row in together.data["rows"]}


def test_decisions_keep_status_and_reason(here: Material) -> None:
    items = tables.follow_up(here).data["items"]
    left = [item for item in items if item["status"].startswith("Abandonnée")]
    assert left
    assert all(item["reason"] for item in left)
    assert any("échéance dépassée" in item["status"] for item in items)
    assert any(item["became"] for item in items)


def test_each_thread_says_what_is_not_known(here: Material) -> None:
    threads = [block for block in tables.threads(here) if block.kind == "thread"]
    assert any(block.data["unknown"] for block in threads)
    silent = [block for block in tables.threads(here) if block.kind == "callout"]
    assert silent[0].data["tone"] == "inconnu"


def test_each_place_points_at_its_row(here: Material) -> None:
    block = next(iter(tables.place_evidence(here)))
    file, line = block.data["columns"][-2]["label"], block.data["columns"][-1]["label"]
    assert (file, line) == ("Fichier", "Ligne")
    assert all(re.search(r"lignes? \d", row[-1]) for row in block.data["rows"])
    assert all("/" not in row[-2] for row in block.data["rows"])
    assert len(block.data["rows"]) == len(here.experience_places)


def test_many_places_are_put_together_and_every_row_is_kept(here: Material) -> None:
    places = here.experience_places
    times = MOST // len(places) + 1
    frames = dict(here.frames)
    frames["experience_places"] = places.loc[[i for i in places.index for _ in range(times)]]
    block = next(iter(tables.place_evidence(replace(here, frames=frames))))
    heads = [column["label"] for column in block.data["columns"]]
    assert "Lieux" in heads
    told = [row[heads.index("Lieux")] for row in block.data["rows"]]
    counted = sum(int(text.replace("\u202f", "")) for text in told)
    assert counted == len(frames["experience_places"])


def outside(material: Material) -> Material:
    """The same sheets, as a file from outside would tell them: titles and summaries only."""
    blank = {"missions": (), "themes": (), "obstacles": (), "levers": ()}
    texts = ("stage", "started_on", "ended_on", "what_worked", "what_resisted", "surprises",
             "open_questions", "evidence_level", "people_count", "structure_id")  # fmt: skip
    sheets = material.experiences.assign(**dict.fromkeys(texts, pd.NA))
    for name, cell in blank.items():
        sheets[name] = pd.Series([cell] * len(sheets), index=sheets.index)
    empty = {"structures": material.structures.iloc[:0]}
    return replace(material, frames=dict(material.frames) | empty | {"experiences": sheets})


def test_columns_that_no_sheet_fills_are_left_out_and_told(here: Material) -> None:
    block = tables.experiences(outside(here))
    heads = [column["label"] for column in block.data["columns"]]
    assert heads[:1] + heads[-2:] == ["Expérience", "Lieu", "Ce que c'est"]
    assert "tape, missions et période : « Non renseigné »" in block.data["note"]
    assert "Lieu" in [column["label"] for column in tables.experiences(here).data["columns"]]


def test_fields_that_nobody_gives_are_one_sentence(here: Material) -> None:
    box, blanks = tables.unknowns(outside(here))
    assert blanks.kind == "absence"
    assert "ce qui a marché" in blanks.data["text"]
    assert sum("mission" in item for item in box.data["items"]) == 1


def test_places_stated_here_and_found_elsewhere_have_their_table(here: Material) -> None:
    away = here.experience_places.head(1).assign(
        stated_departement="71", departement_code="21", commune_code="21231", contradiction=True
    )
    moved = replace(here, frames=dict(here.frames) | {"places_elsewhere": away})
    table = list(tables.place_evidence(moved))[1]
    assert table.data["title"] == "Ce que le fichier situe ici et que la preuve situe ailleurs"
    assert table.data["rows"][0][1:3] == ["Saône-et-Loire (71)", "Dijon (21)"]
    assert "ligne" in table.data["rows"][0][-1]
    told = " ".join(next(iter(tables.unknowns(moved))).data["items"])
    assert "1 lieu que le fichier situe ici se trouve ailleurs" in told
    figures = tables.key_figures(outside(moved)).data["items"]
    assert any(item["unit"] == "lieux" for item in figures)


def test_the_method_says_which_sheets_are_not_invented(demo_book: Any) -> None:
    fiction = tables.method(demo_book.territory("13")).data["items"][0]["text"]
    assert "sauf les codes officiels" in fiction
    assert "RTES" in fiction


def test_rows_are_written_shortly() -> None:
    assert ranges([2, 3, 4, 7, 9, 10]) == "2-4, 7, 9-10"
    assert ranges([]) == ""


def test_what_is_not_known_is_told(here: Material) -> None:
    box = next(iter(tables.unknowns(here)))
    assert box.data["tone"] == "inconnu"
    told = " ".join(box.data["items"])
    assert "Commune de Tournus" in told
    assert "3 structures n'ont pas de fiche montrée ici" in told
    every = replace(here, withheld={})
    assert "3 structures n'ont pas encore de fiche" in str(next(iter(tables.unknowns(every))).data)


def test_a_short_report_cites_fewer_people_and_keeps_those_who_contradict(here: Material) -> None:
    few = tables.voices(replace(here, reader="élu")).data["items"]
    every = tables.voices(here).data["items"]
    assert len(few) < len(every)
    assert any("contredit" in item["consent"] for item in few)


def test_the_page_that_stands_alone_rests_on_what_its_reader_sees(
    here: Material, demo_book: Any, empty_book: Any
) -> None:
    small, nothing = demo_book.territory("2A"), empty_book.territory("13")
    for material in (here, small, demo_book.network(), nothing, replace(here, reader="élu")):
        page = tables.summary(material).data
        assert 1 <= len(page["items"]) <= 4
        assert 1 <= len(page["findings"]) <= 3
        assert page["questions"][-1] == LAST_QUESTION
        assert all(found["text"].endswith(".") for found in page["findings"])
        if material.reader == "élu":
            assert {found.get("href") for found in page["findings"]} <= {*ON_THE_PAGE, None}
    first = tables.summary(here).data["findings"][0]["text"]
    assert "Pour 2 autres, rien n'est noté : nous ne savons pas" in first


def test_a_shorter_report_says_how_many_more_and_where(here: Material) -> None:
    meeting = replace(here, reader="animateur")
    for name in ("what_worked", "what_resisted", "surprises", "open_questions"):
        few, every = getattr(tables, name)(meeting).data, getattr(tables, name)(here).data
        left = len(every["rows"]) - len(few["rows"])
        assert left > 0
        assert f"{left} autres fiches : version complète." in few["note"]
        assert "version complète" not in every["note"]
    decisions = tables.follow_up(meeting).data
    left = len(tables.follow_up(here).data["items"]) - len(decisions["items"])
    assert f"{left} autres décisions" in decisions["note"]
    assert len(list(tables.threads(meeting))) < len(list(tables.threads(here)))
    assert len(tables.method(replace(here, reader="élu")).data["items"]) <= 5


def test_only_acronyms_of_the_report_are_explained(here: Material, single_book: Any) -> None:
    def explained(material: Material) -> dict[str, str]:
        items = tables.glossary(material).data.get("items", [])
        return {item["label"]: item["text"] for item in items}

    assert explained(here)["AI"] == "Association intermédiaire."
    assert set(explained(single_book.territory("13"))) < set(explained(here))
    assert all(not text.startswith(f"{label}.") for label, text in explained(here).items())


def test_several_blocks_are_shown_one_after_the_other(
    here: Material, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    monkeypatch.setattr("IPython.display.display", seen.append)
    tables.threads(here)._ipython_display_()
    assert len(seen) == len(tables.threads(here)) > 1


def test_missions_nobody_gives_are_asked_for_not_called_missing(new_book: Any) -> None:
    book = new_book(
        "sans-mission",
        experiences=pd.DataFrame([{"experience_id": "F1", "title": "Un essai"}]),
        experience_places=pd.DataFrame(
            [{"place_id": "L1", "experience_id": "F1", "stated_departement": "13"}]
        ),
    )
    questions = tables.discussion(book.territory("13")).data["questions"]
    assert "À quelles missions ces expériences se rattachent-elles ?" in questions
    assert not any("Pourquoi aucune fiche" in question for question in questions)
