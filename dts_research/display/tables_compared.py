"""Comparisons in words: who is near, what they tried, every value, and what cannot be said."""

from __future__ import annotations

import pandas as pd

from dts_research.analysis.clusters import paragons
from dts_research.analysis.describing import by_quantities
from dts_research.analysis.neighbours import Neighbours, nearest
from dts_research.analysis.portrait import says_nothing
from dts_research.display import blocks, door
from dts_research.display.blocks import Block
from dts_research.display.captions import nothing
from dts_research.display.charts_factor import class_told, firmness, found_in
from dts_research.display.compared import NO_PERIOD, like, one_of, together_of
from dts_research.display.fields import Labelled
from dts_research.display.grids import grid
from dts_research.display.style import agree, listing, many
from dts_research.display.tables_opening import cover as first_page
from dts_research.schema.catalogue import plain
from dts_research.workbook.comparing import Comparison

NEAR, VALUES, ASKED = "territoires-proches", "valeurs", "questions-croisees"
LIMITS, CLASSES = "limites", "classes-de-territoires"
METHOD = {
    "Ordre": (
        "Alphabétique, ou « ce territoire, puis les autres » ; jamais par valeur. Changer une "
        "valeur peut changer les voisins ou les classes montrés, pas la place d'un territoire."
    ),
    "Absences": (
        "« Secret », « Non publié », « Non renseigné », « Zéro constaté » et « Sans objet » ne "
        "se valent pas. Ce que veut dire chaque texte de la source, zéros compris, est écrit "
        "dans la correspondance du fichier reçu, et dit avec l'indicateur."
    ),
    "Moitié centrale": (
        "Entre le premier et le troisième quartile des autres territoires (Hyndman et Fan, "
        "1996, définition 7). Sous cinq territoires connus, aucune bande."
    ),
    "Entonnoir": (
        "Limites que le hasard seul donne à chaque taille, autour du taux de l'ensemble, à 95 %"
        " et à 99,8 % (loi de Poisson exacte, interpolée ; Spiegelhalter, 2005). Quand les "
        "territoires diffèrent plus que le hasard, les limites sont élargies d'autant ; sous "
        "dix territoires, elles ne le sont pas."
    ),
    "Territoires proches": (
        "Variables centrées et réduites, distance euclidienne, cinq plus proches. Un territoire"
        " à qui il manque une variable n'est comparé à aucun (d'après l'Insee, Proximités entre"
        " départements)."
    ),
    "Profils": (
        "Analyse en composantes principales, puis classification de Ward sur cinq axes et "
        "consolidation (Hartigan et Wong, 1979). La stabilité vient de tirages avec remise, "
        "dont le germe est fixe. Une classe est dite par ce qui s'écarte de l'ensemble plus que"
        " le hasard (valeur-test d'au moins 3 ; Lebart, Morineau et Piron, 1995)."
    ),
}
# A class is told by the indicators at least so far from chance, and by so many of them.
FIRM, TOLD = 3.0, 4
SHEETS = 12
CAUTION = (
    "La liste dépend des variables choisies : en retirer une peut changer les voisins, ce que dit "
    "la seconde colonne. Par ordre alphabétique ; être proche n'est pas être pareil."
)

SIZE = "Les totaux, qui disent la taille, n'y entrent pas."


def cover(comparison: Comparison) -> Block:
    """First page of a comparison: who is set beside whom."""
    period = f", en {comparison.period}" if comparison.period else ""
    beside = f"En regard : {comparison.group}{period}"
    return first_page(comparison.material, "Comparer pour comprendre, sans classer", beside)


def neighbours(comparison: Comparison, *, k: int = 5) -> Block:
    """Territories whose context resembles this one, with the list of what was compared."""
    found = _nearest(comparison, k)
    if found is None:
        return _alone(comparison)
    mine, runs = found.of(comparison.here), len(found.variables) - len(found.flat)
    rows = [(door.words(comparison.names[r.neighbour]), round(r.stability * runs))
            for r in mine.itertuples()]  # fmt: skip
    names = [door.words(comparison.label(code)) for code in found.variables]
    compared = listing([name[:1].lower() + name[1:] for name in names])
    return grid(
        comparison.material, NEAR,
        f"{many(len(rows), 'territoire')} au contexte proche, sur {found.n} comparés",
        {
            "Territoire": [name for name, _ in rows],
            "Reste proche": [f"{kept} fois sur {runs}, une variable retirée" for _, kept in rows],
        },
        note=f"{CAUTION} {SIZE} Comparés sur : {compared}."
        + _aside(found),
        produced="indicateurs du classeur",
    )  # fmt: skip


