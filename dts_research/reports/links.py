"""References from one place of a document to another, each by the number or name of its target."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from dts_research.display.blocks import slug
from dts_research.reports.faults import Fault
from dts_research.reports.prose import plain

Block = dict[str, Any]
NUMBERED = {"chart": "figure", "image": "figure", "table": "tableau", "board": "brouillon"}
FULLER = "une figure de la version complète de ce document"
ELSEWHERE = "une figure que ce document ne montre pas"
LOST, COMPLETE = "[renvoi perdu : {}]", "la version complète de ce document"
# Kinds that have no place of their own to be led to.
_NOWHERE = frozenset({"paragraph", "list", "quotation", "code", "interactive", "error", "aside"})
_NOWHERE |= {"see_annex", "quote", "cover", "comment"}


def resolved(
    blocks: list[Block],
    faults: list[Fault],
    *,
    hidden: Collection[str] = (),
    gone: Mapping[str, str] | None = None,
) -> list[Block]:
    """Blocks whose references lead somewhere; those that lead nowhere become plain words.

    Parameters
    ----------
    blocks
        Blocks with their identifiers and numbers.
    faults
        Faults to which references without a target are added.
    hidden
        Identifiers that other readers see: what leads there becomes plain words, without fault.
    gone
        Identifiers that are read elsewhere in the document, and where.
    """
    targets = dict(_targets(blocks))
    gone = {name: place for name, place in (gone or {}).items() if name not in targets}
    done = []
    for block in blocks:
        links = _Links(targets, hidden, int(block.get("cell", 0)), faults)
        links.gone = gone
        followed = {key: links.follow(value) for key, value in block.items()}
        named = {"text": plain(followed["inline"]).strip()} if block["kind"] == "heading" else {}
        done.append(followed | named)
    return done


def _targets(blocks: Iterable[Block]) -> Iterable[tuple[str, str]]:
    for block in blocks:
        kind = block["kind"]
        if kind == "heading":
            yield block["slug"], f"« {block['text']} »"
        elif kind in NUMBERED:
            yield block["id"], f"{NUMBERED[kind]} {block['number']}"
        elif kind not in _NOWHERE:
            yield block["id"], f"« {block['title']} »" if block.get("title") else "plus loin"


class _Links:
    """Follows the references of one block."""

    def __init__(
        self, targets: Mapping[str, str], hidden: Collection[str], cell: int, faults: list[Fault]
    ) -> None:
        self.targets, self.hidden, self.cell, self.faults = targets, hidden, cell, faults
        self.gone: Mapping[str, str] = {}

    def follow(self, value: Any) -> Any:
        """Copy of a value whose references are resolved."""
        if isinstance(value, list):
            return [self.follow(item) for item in value] if _nested(value) else value
        if not isinstance(value, dict):
            return value
        if value.get("type") == "ref":
            return self._piece(value)
        if "href" in value and "text" in value:
            return self._finding(value)
        if "leads_to" in value and value["leads_to"].partition("--")[0] not in self.targets:
            value = {key: item for key, item in value.items() if key != "leads_to"}
        if "figure" in value:
            return self._figure(value)
        done = {key: self.follow(item) for key, item in value.items()}
        if "figures" in done:  # what this document does not show is said once
            done["figures"] = list({one["label"]: one for one in done["figures"]}.values())
        return done

    def _piece(self, piece: Block) -> Block:
        name = self._name(piece["href"])
        text = piece["text"] or self.targets.get(name, "")
        if not name:
            names = (piece["href"], slug(piece["href"]))
            lost = COMPLETE if any(one in self.hidden for one in names) else LOST
            return {"type": "text", "text": text or lost.format(piece["href"])}
        return {**piece, "href": name, "text": text}

    def _figure(self, shown: Block) -> Block:
        """A figure that somebody named: it may not be in this document, and that is no fault."""
        found = (n for n in (shown["figure"], slug(shown["figure"])) if n in self.targets)
        name = next(found, "")
        if name:
            return {**shown, "href": name, "label": self.targets[name]}
        lost = FULLER if shown["figure"] in self.hidden else ELSEWHERE
        return {**shown, "label": shown.get("label") or lost}

    def _finding(self, finding: Block) -> Block:
        name = self._name(finding["href"])
        kept = {key: value for key, value in finding.items() if key != "href"}
        return kept | ({"href": name, "label": self.targets[name]} if name else {})

    def _name(self, href: str) -> str:
        """Identifier meant by a reference, as written or as JupyterLab writes it."""
        for name in (self.gone.get(slug(href), href), slug(href)):
            if name in self.targets or name in self.hidden:
                return name if name in self.targets else ""
        said = f"Le renvoi vers « {href} » ne mène nulle part."
        known = [name for name in self.targets if name.startswith(("fig-", "tab-"))][:6]
        fix = f"Identifiants connus : {', '.join(known)}." if known else "Le retirer."
        self.faults.append(Fault(said, self.cell, fix))
        return ""


def _nested(items: list[Any]) -> bool:
    return bool(items) and isinstance(items[0], (dict, list))
