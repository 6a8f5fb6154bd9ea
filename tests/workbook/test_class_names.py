"""The file of names: written once, edited by the group, never rewritten."""

from __future__ import annotations

from pathlib import Path

import pytest

from dts_research.errors import RequestError
from dts_research.workbook.class_names import (
    EXAMPLE,
    name_classes,
    names_path,
    read_names,
)
from dts_research.workspace import Workspace

CLASSES = {"A": ("01", "02", "2A"), "B": ("13", "59", "75")}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    book = Workspace(tmp_path / "data", tmp_path / "reports", tmp_path / "notebooks")
    return names_path(book)


def test_from_a_first_run_to_names_given_and_kept(path: Path) -> None:
    assert read_names(path) == ()
    assert name_classes(path, "départements", CLASSES) == {"A": "à nommer", "B": "à nommer"}
    first = path.read_text(encoding="utf-8")
    assert first == (
        "# Noms donnés par le groupe aux classes : les écrire entre les guillemets de la ligne "
        "« nom ».\n"
        "# Une classe refaite garde son nom tant que plus de la moitié des membres sont communs.\n"
        "# Les classes n'ont pas d'ordre ; un nom dit un profil, il ne juge personne.\n"
        '\n[[classe]]\netude = "départements"\nnom = ""\nmembres = ["01", "02", "2A"]\n'
        '\n[[classe]]\netude = "départements"\nnom = ""\nmembres = ["13", "59", "75"]\n'
    )
    name_classes(path, "départements", CLASSES)
    assert path.read_text(encoding="utf-8") == first
    edited = first.replace('nom = ""', 'nom = "Grandes villes"  # dit en séance', 2).replace(
        "Grandes villes", "Campagnes", 1
    )
    path.write_text(edited, encoding="utf-8")
    changed = {"A": ("75", "13", "59", "69"), "B": ("01", "2A"), "C": ("971", "972")}
    assert name_classes(path, "départements", changed) == {
        "A": "Grandes villes", "B": "Campagnes", "C": "à nommer",
    }  # fmt: skip
    after = path.read_text(encoding="utf-8")
    assert after.startswith(edited)
    assert after[len(edited) :] == (
        '\n[[classe]]\netude = "départements"\nnom = ""\nmembres = ["971", "972"]\n'
    )


def test_names_of_one_study_never_go_to_another(path: Path) -> None:
    name_classes(path, "départements", CLASSES)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('nom = ""', 'nom = "Campagnes"', 1), encoding="utf-8")
    assert name_classes(path, "EPCI", CLASSES)["A"] == "à nommer"
    assert name_classes(path, "départements", CLASSES)["A"] == "Campagnes"
    assert len(read_names(path)) == 4


BLOCK = '[[classe]]\netude = "d"\nnom = "{0}"\nmembres = [{1}]\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('nom = "x"', "« classes.toml » : n'attend que des blocs [[classe]] ; « nom » n'en est "
         "pas un."),
        ('[[classe]]\nnom = "x"\n', "« classes.toml » : bloc [[classe]] numéro 1 : etude, nom et "
         "membres sont attendus, rien d'autre."),
        (BLOCK.format("x", "1"), "« classes.toml » : bloc [[classe]] numéro 1 : des textes entre "
         "guillemets sont attendus."),
        (BLOCK.format("x", '"1"') + BLOCK.format("x", '"2"'),
         "« classes.toml » : étude « d » : le nom « x » est donné deux fois."),
        (BLOCK.format("x", '"1"') + BLOCK.format("y", '"1"'),
         "« classes.toml » : étude « d » : « 1 » est à la fois dans « x » et dans « y »."),
    ],
)  # fmt: skip
def test_a_file_badly_edited_says_what_to_correct(path: Path, text: str, message: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RequestError) as told:
        name_classes(path, "d", CLASSES)
    assert told.value.message == message
    assert told.value.fix == f"Écrire par exemple :\n{EXAMPLE}"
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[[classe]]\nnom = Rural\n", "« classes.toml » : n'est pas lisible à la ligne 2."),
        (b'[[classe]]\nnom = "', "« classes.toml » : n'est pas lisible jusqu'au bout."),
        ("nom = 'é'".encode("latin-1"), "« classes.toml » : n'est pas du texte UTF-8."),
    ],
)
def test_a_file_that_is_no_toml_is_refused(path: Path, content: bytes, message: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with pytest.raises(RequestError) as told:
        read_names(path)
    assert told.value.message == message


def test_a_file_saved_without_a_last_line_break_is_added_to_on_a_new_line(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(BLOCK.format("Campagnes", '"01", "02"').rstrip(), encoding="utf-8")
    assert name_classes(path, "d", CLASSES) == {"A": "Campagnes", "B": "à nommer"}
    assert [one.name for one in read_names(path)] == ["Campagnes", ""]
