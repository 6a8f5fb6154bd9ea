"""Links to other records, blanks around a text: told at reception, no row lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from dts_research.intake import receive
from dts_research.intake.taken_ids import Received

Writer = Callable[..., Any]
QUOTES = [
    ["Identifiant de la parole", "Fiche", "Parole", "Rôle de la personne", "Consentement"],
    ["P-1", "F-013-2026-k7q2", "Oui.", "Salariée", "Citation"],
    ["P-2", "F-013-2026-k7q3", "Non.", "Salarié", "Citation"],
    ["P-3", "ailleurs", "Si.", "Salarié", "Citation"],
]


def test_a_link_to_an_unknown_record_is_to_confirm_with_the_nearest(
    tmp_path: Path, write_csv: Writer
) -> None:
    path = write_csv(tmp_path / "quotes.csv", QUOTES)
    taken = receive(path, received=Received({"experiences": {"F-013-2026-k7q2"}}))
    said = taken.issues[taken.issues["rule"] == "reference"]
    assert said[["row", "column", "severity"]].values.tolist() == [
        [3, "Fiche", "to_confirm"], [4, "Fiche", "to_confirm"]
    ]  # fmt: skip
    assert said["message"].tolist()[0] == (
        "« F-013-2026-k7q3 » n'est pas un identifiant connu dans « Fiches d'expérience »"
    )
    assert said["fix"].tolist() == [
        "écrire peut-être F-013-2026-k7q2, ou recevoir le fichier qui décrit cet enregistrement",
        "recevoir le fichier qui décrit cet enregistrement",
    ]
    assert taken.counts.accepted == 3
    assert taken.accepted["quotes"]["experience_id"].tolist()[1] == "F-013-2026-k7q3"


def test_records_of_the_same_file_are_known(tmp_path: Path, write_xlsx: Writer) -> None:
    sheets = [["Identifiant de la fiche", "Titre"], ["ailleurs", "Le verger"]]
    ours = {"Fiches d'expérience": sheets, "Paroles": [QUOTES[0], QUOTES[3]]}
    taken = receive(write_xlsx(tmp_path / "x.xlsx", **ours), received=Received())
    assert taken.records == {"experiences": 1, "quotes": 1}
    assert "reference" not in set(taken.issues["rule"])


def test_without_known_ids_links_are_not_judged(tmp_path: Path, write_csv: Writer) -> None:
    taken = receive(write_csv(tmp_path / "quotes.csv", QUOTES))
    assert "reference" not in set(taken.issues["rule"])


def test_blanks_around_a_text_are_repairs_with_before_and_after(
    tmp_path: Path, write_csv: Writer
) -> None:
    rows = [["Titre", "Structure porteuse"], [" Le verger\u00a0", "NR "], ["b", "Relais"]]
    taken = receive(write_csv(tmp_path / "x.csv", rows))
    assert taken.repairs[["row", "column", "before", "after"]].values.tolist() == [
        [2, "Titre", " Le verger\u00a0", "Le verger"]
    ]


def test_a_column_full_of_blanks_is_told_once(tmp_path: Path, write_csv: Writer) -> None:
    rows = [["Titre", "Résumé"], *([f"t{n}  ", "x"] for n in range(300))]
    taken = receive(write_csv(tmp_path / "x.csv", rows))
    assert taken.repairs.empty
    assert taken.issues["message"].tolist() == [
        "Blancs de trop retirés dans 300 cellules de la colonne « Titre », par exemple à la ligne 2"
    ]
