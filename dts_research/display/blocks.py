"""Semantic blocks: what a notebook cell shows and what every kind of document reads.

A block holds plain text already guarded and drawings already made, never a raw frame. Its JSON
travels in the notebook under one mimetype; typography and layout come later, when a document is
made.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Unpack, get_args, get_origin, get_type_hints, is_typeddict

from dts_research.display import fields as spec
from dts_research.display.described import describes
from dts_research.display.markup import block_output
from dts_research.errors import DtsError

MIMETYPE = "application/vnd.dts.block+json"
TONES = ("note", "attention", "inconnu")
WIDTHS = ("full", "half")
_ID = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*")


@dataclass(frozen=True)
class Block:
    """One piece of a document, shown in the notebook and read again by the exporters."""

    kind: str
    data: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """JSON of the block, its kind beside its fields."""
        return {"kind": self.kind, **self.data}

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        shown = self.as_json()
        name = self.data.get("id")
        told = f"<p><small>Pour y renvoyer : <code>[](#{name})</code></small></p>" if name else ""
        page = block_output(shown) + told
        return {MIMETYPE: shown, "text/html": page, "text/plain": repr(self)}

    def __repr__(self) -> str:
        words = (self.data.get("title"), f"#{self.data['id']}" if "id" in self.data else "")
        return f"{self.kind} : {' · '.join(filter(None, words))}".rstrip(" :")


def cover(**fields: Unpack[spec.Cover]) -> Block:
    """First page: what, where, when, which version, by whom."""
    return _block("cover", spec.Cover, fields)


def key_figures(**fields: Unpack[spec.KeyFigures]) -> Block:
    """Four key figures at most, each with what it counts and a comparison."""
    return _block("key_figures", spec.KeyFigures, fields)


def summary(**fields: Unpack[spec.Summary]) -> Block:
    """Page that stands alone: four key figures, three findings, three questions at most."""
    return _block("summary", spec.Summary, fields)


def chart(**fields: Unpack[spec.Chart]) -> Block:
    """Figure whose title is its message, with its alt text, its source and its data."""
    return _block("chart", spec.Chart, fields)


def table(**fields: Unpack[spec.Table]) -> Block:
    """Table whose first column names the rows; cells are texts already formatted."""
    return _block("table", spec.Table, fields)


def board(**fields: Unpack[spec.Board]) -> Block:
    """Draft to contest: words set in cells, and room for those of the group."""
    return _block("board", spec.Board, fields)


def quote(**fields: Unpack[spec.Quote]) -> Block:
    """One quote alone."""
    return _block("quote", spec.Quote, fields)


def quotes(**fields: Unpack[spec.Quotes]) -> Block:
    """Words of people, with the situation of the speaker."""
    return _block("quotes", spec.Quotes, fields)


def discussion(**fields: Unpack[spec.Discussion]) -> Block:
    """Open questions that close a theme, with room to write on paper."""
    return _block("discussion", spec.Discussion, fields)


def callout(**fields: Unpack[spec.Callout]) -> Block:
    """Boxed remark: a note, a warning, something unknown."""
    return _block("callout", spec.Callout, fields)


def thread(**fields: Unpack[spec.Thread]) -> Block:
    """Dated thread of what was taken into account, and what is not known."""
    return _block("thread", spec.Thread, fields)


def follow_up(**fields: Unpack[spec.FollowUp]) -> Block:
    """What the group follows: decisions, hypotheses, readings of figures, each on a card."""
    return _block("follow_up", spec.FollowUp, fields)


def sheet(**fields: Unpack[spec.Sheet]) -> Block:
    """One experience told in full."""
    return _block("sheet", spec.Sheet, fields)


def method(**fields: Unpack[spec.Method]) -> Block:
    """Sources, definitions, method and limits."""
    return _block("method", spec.Method, fields)


def glossary(**fields: Unpack[spec.Glossary]) -> Block:
    """Acronyms and words of the document, each with what it means."""
    return _block("glossary", spec.Glossary, fields)


def absence(**fields: Unpack[spec.Absence]) -> Block:
    """Nothing to show, said as such, with the reason."""
    return _block("absence", spec.Absence, fields)


def slug(text: str) -> str:
    """Identifier made from a text: « Chiffres clés » gives ``chiffres-cles``."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("æ", "ae"))
    letters = plain.encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:80].rstrip("-")
    return words if words[:1].isalpha() else f"s-{words}".rstrip("-")


