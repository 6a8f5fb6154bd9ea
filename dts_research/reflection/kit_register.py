"""What each territory brings to a wider meeting, in alphabetical order."""

from __future__ import annotations

import pandas as pd

from dts_research.display import captions, door
from dts_research.display.blocks import Block
from dts_research.display.several import Blocks
from dts_research.reflection.kit_session import Session
from dts_research.reflection.kit_table import table
from dts_research.schema.catalogue import plain

TEXT = 160


def register(session: Session) -> Blocks:
    """Give what each territory brings to a wider meeting; a session of one territory has none."""
    return Blocks(() if session.level == "local" else (_register(session),))


def _register(session: Session) -> Block:
    """Every territory with its last disagreement and what it sends up, none before another."""
    rows = [row for place in _places(session) if (row := _row(session, *place))]
    if not rows:
        text = "Aucun territoire n'a encore déposé de fiche ni tenu de séance."
        return captions.nothing("registre-des-territoires", "Aucun territoire à réunir", text)
    heads = ("Territoire", "Fiches", "Séances", "Désaccord ou question à partager",
             "Demande à porter plus haut")  # fmt: skip
    return table(
        "registre-des-territoires", "Ce que chaque territoire apporte", heads, rows,
        note="Par ordre alphabétique, sans rang : un nombre plus grand dit seulement que davantage "
        "a été écrit. Un tiret : rien n'est encore écrit ; donner la parole à ce territoire.",
    )  # fmt: skip


def _places(session: Session) -> list[tuple[str, str]]:
    """Territories of the meeting as (id, name), perimeters too, in alphabetical order."""
    material = session.material
    names = material.geography.departement_names
    inside = material.territory.departements
    places = [(code, names[code]) for code in inside if code in names]
    own = material.territories
    free = own[own["level"] == "perimetre_libre"]
    met = set(_all_named(session))
    places += [(r.territory_id, door.words(r.label)) for r in free.itertuples()
               if r.territory_id in met]  # fmt: skip
    return sorted(dict(places).items(), key=lambda place: plain(place[1]))


def _all_named(session: Session) -> list[str]:
    tables = ("sessions", "contributions", "decisions")
    frames = (door.rows(session.material, table)["territory_id"].dropna() for table in tables)
    return [str(one) for frame in frames for one in frame]


def _row(session: Session, place: str, name: str) -> list[str]:
    """One territory; nothing where it has neither sheet, session nor decision here."""
    material = session.material
    seats = door.rows(material, "experience_places")
    sheets = seats[(seats["departement_code"] == place) | (seats["territory_id"] == place)]
    held = _of(session, "sessions", place)
    said = _of(session, "contributions", place)
    up = _of(session, "decisions", place)
    if sheets.empty and held.empty and said.empty and up.empty:
        return []
    shared = said[said["type"].isin(("divergence", "question")) & said["text"].notna()]["text"]
    asked = up[(up["scope"] == "remontee") & up["statement"].notna()]["statement"]
    return [name, str(sheets["experience_id"].nunique()), str(len(held)), _last(shared),
            _last(asked)]  # fmt: skip


def _of(session: Session, table: str, place: str) -> pd.DataFrame:
    rows = door.rows(session.material, table)
    return rows[rows["territory_id"] == place]


def _last(texts: pd.Series) -> str:
    return door.words(texts.iloc[-1], length=TEXT) if len(texts) else "—"
