"""What goes up and comes down, as each territory and the network read it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from dts_research.display import tables
from dts_research.protect.disclosure import Policy

RANKED = re.compile(r"classement|palmarès|premier|dernier|majorit|moyenne|score", re.IGNORECASE)


@pytest.fixture(scope="module")
def deep(demo_book: Any) -> Any:
    return demo_book.territory("71")


@pytest.fixture(scope="module")
def whole(demo_book: Any) -> Any:
    return demo_book.network()


def rows(block: Any) -> dict[str, list[str]]:
    """Rows of a table by their first cell."""
    return {row[0]: row[1:] for row in block.data["rows"]}


def test_a_territory_reads_what_it_brought_and_what_it_became(deep: Any) -> None:
    found = rows(tables.brought(deep))
    kind, became = found[
        "« Remplacer au pied levé des agents absents est le chemin le plus court vers une "
        "confiance durable »"
    ]
    assert kind == "Hypothèse"
    assert became == (
        "Au national : « Remplacer au pied levé des agents absents ouvre une confiance durable, "
        "partout où une collectivité emploie elle-même » (en examen)\nRedescendu : Finistère."
    )
    assert found[
        "« Faire remonter au national la demande d'un financement de la troisième année des "
        "actions nouvelles »"
    ] == [
        "Décision",
        "Pas encore de réponse. Un premier brouillon d'une page circule entre cinq directions.",
    ]


def test_a_sheet_on_which_a_national_reference_rests_is_a_contribution(deep: Any) -> None:
    sheets = [row for row in tables.brought(deep).data["rows"] if row[1] == "Fiche"]
    assert sheets[0][2] == (
        "Au national, sur elle s'appuie « Commencer par un service rendu, visible et payé, avant "
        "de demander quoi que ce soit » (nuancé)."
    )


def test_a_territory_reads_what_comes_back_and_what_it_does_with_it(deep: Any) -> None:
    block = tables.comes_back(deep)
    found = rows(block)
    kind, origin, here = found[
        "« Écrire une trame de récit commune, que chaque territoire essaie s'il le veut » (en "
        "cours)"
    ]
    assert (kind, origin) == ("Décision", "Journée nationale d'octobre 2025.")
    assert here.startswith("« Essayer la trame de récit proposée au national, sans la rendre")
    theirs = next(cells for key, cells in found.items() if "emploie elle-même" in key)
    assert theirs[2] == "C'est d'ici que cela est parti."
    blank = next(cells for key, cells in found.items() if "modifie l'ordre du jour" in key)
    assert blank[2] == "Rien n'est encore noté ici."
    assert block.data["title"] == "6 apports du national reviennent, dont 1 sans suite notée ici"


def test_another_territory_reads_whose_hypothesis_it_was(demo_book: Any) -> None:
    found = rows(tables.comes_back(demo_book.territory("29")))
    cells = next(cells for key, cells in found.items() if "emploie elle-même" in key)
    assert cells[1].startswith("Saône-et-Loire : « Remplacer au pied levé des agents absents est")
    assert cells[2].startswith("« Dépanner au pied levé installe la confiance")


def test_each_reading_keeps_its_own_status(whole: Any) -> None:
    blocks = {block.data["id"]: block.data for block in tables.same_hypotheses(whole)}
    readings = blocks["lectures-h-nat-01"]
    assert readings["title"] == "Une hypothèse, 3 lectures : en examen, écartée et étayée"
    assert [(row[0], row[2]) for row in readings["rows"]] == [
        ("Au national", "En examen"), ("Finistère", "Écartée"), ("Saône-et-Loire", "Étayée"),
    ]  # fmt: skip
    assert readings["note"] == "Chaque lecture garde son statut : aucune ne l'emporte."


def test_a_position_held_by_one_place_stays_in_its_words(whole: Any) -> None:
    words = [row[2] for row in tables.minority_views(whole).data["rows"] if row[0] == "Finistère"]
    assert words[0].startswith("« On a dépanné deux ans, et la mairie s'en est servie")
    assert words[1].startswith("Une des deux équipes n'en veut pas")


def test_territories_stand_side_by_side_in_alphabetical_order(whole: Any) -> None:
    names = [row[0] for row in tables.side_by_side(whole).data["rows"]]
    assert names[:2] == ["Au national", "En région"]
    assert names[2:] == sorted(names[2:], key=lambda name: name.casefold())
    assert {"Bouches-du-Rhône", "Finistère", "Haute-Vienne", "Saône-et-Loire"} <= set(names)


def test_what_nobody_answered_is_told_apart(whole: Any) -> None:
    answered, waiting = tables.raised(whole)
    assert waiting.data["title"] == "Ce à quoi personne n'a encore répondu"
    assert [row[1] for row in waiting.data["rows"]] == ["Finistère", "Saône-et-Loire"]
    assert {row[1] for row in answered.data["rows"]} == {"Saône-et-Loire"}


def test_nothing_ranks_nor_counts_territories(whole: Any) -> None:
    blocks = [tables.side_by_side(whole), tables.minority_views(whole),
              *tables.same_hypotheses(whole), *tables.raised(whole)]  # fmt: skip
    for block in blocks:
        heads = [column["label"] for column in block.data["columns"]]
        assert not [h for h in heads if h in ("Rang", "Total", "Nombre", "Part", "Voix")]
        assert not RANKED.search(f"{block.data['title']} {block.data['note']}")


def test_what_a_territory_keeps_is_read_by_no_other(demo_book: Any, deep: Any) -> None:
    hidden = demo_book.territory("29")
    kept = hidden.frames["hypotheses_everywhere"]
    kept = kept.assign(diffusion=["territory" if k == "H-06" else d for k, d in
                                  zip(kept["hypothesis_id"], kept["diffusion"])])  # fmt: skip
    there = replace(hidden, frames={**hidden.frames, "hypotheses_everywhere": kept})
    said = str(tables.comes_back(there).data)
    assert "le chemin le plus court vers une confiance durable" not in said
    assert "emploie elle-même" in said


def test_the_public_reads_only_what_is_public(deep: Any) -> None:
    public = replace(deep, policy=Policy(audience="public"))
    for block in (tables.brought(public), tables.comes_back(public)):
        assert block.kind == "absence"
        assert block.data["mark"] == "Non publié"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("brought", "Rien de ce territoire n'a encore été noté comme remonté au national."),
        ("comes_back", "Rien n'est encore descendu du national vers les territoires."),
    ],
)
def test_where_nothing_went_up_nor_down_it_is_said(empty_book: Any, name: str, text: str) -> None:
    block = getattr(tables, name)(empty_book.territory("71"))
    assert (block.kind, block.data["text"]) == ("absence", text)


def test_an_empty_network_says_so_four_times(empty_book: Any) -> None:
    here = empty_book.network()
    shown = [tables.side_by_side(here), tables.minority_views(here), *tables.raised(here),
             *tables.same_hypotheses(here)]  # fmt: skip
    assert [block.kind for block in shown] == ["absence"] * 4
    assert isinstance(here.decisions, pd.DataFrame)
