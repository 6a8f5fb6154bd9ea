"""Drawings made plain before they are written again: style rules, wrappers, loops undone.

Engines of documents know the attributes of a drawing, not its style sheet, and stop on a drawing
that holds itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

# Elements a drawing may come to once its repetitions are followed.
MOST_ELEMENTS = 200_000
WORDS = frozenset({"text", "tspan"})
_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_COMPOUND = re.compile(r"\*|([a-zA-Z][\w-]*)?((?:[.#][\w-]+)*)")
_ASIDE = re.compile(r"@(?:import|charset|namespace)[^;{]*;|@font-face\s*\{[^}]*\}")
_MOVES = re.compile(r":(?:hover|focus|active|visited|link)\b")
_SAID = re.compile(
    r"fill|stroke|opacity|color|(?:fill|stroke|font|stop|marker|clip)-[a-z-]+|text-anchor|mask"
    r"|dominant-baseline|display|visibility|letter-spacing|text-decoration|marker"
)


class Rule(NamedTuple):
    """One rule of a style sheet: its weight, its selector in parts, what it says."""

    weight: tuple[int, int, int]
    parts: tuple[tuple[str, frozenset[str]], ...]
    said: dict[str, str]


def name_of(element: Any) -> str:
    """Name of an element without its space."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def make_plain(root: Any) -> list[str]:
    """Undo in place what documents cannot draw.

    Returns
    -------
    list of str
        What could not be kept, in French; « style » alone where colours are lost.
    """
    rules, lost = _rules(root)
    if rules:
        _dress(root, [], rules)
    lost += _unwrapped(root, within=False)
    return lost + ([] if _follow(root) else ["boucles"])


def drawn_words(root: Any) -> str:
    """Words a drawing shows."""
    return "".join("".join(e.itertext()) for e in root.iter() if name_of(e) == "text")


def _rules(root: Any) -> tuple[list[Rule], list[str]]:
    """Rules of the style sheets of a drawing, the weakest first."""
    sheets = "".join(e.text or "" for e in root.iter() if name_of(e) == "style")
    sheets = _ASIDE.sub("", _COMMENT.sub("", sheets))
    lost = ["style"] if "@" in sheets or "var(" in sheets else []
    found = []
    for selectors, body in _RULE.findall(sheets):
        pairs = (line.partition(":") for line in body.split(";"))
        told = {k.strip().lower(): v.replace("!important", "").strip() for k, _, v in pairs}
        said = {k: v for k, v in told.items() if _SAID.fullmatch(k) and v}
        for selector in filter(None, map(str.strip, selectors.split(",") if said else [])):
            rule = _rule(selector, said)
            found += [rule] if rule else []
            lost += [] if rule or _MOVES.search(selector) else ["style"]
    return sorted(found, key=lambda rule: rule.weight), lost[:1]


def _rule(selector: str, said: dict[str, str]) -> Rule | None:
    parts = []
    for word in selector.replace(">", " ").split():
        match = _COMPOUND.fullmatch(word)
        if not match:
            return None
        parts.append((match.group(1) or "", frozenset(re.findall(r"[.#][\w-]+", word))))
    marks = [mark[0] for _, marked in parts for mark in marked]
    weight = (marks.count("#"), marks.count("."), sum(bool(name) for name, _ in parts))
    return Rule(weight, tuple(parts), said)


def _dress(element: Any, above: list[Any], rules: list[Rule]) -> None:
    """Write the rules on an element and what it holds; its own style is stronger."""
    marks = {f".{word}" for word in element.get("class", "").split()}
    chain = [*above, (name_of(element), marks | {f"#{element.get('id', '')}"})]
    own = {line.partition(":")[0].strip() for line in element.get("style", "").split(";")}
    for rule in rules:
        # What is said of everything is said once, of the whole drawing.
        if _fits(rule.parts, chain) and (rule.parts != (("", frozenset()),) or not above):
            for key in set(rule.said) - own:
                element.set(key, rule.said[key])
    for child in element:
        _dress(child, chain, rules)


def _fits(parts: tuple[tuple[str, frozenset[str]], ...], chain: list[Any]) -> bool:
    *others, last = parts
    if not _is(last, chain[-1]):
        return False
    wanted = list(reversed(others))
    for place in reversed(chain[:-1]):
        if wanted and _is(wanted[0], place):
            wanted.pop(0)
    return not wanted


def _is(part: tuple[str, frozenset[str]], place: tuple[str, set[str]]) -> bool:
    return part[0] in {"", place[0]} and part[1] <= place[1]


def _unwrapped(element: Any, *, within: bool) -> list[str]:
    """Turn links and choices into groups; words placed by a browser are put nearby, and told."""
    name, lost = name_of(element), []
    if name == "switch":
        plain = [c for c in element if name_of(c) not in {"foreignObject", ""}]
        for child in list(element):
            if child not in (plain[:1] or list(element)):
                element.remove(child)
    if name in {"a", "switch"}:
        _become(element, "tspan" if within else "g")
    elif name == "textPath":
        lost += [" ".join("".join(element.itertext()).split())]
        _become(element, "tspan")
    elif name == "foreignObject":
        return _labelled(element)
    for child in element:
        lost += _unwrapped(child, within=within or name in WORDS)
    return lost


def _become(element: Any, name: str) -> None:
    element.tag = f"{element.tag.rpartition('}')[0]}}}{name}" if "}" in element.tag else name
    for key in [k for k in element.attrib if k.rpartition("}")[2] == "href"]:
        del element.attrib[key]


def _labelled(element: Any) -> list[str]:
    """Turn a piece of a page held by a drawing into its words."""
    words = " ".join("".join(element.itertext()).split())
    sides = {k: _number(element.get(k, "")) for k in ("x", "y", "width", "height")}
    for child in list(element):
        element.remove(child)
    element.attrib.clear()
    _become(element, "text")
    element.text = words
    element.attrib |= {
        "x": f"{sides['x'] + sides['width'] / 2:g}", "text-anchor": "middle",
        "y": f"{sides['y'] + sides['height'] / 2 + 5:g}", "font-size": "14",
    }  # fmt: skip
    return [words] if words else []


def _number(text: str) -> float:
    match = re.match(r"-?\d+(?:\.\d+)?", text.strip())
    return float(match.group()) if match else 0.0


def _follow(root: Any) -> bool:
    """Cut the repetitions that hold themselves; tell whether the rest is of a decent size."""
    named = {e.get("id"): e for e in root.iter() if e.get("id")}
    known: dict[str, int] = {}

    def weight(element: Any, path: frozenset[str]) -> int:
        name = element.get("id", "")
        if name in known:
            return known[name]
        path |= {name} if name else frozenset()
        total = 1 + sum(weight(child, path) for child in element)
        for key in list(_addresses(element)):
            wanted = element.get(key)[1:]
            if wanted in path:
                del element.attrib[key]
            elif wanted in named:
                total += weight(named[wanted], path)
        known.update({name: total} if name else {})
        return total

    return weight(root, frozenset()) <= MOST_ELEMENTS


def _addresses(element: Any) -> Iterator[str]:
    if name_of(element) == "use":
        for key, value in element.attrib.items():
            if key.rpartition("}")[2] == "href" and value.startswith("#"):
                yield key
