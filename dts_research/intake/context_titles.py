"""What the title of a column of values says: an indicator, a period; what a cell of time says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from dts_research.schema import casts
from dts_research.schema.catalogue import plain

if TYPE_CHECKING:
    from dts_research.intake.context import Card

_YEAR = r"(?<!\d)(?:19|20)\d\d(?!\d)"
_PERIOD = re.compile(rf"({_YEAR})\s*(?:[-–_/ ]|et|à)\s*({_YEAR}|(?:0[1-9]|1[0-2])(?!\d))|({_YEAR})")
_ENDING = re.compile(r"[\s_:;,.%*]*(?:en %|[(\[][^()\[\]]*[)\]])?[\s_:;,.%*]*", re.IGNORECASE)
_MONTH = re.compile(rf"(?:({_YEAR})[-/. ](0?[1-9]|1[0-2])|(0?[1-9]|1[0-2])[-/. ]({_YEAR}))")
_QUARTER = re.compile(rf"({_YEAR})[ -]?[TtQq]([1-4])|[TtQq]([1-4])[ -]?({_YEAR})")
_GENERIC = {
    "", "valeur", "valeurs", "value", "val", "nombre", "nb", "effectif", "effectifs", "total",
    "taux", "part", "obs_value", "donnee", "mesure", "indicateur",
}  # fmt: skip


_PERSON = re.compile(
    r"ages?(?: en annees)?|sexe|genre|civilite|nationalite|situation familiale|naissance|"
    r"(?:date|annee|lieu) (?:de )?naissance|(?:nombre |nb )?(?:d )?enfants?(?: a charge)?|"
    r"nombre d enfants|(?:revenu|salaire|remuneration)s?(?: (?:mensuel|net|brut|annuel)s?)*|"
    r"prenoms?|noms? (?:(?:et )?prenoms?|de famille|d usage)|prenoms? (?:et )?noms?|"
    r"(?:noms? (?:du |de la |de l |des |de |d )?)?"
    r"(?:conseiller|referente?|conseillere|accompagnateur|accompagnatrice|salarie|salariee|"
    r"beneficiaire|participant|participante|usager|personne|candidat)(?: \w+)?|"
    r"(?:structure|entreprise|association|employeur|siae|porteur)(?: \w+)?"
)
_COUNTED = re.compile(
    r"\b(?:pop|population|nombre|nb|effectifs?|habitants?|personnes?|menages?|beneficiaires?|"
    r"allocataires?|demandeurs?|salaries|emplois|logements?|structures|dossiers)\b"
)
_RELATIVE = re.compile(r"%|\b(?:taux|part|evolution|variation|solde|ecart|difference|croissance)\b")
_NAMES = re.compile(r"\b(?:indicateurs?|indicator|variables?|series?|mesures?|statistiques?)\b")


def announces(title: str) -> bool:
    """Tell a title that announces a person, or a structure, and not a territory."""
    words = " ".join(re.findall(r"[a-z0-9]+", plain(re.sub(r"\(.*?\)", "", title))))
    return _PERSON.fullmatch(words) is not None and not re.search("commune|departement|epci|region",
                                                                  words)  # fmt: skip


def names_indicators(title: str) -> bool:
    """Tell a title that says that its column holds names of indicators."""
    return _NAMES.search(plain(title.replace("_", " "))) is not None


def counts(title: str, unit: str) -> bool:
    """Tell a series that counts people or things: none of its values is below zero."""
    words = f"{plain(title.replace('_', ' '))} {plain(unit)}"
    return _COUNTED.search(words) is not None and _RELATIVE.search(words) is None


def slug(text: str) -> str:
    """Name made of the letters and digits of a text: « Taux d'emploi » -> ``taux_d_emploi``."""
    return re.sub(r"[^a-z0-9]+", "_", plain(text)).strip("_")


def split_title(title: str) -> tuple[str, str]:
    """Slug of a title without its year, and its period.

    « taux_emploi_2013 » -> ``taux_emploi``, « 2013 »; « Revenu 2013-2017 » -> « 2013-2017 ».
    """
    last = _period_in(title)
    if last is None:
        return slug(title), ""
    period = f"{last[1]}-{last[2]}" if last[1] else last[3]
    return slug(f"{title[: last.start()]} {title[last.end() :]}"), period


def _period_in(title: str) -> re.Match[str] | None:
    """The last period of a title: at its end, but for a remark in parentheses, or in them."""
    for found in reversed(list(_PERIOD.finditer(title))):
        before = title[: found.start()]
        inside = max(map(before.rfind, "([")) > max(map(before.rfind, ")]"))
        if inside or _ENDING.fullmatch(title[found.end() :]):
            return found
    return None


def bare_title(title: str) -> str:
    """A title without its year, for a reader: « Taux d'emploi (2013) » -> « Taux d'emploi »."""
    last = _period_in(title)
    bare = title[: last.start()] + title[last.end() :] if last else title
    return re.sub(r"[(\[]\s*[)\]]", "", bare).strip(" _-–,;:")


def generic(name: str) -> bool:
    """Tell a slug that says nothing of what is measured."""
    return name in _GENERIC


def card_of(title: str, cards: Iterable[Card]) -> tuple[Card, str] | None:
    """Indicator known by a title, and the year that its own spelling gives."""
    name, period = split_title(title)
    for card in cards:
        for pattern in card.titles:
            match = re.fullmatch(pattern, name)
            if match:
                year = match.groupdict().get("year")
                return card, period or (f"20{year}" if year else "")
    return None


def period_of(text: str) -> str:
    """Read a cell of time: a year, a month (``2017-01``), a quarter; empty when it is none."""
    text = text.strip().removesuffix(".0")
    if re.fullmatch(_YEAR, text) or re.fullmatch(rf"{_YEAR}[-–]{_YEAR}", text):
        return text
    if month := _MONTH.fullmatch(text):
        return f"{month[1] or month[4]}-{int(month[2] or month[3]):02d}"
    if quarter := _QUARTER.fullmatch(text):
        return f"{quarter[1] or quarter[4]}-T{quarter[2] or quarter[3]}"
    day = None if casts.is_serial_date(text) else casts.to_date(text)
    return f"{day:%Y-%m}" if day else ""


def listed(names: list[str], most: int = 6) -> str:
    """Name a few titles, and count the others."""
    more = f" et {len(names) - most} autres" if len(names) > most else ""
    return ", ".join(f"« {name} »" for name in names[:most]) + more
