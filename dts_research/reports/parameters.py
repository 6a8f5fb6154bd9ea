"""The parameters a notebook declares, and values checked against them before any kernel starts.

Values reach papermill through its API as typed values: its command line would turn the code "01"
into the integer 1.
"""

from __future__ import annotations

import ast
import json
import keyword
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from dts_research.errors import RequestError
from dts_research.reports.disk import digest
from dts_research.reports.names import nearest, slug
from dts_research.reports.notebooks import NotebookNode, read_notebook, unreadable
from dts_research.reports.plan import AUDIENCES, Report

YES = frozenset({"oui", "vrai", "true", "1"})
NO = frozenset({"non", "faux", "false", "0"})
FRENCH = {
    "str": "du texte",
    "int": "un nombre entier",
    "float": "un nombre",
    "bool": "oui ou non",
    "list": "une liste",
    "dict": "un dictionnaire",
}
# What a variant is called, where its values have a name of their own.
VARIANTS = {
    ("reader", "élu"): "Page pour un élu",
    ("reader", "animateur"): "Version pour l'animation",
    ("reader", "chercheur"): "Version pour la recherche",
    ("audience", "territory"): "Pour le territoire",
    ("audience", "network"): "Pour le réseau",
    ("audience", "public"): "Pour tout le monde",
}
NAMES = {
    "period": "période", "cycle": "cycle", "reference": "en regard de", "reader": "lecteur",
    "min_count": "seuil du secret", "since": "depuis le",
}  # fmt: skip


@dataclass(frozen=True)
class Declared:
    """One parameter of a notebook: its type (``str``, ``list[int]``…, "" unknown) and its help."""

    name: str
    type: str
    default: str = ""
    help: str = ""

    @property
    def base(self) -> str:
        """The type without what it holds."""
        return self.type.partition("[")[0].lower()

    @property
    def item(self) -> str:
        """The type of the elements of a list."""
        return self.type.partition("[")[2].rstrip("]").strip().lower()


def declared_parameters(path: Path) -> dict[str, Declared]:
    """Read what a notebook declares in its cell tagged ``parameters``; once while it stays."""
    at = path.stat() if path.is_file() else None
    return dict(_declared_in(path, at.st_mtime_ns if at else 0, at.st_size if at else 0))


@lru_cache(maxsize=256)
def _declared_in(path: Path, _mtime_ns: int, _size: int) -> dict[str, Declared]:
    return declared_by(read_notebook(path), path)


def declared_by(notebook: NotebookNode, path: Path) -> dict[str, Declared]:
    """Give what a notebook that was read declares.

    Raises
    ------
    UnreadableNotebook
        When its cell of parameters cannot be read.
    """
    from papermill.exceptions import PapermillException
    from papermill.translators import papermill_translators
    from papermill.utils import nb_kernel_name, nb_language

    declaring = (one for one in notebook.cells if "parameters" in one.metadata.get("tags", []))
    try:
        told = papermill_translators.find_translator(
            nb_kernel_name(notebook), nb_language(notebook)
        )
        found = [one for cell in list(declaring)[:1] for one in told.inspect(cell)]
    except (NotImplementedError, PapermillException):
        return {}  # another language, whose parameters papermill does not read
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise unreadable(path) from error
    return {one.name: Declared(one.name, _type(one), one.default, one.help) for one in found}


def _type(found: Any) -> str:
    stated: str = found.inferred_type_name.replace(" ", "")
    if stated != "None":
        return stated
    try:
        return type(ast.literal_eval(found.default)).__name__
    except (ValueError, SyntaxError):
        return ""


def full_values(report: Report, declared: Mapping[str, Declared]) -> dict[str, Any]:
    """Give every value a notebook receives for a report, checked.

    Raises
    ------
    RequestError
        When a parameter is not declared by the notebook, or is not of its type.
    """
    values = dict(report.parameters)
    if report.territory:
        values["territory"] = report.territory
    if "audience" in declared:
        values.setdefault("audience", report.audience)
    for name, value in values.items():
        one = _declared(name, declared, report.notebook)
        if not _suits(value, one.base) or not _items_suit(value, one):
            raise _ill_typed(one, value)
    _check_audience(values.get("audience", report.audience))
    return values


def _check_audience(audience: object) -> None:
    if audience not in AUDIENCES:
        raise RequestError(
            f"Le public « {audience} » est inconnu.", f"Publics connus : {', '.join(AUDIENCES)}."
        )


def _declared(name: str, declared: Mapping[str, Declared], notebook: str) -> Declared:
    if name in declared and name.isidentifier() and not keyword.iskeyword(name):
        return declared[name]
    close = nearest(name, declared)
    guess = f"Vouliez-vous dire « {close} » ? " if close else ""
    known = ", ".join(declared) or "aucun"
    raise RequestError(
        f"Le carnet « {notebook} » n'a pas de paramètre « {name} ».",
        f"{guess}Paramètres connus : {known}.",
    )


