"""What a bundle must not carry: views that may no longer be shown, names, few people."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from dts_research.errors import RequestError
from dts_research.reflection.bundles_journals import join_lines
from dts_research.reflection.bundles_making import export_territory

lots = SimpleNamespace(**run_path(str(Path(__file__).with_name("bundled.py"))))
DOUBT = (
    "1 vue gardée : ce qu'elle montre ne peut peut-être plus sortir (un accord ou une diffusion "
    "a changé) ; la garder à nouveau"
)


@pytest.fixture
def book(new_book: Any, tmp_path: Path) -> Any:
    people = [
        {"row_id": "SP-1", "session_id": "SE-71-01", "category": "permanents_siae", "count": 3},
        {"row_id": "SP-2", "session_id": "SE-71-01", "category": "permanents_siae", "count": 12},
    ]
    typed = {"text": "Mme Durand, 06 12 34 56 78, marie@exemple.fr", "contribution_id": "CO-71-09"}
    said = [*lots.CONTRIBUTIONS, {**lots.CONTRIBUTIONS[0], **typed}]
    return new_book(
        "gardien", sessions=pd.DataFrame([lots.SESSION]), contributions=pd.DataFrame(said),
        decisions=pd.DataFrame(lots.DECISIONS), session_participants=pd.DataFrame(people),
    )  # fmt: skip


def whole(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def later(book: Any, days: int) -> None:
    """Make the views kept some days younger than they are."""
    path = book.workspace.selection / "selection.jsonl"
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    at = (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="seconds")
    path.write_text("".join(f"{json.dumps({**one, 'at': at})}\n" for one in lines), "utf-8")


def withdrawn(book: Any) -> None:
    lots.told(book, "consents", {
        "consent_id": "CS-1", "record_table": "contributions", "record_id": "CO-71-02",
        "level": "quote", "given_on": "2026-03-12", "withdrawn_on": "2026-04-01",
    })  # fmt: skip


@pytest.mark.parametrize("everything", [False, True])
def test_a_view_drawn_before_a_withdrawal_stays(
    book: Any, tmp_path: Path, everything: bool
) -> None:
    lots.keep_view(book, "Avant le retrait")
    path = tmp_path / "lot.zip"
    made = export_territory(book, "71", path, everything=everything)
    assert made.counts["vues.jsonl"] == 1
    withdrawn(book)
    made = export_territory(book, "71", path, everything=everything)
    assert (made.counts["vues.jsonl"], made.stayed.views) == (0, 1)
    assert DOUBT in list(made.stayed.sentences())
    assert "Avant le retrait" not in "".join(whole(path).values())
    later(book, 1)  # kept again since
    made = export_territory(book, "71", path, everything=everything)
    assert (made.counts["vues.jsonl"], made.stayed.views) == (1, 0)


def test_a_view_drawn_before_a_diffusion_changed_stays(book: Any, tmp_path: Path) -> None:
    lots.keep_view(book, "Avant")
    lots.told(book, "contributions", {**lots.CONTRIBUTIONS[0], "diffusion": "territory"})
    made = export_territory(book, "71", tmp_path / "lot.zip")
    assert (made.counts["vues.jsonl"], made.stayed.views) == (0, 1)


def test_the_sheet_of_an_experience_that_stays_does_not_leave(book: Any, tmp_path: Path) -> None:
    path = book.workspace.selection / "selection.jsonl"
    lots.keep_view(book, "Fiche")
    line = json.loads(path.read_text("utf-8"))
    sheet = {**line, "kind": "sheet", "experience_id": "E-71-77"}
    path.write_text(json.dumps(sheet) + "\n", "utf-8")
    made = export_territory(book, "71", tmp_path / "lot.zip", everything=True)
    assert (made.counts["vues.jsonl"], made.stayed.views) == (0, 1)


def test_a_line_that_puts_away_carries_nothing_else(book: Any, tmp_path: Path) -> None:
    key = lots.keep_view(book, "Vue")
    path = book.workspace.selection / "selection.jsonl"
    away = {"at": "2026-04-01T10:00:00+02:00", "state": "retired", "id": key}
    with path.open("a", encoding="utf-8") as out:
        out.write(json.dumps(away) + "\n" + json.dumps({**away, "block": {"a": "Secrets"}}) + "\n")
    export_territory(book, "71", made := tmp_path / "lot.zip")
    told = whole(made)["carnet/vues.jsonl"]
    assert json.dumps(away) in told
    assert "Secrets" not in told


def test_names_typed_under_a_view_are_masked_and_the_view_comes_back_once(
    book: Any, tmp_path: Path
) -> None:
    lots.keep_view(book, "Dit par Mme Durand")
    export_territory(book, "71", path := tmp_path / "lot.zip")
    (line,) = whole(path)["carnet/vues.jsonl"].splitlines()
    assert json.loads(line)["caption"] == "Dit par [nom masqué]"
    before = (book.workspace.selection / "selection.jsonl").read_text("utf-8")
    assert join_lines(book.workspace, "vues.jsonl", [line]) == 0
    assert (book.workspace.selection / "selection.jsonl").read_text("utf-8") == before


def test_tables_to_be_read_name_nobody_and_count_no_few_people(book: Any, tmp_path: Path) -> None:
    withdrawn(book)
    export_territory(book, "71", path := tmp_path / "lot.zip", everything=True)
    parts = whole(path)
    said = parts["tableaux/contributions.csv"]
    assert "[nom masqué], [coordonnées masquées], [coordonnées masquées]" in said
    assert not [one for one in ("Durand", "06 12 34", "marie@") if one in said]
    table = io.StringIO(parts["tableaux/session_participants.csv"].removeprefix("\ufeff"))
    assert [row["Nombre"] for row in csv.DictReader(table, delimiter=";")] == ["Secret", "12"]
    assert "versions/consents.jsonl" in parts
    assert "tableaux/consents.csv" not in parts
    assert "consents.csv" not in parts["LISEZ-MOI.txt"]


def test_the_name_of_a_file_that_was_received_names_nobody(book: Any, tmp_path: Path) -> None:
    row = {**lots.DECISIONS[0], "what_happened": "Fait."}
    lots.told(book, "decisions", row, name="entretien_Marie_Durand")
    export_territory(book, "71", path := tmp_path / "lot.zip")
    lines = whole(path)["versions/decisions.jsonl"]
    assert "[nom masqué]" in lines
    assert "Durand" not in lines


def test_a_link_to_a_file_kept_elsewhere_does_not_leave(book: Any, tmp_path: Path) -> None:
    (outside := tmp_path / "ailleurs.md").write_text(
        "---\ndiffusion : public\n---\nAilleurs.\n", "utf-8"
    )
    lots.comment(book, "ici", "---\ndiffusion : public\n---\nIci.\n")
    (book.workspace.commentary / "71" / "tous" / "lien.md").symlink_to(outside)
    export_territory(book, "71", path := tmp_path / "lot.zip", everything=True)
    parts = whole(path)
    assert "commentaires/71/tous/ici.md" in parts
    assert "Ailleurs" not in "".join(parts.values())


@pytest.mark.parametrize("content", [b"Mes notes.", b"PK"])
def test_another_file_is_never_written_over(book: Any, tmp_path: Path, content: bytes) -> None:
    (path := tmp_path / "notes.zip").write_bytes(content)
    with pytest.raises(RequestError) as caught:
        export_territory(book, "71", path)
    assert caught.value.message == (
        f"« {path} » existe déjà, et n'est pas un lot de « Saône-et-Loire » fait par ce "
        "classeur : il reste comme il est."
    )
    assert (path.read_bytes(), caught.value.exit_code) == (content, 2)


def test_a_bundle_is_made_again_in_its_place(book: Any, tmp_path: Path) -> None:
    export_territory(book, "71", path := tmp_path / "lot.zip")
    export_territory(book, "71", path)
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith((".", "lot"))] == [
        "lot.zip"
    ]
    with pytest.raises(RequestError):
        export_territory(book, "13", path)
