"""The first pages of a report: decisions, hypotheses, readings, kept views, where the cycle is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

from dts_research.display import charts, tables
from dts_research.display.markup import block_html
from dts_research.display.tables_decisions import aged
from dts_research.reports.links import resolved
from dts_research.reports.pages import prepared
from dts_research.workbook.material import Material
from dts_research.workbook.views import Kept, View

TODAY = date(2026, 11, 2)
SESSION = "SE-71-06"  # of 4 June 2026


def with_frames(material: Material, **frames: pd.DataFrame) -> Material:
    return replace(material, frames=dict(material.frames) | frames, today=TODAY)


def with_moves(material: Material, *rows: tuple[str, str, str, str | None, date]) -> Material:
    columns = ["table", "record_id", "status", "session_id", "told_on"]
    moves = pd.DataFrame(rows, columns=columns, dtype=object)
    return replace(material, moves=moves, today=TODAY)


def card(block: Any, start: str) -> dict[str, Any]:
    return next(item for item in block.data["items"] if item["statement"].startswith(start))


AGES = [
    (date(2026, 10, 20), "20 octobre 2026, il y a moins d'un mois"),
    (date(2026, 6, 1), "1er juin 2026, il y a 5 mois"),
    (date(2024, 12, 1), "1er décembre 2024, il y a 23 mois"),
    (date(2023, 11, 1), "1er novembre 2023, il y a 3 ans"),
    (date(2027, 1, 1), "1er janvier 2027"), (None, ""),
]  # fmt: skip


@pytest.mark.parametrize(("day", "said"), AGES)
def test_an_age_is_said_in_words(day: date | None, said: str) -> None:
    assert aged(day, TODAY) == said


def test_a_decision_tells_its_path_and_what_moved_since_the_session(here: Material) -> None:
    moved = with_moves(
        here,
        ("decisions", "D-71-01", "to_do", None, date(2021, 4, 1)),
        ("decisions", "D-71-01", "in_progress", SESSION, date(2026, 6, 10)),
        ("decisions", "D-71-01", "done", None, date(2026, 9, 12)),
        ("decisions", "D-71-03", "to_do", None, date(2022, 1, 1)),
        ("decisions", "D-71-03", "abandoned", SESSION, date(2026, 6, 10)),
    )
    block = tables.follow_up(moved)
    assert card(block, "Écrire une plaquette")["moves"] == (
        "À faire, puis En cours (séance du 4 juin 2026), puis Faite (noté le 12 septembre 2026)"
    )
    assert block.data["note"].startswith(
        "À la séance du 4 juin 2026 : 1 décision abandonnée (Deux conseils d'administration ont "
        "voté contre : une structure de plus à faire vivre, et la crainte de se voir un jour […]). "
        "Depuis la séance du 4 juin 2026 : 1 décision faite."
    )


def test_a_decision_says_what_it_came_from_and_what_it_became(here: Material) -> None:
    block = tables.follow_up(replace(here, today=TODAY))
    old, new = card(block, "Répondre en groupement"), card(block, "Proposer à deux")
    assert old["became"] == f"« {new['statement'].rstrip(' .')} »"
    assert new["came_from"] == f"« {old['statement'].rstrip(' .')} »"
    assert old["decided"] == "13 octobre 2022, il y a 4 ans"
    assert (old["evidence"], old["status"]) == ("Compte rendu du 9 janvier 2023", "Transformée")


def test_decisions_are_read_aloud_as_they_are_told(here: Material) -> None:
    page = block_html(tables.follow_up(replace(here, today=TODAY)).as_json())
    for label in ("Décidé le", "Par", "À voir à", "Statut", "Ce qui s'est passé depuis", "Preuve"):
        assert f"<dt>{label.replace(chr(39), '’')}</dt>" in page, label


def test_a_hypothesis_names_its_figures_and_what_moved_it(here: Material) -> None:
    rows = here.hypotheses.copy()
    first = rows.index[rows["hypothesis_id"] == "H-01"][0]
    rows.at[first, "figures"] = ("freins-et-leviers", "ailleurs")
    moved = with_moves(
        with_frames(here, hypotheses=rows),
        ("hypotheses", "H-01", "stated", None, date(2021, 12, 1)),
        ("hypotheses", "H-01", "examined", SESSION, date(2026, 6, 10)),
    )
    block = tables.hypotheses(moved)
    found = card(block, "Les acteurs de l'insertion")
    assert found["moves"] == (
        "Posée (séance du 25 novembre 2021), puis En examen (séance du 4 juin 2026)"
    )
    figure = charts.obstacles(here).as_json() | {"number": 4, "cell": 1}
    faults: list[Any] = []
    (_, told) = resolved([figure, block.as_json() | {"cell": 2}], faults)
    led = card(replace_data(block, told), "Les acteurs de l'insertion")["figures"]
    assert led == [
        {"figure": "freins-et-leviers", "href": "freins-et-leviers", "label": "figure 4"},
        {"figure": "ailleurs", "label": "une figure que ce document ne montre pas"},
    ]
    assert faults == [], "a figure named in a register is no fault of the report"
    page = block_html(told)
    assert 'À lire avec\u00a0: <a href="#freins-et-leviers">figure 4</a> ; une figure' in page


def replace_data(block: Any, data: dict[str, Any]) -> Any:
    return replace(block, data=data)


def spoken_of(material: Material, *targets: str) -> Material:
    rows = material.contributions.head(len(targets)).assign(
        target=list(targets), session_id=SESSION, positions=None
    )
    return with_frames(material, contributions=rows)


def kept(block: dict[str, Any], *, audience: str = "network") -> Kept:
    view = View("figure", block["id"], block, scope="Sans filtre.", question="Qui s'arrête ?",
                audience=audience)  # fmt: skip
    return Kept("vue-1a2b", "2026-06-01T10:00:00+02:00", view)


def test_a_kept_view_comes_back_under_its_id_with_what_was_said(here: Material) -> None:
    block = charts.stages(here).as_json()
    said = replace(spoken_of(here, "vue-1a2b", "freins-et-leviers"), views=(kept(block),))
    view, cards = tables.readings(said)
    assert (view.data["id"], view.data["title"]) == ("vue-1a2b", block["title"])
    assert view.data["reading"].startswith(
        "Vue gardée pour la séance le 1er juin 2026, telle qu'elle était alors. Sans filtre. "
        "Question posée : Qui s'arrête ?"
    )
    figures = [item["figures"] for item in cards.data["items"]]
    assert sorted(one["figure"] for (one,) in figures) == ["freins-et-leviers", "vue-1a2b"]
    assert cards.data["title"] == "2 lectures notées en séance"
    assert {item["said"] for item in cards.data["items"]} == {"à la séance du 4 juin 2026"}


@pytest.mark.parametrize(
    ("audience", "block", "why"),
    [("territory", None, "Elle a été gardée pour un public plus restreint"),
     ("network", {}, "Une parole a été retirée ou restreinte depuis"),
     ("network", {"kind": "chart", "title": "Rien"}, "n'est plus lisible")],
)  # fmt: skip
def test_a_view_that_may_not_be_shown_says_why(
    here: Material, audience: str, block: dict[str, Any] | None, why: str
) -> None:
    drawn = charts.stages(here).as_json() if block is None else block
    found = kept(charts.stages(here).as_json(), audience=audience)
    found = replace(found, view=replace(found.view, block=drawn))
    public = replace(here, policy=replace(here.policy, audience="network"))
    view = next(iter(tables.readings(replace(spoken_of(public, "vue-1a2b"), views=(found,)))))
    assert view.kind == "absence"
    assert why in view.data["text"]


def test_no_reading_is_said(here: Material) -> None:
    (block,) = tables.readings(with_frames(here, contributions=here.contributions.head(0)))
    assert block.data["text"] == "Aucune lecture de figure n'a été notée en séance."


def test_the_cycle_says_its_question_its_phases_and_its_sessions(here: Material) -> None:
    rows = here.cycles.copy()
    rows["phase"] = [("agir", "observer")] * len(rows)
    (block,) = tables.cycle(with_frames(here, cycles=rows))
    assert block.data["title"] == "Cycle 3 : être pris en compte"
    assert block.data["text"].startswith("« À quoi reconnaît-on qu'une collectivité")
    assert block.data["items"][:2] == [
        "Ouvert le 10 janvier 2024, sans date de fin.",
        "Phases menées en même temps : agir et observer.",
    ]
    assert block.data["items"][2].startswith(
        "3 séances tenues : « Séance de novembre 2024 : qui nous écoute ? » (le 14 novembre 2024)"
    )
    none = with_frames(here, cycles=rows.assign(ended_on=date(2024, 1, 1)))
    (absent,) = tables.cycle(none)
    assert absent.kind == "absence"


def test_cards_reach_paper_with_their_links(here: Material) -> None:
    (block,) = tables.readings(spoken_of(here, "freins-et-leviers"))
    figure = charts.obstacles(here).as_json() | {"number": 4, "cell": 1}
    (_, told) = resolved([figure, block.as_json() | {"cell": 2, "level": 3}], [])
    (item,) = prepared(told, {})["items"]
    assert item["meta"] == [{"label": "Dit", "text": "à la séance du 4 juin 2026"}]
    assert [one["href"] for one in item["figures"]] == ["freins-et-leviers"]
