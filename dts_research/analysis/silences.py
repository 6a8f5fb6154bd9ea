"""Who and what is not heard: missions without a stop, structures never quoted, empty chairs."""

from __future__ import annotations

import pandas as pd

from dts_research.analysis.portrait import labels, says_nothing
from dts_research.analysis.result import listed

STOPPED = "arretee"
# Those of whom the sheets speak, and whom an empty chair leaves to be spoken for.
EXPECTED = ("salaries_parcours", "elus", "agents_collectivites", "habitants", "entreprises")


def met_resistance(experiences: pd.DataFrame) -> pd.Series:
    """Tell the experiences that stopped, or whose sheet says what resisted."""
    told = [not says_nothing(text) for text in experiences["what_resisted"]]
    return (experiences["stage"] == STOPPED) | pd.Series(told, index=experiences.index, dtype=bool)


def missions_without_stop(experiences: pd.DataFrame) -> tuple[str, ...]:
    """Labels of the missions that have sheets, none of which tells of a stop."""
    names = labels("missions")
    met = {mission for cell in experiences["missions"] for mission in listed(cell)}
    over = experiences[experiences["stage"] == STOPPED]["missions"]
    stopped = {mission for cell in over for mission in listed(cell)}
    return tuple(names[mission] for mission in names if mission in met - stopped)


def never_quoted(experiences: pd.DataFrame, quotes: pd.DataFrame) -> tuple[str, ...]:
    """Ids of the structures that have sheets, none of which holds words of anybody."""
    heard = experiences["experience_id"].isin(set(quotes["experience_id"]))
    quoted = set(experiences[heard]["structure_id"].dropna())
    return tuple(
        structure
        for structure in dict.fromkeys(experiences["structure_id"].dropna())
        if structure not in quoted
    )


def empty_chairs(sessions: pd.DataFrame, participants: pd.DataFrame) -> tuple[str, ...]:
    """Labels of the expected categories of which nobody was counted at the last session.

    Nothing is said where the last session counted nobody at all: it was not filled in.
    """
    dated = sessions[sessions["date"].notna()].sort_values("date", kind="stable")
    if dated.empty:
        return ()
    last = participants[participants["session_id"] == dated["session_id"].iloc[-1]]
    there = set(last[last["count"].fillna(0) > 0]["category"])
    names = labels("participant_categories")
    return tuple(names[code] for code in EXPECTED if code not in there) if there else ()
