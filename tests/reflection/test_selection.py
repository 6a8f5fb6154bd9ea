"""Views kept for a session: append-only, stable ids, nothing lost, faults named by their line."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from dts_research.errors import DtsError, RequestError
from dts_research.reflection.selection import (
    View,
    faults,
    keep,
    kept,
    retire,
    selection_path,
)
from dts_research.workspace import Workspace

BLOCK = {"kind": "chart", "id": "missions", "title": "Trois missions", "svg": "<svg></svg>"}
VIEW = View(
    kind="figure", subject="missions", block=BLOCK, filters={"mission": "M1"},
    scope="Mission : M1", caption="Légende", question="Pourquoi ?", audience="network",
)  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(data=tmp_path / "data", reports=tmp_path / "reports", notebooks=tmp_path)


def written(workspace: Workspace) -> list[str]:
    return selection_path(workspace).read_text(encoding="utf-8").splitlines()


def test_a_view_comes_back_as_it_was_kept(workspace: Workspace) -> None:
    view_id = keep(workspace, VIEW)
    (found,) = kept(workspace)
    assert (found.id, found.view) == (view_id, VIEW)
    assert view_id.startswith("missions-")
    assert selection_path(workspace).is_relative_to(workspace.data)


def test_the_same_view_kept_twice_is_written_once(workspace: Workspace) -> None:
    assert keep(workspace, VIEW) == keep(workspace, VIEW)
    redrawn = dataclasses.replace(VIEW, block=BLOCK | {"svg": "<svg id='2'></svg>"})
    keep(workspace, redrawn)
    assert len(written(workspace)) == 1


def test_the_same_view_over_new_material_keeps_its_id(workspace: Workspace) -> None:
    first = keep(workspace, VIEW)
    later = keep(workspace, dataclasses.replace(VIEW, block=BLOCK | {"title": "Deux missions"}))
    assert first == later
    assert len(written(workspace)) == 2
    (found,) = kept(workspace)
    assert found.view.block["title"] == "Deux missions"


@pytest.mark.parametrize(
    "change", [{"question": "Pour qui ?"}, {"caption": "Autre"}, {"filters": {}}, {"subject": "x"}]
)
def test_another_view_has_another_id(workspace: Workspace, change: dict[str, object]) -> None:
    other = dataclasses.replace(VIEW, **change)  # type: ignore[arg-type]
    assert keep(workspace, VIEW) != keep(workspace, other)
    assert len(kept(workspace)) == 2


def test_a_sheet_names_its_experience(workspace: Workspace) -> None:
    keep(workspace, dataclasses.replace(VIEW, kind="sheet", subject="F-71-2021-abcd"))
    entry = json.loads(written(workspace)[0])
    assert entry["experience_id"] == "F-71-2021-abcd"
    assert "figure_id" not in entry


def test_putting_away_appends_and_erases_nothing(workspace: Workspace) -> None:
    view_id = keep(workspace, VIEW)
    before = written(workspace)
    retire(workspace, view_id)
    assert kept(workspace) == ()
    assert written(workspace)[:1] == before
    keep(workspace, VIEW)
    assert [found.id for found in kept(workspace)] == [view_id]
    assert len(written(workspace)) == 3


def test_an_unknown_view_cannot_be_put_away(workspace: Workspace) -> None:
    with pytest.raises(RequestError, match="Aucune vue gardée"):
        retire(workspace, "missions-00000000")


@pytest.mark.parametrize(
    "broken", ["pas du JSON", "[1, 2]", '{"state": "kept"}', '{"state":"kept","id":"a","at":1}',
               '{"state":"kept","id":"a","at":"b","kind":"figure","figure_id":"x","block":3}']
)  # fmt: skip
def test_a_broken_line_is_named_and_the_others_are_read(workspace: Workspace, broken: str) -> None:
    keep(workspace, VIEW)
    path = selection_path(workspace)
    path.write_text(path.read_text("utf-8") + f"\n{broken}\n", encoding="utf-8")
    keep(workspace, dataclasses.replace(VIEW, caption="Après"))
    assert len(kept(workspace)) == 2
    (fault,) = faults(workspace)
    assert "La ligne 3" in fault


def test_a_line_cut_short_never_swallows_the_next(workspace: Workspace) -> None:
    keep(workspace, VIEW)
    path = selection_path(workspace)
    whole = path.read_bytes()
    path.write_bytes(whole + '{"state": "kept", "caption": "é'.encode()[:-1])
    keep(workspace, dataclasses.replace(VIEW, caption="Après"))
    assert [found.view.caption for found in kept(workspace)] == ["Légende", "Après"]
    assert len(faults(workspace)) == 1


def test_text_from_the_field_stays_text(workspace: Workspace) -> None:
    odd = dataclasses.replace(VIEW, caption='a\n"b"\u2028\\', question="é 🌱\r\n</script>")
    keep(workspace, odd)
    (found,) = kept(workspace)
    assert found.view == odd


def test_nothing_kept_yet_is_no_error(workspace: Workspace) -> None:
    assert kept(workspace) == ()
    assert faults(workspace) == ()


@pytest.mark.parametrize("bad", [{"kind": "film"}, {"block": {}}, {"subject": ""}])
def test_a_view_without_anything_to_see_is_refused(
    workspace: Workspace, bad: dict[str, object]
) -> None:
    with pytest.raises(RequestError):
        keep(workspace, dataclasses.replace(VIEW, **bad))  # type: ignore[arg-type]
    assert not selection_path(workspace).exists()


def test_a_folder_that_cannot_be_written_is_a_sentence(workspace: Workspace) -> None:
    workspace.data.mkdir(parents=True)
    workspace.selection.write_text("pas un dossier")
    with pytest.raises(DtsError, match="ne peut pas être écrite"):
        keep(workspace, VIEW)
