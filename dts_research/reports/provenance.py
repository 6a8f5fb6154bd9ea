"""Where a report comes from: the sentence it ends with, and the manifest that stands beside it.

Nothing of it tells of this machine or of this moment but the times of the manifest: the sentence,
and the imprint that it gives, are the same wherever the same report is made of the same material.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from typing import Any

from dts_research.reports.disk import digest
from dts_research.reports.document import PROVENANCE, Document, read_parameters
from dts_research.reports.freshness import dependencies
from dts_research.reports.manifest import NOTEBOOKS, SHORT, Entry
from dts_research.reports.notebooks import NotebookNode, about_bytes, cells_bytes
from dts_research.store.slices import EVERYTHING, unpack

SUFFIX = ".manifest.json"
SCHEMA = "manifest.schema.json"
PACKAGE = "dts-research"
FORMAT = 1


def manifest_name(report_id: str) -> str:
    """Name of the manifest of a report, relative to the output folder."""
    return f"{NOTEBOOKS}/{report_id}{SUFFIX}"


def manifest_schema() -> dict[str, Any]:
    """Give the JSON Schema that every manifest of a report satisfies."""
    text = files("dts_research.reports").joinpath(SCHEMA).read_text(encoding="utf-8")
    return dict(json.loads(text))


@cache
def program() -> dict[str, Any]:
    """Versions of the package, of Python and of what a report is made with."""
    told = dict(one.rsplit(" ", 1) for one in dependencies().split(", "))
    python = told.pop("Python")
    try:
        own = version(PACKAGE)
    except PackageNotFoundError:  # run from its source, without being installed
        own = ""
    return {"name": PACKAGE, "version": own, "python": python, "dependencies": told}


@cache
def reference() -> dict[str, Any]:
    """Vintages of the reference data that ship with the package."""
    from dts_research.reference.indicators import CARDS

    path = files("dts_research.reference").joinpath("data", "sources.json")
    indicators = {card.id: {"source": card.source, "vintage": card.vintage} for card in CARDS}
    return {
        "geography": json.loads(path.read_text(encoding="utf-8")),
        "indicators": {name: indicators[name] for name in sorted(indicators)},
    }


def reads_of(entry: Entry) -> list[dict[str, Any]]:
    """Slices that a report read, with their digests; none where they were not noted.

    They name no record, and never carry the digest of the whole store: a manifest may go where
    its report goes, and what a report did not read does not make it.
    """
    return [
        {"kind": one.kind, "of": list(one.of), "keys": None if one.keys is None else len(one.keys),
         "records": one.count, "digest": "" if one.kind == EVERYTHING else one.digest}
        for one in unpack(entry.reads)
    ]  # fmt: skip


def inputs_of(entry: Entry, notebook: NotebookNode) -> dict[str, Any]:
    """Give all that makes a report what it is, and nothing else."""
    return {
        "report": entry.id,
        "audience": entry.audience,
        "notebook": {"file": entry.notebook, "sha256": entry.digests.get("notebook", "")},
        "parameters": read_parameters(notebook),
        "reads": reads_of(entry),
        "comments": entry.digests.get("comments", ""),
        "program": {
            **program(),
            "sha256": entry.digests.get("version", ""),
            "rendering": entry.digests.get("rendering", ""),
        },
        "reference": reference(),
        "executed": notebook.metadata[PROVENANCE]["executed"],
    }


def signed(
    document: Document, entry: Entry, notebook: NotebookNode, cells: bytes = b""
) -> Document:
    """Write in an executed notebook, and in its document, where they come from.

    Parameters
    ----------
    cells
        The cells as they are written, where that is known already (see `cells_bytes`).
    """
    notebook.metadata.pop(PROVENANCE, None)
    made_from = str(document.cover.get("made_from") or "")
    executed = digest(about_bytes(notebook), cells or cells_bytes(notebook))
    told = {"executed": executed, "made_from": made_from}
    notebook.metadata[PROVENANCE] = NotebookNode(told)
    imprint = _digest(inputs_of(entry, notebook))
    said = sentence(entry, made_from, imprint)
    warnings = list(map(str, document.faults))
    notebook.metadata[PROVENANCE] |= {"imprint": imprint, "sentence": said, "warnings": warnings}
    return replace(document, origin=said)


def _digest(value: Any) -> str:
    return digest(json.dumps(value, sort_keys=True, ensure_ascii=False, default=str))


def sentence(entry: Entry, made_from: str, imprint: str) -> str:
    """Say in one French sentence where a report comes from.

    Parameters
    ----------
    made_from
        What its cover says of its material: « à partir de 14 fiches… », "" when it says nothing.
    imprint
        Digest of the report.
    """
    made = program()
    name = " ".join(filter(None, (made["name"], made["version"])))
    source = f"Fait {made_from}, avec" if made_from else "Fait avec"
    code = entry.digests.get("version", "")[:SHORT]
    own = imprint[:SHORT]
    return (
        f"{source} le carnet {entry.notebook} et le programme {name} (empreinte {code}) ; "
        f"ce rapport porte l'empreinte {own} (dts why {own})."
    )


def imprint_of(notebook: NotebookNode) -> str:
    """Digest that a report bears."""
    return str(notebook.metadata[PROVENANCE]["imprint"])


def with_manifest(
    contents: Mapping[str, bytes], entry: Entry, notebook: NotebookNode, *, engine: str
) -> dict[str, bytes]:
    """Add to the files of a report, ready to be written, the manifest that tells of them all.

    Parameters
    ----------
    contents
        Files by name relative to the output folder.
    engine
        What ran the notebook.
    """
    whole = manifest_of(contents, entry, notebook, engine=engine)
    lines = ",\n".join(
        json.dumps({name: value}, ensure_ascii=False, default=str)[1:-1]
        for name, value in whole.items()
    )
    return {**contents, manifest_name(entry.id): f"{{\n{lines}\n}}\n".encode()}


def manifest_of(
    contents: Mapping[str, bytes], entry: Entry, notebook: NotebookNode, *, engine: str
) -> dict[str, Any]:
    """Say what a report is made of, when and how, and its files."""
    told = notebook.metadata[PROVENANCE]
    started = datetime.fromisoformat(entry.tried_at)
    seconds = max(0.0, (datetime.now(UTC) - started).total_seconds())
    about = ("territory", "label", "family", "variant", "title", "strict")
    return {
        "format": FORMAT,
        "imprint": told["imprint"],
        "sentence": told["sentence"],
        **{name: getattr(entry, name) for name in about},
        **inputs_of(entry, notebook),
        "made_from": told["made_from"],
        "engine": engine,
        "warnings": told["warnings"],
        "times": {"made_at": entry.tried_at, "seconds": round(seconds, 3)},
        "outputs": {
            name: {"sha256": digest(body), "bytes": len(body)} for name, body in contents.items()
        },
    }
