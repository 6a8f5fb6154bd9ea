"""Comments, readings and publication, from one end to the other, on the demo."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from dts_research.cli import main
from dts_research.reflection.criteria import criteria

WORDS = "Deux fiches manquent encore ; **le reste tient**."


def dts(*words: object, book: Path) -> Result:
    return CliRunner().invoke(main, ["--workbook", str(book), *map(str, words)], prog_name="dts")


def done(*words: object, book: Path) -> str:
    result = dts(*words, book=book)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*words: object, book: Path, code: int = 2) -> str:
    result = dts(*words, book=book)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    assert result.stdout == ""
    return result.stderr


def page(book: Path, name: str = "territoire-71") -> str:
    text = (book / "reports" / f"{name}.html").read_text("utf-8")
    return re.sub("[\u00a0\u202f]", " ", text).replace("’", "'")


@pytest.fixture(scope="module")
def classeur(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo received, and no report yet."""
    folder = tmp_path_factory.mktemp("commentaires") / "classeur"
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DTS_WORKBOOK", raising=False)
        assert CliRunner().invoke(main, ["init", str(folder), "--demo"]).exit_code == 0
    done("receive", book=folder)
    return folder


@pytest.fixture(scope="module")
def reported(classeur: Path) -> Path:
    """The same with one report made."""
    done("report", "71", "--formats", "html", book=classeur)
    return classeur


def test_before_any_report_nobody_has_read_anything(tmp_path: Path, classeur: Path) -> None:
    if (classeur / "reports" / "territoire-71.html").exists():
        pytest.skip("the report was made by a test before")
    told = refused("comment", "71", "3", "--text", "x", book=classeur, code=3)
    assert told == (
        "Le rapport « territoire-71 » n'a pas encore été fait : un commentaire parle de ce qu'on "
        "y a lu.\n→ Le faire d'abord : dts report 71\n"
    )


def test_what_can_be_commented_is_listed_by_number_and_identifier(reported: Path) -> None:
    told = done("comment", "71", book=reported)
    assert re.search(r"carte-du-territoire +figure 3 · 35 expériences", told)
    value = json.loads(done("comment", "71", "--json", book=reported))
    assert {"carte-du-territoire", "essentiel"} <= {one["id"] for one in value["figures"]}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("71", "carte-du-teritoire", "--text", "x"),
         "« carte-du-teritoire » n'est pas dans le rapport « territoire-71 ».\n"
         "→ Vouliez-vous dire « carte-du-territoire » ? "
         "Voir ce qu'on peut commenter : dts comment 71\n"),
        (("71", "3", "--cycle", "C9"),
         "Cycle « C9 » inconnu.\n→ Cycles connus : C1, C2, C3.\n"),
        (("71", "3", "--diffusion", "tous"),
         "Diffusion « tous » inconnue.\n→ Choisir parmi : privé, territoire, réseau, public.\n"),
        (("71", "3", "--report", "comparaison-71"),
         "Le rapport « comparaison-71 » n'a pas été fait, ou ne parle pas de ce territoire.\n"
         "→ Rapports faits : territoire-71.\n"),
        (("71", "desaccords", "--rebind"),
         "Aucun commentaire sur « desaccords » pour ce territoire.\n"
         "→ Les lister : dts comment 71 --list\n"),
    ],
)  # fmt: skip
def test_wrong_requests_are_answered(reported: Path, words: tuple[str, ...], told: str) -> None:
    assert refused("comment", *words, book=reported) == told


def test_a_file_to_write_in_is_prepared_and_listed_until_it_is_written(reported: Path) -> None:
    made = json.loads(done("comment", "71", "tableau 2", "--cycle", "c3", "--json", book=reported))
    path = Path(made["file"])
    assert path.parts[-3:] == ("71", "C3", "liste-des-experiences.md")
    assert f"→ Rien n'y est encore écrit : {path}" in done("comment", "--list", book=reported)
    path.unlink()


def filled(path: Path, answer: str = "oui", **changed: str) -> Path:
    """Fill a grid in as a spreadsheet does."""
    book = openpyxl.load_workbook(path)
    sheet = book.active
    for row in sheet.iter_rows():
        code = next((c.value for c in row if c.value in criteria()), None)
        if code:
            row[1].value = changed.get(code, answer)
            row[2].value = "Vu avec Marie Durand, 01 02 03 04 05."
    book.save(path)
    return path


