"""A file arrives: it is read, checked, situated, kept; what cannot be kept comes back."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from dts_research.errors import DtsError, reason
from dts_research.intake.mapping import Mapping
from dts_research.intake.reception import Reception, receive, write_issues
from dts_research.reference.places import settle
from dts_research.store import Store
from dts_research.workbook.book import Workbook
from dts_research.workbook.filing import file_all


@dataclass(frozen=True)
class Arrival:
    """What became of one file.

    Parameters
    ----------
    reception
        Rows accepted and refused, with every problem in one sentence.
    contradictions
        Places whose stated address contradicts the evidence retained.
    quarantine
        Workbook of refused rows and remarks, or None when there is nothing to say.
    """

    reception: Reception
    contradictions: int
    quarantine: Path | None

    def as_json(self) -> dict[str, Any]:
        """Give the arrival as the command line's JSON."""
        counts = self.reception.counts
        issues = self.reception.issues.astype(object)
        return {
            "file": self.reception.file,
            "table": ", ".join(self.reception.accepted),
            "read": counts.read, "accepted": counts.accepted, "quarantined": counts.quarantined,
            "duplicates": counts.duplicates, "withdrawn": counts.withdrawn,
            "repairs": len(self.reception.repairs),
            "records": {name: len(frame) for name, frame in self.reception.accepted.items()},
            "contradictions": self.contradictions,
            "quarantine": str(self.quarantine or ""),
            "issues": issues.where(issues.notna(), None).to_dict("records"),
        }  # fmt: skip


def receive_files(
    book: Workbook,
    paths: Sequence[Path],
    *,
    mapping: Mapping | None = None,
    table: str | None = None,
) -> tuple[list[Arrival], list[tuple[Path, DtsError]]]:
    """Receive files one after the other; a refused file does not stop the others.

    Returns
    -------
    tuple
        The arrivals, and the files that could not be read at all with their error.
    """
    arrivals: list[Arrival] = []
    refused: list[tuple[Path, DtsError]] = []
    told: set[Path] = set()
    with book.store(readonly=False) as store:
        for path in paths:
            try:
                arrivals.append(_receive_one(book, store, path, told, mapping=mapping, table=table))
            except DtsError as error:
                refused.append((path, error))
            except OSError as error:
                what = f"Le fichier ne peut pas être lu ou gardé : {reason(error)}."
                refused.append((path, DtsError(what, "Vérifier les droits et la place.")))
        file_all(store, book.geography)
    return arrivals, refused


def _receive_one(
    book: Workbook,
    store: Store,
    path: Path,
    told: set[Path],
    *,
    mapping: Mapping | None,
    table: str | None,
) -> Arrival:
    reception = receive(
        path, mapping=mapping, table=table, known=store.known_rows(),
        mappings=book.workspace.mappings,
    )  # fmt: skip
    settled = dict(reception.accepted)
    contradictions = 0
    if "experience_places" in settled:
        stated = settled["experience_places"].assign(evidence=pd.NA)
        places = settle(stated, book.geography)
        settled["experience_places"] = places
        contradictions = int(places["contradiction"].fillna(False).sum())
    _keep_raw(book, path, reception.sha256)
    with store.transaction():
        number = store.begin_import(
            file=path.name, sha256=reception.sha256, mapping=reception.mapping.name,
            counts=reception.counts.as_dict(),
        )  # fmt: skip
        for name, frame in settled.items():
            store.save(name, frame, import_id=number, raw=reception.raw.get(name))
        store.remember_rows(reception.digests, import_id=number)
    return Arrival(reception, contradictions, _bring_back(book, path, reception, told))


def _keep_raw(book: Workbook, path: Path, sha256: str) -> None:
    kept = book.workspace.raw / f"{sha256}{path.suffix.lower()}"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, kept)
        kept.chmod(0o444)


def _bring_back(book: Workbook, path: Path, reception: Reception, told: set[Path]) -> Path | None:
    if reception.issues.empty and reception.quarantined.empty:
        return None
    stem = path.stem.removesuffix(".issues")
    target = book.workspace.quarantine / f"{stem}.issues.xlsx"
    if target in told:  # another file of the same name, received in the same go
        target = target.with_name(f"{stem}-{reception.sha256[:6]}.issues.xlsx")
    told.add(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    write_issues(reception, target)
    return target


def as_rows(issues: pd.DataFrame) -> list[dict[str, Any]]:
    """Issues as plain dictionaries, absent values as None."""
    plain = issues.astype(object)
    return plain.where(plain.notna(), None).to_dict("records")
