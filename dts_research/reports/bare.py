"""Parts of a document that hold nothing but absences: said together, not one page after another."""

from __future__ import annotations

from typing import Any

Block = dict[str, Any]
# From how many such parts on they are gathered; one or two stay at their place.
PILE = 3
# The box where what is not known is told: what is gathered follows it.
SILENCES = "silences"


def gathered(found: list[Block]) -> list[Block]:
    """Blocks in order, the absences of bare parts moved after the box of what is not known.

    A part starts at a second-level heading; it is bare when it holds absences and nothing else but
    the sentence that introduces it, in the cell of its heading. Any other prose keeps its part in
    place, and so does a document without that box.
    """
    parts = _parts(found)
    bare = [part for part in parts if _bare(part)]
    if len(bare) < PILE or not any(_is_box(block) for block in found):
        return found
    absences = [block for part in bare for block in part if block["kind"] == "absence"]
    kept = [block for part in parts if not _bare(part) for block in part]
    place = next(i for i, block in enumerate(kept) if _is_box(block)) + 1
    return [*kept[:place], *absences, *kept[place:]]


def _parts(found: list[Block]) -> list[list[Block]]:
    parts: list[list[Block]] = [[]]
    for block in found:
        if block["kind"] == "heading" and block["level"] == 2:
            parts.append([])
        parts[-1].append(block)
    return parts


def moved(found: list[Block], kept: list[Block]) -> dict[str, str]:
    """Where the headings that were gathered are now read: at the box of what is not known."""
    there = {block["slug"] for block in kept if block["kind"] == "heading"}
    slugs = (block["slug"] for block in found if block["kind"] == "heading")
    return {slug: SILENCES for slug in slugs if slug not in there}


def _bare(part: list[Block]) -> bool:
    kinds = {block["kind"] for block in part}
    prose = [block for block in part if block["kind"] == "paragraph"]
    introduced = [block for block in prose if block.get("cell") == part[0].get("cell")]
    alone = len(prose) <= 1 and prose == introduced
    headings = sum(block["kind"] == "heading" for block in part) == 1
    return (
        "absence" in kinds and kinds <= {"heading", "paragraph", "absence"} and alone and headings
    )


def _is_box(block: Block) -> bool:
    return block["kind"] == "callout" and block.get("id") == SILENCES
