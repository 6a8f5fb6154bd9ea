"""The first pages: cover, and the page that stands alone."""

from __future__ import annotations

from collections.abc import Sequence

from dts_research.analysis import decisions, membership
from dts_research.analysis.evidence import Thread
from dts_research.analysis.portrait import labels
from dts_research.display import blocks, door
from dts_research.display.blocks import Block
from dts_research.display.captions import made_from, when, where
from dts_research.display.charts_authorities import threads_of
from dts_research.display.fields import KeyFigure
from dts_research.display.style import agree, french_number, listing, many
from dts_research.display.tables_findings import EVENTS, findings
from dts_research.display.tables_questions import asked
from dts_research.workbook.material import Material

TITLE = "Ce que nous faisons, ce que nous en apprenons"
NO_SHEET = "ne rien écrire n'est pas ne rien faire"
NETWORK_TITLE = "Ce que font ensemble les territoires"
READERS = {"élu": "Version courte", "animateur": "Version pour l'animation",
           "chercheur": "Version complète"}  # fmt: skip


GIVEN_TO = {
    "territory": "À ne pas remettre hors du collectif du territoire",
    "network": "À ne pas remettre hors du réseau",
    "public": "Peut être remis à tous",
}


def cover(material: Material, title: str = "", subtitle: str = "") -> Block:
    """First page: what, where, when, which version, by whom."""
    place = "Ensemble du réseau" if material.whole_network else where(material)
    cycle = _cycle(material)
    return blocks.cover(
        title=title or (NETWORK_TITLE if material.whole_network else TITLE),
        territory=place,
        subtitle=subtitle or f"Expériences, {when(material)}{cycle}",
        date=material.today.isoformat(),
        version=READERS[material.reader],
        author=material.workbook_name,
        status=f"Document de travail, soumis à la discussion. {GIVEN_TO[material.audience]}.",
        fictional=material.fictional,
        notice="Ce rapport met en regard des expériences ; il ne compare pas des mérites. "
        "Ce qu'il ne sait pas est dit à la fin.",
        made_from=made_from(material),
    )


def _cycle(material: Material) -> str:
    if not material.cycle:
        return ""
    names = dict(zip(material.cycles["cycle_id"], material.cycles["label"]))
    return f", {door.words(names.get(material.cycle, material.cycle))}"


def summary(material: Material) -> Block:
    """Page that stands alone: figures, what they show at first sight, first questions."""
    return blocks.summary(
        id="essentiel",
        items=_figures(material),
        findings=findings(material),
        questions=asked(material, most=3),
        lines=2,
    )


def key_figures(material: Material) -> Block:
    """Four figures at most, each with what it counts and something to set it beside."""
    return blocks.key_figures(id="chiffres-cles", items=_figures(material))


def _figures(material: Material) -> list[KeyFigure]:
    found = [
        _experiences(material),
        _structures(material) or _places(material),
        _territories(material) if material.whole_network else _authorities(material),
        _decisions(material),
    ]
    return [item for item in found if item]


def _experiences(material: Material) -> KeyFigure:
    n = len(door.rows(material, "experiences"))
    around, there = door.beside(material)
    outside = len(around) > n and not material.whole_network
    total = french_number(len(around))
    beside = f"{total} visibles dans le réseau" if there == "réseau" else f"{there} : {total}"
    kept = door.withheld(material, "experiences")
    aside = f"{many(kept, 'fiche n’est pas destinée', 'fiches ne sont pas destinées')} à ce public"
    parts = [beside] * outside + [aside] * (kept > 0)
    alone = "toutes celles que ce classeur situe ici" if n else NO_SHEET
    told = agree(n, "racontée", "racontées")
    return KeyFigure(
        value=french_number(n), unit=agree(n, "expérience"),
        label=f"{told}, {when(material)}" if n else f"{told} dans une fiche",
        comparison=" ; ".join(parts) or alone,
    )  # fmt: skip


def _members(members: int, eligible: float, kind: str) -> str:
    """Members of the collective, beside the structures that may join where they are counted."""
    if eligible != eligible:
        return f"le collectif en réunit {members}"
    name = labels("structure_kinds").get(kind, "")
    may = f"structures de type « {name} »" if name else "structures qui peuvent en être"
    return f"le collectif réunit {members} des {int(eligible)} {may}"


