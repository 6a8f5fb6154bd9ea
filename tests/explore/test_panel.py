"""The exploration without a browser: gestures on the widgets, and what is then on screen."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from dts_research import explore, open_workbook
from dts_research.errors import RequestError
from dts_research.explore.figures import GALLERY, draw
from dts_research.explore.opening import holds_material
from dts_research.explore.panel import Panel
from dts_research.explore.sheets import lines, sheet
from dts_research.reflection.selection import kept, selection_path
from dts_research.starter import make_workbook
from dts_research.workbook import Workbook


@pytest.fixture
def panel(demo: Workbook, tmp_path: Path) -> Panel:
    # The same material, its selection written apart for each test.
    made = Panel(demo)
    made.keeping.workspace = dataclasses.replace(demo.workspace, data=tmp_path)
    made.keeping.refresh()
    return made


def test_an_empty_workbook_says_so(empty: Workbook) -> None:
    widget = explore(empty)
    text = " ".join(child.value for child in widget.children)
    assert "ne contient encore aucune expérience" in text
    assert not holds_material(empty)


def test_a_workbook_that_received_nothing_gives_empty_frames(empty: Workbook) -> None:
    book = open_workbook(empty.workspace.data)
    experiences, places = book.frames("experiences", "experience_places")
    assert experiences.empty and places.empty
    assert {"title", "missions", "stage"} <= set(experiences.columns)


def test_three_lines_give_plain_frames(demo: Workbook) -> None:
    book = open_workbook(demo.workspace.data)
    experiences, places, structures = book.frames("experiences", "experience_places", "structures")
    assert len(experiences) == 69
    assert {"experience_id", "departement_code"} <= set(places.columns)
    assert not structures.empty


def test_an_empty_workbook_gives_way_to_its_demo_only_when_asked(
    demo: Workbook, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = make_workbook(tmp_path / "classeur")
    (workspace.data / "demo").symlink_to(demo.workspace.data, target_is_directory=True)
    assert open_workbook(workspace.data).workspace.name == "classeur"
    assert open_workbook(workspace.data, or_demo=True).workspace.fictional
    assert "démonstration" in capsys.readouterr().out


def test_a_filter_changes_the_count_the_list_and_the_figure(panel: Panel) -> None:
    before = (panel.count.value, panel.view.value, list(panel.list.shown))
    panel.filters.fields["stage"].value = "arretee"
    assert "expériences sur 69" in panel.count.value
    assert before[0] != panel.count.value
    assert before[1] != panel.view.value
    assert before[2] != panel.list.shown
    panel.filters.clear.click()
    assert (panel.count.value, panel.view.value, list(panel.list.shown)) == before


def test_what_stays_in_its_territory_is_counted_and_shown_there(panel: Panel) -> None:
    assert "ne sont pas montrées" in panel.withheld.value
    everywhere = {line.experience_id for line in panel.lines}
    panel.filters.fields["territory"].value = "71"
    own = panel.material.experiences.set_index("experience_id")["diffusion"]
    assert set(own) <= {"territory", "network", "public"}
    assert set(own.index) - everywhere, "what circulates inside the territory only"


def test_nothing_found_is_a_sentence(panel: Panel) -> None:
    panel.filters.fields["resisted"].value = "introuvable-xyz"
    assert "Aucune expérience sur 69" in panel.count.value
    assert panel.list.shown == []


def test_a_click_opens_the_full_sheet_and_one_comes_back(panel: Panel) -> None:
    figure = panel.view.value
    panel.list.buttons[0].click()
    assert panel.experience_id == panel.list.shown[0]
    assert "Ce qui a résisté" in panel.view.value
    panel.close.click()
    assert panel.view.value == figure


def test_pages_turn(panel: Panel) -> None:
    first = list(panel.list.shown)
    panel.list.next.click()
    assert not set(first) & set(panel.list.shown)
    panel.list.back.click()
    assert panel.list.shown == first


def test_keeping_writes_the_view_once_and_says_where(panel: Panel) -> None:
    panel.filters.fields["mission"].value = "M1"
    panel.keeping.caption.value = "Les M1 <b>ensemble</b>"
    panel.keeping.question.value = "Pourquoi si peu d'arrêts ?"
    panel.keeping.button.click()
    panel.keeping.button.click()
    path = selection_path(panel.keeping.workspace)
    (line,) = path.read_text(encoding="utf-8").splitlines()
    entry = json.loads(line)
    assert entry["kind"] == "figure"
    assert entry["figure_id"] == entry["block"]["id"]
    assert entry["filters"] == {"mission": "M1"}
    assert "Création d'activités" in entry["scope"]
    assert entry["fictional"] is True
    assert entry["id"] in panel.keeping.message.value
    rows = " ".join(row.children[0].value for row in panel.keeping.rows.children)
    assert "<b>" not in rows and "&lt;b&gt;" in rows


def test_what_was_kept_is_shown_again_and_put_away(panel: Panel) -> None:
    panel.list.buttons[0].click()
    seen = panel.view.value
    panel.keeping.button.click()
    panel.close.click()
    _, again, away = panel.keeping.rows.children[0].children
    again.click()
    assert panel.view.value == seen
    panel.keeping.question.value = "Et ailleurs ?"
    panel.keeping.button.click()
    first, second = kept(panel.keeping.workspace)
    assert second.view == dataclasses.replace(first.view, question="Et ailleurs ?")
    away.click()
    assert kept(panel.keeping.workspace) == (second,)


def test_words_kept_with_a_view_do_not_follow_to_the_next(panel: Panel) -> None:
    panel.keeping.caption.value = "Celle-ci"
    panel.list.buttons[0].click()
    assert panel.keeping.caption.value == "Celle-ci", "not kept yet: never lost"
    panel.keeping.button.click()
    panel.list.buttons[1].click()
    assert panel.keeping.caption.value == ""


def test_a_view_that_cannot_be_written_is_a_sentence(panel: Panel, tmp_path: Path) -> None:
    (tmp_path / "selection").write_text("pas un dossier")
    panel.keeping.button.click()
    assert "ne peut pas être écrite" in panel.keeping.message.value


def test_field_text_is_never_markup(demo: Workbook) -> None:
    material = demo.network()
    experiences = material.experiences.copy()
    experiences["title"] = "<script>alert(1)</script>"
    experiences["what_resisted"] = "<img src=x onerror=alert(1)>"
    frames = dict(material.frames) | {"experiences": experiences}
    bad = dataclasses.replace(material, frames=frames)
    block = sheet(bad, str(experiences["experience_id"].iloc[0]))
    html = block._repr_mimebundle_()["text/html"]
    assert "<script" not in html and "<img" not in html


def test_a_sheet_is_guarded(demo: Workbook) -> None:
    material = demo.network()
    experiences = material.experiences.copy()
    experiences["people_count"] = 3
    experiences["context"] = "Appeler Mme Durand au 06 12 34 56 78."
    frames = dict(material.frames) | {"experiences": experiences}
    guarded = dataclasses.replace(material, frames=frames)
    one = sheet(guarded, str(experiences["experience_id"].iloc[0]))
    told = {field["label"]: field["text"] for field in one.data["fields"]}
    assert told["Personnes concernées"] == "Secret"
    assert "Durand" not in told["Contexte"] and "06 12" not in told["Contexte"]
    refused = material.quotes[~material.quotes["consent"].isin({"quote", "structure_name"})]
    for row in refused.itertuples():
        assert row.text not in str(sheet(material, row.experience_id).data)


def test_a_sheet_out_of_reach_is_refused_in_a_sentence(demo: Workbook) -> None:
    with pytest.raises(RequestError, match="n'est pas dans ce qui est montré"):
        sheet(demo.network(), "F-00-0000-zzzz")


def test_the_list_names_a_place_a_year_and_a_stage(demo: Workbook) -> None:
    found = lines(demo.network())
    assert len(found) == len({line.experience_id for line in found})
    assert all(line.title and " · " in line.where for line in found)


@pytest.mark.parametrize("name", [figure.name for figure in GALLERY])
def test_every_figure_is_drawn_on_much_little_and_nothing(demo: Workbook, name: str) -> None:
    whole = demo.territory("71") if name == "map_territory" else demo.network()
    for rows in (len(whole.experiences), 1, 0):
        ids = set(whole.experiences["experience_id"].head(rows))
        frames = dict(whole.frames)
        for table, frame in frames.items():
            if "experience_id" in frame.columns:
                frames[table] = frame[frame["experience_id"].isin(ids)].reset_index(drop=True)
        assert draw(name, dataclasses.replace(whole, frames=frames)).as_json()["kind"]
