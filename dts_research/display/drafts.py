"""Drafts generated from the sheets, for a group to contest: never conclusions, never a rank."""

from dts_research.display.drafts_actors import actors
from dts_research.display.drafts_matrix import matrix
from dts_research.display.drafts_sepo import sepo
from dts_research.display.drafts_stories import stories
from dts_research.display.drafts_time import timeline
from dts_research.display.drafts_tree import tree

__all__ = ["actors", "matrix", "sepo", "stories", "timeline", "tree"]
