"""One function per table or text block; each takes a material and returns what a cell shows."""

from dts_research.display.tables_changes import changes
from dts_research.display.tables_cycle import cycle
from dts_research.display.tables_decisions import follow_up
from dts_research.display.tables_experiences import partners, sheets, structures
from dts_research.display.tables_glossary import glossary
from dts_research.display.tables_hypotheses import hypotheses
from dts_research.display.tables_method import method
from dts_research.display.tables_opening import cover, key_figures, summary
from dts_research.display.tables_overview import experiences
from dts_research.display.tables_passages import (
    open_questions,
    surprises,
    voices,
    what_resisted,
    what_worked,
)
from dts_research.display.tables_places import place_evidence
from dts_research.display.tables_positions import (
    minority_views,
    raised,
    same_hypotheses,
    side_by_side,
)
from dts_research.display.tables_questions import discussion
from dts_research.display.tables_readings import readings
from dts_research.display.tables_reflection import contributions, references
from dts_research.display.tables_sources import sources, unknowns
from dts_research.display.tables_threads import threads
from dts_research.display.tables_weave import brought, comes_back

__all__ = [
    "brought",
    "changes",
    "comes_back",
    "contributions",
    "cover",
    "cycle",
    "discussion",
    "experiences",
    "follow_up",
    "glossary",
    "hypotheses",
    "key_figures",
    "method",
    "minority_views",
    "open_questions",
    "partners",
    "place_evidence",
    "raised",
    "readings",
    "references",
    "same_hypotheses",
    "sheets",
    "side_by_side",
    "sources",
    "structures",
    "summary",
    "surprises",
    "threads",
    "unknowns",
    "voices",
    "what_resisted",
    "what_worked",
]