def _block(kind: str, known: type, given: Mapping[str, Any]) -> Block:
    """Check the fields of a block, then freeze them."""
    allowed = known.__annotations__
    missing = [name for name in known.__required_keys__ if not _filled(given.get(name))]  # type: ignore[attr-defined]
    unknown = sorted(set(given) - set(allowed))
    if missing:
        _refuse(kind, given, f"il manque {', '.join(sorted(missing))}.", "Donner ces champs.")
    if unknown:
        fix = f"Champs connus : {', '.join(allowed)}."
        _refuse(kind, given, f"champ inconnu {', '.join(unknown)}.", fix)
    data = _plain(kind, given)
    if kind == "table":
        data["columns"] = [{"label": c} if isinstance(c, str) else c for c in data["columns"]]
    wrong = _misfit(data, known, kind)
    if wrong:
        _refuse(kind, given, f"{wrong}.", "Revoir ce champ.")
    if not _ID.fullmatch(str(data.get("id", "a"))):
        fix = "Écrire des lettres, des chiffres et des tirets, par exemple « fig-effectifs »."
        _refuse(kind, given, f"l'identifiant « {data['id']} » n'est pas utilisable.", fix)
    _CHECKS.get(kind, lambda data: None)(data)
    return Block(kind, data)


def _filled(value: Any) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value is not None


def _refuse(kind: str, data: Mapping[str, Any], problem: str, fix: str) -> None:
    name = f" « {data['id']} »" if data.get("id") else ""
    raise DtsError(f"Bloc {kind}{name} : {problem}", fix)


