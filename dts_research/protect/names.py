"""Names of persons, addresses and numbers that point at somebody, masked before display.

A first net, deterministic and made to err on the side of masking: civility followed by a
name, a common first name followed by a surname, e-mail addresses, telephone and social
security numbers. It does not replace reading by a person.
"""

from __future__ import annotations

import re
import unicodedata

MASK = "[nom masqué]"
CONTACT = "[coordonnées masquées]"

# First names among the most given in France since 1940, and common among the people met in
# work-integration enterprises; the ones that are also ordinary place names are left out.
_FIRST = """
Abdel Adama Adrien Ahmed Aïcha Alain Alexandre Alexandra Ali Alice Alicia Amandine Amina
Aminata André Andrée Anne Anthony Antoine Arnaud Arthur Audrey Aurélie Aurélien Aziz
Benoît Bernadette Bernard Brigitte Bruno Camille Carine Caroline Catherine Cécile Cédric
Céline Chantal Charles Charlotte Christelle Christian Christiane Christine Christophe
Claire Claude Claudine Clément Colette Corinne Daniel Danielle David Delphine Denis Denise
Didier Dominique Éléonore Élise Élodie Émilie Emma Emmanuel Emmanuelle Éric Fabien
Fabienne Fabrice Farid Fatima Fatoumata Florence Francine Franck François Françoise
Frédéric Gabriel Gaëlle Geneviève Georges Gérard Gilbert Gilles Ginette Guillaume Guy
Hélène Henri Hervé Hugo Huguette Ibrahim Isabelle Jacqueline Jacques Jean Jeanne Jeannine
Jérémy Jérôme Joël Joseph Josiane Julie Julien Karim Karine Kevin Khadija Laetitia Laura
Laurence Laurent Léa Léo Louise Lucas Lucie Lucien Ludovic Madeleine Malika Mamadou Manon
Marc Marcel Marguerite Maria Marie Marine Marion Martine Mathieu Maurice Maxime Michel
Michèle Micheline Mickaël Mireille Mohamed Monique Moussa Myriam Nadia Nadine Nathalie
Nicolas Nicole Odette Olivier Oumar Pascal Pascale Patrice Patricia Patrick Paul Paulette
Philippe Pierre Rachid Raymond Rémi Renée René Robert Roger Roland Romain Samira Samuel
Sandra Sandrine Sébastien Serge Simone Solange Sonia Sophie Stéphane Stéphanie Suzanne
Sylvain Sylvie Théo Thierry Thomas Valentin Valérie Véronique Victor Vincent Virginie
Viviane Xavier Yann Yasmina Youssef Yvette Yvonne Zohra
""".split()  # noqa: SIM905
# Words before a name that make it a place or an institution, not somebody.
_PLACE = (
    r"(?:rue|avenue|boulevard|place|square|quai|cité|quartier|parc|stade|gymnase|salle|espace|"
    r"école|collège|lycée|université|hôpital|clinique|centre|résidence|foyer|fondation|institut|"
    r"fonds|prix|maison|théâtre|médiathèque|bibliothèque|pont|port|gare|saint|sainte|abbé|général|"
    r"maréchal|association|dispositif|loi)[\s-]+(?:de\s+|d['’]|du\s+|des\s+|la\s+)?"
)
_CAPITAL = "A-ZÀÂÄÇÉÈÊËÎÏÔÖÙÛÜ"
_WORD = rf"[{_CAPITAL}][a-zàâäçéèêëîïôöùûüÿ'’-]+(?:[{_CAPITAL}][a-zàâäçéèêëîïôöùûüÿ'’-]+)*"
_SURNAME = (
    r"(?:(?:[Dd]e|[Dd]u|[Dd]es|[Ll]e|[Ll]a|[Ee]l|[Bb]en|van|von|d['’])\s+){0,2}"
    rf"(?:{_WORD}|[A-ZÀÉÈÇ-]{{3,}})"
)
_FIRSTS = "|".join(sorted(_FIRST, key=len, reverse=True))
_INITIAL = r"[A-Z]\.(?=\s|,|;|$)"
_CIVILITY = re.compile(
    r"\b(?:M\.|MM\.|[Mm]r\.?|[Mm]mes?\.?|[Mm]lles?\.?|(?:[Mm]onsieur|[Mm]adame|[Mm]ademoiselle|"
    r"[Mm]esdames|[Mm]essieurs|MONSIEUR|MADAME|[Mm]aître)\b|Dr\.?)\s*"
    rf"(?!(?:le|la|les|l['’])\b)(?:{_SURNAME}(?:\s+{_SURNAME})?|[A-Z]{{2,}}|{_INITIAL})"
)
_FULL = re.compile(
    rf"(?P<place>\b{_PLACE})?(?<![\w-])(?:{_FIRSTS})(?:-(?:{_FIRSTS}))?\s+(?:{_SURNAME}|{_INITIAL})",
)
_PLACE_BEFORE = re.compile(rf"{_PLACE}$", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+-]{1,64}\s?@\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_PHONE = re.compile(
    r"(?<!\d)(?:(?:\+33|0033|\(33\))\s?(?:\(0\)\s?)?|0)[1-9](?:\s?[\s./-]?\s?\d{2}){4}(?!\d)"
)
_NIR = re.compile(
    r"(?<!\d)[12]\s?\d{2}\s?\d{2}\s?(?:\d{2}|2[AB])\s?\d{3}\s?\d{3}(?:\s?\d{2})?(?!\d)"
)


def mask_persons(text: str) -> str:
    """Mask what names or reaches a person.

    Parameters
    ----------
    text
        Any text met in the field.

    Returns
    -------
    str
        The same text with ``[nom masqué]`` or ``[coordonnées masquées]`` in place of what
        was found.
    """
    if not text:
        return text
    text = unicodedata.normalize("NFC", text)
    for pattern in (_MAIL, _NIR, _PHONE):
        text = pattern.sub(CONTACT, text)
    text = _CIVILITY.sub(MASK, text)
    return _FULL.sub(lambda match: _unless_place(match, text), text)


def _unless_place(match: re.Match[str], text: str) -> str:
    if match.group("place") or _PLACE_BEFORE.search(
        text[max(0, match.start() - 40) : match.start()]
    ):
        return match.group(0)
    return MASK
