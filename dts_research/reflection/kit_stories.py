"""Two experiences to tell, chosen to differ and never by merit."""

from __future__ import annotations

from collections.abc import Hashable

import pandas as pd

from dts_research.analysis import silences
from dts_research.analysis.result import listed
from dts_research.analysis.spread import spread
from dts_research.display import blocks, captions, door, tables
from dts_research.display.blocks import Block
from dts_research.display.fields import Labelled
from dts_research.display.grids import named, period, seats
from dts_research.display.several import Blocks
from dts_research.display.tables_experiences import alone_in, by_title
from dts_research.errors import RequestError
from dts_research.reflection.kit_agenda import NAMES
from dts_research.reflection.kit_session import Session
from dts_research.reflection.kit_table import table
from dts_research.schema.catalogue import catalogue

MOST, OTHERS = 2, 8
# What is told, in the order of a story; the rest of the sheet stays in the workbook.
TOLD = ("context", "need", "Étapes", "what_worked", "what_resisted", "surprises",
        "would_do_differently", "open_questions")  # fmt: skip
WHERE = ("Structure porteuse", "Lieu", "Période", "Étape")
AFTER = (
    "Qu'est-ce qui vous a étonnés ?",
    "À quel moment cela aurait-il pu tourner autrement ?",
    "Qu'est-ce que cela vous rappelle, chez vous ?",
)


def chosen(session: Session) -> tuple[str, ...]:
    """Ids of the experiences to tell.

    Raises
    ------
    RequestError
        When one asked for is not among those that may be shown.
    """
    rows = by_title(door.rows(session.material, "experiences"))
    if session.wanted:
        for one in session.wanted:
            _known(one, rows)
        return session.wanted
    if rows.empty:
        return ()
    first = _resisted(session, rows)
    return tuple(dict.fromkeys([first, *_unlike(session, rows, first)]))


def _known(wanted: str, rows: pd.DataFrame) -> None:
    known = list(rows["experience_id"])
    if wanted not in known:
        few = ", ".join(known[:3])
        raise RequestError(
            f"La fiche « {wanted} » n'est pas de celles qui peuvent être racontées ici.",
            f"Les fiches d'ici commencent par : {few}. La liste : dts list experiences"
            if few
            else "Aucune fiche ne peut être racontée ici pour l'instant.",
        )


def _resisted(session: Session, rows: pd.DataFrame) -> str:
    """One experience that stopped, else that resisted, else any; the day settles which."""
    stopped = rows[rows["stage"] == silences.STOPPED]
    pool = stopped if len(stopped) else rows[silences.met_resistance(rows)]
    pool = pool if len(pool) else rows
    return str(pool["experience_id"].iloc[_turn(session) % len(pool)])


def _unlike(session: Session, rows: pd.DataFrame, first: str) -> list[str]:
    """Give the experience that shares least with the first: mission, stage, place, structure."""
    others = rows[rows["experience_id"] != first]
    going = others[others["stage"] != silences.STOPPED]
    others = going if len(going) else others
    if others.empty:
        return []
    both = [*_traits(session, rows[rows["experience_id"] == first]), *_traits(session, others)]
    # The first is met first, then the one least like it: the day settles between equals.
    seen = set(both[0])
    shared = [sum(trait in seen for trait in own) for own in both[1:]]
    least = [i for i, count in enumerate(shared) if count == min(shared)]
    return [str(others["experience_id"].iloc[least[_turn(session) % len(least)]])]


def _traits(session: Session, rows: pd.DataFrame) -> list[list[Hashable]]:
    """What two stories may share; in a wider meeting, their territory too."""
    where, homes = seats(session.material), _homes(session)
    return [
        [*listed(r.missions), *listed(r.themes), *listed(r.stage), *listed(r.structure_id),
         where.get(r.experience_id, ""), *homes.get(r.experience_id, ())]
        for r in rows.itertuples()
    ]  # fmt: skip


def _homes(session: Session) -> dict[str, list[str]]:
    """Départements of each experience, where those of several territories meet."""
    if session.level == "local":
        return {}
    places = door.rows(session.material, "experience_places").dropna(subset=["departement_code"])
    return {
        key: [*dict.fromkeys(codes)] for key, codes in
        places.groupby("experience_id")["departement_code"].agg(list).items()
    }  # fmt: skip


def _turn(session: Session) -> int:
    return session.day.toordinal() if session.day else 0


def stories(session: Session) -> Blocks:
    """Sheets of the stories, with what to ask once they are told."""
    ids = chosen(session)
    if not ids:
        return Blocks((_none(session),))
    return Blocks(tuple(_story(session, one) for one in ids))


