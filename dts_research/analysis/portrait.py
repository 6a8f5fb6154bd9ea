"""Portrait of a set of experiences: how many, about what, at which stage, against what."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

import pandas as pd

from dts_research.analysis.result import NOT_GIVEN, Result, counted, listed
from dts_research.schema.catalogue import catalogue, plain

# What people write when they have nothing to write, and when they have not answered yet.
NOTHING = re.compile(
    r"(?:non|0|ras|neant|sans objet|aucun(?:e|s|es)?"
    r"|(?:rien|pas grand chose)(?: a signaler| a dire| de particulier| de special)?"
    r"|(?:pas de|pas d|aucune?|sans) (?:probleme|difficulte|surprise|frein|obstacle|remarque)s?"
    r"(?: particulier(?:e|s|es)?)?)"
)
UNANSWERED = re.compile(r"(?:x+|todo|nsp|n/?a|a (?:completer|remplir|preciser))?")


def labels(codelist: str) -> dict[str, str]:
    """Codes of a list with their French labels, in the order of the list."""
    return dict(catalogue().codelists[codelist].labels)


def by_mission(experiences: pd.DataFrame) -> Result:
    """Count experiences by mission; one with two missions counts in both."""
    return counted(experiences["missions"], labels("missions"))


def by_theme(experiences: pd.DataFrame) -> Result:
    """Count experiences by theme of the codebook; `table` also says the mission of each theme."""
    result = counted(experiences["themes"], labels("themes"))
    families = catalogue().codelists["themes"].definitions
    family = result.table["code"].map(lambda c: str(families.get(c, "")).split(":")[0].strip())
    table = result.table.assign(family=family)
    return Result(table, result.n, result.missing, result.reading, result.several)


def by_stage(experiences: pd.DataFrame) -> Result:
    """Count experiences by stage, stops included."""
    return counted(experiences["stage"], labels("stages"))


def by_sector(experiences: pd.DataFrame) -> Result:
    """Count experiences by line of business."""
    return counted(experiences["sector"], labels("sectors"))


def by_evidence_level(experiences: pd.DataFrame) -> Result:
    """Count experiences by what their observed effects rest upon."""
    return counted(experiences["evidence_level"], labels("evidence_levels"))


def by_year(experiences: pd.DataFrame) -> Result:
    """Count experiences by the year they started; years without any are kept as zeros."""
    years = [d.year if isinstance(d, date) else None for d in experiences["started_on"]]
    known = [year for year in years if year is not None]
    span = range(min(known), max(known) + 1) if known else range(0)
    cells = [None if year is None else str(year) for year in years]
    return counted(cells, {str(year): str(year) for year in span})


def by_structure_kind(experiences: pd.DataFrame, structures: pd.DataFrame) -> Result:
    """Count experiences by the kind of the structure that carries them."""
    kinds = structures.drop_duplicates("structure_id").set_index("structure_id")["kind"]
    found = experiences["structure_id"].map(kinds)
    return counted(found, labels("structure_kinds"))


def obstacles_and_levers(experiences: pd.DataFrame) -> Result:
    """Count experiences by type of obstacle met and by type of lever found.

    Returns
    -------
    Result
        ``table`` has columns code, label, obstacles, levers, both (met and found in the same
        sheet); ``missing`` counts sheets that name neither.
    """
    names = labels("obstacle_types")
    met = [set(listed(cell)) for cell in experiences["obstacles"]]
    found = [set(listed(cell)) for cell in experiences["levers"]]
    rows = [
        (code, label, sum(code in m for m in met), sum(code in f for f in found),
         sum(code in m and code in f for m, f in zip(met, found)))
        for code, label in names.items()
    ]  # fmt: skip
    silent = sum(not m and not f for m, f in zip(met, found))
    if silent:
        rows.append((NOT_GIVEN, "Non renseigné", silent, silent, silent))
    table = pd.DataFrame(rows, columns=["code", "label", "obstacles", "levers", "both"])
    several = sum(len(m) > 1 or len(f) > 1 for m, f in zip(met, found))
    reading = "Une fiche peut nommer plusieurs types de freins et de leviers."
    return Result(table, len(met), silent, reading, several)


def missions_by_stage(experiences: pd.DataFrame) -> Result:
    """Cross missions and stages.

    Returns
    -------
    Result
        ``table`` has columns mission, mission_label, stage, stage_label, count: one row per
        pair, zeros included, in the order of the code lists.
    """
    missions, stages = _with_missing("missions", experiences), _with_missing("stage", experiences)
    pairs = [
        (mission, stage[0] if stage else NOT_GIVEN)
        for m, s in zip(experiences["missions"], experiences["stage"])
        for stage in [listed(s)]
        for mission in (listed(m) or (NOT_GIVEN,))
    ]
    rows = [
        (m, m_label, s, s_label, pairs.count((m, s)))
        for m, m_label in missions.items()
        for s, s_label in stages.items()
    ]
    names = ["mission", "mission_label", "stage", "stage_label", "count"]
    silent = sum(not listed(m) for m in experiences["missions"])
    base = by_mission(experiences)
    table = pd.DataFrame(rows, columns=names)
    return Result(table, len(experiences), silent, base.reading, base.several)


def _with_missing(column: str, experiences: pd.DataFrame) -> dict[str, str]:
    names = labels({"missions": "missions", "stage": "stages"}[column])
    if any(not listed(cell) for cell in experiences[column]):
        names[NOT_GIVEN] = "Non renseigné"
    return names


def against(here: Result, everywhere: Result) -> pd.DataFrame:
    """Set the counts of a territory beside those of the whole network, category by category.

    Returns
    -------
    pandas.DataFrame
        Columns code, label, here, everywhere; the order of the code list.
    """
    told = {one.code: one.label for one in (*_lines(everywhere), *_lines(here))}
    mine, all_of_them = ({one.code: one.count for one in _lines(x)} for x in (here, everywhere))
    order = sorted(told, key=lambda code: code == NOT_GIVEN)
    rows = [(code, told[code], mine.get(code, 0), all_of_them.get(code, 0)) for code in order]
    return pd.DataFrame(rows, columns=["code", "label", "here", "everywhere"])


def _lines(result: Result) -> Iterable[Any]:
    """Rows of a count, by name."""
    return result.table[["code", "label", "count"]].itertuples(index=False, name="Line")


def says_nothing(text: Any) -> bool:
    """Tell a blank or « rien à signaler » from a text that tells something."""
    return unanswered(text) or bool(NOTHING.fullmatch(_bare(text)))


def unanswered(text: Any) -> bool:
    """Tell a blank, or what stands for one (« … », « à compléter »), from an answer."""
    return not isinstance(text, str) or bool(UNANSWERED.fullmatch(_bare(text)))


def _bare(text: str) -> str:
    """Letters and digits of a text, without accents nor capitals, a space between words."""
    return " ".join(re.findall(r"[a-z0-9/]+", plain(text)))


def said(experiences: pd.DataFrame, column: str) -> Result:
    """Tell apart the sheets that tell something in a long field, nothing to tell, and blank.

    Returns
    -------
    Result
        ``table`` has columns state (``told``, ``nothing``, ``blank``) and count.
    """
    cells = list(experiences[column])
    blank = sum(map(unanswered, cells))
    nothing = sum(says_nothing(cell) for cell in cells) - blank
    told = len(cells) - blank - nothing
    rows = [("told", told), ("nothing", nothing), ("blank", blank)]
    table = pd.DataFrame(rows, columns=["state", "count"])
    return Result(table, len(cells), blank, "« Rien à signaler » est une réponse ; un blanc, non.")
