"""Tables of the experiences: who, what, with whom, and the sheets in full."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from dts_research.analysis.portrait import labels
from dts_research.analysis.result import listed
from dts_research.display import blocks, door
from dts_research.display.blocks import Block
from dts_research.display.captions import no_sheet, nothing
from dts_research.display.fields import Labelled
from dts_research.display.grids import carriers, grid, iso, named, period, seats
from dts_research.display.several import Blocks
from dts_research.display.style import NOT_GIVEN, french_date, many
from dts_research.schema.catalogue import catalogue, plain
from dts_research.workbook.material import Material

# Most sheets in full, on paper.
MOST_SHEETS = 120


def by_title(experiences: pd.DataFrame) -> pd.DataFrame:
    """Sheets in alphabetical order of their titles."""
    order = sorted(experiences.index, key=lambda i: plain(str(experiences["title"][i])))
    return experiences.loc[order]


@door.once
def structures(material: Material) -> Block:
    """List of the structures with their kind, their seat and how many sheets they have."""
    rows = door.rows(material, "structures")
    if rows.empty:
        text = "La table des structures est vide pour ce territoire."
        return nothing("liste-des-structures", "Aucune structure n'est connue", text)
    rows = rows.loc[sorted(rows.index, key=lambda i: plain(str(rows["label"][i])))]
    told = door.rows(material, "experiences")["structure_id"].value_counts()
    communes = material.geography.commune_names
    sheets = "Fiches" if door.all_told(material) else "Fiches montrées ici"
    return grid(
        material,
        "liste-des-structures",
        f"{many(len(rows), 'structure connue', 'structures connues')}",
        {
            "Structure": [door.words(label) for label in rows["label"]],
            "Type": [named("structure_kinds", kind) for kind in rows["kind"]],
            "Commune": [communes.get(c, NOT_GIVEN) for c in rows["commune_code"]],
            sheets: [int(told.get(s, 0)) for s in rows["structure_id"]],
        },
        note="Par ordre alphabétique. Une structure sans fiche n'est pas une structure sans "
        "expérience.",
        produced="table des structures",
    )


@door.once
def partners(material: Material) -> Block:
    """List of the actors met in the experiences, with their roles."""
    acts = door.rows(material, "experience_actors")
    actors = door.rows(material, "actors")
    met = actors[actors["actor_id"].isin(set(acts["actor_id"]))]
    if met.empty:
        text = "Aucune fiche ne nomme d'acteur."
        return nothing("liste-des-partenaires", "Aucun partenaire n'est nommé", text)
    met = met.loc[sorted(met.index, key=lambda i: plain(str(met["label"][i])))]
    roles = acts.groupby("actor_id")["role"].agg(set).to_dict()
    counts = acts.groupby("actor_id")["experience_id"].nunique().to_dict()
    order = list(labels("actor_roles"))
    outside = [NOT_GIVEN if pd.isna(o) else "oui" if o else "non" for o in met["outside_network"]]
    return grid(
        material,
        "liste-des-partenaires",
        f"{many(len(met), 'acteur agit', 'acteurs agissent')} dans les expériences",
        {
            "Acteur": [door.words(label) for label in met["label"]],
            "Type": [named("actor_types", kind) for kind in met["type"]],
            "Rôles": [named("actor_roles", [r for r in order if r in roles[a]])
                      for a in met["actor_id"]],
            "Hors du réseau": outside,
            "Fiches": [counts[a] for a in met["actor_id"]],
        },
        note="Par ordre alphabétique.",
    )  # fmt: skip


# Fields of a sheet in full, in the order in which it is read; titles come from the schema.
LONG = ("summary", "context", "need", "human_means", "what_worked", "what_resisted",
        "observed_effects", "surprises", "transfer_conditions", "would_do_differently",
        "open_questions")  # fmt: skip
CODED = ("missions", "themes", "sector", "stage", "financial_means", "evidence_level",
         "obstacles", "levers", "review_status")  # fmt: skip


@door.once
def sheets(material: Material) -> Blocks:
    """Every experience in full, in alphabetical order."""
    rows = by_title(door.rows(material, "experiences")).head(MOST_SHEETS)
    if rows.empty:
        return Blocks((nothing("fiches", "Aucune fiche à lire", no_sheet(material)),))
    who, where = carriers(material), seats(material)
    steps = dict(iter(door.rows(material, "experience_steps").groupby("experience_id")))
    return Blocks(
        tuple(
            blocks.sheet(
                id=blocks.slug(f"fiche {r.experience_id}"),
                title=door.title(r.title),
                fields=[
                    Labelled(label="Fiche", text=r.experience_id),
                    Labelled(label="Structure porteuse", text=who[r.experience_id]),
                    Labelled(label="Lieu", text=where.get(r.experience_id, NOT_GIVEN)),
                    Labelled(label="Période", text=period(r.started_on, r.ended_on, r.stage)),
                    *_sheet_fields(r, material),
                    *_sheet_steps(steps.get(r.experience_id)),
                ],
            )
            for r in rows.itertuples()
        )
    )


def _sheet_fields(record: object, material: Material) -> list[Labelled]:
    schema = catalogue().tables["experiences"]
    fields = []
    for name in CODED:
        value, field = getattr(record, name), schema.field(name)
        if listed(value) and field.codelist:
            fields.append(Labelled(label=field.title, text=named(field.codelist, value)))
    for name in LONG:
        value = getattr(record, name)
        if isinstance(value, str) and value.strip():
            text = door.words(value)
            fields.append(Labelled(label=schema.field(name).title, text=text, name=name))
    count = door.people(getattr(record, "people_count"), material.policy)  # noqa: B009
    fields.append(Labelled(label=schema.field("people_count").title, text=count))
    role = door.words(getattr(record, "writer_role"))  # noqa: B009
    return [*fields, Labelled(label="Écrite par", text=role)]


def _sheet_steps(steps: pd.DataFrame | None) -> list[Labelled]:
    if steps is None:
        return []
    order = sorted(steps.index, key=lambda i: iso(steps["date"][i]))
    lines = [
        f"{french_date(steps['date'][i])} : {door.words(steps['event'][i])}"
        + (" (tournant)" if steps["turning_point"][i] is not pd.NA and steps["turning_point"][i]
           else "")
        for i in order
    ]  # fmt: skip
    return [Labelled(label="Étapes", text="\n".join(lines))]


def alone_in(material: Material, experience_id: str) -> Material:
    """Cut a material down to one experience and what belongs to it."""
    frames = {
        name: frame[frame["experience_id"] == experience_id].reset_index(drop=True)
        if "experience_id" in frame.columns
        else frame
        for name, frame in material.frames.items()
    }
    return replace(material, frames=frames)
