"""Received files are kept whole, read-only, and `dts check` sees when one is damaged."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from dts_research.errors import DtsError
from dts_research.workbook.arrival import receive_files
from dts_research.workbook.keeping import keep_raw
from dts_research.workbook.review import review

TEXT = "Identifiant de l'acteur;Type d'acteur;Nom diffusable\nA1;commune;Nom\n"


@pytest.fixture
def book(new_book: Any) -> Any:
    made = new_book("garde")
    path = made.workspace.inbox / "acteurs.csv"
    path.write_text(TEXT, encoding="utf-8")
    receive_files(made, [path])
    return made


def faults(book: Any) -> list[str]:
    with book.store() as store:
        found = review(store, raw=book.workspace.raw)
    return [str(text) for text in found.loc[found["rule"] == "raw_file", "message"]]


def test_a_kept_file_is_checked_against_its_name(book: Any) -> None:
    assert faults(book) == []
    (kept,) = book.workspace.raw.iterdir()
    kept.chmod(0o644)
    kept.write_text(TEXT.replace("Nom", "Mon"), encoding="utf-8")
    (said,) = faults(book)
    assert "acteurs.csv" in said and "octets" in said
    receive_files(book, [book.workspace.inbox / "acteurs.csv"])
    assert faults(book) == []
    assert kept.read_text(encoding="utf-8") == TEXT
    kept.unlink()
    (said,) = faults(book)
    assert "disparu" in said


def test_a_file_that_changes_while_it_is_received_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("après", encoding="utf-8")
    with pytest.raises(DtsError, match="changé pendant"):
        keep_raw(tmp_path / "raw", path, hashlib.sha256(b"avant").hexdigest())
    assert list((tmp_path / "raw").iterdir()) == []


def test_a_copy_cut_short_leaves_nothing_under_the_digest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    path = tmp_path / "a.csv"
    path.write_bytes(b"x" * 10_000)
    name = hashlib.sha256(path.read_bytes()).hexdigest()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        with pytest.raises(OSError, match="space"):
            keep_raw(tmp_path / "raw", path, name)
    assert list((tmp_path / "raw").iterdir()) == []
    assert keep_raw(tmp_path / "raw", path, name).read_bytes() == path.read_bytes()
