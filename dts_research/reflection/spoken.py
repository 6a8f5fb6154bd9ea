"""Comments ready to be handed to the renderer: plain values, guarded as every free text is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dts_research.errors import DtsError
from dts_research.protect.names import mask_persons
from dts_research.reflection.commentary import Written, read_all
from dts_research.reflection.reviewing import DRAFT, Reading, comment_subject, readings, standing
from dts_research.reports.comments import NETWORK, Comment
from dts_research.reports.names import slug
from dts_research.reports.plan import Block, load_plan

if TYPE_CHECKING:
    from dts_research.workbook import Workbook


def spoken(book: Workbook) -> tuple[Comment, ...]:
    """Every comment of a workbook, for its reports."""
    found = [one for one in read_all(book.workspace) if one.text.strip() or one.faults]
    if not found:
        return ()
    blocks = plan_of(book)
    known = readings(book.workspace)
    labels = _cycles(book)
    texts = guarded(book, [text for one in found for text in (one.text, _role(one))])
    return tuple(
        _comment(one, texts[2 * at], texts[2 * at + 1], family_of(one, blocks), known, labels)
        for at, one in enumerate(found)
    )


def guarded(book: Workbook, texts: Sequence[str]) -> list[str]:
    """Texts without names of persons, nor of structures that may not be named."""
    import pandas as pd

    from dts_research.workbook.agreed import AgreedReader

    frame = pd.DataFrame({"text": pd.Series(list(texts), dtype=object)})
    if book.workspace.store.is_file():
        with book.store() as store:
            frame = AgreedReader(store).masked(frame)
    return [mask_persons(text) for text in frame["text"]]


def family_of(one: Written, blocks: Sequence[Block]) -> str:
    """Beginning of the ids of the reports a comment is shown in.

    Without a word of it in its header, that is the first report of the plan on its territory.
    """
    folder = one.territory.casefold()
    bases = [_base(block, one.territory) for block in blocks if _covers(block, folder)]
    named = one.fields.get("report", "")
    if not named:
        return bases[0] if bases else ""
    fitting = [base for base in bases if f"{named}-".startswith(f"{base}-")]
    return max(fitting, key=len, default=named)


def _covers(block: Block, folder: str) -> bool:
    if block.territories in ("", "all"):
        return (folder == NETWORK) == (block.territories == "")
    return folder in {slug(code).casefold() for code in block.territories}


def _base(block: Block, folder: str) -> str:
    return block.id if block.territories == "" else f"{block.id}-{folder}"


def plan_of(book: Workbook) -> tuple[Block, ...]:
    """Blocks of the plan, none where it cannot be read: who makes reports says so."""
    try:
        return load_plan(book.workspace.notebooks / "plan.toml")
    except DtsError:
        return ()


def _cycles(book: Workbook) -> Mapping[str, str]:
    if not book.workspace.store.is_file():
        return {}
    (cycles,) = book.frames("cycles")
    return {str(row.cycle_id): str(row.label) for row in cycles.itertuples()}


def _role(one: Written) -> str:
    return one.fields.get("role", "")


def _comment(
    one: Written, text: str, role: str, family: str, known: Sequence[Reading],
    cycles: Mapping[str, str],
) -> Comment:  # fmt: skip
    where = standing(comment_subject(one), known)
    given = one.fields
    return Comment(
        one.id, one.figure, text, one.territory, family, given.get("report", ""),
        given.get("data", ""), one.cycle, cycles.get(one.cycle, one.cycle), role,
        given.get("written", ""), given.get("confirmed", ""), where.label,
        where.state != DRAFT, one.reply, given.get("diffusion"), " ".join(one.faults),
    )  # fmt: skip
