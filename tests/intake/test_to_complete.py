"""A file whose titles are not recognised comes with a mapping to complete, which then serves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dts_research.errors import MaterialError
from dts_research.intake.reception import receive

Writer = Callable[..., Path]
HEAD = ["Ce qu'on a fait", 'Avec "qui"', "Téléphone"]
ROWS = [["Jardin", "la mairie", "06 12 34 56 78"], ["Vélo", "l'école", "06 12 34 56 79"]]


def refused(path: Path, folder: Path) -> MaterialError:
    with pytest.raises(MaterialError) as caught:
        receive(path, mappings=folder)
    return caught.value


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_mapping_lists_every_title_and_serves_once_completed(
    tmp_path: Path, write_csv: Writer, write_xlsx: Writer, kind: str
) -> None:
    folder, path = tmp_path / "mappings", tmp_path / f"envoi.{kind}"
    rows = [HEAD, *ROWS]
    write_csv(path, rows) if kind == "csv" else write_xlsx(path, Notes=[["Lire"]], Actions=rows)
    error = refused(path, folder)
    (draft,) = folder.iterdir()
    assert error.fix.startswith(
        f"Compléter la correspondance « {draft.name} », écrite dans « mappings », et recevoir à "
        "nouveau. Sinon, renommer les colonnes"
    )
    text = draft.read_text("utf-8")
    assert '# "Ce qu\'on a fait" = ""\n# "Avec \\"qui\\"" = ""\n# "Téléphone" = ""  # l' in text
    assert "#   experiences.title : Titre\n" in text
    assert refused(path, folder).fix == error.fix  # nothing is written over, nor beside
    done = text.replace('# "Ce qu\'on a fait" = ""', '"Ce qu\'on a fait" = "experiences.title"')
    draft.write_text(done, encoding="utf-8")
    found = receive(path, mappings=folder)
    assert found.accepted["experiences"]["title"].tolist() == ["Jardin", "Vélo"]
    assert 'Avec "qui"' in found.unused
    assert [one.name for one in folder.iterdir()] == [draft.name]


def test_a_fault_in_the_mapping_begun_is_told(tmp_path: Path, write_csv: Writer) -> None:
    folder, path = tmp_path / "mappings", write_csv(tmp_path / "envoi.csv", [HEAD, *ROWS])
    refused(path, folder)
    (draft,) = folder.iterdir()
    text = draft.read_text("utf-8").replace('# "Ce qu', '"Ce qu').replace('fait" = ""', 'fait" =')
    draft.write_text(text, encoding="utf-8")
    fault = f"La correspondance « {draft.name} » n'est pas lisible (ligne 12)."
    assert fault in refused(path, folder).message


def test_no_folder_of_mappings_no_draft(tmp_path: Path, write_csv: Writer) -> None:
    path = write_csv(tmp_path / "envoi.csv", [HEAD, *ROWS])
    with pytest.raises(MaterialError, match="Les colonnes ne sont celles d'aucune"):
        receive(path)
    assert [one.name for one in tmp_path.iterdir()] == ["envoi.csv"]