def _structures(material: Material) -> KeyFigure | None:
    known = door.rows(material, "structures")
    if known.empty:
        return None
    told = known["structure_id"].isin(set(door.rows(material, "experiences")["structure_id"]))
    found = membership.coverage(
        door.rows(material, "memberships"), known, door.rows(material, "structure_kinds"),
        today=material.today,
    )  # fmt: skip
    beside = f"sur {len(known)} connues"
    if len(found) == 1 and len(found[0].table) and not material.whole_network:
        last = found[0].table.iloc[-1]
        beside += f" ; {_members(last.members, last.eligible, found[0].kind)}"
    count = int(told.sum())
    label = f"{agree(count, 'a', 'ont')} au moins une fiche"
    label += "" if door.all_told(material) else " montrée ici"
    return KeyFigure(value=french_number(count), unit=agree(count, "structure"), label=label,
                     comparison=beside)  # fmt: skip


def _places(material: Material) -> KeyFigure | None:
    """Places, where no structure is known: material that comes from outside."""
    places = door.rows(material, "experience_places")
    if places.empty:
        return None
    doubted = int(places["contradiction"].eq(True).fillna(False).sum())
    against = (
        f"dont {french_number(doubted)} {agree(doubted, 'contredit', 'contredits')} par la source"
        if doubted
        else "aucun n'est contredit par la source"
    )
    away = len(door.elsewhere(material))
    verb = agree(away, "autre, que le fichier situe ici, est ailleurs",
                 "autres, que le fichier situe ici, sont ailleurs")  # fmt: skip
    return KeyFigure(
        value=french_number(len(places)), unit=agree(len(places), "lieu", "lieux"),
        label=f"{agree(len(places), 'retenu', 'retenus')} dans ce territoire",
        comparison=against + (f" ; {french_number(away)} {verb}" if away else ""),
    )  # fmt: skip


def _authorities(material: Material) -> KeyFigure | None:
    """Authorities with something dated; nothing where a part of it is kept from this audience."""
    if not door.whole(material, *EVENTS):
        return None
    found = threads_of(material)
    if not found:
        return None
    known = sum(not thread.events.empty for thread in found)
    if not known:
        n = len(found)
        return KeyFigure(
            value=french_number(n), unit=agree(n, "collectivité"),
            label=agree(n, "suivie", "suivies"), comparison="aucun événement daté connu",
        )  # fmt: skip
    return KeyFigure(
        value=french_number(known),
        label=agree(known, "collectivité ou acheteur public", "collectivités et acheteurs publics")
        + " avec au moins un échange ou un acte daté connu",
        comparison=" ; ".join([f"sur {len(found)} {agree(len(found), 'suivi')}",
                               *_others(found, known)]),
    )  # fmt: skip


def _others(found: Sequence[Thread], known: int) -> list[str]:
    """Say what is known of the others, then how many of the first have also stepped back."""
    left = len(found) - known
    bought = sum(thread.events.empty and thread.purchases > 0 for thread in found)
    parts = [f"{left - bought} sans rien de noté"] * (left > bought)
    parts += [f"{bought} par {agree(bought, 'ses', 'leurs')} seuls achats"] * (bought > 0)
    others = agree(left, "l'autre", f"les {left} autres")
    said = [f"{others} : {listing(parts)}"] if parts else []
    back = sum(thread.steps_back > 0 for thread in found)
    among = f"parmi les {known}, " if known > 1 else ""
    return [*said, *[f"{among}{back} {agree(back, 'a reculé', 'ont reculé')}"] * (back > 0)]


def _territories(material: Material) -> KeyFigure:
    count = door.rows(material, "experience_places")["departement_code"].nunique()
    return KeyFigure(
        value=french_number(count), unit=agree(count, "département"),
        label=f"{agree(count, 'raconte', 'racontent')} au moins une expérience",
        comparison="sur 101 ; ne rien raconter ne veut pas dire ne rien faire",
    )  # fmt: skip


def _decisions(material: Material) -> KeyFigure | None:
    table = decisions.followed(door.rows(material, "decisions"), today=material.today)
    if table.empty:
        return None
    counts = table["status"].value_counts()
    ended = [("done", "faite"), ("abandoned", "abandonnée"), ("transformed", "transformée")]
    parts = [many(int(counts[code]), word) for code, word in ended if code in counts]
    still = int(table["open"].sum())
    return KeyFigure(
        value=french_number(still), unit=agree(still, "décision"), label="encore à mener à bien",
        comparison=f"sur {len(table)}" + (f" : {listing(parts)}" if parts else ""),
    )  # fmt: skip
