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

    A part starts at a second-level heading; it is bare when it holds absences, its introduction
    and nothing else. Without that box, everything stays in place.
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


def _bare(part: list[Block]) -> bool:
    kinds = {block["kind"] for block in part}
    return "absence" in kinds and kinds <= {"heading", "paragraph", "absence"}


def _is_box(block: Block) -> bool:
    return block["kind"] == "callout" and block.get("id") == SILENCES
