"""What is said of a cell that cannot be read: what was found, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date

from dts_research.schema.catalogue import Codelist, Field, catalogue
from dts_research.schema.departements import departements

Said = tuple[str, str]  # what is wrong; what to do
SHOWN = 80
_DAY = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{2}|\d{4})")
_DIGITS = re.compile(r"\\d\{(\d+)\}")
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")
_LIKE_DIGITS = str.maketrans("OoIlSB", "001158")


def shown(text: str) -> str:
    """A text short enough for a sentence."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def repaired(before: str, after: str) -> Said:
    """Say what was read in a cell; a long text is not written twice."""
    if len(before) <= 2 * SHOWN:
        return f"« {before} » a été lu « {after} »", ""
    return f"« {shown(before)} » : signes d'une page web ou d'un Mac remis en lettres", ""


def no_date(text: str) -> Said:
    """Say why a text is not a date, when that can be told."""
    day = _DAY.fullmatch(text)
    if day and len(day[3]) == 2:
        fix = f"écrire l'année en entier, par exemple {day[1]}/{day[2]}/20{day[3]}"
        return f"« {text} » n'a que deux chiffres pour l'année", fix
    if day and int(day[1]) <= 12 < int(day[2]) <= 31:
        fix = f"écrire jj/mm/aaaa, peut-être {day[2]}/{day[1]:0>2}/{day[3]}"
        return f"« {text} » n'est pas une date : le mois serait {day[2]}", fix
    if re.fullmatch(r"(?:19|20)\d\d", text):
        return f"« {text} » est une année, pas un jour", "écrire jj/mm/aaaa"
    return f"« {shown(text)} » n'est pas une date", "écrire jj/mm/aaaa"


def american(text: str, other: str) -> Said:
    """Say that a day can be read in two ways, since another one of its column is American."""
    said = f"« {text} » peut se lire jour/mois ou mois/jour : la colonne contient « {other} »"
    return said, "écrire jj/mm/aaaa"


def serial(text: str, day: date) -> Said:
    """Say which day was read in the number of days that a spreadsheet keeps."""
    return f"« {text} », nombre de jours d'un tableur, a été lu {day:%d/%m/%Y}", ""


def odd_serial(text: str, day: date) -> Said:
    """Say that a bare number is hardly a day: it is not taken for one."""
    said = f"« {text} » est un nombre : lu comme des jours de tableur, ce serait le {day:%d/%m/%Y}"
    return f"{said}, ce qui est peu probable", "écrire la date jj/mm/aaaa"


def no_number(text: str) -> Said:
    """Say that a text is not a number, or not that alone."""
    if any(c.isdigit() for c in text) and len(text) <= SHOWN:
        return f"« {text} » n'est pas un nombre seul", "écrire le nombre seul, par exemple 12,5"
    return f"« {shown(text)} » n'est pas un nombre", "écrire par exemple 12,5"


def misshapen(field: Field) -> Callable[[str], Said]:
    """Say how a text differs from what the field expects."""
    if field.name.endswith("departement_code"):
        return _no_departement
    wanted = _DIGITS.fullmatch(field.pattern or "")

    def sentence(text: str) -> Said:
        if wanted is None:
            return f"« {shown(text)} » n'a pas la forme attendue pour « {field.title} »", _like(
                field
            )
        if _SCIENTIFIC.fullmatch(text):
            said = f"« {text} » a été arrondi par le tableur : ses derniers chiffres sont perdus"
            return said, f"reprendre les {wanted[1]} chiffres, dans une cellule au format Texte"
        return _not_digits(text, field, int(wanted[1]))

    return sentence


def _no_departement(text: str) -> Said:
    name = re.sub(r"\d", "", text).strip(" -–()")
    near = departements().nearest(name) if any(c.isalpha() for c in name) else None
    said = f"« {shown(text)} » n'est pas un département"
    if near is None:
        return said, "écrire son code (01, 2A, 971…) ou son nom"
    return said, f"écrire peut-être {near} ({departements().label(near)})"