def _none(session: Session) -> Block:
    return captions.nothing(
        "recits", "Aucun récit à lire",
        "Demander, autour de la table : qui peut raconter, en dix minutes, une chose tentée ici "
        "et qui a résisté ?",
    )  # fmt: skip


def _story(session: Session, experience_id: str) -> Block:
    alone = alone_in(session.material, experience_id)
    (full,) = tables.sheets(alone)
    said = {field["label"]: field["text"] for field in full.data["fields"]}
    titles = [_title(name) for name in TOLD]
    labels = [label for label in (*WHERE, *titles) if said.get(label)]
    if not any(label in said for label in titles):
        labels += [_title("summary")] if said.get(_title("summary")) else []
    fields = [Labelled(label=label, text=said[label]) for label in labels]
    quotes = [Labelled(label="Une parole", text=text) for text in _quoted(session, experience_id)]
    asked = Labelled(label="Après le récit, à demander", text="\n".join(AFTER))
    return blocks.sheet(
        id=blocks.slug(f"recit {experience_id}"), title=full.data["title"],
        fields=[*fields, *quotes, asked], page=True,
    )  # fmt: skip


def _title(name: str) -> str:
    schema = catalogue().tables["experiences"]
    return schema.field(name).title if name in schema.names else name


def _quoted(session: Session, experience_id: str) -> list[str]:
    """Words that their speaker agreed to have quoted, with their role."""
    alone = alone_in(session.material, experience_id)
    return [
        f"« {door.words(q.text)} » {door.words(q.speaker_role, missing='')}".strip()
        for q in door.quotes(alone).head(1).itertuples()
    ]


def how_chosen(session: Session) -> Block:
    """Say how the stories were chosen, and that others may be."""
    ids = chosen(session)
    if session.wanted:
        text = "Ces récits sont ceux que vous avez demandés."
    elif len(ids) < MOST:
        text = "Une seule fiche peut être racontée ici."
    else:
        text = (
            f"Le premier {_first_said(session, ids[0])} ; le second lui ressemble le moins "
            "possible par la mission, le thème, le lieu et la structure. Aucun n'est un exemple à "
            "suivre. Pour une autre date, d'autres récits sont proposés."
        )
    if len(told(session)) < len(ids):
        text += f" En {NAMES[session.length]}, un seul a le temps d'être raconté : le premier."
    return blocks.callout(
        id="choix-des-recits", title="Pourquoi ces récits",
        text=f"{text} À vous de choisir : vous connaissez la salle.",
    )  # fmt: skip


def told(session: Session) -> tuple[str, ...]:
    """Ids of the stories there is time for: a short session has the one that resisted."""
    ids = chosen(session)
    return ids if session.wanted or session.length == "3h" else ids[:1]


def _first_said(session: Session, first: str) -> str:
    rows = door.rows(session.material, "experiences")
    own = rows[rows["experience_id"] == first]
    if (own["stage"] == silences.STOPPED).any():
        return "s'est arrêté avant son terme"
    return "a rencontré une résistance" if silences.met_resistance(own).any() else "est d'ici"


def others(session: Session) -> Block:
    """List other stories, spread over what they differ by, with the option that takes them."""
    rows = by_title(door.rows(session.material, "experiences"))
    left = rows[~rows["experience_id"].isin(chosen(session))]
    if left.empty:
        text = "Aucune autre fiche ne peut être racontée ici."
        return captions.nothing("autres-recits", "Aucun autre récit", text)
    start = _turn(session) % len(left)
    shown = left.iloc[spread(_traits(session, left), OTHERS, start=start)]
    where = seats(session.material)
    rows = [
        (door.title(r.title), named("stages", r.stage), period(r.started_on, r.ended_on, r.stage),
         where.get(r.experience_id, "—"), f"--story {r.experience_id}")
        for r in shown.itertuples()
    ]  # fmt: skip
    return table(
        "autres-recits", "D'autres récits possibles",
        ("Récit", "Étape", "Période", "Lieu", "Pour le choisir"), rows,
        note="Répartis entre missions, étapes et lieux, par ordre alphabétique des titres. Toutes "
        "les fiches : dts list experiences",
    )  # fmt: skip


def titles(session: Session) -> Block:
    """Titles of the stories, to project."""
    rows = door.rows(session.material, "experiences").set_index("experience_id")
    items = [door.title(rows["title"][one]) for one in told(session)]
    return blocks.callout(
        id="titres-des-recits", title="On écoute d'abord ; les avis viendront",
        items=items or ["Qui peut raconter une chose tentée ici, et qui a résisté ?"],
    )  # fmt: skip