def _suits(value: object, base: str) -> bool:
    if isinstance(value, bool):
        return base in ("bool", "")
    if isinstance(value, int):
        return base in ("int", "float", "")
    expected = {"str": str, "int": int, "float": float, "list": list, "dict": dict}
    return base not in expected or isinstance(value, expected[base])


def _items_suit(value: object, one: Declared) -> bool:
    return not isinstance(value, list) or all(_suits(item, one.item) for item in value)


def _ill_typed(one: Declared, value: object) -> RequestError:
    expected = FRENCH.get(one.base, one.type)
    if one.item and one.base == "list":
        expected += f" ({FRENCH.get(one.item, one.item)} pour chaque élément)"
    got = FRENCH.get(type(value).__name__, type(value).__name__)
    shown = json.dumps(value, ensure_ascii=False, default=str)
    return RequestError(
        f"Le paramètre « {one.name} » attend {expected} ; reçu {shown}, {got}.", _example(one)
    )


def _example(one: Declared) -> str:
    examples = {
        "str": f'Écrire {one.name} = "01", entre guillemets.',
        "int": f"Écrire par exemple {one.name} = 5, sans guillemets.",
        "float": f"Écrire par exemple {one.name} = 0.5, sans guillemets.",
        "bool": f"Écrire {one.name} = true ou {one.name} = false.",
        "list": f'Écrire par exemple {one.name} = ["01", "2A"].',
    }
    return examples.get(one.base, "")


def with_values(report: Report, texts: Iterable[str], declared: Mapping[str, Declared]) -> Report:
    """Add values typed by a person as ``name=value`` to a report.

    Returns
    -------
    Report
        The same report when nothing differs from the plan, else a variant with its own files:
        the plan's report is never overwritten by another reading of it.

    Raises
    ------
    RequestError
        When a text is not ``name=value``, names no parameter or cannot be read as its type.
    """
    added = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            fix = "Écrire par exemple -p period=2026."
            raise RequestError(
                f"Paramètre attendu sous la forme nom=valeur ; reçu « {text} ».", fix
            )
        if name.strip() == "territory" and report.territory:
            fix = "Écrire par exemple « dts report 13 »."
            raise RequestError("Le territoire se choisit par son code ou son nom.", fix)
        one = _declared(name.strip(), declared, report.notebook)
        added[one.name] = _read(value.strip(), one)
    return _variant(report, {k: v for k, v in added.items() if v != _planned(report, declared[k])})


def _planned(report: Report, one: Declared) -> Any:
    if one.name in report.parameters:
        return report.parameters[one.name]
    if one.name == "audience":
        return report.audience
    try:
        return ast.literal_eval(one.default)
    except (ValueError, SyntaxError):
        return None


def _variant(report: Report, added: Mapping[str, Any]) -> Report:
    if not added:
        return report
    said = {name: _said(value) for name, value in added.items()}
    suffix = slug("-".join(f"{name}-{_filed(name, said[name])}" for name in sorted(said)))
    return replace(
        report,
        id=f"{report.id}-{suffix}",
        parameters={**report.parameters, **added},
        audience=str(added.get("audience", report.audience)),
        variant=" · ".join(_label(name, text) for name, text in said.items()),
    )


def _filed(name: str, text: str) -> str:
    """Give a value as the name of a file may hold it; what it cannot hold leaves a digest.

    « Île » and « ile » are two readings: none may take the place of the other, even on a disk
    that ignores case.
    """
    short = slug(text)
    if (short == text and text == text.lower()) or (name, text) in VARIANTS:
        return text
    return f"{short}-{digest(text)[:8]}"


def _label(name: str, text: str) -> str:
    """Say in French what was asked besides the plan."""
    return VARIANTS.get((name, text)) or f"{NAMES.get(name, name)} : {text or 'vide'}"


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list):
        return ", ".join(map(_said, value))
    return str(value)


def _read(text: str, one: Declared) -> Any:
    try:
        if one.base == "list":
            return [_read_scalar(item, one.item) for item in _items(text)]
        return json.loads(text) if one.base == "dict" else _read_scalar(text, one.base)
    except (ValueError, KeyError) as error:
        raise _ill_typed(one, text) from error


def _items(text: str) -> list[str]:
    if text.startswith("["):
        return [item if isinstance(item, str) else json.dumps(item) for item in json.loads(text)]
    return [item.strip() for item in text.split(",") if item.strip()]


def _read_scalar(text: str, base: str) -> str | int | float | bool:
    if base == "bool":
        return {**dict.fromkeys(YES, True), **dict.fromkeys(NO, False)}[text.casefold()]
    if base == "int":
        return int(text)
    return float(text.replace(",", ".")) if base == "float" else text