def _plain(kind: str, value: Any) -> Any:
    """Copy made of texts, truth values, integers, lists and mappings only."""
    if isinstance(value, Mapping):
        return {str(key): _plain(kind, item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return ["" if item is None else _plain(kind, item) for item in value]
    if not isinstance(value, (str, bool, int)):
        message = f"Bloc {kind} : un texte était attendu, trouvé {type(value).__name__}."
        raise DtsError(message, "Mettre la valeur en forme avant de la donner au bloc.")
    return value


_hints = cache(get_type_hints)


def _misfit(value: Any, hint: Any, where: str) -> str:
    """Say where a value is not what its field expects, "" where it fits."""
    if hint is str and isinstance(value, str):  # most are
        return ""
    if get_origin(hint) is list:
        if not isinstance(value, list):
            return f"{where} doit être une liste"
        inner = get_args(hint)[0]
        return next(filter(None, (_misfit(item, inner, where) for item in value)), "")
    if not is_typeddict(hint):
        return "" if isinstance(value, hint) else f"{where} doit être de type {hint.__name__}"
    if not isinstance(value, dict):
        return f"{where} doit être un dictionnaire"
    hints = _hints(hint)
    odd = sorted(set(value) - set(hints)) + sorted(hint.__required_keys__ - set(value))
    if odd:
        return f"{where} : champ inconnu ou manquant {', '.join(odd)}"
    return next(filter(None, (_misfit(value[k], hints[k], k) for k in value)), "")


def _check_key_figures(data: dict[str, Any]) -> None:
    if not 1 <= len(data["items"]) <= 4:
        found = f"de un à quatre chiffres clés étaient attendus, trouvé {len(data['items'])}."
        _refuse("key_figures", data, found, "Garder les plus parlants.")
    for item in data["items"]:
        if not _filled(item.get("value")) or not _filled(item.get("label")):
            fix = "Donner « value » et « label » à chacun."
            _refuse("key_figures", data, "un chiffre ne va jamais sans ce qu'il compte.", fix)


def _check_summary(data: dict[str, Any]) -> None:
    _check_key_figures(data)
    for name, french in {"findings": "constats", "questions": "questions"}.items():
        if len(data[name]) > 3:
            found = f"trois {french} au plus étaient attendus, trouvé {len(data[name])}."
            _refuse("summary", data, found, "Garder ce qui aide à ouvrir la discussion.")


def _check_alt(kind: str, data: dict[str, Any]) -> None:
    alt = data["alt"].strip()
    if not describes(alt) or alt == data["title"].strip():
        fix = "Dire le type de figure, son message et les valeurs qui comptent."
        _refuse(kind, data, f"« {alt} » ne décrit pas la figure.", fix)


def _check_chart(data: dict[str, Any]) -> None:
    _check_alt("chart", data)
    if "<svg" not in data["svg"][:2000]:
        _refuse("chart", data, "un dessin SVG était attendu.", "Le dessiner sur un canvas.")
    if "<svg" not in data.get("wide", data["svg"])[:2000]:
        _refuse("chart", data, "« wide » n'est pas un dessin SVG.", "Le dessiner sur un canvas.")
    if data.setdefault("width", "full") not in WIDTHS:
        _refuse("chart", data, f"largeur inconnue « {data['width']} ».", "« full » ou « half ».")
    if not isinstance(data["data"], dict) or not data["data"].get("columns"):
        _refuse("chart", data, "les données de la figure manquent.", "Donner columns et rows.")
    _check_rows("chart", data, data["data"]["columns"], data["data"].get("rows", []))


def _check_table(data: dict[str, Any]) -> None:
    if not data["columns"]:
        _refuse("table", data, "un tableau sans colonne.", "Montrer un bloc absence à la place.")
    _check_rows("table", data, data["columns"], data["rows"])


def _check_rows(kind: str, data: dict[str, Any], columns: list[Any], rows: list[Any]) -> None:
    for number, row in enumerate(rows, start=1):
        if len(row) != len(columns):
            found = f"{len(columns)} cellules attendues à la ligne {number}, trouvé {len(row)}."
            _refuse(kind, data, found, "Donner une cellule par colonne.")
        if not all(isinstance(cell, str) for cell in row):
            found = f"la ligne {number} porte autre chose que des textes."
            _refuse(kind, data, found, "Mettre les nombres en forme avec display.style.")


def _check_board(data: dict[str, Any]) -> None:
    _check_alt("board", data)
    if not data["rows"] or not data["columns"]:
        _refuse("board", data, "rien à discuter.", "Montrer un bloc absence à la place.")
    for number, row in enumerate(data["rows"], start=1):
        if len(row["cells"]) != len(data["columns"]):
            found = f"{len(data['columns'])} cases attendues à la ligne {number}."
            _refuse("board", data, found, "Donner une case par colonne.")
        if not all(cell["passages"] or _filled(cell.get("question")) for cell in row["cells"]):
            _refuse(
                "board", data, f"une case de la ligne {number} est vide.", "Y poser une question."
            )
    _check_rows("board", data, data["data"]["columns"], data["data"]["rows"])


def _check_listed(name: str) -> Callable[[dict[str, Any]], None]:
    def check(data: dict[str, Any]) -> None:
        if not data[name]:
            raise DtsError(f"Bloc « {data['id']} » : {name} est vide.", "Montrer un bloc absence.")

    return check


def _check_callout(data: dict[str, Any]) -> None:
    if data.setdefault("tone", "note") not in TONES:
        _refuse("callout", data, f"ton inconnu « {data['tone']} ».", f"Tons : {', '.join(TONES)}.")


_CHECKS: dict[str, Callable[[dict[str, Any]], None]] = {
    "key_figures": _check_key_figures,
    "summary": _check_summary,
    "glossary": _check_listed("items"),
    "chart": _check_chart,
    "board": _check_board,
    "table": _check_table,
    "callout": _check_callout,
    "discussion": _check_listed("questions"),
    "quotes": _check_listed("items"),
    "sheet": _check_listed("fields"),
    "method": _check_listed("items"),
}