def _not_digits(text: str, field: Field, wanted: int) -> Said:
    counted = f"« {field.title} » compte {wanted} chiffres"
    bare = re.sub(r"[\s.\-]", "", text)
    if bare.isdigit():
        return f"« {shown(text)} » a {len(bare)} chiffres, {counted}", "vérifier le numéro"
    meant = bare.translate(_LIKE_DIGITS)
    if meant.isdigit() and len(meant) == wanted:
        said = f"« {text} » contient des lettres, {counted}"
        return said, f"écrire peut-être {meant} (la lettre O pour le chiffre 0 ?)"
    return f"« {shown(text)} » n'est pas un numéro de {wanted} chiffres", _like(field)


def _like(field: Field) -> str:
    return f"écrire comme dans l'exemple : {field.example}" if field.example else "corriger"


def wrong_key(text: str) -> Said:
    """Say that a SIREN or SIRET has a wrong control digit."""
    said = f"« {text} » : la clé de contrôle ne tombe pas juste"
    return said, "vérifier les chiffres (un chiffre faux ou deux inversés)"


def unknown_code(codes: Codelist) -> Callable[[str], Said]:
    """Say that a text is not in a closed list, with the nearest label."""

    def sentence(text: str) -> Said:
        near = codes.nearest(text)
        message = f"« {shown(text)} » n'est pas dans la liste"
        if near is not None:
            return message, f"écrire peut-être « {codes.label(near)} »"
        return message, f"choisir parmi : {_choices(codes.labels.values())}"

    return sentence


def _choices(labels: Iterable[str], most: int = 8) -> str:
    listed = list(labels)
    return ", ".join(listed[:most]) + (", etc." if len(listed) > most else "")


def missing(field: Field) -> Said:
    """Say that a required cell is blank."""
    return f"« {field.title} » est obligatoire et la cellule est vide", _fill(field)


def to_complete(field: Field) -> Said:
    """Say that a cell which our form asks for is blank."""
    return f"« {field.title} » est à compléter : la cellule est vide", _fill(field)


def _fill(field: Field) -> str:
    return f"la remplir (exemple : {_example(field)})" if field.example else "la remplir"


def taken(key: str, row: object = "") -> Said:
    """Say that an id is already that of another row."""
    said = f"« {key} » est déjà pris par la ligne {row}"
    return said, "donner un identifiant différent à chaque ligne"


def exists(key: str) -> Said:
    """Say that the id given in place of a taken one is that of a record received before."""
    fix = "donner un identifiant nouveau, ou vider « Ce qui ne va pas » si c'en est la "
    return f"« {key} » existe déjà : un enregistrement reçu le porte", f"{fix}nouvelle version"


def no_id(field: Field) -> str:
    """Open the sentences about a row of our form that has no id."""
    return f"« {field.title} » est vide"


def id_given(field: Field, key: str) -> Said:
    """Say which id was given to a row of our form that has none."""
    said = f"{no_id(field)} : « {key} » a été donné à cette ligne"
    fix = "l'écrire dans le formulaire : une correction remplacera la ligne au lieu de s'y ajouter"
    return said, fix


def alike(field: Field, title: str, key: str) -> Said:
    """Say that a row without id looks like a record received before."""
    said = f"{no_id(field)}, et la ligne ressemble à « {shown(title)} » ({key}), reçue avant"
    return said, f"écrire {key} si c'est la même, un autre identifiant sinon"


def mark_of_absence(text: str, title: str) -> Said:
    """Say that a required cell holds words that mean « not given »."""
    said = f"« {title} » est obligatoire, et « {text} » se lit « non renseigné »"
    return said, "la remplir, ou écrire autrement si c'est bien là ce qu'il faut lire"


def _example(field: Field) -> str:
    """Give the example of a field as people write it: labels, not our codes."""
    if field.codelist is None:
        return field.example
    label = catalogue().codelists[field.codelist].label
    return " ; ".join(map(label, field.example.split("|")))


NOT_OF_TYPE: dict[str, Callable[[str], Said]] = {
    "integer": lambda t: (f"« {shown(t)} » n'est pas un nombre entier", "écrire par exemple 12"),
    "number": no_number,
    "boolean": lambda t: (f"« {shown(t)} » n'est ni oui ni non", "écrire oui ou non"),
    "date": no_date,
}
