"""How a report was made and how to read it: in two lines for an official, in full for research."""

from __future__ import annotations

import pandas as pd

from dts_research.display import blocks, door, style
from dts_research.display.blocks import Block
from dts_research.display.captions import received, when, where
from dts_research.display.depth import FULL, TO_ASK, full
from dts_research.display.fields import Labelled
from dts_research.display.style import agree, french_date, listing, many
from dts_research.store.clock import day_of
from dts_research.workbook import counts_of
from dts_research.workbook.material import Material

REAL = 6
CIRCULATION = {
    "territory": "Ne circule que dans le collectif du territoire ; pour le remettre à d'autres, y "
    "compris à une collectivité, refaire le rapport pour leur public.",
    "network": "Ne circule que dans le réseau ; pour le remettre à d'autres, y compris à une "
    "collectivité, refaire le rapport pour leur public.",
    "public": "Peut être remis à tous.",
}


def method(material: Material) -> Block:
    """How the report was made, and how to read it."""
    n = len(door.rows(material, "experiences"))
    field = f"{many(n, 'expérience')}, {where(material)}"
    field += f", {when(material)}" if n else ""
    items = [
        ("Champ et circulation", f"{field}. {_bounded(material)}{CIRCULATION[material.audience]}")
    ]
    if material.fictional:
        items.insert(0, ("Fiction", _fiction(material)))
    items.append(("Sources", _files(material)))
    known = {"people": material.policy.people, "vintage": material.geography.vintage}
    kept = {"élu": SHORT, "animateur": MEETING}.get(material.reader, tuple(METHOD))
    items += [(label, METHOD[label].format(**known)) for label in kept]
    found = [Labelled(label=label, text=text) for label, text in items]
    if not full(material):
        rest = [label[:1].lower() + label[1:] for label in METHOD if label not in kept]
        text = f"{listing(rest).capitalize()} : {FULL}. {TO_ASK}"
        found.append(Labelled(label="Et aussi", text=text))
    return blocks.method(id="methode", title="Comment ce rapport est fait", items=found)


def _bounded(material: Material) -> str:
    """Say what the period asked for chooses, and what it does not."""
    if not material.period:
        return ""
    return (
        "La période choisit les expériences ; ce que l'on sait des collectivités, les séances et "
        "les décisions sont montrés en entier. "
    )


def _files(material: Material) -> str:
    """Files received, the last day, and the rows that wait for a correction."""
    if material.sources.empty:
        none = "Aucun des fichiers reçus ne parle de ce territoire."
        return none if material.received else "Aucun fichier reçu."
    rows = counts_of(received(material))
    last = day_of(max(rows["received_at"]))
    aside = int(pd.to_numeric(rows["quarantined"], errors="coerce").fillna(0).sum())
    waits = agree(aside, "ligne attend", "lignes attendent")
    waiting = f"{aside} {waits} une correction" if aside else "aucune ligne n'attend de correction"
    files = many(len(rows), "fichier reçu", "fichiers reçus")
    return f"{files}, état au {french_date(last)} ; {waiting}."


def _fiction(material: Material) -> str:
    """Say what is invented, and the sheets that are not."""
    text = "La démonstration invente toutes ces données, sauf les codes officiels et les "
    text += "populations des communes"
    real = real_sheets(door.rows(material, "experiences"))
    if real.empty:
        return f"{text}."
    told = [f"« {door.title(r.title)} » (source : {door.words(r.source)})"
            for r in real.head(REAL).itertuples()]  # fmt: skip
    rest = len(real) - len(told)
    told += [f"{many(rest, 'autre')}"] if rest else []
    which = agree(len(real), "la fiche tirée d'un document réel",
                  "les fiches tirées de documents réels")  # fmt: skip
    return f"{text}, et {which} : {listing(told)}."


def real_sheets(experiences: pd.DataFrame) -> pd.DataFrame:
    """Sheets whose source is told and is not said to be fiction."""
    sources = experiences["source"].fillna("").astype(str)
    invented = sources.str.contains("ficti(?:f|ve)", case=False, regex=True)
    return experiences[~invented & (sources.str.strip() != "")]


METHOD = {
    "Ce que nous comptons": "Des fiches d'expérience, que rédigent celles et ceux qui agissent. "
    "Une expérience de deux missions compte dans chacune. Un nombre de fiches dit ce qui est "
    "écrit, pas ce qui se fait. Le total du réseau ne compte que les fiches que ces lecteurs "
    "peuvent lire ; il change donc avec eux.",
    "Ordre": "Alphabétique, géographique, chronologique ou celui du livret de codes ; jamais par "
    "valeur. Ni les territoires, ni les structures, ni les collectivités n'ont de rang.",
    "Ce que nous cachons": "Un effectif de moins de {people} personnes devient « Secret ». Un "
    "total sur des structures s'affiche quand trois y contribuent et qu'aucune ne dépasse 85 %. "
    "Quand une soustraction rendrait un nombre caché, nous en cachons un second.",
    "Absences": f"« {style.SECRET} », « {style.NOT_PUBLISHED} », « {style.NOT_GIVEN} », "
    f"« {style.ZERO} » et « {style.NOT_APPLICABLE} » : aucune de ces cinq absences n'en vaut une "
    "autre.",
    "Paroles": "Nous ne citons que les personnes qui l'acceptent, par leur rôle, et masquons les "
    "noms.",
    "Prise en compte": "Des événements datés, avec leur pièce quand elle existe. Ils décrivent une "
    "suite ; ils ne prouvent pas une cause.",
    "Lieux": "Code officiel géographique {vintage} ; chaque lieu porte sa preuve, et ce qui la "
    "contredit.",
}
SHORT = ("Ce que nous comptons",)
MEETING = ("Ce que nous comptons", "Ordre", "Ce que nous cachons", "Absences")
