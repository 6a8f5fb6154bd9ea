"""Bundles made apart are joined without loss, whatever the order in which they come."""

from __future__ import annotations

from pathlib import Path
from runpy import run_path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dts_research.errors import MaterialError
from dts_research.reflection.bundles_choosing import choose, conflicts, write_conflicts
from dts_research.reflection.bundles_merging import merge
from dts_research.reflection.selection import kept, retire
from dts_research.workbook.undoing import undo

lots = SimpleNamespace(**run_path(str(Path(__file__).with_name("bundled.py"))))
KINDS = ("decision", "contribution", "comment", "view", "withdrawal")
EDITS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(1, 3), st.sampled_from("ab")), max_size=4
)
Edits = list[tuple[str, int, str]]


def edit(book: Any, edits: Edits) -> set[str]:
    """Make edits in a workbook; give the texts that were written."""
    texts = set()
    for kind, number, word in edits:
        if kind == "decision":
            texts.add(said := f"Fait {word}.")
            key = {"decision_id": f"D-71-0{number + 1}"}  # the fourth one is new
            lots.told(book, "decisions", {**lots.DECISIONS[0], **key, "what_happened": said})
        elif kind == "contribution":
            texts.add(said := f"Dit {word}.")
            key = {"contribution_id": f"CO-71-0{number}"}
            lots.told(book, "contributions", {**lots.CONTRIBUTIONS[0], **key, "text": said})
        elif kind == "comment":
            texts.add(said := f"Lu {word}.")
            lots.comment(book, f"figure-{number}", said)
        elif kind == "view":
            lots.keep_view(book, f"Vue {number} {word}")
        else:
            lots.told(book, "consents", withdrawal("contributions", f"CO-71-0{number}"))
    return texts


def withdrawal(table: str, key: str) -> dict[str, str]:
    return {
        "consent_id": f"CS-{key}", "record_table": table, "record_id": key, "level": "quote",
        "given_on": "2026-03-12", "withdrawn_on": "2026-04-01",
    }  # fmt: skip


@pytest.fixture(scope="module")
def start(new_book: Any) -> Any:
    book = lots.base(new_book, "commun")
    lots.comment(book, "figure-1", "Avant.")
    return book


@pytest.fixture
def pair(start: Any, tmp_path: Path) -> tuple[Any, Any, Any]:
    """Two copies of a workbook, and a third one where they are joined."""
    names = ("une", "autre", "ensemble")
    une, autre, ensemble = (lots.copy_of(start, tmp_path / name) for name in names)
    return une, autre, ensemble


BOTH: Edits = [("decision", 1, "a"), ("comment", 1, "a"), ("view", 1, "a")]
APART: Edits = [("decision", 1, "b"), ("comment", 1, "b"), ("decision", 3, "b")]
THIRD: Edits = [("decision", 3, "a"), ("withdrawal", 1, "a"), ("decision", 1, "a")]


