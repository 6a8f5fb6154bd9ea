"""One function per figure or table of a comparison; each takes a comparison and returns a block."""

from dts_research.display.charts_equipment import equipment_rates
from dts_research.display.charts_factor import factor_map
from dts_research.display.charts_funnel import funnel
from dts_research.display.charts_profile import profile
from dts_research.display.charts_trajectory import trajectory
from dts_research.display.charts_tree import dendrogram
from dts_research.display.tables_compared import (
    classes,
    cover,
    limits,
    method,
    values,
)
from dts_research.display.tables_exits import exits
from dts_research.display.tables_matched import matched, tried
from dts_research.display.tables_near import neighbours

__all__ = [
    "classes",
    "cover",
    "dendrogram",
    "equipment_rates",
    "exits",
    "factor_map",
    "funnel",
    "limits",
    "matched",
    "method",
    "neighbours",
    "profile",
    "trajectory",
    "tried",
    "values",
]
