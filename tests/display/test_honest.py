"""What the tables say of others: nothing that the rows do not bear, nothing that exposes."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from dts_research.display import door, tables
from dts_research.display.style import NOT_PUBLISHED
from dts_research.schema.catalogue import plain
from dts_research.workbook.material import Material


def test_our_own_letters_are_not_acts_of_the_authority(here: Material) -> None:
    events = here.authority_events.assign(type="contact")
    letters = replace(here, frames=dict(here.frames) | {"authority_events": events})
    told = tables.summary(letters).data["findings"][0]["text"]
    assert "pour 11, seulement des contacts, qui peuvent venir de nous" in told
    usual = json.dumps(tables.summary(here).as_json(), ensure_ascii=False)
    assert "Un échange ou un acte daté est connu pour 11 des 15" in usual
    assert "pour 2, seulement des contacts" in usual
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