@settings(max_examples=5, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(one=EDITS, other=EDITS, third=EDITS)
@example(one=BOTH, other=APART, third=THIRD)
@example(one=[*BOTH, ("decision", 1, "b")], other=APART, third=[("contribution", 1, "b")])
@example(one=[("contribution", 1, "a")], other=[("withdrawal", 1, "a")], third=[])
def test_the_order_of_merging_does_not_matter(
    start: Any, tmp_path_factory: pytest.TempPathFactory, one: Edits, other: Edits, third: Edits
) -> None:
    folder = tmp_path_factory.mktemp("lots")
    texts, paths = set[str](), []
    for name, edits in (("a", one), ("b", other), ("c", third)):
        book = lots.copy_of(start, folder / name)
        texts |= edit(book, edits)
        paths.append(lots.bundle(book, folder, name))
    gone = {f"CO-71-0{n}" for k, n, _ in (*one, *other, *third) if k == "withdrawal"}
    states = []
    for rank, order in enumerate([paths, paths[::-1], [paths[1], paths[2], paths[0]]]):
        book = lots.copy_of(start, folder / f"ensemble-{rank}")
        lots.joined_all(book, order)
        states.append(lots.seen(book))
        assert not any(done.brings for done in lots.joined_all(book, order))
    assert states[1:] == states[:-1]
    kept_texts = {text for text in texts if not (gone and text.startswith("Dit"))}
    assert kept_texts <= lots.every_text(book)
    assert not {c["contribution_id"] for c in states[0]["contributions"]} & gone


def test_what_only_one_side_changed_comes_in(pair: Any, tmp_path: Path) -> None:
    une, autre, ensemble = pair
    edit(une, [("decision", 1, "a"), ("contribution", 3, "a")])
    edit(autre, [("decision", 3, "b")])
    paths = [lots.bundle(book, tmp_path, name) for name, book in (("u", une), ("a", autre))]
    first, second = lots.joined_all(ensemble, paths)
    assert first.changed == {"decisions": ["D-71-02"]}
    assert first.new == {"contributions": ["CO-71-03"]}
    assert second.new == {"decisions": ["D-71-04"]}
    assert not conflicts(ensemble)
    said = {d["decision_id"]: d["what_happened"] for d in lots.seen(ensemble)["decisions"]}
    assert said == {"D-71-01": None, "D-71-02": "Fait a.", "D-71-03": None, "D-71-04": "Fait b."}


def test_former_versions_come_with_the_record(pair: Any, tmp_path: Path) -> None:
    une, _, ensemble = pair
    edit(une, [("decision", 1, "a"), ("decision", 1, "b")])
    lots.joined_all(ensemble, [lots.bundle(une, tmp_path, "u")])
    with ensemble.store() as store:
        (versions,) = store.told("decisions", ["D-71-02"]).values()
    assert [one["record"].get("what_happened") for one in versions] == [None, "Fait a.", "Fait b."]
    assert versions[-1]["rows"][0]["file"] == "u.zip"
    assert versions[-1]["rows"][0]["sheet"] == "versions/decisions.jsonl"


def apart(pair: Any, tmp_path: Path) -> Any:
    une, autre, ensemble = pair
    edit(une, [("decision", 1, "a")])
    edit(autre, [("decision", 1, "b")])
    paths = [lots.bundle(book, tmp_path, name) for name, book in (("u", une), ("a", autre))]
    lots.joined_all(ensemble, paths)
    return ensemble


def test_what_both_sides_changed_waits_as_it_was(pair: Any, tmp_path: Path) -> None:
    book = apart(pair, tmp_path)
    (one,) = conflicts(book)
    assert one.key == ("decisions", "D-71-02")
    assert one.fields == ["what_happened"]
    told = {version.says["what_happened"]: one.author(version) for version in one.versions}
    assert set(told) == {"Fait a.", "Fait b."}
    assert "(lot « u.zip »)" in told["Fait a."]
    assert "« saisie-0.csv », le " in told["Fait a."]
    assert {one.difference(v) for v in one.versions} == {
        "Ce qui s'est passé depuis : Fait a.", "Ce qui s'est passé depuis : Fait b."
    }  # fmt: skip
    second = next(d for d in lots.seen(book)["decisions"] if d["decision_id"] == "D-71-02")
    assert second["what_happened"] is None


def test_in_the_workbook_that_wrote_its_own_version_stays(pair: Any, tmp_path: Path) -> None:
    une, autre, _ = pair
    edit(une, [("decision", 1, "a")])
    edit(autre, [("decision", 1, "b")])
    lots.joined_all(une, [lots.bundle(autre, tmp_path, "a")])
    said = {d["decision_id"]: d["what_happened"] for d in lots.seen(une)["decisions"]}
    assert said["D-71-02"] == "Fait a."
    assert len(conflicts(une)) == 1


def answered(book: Any, tmp_path: Path, wanted: str, name: str = "choix") -> Path:
    """The workbook of choices, with a cross before the version that says something."""
    path = tmp_path / f"{name}.xlsx"
    write_conflicts(conflicts(book), path)
    sheet = (filled := openpyxl.load_workbook(path))["À choisir"]
    for row in sheet.iter_rows(min_row=2):
        if wanted in str(row[3].value):
            row[0].value = "x"
    filled.save(path)
    return path


def test_a_choice_is_made_in_the_workbook_and_travels(pair: Any, tmp_path: Path) -> None:
    book = apart(pair, tmp_path)
    (choice,) = choose(book, answered(book, tmp_path, "Fait b."))
    assert not conflicts(book)
    said = {d["decision_id"]: d["what_happened"] for d in lots.seen(book)["decisions"]}
    assert said["D-71-02"] == "Fait b."
    une, _, _ = pair
    lots.joined_all(une, [lots.bundle(book, tmp_path, "ensemble")])
    said = {d["decision_id"]: d["what_happened"] for d in lots.seen(une)["decisions"]}
    assert said["D-71-02"] == "Fait b."
    assert not conflicts(une)
    assert choose(book, tmp_path / "choix.xlsx") == []
    assert choice.key == ("decisions", "D-71-02")


def test_two_crosses_are_refused(pair: Any, tmp_path: Path) -> None:
    book = apart(pair, tmp_path)
    with pytest.raises(MaterialError) as caught:
        choose(book, answered(book, tmp_path, "Fait"))
    assert caught.value.message == (
        "« choix.xlsx » : deux versions sont gardées pour « D-71-02 » ; rien n'a changé."
    )
    assert len(conflicts(book)) == 1


def test_another_workbook_is_no_answer(pair: Any, tmp_path: Path) -> None:
    path = tmp_path / "autre.csv"
    path.write_text("Titre,Date\nUne fiche,2026\n", encoding="utf-8")
    with pytest.raises(MaterialError) as caught:
        choose(pair[2], path)
    assert caught.value.message == (
        "« autre.csv » n'est ni un lot de contributions, ni le classeur des versions à choisir."
    )


def test_a_merge_is_undone_as_any_import(pair: Any, tmp_path: Path) -> None:
    une, _, ensemble = pair
    with ensemble.store() as store:
        before = store.state()
    edit(une, [("decision", 1, "a"), ("decision", 3, "a")])
    (done,) = lots.joined_all(ensemble, [lots.bundle(une, tmp_path, "u")])
    undo(ensemble, done.import_id)
    with ensemble.store() as store:
        assert store.state() == before
    (again,) = lots.joined_all(ensemble, [tmp_path / "u.zip"])
    assert again.changed == {"decisions": ["D-71-02"]}


def test_a_choice_is_undone_too(pair: Any, tmp_path: Path) -> None:
    book = apart(pair, tmp_path)
    choose(book, answered(book, tmp_path, "Fait b."))
    with book.store() as store:
        number = store.import_rows()[-1]["import_id"]
    undo(book, number)
    assert len(conflicts(book)) == 1


def test_a_withdrawal_wins_over_an_edit(pair: Any, tmp_path: Path) -> None:
    une, autre, ensemble = pair
    edit(une, [("contribution", 1, "a")])
    edit(autre, [("withdrawal", 1, "a")])
    lots.joined_all(ensemble, [lots.bundle(autre, tmp_path, "a"), lots.bundle(une, tmp_path, "u")])
    assert {c["contribution_id"] for c in lots.seen(ensemble)["contributions"]} == {"CO-71-02"}
    assert not conflicts(ensemble)


def test_a_view_put_away_on_one_side_stays_so(start: Any, tmp_path: Path) -> None:
    shared = lots.copy_of(start, tmp_path / "partage")
    key = lots.keep_view(shared, "Vue")
    une, autre = (lots.copy_of(shared, tmp_path / name) for name in ("une", "autre"))
    retire(une.workspace, key)
    other = lots.keep_view(autre, "Autre vue")
    paths = [lots.bundle(book, tmp_path, name) for name, book in (("u", une), ("a", autre))]
    for rank, order in enumerate((paths, paths[::-1])):
        book = lots.copy_of(shared, tmp_path / f"ensemble-{rank}")
        lots.joined_all(book, order)
        assert [one.id for one in kept(book.workspace)] == [other]


def test_a_comment_changed_on_one_side_comes_and_its_past_is_kept(
    start: Any, tmp_path: Path
) -> None:
    lots.bundle(start, tmp_path, "commun")  # the comment is noted as it was
    une, ensemble = (lots.copy_of(start, tmp_path / name) for name in ("une", "ensemble"))
    edit(une, [("comment", 1, "a")])
    (done,) = lots.joined_all(ensemble, [lots.bundle(une, tmp_path, "u")])
    assert done.texts == 1
    assert lots.seen(ensemble)["texts"] == {"71/tous/figure-1.md": "Lu a."}
    journal = (ensemble.workspace.commentary / ".versions.jsonl").read_text("utf-8")
    assert "Avant." in journal


def test_a_comment_taken_away_on_one_side_is_taken_away(start: Any, tmp_path: Path) -> None:
    lots.bundle(start, tmp_path, "commun")
    une, autre, ensemble = (lots.copy_of(start, tmp_path / name) for name in ("u", "a", "e"))
    lots.comment(une, "figure-1", None)
    edit(autre, [("comment", 1, "b")])
    paths = [lots.bundle(book, tmp_path, name) for name, book in (("une", une), ("deux", autre))]
    lots.joined_all(ensemble, paths)
    assert lots.seen(ensemble)["texts"] == {}
    assert "Lu b." in lots.every_text(ensemble)


def test_fiction_never_meets_real_material(pair: Any, tmp_path: Path) -> None:
    une, _, ensemble = pair
    path = lots.bundle(une, tmp_path, "u")
    settings_file = ensemble.workspace.data / "workbook.toml"
    text = settings_file.read_text("utf-8")
    settings_file.write_text(text.replace("true", "false"), encoding="utf-8")
    real = lots.open_workbook(ensemble.workspace.data)
    _, ((_, error),) = merge(real, [path])
    assert error.message == "« u.zip » porte des données fictives, ce classeur des données réelles."
