"""Comparisons in words: who is near, what they tried, every value, and what cannot be said."""

from __future__ import annotations

import re

import pandas as pd

from dts_research.analysis.clusters import paragons
from dts_research.analysis.describing import by_quantities
from dts_research.display import blocks, door
from dts_research.display.blocks import Block
from dts_research.display.captions import nothing
from dts_research.display.charts_factor import class_told, firmness, found_in
from dts_research.display.compared import NO_PERIOD, lower, one_of, produced, together_of
from dts_research.display.fields import Labelled
from dts_research.display.grids import grid
from dts_research.display.style import listing, many
from dts_research.display.tables_opening import cover as first_page
from dts_research.workbook.comparing import Comparison

VALUES = "valeurs"
LIMITS, CLASSES = "limites", "classes-de-territoires"
# Between two sentences of a register.
SENTENCE = re.compile(r"\.\s+(?=[A-ZÀ-Ý])")
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
        "Les courbes disent entre quelles valeurs le hasard seul laisserait un territoire de "
        "chaque taille, autour du taux de l'ensemble : 95 fois sur 100, 998 fois sur 1 000 (loi "
        "de Poisson exacte, interpolée ; Spiegelhalter, 2005). Quand les territoires diffèrent "
        "plus que par le hasard, ce surplus est mesuré (les 10 % les plus écartés de chaque côté "
        "ramenés au bord) et ajouté à celui du hasard : les courbes s'écartent d'autant. Sous dix "
        "territoires, il n'est pas mesuré."
    ),
    "Taux ramené vers le groupe": (
        "Un petit territoire y emprunte au groupe ce que son effectif ne suffit pas à dire "
        "(estimateur empirique de Marshall, 1991)."
    ),
    "Sorties, type par type": (
        "Parts avec leur intervalle de Wilson à 95 %, à partir de dix sorties. À types égaux : "
        "standardisation indirecte, limites exactes de Poisson à 95 % (Breslow et Day, 1987)."
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


def cover(comparison: Comparison) -> Block:
    """First page of a comparison: who is set beside whom."""
    period = f", en {comparison.period}" if comparison.period else ""
    beside = f"En regard : {comparison.group}{period}"
    return first_page(comparison.material, "Comparer pour comprendre, sans classer", beside)


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
        note="Les classes portent la forme de leurs points sur la carte ; elle ne dit rien "
        "d'autre. Retrouvée : dans des tirages au hasard des territoires, avec remise. Les noms "
        "se donnent dans le fichier data/classes.toml.",
        produced=produced(comparison, list(found.table)),
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
        names = [lower(comparison, str(r.variable)) for r in firm.itertuples()
                 if r.v_test * sign > 0]  # fmt: skip
        if names:
            parts.append(f"{side} : {listing(names)}")
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
        produced=produced(comparison, list(together.values)), annex=True,
    )  # fmt: skip


def limits(comparison: Comparison) -> Block:
    """What this comparison does not allow one to say, with the guards of its indicators."""
    items = [
        "Qu'un territoire fait mieux ou moins bien qu'un autre : les contextes diffèrent, et un "
        "nombre ne dit pas ce qui a été tenté.",
        "Qu'une chose en cause une autre : ce qui varie ensemble peut venir d'ailleurs.",
        "Ce que vivent les personnes : une moyenne cache celles qui en sont loin.",
    ]
    return blocks.callout(
        id=LIMITS, tone="inconnu", title="Ce que cette comparaison ne permet pas de dire",
        text="Les indicateurs gardent chacun leur définition et ses limites.",
        items=[*items, *_absent(comparison), *_guards(comparison)],
    )  # fmt: skip


def _absent(comparison: Comparison) -> list[str]:
    """Indicators without a value here, each kind of absence apart."""
    together = together_of(comparison)
    if together.values.empty:
        return []
    marks: dict[str, list[str]] = {}
    for code in together.values:
        if pd.isna(together.values.loc[comparison.here, code]):
            told = one_of(float("nan"), str(together.states.loc[comparison.here, code]))
            marks.setdefault(told, []).append(lower(comparison, code))
    return [f"{told} ici : {listing(names)}." for told, names in marks.items()]


def _guards(comparison: Comparison) -> list[str]:
    """Limits of the indicators, sentence by sentence, those that bear the same one together."""
    said: dict[str, list[str]] = {}
    for row in comparison.indicators.itertuples():
        if isinstance(row.comparability, str) and row.comparability.strip():
            for guard in SENTENCE.split(door.words(row.comparability).rstrip(".")):
                said.setdefault(guard, []).append(lower(comparison, row.indicator_id))
    whole = len(comparison.indicators)
    return [
        f"{guard}." if len(names) == whole else f"{guard}. Cela vaut pour : {listing(names)}."
        for guard, names in said.items()
    ]
