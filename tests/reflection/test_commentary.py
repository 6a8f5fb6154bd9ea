"""Files of comments: made by hand, with anything in them; their words are never touched."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dts_research.errors import RequestError
from dts_research.reflection.commentary import Written, iso_day, read_all, read_file, strays
from dts_research.reflection.commentary_writing import add, amend
from dts_research.workspace import Workspace

HEADER = """---
rôle de l'auteur : Animatrice
état : relu
écrit le : 12/03/2026
diffusion : Réseau
empreinte des données : abc
---

"""
WORDS = "Le creux vient d'un changement de saisie.\nDéjà vu à Mâcon : « œuvre »."


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "data", tmp_path / "reports", tmp_path / "notebooks")


def write(workspace: Workspace, name: str, content: str | bytes) -> Path:
    path = workspace.commentary / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def only(workspace: Workspace) -> Written:
    (one,) = read_all(workspace)
    return one


def test_a_file_says_where_it_belongs_who_wrote_and_when(workspace: Workspace) -> None:
    write(workspace, "71/C1/par-annee.reponse.md",
          HEADER.replace("état", "Nature : Réponse du territoire\nEtat") + WORDS)  # fmt: skip
    one = only(workspace)
    assert (one.id, one.territory, one.cycle, one.figure) == (
        "71/C1/par-annee.reponse", "71", "C1", "par-annee")  # fmt: skip
    assert dict(one.fields) == {
        "role": "Animatrice", "nature": "Réponse du territoire", "state": "relu",
        "written": "2026-03-12", "diffusion": "network", "data": "abc",
    }  # fmt: skip
    assert one.reply
    assert one.text == WORDS
    assert not one.faults


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ((HEADER + WORDS).encode("cp1252"), "cp1252"),
        ((HEADER + WORDS).encode("utf-8-sig"), "bom"),
        ((HEADER + WORDS).replace("\n", "\r\n").encode("utf-8"), "crlf"),
        ((HEADER + WORDS).replace("\n", "\r").encode("utf-8"), "cr"),
        ((HEADER + WORDS).encode("utf-16"), "utf-16"),
        ("\n\n" + HEADER + WORDS, "blank lines first"),
        (HEADER.replace(" :", "\u00a0:").replace("'", "’") + WORDS, "typographic"),
        (HEADER.upper() + WORDS, "capitals"),
        (HEADER.replace("rôle de l'auteur", "Auteur").replace("écrit le", "Date") + WORDS, "short"),
        (unicodedata.normalize("NFD", HEADER + WORDS), "nfd"),
        (HEADER.replace("---", "------") + WORDS, "longer fence"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 30 else "",
)
def test_any_editor_may_have_written_it(
    workspace: Workspace, content: str | bytes, name: str
) -> None:
    write(workspace, "71/tous/par-annee.md", content)
    one = only(workspace)
    assert one.fields["written"] == "2026-03-12", name
    assert unicodedata.normalize("NFC", one.text) == WORDS
    assert not one.faults


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (HEADER.replace("état : relu", "qui : Moi") + WORDS,
         "la ligne « qui : Moi » n'est pas comprise."),
        (HEADER.replace("état", "etats") + WORDS,
         "la ligne « etats : relu » n'est pas comprise ; vouliez-vous dire « état » ?"),
        (HEADER.replace("relu", "parfait") + WORDS,
         "« état : parfait » n'est pas connu ; choisir parmi Brouillon, Relu, Validé, Diffusable."),
        (HEADER.replace("12/03/2026", "en mars") + WORDS,
         "la date « en mars » n'est pas comprise : l'écrire 12/03/2026."),
        (HEADER.replace("Réseau", "qui veut") + WORDS,
         "« diffusion : qui veut » n'est pas connu ; choisir parmi Privé, Territoire, Réseau, "
         "Public."),
        ("---\nrôle de l'auteur : Animatrice\n\n" + WORDS,
         "son en-tête n'est pas fermé : écrire « --- » seul sur une ligne après lui."),
        (b"\x00\x01\x02\x03\x04\x05" * 50, "ce n'est pas un texte ; l'enregistrer en texte "
         "simple."),
        (b"a" * 200_001,
         "il dépasse 200 000 octets : un commentaire tient en quelques paragraphes."),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_said_and_the_words_are_kept(
    workspace: Workspace, content: str | bytes, fault: str
) -> None:
    write(workspace, "71/tous/par-annee.md", content)
    one = only(workspace)
    assert one.faults == (f"Commentaire « 71/tous/par-annee.md » : {fault}",)
    if isinstance(content, str) and WORDS in content:
        assert one.text.endswith(WORDS)


def test_an_unknown_diffusion_closes_and_an_unknown_state_is_a_draft(workspace: Workspace) -> None:
    write(workspace, "71/tous/a.md", HEADER.replace("Réseau", "x").replace("relu", "y") + WORDS)
    one = only(workspace)
    assert one.fields["diffusion"] == "private"
    assert one.state == "brouillon"


def test_a_file_without_a_header_is_all_words(workspace: Workspace) -> None:
    write(workspace, "71/tous/par-annee.md", "# Titre\n\nTexte --- avec un trait.\n\n---\n\nFin.\n")
    one = only(workspace)
    assert one.text == "# Titre\n\nTexte --- avec un trait.\n\n---\n\nFin."
    assert not one.fields
    assert not one.faults


def test_files_out_of_place_are_named(workspace: Workspace) -> None:
    write(workspace, "par-annee.md", "x")
    write(workspace, "71/tous/note.docx", b"PK")
    write(workspace, "71/tous/par-annee.md", WORDS)
    write(workspace, "71/tous/.par-annee.md.swp", b"x")
    assert strays(workspace) == (
        "« 71/tous/note.docx » n'est pas un fichier Markdown : lui donner un nom en .md.",
        "« par-annee.md » n'est pas à sa place : l'attendu est territoire/tous/figure.md, par "
        "exemple 71/tous/experiences-par-mission.md.",
    )
    assert [one.id for one in read_all(workspace)] == ["71/tous/par-annee"]


def test_comments_on_one_figure_have_names_of_their_own(workspace: Workspace) -> None:
    made = [
        add(workspace, territory="71", cycle="", figure="par-annee", text=text, fields=fields).id
        for text, fields in (("a", {}), ("b", {}), ("c", {"nature": "réponse du territoire"}),
                             ("d", {"nature": "réponse du territoire"}))
    ]  # fmt: skip
    assert made == ["71/tous/par-annee", "71/tous/par-annee.2", "71/tous/par-annee.reponse",
                    "71/tous/par-annee.reponse-2"]  # fmt: skip
    assert {one.text for one in read_all(workspace)} == {"a", "b", "c", "d"}
    assert {one.figure for one in read_all(workspace)} == {"par-annee"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_changing_a_header_leaves_every_byte_of_the_words(
    workspace: Workspace, encoding: str, end: str
) -> None:
    words = f"{WORDS}\n\n---\n  fin \n".replace("\n", end).encode(encoding.removesuffix("-sig"))
    start = (HEADER.replace("écrit", "# note à moi\nécrit")).replace("\n", end).encode(encoding)
    path = write(workspace, "71/tous/par-annee.md", start + words)
    amend(only(workspace), {"data": "def", "confirmed": "2026-12-10", "state": "valide"})
    assert path.read_bytes().endswith(words)
    one = only(workspace)
    assert one.fields["data"] == "def"
    assert one.fields["confirmed"] == "2026-12-10"
    assert one.state == "valide"
    assert one.fields["role"] == "Animatrice"
    assert "# note à moi" in path.read_bytes().decode(encoding)


def test_a_header_is_added_where_there_is_none(workspace: Workspace) -> None:
    path = write(workspace, "71/tous/par-annee.md", WORDS)
    amend(only(workspace), {"data": "abc"})
    assert path.read_text("utf-8") == f"---\nempreinte des données : abc\n---\n{WORDS}"


def test_a_header_without_an_end_is_never_rewritten(workspace: Workspace) -> None:
    path = write(workspace, "71/tous/par-annee.md", f"---\nétat : relu\n{WORDS}")
    before = path.read_bytes()
    with pytest.raises(RequestError, match="ne peut pas être complété sans risque"):
        amend(only(workspace), {"data": "abc"})
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("typed", "day"),
    [("2026-03-12", "2026-03-12"), ("12/03/2026", "2026-03-12"), ("1.2.2026", "2026-02-01"),
     ("31/02/2026", ""), ("mars 2026", ""), ("2026-3", ""), ("20260312", "")],
)  # fmt: skip
def test_days(typed: str, day: str) -> None:
    assert iso_day(typed) == day


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS, role=st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1))
def test_what_is_written_is_what_is_read_and_stays_when_it_is_bound_again(
    workspace: Workspace, text: str, role: str
) -> None:
    one = add(workspace, territory="71", cycle="", figure="f", text=text, fields={"role": role})
    assert one.text == text.strip("\n")
    assert one.fields["role"] == role
    amend(one, {"data": "abc"})
    again = read_file(one.path, workspace.commentary)
    assert (again.text, again.fields["role"], again.fields["data"]) == (one.text, role, "abc")
    one.path.unlink()
