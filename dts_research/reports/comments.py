"""What people say of a figure, set beside it: plain values, handed over by who reads them."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from dts_research.display.fragments import full_date
from dts_research.protect.disclosure import Policy
from dts_research.reports.faults import Fault, faults_in
from dts_research.reports.names import slug
from dts_research.reports.plan import Report
from dts_research.reports.verbatim import said_in

Block = dict[str, Any]
NETWORK = "reseau"
COMMENT, REPLY = "Commentaire", "Réponse du territoire"
OTHERS = "Autres commentaires"
UNKNOWN_DATA = "On ne sait pas de quelles données il parlait."
HELD_REPLY = "Le territoire a répondu ; sa réponse n'est pas diffusée à ce public."
AGAIN = "À relire"
NUMBERED = {"chart": "figure", "image": "figure", "table": "tableau"}
# What only says where a block stands in its document, or how it is drawn.
_PLACE = {"cell", "level", "number", "untitled", "poster", "id", "svg", "wide", "annex", "href"}
_PROSE = {"heading", "paragraph", "list", "quotation", "aside", "code", "see_annex", "interactive"}
_PROSE |= {"error", "cover", "quote"}


@dataclass(frozen=True)
class Comment:
    """What somebody wrote of a figure.

    Parameters
    ----------
    id
        Where it is kept, as people name it: ``71/tous/experiences-par-mission``.
    figure
        Identifier of the block it speaks of.
    text
        Markdown, already guarded.
    territory
        Code of the territory as folders write it; ``reseau`` for the whole network.
    family
        Beginning of the id of the reports it is shown in: ``territoire-71``; "" for all those
        of its territory.
    report
        Id of the report that was read; "" when it is not known.
    data
        Digest of the data of the figure as it was read; "" when it is not known.
    cycle
        Id of the cycle it belongs to; "" for all.
    written, confirmed
        ISO dates; those that were not understood are as they were typed.
    status
        French label of where the reviewing stands.
    reviewed
        Whether `status` holds for these data only.
    reply
        Whether the territory itself speaks.
    diffusion
        Code of how far it may go; None when nothing says it.
    fault
        What is wrong with its file, in French.
    """

    id: str
    figure: str
    text: str
    territory: str = ""
    family: str = ""
    report: str = ""
    data: str = ""
    cycle: str = ""
    cycle_label: str = ""
    role: str = ""
    written: str = ""
    confirmed: str = ""
    status: str = ""
    reviewed: bool = False
    reply: bool = False
    diffusion: str | None = None
    fault: str = ""
    held: bool = False


def comments_in(comments: Iterable[Comment], report: Report) -> tuple[Comment, ...]:
    """Comments of a report; those its readers may not read are there without their words."""
    audience = str(report.parameters.get("audience", report.audience))
    policy = Policy(audience=audience)
    cycle = str(report.parameters.get("cycle", ""))
    place = slug(report.territory or NETWORK).casefold()
    found = []
    for one in comments:
        elsewhere = one.family and not f"{report.id}-".startswith(f"{one.family}-")
        other = bool(cycle) and one.cycle not in ("", cycle)
        if one.territory.casefold() != place or elsewhere or other or one.diffusion == "private":
            continue
        hidden = Comment(one.id, one.figure, "", reply=one.reply, held=True)
        found.append(one if policy.lets_through(one.diffusion) else hidden)
    return tuple(sorted(found, key=lambda one: (not one.reply, one.written, one.id)))


def comments_digest(comments: Sequence[Comment]) -> str:
    """Digest of all that a report says of its comments, "" without any."""
    if not comments:
        return ""
    return _digest([asdict(one) for one in comments], length=64)


def figures_of(blocks: Iterable[Block]) -> dict[str, dict[str, str]]:
    """What can be spoken of in a document: by identifier, its title, name and data."""
    return {
        str(block["id"]): {
            "title": str(block.get("title") or ""),
            "kind": block["kind"],
            "called": _called(block),
            "data": data_digest(block),
        }
        for block in blocks
        if block["kind"] not in _PROSE and block.get("id")
    }


def data_digest(block: Mapping[str, Any]) -> str:
    """Digest of the data that a block shows, whatever its drawing; "" where it holds none.

    The order of the rows and the words around them have no part in it.
    """
    if block["kind"] == "image":
        return ""
    if block["kind"] == "chart":
        return _digest([block["data"]["columns"], sorted(block["data"].get("rows", []))])
    if block["kind"] == "table":
        heads = [[c.get("label", ""), c.get("unit", "")] for c in block["columns"]]
        return _digest([heads, sorted(block["rows"])])
    return _digest(_bare(block))


def _bare(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _bare(item) for key, item in value.items() if key not in _PLACE}
    return [_bare(item) for item in value] if isinstance(value, list) else value


def _digest(value: Any, *, length: int = 16) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    plain = unicodedata.normalize("NFC", text).encode("utf-8", "replace")
    return hashlib.sha256(plain).hexdigest()[:length]


def _called(block: Mapping[str, Any]) -> str:
    """« figure 3 », or the title of what has no number."""
    if block["kind"] in NUMBERED:
        return f"{NUMBERED[block['kind']]} {block['number']}"
    return f"« {block['title']} »" if block.get("title") else ""


def with_comments(
    blocks: list[Block], comments: Sequence[Comment], report: str, *,
    hidden: Collection[str] = (), faults: list[Fault],
) -> list[Block]:  # fmt: skip
    """Set comments beside the blocks they speak of, and the others at the end.

    Parameters
    ----------
    report
        Id of the report that is made.
    hidden
        Identifiers that only other readers see.
    faults
        Faults to which those of the files of the comments are added.
    """
    faults += [Fault(one.fault) for one in comments if one.fault]
    comments = [one for one in comments if one.held or one.text.strip()]
    known = figures_of(blocks)
    spoken: dict[str, list[Block]] = {}
    for one in comments:
        if one.figure in known and (not one.held or one.reply):
            spoken.setdefault(one.figure, []).append(_block(one, report, known[one.figure]))
    placed: list[Block] = []
    waiting: list[Block] = []
    for at, block in enumerate(blocks):
        placed.append(block)
        waiting += spoken.get(str(block.get("id")), [])
        if not _goes_on(blocks, at):
            placed += [{**one, "level": block.get("level", 3)} for one in waiting]
            waiting = []
    left = [one for one in comments if one.figure not in known]
    placed += _others(left, comments, report, hidden)
    faults += faults_in(block for block in placed if block["kind"] == "comment")
    return placed


def _goes_on(blocks: Sequence[Block], at: int) -> bool:
    """Whether a half figure has another one beside it, which nothing may part from it."""
    run = at
    while run >= 0 and _half(blocks[run]):
        run -= 1
    first = (at - run) % 2 == 1
    return first and at + 1 < len(blocks) and _half(blocks[at + 1])


def _half(block: Block) -> bool:
    return block["kind"] == "chart" and block.get("width") == "half"


def _others(
    left: Sequence[Comment], comments: Sequence[Comment], report: str, hidden: Collection[str]
) -> list[Block]:
    """What has no figure here is said at the end: shown, or counted with the reason."""
    lost = [one for one in left if one.figure not in hidden and not one.held]
    beyond = sum(one.figure in hidden and not one.held for one in left)
    kept = sum(one.held and not (one.reply and one not in left) for one in comments)
    said = [*_counted(beyond, kept)]
    blocks = [_block(one, report, {}) for one in lost]
    if not blocks and not said:
        return []
    inline = [{"type": "text", "text": OTHERS}]
    head = {"kind": "heading", "cell": 0, "level": 2, "text": OTHERS, "inline": inline}
    told = [_paragraph(text) for text in said]
    return [head | {"slug": "autres-commentaires"}, *blocks, *told]


def _counted(beyond: int, kept: int) -> Iterator[str]:
    if beyond:
        whom = "Un commentaire porte" if beyond == 1 else f"{beyond} commentaires portent"
        yield f"{whom} sur ce que montre la version complète de ce rapport."
    if kept == 1:
        yield "Un commentaire n'est pas diffusé à ce public."
    elif kept:
        yield f"{kept} commentaires ne sont pas diffusés à ce public."


def _paragraph(text: str) -> Block:
    return {"kind": "paragraph", "cell": 0, "inline": [{"type": "text", "text": text}]}


def _block(one: Comment, report: str, figure: Mapping[str, str]) -> Block:
    title = REPLY if one.reply else COMMENT
    block: Block = {"kind": "comment", "cell": 0, "level": 3, "title": title, "reply": one.reply}
    block |= {"id": f"commentaire-{slug(one.id).casefold()}", "about": _about(one, figure)}
    if one.held:
        return block | {"blocks": [_paragraph(HELD_REPLY)], "by": "", "said": []}
    changed = bool(figure) and bool(one.data) and one.data != figure["data"]
    # The figure of another version may differ without the data having changed: `_said` says so.
    read_here = (one.report or one.family or report) == report
    status = AGAIN if changed and one.reviewed and read_here else one.status
    by = [one.role or "Auteur non renseigné", status, one.cycle_label]
    blocks = said_in(one.text)
    return block | {"blocks": blocks, "by": " · ".join(filter(None, by)), "said": _said(
        one, report, figure, changed=changed)}  # fmt: skip


def _about(one: Comment, figure: Mapping[str, str]) -> list[Block]:
    if not figure:
        return []
    ref = {"type": "ref", "href": one.figure, "text": figure["called"] or "ce qui précède"}
    article = {"figure": "la ", "tableau": "du "}.get(figure["called"].partition(" ")[0], "")
    before = "à propos " if article == "du " else "à propos de "
    return [{"type": "text", "text": before + article}, ref]


def _said(one: Comment, report: str, figure: Mapping[str, str], *, changed: bool) -> list[str]:
    """When it was written and what that means for the data that are shown, in one sentence."""
    day = full_date(one.written)
    wrote = f"Écrit le {day}" if day else "Écrit sans date"
    if one.confirmed:
        wrote += f", relu et confirmé le {full_date(one.confirmed)}"
    if not figure:
        return [f"{wrote}. La figure dont il parle, « {one.figure} », n'est plus dans ce rapport."]
    if not one.data or not figure["data"]:
        return [f"{wrote}. {UNKNOWN_DATA}"]
    if not changed:
        return [f"{wrote}."]
    if one.report and one.report != report:
        return [f"{wrote} sur une autre version de ce rapport, qui ne montre pas tout à fait "
                "les mêmes données."]  # fmt: skip
    return [f"{wrote} sur une version antérieure des données."]
