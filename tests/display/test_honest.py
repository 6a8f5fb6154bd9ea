"""What the tables say of others: nothing that the rows do not bear, nothing that exposes."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from dts_research.display import charts, door, tables
from dts_research.display.captions import when
from dts_research.display.markup import block_html
from dts_research.display.style import NOT_PUBLISHED
from dts_research.schema.catalogue import plain
from dts_research.workbook.material import Material


def test_our_own_letters_are_not_acts_of_the_authority(here: Material) -> None:
    events = here.authority_events.assign(type="contact")
    letters = replace(here, frames=dict(here.frames) | {"authority_events": events})
    told = tables.summary(letters).data["findings"][0]["text"]
    assert "pour 11, seulement des contacts (ni demande, ni acte)" in told
    usual = json.dumps(tables.summary(here).as_json(), ensure_ascii=False)
    assert "Un échange ou un acte daté est connu pour 11 des 15" in usual
    assert "pour 2 d'entre eux, seulement des contacts (ni" in usual
    assert not re.search(r"laissé (?:une|aucune) trace", usual)


def test_disagreements_stand_from_the_last_session_to_the_first(demo_book: Any) -> None:
    for material in (demo_book.territory("71"), demo_book.network()):
        days = dict(zip(material.sessions["session_id"], material.sessions["date"]))
        rows = material.contributions
        said = {plain(door.words(t)): days[s] for t, s in zip(rows["text"], rows["session_id"])}
        block = next(iter(tables.contributions(material))).data
        order = [said[plain(row[0])] for row in block["rows"]]
        assert order == sorted(order, reverse=True)
        assert len(set(order)) > 2


def test_an_official_is_not_asked_about_our_own_affairs(demo_book: Any) -> None:
    for reader in ("élu", "animateur"):
        for material in (demo_book.territory("71", reader=reader), demo_book.network()):
            asked = " ".join(tables.discussion(material).data["questions"])
            assert "secrétaire de mairie" not in asked
            assert ("désaccord" in asked) <= (material.reader != "élu")
    small = demo_book.territory("2A")
    assert "désaccord" not in " ".join(tables.discussion(small).data["questions"])


def test_one_sheet_is_read_and_not_counted(demo_book: Any) -> None:
    small = demo_book.territory("2A")
    assert len(small.experiences) == 1
    said = json.dumps([tables.summary(small).as_json(), *(
        block.as_json() for block in tables.unknowns(small))], ensure_ascii=False)  # fmt: skip
    assert "arrêt" not in said
    assert "La mission" not in said
    assert tables.what_worked(small).data["title"] == "Ce qui a marché : la seule fiche"


def test_a_passage_loses_the_marks_of_the_list_it_came_from(demo_book: Any) -> None:
    for material in (demo_book.network(), demo_book.territory("71")):
        for name in ("what_worked", "what_resisted", "surprises"):
            texts = [row[1] for row in getattr(tables, name)(material).data["rows"]]
            assert not [text for text in texts if re.match(r"\d{1,2}\. [A-ZÀ-Ý]", text)]


def test_the_first_page_says_to_whom_it_may_be_given(demo_book: Any) -> None:
    for audience, said in (("territory", "collectif du territoire"), ("network", "réseau"),
                           ("public", "à tous")):  # fmt: skip
        material = demo_book.territory("2A", audience=audience, reader="élu")
        assert said in tables.cover(material).data["status"]
        assert any(said in item["text"] for item in tables.method(material).data["items"])


def test_what_is_kept_back_is_not_marked_as_never_given(demo_book: Any) -> None:
    public = demo_book.territory("71", audience="public")
    made = [*tables.threads(public), *tables.contributions(public), tables.hypotheses(public),
            tables.references(public), tables.follow_up(public)]  # fmt: skip
    assert {block.kind for block in made} == {"absence"}
    assert {block.data["mark"] for block in made} == {NOT_PUBLISHED}
    assert not any("pas encore" in block.data["text"] for block in made)


def test_nothing_to_report_is_an_answer_and_a_blank_is_not(here: Material) -> None:
    def with_surprises(*cells: str | None) -> Material:
        rows = here.experiences.head(len(cells)).assign(surprises=list(cells))
        return replace(here, frames=dict(here.frames) | {"experiences": rows})

    answered = with_surprises("Rien à signaler", "RAS", None)
    block = tables.surprises(answered).data
    assert block["title"] == "Aucune fiche ne raconte de surprise"
    assert block["text"] == "2 fiches écrivent « rien à signaler », 1 laisse un blanc."
    said = json.dumps(tables.summary(answered).as_json(), ensure_ascii=False)
    assert "a surpris" not in said
    blank = tables.surprises(with_surprises(None, "")).data["text"]
    assert blank == "Un blanc n'est pas « rien à signaler » : la question reste à poser."
    some = tables.surprises(with_surprises("La mairie a appelé.", "rien")).data["note"]
    assert some.endswith("1 fiche écrit « rien à signaler ».")


def test_what_resisted_is_asked_after_whether_it_was_answered_or_left_blank(here: Material) -> None:
    def asked(cell: str) -> str:
        rows = here.experiences.assign(what_resisted=cell)
        material = replace(here, frames=dict(here.frames) | {"experiences": rows})
        return " ".join(tables.discussion(material).data["questions"])

    assert "que les fiches ne disent pas" in asked("")
    assert "Les fiches ne signalent rien qui ait résisté" in asked("Rien à signaler.")
    assert "résisté" not in asked("Les délais de paiement.")


def test_levers_are_told_type_by_type(demo_book: Any) -> None:
    told = [f["text"] for f in tables.summary(demo_book.network()).data["findings"]]
    assert any(
        "en face, des leviers d'ordre économique (2 fiches), aucun d'ordre temporel." in text
        for text in told
    )
    small = demo_book.territory("13", audience="public", reader="élu")
    said = " ".join(f["text"] for f in tables.summary(small).data["findings"])
    assert "le plus souvent" not in said
    assert "Les fiches nomment des freins d'ordre organisationnel (2 fiches)" in said


def test_what_those_that_stopped_draw_is_counted_among_them(here: Material) -> None:
    said = " ".join(f["text"] for f in tables.summary(here).data["findings"])
    assert "11 expériences sur 35 se sont arrêtées avant leur terme ; 5 de leurs fiches" in said


def test_registers_say_which_level_they_come_from(here: Material, demo_book: Any) -> None:
    near = demo_book.territory("P-VAL-DE-SAONE")
    assert (
        tables.follow_up(near)
        .data["note"]
        .startswith("19 sur 19 viennent d'autres échelons : Saône-et-Loire et ensemble du réseau.")
    )
    note = tables.follow_up(here).data["note"]
    assert note.startswith("3 sur 19 viennent d'un autre échelon : ensemble du réseau.")


def test_a_question_of_a_sheet_stands_beside_its_title(demo_book: Any) -> None:
    asked = tables.discussion(demo_book.territory("71")).data["questions"]
    start = "La fiche « Les paniers déposés à la gare, jusqu'au gel » demande : faut-il"
    assert any(question.startswith(start) for question in asked)
    assert not any(re.search(r"\b\d+\. ", question) for question in asked)


def test_a_period_says_what_it_leaves_whole(demo_book: Any) -> None:
    def field(period: str) -> str:
        material = demo_book.territory("71", period=period)
        return " ".join(item["text"] for item in tables.method(material).data["items"])

    assert "La période choisit les expériences" in field("2021-2023")
    assert "La période choisit les expériences" not in field("")


def test_sheets_that_wait_for_a_place_are_told_where_none_is_shown(new_book: Any) -> None:
    book = new_book(
        "sans-lieu", experiences=pd.DataFrame([{"experience_id": "F1", "title": "Un essai"}])
    )
    said = json.dumps(tables.experiences(book.territory("13")).as_json(), ensure_ascii=False)
    assert "pour ce territoire ; 1 fiche attend un lieu pour paraître dans un territoire." in said


def test_values_are_heard_each_with_its_own_label(here: Material) -> None:
    alt = charts.members(here).data["alt"]
    assert re.search(r"Membres – janvier 2021 : 3 ; avril 2022 : 4 ; ", alt)


def test_sheets_without_a_date_have_no_year(new_book: Any) -> None:
    book = new_book(
        "sans-date",
        experiences=pd.DataFrame([{"experience_id": "F1", "title": "A", "stage": "en_cours"}]),
        experience_places=pd.DataFrame(
            [{"place_id": "L1", "experience_id": "F1", "stated_departement": "13"}]
        ),
    )
    assert when(book.territory("13")) == "période non renseignée"


def test_a_period_is_told_in_its_order(demo_book: Any) -> None:
    assert when(demo_book.territory("71", period="2024-2021")) == "2021–2024"


def test_decisions_all_closed_are_not_said_to_be_none(demo_book: Any) -> None:
    here = demo_book.territory("71")
    closed = here.decisions.assign(
        status="done", due_on=pd.Series([date(2001, 1, 1)] * len(here.decisions), dtype=object)
    )
    block = tables.follow_up(replace(here, frames=dict(here.frames) | {"decisions": closed}))
    assert not block.data["items"]
    assert "Aucune décision enregistrée" not in block_html(block.as_json())
    assert "19 autres décisions, closes plus tôt" in block.data["note"]


def test_the_title_of_a_sheet_holds_on_a_line(here: Material) -> None:
    long = "Un titre\n" + "qui ne finit pas " * 200
    rows = here.experiences.assign(title=long)
    block = tables.experiences(replace(here, frames=dict(here.frames) | {"experiences": rows}))
    cell = block.data["rows"][0][0]
    assert "\n" not in cell
    assert len(cell) <= door.TITLE + 5
