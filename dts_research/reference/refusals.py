"""What is answered to a request for a territory that cannot be found."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from dts_research.errors import RequestError
from dts_research.reference import spelling
from dts_research.reference.outlines import LEVELS

if TYPE_CHECKING:
    from dts_research.reference.geography import Geography

SPLIT_CORSICA = 'La Corse compte deux départements : écrivez "2A" ou "2B", entre guillemets.'


def refuse_lost_zeros(text: str) -> None:
    """Stop at a code that may have lost its zero, and say how to write it."""
    if not text:
        raise RequestError(
            "Aucun territoire n'est indiqué.", "Écrivez un code, par exemple « 13 », ou un nom."
        )
    if text.isdigit() and len(text) in (1, 4):
        raise RequestError(
            f"Le code « {text} » a sans doute perdu son zéro.",
            f'Écrivez "0{text}", avec le zéro et entre guillemets.',
        )
    if text in ("20", "020"):
        raise RequestError(f"Aucun département ne porte le code « {text} ».", SPLIT_CORSICA)


def several(geography: Geography, text: str, codes: list[str]) -> RequestError:
    """Answer that several communes bear a name."""
    inside = geography.commune_departements
    listed = ", ".join(f"{c} ({geography.departement_names[inside[c]]})" for c in codes[:8])
    return RequestError(
        f"Plusieurs communes s'appellent « {text} » : {listed}.",
        "Écrivez le code de la commune, entre guillemets.",
    )


def no_perimeter(label: str, wrong: list[str]) -> RequestError:
    """Answer that a free perimeter holds no commune, or codes that are not those of communes."""
    what = f"ces codes de commune sont inconnus : {', '.join(wrong)}."
    return RequestError(
        f"Le périmètre « {label} » ne peut pas être formé : "
        + (what if wrong else "il ne contient aucune commune."),
        "Donner ses communes dans la table « territory_communes », une par ligne : codes INSEE, "
        "sur cinq caractères, écrits comme du texte.",
    )


def no_outlines(level: str) -> RequestError:
    """Answer that a level has no outlines."""
    return RequestError(
        f"Il n'existe pas de contours de niveau « {level} ».",
        f"Les niveaux sont : {', '.join(LEVELS)}.",
    )


def unknown(geography: Geography, text: str) -> RequestError:
    """Answer that nothing bears a code or a name, with the nearest names."""
    if text in geography.postal_communes:
        served = sorted(geography.postal_communes[text])[:5]
        listed = ", ".join(f"{geography.commune_names[c]} ({c})" for c in served)
        return RequestError(
            f"« {text} » est un code postal, pas un code de commune.",
            f"Il dessert : {listed}. Écrivez le code INSEE de la commune, entre guillemets.",
        )
    near = nearest(geography, text)
    fix = "Écrivez un code, par exemple « 13 », ou un nom de territoire."
    if near:
        fix = f"Vouliez-vous dire : {', '.join(near)} ?"
    return RequestError(f"Aucun territoire ne porte le code ou le nom « {text} ».", fix)


def nearest(geography: Geography, text: str) -> list[str]:
    """List up to three names of territories that resemble a text."""
    name = spelling.key(text)
    large = {f"R{code}": label for code, label in geography.region_names.items()}
    large |= geography.departement_names
    labels = {spelling.key(label): f"« {label} » ({code})" for code, label in large.items()}
    near = difflib.get_close_matches(name, labels, n=3, cutoff=0.7)
    if not near:
        named = geography.named_communes
        alike = [other for other in named if other[:2] == name[:2]]
        near = difflib.get_close_matches(name, alike, n=3, cutoff=0.7)
        codes = {n: min(named[n]) for n in near}
        labels = {n: f"« {geography.commune_names[c]} » ({c})" for n, c in codes.items()}
    return [labels[n] for n in near]
