"""What the session notebook shows: one function a cell, each gives what one document says."""

from dts_research.reflection.kit_agenda import (
    agenda,
    lengths,
    never_cut,
    short_agenda,
    when_late,
)
from dts_research.reflection.kit_figures import asked_before, in_words, on_the_wall, posters
from dts_research.reflection.kit_handout import (
    decided,
    discussion,
    every_question,
    question,
    question_alone,
    rights,
)
from dts_research.reflection.kit_notes import (
    afterwards,
    moment,
    taking_notes,
    the_day_before,
    the_hour_before,
)
from dts_research.reflection.kit_pieces import about_posters, readme
from dts_research.reflection.kit_register import register
from dts_research.reflection.kit_session import cover, prepare
from dts_research.reflection.kit_slides import closing, deciding, follow_up, looking_back
from dts_research.reflection.kit_stories import how_chosen, others, stories, titles

__all__ = [
    "about_posters",
    "afterwards",
    "agenda",
    "asked_before",
    "closing",
    "cover",
    "decided",
    "deciding",
    "discussion",
    "every_question",
    "follow_up",
    "how_chosen",
    "in_words",
    "lengths",
    "looking_back",
    "moment",
    "never_cut",
    "on_the_wall",
    "others",
    "posters",
    "prepare",
    "question",
    "question_alone",
    "readme",
    "register",
    "rights",
    "short_agenda",
    "stories",
    "taking_notes",
    "the_day_before",
    "the_hour_before",
    "titles",
    "when_late",
]