def _nearest(comparison: Comparison, k: int) -> Neighbours | None:
    """Nearest territories on the variables that this one has; None when that says nothing."""
    values = together_of(comparison).values[like(comparison)]
    here = comparison.here
    if here not in values.index:
        return None
    variables = [code for code in values if pd.notna(values.loc[here, code])]
    if len(variables) < 2:
        return None
    found = nearest(values, variables, k=k)
    return found if len(found.of(here)) else None


def _alone(comparison: Comparison) -> Block:
    name = door.words(comparison.material.territory.label)
    text = f"Trop peu d'indicateurs sont connus pour {name} : il en faut deux, et d'autres "
    return nothing(NEAR, "Aucun territoire proche à proposer", f"{text}territoires qui les ont.")


def _aside(found: Neighbours) -> str:
    count = len(found.set_aside)
    if not count:
        return ""
    lack = agree(count, "à qui il manque", "auxquels il manque")
    return f" {many(count, 'territoire')}, {lack} une variable, ne sont comparés à aucun autre."


def matched(comparison: Comparison, *, k: int = 5) -> Block:
    """Experiences told in similar territories, as questions to ask rather than gaps to close."""
    found = _nearest(comparison, k)
    if found is None:
        text = "Sans territoire proche, il n'y a pas d'expérience à mettre en regard."
        return nothing(ASKED, "Aucune expérience à mettre en regard", text)
    near = list(found.of(comparison.here)["neighbour"])
    sheets = comparison.material.others
    told = sheets[sheets["departement_code"].isin(near)]
    told = told.sort_values("title", key=lambda column: column.map(lambda t: plain(str(t))))
    names = [door.words(comparison.names[code]) for code in near]
    if told.empty:
        text = f"Aucune fiche n'est encore racontée dans ces territoires : {listing(names)}."
        return nothing(ASKED, "Aucune expérience à mettre en regard", text)
    shown = told.head(SHEETS)
    return grid(
        comparison.material, ASKED,
        f"{many(len(shown), 'expérience')} de territoires au contexte proche",
        {
            "Expérience": [door.title(title) for title in shown["title"]],
            "Territoire": [door.words(comparison.names[c]) for c in shown["departement_code"]],
            "À se demander ensemble": [_question(r) for r in shown.itertuples()],
            "Fiche": list(shown["experience_id"]),
        },
        note="Ce ne sont ni des modèles ni des retards : d'autres, dans un contexte voisin, ont "
        "essayé autre chose. Par ordre alphabétique des titres.",
    )  # fmt: skip


def _question(sheet: object) -> str:
    """Ask what a sheet suggests, from how far it went."""
    stage = getattr(sheet, "stage", None)
    if stage == "arretee":
        return "Qu'est-ce qui l'a arrêtée, et le rencontrerions-nous ici ?"
    if says_nothing(getattr(sheet, "what_resisted", None)):
        return "Qu'est-ce qui, ici, le rendrait possible ou inutile ?"
    return "Ce qui a résisté là-bas résisterait-il ici ?"


def classes(comparison: Comparison) -> Block:
    """Classes of territories, without order: what sets each apart, and who shows it best."""
    found = found_in(comparison)
    if isinstance(found, str):
        return nothing(CLASSES, "Aucune classe à décrire", found)
    made = found.made.classes
    told = by_quantities(found.table, made.labels)
    near = paragons(found.made.places, made)
    letters = [str(letter) for letter in made.centres.index]
    return grid(
        comparison.material, CLASSES,
        f"{many(len(letters), 'classe')} de territoires, à nommer ensemble",
        {
            "Classe": [class_told(found, letter) for letter in letters],
            "Territoires": [int(made.sizes[letter]) for letter in letters],
            "Ce qui la distingue": [
                _apart(comparison, told[told["class"] == letter]) for letter in letters
            ],
            "Au plus près du centre": [
                listing([door.words(comparison.names[str(row)])
                         for row in near[near["class"] == letter]["row"]])
                for letter in letters
            ],
            "Retrouvée": [_again(comparison, letter) for letter in letters],
        },
        note="Les lettres suivent l'ordre alphabétique des territoires ; elles ne disent rien "
        "d'autre. Retrouvée : dans des tirages au hasard des territoires, avec remise. Les noms "
        "se donnent dans le fichier data/classes.toml.",
        produced="indicateurs du classeur",
    )  # fmt: skip


