"""The gallery is made by one command, in every format, with an index."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from dts_research.cli import gallery
from dts_research.reports.press import FORMATS, output_name

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def test_the_gallery_is_made_in_every_format(
    demo_book: Any, fixed_day: str, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(gallery, "TERRITORIES", ("05",))
    here = replace(demo_book.workspace, notebooks=NOTEBOOKS)
    book = replace(demo_book, workspace=here)
    made = gallery.make_gallery(book, tmp_path)
    assert made.outcome.failed == {}
    assert all((tmp_path / output_name("galerie-05", kind)).is_file() for kind in FORMATS)
    assert "Hautes-Alpes" in (tmp_path / "index.html").read_text(encoding="utf-8")
    assert gallery.make_gallery(book, tmp_path).outcome.skipped == ("galerie-05",)
