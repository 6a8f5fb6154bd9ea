"""The criteria of the cross-analysis: an editable file, read tolerantly, refused with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from dts_research.errors import RequestError
from dts_research.starter import make_workbook
from dts_research.workbook.criteria import read_criteria, starting


def refused(folder: Path, text: str) -> str:
    (folder / "criteria.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RequestError) as error:
        read_criteria(folder / "criteria.toml")
    assert error.value.fix == (
        "Corriger data/criteria.toml, ou l'effacer pour retrouver les critères de départ."
    )
    return error.value.message


def test_a_new_workbook_lays_the_criteria_out(tmp_path: Path) -> None:
    made = make_workbook(tmp_path / "neuf")
    assert made.criteria.read_text(encoding="utf-8") == starting()
    assert len(read_criteria(made.criteria)) == 6


def test_without_a_file_those_of_the_start_are_read(tmp_path: Path) -> None:
    labels = [criterion.label for criterion in read_criteria(tmp_path / "criteria.toml")]
    assert labels[:2] == ["Le besoin de départ", "L'argent"]


def test_a_file_that_cannot_be_used_says_why(tmp_path: Path) -> None:
    assert refused(tmp_path, "[[criterion]]\nfields = ['need']") == (
        "Fichier des critères criteria.toml : le critère n°1 n'a pas de « label »."
    )
    assert refused(tmp_path, "[[criterion]]\nlabel = 'Le prix'") == (
        "Fichier des critères criteria.toml : « Le prix » ne dit pas où chercher : lui donner des "
        "champs ou des mots."
    )
    assert refused(tmp_path, "[[criterion]]\nlabel = 'Le prix'\nfields = ['prix']") == (
        "Fichier des critères criteria.toml : « Le prix » : « prix » n'existe pas dans « fields »."
    )
    assert refused(tmp_path, "[[criterion]]\nlabel = 'Le prix'\nthemes = ['sous']") == (
        "Fichier des critères criteria.toml : « Le prix » : « sous » n'existe pas dans « themes »."
    )
    twice = "[[criterion]]\nlabel = 'Le prix'\nwords = ['prix']\n"
    assert refused(tmp_path, twice * 2) == (
        "Fichier des critères criteria.toml : le critère « Le prix » y est deux fois."
    )
    assert "n'est pas lisible" in refused(tmp_path, "[[criterion")
    assert "doit commencer par [[criterion]]" in refused(tmp_path, "criterion = 3")
    assert "doit être une liste de textes" in refused(
        tmp_path, "[[criterion]]\nlabel = 'Le prix'\nwords = 'prix'"
    )


def test_an_empty_file_is_no_criterion(tmp_path: Path) -> None:
    (tmp_path / "criteria.toml").write_text("# rien", encoding="utf-8")
    assert read_criteria(tmp_path / "criteria.toml") == ()
