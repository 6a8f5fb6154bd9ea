"""Whether an alternative text says something of its figure, or only that there is one."""

from __future__ import annotations

import re

SHORTEST = 25
# Words that must say something, once those any figure may have are set aside.
TELLING = 3
# What programs write by themselves, wherever it stands.
_WRITTEN_ALONE = re.compile(
    r"figure size \d+\s*x\s*\d+|lorem ipsum|automatiquement|automatically generated"
    r"|no description|sans description"
    r"|^(?:décri|describe|insére|insert |compléte|à compléter|todo)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"(?:https?://|www\.|data:|file:)\S+|\S+\.(?:png|jpe?g|svg|gif|webp|bmp|tiff?|pdf)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+")
_WORDS_OF_ANY_FIGURE = """
image images graphique graphiques graphe figure figures carte cartes diagramme diagrammes courbe
courbes chart charts plot plots graph map picture photo photographie capture ecran écran screenshot
illustration dessin visuel visualisation tableau table schéma histogramme barres bar line scatter
alt texte text alternatif alternative description légende caption titre title phrase exemple
représentant représente représentation montrant montre présentant présente illustrant illustre
affichant affiche contenant contient décrivant donnant issu issue issus tirée basé basée showing
shows representing represents displaying displays containing contains depicting illustrating
données donnée data résultat résultats result results information informations info valeur valeurs
value values variable variables chiffres statistiques analyse analysis évolution répartition
distribution temps time différents différentes différentes various different plusieurs certaines
rapport report document notebook carnet cellule cell output sortie étude study section page partie
suivant suivante ci dessous dessus below above here ici voir see size axes axis with and the this
that for from est une un le la les des du de de l d en et ou sur par dans avec pour qui que cette ce
ceci cet ces voici sont selon entre leur leurs notre votre son sa ses of a an in on is are to by or
as at it its our your into over il elle s agit sous forme mes nos
"""
_ANY_FIGURE = frozenset(_WORD.findall(_WORDS_OF_ANY_FIGURE))


def describes(alt: str) -> bool:
    """Tell whether an alternative text says something of its figure.

    Parameters
    ----------
    alt
        Text as it was written; a file's name, an address, a sentence that any figure could have
        or that a program writes by itself say nothing.
    """
    said = alt.strip()
    if len(said) < SHORTEST or _WRITTEN_ALONE.search(said):
        return False
    words = {word.lower() for word in _WORD.findall(_ADDRESS.sub(" ", said))}
    telling = {w for w in words - _ANY_FIGURE if w.isdigit() or not w.isalpha() or _is_word(w)}
    return len(telling) >= TELLING and any(word.isalpha() for word in telling)


def _is_word(word: str) -> bool:
    return len(word) > 1 and len(set(word)) > 1
