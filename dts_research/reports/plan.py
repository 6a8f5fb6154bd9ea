"""Which reports there are: `notebooks/plan.toml` read, multiplied by the territories, chosen."""

from __future__ import annotations

import fnmatch
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from dts_research.errors import RequestError
from dts_research.reports.names import LONGEST, distinct, nearest, plain

KEYS = ("id", "notebook", "territories", "audience", "parameters")
AUDIENCES = ("territory", "network", "public")
# Names of other files of the output folder, and what ends those of a report beside its page.
TAKEN, ENDINGS = ("index",), ("-diapos", "-affiches", "-reprise", "-echec")
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Report:
    """One report to make: a notebook and its parameters.

    Parameters
    ----------
    id
        Name of its files, unique in the plan: ``territoire-13``, ``reseau``.
    notebook
        Path relative to the folder of the plan.
    territory
        Code of the territory, always text, "" for none.
    parameters
        Values given to the notebook besides ``territory`` and ``audience``.
    label
        Name of the territory as people write it.
    family
        Id of the block of the plan it comes from.
    variant
        What was asked besides the plan, as people read it: ``reader : élu``; "" for the plan's own.
    """

    id: str
    notebook: str
    territory: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    audience: str = "territory"
    label: str = ""
    family: str = ""
    variant: str = ""


@dataclass(frozen=True)
class Block:
    """One ``[[report]]`` of the plan."""

    id: str
    notebook: str
    territories: str | tuple[str, ...]
    parameters: Mapping[str, Any]
    audience: str


