"""The country around the experiences: where a code, a name or a point is.

Names
-----
geography
    The official geographic code of one vintage: communes, EPCI, départements, régions.
Geography, Territory
    What it gives, and what it resolves a code or a name to.
settle
    Decide where each place of an experience is, and on what evidence.
"""

from dts_research.reference.geography import Geography, Territory, geography
from dts_research.reference.places import settle

__all__ = ["Geography", "Territory", "geography", "settle"]