def grid_of(book: Path, subject: str, role: str = "Référente éthique") -> Path:
    path = Path(json.loads(done("review", subject, "--grid", "--json", "--role", role,
                                book=book))["grid"])  # fmt: skip
    return path


def diffuse(book: Path, subject: str) -> None:
    """Bring a subject from draft to publishable."""
    done("review", filled(grid_of(book, subject)), book=book)
    done("review", subject, "--state", "validé", "--role", "Coordination", book=book)
    done("review", subject, "--state", "diffusable", "--role", "Coordination", book=book)


def one_more_sheet(book: Path, demo_inbox: list[Path]) -> None:
    """Receive one more experience of the territory."""
    for name in ("experiences", "experience_places"):
        path = next(p for p in demo_inbox if p.stem == name)
        frame = pd.read_csv(path, dtype=str)
        column = next(c for c in frame.columns if "fiche" in c.casefold())
        kept = frame[frame[column].str.startswith("F-71")].iloc[[0]].copy()
        kept[column] = "F-71-2099-zzzz"
        for other in (c for c in kept.columns if c.startswith("Identifiant du lieu")):
            kept[other] = "L-71-2099-zzzz"
        kept.to_csv(book / f"{name}_de_plus.csv", index=False)
        done("receive", book / f"{name}_de_plus.csv", book=book)


def test_a_comment_lives_through_reports_data_reading_and_publication(
    reported: Path, demo_inbox: list[Path], tmp_path: Path
) -> None:
    book = reported
    for extra in (
        ("--role", "Animatrice", "--text", WORDS),
        ("--reply", "--role", "Le collectif", "--text", "Nous lisons l'inverse."),
    ):
        done("comment", "71", "3", *extra, book=book)  # fmt: skip
    folder = book / "data" / "commentary" / "71" / "tous"
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert set(kept) == {"carte-du-territoire.md", "carte-du-territoire.reponse.md"}
    row = next(one for one in json.loads(done("list", "--json", book=book))
               if one["id"] == "territoire-71")  # fmt: skip
    assert (row["state"], row["why"]) == ("stale", "un commentaire a changé")

    shutil.rmtree(book / "reports")
    done("report", "71", "--formats", "html", book=book)
    text = page(book)
    assert "Deux fiches manquent encore ; <strong>le reste tient</strong>." in text
    assert text.index("Nous lisons l'inverse.") < text.index("Deux fiches manquent encore")
    assert "version antérieure des données" not in text
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == kept

    one_more_sheet(book, demo_inbox)
    done("report", "71", "--formats", "html", book=book)
    assert page(book).count("sur une version antérieure des données.") == 2
    assert "sur une version antérieure des données" in done("comment", "--list", book=book)
    told = refused("comment", "71", "3", "--rebind", book=book)
    assert told == (
        "2 commentaires parlent de « 3 ».\n→ Nommer l'un d'eux : 71/tous/carte-du-territoire, "
        "71/tous/carte-du-territoire.reponse.\n"
    )
    done("comment", "71", "3", "--reply", "--rebind", book=book)
    done("report", "71", "--formats", "html", book=book)
    assert page(book).count("sur une version antérieure des données.") == 1
    assert "relu et confirmé le" in page(book)
    _published(book, folder, tmp_path)


