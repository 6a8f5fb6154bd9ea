"""Charts: a message, an alt sentence, the data behind; never a rank, never a word cut."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from dts_research.analysis import portrait
from dts_research.analysis.intervals import wilson
from dts_research.display import charts
from dts_research.display.blocks import Block
from dts_research.display.charts_time import LINES
from dts_research.display.style import SECRET
from dts_research.schema.catalogue import catalogue, plain
from dts_research.workbook.material import Material

drawn = SimpleNamespace(**run_path(str(Path(__file__).with_name("drawn.py"))))

FORBIDDEN = re.compile(
    r"\b(?:classement|palmarès|top|podium|meilleure?s?|pires?|bons? élèves?|mauvais élèves?|"
    r"retardataires?|champions?|scores?|benchmark|performances?|note /20)\b",
    re.IGNORECASE,
)
LONG = "Association intermédiaire pour l'insertion et la coopération du Charolais-Brionnais"
Chart = Callable[[Material], Block]
EVERY = [getattr(charts, name) for name in charts.__all__]
named = pytest.mark.parametrize("draw", EVERY, ids=charts.__all__)


def long_names(material: Material) -> Material:
    """The same material, with names as long as some are in the field."""
    frames = dict(material.frames)
    for table, column in (("experiences", "title"), ("actors", "label"), ("structures", "label")):
        texts = [f"{LONG} {i}" for i in range(len(frames[table]))]
        frames[table] = frames[table].assign(**{column: texts})
    return replace(material, frames=frames)


def texts(block: Block) -> str:
    data = block.data
    rows = [cell for row in data.get("data", {}).get("rows", []) for cell in row]
    return " ".join([*(str(v) for k, v in data.items() if k not in ("svg", "data")), *rows])


@named
def test_it_says_its_message_in_fifteen_words(draw: Chart, here: Material) -> None:
    block = draw(here)
    assert block.kind == "chart"
    message = block.data["title"]
    assert len([w for w in message.split() if any(c.isalnum() for c in w)]) <= 15
    assert not message.endswith("…")
    assert not re.search(r"\b[01] \w+s\b", message), message
    assert block.data["subtitle"].count(",") >= 2


@named
def test_its_alt_says_kind_message_and_values(draw: Chart, here: Material) -> None:
    alt, message = draw(here).data["alt"], draw(here).data["title"]
    assert message in alt
    assert not alt.startswith(message), "the kind of drawing comes first"
    assert re.search(r"\d", alt.replace(message, ""))


@named
def test_its_source_and_its_data_are_there(draw: Chart, here: Material) -> None:
    data = draw(here).data
    assert "données fictives" in data["source"]
    assert data["reading"]
    assert data["data"]["rows"]
    assert all(len(row) == len(data["data"]["columns"]) for row in data["data"]["rows"])
    assert all(isinstance(cell, str) and cell for row in data["data"]["rows"] for cell in row)


@named
def test_no_word_ranks(draw: Chart, here: Material, network: Material) -> None:
    for material in (here, network):
        assert not FORBIDDEN.search(texts(draw(material)))


@named
def test_no_word_is_cut_or_hidden(draw: Chart, here: Material) -> None:
    for material in (here, long_names(here)):
        svg = draw(material).data["svg"]
        assert drawn.outside(svg) == []
        assert drawn.overlapping(svg) == []


@named
def test_with_one_experience_it_still_speaks(draw: Chart, alone: Material) -> None:
    block = draw(alone)
    assert block.kind in ("chart", "absence")
    assert not re.search(r"\b1 (?:expériences|communes|structures|thèmes)\b", texts(block))
    if block.kind == "chart":
        assert drawn.outside(block.data["svg"]) == []


@named
def test_without_anything_it_says_what_is_missing(draw: Chart, empty: Material) -> None:
    block = draw(empty)
    assert block.kind == "absence"
    assert block.data["text"].endswith(".")
    assert block.data["mark"]


@named
def test_twice_the_same_drawing(draw: Chart, here: Material) -> None:
    assert draw(here).data == draw(here).data


@named
def test_a_drawing_carries_no_style_no_script_no_date(draw: Chart, here: Material) -> None:
    svg = draw(here).data["svg"]
    assert "<style" not in svg
    assert "<script" not in svg
    assert "<metadata" not in svg
    assert "<text" in svg
    assert len(svg) < 150_000


@named
def test_three_open_questions_are_asked_of_it(draw: Chart, here: Material) -> None:
    questions = draw(here).data["questions"]
    assert len(set(questions)) == 3
    for question in questions:
        assert question.endswith(" ?")
        assert not re.match(r"(?:Faut-il|Est-ce que|N'est-ce pas|Ne )", question), "leading"
        assert not FORBIDDEN.search(question)


def test_every_chart_has_its_own_identifier(here: Material) -> None:
    ids = [draw(here).data["id"] for draw in EVERY]
    assert len(set(ids)) == len(ids) >= 10
    assert all(re.fullmatch(r"[a-z]+(?:-[a-z]+)+", name) for name in ids)


# -- what is plotted -------------------------------------------------------------------------


def column(block: Block, head: str) -> list[str]:
    place = block.data["data"]["columns"].index(head)
    return [row[place] for row in block.data["data"]["rows"]]


def test_missions_show_the_counts_and_the_network(here: Material) -> None:
    block = charts.missions(here)
    counts = portrait.by_mission(here.experiences).table
    assert column(block, "Ici") == [str(count) for count in counts["count"]]
    assert column(block, "Catégorie") == list(catalogue().codelists["missions"].labels.values())
    assert "réseau" in block.data["svg"]


def test_missions_of_the_network_are_beside_nothing(network: Material) -> None:
    assert charts.missions(network).data["data"]["columns"] == ["Catégorie", "Ici"]


def test_a_reference_territory_takes_the_place_of_the_network(demo_book: Any) -> None:
    block = charts.missions(demo_book.territory("71", reference="93"))
    assert block.data["data"]["columns"][-1] == "Seine-Saint-Denis"


def test_themes_keep_the_order_of_the_codebook(here: Material) -> None:
    assert column(charts.themes(here), "Thème")[:38] == list(
        catalogue().codelists["themes"].labels.values()
    )


def with_experiences(material: Material, **columns: Any) -> Material:
    changed = material.experiences.assign(
        **{name: pd.Series([cell] * len(material.experiences)) for name, cell in columns.items()}
    )
    return replace(material, frames=dict(material.frames) | {"experiences": changed})


def test_only_the_themes_told_are_drawn_and_the_others_are_counted(here: Material) -> None:
    told = with_experiences(here, themes=("mobilite",))
    block = charts.themes(told)
    label = catalogue().codelists["themes"].labels["mobilite"]
    words = " ".join(w.text for w in drawn.words(block.data["svg"]))
    assert label.split()[-1] in words
    assert "Essaimage" not in words
    assert "37 autres thèmes du livret" in block.data["reading"]
    assert len(block.data["data"]["rows"]) == 38


def test_without_our_themes_the_words_of_the_file_are_kept(here: Material) -> None:
    block = charts.themes(with_experiences(here, themes=(), source_themes=("SPORT", "EMPLOI")))
    assert column(block, "Thème du fichier") == ["EMPLOI", "SPORT"]
    assert "mots du fichier" in block.data["title"]
    assert charts.themes(with_experiences(here, themes=(), source_themes=())).kind == "absence"


@pytest.mark.parametrize("draw", [charts.missions, charts.stages, charts.small_multiples_missions])
def test_a_field_that_nobody_gives_is_not_a_page_of_zeros(draw: Chart, here: Material) -> None:
    block = draw(with_experiences(here, missions=(), stage=None))
    assert block.kind == "absence"
    assert block.data["text"].startswith("Aucune des")


def test_authorities_are_in_alphabetical_order(here: Material) -> None:
    block = charts.authority_thread(here)
    names = column(block, "Collectivité")
    assert names == sorted(names, key=plain)
    told = [w.text for w in drawn.words(block.data["svg"])]
    assert "aucun événement daté connu" in told
    dates = dict(zip(names, column(block, "Date")))  # the last one of each
    assert "juin 2024" in dates.values()
    assert all(month in told for month in dates.values() if month != "aucun connu")
    events = here.authority_events
    assert len(names) == len(events) + list(dates.values()).count("aucun connu")
    assert column(block, "Pièce").count("sans pièce") == events["document"].isna().sum()


def test_communes_are_in_alphabetical_order(here: Material) -> None:
    names = column(charts.map_territory(here), "Commune")
    assert names == sorted(names, key=plain)


@named
def test_no_chart_is_ordered_by_value(draw: Chart, here: Material) -> None:
    """Rows in disorder of value, or the order of a list known beforehand."""
    block = draw(here)
    names = list(dict.fromkeys(column(block, block.data["data"]["columns"][0])))
    listed = [list(c.labels.values()) for c in catalogue().codelists.values()]
    known = any([n for n in order if n in names] == names for order in listed)
    alphabetical = names == sorted(names, key=plain)
    head = block.data["data"]["columns"][0]
    dated = head in ("Année", "Date", "Expérience", "Décision", "Étape")
    assert known or alphabetical or dated, names


def test_hours_that_rest_on_too_few_structures_are_secret(demo_book: Any) -> None:
    block = charts.purchases(demo_book.territory("P-BRESSE"))
    assert set(column(block, "Heures")) == {SECRET}
    assert not re.search(r"\d{3}", re.sub(r"\b20\d\d\b", "", block.data["alt"]))


def test_many_experiences_become_columns(network: Material) -> None:
    block = charts.timeline(network)
    assert len(network.experiences) > LINES
    assert block.data["data"]["columns"] == ["Année", "Débuts", "Tournants"]


def test_the_plural_follows_the_count(here: Material) -> None:
    frames = dict(here.frames) | {"experiences": here.experiences.assign(stage="arretee").head(1)}
    message = charts.stages(replace(here, frames=frames)).data["title"]
    assert message == "1 expérience sur 1 s'est arrêtée avant son terme"


def test_a_mission_without_sheet_is_the_message(here: Material) -> None:
    only = here.experiences.assign(missions=pd.Series([("M1",)] * len(here.experiences)))
    frames = dict(here.frames) | {"experiences": only}
    assert "ne relève" in charts.missions(replace(here, frames=frames)).data["title"]


def test_a_share_of_enough_sheets_has_its_interval(here: Material) -> None:
    block = charts.obstacle_shares(here)
    row = dict(zip(block.data["data"]["columns"], block.data["data"]["rows"][0]))
    counts = portrait.obstacles_and_levers(here.experiences)
    assert int(row["Fiches"]) == counts.table["obstacles"][0]
    assert int(row["Sur"]) == counts.n - counts.missing
    found = wilson(int(row["Fiches"]), int(row["Sur"]))
    assert (int(row["De (%)"]), int(row["À (%)"])) == (
        round(100 * found.low), round(100 * found.high)
    )  # fmt: skip
    assert "Wilson" in block.data["reading"]


@pytest.mark.parametrize("count", [1, 9])
def test_few_sheets_are_counted_and_make_no_share(here: Material, count: int) -> None:
    told = with_experiences(here, obstacles=("juridique",))
    frames = dict(told.frames) | {"experiences": told.experiences.head(count)}
    block = charts.obstacle_shares(replace(told, frames=frames))
    assert "%" not in texts(block) + block.data["svg"]
    sheets = "1 fiche sur 1" if count == 1 else "9 fiches sur 9"
    assert sheets in block.data["svg"].replace("\u00a0", " ")
