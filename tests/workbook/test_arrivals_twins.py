"""Two files of the same name in one go each give back their refused rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dts_research.workbook.arrival import receive_files


def test_twins_do_not_overwrite_each_other(new_book: Any, tmp_path: Path) -> None:
    book = new_book("jumeaux")
    paths = []
    for name, label in (("a", "Premier"), ("b", "Second")):
        (tmp_path / name).mkdir()
        path = tmp_path / name / "x.csv"
        path.write_text(
            f"Identifiant de l'acteur;Type d'acteur;Nom diffusable\nA1;licorne;{label}\n"
        )
        paths.append(path)
    arrivals, refused = receive_files(book, paths)
    assert not refused
    back = [arrival.quarantine for arrival in arrivals]
    assert len(set(back)) == 2
    assert all(path is not None and path.is_file() for path in back)


def test_a_file_that_may_not_be_read_is_refused_and_the_others_go_on(
    new_book: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    from dts_research.workbook import arrival

    book = new_book("interdit")
    for name in ("a", "b"):
        text = f"Identifiant de l'acteur;Type d'acteur;Nom diffusable\nA{name};commune;Nom\n"
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    real = arrival.receive

    def denied(path: Path, **options: Any) -> Any:
        if path.name == "a.csv":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, **options)

    monkeypatch.setattr(arrival, "receive", denied)
    arrivals, refused = receive_files(book, [tmp_path / "a.csv", tmp_path / "b.csv"])
    assert [a.reception.counts.accepted for a in arrivals] == [1]
    assert "accès refusé" in str(refused[0][1])
