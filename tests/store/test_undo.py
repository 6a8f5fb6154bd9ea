"""Undo gives back exactly what stood before: records, texts, versions, filing, origins."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dts_research.errors import RequestError
from dts_research.schema import catalogue
from dts_research.schema.checks import check
from dts_research.store import Store

SCHEMA = catalogue().tables["quotes"]  # it has a truth value, a code, and words
IDS = [f"Q-{n}" for n in range(5)]
PLACES = ("", "01", "2A")
line = st.fixed_dictionaries(
    {
        "text": st.sampled_from(
            ["On y arrive", "L'été « indien » %s", 'un "guillemet"\nà la ligne']
        ),
        "contradicts_figures": st.sampled_from(["oui", "non", None]),
        "consent": st.sampled_from(["quote", "aggregate", None]),
    }
)
import_ = st.dictionaries(st.sampled_from(IDS), line, min_size=1, max_size=4)


def frame_of(lines: dict[str, dict[str, str | None]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows = pd.DataFrame(
        [{"quote_id": key, "experience_id": "F-1", **one} for key, one in lines.items()],
        index=range(2, 2 + len(lines)), dtype=object,
    )  # fmt: skip
    return check(rows, SCHEMA)[0], rows


def received(store: Store, lines: dict[str, dict[str, str | None]]) -> int:
    frame, raw = frame_of(lines)
    with store.transaction():
        number = store.begin_import(file="paroles.csv", sha256="0" * 64)
        store.save("quotes", frame, import_id=number, raw=raw)
        store.remember_rows([f"{number}-{key}" for key in lines], import_id=number)
        store.note_reading(number, {"": {"columns": {}}}, [("", 2, "quotes", "text", "r", "s")])
    return number


@settings(max_examples=40, deadline=None)
@given(imports=st.lists(import_, min_size=1, max_size=5), homes=st.randoms(use_true_random=False))
def test_each_undo_gives_back_the_state_before_it(imports: list, homes: object) -> None:
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "s.sqlite") as store:
        states, numbers = [], []
        for lines in imports:
            states.append(store.state())
            numbers.append(received(store, lines))
            moved = {key: homes.choice(PLACES) for key in lines}  # type: ignore[attr-defined]
            if homes.random() < 0.5 and len(numbers) == 1:  # type: ignore[attr-defined]
                store.file("quotes", moved)
        for number, state in zip(reversed(numbers), reversed(states)):
            store.undo(number)
            assert store.state() == state
        assert store.count("quotes") == 0
        assert store.known_rows() == frozenset()


@settings(max_examples=40, deadline=None)
@given(imports=st.lists(import_, min_size=2, max_size=4), data=st.data())
def test_an_older_import_is_undone_only_when_nothing_told_its_records_since(
    imports: list, data: st.DataObject
) -> None:
    chosen = data.draw(st.integers(0, len(imports) - 1))
    shared = [
        n for n in range(chosen + 1, len(imports)) if imports[n].keys() & imports[chosen].keys()
    ]
    with (
        tempfile.TemporaryDirectory() as folder,
        Store(Path(folder) / "a.sqlite") as store,
        Store(Path(folder) / "b.sqlite") as other,
    ):
        numbers = [received(store, lines) for lines in imports]
        if shared:
            before = store.state()
            with pytest.raises(RequestError, match=f"n° {numbers[shared[-1]]} ") as refusal:
                store.undo(numbers[chosen])
            assert f"dts undo {numbers[shared[-1]]}" in refusal.value.fix
            assert store.state() == before
            return
        store.undo(numbers[chosen])
        for place, lines in enumerate(imports):
            if place != chosen:
                received(other, lines)
        assert store.digest() == other.digest()
        pd.testing.assert_frame_equal(store.load("quotes"), other.load("quotes"))


def test_an_undone_import_stays_told_and_its_number_is_not_given_again(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        first = received(store, {"Q-1": {"text": "a", "contradicts_figures": None}})
        undone = store.undo(first)
        assert undone.removed == (("quotes", "Q-1"),) and undone.restored == ()
        assert received(store, {"Q-1": {"text": "b", "contradicts_figures": None}}) == first + 1
        told = store.import_rows()
        assert [bool(one["undone_at"]) for one in told] == [True, False]
        with pytest.raises(RequestError, match="dts history"):
            store.undo(first)


def test_a_slice_drawn_before_an_undo_is_not_read_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dts_research.store import images

    monkeypatch.setattr(images, "LARGE", 2)
    lines = {key: {"text": "avant", "contradicts_figures": "oui"} for key in IDS}
    with Store(tmp_path / "s.sqlite") as store:
        received(store, lines)
        store.file("quotes", dict.fromkeys(IDS, "2A"))
        second = received(store, {key: one | {"text": "après"} for key, one in lines.items()})
        store.file("quotes", dict.fromkeys(IDS, "2A"))
        assert set(store.load("quotes", territory="2A")["text"]) == {"après"}
        store.undo(second)
        shown = store.load("quotes", territory="2A")
        assert set(shown["text"]) == {"avant"}
        assert shown["contradicts_figures"].tolist() == [True] * len(IDS)
