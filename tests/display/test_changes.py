"""« Ce qui a changé depuis la dernière séance »: one sentence for each kind, none of them mixed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dts_research.display import tables
from dts_research.errors import RequestError
from dts_research.schema import catalogue
from dts_research.store import clock
from dts_research.workbook import open_workbook
from dts_research.workbook.arrival import receive_files
from dts_research.workbook.meetings import Meeting, asked_day, last_meeting

MARCH, JUNE, JULY = "2026-03-02", "2026-06-04", "2026-07-10"
PLACE = {"place_id": "L-1", "experience_id": "F-1", "stated_commune_code": "71153"}
FIRST: dict[str, list[dict[str, str]]] = {
    "territories": [{"territory_id": "P-1", "label": "Bassin minier", "level": "perimetre_libre"}],
    "territory_communes": [
        {"row_id": "T-1", "territory_id": "P-1", "commune_code": "71153", "weight": "1"},
        {"row_id": "T-2", "territory_id": "P-1", "commune_code": "71306", "weight": "1"},
    ],
    "sessions": [
        {"session_id": "SE-1", "label": "Séance de juin", "level": "local", "date": JUNE,
         "territory_id": "P-1"},
    ],
    "actors": [{"actor_id": "A-1", "type": "commune", "label": "Mairie du Creusot",
                "commune_code": "71153"}],
    "structures": [
        {"structure_id": "S-1", "label": "Relais Emploi", "kind": "AI", "commune_code": "71153"},
        {"structure_id": "S-2", "label": "Coup de Main", "kind": "AI", "commune_code": "71306"},
    ],
    "experiences": [{"experience_id": "F-1", "title": "Laver le linge", "started_on": "2025-01-01",
                     "stage": "en_cours", "diffusion": "network"}],
    "experience_places": [PLACE],
    "decisions": [{"decision_id": "D-1", "statement": "Écrire une plaquette.", "status": "to_do",
                   "decided_on": "2026-01-15", "territory_id": "P-1"}],
    "indicators": [{"indicator_id": "I-1", "label": "Allocataires du RSA", "unit": "foyers"}],
    "observations": [{"observation_id": "O-1", "indicator_id": "I-1", "territory_id": "P-1",
                      "period": "2024", "value": "120", "state": "published", "vintage": "2025"}],
}  # fmt: skip


def row(table: str, **fields: str) -> dict[str, str]:
    """The first row of a table as it was first told, with other values."""
    return FIRST[table][0] | fields


@pytest.fixture
def book(tmp_path: Path) -> Any:
    data = tmp_path / "data"
    (data / "inbox").mkdir(parents=True)
    (data / "workbook.toml").write_text('name = "Essai"\n', encoding="utf-8")
    return open_workbook(data)


def receive(book: Any, monkeypatch: pytest.MonkeyPatch, day: str, **told: list[dict[str, str]]):
    """Receive one file per table at a day."""
    monkeypatch.setattr(clock, "now", lambda: f"{day}T09:00:00+00:00")
    paths = []
    for table, rows in told.items():
        titles = catalogue().tables[table].titles
        path = book.workspace.inbox / f"{table}-{day}.csv"
        pd.DataFrame(rows).rename(columns=titles).to_csv(path, index=False)
        paths.append(path)
    arrivals, refused = receive_files(book, paths)
    assert not refused, refused
    assert not any(a.reception.counts.quarantined for a in arrivals)


def told(book: Any, since: str = "", code: str = "P-1") -> dict[str, list[list[str]]]:
    """Rows of each table shown, by the id of the table; the items of the first block."""
    shown = tables.changes(book.looking_back(book.territory(code), since=since))
    return {one.data["id"]: one.data.get("rows") or one.data.get("items") for one in shown}


@pytest.fixture
def after(book: Any, monkeypatch: pytest.MonkeyPatch):
    """A workbook filled in March; each call receives something in July, and says what changed."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1785000000")  # 25 July 2026
    receive(book, monkeypatch, MARCH, **FIRST)

    def change(**rows: list[dict[str, str]]) -> dict[str, list[list[str]]]:
        receive(book, monkeypatch, JULY, **rows)
        return told(book)

    return change


NOTHING = [
    "Aucun fait d'après la séance.", "Aucune donnée corrigée ni complétée.",
    "Rien n'a changé dans ce que nous comptons.", "Aucun changement de définition.",
]  # fmt: skip


def test_nothing_changed_is_said_of_each_kind(after: Any) -> None:
    assert after() == {"changements": NOTHING}