def _published(book: Path, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "a-envoyer"
    asked = ("publish", "territoire-71", "--out", out)
    first = refused(*asked, book=book, code=4)
    assert "- Le rapport est à l'état « brouillon ». → Le relire" in first
    assert "on ne sait pas si elle peut être publiée" in first
    assert "carte-du-territoire »" not in first  # the other one stays in the territory
    assert not out.exists()

    reply, own = folder / "carte-du-territoire.reponse.md", folder / "carte-du-territoire.md"
    reply.write_text(reply.read_text("utf-8").replace("rapport :", "diffusion : territoire\n"
                                                      "rapport :"), "utf-8")  # fmt: skip
    own.write_text(own.read_text("utf-8").replace("rapport :", "diffusion : public\nrapport :"),
                   "utf-8")  # fmt: skip
    assert refused("review", own.stem, "--state", "relu", book=book)
    diffuse(book, "territoire-71")
    second = refused(*asked, book=book, code=4)
    assert "Le rapport est" not in second
    assert "- Le commentaire « 71/tous/carte-du-territoire » est à l'état « brouillon »." in second
    assert "dts comment 71 71/tous/carte-du-territoire --rebind" in second

    done("comment", "71", "71/tous/carte-du-territoire", "--rebind", book=book)
    diffuse(book, "71/tous/carte-du-territoire")
    assert "état : diffusable" in own.read_text("utf-8")
    done(*asked, book=book)
    files = {path.name for path in out.iterdir()}
    assert {"territoire-71-audience-public.html", "territoire-71-audience-public.pdf",
            "lectures.md"} <= files  # fmt: skip
    read_by = (out / "lectures.md").read_text("utf-8")
    assert "Référente éthique : relu" in read_by
    assert "Coordination : diffusable" in read_by
    assert "01 02 03" not in read_by
    assert "Durand" not in read_by
    assert "grilles de relecture restent dans le classeur." in read_by
    public = page(book, "territoire-71-audience-public")
    assert "À relire" not in public
    assert "Deux fiches manquent encore" in public
    assert "Nous lisons l'inverse." not in public
    assert "Le territoire a répondu ; sa réponse n'est pas diffusée à ce public." in public

    own.write_text(own.read_text("utf-8").replace("manquent", "font défaut"), "utf-8")
    (where,) = [one for one in json.loads(done("review", "--json", book=book))
                if one["id"] == "71/tous/carte-du-territoire"]  # fmt: skip
    assert where["state"] == "brouillon"
    assert re.fullmatch(r"le texte a changé depuis la lecture du .* : à relire", where["why"])
    assert "a changé depuis la lecture" in refused(*asked, book=book, code=4)


@pytest.mark.parametrize("header", ["rôle de l'auteur", "nature", "écrit le", "confirmé le"])
def test_a_line_of_the_header_that_is_shown_is_read_with_the_words(
    tmp_path: Path, header: str
) -> None:
    from dts_research.reflection.commentary import read_file
    from dts_research.reflection.reviewing import comment_subject

    path = tmp_path / "71" / "tous" / "f.md"
    path.parent.mkdir(parents=True)
    texts = []
    for line in ("", f"{header} : réponse du territoire\n", "état : relu\n"):
        path.write_text(f"---\ndiffusion : public\n{line}---\n\nMots.\n", "utf-8")
        texts.append(comment_subject(read_file(path, tmp_path)).text)
    assert texts[0] != texts[1]
    assert texts[0] == texts[2]


@pytest.mark.parametrize("changed", [["n", "Autre nom", "c"], ["n", "Nom", "autres"]])
def test_the_name_of_the_workbook_and_its_criteria_are_read_with_a_report(
    changed: list[str],
) -> None:
    from dts_research.reflection.reviewing import Reading, report_subject, standing

    read = report_subject("territoire-71", "T", ["n", "Nom", "c"], {})
    reading = Reading(read.id, "report", "valide", "R", "2026-03-12", read.text, read.data)
    assert standing(read, [reading]).state == "valide"
    found = standing(report_subject("territoire-71", "T", changed, {}), [reading])
    assert (found.state, found.why) == (
        "brouillon",
        "le carnet, le nom du classeur ou les critères ont changé depuis le 12 mars 2026 : "
        "à relire",
    )


def test_a_change_of_the_data_after_validation_brings_the_report_back(
    reported: Path, demo_inbox: list[Path], new_book: Callable[..., Any]
) -> None:
    from dts_research.reflection.reviewing import Reading, Subject, standing

    read = Subject("territoire-71", "report", "T", "n", {"f": "1", "g": "2"}, {"f": "Par année"})
    reading = Reading(read.id, "report", "valide", "R", "2026-03-12", "n", read.data)
    assert standing(read, [reading]).state == "valide"
    moved = Subject("territoire-71", "report", "T", "n", {"f": "9", "g": "2"}, {"f": "Par année"})
    found = standing(moved, [reading])
    assert found.state == "brouillon"
    told = "les données ont changé depuis la lecture du 12 mars 2026 (« Par année ») : à relire"
    assert found.why == told
