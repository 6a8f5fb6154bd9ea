"""How ``dts why`` is told to people: a few paragraphs for each report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any

from dts_research.cli.outcome import day, plural
from dts_research.reports.manifest import SHORT

LINE, MARGIN = 100, "    "
# Lines of a list that are told; the others are counted.
TOLD = 30


def value_said(value: Any) -> str:
    """Say the value of a parameter."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(value_said, value)) or "(vide)"
    return "(vide)" if value in ("", None) else str(value)


def why_lines(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Tell each report in a few paragraphs."""
    for rank, one in enumerate(found):
        if rank:
            yield ""
        yield " · ".join(filter(None, (one["id"], one["label"] or "Réseau", one["variant"])))
        for title, lines in _parts(one):
            if lines:
                yield title
            for line in _shortened(lines):
                yield from wrap(line, LINE, initial_indent=MARGIN, subsequent_indent=MARGIN * 2)


def _shortened(lines: Sequence[str]) -> list[str]:
    left = len(lines) - TOLD
    return [*lines] if left <= 0 else [*lines[:TOLD], plural(left, "autre", "autres")]


def _parts(one: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    yield "Où il en est", list(_state(one))
    yield "Ce qui a changé depuis", list(_since(one))
    yield "Ce qu'il lit", [_read(table) for table in one["reads"]] or ["Aucun enregistrement."]
    yield "De quoi il dépend aussi", list(_depends(one))
    yield "Ses défauts, à corriger avant de publier", list(one["warnings"])
    yield "Ses fichiers", [f"{out['file']} : {_size(out['bytes'])}" for out in one["outputs"]]


def _state(one: Mapping[str, Any]) -> Iterator[str]:
    from dts_research.reports.freshness import MISSING, STATES

    reason = "" if one["state"] == MISSING else one["why"].rstrip(".")
    said = f"{STATES[one['state']].capitalize()}{' : ' if reason else ''}{reason}."
    yield said if one["state"] != MISSING else "À faire : il n'a jamais été fait."
    if one["made_at"]:
        mark = f" ; empreinte {one['imprint'][:SHORT]}" if one["imprint"] else ""
        seconds = f"{one['seconds']:.1f}".replace(".", ",")
        yield f"Fait le {day(one['made_at'])}, en {seconds} s{mark}."
    if one["tried_at"] and one["tried_at"] != one["made_at"]:
        yield f"Essayé pour la dernière fois le {day(one['tried_at'])}."


def _since(one: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{text[:1].upper()}{text[1:]}." for text in one["changes"])
    for row in one["received_since"]:
        if row["undone_at"]:
            yield f"Import annulé le {day(row['undone_at'])} : {row['file']}."
        else:
            here = "" if row["read_here"] else " (rien pour ce rapport)"
            yield f"Fichier reçu le {day(row['received_at'])} : {row['file']}{here}."


def _read(table: Mapping[str, Any]) -> str:
    files = ", ".join(_shortened([f"{one['file']} ({one['records']})" for one in table["files"]]))
    many = plural(table["records"], "enregistrement", "enregistrements")
    return f"{table['title']} : {many}, de {files}."


def _depends(one: Mapping[str, Any]) -> Iterator[str]:
    from dts_research.reports.extras_tables import AUDIENCES

    program, geography = one["program"], one["reference"]["geography"]
    yield f"Carnet : {one['notebook']['file']} (empreinte {one['notebook']['sha256'][:SHORT]})."
    values = ", ".join(f"{name}={value_said(value)}" for name, value in one["parameters"].items())
    yield f"Paramètres : {values or 'aucun'}."
    yield f"Public : {AUDIENCES[one['audience']]}."
    known = plural(len(one["reference"]["indicators"]), "indicateur connu", "indicateurs connus")
    yield (f"Données de référence : code officiel géographique {geography['vintage']}, "
           f"populations {geography['population']}, {known}.")  # fmt: skip
    code = f"empreinte {program['sha256'][:SHORT]}"
    versions = ", ".join(f"{name} {told}" for name, told in program["dependencies"].items())
    yield (f"Programme : {program['name']} {program['version']} ({code}), "
           f"Python {program['python']}, {versions}.")  # fmt: skip
    told = [f"{c['id']} ({c['status'] or 'à relire'})" for c in one["comments"]]
    yield f"Commentaires : {', '.join(told) or 'aucun'}."


def _size(count: int) -> str:
    """Say a size as file browsers do: « 244 ko »."""
    if count < 1_000_000:
        return f"{max(1, round(count / 1000))} ko"
    return f"{count / 1_000_000:.1f} Mo".replace(".", ",")
