"""French typography, applied when a document is made; the material itself stays as it was typed.

Narrow no-break space before ``; ! ?`` and in groups of digits, no-break space before ``: » % €``
and after ``«``, curly apostrophes, one sign for the ellipsis. Addresses, codes and file names are
left as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

NARROW = "\u202f"
FIXED = "\u00a0"
JOINT = "\ue001"
SPACES = "[ \t\u00a0\u202f\u2009]"

# Addresses, electronic or not a word at all: never touched.
_KEPT = re.compile(
    r"(?:[a-z][a-z0-9+.-]{0,20}://|www\.|mailto:)[^\s<>«»]+"
    r"|[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"
    r"|\b\w+(?:[-_/]\w+)*[-_/]\w*\d\w*(?:[-_/]\w+)*"
    r"|\b[\w-]+\.[a-z]{2,5}\b(?=[^\w]|$)",
    re.IGNORECASE,
)
_CODE_BEFORE = re.compile(
    r"(?:codes?|insee|communes?|cp|siren|siret|n°|identifiant|réf\.?)\W*$", re.IGNORECASE
)
_UNIT = r"(?:k€|M€|€|%|‰|h|km|m²|ha|kg|min|ans?)"
_LOWER = r"[^\W\d_A-ZÀ-Þ]"
_RULES = tuple(
    (re.compile(pattern), result)
    for pattern, result in (
        (r"(?<=[^\W\d_])'(?=[^\W\d_«])", "’"),
        (r"\b([ldjmtscnLDJMTSCN]|[Qq]u)'(?=[«\d])", r"\1’"),
        (r"(?<!\.)\.\.\.(?!\.)", "…"),
        (rf"«{SPACES}*(?=\S)", f"«{FIXED}"),
        (rf"(?<=\S){SPACES}*»", f"{FIXED}»"),
        (rf"(?<=[^\s\d;:!?(\[«/]){SPACES}*(?<![;:!?(])([;!?]+)(?=[\s»)\]’”…,]|$)", rf"{NARROW}\1"),
        (rf"(?<=\d){SPACES}*([;!?]+)(?=[\s»)\]’”…,]|$)", rf"{NARROW}\1"),
        (rf"(?<=[^\s:;!?(\[«]){SPACES}*:(?=\s|$)", f"{FIXED}:"),
        (rf"(?<=\d){SPACES}*({_UNIT})(?!\w)", rf"{FIXED}\1"),
        (rf"\b([Nn]°){SPACES}*(?=\d)", rf"\1{FIXED}"),
        (
            rf"(?<![\w.,/:'’–-])(?<!\d{SPACES})([1-9]\d?) (?={_LOWER}{{1,12}}\b)",
            rf"\1{FIXED}",
        ),
        (rf"\b(1er){SPACES}+(?=[^\W\d_])", rf"\1{FIXED}"),
        (r"(?<![\d.,/:-])(\d{1,3}(?:[ \u00a0\u2009]\d{3})+)(?![\d/:-]|[ \u00a0]\d)", None),
        (r"(?<![\w.,/:'’-])(\d{5,8})(?![\w/:'’-]|[.]\d)", "digits"),
    )
)


# Control characters, halves of characters, and what turns the reading order around.
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff"
    r"\ufff9-\ufffc\ufffe\uffff\ud800-\udfff]"
)


def printable(text: str) -> str:
    """Leave out what cannot be printed, or would hide the order of the words."""
    return _UNPRINTABLE.sub("", text)


@lru_cache(maxsize=4096)
def french(text: str) -> str:
    """Set one plain text in French typography.

    Parameters
    ----------
    text
        Plain text, never markup.

    Returns
    -------
    str
        The same words; only spaces, apostrophes and ellipses may differ. Applying it twice
        changes nothing more.
    """
    text = printable(text)
    parts: list[str] = []
    end = 0
    for kept in _KEPT.finditer(text):
        parts += [text[end : kept.start()], kept.group()]
        end = kept.end()
    parts.append(text[end:])
    return _set(parts) if len(parts) > 1 else _apply(text)


def _set(parts: list[str]) -> str:
    """Set the texts between what is kept, each kept part standing for one letter."""
    mark = "\ue000"
    kept = parts[1::2]
    loose = _apply(mark.join(part.replace(mark, "") for part in parts[::2]))
    pieces = loose.split(mark)
    return "".join(piece + word for piece, word in zip(pieces, [*kept, ""]))


def _apply(text: str) -> str:
    for pattern, result in _RULES:
        if result is None:
            text = pattern.sub(lambda m: re.sub(SPACES, NARROW, m.group()), text)
        elif result == "digits":
            text = pattern.sub(_group, text)
        else:
            text = pattern.sub(result, text)
    return text


def _group(match: re.Match[str]) -> str:
    """Group the digits of a quantity, not those of a code."""
    digits, text = match.group(), match.string
    after = text[match.end() : match.end() + 2]
    if digits.startswith("0") or _CODE_BEFORE.search(
        text[max(0, match.start() - 14) : match.start()]
    ):
        return digits
    counted = bool(re.match(rf"{SPACES}[a-zéèêàâîôûç%€‰]", after))
    if len(digits) == 5 and not counted:
        return digits
    return re.sub(r"(?<=\d)(?=(?:\d{3})+$)", NARROW, digits)


def set_inline(pieces: list[Any]) -> list[Any]:
    """Set an inline content as the one text it makes, its codes and addresses left alone."""
    leaves: list[str] = []
    _leaves(pieces, leaves)
    done = french(JOINT.join(leaf.replace(JOINT, "") for leaf in leaves)).split(JOINT)
    return _hang(pieces, done if len(done) == len(leaves) else leaves[:])


_WORDS = ("text", "ref")


def _leaves(pieces: list[Any], leaves: list[str]) -> None:
    for piece in pieces:
        if "content" in piece:
            _leaves(piece["content"], leaves)
        else:
            leaves.append(piece.get("text", "") if piece.get("type") in _WORDS else "")


def _hang(pieces: list[Any], texts: list[str]) -> list[Any]:
    """Put the texts back on their pieces, in order; notes are texts of their own."""
    hung = []
    for piece in pieces:
        if "content" in piece:
            hung.append({**piece, "content": _hang(piece["content"], texts)})
            continue
        text = texts.pop(0)
        if piece.get("type") in _WORDS:
            piece = {**piece, "text": text}
        elif piece.get("type") == "note":
            piece = {**piece, "blocks": typeset(piece["blocks"])}
        hung.append(piece)
    return hung


def quantity(text: str) -> str:
    """Group the digits of a text that is one number, such as a key figure."""
    match = re.fullmatch(r"([-+−]?)([1-9]\d{4,})([.,]\d+)?", text.strip())
    if not match:
        return text
    sign, digits, rest = match.groups()
    return sign + re.sub(r"(?<=\d)(?=(?:\d{3})+$)", NARROW, digits) + (rest or "")


LEFT_ALONE = frozenset(
    {
        "kind",
        "id",
        "svg",
        "slug",
        "url",
        "href",
        "leads_to",
        "src",
        "type",
        "file",
        "anchor",
        "tone",
        "align",
        "width",
        "figure",
    }
)


def typeset(value: Any, *, left_alone: frozenset[str] = LEFT_ALONE) -> Any:
    """Set every text of a block, except its identifiers, addresses and drawings."""
    if isinstance(value, str):
        return french(value)
    if isinstance(value, Mapping):
        if "code" in (value.get("kind"), value.get("type")):
            return dict(value)
        return {
            key: item
            if key in left_alone
            else set_inline(item)
            if key == "inline"
            else typeset(item, left_alone=left_alone)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [typeset(item, left_alone=left_alone) for item in value]
    return value
