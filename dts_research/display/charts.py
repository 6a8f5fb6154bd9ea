"""One function per chart; each takes a material and returns a block that says its message."""

from dts_research.display.charts_authorities import authority_thread
from dts_research.display.charts_decisions import decisions
from dts_research.display.charts_indicators import map_indicator
from dts_research.display.charts_maps import map_territory
from dts_research.display.charts_members import members
from dts_research.display.charts_network import map_network
from dts_research.display.charts_panels import small_multiples_missions
from dts_research.display.charts_partners import evidence_of_place, partners
from dts_research.display.charts_portrait import missions, stages, structures
from dts_research.display.charts_purchases import purchases
from dts_research.display.charts_shares import obstacle_shares
from dts_research.display.charts_themes import obstacles, themes
from dts_research.display.charts_time import timeline

__all__ = [
    "authority_thread",
    "decisions",
    "evidence_of_place",
    "map_indicator",
    "map_network",
    "map_territory",
    "members",
    "missions",
    "obstacle_shares",
    "obstacles",
    "partners",
    "purchases",
    "small_multiples_missions",
    "stages",
    "structures",
    "themes",
    "timeline",
]
