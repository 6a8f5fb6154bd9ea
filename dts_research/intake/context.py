"""Context data: what a sheet of indicators by territory is known by, and how it is described.

The description of a sheet is saved beside its correspondence of columns, in the same file: under
``[context]`` the level of its territories and what each text without a number means
(``[context.absences]``), under ``[series."title"]`` what each column of values is. It is proposed
once, to be read again and corrected, then used for every file of that shape. Two columns that
name the same ``indicator`` are one series.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from collections.abc import Mapping as Pairs
from dataclasses import dataclass, field, fields, replace
from pathlib import Path, PurePath
from typing import Any

from dts_research.errors import MaterialError
from dts_research.intake.context_titles import period_of
from dts_research.intake.mapping import Mapping, keep
from dts_research.intake.sheets import Sheet
from dts_research.intake.unreadable import WrongPartError, refusal
from dts_research.schema.catalogue import plain

VALUE, PLACE, PERIOD, NAME = (
    f"observations.{name}" for name in ("value", "territory_id", "period", "indicator_id")
)
STATES = ("secret", "not_published", "not_given", "not_applicable")
LEVELS = {
    "departement": "départements", "region": "régions", "epci": "EPCI", "commune": "communes",
}  # fmt: skip
_PERIODS = "une année (2021), un mois (2021-03), un trimestre (2021-T2) ou 2018-2021"
_HEAD = """
# Données de contexte, à relire. Sous [context.absences], ce que veut dire chaque texte sans
# nombre : secret, not_published (non publié), not_given (non renseigné), not_applicable (sans
# objet) ; "" est la cellule vide. Un 0 est un zéro constaté, sauf dans une série qui a une
# phrase « uncovered » : les 0 d'avant sa première valeur sont alors « sans objet ».
# Sous [series."titre"] : deux colonnes qui ont le même « indicator » sont une seule série.
# Rupture de série : [series."titre".breaks], puis "période" = "raison".
"""


@dataclass(frozen=True)
class Card:
    """What is known of an indicator met in public files.

    Parameters
    ----------
    titles
        Patterns of the titles under which it is met, folded, without their year; a group
        ``year`` gives the two digits of one.
    guard
        What its values do not allow one to say.
    themes
        Themes of experience sheets that bear on its subject; none where nothing links.
    question
        What a group may ask itself when its value is unlike that of others.
    """

    id: str
    label: str
    unit: str
    source: str
    definition: str
    vintage: str = ""
    numerator: str = ""
    denominator: str = ""
    guard: str = ""
    titles: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    question: str = ""


@dataclass(frozen=True)
class Country:
    """What the reception of context data must know of the country.

    Parameters
    ----------
    places
        Level -> code -> name, those of today.
    former
        Codes of communes that are no longer, or of parts of one.
    vintage
        Year of the official geographic code.
    cards
        Indicators known.
    expected
        Indicator -> id of a territory -> about what its value is.
    held
        Gives the values received before: id of an observation -> value.
    """

    places: Pairs[str, Pairs[str, str]]
    former: frozenset[str] = frozenset()
    vintage: int = 0
    cards: tuple[Card, ...] = ()
    expected: Pairs[str, Pairs[str, float]] = field(default_factory=dict)
    held: Callable[[], Pairs[str, float]] = dict


@dataclass(frozen=True)
class Series:
    """What one column of values is, or what one name of indicator stands for in a long sheet.

    Parameters
    ----------
    uncovered
        Sentence of the rule « the zeros before the first value are no zeros »; empty: they are.
    breaks
        Period from which values are not comparable with those before -> why.
    """

    indicator: str
    label: str
    unit: str = ""
    period: str = ""
    vintage: str = ""
    numerator: str = ""
    denominator: str = ""
    definition: str = ""
    limits: str = ""
    source: str = ""
    diffusion: str = ""
    uncovered: str = ""
    breaks: Pairs[str, str] = field(default_factory=dict)

    @property
    def comparability(self) -> str:
        """Breaks and rules, as the reports state them."""
        told = [f"Rupture en {period} : {why}" for period, why in self.breaks.items()]
        said = (*told, self.uncovered, self.limits)
        return " ".join(f"{text.rstrip('. ')}." for text in said if text)


@dataclass(frozen=True)
class Description:
    """How a sheet of context data is read.

    Parameters
    ----------
    mapping
        Its columns: those of values feed ``observations.value``; that of labels is compared.
    level
        Level of its territories (a code of `territory_levels`).
    series
        Column of values, or name of indicator -> what it is.
    absences
        Text of the source, folded -> state; the empty text is a blank cell.
    doubts
        French sentences to confirm, of a description that has just been proposed.
    """

    mapping: Mapping
    level: str
    series: Pairs[str, Series]
    absences: Pairs[str, str]
    doubts: tuple[str, ...] = field(default=(), compare=False)

    def column(self, target: str) -> str:
        """The one column that feeds a field; empty when there is none."""
        return next((c for c, fed in self.mapping.columns.items() if target in fed), "")

    @property
    def values(self) -> list[str]:
        """Columns of values, in order."""
        return [c for c, fed in self.mapping.columns.items() if VALUE in fed]

    @classmethod
    def load(cls, path: Path | str) -> Description | None:
        """Read the description that a file of correspondence holds, or None.

        Raises
        ------
        MaterialError
            When it is not one, naming the part to correct.
        """
        path = Path(path)
        mapping = Mapping.load(path)
        try:
            raw = tomllib.loads(path.read_text("utf-8-sig"))
            return _from_raw(mapping, raw) if "context" in raw else None
        except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
            raise refusal(path, error) from error

    def keep(self, folder: Path, name: str) -> Path | None:
        """Save it with its correspondence; None when it cannot be written."""
        path = keep(self.mapping, folder, name)
        if path is not None:
            with path.open("a", encoding="utf-8") as out:
                out.write(_HEAD + "\n".join(self._lines()) + "\n")
        return path

    def _lines(self) -> list[str]:
        lines = ["[context]", f"level = {_text(self.level)}", "", "[context.absences]"]
        lines += [f"{_text(text)} = {_text(state)}" for text, state in self.absences.items()]
        for title, one in self.series.items():
            lines += ["", f"[series.{_text(title)}]"]
            names = [f.name for f in fields(one) if f.name != "breaks"]
            lines += [f"{name} = {_text(getattr(one, name))}" for name in names]
            if one.breaks:
                lines += [f"[series.{_text(title)}.breaks]"]
                lines += [f"{_text(p)} = {_text(why)}" for p, why in one.breaks.items()]
        return lines


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _from_raw(mapping: Mapping, raw: dict[str, Any]) -> Description:
    """Read the parts of a description; what is missing of a series takes its default."""
    context = raw["context"]
    level, absences = context["level"], context.get("absences", {})
    if level not in LEVELS:
        raise WrongPartError(f"« level » attend {', '.join(LEVELS)}, pas {level!r}")
    wrong = [state for state in absences.values() if state not in STATES]
    if wrong:
        raise WrongPartError(f"[context.absences] attend {', '.join(STATES)}, pas {wrong[0]!r}")
    series = {title: _series(title, one) for title, one in raw.get("series", {}).items()}
    values = [column for column, fed in mapping.columns.items() if VALUE in fed]
    named = any(NAME in fed for fed in mapping.columns.values())
    lacking = [column for column in values if column not in series and not named]
    if lacking:
        raise WrongPartError(f'[series."{lacking[0]}"] manque')
    return Description(mapping, level, series, absences)


def _series(title: str, raw: dict[str, Any]) -> Series:
    known = {f.name for f in fields(Series)}
    unknown = [name for name in raw if name not in known]
    if unknown:
        raise WrongPartError(f'[series."{title}"] ne connaît pas « {unknown[0]} »')
    one = Series(**{"indicator": "", "label": title, **raw})
    texts = [value for name, value in raw.items() if name != "breaks"]
    wrong = [value for value in (*texts, *one.breaks.values()) if not isinstance(value, str)]
    if wrong or not one.indicator.strip():
        said = f"pas {wrong[0]!r}" if wrong else "« indicator » est vide"
        raise WrongPartError(f'[series."{title}"] attend du texte entre guillemets, {said}')
    if one.period and not period_of(one.period):
        raise WrongPartError(f'[series."{title}"] « period » attend {_PERIODS}, pas {one.period!r}')
    return replace(one, label=one.label or title, period=period_of(one.period))


def described(sheet: Sheet, folder: Path | None) -> Description | None:
    """Find the saved description of a sheet: one that speaks of all its columns.

    One proposed for a file of the same name, years apart, goes before the others.

    Raises
    ------
    MaterialError
        When the one that suits it cannot be read.
    """
    found: list[tuple[bool, Path]] = []
    for path in sorted(Path(folder).glob("*.toml")) if folder is not None else ():
        try:
            mapping = Mapping.load(path)
        except MaterialError:
            continue  # `mapping.saved` tells it
        if mapping.described and mapping.covered_by(sheet) and not mapping.unspoken(sheet):
            found.append((source_of(mapping.source) != source_of(sheet.file), path))
    return Description.load(min(found)[1]) if found else None


def source_of(file: str) -> str:
    """Name of a file without what changes from an edition to the next."""
    name = re.sub(r"[^a-z]+|(?<![a-z])v(?=\d)", "_", plain(PurePath(file).stem))
    return name.strip("_") or "autre"


def sources_of(folder: Path | None) -> dict[str, set[str]]:
    """Indicator -> sources of the saved descriptions that speak of it."""
    found: dict[str, set[str]] = {}
    for path in sorted(Path(folder).glob("*.toml")) if folder is not None else ():
        try:
            one = Description.load(path)
        except MaterialError:
            continue  # told when its own sheet comes
        if one is not None:
            for series in one.series.values():
                found.setdefault(series.indicator, set()).add(one.mapping.source)
    return found
