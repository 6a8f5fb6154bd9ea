"""Charts of the portrait: missions, stages, themes, structures, obstacles and levers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dts_research.analysis import portrait
from dts_research.analysis.result import NOT_GIVEN, Result, counted
from dts_research.display import door
from dts_research.display.blocks import Block
from dts_research.display.captions import Caption, frame, no_sheet, nothing, silent
from dts_research.display.pictures import Picture, chart
from dts_research.display.rows_of_marks import Row, drawing
from dts_research.display.style import agree, heard, listing, many
from dts_research.workbook.material import Material


def missions(material: Material) -> Block:
    """Experiences by mission, beside what the whole network would give; never ranked."""
    here = portrait.by_mission(door.rows(material, "experiences"))
    if not here.n:
        title = "Aucune expérience à répartir entre les missions"
        return nothing(MISSIONS.name, title, no_sheet(material))
    if here.missing == here.n:
        text = silent(here.n, "sa mission")
        return nothing(MISSIONS.name, "Missions des expériences", text)
    without = [r.label for r in here.table.itertuples() if not r.count]
    if here.n == 1 and len(without) < len(here.table):
        held = [f"« {r.label} »" for r in here.table.itertuples() if r.count]
        message = f"La seule expérience relève {agree(len(held), 'de la mission', 'des missions')} "
        message += listing(held)
    elif without:
        message = f"{_none_of(here.n)} de la mission « {without[0]} »"
    else:
        verb = agree(here.several, "en croise", "en croisent")
        message = (
            f"Les trois missions sont présentes ; {many(here.several, 'expérience')} {verb} "
            "plusieurs"
        )
    return _by_category(material, MISSIONS, here, message)


def stages(material: Material) -> Block:
    """Experiences by stage; those that stopped are told apart."""
    here = portrait.by_stage(door.rows(material, "experiences"))
    if not here.n:
        return nothing(STAGES.name, "Aucune expérience à situer par étape", no_sheet(material))
    if here.missing == here.n:
        return nothing(STAGES.name, "Étapes des expériences", silent(here.n, "son étape"))
    stopped = int(here.table.set_index("code")["count"].get("arretee", 0))
    if stopped:
        verb = agree(stopped, "s'est arrêtée", "se sont arrêtées")
        message = f"{many(stopped, 'expérience')} sur {here.n} {verb} avant {_their(stopped)} terme"
    else:
        message = _no_stop(here)
    return _by_category(material, STAGES, here, message)


def _no_stop(here: Result) -> str:
    """Say that no sheet tells an experience that stopped."""
    if here.n == 1:
        stage = next(r.label for r in here.table.itertuples() if r.count)
        return f"La seule expérience est à l'étape « {stage} »"
    return f"Aucune des {here.n} fiches ne raconte une expérience arrêtée avant son terme"


def structures(material: Material) -> Block:
    """Structures by kind, those that have told an experience and those that have not."""
    name = "structures-par-type"
    known = door.rows(material, "structures")
    if known.empty:
        text = "La table des structures est vide pour ce territoire."
        return nothing(name, "Aucune structure n'est connue", text)
    table = _told(known, set(door.rows(material, "experiences")["structure_id"]))
    limit = _limit(material)
    message = _structures_message(int(table["silent"].sum()), len(known), limit)
    rows = [
        Row(r.label, r.count, _with_sheet(r.count - r.silent, r.count, first=not i),
            hollow=r.silent)
        for i, r in enumerate(table.itertuples())
    ]  # fmt: skip
    values = heard((row.label, row.value) for row in rows)
    caption = Caption(
        message,
        f"Structures ayant au moins une fiche{limit}, sur les structures connues, par type",
        f"Rangées de points, une par type de structure. {message}. Avec une fiche : {values}.",
        f"Un point est une structure, plein quand elle a au moins une fiche{limit}. Les types dont "
        f"aucune structure n'est connue ici ne sont pas affichés.{_other_sheets(limit)}",
        "table des structures et fiches d'expérience",
    )
    told = table["count"] - table["silent"]
    data = frame({"Type": table["label"], "Structures": table["count"],
                  f"Avec une fiche{limit}": told})  # fmt: skip
    keys = [("dot", f"avec une fiche{limit}")]
    keys += [("hollow", "les autres" if limit else "sans fiche")] * bool(table["silent"].any())
    case = "part" if limit else "" if table["silent"].any() else "none"
    picture = Picture(drawing(rows, keys=keys), case=case)
    return chart(material, name, caption, picture=picture, data=data)


def _limit(material: Material) -> str:
    """What keeps some sheets out of the count: the audience, the period, the cycle."""
    if door.withheld(material, "experiences"):
        return " diffusée à ce public"
    return " sur la période demandée" if material.period or material.cycle else ""


def _other_sheets(limit: str) -> str:
    return " Les autres structures peuvent avoir des fiches qui ne sont pas comptées." * bool(limit)


def _with_sheet(told: int, total: int, *, first: bool) -> str:
    """Direct label, in full on the first row."""
    have = f" {agree(told, 'a', 'ont')} une fiche" if first else ""
    return f"{told} sur {total}{have}"


def _told(known: pd.DataFrame, carriers: set[str]) -> pd.DataFrame:
    """Kinds that are present: code, label, count, silent (structures without any sheet)."""
    kinds = portrait.labels("structure_kinds")
    table = counted(known["kind"], kinds).table
    silent = counted(known["kind"][~known["structure_id"].isin(carriers)], kinds).table
    quiet = dict(zip(silent["code"], silent["count"]))
    table = table.assign(silent=[quiet.get(code, 0) for code in table["code"]])
    return table[table["count"] > 0]


def _structures_message(without: int, total: int, limit: str) -> str:
    if not without:
        return f"Toutes les structures connues ont au moins une fiche{limit}"
    if limit:
        have = agree(total - without, "a", "ont")
        there = many(total - without, "structure")
        return f"{there} sur {total} {have} une fiche{limit}"
    if without == total > 1:
        return f"Aucune des {total} structures n'a encore de fiche"
    verb = agree(without, "n'a", "n'ont")
    return f"{many(without, 'structure')} sur {total} {verb} pas encore de fiche"


# Under this many experiences, a share of the network drawn at their size cannot be seen.
BAND = 5


@dataclass(frozen=True)
class _Study:
    """A way to count experiences by category, and the words around it."""

    name: str
    count: Callable[[pd.DataFrame], Result]
    what: str
    apart: frozenset[str] = frozenset()


MISSIONS = _Study("experiences-par-mission", portrait.by_mission, "Expériences par mission")
STAGES = _Study(
    "experiences-par-etape", portrait.by_stage, "Expériences par étape", frozenset({"arretee"})
)


@dataclass(frozen=True)
class _Pairs:
    """Counts here and there, and what « there » is called."""

    table: pd.DataFrame
    n: int
    total: int = 0
    there: str = ""


def _beside(material: Material, study: _Study, here: Result) -> _Pairs:
    """Counts here and in the network; no comparison when here is the network."""
    if not material.whole_network:
        frame_there, there = door.beside(material)
        everywhere = study.count(frame_there)
        if everywhere.n and (everywhere.n > here.n or material.reference):
            return _Pairs(portrait.against(here, everywhere), here.n, everywhere.n, there)
    return _Pairs(portrait.against(here, here), here.n)


def _row(pair: Any, study: _Study, pairs: _Pairs, *, first: bool) -> Row:
    """One category; the first says in full what is counted and what the band is."""
    blank, total = pair.code == NOT_GIVEN, pairs.total
    band = total and not blank and pairs.n >= BAND
    count = many(pair.here, "expérience") if first else str(pair.here)
    return Row(
        pair.label, pair.here, f"{count} sur {pairs.n}",
        note=f"{pairs.there} : {pair.everywhere} sur {total}" if total else "",
        beside=pair.everywhere / total * pairs.n if band else None,
        special=pair.here if pair.code in study.apart else 0,
        hollow=pair.here if blank else 0,
    )  # fmt: skip


def _by_category(material: Material, study: _Study, here: Result, message: str) -> Block:
    """Draw one count per category, with the network's distribution as a pale band."""
    pairs = _beside(material, study, here)
    rows = [
        _row(pair, study, pairs, first=not i) for i, pair in enumerate(pairs.table.itertuples())
    ]
    values = heard((row.label, row.value) for row in rows)
    band = pairs.total > 0 and pairs.n >= BAND
    stopped = any(row.special for row in rows)
    keys = [("band", _with_here(pairs.there))] * band
    keys += [("apart", "arrêtée avant son terme")] * stopped
    caption = Caption(
        message,
        study.what,
        f"Rangées de points, une par catégorie. {message}. {study.what} : {values}.",
        f"Un point est une expérience.{_band(pairs) * band} {here.reading}".strip(),
    )
    data = frame({"Catégorie": pairs.table["label"], "Ici": pairs.table["here"]})
    if pairs.total:
        there = _with_here(pairs.there)
        data[there[:1].upper() + there[1:]] = list(pairs.table["everywhere"])
    case = "none" if study.apart and not stopped else "one" if here.n == 1 else ""
    picture = Picture(drawing(rows, keys=keys), case=case)
    return chart(material, study.name, caption, picture=picture, data=data)


def _with_here(there: str) -> str:
    """What a territory is set beside; the network holds the territory."""
    return "réseau, ce territoire compris" if there == "réseau" else there


def _band(pairs: _Pairs) -> str:
    """How to read the grey band."""
    whole = (
        "du réseau, ce territoire compris" if pairs.there == "réseau" else f"de « {pairs.there} »"
    )
    return f" La bande grise est ce que donnerait ici la répartition {whole}."


def _none_of(total: int) -> str:
    if total == 1:
        return "La seule expérience ne relève pas"
    return f"Aucune des {total} expériences ne relève"


def _their(count: int) -> str:
    return agree(count, "son", "leur")
