"""What cannot be shown, said once: boxes that follow each other become one."""

from __future__ import annotations

from itertools import groupby
from typing import Any

Block = dict[str, Any]


def merged(found: list[Block]) -> list[Block]:
    """Blocks in the same order, absences that follow each other made one.

    The one block keeps each mark, title and text in ``items``; its own title counts them, and its
    own text says them all for who reads no further.
    """
    done: list[Block] = []
    for absent, run in groupby(found, key=lambda block: block["kind"] == "absence"):
        blocks = list(run)
        done += [_one(blocks)] if absent and len(blocks) > 1 else blocks
    return done


def _one(blocks: list[Block]) -> Block:
    items = [{key: block[key] for key in ("mark", "title", "text")} for block in blocks]
    marks = {item["mark"] for item in items}
    text = "\n\n".join(_said(item, len(marks) > 1) for item in items)
    mark = marks.pop() if len(marks) == 1 else ""
    title = f"Rien à montrer sur {len(items)} points, et pourquoi"
    return blocks[0] | {"title": title, "mark": mark, "text": text, "items": items}


def _said(item: Block, marked: bool) -> str:
    title = item["title"].rstrip(" .:")
    return f"{title} : {item['text']}" + (f" ({item['mark']})" if marked else "")