CASES = {
    "a new experience": (
        "changements-reels",
        {"experiences": [row("experiences", experience_id="F-2", title="Réparer des vélos",
                             started_on="2026-06-20")],
         "experience_places": [PLACE | {"place_id": "L-2", "experience_id": "F-2"}]},
        "Une expérience commencée en juin 2026, « Réparer des vélos ».",
    ),
    "a fact about an authority": (
        "changements-reels",
        {"authority_events": [{"event_id": "E-1", "actor_id": "A-1", "date": "2026-06-30",
                               "territory_id": "P-1", "type": "order_under_40k",
                               "description": "La mairie commande trois lavages."}]},
        "Mairie du Creusot, le 30 juin 2026 : La mairie commande trois lavages.",
    ),
    "a decision that moved": (
        "changements-reels",
        {"decisions": [row("decisions", status="abandoned", reason="Plus personne pour l'écrire")]},
        "La décision du 15 janvier 2026, « Écrire une plaquette », passe de « À faire » à "
        "« Abandonnée ». Motif : Plus personne pour l'écrire.",
    ),
    "a member that joined": (
        "changements-reels",
        {"memberships": [{"membership_id": "M-1", "collective": "AI du bassin", "structure_id":
                          "S-1", "joined_on": "2026-07-01", "status": "member"}]},
        "Relais Emploi a rejoint le collectif « AI du bassin » le 1er juillet 2026.",
    ),
    "a corrected record": (
        "donnees-revues",
        {"experiences": [row("experiences", stage="terminee", summary="Un résumé.")]},
        "Revu depuis : la fiche « Laver le linge » (étape, Terminée au lieu de En cours ; "
        "« Résumé »).",
    ),
    "a late experience": (
        "donnees-revues",
        {"experiences": [row("experiences", experience_id="F-2", title="Réparer des vélos")],
         "experience_places": [PLACE | {"place_id": "L-2", "experience_id": "F-2"}]},
        "D'avant la séance, mais arrivé après : la fiche « Réparer des vélos », avec 1 lieu.",
    ),
    "a corrected value": (
        "donnees-revues",
        {"observations": [row("observations", value="132,5")]},
        "« Allocataires du RSA », 2024 : 132,5 au lieu de 120.",
    ),
    "communes of the perimeter": (
        "perimetre-change",
        {"territory_communes": [{"row_id": "T-3", "territory_id": "P-1", "commune_code": "71073",
                                 "weight": "1"}]},
        "Périmètre « Bassin minier » : Chagny s'ajoute.",
    ),
    "a structure counted": (
        "perimetre-change",
        {"structures": [row("structures", structure_id="S-3", label="Les Jardins")]},
        "Compté ici depuis la séance : Les Jardins.",
    ),
    "a place that moved out": (
        "perimetre-change",
        {"experience_places": [PLACE | {"stated_commune_code": "21231"}]},
        "N'est plus compté ici : la fiche « Laver le linge ».",
    ),
    "another unit": (
        "definitions-changees",
        {"indicators": [row("indicators", unit="ménages")]},
        "Indicateur « Allocataires du RSA » : unité, « ménages » au lieu de « foyers ».",
    ),
    "another vintage": (
        "definitions-changees",
        {"observations": [row("observations", value="131", vintage="2026")]},
        "« Allocataires du RSA », 2024 : 1 valeur de millésime « 2026 » au lieu de « 2025 ».",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_each_kind_is_said_in_one_sentence(after: Any, case: str) -> None:
    where, rows, sentence = CASES[case]
    shown = after(**rows)
    assert [kind for kind in shown if kind != "changements"] == [where]
    (line,) = shown[where]
    more = " et 1 autre" if len(rows) > 1 else ""
    assert line == [sentence, "10 juillet 2026", f"{next(iter(rows))}-{JULY}.csv{more}"]


def test_a_code_added_to_a_list_is_a_change_of_definition(
    book: Any, after: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with book.store(readonly=False) as store:
        (text,) = store._db.execute("SELECT content FROM codebooks").fetchone()
        content = json.loads(text)
        del content["codes"]["stages"]["essaimee"], content["tables"]["decisions"]["scope"]
        store._db.execute("UPDATE codebooks SET content=?", (json.dumps(content),))
    lines = [line[0] for line in told(book)["definitions-changees"]]
    assert lines == [
        "Liste « Étape » : s'ajoute « Essaimée ».", "Table « Décisions » : s'ajoute « Portée ».",
    ]  # fmt: skip


def test_what_the_session_itself_wrote_is_counted_apart(after: Any) -> None:
    shown = after(
        decisions=[row("decisions", status="done", followed_in="SE-1", evidence="Facture",
                       what_happened="Imprimée")],
        contributions=[{"contribution_id": "C-1", "session_id": "SE-1", "type": "question",
                        "text": "Qui manque ?"}],
    )  # fmt: skip
    said = "Ce que la séance a elle-même dit ou décidé (2 lignes) n'est pas compté ici."
    assert shown == {"changements": [*NOTHING, said]}


def test_what_is_decided_by_hand_after_the_session_is_a_change(
    book: Any, after: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    after(decisions=[row("decisions", status="in_progress", followed_in="SE-1")])
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1788000000")
    told_by_hand = row("decisions", status="done", followed_in="SE-1", evidence="Facture",
                       what_happened="Imprimée")  # fmt: skip
    receive(book, monkeypatch, "2026-08-20", decisions=[told_by_hand])
    (line,) = told(book)["changements-reels"]
    assert line[0].endswith("passe de « À faire » à « Faite ».")
    (item,) = tables.follow_up(book.territory("P-1")).data["items"]
    assert item["moves"] == (
        "À faire, puis En cours (séance du 4 juin 2026), puis Faite (noté le 20 août 2026)"
    )


def test_a_workbook_that_had_received_nothing_says_so(
    book: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1785000000")
    rows = FIRST | {"experiences": [row("experiences", started_on="2026-06-20")]}
    receive(book, monkeypatch, JULY, **rows)
    shown = told(book)
    assert [line[0] for line in shown["changements-reels"]] == [
        "Une expérience commencée en juin 2026, « Laver le linge »."
    ]
    assert shown["changements"][0] == ("Un fait d'après la séance : quelque chose s'est passé.")
    assert shown["changements"][1].startswith(
        "Le classeur n'avait encore rien reçu à cette date : il montre ce qui est daté d'après la "
        "séance."
    )
    assert set(shown) == {"changements", "changements-reels"}


def test_another_day_may_be_looked_back_to(after: Any, book: Any) -> None:
    after(experiences=[row("experiences", title="Laver")])
    assert told(book, since="11/07/2026") == {"changements": NOTHING}
    material = book.territory("P-1")
    assert book.looking_back(material, since="2026-07-11").before.meeting == Meeting(
        date(2026, 7, 11)
    )
    with pytest.raises(RequestError, match="Date « hier » illisible"):
        book.looking_back(material, since="hier")


def test_long_lists_are_cut_by_depth_and_say_so(after: Any, book: Any) -> None:
    rows = [row("structures", structure_id=f"S-{n}", label=f"Structure {n}") for n in range(3, 15)]
    assert len(after(structures=rows)["perimetre-change"]) == 8
    material = book.looking_back(book.territory("P-1"))
    (_, cut) = tables.changes(material)
    assert cut.data["title"] == "12 changements dans ce que nous comptons"
    assert cut.data["note"].endswith("4 autres changements : version complète.")
    (_, whole) = tables.changes(replace(material, reader="chercheur"))
    assert len(whole.data["rows"]) == 12


def test_a_withdrawn_record_is_no_news(after: Any) -> None:
    shown = after(
        consents=[{"consent_id": "K-1", "record_table": "experiences", "record_id": "F-1",
                   "level": "quote", "given_on": "2026-01-01", "withdrawn_on": "2026-07-01"}],
    )  # fmt: skip
    assert "Laver le linge" not in json.dumps(shown, ensure_ascii=False)
    assert shown == {"changements": NOTHING}


def test_no_session_is_said(book: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {name: told for name, told in FIRST.items() if name != "sessions"}
    receive(book, monkeypatch, MARCH, **rows)
    (block,) = tables.changes(book.looking_back(book.territory("P-1")))
    assert block.data["text"] == (
        "Aucune séance n'est notée avant ce jour : le prochain rapport dira ce qui a bougé."
    )


def test_a_territory_looks_back_to_its_own_session_first(book: Any) -> None:
    place = book.geography.resolve("71")
    rows = pd.DataFrame(
        [("A", "a", "local", "71", date(2026, 1, 1)),
         ("B", "b", "regional", None, date(2026, 2, 1)),
         ("C", "c", "national", None, date(2026, 3, 1)),
         ("D", "d", "local", "P", date(2026, 4, 1))],
        columns=["session_id", "label", "level", "territory_id", "date"],
    )  # fmt: skip
    found = [
        last_meeting(rows.drop(index=list(range(n))), place, before=date(2026, 3, 15))
        for n in range(3)
    ]
    # Its own; without any, the latest of its region or of the network.
    assert [one.session_id for one in found if one] == ["A", "C", "C"]
    assert last_meeting(rows, place, before=date(2026, 1, 1)) is None
    whole = replace(place, id="reseau", level="reseau")
    assert last_meeting(rows, whole, before=date(2026, 12, 1)).session_id == "C"  # type: ignore[union-attr]
    assert asked_day("4/6/2026") == date(2026, 6, 4)