def load_plan(path: Path) -> tuple[Block, ...]:
    """Read a plan.

    Raises
    ------
    RequestError
        When the file is missing, is not TOML or does not say what is expected; with the line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = tomllib.loads(text)
    except FileNotFoundError as error:
        fix = "En copier un d'un classeur neuf (« dts init »)."
        raise RequestError(f"Le plan des rapports « {path.name} » est introuvable.", fix) from error
    except UnicodeDecodeError as error:
        raise RequestError(f"Le plan « {path.name} » n'est pas du texte UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise _broken(path, text, error) from error
    unknown = [key for key in content if key != "report"]
    if unknown or not isinstance(content.get("report", []), list):
        line = _line_of(text, unknown[0] if unknown else "report")
        raise _wrong(path, line, "seuls des blocs [[report]] sont attendus")
    heads = [
        n for n, line in enumerate(text.splitlines(), 1) if re.match(r"\s*\[\[\s*report", line)
    ]
    raws = content.get("report", [])
    blocks = tuple(_block(path, raw, line) for raw, line in zip(raws, heads, strict=False))
    _refuse_twins(path, [block.id for block in blocks])
    return blocks


def _broken(path: Path, text: str, error: tomllib.TOMLDecodeError) -> RequestError:
    found = re.search(r"line (\d+)", str(error))
    number = int(found[1]) if found else len(text.splitlines())
    lines = text.splitlines()
    shown = lines[number - 1].strip() if 0 < number <= len(lines) else ""
    return RequestError(
        f"Le plan « {path.name} » n'est pas lisible à la ligne {number} : « {shown} ».",
        'Écrire par exemple : notebook = "territory.ipynb" (texte entre guillemets droits).',
    )


def _wrong(path: Path, line: int, what: str) -> RequestError:
    end = "" if what.endswith("?") else "."
    fix = "Corriger cette ligne."
    return RequestError(f"Le plan « {path.name} », ligne {line} : {what}{end}", fix)


def _line_of(text: str, key: str) -> int:
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(rf"\s*\[*\s*{re.escape(key)}\b", line):
            return number
    return 1


def _block(path: Path, raw: Mapping[str, Any], line: int) -> Block:
    for key in raw:
        if key not in KEYS:
            guess = _meant(key, KEYS)
            raise _wrong(path, line, f"la clé « {key} » est inconnue{guess}")
    name, notebook = raw.get("id"), raw.get("notebook")
    if not isinstance(name, str) or not NAME.fullmatch(name) or len(name) > LONGEST:
        asked = f"id attendu en minuscules et tirets, de {LONGEST} signes au plus"
        raise _wrong(path, line, f"{asked}, {_given(name)}")
    if name in TAKEN or name.endswith(ENDINGS):
        raise _wrong(path, line, f"l'id « {name} » est celui d'un autre fichier des rapports")
    if not isinstance(notebook, str) or not _is_inside(notebook):
        raise _wrong(path, line, f"notebook attendu : un fichier .ipynb, {_given(notebook)}")
    audience = raw.get("audience", "territory")
    if audience not in AUDIENCES:
        guess = _meant(str(audience), AUDIENCES)
        raise _wrong(path, line, f"le public « {audience} » est inconnu{guess}")
    parameters = raw.get("parameters", {})
    if not isinstance(parameters, dict):
        raise _wrong(path, line, "parameters attendu : une table [report.parameters]")
    return Block(name, notebook, _territories(path, raw, line), parameters, audience)


def _is_inside(notebook: str) -> bool:
    path = PurePosixPath(notebook)
    return path.suffix == ".ipynb" and not path.is_absolute() and ".." not in path.parts


def _territories(path: Path, raw: Mapping[str, Any], line: int) -> str | tuple[str, ...]:
    value = raw.get("territories", "")
    if value in ("", "all"):
        return str(value)
    if isinstance(value, list) and all(isinstance(code, str) for code in value):
        return tuple(value)
    what = 'territories attendu : "all" ou une liste de codes entre guillemets, ["01", "2A"]'
    raise _wrong(path, line, what)


def _given(value: object) -> str:
    return "rien n'est écrit" if value is None else f"reçu « {value} »"


def _refuse_twins(path: Path, names: Sequence[str]) -> None:
    for number, name in enumerate(names):
        if name.casefold() in {other.casefold() for other in names[:number]}:
            raise RequestError(
                f"Le plan « {path.name} » donne deux fois le nom « {name} ».",
                "Donner un id différent à chaque rapport.",
            )


def expand(plan: Iterable[Block], territories: Sequence[tuple[str, str]]) -> tuple[Report, ...]:
    """Multiply the plan by the territories.

    Parameters
    ----------
    territories
        Code and label of each territory of the workbook.

    Raises
    ------
    RequestError
        When the plan names a territory that the workbook does not have.
    """
    labels = dict(territories)
    reports = [report for block in plan for report in _reports(block, labels)]
    _refuse_twins(Path("plan.toml"), [report.id for report in reports])
    return tuple(reports)


def _reports(block: Block, labels: Mapping[str, str]) -> list[Report]:
    if block.territories == "":
        return [_report(block, "", "")]
    codes = tuple(labels) if block.territories == "all" else block.territories
    unknown = [code for code in codes if code not in labels]
    if unknown:
        raise _unknown(unknown[0], [*labels, *labels.values()])
    names = distinct(codes)
    return [_report(block, code, labels[code], names[code]) for code in codes]


def _report(block: Block, code: str, label: str, named: str = "") -> Report:
    name = f"{block.id}-{named}" if code else block.id
    return Report(name, block.notebook, code, block.parameters, block.audience, label, block.id)


def select(
    reports: Sequence[Report], names: Iterable[str] = (), *, only: str = ""
) -> tuple[Report, ...]:
    """Choose reports by id, block of the plan, territory code or label; all of them by default.

    Parameters
    ----------
    only
        Pattern on the ids, as in ``territoire-*``.

    Raises
    ------
    RequestError
        When a name or the pattern matches nothing, with the nearest known name.
    """
    kept = list(reports)
    wanted = list(names)
    if wanted:
        chosen = {report.id for name in wanted for report in _named(reports, name)}
        kept = [report for report in kept if report.id in chosen]
    if only:
        kept = [report for report in kept if fnmatch.fnmatchcase(report.id, only)]
        if not kept:
            guess = _meant(only.strip("*"), [report.id for report in reports]) or "."
            fix = "« dts list » donne tous les rapports."
            raise RequestError(f"Aucun rapport ne répond au motif « {only} »{guess}", fix)
    return tuple(kept)


def _named(reports: Sequence[Report], name: str) -> list[Report]:
    wanted = plain(name)
    found = [report for report in reports if wanted in map(plain, _names(report))]
    if not found:
        raise _unknown(name, [known for report in reports for known in _names(report)])
    return found


def _names(report: Report) -> list[str]:
    names = (report.id, report.territory, report.label, report.family)
    return [name for name in names if name]


def _unknown(name: str, known: Sequence[str]) -> RequestError:
    close = nearest(name, known)
    kind = "Rapport" if any(name.startswith(f"{one}-") for one in known) else "Territoire"
    fix = f"Vouliez-vous dire « {close} » ?" if close else _some_of(known)
    return RequestError(f"{kind} « {name} » inconnu.", fix)


def _some_of(known: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(known))
    shown = f"Connus : {', '.join(distinct[:8])}{'…' if len(distinct) > 8 else ''}. "
    return f"{shown if known else ''}« dts list » donne tous les rapports et leurs territoires."


def _meant(name: str, known: Iterable[str]) -> str:
    close = nearest(name, known)
    return f" ; vouliez-vous dire « {close} » ?" if close else ""
