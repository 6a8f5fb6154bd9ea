"""Drafts to contest: the words of the sheets kept, nothing lost, nothing ranked, silence asked."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dts_research.analysis.passages import SEPO
from dts_research.analysis.portrait import says_nothing
from dts_research.display import door, drafts
from dts_research.display.blocks import Block
from dts_research.errors import RequestError
from dts_research.schema.catalogue import plain
from dts_research.workbook.criteria import Criterion
from dts_research.workbook.material import Material

RANKS = re.compile(
    r"\b(classements?|palmarès|podium|meilleur\w*|pires?|scores?|vainqueur|gagnant|votes?)\b",
    re.IGNORECASE,
)
LEAK = "Ne pas montrer"


@pytest.fixture(scope="module")
def lively(demo_book: Any) -> Material:
    """What the facilitator of the deep territory reads."""
    return demo_book.territory("71")


@pytest.fixture(scope="module")
def light(demo_book: Any) -> Material:
    return demo_book.territory("2A")


def parts(made: Any) -> list[Block]:
    return [made] if isinstance(made, Block) else list(made)


def texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [] if "<svg" in value else [value]
    found = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for item in found for text in texts(item)]


def with_frames(material: Material, **frames: pd.DataFrame) -> Material:
    return replace(material, frames={**material.frames, **frames})


@pytest.mark.parametrize("name", drafts.__all__)
@pytest.mark.parametrize("where", ["lively", "light", "alone", "empty", "network"])
def test_each_draft_shows_blocks_and_never_ranks(
    name: str, where: str, request: pytest.FixtureRequest
) -> None:
    material = request.getfixturevalue(where)
    made = parts(getattr(drafts, name)(material))
    assert made
    for block in made:
        told = " ".join(texts({k: v for k, v in block.data.items() if k != "data"}))
        if block.kind != "table":  # a table holds the words of the sheets
            words = [w[0] for w in RANKS.finditer(re.sub("«.*?»", "", told))]
            assert not words, (block.data["id"], words)


@pytest.mark.parametrize("name", drafts.__all__)
def test_where_nothing_is_known_it_is_said(name: str, empty: Material) -> None:
    (block,) = parts(getattr(drafts, name)(empty))
    assert block.kind == "absence"
    assert block.data["text"].endswith((".", "?"))


def test_every_passage_of_the_sheets_is_in_the_sepo_matrix(lively: Material) -> None:
    block = drafts.sepo(lively)
    rows = block.data["data"]["rows"]
    kept = {(row[4], row[1]) for row in rows}
    fields = [name for names in SEPO.values() for name in names]
    told = {
        (r["experience_id"], door.words(r[name]))
        for r in door.rows(lively, "experiences").to_dict("records")
        for name in fields
        if not says_nothing(r[name])
    }
    assert kept == told
    shown = sum(len(c["passages"]) for row in block.data["rows"] for c in row["cells"])
    assert (
        f"faute de place, {len(rows) - shown} passages, à lire en entier"
        in (block.data["left_out"])
    )


SAID = st.one_of(
    st.none(), st.sampled_from(["", "rien à signaler", "RAS", "à compléter"]),
    st.text("abcdefgé .?!« »", min_size=1, max_size=400),
)  # fmt: skip


@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(st.lists(st.tuples(SAID, SAID, SAID, SAID), min_size=1, max_size=15))
def test_no_word_is_lost_between_a_sheet_and_the_drafts(light: Material, cells: list) -> None:
    """Whatever the sheets say, each passage is in the draft, or there is nothing to say."""
    names = ["what_worked", "what_resisted", "would_do_differently", "open_questions"]
    sheet = door.rows(light, "experiences").iloc[[0]]
    rows = pd.concat([sheet] * len(cells), ignore_index=True)
    rows["experience_id"] = [f"F-{n}" for n in range(len(cells))]
    for x, name in enumerate(names):
        rows[name] = pd.Series([c[x] for c in cells], dtype=object)
    criteria = tuple(Criterion(name, fields=(name,)) for name in names)
    material = replace(with_frames(light, experiences=rows), criteria=criteria)
    sepo = {(row[4], row[1]) for row in drafts.sepo(material).data["data"]["rows"]}
    crossed = {
        row[1]: row[2:]
        for part in drafts.matrix(material, sheets=list(rows["experience_id"]))
        for row in part.data["data"]["rows"]
    }
    told = [(f"F-{n}", x, text) for n, said in enumerate(cells) for x, text in enumerate(said)]
    for key, x, text in told:
        if not says_nothing(text):
            assert (key, door.words(text)) in sepo
            assert bare(door.words(text)) in bare(crossed[key][x])


def bare(text: str) -> str:
    """Letters and stops: marks of quotation change when words are quoted."""
    return re.sub(r"[\s«»“”]", "", text)


def test_a_sepo_cell_without_material_is_a_question(light: Material) -> None:
    cells = [cell for row in drafts.sepo(light).data["rows"] for cell in row["cells"]]
    asked = {cell["head"]: cell["question"] for cell in cells if not cell["passages"]}
    assert asked == {"Potentialités": "Sur quoi pourrait-on s'appuyer demain ?"}


def test_the_sepo_matrix_says_where_passages_go_and_what_it_does_not_say(lively: Material) -> None:
    data = drafts.sepo(lively).data
    assert data["title"] == ("Succès, échecs, potentialités, obstacles : ce que disent 35 fiches")
    assert data["reading"] == (
        "« Ce qui a marché » va aux succès, « ce qui a résisté » aux échecs ; « conditions de "
        "transfert » et « ce qu'on referait autrement » aux potentialités, « questions ouvertes » "
        "aux obstacles. Déplacer, barrer, ajouter : c'est fait pour."
    )
    assert data["limits"] == (
        "qu'un succès en soit un pour tout le monde, ni qu'un échec soit celui de quelqu'un. Le "
        "nombre de passages dit ce qui a été écrit, pas ce qui pèse."
    )
    assert data["room"] is True


def test_rows_of_the_matrix_are_alphabetical_and_none_is_dropped(here: Material) -> None:
    made = list(drafts.matrix(here))
    labels = [row["label"] for block in made for row in block.data["rows"]]
    assert labels == sorted(labels, key=plain)
    assert len(labels) == len(here.experiences)
    assert all(len(block.data["rows"]) <= 12 for block in made)
    assert [block.data["id"] for block in made] == [
        "analyse-croisee", "analyse-croisee-2", "analyse-croisee-3"
    ]  # fmt: skip
    assert made[1].data["title"] == "12 expériences devant 6 critères (2 sur 3)"


def test_many_criteria_are_split_too(light: Material) -> None:
    many = tuple(Criterion(f"Critère {n}", words=("four",)) for n in range(8))
    made = list(drafts.matrix(replace(light, criteria=many)))
    heads = [head for block in made for head in block.data["columns"]]
    assert heads == [c.label for c in many]


def test_an_empty_cell_asks_whether_it_is_silent_or_beside_the_point(lively: Material) -> None:
    cells = [c for b in drafts.matrix(lively) for row in b.data["rows"] for c in row["cells"]]
    asked = [cell["question"] for cell in cells if not cell["passages"]]
    assert (
        "Rien sur le besoin de départ dans cette fiche : est-ce sans objet, ou non raconté ?"
        in asked
    )
    assert any(
        q == "La fiche note le thème « Relation aux collectivités » : où en parle-t-elle ?"
        for q in asked
    )
    assert all(cell["passages"] or cell["question"].endswith("?") for cell in cells)


def test_a_coded_passage_comes_first_and_leads_to_its_sheet(lively: Material) -> None:
    (block,) = drafts.matrix(lively, sheets=["F-71-2025-b7ca"])
    row = block.data["rows"][0]
    cell = row["cells"][block.data["columns"].index("Les personnes en parcours")]
    assert cell["passages"] == [
        {
            "text": "« Et le planning arrive le jeudi au lieu du samedi, c'est nous qui l'avons "
            "demandé. »",
            "origin": "Ce qui a marché, passage codé",
            "leads_to": "fiche-f-71-2025-b7ca--what_worked",
        }
    ]
    assert row["leads_to"] == "fiche-f-71-2025-b7ca"


def test_the_matrix_says_what_it_leaves_out(lively: Material, here: Material) -> None:
    (block,) = drafts.matrix(lively)
    assert (
        "23 autres fiches, dans la version complète ; celles d'ici sont réparties entre missions, "
        "étapes et structures, sans choix de mérite" in block.data["left_out"]
    )
    full = next(iter(drafts.matrix(here)))
    assert "autres fiches, dans la" not in full.data["left_out"]


def test_a_sheet_that_this_public_does_not_read_cannot_be_chosen(light: Material) -> None:
    with pytest.raises(RequestError) as refused:
        drafts.sepo(light, sheets=["F-2A-2025-pv3v"])
    assert refused.value.message == (
        "La fiche « F-2A-2025-pv3v » n'est pas parmi celles que ce public peut lire ici."
    )


@pytest.mark.parametrize("name", drafts.__all__)
def test_what_is_private_never_comes_out(name: str, demo_book: Any) -> None:
    material = demo_book.territory("71", audience="public")
    rows = demo_book.territory("71").experiences.copy()
    hidden = rows.iloc[[0]].assign(
        experience_id="F-X", diffusion="private", title=LEAK, what_worked=LEAK, what_resisted=LEAK,
        observed_effects=LEAK, started_on=rows["started_on"].dropna().iloc[0],
    )  # fmt: skip
    told = with_frames(
        material, experiences=pd.concat([material.experiences, hidden], ignore_index=True)
    )
    assert LEAK not in repr([block.as_json() for block in parts(getattr(drafts, name)(told))])


def test_names_of_persons_are_masked(light: Material) -> None:
    rows = light.experiences.assign(what_worked="C'est Monsieur Bertrand Leclerc qui a tout fait.")
    made = drafts.sepo(with_frames(light, experiences=rows)).as_json()
    assert "Leclerc" not in repr(made)


def test_the_timeline_holds_everything_dated_and_lists_the_rest(lively: Material) -> None:
    steps = lively.experience_steps.copy()
    turning = steps["turning_point"].eq(True).fillna(False)
    steps.loc[steps.index[turning.argmax()], "date"] = None
    drawn, undated = drafts.timeline(with_frames(lively, experience_steps=steps))
    kinds = [row[1] for row in drawn.data["data"]["rows"]]
    assert kinds.count("Séance") == len(lively.sessions)
    assert kinds.count("Décision") == len(lively.decisions)
    assert kinds.count("Fait d'une collectivité") == len(lively.authority_events)
    assert kinds.count("Tournant d'une expérience") == int(turning.sum()) - 1
    assert kinds.count("Début d'une expérience") == 35
    assert undated.data["title"] == "1 chose n'a pas de date : qui se souvient, et où les poser ?"
    assert undated.data["items"][0].startswith("Tournant d'une expérience : ")
    assert drawn.data["subtitle"].startswith("Brouillon à contester · ce qui est daté")


def test_the_map_of_actors_asks_who_is_absent(light: Material, lively: Material) -> None:
    drawn, asked = drafts.actors(lively)
    assert drawn.data["title"] == "19 sortes d’acteurs agissent ici, 4 ne sont nommées nulle part"
    assert asked.data["items"] == ["Région ?", "Service de l'État ?", "CAF ou MSA ?", "OPCO ?"]
    assert asked.data["title"] == (
        "Qui n'est dans aucune fiche : sans objet ici, ou pas encore raconté ?"
    )
    _, many = drafts.actors(light)
    assert "Intercommunalité, Département, Région" in many.data["text"]


def test_the_tree_leaves_problem_and_effects_to_the_group(lively: Material) -> None:
    data = drafts.tree(lively).data
    assert [row["label"] for row in data["rows"]] == [
        "Juridique", "Économique", "Organisationnel", "Humain", "Politique", "Territorial",
        "Technique", "Temporel",
    ]  # fmt: skip
    for row in data["rows"]:
        assert [cell["passages"] for cell in row["cells"][1:]] == [[], []]


def test_a_round_shows_all_its_stories_alike_with_the_reasons(lively: Material) -> None:
    local, why, national, why_there, waiting = drafts.stories(lively)
    assert local.data["title"] == "3 récits lus ensemble : La place des personnes en parcours"
    names = [row[0] for row in local.data["rows"]]
    assert names == sorted(names, key=plain)
    assert all(row[1].endswith(".") and "[…]" not in row[1] for row in local.data["rows"])
    paths = {row[0]: row[3] for row in national.data["rows"]}
    assert paths["Le planning arrive le jeudi"] == (
        "Lu et retenu au niveau local en novembre 2024, puis lu et gardé au niveau national en "
        "octobre 2025"
    )
    assert why.data["title"] == "Pourquoi « Le planning arrive le jeudi »"
    assert why.data["text"].startswith("Parce que la demande vient d'elle")
    assert "Autres avis : D'autres auraient retenu le bulletin de paie" in why.data["text"]
    assert why_there.data["title"] == "Pourquoi « Le bus n'était pas que pour nous »"
    assert waiting.data["title"] == "1 récit attend d'être lu ensemble"
    assert (
        "ce choix ne dit pas qu'un récit vaut mieux qu'un autre : il dit ce qui comptait pour ce "
        "groupe, ce jour-là." in local.data["note"]
    )


def test_a_round_comes_down_to_the_territories_without_what_one_keeps(demo_book: Any) -> None:
    made = list(drafts.stories(demo_book.territory("29")))
    assert made[0].data["title"].startswith("4 récits lus ensemble")
    wide = repr([b.as_json() for b in drafts.stories(demo_book.network())])
    assert "1 récit lu n'est pas montré à ce public." in wide
    assert "Le cariste qui ne comprenait rien" not in wide


def test_without_any_story_the_sheets_give_some_to_begin_with(lively: Material) -> None:
    none = with_frames(
        lively,
        change_stories=lively.change_stories.iloc[:0],
        change_selections=lively.change_selections.iloc[:0],
    )
    (block,) = drafts.stories(none)
    assert block.data["title"] == "Récits que l'on pourrait lire"
    assert len(block.data["rows"]) == 8
    assert (
        "par ordre alphabétique, sans choix de mérite. 26 autres fiches racontent aussi"
        in (block.data["note"])
    )


def test_a_story_that_may_only_be_counted_is_never_read(new_book: Any, demo_inbox: list) -> None:
    tables = {path.stem: pd.read_csv(path, dtype=str) for path in demo_inbox}
    agreed = tables["consents"].iloc[[0]].copy()
    agreed[["Identifiant du consentement", "Table", "Enregistrement", "Niveau"]] = [
        "CS-R-01", "change_stories", "RC-71-02", "aggregate"
    ]  # fmt: skip
    kept = ("change_stories", "change_selections", "sessions", "experiences", "experience_places")
    book = new_book("recits", consents=agreed, **{name: tables[name] for name in kept})
    made = repr([block.as_json() for block in drafts.stories(book.territory("71"))])
    assert "Il manquait quatre heures" not in made
    assert "1 récit lu n'est pas montré à ce public." in made
    assert "Le planning arrive le jeudi" in made