def _again(comparison: Comparison, letter: str) -> str:
    firm = firmness(comparison)
    return f"{firm.classes.loc[letter, 'found']} fois sur {firm.runs}" if firm else ""


def _apart(comparison: Comparison, told: pd.DataFrame) -> str:
    """Indicators whose mean in the class is furthest from that of all, beyond chance."""
    firm = told[told["v_test"].abs() >= FIRM].sort_values("variable", kind="stable")
    firm = firm.loc[firm["v_test"].abs().nlargest(TOLD).sort_index().index]
    parts = []
    for side, sign in (("plus haut", 1), ("plus bas", -1)):
        names = [door.words(comparison.label(str(r.variable))) for r in firm.itertuples()
                 if r.v_test * sign > 0]  # fmt: skip
        if names:
            parts.append(f"{side} : {listing([n[:1].lower() + n[1:] for n in names])}")
    return " ; ".join(parts) or "rien de plus que le hasard"


def method(comparison: Comparison) -> Block:
    """How the comparison was made, in plain words, with the reference of each method."""
    items = [Labelled(label=label, text=text) for label, text in METHOD.items()]
    return blocks.method(
        id="methode-comparaison", title="Comment cette comparaison est faite", items=items
    )


def values(comparison: Comparison) -> Block:
    """Every value behind the comparison: this territory, then the others by name."""
    together, here = together_of(comparison), comparison.here
    if together.values.empty:
        text = "Aucun tableau d'indicateurs par territoire n'a été reçu dans ce classeur."
        return nothing(VALUES, "Aucune valeur à comparer", text)
    order = [code for code in together.values.index if code == here]
    order += [code for code in together.values.index if code != here]
    columns: dict[str, list[str]] = {
        "Territoire": [door.words(comparison.names[code]) for code in order]
    }
    for code in together.values:
        period = together.periods[code]
        head = f"{door.words(comparison.label(code))} ({period or NO_PERIOD})"
        columns[head] = [
            one_of(together.values.loc[place, code], str(together.states.loc[place, code]))
            for place in order
        ]
    return grid(
        comparison.material, VALUES, f"Toutes les valeurs : {comparison.group}", columns,
        note="Le territoire d'abord, puis les autres par ordre alphabétique.",
        produced="indicateurs du classeur", annex=True,
    )  # fmt: skip


def limits(comparison: Comparison) -> Block:
    """What this comparison does not allow one to say, with the guards of its indicators."""
    about = comparison.indicators
    guards = [
        f"{door.words(r.label)} : {door.words(r.comparability)}"
        for r in about.itertuples()
        if isinstance(r.comparability, str) and r.comparability.strip()
    ]
    together = together_of(comparison)
    unknown = [door.words(comparison.label(code)) for code in together.values
               if pd.isna(together.values.loc[comparison.here, code])]  # fmt: skip
    items = [
        "Qu'un territoire fait mieux ou moins bien qu'un autre : les contextes diffèrent, et un "
        "nombre ne dit pas ce qui a été tenté.",
        "Qu'une chose en cause une autre : ce qui varie ensemble peut venir d'ailleurs.",
        "Ce que vivent les personnes : une moyenne cache celles qui en sont loin.",
    ]
    if unknown:
        items.append(f"Rien de {listing(unknown)} : ce n'est pas connu ici.")
    return blocks.callout(
        id=LIMITS, tone="inconnu", title="Ce que cette comparaison ne permet pas de dire",
        text="Les indicateurs gardent chacun leur définition et ses limites.",
        items=[*items, *guards],
    )  # fmt: skip
